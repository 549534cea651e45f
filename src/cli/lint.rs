//! `mim-chart lint [PATH...]`: checks charts, like `helm lint`.

use std::collections::HashSet;
use std::path::Path;

use clap::Args;

use crate::cli::arguments::chart_argument::{built_in_name, folder};
use crate::cli::arguments::flags::{GlobalFlags, MessageFormat, ValuesFlags, kube_version};
use crate::cli::arguments::lookup_flag::LookupFlag;
use crate::cli::arguments::secrets;
use crate::cli::arguments::values_input;
use crate::cli::environment::reproducible;
use crate::cli::failure::Failure;
use crate::cli::output::console::Console;
use crate::cli::output::findings_format::FindingsOutput;
use crate::cli::output::progress::Progress;
use crate::diagnostic::{Diagnostic, Paint};
use crate::io;
use crate::lint::{self, Form, Linted, Printed, Request};
use crate::values::merge_layers;

/// Examine charts for possible issues
///
/// PATH is a directory or an archive (.tgz, .tar.gz). The default is the chart in the current directory or, if there is none,
/// the built-in chart, which can also be called `mongooseim`. A chart fails on an [ERROR], and with --strict also on a
/// [WARNING].
#[derive(Debug, Args)]
#[command(
    override_usage = "mim-chart lint [PATH...] [flags]",
    after_help = "Examples:\n  \
        mim-chart lint ./mychart --strict\n  \
        mim-chart lint mongooseim -f values.yaml\n  \
        mim-chart lint charts/* --quiet\n  \
        mim-chart lint ./mychart --upgrade\n  \
        mim-chart lint ./mychart --output sarif > lint.sarif"
)]
pub(super) struct Lint {
    /// Charts
    #[arg(value_name = "PATH", num_args = 0..)]
    paths: Vec<String>,
    #[command(flatten)]
    values: ValuesFlags,
    /// Fail on warnings
    #[arg(long)]
    strict: bool,
    /// Print only warnings and errors
    #[arg(long)]
    quiet: bool,
    /// Also lint the charts in charts/
    #[arg(long)]
    with_subcharts: bool,
    /// Also list default values without a known effect: no change of them that was tried has one (takes some seconds)
    #[arg(long)]
    unused: bool,
    /// Also render the chart as an upgrade with a higher version and appVersion, and report what the API server would reject,
    /// and what would restart or be replaced needlessly
    #[arg(long)]
    upgrade: bool,
    /// Kubernetes version that templates see, and that decides which API versions are deprecated
    #[arg(long, value_name = "VERSION")]
    kube_version: Option<String>,
    #[command(flatten)]
    lookup: LookupFlag,
    #[command(flatten)]
    form: FindingsOutput,
}

impl Lint {
    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        let kube_version = kube_version(self.kube_version.as_deref())?;
        let environment = reproducible(&self.lookup)?;
        let paths = self.paths(global);
        let inputs = io::Inputs::new();
        let layers = values_input::layers(&self.values, &inputs)?;
        let values = merge_layers(&layers, &inputs)?;
        let paint = Paint::new(console.colors_output());
        let form = Form { strict: self.strict, quiet: self.quiet, places: console.is_read_by_a_person(), paint };
        let reports_findings = global.debug || global.message_format == MessageFormat::Json;
        let namespace = global.namespace();
        let progress = if self.unused { console.progress() } else { Progress::hidden() };
        let request = Request {
            values: &values,
            namespace: &namespace,
            environment: &environment,
            kube_version: &kube_version,
            skip_schema_validation: self.values.skip_schema_validation,
            upgrade: self.upgrade,
            locate: form.places || reports_findings || !self.form.is_text(),
            experiments: self.unused.then_some(progress.experiments()),
        };
        let lint = |path: String| {
            let outcome =
                folder(&path, global).map(|folder| lint::lint(folder, &request)).map_err(|error| error.message);
            Linted { path, outcome }
        };
        let mut charts: Vec<Linted> = paths.into_iter().map(lint).collect();
        drop(progress);
        for Linted { path, outcome } in &mut charts {
            let Ok(report) = outcome else { continue };
            let mut reported: Vec<_> = report.findings.iter_mut().map(|finding| &mut finding.diagnostic).collect();
            reported.extend(&mut report.notes);
            if !reported.is_empty() {
                let objects = environment.objects.as_deref();
                secrets::Sources {
                    chart: Some(path.as_str()),
                    read: None,
                    layers: &layers,
                    reader: &inputs,
                    global,
                    objects,
                }
                .collect(console);
                console.secrets().hide(reported);
            }
        }
        console.print_diagnostics(&notes(&charts, reports_findings));
        let Printed { mut text, mut summary, failed } = lint::print(&charts, form);
        if !self.form.is_text() {
            let paths: Vec<String> = charts.iter().map(|chart| chart.path.clone()).collect();
            let mut findings = lint::findings(&charts, self.quiet);
            for finding in &mut findings {
                finding.file = Some(file_of(&finding.object, &finding.path));
            }
            text = self.form.write("lint", &paths, &findings, console);
            summary = summary.filter(|_| failed);
        }
        self.form.print(&text, console)?;
        match summary {
            Some(summary) if failed => Err(Diagnostic::error("lint", summary).into()),
            Some(summary) => Ok(console.print(&format!("{summary}\n"))?),
            None => Ok(()),
        }
    }

    /// Returns the given charts, followed by their subcharts with `--with-subcharts`.
    fn paths(&self, global: &GlobalFlags) -> Vec<String> {
        let mut paths = self.paths.clone();
        if paths.is_empty() {
            let here = Path::new("Chart.yaml").exists();
            paths.push(if here { "." } else { io::BUILT_IN_CHART }.to_owned());
        }
        if self.with_subcharts {
            let below: Vec<String> = paths.iter().flat_map(|path| io::charts_below(path, global.links())).collect();
            paths.extend(below);
        }
        paths
    }
}

/// Returns the file that a finding is about. Files of a built-in chart have the same names as in messages.
fn file_of(chart: &str, path: &str) -> String {
    let folder = match built_in_name(chart).filter(|_| !Path::new(chart).exists()) {
        Some(name) => Path::new("charts").join(name),
        None => Path::new(chart).to_path_buf(),
    };
    let file = if path.is_empty() { folder } else { folder.join(path) };
    file.strip_prefix(".").unwrap_or(&file).display().to_string()
}

/// Returns the notes to print beside the report, each once; with `findings`, the report's findings too.
fn notes(charts: &[Linted], findings: bool) -> Vec<Diagnostic> {
    let mut notes = Vec::new();
    let mut reported = HashSet::new();
    for report in charts.iter().filter_map(|chart| chart.outcome.as_ref().ok()) {
        let findings = report.findings.iter().filter(|_| findings).map(|finding| &finding.diagnostic);
        for note in report.notes.iter().chain(findings) {
            let place = note.labels.first().map(|label| label.span.to_string());
            if reported.insert((note.message.as_str(), place)) {
                notes.push(note.clone());
            }
        }
    }
    notes
}
