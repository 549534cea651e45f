//! TOML functions, which write and read documents as Helm does.

use crate::engine::gotpl::call::{Args, Evaluate, Function, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::times::{as_object, object};
use crate::engine::gotpl::value::{
    Kind, List, ListKind, MAX_DEPTH, Map, MapKind, MarshalError, Object, Room, Text, Value, inner_depth,
};
use crate::engine::sprig::toml::{self, Item, LocalClock, Table};
use crate::go::time::{Duration, Time};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("toToml", &[Param::Any], |run, args| write(run, args, false)),
    Function::new("mustToToml", &[Param::Any], |run, args| write(run, args, true)),
    Function::new("fromToml", &[Param::Str], read),
];

/// Writes a value as TOML. If that is impossible, the result is the message, or an error with `must`. Nil is always an error.
fn write(run: &mut dyn Evaluate, args: Args<'_>, must: bool) -> Result<Value, FnError> {
    if args.get(0).is_nil() {
        return Err("reflect: call of reflect.Value.Type on zero Value".into());
    }
    if let Value::List(list) = args.get(0)
        && list.is_nil()
    {
        return Ok(Value::str("[]"));
    }
    let mut room = Room::new(run.bytes_left());
    let item = item(args.get(0), &mut room, MAX_DEPTH)?;
    match toml::write(&item) {
        Ok(text) => {
            run.spend(text.len())?;
            Ok(Value::str(text))
        }
        Err(message) if must => Err(FnError::Message(message)),
        Err(message) => Ok(Value::str(message)),
    }
}

/// Converts a value into a TOML item.
fn item(value: &Value, room: &mut Room, depth: usize) -> Result<Item, MarshalError> {
    room.take(value.text_length())?;
    let depth = inner_depth(depth)?;
    Ok(match value {
        Value::Invalid | Value::Nil => Item::Nil,
        Value::Bool(value) => Item::Bool(*value),
        Value::Int(number) | Value::Int64(number) => Item::Int((*number).into()),
        Value::Uint8(number) => Item::Int((*number).into()),
        Value::Uint64(number) => Item::Int((*number).into()),
        Value::Float(number) => Item::Float(*number),
        Value::Complex(_) => Item::Unsupported("complex128"),
        Value::Str(text) => Item::Text(text.to_vec()),
        Value::Bytes(bytes) => Item::List(bytes.iter().map(|byte| Item::Int((*byte).into())).collect()),
        Value::List(list) if list.is_nil() => Item::Nil,
        Value::List(list) => {
            Item::List(list.items().iter().map(|value| item(value, room, depth)).collect::<Result<_, _>>()?)
        }
        Value::Map(map) if map.is_nil() => Item::Nil,
        Value::Map(map) => {
            let entry = |(key, value): (Text, Value)| Ok((key.to_vec(), item(&value, room, depth)?));
            Item::Map(map.snapshot().into_iter().map(entry).collect::<Result<_, MarshalError>>()?)
        }
        Value::Object(object) => object_item(&**object, value, room, depth)?,
    })
}

fn object_item(object: &dyn Object, value: &Value, room: &mut Room, depth: usize) -> Result<Item, MarshalError> {
    if let Some(time) = as_object::<Time>(value) {
        return Ok(Item::Time(time.clone()));
    }
    if let Some(duration) = as_object::<Duration>(value) {
        return Ok(Item::Text(duration.to_string().into_bytes()));
    }
    if let Some(number) = object.int() {
        return Ok(Item::Int(number.into()));
    }
    // Versions write themselves as text; other structs show their exported fields.
    if let Value::Str(text) = object.marshaled() {
        return Ok(Item::Text(text.to_vec()));
    }
    let is_exported = |(name, _): &(&str, Value)| name.starts_with(|first: char| first.is_ascii_uppercase());
    let field = |(name, value): (&'static str, Value)| Ok((name, item(&value, room, depth)?));
    debug_assert!(matches!(object.kind(), Kind::Struct | Kind::Pointer));
    Ok(Item::Struct(object.fields().into_iter().filter(is_exported).map(field).collect::<Result<_, MarshalError>>()?))
}

/// Reads a document into a map. An error in it becomes part of the result.
fn read(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    run.spend_parsed(args.bytes(0).len())?;
    let now = run.environment().now();
    let zone = run.environment().zones.local();
    let offset = now.in_zone(zone.clone()).zone_at().offset;
    Ok(match toml::read(args.bytes(0), &LocalClock { zone, offset }) {
        Ok(table) => Value::Map(map(table)),
        Err(message) => Value::record([("Error", Value::str(message))]),
    })
}

fn map(table: Table) -> Map {
    Map::from_entries(MapKind::Any, table.into_iter().map(|(key, value)| (key.into(), value_of(value))).collect())
}

fn value_of(value: toml::Value) -> Value {
    match value {
        toml::Value::Bool(value) => Value::Bool(value),
        toml::Value::Int(number) => Value::Int64(number),
        toml::Value::Float(number) => Value::Float(number),
        toml::Value::Text(text) => Value::str(text),
        toml::Value::Time(time, _) => object(time),
        toml::Value::List(items) => Value::appended(items.iter().cloned().map(value_of).collect()),
        toml::Value::Tables(tables) => {
            let tables = tables.into_iter().map(|table| Value::Map(map(table))).collect();
            Value::List(List::new(ListKind::Maps, tables))
        }
        toml::Value::Table(table) => Value::Map(map(table)),
    }
}
