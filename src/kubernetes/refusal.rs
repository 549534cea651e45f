//! Errors for documents that are not Kubernetes objects, with help.

use crate::diagnostic::{Diagnostic, Source, Span};
use crate::yaml::{Map, Node, Value};

/// The most common keys that only kustomize's own file has.
const KUSTOMIZE_KEYS: [&str; 8] = [
    "resources",
    "bases",
    "components",
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "configMapGenerator",
    "secretGenerator",
];

const WANTED: &str = "pass Kubernetes manifests: the output of `mim-chart template`, `helm template`, `kubectl get -o yaml` or another tool";

/// Returns the error for input that contains no documents at all; `None` for other input. `not_utf8` are the offsets of bytes
/// that are not UTF-8. The error shows no line, because the content is not text.
pub(super) fn of_text(source: &Source, not_utf8: &[usize]) -> Option<Diagnostic> {
    let (text, name) = (source.text(), source.name());
    let starts_with = |characters: &str| not_utf8.first().is_some_and(|&at| at < 2) && text.starts_with(characters);
    if starts_with("\u{1f}\u{fffd}\u{8}") {
        let error = Diagnostic::error("manifest", format!("{name} is an archive, not a manifest file"));
        return Some(error.help("render a packaged chart first: `mim-chart template CHART.tgz` prints its manifests"));
    }
    if starts_with("\u{fffd}\u{fffd}") && text.contains('\0') {
        let error = Diagnostic::error("manifest", format!("{name} is UTF-16, not UTF-8"));
        return Some(error.help("save it as UTF-8, in PowerShell with `Out-File -Encoding utf8`"));
    }
    if !not_utf8.is_empty() && text.contains('\0') {
        let error = Diagnostic::error("manifest", format!("{name} is a binary file, not a manifest file"));
        return Some(error.help(WANTED));
    }
    None
}

/// Returns the error for a document with bytes that are not UTF-8.
pub(super) fn of_bytes(place: Span) -> Diagnostic {
    refuse("the document is not valid UTF-8", place).help("save the file as UTF-8")
}

/// Returns the error for a document that is not valid YAML. `text` is the document.
pub(super) fn of_syntax(mut error: Diagnostic, text: &str) -> Diagnostic {
    if is_template(text) {
        error.help = vec![
            "this looks like a template; render the chart first: `mim-chart template CHART` or `helm template CHART` prints its manifests"
                .to_owned(),
        ];
    }
    error
}

/// Returns the error for a document that is not a Kubernetes object; `None` if it may be one. `source` contains the document.
pub(super) fn of_node(node: &Node, source: &Source, text: &str) -> Option<Diagnostic> {
    let place = node.span.clone();
    let map = match &node.value {
        Value::Map(map) => map,
        other => {
            let message = format!("a manifest must be a map, not {}", name_of(other));
            return Some(refuse(message, place).help(WANTED));
        }
    };
    let field = |key: &str| map.get(key).and_then(|node| node.value.as_str()).unwrap_or_default();
    let (api_version, kind) = (field("apiVersion"), field("kind"));
    let file = source.name().rsplit(['/', '\\']).next().unwrap_or_default();
    if is_kustomization(map, (api_version, kind), file) {
        return Some(
            refuse("a Kustomization is not a manifest: manifests are built from it", place)
                .help("build them first: `kubectl kustomize DIR` prints the manifests"),
        );
    }
    if !kind.is_empty() {
        return None;
    }
    if is_template(text) && map.get("kind").is_some() {
        return Some(of_syntax(refuse("kind is not a string: this is not a manifest", place), text));
    }
    if map.get("kind").is_some_and(|kind| !kind.value.is_null() && kind.value.as_str().is_none()) {
        return Some(refuse("kind is not a string: this is not a manifest", place).help(WANTED));
    }
    let missing = if map.get("apiVersion").is_none() { "apiVersion and kind are" } else { "kind is" };
    let error = refuse(format!("{missing} not set: this is not a manifest"), place);
    Some(if file == "Chart.yaml" {
        error.help("Chart.yaml describes a chart: `mim-chart lint DIR` checks it, `mim-chart template DIR` prints its manifests")
    } else if map.get("apiVersion").is_some() || map.get("metadata").is_some() {
        error.help("a manifest has apiVersion, kind and metadata.name")
    } else if file.contains("values") {
        error.help(format!(
            "this looks like a values file; render a chart with it: `mim-chart template -f {file}` prints the manifests"
        ))
    } else {
        error.help(WANTED).help("pass a values file to `mim-chart template -f FILE`, which prints manifests")
    })
}

/// Returns the error for a list item that is not an object.
pub(super) fn of_item(node: &Node) -> Option<Diagnostic> {
    let place = node.span.clone();
    let Some(map) = node.value.as_map() else {
        let message = format!("an item of a list of manifests must be a map, not {}", name_of(&node.value));
        return Some(refuse(message, place));
    };
    let has_kind = map.get("kind").and_then(|kind| kind.value.as_str()).is_some_and(|kind| !kind.is_empty());
    (!has_kind).then(|| {
        refuse("kind is not set: this item is not a manifest", place)
            .help("each item has apiVersion, kind and metadata.name, as in the output of `kubectl get -o yaml`")
    })
}

fn refuse(message: impl Into<String>, place: Span) -> Diagnostic {
    Diagnostic::error("manifest", message).at(place, "")
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Map(_) => "a map",
        Value::List(_) => "a list",
        Value::String(_) => "text",
        Value::Bool(_) => "a boolean",
        Value::Null => "null",
        _ => "a number",
    }
}

/// Whether an invalid document looks like a template. Valid manifests may contain `{{` too.
fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

fn is_kustomization(map: &Map, (api_version, kind): (&str, &str), file: &str) -> bool {
    if api_version.starts_with("kustomize.config.k8s.io/") {
        return true;
    }
    let is_named = matches!(file, "kustomization.yaml" | "kustomization.yml" | "Kustomization");
    let has_its_keys = || KUSTOMIZE_KEYS.iter().any(|key| map.get(key).is_some());
    match kind {
        // Flux has a kind of the same name in its own group.
        "Kustomization" => api_version.is_empty(),
        "" => is_named && (has_its_keys() || map.get("metadata").is_none()),
        _ => false,
    }
}
