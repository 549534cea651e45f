//! Gathers all secrets of a run, from values, objects and schemas.

use ahash::AHashSet;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::finder::Finder;
use super::names::names_a_secret;
use super::write_only::{ChartSchema, env_entry_name, literal_text, marked};
use super::{Secrets, lines, spellings};
use crate::json::scalar_text;
use crate::yaml::{Map, Node, Value};

/// The secrets that are known so far. [`Gathering::finish`] returns them.
#[derive(Debug, Default)]
pub struct Gathering {
    secrets: Secrets,
    /// The strings to search for, each with its number.
    texts: Vec<(Vec<u8>, usize)>,
    /// The numbers of these strings.
    sought: AHashSet<usize>,
    public: AHashSet<String>,
}

/// The minimum length of a line of a key or a certificate, which consists of base64 digits only.
const LINE_OF_A_KEY: usize = 16;

impl Gathering {
    /// Numbers the masks: equal secrets have equal numbers.
    #[must_use]
    pub fn numbered(mut self) -> Self {
        self.secrets.is_numbered = true;
        self
    }

    /// Adds the default values of charts, which are public.
    pub fn defaults(&mut self, defaults: &Map, schemas: &[ChartSchema<'_>]) {
        for (id, node) in marked(defaults, schemas).secret {
            self.secrets.public_values.extend(scalar_text(&node.value).map(|text| (id, text)));
        }
        let mut pending: Vec<&Node> = defaults.iter().map(|(_, node)| node).collect();
        while let Some(node) = pending.pop() {
            match &node.value {
                Value::Map(map) => pending.extend(map.iter().map(|(_, node)| node)),
                Value::List(items) => pending.extend(items),
                value => self.public.extend(scalar_text(value).map(|text| text.trim().to_owned())),
            }
        }
    }

    /// Adds the values of a tree of charts, with the schemas that describe them. Call [`Gathering::defaults`] first.
    pub fn values(&mut self, values: &Map, schemas: &[ChartSchema<'_>]) {
        let found = marked(values, schemas);
        self.secrets.plain_keys.extend(found.plain_keys);
        for (id, node) in found.secret {
            let Some(text) = scalar_text(&node.value).filter(|text| !text.is_empty()) else { continue };
            if self.secrets.public_values.contains(&(id, text.clone())) {
                continue;
            }
            let number = match node.file_bytes() {
                Some(bytes) => self.content(bytes.to_vec()),
                None => self.text(&text),
            };
            self.secrets.places.add(&node.span, number);
            self.secrets.values.insert(id);
        }
        self.lines_of(values);
    }

    /// Adds a string that is never secret, such as the name of an object.
    pub fn public(&mut self, text: &str) {
        if !self.public.contains(text) {
            self.public.insert(text.to_owned());
        }
    }

    /// Adds an object: the data of a Secret, and the values whose keys name secrets. Add public strings first.
    pub fn object(&mut self, fields: &Map) {
        if super::is_secret(fields) {
            for name in ["stringData", "data"] {
                let Some(data) = fields.get(name) else { continue };
                let mut pending = vec![data];
                while let Some(node) = pending.pop() {
                    match &node.value {
                        Value::Map(map) => pending.extend(map.iter().rev().map(|(_, node)| node)),
                        Value::List(items) => pending.extend(items),
                        value => {
                            if let Some(text) = scalar_text(value) {
                                let number = if name == "data" { self.encoded(&text) } else { self.text(&text) };
                                self.secrets.places.add(&node.span, number);
                            }
                        }
                    }
                }
            }
        }
        self.named(fields);
        self.lines_of(fields);
    }

    /// Adds the values whose keys name secrets.
    fn named(&mut self, map: &Map) {
        let entry = env_entry_name(map);
        for (key, node) in map.iter() {
            let name = if key == "value" { entry.unwrap_or(key) } else { key };
            let mut pending = vec![node];
            while let Some(node) = pending.pop() {
                match &node.value {
                    Value::Map(map) => self.named(map),
                    Value::List(items) => pending.extend(items),
                    value if self.secrets.names_a_secret(name) => {
                        let Some(text) = literal_text(value).filter(|text| !self.public.contains(text.trim())) else {
                            continue;
                        };
                        let number = self.text(&text);
                        self.secrets.places.add(&node.span, number);
                    }
                    _ => {}
                }
            }
        }
    }

    /// Adds the values that multi-line strings assign to keys that name secrets: configuration files, flags of commands.
    fn lines_of(&mut self, map: &Map) {
        let mut pending: Vec<&Node> = map.iter().map(|(_, node)| node).collect();
        while let Some(node) = pending.pop() {
            match &node.value {
                Value::Map(map) => pending.extend(map.iter().rev().map(|(_, node)| node)),
                Value::List(items) => pending.extend(items.iter().rev()),
                Value::String(text) => self.lines(text),
                _ => {}
            }
        }
    }

    fn lines(&mut self, text: &str) {
        if !lines::may_assign(text) {
            return;
        }
        for range in lines::assigned(text) {
            let value = &text[range];
            if value.len() >= super::finder::LONG_ENOUGH {
                self.text(value);
            } else {
                // Masked only where it is assigned, so it needs no search.
                self.number_of(value.as_bytes());
            }
        }
    }

    /// Adds a base64 value of a Secret's `data`.
    fn encoded(&mut self, text: &str) -> usize {
        let compact: String = text.split_ascii_whitespace().collect();
        match STANDARD.decode(&compact) {
            Ok(bytes) => {
                if let Ok(text) = std::str::from_utf8(&bytes) {
                    self.lines(text);
                }
                self.content(bytes)
            }
            Err(_) => self.text(text),
        }
    }

    fn text(&mut self, text: &str) -> usize {
        // A base64 string has the number of its decoded content, if that is known.
        let decoded = STANDARD.decode(text.trim()).ok().filter(|bytes| self.secrets.numbers.contains_key(bytes));
        self.content(decoded.unwrap_or_else(|| text.as_bytes().to_vec()))
    }

    fn content(&mut self, bytes: Vec<u8>) -> usize {
        let number = self.number_of(&bytes);
        if self.sought.insert(number) {
            self.texts.push((bytes, number));
        }
        number
    }

    fn number_of(&mut self, bytes: &[u8]) -> usize {
        let next = self.secrets.numbers.len() + 1;
        match self.secrets.numbers.get(bytes) {
            Some(&number) => number,
            None => *self.secrets.numbers.entry(bytes.to_vec()).or_insert(next),
        }
    }

    /// Returns the secrets, ready to be searched for.
    #[must_use]
    pub fn finish(self) -> Secrets {
        let Gathering { mut secrets, texts, sought: _, public } = self;
        let mut finder = Finder::default();
        for (bytes, number) in texts {
            let text = std::str::from_utf8(&bytes).ok().map(str::trim);
            let is_public = |text: &str| {
                let decoded = STANDARD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                public.contains(text) || decoded.is_some_and(|text| public.contains(text.trim()))
            };
            if text.is_some_and(is_public) {
                continue;
            }
            finder.add(&bytes, number);
            let Some(text) = text else { continue };
            finder.add(&spellings::folded(text.as_bytes()), number);
            if !text.is_ascii() {
                finder.add(text.to_lowercase().as_bytes(), number);
                finder.add(text.to_uppercase().as_bytes(), number);
            }
            let is_of_a_key = |c: char| c.is_ascii_alphanumeric() || "+/=-_".contains(c);
            for line in text.lines().map(str::trim).filter(|_| text.contains('\n')) {
                if line.len() >= LINE_OF_A_KEY && line.chars().all(is_of_a_key) {
                    finder.add(line.as_bytes(), number);
                }
            }
        }
        secrets.public = public;
        secrets.finder = finder;
        secrets
    }
}

impl Secrets {
    /// Whether a key's value is secret by the key's name, unless a schema says that it is not.
    pub(super) fn names_a_secret(&self, key: &str) -> bool {
        names_a_secret(key) && !self.plain_keys.contains(key)
    }
}
