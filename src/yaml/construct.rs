//! Converts the syntax tree to values: resolves types, aliases and merge keys, and rejects values that JSON cannot represent.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Source, Span};

use super::go_syntax::go_syntax;
use super::node::Entry;
use super::node::Map;
use super::node::Node;
use super::node::Value;
use super::number::float_key;
use super::repeated::{RepeatedEntry, RepeatedKey};
use super::resolve::{Scalar, Type, resolve};
use super::syntax::{Content, Document, NodeId, Style, Syntax};

/// The maximum nesting depth, which is the limit of Go's JSON decoder: every document goes through it.
const MAX_DEPTH: usize = 10_000;

/// Builds the values of a document, or returns the error that go-yaml or the conversion to JSON would report. `offset` is
/// where the document's text begins in `source`.
pub(super) fn construct(document: Document<'_>, source: &Source, offset: usize) -> Result<Node, Diagnostic> {
    construct_noting(&document, source, offset, None)
}

/// Like [`construct`], but also returns the keys that are written twice in the same map.
pub(super) fn construct_with_repeated(
    document: &Document<'_>,
    source: &Source,
    offset: usize,
) -> Result<(Node, Vec<RepeatedEntry>), Diagnostic> {
    let mut duplicates = Vec::new();
    let node = construct_noting(document, source, offset, Some(&mut duplicates))?;
    // A key that came from a merge (`<<`) may be set again.
    duplicates.retain(|duplicate| duplicate.is_written_twice);
    Ok((node, duplicates))
}

/// Like [`construct`], but also returns every repeated key, including merged ones, in the order in which go-yaml finds them.
pub(super) fn construct_strictly(
    document: Document<'_>,
    source: &Source,
) -> Result<(Node, Vec<RepeatedEntry>), Diagnostic> {
    let mut duplicates = Vec::new();
    let node = construct_noting(&document, source, 0, Some(&mut duplicates))?;
    Ok((node, duplicates))
}

fn construct_noting(
    document: &Document<'_>,
    source: &Source,
    offset: usize,
    duplicates: Option<&mut Vec<RepeatedEntry>>,
) -> Result<Node, Diagnostic> {
    let Some(root) = document.root else { return Ok(Node::new(Value::Null, source.span(offset..offset))) };
    let mut constructor = Constructor {
        document,
        source,
        offset,
        // go-yaml also counts the document node.
        decoded: 1,
        decoded_in_aliases: 0,
        aliases: Vec::new(),
        depth: 0,
        unfit_keys: Vec::new(),
        key_types: BTreeMap::new(),
        hidden: false,
        unfit_numbers: false,
        duplicates,
    };
    let mut node = constructor.node(root).map_err(|fault| *fault)?;
    constructor.refuse_unfit_keys(&node).map_err(|fault| *fault)?;
    if constructor.hidden {
        remove_hidden(&mut node);
    }
    if constructor.unfit_numbers {
        refuse_unfit_numbers(&node).map_err(|fault| *fault)?;
    }
    Ok(node)
}

type Construct<T> = Result<T, Box<Diagnostic>>;

struct Constructor<'a, 't> {
    document: &'a Document<'t>,
    source: &'a Source,
    offset: usize,
    decoded: usize,
    decoded_in_aliases: usize,
    /// The aliases that are currently being resolved.
    aliases: Vec<NodeId>,
    depth: usize,
    /// Keys that JSON cannot represent. As in Helm, they are rejected only after the whole document has been decoded, and
    /// only if no later key has replaced them or a collection around them.
    unfit_keys: Vec<UnfitKey>,
    /// The types of non-string keys, by start offset. go-yaml treats `1` and `"1"` as two keys of a map, but they get the
    /// same name in JSON: the later value hides the earlier one, although Helm has converted both.
    key_types: BTreeMap<usize, Type>,
    /// Whether any map contains hidden values.
    hidden: bool,
    /// Whether there are numbers that JSON cannot represent. They are rejected in the same way, after the keys.
    unfit_numbers: bool,
    /// Collects repeated keys, if the caller wants them.
    duplicates: Option<&'a mut Vec<RepeatedEntry>>,
}

/// A key that JSON cannot represent: null, or an integer that needs more than 63 bits.
struct UnfitKey {
    id: NodeId,
    value: NodeId,
    /// Its type and text as in Go's message.
    named: (&'static str, String),
    /// The placeholder name under which its map contains it until it is rejected or replaced.
    stand_in: String,
}

impl Constructor<'_, '_> {
    fn span(&self, syntax: &Syntax<'_>) -> Span {
        let (start, end) = syntax.place;
        self.source.span(self.offset + start as usize..self.offset + end as usize)
    }

    /// Returns the place of a node; for an alias, the place of the anchored node.
    fn place(&self, id: NodeId) -> Span {
        match self.document.node(id) {
            Syntax { content: Content::Alias(target), .. } => self.place(*target),
            syntax => self.span(syntax),
        }
    }

    fn error(&self, id: NodeId, message: String) -> Box<Diagnostic> {
        let message = format!("error converting YAML to JSON: {message}");
        Box::new(Diagnostic::error("yaml-value", message).at(self.span(self.document.node(id)), ""))
    }

    /// Counts a decoded node. This is go-yaml's protection against documents that aliases expand excessively.
    fn count(&mut self, id: NodeId) -> Construct<()> {
        self.decoded += 1;
        self.decoded_in_aliases += usize::from(!self.aliases.is_empty());
        let (decoded, in_aliases) = (self.decoded as f64, self.decoded_in_aliases as f64);
        if self.decoded_in_aliases > 100 && self.decoded > 1000 && in_aliases / decoded > allowed_alias_ratio(decoded) {
            let id = self.aliases.first().copied().unwrap_or(id);
            let error = self.error(id, "yaml: document contains excessive aliasing".to_owned());
            return Err(Box::new(error.help("its aliases expand the document far beyond its size: use fewer of them")));
        }
        Ok(())
    }

    fn node(&mut self, id: NodeId) -> Construct<Node> {
        self.count(id)?;
        let syntax = self.document.node(id);
        match &syntax.content {
            Content::Alias(target) => self.through_alias(id, *target, |this, target| this.node(target)),
            Content::Scalar(text, style) => self.scalar_node(id, text, *style),
            Content::Sequence(items) => {
                self.enter(id, '[')?;
                let mut list = Vec::with_capacity(items.len());
                for &item in items {
                    list.push(self.node(item)?);
                }
                self.depth -= 1;
                Ok(Node::new(Value::List(list), self.span(syntax)))
            }
            Content::Mapping(_) => {
                self.enter(id, '{')?;
                let mut map = Map::new();
                self.fill(id, &mut map)?;
                self.depth -= 1;
                Ok(Node::new(Value::Map(map), self.span(syntax)))
            }
        }
    }

    fn enter(&mut self, id: NodeId, bracket: char) -> Construct<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!(
                "error unmarshaling JSON: while decoding JSON: invalid character '{bracket}' exceeded max depth"
            );
            let span = self.span(self.document.node(id));
            return Err(Box::new(Diagnostic::error("yaml-value", message).at(span, "more than 10000 levels deep")));
        }
        Ok(())
    }

    fn through_alias<T>(
        &mut self,
        id: NodeId,
        target: NodeId,
        then: impl FnOnce(&mut Self, NodeId) -> Construct<T>,
    ) -> Construct<T> {
        if self.aliases.contains(&id) {
            let name = self.document.node(id).anchor.unwrap_or_default();
            return Err(self.error(id, format!("yaml: anchor '{name}' value contains itself")));
        }
        self.aliases.push(id);
        let result = then(self, target)?;
        self.aliases.pop();
        Ok(result)
    }

    #[inline(never)]
    fn scalar_node(&mut self, id: NodeId, text: &str, style: Style) -> Construct<Node> {
        let syntax = self.document.node(id);
        let value = match self.scalar(id, text, style)? {
            Scalar::Null => Value::Null,
            Scalar::Bool(value) => Value::Bool(value),
            Scalar::Int(value) => Value::Float(value as f64),
            Scalar::Unsigned(value) => Value::Float(value as f64),
            Scalar::Float(value) => {
                self.unfit_numbers |= !value.is_finite();
                Value::Float(value)
            }
            Scalar::Text(text) => Value::String(text.into_owned()),
        };
        Ok(Node::new(value, self.span(syntax)))
    }

    fn scalar<'a>(&self, id: NodeId, text: &'a str, style: Style) -> Construct<Scalar<'a>> {
        let tag = self.document.node(id).tag.as_deref();
        if tag.is_none() && style != Style::Plain {
            return Ok(Scalar::Text(Cow::Borrowed(text)));
        }
        resolve(tag, Cow::Borrowed(text)).map_err(|problem| self.error(id, format!("yaml: {problem}")))
    }

    /// Inserts the entries of a mapping into a map, replacing existing keys.
    fn fill(&mut self, id: NodeId, map: &mut Map) -> Construct<()> {
        let Content::Mapping(children) = &self.document.node(id).content else { return Ok(()) };
        for pair in children.chunks_exact(2) {
            let (key, value) = (pair[0], pair[1]);
            if self.document.node(key).is_merge_key() {
                self.merge(value, map)?;
                continue;
            }
            let (name, span) = self.key(key, value)?;
            let node = self.node(value)?;
            if !self.unfit_keys.is_empty() {
                self.hide_other_type(map, &name, &span);
            }
            if self.duplicates.is_some()
                && let Some(earlier) = map.entry(&name)
            {
                let places = RepeatedKey { first: earlier.key.clone(), again: span.clone() };
                let own = self.span(self.document.node(id)).range();
                let is_written_twice = own.contains(&places.first.start()) && own.contains(&places.again.start());
                let key = go_syntax(self.document, key);
                let repeated =
                    RepeatedEntry { key, span: self.span(self.document.node(value)), places, is_written_twice };
                if let Some(duplicates) = self.duplicates.as_mut() {
                    duplicates.push(repeated);
                }
            }
            map.insert(name, span, node);
        }
        Ok(())
    }

    /// Keeps the earlier value of a key with the same name but another type under a hidden name, until all unfit
    /// keys are found.
    fn hide_other_type(&mut self, map: &mut Map, name: &str, key: &Span) {
        let type_of = |key: &Span| self.key_types.get(&key.start()).copied().unwrap_or(Type::Str);
        let Some(earlier) = map.entry(name) else { return };
        let (earlier_type, new_type) = (type_of(&earlier.key), type_of(key));
        if earlier_type == new_type {
            return;
        }
        let Entry { key: span, node } = earlier.clone();
        map.insert(hidden_name(earlier_type, name), span.clone(), node);
        if map.get(&hidden_name(new_type, name)).is_some() {
            map.insert(hidden_name(new_type, name), span, Node::generated(Value::Null));
        }
        self.hidden = true;
    }

    /// Merges the value of `<<`, which is one map or a list of maps; of several maps the first takes precedence.
    fn merge(&mut self, id: NodeId, map: &mut Map) -> Construct<()> {
        match &self.document.node(id).content {
            Content::Sequence(items) => {
                for &item in items.iter().rev() {
                    self.merge_map(item, map)?;
                }
                Ok(())
            }
            _ => self.merge_map(id, map),
        }
    }

    fn merge_map(&mut self, id: NodeId, map: &mut Map) -> Construct<()> {
        let target = match &self.document.node(id).content {
            Content::Alias(target) => *target,
            _ => id,
        };
        if !matches!(self.document.node(target).content, Content::Mapping(_)) {
            let problem = "yaml: map merge requires map or sequence of maps as the value";
            return Err(self.error(id, problem.to_owned()));
        }
        self.count(id)?;
        if target == id {
            return self.fill(id, map);
        }
        self.through_alias(id, target, |this, target| {
            this.count(target)?;
            this.fill(target, map)
        })
    }

    /// Converts a key to its name in JSON.
    #[inline(never)]
    fn key(&mut self, id: NodeId, value: NodeId) -> Construct<(String, Span)> {
        self.count(id)?;
        let syntax = self.document.node(id);
        let scalar = match &syntax.content {
            Content::Alias(target) => return self.through_alias(id, *target, |this, target| this.key(target, value)),
            Content::Scalar(text, style) => self.scalar(id, text, *style)?,
            Content::Sequence(_) | Content::Mapping(_) => return Err(self.collection_as_key(id)),
        };
        if scalar.type_of() != Type::Str {
            self.key_types.insert(self.span(syntax).start(), scalar.type_of());
        }
        let name = match scalar {
            Scalar::Text(text) => text.into_owned(),
            Scalar::Bool(value) => value.to_string(),
            Scalar::Int(value) => value.to_string(),
            Scalar::Float(value) => float_key(value),
            Scalar::Null => self.unfit_key(id, value, "%!s(<nil>)", "<nil>".to_owned()),
            Scalar::Unsigned(key) => self.unfit_key(id, value, "uint64", format!("{key:#x}")),
        };
        Ok((name, self.span(syntax)))
    }

    fn unfit_key(&mut self, id: NodeId, value: NodeId, key_type: &'static str, key: String) -> String {
        let stand_in = format!("\0{key}");
        self.unfit_keys.push(UnfitKey { id, value, named: (key_type, key), stand_in: stand_in.clone() });
        stand_in
    }

    fn refuse_unfit_keys(&self, node: &Node) -> Construct<()> {
        match &node.value {
            _ if self.unfit_keys.is_empty() => Ok(()),
            Value::List(items) => items.iter().try_for_each(|item| self.refuse_unfit_keys(item)),
            Value::Map(map) => map.entries().try_for_each(|(name, entry)| {
                if !name.starts_with('\0') {
                    return self.refuse_unfit_keys(&entry.node);
                }
                // An aliased key has the place of its anchor, so the value's place must match too.
                let unfit = |key: &&UnfitKey| {
                    key.stand_in == name && self.place(key.id) == entry.key && self.place(key.value) == entry.node.span
                };
                let Some(UnfitKey { id, value, named: (key_type, key), .. }) = self.unfit_keys.iter().find(unfit)
                else {
                    return self.refuse_unfit_keys(&entry.node);
                };
                let value = go_syntax(self.document, *value);
                let error = format!("unsupported map key of type: {key_type}, key: {key}, value: {value}");
                Err(Box::new(self.error(*id, error).help("quote the key if it is meant as a string")))
            }),
            _ => Ok(()),
        }
    }

    fn collection_as_key(&mut self, id: NodeId) -> Box<Diagnostic> {
        // Errors inside the key take precedence, as in go-yaml.
        self.decoded -= 1;
        if let Err(error) = self.node(id) {
            return error;
        }
        let error = self.error(id, format!("yaml: invalid map key: {}", go_syntax(self.document, id)));
        let (start, _) = self.document.node(id).place;
        let before = self.source.text().get(..self.offset + start as usize).unwrap_or_default();
        let template = before.ends_with('{') || self.span(self.document.node(id)).text().starts_with("{{");
        Box::new(if template {
            error.help("values files are not templates; quote text that contains '{{': '{{ x }}'")
        } else {
            error.help("a key must be a string: quote it")
        })
    }
}

/// Returns the name under which a map keeps a value that a key of another type hides.
fn hidden_name(key_type: Type, name: &str) -> String {
    format!("{HIDDEN}{key_type:?} {name}")
}

/// The prefix of the names of hidden values.
const HIDDEN: &str = "\0hidden ";

fn remove_hidden(node: &mut Node) {
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(remove_hidden),
        Value::Map(map) => {
            map.retain(|name, _| !name.starts_with(HIDDEN));
            map.iter_mut().for_each(|(_, node)| remove_hidden(node));
        }
        _ => {}
    }
}

/// Rejects the first number that JSON cannot represent. Go encodes the keys of a map in byte order and stops there.
fn refuse_unfit_numbers(node: &Node) -> Construct<()> {
    match &node.value {
        Value::Float(value) if !value.is_finite() => {
            let word = crate::go::float::format_float(*value);
            let message = format!("error converting YAML to JSON: json: unsupported value: {word}");
            let help = "JSON, which Kubernetes uses, has no such number; quote it if it is meant as a string";
            Err(Box::new(Diagnostic::error("yaml-value", message).at(node.span.clone(), "").help(help)))
        }
        Value::List(items) => items.iter().try_for_each(refuse_unfit_numbers),
        Value::Map(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            entries.into_iter().try_for_each(|(_, node)| refuse_unfit_numbers(node))
        }
        _ => Ok(()),
    }
}

/// Returns the fraction of decoded nodes that may come from aliases: nearly all in small documents, a tenth in huge ones.
fn allowed_alias_ratio(decoded: f64) -> f64 {
    const LOW: f64 = 400_000.0;
    const HIGH: f64 = 4_000_000.0;
    if decoded <= LOW {
        0.99
    } else if decoded >= HIGH {
        0.10
    } else {
        0.99 - 0.89 * ((decoded - LOW) / (HIGH - LOW))
    }
}
