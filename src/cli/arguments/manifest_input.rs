//! Reads the manifests that a command line names.

use std::path::Path;

use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Source};
use crate::io;
use crate::kubernetes::{
    Object, Refused, Stream, read_objects, read_stored_stream, read_stream, read_stream_with_known,
};

/// The contents of the inputs of a command line.
#[derive(Debug, Default)]
pub(in crate::cli) struct Input {
    /// The objects, in the order of the inputs.
    pub(in crate::cli) objects: Vec<Object>,
    /// An error for each document that is not a manifest, with the input that contains it.
    pub(in crate::cli) refused: Vec<(String, Refused)>,
    /// The inputs without any documents.
    pub(in crate::cli) blank: Vec<Blank>,
}

/// An input without any documents, not even an empty list.
#[derive(Debug)]
pub(in crate::cli) struct Blank {
    /// The argument that names it.
    argument: String,
    /// Its name in messages.
    pub(in crate::cli) name: String,
    /// Why it counts as empty.
    pub(in crate::cli) reason: String,
    /// Sentences about what to do.
    pub(in crate::cli) help: Vec<&'static str>,
    /// The file, if it is one.
    pub(in crate::cli) file: Option<String>,
    /// Whether it is acceptable next to inputs with objects, such as a file whose documents are all commented out.
    pub(in crate::cli) is_acceptable: bool,
}

impl Blank {
    /// Returns the error for a run without any objects, with kubectl's message.
    pub(in crate::cli) fn error(&self, command: &str) -> Diagnostic {
        let message = format!("no objects passed to {command}: {}", self.reason);
        self.help.iter().fold(Diagnostic::error("no-objects", message), |error, help| error.help(*help))
    }
}

/// The flag or argument that names inputs.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct NamedBy {
    /// Its name in messages.
    flag: &'static str,
    /// What it expects.
    expected: &'static str,
}

impl NamedBy {
    /// The argument `FILE` of `validate`.
    pub(in crate::cli) const FILE: NamedBy =
        NamedBy { flag: "FILE", expected: "manifests: a file, a directory, or `-` for standard input" };
    /// The flag `--crds`.
    pub(in crate::cli) const CRDS: NamedBy = NamedBy {
        flag: "--crds",
        expected: "CustomResourceDefinitions: a file, a directory, or `-` for standard input",
    };
    /// The flag `--lookup`.
    pub(in crate::cli) const LOOKUP: NamedBy = NamedBy {
        flag: "--lookup",
        expected: "the output of `kubectl get -o yaml`: a file, a directory, or `-` for standard input",
    };

    /// A flag or argument that names a side of a comparison.
    pub(in crate::cli) const fn side(flag: &'static str) -> NamedBy {
        NamedBy { flag, expected: "manifests (a file, a directory, or `-` for standard input) or a chart" }
    }
}

/// Reads files, directories or standard input; `named_by` is what names them.
///
/// # Errors
/// All inputs that can't be read.
pub(in crate::cli) fn read_input(paths: &[String], named_by: NamedBy) -> Result<Input, Vec<Diagnostic>> {
    read_input_with(&read_stream, paths, named_by)
}

/// A function that reads the documents of a file.
type ReadStream<'r> = dyn Fn(&Source, &[usize], &str) -> Stream + 'r;

fn read_input_with(read: &ReadStream<'_>, paths: &[String], named_by: NamedBy) -> Result<Input, Vec<Diagnostic>> {
    let mut input = Input::default();
    let mut errors = Vec::new();
    for path in paths {
        if Path::new(path).join("Chart.yaml").is_file() {
            let file = format!("{path}/Chart.yaml");
            input.refused.push((file.clone(), Refused { origin: file, diagnostic: of_chart(path) }));
            continue;
        }
        let files = match io::read_manifest_files(path, &Source::flag(named_by.flag, path), named_by.expected) {
            Ok(files) => files,
            Err(found) => {
                errors.extend(found);
                continue;
            }
        };
        let mut is_blank = true;
        for file in &files {
            let stream = read(&file.source, &file.not_utf8, file.source.name());
            is_blank &= stream.is_blank();
            input.objects.extend(stream.objects);
            let name = || file.source.name().to_owned();
            input.refused.extend(stream.refused.into_iter().map(|refused| (name(), refused)));
        }
        if is_blank {
            input.blank.push(blank(path, &files));
        }
    }
    if errors.is_empty() { Ok(input) } else { Err(errors) }
}

/// Returns the error for a chart in place of manifests: its templates are not manifests yet.
fn of_chart(path: &str) -> Diagnostic {
    Diagnostic::error("manifest", format!("{path} is a chart, not a directory of manifests")).help(format!(
        "render it first: `mim-chart template {path}` prints its manifests, and checks them with --validate-offline"
    ))
}

fn blank(path: &str, files: &[io::ManifestFile]) -> Blank {
    let lacks = match files {
        [file] if file.source.text().trim().is_empty() => "is empty",
        _ => "has no documents, or only comments",
    };
    let (argument, name) = (path.to_owned(), path.to_owned());
    match files {
        _ if path == "-" => Blank {
            argument,
            name: "standard input".to_owned(),
            reason: format!("standard input {lacks}"),
            help: vec![
                "did the command before the pipe fail? `set -o pipefail` makes the whole pipeline fail with it",
                "`kubectl get -o yaml` prints an empty list if there are no objects, which is accepted",
            ],
            file: None,
            is_acceptable: false,
        },
        [] => Blank {
            argument,
            reason: format!("{name} has no manifest files"),
            name,
            help: vec!["manifest files end in .yaml, .yml or .json"],
            file: None,
            is_acceptable: false,
        },
        [file] if file.source.name() == path => Blank {
            argument,
            reason: format!("{name} {lacks}"),
            file: Some(name.clone()),
            name,
            help: Vec::new(),
            is_acceptable: true,
        },
        _ => Blank {
            argument,
            reason: format!("the files below {name} have no documents, or only comments"),
            name,
            help: Vec::new(),
            file: None,
            is_acceptable: true,
        },
    }
}

/// Reads the objects of files, directories or standard input, for a command that needs all of them; `named_by` is what names
/// them.
///
/// # Errors
/// All inputs that can't be read or have no documents, and all documents that are not manifests.
pub(in crate::cli) fn objects_of_files(
    paths: &[String],
    named_by: NamedBy,
    command: &str,
) -> Result<Vec<Object>, Vec<Diagnostic>> {
    all_objects(read_input(paths, named_by)?, named_by.flag, command)
}

/// Like [`objects_of_files`], but faster if most documents are the same as those of the `known` objects.
///
/// # Errors
/// Those of [`objects_of_files`].
pub(in crate::cli) fn objects_of_files_with_known(
    known: &[Object],
    paths: &[String],
    named_by: NamedBy,
    command: &str,
) -> Result<Vec<Object>, Vec<Diagnostic>> {
    let read =
        |source: &Source, not_utf8: &[usize], origin: &str| read_stream_with_known(source, not_utf8, origin, known);
    all_objects(read_input_with(&read, paths, named_by)?, named_by.flag, command)
}

/// Like [`objects_of_files`], but keeps the fields that the API server writes into objects of a cluster.
///
/// # Errors
/// Those of [`objects_of_files`].
pub(in crate::cli) fn stored_objects_of_files(
    paths: &[String],
    named_by: NamedBy,
) -> Result<Vec<Object>, Vec<Diagnostic>> {
    all_objects(read_input_with(&read_stored_stream, paths, named_by)?, named_by.flag, named_by.flag)
}

fn all_objects(input: Input, flag: &str, command: &str) -> Result<Vec<Object>, Vec<Diagnostic>> {
    let Input { objects, refused, blank } = input;
    let mut errors: Vec<Diagnostic> = refused.into_iter().map(|(_, refused)| refused.diagnostic).collect();
    errors.extend(
        blank.iter().map(|blank| blank.error(command).at(Source::flag(flag, blank.argument.as_str()).whole(), "")),
    );
    if errors.is_empty() { Ok(objects) } else { Err(errors) }
}

/// Reads the CustomResourceDefinitions of a chart and its subcharts.
///
/// # Errors
/// Documents that are not manifests.
pub(in crate::cli) fn crds_of(chart: &Chart) -> Result<Vec<Object>, Vec<Diagnostic>> {
    let mut objects = Vec::new();
    for (path, file) in chart.all_crds() {
        let source = Source::file(path.clone(), String::from_utf8_lossy(&file.bytes).into_owned());
        objects.extend(read_objects(&source, &path)?);
    }
    Ok(objects)
}
