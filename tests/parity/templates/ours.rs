//! Our side: the library, in this process.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use mim_chart::chart::{Chart, File};
use mim_chart::diagnostic::Diagnostic;
use mim_chart::engine::{self, Capabilities, Environment, Release, Rendered, Scope};
use mim_chart::go::utf8;
use mim_chart::io::SystemZones;
use mim_chart::render::prepare_merged;

use crate::{Answer, Case};

/// Renders a chart with this library. An error is the text of the first diagnostic.
pub fn render(case: &Case) -> Answer {
    texts(case).map_err(|errors| {
        let error = errors.into_iter().find(|diagnostic| diagnostic.severity == mim_chart::diagnostic::Severity::Error);
        error.map_or_else(|| "failed without an error".to_owned(), |error| error.message)
    })
}

fn texts(case: &Case) -> Result<std::collections::BTreeMap<String, String>, Vec<Diagnostic>> {
    let file = |(path, text): &(String, String)| File::new(path.as_str(), text.clone().into_bytes());
    let chart = Chart::from_files(case.files.iter().map(file).collect())?;
    let prepared = prepare_merged(chart, Default::default(), None, false)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut environment = Environment::default();
    environment.now = (now.as_secs() as i64, now.subsec_nanos());
    environment.zones = Arc::new(SystemZones::default());
    let mut release = Release::install("release", "default");
    release.environment = environment;
    let capabilities = Capabilities::default();
    let scope = Scope {
        chart: &prepared.chart,
        values: &prepared.values,
        release: &release,
        capabilities: &capabilities,
        refusals: None,
    };
    // As on Helm's side, bytes that are not UTF-8 become U+FFFD.
    let text = |rendered: Rendered| match &rendered.bytes {
        Some(bytes) => utf8::to_text(bytes).into_owned(),
        None => rendered.text,
    };
    Ok(engine::render(&scope)?.into_iter().map(|rendered| (rendered.path.clone(), text(rendered))).collect())
}
