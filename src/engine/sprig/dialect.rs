//! The intended differences between the functions of the template languages.

use crate::go::fmt;

/// Where functions cut a text whose length is counted in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Anywhere, even within a character, as Go does.
    Byte,
    /// Only between characters, so that the text stays valid.
    Char,
}

/// The intended differences between the functions of Go templates and those of Tera templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// How values are printed.
    pub print: fmt::Dialect,
    /// Where texts are cut.
    pub cut: Cut,
}

impl Dialect {
    /// The dialect of Helm's functions.
    pub const GO: Dialect = Dialect { print: fmt::Dialect::GO, cut: Cut::Byte };

    /// The dialect of Tera templates: numbers have an exponent only from where they have one in JSON, integers in
    /// values files stay integers and accept the verbs of floats as well, and no character is cut in two.
    pub const TERA: Dialect =
        Dialect { print: fmt::Dialect { float_exponent_from: 21, whole_floats_are_ints: true }, cut: Cut::Char };
}
