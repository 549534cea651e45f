//! The files and templates of a chart.

use super::content::Content;
use crate::diagnostic::Source;

/// The UTF-8 byte order mark, which is stripped from every file.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A file of a chart, before it is interpreted.
#[derive(Debug, Clone)]
pub struct File {
    /// Its path below the chart's folder, with `/` on every platform: `templates/x.yaml`.
    pub path: String,
    /// The path as the user knows it, for messages: `charts/mongooseim/templates/x.yaml`.
    pub shown: String,
    /// Its content.
    pub bytes: Content,
}

impl File {
    /// Creates a file that the user knows by its path below the chart's folder.
    pub fn new(path: impl Into<String>, bytes: impl Into<Content>) -> File {
        let path = path.into();
        File { shown: path.clone(), path, bytes: bytes.into() }
    }

    /// Returns its content without a byte order mark.
    pub fn bytes_without_mark(&self) -> &[u8] {
        self.bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&self.bytes)
    }

    /// Returns the same file with content that is cheap to clone.
    #[must_use]
    pub(super) fn shared(self) -> File {
        File { bytes: self.bytes.shared(), ..self }
    }
}

/// A template of a chart.
#[derive(Debug, Clone)]
pub struct Template {
    /// Its path below the chart's folder: `templates/x.yaml`.
    pub path: String,
    /// Its text.
    pub source: Source,
}
