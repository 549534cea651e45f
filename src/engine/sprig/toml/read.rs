//! The grammar of a document: headings, keys, lists and inline tables.

use std::rc::Rc;

use super::lex::{END, Lexer, LocalClock, Result, Wrong, is_newline, is_space};
use super::tables::{Key, Table, Tables, Value, written};
use crate::go::strconv::{quote_char, quote_double};

/// How deeply values and keys may nest.
const MAX_DEPTH: usize = 200;

/// Reads a document as a table.
///
/// # Errors
/// The document is malformed; Helm's message: `toml: line 2 (last key "a"): Key 'a' has already been defined.`
pub fn read(text: &[u8], clock: &LocalClock) -> std::result::Result<Table, String> {
    // Byte order marks.
    let marks: [&[u8]; 3] = [b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"];
    let text = marks.iter().find_map(|mark| text.strip_prefix(*mark)).unwrap_or(text);
    if text.iter().take(6).any(|byte| *byte == 0) {
        let probably = "files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8";
        return Err(format!("toml: line 1: {probably}"));
    }
    let mut reader =
        Reader { lexer: Lexer::new(text, clock), tables: Tables::default(), key: String::new(), key_line: 1, depth: 0 };
    match reader.document() {
        Ok(()) => Ok(reader.tables.root),
        Err(Wrong { line, message }) => Err(match reader.last_key() {
            key if key.is_empty() => format!("toml: line {line}: {message}"),
            key => format!("toml: line {line} (last key {}): {message}", quote_double(&key)),
        }),
    }
}

struct Reader<'t> {
    lexer: Lexer<'t>,
    tables: Tables,
    /// The key that is being read in the current table, or "".
    key: String,
    /// The line of the last key or heading.
    key_line: i64,
    /// How many lists and inline tables are open.
    depth: usize,
}

fn is_blank(character: char) -> bool {
    is_space(character) || is_newline(character)
}

/// Formats a character for messages, after `but got`.
fn shown(character: char) -> String {
    if character == END { "end of file".to_owned() } else { format!("'{character}'") }
}

impl Reader<'_> {
    fn last_key(&self) -> String {
        let context = written(&self.tables.context);
        match (self.key.is_empty(), context.is_empty()) {
            (true, _) => context,
            (false, true) => self.key.clone(),
            (false, false) => format!("{context}.{}", self.key),
        }
    }

    /// Turns an error about a definition into one at the line of the key.
    fn defined<T>(&self, result: std::result::Result<T, String>) -> Result<T> {
        result.map_err(|message| Wrong { line: self.key_line, message })
    }

    fn document(&mut self) -> Result<()> {
        loop {
            self.lexer.skip(is_blank)?;
            match self.lexer.peek()? {
                END => return Ok(()),
                '#' => {
                    self.lexer.comment()?;
                    continue;
                }
                '[' => self.heading()?,
                _ => self.assignment()?,
            }
            self.lexer.skip(is_space)?;
            match self.lexer.next()? {
                END => return Ok(()),
                '#' => self.lexer.comment()?,
                character if is_newline(character) => {}
                other => {
                    let end = "expected a top-level item to end with a newline, comment, or EOF";
                    return Err(self.lexer.wrong(format!("{end}, but got {} instead", quote_char(other))));
                }
            }
        }
    }

    /// Reads a heading: `[a.b]` or `[[a.b]]`.
    fn heading(&mut self) -> Result<()> {
        self.lexer.next()?;
        let is_in_list = self.lexer.peek()? == '[';
        if is_in_list {
            self.lexer.next()?;
        }
        let mut key = Key::new();
        loop {
            self.lexer.skip(is_space)?;
            let part = match self.lexer.peek()? {
                ']' | END => {
                    let message = "unexpected end of table name (table names cannot be empty)";
                    return Err(self.lexer.wrong(message.to_owned()));
                }
                '.' => {
                    let message = "unexpected table separator (table names cannot be empty)";
                    return Err(self.lexer.wrong(message.to_owned()));
                }
                _ => self.key_part()?,
            };
            self.add_part(&mut key, part)?;
            self.lexer.skip(is_space)?;
            match self.lexer.next()? {
                '.' => {}
                ']' => break,
                other => {
                    let message =
                        format!("expected '.' or ']' to end table name, but got {} instead", quote_char(other));
                    return Err(self.lexer.wrong_after(other, message));
                }
            }
        }
        if is_in_list {
            let end = self.lexer.next()?;
            if end != ']' {
                let got = quote_char(end);
                let message = format!("expected end of table array name delimiter ']', but got {got} instead");
                return Err(self.lexer.wrong_after(end, message));
            }
        }
        let entered = self.tables.enter(&key, is_in_list);
        self.defined(entered)?;
        self.tables.note("", false);
        Ok(())
    }

    /// Reads `a.b = value`, in the table of the last heading.
    fn assignment(&mut self) -> Result<()> {
        let context = self.tables.context.clone();
        self.key_and_value()?;
        self.key.clear();
        self.tables.context = context;
        Ok(())
    }

    /// Reads a key with its value, and sets it in the current table. Returns the parts before the last one, and the
    /// value.
    fn key_and_value(&mut self) -> Result<(Key, Value)> {
        let mut parents = self.key()?;
        self.key = parents.pop().unwrap_or_default();
        for part in &parents {
            let entered = self.tables.enter_implicit(part);
            self.defined(entered)?;
        }
        self.lexer.skip(is_space)?;
        let value = self.value(false)?;
        let is_list = matches!(value, Value::List(_));
        // The content of a table has been set already.
        let stored = if let Value::Table(_) = value { None } else { Some(value.clone()) };
        let set = self.tables.set(&self.key, stored);
        self.defined(set)?;
        self.tables.note(&self.key, is_list);
        Ok((parents, value))
    }

    /// Reads the parts of a key, up to its `=`.
    fn key(&mut self) -> Result<Key> {
        self.lexer.skip(is_space)?;
        match self.lexer.peek()? {
            '=' | END => return Err(self.lexer.wrong("unexpected '=': key name appears blank".to_owned())),
            '.' => return Err(self.lexer.wrong("unexpected '.': keys cannot start with a '.'".to_owned())),
            _ => {}
        }
        let mut key = Key::new();
        loop {
            self.lexer.skip(is_space)?;
            let part = match self.lexer.peek()? {
                '=' | END => return Err(self.lexer.wrong("unexpected '='".to_owned())),
                '.' => return Err(self.lexer.wrong("unexpected '.'".to_owned())),
                _ => self.key_part()?,
            };
            self.add_part(&mut key, part)?;
            self.lexer.skip(is_space)?;
            match self.lexer.next()? {
                '.' => {}
                '=' => return Ok(key),
                END => {
                    let message = "unexpected EOF; expected key separator '='";
                    return Err(self.lexer.wrong_after(END, message.to_owned()));
                }
                other => {
                    let message = format!("expected '.' or '=', but got {} instead", quote_char(other));
                    let is_newline = other == '\n';
                    return Err(if is_newline { self.lexer.wrong_before(message) } else { self.lexer.wrong(message) });
                }
            }
        }
    }

    fn key_part(&mut self) -> Result<String> {
        match self.lexer.peek()? {
            quote @ ('"' | '\'') => {
                self.lexer.next()?;
                self.lexer.quoted(quote)
            }
            _ => self.lexer.bare_key(),
        }
    }

    fn add_part(&mut self, key: &mut Key, part: String) -> Result<()> {
        if key.is_empty() {
            self.key_line = self.lexer.line();
        }
        key.push(part);
        self.check_depth(self.tables.context.len() + key.len())
    }

    fn check_depth(&self, depth: usize) -> Result<()> {
        match depth > MAX_DEPTH {
            true => Err(self
                .lexer
                .wrong(format!("recursion limit exceeded: tables and lists may nest {MAX_DEPTH} levels deep"))),
            false => Ok(()),
        }
    }

    fn value(&mut self, is_in_list: bool) -> Result<Value> {
        let opening = self.lexer.peek()?;
        if !matches!(opening, '[' | '{') {
            return self.lexer.scalar();
        }
        self.lexer.next()?;
        self.depth += 1;
        self.check_depth(self.depth)?;
        let value = if opening == '[' { self.list()? } else { self.inline_table(is_in_list)? };
        self.depth -= 1;
        Ok(value)
    }

    /// Reads a list after its `[`, up to its `]`.
    fn list(&mut self) -> Result<Value> {
        self.tables.note(&self.key, true);
        let mut items = Vec::new();
        loop {
            self.skip_blanks_and_comments()?;
            match self.lexer.peek()? {
                ',' => return Err(self.unexpected_comma()?),
                ']' => break,
                _ => items.push(self.value(true)?),
            }
            self.skip_blanks_and_comments()?;
            match self.lexer.peek()? {
                ',' => drop(self.lexer.next()?),
                ']' => break,
                other => {
                    let message = format!("expected a comma (',') or array terminator (']'), but got {}", shown(other));
                    self.lexer.next()?;
                    return Err(self.lexer.wrong_after(other, message));
                }
            }
        }
        self.lexer.next()?;
        Ok(Value::List(Rc::new(items)))
    }

    /// Reads an inline table after its `{`, up to its `}`.
    fn inline_table(&mut self, is_in_list: bool) -> Result<Value> {
        let mut table = Table::new();
        let outer = self.tables.context.clone();
        let key = std::mem::take(&mut self.key);
        let mut inner = outer.clone();
        inner.push(key.clone());
        self.check_depth(inner.len())?;
        self.tables.context.clone_from(&inner);
        let entered = self.tables.enter_inline(&inner, is_in_list);
        self.defined(entered)?;
        loop {
            self.skip_blanks_and_comments()?;
            match self.lexer.peek()? {
                ',' => return Err(self.unexpected_comma()?),
                '}' => break,
                _ => {}
            }
            let (parents, value) = self.key_and_value()?;
            let place = below(&mut table, &parents);
            let quoted = quote_double(&written(&self.tables.context));
            let place = self.defined(place.ok_or_else(|| format!("{quoted} is not a table")))?;
            place.insert(self.key.clone(), value);
            self.tables.context.clone_from(&inner);
            if !self.next_pair()? {
                break;
            }
        }
        self.lexer.next()?;
        self.tables.context = outer;
        self.key = key;
        Ok(Value::Table(table))
    }

    /// Reads what follows a pair in an inline table. Returns whether another pair may follow; a trailing comma is
    /// allowed.
    fn next_pair(&mut self) -> Result<bool> {
        loop {
            self.skip_blanks_and_comments()?;
            match self.lexer.peek()? {
                ',' => {
                    self.lexer.next()?;
                    self.lexer.skip(is_space)?;
                    if self.lexer.peek()? != '}' {
                        return Ok(true);
                    }
                }
                '}' => return Ok(false),
                other => {
                    let got = shown(other);
                    let message = format!("expected a comma or an inline table terminator '}}', but got {got} instead");
                    self.lexer.next()?;
                    return Err(self.lexer.wrong_after(other, message));
                }
            }
        }
    }

    /// Returns the error about a comma that follows nothing.
    fn unexpected_comma(&mut self) -> Result<Wrong> {
        self.lexer.next()?;
        Ok(self.lexer.wrong("unexpected comma".to_owned()))
    }

    fn skip_blanks_and_comments(&mut self) -> Result<()> {
        loop {
            self.lexer.skip(is_blank)?;
            if self.lexer.peek()? != '#' {
                return Ok(());
            }
            self.lexer.comment()?;
        }
    }
}

/// Returns the table below another one that the parts of a key lead to; `None` if something else is there.
fn below<'t>(table: &'t mut Table, parents: &[String]) -> Option<&'t mut Table> {
    parents.iter().try_fold(table, |table, part| {
        match table.entry(part.clone()).or_insert_with(|| Value::Table(Table::new())) {
            Value::Table(table) => Some(table),
            _ => None,
        }
    })
}
