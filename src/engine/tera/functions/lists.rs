//! Functions on lists.

use tera::Value;
use tera::value::Key;

use super::call::{Answer, Call, Failure, Function, is_nothing};
use super::go_value::{go_type, kind_name};
use super::strings::texts;
use crate::engine::sprig::cast::to_int;
use crate::engine::sprig::lists;
use crate::go::fmt::GoValue;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("list", &["items"], "The list itself; any other value as the only item of a list.", list),
    Function::new("tuple", &["items"], "The same as `list`.", list),
    Function::choosing("first", &["items"], "The first item; null for an empty list.", first),
    Function::choosing("mustFirst", &["items"], "The same as `first`.", first),
    Function::choosing("last", &["items"], "The last item; null for an empty list.", last),
    Function::choosing("mustLast", &["items"], "The same as `last`.", last),
    Function::new("rest", &["items"], "All items but the first.", rest),
    Function::new("mustRest", &["items"], "The same as `rest`.", rest),
    Function::new("initial", &["items"], "All items but the last.", initial),
    Function::new("mustInitial", &["items"], "The same as `initial`.", initial),
    Function::new("append", &["items", "item"], "The list with one more item at its end.", append),
    Function::new("mustAppend", &["items", "item"], "The same as `append`.", append),
    Function::new("prepend", &["items", "item"], "The list with one more item at its start.", prepend),
    Function::new("mustPrepend", &["items", "item"], "The same as `prepend`.", prepend),
    Function::new("concat", &["lists"], "The items of several lists, in one list.", concat),
    Function::new("uniq", &["items"], "Without repetitions.", uniq),
    Function::new("mustUniq", &["items"], "The same as `uniq`.", uniq),
    Function::new("without", &["items", "unwanted"], "Without these items; `unwanted` is a list or one item.", without),
    Function::new("mustWithout", &["items", "unwanted"], "The same as `without`.", without),
    Function::new("has", &["items", "item"], "Whether the item is in the list.", has),
    Function::new("mustHas", &["items", "item"], "The same as `has`.", has),
    Function::new("compact", &["items"], "Without the items that are empty.", compact),
    Function::new("mustCompact", &["items"], "The same as `compact`.", compact),
    Function::new(
        "slice",
        &["items", "start?", "end?"],
        "The items from `start` (0) up to, but not including, `end`.",
        slice,
    ),
    Function::new("mustSlice", &["items", "start?", "end?"], "The same as `slice`.", slice),
    Function::new("chunk", &["items", "size"], "The list cut into lists of `size` items.", chunk),
    Function::new("mustChunk", &["items", "size"], "The same as `chunk`.", chunk),
    Function::new("reverse", &["items"], "The items in reverse order.", reverse),
    Function::new("mustReverse", &["items"], "The same as `reverse`.", reverse),
    Function::new("sortAlpha", &["items"], "The items as strings, sorted; nulls are skipped.", |call| {
        let mut texts = texts(call, "items")?;
        texts.sort_unstable();
        Ok(Value::from(texts))
    }),
    Function::new("toStrings", &["items"], "The items as strings; nulls are skipped.", |call| {
        Ok(Value::from(texts(call, "items")?))
    }),
    Function::new("len", &["value"], "The number of items in a list or map, or of bytes in a string.", len),
    Function::choosing(
        "index",
        &["value", "key"],
        "The item at an index, or the value of a key; a list of them for nested values.",
        index,
    ),
];

/// Returns the argument `items`, or sprig's error if it is not a list: `Cannot`, followed by `act`.
fn items<'a>(call: &Call<'a>, act: &str) -> Result<&'a [Value], Failure> {
    let value = call.value("items")?;
    let items = value.as_array().ok_or_else(|| lists::cannot(act, value))?;
    call.spend_work(items.len())?;
    Ok(items)
}

/// Returns `items`, which are compared with everything they contain.
fn comparable_items<'a>(call: &Call<'a>, act: &str) -> Result<&'a [Value], Failure> {
    call.whole_value("items")?;
    items(call, act)
}

fn list(call: &Call<'_>) -> Answer {
    let value = call.value("items")?;
    Ok(if value.is_array() { value.clone() } else { Value::from(vec![value.clone()]) })
}

fn first(call: &Call<'_>) -> Answer {
    Ok(items(call, "find first on")?.first().cloned().unwrap_or_else(Value::none))
}

fn last(call: &Call<'_>) -> Answer {
    Ok(items(call, "find last on")?.last().cloned().unwrap_or_else(Value::none))
}

/// Go returns null for an empty list, but Tera cannot loop over that.
fn rest(call: &Call<'_>) -> Answer {
    Ok(Value::from(items(call, "find rest on")?.get(1..).unwrap_or_default()))
}

fn initial(call: &Call<'_>) -> Answer {
    Ok(Value::from(items(call, "find initial on")?.split_last().map_or(&[] as &[Value], |(_, initial)| initial)))
}

fn append(call: &Call<'_>) -> Answer {
    let mut items = items(call, "push on")?.to_vec();
    items.push(call.value("item")?.clone());
    Ok(Value::from(items))
}

fn prepend(call: &Call<'_>) -> Answer {
    let mut items = items(call, "prepend on")?.to_vec();
    items.insert(0, call.value("item")?.clone());
    Ok(Value::from(items))
}

fn concat(call: &Call<'_>) -> Answer {
    let mut all = Vec::new();
    for list in call.list("lists")? {
        let Some(items) = list.as_array() else {
            return Err(Failure::call(format!("Cannot concat type {} as list", kind_name(list))));
        };
        call.spend_items(items.len())?;
        all.extend_from_slice(items);
    }
    Ok(Value::from(all))
}

fn same(a: &Value, b: &Value) -> (bool, usize) {
    (a == b, a.as_str().map_or(0, str::len))
}

fn uniq(call: &Call<'_>) -> Answer {
    Ok(Value::from(lists::uniq(comparable_items(call, "find uniq on")?, same, &mut call.limits())?))
}

fn without(call: &Call<'_>) -> Answer {
    let (items, unwanted) = (comparable_items(call, "find without on")?, call.one_or_more("unwanted")?);
    Ok(Value::from(lists::without(items, unwanted, same, &mut call.limits())?))
}

fn has(call: &Call<'_>) -> Answer {
    if is_nothing(call.value("items")?) {
        return Ok(Value::from(false));
    }
    Ok(Value::from(comparable_items(call, "find has on")?.contains(call.whole_value("item")?)))
}

fn compact(call: &Call<'_>) -> Answer {
    Ok(Value::from(items(call, "compact on")?.iter().filter(|item| item.is_true()).cloned().collect::<Vec<_>>()))
}

fn slice(call: &Call<'_>) -> Answer {
    let value = call.value("items")?;
    let Some(items) = value.as_array() else {
        return Err(Failure::call(format!("list should be type of slice or array but {}", kind_name(value))));
    };
    if items.is_empty() {
        return Ok(value.clone());
    }
    let bound = |name, otherwise| call.optional(name).map_or(otherwise, to_int);
    Ok(Value::from(lists::slice(items, bound("start", 0), bound("end", items.len() as i64))?))
}

fn chunk(call: &Call<'_>) -> Answer {
    let items = items(call, "chunk")?;
    let size = usize::try_from(call.whole("size")?).ok().filter(|&size| size > 0);
    let size = size.ok_or_else(|| Failure::call("the size must be at least 1"))?;
    Ok(Value::from(items.chunks(size).map(Value::from).collect::<Vec<_>>()))
}

fn reverse(call: &Call<'_>) -> Answer {
    Ok(Value::from(items(call, "find reverse on")?.iter().rev().cloned().collect::<Vec<_>>()))
}

fn len(call: &Call<'_>) -> Answer {
    let value = call.value("value")?;
    let length = value.as_str().map(str::len).or_else(|| value.len());
    match length {
        Some(length) => Ok(Value::from(length as i64)),
        None if is_nothing(value) => Err(Failure::call("len of nil pointer")),
        None => Err(Failure::call(format!("len of type {}", go_type(value)))),
    }
}

fn index(call: &Call<'_>) -> Answer {
    let keys = call.value("key")?;
    let mut at = call.value("value")?.clone();
    if is_nothing(&at) {
        return Err(Failure::call("index of untyped nil"));
    }
    for key in keys.as_array().unwrap_or(std::slice::from_ref(keys)) {
        at = item(&at, key)?;
    }
    Ok(at)
}

/// Returns the item at a position of a list, the byte at a position of a text, or the value of a map's key, which may
/// be null.
fn item(value: &Value, key: &Value) -> Answer {
    if let Some(map) = value.as_map() {
        let key = match key.as_str() {
            Some(key) => key,
            None if is_nothing(key) => return Err(Failure::call("value is nil; should be of type string")),
            None => return Err(Failure::call(format!("value has type {}; should be string", go_type(key)))),
        };
        return Ok(map.get(&Key::Str(key)).cloned().unwrap_or_else(Value::none));
    }
    if is_nothing(value) {
        return Err(Failure::call("index of nil pointer"));
    }
    if !value.is_array() && !value.is_string() {
        return Err(Failure::call(format!("can't index item of type {}", go_type(value))));
    }
    let position = match key.as_i64() {
        Some(position) => position,
        None if is_nothing(key) => return Err(Failure::call("cannot index slice/array with nil")),
        None => return Err(Failure::call(format!("cannot index slice/array with type {}", go_type(key)))),
    };
    let found = usize::try_from(position).ok().and_then(|position| match value.as_str() {
        Some(text) => text.as_bytes().get(position).map(|&byte| Value::from(byte)),
        None => value.as_array()?.get(position).cloned(),
    });
    found.ok_or_else(|| Failure::call(format!("index out of range: {position}")))
}
