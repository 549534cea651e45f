//! The title of an object in a comparison.

use crate::diagnostic::printable;
use crate::kubernetes::Id;

/// Returns `StatefulSet mongooseim (apps/v1)`.
pub(super) fn title(id: &Id) -> String {
    let namespace = if id.namespace.is_empty() { String::new() } else { format!(" in {}", id.namespace) };
    printable(&format!("{} {}{namespace} ({})", id.kind, id.name, id.api_version)).into_owned()
}
