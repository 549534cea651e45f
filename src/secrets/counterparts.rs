//! Masks the old side of a comparison where the new side has a secret. The old secret may be one that this run does not know.

use super::Secrets;
use super::lines::masks;
use crate::yaml::{Map, Node, Value};

impl Secrets {
    /// Masks in an earlier version of an object what the later version has masked: the same field, or in a multi-line
    /// string the same part of a line whose rest is unchanged. Call it after both versions have been masked by themselves.
    pub fn mask_counterparts(&self, old: &mut Map, new: &Map) {
        if self.is_open {
            return;
        }
        for (key, node) in old.iter_mut() {
            if let Some(new) = new.get(key) {
                self.mask_node(node, new);
            }
        }
    }

    fn mask_node(&self, old: &mut Node, new: &Node) {
        match (&mut old.value, &new.value) {
            (Value::Map(old), Value::Map(new)) => self.mask_counterparts(old, new),
            (Value::List(old), Value::List(new)) => {
                for (index, item) in old.iter_mut().enumerate() {
                    let name = item.value.as_map().and_then(|map| map.get("name")).cloned();
                    let same = |other: &&Node| other.value.as_map().and_then(|map| map.get("name")) == name.as_ref();
                    let new = if name.is_some() { new.iter().find(same) } else { new.get(index) };
                    if let Some(new) = new {
                        self.mask_node(item, new);
                    }
                }
            }
            (Value::String(old), Value::String(new)) => {
                if let Some(masked) = self.masked_like(old, new) {
                    *old = masked;
                }
            }
            _ => {}
        }
    }

    fn masked_like(&self, old: &str, new: &str) -> Option<String> {
        let mask = self.mask_of(None);
        if old == new || masks(old).next().is_some() {
            return None;
        }
        let around: Vec<(&str, &str)> = new
            .lines()
            .filter_map(|line| {
                let (first, last) = (masks(line).next()?, masks(line).last()?);
                Some((&line[..first.0], &line[last.1..]))
            })
            .collect();
        if around.is_empty() {
            return None;
        }
        if !old.contains('\n') && !new.contains('\n') {
            let (before, after) = around[0];
            return Some(between(old, before, after, &mask).unwrap_or(mask));
        }
        let masked: String = old
            .split_inclusive('\n')
            .map(|line| {
                let body = line.trim_end_matches('\n');
                // A mask with nothing in front of it does not identify a line.
                let around = around.iter().filter(|(before, _)| !before.trim().is_empty());
                let masked = around.filter_map(|(before, after)| between(body, before, after, &mask)).next();
                masked.map_or_else(|| line.to_owned(), |masked| masked + &line[body.len()..])
            })
            .collect();
        (masked != old).then_some(masked)
    }
}

/// Masks the part of a string between `before` and `after`, if these are its ends.
fn between(text: &str, before: &str, after: &str, mask: &str) -> Option<String> {
    let inside = text.strip_prefix(before)?.strip_suffix(after)?;
    (!inside.is_empty()).then(|| format!("{before}{mask}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::yaml::read_values;

    fn masked(old: &str, new: &str) -> String {
        let read = |text: &str| read_values(&Source::file("v.yaml", text)).unwrap();
        let mut old = read(old);
        Secrets::default().mask_counterparts(&mut old, &read(new));
        crate::json::write(&Value::Map(old))
    }

    #[test]
    fn the_counterpart_of_a_secret_is_masked() {
        assert_eq!(masked("a: old", "a: (secret 1)"), r#"{"a":"(secret)"}"#);
        assert_eq!(masked("a: app:old@db", "a: app:(secret 1)@db"), r#"{"a":"app:(secret)@db"}"#);
        assert_eq!(masked("a: other", "a: app:(secret 1)@db"), r#"{"a":"(secret)"}"#);
        assert_eq!(
            masked("a: [{name: x, v: 1o}, {name: z, v: 2o}]", "a: [{name: z, v: (secret 1)}]"),
            r#"{"a":[{"name":"x","v":"1o"},{"name":"z","v":"(secret)"}]}"#
        );
        assert_eq!(
            masked("a: |\n  p = old\n  q = 1\n", "a: |\n  p = (secret 2)\n  q = 2\n"),
            r#"{"a":"p = (secret)\nq = 1\n"}"#
        );
        assert_eq!(masked("a: (secret 1)", "a: (secret 2)"), r#"{"a":"(secret 1)"}"#);
        assert_eq!(masked("a: same\nb: x", "a: same\nc: (secret 1)"), r#"{"a":"same","b":"x"}"#);
    }
}
