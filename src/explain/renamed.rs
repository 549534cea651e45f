//! Guesses from the defaults of two versions of a chart which new key replaced an old one.

use super::preconditions::is_empty;
use crate::values::{Step, ValuePath};
use crate::yaml::{Map, Node, Value};

/// The most new keys that are considered.
const MAX: usize = 5_000;
/// The lowest score at which a new key counts as the replacement.
const ENOUGH: usize = 3;

/// The defaults of two versions of a chart.
pub(super) struct Renames<'a> {
    old: &'a Map,
    new: &'a Map,
    /// The keys that only the new defaults have: maps, and the keys in them.
    added: Vec<(ValuePath, &'a Node)>,
}

impl<'a> Renames<'a> {
    pub(super) fn new(old: &'a Map, new: &'a Map) -> Renames<'a> {
        let mut added = Vec::new();
        add_new_keys(&ValuePath::default(), Some(old), new, &mut added);
        Renames { old, new, added }
    }

    /// Returns the key that replaced `path`; `None` if there is none, or several are equally likely.
    pub(super) fn find(&self, path: &ValuePath) -> Option<ValuePath> {
        // If a whole map moved, its keys moved with it: the outermost missing map is tried first.
        let mut above: Vec<ValuePath> = std::iter::successors(Some(path.clone()), ValuePath::parent)
            .take_while(|above| !above.steps().is_empty())
            .collect();
        above.reverse();
        let removed = above.iter().filter(|above| above.get(self.new).is_none());
        for from in removed {
            let Some(node) = from.get(self.old) else { continue };
            let Some(to) = self.best(from, node) else { continue };
            let whole = join(&to, &path.below(from.steps().len()));
            if whole.get(self.new).is_some() {
                return Some(whole);
            }
        }
        None
    }

    fn best(&self, from: &ValuePath, node: &Node) -> Option<ValuePath> {
        let mut best: Option<(usize, &ValuePath)> = None;
        let mut is_unique = false;
        for (to, candidate) in &self.added {
            let score = score(from, node, to, candidate);
            match best {
                _ if score < ENOUGH => {}
                Some((known, _)) if score < known => {}
                Some((known, _)) if score == known => is_unique = false,
                _ => (best, is_unique) = (Some((score, to)), true),
            }
        }
        best.filter(|_| is_unique).map(|(_, to)| to.clone())
    }
}

fn add_new_keys<'a>(path: &ValuePath, old: Option<&Map>, new: &'a Map, found: &mut Vec<(ValuePath, &'a Node)>) {
    for (key, node) in new.iter() {
        if found.len() >= MAX {
            return;
        }
        let path = path.key(key);
        let before = old.and_then(|old| old.get(key));
        if before.is_none() {
            found.push((path.clone(), node));
        }
        if let Value::Map(map) = &node.value {
            add_new_keys(&path, before.and_then(|node| node.value.as_map()), map, found);
        }
    }
}

/// Scores how likely `to` replaced `from`: by a distinctive value, a similar name, and a place nearby.
fn score(from: &ValuePath, old: &Node, to: &ValuePath, new: &Node) -> usize {
    let is_near = from.shared_with(to) > 0;
    let name = |path: &ValuePath| match path.steps().last() {
        Some(Step::Key(key)) => without_punctuation(key),
        _ => String::new(),
    };
    let (old_name, new_name) = (name(from), name(to));
    let is_called_so = old_name == new_name;
    let is_alike = |key: &String| key.contains(&old_name) || old_name.contains(key.as_str());
    let is_called_alike = || {
        let own = &to.steps()[from.shared_with(to)..];
        own.iter().any(|step| matches!(step, Step::Key(key) if is_alike(&without_punctuation(key))))
    };
    let by_name = if is_called_so { 2 } else { usize::from(is_called_alike()) };
    let by_content = match (&old.value, &new.value) {
        (Value::Map(old), Value::Map(new)) => alike_maps(old, new),
        (Value::Map(_), _) | (_, Value::Map(_)) => return 0,
        (Value::List(_), Value::List(_)) if old.value == new.value && !is_empty(&old.value) => 3,
        (Value::List(_), _) | (_, Value::List(_)) => return 0,
        (old, new) if old == new => 1 + usize::from(is_distinctive(old)),
        (old, new) if std::mem::discriminant(old) == std::mem::discriminant(new) && is_called_so => 1,
        _ => return 0,
    };
    if by_content == 0 || by_name == 0 && by_content < 2 {
        return 0;
    }
    by_name + by_content + usize::from(is_near)
}

/// Returns how similar two maps are: 0 to 3.
fn alike_maps(old: &Map, new: &Map) -> usize {
    if old.is_empty() || new.is_empty() {
        return usize::from(old.is_empty() && new.is_empty());
    }
    let shared = old.iter().filter(|(key, _)| new.get(key).is_some()).count();
    let same = old.iter().filter(|(key, node)| new.get(key).is_some_and(|new| new.value == node.value)).count();
    let all = old.len() + new.len() - shared;
    match (shared * 2 >= all, same * 2 >= all && same > 1) {
        (true, true) => 3,
        (true, false) if shared > 1 => 2,
        (true, false) => 1,
        (false, _) => 0,
    }
}

/// Whether a value is distinctive: few other values are the same.
fn is_distinctive(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() >= 6,
        Value::Int(number) => *number > 1000,
        _ => false,
    }
}

/// Removes the differences between spellings of a key: case and punctuation.
fn without_punctuation(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn join(above: &ValuePath, below: &ValuePath) -> ValuePath {
    ValuePath::new(above.steps().iter().chain(below.steps()).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::yaml::read_values;

    fn found(old: &str, new: &str, key: &str) -> Option<String> {
        let read = |text: &str| read_values(&Source::file("v.yaml", text)).unwrap();
        let (old, new) = (read(old), read(new));
        let path = ValuePath::parse(&Source::flag("KEY", key)).unwrap();
        Renames::new(&old, &new).find(&path).map(|path| path.to_string())
    }

    #[test]
    fn a_key_that_moved_is_found() {
        let cases = [
            (
                "{service: {port: 80, type: ClusterIP}}",
                "{service: {ports: {http: 80, https: 443}, type: ClusterIP}}",
                "service.port",
                "service.ports.http",
            ),
            ("{replicas: 1}", "{server: {replicas: 1}, worker: {x: 1}}", "replicas", "server.replicas"),
            (
                "{persistence: {size: 8Gi, enabled: true}}",
                "{primary: {persistence: {size: 8Gi, enabled: true}}}",
                "persistence.size",
                "primary.persistence.size",
            ),
            (
                "{cluster: {nodes: 3, init: true, update: {a: 1}}}",
                "{redis: {nodes: 3, init: true, update: {a: 1}}}",
                "cluster.update.a",
                "redis.update.a",
            ),
            (
                "{rbac: {pspEnabled: true}, image: {repository: a/b}}",
                "{rbac: {}, controller: {image: {repository: a/b}}}",
                "image.repository",
                "controller.image.repository",
            ),
            ("{extra-args: [a, b]}", "{extraArgs: [a, b]}", "extra-args", "extraArgs"),
        ];
        for (old, new, key, wanted) in cases {
            assert_eq!(found(old, new, key).as_deref(), Some(wanted), "{old} {new}");
        }
    }

    #[test]
    fn an_ambiguous_rename_is_not_suggested() {
        assert_eq!(found("{replicas: 1}", "{server: {replicas: 1}, worker: {replicas: 1}}", "replicas"), None);
        assert_eq!(found("{enabled: true}", "{a: {x: true}}", "enabled"), None);
        assert_eq!(found("{a: 1, b: 2}", "{a: 1}", "b"), None);
        assert_eq!(found("{a: {x: ''}}", "{b: {y: ''}}", "a.x"), None);
    }
}
