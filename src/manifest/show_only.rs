//! `--show-only`: selects the documents of some templates.

use super::Manifests;
use super::write::{Written, write_with_starts};
use crate::diagnostic::{Diagnostic, Source};
use crate::go::glob::matches_glob;
use crate::yaml::split_manifests;

/// Writes the documents whose path, without the chart's name, matches a pattern.
///
/// The output goes through the patterns in turn. For each pattern, it has all matching documents in the order of `write`, each
/// followed by an additional line break, as in Helm.
///
/// # Errors
/// Every pattern that matches nothing, with Helm's message.
pub fn write_selected(
    all: &Manifests,
    crds: &[(String, String)],
    chart: &str,
    patterns: &[Source],
) -> Result<String, Vec<Diagnostic>> {
    let written = write_with_starts(all, crds);
    let (paths, documents): (Vec<&str>, Vec<&str>) = documents(&written).unzip();
    Ok(joined(&documents, select(&paths, chart, patterns)?))
}

fn joined(documents: &[&str], selected: Vec<Vec<usize>>) -> String {
    let shown = selected.into_iter().flatten().map(|index| format!("---\n{}\n", documents[index]));
    shown.collect()
}

/// Returns the path in the document's own `# Source:` line.
fn own_path(document: &str) -> Option<&str> {
    document.lines().find_map(|line| line.strip_prefix("# Source: ")).filter(|path| path.contains('/'))
}

/// Selects the documents of a manifest stream by their `# Source:` lines, and writes them like [`write_selected`].
///
/// # Errors
/// See [`write_selected`].
pub fn select_documents(text: &str, chart: &str, patterns: &[Source]) -> Result<String, Vec<Diagnostic>> {
    let documents = split_manifests(text).map(|range| &text[range]);
    let (paths, documents): (Vec<&str>, Vec<&str>) =
        documents.filter_map(|document| own_path(document).map(|path| (path, document))).unzip();
    Ok(joined(&documents, select(&paths, chart, patterns)?))
}

/// Keeps only the manifests, hooks and `crds` (pairs of path and text) whose path matches a pattern. This is [`write_selected`] for
/// output to files.
///
/// # Errors
/// See [`write_selected`].
pub fn retain_selected(
    all: &mut Manifests,
    crds: &mut Vec<(String, String)>,
    chart: &str,
    patterns: &[Source],
) -> Result<(), Vec<Diagnostic>> {
    let of_manifests = all.iter().map(|manifest| manifest.path.as_str());
    let paths: Vec<&str> = crds.iter().map(|(path, _)| path.as_str()).chain(of_manifests).collect();
    let mut is_kept = vec![false; paths.len()];
    for index in select(&paths, chart, patterns)?.into_iter().flatten() {
        is_kept[index] = true;
    }
    // `retain` visits every list in order, and `paths` has the same order.
    let mut is_kept = is_kept.into_iter();
    let mut keep_next = || is_kept.next().unwrap_or(false);
    crds.retain(|_| keep_next());
    all.manifests.retain(|_| keep_next());
    all.hooks.retain(|_| keep_next());
    Ok(())
}

/// Returns, for each pattern, the indices of the paths that match it.
///
/// # Errors
/// Every pattern that matches no path.
fn select(paths: &[&str], chart: &str, patterns: &[Source]) -> Result<Vec<Vec<usize>>, Vec<Diagnostic>> {
    let below: Vec<&str> = paths.iter().map(|path| path.split_once('/').map_or(*path, |(_, below)| below)).collect();
    let mut selected = Vec::new();
    let mut errors = Vec::new();
    for pattern in patterns {
        let matches = |index: &usize| matches_glob(pattern.text(), below[*index]).unwrap_or(false);
        let matching: Vec<usize> = (0..below.len()).filter(matches).collect();
        if matching.is_empty() {
            errors.push(not_found(pattern, chart, &below));
        }
        selected.push(matching);
    }
    if errors.is_empty() { Ok(selected) } else { Err(errors) }
}

/// Returns the documents of the output with their paths.
///
/// A file of custom resource definitions is written below a single `# Source:` line, even if it holds several documents. Helm
/// knows only the path of the first, and cannot show the rest unless they have their own `# Source:` lines.
fn documents<'a>(written: &'a Written<'_>) -> impl Iterator<Item = (&'a str, &'a str)> {
    written.pieces().flat_map(|(path, piece)| {
        split_manifests(piece).enumerate().filter_map(move |(number, range)| {
            let document = &piece[range];
            let path = if number == 0 { path } else { own_path(document)? };
            Some((path, document))
        })
    })
}

fn not_found(pattern: &Source, chart: &str, paths: &[&str]) -> Diagnostic {
    let message = format!("could not find template {} in chart", pattern.text());
    let mut paths = paths.to_vec();
    paths.dedup();
    let error = Diagnostic::error("show-only", message).at(pattern.whole(), "");
    if let Some(path) = pattern.text().strip_prefix(chart).and_then(|rest| rest.strip_prefix('/')) {
        return error.help(format!("omit the chart's name: {path}"));
    }
    if paths.is_empty() { error } else { error.help(format!("these gave output: {}", paths.join(", "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifests() -> Manifests {
        let texts = [("c/templates/a.yaml", "kind: Service\n---\nkind: Secret\n\n\n"), ("c/templates/b.yaml", HOOK)];
        Manifests::read(texts.map(|(path, text)| (path.to_owned(), text.to_owned()))).unwrap()
    }

    const HOOK: &str = "kind: Job\nmetadata: {annotations: {helm.sh/hook: test}}\n";

    fn crds() -> Vec<(String, String)> {
        let text = "kind: X\n---\nkind: Y\n---\n# Source: d/crds/z.yaml\nkind: Z\n";
        vec![("c/crds/x.yaml".to_owned(), text.to_owned())]
    }

    fn select_documents(patterns: &[&str]) -> Result<String, Vec<String>> {
        let patterns: Vec<Source> = patterns.iter().map(|text| Source::flag("--show-only", *text)).collect();
        let reported = |errors: Vec<Diagnostic>| errors.into_iter().map(|error| error.message).collect();
        write_selected(&manifests(), &crds(), "c", &patterns).map_err(reported)
    }

    #[test]
    fn documents_are_shown_pattern_by_pattern() {
        assert_eq!(
            select_documents(&["templates/b.yaml", "templates/*"]).unwrap(),
            format!(
                "---\n# Source: c/templates/b.yaml\n{HOOK}\n\n\
                 ---\n# Source: c/templates/a.yaml\nkind: Secret\n\n\n\n\n\
                 ---\n# Source: c/templates/a.yaml\nkind: Service\n\n\
                 ---\n# Source: c/templates/b.yaml\n{HOOK}\n\n"
            )
        );
    }

    #[test]
    fn only_the_first_crd_document_has_the_file_path() {
        assert_eq!(select_documents(&["crds/x.yaml"]).unwrap(), "---\n# Source: c/crds/x.yaml\nkind: X\n\n");
        assert_eq!(select_documents(&["crds/z.yaml"]).unwrap(), "---\n# Source: d/crds/z.yaml\nkind: Z\n\n\n");
    }

    #[test]
    fn every_pattern_without_a_match_is_an_error() {
        let errors = select_documents(&["x", "templates/a.yaml", "c/templates/a.yaml"]).unwrap_err();
        assert_eq!(
            errors,
            ["could not find template x in chart", "could not find template c/templates/a.yaml in chart"]
        );
    }

    #[test]
    fn files_keep_documents_that_any_pattern_matches() {
        let (mut all, mut crds) = (manifests(), crds());
        retain_selected(&mut all, &mut crds, "c", &[Source::flag("--show-only", "*/b.yaml")]).unwrap();
        assert_eq!((all.manifests.len(), all.hooks.len(), crds.len()), (0, 1, 0));
    }
}
