//! `mim-chart validate [FILE...]`: checks manifests as the API server would.

use std::collections::HashSet;
use std::path::Path;

use clap::Args;

use crate::cli::arguments::flags::kube_version;
use crate::cli::arguments::manifest_input::{Blank, Input, NamedBy, objects_of_files, read_input};
use crate::cli::failure::Failure;
use crate::cli::output::console::Console;
use crate::cli::output::findings_format::FindingsOutput;
use crate::diagnostic::{Diagnostic, counted};
use crate::diff::gather_secrets;
use crate::kubernetes::{Object, Refused};
use crate::report::{self, Finding};
use crate::secrets::Gathering;
use crate::validate::{self, Request};
use crate::yaml;

/// Check manifests as the Kubernetes API server would, without a cluster
///
/// FILE is a file of manifests, a directory, or `-` for standard input, which is the default. Checks fields, types and choices
/// against the Kubernetes API, and names, pods, Services and configuration as the API server does. The exit code is 1 if there
/// are errors.
#[derive(Debug, Args)]
#[command(
    override_usage = "mim-chart validate [FILE...] [flags]",
    after_help = "Examples:\n  \
        mim-chart template -f prod.yaml | mim-chart validate\n  \
        mim-chart validate rendered/ --crds crds.yaml --strict\n  \
        helm template ./chart | mim-chart validate - --output github"
)]
pub(super) struct Validate {
    /// Files or directories of manifests, or `-`
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    /// CustomResourceDefinitions of additional kinds (repeatable)
    #[arg(long, value_name = "FILE")]
    crds: Vec<String>,
    /// Treat unknown kinds and warnings as errors
    #[arg(long)]
    strict: bool,
    /// Kubernetes version that decides which API versions are deprecated or removed
    #[arg(long, value_name = "VERSION")]
    kube_version: Option<String>,
    #[command(flatten)]
    form: FindingsOutput,
}

impl Validate {
    pub(super) fn run(&self, console: &mut Console) -> Result<(), Failure> {
        let kube_version = kube_version(self.kube_version.as_deref())?;
        let standard_input = ["-".to_owned()];
        let files = if self.files.is_empty() { &standard_input[..] } else { &self.files[..] };
        let Input { objects, refused, blank } = read_input(files, NamedBy::FILE)?;
        let definitions = objects_of_files(&self.crds, NamedBy::CRDS, "validate")?;
        let mut custom_kinds = validate::custom_kinds(&definitions);
        custom_kinds.extend(validate::custom_kinds(&objects));
        let request = Request { kube_version: &kube_version, strict: self.strict, custom_kinds: &custom_kinds };
        let mut findings = of_blank(blank, files.len());
        findings.extend(refused.into_iter().map(|(file, error)| of_document(file, error)));
        let mut names: Vec<String> = findings.iter().map(|finding| finding.object.clone()).collect();
        let mut known = HashSet::new();
        names.retain(|name| known.insert(name.clone()));
        let ids: Vec<String> = objects.iter().map(|object| object.id.to_string()).collect();
        findings.extend(repeated_keys(&objects, &ids));
        names.extend(ids);
        findings.extend(validate::validate(&objects, &request));
        for finding in &mut findings {
            finding.file = finding.file.take().map(template_file);
        }
        if !findings.is_empty() {
            console.set_secrets(|| {
                let mut gathering = Gathering::default();
                gather_secrets(objects.iter(), &mut gathering);
                gathering.finish()
            });
            console.secrets().hide(findings.iter_mut().map(|finding| &mut finding.diagnostic));
        }
        let checked = format!("{} checked", counted(objects.len(), "object"));
        self.form.conclude("validate", &names, &findings, &checked, self.strict, console)
    }
}

/// Returns findings for inputs without documents. They are errors if there is no other input, or for an empty pipe or
/// directory.
fn of_blank(blank: Vec<Blank>, inputs: usize) -> Vec<Finding> {
    let is_all = blank.len() == inputs;
    let finding = |blank: Blank| {
        let diagnostic = match blank.is_acceptable && !is_all {
            true => Diagnostic::warning("no-objects", blank.reason),
            false => blank.error("validate"),
        };
        Finding { object: blank.name, nth: 0, path: String::new(), diagnostic, file: blank.file }
    };
    blank.into_iter().map(finding).collect()
}

/// Returns a warning for each key that occurs twice in a map, once per document.
fn repeated_keys(objects: &[Object], ids: &[String]) -> Vec<Finding> {
    let ordinals = report::ordinals(ids.iter().map(String::as_str));
    let mut findings = Vec::new();
    let mut last = None;
    for ((object, id), nth) in objects.iter().zip(ids).zip(ordinals).filter(|((object, _), _)| object.may_repeat_keys) {
        let Some(source) = object.span.source() else { continue };
        // All objects of a list share one document.
        if last.replace(&object.span) == Some(&object.span) {
            continue;
        }
        findings.extend(yaml::repeated_keys(source, object.span.range()).into_iter().map(|repeated| Finding {
            object: id.clone(),
            nth,
            path: repeated.again.text().to_owned(),
            diagnostic: repeated.warning(),
            file: Some(object.origin.clone()),
        }));
    }
    findings
}

/// Returns the finding for a document that is not a manifest, named by its file and line.
fn of_document(file: String, refused: Refused) -> Finding {
    let Refused { origin, diagnostic: error } = refused;
    let line = error.labels.first().and_then(|label| label.span.position()).map(|position| position.line);
    let object = line.map_or_else(|| file.clone(), |line| format!("{file}:{line}"));
    Finding { object, nth: 0, path: String::new(), diagnostic: error, file: Some(origin) }
}

/// Returns the file of the template that a `# Source:` line names, if the chart is the current directory or in `charts`. The
/// line has the name of the chart, which may differ from its directory's.
fn template_file(template: String) -> String {
    let below = template.split_once('/').map(|(_, below)| below.to_owned());
    let of_this_chart = below.filter(|_| Path::new("Chart.yaml").is_file());
    let candidates = [Some(template.clone()), of_this_chart, Some(format!("charts/{template}"))];
    candidates.into_iter().flatten().find(|path| Path::new(path).is_file()).unwrap_or(template)
}
