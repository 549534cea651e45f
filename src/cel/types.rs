//! The names of types in expressions.

/// The types that expressions can name: those of Kubernetes' libraries but for addresses have no names that the API server knows.
const TYPES: [&str; 15] = [
    "bool",
    "bytes",
    "double",
    "google.protobuf.Duration",
    "google.protobuf.Timestamp",
    "int",
    "list",
    "map",
    "net.CIDR",
    "net.IP",
    "null_type",
    "optional_type",
    "string",
    "type",
    "uint",
];

/// The type of a name.
pub(super) fn named(name: &str) -> Option<&'static str> {
    TYPES.into_iter().find(|known| *known == name)
}

/// Whether a name is that of a type, or the beginning of one.
pub(super) fn has_prefix(name: &str) -> bool {
    TYPES.iter().any(|known| known.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}
