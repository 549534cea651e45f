//! Loads schema documents: from the chart, the specification's metaschemas and a [`Resolver`], but never from the network.

use std::collections::HashMap;
use std::sync::Arc;

use super::budget::Budget;
use super::draft::{Dialect, Draft, Vocabularies};
use super::error::error;
use super::uri;
use super::wording::count;
use crate::diagnostic::{Diagnostic, Source};
use crate::go::strconv::quote_double;
use crate::json;
use crate::yaml::{Node, Value};

/// Provides external schema documents: those that are neither part of the schema nor metaschemas.
pub trait Resolver: Sync {
    /// Returns the document with an absolute URI; `None` if there is none.
    fn resolve(&self, uri: &str) -> Option<Node>;
}

/// A resolver without any documents: mim-chart opens no connection, and no files except those it was given.
pub struct Offline;

impl Resolver for Offline {
    fn resolve(&self, _uri: &str) -> Option<Node> {
        None
    }
}

/// Loads documents and caches them.
pub(super) struct Loader<'r> {
    resolver: &'r dyn Resolver,
    loaded: HashMap<String, Arc<Node>>,
    /// The budget for reading the schema.
    pub(super) budget: Budget,
    /// The warnings about unresolved `urn:` references, one for each; at most [`MOST_WARNINGS`].
    warnings: Vec<Diagnostic>,
    further_warnings: usize,
}

/// The maximum number of warnings for one schema.
const MAX_WARNINGS: usize = 100;

impl<'r> Loader<'r> {
    pub(super) fn new(resolver: &'r dyn Resolver) -> Self {
        let loaded = HashMap::new();
        Loader { resolver, loaded, budget: Budget::default(), warnings: Vec::new(), further_warnings: 0 }
    }

    /// Charges steps of work on a schema.
    ///
    /// # Errors
    /// If the budget is exhausted.
    pub(super) fn charge(&self, steps: usize, schema: &Node) -> Result<(), Box<Diagnostic>> {
        if self.budget.take(steps as u64) {
            return Ok(());
        }
        let steps = count(usize::try_from(self.budget.steps()).unwrap_or(usize::MAX));
        let message = format!("the schema is too complex: reading it takes more than {steps} steps");
        Err(error(message, &schema.span))
    }

    /// Returns the warnings; the last one says how many more there are.
    pub(super) fn into_warnings(self) -> Vec<Diagnostic> {
        let mut warnings = self.warnings;
        if self.further_warnings > 0 {
            let references = if self.further_warnings == 1 { "reference" } else { "references" };
            let message = format!("{} more unresolved URN {references} ignored", count(self.further_warnings));
            warnings.push(Diagnostic::warning("schema-urn", message));
        }
        warnings
    }

    /// Returns the document with a URI; `from` is the reference to it.
    pub(super) fn load(&mut self, url: &str, from: &Node) -> Result<Arc<Node>, Box<Diagnostic>> {
        if let Some(node) = self.loaded.get(url) {
            return Ok(Arc::clone(node));
        }
        let node = match metaschema(url) {
            Some(text) => read_json(&Source::file(url, text)).map_err(Box::new)?,
            None => match self.resolver.resolve(url) {
                Some(node) => node,
                None => self.unresolved(url, from)?,
            },
        };
        let node = Arc::new(node);
        self.loaded.insert(url.to_owned(), Arc::clone(&node));
        Ok(node)
    }

    fn unresolved(&mut self, url: &str, from: &Node) -> Result<Node, Box<Diagnostic>> {
        let quoted = quote_double(url);
        let (reason, help) = match uri::scheme(url) {
            Some("urn") => {
                let message = format!("unresolved URN reference ignored; using permissive schema: {url}");
                if self.warnings.len() < MAX_WARNINGS {
                    let warning = Diagnostic::warning("schema-urn", message);
                    self.warnings.push(warning.at(from.span.clone(), "any value is accepted here"));
                } else {
                    self.further_warnings += 1;
                }
                return Ok(Node::generated(Value::Bool(true)));
            }
            Some("http" | "https") => {
                ("mim-chart never accesses the network", "copy the schema into $defs and reference it there")
            }
            Some("file") => (
                "a schema can reference only itself",
                "a file reference is resolved against the root of the file system, not the chart; copy the schema into $defs",
            ),
            _ => {
                let message = format!("failing loading {quoted}: no URLLoader registered for {quoted}");
                return Err(error(message, &from.span));
            }
        };
        let refused = error(format!("failing loading {quoted}: {reason}"), &from.span);
        Err(Box::new(refused.help(help)))
    }

    /// Returns the dialect that a `$schema` declares.
    pub(super) fn dialect(
        &mut self,
        url: &str,
        is_root: bool,
        declared: &Node,
        around: Dialect,
    ) -> Result<Dialect, Box<Diagnostic>> {
        let name = declared.value.as_str().unwrap_or_default();
        if let Some(draft) = Draft::of_uri(name) {
            return Ok(Dialect::for_draft(draft));
        }
        let own = uri::split_fragment(name).0;
        if is_root && own == url {
            return Err(error(format!("draft {} is not supported", quote_double(own)), &declared.span));
        }
        let metaschema = self.load(own, declared)?;
        let draft = self.draft_of(own, &metaschema, around.draft)?;
        let in_force = vocabularies(draft, &metaschema, own)?;
        Ok(Dialect { draft, vocabularies: in_force.unwrap_or(Vocabularies::default_of(draft)) })
    }

    /// Returns the draft of a metaschema that is not the specification's own.
    fn draft_of(&mut self, url: &str, metaschema: &Arc<Node>, default: Draft) -> Result<Draft, Box<Diagnostic>> {
        let mut seen = vec![url.to_owned()];
        let mut node = Arc::clone(metaschema);
        loop {
            let declared = node.value.as_map().and_then(|map| map.get("$schema"));
            let Some((declared, name)) = declared.and_then(|node| Some((node, node.value.as_str()?))) else {
                return Ok(default);
            };
            if let Some(draft) = Draft::of_uri(name) {
                return Ok(draft);
            }
            let next = uri::split_fragment(name).0.to_owned();
            if seen.contains(&next) {
                return Err(error(format!("cycle in resolving $schema in {}", quote_double(&next)), &declared.span));
            }
            let further = self.load(&next, declared)?;
            seen.push(next);
            node = further;
        }
    }
}

/// Returns the text of one of the specification's metaschemas.
fn metaschema(url: &str) -> Option<&'static str> {
    macro_rules! text {
        ($name:literal) => {
            include_str!(concat!("metaschemas/", $name, ".json"))
        };
    }
    let path =
        url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"))?.strip_prefix("json-schema.org/")?;
    Some(match path {
        "draft-04/schema" => text!("draft4"),
        "draft-06/schema" => text!("draft6"),
        "draft-07/schema" => text!("draft7"),
        "draft/2019-09/schema" => text!("draft2019-09/schema"),
        "draft/2019-09/meta/applicator" => text!("draft2019-09/applicator"),
        "draft/2019-09/meta/content" => text!("draft2019-09/content"),
        "draft/2019-09/meta/core" => text!("draft2019-09/core"),
        "draft/2019-09/meta/format" => text!("draft2019-09/format"),
        "draft/2019-09/meta/meta-data" => text!("draft2019-09/meta-data"),
        "draft/2019-09/meta/validation" => text!("draft2019-09/validation"),
        "schema" | "draft/2020-12/schema" => text!("draft2020-12/schema"),
        "draft/2020-12/meta/applicator" => text!("draft2020-12/applicator"),
        "draft/2020-12/meta/content" => text!("draft2020-12/content"),
        "draft/2020-12/meta/core" => text!("draft2020-12/core"),
        "draft/2020-12/meta/format-annotation" => text!("draft2020-12/format-annotation"),
        "draft/2020-12/meta/format-assertion" => text!("draft2020-12/format-assertion"),
        "draft/2020-12/meta/meta-data" => text!("draft2020-12/meta-data"),
        "draft/2020-12/meta/unevaluated" => text!("draft2020-12/unevaluated"),
        "draft/2020-12/meta/validation" => text!("draft2020-12/validation"),
        _ => return None,
    })
}

/// Returns the vocabularies that a metaschema requires; `None` if it declares none.
pub(super) fn vocabularies(
    draft: Draft,
    metaschema: &Node,
    url: &str,
) -> Result<Option<Vocabularies>, Box<Diagnostic>> {
    if draft < Draft::Draft2019 {
        return Ok(None);
    }
    let declared = metaschema.value.as_map().and_then(|map| map.get("$vocabulary")?.value.as_map());
    let Some(declared) = declared else { return Ok(None) };
    let mut in_force = Vocabularies::CORE;
    for (name, required) in declared.iter().filter(|(_, required)| required.value.as_bool() == Some(true)) {
        match Vocabularies::of_uri(draft, name) {
            Some(vocabulary) => in_force = in_force.and(vocabulary),
            None => {
                let message = format!("unsupported vocabulary {} in {}", quote_double(name), quote_double(url));
                return Err(error(message, &required.span));
            }
        }
    }
    Ok(Some(in_force))
}

/// Reads a JSON document as Helm reads a schema: as one value of a stream, with nothing after it.
pub(super) fn read_json(source: &Source) -> Result<Node, Diagnostic> {
    let (document, end) = json::read_prefix(source, 0)?;
    let rest = &source.text()[end..];
    if rest.trim_start_matches([' ', '\t', '\n', '\r']).is_empty() {
        return Ok(document);
    }
    let after_reference = end + rest.len() - rest.trim_start().len();
    Err(Diagnostic::error("schema", "invalid character after top-level value")
        .at(source.span(after_reference..after_reference + 1), ""))
}
