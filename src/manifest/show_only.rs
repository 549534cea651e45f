//! `--show-only`: the documents of some templates alone.

use super::Manifests;
use crate::diagnostic::{Diagnostic, Source};
use crate::go::glob::matches_glob;
use crate::yaml::split_manifests;

/// The documents of `text` (what [`super::write`] gave) whose path, without the chart's name, matches a pattern: for
/// every pattern in turn all that match, in the order of the text, each followed by one more line break (Helm's form).
///
/// # Errors
/// Every pattern that matches nothing, in Helm's words.
pub fn show_only(text: &str, chart: &str, patterns: &[Source]) -> Result<String, Vec<Diagnostic>> {
    let documents: Vec<(&str, &str)> = split_manifests(text)
        .filter_map(|range| {
            let document = &text[range];
            let source = document.lines().find_map(|line| line.strip_prefix("# Source: "))?;
            Some((source.split_once('/')?.1, document))
        })
        .collect();
    let mut shown = String::new();
    let mut errors = Vec::new();
    for pattern in patterns {
        let matching = documents.iter().filter(|(path, _)| matches_glob(pattern.text(), path).unwrap_or(false));
        let before = shown.len();
        for (_, document) in matching {
            shown.push_str("---\n");
            shown.push_str(document);
            shown.push('\n');
        }
        if shown.len() == before {
            errors.push(not_found(pattern, chart, &documents));
        }
    }
    if errors.is_empty() { Ok(shown) } else { Err(errors) }
}

/// Keeps only the manifests and hooks, and of `crds` (pairs of path and text) those files, whose path matches a pattern:
/// [`show_only`] for documents that are written to files.
///
/// # Errors
/// Every pattern that matches nothing, in Helm's words.
pub fn keep_shown(
    all: &mut Manifests,
    crds: &mut Vec<(String, String)>,
    chart: &str,
    patterns: &[Source],
) -> Result<(), Vec<Diagnostic>> {
    let below = |path: &str| path.split_once('/').map_or(path, |(_, rest)| rest).to_owned();
    let of_manifests = all.manifests.iter().chain(&all.hooks).map(|manifest| below(&manifest.path));
    let paths: Vec<String> = crds.iter().map(|(path, _)| below(path)).chain(of_manifests).collect();
    let is_shown = |pattern: &Source, path: &str| matches_glob(pattern.text(), path).unwrap_or(false);
    let documents: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "")).collect();
    let unmatched = patterns.iter().filter(|pattern| !paths.iter().any(|path| is_shown(pattern, path)));
    let errors: Vec<Diagnostic> = unmatched.map(|pattern| not_found(pattern, chart, &documents)).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let is_kept = |path: &str| patterns.iter().any(|pattern| is_shown(pattern, &below(path)));
    crds.retain(|(path, _)| is_kept(path));
    all.manifests.retain(|manifest| is_kept(&manifest.path));
    all.hooks.retain(|manifest| is_kept(&manifest.path));
    Ok(())
}

fn not_found(pattern: &Source, chart: &str, documents: &[(&str, &str)]) -> Diagnostic {
    let message = format!("could not find template {} in chart", pattern.text());
    let mut paths: Vec<&str> = documents.iter().map(|(path, _)| *path).collect();
    paths.dedup();
    let error = Diagnostic::error("show-only", message).at(pattern.whole(), "");
    if let Some(path) = pattern.text().strip_prefix(chart).and_then(|rest| rest.strip_prefix('/')) {
        return error.help(format!("leave the chart's name out: {path}"));
    }
    if paths.is_empty() { error } else { error.help(format!("these gave output: {}", paths.join(", "))) }
}
