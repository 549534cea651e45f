//! Writes where every line of the output comes from, as JSON for other programs.

use std::collections::HashMap;

use super::documents::{Document, in_output};
use super::traced::no_trace;
use crate::diagnostic::{Diagnostic, SourceKind, printable_json};
use crate::engine::{CallNumber, LineSets, LineWriter, Trace, TracedLines, UsedPath, put_aspect, put_place};
use crate::json::{Object, Style, Writer};
use crate::render::Render;
use crate::secrets::Secrets;
use crate::yaml::{Map, Value};

/// The version of the format. New fields may be added in this version; if a field changes its meaning, the version becomes 3.
const VERSION: i128 = 2;

/// Returns the output of `template --line-map`: one JSON object, which the help of the flag describes. `crds` are the custom
/// resource definitions that are printed before the manifests (pairs of path and text).
///
/// # Errors
/// The chart's engine can't trace.
pub fn line_map(render: &Render, crds: &[(String, String)], secrets: &Secrets) -> Result<String, Diagnostic> {
    let trace = render.trace().ok_or_else(no_trace)?;
    let mut shared = Shared {
        trace: &trace,
        sets: LineSets::new(&trace),
        calls: Writer::new(Style::Compact),
        places: LineWriter::default(),
        numbers: HashMap::default(),
    };
    let mut out = Writer::new(Style::Compact);
    out.open('{');
    out.field("version");
    out.int(VERSION);
    out.field("documents");
    out.open('[');
    shared.calls.open('[');
    for document in in_output(&render.manifests, crds) {
        out.entry();
        shared.document(&document, &mut out);
    }
    out.close(']');
    shared.calls.close(']');
    out.field("calls");
    out.json(&shared.calls.finish());
    let (values, sets) = shared.sets.finish();
    out.field("sets");
    out.open('[');
    for set in sets {
        out.entry();
        out.open('[');
        for value in set {
            out.entry();
            out.int(value as i128);
        }
        out.close(']');
    }
    out.close(']');
    out.field("values");
    out.open('[');
    for used in values {
        out.entry();
        out.value(&value(used, &render.values, secrets));
    }
    out.close(']');
    out.close('}');
    Ok(printable_json(&out.finish()).into_owned() + "\n")
}

/// Data that lines share.
struct Shared<'t> {
    trace: &'t Trace,
    sets: LineSets<'t>,
    calls: Writer,
    places: LineWriter<'t>,
    /// The index of each call in the list of calls.
    numbers: HashMap<CallNumber, usize, ahash::RandomState>,
}

impl<'t> Shared<'t> {
    fn document(&mut self, document: &Document, out: &mut Writer) {
        let id = &document.manifest.id;
        out.open('{');
        for (key, text) in [
            ("apiVersion", &id.api_version),
            ("kind", &id.kind),
            ("name", &id.name),
            ("namespace", &id.namespace),
            ("source", &document.manifest.path),
        ] {
            out.field(key);
            out.string(text);
        }
        out.field("lines");
        out.open('[');
        let (traced, first) = (self.trace.lines_of(&document.manifest.path), document.rendered_line(0));
        for at in 0..document.line_count() {
            out.entry();
            self.line((traced.as_ref(), first + at), document.first_line() + at, out);
        }
        out.close(']');
        out.close('}');
    }

    /// Writes a line: `line` is its number in the template's output, `number` the one in the whole output.
    fn line(&mut self, (lines, line): (Option<&TracedLines<'t>>, usize), number: usize, out: &mut Writer) {
        let count = |name: &'static str, count: usize, out: &mut Writer| {
            out.field(name);
            out.int(count as i128);
        };
        out.open('{');
        count("line", number, out);
        if let Some(lines) = lines {
            if let Some(origin) = lines.origin(line) {
                if let Some(place) = origin.place {
                    out.field("template");
                    out.open('{');
                    if let Some(place) = self.trace.numbers(place) {
                        self.places.write(out, place);
                    }
                    out.close('}');
                }
                if let Some(call) = origin.call.and_then(|call| self.call(call)) {
                    count("call", call, out);
                }
            }
            let sets = self.sets.of_line(lines, line);
            // Set 0 is empty.
            for (name, set) in
                [("shown", sets.shown), ("deciding", sets.deciding)].into_iter().filter(|(_, set)| *set > 0)
            {
                count(name, set, out);
            }
        }
        out.close('}');
    }

    /// Returns the index of a call in the list of calls, after adding it and the calls around it if they are missing.
    fn call(&mut self, innermost: CallNumber) -> Option<usize> {
        let mut missing = Vec::new();
        let mut outer = None;
        let mut next = Some(innermost);
        while let Some(number) = next {
            outer = self.numbers.get(&number).copied();
            if outer.is_some() {
                break;
            }
            let Some((call, around)) = self.trace.call(number) else { break };
            missing.push((number, call));
            next = around;
        }
        for (number, call) in missing.into_iter().rev() {
            let out = &mut self.calls;
            out.entry();
            out.open('{');
            if let Some(name) = &call.name {
                out.field("name");
                out.string(name);
            }
            if let Some(place) = call.place.numbers() {
                LineWriter::default().write(out, place);
            }
            if let Some(outer) = outer {
                out.field("outer");
                out.int(outer as i128);
            }
            out.close('}');
            outer = Some(self.numbers.len());
            self.numbers.insert(number, self.numbers.len());
        }
        outer
    }
}

/// Writes a value that lines depend on, with where it was set.
fn value(used: &UsedPath, values: &Map, secrets: &Secrets) -> Value {
    let mut fields = Object::new();
    fields.text("key", &used.path.to_string());
    put_aspect(&mut fields, used.aspect);
    let place = used.path.get(values).map(|node| &node.span);
    match place.and_then(|span| Some((span, span.source()?))) {
        // The argument of a flag may be secret.
        Some((_, source)) if source.kind() == SourceKind::Flag => {
            let mut place = Object::new();
            place.text("flag", source.name());
            fields.put("place", place.into_value());
        }
        Some((span, _)) => put_place(&mut fields, &secrets.hide_span(span)),
        None => {}
    }
    fields.into_value()
}
