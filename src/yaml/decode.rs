//! Decodes values into Rust types, as Go's `encoding/json` fills Go types after sigs.k8s.io/yaml has converted YAML to JSON.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::diagnostic::Span;

use super::node::Node;
use super::node::Value;
use super::number::float_key;
use super::resolve::{Scalar, resolve};

/// Why a value does not fit a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// Go's message, with the names of the Rust types:
    /// `json: cannot unmarshal array into Go struct field Metadata.name of type string`.
    pub message: String,
    /// The value that does not fit.
    pub span: Span,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}

impl de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        DecodeError { message: message.to_string(), span: Span::generated() }
    }
}

impl DecodeError {
    fn or_at(mut self, span: &Span) -> Self {
        if self.span.source().is_none() {
            self.span = span.clone();
        }
        self
    }
}

/// Decodes a value into a type. Where Go differs from serde, Go's rules apply: `null` leaves the zero value, numbers and
/// booleans become strings where a string is expected, and field names match regardless of case. Fields that may be missing
/// need `#[serde(default)]`.
///
/// ```
/// use mim_chart::diagnostic::Source;
/// use mim_chart::yaml::{decode, read_document};
///
/// #[derive(serde::Deserialize)]
/// #[serde(rename_all = "camelCase", default)]
/// #[derive(Default)]
/// struct Metadata { name: String, app_version: String, keywords: Vec<String> }
///
/// let node = read_document(&Source::file("Chart.yaml", "Name: x\nappVersion: 1.10\nkeywords: ~\n")).unwrap();
/// let metadata: Metadata = decode::from_node(&node).unwrap();
/// assert_eq!((metadata.name.as_str(), metadata.app_version.as_str()), ("x", "1.1"));
///
/// let node = read_document(&Source::file("Chart.yaml", "name: [x]\n")).unwrap();
/// let error = decode::from_node::<Metadata>(&node).err().unwrap();
/// assert_eq!(error.message, "json: cannot unmarshal array into Go struct field Metadata.name of type string");
/// assert_eq!(error.span.to_string(), "Chart.yaml:1:7");
/// ```
///
/// # Errors
/// The first value that does not fit.
pub fn from_node<T: DeserializeOwned>(node: &Node) -> Result<T, DecodeError> {
    T::deserialize(Decoder { node, path: None }).map_err(|error| error.or_at(&node.span))
}

/// Returns the text that a scalar has in a string field of a Go struct, "" for null; `None` for lists and maps. go-yaml
/// writes floats with 32-bit precision: `1.10` becomes `1.1`, `1e6` becomes `1e+06`; `yes` becomes `true`.
pub fn text_of(node: &Node) -> Option<String> {
    Some(match &node.value {
        Value::Null => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        // Whether a whole number was written as a float decides its form: 1e6 becomes "1e+06", 1000000 stays.
        Value::Float(value) => match resolve(None, node.span.text().into()) {
            Ok(Scalar::Int(value)) => value.to_string(),
            Ok(Scalar::Unsigned(value)) => value.to_string(),
            Ok(Scalar::Float(value)) => float_key(value),
            _ if value.fract() == 0.0 => crate::go::float::format_json_float(*value),
            _ => float_key(*value),
        },
        Value::String(text) => text.clone(),
        Value::List(_) | Value::Map(_) => return None,
    })
}

/// The struct fields that lead to a value, innermost first.
struct Path<'a> {
    outer: Option<&'a Path<'a>>,
    structure: &'static str,
    field: &'static str,
}

impl Path<'_> {
    fn fields(&self) -> String {
        match self.outer {
            Some(outer) => format!("{}.{}", outer.fields(), self.field),
            None => self.field.to_owned(),
        }
    }
}

#[derive(Clone, Copy)]
struct Decoder<'a> {
    node: &'a Node,
    path: Option<&'a Path<'a>>,
}

impl<'a> Decoder<'a> {
    fn mismatch(&self, wanted: &str) -> DecodeError {
        let found = match self.node.value {
            Value::Int(value) => format!("number {value}"),
            Value::Float(value) if matches!(wanted, "int" | "uint") => {
                format!("number {}", crate::go::float::format_json_float(value))
            }
            _ => self.node.value.type_name().to_owned(),
        };
        let target = match self.path {
            Some(path) => format!("Go struct field {}.{}", path.structure, path.fields()),
            None => "Go value".to_owned(),
        };
        let message = format!("json: cannot unmarshal {found} into {target} of type {wanted}");
        DecodeError { message, span: self.node.span.clone() }
    }

    fn int(&self) -> Option<i64> {
        match self.node.value {
            Value::Null => Some(0),
            Value::Int(value) => Some(value),
            Value::Float(value) if value.fract() == 0.0 && value.abs() < 9.3e18 => Some(value as i64),
            _ => None,
        }
    }
}

macro_rules! integers {
    ($wanted:literal: $($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            match self.int() {
                Some(value) => visitor.visit_i64(value).map_err(|_: DecodeError| self.mismatch($wanted)),
                None => Err(self.mismatch($wanted)),
            }
        })*
    };
}

macro_rules! strings {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            match text_of(self.node) {
                Some(text) => visitor.visit_string(text),
                None => Err(self.mismatch("string")),
            }
        })*
    };
}

impl<'de> de::Deserializer<'de> for Decoder<'_> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match &self.node.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Int(value) => visitor.visit_i64(*value),
            Value::Float(value) => visitor.visit_f64(*value),
            Value::String(text) => visitor.visit_str(text),
            Value::List(_) => self.deserialize_seq(visitor),
            Value::Map(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node.value {
            Value::Null => visitor.visit_bool(false),
            Value::Bool(value) => visitor.visit_bool(value),
            _ => Err(self.mismatch("bool")),
        }
    }

    integers!("int": deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128);
    integers!("uint": deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128);
    strings!(deserialize_char deserialize_str deserialize_string);

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node.value {
            Value::Null => visitor.visit_f64(0.0),
            Value::Int(value) => visitor.visit_f64(value as f64),
            Value::Float(value) => visitor.visit_f64(value),
            _ => Err(self.mismatch("float64")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.node.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match &self.node.value {
            Value::Null => visitor.visit_seq(Items { items: [].iter(), path: self.path }),
            Value::List(items) => visitor.visit_seq(Items { items: items.iter(), path: self.path }),
            _ => Err(self.mismatch("list")),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let entries = match &self.node.value {
            Value::Null => Vec::new(),
            Value::Map(map) => map.iter().map(|(key, node)| (key, None, node)).collect(),
            _ => return Err(self.mismatch("map")),
        };
        visitor.visit_map(Fields { entries: entries.into_iter(), next: None, structure: "", path: self.path })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let map = match &self.node.value {
            Value::Null => return visitor.visit_map(Fields::none()),
            Value::Map(map) => map,
            _ => return Err(self.mismatch(name)),
        };
        let mut entries: Vec<(&str, Option<&'static str>, &Node)> = Vec::with_capacity(map.len());
        let mut given: Vec<(&str, &Node)> = map.iter().collect();
        // If several spellings of a field are present, the last in byte order wins, because Go decodes keys in that order.
        given.sort_unstable_by_key(|(key, _)| *key);
        for (key, node) in given {
            let exact = fields.iter().find(|field| **field == key);
            let field = exact.or_else(|| fields.iter().find(|field| field.eq_ignore_ascii_case(key))).copied();
            match entries.iter_mut().find(|(_, known, _)| field.is_some() && *known == field) {
                Some(entry) => entry.2 = node,
                None => entries.push((field.unwrap_or(key), field, node)),
            }
        }
        visitor.visit_map(Fields { entries: entries.into_iter(), next: None, structure: name, path: self.path })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match &self.node.value {
            Value::String(text) => {
                let text: StrDeserializer<'_, DecodeError> = text.as_str().into_deserializer();
                visitor.visit_enum(text).map_err(|error| error.or_at(&self.node.span))
            }
            _ => Err(self.mismatch(name)),
        }
    }

    forward_to_deserialize_any! { bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any }
}

struct Items<'a> {
    items: std::slice::Iter<'a, Node>,
    path: Option<&'a Path<'a>>,
}

impl<'de> de::SeqAccess<'de> for Items<'_> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, DecodeError> {
        let Some(node) = self.items.next() else { return Ok(None) };
        seed.deserialize(Decoder { node, path: self.path }).map(Some).map_err(|error| error.or_at(&node.span))
    }
}

/// The entries of a map or the fields of a struct; a field comes with its name in the struct.
struct Fields<'a> {
    entries: std::vec::IntoIter<(&'a str, Option<&'static str>, &'a Node)>,
    next: Option<(Option<&'static str>, &'a Node)>,
    structure: &'static str,
    path: Option<&'a Path<'a>>,
}

impl Fields<'_> {
    fn none() -> Self {
        Fields { entries: Vec::new().into_iter(), next: None, structure: "", path: None }
    }
}

impl<'de> de::MapAccess<'de> for Fields<'_> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeError> {
        let Some((key, field, node)) = self.entries.next() else { return Ok(None) };
        self.next = Some((field, node));
        let key: StrDeserializer<'_, DecodeError> = key.into_deserializer();
        seed.deserialize(key).map(Some).map_err(|error| error.or_at(&node.span))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, DecodeError> {
        let Some((field, node)) = self.next.take() else {
            return Err(de::Error::custom("a value was asked for before its key"));
        };
        let inner = field.map(|field| Path { outer: self.path, structure: self.structure, field });
        let path = inner.as_ref().or(self.path);
        seed.deserialize(Decoder { node, path }).map_err(|error| error.or_at(&node.span))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;
    use crate::diagnostic::Source;
    use crate::yaml::read_document;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Maintainer {
        name: String,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Metadata {
        name: String,
        keywords: Vec<String>,
        annotations: BTreeMap<String, String>,
        maintainers: Vec<Option<Maintainer>>,
        deprecated: bool,
        count: i32,
        weight: f64,
        kind: Option<Kind>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        Library,
    }

    fn decode(yaml: &str) -> Result<Metadata, DecodeError> {
        from_node(&read_document(&Source::file("Chart.yaml", yaml)).unwrap())
    }

    #[test]
    fn scalars_become_strings_as_in_go() {
        for (yaml, name) in [
            ("name: 1.10", "1.1"),
            ("name: yes", "true"),
            ("name: 1e6", "1e+06"),
            ("name: 1000000", "1000000"),
            ("name: 0x10", "16"),
            ("name: 123456789.5", "1.2345679e+08"),
            ("name: null", ""),
            ("Name: A\nname: b", "b"),
            ("name: a\nNAME: b", "a"),
        ] {
            assert_eq!(decode(yaml).unwrap().name, name, "{yaml}");
        }
        let keywords = decode("keywords: [1, yes, 1e6, 1000000]").unwrap().keywords;
        assert_eq!(keywords, ["1", "true", "1e+06", "1000000"]);
    }

    #[test]
    fn null_is_the_zero_value() {
        let yaml = "{name: ~, keywords: ~, annotations: ~, maintainers: [~], deprecated: ~, count: ~, weight: ~, kind: ~, x: 1}";
        let expected = Metadata { maintainers: vec![None], ..Metadata::default() };
        assert_eq!(decode(yaml), Ok(expected));
        assert_eq!(decode("~"), Ok(Metadata::default()));
        assert_eq!(decode("kind: library\ncount: 3.0\nweight: 2").unwrap().count, 3);
    }

    #[test]
    fn type_mismatches_are_located() {
        for (yaml, message, place) in [
            ("name: [a]", "array into Go struct field Metadata.name of type string", "1:7"),
            ("annotations: {c: {d: e}}", "object into Go struct field Metadata.annotations of type string", "1:18"),
            (
                "maintainers:\n- name: {}",
                "object into Go struct field Maintainer.maintainers.name of type string",
                "2:9",
            ),
            ("maintainers: [x]", "string into Go struct field Metadata.maintainers of type Maintainer", "1:15"),
            ("deprecated: x", "string into Go struct field Metadata.deprecated of type bool", "1:13"),
            ("count: 1.5", "number 1.5 into Go struct field Metadata.count of type int", "1:8"),
            ("count: 3e9", "number 3000000000 into Go struct field Metadata.count of type int", "1:8"),
            ("weight: x", "string into Go struct field Metadata.weight of type float64", "1:9"),
            ("[]", "array into Go value of type Metadata", "1:1"),
        ] {
            let error = decode(yaml).unwrap_err();
            assert_eq!(error.message, format!("json: cannot unmarshal {message}"), "{yaml}");
            assert_eq!(error.span.to_string(), format!("Chart.yaml:{place}"), "{yaml}");
        }
        assert_eq!(decode("kind: x").unwrap_err().span.to_string(), "Chart.yaml:1:7");
    }
}
