//! Finds values that a chart does not know: mostly typos, which Helm ignores silently.

use super::merging::ValuesTree;
use super::path::{Step, ValuePath};
use crate::diagnostic::nearest;
use crate::diagnostic::{Diagnostic, Span};
use crate::json_schema::SchemaView;
use crate::yaml::Map;
use crate::yaml::Node;
use crate::yaml::Value;

/// A value that the user set but that is in neither the chart's defaults nor its schema.
#[derive(Debug, Clone)]
pub struct UnknownValue {
    /// The path of the value.
    pub path: ValuePath,
    /// Whether the value deserves a warning by itself: because a known name is similar, or because there is a schema.
    pub is_suspicious: bool,
    /// The warning, with a suggested name if there is one.
    pub warning: Diagnostic,
}

/// Returns every value in `user` that the chart does not know, with its place and the most similar known name.
///
/// A map is open, so that it may have any keys, if its default is `{}` or its schema says so; a schema with `properties`
/// that does not mention other names counts as closed. `global` and the keys of subcharts are not checked. Without a
/// schema, a name is only suspicious if it is similar to a known one. If the schema forbids other names, the validator
/// reports them instead.
pub fn unknown_values(user: &Map, tree: &ValuesTree<'_>, schema: Option<&Node>) -> Vec<UnknownValue> {
    let mut check = Check { chart: tree, found: Vec::new(), compared: 0 };
    let view = schema.and_then(SchemaView::of_document);
    check.map(user, Some(tree.defaults), view, &mut Vec::new());
    check.found
}

/// The maximum number of unknown values that are compared with the known names.
const MAX_COMPARED: usize = 200;

struct Check<'a> {
    chart: &'a ValuesTree<'a>,
    found: Vec<UnknownValue>,
    /// The number of unknown values compared so far.
    compared: usize,
}

impl Check<'_> {
    fn map(&mut self, user: &Map, defaults: Option<&Map>, schema: Option<SchemaView<'_>>, path: &mut Vec<Step>) {
        if defaults.is_some_and(Map::is_empty) && !path.is_empty() {
            return;
        }
        for (key, entry) in user.entries() {
            if path.is_empty() && self.is_exempt(key) {
                continue;
            }
            let default = defaults.and_then(|defaults| defaults.get(key));
            let named = schema.and_then(|schema| schema.properties()).is_some_and(|names| names.get(key).is_some());
            if default.is_none() && !named && !schema.is_some_and(|schema| schema.is_open()) {
                if !schema.is_some_and(|schema| schema.refuses_others()) {
                    self.warn(key, &entry.key, defaults, schema, path);
                }
                continue;
            }
            path.push(Step::Key(key.to_owned()));
            self.value(&entry.node, default, schema.and_then(|schema| schema.property(key)), path);
            path.pop();
        }
    }

    fn value(&mut self, user: &Node, default: Option<&Node>, schema: Option<SchemaView<'_>>, path: &mut Vec<Step>) {
        match &user.value {
            Value::Map(map) => {
                let defaults = default.and_then(|node| node.value.as_map());
                // Without a default and a schema nothing is known about the map.
                if defaults.is_some() || schema.is_some() {
                    self.map(map, defaults, schema, path);
                }
            }
            Value::List(items) => {
                let Some(schema) = schema.and_then(|schema| schema.items()) else { return };
                for (index, item) in items.iter().enumerate() {
                    path.push(Step::Item(index));
                    self.value(item, None, Some(schema), path);
                    path.pop();
                }
            }
            _ => {}
        }
    }

    fn is_exempt(&self, key: &str) -> bool {
        key == "global" || key == "tags" || self.chart.subcharts.iter().any(|subchart| subchart.name == key)
    }

    fn warn(
        &mut self,
        key: &str,
        place: &Span,
        defaults: Option<&Map>,
        schema: Option<SchemaView<'_>>,
        above: &[Step],
    ) {
        let path = |key: &str| ValuePath::new(above.iter().cloned().chain([Step::Key(key.to_owned())]).collect());
        let names = defaults.into_iter().flat_map(Map::keys);
        let names = names.chain(schema.and_then(|schema| schema.properties()).into_iter().flat_map(Map::keys));
        self.compared += 1;
        let is_compared = self.compared <= MAX_COMPARED;
        let near = if is_compared { nearest(key, names) } else { None };
        let is_suspicious = near.is_some() || schema.is_some();
        let suggestion = match near {
            Some(near) => Some(path(near).to_string()),
            None if is_compared => find_elsewhere(key, self.chart.defaults),
            None => None,
        };
        let message = format!("unknown value {}: the chart {} has no such value", path(key), self.chart.name);
        let warning = Diagnostic::warning("unknown-value", message).at(place.clone(), "");
        let warning = match suggestion {
            Some(known) => warning.help(format!("did you mean {known}?")),
            None => warning,
        };
        self.found.push(UnknownValue { path: path(key), is_suspicious, warning });
    }
}

/// Returns the path of the same name deeper in the defaults, if there is exactly one.
pub fn find_elsewhere(key: &str, defaults: &Map) -> Option<String> {
    let mut found = Vec::new();
    collect_paths(key, defaults, &mut Vec::new(), &mut found);
    if found.len() == 1 { found.pop() } else { None }
}

fn collect_paths(key: &str, map: &Map, path: &mut Vec<String>, found: &mut Vec<String>) {
    for (name, node) in map.iter() {
        path.push(name.to_owned());
        if name == key && path.len() > 1 {
            found.push(path.join("."));
        }
        if let Value::Map(inner) = &node.value {
            collect_paths(key, inner, path, found);
        }
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    const DEFAULTS: &str = "replicaCount: 1\nimage: {repository: a, tag: b}\nlabels: {}\nhosts: []\n";
    const SCHEMA: &str = r##"{"properties": {"replicaCount": {}, "image": {"$ref": "#/definitions/image"}, "extra": {"type": "string"},
        "listeners": {"additionalProperties": {"properties": {"port": {}}}},
        "closed": {"properties": {"a": {}}, "additionalProperties": false},
        "volumes": {"items": {"properties": {"name": {}}}}},
        "definitions": {"image": {"properties": {"repository": {}, "tag": {}}}}}"##;

    fn warnings(user: &str, schema: Option<&str>) -> Vec<String> {
        let read = |text: &str| crate::yaml::read_values(&Source::file("v.yaml", text)).unwrap();
        let (defaults, none) = (read(DEFAULTS), Map::new());
        let database = ValuesTree { name: "db".to_owned(), defaults: &none, subcharts: Vec::new() };
        let tree = ValuesTree { name: "web".to_owned(), defaults: &defaults, subcharts: vec![database] };
        let document = schema.map(|text| crate::json::read(&Source::file("s.json", text), 0..text.len()).unwrap());
        let found = unknown_values(&read(user), &tree, document.as_ref()).into_iter();
        let reported = found.filter(|unknown| unknown.is_suspicious).map(|unknown| unknown.warning);
        reported.map(|warning| format!("{} {}", warning.labels[0].span, warning.help.join(" "))).collect()
    }

    #[test]
    fn a_typo_is_reported_with_the_name_that_was_meant() {
        assert_eq!(warnings("replicaCout: 3\n", Some(SCHEMA)), ["v.yaml:1:1 did you mean replicaCount?"]);
        assert_eq!(warnings("image: {TAG: x}\n", Some(SCHEMA)), ["v.yaml:1:9 did you mean image.tag?"]);
        assert_eq!(warnings("repository: x\n", Some(SCHEMA)), ["v.yaml:1:1 did you mean image.repository?"]);
        assert_eq!(
            warnings("listeners: {c2s: {prt: 1}}\n", Some(SCHEMA)),
            ["v.yaml:1:19 did you mean listeners.c2s.port?"]
        );
        assert_eq!(warnings("volumes: [{nme: x}]\n", Some(SCHEMA)), ["v.yaml:1:12 did you mean volumes[0].name?"]);
        assert_eq!(warnings("quite-different: 1\n", Some(SCHEMA)), ["v.yaml:1:1 "]);
    }

    #[test]
    fn open_maps_globals_and_subcharts_are_not_reported() {
        let user =
            "labels: {a: b}\nglobal: {x: 1}\ndb: {y: 1}\nextra: z\nclosed: {zz: 1}\nlisteners: {any: {port: 1}}\n";
        assert_eq!(warnings(user, Some(SCHEMA)), [""; 0]);
    }

    #[test]
    fn without_a_schema_only_near_misses_are_reported() {
        assert_eq!(
            warnings("replicaCout: 3\nother: 1\nimage: {tags: 1}\n", None),
            ["v.yaml:1:1 did you mean replicaCount?", "v.yaml:3:9 did you mean image.tag?",]
        );
    }

    #[test]
    fn only_the_first_of_very_many_unknown_values_have_a_suggestion() {
        let user: String = (0..250).map(|number| format!("replicaCoun{number}: 1\n")).collect();
        let listed = warnings(&user, Some(SCHEMA));
        assert_eq!(listed.len(), 250);
        assert!(listed[..100].iter().all(|warning| warning.ends_with("did you mean replicaCount?")), "{listed:?}");
        assert_eq!(listed[249], "v.yaml:250:1 ");
    }
}
