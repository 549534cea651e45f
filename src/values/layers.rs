//! Layers of values: what the user set, in the order in which Helm applies it.

use super::file_reader::FileReader;
use super::path::ValuePath;
use super::room::Room;
use super::strvals::{self, Kind};
use crate::diagnostic::{Diagnostic, Severity, Source, Span, printable};
use crate::yaml::{Map, Repeated, Value};
use crate::{json, yaml};

/// Where a layer comes from, in Helm's order: later kinds win, whatever their order on the command line.
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

/// One thing the user gave: a values file, or one flag.
///
/// ```
/// use mim_chart::Layer;
///
/// let layers = [Layer::file("values.yaml", "replicaCount: 2\n"), Layer::set("replicaCount=3")];
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Layer {
    /// What it is.
    pub kind: LayerKind,
    /// The file's text, or the flag with its argument.
    pub source: Source,
}

impl Layer {
    /// A layer of a kind.
    #[doc(hidden)]
    pub fn new(kind: LayerKind, source: Source) -> Layer {
        Layer { kind, source }
    }

    /// The text of a values file (`-f`): YAML or JSON, or TOML if the name ends in `.toml`. Errors and origins name the file.
    pub fn file(name: &str, text: &str) -> Layer {
        Layer::new(LayerKind::File, Source::file(name, text))
    }

    /// What follows `--set`: `a.b=1,c[0]=x`, typed as Helm types it.
    pub fn set(argument: &str) -> Layer {
        Layer::new(LayerKind::Set, Source::flag("--set", argument))
    }

    /// What follows `--set-string`: `a.b=1`, where every value is text.
    pub fn set_string(argument: &str) -> Layer {
        Layer::new(LayerKind::SetString, Source::flag("--set-string", argument))
    }

    /// What follows `--set-json`: `a.b={"c": 1}`, or a whole object.
    pub fn set_json(argument: &str) -> Layer {
        Layer::new(LayerKind::SetJson, Source::flag("--set-json", argument))
    }

    /// What follows `--set-literal`: `a.b=text`, where nothing in the text has a meaning.
    pub fn set_literal(argument: &str) -> Layer {
        Layer::new(LayerKind::SetLiteral, Source::flag("--set-literal", argument))
    }
}

/// Applies all layers to empty values: kind by kind, within a kind in the order given.
///
/// # Errors
/// The errors of all layers, in that order.
pub fn merge_layers(layers: &[Layer], reader: &dyn FileReader) -> Result<Map, Vec<Diagnostic>> {
    merge_layers_noting(layers, reader, &mut Vec::new())
}

/// The same, and keys that a values file has twice in a map are added to `repeated`.
///
/// # Errors
/// As for [`merge_layers`].
pub fn merge_layers_noting(
    layers: &[Layer],
    reader: &dyn FileReader,
    repeated: &mut Vec<Repeated>,
) -> Result<Map, Vec<Diagnostic>> {
    merge_steps_noting(layers, reader, repeated, |_, _| {})
}

/// The same, and after each layer `step` sees it and what the values are then.
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
    repeated: &mut Vec<Repeated>,
    mut step: impl FnMut(&Layer, &Map),
) -> Result<Map, Vec<Diagnostic>> {
    let mut ordered: Vec<&Layer> = layers.iter().collect();
    ordered.sort_by_key(|layer| layer.kind);
    let room = Room::default();
    let mut values = Map::new();
    let mut errors = Vec::new();
    for layer in ordered {
        match apply(layer, &mut values, reader, &room, repeated) {
            Ok(()) => step(layer, &values),
            Err(mut found) => errors.append(&mut found),
        }
        if room.is_exceeded() {
            break;
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(errors) }
}

fn apply(
    layer: &Layer,
    values: &mut Map,
    reader: &dyn FileReader,
    room: &Room,
    repeated: &mut Vec<Repeated>,
) -> Result<(), Vec<Diagnostic>> {
    let source = &layer.source;
    let kind = match layer.kind {
        LayerKind::File => {
            let too_large = |message| vec![Diagnostic::error("values-file", message).at(source.span(0..0), "")];
            room.bytes(source.text().len()).map_err(too_large)?;
            overlay(values, read_file(source, repeated)?);
            return Ok(());
        }
        LayerKind::SetJson if source.text().trim_start().starts_with('{') => {
            overlay(values, read_json_object(source).map_err(|error| vec![error])?);
            return Ok(());
        }
        LayerKind::SetJson => Kind::Json,
        LayerKind::Set => Kind::Typed,
        LayerKind::SetString => Kind::Text,
        LayerKind::SetFile => Kind::File,
        LayerKind::SetLiteral => Kind::Literal,
    };
    strvals::apply(source, kind, values, reader, room).map_err(|error| vec![error])
}

fn read_file(source: &Source, repeated: &mut Vec<Repeated>) -> Result<Map, Vec<Diagnostic>> {
    let prefix = |error: Diagnostic| Diagnostic {
        message: format!("failed to parse {}: {}", printable(source.name()), error.message),
        ..error
    };
    yaml::read_values_noting(source, repeated).map_err(|errors| errors.into_iter().map(prefix).collect())
}

/// `--set-json '{"a": 1}'`: the whole flag is one object.
fn read_json_object(source: &Source) -> Result<Map, Diagnostic> {
    let refuse = |place: Span, reason: String| {
        Diagnostic::error("set-syntax", format!("failed parsing --set-json data JSON: {}", source.text()))
            .at(place, reason)
            .help("quote the whole flag for the shell: --set-json '{\"key\": 1}'")
    };
    // White space of all scripts is trimmed, of which JSON itself knows only four characters.
    let text = source.text();
    let start = text.len() - text.trim_start().len();
    let node = json::read(source, start..start + text.trim().len()).map_err(|error| {
        let place = error.labels.first().map_or_else(|| source.whole(), |label| label.span.clone());
        refuse(place, error.message)
    })?;
    match node.value {
        Value::Map(map) => Ok(map),
        _ => Err(refuse(node.span, "an object is wanted here".to_owned())),
    }
}

/// A list of a values file that takes the place of one of an earlier file: lists are not merged.
#[derive(Debug, Clone)]
pub struct ReplacedList {
    /// Which value.
    pub path: ValuePath,
    /// The list that counts.
    pub list: Span,
    /// The one that it replaces.
    pub replaced: Span,
}

impl ReplacedList {
    /// The note about it.
    pub fn note(&self) -> Diagnostic {
        let message = format!("the list {} replaces the one of an earlier file: lists are not merged", self.path);
        Diagnostic::new(Severity::Info, "replaced-list", message)
            .at(self.list.clone(), "this list counts")
            .at(self.replaced.clone(), "no item of this one is left")
    }
}

/// The lists of values files that replace others, of `defaults` or of earlier files; not those that are empty or the same. Files that
/// can't be read have none.
pub fn replaced_lists(defaults: &Map, layers: &[Layer]) -> Vec<ReplacedList> {
    let mut values = defaults.clone();
    let mut found = Vec::new();
    for layer in layers.iter().filter(|layer| layer.kind == LayerKind::File) {
        let Ok(file) = read_file(&layer.source, &mut Vec::new()) else { continue };
        add_replaced(&values, &file, &ValuePath::default(), &mut found);
        overlay(&mut values, file);
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

/// Lays `over` upon `values`: maps are merged, everything else replaces, null too.
fn overlay(values: &mut Map, over: Map) {
    for (key, entry) in over {
        match (values.get_mut(&key).map(|node| &mut node.value), entry) {
            (Some(Value::Map(inner)), entry) if entry.node.value.as_map().is_some() => {
                if let Value::Map(more) = entry.node.value {
                    overlay(inner, more);
                }
            }
            (_, entry) => {
                values.insert(key, entry.key, entry.node);
            }
        }
    }
}
