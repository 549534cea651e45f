//! Refuses values that are not UTF-8 in charts whose templates can only handle text.

use crate::chart::{Chart, EngineKind};
use crate::diagnostic::Diagnostic;
use crate::yaml::{Map, Node, Value};

/// Refuses files of `--set-file` that are not UTF-8 if a chart of the tree is written in Tera.
pub(super) fn check(chart: &Chart, values: &Map) -> Result<(), Vec<Diagnostic>> {
    if !has_tera(chart) {
        return Ok(());
    }
    let mut errors = Vec::new();
    let mut rest: Vec<&Node> = values.iter().map(|(_, node)| node).collect();
    while let Some(node) = rest.pop() {
        match &node.value {
            Value::Map(map) => rest.extend(map.iter().map(|(_, node)| node)),
            Value::List(items) => rest.extend(items),
            _ => errors.extend(node.file_bytes().map(|bytes| refusal(node, bytes))),
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn refusal(node: &Node, bytes: &[u8]) -> Diagnostic {
    let name = node.span.source().map_or("", |source| source.name());
    let byte = bytes.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len()) + 1;
    let error = Diagnostic::error(
        "set-file",
        format!("{name}: byte {byte} is not UTF-8, and templates in Tera can only handle text"),
    );
    let given_by = node.span.source().and_then(|source| source.given_by());
    let error = given_by.into_iter().fold(error, |error, place| error.at(place.clone(), ""));
    error.help("pass the file as base64, and use it in the template without encoding it")
}

fn has_tera(chart: &Chart) -> bool {
    chart.engine() == EngineKind::Tera || chart.subcharts.iter().any(has_tera)
}
