//! Finds who set a value: every layer that sets it, and the one that wins.

use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Source, SourceKind, Span};
use crate::values::{FileReader, Layer, Step, ValuePath, merge_steps};
use crate::yaml::{Map, Node, Value};

/// A layer that sets a value.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueSource {
    /// The kind of layer.
    pub by: SetBy,
    /// Where it sets the value.
    pub place: Span,
    /// The value that it sets. `None` if it removes what lower layers set: by null, or by replacing a map above it with another
    /// value.
    pub value: Option<Value>,
    /// Whether templates see the value of this layer. Several layers can contribute to a map.
    pub wins: bool,
}

/// A kind of layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetBy {
    /// The defaults of the chart with this name.
    Chart(String),
    /// A file given with `-f`.
    File,
    /// A flag of the `--set` family.
    Flag,
    /// Something else: global values of a parent chart.
    Elsewhere,
}

/// Returns the file and the line, or the flag without its argument, which is shown beside it.
pub(super) fn short_place(node: &Node) -> String {
    let Some((source, position)) = node.span.source().zip(node.span.position()) else { return String::new() };
    let name = source.name();
    if name.starts_with("--") { name.to_owned() } else { format!("{name}:{}", position.line) }
}

/// Returns the layers that set the value at `path`, the strongest first. `chart` is the chart as rendered, `values` are the
/// values that its templates see.
///
/// # Errors
/// Errors in the layers.
pub(super) fn setters(
    path: &ValuePath,
    layers: &[Layer],
    reader: &dyn FileReader,
    chart: &Chart,
    values: &Map,
) -> Result<Vec<ValueSource>, Vec<Diagnostic>> {
    let mut found = of_charts(path, chart);
    let mut before: Option<Node> = None;
    let mut user = Map::new();
    merge_steps(layers, reader, |layer, merged| {
        let node = path.get(merged);
        let by = if layer.source.kind() == SourceKind::File { SetBy::File } else { SetBy::Flag };
        match node {
            Some(node) if comes_from(node, &layer.source) || before.as_ref() != Some(node) => {
                let place = place_in(node, &layer.source);
                let value = Some(node.value.clone()).filter(|value| !value.is_null());
                found.push(ValueSource { by, place, value, wins: false });
            }
            None => {
                // Something other than a map is above the path. It removes the defaults below it, too.
                if let Some(above) = replaced_above(path, merged).filter(|above| comes_from(above, &layer.source)) {
                    found.push(ValueSource { by, place: above.span.clone(), value: None, wins: false });
                }
            }
            Some(_) => {}
        }
        before = node.cloned();
        user = merged.clone();
    })?;
    mark_winner(&mut found, path.get(values));
    found.reverse();
    Ok(found)
}

/// Returns the defaults of the chart and of the subcharts on the path, innermost first: parents override subcharts.
fn of_charts(path: &ValuePath, chart: &Chart) -> Vec<ValueSource> {
    let mut found = Vec::new();
    let mut chart = chart;
    let mut depth = 0;
    loop {
        if let Some(node) = path.below(depth).get(&chart.values) {
            let by = SetBy::Chart(chart.metadata.name.clone());
            let value = Some(node.value.clone()).filter(|value| !value.is_null());
            found.insert(0, ValueSource { by, place: node.span.clone(), value, wins: false });
        }
        let Some(Step::Key(name)) = path.steps().get(depth) else { return found };
        let Some(subchart) = chart.subcharts.iter().find(|subchart| subchart.metadata.name == *name) else {
            return found;
        };
        chart = subchart;
        depth += 1;
    }
}

/// Marks the layers that set the current value. If none of them did, adds one for it.
fn mark_winner(setters: &mut Vec<ValueSource>, now: Option<&Node>) {
    let Some(now) = now else {
        // The last layer that removed it wins.
        if let Some(last) = setters.last_mut().filter(|last| last.value.is_none()) {
            last.wins = true;
        }
        return;
    };
    if now.value.as_map().is_some() {
        let last_replaced = setters.iter().rposition(|setter| !matches!(setter.value, Some(Value::Map(_))));
        for setter in setters.iter_mut().skip(last_replaced.map_or(0, |last_replaced| last_replaced + 1)) {
            setter.wins = true;
        }
        return;
    }
    match setters
        .iter_mut()
        .rev()
        .find(|setter| setter.value.as_ref() == Some(&now.value) && is_same(&setter.place, &now.span))
    {
        Some(winner) => winner.wins = true,
        None => setters.push(ValueSource {
            by: SetBy::Elsewhere,
            place: now.span.clone(),
            value: Some(now.value.clone()),
            wins: true,
        }),
    }
}

fn is_same(a: &Span, b: &Span) -> bool {
    a == b || a.source().is_none() || b.source().is_none()
}

/// Whether a layer set a value or a part of it.
fn comes_from(node: &Node, layer: &Source) -> bool {
    let is_of = |span: &Span| {
        let source = span.source();
        source == Some(layer)
            || source.and_then(Source::given_by).is_some_and(|given_by| given_by.source() == Some(layer))
    };
    is_of(&node.span)
        || match &node.value {
            Value::Map(map) => map.iter().any(|(_, node)| comes_from(node, layer)),
            Value::List(items) => items.iter().any(|node| comes_from(node, layer)),
            _ => false,
        }
}

/// Returns the place where a layer set a value or the first part of it.
fn place_in(node: &Node, layer: &Source) -> Span {
    let inside = match &node.value {
        _ if node.span.source() == Some(layer) => None,
        Value::Map(map) => map.iter().map(|(_, node)| node).find(|node| comes_from(node, layer)),
        Value::List(items) => items.iter().find(|node| comes_from(node, layer)),
        _ => None,
    };
    inside.map_or_else(|| node.span.clone(), |node| place_in(node, layer))
}

/// Returns the value above `path` that is not a map, if there is one.
fn replaced_above<'m>(path: &ValuePath, values: &'m Map) -> Option<&'m Node> {
    let mut above = path.parent();
    while let Some(path) = above.filter(|path| !path.steps().is_empty()) {
        match path.get(values) {
            Some(node) if node.value.as_map().is_none() => return Some(node),
            Some(_) => return None,
            None => above = path.parent(),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::LayerKind;

    struct NoFiles;

    impl FileReader for NoFiles {
        fn read(&self, _: &str, _: &Span) -> Result<Source, Diagnostic> {
            Err(Diagnostic::error("set-syntax", "no files"))
        }
    }

    fn chart() -> Chart {
        let file = |path: &str, text: &'static str| crate::chart::File {
            path: path.to_owned(),
            shown: path
                .rsplit('/')
                .next()
                .unwrap_or(path)
                .replace("values", if path.contains('/') { "db" } else { "web" }),
            bytes: text.as_bytes().into(),
        };
        let files = vec![
            file("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
            file("values.yaml", "a: 1\nm: {x: 1, w: 2}\nl: [1]\ndb: {port: 2}\n"),
            file("charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n"),
            file("charts/db/values.yaml", "port: 1\nhost: h\n"),
        ];
        Chart::from_files(files).unwrap()
    }

    fn reported(path: &str, layers: &[(LayerKind, &str)]) -> Vec<String> {
        let layer = |(kind, text): &(LayerKind, &str)| Layer {
            kind: *kind,
            source: match kind {
                LayerKind::File => Source::file("f.yaml", *text),
                _ => Source::flag("--set", *text),
            },
        };
        let layers: Vec<Layer> = layers.iter().map(layer).collect();
        let chart = chart();
        let user = crate::values::merge_layers(&layers, &NoFiles).unwrap();
        let merged = crate::values::coalesce(&chart.values_tree(), user).unwrap().values;
        let path = ValuePath::parse(&Source::flag("KEY", path)).unwrap();
        let shown = |setter: ValueSource| {
            let value = setter.value.map_or("-".to_owned(), |value| crate::json::write(&value));
            format!("{}{} {value}", if setter.wins { "*" } else { "" }, setter.place)
        };
        setters(&path, &layers, &NoFiles, &chart, &merged).unwrap().into_iter().map(shown).collect()
    }

    use LayerKind::{File, Set};

    #[test]
    fn the_strongest_layer_wins_and_is_first() {
        assert_eq!(reported("a", &[]), ["*web.yaml:1:4 1"]);
        assert_eq!(reported("a", &[(Set, "a=3"), (File, "a: 2")]), ["*--set a=3 3", "f.yaml:1:4 2", "web.yaml:1:4 1"]);
        assert_eq!(reported("a", &[(Set, "a=3"), (Set, "a=3")]), ["*--set a=3 3", "--set a=3 3", "web.yaml:1:4 1"]);
        assert_eq!(reported("nothing", &[]), [""; 0]);
    }

    #[test]
    fn a_parent_chart_overrides_its_subchart() {
        assert_eq!(
            reported("db.port", &[(Set, "db.port=3")]),
            ["*--set db.port=3 3", "web.yaml:4:12 2", "db.yaml:1:7 1"]
        );
        assert_eq!(reported("db.host", &[]), ["*db.yaml:2:7 \"h\""]);
    }

    #[test]
    fn null_removes_a_default() {
        assert_eq!(reported("a", &[(Set, "a=null")]), ["*--set a=null -", "web.yaml:1:4 1"]);
        assert_eq!(reported("m.x", &[(Set, "m=5")])[0], "*--set m=5 -");
    }

    #[test]
    fn layers_share_a_map() {
        let reported = reported("m", &[(File, "m: {x: 3}"), (Set, "m.z=1")]);
        assert_eq!(
            reported,
            ["*--set m.z=1 {\"x\":3,\"z\":1}", "*f.yaml:1:4 {\"x\":3}", "*web.yaml:2:4 {\"w\":2,\"x\":1}",]
        );
    }

    #[test]
    fn an_item_belongs_to_the_layer_that_wrote_it() {
        assert_eq!(reported("l[0]", &[(Set, "l[0]=7")]), ["*--set l[0]=7 7", "web.yaml:3:5 1"]);
    }
}
