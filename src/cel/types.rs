//! The type names that expressions can use.

/// The type names that the API server knows. Of the types of Kubernetes' libraries, only addresses and networks have one.
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

/// Returns the type with this name.
pub(super) fn named(name: &str) -> Option<&'static str> {
    TYPES.into_iter().find(|known| *known == name)
}

/// Whether `name` is a type name or a dotted prefix of one.
pub(super) fn has_prefix(name: &str) -> bool {
    TYPES.iter().any(|known| known.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}
