//! Finds the values that a message of `fail` or `required` is about, so that an error can point at what the user wrote.
//!
//! Charts phrase such messages in many ways. The search is for paths of values: at the beginning of a line, before a
//! colon (`rdbms.host: …`), or anywhere in it (`Values.image.tag`, `rdbms.host`, `replicaCount`).

use crate::diagnostic::{Source, Span};
use crate::yaml::{Map, Node, Value};

/// The values that a message may refer to.
pub(super) struct MessageValues<'a> {
    /// The chart's values, as its templates see them.
    pub(super) values: &'a Map,
    /// The chart's values.yaml.
    pub(super) defaults: Option<&'a Source>,
}

impl MessageValues<'_> {
    /// Returns the places of the values that the lines of a message are about, at most one for each line. A value that
    /// the user set takes precedence over the chart's default.
    pub(super) fn places(&self, message: &str) -> Vec<Span> {
        let mut places = Vec::new();
        for place in message.lines().filter_map(|line| self.place(line)) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }

    /// Returns the place of the value that an expression names (`Values.image.tag`), if the user wrote it.
    pub(super) fn place_of_expression(&self, path: &str) -> Option<Span> {
        self.written_by_user(self.get(path)?)
    }

    fn place(&self, line: &str) -> Option<Span> {
        let is_of_a_path = |c: char| c.is_alphanumeric() || "_-.[]".contains(c);
        let leading = line.split_once(':').map(|(path, _)| path.trim()).filter(|path| path.chars().all(is_of_a_path));
        let leading = leading.and_then(|path| self.get(without_root(path)));
        if let Some(place) = leading.and_then(|node| self.written_by_user(node)) {
            return Some(place);
        }
        let words = line.split(|c| !is_of_a_path(c)).map(|word| word.trim_matches(['.', '-'])).map(without_root);
        let named: Vec<(&str, &Node)> = words.filter_map(|word| Some((word, self.get(word)?))).collect();
        let is_path = |word: &str| word.contains(['.', '[']);
        // A plain word may be a key by accident, which is not enough to point at a whole map.
        let mut meant = named.iter().filter(|(word, node)| is_path(word) || node.value.as_map().is_none());
        meant.find_map(|(_, node)| self.written_by_user(node)).or_else(|| {
            let default = leading.or_else(|| named.iter().find(|(word, _)| is_path(word)).map(|(_, node)| *node));
            default.map(|node| node.span.clone()).filter(|span| span.source().is_some())
        })
    }

    fn get(&self, path: &str) -> Option<&Node> {
        let mut steps = path.split('.');
        let mut node = in_map(self.values, steps.next()?)?;
        for step in steps {
            node = in_map(node.value.as_map()?, step)?;
        }
        Some(node)
    }

    /// Returns where the user wrote a value, or the only value in it that the user wrote.
    fn written_by_user(&self, node: &Node) -> Option<Span> {
        let mut found = Vec::new();
        self.gather(node, &mut found);
        match &found[..] {
            [place] => Some((*place).clone()),
            _ => None,
        }
    }

    /// Collects up to two places, which is enough to know that there is more than one.
    fn gather<'n>(&self, node: &'n Node, found: &mut Vec<&'n Span>) {
        match &node.value {
            Value::Map(map) if !map.is_empty() => {
                for (_, below) in map.iter() {
                    if found.len() < 2 {
                        self.gather(below, found);
                    }
                }
            }
            _ => {
                let source = node.span.source();
                if source.is_some() && source != self.defaults {
                    found.push(&node.span);
                }
            }
        }
    }
}

/// Returns the node that one step of a path leads to: `hosts`, `hosts[0]`.
fn in_map<'m>(map: &'m Map, step: &str) -> Option<&'m Node> {
    let (key, indices) = step.split_once('[').map_or((step, ""), |(key, rest)| (key, rest));
    let mut node = map.get(key)?;
    for index in indices.split('[').filter(|index| !index.is_empty()) {
        node = node.value.as_list()?.get(index.strip_suffix(']')?.parse::<usize>().ok()?)?;
    }
    Some(node)
}

fn without_root(path: &str) -> &str {
    path.trim_start_matches('.').strip_prefix("Values.").unwrap_or(path)
}

/// Returns the path of the value passed to the `required` at `range` in a template: the value piped into it, or its
/// argument `value`.
pub(super) fn given_to_required(text: &str, range: std::ops::Range<usize>) -> Option<String> {
    let is_of_a_path = |c: char| c.is_alphanumeric() || "_.?".contains(c);
    let call = text.get(range.clone())?;
    let piped = text[..range.start].trim_end().strip_suffix('|').map(str::trim_end);
    let expression = match (call.find("value="), piped) {
        (Some(at), _) => &call[at + "value=".len()..],
        (None, Some(before)) => {
            let length: usize = before.chars().rev().take_while(|&c| is_of_a_path(c)).map(char::len_utf8).sum();
            &before[before.len() - length..]
        }
        (None, None) => return None,
    };
    let end = expression.find(|c| !is_of_a_path(c)).unwrap_or(expression.len());
    let path = expression[..end].strip_prefix("Values.")?.replace('?', "");
    (!path.is_empty() && !path.ends_with('.')).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::read_values;

    const DEFAULTS: &str = "rdbms:\n  host: db\nhosts: [a, b]\nname: x\n";

    /// Returns the places that a message points at, if the user sets these values in addition to the defaults.
    fn places(user: &str, message: &str) -> Vec<String> {
        let defaults = Source::file("values.yaml", DEFAULTS);
        let mut values = read_values(&defaults).unwrap();
        for (key, node) in read_values(&Source::file("own.yaml", user)).unwrap().iter() {
            values.insert(key, Span::generated(), node.clone());
        }
        let values = MessageValues { values: &values, defaults: Some(&defaults) };
        values.places(message).iter().map(Span::to_string).collect()
    }

    #[test]
    fn a_path_before_a_colon_is_the_subject_of_the_line() {
        assert_eq!(places("rdbms: {host: ''}\n", "rdbms.host: give one"), ["own.yaml:1:15"]);
        assert_eq!(places("", "rdbms.host: give one"), ["values.yaml:2:9"]);
        assert_eq!(
            places("hosts: [a, a]\n", "hosts[1]: is there twice\nhosts[0]: too"),
            ["own.yaml:1:12", "own.yaml:1:9"]
        );
    }

    #[test]
    fn user_values_are_preferred_to_defaults() {
        assert_eq!(places("mode: cluster\n", "rdbms.host: mode=cluster needs it"), ["own.yaml:1:7"]);
    }

    #[test]
    fn paths_are_found_anywhere_in_a_sentence() {
        assert_eq!(places("image: {tag: x}\n", "please set .Values.image.tag."), ["own.yaml:1:14"]);
        assert_eq!(places("image: {tag: x}\n", "the image is wrong"), [""; 0]);
        assert_eq!(places("", "pin Values.rdbms.host"), ["values.yaml:2:9"]);
        assert_eq!(places("replicaCount: 0\n", "replicaCount must be 1 or more"), ["own.yaml:1:15"]);
    }

    #[test]
    fn messages_without_known_values_have_no_place() {
        for message in
            ["", ":", "no labels today", "a.b: c", "[0]: x", "hosts[x]: y", "hosts[9]: y", "rdbms..host", "größe: x"]
        {
            assert_eq!(places("", message), [""; 0], "{message}");
        }
    }

    #[test]
    fn the_message_of_required_names_its_value() {
        let given = |text: &str| {
            let start = text.find("required(")?;
            given_to_required(text, start..text.len() - 3)
        };
        assert_eq!(given("{{ Values.db?.host | required(message='x') }}").as_deref(), Some("db.host"));
        assert_eq!(given("{{ required(value=Values.host, message='x') }}").as_deref(), Some("host"));
        assert_eq!(given("{{ ä.Values.x | upper | required(message='x') }}"), None);
        assert_eq!(given("{{ x | required(message='x') }}"), None);
    }
}
