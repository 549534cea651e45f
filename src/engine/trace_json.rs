//! Origins of output lines as JSON, for programs. The field names are stable: new ones may be added, but none is
//! removed or changes its meaning.

use super::trace::{LineNumbers, TemplateCall, TemplateLine};
use super::used::{Aspect, UsedValue};
use crate::diagnostic::{SourceKind, Span};
use crate::json::{Object, Style, Writer};
use crate::yaml::Value;

/// Adds `template` and `calls`.
pub fn put_origin(fields: &mut Object, place: Option<&TemplateLine>, calls: &[TemplateCall]) {
    if let Some(place) = place {
        let mut template = Object::new();
        put_line(&mut template, place);
        fields.put("template", template.into_value());
    }
    if !calls.is_empty() {
        let call = |call: &TemplateCall| {
            let mut fields = Object::new();
            put_call(&mut fields, call);
            fields.into_value()
        };
        fields.list("calls", calls.iter().map(call));
    }
}

/// Adds a call: the fields of its place, and `name`.
fn put_call(fields: &mut Object, call: &TemplateCall) {
    if let Some(name) = &call.name {
        fields.text("name", name);
    }
    put_line(fields, &call.place);
}

fn put_line(fields: &mut Object, place: &TemplateLine) {
    let Some(place) = place.numbers() else { return };
    each_field(place, |name, field| match field {
        Field::Text(text) => fields.text(name, text),
        Field::Count(count) => fields.count(name, count),
    });
}

/// Writes the fields of template lines into open objects.
#[derive(Debug, Default)]
pub struct LineWriter<'t> {
    /// The last text and its JSON: many lines in a row are from one file.
    last: (&'t str, String),
}

impl<'t> LineWriter<'t> {
    /// Writes the fields of a line.
    pub fn write(&mut self, out: &mut Writer, place: LineNumbers<'t>) {
        each_field(place, |name, field| {
            out.field(name);
            match field {
                Field::Text(text) => out.json(self.quoted(text)),
                Field::Count(count) => out.int(count as i128),
            }
        });
    }

    fn quoted(&mut self, text: &'t str) -> &str {
        if text != self.last.0 || self.last.1.is_empty() {
            let mut quoted = Writer::new(Style::Compact);
            quoted.string(text);
            self.last = (text, quoted.finish());
        }
        &self.last.1
    }
}

enum Field<'f> {
    Text(&'f str),
    Count(usize),
}

/// Passes on `file`, `line` and `column`, or `tpl` for a line of a text passed to `tpl`.
fn each_field<'t>(place: LineNumbers<'t>, mut put: impl FnMut(&'static str, Field<'t>)) {
    match place {
        LineNumbers::File(name, position) => {
            put("file", Field::Text(name));
            put("line", Field::Count(position.line));
            put("column", Field::Count(position.column));
        }
        LineNumbers::Text(line) => put("tpl", Field::Count(line)),
    }
}

/// Adds `only`, unless the whole value matters.
pub fn put_aspect(fields: &mut Object, aspect: Aspect) {
    match aspect {
        Aspect::Whole => {}
        Aspect::Keys => fields.text("only", "keys"),
        Aspect::Emptiness => fields.text("only", "emptiness"),
    }
}

/// Returns a value as JSON: `key`, `only`, `value` and `place`.
pub fn used_json(used: &UsedValue) -> Value {
    let mut fields = Object::new();
    fields.text("key", &used.path.to_string());
    put_aspect(&mut fields, used.aspect);
    if let Some(value) = &used.value {
        fields.put("value", value.clone());
    }
    if let Some(place) = &used.place {
        put_place(&mut fields, place);
    }
    fields.into_value()
}

/// Adds `place`: `file`, `line` and `column`, or `flag` with its argument; nothing for generated values.
pub fn put_place(object: &mut Object, span: &Span) {
    let Some(source) = span.source() else { return };
    let mut fields = Object::new();
    match source.kind() {
        SourceKind::Flag => {
            fields.text("flag", source.name());
            fields.text("argument", &source.shown_assignment(span.start()));
        }
        SourceKind::File | SourceKind::Rendered => {
            fields.text("file", source.name());
            if let Some(at) = span.position() {
                fields.count("line", at.line);
                fields.count("column", at.column);
            }
        }
    }
    object.put("place", fields.into_value());
}
