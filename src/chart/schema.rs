//! A chart's values.schema.json.

use std::sync::{Arc, OnceLock};

use crate::diagnostic::{Diagnostic, Source};
use crate::json_schema::Schema;

/// A chart's values.schema.json: its text, and the schema, which is parsed once for all copies of the chart.
#[derive(Debug, Clone)]
pub struct SchemaFile {
    source: Source,
    parsed: Arc<OnceLock<Result<Schema, Diagnostic>>>,
}

impl SchemaFile {
    /// Returns the schema with this text.
    pub fn new(source: Source) -> SchemaFile {
        SchemaFile { source, parsed: Arc::default() }
    }

    /// Returns its text.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Parses the schema when it is first needed.
    ///
    /// # Errors
    /// Those of [`Schema::parse`].
    pub fn parsed(&self) -> Result<&Schema, &Diagnostic> {
        self.parsed.get_or_init(|| Schema::parse(&self.source)).as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_share_the_parsed_schema() {
        let schema = SchemaFile::new(Source::file("values.schema.json", "{}"));
        let copy = schema.clone();
        assert!(std::ptr::eq(schema.parsed().unwrap(), copy.parsed().unwrap()));
    }
}
