//! Prints where lines come from, as text and as JSON.

use std::fmt::Write;

use super::json::write_object;
use super::line::{ExplainedLine, LineExplanation};
use super::text::{cut, shown};
use crate::diagnostic::{Paint, counted, printable};
use crate::engine::{Aspect, TemplateCall, TemplateLine, UsedValue, put_origin, used_json};
use crate::json::Object;
use crate::yaml::Value;

/// How many lines, calls and values are shown, the most first. Further ones are only counted.
const MAX_ENTRIES: [usize; 4] = [12, 8, 5, 3];
/// How many lines fit a screen.
const SCREEN: usize = 40;
const MAX_LINE_LENGTH: usize = 100;
const MAX_VALUE_LENGTH: usize = 60;

/// Returns the output of `why --line` and `why KIND/NAME FIELD`: without `all`, as much as fits a screen.
pub fn line_text(explanation: &LineExplanation, all: bool, paint: Paint) -> String {
    if all {
        return with_at_most(usize::MAX, explanation, paint);
    }
    let mut text = String::new();
    for most in MAX_ENTRIES {
        text = with_at_most(most, explanation, paint);
        if text.lines().count() <= SCREEN {
            break;
        }
    }
    text
}

/// The same, with at most so many entries of each kind.
fn with_at_most(most: usize, explanation: &LineExplanation, paint: Paint) -> String {
    let mut out = String::new();
    let name = format!("{} {}", explanation.id.kind, explanation.id.name);
    // Writing to a String can't fail.
    let _ = writeln!(out, "{}, {}", paint.bold(&printable(name.trim())), printable(&explanation.path));
    let width = explanation.lines.iter().map(|line| line.number.to_string().len()).max().unwrap_or(1);
    for ExplainedLine { number, text, .. } in explanation.lines.iter().take(most) {
        let number = format!("{number:width$}");
        let _ = writeln!(out, "  {} | {}", paint.dim(&number), cut(text, MAX_LINE_LENGTH));
    }
    more(explanation.lines.len(), most, "line", &mut out);
    out.push_str("\nFrom:\n");
    let mut places: Vec<(&TemplateLine, &[TemplateCall])> = Vec::new();
    for line in &explanation.lines {
        if let Some(place) = &line.place
            && !places.iter().any(|(known, _)| *known == place)
        {
            places.push((place, &line.calls));
        }
    }
    for (place, calls) in places.iter().take(most) {
        write_place(place, paint, &mut out);
        for call in calls.iter().take(most) {
            let what = match &call.name {
                Some(name) => format!("    {} is included at ", printable(name)),
                None => "    tpl runs at ".to_owned(),
            };
            let _ = writeln!(out, "{what}{}", paint.bold(&printable(&call.place.to_string())));
        }
    }
    more(places.len(), most, "line", &mut out);
    write_values("\nPrints:", &explanation.shown, most, paint, &mut out);
    write_values("\nDecided by:", &explanation.deciding, most, paint, &mut out);
    if explanation.shown.is_empty() && explanation.deciding.is_empty() {
        out.push_str("\nNo value affects it.\n");
    }
    out
}

fn write_place(place: &TemplateLine, paint: Paint, out: &mut String) {
    let at = place.to_string();
    let text = match place {
        TemplateLine::File(span) => span.text(),
        TemplateLine::Text { text, .. } => text,
    };
    let _ = writeln!(out, "  {}\n      {}", paint.bold(&printable(&at)), cut(text, MAX_LINE_LENGTH));
}

fn write_values(title: &str, values: &[UsedValue], most: usize, paint: Paint, out: &mut String) {
    if values.is_empty() {
        return;
    }
    let _ = writeln!(out, "{title}");
    for UsedValue { path, aspect, value, place } in values.iter().take(most) {
        let what = aspect_text(*aspect, value.as_ref());
        if path.steps().is_empty() {
            let _ = writeln!(out, "  {}{}", paint.bold("all values"), what.unwrap_or_default());
            continue;
        }
        let path = printable(&path.to_string()).into_owned();
        let value = match what {
            Some(what) => what.to_owned(),
            None => {
                let text = value.as_ref().map_or("not set".to_owned(), |value| cut(&shown(value), MAX_VALUE_LENGTH));
                format!(" = {text}")
            }
        };
        let place = place.as_ref().map(|place| format!("  {}", paint.dim(&printable(&place.to_string()))));
        let _ = writeln!(out, "  {}{value}{}", paint.bold(&path), place.unwrap_or_default());
    }
    more(values.len(), most, "value", out);
}

/// Returns the text that follows a key if only an aspect of its value matters.
fn aspect_text(aspect: Aspect, value: Option<&Value>) -> Option<&'static str> {
    match (aspect, value) {
        (Aspect::Whole, _) => None,
        (Aspect::Keys, Some(Value::List(_))) => Some(" (how many items it has)"),
        (Aspect::Keys, _) => Some(" (which keys it has)"),
        (Aspect::Emptiness, _) => Some(" (whether it is empty)"),
    }
}

fn more(count: usize, most: usize, what: &str, out: &mut String) {
    if let Some(more @ 1..) = count.checked_sub(most) {
        let _ = writeln!(out, "  and {}; --all shows them", counted(more, &format!("more {what}")));
    }
}

/// Returns the output of `why --line --output json`: one object.
///
/// It has `apiVersion`, `kind`, `name`, `namespace`, `source` (the template, as in the output), `lines` (`line`, `text`,
/// `template`, `calls`), `shown` and `deciding` (`key`, `value`, absent if it is not set, `place`, and `only`, which is `keys`
/// or `emptiness` if only that matters). A `template` has `file`, `line` and `column`, or `tpl`, the line of a text that `tpl`
/// ran. A call has the same fields and `name`, which is absent for `tpl`.
pub fn line_json(explanation: &LineExplanation) -> String {
    let mut fields = Object::new();
    let id = &explanation.id;
    for (key, text) in
        [("apiVersion", &id.api_version), ("kind", &id.kind), ("name", &id.name), ("namespace", &id.namespace)]
    {
        fields.text(key, text);
    }
    fields.text("source", &explanation.path);
    fields.list(
        "lines",
        explanation.lines.iter().map(|line| {
            let mut fields = Object::new();
            fields.count("line", line.number);
            fields.text("text", &line.text);
            put_origin(&mut fields, line.place.as_ref(), &line.calls);
            fields.into_value()
        }),
    );
    fields.list("shown", explanation.shown.iter().map(used_json));
    fields.list("deciding", explanation.deciding.iter().map(used_json));
    write_object(fields)
}
