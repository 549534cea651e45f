//! The one name space that all templates of a tree of charts share.

use std::collections::HashMap;
use std::sync::Arc;

use super::ast::{NodeId, Parsed, Tree};
use super::value::Text;
use crate::engine::paths::is_partial;

/// A template that can be run.
#[derive(Debug, Clone)]
pub struct Template {
    /// The text that it is in.
    pub parsed: Arc<Parsed>,
    /// Its name, which errors show.
    pub name: Text,
    /// Its body.
    pub root: NodeId,
}

impl Template {
    fn of(parsed: &Arc<Parsed>, tree: &Tree) -> Template {
        Template { parsed: Arc::clone(parsed), name: tree.name.clone(), root: tree.root }
    }

    /// The template that a text is, apart from those that it defines.
    pub fn main(parsed: &Arc<Parsed>) -> Template {
        Template::of(parsed, parsed.main())
    }
}

/// The templates of files, by name.
#[derive(Debug, Default)]
pub struct Definitions(HashMap<Text, Template, ahash::RandomState>);

impl Definitions {
    /// Adds the templates of a file. A template takes the place of one of the same name unless it is empty.
    pub fn add(&mut self, parsed: &Arc<Parsed>) {
        for tree in &parsed.trees {
            if !tree.is_empty || !self.0.contains_key(&tree.name) {
                self.0.insert(tree.name.clone(), Template::of(parsed, tree));
            }
        }
    }
}

/// Templates by name. Those that texts given to `tpl` define are on top while the text runs, and are gone then.
#[derive(Debug, Default)]
pub struct TemplateSet {
    of_files: Arc<Definitions>,
    texts: Vec<Arc<Parsed>>,
    /// How many of those texts define templates.
    defining: usize,
}

impl TemplateSet {
    /// The templates of files.
    pub fn new(of_files: Arc<Definitions>) -> TemplateSet {
        TemplateSet { of_files, ..TemplateSet::default() }
    }

    /// The template of a name.
    pub fn get(&self, name: &Text) -> Option<Template> {
        let mut empty = None;
        if self.defining > 0 || **name == *b"gotpl" {
            for parsed in self.texts.iter().rev() {
                match parsed.trees.iter().find(|tree| tree.name == *name) {
                    Some(tree) if tree.is_empty => empty = empty.or(Some((parsed, tree))),
                    Some(tree) => return Some(Template::of(parsed, tree)),
                    None => {}
                }
            }
        }
        let known = self.of_files.0.get(name).cloned();
        known.or_else(|| empty.map(|(parsed, tree)| Template::of(parsed, tree)))
    }

    /// Whether a name is that of a file which is rendered.
    pub fn is_rendered_file(&self, name: &Text) -> bool {
        let is_file = self.of_files.0.get(name).is_some_and(|template| template.parsed.name == *name);
        is_file && !is_partial(&name.lossy())
    }

    /// Puts the templates of a text that is given to `tpl` on top.
    pub fn push(&mut self, parsed: Arc<Parsed>) {
        self.defining += usize::from(parsed.trees.len() > 1);
        self.texts.push(parsed);
    }

    /// How many texts are on top of each other.
    pub fn depth(&self) -> usize {
        self.texts.len()
    }

    /// Takes the templates away that were put on top last.
    pub fn pop(&mut self) {
        if let Some(parsed) = self.texts.pop() {
            self.defining -= usize::from(parsed.trees.len() > 1);
        }
    }
}
