//! The content of files.

use std::ops::Deref;
use std::sync::Arc;

use crate::diagnostic::Source;

/// The content of a file, byte for byte.
///
/// ```
/// use mim_chart::chart::Content;
///
/// let content = Content::from(b"a: 1".to_vec());
/// assert_eq!(content.clone().shared(), content);
/// ```
#[derive(Debug, Clone)]
pub enum Content {
    /// Part of the program, see [`Chart::is_built_in`](super::Chart::is_built_in).
    BuiltIn(&'static [u8]),
    /// Content that was read.
    Read(Vec<u8>),
    /// Content that was read and is shared by all clones: templates may receive megabytes of files.
    Shared(Arc<Vec<u8>>),
    /// The text of a template, see [`Chart::template_sources`](super::Chart::template_sources).
    Template(Source),
}

impl Content {
    /// Returns the bytes, which are copied only if they are part of the program or shared.
    pub fn into_vec(self) -> Vec<u8> {
        match self {
            Content::Read(bytes) => bytes,
            other => other.to_vec(),
        }
    }

    /// Returns the text as a source that is named `shown`, unless it is one.
    pub(super) fn into_source(self, shown: String) -> Source {
        match self {
            Content::Template(source) => source,
            other => Source::file_of_bytes(shown, other.into_vec()),
        }
    }

    /// Returns the same content in a form that is cheap to clone.
    #[must_use]
    pub fn shared(self) -> Content {
        match self {
            Content::Read(bytes) => Content::Shared(Arc::new(bytes)),
            other => other,
        }
    }
}

impl Deref for Content {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Content::BuiltIn(bytes) => bytes,
            Content::Read(bytes) => bytes,
            Content::Shared(bytes) => bytes,
            Content::Template(source) => source.bytes(),
        }
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Content {
        Content::Read(bytes)
    }
}

impl From<&'static [u8]> for Content {
    fn from(bytes: &'static [u8]) -> Content {
        Content::BuiltIn(bytes)
    }
}

/// Contents are equal if their bytes are.
impl PartialEq for Content {
    fn eq(&self, other: &Content) -> bool {
        **self == **other
    }
}

impl Eq for Content {}
