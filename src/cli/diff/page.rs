//! Writes a comparison as an HTML page.

use crate::cli::arguments::side_flags::{SideOrigin, Sides};
use crate::diff::{Comparison, notes, old_text_of_shown};
use crate::explain::{LineSource, SideTrace};
use crate::io::BUILT_IN_CHART;
use crate::kubernetes::Id;
use crate::page::{Head, Shown, ShownText, write_page};
use crate::secrets::Secrets;

/// Writes the page; `traces` are the traces of the rendered sides.
pub(super) fn page(
    comparison: &Comparison,
    sides: Sides<'_>,
    traces: [Option<&SideTrace<'_>>; 2],
    secrets: &Secrets,
) -> String {
    let names = [sides.old, sides.new].map(name);
    let title = if names[0] == names[1] { names[0].clone() } else { names.join(" → ") };
    let differences = comparison.differences.iter();
    let shown: Vec<Shown<'_>> = differences.map(Shown::difference).collect();
    let [old, new] = traces.map(|trace| LineSource::new(trace?, secrets));
    let text = |source: &Option<LineSource<'_>>, id: &Id, text: &str| {
        let origins = source.as_ref().and_then(|source| source.lines(id, text));
        ShownText { text: text.to_owned(), origins }
    };
    let is_traced = old.is_some() || new.is_some();
    let head = Head { title, summary: comparison.summary(), notes: notes(comparison), is_traced };
    write_page(&head, &shown, |number| {
        let difference = &comparison.differences[number];
        let before = text(&old, &difference.old_id(), &old_text_of_shown(comparison, difference));
        [before, text(&new, &difference.id, &difference.new_text)]
    })
}

/// Returns the name of a side.
fn name(origin: SideOrigin<'_>) -> String {
    match origin {
        SideOrigin::Chart(chart) => chart.unwrap_or(BUILT_IN_CHART).to_owned(),
        SideOrigin::AtRevision { chart, revision } => format!("{} at {revision}", chart.unwrap_or(BUILT_IN_CHART)),
        SideOrigin::Manifests { path: "-", .. } => "standard input".to_owned(),
        SideOrigin::Manifests { path, .. } => path.to_owned(),
    }
}
