//! Limits on templates that would take too much time or memory to load.

use std::collections::HashMap;

use super::budget::{MAX_INHERITED, MAX_REFERENCES, MAX_TAG_BYTES, MAX_TAGS};
use super::scan::{References, references};
use super::templates::Templates;
use crate::diagnostic::{Diagnostic, Source, Span, printable};

/// Rejects the loaded templates of a chart if they take too much time or memory to load.
///
/// # Errors
/// The limit that is exceeded, with the template that exceeds it.
pub(super) fn check_loaded(templates: &Templates<'_>) -> Result<(), Diagnostic> {
    let loaded = templates.loaded().zip(templates.references());
    let loaded: Vec<_> = loaded.map(|((name, text), references)| (name, text.len(), references)).collect();
    check(templates, &loaded)
}

/// Whether all templates can be loaded, including those that nothing refers to.
pub(super) fn can_load_all(templates: &Templates<'_>, all: &[(String, Source)]) -> bool {
    let references: Vec<References<'_>> = all.iter().map(|(_, source)| references(source.text())).collect();
    let all = all.iter().zip(&references);
    let all: Vec<_> = all.map(|((name, source), found)| (name.as_str(), source.text().len(), found)).collect();
    check(templates, &all).is_ok()
}

/// Checks templates by their names, the lengths of their texts, and their references.
fn check(templates: &Templates<'_>, all: &[(&str, usize, &References<'_>)]) -> Result<(), Diagnostic> {
    let refuse = |name: &str, what: String| {
        let place = templates.source(name).map_or_else(Span::generated, |source| source.span(0..0));
        let message = format!("parse error at ({}): {what}", printable(&templates.path(name)));
        Err(Diagnostic::error("template", message).at(place, ""))
    };
    let (mut count, mut bytes) = (0, 0);
    let mut nesting = Nesting { templates, nodes: HashMap::new() };
    for &(name, text, references) in all {
        count += references.tags.count;
        bytes += references.tags.bytes;
        if count > MAX_TAGS {
            return refuse(name, format!("the chart's templates have more than {MAX_TAGS} tags"));
        }
        if bytes > MAX_TAG_BYTES {
            return refuse(name, format!("the chart's templates have more than {} MiB of tags", MAX_TAG_BYTES >> 20));
        }
        nesting.nodes.insert(name.to_owned(), Node { text, references, is_open: false, depth: None, inherited: 0 });
    }
    let mut inherited = 0;
    for (name, ..) in all {
        let depth = nesting.depth(name);
        inherited += nesting.nodes.get(*name).map_or(0, |node| node.inherited);
        if depth > MAX_REFERENCES {
            return refuse(name, format!("more than {MAX_REFERENCES} templates include or extend each other in a row"));
        }
        if inherited > MAX_INHERITED {
            return refuse(name, format!("the chart's templates inherit more than {} MiB", MAX_INHERITED >> 20));
        }
    }
    Ok(())
}

struct Node<'t> {
    text: usize,
    references: &'t References<'t>,
    /// Whether its references are being followed.
    is_open: bool,
    /// The length of the longest chain of templates from here on, once it is known.
    depth: Option<usize>,
    /// How many bytes of text its parents have.
    inherited: usize,
}

struct Nesting<'t> {
    templates: &'t Templates<'t>,
    nodes: HashMap<String, Node<'t>>,
}

impl Nesting<'_> {
    /// Returns the length of the longest chain of templates from one on. Those in a cycle, which Tera reports, count
    /// once.
    fn depth(&mut self, name: &str) -> usize {
        // This is not recursive, because a chain can be as long as the list of templates.
        let mut open = vec![(name.to_owned(), 0)];
        while let Some((name, next)) = open.last_mut() {
            let Some(node) = self.nodes.get(name.as_str()) else {
                open.pop();
                continue;
            };
            if let Some(reference) = node.references.templates.get(*next) {
                *next += 1;
                if let Some(found) = self.templates.loaded_name(reference)
                    && let Some(node) = self.nodes.get_mut(&found)
                    && node.depth.is_none()
                    && !std::mem::replace(&mut node.is_open, true)
                {
                    open.push((found, 0));
                }
                continue;
            }
            let Some((name, _)) = open.pop() else { break };
            self.close(&name);
        }
        self.nodes.get(name).and_then(|node| node.depth).unwrap_or(0)
    }

    /// Records the depth and the inherited text of a template whose references have been visited.
    fn close(&mut self, name: &str) {
        let Some(node) = self.nodes.get(name) else { return };
        let known = |reference: &str| self.nodes.get(&self.templates.loaded_name(reference)?);
        let depths = node.references.templates.iter().filter_map(|reference| known(reference)?.depth);
        let depth = depths.max().unwrap_or(0) + 1;
        let parent = node.references.parent.and_then(known);
        let inherited = parent.map_or(0, |parent| parent.text + parent.inherited);
        if let Some(node) = self.nodes.get_mut(name) {
            node.depth = Some(depth);
            node.inherited = inherited;
        }
    }
}
