//! Where lines of the output come from, for programs. The names are stable: further ones may come, none goes or changes its meaning.

use super::trace::{TemplateCall, TemplateLine};
use super::used::{Aspect, UsedValue};
use crate::diagnostic::{SourceKind, Span};
use crate::json::Object;
use crate::yaml::Value;

/// `template` and `calls`.
pub fn put_origin(fields: &mut Object, place: Option<&TemplateLine>, calls: &[TemplateCall]) {
    if let Some(place) = place {
        fields.put("template", place_json(place, None));
    }
    if !calls.is_empty() {
        fields.list("calls", calls.iter().map(|call| place_json(&call.place, call.name.as_deref())));
    }
}

fn place_json(place: &TemplateLine, name: Option<&str>) -> Value {
    let mut fields = Object::new();
    if let Some(name) = name {
        fields.text("name", name);
    }
    match place {
        TemplateLine::File(span) => {
            if let (Some(source), Some(position)) = (span.source(), span.position()) {
                fields.text("file", source.name());
                fields.count("line", position.line);
                fields.count("column", position.column);
            }
        }
        TemplateLine::Text { line, .. } => fields.count("tpl", *line),
    }
    fields.into_value()
}

/// A value: `key`, `only`, `value` and `place`.
pub fn used_json(used: &UsedValue) -> Value {
    let mut fields = Object::new();
    fields.text("key", &used.path.to_string());
    match used.aspect {
        Aspect::Whole => {}
        Aspect::Keys => fields.text("only", "keys"),
        Aspect::Emptiness => fields.text("only", "emptiness"),
    }
    if let Some(value) = &used.value {
        fields.put("value", value.clone());
    }
    if let Some(place) = &used.place {
        put_place(&mut fields, place);
    }
    fields.into_value()
}

/// Sets `place`: `file`, `line` and `column`, or `flag` with its argument; nothing for what nobody wrote.
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
