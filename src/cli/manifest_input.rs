//! Manifests that a command line names, as objects.

use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Source};
use crate::diff::{Object, read_objects};
use crate::io;

/// The objects of files, directories or standard input; `flag` is what names them.
///
/// # Errors
/// All that can't be read, and all documents that are no manifests.
pub(super) fn objects_of_files(paths: &[String], flag: &str) -> Result<Vec<Object>, Vec<Diagnostic>> {
    let mut objects = Vec::new();
    let mut errors = Vec::new();
    for path in paths {
        match io::read_manifest_files(path, &Source::flag(flag, path)) {
            Ok(sources) => {
                for source in sources {
                    match read_objects(&source, source.name()) {
                        Ok(found) => objects.extend(found),
                        Err(found) => errors.extend(found),
                    }
                }
            }
            Err(found) => errors.extend(found),
        }
    }
    if errors.is_empty() { Ok(objects) } else { Err(errors) }
}

/// The custom resource definitions of a chart and its subcharts.
///
/// # Errors
/// Documents that are no manifests.
pub(super) fn crds_of(chart: &Chart) -> Result<Vec<Object>, Vec<Diagnostic>> {
    let mut objects = Vec::new();
    for (path, file) in chart.all_crds() {
        let source = Source::file(path.clone(), String::from_utf8_lossy(&file.bytes).into_owned());
        objects.extend(read_objects(&source, &path)?);
    }
    Ok(objects)
}
