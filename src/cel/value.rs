//! The values of CEL's types. Data is converted only when it is read.

use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::error::Error;
use super::formats::Format;
use super::quantity::Quantity;
use super::shape::{Field, Kind, ListType, Shape};
use crate::go::time::{Duration, Time, Zone, parse};
use crate::go::url::Url;
use crate::yaml;
use crate::yaml::Node;

/// A value of an expression. `'a` is the lifetime of the data that the expression reads.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// A boolean.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// An unsigned integer.
    Uint(u64),
    /// A floating-point number.
    Double(f64),
    /// A string.
    String(Text<'a>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A list.
    List(List<'a>),
    /// A map, or an object.
    Map(Map<'a>),
    /// An instant.
    Timestamp(Arc<Time>),
    /// A span of time.
    Duration(Duration),
    /// A type, by its name.
    Type(&'static str),
    /// An optional value, `None` if it is absent.
    Optional(Option<Arc<Value<'a>>>),
    /// A Kubernetes quantity.
    Quantity(Arc<Quantity>),
    /// A URL.
    Url(Arc<Url>),
    /// An IP address.
    Ip(IpAddr),
    /// A network: an address and a prefix length.
    Cidr(IpAddr, u8),
    /// A semantic version.
    Semver(Arc<semver::Version>),
    /// A named string format.
    Format(&'static Format),
    /// Data without a schema.
    Unknown(&'a Node),
}

/// A string, either borrowed from the data or computed.
#[derive(Debug, Clone)]
pub enum Text<'a> {
    /// A string in the data.
    Data(&'a str),
    /// A computed string.
    Made(Arc<str>),
}

impl Text<'_> {
    /// Returns the string.
    pub fn as_str(&self) -> &str {
        match self {
            Text::Data(text) => text,
            Text::Made(text) => text,
        }
    }
}

/// A list.
#[derive(Debug, Clone)]
pub struct List<'a> {
    items: Items<'a>,
    /// How its items are identified.
    pub(super) list_type: &'a ListType,
}

#[derive(Debug, Clone)]
enum Items<'a> {
    Made(Arc<Vec<Value<'a>>>),
    Data(&'a [Node], &'a Shape),
}

/// Computed lists have no keys.
pub(super) const ATOMIC: &ListType = &ListType::Atomic;

impl<'a> List<'a> {
    /// Builds a list of these items.
    pub(super) fn new(items: Vec<Value<'a>>) -> List<'a> {
        List { items: Items::Made(Arc::new(items)), list_type: ATOMIC }
    }

    /// Returns the same items with another way of identifying them.
    pub(super) fn of_type(self, list_type: &'a ListType) -> List<'a> {
        List { list_type, ..self }
    }

    pub(super) fn len(&self) -> usize {
        match &self.items {
            Items::Made(items) => items.len(),
            Items::Data(items, _) => items.len(),
        }
    }

    /// Returns the item at an index, converted to its type.
    pub(super) fn get(&self, index: usize) -> Option<Result<Value<'a>, Error>> {
        match &self.items {
            Items::Made(items) => items.get(index).cloned().map(Ok),
            Items::Data(items, shape) => items.get(index).map(|node| Value::from_data(node, shape)),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Result<Value<'a>, Error>> + '_ {
        (0..self.len()).filter_map(|index| self.get(index))
    }
}

/// A map or an object.
#[derive(Debug, Clone)]
pub enum Map<'a> {
    /// A computed map.
    Made(Arc<Vec<(Value<'a>, Value<'a>)>>),
    /// Data with arbitrary keys.
    Data(&'a yaml::Map, &'a Shape),
    /// An object with declared fields.
    Object(&'a yaml::Map, &'a [Field]),
}

impl<'a> Map<'a> {
    pub(super) fn len(&self) -> usize {
        match self {
            Map::Made(entries) => entries.len(),
            Map::Data(map, _) | Map::Object(map, _) => map.len(),
        }
    }

    /// Returns the keys.
    pub(super) fn keys(&self) -> Vec<Value<'a>> {
        match self {
            Map::Made(entries) => entries.iter().map(|(key, _)| key.clone()).collect(),
            Map::Data(map, _) => map.keys().map(|key| Value::String(Text::Data(key))).collect(),
            Map::Object(map, fields) => {
                let given = fields.iter().filter(|field| map.get(&field.name).is_some());
                given.map(|field| Value::String(Text::Data(&field.escaped))).collect()
            }
        }
    }

    /// Returns the value of a string key in data. In an object, null fields count as absent.
    pub(super) fn get_data(&self, key: &str) -> Option<Result<Value<'a>, Error>> {
        match self {
            Map::Made(_) => None,
            Map::Data(map, shape) => Some(Value::from_data(map.get(key)?, shape)),
            Map::Object(map, fields) => {
                let field = fields.iter().find(|field| field.escaped == key || field.name == key)?;
                let node = map.get(&field.name).filter(|node| !node.value.is_null())?;
                Some(Value::from_data(node, &field.shape))
            }
        }
    }
}

impl<'a> Value<'a> {
    /// Wraps a computed string.
    pub(super) fn text(text: impl Into<Arc<str>>) -> Value<'a> {
        Value::String(Text::Made(text.into()))
    }

    /// Wraps a computed list.
    pub(super) fn list(items: Vec<Value<'a>>) -> Value<'a> {
        Value::List(List::new(items))
    }

    /// Wraps a value as a present optional.
    pub(super) fn some(value: Value<'a>) -> Value<'a> {
        Value::Optional(Some(Arc::new(value)))
    }

    /// Wraps an optional value.
    pub fn optional(value: Option<Value<'a>>) -> Value<'a> {
        Value::Optional(value.map(Arc::new))
    }

    /// Converts data to a value of its declared type.
    ///
    /// # Errors
    /// The data does not have that type.
    pub fn from_data(node: &'a Node, shape: &'a Shape) -> Result<Value<'a>, Error> {
        let invalid = |wanted: &str| Err(Error::fails(format!("invalid data, expected {wanted}")));
        Ok(match (&node.value, &shape.kind) {
            (yaml::Value::Null, _) if shape.is_nullable => Value::Null,
            (yaml::Value::Null, _) => {
                return Err(Error::fails("invalid data, got null for schema with nullable=false"));
            }
            (_, Kind::Unknown) => Value::Unknown(node),
            (yaml::Value::String(text), Kind::String | Kind::IntOrString) => Value::String(Text::Data(text)),
            (yaml::Value::String(text), Kind::Bytes) => match STANDARD.decode(text) {
                Ok(bytes) => Value::Bytes(bytes.into()),
                Err(_) => return invalid("base64"),
            },
            (yaml::Value::String(text), Kind::Duration) => match Duration::parse(text.as_bytes()) {
                Ok(duration) => Value::Duration(duration),
                Err(reason) => return Err(Error::fails(format!("Invalid duration {text}: {reason}"))),
            },
            (yaml::Value::String(text), Kind::Date | Kind::DateTime) => {
                let layout: &[u8] = if matches!(shape.kind, Kind::Date) { b"2006-01-02" } else { RFC_3339 };
                match parse(layout, text.to_uppercase().as_bytes(), &Zone::default()) {
                    Ok(time) => Value::Timestamp(Arc::new(time)),
                    Err(_) => return Err(Error::fails(format!("Invalid date formatted string {text}"))),
                }
            }
            (yaml::Value::Bool(value), Kind::Bool) => Value::Bool(*value),
            (yaml::Value::Int(number), Kind::Int | Kind::IntOrString) => Value::Int(*number),
            (yaml::Value::Float(_), Kind::Int | Kind::IntOrString) => match whole(node) {
                Some(number) => Value::Int(number),
                None => return invalid("int"),
            },
            (yaml::Value::Int(number), Kind::Double) => Value::Double(*number as f64),
            (yaml::Value::Float(number), Kind::Double) => Value::Double(*number),
            (yaml::Value::List(items), Kind::List(item, list_type)) => {
                Value::List(List { items: Items::Data(items, item), list_type })
            }
            (yaml::Value::Map(map), Kind::Map(inner)) => Value::Map(Map::Data(map, inner)),
            (yaml::Value::Map(map), Kind::Object(fields)) => Value::Map(Map::Object(map, fields)),
            _ => return invalid("a value of another type"),
        })
    }

    /// Returns the name of the value's type.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null_type",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Uint(_) => "uint",
            Value::Double(_) => "double",
            Value::String(_) => "string",
            Value::Bytes(_) => "bytes",
            Value::List(_) => "list",
            Value::Map(_) => "map",
            Value::Timestamp(_) => "google.protobuf.Timestamp",
            Value::Duration(_) => "google.protobuf.Duration",
            Value::Type(_) => "type",
            Value::Optional(_) => "optional_type",
            Value::Quantity(_) => "kubernetes.Quantity",
            Value::Url(_) => "kubernetes.URL",
            Value::Ip(_) => "net.IP",
            Value::Cidr(..) => "net.CIDR",
            Value::Semver(_) => "kubernetes.Semver",
            Value::Format(_) => "kubernetes.NamedFormat",
            Value::Unknown(_) => "unknown",
        }
    }
}

/// The layout of timestamps in data and in `timestamp("...")`.
pub(super) const RFC_3339: &[u8] = b"2006-01-02T15:04:05.999999999Z07:00";

/// From this magnitude on, a float cannot represent every integer.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Returns data as a 64-bit integer, if it is one. A large float is parsed again from its source text, because a float cannot
/// hold it exactly.
pub fn whole(node: &Node) -> Option<i64> {
    match node.value {
        yaml::Value::Int(number) => Some(number),
        yaml::Value::Float(number) if number.fract() != 0.0 => None,
        yaml::Value::Float(number) if number.abs() < EXACT => Some(number as i64),
        yaml::Value::Float(number) => {
            let written = node.span.source().is_some().then(|| node.span.text());
            match written.and_then(|text| text.trim().trim_start_matches('+').parse::<i128>().ok()) {
                Some(exact) => i64::try_from(exact).ok(),
                None if number.abs() < 9_223_372_036_854_775_808.0 => Some(number as i64),
                None => None,
            }
        }
        _ => None,
    }
}
