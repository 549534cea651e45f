//! What a schema says of data: which types its values have in expressions.

use std::sync::Arc;

/// The type of data, as a structural schema of a CustomResourceDefinition declares it.
#[derive(Debug, Clone)]
pub struct Shape {
    /// What it is.
    pub kind: Kind,
    /// Whether it may be null.
    pub is_nullable: bool,
}

/// What data is.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A text or a whole number.
    IntOrString,
    /// A text.
    String,
    /// A text in base64, which stands for bytes.
    Bytes,
    /// A text that is a duration.
    Duration,
    /// A text that is a date.
    Date,
    /// A text that is a date with a time.
    DateTime,
    /// A boolean.
    Bool,
    /// A number.
    Double,
    /// A whole number.
    Int,
    /// A list.
    List(Arc<Shape>, Sort),
    /// A map with any keys.
    Map(Arc<Shape>),
    /// An object with fields that are known.
    Object(Vec<Field>),
    /// Data without a schema: it can only be compared.
    Unknown,
}

/// A field of an object.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name in expressions.
    pub escaped: String,
    /// Its name in data.
    pub name: String,
    /// What it holds.
    pub shape: Arc<Shape>,
}

/// What tells the items of a list from each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Sort {
    /// Their places.
    #[default]
    Atomic,
    /// Their values: the order does not matter.
    Set,
    /// The values of these fields: the order does not matter.
    Map(Vec<String>),
}

impl Shape {
    /// A type that cannot be null.
    pub fn of(kind: Kind) -> Shape {
        Shape { kind, is_nullable: false }
    }
}

/// Names that cannot be those of fields in expressions.
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

/// Whether a name is a word of the language, so that no variable can have it.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// The name that a field has in expressions, as Kubernetes escapes it; none if it cannot be used there.
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
