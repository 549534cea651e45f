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

/// The form of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ImagesFormat {
    /// Text for people.
    Text,
    /// One JSON object.
    Json,
    /// Each image once, one a line.
    Name,
}

/// List the container images that a chart renders, and the values that set them
///
/// Images are those of containers, init containers and ephemeral containers, of volumes, and fields of custom resources that look like
/// images. For each, the object, the field and the values that it is made of are listed, with who set them: for charts in Go
/// templates from the trace of the render, for charts in Tera by rendering with other values. Hooks are included.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    mim-chart images ./mychart -f prod.yaml\n  \
    mim-chart images ./mychart --output name | xargs -n 1 docker pull\n  \
    mim-chart images --output json | jq '.images[] | select(.role == \"initContainer\")'")]
pub(super) struct Images {
    /// The chart; without it the built-in one
    #[arg(value_name = "CHART")]
    chart: Option<String>,
    #[command(flatten)]
    values: ValuesFlags,
    #[command(flatten)]
    cluster: ClusterFlags,
    #[command(flatten)]
    lookup: LookupFlag,
    /// The form of the list
    #[arg(short, long, value_enum, default_value = "text", value_name = "FORMAT")]
    output: ImagesFormat,
}

impl Images {
    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        let target = (None, self.chart.as_deref());
        let (mut rendering, located) = Rendering::new(target, false, &self.cluster, &self.values, global)?;
        rendering.release.environment = reproducible(&self.lookup)?;
        let layers = values_input::layers(&self.values, &rendering.inputs)?;
        let result = rendering
            .chart(located)
            .map_err(Failure::from)
            .and_then(|chart| rendering.render(chart, &layers, &rendering.inputs).map_err(Failure::from));
        let secrets = rendering.secrets(&layers, &rendering.inputs);
        let render = secrets.learn_of(console, result)?;
        secrets.learn_now(console);
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
