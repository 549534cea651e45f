//! The findings about an object.

use crate::diagnostic::{Diagnostic, Severity, Span, printable};
use crate::kubernetes::{FieldPath, Object};
use crate::report::Finding;
use crate::yaml::Map;

/// Collects the findings about an object.
pub(super) struct Report<'a> {
    /// The object's name in messages: its kind and name, preceded by its namespace if it has one.
    pub(super) object: &'a str,
    /// Whether messages begin with the object's name.
    pub(super) is_named: bool,
    /// Its index among the objects with the same name, from 0.
    pub(super) nth: usize,
    pub(super) kind: &'a str,
    /// The template or file that it comes from.
    pub(super) origin: &'a str,
    /// The place of findings that have no better one.
    pub(super) object_span: Span,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Report<'a> {
    /// Creates an empty report for an object with the given name in messages.
    pub(super) fn new(object: &'a Object, name: &'a str, nth: usize) -> Self {
        Report {
            object: name,
            is_named: true,
            nth,
            kind: &object.id.kind,
            origin: &object.origin,
            object_span: object.span.clone(),
            findings: Vec::new(),
        }
    }

    pub(super) fn report(
        &mut self,
        severity: Severity,
        rule: &'static str,
        path: &FieldPath,
        message: String,
        place: &Span,
    ) -> &mut Finding {
        let path = path.to_string();
        let field = if path.is_empty() { String::new() } else { format!("{path}: ") };
        let place = if place.source().is_some() { place } else { &self.object_span };
        let is_elsewhere = place.source().is_some_and(|source| source.name() != self.origin);
        let origin = if is_elsewhere { format!("from {}", self.origin) } else { String::new() };
        let object = if self.is_named { format!("{}: ", self.object) } else { String::new() };
        let message = format!("{object}{field}{message}");
        let diagnostic = Diagnostic::new(severity, rule, printable(&message)).at(place.clone(), origin);
        let file = is_elsewhere.then(|| self.origin.to_owned());
        self.findings.push(Finding { object: self.object.to_owned(), nth: self.nth, path, diagnostic, file });
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }

    pub(super) fn error(
        &mut self,
        rule: &'static str,
        path: &FieldPath,
        message: String,
        place: &Span,
    ) -> &mut Finding {
        self.report(Severity::Error, rule, path, message, place)
    }
}

/// Returns the place of an object's kind, for findings about the object as a whole.
pub(super) fn head(fields: &Map, object_span: &Span) -> Span {
    let places = ["kind", "apiVersion"].iter().filter_map(|key| fields.get(key));
    places.map(|node| node.span.clone()).find(|span| span.source().is_some()).unwrap_or_else(|| object_span.clone())
}
