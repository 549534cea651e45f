//! Packs a chart and its subcharts into an archive with the layout of `helm package`.

use std::collections::HashMap;

use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

use super::Chart;
use super::archive::{MAX_TOTAL_BYTES, path_in_chart};
use super::metadata::Metadata;
use crate::diagnostic::{Diagnostic, Source};
use crate::go::strconv::quote_double;
use crate::yaml::Value;
use crate::{json, yaml};

/// The default modification time of files in an archive, in seconds since 1970: the beginning of 1980, because some readers
/// treat 1970 as an absent time.
pub const DEFAULT_MODIFICATION_TIME: u64 = 315_532_800;

/// The operating system in the archive's gzip header: unknown, as Go writes it.
const NO_OPERATING_SYSTEM: u8 = 255;

/// Packs a chart. The same chart results in the same bytes on every machine: all files have the same modification time
/// (`modified`, in seconds since 1970), mode 0644 and no owner.
///
/// Chart.yaml and Chart.lock are generated from their content; values.yaml and all other files are kept unchanged. Files
/// are in Helm's order: Chart.yaml, Chart.lock, values.yaml, values.schema.json, templates, other files, then the subcharts
/// by name, where archives are unpacked.
///
/// # Errors
/// All problems that would result in an archive that cannot be read, or that would be read as another chart; with Helm's
/// message where Helm rejects the same.
pub fn package(chart: &Chart, modified: u64) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let mut packing = Packing::default();
    packing.chart(chart, "");
    packing.check_size();
    if packing.errors.is_empty() {
        archive(&packing.entries, modified).map_err(|error| vec![refuse(format!("cannot package the chart: {error}"))])
    } else {
        Err(packing.errors)
    }
}

/// Returns the file name of a chart's archive.
pub(super) fn file_name(metadata: &Metadata) -> String {
    format!("{}-{}.tgz", metadata.name, metadata.version)
}

/// The future content of an archive.
#[derive(Default)]
struct Packing {
    /// Paths and contents.
    entries: Vec<(String, Vec<u8>)>,
    errors: Vec<Diagnostic>,
}

impl Packing {
    /// Adds a chart whose folder will be in the folder `below`, which is empty or ends with `/`.
    fn chart(&mut self, chart: &Chart, below: &str) {
        let folder = format!("{below}{}/", chart.metadata.name);
        let mut metadata = chart.metadata.to_value();
        if let (Value::Map(map), "v1") = (&mut metadata, chart.metadata.api_version.as_str()) {
            // Version 1 declares dependencies in requirements.yaml.
            map.remove("dependencies");
        }
        self.written(&folder, "Chart.yaml", &metadata);
        if let (Some(lock), "v2") = (&chart.lock, chart.metadata.api_version.as_str()) {
            self.written(&folder, "Chart.lock", &lock.to_value());
        }
        if let Some(values) = &chart.values_source {
            self.file(&folder, "values.yaml", values.bytes());
        }
        if let Some(schema) = &chart.schema {
            self.schema(schema.source(), &folder);
        }
        let mut templates: Vec<_> = chart.templates.iter().collect();
        templates.sort_by(|a, b| a.path.split('/').cmp(b.path.split('/')));
        for template in templates {
            self.file(&folder, &template.path, template.source.bytes());
        }
        let mut files: Vec<_> = chart.files.iter().collect();
        files.sort_by(|a, b| a.path.split('/').cmp(b.path.split('/')));
        for file in files {
            self.file(&folder, &file.path, &file.bytes);
        }
        self.subcharts(chart, &format!("{folder}charts/"));
    }

    fn subcharts(&mut self, chart: &Chart, folder: &str) {
        let mut subcharts: Vec<&Chart> = chart.subcharts.iter().collect();
        subcharts.sort_by(|a, b| a.metadata.name.cmp(&b.metadata.name));
        let mut times: HashMap<&str, usize> = HashMap::new();
        for subchart in subcharts {
            let name = subchart.metadata.name.as_str();
            let times = times.entry(name).or_default();
            *times += 1;
            if *times > 1 {
                if *times == 2 {
                    let message = format!(
                        "{folder} has more than one chart named {}, but an archive can contain only one",
                        quote_double(name)
                    );
                    self.errors.push(refuse(message).at(subchart.metadata.place("name"), ""));
                }
                continue;
            }
            if name.starts_with(['_', '.']) || name.ends_with(".tgz") {
                let message = format!(
                    "the subchart {} would be lost: its directory in the archive would have this name",
                    quote_double(name)
                );
                self.errors.push(
                    refuse(message).at(subchart.metadata.place("name"), "").help(
                        "in charts/, names that start with `_` or `.` are skipped, and names that end in `.tgz` are archives: rename the chart",
                    ),
                );
            }
            self.chart(subchart, folder);
        }
    }

    /// Adds a file that is generated from a value.
    fn written(&mut self, folder: &str, name: &str, value: &Value) {
        match yaml::write(value) {
            Ok(text) => self.file(folder, name, (text + "\n").as_bytes()),
            Err(error) => self.errors.push(refuse(format!("cannot write {folder}{name}: {error}"))),
        }
    }

    fn schema(&mut self, schema: &Source, folder: &str) {
        if let Err(error) = json::read(schema, 0..schema.text().len()) {
            self.errors.push(Diagnostic {
                code: "package",
                message: format!("failed to save: invalid JSON in values.schema.json: {}", error.message),
                ..error
            });
        }
        self.file(folder, "values.schema.json", schema.bytes());
    }

    fn file(&mut self, folder: &str, path: &str, bytes: &[u8]) {
        let whole = format!("{folder}{path}");
        let below_top = whole.split_once('/').map_or("", |(_, path)| path);
        match path_in_chart(&whole) {
            Ok(read) if read == below_top => self.entries.push((whole, bytes.to_vec())),
            Ok(read) => self.errors.push(
                refuse(format!("the file {} would be unpacked as {}", quote_double(path), quote_double(&read)))
                    .help("rename it: in archives, `\\` separates directories like `/`"),
            ),
            Err(reason) => self.errors.push(
                refuse(format!("{} cannot be in an archive: {reason}", quote_double(&whole)))
                    .help("rename the file, or the chart"),
            ),
        }
    }

    fn check_size(&mut self) {
        let total: u64 = self.entries.iter().map(|(_, bytes)| bytes.len() as u64).sum();
        if total > MAX_TOTAL_BYTES {
            self.errors.push(
                refuse(format!("decompressed chart is larger than the maximum size {MAX_TOTAL_BYTES}")).help(
                    "a chart of this size cannot be loaded from an archive: list files to exclude in .helmignore",
                ),
            );
        }
    }
}

fn refuse(message: String) -> Diagnostic {
    Diagnostic::error("package", message)
}

/// Builds a gzipped tar file from the entries.
fn archive(entries: &[(String, Vec<u8>)], modified: u64) -> std::io::Result<Vec<u8>> {
    let zipped = GzBuilder::new().operating_system(NO_OPERATING_SYSTEM).write(Vec::new(), Compression::default());
    let mut builder = Builder::new(zipped);
    for (path, bytes) in entries {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(modified);
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, path, bytes.as_slice())?;
    }
    builder.into_inner()?.finish()
}

impl Chart {
    /// Returns the file name of the chart's archive: `NAME-VERSION.tgz`.
    pub fn archive_name(&self) -> String {
        file_name(&self.metadata)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{File, unpack};
    use super::*;

    fn chart(files: &[(&str, &str)]) -> Chart {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            shown: format!("c/{path}"),
            bytes: text.as_bytes().to_vec().into(),
        };
        Chart::from_files(files.iter().map(file).collect()).unwrap()
    }

    /// Returns the paths and texts in an archive.
    fn content(bytes: &[u8]) -> Vec<(String, String)> {
        let text = |file: File| (file.path, String::from_utf8(file.bytes.into_vec()).unwrap());
        unpack(bytes, "c.tgz").unwrap().into_iter().map(text).collect()
    }

    fn refused(files: &[(&str, &str)]) -> Vec<String> {
        package(&chart(files), 0).unwrap_err().into_iter().map(|error| error.message).collect()
    }

    const METADATA: &str = "# a comment\nversion: 1.0.0\nname: web\napiVersion: v2\nengine: tera\n";

    fn nested_archive() -> Vec<u8> {
        package(&chart(&[("Chart.yaml", "apiVersion: v2\nname: nested\nversion: 1\n"), ("values.yaml", "# n\n")]), 0)
            .unwrap()
    }

    fn with_subcharts() -> Chart {
        let files = [
            (".helmignore", "*.bak\n"),
            ("Chart.lock", "digest: sha256:ab\ngenerated: 2024-01-02T03:04:05.10Z\ndependencies: []\n"),
            ("Chart.yaml", METADATA),
            ("README.md", "# web\n"),
            ("charts/zz/Chart.yaml", "name: db\nversion: 1.0.0\ndependencies: [{name: x, version: 1.x}]\n"),
            ("charts/zz/templates/_a.tpl", ""),
            ("charts/zz/requirements.yaml", "dependencies: [{name: x, version: 1.x}]\n"),
            ("templates/a.yaml", "a: 1\n"),
            ("templates/b/c.yaml", "c: 1\n"),
            ("templates/b.yaml", "b: 1\n"),
            ("values.schema.json", "{}"),
            ("values.yaml", "\u{feff}# kept\nport: 80\n"),
        ];
        let file = |(path, text): (&str, &str)| File::new(path, text.as_bytes().to_vec());
        let mut files: Vec<File> = files.into_iter().map(file).collect();
        files.push(File {
            path: "charts/nested-1.tgz".to_owned(),
            shown: String::new(),
            bytes: nested_archive().into(),
        });
        Chart::from_files(files).unwrap()
    }

    #[test]
    fn files_come_in_helms_order_and_subcharts_as_folders() {
        let content = content(&package(&with_subcharts(), 0).unwrap());
        let paths: Vec<&str> = content.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "Chart.yaml",
                "Chart.lock",
                "values.yaml",
                "values.schema.json",
                "templates/a.yaml",
                "templates/b/c.yaml",
                "templates/b.yaml",
                ".helmignore",
                "README.md",
                "charts/db/Chart.yaml",
                "charts/db/templates/_a.tpl",
                "charts/db/requirements.yaml",
                "charts/nested/Chart.yaml",
                "charts/nested/values.yaml",
            ]
        );
        let text = |path: &str| content.iter().find(|(found, _)| found == path).unwrap().1.as_str();
        assert_eq!(text("Chart.yaml"), "apiVersion: v2\nengine: tera\nname: web\nversion: 1.0.0\n");
        assert_eq!(text("Chart.lock"), "dependencies: []\ndigest: sha256:ab\ngenerated: \"2024-01-02T03:04:05.1Z\"\n");
        assert_eq!(text("values.yaml"), "# kept\nport: 80\n");
        assert_eq!(text("charts/db/Chart.yaml"), "apiVersion: v1\nname: db\nversion: 1.0.0\n");
    }

    #[test]
    fn repackaging_gives_the_same_bytes() {
        let once = package(&with_subcharts(), 7).unwrap();
        assert_eq!(once, package(&with_subcharts(), 7).unwrap());
        let again = Chart::from_files(unpack(&once, "web.tgz").unwrap()).unwrap();
        assert_eq!(once, package(&again, 7).unwrap());
        assert_ne!(once, package(&again, 8).unwrap());
    }

    #[test]
    fn headers_are_reproducible() {
        let bytes = package(&with_subcharts(), 1_700_000_000).unwrap();
        assert_eq!(bytes[..10], [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, NO_OPERATING_SYSTEM]);
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
        for entry in archive.entries().unwrap() {
            let header = entry.unwrap().header().clone();
            assert_eq!((header.mode().unwrap(), header.mtime().unwrap()), (0o644, 1_700_000_000));
            assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
            assert_eq!((header.username().unwrap(), header.groupname().unwrap()), (Some(""), Some("")));
        }
    }

    #[test]
    fn long_paths_and_other_alphabets_are_kept() {
        let long = format!("files/{}x", "long/".repeat(60));
        let files = [("Chart.yaml", METADATA), ("files/żółw.txt", "a"), (long.as_str(), "b")];
        let paths: Vec<String> =
            content(&package(&chart(&files), 0).unwrap()).into_iter().map(|(path, _)| path).collect();
        assert_eq!(paths[1], long);
        assert_eq!(paths[2], "files/żółw.txt");
    }

    #[test]
    fn charts_that_could_not_be_read_back_are_refused() {
        let metadata = ("Chart.yaml", METADATA);
        assert_eq!(
            refused(&[metadata, ("values.schema.json", "{"), ("a\\b", ""), ("..x", "")]),
            [
                "failed to save: invalid JSON in values.schema.json: unexpected end of JSON input",
                "\"web/..x\" cannot be in an archive: chart illegally references parent directory",
                "the file \"a\\\\b\" would be unpacked as \"b\"",
            ]
        );
        assert_eq!(
            refused(&[
                metadata,
                ("charts/a/Chart.yaml", "name: db\nversion: 1\n"),
                ("charts/b/Chart.yaml", "name: db\nversion: 2\n"),
                ("charts/c/Chart.yaml", "name: _hidden\nversion: 2\n"),
            ]),
            [
                "the subchart \"_hidden\" would be lost: its directory in the archive would have this name",
                "web/charts/ has more than one chart named \"db\", but an archive can contain only one",
            ]
        );
    }

    #[test]
    fn a_chart_larger_than_an_archive_may_be_is_refused() {
        let big = "x".repeat(5 << 20);
        let mut files = vec![("Chart.yaml", METADATA)];
        let names: Vec<String> = (0..20).map(|number| format!("file{number}")).collect();
        files.extend(names.iter().map(|name| (name.as_str(), big.as_str())));
        assert_eq!(refused(&files), ["decompressed chart is larger than the maximum size 104857600"]);
    }
}
