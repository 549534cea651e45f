//! Builds a chart from a list of files.

use std::collections::{BTreeMap, HashSet};

use super::Chart;
use super::archive::unpack_within;
use super::cannot_load::cannot_load;
use super::content::Content;
use super::engine_kind::EngineKind;
use super::file::Template;
use super::file::{BYTE_ORDER_MARK, File};
use super::lock::Lock;
use super::metadata::Metadata;
use super::schema::SchemaFile;
use super::tree_budget::{TREE_BUDGET, TreeBudget, count_values};
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::go::utf8;
use crate::yaml::{self, RepeatedKey};

/// The Go type into which Helm decodes a Chart.yaml whose version it knows or does not check.
const METADATA: &str = "v2.Metadata";

impl Chart {
    /// Builds a chart from its files, in the given order. Nothing is read from disk, so a directory, an archive and a
    /// built-in chart behave the same.
    ///
    /// # Errors
    /// All errors in Chart.yaml, values.yaml and the subcharts, with Helm's messages.
    pub fn from_files(files: Vec<File>) -> Result<Chart, Vec<Diagnostic>> {
        // Helm decodes the top-level chart's Chart.yaml twice, first into another type to get its version.
        let chart = Chart::from_files_within(files, &mut TreeBudget::default(), 0, "loader.chartBase")?;
        chart.check_api_version().map_err(|error| vec![error])?;
        Ok(chart)
    }

    /// Like [`Chart::from_files`], for a chart whose `apiVersion` may be unknown: a subchart, or one that is linted.
    ///
    /// # Errors
    /// As for [`Chart::from_files`].
    pub fn from_files_of_any_version(files: Vec<File>) -> Result<Chart, Vec<Diagnostic>> {
        Chart::from_files_within(files, &mut TreeBudget::default(), 0, METADATA)
    }

    /// Returns the sources of the templates among a chart's files, those in the directories of its subcharts included, to use
    /// them before the chart is built. The chart will have the same sources. Files that are part of the program are left alone.
    pub fn template_sources(files: &mut [File]) -> Vec<Source> {
        let mut sources = Vec::new();
        let is_read = |file: &&mut File| !matches!(file.bytes, Content::BuiltIn(_)) && is_template(&file.path);
        for file in files.iter_mut().filter(is_read) {
            strip_byte_order_mark(file);
            let bytes = std::mem::replace(&mut file.bytes, Content::BuiltIn(&[]));
            let source = bytes.into_source(file.shown.clone());
            file.bytes = Content::Template(source.clone());
            sources.push(source);
        }
        sources
    }

    /// Builds a chart that is `depth` levels below the requested one. The budget is shared by the whole tree;
    /// `metadata_type` is the Go type into which Helm first decodes its Chart.yaml.
    fn from_files_within(
        files: Vec<File>,
        budget: &mut TreeBudget,
        depth: usize,
        metadata_type: &str,
    ) -> Result<Chart, Vec<Diagnostic>> {
        let one = |error: Diagnostic| vec![error];
        TreeBudget::depth(depth).map_err(one)?;
        budget.charts(1).map_err(one)?;
        let is_built_in = files.iter().all(|file| matches!(file.bytes, Content::BuiltIn(_)));
        let mut chart = Chart { is_built_in, ..Chart::default() };
        let mut errors = Vec::new();
        let mut has_metadata = false;
        let mut subcharts: BTreeMap<String, Vec<File>> = BTreeMap::new();
        let mut requirements = None;
        let mut repeated = Vec::new();
        for mut file in files {
            strip_byte_order_mark(&mut file);
            if is_data(&file.path) {
                budget
                    .data(file.bytes.len())
                    .map_err(|error| vec![error.help(format!("it was exceeded by {}", file.shown))])?;
            }
            match file.path.as_str() {
                "Chart.yaml" => {
                    has_metadata = true;
                    let read = document(&file, &mut errors)
                        .map(|source| Metadata::read(&source, metadata_type, &mut repeated));
                    collect(read, &mut errors, |metadata| chart.metadata = metadata);
                }
                "values.yaml" => {
                    chart.values_source = values(file, &mut errors);
                    let read = chart.values_source.as_ref().map(|source| read_values(source, &mut repeated));
                    collect(read, &mut errors, |read| {
                        chart.values = read;
                    });
                }
                "values.schema.json" => chart.schema = Some(SchemaFile::new(json(file))),
                "Chart.lock" => {
                    let read = document(&file, &mut errors).map(|source| read_lock(&source, "Chart.lock"));
                    collect(read, &mut errors, |lock| chart.lock = lock);
                }
                path if path.starts_with("templates/") => {
                    let source = file.bytes.into_source(file.shown);
                    chart.templates.push(Template { path: file.path, source });
                }
                path if path.starts_with("charts/") && !path.ends_with(".prov") => {
                    let rest = &path["charts/".len()..];
                    let (name, below) = rest.split_once('/').unwrap_or((rest, ""));
                    if !name.starts_with(['_', '.']) {
                        let below = below.to_owned();
                        subcharts.entry(name.to_owned()).or_default().push(File { path: below, ..file });
                    }
                }
                "requirements.yaml" => {
                    requirements = document(&file, &mut errors);
                    chart.files.push(file.shared());
                }
                "requirements.lock" => {
                    let read = document(&file, &mut errors).map(|source| read_lock(&source, "requirements.lock"));
                    collect(read, &mut errors, |lock| chart.lock = lock);
                    chart.files.push(file.shared());
                }
                _ => chart.files.push(file.shared()),
            }
        }
        chart.keep_last_templates();
        chart.notices = repeated.iter().map(RepeatedKey::warning).collect();
        if !has_metadata {
            errors.insert(0, Diagnostic::error("chart-yaml", "Chart.yaml file is missing"));
        } else if errors.is_empty() {
            chart.finish_metadata(requirements.as_ref(), &mut errors);
            if chart.engine() == EngineKind::Tera {
                errors.extend(chart.templates.iter().filter_map(|template| check_template(template).err()));
            }
        }
        budget.values(count_values(&chart.values)).map_err(one)?;
        chart.add_subcharts(subcharts, &mut errors, budget, depth);
        if errors.is_empty() { Ok(chart) } else { Err(errors) }
    }

    /// Keeps only the last of several templates with the same path, which an archive can contain.
    fn keep_last_templates(&mut self) {
        let mut later = HashSet::new();
        let is_last: Vec<bool> =
            self.templates.iter().rev().map(|template| later.insert(template.path.clone())).collect();
        let mut is_last = is_last.into_iter().rev();
        self.templates.retain(|_| is_last.next().unwrap_or(true));
    }

    /// Applies the defaults and checks that need all of Chart.yaml.
    fn finish_metadata(&mut self, requirements: Option<&Source>, errors: &mut Vec<Diagnostic>) {
        if self.metadata.api_version.is_empty() {
            self.metadata.api_version = "v1".to_owned();
        }
        if let Some(source) = requirements {
            // Version 1 declares dependencies here. In a version 2 chart the file still takes effect, but is not
            // available to templates.
            collect(Some(self.metadata.read_dependencies(source)), errors, |()| {});
        }
        if self.metadata.api_version != "v1" {
            self.notices.extend(self.files.iter().filter_map(superseded));
            self.files.retain(|file| file.path != "requirements.yaml" && file.path != "requirements.lock");
        }
        errors.extend(self.metadata.validate());
    }

    fn add_subcharts(
        &mut self,
        subcharts: BTreeMap<String, Vec<File>>,
        errors: &mut Vec<Diagnostic>,
        budget: &mut TreeBudget,
        depth: usize,
    ) {
        let parent = self.metadata.name.clone();
        for (name, files) in subcharts {
            let is_archive = name.ends_with(".tgz");
            let is_folder = files.first().is_some_and(|file| !file.path.is_empty());
            let shown = if is_archive && is_folder { "tar" } else { &name };
            let wrap = |error: Diagnostic| Diagnostic {
                message: format!("error unpacking subchart {shown} in {parent}: {}", error.message),
                ..error
            };
            let files = if is_archive { unpack_subchart(&name, files, budget) } else { Ok(files) };
            match files.and_then(|files| Chart::from_files_within(files, budget, depth + 1, METADATA)) {
                Ok(subchart) => self.subcharts.push(subchart),
                Err(found) => {
                    let is_over_budget = found.iter().any(|error| error.code == TREE_BUDGET);
                    errors.extend(found.into_iter().map(wrap));
                    // All further charts would only exceed the same limit.
                    if is_over_budget {
                        return;
                    }
                }
            }
        }
    }
}

/// Returns Helm's message about a file in a version 2 chart that only version 1 needs; the file still takes effect.
fn superseded(file: &File) -> Option<Diagnostic> {
    let message = match file.path.as_str() {
        "requirements.yaml" => {
            "Warning: Dependencies are handled in Chart.yaml since apiVersion \"v2\". We recommend migrating dependencies to Chart.yaml."
        }
        "requirements.lock" => {
            "Warning: Dependency locking is handled in Chart.lock since apiVersion \"v2\". We recommend migrating to Chart.lock."
        }
        _ => return None,
    };
    Some(Diagnostic::new(Severity::Info, "requirements", message).help(format!("the file is {}", file.shown)))
}

/// Whether a file is a template of the chart or of a subchart.
fn is_template(mut path: &str) -> bool {
    while let Some((_, below)) = path.strip_prefix("charts/").and_then(|rest| rest.split_once('/')) {
        path = below;
    }
    path.starts_with("templates/")
}

/// Whether a file of a chart is parsed as YAML or JSON when the chart is loaded or its values are checked.
fn is_data(path: &str) -> bool {
    const NAMES: [&str; 6] =
        ["Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json", "requirements.yaml", "requirements.lock"];
    NAMES.contains(&path)
}

/// Returns the files of a subchart that is an archive.
fn unpack_subchart(name: &str, files: Vec<File>, budget: &mut TreeBudget) -> Result<Vec<File>, Vec<Diagnostic>> {
    match &files[..] {
        // The first of several archives with the same path is used.
        [archive, ..] if archive.path.is_empty() => {
            unpack_within(&archive.bytes, &archive.shown, budget).map_err(|error| vec![error])
        }
        // A directory with the name of an archive.
        _ => {
            let first = files.first().map_or("", |file| file.path.as_str());
            Err(vec![
                Diagnostic::error("chart-archive", format!("expected {name}, got {name}/{first}"))
                    .help(format!("charts/{name} is a directory: rename it to a name that does not end in .tgz")),
            ])
        }
    }
}

/// Passes a result's value on, or collects its errors.
fn collect<T>(read: Option<Result<T, Vec<Diagnostic>>>, errors: &mut Vec<Diagnostic>, take: impl FnOnce(T)) {
    match read {
        Some(Ok(value)) => take(value),
        Some(Err(found)) => errors.extend(found),
        None => {}
    }
}

fn strip_byte_order_mark(file: &mut File) {
    // The text of a template has lost its mark before.
    if matches!(file.bytes, Content::Template(_)) || !file.bytes.starts_with(BYTE_ORDER_MARK) {
        return;
    }
    file.bytes = match &file.bytes {
        Content::BuiltIn(bytes) => Content::BuiltIn(&bytes[BYTE_ORDER_MARK.len()..]),
        read => Content::Read(read[BYTE_ORDER_MARK.len()..].to_vec()),
    };
}

/// Decodes a YAML file that is one document.
fn document(file: &File, errors: &mut Vec<Diagnostic>) -> Option<Source> {
    let source = yaml::document_file(&file.shown, file.bytes.to_vec());
    source.map_err(|error| errors.push(cannot_load(&file.path, error))).ok()
}

/// Decodes values.yaml.
fn values(file: File, errors: &mut Vec<Diagnostic>) -> Option<Source> {
    let source = yaml::values_file(&file.shown, file.bytes.into_vec());
    source.map_err(|error| errors.push(cannot_load(&file.path, error))).ok()
}

/// Decodes a JSON file; like Go, it replaces each byte that is not valid UTF-8 with U+FFFD.
fn json(file: File) -> Source {
    match String::from_utf8(file.bytes.into_vec()) {
        Ok(text) => Source::file(file.shown, text),
        Err(error) => {
            let bytes = error.into_bytes();
            Source::transcoded(file.shown, utf8::to_text(&bytes).into_owned(), bytes)
        }
    }
}

/// Checks that a Tera template is UTF-8.
fn check_template(template: &Template) -> Result<(), Diagnostic> {
    let Some(at) = str::from_utf8(template.source.bytes()).err().map(|error| error.valid_up_to()) else {
        return Ok(());
    };
    Err(Diagnostic::error("chart-file", format!("{} is not UTF-8", template.path))
        .at(template.source.span(at..at + 1), "this byte is not UTF-8")
        .help("save the file as UTF-8"))
}

fn read_lock(source: &Source, file: &str) -> Result<Option<Lock>, Vec<Diagnostic>> {
    Lock::read(source, file).map_err(|error| vec![error])
}

fn read_values(source: &Source, repeated: &mut Vec<RepeatedKey>) -> Result<crate::yaml::Map, Vec<Diagnostic>> {
    yaml::read_values_noting(source, repeated)
        .map_err(|errors| errors.into_iter().map(|error| cannot_load("values.yaml", error)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), shown: format!("c/{path}"), bytes: text.as_bytes().to_vec().into() }
    }

    const METADATA: &str = "apiVersion: v2\nname: web\nversion: 1.0.0\nengine: tera\n";

    fn errors(files: Vec<File>) -> Vec<String> {
        Chart::from_files(files).unwrap_err().into_iter().map(|error| error.message).collect()
    }

    #[test]
    fn files_go_where_helm_puts_them() {
        let chart = Chart::from_files(vec![
            file(".helmignore", ""),
            file("Chart.yaml", &format!("\u{feff}{METADATA}")),
            file("README.md", "# web"),
            file("charts/db/Chart.yaml", "name: database\nversion: 1.0.0\n"),
            file("charts/db/values.yaml", "port: 5432\n"),
            file("charts/_skipped/x", ""),
            file("crds/a.yaml", ""),
            file("templates/a.yaml", "a: 1"),
            file("values.schema.json", "{}"),
            file("values.yaml", "port: 80\n"),
            file("values.yml", ""),
        ])
        .unwrap();
        assert_eq!(chart.metadata.name, "web");
        assert_eq!(chart.engine(), super::super::EngineKind::Tera);
        let names: Vec<_> = chart.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(names, [".helmignore", "README.md", "crds/a.yaml", "values.yml"]);
        assert_eq!(chart.templates[0].path, "templates/a.yaml");
        assert_eq!(chart.subcharts[0].metadata.name, "database");
        assert_eq!(chart.subcharts[0].metadata.api_version, "v1");
        assert_eq!(chart.values_tree().subcharts[0].defaults.len(), 1);
        assert_eq!(chart.all_crds()[0].0, "web/crds/a.yaml");
    }

    #[test]
    fn templates_can_be_used_before_the_chart_is_built() {
        let bytes = |path: &str, bytes: &[u8]| File { bytes: bytes.to_vec().into(), ..file(path, "") };
        let files = vec![
            file("Chart.yaml", "name: web\nversion: 1.0.0\n"),
            file("charts/db/Chart.yaml", "name: db\nversion: 1.0.0\n"),
            file("charts/db/templates/a.yaml", "\u{feff}a"),
            file("charts/db/templates/b.yaml", "b"),
            file("templates/a.yaml", "a"),
            file("templates/b.yaml", "\u{feff}b"),
            file("templates/c.yaml", "\u{feff}\u{feff}c"),
            bytes("templates/d.yaml", b"\xff"),
        ];
        let mut ahead = files.clone();
        let sources = Chart::template_sources(&mut ahead);
        let (chart, same) = (Chart::from_files(files).unwrap(), Chart::from_files(ahead).unwrap());
        let texts = |chart: &Chart| -> Vec<Vec<u8>> {
            let own = chart.templates.iter().chain(&chart.subcharts[0].templates);
            own.map(|template| template.source.bytes().to_vec()).collect()
        };
        assert_eq!(texts(&same), texts(&chart));
        let used = same.templates.iter().chain(&same.subcharts[0].templates).map(|template| template.source.identity());
        let mut sources: Vec<usize> = sources.iter().map(Source::identity).collect();
        sources.rotate_left(2);
        assert_eq!(used.collect::<Vec<_>>(), sources);
        let mut built_in = [File { bytes: Content::BuiltIn(b"a"), ..file("templates/a.yaml", "") }];
        assert!(Chart::template_sources(&mut built_in).is_empty());
        assert!(matches!(built_in[0].bytes, Content::BuiltIn(_)));
    }

    #[test]
    fn errors_of_several_files_are_reported_together() {
        let messages = errors(vec![
            file("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\ndeprecated: perhaps\nsources: x\n"),
            file("values.yaml", "- a\n"),
            file("charts/README.md", ""),
        ]);
        assert_eq!(messages.len(), 4, "{messages:#?}");
        assert!(messages[0].starts_with("cannot load Chart.yaml: error unmarshaling JSON"), "{messages:#?}");
        assert!(messages[2].starts_with("cannot load values.yaml: cannot unmarshal yaml document"), "{messages:#?}");
        assert!(messages[3].contains("error unpacking subchart README.md in"), "{messages:#?}");
    }

    #[test]
    fn the_last_template_and_the_first_archive_of_a_path_count() {
        let chart = Chart::from_files(vec![
            file("Chart.yaml", METADATA),
            file("templates/a.yaml", "a: 1"),
            file("templates/b.yaml", "b: 1"),
            file("templates/a.yaml", "a: 2"),
        ])
        .unwrap();
        let texts: Vec<_> = chart.templates.iter().map(|template| template.source.text()).collect();
        assert_eq!(texts, ["b: 1", "a: 2"]);
        let messages = errors(vec![
            file("Chart.yaml", METADATA),
            file("charts/x.tgz", ""),
            file("charts/x.tgz", "not an archive"),
        ]);
        assert_eq!(messages, ["error unpacking subchart x.tgz in web: EOF"]);
    }

    #[test]
    fn metadata_is_checked_as_in_helm() {
        let check = |text: &str| errors(vec![file("Chart.yaml", text)]);
        assert_eq!(
            check(""),
            ["validation: chart.metadata.name is required", "validation: chart.metadata.version is required"]
        );
        assert_eq!(
            check("name: a/b\nversion: foo\ntype: x\n"),
            [
                "validation: chart.metadata.name \"a/b\" is invalid",
                "validation: chart.metadata.version \"foo\" is invalid",
                "validation: chart.metadata.type must be application or library",
            ]
        );
        assert_eq!(check("apiVersion: v9\nname: a\nversion: 1\n"), ["unsupported chart version"]);
        assert_eq!(errors(vec![]), ["Chart.yaml file is missing"]);
        let twice = "name: a\nversion: 1\ndependencies: [{name: x}, {name: x}, {name: z, alias: 'a b'}]\n";
        assert_eq!(
            check(twice),
            [
                "validation: more than one dependency with name or alias \"x\"",
                "validation: dependency \"z\" has disallowed characters in the alias",
            ]
        );
    }

    #[test]
    fn errors_come_in_the_order_of_the_fields_names() {
        let text = "name: c\nversion: 1.0.0\nsources: x\nmaintainers: [{name: [x]}, 5]\nDeprecated: perhaps\n";
        let reported = errors(vec![file("Chart.yaml", text)]);
        let of_types = |reported: &String| {
            reported.rsplit_once("json: cannot unmarshal ").map(|(_, reported)| reported.to_owned())
        };
        assert_eq!(
            reported.iter().filter_map(of_types).collect::<Vec<_>>(),
            [
                "string into Go struct field Metadata.deprecated of type bool",
                "array into Go struct field Maintainer.maintainers.name of type string",
                "number into Go struct field Metadata.maintainers of type v2.Maintainer",
                "string into Go struct field Metadata.sources of type []string",
            ]
        );
        let empty = "name: c\nversion: 1.0.0\nmaintainers: [null]\ntype: x\n";
        assert_eq!(
            errors(vec![file("Chart.yaml", empty)]),
            [
                "validation: chart.metadata.type must be application or library",
                "validation: maintainers must not contain empty or null nodes",
            ]
        );
    }

    #[test]
    fn only_the_root_chart_needs_a_known_api_version() {
        let files = |root: &str, subchart: &str| {
            let text = |version: &str| format!("apiVersion: {version}\nname: c\nversion: 1.0.0\n");
            vec![file("Chart.yaml", &text(root)), file("charts/db/Chart.yaml", &text(subchart))]
        };
        assert!(Chart::from_files(files("v2", "v7")).is_ok());
        assert_eq!(errors(files("v7", "v2")), ["unsupported chart version"]);
        assert!(Chart::from_files_of_any_version(files("v7", "v2")).is_ok());
    }

    #[test]
    fn scalars_become_text_and_names_match_in_any_case() {
        let chart =
            Chart::from_files(vec![file("Chart.yaml", "APIVERSION: v2\nname: y\nversion: 1\nappVersion: 1.10\n")]);
        let metadata = chart.unwrap().metadata;
        assert_eq!((metadata.name.as_str(), metadata.version.as_str()), ("true", "1"));
        assert_eq!((metadata.app_version.as_str(), metadata.api_version.as_str()), ("1.1", "v2"));
    }
}
