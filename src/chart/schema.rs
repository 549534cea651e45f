//! A chart's values.schema.json.

use std::sync::{Arc, OnceLock};

use crate::diagnostic::{Diagnostic, Source};
use crate::json_schema::Schema;

/// A chart's values.schema.json: its text, and the schema, which is parsed once for all copies of the chart.
#[derive(Debug, Clone)]
pub struct SchemaFile(Arc<(Source, OnceLock<Result<Schema, Diagnostic>>)>);

impl SchemaFile {
    /// Returns the schema with this text.
    pub fn new(source: Source) -> SchemaFile {
        SchemaFile(Arc::new((source, OnceLock::new())))
    }

    /// Returns its text.
    pub fn source(&self) -> &Source {
        &self.0.0
    }

    /// Parses the schema when it is first needed.
    ///
    /// # Errors
    /// Those of [`Schema::parse`].
    pub fn parsed(&self) -> Result<&Schema, &Diagnostic> {
        self.0.1.get_or_init(|| Schema::parse(self.source())).as_ref()
    }
}
