//! The one namespace that all templates of a tree of charts share.

use std::collections::HashMap;
use std::sync::Arc;

use super::ast::{NodeId, Parsed, Tree};
use super::value::Text;
use crate::engine::paths::is_partial;

/// A template that can be run.
#[derive(Debug, Clone)]
pub struct Template {
    /// The text that contains it.
    pub parsed: Arc<Parsed>,
    /// Its name, as errors show it.
    pub name: Text,
    /// Its body.
    pub root: NodeId,
}

impl Template {
    fn new(parsed: &Arc<Parsed>, tree: &Tree) -> Template {
        Template { parsed: Arc::clone(parsed), name: tree.name.clone(), root: tree.root }
    }

    /// The template of a text itself, as opposed to those that it defines.
    pub fn main(parsed: &Arc<Parsed>) -> Template {
        Template::new(parsed, parsed.main())
    }
}

/// The templates of files, by name.
#[derive(Debug, Default)]
pub struct Definitions(HashMap<Text, Template, ahash::RandomState>);

impl Definitions {
    /// Adds the templates of a file. A template replaces one with the same name unless it is empty.
    pub fn add(&mut self, parsed: &Arc<Parsed>) {
        for tree in &parsed.trees {
            if !tree.is_empty || !self.0.contains_key(&tree.name) {
                self.0.insert(tree.name.clone(), Template::new(parsed, tree));
            }
        }
    }
}

/// All templates by name. The definitions in a text passed to `tpl` take precedence while that text runs, and are
/// dropped afterward.
#[derive(Debug, Default)]
pub struct TemplateSet {
    of_files: Arc<Definitions>,
    texts: Vec<Arc<Parsed>>,
    /// How many of the texts define templates.
    defining: usize,
}

impl TemplateSet {
    /// Creates the set with the templates of files.
    pub fn new(of_files: Arc<Definitions>) -> TemplateSet {
        TemplateSet { of_files, ..TemplateSet::default() }
    }

    /// Returns the template with a name. An empty one from a text is only used if there is no other.
    pub fn get(&self, name: &Text) -> Option<Template> {
        let mut empty = None;
        if self.defining > 0 || **name == *b"gotpl" {
            for parsed in self.texts.iter().rev() {
                match parsed.trees.iter().find(|tree| tree.name == *name) {
                    Some(tree) if tree.is_empty => empty = empty.or(Some((parsed, tree))),
                    Some(tree) => return Some(Template::new(parsed, tree)),
                    None => {}
                }
            }
        }
        let known = self.of_files.0.get(name).cloned();
        known.or_else(|| empty.map(|(parsed, tree)| Template::new(parsed, tree)))
    }

    /// Whether the name is the path of a file that is rendered, not of a partial.
    pub fn is_rendered_file(&self, name: &Text) -> bool {
        let is_file = self.of_files.0.get(name).is_some_and(|template| template.parsed.name == *name);
        is_file && !is_partial(&name.lossy())
    }

    /// Adds the templates of a text passed to `tpl`, which take precedence over all others.
    pub fn push(&mut self, parsed: Arc<Parsed>) {
        self.defining += usize::from(parsed.trees.len() > 1);
        self.texts.push(parsed);
    }

    /// The number of texts that are running.
    pub fn depth(&self) -> usize {
        self.texts.len()
    }

    /// Removes the templates of the text that was pushed last.
    pub fn pop(&mut self) {
        if let Some(parsed) = self.texts.pop() {
            self.defining -= usize::from(parsed.trees.len() > 1);
        }
    }
}
