//! Reads mongooseim.toml, and from it what concerns the cluster.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::installation::{File, list, number, text};
use super::names;
use crate::diagnostic::{Source, Span};
use crate::yaml::{Map, Node, Value};

/// A configuration that is valid TOML.
pub(super) struct Configuration {
    pub(super) file: File,
    /// The content. Its spans are places in the file's text.
    pub(super) root: Map,
    pub(super) listeners: Vec<Listener>,
}

/// A listener: a section of `listen`.
#[derive(Debug)]
pub(super) struct Listener {
    /// `c2s`, `s2s`, `component`, `http`, or an unknown kind.
    pub(super) kind: String,
    pub(super) port: Option<i64>,
    pub(super) address: Option<String>,
    /// 4 or 6.
    ip_version: Option<i64>,
    /// Whether it serves the GraphQL API.
    pub(super) has_graphql: bool,
    /// The byte offset of the section in the file's text.
    pub(super) start: usize,
}

impl Listener {
    /// Whether it is only reachable from inside its pod.
    pub(super) fn is_loopback(&self) -> bool {
        let address = self.address.as_deref().unwrap_or_default();
        names::address(address).is_some_and(|address| address.is_loopback())
    }

    /// Returns the address that it binds, however it is spelled, or `None` if that is invalid.
    pub(super) fn bound(&self) -> Option<IpAddr> {
        let all =
            || if self.ip_version == Some(6) { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
        match (self.address.as_deref().map(names::address), self.ip_version) {
            (None, _) => Some(all()),
            (Some(Some(IpAddr::V4(address))), Some(6)) => Some(address.to_ipv6_mapped().into()),
            (Some(address), _) => address,
        }
    }

    /// Whether its address is an IPv6 address although it sets IP version 4.
    pub(super) fn is_of_other_version(&self) -> bool {
        self.ip_version == Some(4) && matches!(self.bound(), Some(IpAddr::V6(_)))
    }
}

/// A syntax error and its byte offset in the text.
pub(super) struct SyntaxError {
    pub(super) message: String,
    pub(super) at: usize,
}

impl Configuration {
    /// Parses mongooseim.toml.
    ///
    /// # Errors
    /// The first TOML syntax error.
    pub(super) fn read(file: &File) -> Result<Configuration, SyntaxError> {
        let table = DeTable::parse(&file.text).map_err(|error| SyntaxError {
            message: error.message().lines().collect::<Vec<_>>().join("; "),
            at: error.span().map_or(0, |span| span.start),
        })?;
        let source = Source::file("mongooseim.toml", file.text.as_str());
        let root = map(&source, table.into_inner());
        let listeners = listeners(&root);
        Ok(Configuration { file: file.clone(), root, listeners })
    }

    /// Converts a span of the file's text to the place where that text was written.
    pub(super) fn place(&self, span: &Span) -> Span {
        self.file.place(span.start())
    }

    /// Returns the top-level keys with their spans, in order.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&str, &Span)> {
        self.root.entries().map(|(key, entry)| (key, &entry.key))
    }

    /// Returns the node at a path.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Node> {
        self.root.at(path.iter().copied())
    }

    /// Finds all string values of keys with the given names, at any depth.
    pub(super) fn texts<'c>(&'c self, names: &[&str]) -> Vec<Found<'c>> {
        let mut found = Vec::new();
        for (key, node) in self.root.iter() {
            search(node, key, names, &mut found);
        }
        found
    }
}

/// A key with a string value.
pub(super) struct Found<'c> {
    /// The path of the key: `listen.c2s.tls.certfile`.
    pub(super) path: String,
    pub(super) text: &'c str,
    pub(super) span: &'c Span,
}

fn search<'c>(node: &'c Node, path: &str, names: &[&str], found: &mut Vec<Found<'c>>) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| search(item, path, names, found)),
        Value::Map(table) => {
            for (key, inner) in table.iter() {
                let path = format!("{path}.{key}");
                if let (Value::String(text), true) = (&inner.value, names.contains(&key)) {
                    found.push(Found { path: path.clone(), text, span: &inner.span });
                }
                search(inner, &path, names, found);
            }
        }
        _ => {}
    }
}

fn listeners(root: &Map) -> Vec<Listener> {
    let kinds = root.get("listen").and_then(|node| node.value.as_map());
    let mut all = Vec::new();
    for (kind, _) in kinds.into_iter().flat_map(Map::iter) {
        for section in kinds.map_or(&[][..], |kinds| list(kinds, kind)) {
            let Some(map) = section.value.as_map() else { continue };
            all.push(Listener {
                kind: kind.to_owned(),
                port: map.get("port").and_then(|node| number(&node.value)),
                address: text(map, "ip_address").map(str::to_owned),
                ip_version: map.number_at(&["ip_version"]),
                has_graphql: map.at(["handlers", "mongoose_graphql_handler"]).is_some(),
                start: map.entries().map(|(_, entry)| entry.key.start()).min().unwrap_or(section.span.start()),
            });
        }
    }
    all.sort_by_key(|listener| listener.start);
    all
}

fn map(source: &Source, table: DeTable<'_>) -> Map {
    let mut map = Map::new();
    for (key, value) in table {
        let span = source.span(key.span());
        map.insert(key.into_inner().into_owned(), span, node(source, value));
    }
    map
}

fn node(source: &Source, value: Spanned<DeValue<'_>>) -> Node {
    let span = source.span(value.span());
    let value = match value.into_inner() {
        DeValue::String(text) => Value::String(text.into_owned()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Null, Value::Int)
        }
        DeValue::Float(number) => number.as_str().parse().map_or(Value::Null, Value::Float),
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Array(items) => Value::List(items.into_iter().map(|item| node(source, item)).collect()),
        DeValue::Table(table) => Value::Map(map(source, table)),
    };
    Node::new(value, span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_have_their_addresses_and_places() {
        let text = "[[listen.http]]\n  port = 5551\n  ip_address = \"127.0.0.1\"\n[[listen.c2s]]\n  port = 0x1466\n";
        let read = Configuration::read(&File::of_text("mongooseim.toml", text)).ok().unwrap();
        let reported: Vec<_> =
            read.listeners.iter().map(|l| (l.kind.as_str(), l.port, l.is_loopback(), l.start)).collect();
        assert_eq!(reported, [("http", Some(5551), true, 18), ("c2s", Some(5222), false, 74)]);
    }

    #[test]
    fn texts_are_found_in_lists_of_tables_too() {
        let text = "[[listen.c2s]]\ntls.certfile = \"a.pem\"\n[outgoing_pools.rdbms.default.connection]\ntls = {cacertfile = \"b\"}\n";
        let read = Configuration::read(&File::of_text("mongooseim.toml", text)).ok().unwrap();
        let found: Vec<_> = read.texts(&["certfile", "cacertfile"]).iter().map(|found| found.path.clone()).collect();
        assert_eq!(found, ["listen.c2s.tls.certfile", "outgoing_pools.rdbms.default.connection.tls.cacertfile"]);
    }
}
