//! Validates values against a JSON Schema, `values.schema.json`, as Helm does.
//!
//! The schema is interpreted, not compiled. Its document is walked once to find the resources in it and to check the form
//! of its keywords; then the values are evaluated against it directly. No work is done for parts of the schema that the
//! values do not reach. Instances are not copied, so that every violation knows who set the value.
//!
//! | file | what it does |
//! |---|---|
//! | `draft`, `shape`, `keywords` | the keywords of each draft and the form of their values |
//! | `loader`, `document`, `registry`, `place` | documents, resources in them, references between them |
//! | `evaluate`, `objects`, `arrays`, `scalars`, `conditions` | the evaluation, keyword by keyword |
//! | `session`, `budget`, `costs`, `memo` | limits of an evaluation, and its cache |
//! | `types`, `number`, `format`, `instance`, `uri` | the types and formats that keywords refer to |
//! | `violation`, `report`, `wording` | violations, with Helm's messages |
//! | `view` | reading a schema for purposes other than validation |
//! | `wanted` | suggestions for values of the wrong type |

mod arrays;
mod budget;
mod conditions;
mod costs;
mod document;
mod draft;
mod error;
mod evaluate;
mod format;
mod instance;
mod keywords;
mod loader;
mod memo;
mod metaschema;
mod number;
mod objects;
mod path;
mod place;
mod registry;
mod report;
mod scalars;
mod session;
mod shape;
mod stack;
mod types;
mod uri;
mod view;
mod violation;
mod wanted;
mod wording;

pub use budget::Budget;
pub use draft::Draft;
pub use loader::{Offline, Resolver};
pub use report::{ChartValues, Rejection, SchemaError, check, check_chart};
pub use view::SchemaView;
pub use violation::{Violation, lines};

use crate::diagnostic::{Diagnostic, Source};
use crate::yaml::Node;
pub use registry::HasFormat;
use registry::Registry;

/// The URI that Helm assigns to a chart's schema, which appears in its messages.
const URL: &str = "file:///values.schema.json";

/// A schema that values can be checked against.
#[derive(Debug)]
pub struct Schema(Registry);

impl Schema {
    /// Parses a chart's `values.schema.json`.
    ///
    /// # Errors
    ///
    /// If it is not JSON, is not a valid schema of its draft, or has an unresolvable reference. The message is Helm's; the
    /// label is the place in the schema.
    pub fn parse(source: &Source) -> Result<Self, Diagnostic> {
        Self::from_document(loader::read_json(source)?, &Offline)
    }

    /// Creates a schema from a JSON document, with a resolver for its external references.
    ///
    /// # Errors
    ///
    /// As for [`Schema::parse`], except that the document is already parsed.
    pub fn from_document(document: Node, resolver: &dyn Resolver) -> Result<Self, Diagnostic> {
        Registry::new(URL, document, resolver, metaschema::check_form).map(Schema).map_err(|error| *error)
    }

    /// Returns the schema with custom formats, which are asserted whatever its draft says.
    #[must_use]
    pub fn with_formats(mut self, formats: HasFormat) -> Self {
        self.0.own_formats = Some(formats);
        self
    }

    /// Returns the violations of a value, as the entries of Helm's list (see [`lines`]); empty if there are none.
    /// `budget` limits all checks of a run together. If it cuts the list short, the last entry says how many more
    /// violations there are.
    ///
    /// # Errors
    ///
    /// If the check exceeds the budget: the place in the schema where it was aborted.
    pub fn validate(&self, instance: &Node, budget: &Budget) -> Result<Vec<Violation>, Diagnostic> {
        evaluate::evaluate_root(&self.0, instance.into(), budget).map_err(|error| *error)
    }

    /// Returns the schema document.
    pub fn document(&self) -> &Node {
        &self.0.documents[0].root
    }

    /// Returns the warnings about its references: those that Helm accepts without resolving them.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.0.warnings
    }

    fn registry(&self) -> &Registry {
        &self.0
    }
}
