//! The drafts of JSON Schema, and which keywords each one has.

/// A draft of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Draft {
    /// Draft 4, in which `exclusiveMinimum` is a boolean.
    Draft4,
    /// Draft 6.
    Draft6,
    /// Draft 7, the last one in which `format` is asserted.
    Draft7,
    /// Draft 2019-09.
    Draft2019,
    /// Draft 2020-12, the default for schemas without `$schema`.
    Draft2020,
}

impl Draft {
    /// Returns the draft that `$schema` names, if it is one of the specification's own. A non-empty fragment makes
    /// it another URI.
    pub fn of_uri(uri: &str) -> Option<Self> {
        let uri = uri.strip_suffix('#').unwrap_or(uri);
        let name = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://")).unwrap_or(uri);
        match name.strip_prefix("json-schema.org/")? {
            "draft-04/schema" => Some(Draft::Draft4),
            "draft-06/schema" => Some(Draft::Draft6),
            "draft-07/schema" => Some(Draft::Draft7),
            "draft/2019-09/schema" => Some(Draft::Draft2019),
            "draft/2020-12/schema" | "schema" => Some(Draft::Draft2020),
            _ => None,
        }
    }

    /// Returns the URI of its metaschema, without a fragment.
    pub fn metaschema(self) -> &'static str {
        match self {
            Draft::Draft4 => "http://json-schema.org/draft-04/schema",
            Draft::Draft6 => "http://json-schema.org/draft-06/schema",
            Draft::Draft7 => "http://json-schema.org/draft-07/schema",
            Draft::Draft2019 => "https://json-schema.org/draft/2019-09/schema",
            Draft::Draft2020 => "https://json-schema.org/draft/2020-12/schema",
        }
    }

    /// Returns the keyword that sets a schema's URI.
    pub(super) fn id_keyword(self) -> &'static str {
        if self == Draft::Draft4 { "id" } else { "$id" }
    }
}

/// A set of vocabularies, which are groups of keywords that a metaschema can disable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Vocabularies(u8);

impl Vocabularies {
    pub(super) const CORE: Self = Vocabularies(1);
    pub(super) const APPLICATOR: Self = Vocabularies(2);
    pub(super) const UNEVALUATED: Self = Vocabularies(4);
    pub(super) const VALIDATION: Self = Vocabularies(8);
    pub(super) const FORMAT_ASSERTION: Self = Vocabularies(16);

    /// Returns the vocabularies that a draft asserts by default: all of them, except that `format` is asserted only
    /// up to draft 7.
    pub(super) const fn default_of(draft: Draft) -> Self {
        match draft {
            Draft::Draft4 | Draft::Draft6 | Draft::Draft7 => Vocabularies(31),
            Draft::Draft2019 | Draft::Draft2020 => Vocabularies(15),
        }
    }

    /// Returns the vocabulary with a URI: `None` if the draft does not have it, the empty set if it asserts nothing.
    pub(super) fn of_uri(draft: Draft, uri: &str) -> Option<Self> {
        let prefix = match draft {
            Draft::Draft2019 => "https://json-schema.org/draft/2019-09/vocab/",
            Draft::Draft2020 => "https://json-schema.org/draft/2020-12/vocab/",
            _ => return None,
        };
        Some(match (uri.strip_prefix(prefix)?, draft) {
            ("core", _) => Self::CORE,
            ("applicator", Draft::Draft2019) => Self::APPLICATOR.and(Self::UNEVALUATED),
            ("applicator", _) => Self::APPLICATOR,
            ("unevaluated", Draft::Draft2020) => Self::UNEVALUATED,
            ("validation", _) => Self::VALIDATION,
            ("format", Draft::Draft2019) | ("format-assertion", Draft::Draft2020) => Self::FORMAT_ASSERTION,
            ("meta-data" | "content", _) | ("format-annotation", Draft::Draft2020) => Vocabularies(0),
            _ => return None,
        })
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Vocabularies(self.0 | other.0)
    }

    const fn contain(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// How a schema is interpreted: its draft, and the vocabularies that its metaschema enables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) draft: Draft,
    pub(super) vocabularies: Vocabularies,
}

impl Dialect {
    pub(super) const fn for_draft(draft: Draft) -> Self {
        Dialect { draft, vocabularies: Vocabularies::default_of(draft) }
    }

    /// Whether a keyword of the drafts `since..=until` and of the given vocabulary applies.
    pub(super) fn knows(self, since: Draft, until: Draft, vocabulary: Vocabularies) -> bool {
        (since..=until).contains(&self.draft) && self.vocabularies.contain(vocabulary)
    }
}
