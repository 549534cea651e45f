//! `--show-only`: the documents of some templates alone.

use super::split_documents;
use crate::diagnostic::{Diagnostic, Source};
use crate::glob::matches_glob;

/// The documents of `text` (what [`super::write`] gave) whose path, without the chart's name, matches a pattern: for
/// every pattern in turn all that match, in the order of the text, each followed by one more line break (Helm's form).
///
/// # Errors
/// Every pattern that matches nothing, in Helm's words.
pub fn show_only(text: &str, chart: &str, patterns: &[Source]) -> Result<String, Vec<Diagnostic>> {
    let documents: Vec<(&str, &str)> = split_documents(text)
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
