//! `mim-chart images [CHART]`: lists the container images of a render.

use clap::{Args, ValueEnum};

use crate::cli::arguments::cluster_flags::ClusterFlags;
use crate::cli::arguments::flags::{GlobalFlags, ValuesFlags};
use crate::cli::arguments::lookup_flag::LookupFlag;
use crate::cli::arguments::rendering::Rendering;
use crate::cli::arguments::values_input;
use crate::cli::environment::reproducible;
use crate::cli::failure::Failure;
use crate::cli::output::console::Console;
use crate::diagnostic::Paint;
use crate::explain::{images, images_json, images_names, images_text};

/// The format of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ImagesFormat {
    /// Plain text.
    Text,
    /// One JSON object.
    Json,
    /// Each image once, one per line.
    Name,
}

/// List the container images of a chart, and the values that set them
///
/// Lists the images of containers, init containers, ephemeral containers and volumes, and the fields of custom resources that
/// look like images. For each image, the object, the field and the values it is built from are shown, with who set them. For
/// charts in Go templates, the values come from a trace of the rendering; charts in Tera are rendered again with other values.
/// Hooks are included.
#[derive(Debug, Args)]
#[command(
    override_usage = "mim-chart images [CHART] [flags]",
    after_help = "Examples:\n  \
    mim-chart images ./mychart -f prod.yaml\n  \
    mim-chart images ./mychart --output name | xargs -n 1 docker pull\n  \
    mim-chart images --output json | jq '.images[] | select(.role == \"initContainer\")'"
)]
pub(super) struct Images {
    /// Chart, by default the built-in one
    #[arg(value_name = "CHART")]
    chart: Option<String>,
    #[command(flatten)]
    values: ValuesFlags,
    #[command(flatten)]
    cluster: ClusterFlags,
    #[command(flatten)]
    lookup: LookupFlag,
    /// Format of the list
    #[arg(short, long, value_enum, default_value = "text", value_name = "FORMAT")]
    output: ImagesFormat,
}

impl Images {
    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        let target = (None, self.chart.as_deref());
        let (mut rendering, located) = Rendering::new(target, false, &self.cluster, &self.values, global)?;
        rendering.release.environment = reproducible(&self.lookup)?;
        rendering.traced = true;
        let layers = values_input::layers(&self.values, &rendering.inputs)?;
        let result = rendering
            .chart(located)
            .map_err(Failure::from)
            .and_then(|chart| rendering.render(chart, &layers, &rendering.inputs).map_err(Failure::from));
        let secrets = rendering.secrets(&layers, &rendering.inputs);
        let render = secrets.collect_on_failure(console, result)?;
        secrets.collect(console);
        let found = images(&render, console.secrets());
        console.warn(&render.warnings, false)?;
        let text = match self.output {
            ImagesFormat::Text => images_text(&found, console.secrets(), Paint::new(console.colors_output())),
            ImagesFormat::Json => images_json(&found, console.secrets()),
            ImagesFormat::Name => images_names(&found, console.secrets()),
        };
        Ok(console.print(&text)?)
    }
}
