//! Writes values as TOML text: keys are sorted, tables follow plain values and are indented by their depth.

use super::tables::{is_bare, push_escaped};
use crate::go::float::format_float;
use crate::go::time::Time;
use crate::go::utf8;

/// A value to write.
pub enum Item {
    /// nil, or a list or map that is nil.
    Nil,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Any other number.
    Float(f64),
    /// A string, which need not be UTF-8.
    Text(Vec<u8>),
    /// A time.
    Time(Time),
    /// A list.
    List(Vec<Item>),
    /// A map, sorted by key. Keys need not be UTF-8 either.
    Map(Vec<(Vec<u8>, Item)>),
    /// The fields of a struct, in order.
    Struct(Vec<(&'static str, Item)>),
    /// A value that TOML does not have, with the name of its kind in Go.
    Unsupported(&'static str),
}

/// Writes a map or struct as a document, and any other value in the form it has after a key.
///
/// # Errors
/// TOML cannot represent the value: a list of tables without a key, a list that contains nil, a complex number.
pub fn write(item: &Item) -> Result<Vec<u8>, String> {
    let mut writer = Writer { out: Vec::new(), path: Vec::new() };
    match item {
        Item::Nil => {}
        Item::Unsupported(kind) => return Err(format!("unsupported type for key '': {kind}")),
        item if item.is_table() => writer.table(item)?,
        item if is_list_of_tables(item)? => return Err("toml: top-level values must be Go maps or structs".to_owned()),
        item => writer.inline(item)?,
    }
    Ok(writer.out)
}

struct Writer {
    out: Vec<u8>,
    path: Vec<Vec<u8>>,
}

type Entries<'i> = Vec<(&'i [u8], &'i Item)>;

impl Item {
    fn is_table(&self) -> bool {
        matches!(self, Item::Map(_) | Item::Struct(_))
    }

    fn entries(&self) -> Entries<'_> {
        match self {
            Item::Map(entries) => entries.iter().map(|(key, item)| (key.as_slice(), item)).collect(),
            Item::Struct(fields) => fields.iter().map(|(name, item)| (name.as_bytes(), item)).collect(),
            _ => Vec::new(),
        }
    }
}

/// Whether all items of a list are tables. As in Go, the whole list is checked, including nested ones, before
/// anything is written.
fn is_list_of_tables(item: &Item) -> Result<bool, String> {
    match item {
        Item::Unsupported(kind) => Err(format!("unsupported type: {kind}")),
        Item::List(items) => {
            let mut all = !items.is_empty();
            for item in items {
                if let Item::Nil = item {
                    return Err("toml: cannot encode array with nil element".to_owned());
                }
                is_list_of_tables(item)?;
                all &= item.is_table();
            }
            Ok(all)
        }
        _ => Ok(false),
    }
}

/// Splits the entries into those written as plain values and those that are tables.
fn sorted(item: &Item) -> Result<(Entries<'_>, Entries<'_>), String> {
    let (mut plain, mut tables) = (Vec::new(), Vec::new());
    for (key, item) in item.entries() {
        let is_table = is_list_of_tables(item)? || item.is_table();
        if is_table { &mut tables } else { &mut plain }.push((key, item));
    }
    Ok((plain, tables))
}

impl Writer {
    fn push(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn key(&mut self, key: &[u8]) {
        if is_bare(key) {
            self.out.extend_from_slice(key);
        } else {
            self.quoted(key);
        }
    }

    /// Writes the line above a table: its name in brackets.
    fn heading(&mut self, indent: &str, open: &str, close: &str) {
        self.push(indent);
        self.push(open);
        let path = std::mem::take(&mut self.path);
        for (index, key) in path.iter().enumerate() {
            self.push(if index > 0 { "." } else { "" });
            self.key(key);
        }
        self.path = path;
        self.push(close);
        self.push("\n");
    }

    fn table(&mut self, item: &Item) -> Result<(), String> {
        let indent = "  ".repeat(self.path.len());
        let (plain, tables) = sorted(item)?;
        for (key, item) in plain {
            if let Item::Nil = item {
                continue;
            }
            self.push(&indent);
            self.key(key);
            self.push(" = ");
            self.inline(item)?;
            self.push("\n");
        }
        for (key, item) in tables {
            self.path.push(key.to_owned());
            if let Item::List(items) = item {
                for item in items {
                    self.push(if self.out.is_empty() { "" } else { "\n" });
                    self.heading(&indent, "[[", "]]");
                    self.table(item)?;
                }
            } else {
                // An empty line precedes each top-level table, and each table in a list.
                self.push(if self.path.len() == 1 && !self.out.is_empty() { "\n" } else { "" });
                self.heading(&indent, "[", "]");
                self.table(item)?;
            }
            self.path.pop();
        }
        Ok(())
    }

    fn inline(&mut self, item: &Item) -> Result<(), String> {
        match item {
            Item::Nil => {}
            Item::Bool(value) => self.push(&value.to_string()),
            Item::Int(number) => self.push(&number.to_string()),
            Item::Float(number) => self.push(&float(*number)),
            Item::Text(text) => self.quoted(text),
            Item::Time(time) => self.time(time),
            Item::List(items) => {
                self.push("[");
                for (index, item) in items.iter().enumerate() {
                    self.push(if index > 0 { ", " } else { "" });
                    self.inline(item)?;
                }
                self.push("]");
            }
            Item::Map(_) => {
                let (plain, tables) = sorted(item)?;
                self.push("{");
                // As in Go, a comma follows all but the last of a part, even if only nil comes after it.
                let last = plain.len().checked_sub(1).filter(|_| tables.is_empty());
                self.pairs(&plain, last)?;
                self.pairs(&tables, tables.len().checked_sub(1))?;
                self.push("}");
            }
            Item::Struct(fields) => {
                let (plain, tables) = sorted(item)?;
                self.push("{");
                let last = fields.last().map(|(name, _)| name.as_bytes());
                for part in [plain, tables] {
                    let last = part.iter().position(|(name, _)| Some(*name) == last);
                    self.pairs(&part, last)?;
                }
                self.push("}");
            }
            Item::Unsupported(kind) => return Err(format!("unexpected type: {kind}")),
        }
        Ok(())
    }

    /// Writes the pairs of an inline table, each followed by a comma except for `last`.
    fn pairs(&mut self, entries: &Entries<'_>, last: Option<usize>) -> Result<(), String> {
        for (index, (key, item)) in entries.iter().enumerate() {
            if let Item::Nil = item {
                continue;
            }
            self.key(key);
            self.push(" = ");
            self.inline(item)?;
            self.push(if Some(index) == last { "" } else { ", " });
        }
        Ok(())
    }

    fn quoted(&mut self, text: &[u8]) {
        self.push("\"");
        for (at, character) in utf8::char_indices(text) {
            let mut escaped = String::new();
            match character {
                Some(character) => push_escaped(&mut escaped, character),
                None => self.out.push(text[at]),
            }
            self.push(&escaped);
        }
        self.push("\"");
    }

    /// Writes a time as it was read: for a time without a zone, the zone's name says which parts it has.
    fn time(&mut self, time: &Time) {
        let layout: &[u8] = match time.zone().name() {
            b"datetime-local" => b"2006-01-02T15:04:05.999999999",
            b"date-local" => b"2006-01-02",
            b"time-local" => b"15:04:05.999999999",
            _ => return self.out.extend(time.format(b"2006-01-02T15:04:05.999999999Z07:00")),
        };
        self.out.extend(time.clone().in_zone(crate::go::time::Zone::UTC).format(layout));
    }
}

fn float(number: f64) -> String {
    if !number.is_finite() {
        let sign = if number.is_sign_negative() { "-" } else { "" };
        return format!("{sign}{}", if number.is_nan() { "nan" } else { "inf" });
    }
    let digits = format_float(number);
    let point = if digits.contains(['.', 'e']) { "" } else { ".0" };
    digits + point
}
