//! Compares `mim-chart package` with Helm, both the archives and the output: `cases/package/helm.json`, recorded from Helm by
//! `tests/parity/record_package`.

use std::path::{Path, PathBuf};
use std::process::Output;

use mim_chart::chart::unpack;
use serde_json::Value;

use crate::support::command::{run, stdout};
use crate::support::files::write;
use crate::support::recorded::{cases, texts};

fn package(folder: &Path, chart: &str, arguments: &[&str]) -> Output {
    run(folder, &[&["package", chart], arguments].concat())
}

/// Returns the archives below a folder, except those inside charts.
fn archives(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.join("Chart.yaml").exists() {
            found.extend(archives(&path));
        } else if path.extension().is_some_and(|end| end == "tgz") {
            found.push(path);
        }
    }
    found
}

/// Returns the paths and texts in an archive, without the chart's folder.
fn entries(archive: &Path) -> Vec<(String, String)> {
    let bytes = std::fs::read(archive).expect("the archive");
    let files = unpack(&bytes, "archive").expect("the archive can be unpacked");
    files.into_iter().map(|file| (file.path, String::from_utf8(file.bytes.into_vec()).expect("text"))).collect()
}

#[test]
fn archives_hold_the_files_of_helms_archives() {
    let mut wrong = Vec::new();
    for case in &cases("package/helm.json", 41) {
        let field = |name: &str| case[name].as_str().unwrap_or_else(|| panic!("a case without {name}"));
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let metadata = ("Chart.yaml".to_owned(), "apiVersion: v2\nname: probe\nversion: 0.1.0\n".to_owned());
        let given = case["files"].as_object().expect("files").iter();
        let given = given.map(|(path, text)| (path.clone(), text.as_str().expect("text").to_owned()));
        let files: Vec<_> = std::iter::once(metadata).chain(given).collect();
        files.iter().for_each(|(path, text)| write(&scratch.path().join("probe").join(path), text));
        let output = package(scratch.path(), "probe", &texts(&case["arguments"]));
        let streams = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&streams).replace(&scratch.path().display().to_string(), "W");
        let wanted =
            field("said").strip_prefix("Error: ").map_or(field("said").to_owned(), |text| format!("error: {text}"));
        let packed_files = archives(scratch.path()).first().map(|archive| entries(archive)).unwrap_or_default();
        let strip = |entry: &Value| {
            let path = entry[0].as_str().expect("a path");
            (path.split_once('/').expect("a folder").1.to_owned(), entry[1].as_str().expect("a text").to_owned())
        };
        let helms: Vec<_> = case["entries"].as_array().expect("entries").iter().map(strip).collect();
        if !printed.starts_with(&wanted) {
            wrong.push(format!("{}: says {printed:?}, Helm {wanted:?}", field("name")));
        }
        if packed_files != helms {
            wrong.push(format!("{}: holds {packed_files:#?}, Helm's {helms:#?}", field("name")));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn template(folder: &Path, chart: &str) -> String {
    stdout(folder, &["template", "mongooseim", chart, "--include-crds"])
}

#[test]
fn the_archive_of_the_built_in_chart_is_reproducible_and_renders_the_same() {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let packed = package(scratch.path(), "mongooseim", &[]);
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    let archive = archives(scratch.path()).remove(0);
    let name = archive.file_name().and_then(|name| name.to_str()).expect("a name");
    let packed_files = entries(&archive);
    assert!(packed_files.iter().any(|(path, _)| path == "templates/stock/_metadata.yaml"));
    assert!(template(scratch.path(), name) == template(scratch.path(), "mongooseim"), "the archive renders otherwise");

    // Unpacking and packing again results in the same bytes, whatever the folder and the time.
    packed_files.iter().for_each(|(path, text)| write(&scratch.path().join("unpacked").join(path), text));
    let again = package(scratch.path(), "unpacked", &["-d", "again"]);
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    let bytes = |path: &str| std::fs::read(scratch.path().join(path)).expect("the archive");
    assert!(bytes(name) == bytes(&format!("again/{name}")), "packed again it is another archive");
}
