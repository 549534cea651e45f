//! Creates new charts: a web service built on the stock templates, or a copy of another chart (a starter).
//!
//! The files are in the folders `scaffold` (Tera) and `scaffold-gotpl` (Go templates), as they will be in the chart, with
//! `<CHARTNAME>` as the placeholder for its name.

use super::Chart;
use super::engine_kind::EngineKind;
use super::file::File;
use super::metadata::ChartType;
use super::metadata::Metadata;
use super::package::package;
use crate::diagnostic::{Diagnostic, Source};
use crate::kubernetes::names::has_rfc_1035_form;
use crate::yaml;

/// The placeholder for the chart's name in starters, both Helm's and ours.
const PLACEHOLDER: &str = "<CHARTNAME>";

/// The maximum length of a chart's name (Helm's limit).
const MAX_NAME: usize = 250;
/// The maximum length of a name from which the names of a StatefulSet's objects can be built.
const MAX_OBJECT_NAME: usize = 52;

/// The paths and texts of a new Tera chart, in the order in which they are written.
const SCAFFOLD: &[(&str, &str)] = &[
    ("Chart.yaml", include_str!("scaffold/Chart.yaml")),
    ("values.yaml", include_str!("scaffold/values.yaml")),
    ("values.schema.json", include_str!("scaffold/values.schema.json")),
    ("README.md", include_str!("scaffold/README.md")),
    (".helmignore", include_str!("scaffold/helmignore")),
    ("templates/_web.yaml", include_str!("scaffold/templates/_web.yaml")),
    ("templates/configmap.yaml", include_str!("scaffold/templates/configmap.yaml")),
    ("templates/ingress.yaml", include_str!("scaffold/templates/ingress.yaml")),
    ("templates/networkpolicy.yaml", include_str!("scaffold/templates/networkpolicy.yaml")),
    ("templates/poddisruptionbudget.yaml", include_str!("scaffold/templates/poddisruptionbudget.yaml")),
    ("templates/service.yaml", include_str!("scaffold/templates/service.yaml")),
    ("templates/service-headless.yaml", include_str!("scaffold/templates/service-headless.yaml")),
    ("templates/service-loadbalancer.yaml", include_str!("scaffold/templates/service-loadbalancer.yaml")),
    ("templates/serviceaccount.yaml", include_str!("scaffold/templates/serviceaccount.yaml")),
    ("templates/statefulset.yaml", include_str!("scaffold/templates/statefulset.yaml")),
    ("templates/NOTES.txt", include_str!("scaffold/templates/NOTES.txt")),
    ("templates/tests/connection.yaml", include_str!("scaffold/templates/tests/connection.yaml")),
];

/// The paths and texts of a new chart with Go templates, which Helm renders to the same manifests.
const GO_SCAFFOLD: &[(&str, &str)] = &[
    ("Chart.yaml", include_str!("scaffold-gotpl/Chart.yaml")),
    ("values.yaml", include_str!("scaffold-gotpl/values.yaml")),
    ("values.schema.json", include_str!("scaffold-gotpl/values.schema.json")),
    ("README.md", include_str!("scaffold-gotpl/README.md")),
    (".helmignore", include_str!("scaffold-gotpl/helmignore")),
    ("templates/_helpers.tpl", include_str!("scaffold-gotpl/templates/_helpers.tpl")),
    ("templates/configmap.yaml", include_str!("scaffold-gotpl/templates/configmap.yaml")),
    ("templates/deployment.yaml", include_str!("scaffold-gotpl/templates/deployment.yaml")),
    ("templates/ingress.yaml", include_str!("scaffold-gotpl/templates/ingress.yaml")),
    ("templates/poddisruptionbudget.yaml", include_str!("scaffold-gotpl/templates/poddisruptionbudget.yaml")),
    ("templates/service.yaml", include_str!("scaffold-gotpl/templates/service.yaml")),
    ("templates/serviceaccount.yaml", include_str!("scaffold-gotpl/templates/serviceaccount.yaml")),
    ("templates/NOTES.txt", include_str!("scaffold-gotpl/templates/NOTES.txt")),
    ("templates/tests/connection.yaml", include_str!("scaffold-gotpl/templates/tests/connection.yaml")),
];

/// Returns the files of a new chart, without the copies of the stock templates that it uses.
pub fn scaffold(name: &str, engine: EngineKind) -> Vec<File> {
    let files = match engine {
        EngineKind::Tera => SCAFFOLD,
        EngineKind::GoTemplate => GO_SCAFFOLD,
    };
    files.iter().map(|(path, text)| file(path, text.replace(PLACEHOLDER, name).into_bytes())).collect()
}

/// Creates a chart from a starter: the placeholder in its templates and in values.yaml is replaced with the new name,
/// and Chart.yaml is new (Helm's rule). A Tera starter keeps `engine`, and `appVersion`, which the stock templates use
/// as the image's tag.
pub fn from_starter(name: &str, starter: Chart) -> Chart {
    let mut chart = starter;
    let renamed = |source: &Source| Source::file_of_bytes(source.name(), replaced(source.bytes(), name));
    for template in &mut chart.templates {
        template.source = renamed(&template.source);
    }
    chart.values_source = chart.values_source.as_ref().map(renamed);
    chart.lock = None;
    let app_version = match chart.engine() {
        EngineKind::Tera => chart.metadata.app_version,
        EngineKind::GoTemplate => "0.1.0".to_owned(),
    };
    chart.metadata = Metadata {
        name: name.to_owned(),
        description: "A Helm chart for Kubernetes".to_owned(),
        kind: ChartType::Application,
        version: "0.1.0".to_owned(),
        app_version,
        api_version: "v2".to_owned(),
        engine: chart.metadata.engine,
        ..Metadata::default()
    };
    chart
}

/// Replaces the placeholder in a text with a name.
fn replaced(text: &[u8], name: &str) -> Vec<u8> {
    let mut made = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memmem::find(rest, PLACEHOLDER.as_bytes()) {
        made.extend_from_slice(&rest[..at]);
        made.extend_from_slice(name.as_bytes());
        rest = &rest[at + PLACEHOLDER.len()..];
    }
    made.extend_from_slice(rest);
    made
}

/// Returns the files of a chart as they are in its directory. Its subcharts are archives, whose files have the modification
/// time `modified`.
///
/// # Errors
/// A subchart that cannot be packaged.
pub fn files_of(chart: &Chart, modified: u64) -> Result<Vec<File>, Vec<Diagnostic>> {
    let metadata = yaml::write(&chart.metadata.to_value())
        .map_err(|error| vec![Diagnostic::error("chart-yaml", format!("cannot write Chart.yaml: {error}"))])?;
    let text = |path: &str, source: &Source| file(path, source.bytes().to_vec());
    let mut files = vec![file("Chart.yaml", (metadata + "\n").into_bytes())];
    files.extend(chart.values_source.iter().map(|source| text("values.yaml", source)));
    files.extend(chart.schema.iter().map(|schema| text("values.schema.json", schema.source())));
    files.extend(chart.templates.iter().map(|template| text(&template.path, &template.source)));
    files.extend(chart.files.iter().cloned());
    let mut errors = Vec::new();
    for subchart in &chart.subcharts {
        match package(subchart, modified) {
            Ok(bytes) => files.push(file(&format!("charts/{}", subchart.archive_name()), bytes)),
            Err(mut found) => errors.append(&mut found),
        }
    }
    if errors.is_empty() { Ok(files) } else { Err(errors) }
}

/// Checks the name of a new chart.
///
/// # Errors
/// Helm's messages.
pub fn check_name(name: &str) -> Result<(), Diagnostic> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let refuse = |message: String| {
        Err(Diagnostic::error("chart-name", message)
            .at(Source::flag("NAME", name).whole(), "")
            .help("pass a name for the chart; a directory of that name is created"))
    };
    if name.is_empty() || name.len() > MAX_NAME {
        refuse(format!("chart name must be between 1 and {MAX_NAME} characters"))
    } else if !name.bytes().all(allowed) {
        refuse("chart name must match the regular expression \"^[a-zA-Z0-9._-]+$\"".to_owned())
    } else if name.bytes().all(|byte| byte == b'.') {
        refuse(format!("chart.metadata.name \"{name}\" is not allowed"))
    } else {
        Ok(())
    }
}

/// Returns a warning if the chart's name is not valid for Kubernetes objects.
pub fn warn_about_name(name: &str) -> Option<Diagnostic> {
    let is_valid = name.len() <= MAX_OBJECT_NAME && has_rfc_1035_form(name);
    (!is_valid).then(|| {
        Diagnostic::warning("chart-name", format!("this chart names its objects \"{name}\", which Kubernetes does not allow"))
            .at(Source::flag("NAME", name).whole(), "")
            .help(format!(
                "use at most {MAX_OBJECT_NAME} lowercase letters, digits and '-', starting with a letter and not ending in '-'"
            ))
    })
}

fn file(path: &str, bytes: Vec<u8>) -> File {
    File::new(path, bytes)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use std::path::Path;

    use super::*;
    use crate::yaml::{Map, Value};

    #[test]
    fn every_file_of_the_folders_is_written() {
        every_file_is_written("scaffold", EngineKind::Tera);
        every_file_is_written("scaffold-gotpl", EngineKind::GoTemplate);
    }

    fn every_file_is_written(folder: &str, engine: EngineKind) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/chart/create").join(folder);
        let mut found = Vec::new();
        let mut waiting = vec![folder.clone()];
        while let Some(path) = waiting.pop() {
            if path.is_dir() {
                waiting.extend(path.read_dir().unwrap().map(|entry| entry.unwrap().path()));
            } else {
                let path = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
                found.push(if path == "helmignore" { ".helmignore".to_owned() } else { path });
            }
        }
        found.sort();
        let mut written: Vec<String> = scaffold("web", engine).into_iter().map(|file| file.path).collect();
        written.sort();
        assert_eq!(written, found);
    }

    #[test]
    fn a_new_chart_has_its_name_whatever_it_looks_like() {
        for name in ["web", "1e3", "true", "-", "0x10", "a.b_c", "null"] {
            for engine in [EngineKind::Tera, EngineKind::GoTemplate] {
                let files = scaffold(name, engine);
                assert!(files.iter().all(|file| !String::from_utf8_lossy(&file.bytes).contains(PLACEHOLDER)));
                let chart = Chart::from_files(files).unwrap();
                assert_eq!((chart.metadata.name.as_str(), chart.metadata.version.as_str()), (name, "0.1.0"));
                assert_eq!(chart.engine(), engine);
            }
        }
    }

    /// Collects the paths of all leaf values.
    fn leaves(values: &Map, path: &str, found: &mut Vec<String>) {
        for (key, node) in values.iter() {
            let path = format!("{path}/{key}");
            match &node.value {
                Value::Map(map) if !map.is_empty() => leaves(map, &path, found),
                _ => found.push(path),
            }
        }
    }

    #[test]
    fn the_schemas_describe_every_value_and_its_default() {
        schema_describes_every_value(EngineKind::Tera, 60);
        schema_describes_every_value(EngineKind::GoTemplate, 35);
    }

    fn schema_describes_every_value(engine: EngineKind, least: usize) {
        let chart = Chart::from_files(scaffold("web", engine)).unwrap();
        let schema: serde_json::Value = serde_json::from_str(chart.schema.unwrap().source().text()).unwrap();
        let mut paths = Vec::new();
        leaves(&chart.values, "", &mut paths);
        assert!(paths.len() > least);
        for path in paths {
            let mut place = &schema;
            for key in path.split('/').skip(1) {
                if let Some(target) = place["$ref"].as_str() {
                    place = schema.pointer(&target[1..]).unwrap();
                }
                if place == true {
                    break;
                }
                let free = &place["additionalProperties"];
                place = match &place["properties"][key] {
                    serde_json::Value::Null if free.is_object() || free == true => free,
                    named => named,
                };
            }
            assert!(!place.is_null(), "the schema has no {path}");
        }
    }

    #[test]
    fn names_are_checked_as_in_helm() {
        let reported = |name: &str| check_name(name).unwrap_err().message;
        assert_eq!(reported(""), "chart name must be between 1 and 250 characters");
        assert_eq!(reported(&"a".repeat(251)), "chart name must be between 1 and 250 characters");
        assert_eq!(reported("a b"), "chart name must match the regular expression \"^[a-zA-Z0-9._-]+$\"");
        assert_eq!(reported(".."), "chart.metadata.name \"..\" is not allowed");
        assert_eq!(check_name(&"a".repeat(250)), Ok(()));
        assert_eq!(check_name("My_chart.2"), Ok(()));
    }

    #[test]
    fn names_that_objects_cannot_have_are_warned_about() {
        for (name, sound) in
            [("web", true), ("a-1", true), ("Web", false), ("1a", false), ("a-", false), ("a.b", false)]
        {
            assert_eq!(warn_about_name(name).is_none(), sound, "{name}");
        }
        assert!(warn_about_name(&"a".repeat(53)).is_some());
    }

    #[test]
    fn a_starter_is_renamed_only_in_templates_and_values() {
        let text = |path: &str, text: &str| file(path, text.as_bytes().to_vec());
        let starter = Chart::from_files(vec![
            text("Chart.yaml", "name: <CHARTNAME>\nversion: 9.0.0\nappVersion: 7\nkeywords: [x]\n"),
            text("README.md", "<CHARTNAME>"),
            text("charts/db/Chart.yaml", "name: db\nversion: 1.2.3\n"),
            text("templates/a.yaml", "<CHARTNAME>-<CHARTNAME>"),
            text("values.yaml", "# <CHARTNAME>\nname: <CHARTNAME>\n"),
        ]);
        let files = files_of(&from_starter("web", starter.unwrap()), 0).unwrap();
        let shown: Vec<(&str, Cow<'_, str>)> =
            files.iter().map(|file| (file.path.as_str(), String::from_utf8_lossy(&file.bytes))).collect();
        assert_eq!(
            shown[0].1,
            "apiVersion: v2\nappVersion: 0.1.0\ndescription: A Helm chart for Kubernetes\nname: web\n\
             type: application\nversion: 0.1.0\n"
        );
        assert_eq!(shown[1], ("values.yaml", "# web\nname: web\n".into()));
        assert_eq!(shown[2], ("templates/a.yaml", "web-web".into()));
        assert_eq!(shown[3], ("README.md", "<CHARTNAME>".into()));
        assert_eq!(shown[4].0, "charts/db-1.2.3.tgz");
    }

    #[test]
    fn a_starter_in_tera_keeps_its_language_and_the_version_of_its_image() {
        let metadata = file("Chart.yaml", b"name: x\nversion: 9.0.0\nappVersion: '7'\nengine: tera\n".to_vec());
        let made = from_starter("web", Chart::from_files(vec![metadata]).unwrap());
        assert_eq!((made.engine(), made.metadata.app_version.as_str()), (EngineKind::Tera, "7"));
    }
}
