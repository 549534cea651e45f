//! The rules that a row of a table can contain, and the object that they are applied to.

use crate::diagnostic::{Severity, Span, printable};
use crate::json;
use crate::kubernetes::{FieldPath, PathStep, quantity};
use crate::report::Finding;
use crate::validate::fields::{has, is_set, is_true, items, number, text};
use crate::validate::report::Report;
use crate::yaml::{Map, Node, Value};

/// How many of the last findings a new one is compared with. Those about a field are next to each other.
const MAX_COMPARED: usize = 50;

/// A rule for a field of a type.
pub(super) struct Row {
    /// The end of the type's name.
    pub(super) type_name: &'static str,
    /// The field; empty if the rule applies to the whole object.
    pub(super) field: &'static str,
    pub(super) rule: Rule,
}

/// The check of a rule.
pub(super) enum Rule {
    /// A number must be between these two, inclusive.
    Between(i64, i64),
    /// A number must be at least this.
    AtLeast(i64),
    /// A number must have this property; the message is reported otherwise.
    Number(fn(i64) -> bool, &'static str),
    /// A string must be one of these, or empty.
    OneOf(&'static [&'static str]),
    /// A string must be one of these, even if it is empty.
    Choice(&'static [&'static str]),
    /// A string must have this form, even if it is empty; the message is reported otherwise.
    FormIfSet(fn(&str) -> bool, &'static str),
    /// A string must have this form or be empty; the message is reported otherwise.
    Form(fn(&str) -> bool, &'static str),
    /// Every item of a list of strings must have this form; the message is reported otherwise.
    Items(fn(&str) -> bool, &'static str),
    /// Every item of a list of strings must be one of these.
    ItemsOf(&'static [&'static str]),
    /// A field must not be empty.
    Required(&'static str),
    /// A quantity must not be negative.
    Quantity,
    /// No quantity in a map may be negative.
    Quantities,
    /// A map must contain valid labels.
    Labels,
    /// Any other check.
    Whole(fn(&mut Place<'_, '_, '_>)),
}

pub(super) const fn row(type_name: &'static str, field: &'static str, rule: Rule) -> Row {
    Row { type_name, field, rule }
}

pub(super) const NOT_NEGATIVE: &str = "must be greater than or equal to 0";
pub(super) const I32: i64 = i32::MAX as i64;

impl Row {
    pub(super) fn check(&self, at: &mut Place<'_, '_, '_>) {
        let field = self.field;
        match &self.rule {
            Rule::Between(least, most) => {
                if at.number(field).is_some_and(|number| number < *least || number > *most) {
                    at.invalid(field, &format!("must be between {least} and {most}, inclusive"));
                }
            }
            Rule::AtLeast(least) => {
                if at.number(field).is_some_and(|number| number < *least) {
                    at.invalid(field, &format!("must be greater than or equal to {least}"));
                }
            }
            Rule::Number(is_right, message) => {
                if at.number(field).is_some_and(|number| !is_right(number)) {
                    at.invalid(field, message);
                }
            }
            Rule::OneOf(choices) => at.one_of(field, choices),
            Rule::Form(form, message) => {
                if !at.text(field).is_empty() && !form(at.text(field)) {
                    at.invalid(field, message);
                }
            }
            Rule::Items(form, message) => {
                for (index, _) in at.indexed_texts(field).into_iter().filter(|(_, text)| !form(text)) {
                    at.invalid_item(field, index, message);
                }
            }
            Rule::ItemsOf(choices) => {
                for (index, text) in at.indexed_texts(field).into_iter().filter(|(_, text)| !choices.contains(text)) {
                    let path = at.path.field(field).with(PathStep::Index(index));
                    at.unsupported(&path, text, choices, at.list(field).get(index).map(|node| &node.span));
                }
            }
            Rule::Choice(choices) => at.choice(field, choices),
            Rule::FormIfSet(form, message) => {
                let text = at.fields.get(field).and_then(|node| node.value.as_str());
                if text.is_some_and(|text| !form(text)) {
                    at.invalid(field, message);
                }
            }
            Rule::Required(message) => {
                if !at.has(field) {
                    at.required(field, message);
                }
            }
            Rule::Quantity => {
                if at.fields.get(field).and_then(|node| quantity(&node.value)).is_some_and(|amount| amount < 0) {
                    at.invalid(field, NOT_NEGATIVE);
                }
            }
            Rule::Quantities => {
                let Some(map) = at.map(field) else { return };
                for (name, node) in map.iter() {
                    if quantity(&node.value).is_some_and(|amount| amount < 0) {
                        let path = at.path.field(field).field(name);
                        at.invalid_at(&path, node, NOT_NEGATIVE);
                    }
                }
            }
            Rule::Labels => {
                let path = at.path.field(field);
                crate::validate::metadata::label_values(at.fields.get(field), &path, at.report);
            }
            Rule::Whole(check) => check(at),
        }
    }
}

/// An object of a type, with its path, its place and the report.
pub(super) struct Place<'a, 'r, 'f> {
    pub(super) fields: &'a Map,
    pub(super) path: &'a FieldPath,
    pub(super) span: &'a Span,
    pub(super) report: &'r mut Report<'f>,
}

impl<'a, 'f> Place<'a, '_, 'f> {
    /// Returns a string; empty if there is none.
    pub(super) fn text(&self, field: &str) -> &'a str {
        text(self.fields, field)
    }

    /// Returns a number; `None` if the field is missing or null.
    pub(super) fn number(&self, field: &str) -> Option<i64> {
        number(self.fields, field)
    }

    pub(super) fn is_true(&self, field: &str) -> bool {
        is_true(self.fields, field)
    }

    pub(super) fn map(&self, field: &str) -> Option<&'a Map> {
        self.fields.map_at(&[field])
    }

    pub(super) fn list(&self, field: &str) -> &'a [Node] {
        self.fields.list_at(&[field])
    }

    /// Returns the strings of a list with their indices. A null is an empty string.
    pub(super) fn indexed_texts(&self, field: &str) -> Vec<(usize, &'a str)> {
        let text = |node: &'a Node| if node.value.is_null() { Some("") } else { node.value.as_str() };
        self.list(field).iter().enumerate().filter_map(|(index, node)| Some((index, text(node)?))).collect()
    }

    /// Returns the strings of a list. A null is an empty string.
    pub(super) fn texts(&self, field: &str) -> Vec<&'a str> {
        self.indexed_texts(field).into_iter().map(|(_, text)| text).collect()
    }

    /// Returns the objects of a list with their paths.
    pub(super) fn items(&self, field: &str) -> Vec<(FieldPath, &'a Map)> {
        items(self.fields, field, self.path)
    }

    pub(super) fn is_set(&self, field: &str) -> bool {
        is_set(self.fields, field)
    }

    pub(super) fn has(&self, field: &str) -> bool {
        has(self.fields, field)
    }

    /// Checks that only one member of a union is set: the one that the text of the field `choice` selects. Returns its field, if
    /// the text selects any.
    pub(super) fn union(
        &mut self,
        choice: &str,
        members: &[(&str, &'static str)],
        message: &str,
    ) -> Option<&'static str> {
        let (_, chosen) = members.iter().find(|(name, _)| *name == self.text(choice))?;
        for (_, member) in members.iter().filter(|(_, member)| member != chosen) {
            if self.is_set(member) {
                self.forbidden(member, message);
            }
        }
        Some(chosen)
    }

    /// Returns an object inside this one. Findings about it as a whole are at its first key.
    pub(super) fn nested<'i>(&mut self, fields: &'i Map, path: &'i FieldPath) -> Place<'i, '_, 'f>
    where
        'a: 'i,
    {
        let span = fields.entries().next().map_or(self.span, |(_, entry)| &entry.key);
        Place { fields, path, span, report: self.report }
    }

    /// Returns those of the named fields that are set.
    pub(super) fn fields_set<'n>(&self, names: &[&'n str]) -> Vec<&'n str> {
        names.iter().copied().filter(|name| self.is_set(name)).collect()
    }

    /// Whether the whole object that is being checked is of this kind.
    pub(super) fn is_in(&self, kind: &str) -> bool {
        self.report.kind == kind
    }

    /// Returns the path of a field; an empty name means the object itself.
    fn path_of(&self, field: &str) -> FieldPath {
        if field.is_empty() { self.path.clone() } else { self.path.field(field) }
    }

    pub(super) fn invalid(&mut self, field: &str, message: &str) {
        let path = self.path_of(field);
        match self.fields.get(field) {
            Some(node) => self.invalid_at(&path, node, message),
            None => self.report_once("value", &path, format!("Invalid value: {message}"), None),
        }
    }

    pub(super) fn invalid_item(&mut self, field: &str, index: usize, message: &str) {
        let path = self.path.field(field).with(PathStep::Index(index));
        if let Some(node) = self.list(field).get(index) {
            self.invalid_at(&path, node, message);
        }
    }

    /// Reports an invalid value at a path.
    pub(super) fn invalid_at(&mut self, path: &FieldPath, node: &Node, message: &str) {
        let message = format!("Invalid value: {}: {message}", shown(&node.value));
        self.report_once("value", path, message, Some(&node.span));
    }

    /// Reports an invalid key of a map.
    pub(super) fn invalid_key(&mut self, path: &FieldPath, key: &str, span: &Span, message: &str) {
        self.report_once("value", path, format!("Invalid value: {key:?}: {message}"), Some(span));
    }

    pub(super) fn forbidden(&mut self, field: &str, message: &str) {
        let path = self.path_of(field);
        let span = self.fields.entry(field).map(|entry| &entry.key);
        self.report_once("value", &path, format!("Forbidden: {message}"), span);
    }

    pub(super) fn forbidden_at(&mut self, path: &FieldPath, message: &str) {
        self.report_once("value", path, format!("Forbidden: {message}"), None);
    }

    /// Reports an invalid value that is missing, or that is not shown.
    pub(super) fn invalid_missing(&mut self, path: &FieldPath, message: &str) {
        self.report_once("value", path, format!("Invalid value: {message}"), None);
    }

    pub(super) fn too_many(&mut self, path: &FieldPath, most: usize) {
        self.report_once("range", path, format!("Too many: must have at most {most} items"), None);
    }

    pub(super) fn required(&mut self, field: &str, message: &str) {
        let path = self.path_of(field);
        self.required_at(&path, message);
    }

    pub(super) fn required_at(&mut self, path: &FieldPath, message: &str) {
        let colon = if message.is_empty() { "" } else { ": " };
        self.report_once("required", path, format!("Required value{colon}{message}"), None);
    }

    /// Reports that a field repeats an earlier value. An empty name means the object itself.
    pub(super) fn duplicate(&mut self, field: &str, value: &str) {
        let path = self.path_of(field);
        let span = self.fields.get(field).map(|node| &node.span);
        self.report_once("duplicate", &path, format!("Duplicate value: {value:?}"), span);
    }

    pub(super) fn duplicate_at(&mut self, path: &FieldPath, value: &str) {
        self.report_once("duplicate", path, format!("Duplicate value: {value:?}"), None);
    }

    pub(super) fn too_long(&mut self, path: &FieldPath, most: usize) {
        self.report_once("range", path, format!("Too long: may not be more than {most} bytes"), None);
    }

    /// Reports that a string refers to something that does not exist.
    pub(super) fn not_found(&mut self, path: &FieldPath, name: &str, span: &Span, near: Option<&str>) {
        let finding = self.report.error("not-found", path, format!("Not found: {name:?}"), span);
        if let Some(near) = near {
            finding.help(format!("did you mean {near}?"));
        }
    }

    /// Reports that a selector requires a label value that the pods do not have.
    pub(super) fn labels_differ(&mut self, path: &FieldPath, key: &str, value: &Node) {
        let wanted = format!("{key}={}", value.value.as_str().unwrap_or_default());
        let message =
            format!("Invalid value: `selector` does not match template `labels`: the pods have no label {wanted}");
        self.report_once("value", path, message, Some(&value.span));
    }

    /// Warns about something that a server refuses only with certain settings.
    pub(super) fn warn(&mut self, field: &str, message: &str) {
        let path = self.path.field(field);
        let span = self.fields.get(field).map_or(self.span, |node| &node.span);
        self.report.report(Severity::Warning, "value", &path, message.to_owned(), span);
    }

    /// Reports an invalid value without showing it, because it is secret.
    pub(super) fn redacted(&mut self, path: &FieldPath, message: &str) {
        self.report_once("value", path, format!("Invalid value: \"<secret contents redacted>\": {message}"), None);
    }

    /// Checks that the text of a field is one of the choices, or empty.
    pub(super) fn one_of(&mut self, field: &str, choices: &[&str]) {
        let text = self.text(field);
        if !text.is_empty() {
            self.choice(field, choices);
        }
    }

    pub(super) fn unsupported_at(&mut self, path: &FieldPath, text: &str, choices: &[&str]) {
        self.unsupported(path, text, choices, None);
    }

    /// Reports that a string at a place is not supported.
    pub(super) fn unsupported(&mut self, path: &FieldPath, text: &str, choices: &[&str], span: Option<&Span>) {
        let message = format!("Unsupported value: {text:?}: supported values: {}", choices.join(", "));
        self.report_once("choice", path, message, span);
    }

    /// Checks that the text of a field is one of the choices, even if it is empty.
    pub(super) fn choice(&mut self, field: &str, choices: &[&str]) {
        if let Some((text, span)) = self.fields.text_entry(field).filter(|(text, _)| !choices.contains(text)) {
            self.unsupported(&self.path.field(field), text, choices, Some(span));
        }
    }

    /// Checks that at most one of the named fields is set.
    pub(super) fn at_most_one(&mut self, names: &[&str], message: &str) {
        for name in self.fields_set(names).into_iter().skip(1) {
            self.forbidden(name, message);
        }
    }

    fn report_once(&mut self, rule: &'static str, path: &FieldPath, message: String, span: Option<&Span>) {
        // Two rows of the tables may find the same, and the type of a field may already say that it is required.
        let (path_text, shown) = (path.to_string(), printable(&message));
        let is_same = |found: &Finding| {
            let known = &found.diagnostic;
            found.path == path_text && known.code == rule && (rule == "required" || known.message.ends_with(&*shown))
        };
        let is_known = self.report.findings.iter().rev().take(MAX_COMPARED).any(is_same);
        if !is_known {
            let span = span.or_else(|| self.nearest(path)).unwrap_or(self.span);
            self.report.error(rule, path, message, span);
        }
    }

    /// Returns the key or item that is nearest to a path below this object.
    fn nearest(&self, path: &FieldPath) -> Option<&'a Span> {
        let (mut node, mut nearest): (Option<&Node>, _) = (None, None);
        for step in path.0.strip_prefix(self.path.0.as_slice())? {
            let span = match step {
                PathStep::Field(name) => {
                    let map = node.map_or(Some(self.fields), |node| node.value.as_map());
                    let Some(entry) = map.and_then(|map| map.entry(name)) else { break };
                    node = Some(&entry.node);
                    &entry.key
                }
                PathStep::Index(index) => {
                    node = node.and_then(|node| node.value.as_list()?.get(*index));
                    let Some(node) = node else { break };
                    &node.span
                }
                PathStep::Item(_) => break,
            };
            nearest = Some(span).filter(|span| span.source().is_some()).or(nearest);
        }
        nearest
    }
}

/// Returns a value as the API server shows it.
fn shown(value: &Value) -> String {
    const MAX: usize = 200;
    let mut text = json::write(value);
    if let Some((at, _)) = text.char_indices().nth(MAX) {
        text.truncate(at);
        text.push('…');
    }
    text
}
