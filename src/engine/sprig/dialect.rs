//! What differs on purpose between the functions of the template languages.

use crate::go::fmt;

/// Where functions cut a text whose lengths are counted in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// As Go does: anywhere, also within a character.
    Byte,
    /// At the next boundary between characters, so that a text stays one.
    Char,
}

/// What differs on purpose between the functions of Go templates and those of Tera templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// How values are printed.
    pub print: fmt::Dialect,
    /// Where texts are cut.
    pub cut: Cut,
}

impl Dialect {
    /// As Helm's functions are.
    pub const GO: Dialect = Dialect { print: fmt::Dialect::GO, cut: Cut::Byte };

    /// As in Tera templates: numbers stay as people write them for as long as they do in JSON, the whole numbers of values
    /// files are integers, which both kinds of verbs fit, and no character is cut in two.
    pub const TERA: Dialect =
        Dialect { print: fmt::Dialect { float_exponent_from: 21, whole_floats_are_ints: true }, cut: Cut::Char };
}
