//! The types that a schema declares for data, as expressions see them.

use std::sync::Arc;

/// The type of data, as a structural schema of a CustomResourceDefinition declares it.
#[derive(Debug, Clone)]
pub struct Shape {
    /// The kind of the data.
    pub kind: Kind,
    /// Whether the data may be null.
    pub is_nullable: bool,
}

/// The kind of data.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A string or an integer.
    IntOrString,
    /// A string.
    String,
    /// A base64 string, read as bytes.
    Bytes,
    /// A string that holds a duration.
    Duration,
    /// A string that holds a date.
    Date,
    /// A string that holds a date and a time.
    DateTime,
    /// A boolean.
    Bool,
    /// A floating-point number.
    Double,
    /// An integer.
    Int,
    /// A list.
    List(Arc<Shape>, ListType),
    /// A map with arbitrary keys.
    Map(Arc<Shape>),
    /// An object with declared fields.
    Object(Vec<Field>),
    /// Data without a schema: it can only be compared.
    Unknown,
}

/// A field of an object.
#[derive(Debug, Clone)]
pub struct Field {
    /// The field's name in expressions; see [`escaped`].
    pub escaped: String,
    /// The field's name in data.
    pub name: String,
    /// The type of the field's value.
    pub shape: Arc<Shape>,
}

/// How the items of a list are identified (`x-kubernetes-list-type`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ListType {
    /// By position.
    #[default]
    Atomic,
    /// By value: the order does not matter.
    Set,
    /// By the values of these fields: the order does not matter.
    Map(Vec<String>),
}

impl Shape {
    /// Returns a type that does not allow null.
    pub fn new(kind: Kind) -> Shape {
        Shape { kind, is_nullable: false }
    }
}

/// Reserved words, which are not usable as field names in expressions unless escaped.
const RESERVED: [&str; 21] = [
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// Whether a name is a reserved word of the language, which no variable can have.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// Returns a field's name in expressions, as Kubernetes escapes it, or `None` if it cannot be used there.
///
/// ```
/// use mim_chart::cel::escaped;
/// assert_eq!(escaped("app.kubernetes.io/name").as_deref(), Some("app__dot__kubernetes__dot__io__slash__name"));
/// assert_eq!(escaped("namespace").as_deref(), Some("__namespace__"));
/// assert_eq!(escaped("a b"), None);
/// ```
pub fn escaped(name: &str) -> Option<String> {
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if RESERVED.contains(&name) {
        return Some(format!("__{name}__"));
    }
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(c) = rest.chars().next() {
        let (part, taken) = match c {
            '_' if rest.starts_with("__") => ("__underscores__", 2),
            '.' => ("__dot__", 1),
            '-' => ("__dash__", 1),
            '/' => ("__slash__", 1),
            c if c.is_ascii_alphanumeric() || c == '_' => (&rest[..1], 1),
            _ => return None,
        };
        out.push_str(part);
        rest = &rest[taken..];
    }
    Some(out)
}
