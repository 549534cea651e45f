//! JSON Schema for values: `values.schema.json`, checked as Helm checks it.
//!
//! The schema is interpreted: the document that was read is walked once to find its resources and to look at the form
//! of its keywords, and then the values are held against it as it stands. Nothing is compiled that the values don't
//! meet; instances are not copied, so that every violation knows who set the value.
//!
//! | file | what it does |
//! |---|---|
//! | `draft`, `shape`, `keywords` | which keywords a draft knows, what their values look like |
//! | `loader`, `document`, `registry`, `place` | documents, resources in them, references between them |
//! | `evaluate`, `objects`, `arrays`, `scalars`, `conditions` | the evaluation, keyword by keyword |
//! | `session`, `budget`, `memo` | what an evaluation may take, and what it remembers |
//! | `types`, `number`, `format`, `instance`, `uri` | what keywords are about |
//! | `violation`, `report`, `wording` | what is wrong, as Helm says it |
//! | `view` | looking into a schema as it is written, for other purposes than validation |
//! | `wanted` | what to write instead of a value of another type |

mod arrays;
mod budget;
mod conditions;
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
pub use report::{ChartValues, check, check_one, check_verbatim};
pub use view::SchemaView;
pub use violation::{Violation, lines};

use crate::diagnostic::{Diagnostic, Source};
use crate::yaml::Node;
pub use registry::HasFormat;
use registry::Registry;

/// The URI under which Helm knows a chart's schema; its messages show it.
const URL: &str = "file:///values.schema.json";

/// A schema that values can be checked against.
#[derive(Debug)]
pub struct Schema(Registry);

impl Schema {
    /// Reads a chart's `values.schema.json`.
    ///
    /// # Errors
    ///
    /// If it is not JSON, no valid schema of its draft, or refers to something that isn't there; the message is Helm's,
    /// the label the place in the schema.
    pub fn parse(source: &Source) -> Result<Self, Diagnostic> {
        Self::from_document(loader::read_json(source)?, &Offline)
    }

    /// The schema that a JSON document is, with a resolver for what it refers to.
    ///
    /// # Errors
    ///
    /// As [`Schema::parse`], except that the document has been read already.
    pub fn from_document(document: Node, resolver: &dyn Resolver) -> Result<Self, Diagnostic> {
        Registry::new(URL, document, resolver, metaschema::check_form).map(Schema).map_err(|error| *error)
    }

    /// The same schema with formats of its own, whatever its draft says of formats.
    #[must_use]
    pub fn with_formats(mut self, formats: HasFormat) -> Self {
        self.0.own_formats = Some(formats);
        self
    }

    /// What is wrong with a value: the lines of Helm's list (see [`lines`]). Empty if nothing is. `budget` is what all
    /// checks of a run may take together; where the list ends before the violations do, its last line says how many more
    /// there are.
    ///
    /// # Errors
    ///
    /// If the check would take more than the budget has: the place in the schema where it was given up.
    pub fn validate(&self, instance: &Node, budget: &Budget) -> Result<Vec<Violation>, Diagnostic> {
        evaluate::evaluate_root(&self.0, instance.into(), budget).map_err(|error| *error)
    }

    /// The schema as it was read.
    pub fn document(&self) -> &Node {
        &self.0.documents[0].root
    }

    /// Warnings of its references: what Helm lets pass without looking.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.0.warnings
    }

    fn registry(&self) -> &Registry {
        &self.0
    }
}
