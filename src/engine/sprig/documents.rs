//! Functions that read YAML, JSON and TOML, and write TOML. An error in a document becomes part of the result, as in
//! Helm.

use super::error::Error;
use super::limits::Limits;
use super::toml::{self, Item, LocalClock};
use crate::diagnostic::{Diagnostic, Source};
use crate::go::strconv::quote_char;
use crate::go::time::Zone;
use crate::go::utf8;
use crate::stack;
use crate::yaml::{Map, Node, Value};
use crate::{json, yaml};

/// Reads the first document of YAML text as a map; on an error, returns a map with the key `Error` (`fromYaml`).
pub fn from_yaml(text: &[u8]) -> Value {
    read(&MAP, text, YAML)
}

/// Reads the first document of YAML text as a list; on an error, returns a list with the message (`fromYamlArray`).
pub fn from_yaml_array(text: &[u8]) -> Value {
    read(&LIST, text, YAML)
}

/// Reads JSON text as a map; on an error, returns a map with the key `Error` (`fromJson`).
pub fn from_json(text: &[u8]) -> Value {
    read(&MAP, text, JSON)
}

/// Reads JSON text as a list; on an error, returns a list with the message (`fromJsonArray`).
pub fn from_json_array(text: &[u8]) -> Value {
    read(&LIST, text, JSON)
}

/// Reads any value from JSON text (`mustFromJson`).
///
/// # Errors
/// Go's message, if the text is not JSON.
pub fn any_from_json(text: &[u8]) -> Result<Value, Error> {
    match (JSON.read)(text) {
        Ok((value, None)) => Ok(value),
        Ok((_, Some(message))) | Err(message) => Err(Error::Call(message)),
    }
}

/// Reads TOML text as a map; on an error, returns a map with the key `Error` (`fromToml`).
pub fn from_toml(text: &[u8]) -> Value {
    read(&MAP, text, TOML)
}

/// A value, and the error in a part of it; that part is null.
type Read = (Value, Option<String>);

/// How a document format is read.
#[derive(Clone, Copy)]
struct Reader {
    read: fn(&[u8]) -> Result<Read, String>,
    /// The prefix of the message about a document that is not of the expected type.
    prefix: &'static str,
}

const YAML: Reader = Reader {
    read: |text| {
        let text = yaml::text_of_bytes(text)
            .map_err(|error| format!("error converting YAML to JSON: yaml: {}", error.message))?;
        let read = yaml::read_generated_document(&Source::file("", text));
        read.map(|node| (node.value, None)).map_err(|error| error.message)
    },
    prefix: "error unmarshaling JSON: while decoding JSON: ",
};

const JSON: Reader = Reader {
    read: |text| {
        let read = json::read_decoded(&Source::file("", utf8::to_text(text)));
        let read = read.map(|(node, error)| (node.value, error.map(|error| error.message)));
        read.map_err(|error| of_bytes(error, text))
    },
    prefix: "",
};

const TOML: Reader = Reader {
    read: |text| {
        let clock = LocalClock { zone: Zone::UTC, offset: 0 };
        Ok((table(toml::read(text, &clock)?), None))
    },
    prefix: "",
};

/// Corrects a message about JSON. Go names the unexpected byte; a byte that is not UTF-8 is U+FFFD in the text that was
/// read.
fn of_bytes(error: Diagnostic, bytes: &[u8]) -> String {
    let text = utf8::to_text(bytes);
    let at = error.labels.first().map_or(text.len(), |label| label.span.start().min(text.len()));
    if !text[at..].starts_with(char::REPLACEMENT_CHARACTER) {
        return error.message;
    }
    // Each character of the text stands for a character or a single byte in the input.
    let nth = text[..at].chars().count();
    let byte = utf8::char_indices(bytes).nth(nth).and_then(|(at, _)| bytes.get(at));
    let shown = byte.map(|byte| quote_char(char::from(*byte))).unwrap_or_default();
    error.message.replacen(&quote_char('\u{ef}'), &shown, 1)
}

fn table(table: toml::Table) -> Value {
    let mut map = Map::new();
    for (key, value) in table {
        map.insert(key, Default::default(), Node::generated(value_of(value)));
    }
    Value::Map(map)
}

/// Converts a TOML value to a YAML value, where times are text.
fn value_of(value: toml::Value) -> Value {
    match value {
        toml::Value::Bool(value) => Value::Bool(value),
        toml::Value::Int(number) => Value::Int(number),
        toml::Value::Float(number) => Value::Float(number),
        toml::Value::Text(text) | toml::Value::Time(_, text) => Value::String(text),
        toml::Value::List(items) => {
            Value::List(items.iter().cloned().map(|item| Node::generated(value_of(item))).collect())
        }
        toml::Value::Tables(tables) => {
            Value::List(tables.into_iter().map(|part| Node::generated(table(part))).collect())
        }
        toml::Value::Table(part) => table(part),
    }
}

/// Writes a YAML value as TOML (`toToml`).
///
/// # Errors
/// TOML cannot represent the value, see [`toml::write`].
pub fn to_toml(value: &Value) -> Result<String, String> {
    let text = toml::write(&item(value))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn item(value: &Value) -> Item {
    match value {
        Value::Null => Item::Nil,
        Value::Bool(value) => Item::Bool(*value),
        Value::Int(number) => Item::Int((*number).into()),
        Value::Float(number) => Item::Float(*number),
        Value::String(text) => Item::Text(text.clone().into_bytes()),
        Value::List(items) => Item::List(items.iter().map(|node| item(&node.value)).collect()),
        Value::Map(map) => {
            let mut entries: Vec<_> =
                map.iter().map(|(key, node)| (key.as_bytes().to_vec(), item(&node.value))).collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            Item::Map(entries)
        }
    }
}

/// The type of document that a function expects.
struct Container {
    /// Its name in Go, which messages mention.
    go_type: &'static str,
    is_one: fn(&Value) -> bool,
    /// Returns the value of an empty document.
    empty: fn() -> Value,
    /// Wraps an error message as a result.
    error: fn(Node) -> Value,
}

const MAP: Container = Container {
    go_type: "map[string]interface {}",
    is_one: |value| value.as_map().is_some(),
    empty: || Value::Map(Map::new()),
    error: |message| {
        let mut map = Map::new();
        map.insert("Error", Default::default(), message);
        Value::Map(map)
    },
};

const LIST: Container = Container {
    go_type: "[]interface {}",
    is_one: |value| matches!(value, Value::List(_)),
    empty: || Value::List(Vec::new()),
    error: |message| Value::List(vec![message]),
};

fn read(container: &Container, text: &[u8], reader: Reader) -> Value {
    let message = match (reader.read)(text) {
        Ok((Value::Null, None)) => return (container.empty)(),
        Ok((value, None)) if (container.is_one)(&value) => return value,
        Ok((Value::Map(mut map), Some(message))) if (container.is_one)(&Value::Map(Map::new())) => {
            map.insert("Error", Default::default(), Node::generated(Value::String(message)));
            return Value::Map(map);
        }
        Ok((value, Some(message))) if (container.is_one)(&value) => message,
        Ok((Value::Null, Some(_))) => not_one(reader, "number", container),
        Ok((other, _)) => not_one(reader, other.type_name(), container),
        Err(message) => message,
    };
    (container.error)(Node::generated(Value::String(message)))
}

fn not_one(reader: Reader, found: &str, container: &Container) -> String {
    let (prefix, wanted) = (reader.prefix, container.go_type);
    format!("{prefix}json: cannot unmarshal {found} into Go value of type {wanted}")
}

/// How deeply a document may nest to be read on the current stack.
const PLAIN_NESTING: usize = 64;

/// The size of the stack for the deepest documents: readers accept 10,000 levels.
const DEEP_STACK: usize = 256 << 20;

/// The cost of such a stack, in items of a loop.
const DEEP_READING: usize = 1_000;

/// Calls `read` to read a document, on a separate stack if the document may nest deeply. Readers are recursive, and how
/// much of the current stack the template has used is not known here. `read` should also drop what it read.
///
/// # Errors
/// The stack cannot be created, or a limit is reached.
pub fn with_stack_for<T: Send>(
    text: &str,
    limits: &mut impl Limits,
    read: impl FnOnce() -> T + Send,
) -> Result<T, Error> {
    if !may_nest_deeply(text) {
        return Ok(read());
    }
    limits.spend_items(DEEP_READING)?;
    stack::call(DEEP_STACK, read).map_err(|_| Error::Limit("the document nests too deeply to be read".to_owned()))
}

/// Whether there are more brackets than in shallow documents (including those in strings), or a line begins with as
/// many indicators and spaces as deeply nested blocks need.
fn may_nest_deeply(text: &str) -> bool {
    let (mut brackets, mut column) = (0, Some(0));
    for byte in text.bytes() {
        brackets += usize::from(matches!(byte, b'[' | b'{'));
        column = match byte {
            b'\n' | b'\r' => Some(0),
            b' ' | b'\t' | b'-' | b'?' | b':' => column.map(|column| column + 1),
            _ => None,
        };
        if brackets > PLAIN_NESTING || column > Some(PLAIN_NESTING) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_part_of_the_result() {
        let error = |value: Value| match value {
            Value::Map(map) => map.get("Error").unwrap().value.as_str().unwrap().to_owned(),
            Value::List(items) => items[0].value.as_str().unwrap().to_owned(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            error(from_yaml(b"[a]")),
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type \
             map[string]interface {}"
        );
        assert_eq!(error(from_json_array(b"{}")), "json: cannot unmarshal object into Go value of type []interface {}");
        assert!(error(from_toml(b"=")).starts_with("toml: "));
        assert_eq!(from_yaml(b""), Value::Map(Map::new()));
        assert_eq!(any_from_json(b"3").unwrap(), Value::Float(3.0));
    }
}
