//! The layers of the user's values, in the order in which Helm applies them.

use super::budget::ValuesBudget;
use super::file_reader::FileReader;
use super::path::ValuePath;
use super::strvals::{self, SetFlag};
use crate::diagnostic::{Diagnostic, Severity, Source, Span, printable};
use crate::yaml::{Map, RepeatedKey, Value};
use crate::{json, yaml};

/// The origin of a layer, in Helm's order of precedence: later kinds win, regardless of their order on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LayerKind {
    /// `-f`
    File,
    /// `--set-json`
    SetJson,
    /// `--set`
    Set,
    /// `--set-string`
    SetString,
    /// `--set-file`
    SetFile,
    /// `--set-literal`
    SetLiteral,
}

/// A values file or a single flag given by the user.
///
/// ```
/// use mim_chart::Layer;
///
/// let layers = [Layer::file("values.yaml", "replicaCount: 2\n"), Layer::set("replicaCount=3")];
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Layer {
    /// Its origin.
    pub kind: LayerKind,
    /// The text of the file, or the flag with its argument.
    pub source: Source,
}

impl Layer {
    /// Creates a layer of any kind.
    #[doc(hidden)]
    pub fn new(kind: LayerKind, source: Source) -> Layer {
        Layer { kind, source }
    }

    /// Creates a layer from the text of a values file (`-f`): YAML or JSON, or TOML if the name ends in `.toml`. Errors and
    /// origins name the file.
    pub fn file(name: &str, text: &str) -> Layer {
        Layer::new(LayerKind::File, Source::file(name, text))
    }

    /// Creates a layer from a `--set` argument: `a.b=1,c[0]=x`, typed as in Helm.
    pub fn set(argument: &str) -> Layer {
        Layer::new(LayerKind::Set, Source::flag("--set", argument))
    }

    /// Creates a layer from a `--set-string` argument: `a.b=1`, where every value is a string.
    pub fn set_string(argument: &str) -> Layer {
        Layer::new(LayerKind::SetString, Source::flag("--set-string", argument))
    }

    /// Creates a layer from a `--set-json` argument: `a.b={"c": 1}`, or a whole object.
    pub fn set_json(argument: &str) -> Layer {
        Layer::new(LayerKind::SetJson, Source::flag("--set-json", argument))
    }

    /// Creates a layer from a `--set-literal` argument: `a.b=text`, where no character of the text is special.
    pub fn set_literal(argument: &str) -> Layer {
        Layer::new(LayerKind::SetLiteral, Source::flag("--set-literal", argument))
    }
}

/// Merges all layers into values: kind by kind, and in the given order within a kind.
///
/// # Errors
/// The errors in all layers, in that order.
pub fn merge_layers(layers: &[Layer], reader: &dyn FileReader) -> Result<Map, Vec<Diagnostic>> {
    merge_layers_noting(layers, reader, &mut Vec::new())
}

/// Like [`merge_layers`], but also adds keys that a values file repeats in a map to `repeated`.
///
/// # Errors
/// As for [`merge_layers`].
pub fn merge_layers_noting(
    layers: &[Layer],
    reader: &dyn FileReader,
    repeated: &mut Vec<RepeatedKey>,
) -> Result<Map, Vec<Diagnostic>> {
    merge_steps_noting(layers, reader, repeated, |_, _| {})
}

/// Like [`merge_layers`], but also calls `step` after each layer, with the layer and the values so far.
///
/// # Errors
/// As for [`merge_layers`].
pub fn merge_steps(
    layers: &[Layer],
    reader: &dyn FileReader,
    step: impl FnMut(&Layer, &Map),
) -> Result<Map, Vec<Diagnostic>> {
    merge_steps_noting(layers, reader, &mut Vec::new(), step)
}

fn merge_steps_noting(
    layers: &[Layer],
    reader: &dyn FileReader,
    repeated: &mut Vec<RepeatedKey>,
    mut step: impl FnMut(&Layer, &Map),
) -> Result<Map, Vec<Diagnostic>> {
    let mut ordered: Vec<&Layer> = layers.iter().collect();
    ordered.sort_by_key(|layer| layer.kind);
    let budget = ValuesBudget::default();
    let mut values = Map::new();
    let mut errors = Vec::new();
    for layer in ordered {
        match apply(layer, &mut values, reader, &budget, repeated) {
            Ok(()) => step(layer, &values),
            Err(mut found) => errors.append(&mut found),
        }
        if budget.is_exceeded() {
            break;
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(errors) }
}

fn apply(
    layer: &Layer,
    values: &mut Map,
    reader: &dyn FileReader,
    budget: &ValuesBudget,
    repeated: &mut Vec<RepeatedKey>,
) -> Result<(), Vec<Diagnostic>> {
    let source = &layer.source;
    let flag = match layer.kind {
        LayerKind::File => {
            let too_large = |message| vec![Diagnostic::error("values-file", message).at(source.span(0..0), "")];
            budget.charge_bytes(source.text().len()).map_err(too_large)?;
            values.merge(read_file(source, repeated)?);
            return Ok(());
        }
        LayerKind::SetJson if source.text().trim_start().starts_with('{') => {
            values.merge(read_json_object(source).map_err(|error| vec![error])?);
            return Ok(());
        }
        LayerKind::SetJson => SetFlag::Json,
        LayerKind::Set => SetFlag::Typed,
        LayerKind::SetString => SetFlag::Text,
        LayerKind::SetFile => SetFlag::File,
        LayerKind::SetLiteral => SetFlag::Literal,
    };
    strvals::apply(source, flag, values, reader, budget).map_err(|error| vec![error])
}

fn read_file(source: &Source, repeated: &mut Vec<RepeatedKey>) -> Result<Map, Vec<Diagnostic>> {
    let prefix = |error: Diagnostic| Diagnostic {
        message: format!("failed to parse {}: {}", printable(source.name()), error.message),
        ..error
    };
    yaml::read_values_noting(source, repeated).map_err(|errors| errors.into_iter().map(prefix).collect())
}

/// Reads a flag such as `--set-json '{"a": 1}'`, whose whole argument is an object.
fn read_json_object(source: &Source) -> Result<Map, Diagnostic> {
    let refuse = |place: Span, reason: String| {
        Diagnostic::error("set-syntax", format!("failed parsing --set-json data JSON: {}", source.text()))
            .at(place, reason)
            .help("quote the whole flag for the shell: --set-json '{\"key\": 1}'")
    };
    // Helm trims all Unicode white space, whereas JSON allows only four characters.
    let text = source.text();
    let start = text.len() - text.trim_start().len();
    let node = json::read(source, start..start + text.trim().len()).map_err(|error| {
        let place = error.labels.first().map_or_else(|| source.whole(), |label| label.span.clone());
        refuse(place, error.message)
    })?;
    match node.value {
        Value::Map(map) => Ok(map),
        _ => Err(refuse(node.span, "expected an object".to_owned())),
    }
}

/// A list in a values file that replaces one from an earlier file or the defaults: lists are not merged.
#[derive(Debug, Clone)]
pub struct ReplacedList {
    /// The path of the list.
    pub path: ValuePath,
    /// The list that is used.
    pub list: Span,
    /// The list that it replaces.
    pub replaced: Span,
}

impl ReplacedList {
    /// Returns the note about the replacement.
    pub fn note(&self) -> Diagnostic {
        let message = format!("the list {} replaces the one from an earlier file: lists are not merged", self.path);
        Diagnostic::new(Severity::Info, "replaced-list", message)
            .at(self.list.clone(), "this list is used")
            .at(self.replaced.clone(), "this list is ignored")
    }
}

/// Returns the lists in values files that replace a list in `defaults` or in an earlier file, unless that list is empty or
/// equal. Files that cannot be read are ignored.
pub fn replaced_lists(defaults: &Map, layers: &[Layer]) -> Vec<ReplacedList> {
    let mut values = defaults.clone();
    let mut found = Vec::new();
    for layer in layers.iter().filter(|layer| layer.kind == LayerKind::File) {
        let Ok(file) = read_file(&layer.source, &mut Vec::new()) else { continue };
        add_replaced(&values, &file, &ValuePath::default(), &mut found);
        values.merge(file);
    }
    found
}

fn add_replaced(values: &Map, over: &Map, path: &ValuePath, found: &mut Vec<ReplacedList>) {
    for (key, node) in over.iter() {
        let Some(earlier) = values.get(key) else { continue };
        match (&earlier.value, &node.value) {
            (Value::Map(earlier), Value::Map(over)) => add_replaced(earlier, over, &path.key(key), found),
            (Value::List(items), Value::List(own)) if !items.is_empty() && items != own => {
                found.push(ReplacedList {
                    path: path.key(key),
                    list: node.span.clone(),
                    replaced: earlier.span.clone(),
                });
            }
            _ => {}
        }
    }
}
