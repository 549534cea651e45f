//! API versions that templates asked for but that the cluster doesn't serve: how the output would differ with them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::documents::rendered_manifests;
use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Severity, Span, printable};
use crate::engine::{Capabilities, Environment, MissingVersions, Release, Scope};
use crate::kubernetes::Id;
use crate::render::Render;

/// How many objects a note names.
const MAX_NAMED: usize = 5;

/// Returns a note for every API version for which `Capabilities.APIVersions.Has` was false and whose absence changes the
/// output, found by rendering with it. Versions that change something only together share one note.
pub fn api_version_notes(render: &Render) -> Vec<Diagnostic> {
    let missing = Arc::new(MissingVersions::default());
    let environment = Environment {
        // Random text must not count as a difference.
        seed: Some("mim-chart".into()),
        missing_versions: Some(missing.clone()),
        ..render.release.environment.clone()
    };
    let release = Release { environment, ..render.release.clone() };
    let Some(before) = documents(render, &release, &render.capabilities) else { return Vec::new() };
    let with = |versions: &[String]| {
        let mut capabilities = render.capabilities.clone();
        capabilities.api_versions.extend(versions.iter().cloned());
        difference(&before, &documents(render, &release, &capabilities)?)
    };
    let mut notes = Vec::new();
    let mut without_effect = Vec::new();
    for version in missing.all() {
        match with(std::slice::from_ref(&version)) {
            Some(difference) => notes.push(note(&[version], &difference, &render.chart)),
            None => without_effect.push(version),
        }
    }
    if without_effect.len() > 1
        && let Some(difference) = with(&without_effect)
    {
        notes.push(note(&without_effect, &difference, &render.chart));
    }
    notes
}

/// The documents of a render by object. Several documents of the same object are joined.
type Documents = BTreeMap<Id, String>;

fn documents(render: &Render, release: &Release, capabilities: &Capabilities) -> Option<Documents> {
    let all = rendered_manifests(&Scope { release, capabilities, ..render.scope() })?;
    let mut documents = Documents::new();
    for manifest in all.iter() {
        documents.entry(manifest.id.clone()).or_default().push_str(manifest.text());
    }
    Some(documents)
}

/// How the output differs with the API version: objects that are added, removed and changed.
struct Difference {
    new: Vec<Id>,
    gone: Vec<Id>,
    changed: Vec<Id>,
}

fn difference(before: &Documents, after: &Documents) -> Option<Difference> {
    let missing_in = |all: &Documents, some: &Documents| -> Vec<Id> {
        all.keys().filter(|id| !some.contains_key(id)).cloned().collect()
    };
    let is_changed = |(id, text): &(&Id, &String)| before.get(id).is_some_and(|before| before != *text);
    let changed: Vec<Id> = after.iter().filter(is_changed).map(|(id, _)| id.clone()).collect();
    let found = Difference { new: missing_in(after, before), gone: missing_in(before, after), changed };
    let is_any = !found.new.is_empty() || !found.gone.is_empty() || !found.changed.is_empty();
    is_any.then_some(found)
}

fn note(versions: &[String], difference: &Difference, chart: &Chart) -> Diagnostic {
    let shown = |ids: &[Id]| {
        let mut names: Vec<String> = ids.iter().take(MAX_NAMED).map(Id::to_string).collect();
        if let Some(more @ 1..) = ids.len().checked_sub(MAX_NAMED) {
            names.push(format!("{more} more"));
        }
        names.join(", ")
    };
    let parts = [
        ("omits ", &difference.new, ""),
        ("renders ", &difference.gone, " instead"),
        ("renders ", &difference.changed, " differently"),
    ];
    let parts = parts.into_iter().filter(|(_, ids, _)| !ids.is_empty());
    let parts: Vec<String> = parts.map(|(verb, ids, how)| format!("{verb}{}{how}", shown(ids))).collect();
    let verb = if versions.len() == 1 { "is" } else { "are" };
    let named = versions.join(", ");
    let message = format!("{named} {verb} not served: the chart {}", parts.join(", and "));
    let note = Diagnostic::new(Severity::Info, "api-versions", message);
    let note = match mention(chart, &versions[0]) {
        Some(place) => note.at(place, ""),
        None => note,
    };
    let flags: Vec<String> = versions.iter().map(|version| format!("-a {}", printable(version))).collect();
    note.help(format!("use {} to render the chart for a cluster that serves it", flags.join(" ")))
}

/// Returns the first place in the templates of a tree of charts that contains the version verbatim.
fn mention(chart: &Chart, version: &str) -> Option<Span> {
    let own = chart.templates.iter().find_map(|file| {
        let at = file.source.text().find(version)?;
        Some(file.source.span(at..at + version.len()))
    });
    own.or_else(|| chart.subcharts.iter().find_map(|subchart| mention(subchart, version)))
}
