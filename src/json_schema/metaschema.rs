//! Validates a schema against the metaschema of its draft.

use super::document::Document;
use super::draft::{Dialect, Draft};
use super::error::error;
use super::evaluate::evaluate_root;
use super::loader::{Loader, Offline};
use super::path::location;
use super::registry::Registry;
use super::violation::{Violation, lines};
use super::wording::quote;
use crate::diagnostic::Diagnostic;
use crate::go::strconv::quote_double;
use crate::yaml::Node;

/// The cost of reading a metaschema, in budget steps.
const STEPS_OF_A_METASCHEMA: usize = 10_000;

/// Validates a suspicious schema against its metaschema.
pub(super) fn check_form(
    document: &Document,
    schema: &Node,
    path: &[String],
    dialect: Dialect,
    loader: &Loader<'_>,
) -> Result<(), Box<Diagnostic>> {
    if document.url.starts_with("http://json-schema.org/") || document.url.starts_with("https://json-schema.org/") {
        return Ok(());
    }
    loader.charge(STEPS_OF_A_METASCHEMA, schema)?;
    let metaschema = metaschema(dialect.draft)?;
    let violations = evaluate_root(&metaschema, schema.into(), &loader.budget)
        .map_err(|given_up| error(given_up.message, &schema.span))?;
    if violations.is_empty() {
        return Ok(());
    }
    let place = quote_double(&location(&document.url, path));
    let judge = quote(&format!("{}#", dialect.draft.metaschema()));
    let lines = lines(&violations);
    let message = format!(
        "{place} is not valid against metaschema: jsonschema validation failed with {judge}\n{}",
        lines.trim_end_matches('\n')
    );
    let mut refused = Diagnostic::error("schema", message);
    Violation::label(&violations, &mut refused);
    Err(Box::new(refused))
}

/// Returns the metaschema of a draft.
fn metaschema(draft: Draft) -> Result<Registry, Box<Diagnostic>> {
    let url = draft.metaschema();
    let root = Loader::new(&Offline).load(url, &Node::default())?;
    let mut registry = Registry::new(url, Node::clone(&root), &Offline, check_form)?;
    registry.asserts_formats = true;
    Ok(registry)
}
