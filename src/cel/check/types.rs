//! The static types of expressions (the CEL specification, "Gradual Type Checking").

use std::fmt;
use std::rc::Rc;

use crate::cel::shape::{Field, Kind, Shape};

/// A static type. Parameters are shared, because a type can contain another many times.
#[derive(Debug, Clone)]
pub(super) enum Type<'s> {
    /// Any type: only known at evaluation.
    Dyn,
    /// The type of an expression whose error has been reported.
    Error,
    /// A type without parameters, by its name in messages: `int`, `net.IP`.
    Leaf(&'static str),
    /// An object in a schema, by its path from `self`, which messages show.
    Object(Rc<str>, &'s [Field]),
    Optional(Rc<Type<'s>>),
    List(Rc<Type<'s>>),
    Map(Rc<(Type<'s>, Type<'s>)>),
    /// The type of a type.
    Meta(Option<Rc<Type<'s>>>),
    /// A type that is not determined yet, by its number in the `Bindings`.
    Open(usize),
}

pub(super) const BOOL: Type<'static> = Type::Leaf("bool");
pub(super) const INT: Type<'static> = Type::Leaf("int");
pub(super) const STRING: Type<'static> = Type::Leaf("string");
pub(super) const NULL: Type<'static> = Type::Leaf("null");
pub(super) const AUTHORIZER: Type<'static> = Type::Leaf("kubernetes.authorization.Authorizer");

/// The names of the types without parameters.
const LEAVES: [&str; 20] = [
    "bool",
    "bytes",
    "double",
    "duration",
    "int",
    "kubernetes.NamedFormat",
    "kubernetes.authorization.Authorizer",
    "kubernetes.authorization.Decision",
    "kubernetes.authorization.GroupCheck",
    "kubernetes.authorization.PathCheck",
    "kubernetes.authorization.ResourceCheck",
    "kubernetes.Quantity",
    "kubernetes.Semver",
    "kubernetes.URL",
    "net.CIDR",
    "net.IP",
    "null",
    "string",
    "timestamp",
    "uint",
];

impl<'s> Type<'s> {
    pub(super) fn optional(inner: Type<'s>) -> Type<'s> {
        Type::Optional(Rc::new(inner))
    }

    pub(super) fn list(inner: Type<'s>) -> Type<'s> {
        Type::List(Rc::new(inner))
    }

    pub(super) fn map(key: Type<'s>, value: Type<'s>) -> Type<'s> {
        Type::Map(Rc::new((key, value)))
    }

    /// Returns `dyn` or a type without parameters, by its name.
    pub(super) fn named(name: &str) -> Option<Type<'s>> {
        if name == "dyn" {
            return Some(Type::Dyn);
        }
        LEAVES.into_iter().find(|known| *known == name).map(Type::Leaf)
    }

    /// Returns the type of data, as k8s.io/apiserver derives it from a schema. `place` is the name of an object's type.
    pub(super) fn of_data(shape: &'s Shape, place: &str) -> Type<'s> {
        match &shape.kind {
            Kind::IntOrString | Kind::Unknown => Type::Dyn,
            Kind::String => STRING,
            Kind::Bytes => Type::Leaf("bytes"),
            Kind::Duration => Type::Leaf("duration"),
            Kind::Date | Kind::DateTime => Type::Leaf("timestamp"),
            Kind::Bool => BOOL,
            Kind::Double => Type::Leaf("double"),
            Kind::Int => INT,
            Kind::List(inner, _) => Type::list(Type::of_data(inner, &format!("{place}.@idx"))),
            Kind::Map(inner) => Type::map(STRING, Type::of_data(inner, &format!("{place}.@elem"))),
            Kind::Object(fields) => Type::Object(place.into(), fields),
        }
    }

    /// Returns the type of an identifier that names a type: `int` in `type(x) == int`.
    pub(super) fn of_name(name: &'static str) -> Type<'s> {
        let inner = match name {
            "list" => Type::list(Type::Dyn),
            "map" => Type::map(Type::Dyn, Type::Dyn),
            "google.protobuf.Duration" => Type::Leaf("duration"),
            "google.protobuf.Timestamp" => Type::Leaf("timestamp"),
            "null_type" => NULL,
            "optional_type" => Type::optional(Type::Dyn),
            name => match Type::named(name) {
                Some(inner) => inner,
                None => return Type::Meta(None),
            },
        };
        Type::Meta(Some(Rc::new(inner)))
    }

    /// Whether null fits this type. cel-go ignores whether a schema allows null.
    pub(super) fn takes_null(&self) -> bool {
        match self {
            Type::Leaf(name) => matches!(*name, "null" | "duration" | "timestamp") || name.contains('.'),
            Type::Object(..) | Type::Optional(_) => true,
            _ => false,
        }
    }

    /// Counts the types that this type consists of, up to a limit.
    pub(super) fn weight(&self, most: usize) -> usize {
        if most == 0 {
            return 1;
        }
        match self {
            Type::Optional(inner) | Type::List(inner) | Type::Meta(Some(inner)) => 1 + inner.weight(most - 1),
            Type::Map(inner) => {
                let key = inner.0.weight(most - 1);
                1 + key + inner.1.weight((most - 1).saturating_sub(key))
            }
            _ => 1,
        }
    }
}

impl PartialEq for Type<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Type::Dyn, Type::Dyn) | (Type::Error, Type::Error) | (Type::Meta(None), Type::Meta(None)) => true,
            (Type::Leaf(name), Type::Leaf(other)) => name == other,
            (Type::Object(place, _), Type::Object(other, _)) => place == other,
            (Type::Optional(inner), Type::Optional(other))
            | (Type::List(inner), Type::List(other))
            | (Type::Meta(Some(inner)), Type::Meta(Some(other))) => Rc::ptr_eq(inner, other) || inner == other,
            (Type::Map(inner), Type::Map(other)) => Rc::ptr_eq(inner, other) || inner == other,
            (Type::Open(number), Type::Open(other)) => number == other,
            _ => false,
        }
    }
}

/// Formats a type as in cel-go's messages.
impl fmt::Display for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Dyn => f.write_str("dyn"),
            Type::Error => f.write_str("!error!"),
            Type::Leaf(name) => f.write_str(name),
            Type::Object(place, _) => f.write_str(place),
            Type::Optional(inner) => write!(f, "optional_type({inner})"),
            Type::List(inner) => write!(f, "list({inner})"),
            Type::Map(inner) => write!(f, "map({}, {})", inner.0, inner.1),
            Type::Meta(None) => f.write_str("type"),
            Type::Meta(Some(inner)) => write!(f, "type({inner})"),
            Type::Open(number) => write!(f, "_var{number}"),
        }
    }
}
