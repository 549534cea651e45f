//! Completes keys of a chart's values.

use super::answer::{Answer, Candidate, MAX_CANDIDATES};
use crate::chart::Chart;
use crate::diagnostic::Source;
use crate::json_schema::SchemaView;
use crate::render::Schemas;
use crate::secrets::{Gathering, names_a_secret};
use crate::values::{Step, ValuePath, merge_defaults};
use crate::yaml::{Map, Node, Value};

/// The maximum number of items of a list that are offered.
const MAX_ITEMS: usize = 20;
/// The maximum length of a default value in a description, in characters.
const MAX_DEFAULT: usize = 60;

/// Offers the keys that complete the last part of a path. With `is_assigned` a value follows the key, after `=`.
pub(super) fn offer(answer: &mut Answer, word: &str, chart: &Chart, is_assigned: bool) {
    let Ok(values) = merge_defaults(&chart.values_tree()) else { return };
    let schemas = Schemas::new(chart);
    let mut secrets = Gathering::default();
    secrets.values(&values.values, &schemas.documents());
    let masked = secrets.finish().masked_values(&values.values);
    offer_of(answer, word, &values.values, &|path, node| described(path, node, &schemas, &masked), is_assigned);
}

fn offer_of(
    answer: &mut Answer,
    word: &str,
    values: &Map,
    describe: &dyn Fn(&ValuePath, &Node) -> String,
    is_assigned: bool,
) {
    let above = last_dot(word).map(|at| ValuePath::parse(&Source::flag("KEY", &word[..at])));
    let (above, map) = match above {
        None => (ValuePath::default(), Some(values)),
        Some(Ok(above)) => {
            let map = above.get(values).and_then(|node| node.value.as_map());
            (above, map)
        }
        Some(Err(_)) => return,
    };
    for (key, node) in map.into_iter().flat_map(Map::iter).filter(|(key, _)| !key.is_empty()) {
        if answer.candidates.len() == MAX_CANDIDATES {
            return;
        }
        let path = above.key(key);
        let text = path.to_string();
        // `hosts[` is continued with items.
        if text.starts_with(word) || word.strip_prefix(&text).is_some_and(|rest| rest.starts_with('[')) {
            let description = describe(&path, node);
            for candidate in continued(&text, node, is_assigned, &description) {
                answer.offer(word, candidate);
            }
        }
    }
}

/// Returns a key with what follows it: a dot before the keys of a map, an equals sign before a value.
fn continued(path: &str, node: &Node, is_assigned: bool, description: &str) -> Vec<Candidate> {
    let leaf = || match is_assigned {
        true => Candidate::open(format!("{path}="), description),
        false => Candidate::whole(path, description),
    };
    match &node.value {
        Value::Map(map) if !map.is_empty() => vec![Candidate::open(format!("{path}."), description)],
        Value::List(items) if items.iter().any(|item| item.value.as_map().is_some()) => {
            let items = 0..items.len().min(MAX_ITEMS);
            let items = items.map(|index| Candidate::open(format!("{path}[{index}]."), ""));
            std::iter::once(leaf()).chain(items).collect()
        }
        _ => vec![leaf()],
    }
}

/// Returns the description in the schema, or else the default value if it is short and not secret. In `masked`, secrets are
/// replaced.
fn described(path: &ValuePath, node: &Node, schemas: &Schemas, masked: &Map) -> String {
    let views = schemas.at(path).map(SchemaView::alternatives).unwrap_or_default();
    if let Some(description) = views.iter().find_map(SchemaView::description) {
        return description.to_owned();
    }
    let is_secret = path.steps().iter().any(|step| matches!(step, Step::Key(key) if names_a_secret(key)))
        || path.get(masked).is_none_or(|masked| masked.value != node.value);
    let default = match &node.value {
        Value::Bool(value) => value.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::String(text) if !text.is_empty() && !text.contains('\n') => text.clone(),
        _ => return String::new(),
    };
    if is_secret || default.chars().count() > MAX_DEFAULT { String::new() } else { format!("default: {default}") }
}

/// Finds the last dot without a backslash before it.
fn last_dot(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    let mut last = None;
    for (at, c) in text.char_indices() {
        if c == '.' && !is_escaped {
            last = Some(at);
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::File;

    fn keys(word: &str, is_assigned: bool) -> Vec<String> {
        let text = "image: {tag: '', name: web}\nreplicas: 1\nhosts: [{name: a}, {name: b}]\n'a.b/c': {d: 1}\nimages: []\n\"e\\e[2J\": 1\n";
        let values = crate::yaml::read_values(&Source::file("values.yaml", text)).unwrap();
        let mut answer = Answer::default();
        offer_of(&mut answer, word, &values, &|_, _| String::new(), is_assigned);
        let is_open = |candidate: &Candidate| candidate.text.ends_with(['.', '=']);
        assert!(answer.candidates.iter().all(|candidate| candidate.is_whole != is_open(candidate)));
        answer.candidates.into_iter().map(|candidate| candidate.text).collect()
    }

    #[test]
    fn completed_keys_lead_to_keys_and_values() {
        assert_eq!(keys("im", true), ["image.", "images="]);
        assert_eq!(keys("im", false), ["image.", "images"]);
        assert_eq!(keys("image.", true), ["image.tag=", "image.name="]);
        assert_eq!(keys("image.t", false), ["image.tag"]);
        assert_eq!(keys("h", true), ["hosts=", "hosts[0].", "hosts[1]."]);
        assert_eq!(keys("hosts[", true), ["hosts[0].", "hosts[1]."]);
        assert_eq!(keys("hosts[1].", true), ["hosts[1].name="]);
        assert_eq!(keys("a", true), [r"a\.b/c."]);
        assert_eq!(keys(r"a\.b/c.", true), [r"a\.b/c.d="]);
        assert_eq!(keys("e", true), [""; 0]);
    }

    #[test]
    fn a_default_is_shown_unless_it_is_secret() {
        let schema = r#"{"properties": {"login": {"writeOnly": true, "properties": {"user": {"type": "string"}}},
            "tokens": {"writeOnly": true, "additionalProperties": {"properties": {"a": {"default": 1}}}}}}"#;
        let values = "login: {user: hunter2, pin: 4711}\ntokens: {x: {a: abcdef}}\nname: web\npassword: x\n";
        let file = |path: &str, text: &str| File::new(path, text.as_bytes().to_vec());
        let chart = Chart::from_files(vec![
            file("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
            file("values.yaml", values),
            file("values.schema.json", schema),
        ])
        .unwrap();
        let descriptions = |word: &str| -> Vec<String> {
            let mut answer = Answer::default();
            offer(&mut answer, word, &chart, true);
            answer.candidates.into_iter().map(|candidate| candidate.description).collect()
        };
        assert_eq!(descriptions("name"), ["default: web"]);
        for (word, count) in [("login.", 2), ("tokens.x.", 1), ("password", 1)] {
            assert_eq!(descriptions(word), vec![""; count], "{word}");
        }
    }

    #[test]
    fn there_are_no_keys_where_no_map_is() {
        assert_eq!(keys("replicas.", true), [""; 0]);
        assert_eq!(keys("nothing.", true), [""; 0]);
        assert_eq!(keys("a..", true), [""; 0]);
    }
}
