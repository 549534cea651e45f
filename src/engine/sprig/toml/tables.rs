//! The tables of a document while it is being read.
//!
//! A table that is only named on the way to another one (`a` in `[a.b]`) is implicit: it may be defined once more.
//! Implicit tables and lists are recorded by the path of their key, so all tables in a list share one record.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use crate::go::time::Time;

/// A table.
pub type Table = BTreeMap<String, Value>;

/// A value of a document.
#[derive(Debug, Clone)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    Text(String),
    /// A date, a time or both, and the text as written.
    Time(Time, String),
    /// A list in brackets.
    List(Rc<Vec<Value>>),
    /// Tables under headings such as `[[name]]`.
    Tables(Vec<Table>),
    /// A table.
    Table(Table),
}

/// A key, with a part for each table on the way.
pub(super) type Key = Vec<String>;

/// What has been defined so far. Errors are messages without a position.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) root: Table,
    /// The table that new keys belong to.
    pub(super) context: Key,
    implicit: HashSet<String>,
    lists: HashSet<String>,
}

impl Tables {
    /// Enters a table below the current one, which a dotted key names.
    pub(super) fn enter_implicit(&mut self, part: &str) -> Result<(), String> {
        let mut key = self.context.clone();
        key.push(part.to_owned());
        self.implicit.insert(written(&key));
        self.enter(&key, false)
    }

    /// Enters the inline table that is the value of a key or, if `is_in_list`, an item of its list.
    pub(super) fn enter_inline(&mut self, key: &[String], is_in_list: bool) -> Result<(), String> {
        self.implicit.insert(written(key));
        self.enter(key, is_in_list)
    }

    /// Enters the table of a heading, which is `[[name]]` if `is_in_list`.
    pub(super) fn enter(&mut self, key: &[String], is_in_list: bool) -> Result<(), String> {
        let Some((last, parents)) = key.split_last() else { return Ok(()) };
        let mut table = &mut self.root;
        for (index, part) in parents.iter().enumerate() {
            if !table.contains_key(part) {
                self.implicit.insert(written(&parents[..=index]));
            }
            let no_table = || format!("Key '{}' was already created as a hash.", written(&parents[..=index]));
            table = match table.entry(part.clone()).or_insert_with(|| Value::Table(Table::new())) {
                Value::Table(table) => table,
                Value::Tables(tables) => tables.last_mut().ok_or_else(no_table)?,
                _ => return Err(no_table()),
            };
        }
        if is_in_list {
            self.context = parents.to_vec();
            match table.entry(last.clone()).or_insert_with(|| Value::Tables(Vec::new())) {
                Value::Tables(tables) => tables.push(Table::new()),
                _ => {
                    let key = written(key);
                    return Err(format!("Key '{key}' was already created and cannot be used as an array."));
                }
            }
        } else {
            self.context = parents.to_vec();
            self.set(last, Some(Value::Table(Table::new())))?;
        }
        self.context.push(last.clone());
        Ok(())
    }

    /// Sets a key of the current table; `None` means a table that exists already.
    pub(super) fn set(&mut self, key: &str, value: Option<Value>) -> Result<(), String> {
        let mut table = &mut self.root;
        for (index, part) in self.context.iter().enumerate() {
            let defined = || format!("Key '{}' has already been defined.", written(&self.context[..=index]));
            table = match table.get_mut(part) {
                Some(Value::Table(table)) => table,
                Some(Value::Tables(tables)) => tables.last_mut().ok_or_else(defined)?,
                _ => return Err(defined()),
            };
        }
        let mut path = self.context.clone();
        path.push(key.to_owned());
        let path = written(&path);
        let Some(old) = table.get_mut(key) else {
            table.insert(key.to_owned(), value.unwrap_or_else(|| Value::Table(Table::new())));
            return Ok(());
        };
        if !self.implicit.remove(&path) {
            return Err(format!("Key '{path}' has already been defined."));
        }
        if self.lists.contains(&path)
            && let Some(value) = value
        {
            *old = value;
        }
        Ok(())
    }

    /// Records whether a key of the current table is a list; "" means the table itself.
    pub(super) fn note(&mut self, key: &str, is_list: bool) {
        let mut path = self.context.clone();
        if !key.is_empty() || path.is_empty() {
            path.push(key.to_owned());
        }
        let path = written(&path);
        if is_list {
            self.lists.insert(path);
        } else {
            self.lists.remove(&path);
        }
    }
}

/// Formats a key for messages and headings.
pub(super) fn written(key: &[String]) -> String {
    let mut out = String::new();
    for (index, part) in key.iter().enumerate() {
        out.push_str(if index > 0 { "." } else { "" });
        push_key(&mut out, part);
    }
    out
}

/// Whether a part of a key needs no quotes.
pub(super) fn is_bare(part: &[u8]) -> bool {
    !part.is_empty() && part.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Appends a part of a key, quoted if necessary.
fn push_key(out: &mut String, part: &str) {
    if is_bare(part.as_bytes()) {
        return out.push_str(part);
    }
    out.push('"');
    for character in part.chars() {
        push_escaped(out, character);
    }
    out.push('"');
}

/// Appends a character of a quoted string.
pub(super) fn push_escaped(out: &mut String, character: char) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{8}' => out.push_str("\\b"),
        '\t' => out.push_str("\\t"),
        '\n' => out.push_str("\\n"),
        '\u{c}' => out.push_str("\\f"),
        '\r' => out.push_str("\\r"),
        character if character.is_ascii_control() => out.push_str(&format!("\\u{:04x}", u32::from(character))),
        character => out.push(character),
    }
}
