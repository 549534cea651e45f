//! Where every line of the output comes from, for other programs.

use std::collections::BTreeSet;

use super::documents::in_output;
use super::traced::TracedOutput;
use crate::diagnostic::{Diagnostic, SourceKind, printable_json};
use crate::engine::{self, Aspect, Used, put_origin, put_place};
use crate::json::{self, Object};
use crate::render::Render;
use crate::secrets::Secrets;
use crate::values::ValuePath;
use crate::yaml::Value;

/// The version of the format.
const VERSION: usize = 1;

/// What `template --line-map` writes: one JSON object.
///
/// `version` is 1; fields may be added under it, and a field that changes its meaning makes it 2. `documents` are in the order of
/// the output: `apiVersion`, `kind`, `name`, `namespace`, `source` (the template, as in the output) and `lines`. A line has `line`
/// (its number in the whole output, from 1), `template` (`file`, `line`, `column`, or `tpl`: a line of a text that `tpl` ran),
/// `calls` (the same with `name`, the innermost first), and the keys of values: `shown` and `deciding`; lists are left out where
/// they are empty. Of these keys, `onlyKeys` and `onlyEmptiness` have those of maps and lists of which no more matters than which
/// keys (or how many items) they have, or whether they are empty. `values` says of each key who set it (`place`), where that is
/// known. The values themselves are not in it.
///
/// Other lines may come before the manifests: the definitions of custom resources.
///
/// # Errors
/// A chart whose engine keeps no trace.
pub fn line_map(render: &Render, lines_before: usize, secrets: &Secrets) -> Result<String, Diagnostic> {
    let no_trace =
        || Diagnostic::error("no-trace", "this chart has no line trace: it is written in Tera, or does too much");
    let documents = in_output(&render.manifests, lines_before);
    let output = TracedOutput::new(documents, engine::trace(&render.scope()).ok_or_else(no_trace)?.1);
    let mut known: BTreeSet<ValuePath> = BTreeSet::new();
    let mut fields = Object::new();
    fields.count("version", VERSION);
    let documents = output.documents.iter().map(|document| {
        let mut fields = Object::new();
        let id = &document.manifest.id;
        for (key, text) in
            [("apiVersion", &id.api_version), ("kind", &id.kind), ("name", &id.name), ("namespace", &id.namespace)]
        {
            fields.text(key, text);
        }
        fields.text("source", &document.manifest.path);
        let lines = (0..document.line_count()).map(|at| {
            let origin = output.origin(document, at).unwrap_or_default();
            let mut fields = Object::new();
            fields.count("line", document.first_line + at);
            put_origin(&mut fields, origin.place.as_ref(), &origin.calls);
            for (name, values) in [("shown", &origin.shown), ("deciding", &origin.deciding)] {
                put_keys(&mut fields, name, values.iter());
            }
            let all = || origin.shown.iter().chain(&origin.deciding);
            for (name, aspect) in [("onlyKeys", Aspect::Keys), ("onlyEmptiness", Aspect::Emptiness)] {
                put_keys(&mut fields, name, all().filter(|used| used.aspect == aspect));
            }
            known.extend(all().map(|used| used.path.clone()));
            fields.into_value()
        });
        fields.list("lines", lines.collect::<Vec<_>>().into_iter());
        fields.into_value()
    });
    fields.list("documents", documents.collect::<Vec<_>>().into_iter());
    let mut values = Object::new();
    for path in known {
        let mut fields = Object::new();
        let place = path.get(&render.values).map(|node| &node.span);
        match place.and_then(|span| Some((span, span.source()?))) {
            // What a flag sets may be secret.
            Some((_, source)) if source.kind() == SourceKind::Flag => {
                let mut place = Object::new();
                place.text("flag", source.name());
                fields.put("place", place.into_value());
            }
            Some((span, _)) => put_place(&mut fields, &secrets.hide_span(span)),
            None => {}
        }
        values.put(&path.to_string(), fields.into_value());
    }
    fields.put("values", values.into_value());
    Ok(printable_json(&json::write(&fields.into_value())).into_owned() + "\n")
}

fn put_keys<'u>(fields: &mut Object, name: &str, values: impl Iterator<Item = &'u Used>) {
    let mut keys = values.map(|used| Value::String(used.path.to_string())).peekable();
    if keys.peek().is_some() {
        fields.list(name, keys.collect::<Vec<_>>().into_iter());
    }
}
