//! What nobody is to read in a review: the contents of Secrets, and values that a chart's schema marks as `writeOnly`.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::objects::Object;
use crate::yaml::{self, Map, Node, Value};

/// Texts that are shown by a number alone: the same text has the same number, so that equal stays equal and changed
/// changed. The default knows none, and shows everything.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// What is masked and its mask, the longest first.
    known: Vec<(String, String)>,
    /// What is masked as a whole value of a Secret alone: everybody knows it.
    public: Vec<(String, String)>,
    /// Nothing is masked, and what Secrets hold in base64 is shown as what it is.
    is_open: bool,
}

/// Shorter ones are masked only where they stand alone: they are part of too many words.
const LONG_ENOUGH: usize = 6;

impl Secrets {
    /// Nothing is secret: the contents of Secrets are shown, as text where they are text.
    pub fn shown() -> Secrets {
        Secrets { is_open: true, ..Secrets::default() }
    }

    /// Gathers the contents of the Secrets of both sides and other secret texts. What is `public`, and the names of
    /// objects, stay readable outside of Secrets.
    pub fn gather<'o>(
        objects: impl IntoIterator<Item = &'o Object>,
        others: impl IntoIterator<Item = String>,
        public: impl IntoIterator<Item = String>,
    ) -> Secrets {
        let mut found: Vec<String> = others.into_iter().collect();
        let mut public: BTreeSet<String> = public.into_iter().collect();
        for object in objects {
            public.extend([&object.id.name, &object.id.namespace, &object.id.kind].map(Clone::clone));
            if !is_secret(&object.id.kind, &object.id.api_version) {
                continue;
            }
            let fields = object.fields();
            let values = |name: &str| {
                let map = fields.get(name).and_then(|node| node.value.as_map());
                map.into_iter().flat_map(Map::iter).filter_map(|(_, node)| plain(&node.value)).collect::<Vec<_>>()
            };
            found.extend(values("stringData"));
            for encoded in values("data") {
                let compact: String = encoded.split_whitespace().collect();
                if let Ok(text) = STANDARD.decode(&compact).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()) {
                    found.push(text);
                }
                found.push(encoded);
            }
        }
        let mut secrets = Secrets::of(found);
        let is_public = |text: &String| {
            let decoded = STANDARD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            public.contains(text) || decoded.is_some_and(|text| public.contains(text.trim()))
        };
        (secrets.public, secrets.known) = secrets.known.into_iter().partition(|(text, _)| is_public(text));
        secrets
    }

    fn of(texts: impl IntoIterator<Item = String>) -> Secrets {
        let mut numbers: Vec<String> = Vec::new();
        let mut known: Vec<(String, String)> = Vec::new();
        for text in texts {
            let text = text.trim().to_owned();
            // One in base64 has the number of what it holds.
            let decoded = STANDARD.decode(&text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let same = decoded.map(|text| text.trim().to_owned()).filter(|decoded| numbers.contains(decoded));
            let original = same.unwrap_or_else(|| text.clone());
            if text.is_empty() {
                continue;
            }
            if !numbers.contains(&original) {
                numbers.push(original.clone());
            }
            let number = numbers.iter().position(|known| *known == original).unwrap_or_default() + 1;
            let mask = format!("(secret {number})");
            let quoted = crate::json::write(&Value::String(original.clone()));
            let inside = quoted[1..quoted.len() - 1].to_owned();
            // Keys and certificates stand indented elsewhere; other lines are no secrets by themselves.
            let is_of_a_key = |c: char| c.is_ascii_alphanumeric() || "+/=-_".contains(c);
            let is_key = |line: &&str| line.len() >= 16 && line.chars().all(is_of_a_key) && *line != original;
            let lines = original.lines().map(str::trim).filter(is_key);
            let forms: BTreeSet<String> = [
                text.clone(),
                original.clone(),
                STANDARD.encode(&original),
                STANDARD.encode(format!("{original}\n")),
                inside.clone(),
                inside.replace('\\', "\\\\").replace('"', "\\\""),
                original.replace('\'', "''"),
            ]
            .into_iter()
            .chain(lines.map(str::to_owned))
            .collect();
            for form in forms {
                if !known.iter().any(|(other, _)| *other == form) {
                    known.push((form, mask.clone()));
                }
            }
        }
        known.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        Secrets { known, public: Vec::new(), is_open: false }
    }

    fn is_empty(&self) -> bool {
        self.known.is_empty() && self.public.is_empty()
    }

    /// A text with what is secret in it masked.
    pub fn mask(&self, text: &str) -> String {
        let mut masked = text.to_owned();
        for (secret, mask) in &self.known {
            if !masked.contains(secret.as_str()) {
                continue;
            }
            masked =
                if secret.len() < LONG_ENOUGH { alone(&masked, secret, mask) } else { masked.replace(secret, mask) };
        }
        masked
    }

    /// An object with what is secret in it masked. Of a Secret that is all its data.
    pub(super) fn masked(&self, object: &Map) -> Map {
        let mut object = object.clone();
        if self.is_open {
            decode_data(&mut object);
        }
        if self.is_empty() {
            return object;
        }
        let text = |name: &str| object.get(name).and_then(|node| node.value.as_str()).unwrap_or_default();
        let is_secret = is_secret(text("kind"), text("apiVersion"));
        for (key, node) in object.iter_mut() {
            self.mask_node(node, is_secret && matches!(key, "data" | "stringData"));
        }
        object
    }

    fn mask_node(&self, node: &mut Node, all: bool) {
        match &mut node.value {
            Value::Map(map) => map.iter_mut().for_each(|(_, node)| self.mask_node(node, all)),
            Value::List(items) => items.iter_mut().for_each(|node| self.mask_node(node, all)),
            Value::Null => {}
            value => {
                let Some(text) = plain(value) else { return };
                let of_secrets = if all { self.public.as_slice() } else { &[] };
                let mut candidates = self.known.iter().chain(of_secrets);
                let whole = candidates.find(|(secret, _)| *secret == text.trim()).map(|(_, mask)| mask.clone());
                let masked = match whole {
                    Some(mask) => mask,
                    None if all => "(secret)".to_owned(),
                    None => self.mask(&text),
                };
                if masked != text {
                    *value = Value::String(masked);
                }
            }
        }
    }

    /// The text of an object, for people to compare: the document as it stands, or, where that is not the object alone or
    /// something in it is masked, its fields written anew.
    pub(super) fn text_of(&self, object: &Object, masked: &Map) -> String {
        let plain = object.text().filter(|text| {
            !is_secret(&object.id.kind, &object.id.api_version) || self.is_empty() || !text.contains("ata:")
        });
        let mut text = match plain {
            Some(text) => self.mask(text.trim_end()),
            None => yaml::write_pretty(&Value::Map(masked.clone())).trim_end().to_owned(),
        };
        text.push('\n');
        text
    }
}

/// Shows the data of a Secret as text, where it is text.
fn decode_data(object: &mut Map) {
    if object.get("kind").and_then(|node| node.value.as_str()) != Some("Secret") {
        return;
    }
    let Some(data) = object.get_mut("data").and_then(|node| node.value.as_map_mut()) else { return };
    for (_, node) in data.iter_mut() {
        let bytes = node.value.as_str().and_then(|text| STANDARD.decode(text.trim()).ok());
        if let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
            node.value = Value::String(text);
        }
    }
}

fn is_secret(kind: &str, api_version: &str) -> bool {
    kind == "Secret" && api_version == "v1"
}

/// A scalar as text.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Int(_) | Value::Float(_) => Some(crate::json::write(value)),
        _ => None,
    }
}

/// Replaces a word where it is not part of a longer one.
fn alone(text: &str, word: &str, mask: &str) -> String {
    let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(at) = rest.find(word) {
        let (head, tail) = (&rest[..at], &rest[at + word.len()..]);
        masked.push_str(head);
        let left = head.chars().next_back().or(before);
        let stands_alone = !is_part(left) && !is_part(tail.chars().next());
        masked.push_str(if stands_alone { mask } else { word });
        before = word.chars().next_back();
        rest = tail;
    }
    masked.push_str(rest);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    fn objects(text: &str) -> Vec<Object> {
        super::super::read_objects(&Source::file("m.yaml", text), "m").unwrap()
    }

    #[test]
    fn equal_stays_equal_and_changed_changed() {
        let secrets = Secrets::of(["hunter2".to_owned(), "hunter3".to_owned(), STANDARD.encode("hunter2")]);
        assert_eq!(secrets.mask("a = \"hunter2\", hunter3"), "a = \"(secret 1)\", (secret 2)");
        assert_eq!(secrets.mask(&STANDARD.encode("hunter2")), "(secret 1)");
    }

    #[test]
    fn short_ones_are_masked_where_they_stand_alone() {
        let secrets = Secrets::of(["abc".to_owned()]);
        assert_eq!(secrets.mask("abc abcd xabc 'abc' abc"), "(secret 1) abcd xabc '(secret 1)' (secret 1)");
    }

    #[test]
    fn no_form_of_a_secret_is_left() {
        let secret = "p\"w'\\x long";
        let texts = [
            format!("toml = {}", crate::json::write(&Value::String(secret.to_owned()))),
            format!("yaml: '{}'", secret.replace('\'', "''")),
            STANDARD.encode(secret),
            secret.to_owned(),
        ];
        let secrets = Secrets::of([secret.to_owned()]);
        for text in texts {
            let masked = secrets.mask(&text);
            assert!(masked.contains("(secret 1)") && !masked.contains("long"), "{masked}");
        }
    }

    #[test]
    fn all_data_of_a_secret_is_masked() {
        let all = objects(
            "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: one two, c: 'x'}\ndata: {b: aHVudGVyMg==}\n",
        );
        let secrets = Secrets::gather(&all, [], []);
        let masked = secrets.masked(&all[0].fields());
        let shown = crate::json::write(&Value::Map(masked.clone()));
        assert!(shown.contains(r#""stringData":{"a":"(secret 1)","c":"(secret 2)"}"#), "{shown}");
        let text = secrets.text_of(&all[0], &masked);
        assert!(!text.contains("one two") && !text.contains("aHVudGVyMg"), "{text}");
        assert_eq!(Secrets::default().masked(&all[0].fields()), *all[0].fields());
    }
}
