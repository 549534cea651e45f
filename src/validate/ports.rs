//! Numbers and names of ports, of containers and Services alike.

use super::report::Report;
use crate::diagnostic::Span;
use crate::kubernetes::{FieldPath, names};
use crate::yaml::Node;

/// Checks the number of a port; 0 may stand for none.
pub(super) fn port_number(node: Option<&Node>, path: &FieldPath, zero_is_none: bool, report: &mut Report<'_>) {
    let Some((node, number)) = node.and_then(|node| Some((node, node.value.as_number()?))) else { return };
    let is_none = zero_is_none && number == 0.0;
    if !is_none && !(1.0..=65535.0).contains(&number) {
        report.error(
            "port",
            path,
            format!("Invalid value: {number}: must be between 1 and 65535, inclusive"),
            &node.span,
        );
    }
}

/// Checks the name of a port.
pub(super) fn port_name(name: &str, path: &FieldPath, span: &Span, report: &mut Report<'_>) {
    if !name.is_empty() && !names::is_port_name(name) {
        let message = format!(
            "Invalid value: {name:?}: a port's name has at most 15 small letters, digits and single hyphens, and a letter"
        );
        report.error("port", path, message, span);
    }
}
