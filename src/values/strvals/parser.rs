//! Parses the keys, indexes, values and lists of a flag and applies them to the values.

use super::super::budget::ValuesBudget;
use super::scanner::{Scanner, Segment};
use super::set_flag::SetFlag;
use super::syntax_error::SyntaxError;
use super::typed::{go_type, typed};
use crate::diagnostic::{Source, Span};
use crate::go::strconv::{quote_char, quote_double};
use crate::json;
use crate::values::file_reader::FileReader;
use crate::yaml::Map;
use crate::yaml::Node;
use crate::yaml::Value;

/// The maximum number of dots in a key (Helm's limit).
const MAX_NESTED_NAMES: usize = 30;
/// The largest list index (Helm's limit).
const MAX_INDEX: i64 = 65_536;
/// The maximum number of indexes in a key. Helm has no limit, but without one a long flag could overflow the stack.
const MAX_INDEXES: usize = 1_000;

/// Why parsing of a key stopped.
enum Stop {
    /// The flag ended at a place where it may; the values set so far count.
    End,
    SyntaxError(SyntaxError),
}

impl From<SyntaxError> for Stop {
    fn from(error: SyntaxError) -> Self {
        Stop::SyntaxError(error)
    }
}

pub(super) struct Parser<'a> {
    source: &'a Source,
    flag: SetFlag,
    reader: &'a dyn FileReader,
    budget: &'a ValuesBudget,
    scanner: Scanner<'a>,
    /// The number of indexes in the current key so far.
    indexes: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(source: &'a Source, flag: SetFlag, reader: &'a dyn FileReader, budget: &'a ValuesBudget) -> Self {
        Parser {
            source,
            flag,
            reader,
            budget,
            scanner: Scanner::new(source.text(), flag != SetFlag::Literal),
            indexes: 0,
        }
    }

    /// Applies the keys one by one until the flag ends.
    pub(super) fn parse(&mut self, values: &mut Map) -> Result<(), SyntaxError> {
        loop {
            self.indexes = 0;
            match self.key(values, 0) {
                Ok(()) => {}
                Err(Stop::End) => return Ok(()),
                Err(Stop::SyntaxError(error)) => return Err(error),
            }
        }
    }

    fn key(&mut self, values: &mut Map, depth: usize) -> Result<(), Stop> {
        let stops: &[char] = if self.flag == SetFlag::Literal { &['=', '[', '.'] } else { &['=', '[', ',', '.'] };
        let key = self.scanner.until(stops);
        let place = self.span(&key);
        match key.end {
            None if key.text.is_empty() => Err(Stop::End),
            None => Err(self.without_value(&key, "").into()),
            Some('=') => self.assign(values, key.text, place),
            Some('[') => self.indexed(values, key.text, place, depth),
            Some('.') => self.nested(values, key, place, depth),
            Some(_) => Err(self.without_value(&key, " (cannot end with ,)").into()),
        }
    }

    fn without_value(&self, key: &Segment, why: &str) -> SyntaxError {
        let message = format!("key {} has no value{why}", quote_double(&key.text));
        let error = SyntaxError::new(message, self.span(key));
        match (key.text.is_empty(), self.flag) {
            (true, _) => error.help("remove the extra comma"),
            (false, SetFlag::Literal) => error.help(format!("write {}=VALUE", key.text)),
            (false, _) if key.range.start > 0 => {
                error.help(format!("write {}=VALUE, or put \\ before a comma that belongs to the value", key.text))
            }
            (false, _) => error.help(format!("write {}=VALUE", key.text)),
        }
    }

    /// Parses the value after `key=`: a single value, or a list in braces. If the flag ends without a value, the key is set
    /// to an empty string and parsing stops before the surrounding lists and maps are stored: `a[0].b=` leaves `a` empty.
    fn assign(&mut self, values: &mut Map, key: String, place: Span) -> Result<(), Stop> {
        let ended = self.scanner.rest().is_empty() && !matches!(self.flag, SetFlag::Json | SetFlag::Literal);
        let node = self.assigned()?;
        set(values, key, place, node);
        if ended { Err(Stop::End) } else { Ok(()) }
    }

    /// Parses the value after `=`.
    fn assigned(&mut self) -> Result<Node, SyntaxError> {
        match self.flag {
            SetFlag::Json => self.json(),
            SetFlag::Literal => {
                let start = self.scanner.at;
                let text = self.scanner.rest().to_owned();
                self.scanner.at = self.source.text().len();
                Ok(Node::new(Value::String(text), self.source.span(start..self.scanner.at)))
            }
            // At the end of the flag there is no value, so not even `--set-file` reads a file.
            _ if self.scanner.rest().is_empty() => {
                let end = self.scanner.at;
                Ok(Node::new(Value::String(String::new()), self.source.span(end..end)))
            }
            _ if self.scanner.peek() == Some('{') => self.list(),
            _ => {
                let value = self.scanner.until(&[',']);
                self.value(value)
            }
        }
    }

    /// Parses a list such as `{a,b}`.
    fn list(&mut self) -> Result<Node, SyntaxError> {
        let start = self.scanner.at;
        self.scanner.next();
        let mut items = Vec::new();
        loop {
            let item = self.scanner.until(&[',', '}']);
            match item.end {
                None => {
                    let place = self.source.span(start..self.source.text().len());
                    let help = "close the list with }; put \\ before a brace or comma that belongs to an item";
                    return Err(SyntaxError::new("list must terminate with '}'", place).help(help));
                }
                Some('}') => {
                    items.push(self.value(item)?);
                    let end = self.scanner.at;
                    self.scanner.next_if(',');
                    return Ok(Node::new(Value::List(items), self.source.span(start..end)));
                }
                Some(_) => items.push(self.value(item)?),
            }
        }
    }

    fn value(&self, segment: Segment) -> Result<Node, SyntaxError> {
        let place = self.span(&segment);
        let value = match self.flag {
            SetFlag::Typed => typed(segment.text),
            SetFlag::File => {
                let file = self.reader.read(&segment.text, &place).map_err(|error| {
                    error.help.into_iter().fold(SyntaxError::new(error.message, place), SyntaxError::help)
                })?;
                self.budget
                    .charge_bytes(file.text().len())
                    .map_err(|message| SyntaxError::new(message, self.span(&segment)))?;
                return Ok(Node::new(Value::String(file.text().to_owned()), file.whole()));
            }
            SetFlag::Text | SetFlag::Json | SetFlag::Literal => Value::String(segment.text),
        };
        Ok(Node::new(value, place))
    }

    /// Parses a JSON value and skips the blanks and at most one comma after it. A missing value is null.
    fn json(&mut self) -> Result<Node, SyntaxError> {
        let start = self.scanner.at;
        if self.skip_blanks_and_comma() {
            return Ok(Node::new(Value::Null, self.source.span(start..start)));
        }
        let (node, end) = json::read_prefix(self.source, self.scanner.at).map_err(|error| {
            let place = error.labels.into_iter().next().map_or_else(|| self.source.whole(), |label| label.span);
            SyntaxError::new(error.message, place)
                .help("quote the whole flag for the shell: --set-json 'key={\"a\": 1}'")
        })?;
        self.scanner.at = end;
        self.skip_blanks_and_comma();
        Ok(node)
    }

    /// Skips blanks and one comma after them. Returns whether a comma or the end was reached.
    fn skip_blanks_and_comma(&mut self) -> bool {
        loop {
            match self.scanner.peek() {
                None => return true,
                Some(',') => {
                    self.scanner.next();
                    return true;
                }
                Some(c) if c.is_whitespace() => {
                    self.scanner.next();
                }
                Some(_) => return false,
            }
        }
    }

    /// Handles `key.`: applies the rest in the map under the key.
    fn nested(&mut self, values: &mut Map, key: Segment, place: Span, depth: usize) -> Result<(), Stop> {
        if depth >= MAX_NESTED_NAMES {
            return Err(too_deep(MAX_NESTED_NAMES, place).into());
        }
        if let Some(existing) = values.get_mut(&key.text) {
            return match &mut existing.value {
                Value::Map(inner) => self.nested_in(inner, &key, depth),
                other => Err(conversion(other, "map[string]interface {}", place).into()),
            };
        }
        let mut inner = Map::new();
        let result = self.nested_in(&mut inner, &key, depth);
        if !inner.is_empty() {
            set(values, key.text, place.clone(), Node::new(Value::Map(inner), place));
        }
        result
    }

    fn nested_in(&mut self, inner: &mut Map, key: &Segment, depth: usize) -> Result<(), Stop> {
        self.key(inner, depth + 1)?;
        if inner.is_empty() {
            let message = format!("key map {} has no value", quote_double(&key.text));
            return Err(SyntaxError::new(message, self.span(key)).help("a name must follow the dot").into());
        }
        Ok(())
    }

    /// Handles `key[`: applies the rest in the list under the key.
    fn indexed(&mut self, values: &mut Map, key: String, place: Span, depth: usize) -> Result<(), Stop> {
        let (index, index_place) = self.index()?;
        if let Some(existing) = values.get_mut(&key) {
            return match &mut existing.value {
                Value::List(items) => {
                    let length = items.len();
                    let result = self.item(items, index, &index_place, depth);
                    // An empty key is never stored: new items of its list are dropped, but changes inside
                    // existing items remain.
                    if key.is_empty() {
                        items.truncate(length);
                    }
                    result
                }
                other => Err(conversion(other, "[]interface {}", place).into()),
            };
        }
        let mut items = Vec::new();
        let result = self.item(&mut items, index, &index_place, depth);
        set(values, key, place.clone(), Node::new(Value::List(items), place));
        result
    }

    /// Parses the index up to `]`. If the flag ends before that, the key is dropped without an error.
    fn index(&mut self) -> Result<(i64, Span), Stop> {
        let text = self.scanner.until(&[']']);
        let place = self.span(&text);
        if text.end.is_none() {
            return Err(Stop::End);
        }
        text.text.parse().map(|index| (index, place.clone())).map_err(|_| {
            let reason = if is_out_of_range(&text.text) { "value out of range" } else { "invalid syntax" };
            let quoted = quote_double(&text.text);
            SyntaxError::new(format!("error parsing index: strconv.Atoi: parsing {quoted}: {reason}"), place)
                .help("an index is a whole number, 0 or more; put \\ before a bracket that belongs to the key")
                .into()
        })
    }

    /// Applies the part after `]` to the item at `index`.
    fn item(&mut self, items: &mut Vec<Node>, index: i64, place: &Span, depth: usize) -> Result<(), Stop> {
        self.indexes += 1;
        if self.indexes > MAX_INDEXES {
            return Err(too_deep(MAX_INDEXES, place.clone()).into());
        }
        if index < 0 {
            return Err(SyntaxError::new(format!("negative {index} index not allowed"), place.clone()).into());
        }
        let after = self.scanner.until(&['[', '.', '=']);
        if !after.text.is_empty() {
            let runes = after.text.chars().map(quote_char).collect::<Vec<_>>().join(" ");
            let message = format!("unexpected data at end of array index: [{runes}]");
            let help = "expected =, a dot or another [ after ]";
            return Err(SyntaxError::new(message, self.span(&after)).help(help).into());
        }
        match after.end {
            None => Err(Stop::End),
            Some('=') => {
                let node = self.assigned()?;
                *self.slot(items, index, place)? = node;
                Ok(())
            }
            Some('[') => self.inner_list(items, index, place, depth),
            Some(_) => self.inner_map(items, index, place, depth),
        }
    }

    fn inner_list(&mut self, items: &mut Vec<Node>, index: i64, place: &Span, depth: usize) -> Result<(), Stop> {
        let (next, next_place) = self.index()?;
        let existing = usize::try_from(index).ok().and_then(|at| items.get_mut(at)).map(|node| &mut node.value);
        match existing {
            Some(Value::List(inner)) => self.item(inner, next, &next_place, depth),
            Some(other) if !other.is_null() => Err(conversion(other, "[]interface {}", place.clone()).into()),
            _ => {
                let mut inner = Vec::new();
                self.item(&mut inner, next, &next_place, depth)?;
                *self.slot(items, index, place)? = Node::new(Value::List(inner), place.clone());
                Ok(())
            }
        }
    }

    fn inner_map(&mut self, items: &mut Vec<Node>, index: i64, place: &Span, depth: usize) -> Result<(), Stop> {
        if (items.len() as i64) > index {
            let node = self.slot(items, index, place)?;
            if node.value.as_map().is_none() {
                *node = Node::new(Value::Map(Map::new()), place.clone());
            }
            let Some(inner) = node.value.as_map_mut() else { return Ok(()) };
            return self.key(inner, depth);
        }
        let mut inner = Map::new();
        self.key(&mut inner, depth)?;
        *self.slot(items, index, place)? = Node::new(Value::Map(inner), place.clone());
        Ok(())
    }

    /// Returns the item at an index, after padding the list with nulls up to it.
    fn slot<'l>(&self, items: &'l mut Vec<Node>, index: i64, place: &Span) -> Result<&'l mut Node, SyntaxError> {
        let at = usize::try_from(index).ok().filter(|_| index <= MAX_INDEX).ok_or_else(|| {
            let message = format!("index of {index} is greater than maximum supported index of {MAX_INDEX}");
            SyntaxError::new(message, place.clone())
        })?;
        if items.len() <= at {
            let more = at + 1 - items.len();
            self.budget.charge_items(more).map_err(|message| {
                SyntaxError::new(message, place.clone()).help("put long lists into a values file, and pass it with -f")
            })?;
            items.resize_with(at + 1, || Node::new(Value::Null, place.clone()));
        }
        Ok(&mut items[at])
    }

    fn span(&self, segment: &Segment) -> Span {
        self.source.span(segment.range.clone())
    }
}

/// Whether Go's error for a text that is not a 64-bit integer is "value out of range" rather than "invalid syntax": Go
/// reads digit by digit and stops where an unsigned 64-bit integer overflows, whatever follows.
fn is_out_of_range(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut value = 0u64;
    for digit in digits.chars() {
        let Some(digit) = digit.to_digit(10) else { return false };
        match value.checked_mul(10).and_then(|value| value.checked_add(u64::from(digit))) {
            Some(more) => value = more,
            None => return true,
        }
    }
    !digits.is_empty()
}

/// Sets a key. Like Helm, it never stores an empty key.
fn set(values: &mut Map, key: String, place: Span, node: Node) {
    if !key.is_empty() {
        values.insert(key, place, node);
    }
}

fn too_deep(limit: usize, place: Span) -> SyntaxError {
    let message = format!("value name nested level is greater than maximum supported nested level of {limit}");
    SyntaxError::new(message, place).help("pass the deep part as JSON: --set-json")
}

/// Returns Go's message for an existing value whose type does not match the key.
fn conversion(value: &Value, wanted: &str, place: Span) -> SyntaxError {
    let got = go_type(value);
    let message = format!("unable to parse key: interface conversion: interface {{}} is {got}, not {wanted}");
    SyntaxError::new(message, place).help("an earlier flag or file sets this key to a different type")
}
