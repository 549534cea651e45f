//! The documents of a schema, and the targets of its references.

use ahash::{AHashMap, AHashSet};
use std::sync::Arc;

use super::costs::{BYTES_A_STEP, STEPS_OF_A_DOCUMENT, STEPS_OF_A_NAME};
use super::document::Document;
use super::draft::{Dialect, Draft};
use super::error::error;
use super::loader::{Loader, Resolver};
use super::path::{Path, identity, location};
use super::place::{Place, child};
use super::shape::Shape;
use super::wording::quote;
use super::{stack, uri};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::nearest;
use crate::go::regexp;
use crate::go::strconv::quote_double;
use crate::yaml::Node;

/// Validates a schema in a document against the metaschema of its dialect. The path is the schema's in the document.
pub(super) type FormCheck = fn(&Document, &Node, &[String], Dialect, &Loader<'_>) -> Result<(), Box<Diagnostic>>;

/// A function that returns whether a text (the second argument) has the named format (the first argument).
pub type HasFormat = fn(&str, &str) -> bool;

/// The documents of a schema; its own is the first.
#[derive(Debug)]
pub(super) struct Registry {
    pub(super) documents: Vec<Document>,
    /// Indices into `documents`, by URL.
    document_by_url: AHashMap<String, usize>,
    /// The targets of references, by the identity of the referring keyword's value.
    targets: AHashMap<usize, Target>,
    /// Whether `format` is asserted in any draft, as Helm does with metaschemas.
    pub(super) asserts_formats: bool,
    /// Checks the formats, if they are not those of JSON Schema.
    pub(super) own_formats: Option<HasFormat>,
    /// Validates suspicious schemas against their metaschema.
    check_form: FormCheck,
    pub(super) patterns: regexp::Cache,
    pub(super) warnings: Vec<Diagnostic>,
}

/// The target of a reference.
#[derive(Debug)]
struct Target {
    document: usize,
    path: Vec<String>,
}

impl Registry {
    /// Reads a schema document and all documents it refers to.
    pub(super) fn new(
        url: &str,
        root: Node,
        resolver: &dyn Resolver,
        check_form: FormCheck,
    ) -> Result<Self, Box<Diagnostic>> {
        let mut loader = Loader::new(resolver);
        let mut registry = Registry {
            documents: Vec::with_capacity(1),
            document_by_url: AHashMap::new(),
            targets: AHashMap::new(),
            asserts_formats: false,
            own_formats: None,
            check_form,
            patterns: regexp::Cache::default(),
            warnings: Vec::new(),
        };
        registry.add(url, Arc::new(root), &mut loader)?;
        if registry.documents[0].needs_links {
            Linker { registry: &mut registry, loader: &mut loader, visited: AHashSet::new(), ahead: Vec::new() }
                .run()?;
        }
        registry.warnings = loader.into_warnings();
        Ok(registry)
    }

    fn add(&mut self, url: &str, root: Arc<Node>, loader: &mut Loader<'_>) -> Result<usize, Box<Diagnostic>> {
        let document = Document::new(url, root, loader)?;
        if document.suspicious {
            (self.check_form)(&document, &document.root, &[], document.resources[0].dialect, loader)?;
        }
        self.document_by_url.entry(url.to_owned()).or_insert(self.documents.len());
        self.documents.push(document);
        Ok(self.documents.len() - 1)
    }

    /// Returns the target of a referring keyword's value, and its distance from the root of its document, in steps.
    pub(super) fn target(&self, reference: &Node) -> Option<(Place<'_>, usize)> {
        let target = self.targets.get(&identity(reference))?;
        let place = Place::root(self.documents.get(target.document)?).descend(&target.path)?;
        Some((place, target.path.len()))
    }
}

/// Resolves the references that are reachable from the root. As in Helm, an unused definition may be invalid.
struct Linker<'l, 'r> {
    registry: &'l mut Registry,
    loader: &'l mut Loader<'r>,
    visited: AHashSet<usize>,
    ahead: Vec<(usize, Vec<String>)>,
}

impl Linker<'_, '_> {
    fn run(&mut self) -> Result<(), Box<Diagnostic>> {
        self.ahead.push((0, Vec::new()));
        while let Some((document, path)) = self.ahead.pop() {
            let root = Arc::clone(&self.registry.documents[document].root);
            // Only paths of schemas that exist are in the list.
            if let Ok((node, resource)) = self.follow(document, &root, &path) {
                self.visit(document, node, resource, 0)?;
            }
        }
        Ok(())
    }

    /// Returns the node at a path from the root of a document, and its resource. If there is none, returns the node that
    /// lacks a name of the path, and that name.
    fn follow<'n, 'p>(
        &self,
        document: usize,
        root: &'n Node,
        path: &'p [String],
    ) -> Result<(&'n Node, usize), (&'n Node, &'p str)> {
        let (mut node, mut resource) = (root, 0);
        for name in path {
            node = child(node, name).ok_or((node, name.as_str()))?;
            resource = self.resource_of(document, node, resource);
        }
        Ok((node, resource))
    }

    fn resource_of(&self, document: usize, node: &Node, around: usize) -> usize {
        self.registry.documents[document].resource_of.get(&identity(node)).copied().unwrap_or(around)
    }

    fn visit(&mut self, document: usize, node: &Node, resource: usize, depth: usize) -> Result<(), Box<Diagnostic>> {
        let Some(map) = node.value.as_map() else { return Ok(()) };
        if !self.visited.insert(identity(node)) {
            return Ok(());
        }
        let draft = self.registry.documents[document].resources[resource].dialect.draft;
        let lone_ref =
            draft < Draft::Draft2019 && map.get("$ref").is_some_and(|reference| reference.value.as_str().is_some());
        for (keyword, value) in map.iter().filter(|(keyword, _)| !lone_ref || *keyword == "$ref") {
            let shape = draft.shape(keyword);
            if shape == (Shape::Reference { links: true }) {
                self.link(document, resource, value)?;
                continue;
            }
            if keyword == "patternProperties" {
                self.check_patterns(document, node, value)?;
            }
            if matches!(shape, Shape::Definitions | Shape::UnusedSchema) {
                continue;
            }
            shape.for_each_subschema(
                &value.value,
                |_, subschema| {
                    let own = self.resource_of(document, subschema, resource);
                    stack::nested(depth + 1, || self.visit(document, subschema, own, depth + 1))
                        .unwrap_or_else(|refused| Err(error(refused.message(), &subschema.span)))
                },
                value,
            )?;
        }
        // The target of `$dynamicRef` is found by name, in the resources that the evaluation passes through.
        if self.registry.documents[document].resource_of.get(&identity(node)) == Some(&resource) {
            let anchors = self.registry.documents[document].resources[resource].anchors.values();
            let dynamic = anchors.filter(|anchor| anchor.is_dynamic).map(|anchor| (document, anchor.path.clone()));
            self.ahead.extend(dynamic);
        }
        Ok(())
    }

    fn check_patterns(&self, document: usize, node: &Node, patterns: &Node) -> Result<(), Box<Diagnostic>> {
        for pattern in patterns.value.as_map().into_iter().flat_map(|patterns| patterns.keys()) {
            if let Err(reason) = regexp::check(pattern) {
                let place = Place { node, ..Place::root(&self.registry.documents[document]) }.location();
                let message = invalid_pattern(pattern, &format!("{place}/patternProperties"), &reason);
                return Err(error(message, &patterns.span));
            }
        }
        Ok(())
    }

    fn link(&mut self, document: usize, resource: usize, reference: &Node) -> Result<(), Box<Diagnostic>> {
        let Some(text) = reference.value.as_str() else { return Ok(()) };
        let (relative, fragment) = uri::split_fragment(text);
        let Some(fragment) = uri::percent_decode(fragment) else {
            let reason = format!("invalid URL escape in {}", quote_double(text));
            return Err(error(format!("error in parsing {}: {reason}", quote_double(text)), &reference.span));
        };
        let url = uri::join(&self.registry.documents[document].resources[resource].id, relative);
        self.loader.charge(1 + (url.len() + text.len()) / BYTES_A_STEP, reference)?;
        let (document, resource) = self.find(document, &url, reference)?;
        let found = &self.registry.documents[document];
        let base = &found.resources[resource];
        self.loader.charge(STEPS_OF_A_NAME * base.path.len(), reference)?;
        let path = if fragment.is_empty() || fragment.starts_with('/') {
            let mut path = base.path.clone();
            for name in fragment.split('/').skip(1) {
                match unescape(name) {
                    Some(name) => path.push(name),
                    None => {
                        let place = quote_double(&format!("{}#{fragment}", found.url));
                        return Err(error(format!("invalid json-pointer {place}"), &reference.span));
                    }
                }
            }
            path
        } else {
            let Some(anchor) = base.anchors.get(&fragment) else {
                let place = quote_double(&location_of_fragment(&base.id, &fragment));
                let message = format!("anchor in {place} not found in schema {}", quote_double(&found.url));
                return Err(error(message, &reference.span));
            };
            self.loader.charge(STEPS_OF_A_NAME * anchor.path.len(), reference)?;
            anchor.path.clone()
        };
        self.ensure_schema(document, &path, reference)?;
        self.registry.targets.insert(identity(reference), Target { document, path: path.clone() });
        self.ahead.push((document, path));
        Ok(())
    }

    /// Returns the document and resource with a URI: in the same document, or else in the document of that name.
    fn find(&mut self, document: usize, url: &str, reference: &Node) -> Result<(usize, usize), Box<Diagnostic>> {
        let own = &self.registry.documents[document];
        if own.url == url {
            return Ok((document, 0));
        }
        if let Some(&resource) = own.resource_by_id.get(url) {
            return Ok((document, resource));
        }
        if let Some(&other) = self.registry.document_by_url.get(url) {
            return Ok((other, 0));
        }
        self.loader.charge(STEPS_OF_A_DOCUMENT, reference)?;
        let root = self.loader.load(url, reference)?;
        Ok((self.registry.add(url, root, self.loader)?, 0))
    }

    /// Ensures that a target exists and has been read as a schema.
    fn ensure_schema(&mut self, document: usize, path: &[String], reference: &Node) -> Result<(), Box<Diagnostic>> {
        let root = Arc::clone(&self.registry.documents[document].root);
        let (node, resource) = match self.follow(document, &root, path) {
            Ok(found) => found,
            Err((node, name)) => {
                let place = quote_double(&location(&self.registry.documents[document].url, path));
                let mut missing = error(format!("json-pointer in {place} not found"), &reference.span);
                if let Some(near) = nearest_key(node, name) {
                    missing = Box::new(missing.help(format!("did you mean {}?", quote(near))));
                }
                return Err(missing);
            }
        };
        let known = &mut self.registry.documents[document];
        if known.walked.contains(&identity(node)) {
            return Ok(());
        }
        with_path(path, &Path::Root, &mut |at| known.walk_further(node, at, resource, self.loader))?;
        if known.suspicious {
            let dialect = known.resources[resource].dialect;
            (self.registry.check_form)(known, node, path, dialect, self.loader)?;
        }
        Ok(())
    }
}

/// Calls a function with the linked form of a path.
fn with_path<T>(names: &[String], before: &Path<'_>, call: &mut dyn FnMut(&Path<'_>) -> T) -> T {
    match names.split_first() {
        None => call(before),
        Some((first, rest)) => with_path(rest, &before.key(first), call),
    }
}

fn nearest_key<'n>(node: &'n Node, name: &str) -> Option<&'n str> {
    nearest(name, node.value.as_map()?.keys())
}

fn unescape(name: &str) -> Option<String> {
    let broken = name.split('~').skip(1).any(|after| !after.starts_with(['0', '1']));
    (!broken).then(|| name.replace("~1", "/").replace("~0", "~"))
}

fn location_of_fragment(id: &str, fragment: &str) -> String {
    format!("{id}#{}", uri::percent_encode(fragment))
}

/// Returns Helm's message about an invalid pattern at a place in the schema.
fn invalid_pattern(pattern: &str, place: &str, reason: &str) -> String {
    format!("invalid regex {} at {}: {reason}", quote_double(pattern), quote_double(place))
}
