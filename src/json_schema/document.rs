//! Finds the resources and anchors in a schema document.

use ahash::{AHashMap, AHashSet};
use std::sync::Arc;

use super::costs::{BYTES_A_STEP, STEPS_OF_A_NAME};
use super::draft::{Dialect, Draft};
use super::error::error;
use super::loader::Loader;
use super::path::{Path, identity};
use super::shape::Shape;
use super::{stack, uri};
use crate::diagnostic::Diagnostic;
use crate::go::strconv::quote_double;
use crate::yaml::{Map, Node};

/// A loaded schema document.
#[derive(Debug)]
pub(super) struct Document {
    /// The URI under which it was requested.
    pub(super) url: String,
    pub(super) root: Arc<Node>,
    /// The resources; the root's is the first.
    pub(super) resources: Vec<Resource>,
    /// Indices into `resources`, by the identity of the root node of each.
    pub(super) resource_of: AHashMap<usize, usize>,
    /// The identities of all nodes that have been read as schemas.
    pub(super) walked: AHashSet<usize>,
    /// Indices into `resources`, by the id of each.
    pub(super) resource_by_id: AHashMap<String, usize>,
    /// Whether any value looks as if the metaschema would reject it.
    pub(super) suspicious: bool,
    /// Whether anything must be linked before the evaluation.
    pub(super) needs_links: bool,
}

/// A schema with its own URI, without the resources nested in it.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) id: String,
    pub(super) path: Vec<String>,
    pub(super) dialect: Dialect,
    pub(super) anchors: AHashMap<String, Anchor>,
    /// Whether it has `$recursiveAnchor: true` (2019-09).
    pub(super) is_recursive: bool,
}

/// A named schema.
#[derive(Debug)]
pub(super) struct Anchor {
    pub(super) path: Vec<String>,
    pub(super) is_dynamic: bool,
}

impl Document {
    /// Finds the resources and anchors of a document and checks the form of its keywords.
    pub(super) fn new(url: &str, root: Arc<Node>, loader: &mut Loader<'_>) -> Result<Self, Box<Diagnostic>> {
        let mut document = Document {
            url: url.to_owned(),
            root: Arc::clone(&root),
            resources: Vec::new(),
            resource_of: AHashMap::new(),
            walked: AHashSet::default(),
            resource_by_id: AHashMap::new(),
            suspicious: false,
            needs_links: false,
        };
        let dialect = Dialect::for_draft(Draft::Draft2020);
        document.add_resource(&root, &Path::Root, url.to_owned(), dialect);
        document.walk(&root, &Path::Root, 0, 0, loader)?;
        Ok(document)
    }

    /// Reads a node as a schema although no keyword leads to it, because a reference does.
    pub(super) fn walk_further(
        &mut self,
        node: &Node,
        path: &Path<'_>,
        resource: usize,
        loader: &mut Loader<'_>,
    ) -> Result<(), Box<Diagnostic>> {
        self.suspicious = false;
        self.walk(node, path, resource, 0, loader)
    }

    fn add_resource(&mut self, node: &Node, path: &Path<'_>, id: String, dialect: Dialect) -> usize {
        self.resource_by_id.insert(id.clone(), self.resources.len());
        let resource = Resource { id, path: path.names(), dialect, anchors: AHashMap::new(), is_recursive: false };
        self.resources.push(resource);
        self.resource_of.insert(identity(node), self.resources.len() - 1);
        self.resources.len() - 1
    }

    fn walk(
        &mut self,
        node: &Node,
        path: &Path<'_>,
        resource: usize,
        depth: usize,
        loader: &mut Loader<'_>,
    ) -> Result<(), Box<Diagnostic>> {
        stack::nested(depth, || self.walk_schema(node, path, resource, depth, loader))
            .unwrap_or_else(|refused| Err(error(refused.message(), &node.span)))
    }

    fn walk_schema(
        &mut self,
        node: &Node,
        path: &Path<'_>,
        outer: usize,
        depth: usize,
        loader: &mut Loader<'_>,
    ) -> Result<(), Box<Diagnostic>> {
        let Some(map) = node.value.as_map() else {
            let boolean = node.value.as_bool().is_some() && self.resources[outer].dialect.draft > Draft::Draft4;
            self.suspicious |= !boolean;
            return Ok(());
        };
        loader.charge(1, node)?;
        self.walked.insert(identity(node));
        let resource = self.enter(node, map, path, outer, loader)?;
        let draft = self.resources[resource].dialect.draft;
        // In draft 4 these keywords require another one.
        let lacks = |keyword, needed| map.get(keyword).is_some() && map.get(needed).is_none();
        self.suspicious |=
            draft == Draft::Draft4 && (lacks("exclusiveMinimum", "minimum") || lacks("exclusiveMaximum", "maximum"));
        self.name_anchors(map, node, path, resource, loader)?;
        for (keyword, entry) in map.entries() {
            let shape = draft.shape(keyword);
            let value = &entry.node;
            self.suspicious |= !shape.is_well_formed(keyword, &value.value, draft);
            self.needs_links |= match shape {
                Shape::Reference { links } => links,
                Shape::SchemaMap => keyword == "patternProperties" && draft < Draft::Draft7,
                _ => false,
            };
            let below = path.key(keyword);
            shape.for_each_subschema(
                &value.value,
                |step, subschema| match step {
                    Some(step) => self.walk(subschema, &below.step(step), resource, depth + 1, loader),
                    None => self.walk(subschema, &below, resource, depth + 1, loader),
                },
                value,
            )?;
        }
        Ok(())
    }

    /// Returns the resource that a schema belongs to: the surrounding one, or a new one if it has an id.
    fn enter(
        &mut self,
        node: &Node,
        map: &Map,
        path: &Path<'_>,
        outer: usize,
        loader: &mut Loader<'_>,
    ) -> Result<usize, Box<Diagnostic>> {
        let around = self.resources[outer].dialect;
        let is_root = matches!(path, Path::Root);
        let declared = map.get("$schema").filter(|declared| declared.value.as_str().is_some());
        let id_of = |draft: Draft| {
            let ignored = draft < Draft::Draft2019 && map.get("$ref").is_some();
            let id = map.get(draft.id_keyword()).filter(|_| !ignored)?.value.as_str()?;
            Some(uri::split_fragment(id).0).filter(|id| !id.is_empty())
        };
        let dialect = match declared {
            Some(declared) if is_root || map.get("$id").is_some() || map.get("id").is_some() => {
                loader.dialect(&self.url, is_root, declared, around)?
            }
            _ => around,
        };
        let (id, dialect) = match id_of(dialect.draft) {
            Some(id) => (Some(id), dialect),
            None if is_root => (None, dialect),
            None => (id_of(around.draft), around),
        };
        if is_root {
            let root = &mut self.resources[outer];
            root.dialect = dialect;
            if let Some(id) = id {
                self.resource_by_id.remove(&root.id);
                root.id = uri::join(&self.url, id);
                self.resource_by_id.insert(root.id.clone(), outer);
            }
            return Ok(outer);
        }
        let Some(id) = id else { return Ok(outer) };
        let id = uri::join(&self.resources[outer].id, id);
        if let Some(&other) = self.resource_by_id.get(&id) {
            let other = &self.resources[other];
            let [own, first] = [path.names(), other.path.clone()].map(|path| quote_double(&Path::pointer(&path)));
            let message =
                format!("duplicate id {} in {} at {own} and {first}", quote_double(&id), quote_double(&self.url));
            return Err(error(message, &node.span));
        }
        loader.charge(STEPS_OF_A_NAME * path.len() + id.len() / BYTES_A_STEP, node)?;
        Ok(self.add_resource(node, path, id, dialect))
    }

    fn name_anchors(
        &mut self,
        map: &Map,
        node: &Node,
        path: &Path<'_>,
        resource: usize,
        loader: &mut Loader<'_>,
    ) -> Result<(), Box<Diagnostic>> {
        let draft = self.resources[resource].dialect.draft;
        let text = |keyword: &str| map.get(keyword).and_then(|value| value.value.as_str());
        if draft < Draft::Draft2019 {
            let named = if map.get("$ref").is_some() { None } else { text(draft.id_keyword()) };
            let fragment = named.and_then(|id| uri::percent_decode(uri::split_fragment(id).1));
            return match fragment {
                Some(name) if !name.is_empty() && !name.starts_with('/') => {
                    self.add_anchor(&name, false, node, path, resource, loader)
                }
                _ => Ok(()),
            };
        }
        if let Some(name) = text("$anchor") {
            self.add_anchor(name, false, node, path, resource, loader)?;
        }
        if draft >= Draft::Draft2020
            && let Some(name) = text("$dynamicAnchor")
        {
            self.add_anchor(name, true, node, path, resource, loader)?;
        }
        if draft == Draft::Draft2019 && self.resource_of.get(&identity(node)) == Some(&resource) {
            let recursive = map.get("$recursiveAnchor").and_then(|value| value.value.as_bool());
            self.resources[resource].is_recursive = recursive == Some(true);
        }
        Ok(())
    }

    fn add_anchor(
        &mut self,
        name: &str,
        is_dynamic: bool,
        node: &Node,
        path: &Path<'_>,
        resource: usize,
        loader: &mut Loader<'_>,
    ) -> Result<(), Box<Diagnostic>> {
        loader.charge(STEPS_OF_A_NAME * path.len(), node)?;
        let own = path.names();
        let anchors = &mut self.resources[resource].anchors;
        match anchors.get_mut(name) {
            Some(other) if other.path == own => other.is_dynamic |= is_dynamic,
            Some(other) => {
                let [first, second] = [&other.path, &own].map(|path| quote_double(&Path::pointer(path)));
                let (name, url) = (quote_double(name), quote_double(&self.url));
                return Err(error(format!("duplicate anchor {name} in {url} at {first} and {second}"), &node.span));
            }
            None => drop(anchors.insert(name.to_owned(), Anchor { path: own, is_dynamic })),
        }
        Ok(())
    }
}
