//! Checks the sections, keys and values of mongooseim.toml against the configuration reference.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use semver::Version;

use super::names::{address, is_domain, is_host};
use super::reference::{Entry, Kind, Reference, Rule as Allowed, Section};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::lint::report::Rule;
use crate::yaml::{Map, Node, Value};

pub(super) const KEY: Rule = Rule::error("mongooseim-key");
pub(super) const VALUE: Rule = Rule::error("mongooseim-value");
pub(super) const MANDATORY: Rule = Rule::error("mongooseim-mandatory");
pub(super) const UNKNOWN: Rule = Rule::warning("mongooseim-unknown");

/// The first version in the reference.
pub(super) const FIRST: Version = Version::new(6, 5, 0);
/// The last version in the reference.
pub(super) const LAST: Version = Version::new(6, 8, 1);

/// The maximum number of reported mistakes.
pub(super) const MAX: usize = 500;

/// A mistake in a configuration.
pub(super) struct Mistake {
    pub(super) rule: &'static Rule,
    pub(super) message: String,
    pub(super) help: String,
    /// The place in the file's text.
    pub(super) span: Span,
    /// The value of the MongooseIM chart that fixes it.
    pub(super) value: Option<&'static str>,
}

impl Mistake {
    /// Creates the diagnostic of a mistake whose place is that of a value.
    pub(super) fn into_diagnostic(self) -> Diagnostic {
        Diagnostic::new(self.rule.severity, self.rule.code, self.message).at(self.span, "").help(self.help)
    }
}

/// Checks a configuration for a version, except for what `sections` and `listeners` report.
pub(super) fn check(root: &Map, version: &Version) -> Vec<Mistake> {
    let reference = Reference::get();
    let mut check = Check { reference, version, found: Vec::new() };
    check.section(root, reference.root(), &mut Vec::new(), None);
    check.found
}

struct Check<'a> {
    reference: &'static Reference,
    version: &'a Version,
    found: Vec<Mistake>,
}

impl Check<'_> {
    fn report(&mut self, rule: &'static Rule, span: &Span, message: String, help: String) {
        let (message, help) = match self.found.len().cmp(&MAX) {
            Ordering::Less => (message, help),
            Ordering::Equal => ("more errors follow, which are not listed".to_owned(), "fix these first".to_owned()),
            Ordering::Greater => return,
        };
        self.found.push(Mistake { rule, message, help, span: span.clone(), value: None });
    }

    fn section<'m>(&mut self, map: &'m Map, section: &'static Section, path: &mut Vec<&'m str>, at: Option<&Span>) {
        for (key, entry) in map.entries() {
            let known = section.iter().find(|known| known.key == key && known.is_in(self.version));
            let any = section.iter().find(|known| known.key == "*" && known.is_in(self.version));
            match known.or(any) {
                Some(known) => {
                    path.push(key);
                    self.value(&entry.node, known, path);
                    path.pop();
                }
                // `sections` and `listeners` report these.
                None if *self.version <= LAST
                    && (path.is_empty() || *path == ["host_config"] || *path == ["listen"]) => {}
                None => self.unknown(key, &entry.key, section, path),
            }
        }
        if path.is_empty() || *path == ["general"] {
            return;
        }
        for known in section.iter().filter(|known| known.is_mandatory && known.is_in(self.version)) {
            // `listeners` reports a missing port.
            let is_port = path.first() == Some(&"listen") && path.len() == 2 && known.key == "port";
            if map.get(known.key).is_none() && !is_port {
                let first = map.entries().map(|(_, entry)| &entry.key).min_by_key(|span| span.start());
                let Some(span) = at.or(first) else { continue };
                let message = format!("{} has no {}, which is required", path.join("."), known.key);
                self.report(&MANDATORY, span, message, format!("add {}", example(known)));
            }
        }
    }

    fn unknown(&mut self, key: &str, span: &Span, section: &'static Section, path: &[&str]) {
        // Searching for the most similar name is slow.
        if self.found.len() > MAX {
            return;
        }
        let name = [path, &[key]].concat().join(".");
        let version = self.version;
        if let Some(other) = section.iter().find(|known| known.key == key) {
            let (message, help) = match (&other.since, &other.until) {
                (_, Some(until)) if version >= until => (
                    format!("{name} was removed in MongooseIM {until}; this configuration is for {version}"),
                    replacement(&name).unwrap_or("remove it").to_owned(),
                ),
                (Some(since), _) => (
                    format!("{name} was added in MongooseIM {since}; this configuration is for {version}"),
                    format!("remove it, or use MongooseIM {since}"),
                ),
                _ => (format!("{name} is not in MongooseIM {version}"), "remove it".to_owned()),
            };
            return self.report(&KEY, span, message, help);
        }
        let names: Vec<&str> = section.iter().filter(|known| known.is_in(version)).map(|known| known.key).collect();
        let near = nearest(key, names.iter().copied());
        let help = match near {
            Some(near) => format!("did you mean {near}?"),
            None if names.is_empty() => "it has no keys".to_owned(),
            None => format!("expected one of {}", names.join(", ")),
        };
        if *version > LAST {
            return self.report(&UNKNOWN, span, format!("{name} is unknown in MongooseIM {LAST}"), help);
        }
        let what = if path.ends_with(&["modules"]) { "modules" } else { "handlers" };
        if path.ends_with(&[what]) && near.is_none() {
            let message = format!("{name} is not one of MongooseIM's {what}; nodes start only if their image has it");
            return self.report(&UNKNOWN, span, message, "remove it, unless it is your own module".to_owned());
        }
        self.report(&KEY, span, format!("unknown key {name}; nodes do not start with it"), help);
    }

    fn value<'m>(&mut self, node: &'m Node, known: &'static Entry, path: &mut Vec<&'m str>) {
        let Some(rule) = &known.list else { return self.item(node, known, path) };
        let Some(items) = node.value.as_list() else {
            return self.wrong_type(node, path, "a list");
        };
        for item in items {
            self.item(item, known, path);
        }
        if rule.is_filled && items.is_empty() {
            let message = format!("{} is empty; it needs at least one item", path.join("."));
            self.report(&VALUE, &node.span, message, "add an item, or remove the key".to_owned());
        }
        if rule.is_unique {
            self.check_unique(items, known, path);
        }
    }

    fn check_unique(&mut self, items: &[Node], known: &'static Entry, path: &[&str]) {
        let is_host = matches!(known.kind, Kind::Scalar { rule: Allowed::Form("host"), .. });
        let mut first_spelling = HashMap::new();
        for item in items {
            let spelling = item.value.as_str().map_or_else(|| format!("{:?}", item.value), str::to_owned);
            let same = if is_host { spelling.to_lowercase() } else { spelling.clone() };
            let message = match first_spelling.entry(same) {
                Slot::Vacant(slot) => {
                    slot.insert(spelling);
                    continue;
                }
                Slot::Occupied(slot) if *slot.get() == spelling => format!("{} has a duplicate item", path.join(".")),
                Slot::Occupied(slot) => {
                    format!("{} has {spelling} and {}, which are the same domain", path.join("."), slot.get())
                }
            };
            self.report(&VALUE, &item.span, message, "remove one of them".to_owned());
        }
    }

    fn item<'m>(&mut self, node: &'m Node, known: &'static Entry, path: &mut Vec<&'m str>) {
        match &known.kind {
            Kind::Section { index, is_named } => match node.value.as_map() {
                Some(map) => {
                    if let Some(entry) = map.entry("").filter(|_| *is_named) {
                        let message = format!("{} has an empty name", path.join("."));
                        self.report(&VALUE, &entry.key, message, "give it a name".to_owned());
                    }
                    let first = map.entries().map(|(_, entry)| &entry.key).min_by_key(|span| span.start());
                    self.section(map, self.reference.section(*index), path, Some(first.unwrap_or(&node.span)));
                }
                None => self.wrong_type(node, path, "a section"),
            },
            Kind::Scalar { base, rule } => self.scalar(node, base, rule, known.since.as_ref(), path),
        }
    }

    fn scalar(&mut self, node: &Node, base: &str, rule: &Allowed, since: Option<&Version>, path: &[&str]) {
        let is_right = match (&node.value, base) {
            (Value::Bool(_), "bool") | (Value::Float(_), "float") => true,
            (Value::Int(_), "int" | "int|infinity" | "int|str") | (Value::String(_), "str" | "int|str") => true,
            (Value::String(text), "int|infinity") => text == "infinity",
            _ => false,
        };
        if !is_right {
            let expected = match base {
                "bool" => "true or false",
                "int" => "an integer",
                "float" => "a number with a decimal point",
                "int|infinity" => "an integer or \"infinity\"",
                "int|str" => "an integer or a string",
                _ => "a string",
            };
            return self.wrong_type(node, path, expected);
        }
        let name = path.join(".");
        // A later version may accept more choices.
        let choice = if *self.version > LAST && since.is_none_or(|since| *since <= LAST) { &UNKNOWN } else { &VALUE };
        let written = written(&node.value);
        let text = node.value.as_str().unwrap_or_default();
        if is_placeholder(text) {
            return;
        }
        match rule {
            Allowed::AnyOf(choices) => {
                let given = match &node.value {
                    Value::Int(number) => number.to_string(),
                    _ => text.to_owned(),
                };
                if !choices.contains(&given.as_str()) {
                    let message = format!("{name}: {written} is not allowed; expected {}", choices.join(", "));
                    let near = nearest(&given, choices.iter().copied());
                    let help =
                        near.map_or_else(|| "use one of them".to_owned(), |near| format!("did you mean {near}?"));
                    self.report(choice, &node.span, message, help);
                }
            }
            Allowed::Range(from, to) => {
                if let Value::Int(number) = node.value
                    && !(*from..=*to).contains(&number)
                {
                    let limits = if *to == i64::MAX { format!("{from} or more") } else { format!("{from} to {to}") };
                    let message = format!("{name}: {number} is out of range; expected {limits}");
                    self.report(&VALUE, &node.span, message, "use a number in the range".to_owned());
                }
            }
            Allowed::Form(form) => {
                if let Some(wanted) = breaks(form, text) {
                    let message = format!("{name}: {written} is not valid; expected {wanted}");
                    self.report(&VALUE, &node.span, message, format!("write {wanted}"));
                }
            }
            Allowed::Any => {}
        }
    }

    fn wrong_type(&mut self, node: &Node, path: &[&str], expected: &str) {
        let got = match &node.value {
            Value::Map(_) => "a section".to_owned(),
            Value::List(_) => "a list".to_owned(),
            value => written(value),
        };
        let message = format!("{}: expected {expected}, got {got}", path.join("."));
        self.report(&VALUE, &node.span, message, format!("write {expected}"));
    }
}

/// Whether the chart's pods replace this text by a secret when they start.
fn is_placeholder(text: &str) -> bool {
    let name = text.strip_prefix("__").and_then(|rest| rest.strip_suffix("__"));
    name.is_some_and(|name| name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))
}

/// Returns what was expected, if a string does not have the form.
fn breaks(form: &str, text: &str) -> Option<&'static str> {
    match form {
        "ip" => address(text).is_none().then_some("an IP address"),
        "network" => {
            let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty()).collect();
            let is_valid = match parts.as_slice() {
                [at] => address(at).is_some(),
                [at, mask] => {
                    let most = if at.contains(':') { 128 } else { 32 };
                    address(at).is_some() && mask.parse::<u32>().is_ok_and(|mask| mask <= most)
                }
                _ => false,
            };
            (!is_valid).then_some("an IP address with a mask, such as 127.0.0.0/8")
        }
        "host" => (!is_host(text)).then_some("a domain"),
        "domain" => (!is_domain(text)).then_some("a domain"),
        "subdomain" => {
            let name = text.replace("@HOST@", "a").replace("@HOSTS@", "a");
            (!is_domain(&name)).then_some("a domain, in which @HOST@ can be used for the host")
        }
        _ => text.is_empty().then_some("a string that is not empty"),
    }
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Bool(value) => value.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        _ => "a value".to_owned(),
    }
}

/// Describes how to write a mandatory key.
fn example(known: &Entry) -> String {
    match (&known.kind, &known.list) {
        (Kind::Section { .. }, _) => format!("a section {}", known.key),
        (_, Some(_)) => format!("{} = [...]", known.key),
        (Kind::Scalar { rule: Allowed::AnyOf(choices), .. }, _) => {
            format!("{}, one of {}", known.key, choices.join(", "))
        }
        _ => format!("{} = ...", known.key),
    }
}

/// Returns the replacement of a removed key.
fn replacement(name: &str) -> Option<&'static str> {
    let instead = [
        ("mod_bosh", "use [services.service_bosh], and the handler mongoose_bosh_handler of listen.http"),
        ("mod_websockets", "use mongoose_websocket_handler"),
        ("mongoose_admin_api", "use mongoose_graphql_handler with schema_endpoint = \"admin\""),
        ("mongoose_client_api", "use mongoose_graphql_handler with schema_endpoint = \"user\""),
        ("mod_muc_log", "use mod_mam for the history of rooms"),
        ("mod_csi.buffer_max", "use max_size of [modules.mod_csi.buffer]"),
        ("rabbit.connection.max_worker_queue_len", "use max_worker_queue_len of the pool"),
    ];
    if name.contains(".mod_pubsub.") || name.starts_with("modules.mod_pubsub.") {
        return Some("the module with this key is called mod_pubsub_old since 6.8.0");
    }
    instead.into_iter().find(|(end, _)| name.ends_with(end)).map(|(_, help)| help)
}
