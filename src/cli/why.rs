//! `mim-chart why KEY [CHART]`: explains a value, a field or a line of the output.

use clap::{Args, ValueEnum};

use crate::cli::arguments::chart_argument::{is_path, locate};
use crate::cli::arguments::flags::{GlobalFlags, ValuesFlags, kube_version};
use crate::cli::arguments::lookup_flag::LookupFlag;
use crate::cli::arguments::rendering::first_release;
use crate::cli::arguments::secrets;
use crate::cli::arguments::values_input;
use crate::cli::environment::reproducible;
use crate::cli::failure::Failure;
use crate::cli::output::console::Console;
use crate::diagnostic::{Diagnostic, Paint, Source};
use crate::engine::Capabilities;
use crate::explain::{
    Explanation, Subject, Wanted, WrittenLine, explain, explain_line, explanation_json, explanation_text, hide,
    line_json, line_text,
};
use crate::io;
use crate::kubernetes::kind_named;
use crate::values::{ValuePath, merge_layers};

/// The form of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum AnswerFormat {
    /// Plain text.
    Text,
    /// One JSON object.
    Json,
}

/// Show who set a value and what it affects, or where a line of the output comes from
///
/// With KEY, lists every place that sets the value, highest precedence first, and marks the one that wins. For charts in Go
/// templates, it then lists the lines of the output that print the value or are affected by it, each with its template line.
/// Charts in Tera are rendered with other values, and the lines that differ are shown: not finding an effect does not prove
/// that there is none.
///
/// With KIND/NAME and FIELD, or with --line, shows the template line, its callers, and the values that it depends on with who
/// set them.
#[derive(Debug, Args)]
#[command(
    override_usage = "mim-chart why KEY [CHART] [flags]\n       mim-chart why KIND/NAME FIELD [CHART] [flags]\n       mim-chart why --line [FILE:]LINE [CHART] [flags]",
    after_help = "Examples:\n  \
        mim-chart why replicaCount -f prod.yaml --set replicaCount=3\n  \
        mim-chart why 'hosts[0]' mongooseim --output json\n  \
        mim-chart why Deployment/web spec.replicas ./mychart\n  \
        mim-chart why --line rendered.yaml:42 ./mychart -f prod.yaml"
)]
pub(super) struct Why {
    /// Key of the value as for --set (listeners.c2s.port, hosts[0]), or an object and a field of it; then the chart, by default
    /// the built-in one
    #[arg(value_name = "KEY CHART", num_args = 0..)]
    arguments: Vec<String>,
    /// Explain this line of the output of `mim-chart template`, or of FILE with that output
    #[arg(long, value_name = "[FILE:]LINE")]
    line: Option<String>,
    /// Show all results
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    values: ValuesFlags,
    /// Kubernetes version that templates see (Capabilities.KubeVersion)
    #[arg(long, value_name = "VERSION")]
    kube_version: Option<String>,
    #[command(flatten)]
    lookup: LookupFlag,
    /// Format of the output
    #[arg(short, long, value_enum, default_value = "text", value_name = "FORMAT")]
    output: AnswerFormat,
}

/// What the command explains.
enum Question {
    Value(ValuePath),
    /// A line, and the file that contains it.
    Line(usize, Option<String>),
    /// A kind, a name, and the path of a field.
    Field(String, String, ValuePath),
}

impl Why {
    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        let (question, argument) = self.question()?;
        let kube_version = kube_version(self.kube_version.as_deref())?;
        let located = locate(argument, global)?;
        let mut release = first_release(None, &located, global);
        release.environment = reproducible(&self.lookup)?;
        let chart = located.chart();
        let inputs = io::Inputs::new();
        let layers = values_input::layers(&self.values, &inputs)?;
        let objects = release.environment.objects.clone();
        let objects = objects.as_deref();
        let known = secrets::Sources {
            chart: argument,
            read: chart.as_ref().ok(),
            layers: &layers,
            reader: &inputs,
            global,
            objects,
        };
        // Everything that is printed contains values.
        known.collect(console);
        let user = merge_layers(&layers, &inputs)?;
        let progress = console.progress();
        let subject = Subject {
            chart: &chart?,
            user: &user,
            release: &release,
            capabilities: &Capabilities { kube_version, ..Capabilities::default() },
            skip_schema_validation: self.values.skip_schema_validation,
            experiments: progress.experiments(),
        };
        let written;
        let wanted = match &question {
            Question::Value(path) => {
                let explanation = explain(subject, path, &layers, &inputs, console.secrets());
                drop(progress);
                return self.answer(explanation?, console);
            }
            Question::Line(line, None) => Wanted::Line(*line),
            Question::Line(line, Some(file)) => {
                let flag = Source::flag("--line", self.line.as_deref().unwrap_or_default());
                let expected = "a file of rendered manifests and a line, such as rendered.yaml:42";
                let text = inputs.read_text(file, &flag.span(0..file.len()), expected)?;
                written = WrittenLine::new(file, text.text(), *line);
                let no_line =
                    || Diagnostic::error("no-line", format!("{file} has no line {line}")).at(flag.whole(), "");
                Wanted::Written(written.as_ref().ok_or_else(no_line)?)
            }
            Question::Field(kind, name, path) => Wanted::Field { kind, name, path },
        };
        let explanation = explain_line(subject, &wanted, console.secrets());
        drop(progress);
        let explanation = explanation?;
        let text = match self.output {
            AnswerFormat::Text => line_text(&explanation, self.all, Paint::new(console.colors_output())),
            AnswerFormat::Json => line_json(&explanation),
        };
        Ok(console.print(&text)?)
    }

    /// Returns the question, and the CHART argument.
    fn question(&self) -> Result<(Question, Option<&str>), Failure> {
        let refuse = |message: &str| Err(Diagnostic::error("usage", message).help("see `mim-chart why --help`").into());
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        if let Some(line) = &self.line {
            let (line, file) = line_number(line)?;
            return match arguments[..] {
                [] => Ok((Question::Line(line, file), None)),
                [chart] => Ok((Question::Line(line, file), Some(chart))),
                _ => refuse("with --line, why takes only CHART as an argument"),
            };
        }
        match arguments[..] {
            [object] if object_name(object, false).is_some() => refuse("why KIND/NAME needs the FIELD to explain"),
            [object, chart] if object_name(object, false).is_some() && is_path(chart) => {
                refuse("why KIND/NAME needs the FIELD to explain, before CHART")
            }
            [object, field, ref chart @ ..] if let Some((kind, name)) = object_name(object, !chart.is_empty()) => {
                match chart {
                    [] | [_] => {
                        let path = ValuePath::parse(&Source::flag("FIELD", field))?;
                        Ok((Question::Field(kind.to_owned(), name.to_owned(), path), chart.first().copied()))
                    }
                    _ => refuse("why takes at most KIND/NAME, FIELD and CHART"),
                }
            }
            [key] | [key, _] => {
                let path = ValuePath::parse(&Source::flag("KEY", key))?;
                Ok((Question::Value(path), arguments.get(1).copied()))
            }
            [] => refuse("why needs KEY, KIND/NAME and FIELD, or --line"),
            _ => refuse("why takes at most KEY and CHART, or KIND/NAME, FIELD and CHART"),
        }
    }

    fn answer(&self, mut explanation: Explanation, console: &mut Console) -> Result<(), Failure> {
        hide(&mut explanation, console.secrets());
        if explanation.is_unknown() {
            return Err(self.unknown(&explanation).into());
        }
        console.warn(&explanation.warnings, false)?;
        let text = match self.output {
            AnswerFormat::Text => explanation_text(&explanation, self.all, Paint::new(console.colors_output())),
            AnswerFormat::Json => explanation_json(&explanation),
        };
        Ok(console.print(&text)?)
    }

    fn unknown(&self, explanation: &Explanation) -> Diagnostic {
        let key = Source::flag("KEY", self.arguments.first().map(String::as_str).unwrap_or_default());
        let message = format!("{} is not set, nothing defines it, and it has no effect", explanation.path);
        let error = Diagnostic::error("unknown-value", message).at(key.whole(), "");
        match &explanation.near[..] {
            [] => error.help("`mim-chart values` prints all values that are set"),
            near => error.help(format!("did you mean {}?", near.join(" or "))),
        }
    }
}

/// Splits the name of an object such as `Deployment/web` into kind and name. A kind is recognized if Kubernetes has it (also as
/// written for kubectl, `configmap/web`) or if it starts with a capital letter, which keys rarely do; any other kind only if
/// `is_object`.
fn object_name(argument: &str, is_object: bool) -> Option<(&str, &str)> {
    let (kind, name) = argument.split_once('/')?;
    let is_word = !kind.is_empty() && kind.chars().all(|character| character.is_ascii_alphanumeric());
    if !is_word || name.is_empty() {
        return None;
    }
    match kind_named(kind) {
        Some(kind) => Some((kind, name)),
        None => (is_object || kind.starts_with(|first: char| first.is_ascii_uppercase())).then_some((kind, name)),
    }
}

/// Parses `LINE` or `FILE:LINE`.
fn line_number(text: &str) -> Result<(usize, Option<String>), Diagnostic> {
    let source = Source::flag("--line", text);
    let (file, number) = text.rsplit_once(':').map_or((None, text), |(file, number)| (Some(file.to_owned()), number));
    let parsed = number.parse().ok().filter(|number| *number > 0).map(|number| (number, file));
    parsed.ok_or_else(|| {
        Diagnostic::error("usage", format!("invalid line {number:?}: expected a number, 1 or more"))
            .at(source.whole(), "")
            .help("write a line as 42 or rendered.yaml:42")
    })
}
