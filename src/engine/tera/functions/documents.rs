//! Functions that write and read YAML, JSON and TOML.

use tera::Value as TeraValue;

use super::Function;
use super::call::{Answer, Call, Failure, is_nothing};
use super::toml_format;
use crate::diagnostic::Source;
use crate::engine::tera::value::{from_tera, to_tera};
use crate::yaml::{Map, Node, Value};
use crate::{json, yaml};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("toYaml", &["value"], "As YAML, keys sorted, without a final line break.", to_yaml),
    Function::new("mustToYaml", &["value"], "The same as `toYaml`.", to_yaml),
    Function::new("toYamlPretty", &["value"], "`toYaml` with lists indented below their keys.", |call| {
        Ok(TeraValue::from(yaml::write_pretty(&argument(call)?)))
    }),
    Function::new("toJson", &["value"], "As JSON on one line, keys sorted, `<`, `>` and `&` escaped.", |call| {
        to_json(call, json::write)
    }),
    Function::new("mustToJson", &["value"], "The same as `toJson`.", |call| to_json(call, json::write)),
    Function::new("toRawJson", &["value"], "`toJson` without escaping `<`, `>` and `&`.", |call| {
        to_json(call, json::write_raw)
    }),
    Function::new("mustToRawJson", &["value"], "The same as `toRawJson`.", |call| to_json(call, json::write_raw)),
    Function::new("toPrettyJson", &["value"], "As JSON on several lines.", |call| to_json(call, json::write_pretty)),
    Function::new("mustToPrettyJson", &["value"], "The same as `toPrettyJson`.", |call| {
        to_json(call, json::write_pretty)
    }),
    Function::new(
        "toToml",
        &["value"],
        "A map as TOML, keys sorted, or any other value as it stands behind a key.",
        to_toml,
    ),
    Function::new("mustToToml", &["value"], "The same as `toToml`.", to_toml),
    Function::new(
        "fromYaml",
        &["text"],
        "The map that the first document of YAML text is; a map with the key `Error` where it is none.",
        |call| read(MAP, call, YAML),
    ),
    Function::new(
        "fromYamlArray",
        &["text"],
        "The list that the first document of YAML text is; where it is none, a list with the complaint.",
        |call| read(LIST, call, YAML),
    ),
    Function::new(
        "fromJson",
        &["text"],
        "The map that JSON text holds; a map with the key `Error` where it holds none.",
        |call| read(MAP, call, JSON),
    ),
    Function::new("mustFromJson", &["text"], "Any value that JSON text holds.", |call| read_value(call, JSON)),
    Function::new(
        "fromJsonArray",
        &["text"],
        "The list that JSON text holds; where it holds none, a list with the complaint.",
        |call| read(LIST, call, JSON),
    ),
    Function::new(
        "fromToml",
        &["text"],
        "The map that TOML text holds; a map with the key `Error` where it holds none.",
        |call| read(MAP, call, TOML),
    ),
];

fn argument(call: &Call<'_>) -> Result<Value, Failure> {
    Ok(from_tera(call.whole_value("value")?)?)
}

fn to_yaml(call: &Call<'_>) -> Answer {
    yaml::write(&argument(call)?).map(TeraValue::from).map_err(|error| Failure::call(error.to_string()))
}

fn to_json(call: &Call<'_>, write: fn(&Value) -> String) -> Answer {
    Ok(TeraValue::from(write(&argument(call)?)))
}

fn to_toml(call: &Call<'_>) -> Answer {
    if is_nothing(call.value("value")?) {
        return Err(Failure::call("toml: cannot encode nil"));
    }
    toml_format::write(&argument(call)?).map(TeraValue::from).map_err(Failure::call)
}

/// How a kind of document is read.
#[derive(Clone, Copy)]
struct Reader {
    read: fn(&str) -> Result<Value, String>,
    /// What stands before the complaint about a document of another type than the one that is asked for.
    prefix: &'static str,
}

const YAML: Reader = Reader {
    read: |text| yaml::read_document(&Source::file("", text)).map(|node| node.value).map_err(|error| error.message),
    prefix: "error unmarshaling JSON: while decoding JSON: ",
};

const JSON: Reader = Reader {
    read: |text| {
        let read = json::read(&Source::file("", text), 0..text.len());
        read.map(|node| node.value).map_err(|error| error.message)
    },
    prefix: "",
};

const TOML: Reader = Reader { read: toml_format::read, prefix: "" };

/// What a document has to be for a function that reads it.
struct Container {
    /// Its type in Go, which complaints name.
    go_type: &'static str,
    is_one: fn(&Value) -> bool,
    /// What an empty document is.
    empty: fn() -> Value,
    /// What stands for a document that is none.
    complaint: fn(Node) -> Value,
}

const MAP: Container = Container {
    go_type: "map[string]interface {}",
    is_one: |value| value.as_map().is_some(),
    empty: || Value::Map(Map::new()),
    complaint: |complaint| {
        let mut map = Map::new();
        map.insert("Error", Default::default(), complaint);
        Value::Map(map)
    },
};

const LIST: Container = Container {
    go_type: "[]interface {}",
    is_one: |value| matches!(value, Value::List(_)),
    empty: || Value::List(Vec::new()),
    complaint: |complaint| Value::List(vec![complaint]),
};

fn read(container: Container, call: &Call<'_>, reader: Reader) -> Answer {
    let text = call.text("text")?;
    with_stack_for(call, text, || {
        let value = match (reader.read)(text) {
            Ok(Value::Null) => Ok((container.empty)()),
            Ok(value) if (container.is_one)(&value) => Ok(value),
            Ok(other) => {
                let (prefix, found, wanted) = (reader.prefix, other.type_name(), container.go_type);
                Err(format!("{prefix}json: cannot unmarshal {found} into Go value of type {wanted}"))
            }
            Err(complaint) => Err(complaint),
        };
        let complaint = |text| (container.complaint)(Node::generated(Value::String(text)));
        Ok(to_tera(&value.unwrap_or_else(complaint))?)
    })
}

fn read_value(call: &Call<'_>, reader: Reader) -> Answer {
    let text = call.text("text")?;
    with_stack_for(call, text, || {
        let value = (reader.read)(text).map_err(Failure::call)?;
        Ok(to_tera(&value)?)
    })
}

/// How deeply a document may nest without a stack of its own to be read on.
const PLAIN_NESTING: usize = 64;

/// The stack for the deepest document there may be: readers go down 10,000 levels.
const DEEP_STACK: usize = 256 << 20;

/// What such a stack costs, in items of a loop.
const DEEP_READING: usize = 1_000;

/// Reads a document, on a stack of its own where it may nest deeply. Readers are recursive, and how much of its stack the
/// template has used up is not known here.
fn with_stack_for(call: &Call<'_>, text: &str, read: impl FnOnce() -> Answer + Send) -> Answer {
    if !may_nest_deeply(text) {
        return read();
    }
    call.spend_items(DEEP_READING)?;
    let thread = std::thread::Builder::new().stack_size(DEEP_STACK);
    let answer = std::thread::scope(|scope| thread.spawn_scoped(scope, read).ok()?.join().ok());
    answer.unwrap_or_else(|| Err(Failure::call("the document nests too deeply to be read")))
}

/// Whether there are more brackets than shallow documents have (which of them are text is not looked at), or a line that
/// begins with as many indicators and spaces as nested blocks need.
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
