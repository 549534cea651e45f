//! `mim-chart why KEY [CHART]`

use clap::{Args, ValueEnum};

use crate::cli::arguments::chart_argument::locate;
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
use crate::explain::{Explanation, Subject, explain, explanation_json, explanation_text, hide};
use crate::io;
use crate::values::{ValuePath, merge_layers};

/// The form of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum AnswerFormat {
    /// Text for people.
    Text,
    /// One JSON object.
    Json,
}

/// Show who set a value, and what it changes in the output
///
/// Each layer that gives the value is listed with its place, the strongest first, and the one that wins is marked. What it
/// changes is found by experiment: the chart is rendered with other values of the same kind, and the lines of the output
/// that differ are shown. That no effect was found is not a proof that there is none.
#[derive(Debug, Args)]
#[command(
    override_usage = "mim-chart why KEY [CHART] [flags]",
    after_help = "Examples:\n  \
        mim-chart why replicaCount -f prod.yaml --set replicaCount=3\n  \
        mim-chart why rdbms.host\n  \
        mim-chart why 'hosts[0]' mongooseim --output json"
)]
pub(super) struct Why {
    /// The value's key, as --set writes it: listeners.c2s.port, hosts[0]
    #[arg(value_name = "KEY")]
    key: String,
    /// The chart; without it the built-in one
    #[arg(value_name = "CHART")]
    chart: Option<String>,
    #[command(flatten)]
    values: ValuesFlags,
    /// Kubernetes version that templates see (Capabilities.KubeVersion)
    #[arg(long, value_name = "VERSION")]
    kube_version: Option<String>,
    #[command(flatten)]
    lookup: LookupFlag,
    /// The form of the answer
    #[arg(short, long, value_enum, default_value = "text", value_name = "FORMAT")]
    output: AnswerFormat,
}

impl Why {
    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        let path = ValuePath::parse(&Source::flag("KEY", &self.key))?;
        let kube_version = kube_version(self.kube_version.as_deref())?;
        let located = locate(self.chart.as_deref(), global)?;
        let mut release = first_release(None, &located, global);
        release.environment = reproducible(&self.lookup)?;
        let chart = located.chart();
        let inputs = io::Inputs::new();
        let layers = values_input::layers(&self.values, &inputs)?;
        let objects = release.environment.objects.clone();
        let objects = objects.as_deref();
        let known = secrets::Subject {
            chart: self.chart.as_deref(),
            read: chart.as_ref().ok(),
            layers: &layers,
            reader: &inputs,
            global,
            objects,
        };
        // All that is printed is about values.
        known.learn_now(console);
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
        let explanation = explain(subject, &path, &layers, &inputs, console.secrets());
        drop(progress);
        let mut explanation = explanation?;
        hide(&mut explanation, console.secrets());
        if explanation.is_unknown() {
            return Err(self.unknown(&explanation).into());
        }
        console.warn(&explanation.warnings, false)?;
        let text = match self.output {
            AnswerFormat::Text => explanation_text(&explanation, Paint::new(console.colors_output())),
            AnswerFormat::Json => explanation_json(&explanation),
        };
        Ok(console.print(&text)?)
    }

    fn unknown(&self, explanation: &Explanation) -> Diagnostic {
        let key = Source::flag("KEY", &self.key);
        let message = format!("{} is not set, nothing defines it, and it has no effect", explanation.path);
        let error = Diagnostic::error("unknown-value", message).at(key.whole(), "");
        match &explanation.near[..] {
            [] => error.help("`mim-chart values` prints all values that are set"),
            near => error.help(format!("did you mean {}?", near.join(" or "))),
        }
    }
}
