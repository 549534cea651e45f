//! The structure of Kubernetes' API objects: kinds, fields, types, required fields, allowed values, keys of lists.

use std::cmp::Reverse;
use std::io::Read;
use std::sync::OnceLock;

use ahash::AHashMap;
use flate2::read::GzDecoder;

/// The recorded `/openapi/v2` document of an API server. `tests/cluster/record_openapi` describes its form.
const RECORD: &[u8] = include_bytes!("schema.gz");

/// The type of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Text.
    String,
    /// Bytes in base64.
    Bytes,
    /// A point in time in RFC 3339.
    Time,
    /// A quantity: `500m`, `1Gi`, 2.
    Quantity,
    /// A whole number or text.
    IntOrString,
    /// A 32-bit integer.
    Int32,
    /// A 64-bit integer.
    Int64,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Any value.
    Any,
    /// An object of the named type.
    Object(&'static str),
    /// A list.
    List(Box<Type>),
    /// A map with arbitrary keys.
    Map(Box<Type>),
}

/// A field of an object.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub type_: Type,
    /// Whether it is required.
    pub required: bool,
    /// Whether it is a pointer in Go, so that the server distinguishes a zero value from a missing one.
    pub is_pointer: bool,
    /// The allowed strings; empty if every string is allowed.
    pub choices: Vec<&'static str>,
    /// The fields that identify the items of a list: `x-kubernetes-list-map-keys`, or the merge key.
    pub keys: Vec<&'static str>,
    /// Whether a list is a set: items are unique, and their order has no meaning.
    pub is_set: bool,
}

/// The type of an object, with its fields.
#[derive(Debug)]
pub struct ObjectType {
    /// Its name in the record, such as `api.core.v1.PodSpec`.
    pub name: &'static str,
    /// Its fields, sorted by name.
    pub fields: Vec<Field>,
}

impl ObjectType {
    /// Returns a field by its name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.binary_search_by(|field| field.name.cmp(name)).ok().map(|at| &self.fields[at])
    }
}

/// A kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The name of its object type.
    pub type_name: &'static str,
    /// Whether its objects belong to a namespace; `None` if objects of this kind cannot be created directly.
    pub is_namespaced: Option<bool>,
}

/// All kinds and object types.
#[derive(Debug)]
pub struct Schema {
    types: AHashMap<&'static str, ObjectType>,
    /// Kinds by `group/version` (just `v1` for the core group) and kind.
    kinds: AHashMap<(&'static str, &'static str), Kind>,
    version: &'static str,
}

impl Schema {
    /// Returns the schema in the binary, which is decompressed on first use.
    ///
    /// ```
    /// use mim_chart::kubernetes::{Schema, Type};
    ///
    /// let schema = Schema::built_in();
    /// let kind = schema.kind("apps/v1", "StatefulSet").unwrap();
    /// assert_eq!(kind.is_namespaced, Some(true));
    /// let spec = schema.at("apps/v1", "StatefulSet", ["spec"]).unwrap();
    /// assert_eq!(spec.field("replicas").unwrap().type_, Type::Int32);
    /// assert_eq!(spec.field("volumeClaimTemplates").unwrap().keys, [""; 0]);
    /// ```
    pub fn built_in() -> &'static Schema {
        static SCHEMA: OnceLock<Schema> = OnceLock::new();
        SCHEMA.get_or_init(|| {
            let mut text = String::new();
            // The record is part of the binary, and tests read all of it.
            let _ = GzDecoder::new(RECORD).read_to_string(&mut text);
            Schema::parse(text.leak())
        })
    }

    /// Returns the version of Kubernetes that was recorded: `v1.36.1`.
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// Returns a kind of an API version.
    pub fn kind(&self, api_version: &str, kind: &str) -> Option<Kind> {
        self.kinds.get(&(api_version, kind)).copied()
    }

    /// Returns the API versions that have a kind, sorted by group; of each group stable versions come first, then newer ones.
    pub fn versions_of(&self, kind: &str) -> Vec<&str> {
        let mut found: Vec<&str> =
            self.kinds.keys().filter(|(_, name)| *name == kind).map(|(version, _)| *version).collect();
        found.sort_unstable_by_key(|api_version| {
            let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
            (group, Reverse(version_rank(version)), version)
        });
        found
    }

    /// Returns all kinds that objects can be created of, as API version and kind.
    pub fn kinds(&self) -> impl Iterator<Item = (&str, &'static str)> {
        let creatable = self.kinds.iter().filter(|(_, kind)| kind.is_namespaced.is_some());
        creatable.map(|((version, name), _)| (*version, *name))
    }

    /// Returns an object type by its name.
    pub fn object_type(&self, name: &str) -> Option<&ObjectType> {
        self.types.get(name)
    }

    /// Returns all object types, in no particular order.
    pub fn types(&self) -> impl Iterator<Item = &ObjectType> {
        self.types.values()
    }

    /// Returns the type of the object at a path of fields in a kind.
    pub fn at<'a>(
        &self,
        api_version: &str,
        kind: &str,
        path: impl IntoIterator<Item = &'a str>,
    ) -> Option<&ObjectType> {
        let mut at = self.object_type(self.kind(api_version, kind)?.type_name)?;
        for name in path {
            let Type::Object(inner) = &at.field(name)?.type_ else { return None };
            at = self.object_type(inner)?;
        }
        Some(at)
    }

    fn parse(text: &'static str) -> Schema {
        let mut lines = text.lines();
        let version = lines.next().and_then(|line| line.strip_prefix("Kubernetes ")).unwrap_or_default();
        let mut schema = Schema { types: AHashMap::new(), kinds: AHashMap::new(), version };
        let mut current: Option<ObjectType> = None;
        for line in lines {
            if let Some(line) = line.strip_prefix(' ') {
                if let (Some(object), Some(field)) = (&mut current, Field::parse(line)) {
                    object.fields.push(field);
                }
                continue;
            }
            let mut words = line.split(' ');
            let name = words.next().unwrap_or_default();
            if let Some(done) = current.replace(ObjectType { name, fields: Vec::new() }) {
                schema.types.insert(done.name, done);
            }
            for word in words {
                let (whole, is_namespaced) = match word.split_once(':') {
                    Some((whole, scope)) => (whole, Some(scope == "n")),
                    None => (word, None),
                };
                if let Some((api_version, kind)) = whole.rsplit_once('/') {
                    let key = (api_version.trim_start_matches('/'), kind);
                    schema.kinds.insert(key, Kind { type_name: name, is_namespaced });
                }
            }
        }
        schema.types.extend(current.map(|done| (done.name, done)));
        schema
    }
}

/// Returns the rank of a version such as `v1` or `v2beta1`: stable versions before beta and alpha versions, and the newest of
/// each first, as in Kubernetes.
fn version_rank(version: &str) -> (u8, u32, u32) {
    let number = |digits: &str| digits.parse().unwrap_or(0);
    let version = version.strip_prefix('v').unwrap_or(version);
    let (level, split) = match (version.split_once("beta"), version.split_once("alpha")) {
        (Some(split), _) => (1, split),
        (_, Some(split)) => (0, split),
        _ => (2, (version, "")),
    };
    (level, number(split.0), number(split.1))
}

impl Field {
    fn parse(line: &'static str) -> Option<Field> {
        let mut words = line.split(' ');
        let name = words.next()?;
        let type_ = Type::parse(words.next()?);
        let mut field = Field {
            name,
            type_,
            required: false,
            is_pointer: false,
            choices: Vec::new(),
            keys: Vec::new(),
            is_set: false,
        };
        for word in words {
            match word.split_at(1) {
                ("!", _) => field.required = true,
                ("*", _) => field.is_pointer = true,
                ("=", choices) => field.choices = choices.split('|').collect(),
                ("#", "") => field.is_set = true,
                ("#", keys) => field.keys = keys.split(',').collect(),
                _ => {}
            }
        }
        Some(field)
    }
}

impl Type {
    fn parse(word: &'static str) -> Type {
        if let Some(items) = word.strip_prefix("[]") {
            return Type::List(Box::new(Type::parse(items)));
        }
        if let Some(values) = word.strip_prefix("{}") {
            return Type::Map(Box::new(Type::parse(values)));
        }
        if let Some(name) = word.strip_prefix('@') {
            return Type::Object(name);
        }
        match word {
            "string" => Type::String,
            "bytes" => Type::Bytes,
            "time" => Type::Time,
            "quantity" => Type::Quantity,
            "int-or-string" => Type::IntOrString,
            "int32" => Type::Int32,
            "int64" => Type::Int64,
            "number" | "double" => Type::Number,
            "boolean" => Type::Boolean,
            _ => Type::Any,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_that_a_field_names_exists() {
        fn names(type_: &Type, found: &mut Vec<&'static str>) {
            match type_ {
                Type::Object(name) => found.push(name),
                Type::List(inner) | Type::Map(inner) => names(inner, found),
                _ => {}
            }
        }
        let schema = Schema::built_in();
        assert!(schema.types.len() > 500, "{}", schema.types.len());
        let mut found = Vec::new();
        schema.types.values().flat_map(|object| &object.fields).for_each(|field| names(&field.type_, &mut found));
        let missing: Vec<_> = found.into_iter().filter(|name| schema.object_type(name).is_none()).collect();
        assert_eq!(missing, [""; 0]);
    }

    #[test]
    fn fields_are_sorted_and_read() {
        let schema = Schema::built_in();
        for object in schema.types.values() {
            assert!(object.fields.is_sorted_by_key(|field| field.name), "{}", object.name);
        }
        let port = schema.object_type("api.core.v1.ContainerPort").unwrap();
        assert!(port.field("containerPort").unwrap().required);
        assert_eq!(port.field("protocol").unwrap().choices, ["SCTP", "TCP", "UDP"]);
        let container = schema.object_type("api.core.v1.Container").unwrap();
        assert_eq!(container.field("ports").unwrap().keys, ["containerPort", "protocol"]);
        assert_eq!(schema.kind("v1", "Namespace").unwrap().is_namespaced, Some(false));
        assert_eq!(schema.kind("v1", "PodList").unwrap().is_namespaced, None);
        assert_eq!(schema.versions_of("HorizontalPodAutoscaler"), ["autoscaling/v2", "autoscaling/v1"]);
        assert!(schema.version().starts_with("v1."));
    }
}
