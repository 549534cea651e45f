//! Functions on lists.

use tera::Value;

use super::Function;
use super::call::{Answer, Call, Failure, is_empty, is_nothing, wrong_type};
use super::go_format::display;
use super::strings::strings_of;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("list", &["items"], "The list itself; any other value alone in a list.", list),
    Function::new("tuple", &["items"], "The same as `list`.", list),
    Function::new("first", &["items"], "The first item; null for an empty list.", first),
    Function::new("mustFirst", &["items"], "The same as `first`.", first),
    Function::new("last", &["items"], "The last item; null for an empty list.", last),
    Function::new("mustLast", &["items"], "The same as `last`.", last),
    Function::new("rest", &["items"], "All items but the first; null for an empty list.", rest),
    Function::new("mustRest", &["items"], "The same as `rest`.", rest),
    Function::new("initial", &["items"], "All items but the last; null for an empty list.", initial),
    Function::new("mustInitial", &["items"], "The same as `initial`.", initial),
    Function::new("append", &["items", "item"], "The list with one item more at its end.", append),
    Function::new("mustAppend", &["items", "item"], "The same as `append`.", append),
    Function::new("prepend", &["items", "item"], "The list with one item more at its start.", prepend),
    Function::new("mustPrepend", &["items", "item"], "The same as `prepend`.", prepend),
    Function::new("concat", &["lists"], "The items of all lists of a list, in one.", concat),
    Function::new("uniq", &["items"], "Without repetitions.", uniq),
    Function::new("mustUniq", &["items"], "The same as `uniq`.", uniq),
    Function::new("without", &["items", "unwanted"], "Without these items; `unwanted` is a list or one item.", without),
    Function::new("mustWithout", &["items", "unwanted"], "The same as `without`.", without),
    Function::new("has", &["items", "item"], "Whether the item is in the list.", has),
    Function::new("mustHas", &["items", "item"], "The same as `has`.", has),
    Function::new("compact", &["items"], "Without the items that are empty.", compact),
    Function::new("mustCompact", &["items"], "The same as `compact`.", compact),
    Function::new("slice", &["items", "start?", "end?"], "The items from `start` (0) to before `end`.", slice),
    Function::new("mustSlice", &["items", "start?", "end?"], "The same as `slice`.", slice),
    Function::new("chunk", &["items", "size"], "The list cut into lists of `size` items.", chunk),
    Function::new("mustChunk", &["items", "size"], "The same as `chunk`.", chunk),
    Function::new("reverse", &["items"], "The items from the last to the first.", reverse),
    Function::new("mustReverse", &["items"], "The same as `reverse`.", reverse),
    Function::new("sortAlpha", &["items"], "The items as texts, sorted.", |call| {
        let mut texts = strings_of(call.value("items")?);
        texts.sort();
        Ok(Value::from(texts))
    }),
    Function::new("toStrings", &["items"], "The items as texts.", |call| Ok(Value::from(strings_of(call.value("items")?)))),
    Function::new("len", &["value"], "The number of items of a list or map, or of bytes of a text.", len),
    Function::new("index", &["value", "key"], "The item at an index, or the value of a key; a list of them leads deeper.", index),
];

/// sprig's words for a list function called with something else.
fn items<'a>(call: &Call<'a>) -> Result<&'a [Value], Failure> {
    let value = call.value("items")?;
    value.as_array().ok_or_else(|| {
        let kind = super::numbers::kind_name(value);
        Failure::call(format!("cannot {} on type {kind}", call.function.name.trim_start_matches("must").to_lowercase()))
    })
}

fn list(call: &Call<'_>) -> Answer {
    let value = call.value("items")?;
    Ok(if value.is_array() { value.clone() } else { Value::from(vec![value.clone()]) })
}

fn first(call: &Call<'_>) -> Answer {
    Ok(items(call)?.first().cloned().unwrap_or_else(Value::none))
}

fn last(call: &Call<'_>) -> Answer {
    Ok(items(call)?.last().cloned().unwrap_or_else(Value::none))
}

fn rest(call: &Call<'_>) -> Answer {
    Ok(items(call)?.split_first().map_or_else(Value::none, |(_, rest)| Value::from(rest)))
}

fn initial(call: &Call<'_>) -> Answer {
    Ok(items(call)?.split_last().map_or_else(Value::none, |(_, initial)| Value::from(initial)))
}

fn append(call: &Call<'_>) -> Answer {
    let mut items = items(call)?.to_vec();
    items.push(call.value("item")?.clone());
    Ok(Value::from(items))
}

fn prepend(call: &Call<'_>) -> Answer {
    let mut items = items(call)?.to_vec();
    items.insert(0, call.value("item")?.clone());
    Ok(Value::from(items))
}

fn concat(call: &Call<'_>) -> Answer {
    let mut all = Vec::new();
    for list in call.list("lists")? {
        let Some(items) = list.as_array() else {
            return Err(Failure::call(format!("cannot concat type {} as list", super::numbers::kind_name(list))));
        };
        all.extend_from_slice(items);
    }
    Ok(Value::from(all))
}

fn uniq(call: &Call<'_>) -> Answer {
    let mut kept: Vec<Value> = Vec::new();
    for item in items(call)? {
        if !kept.contains(item) {
            kept.push(item.clone());
        }
    }
    Ok(Value::from(kept))
}

fn without(call: &Call<'_>) -> Answer {
    let unwanted = call.value("unwanted")?;
    let unwanted = unwanted.as_array().unwrap_or(std::slice::from_ref(unwanted));
    Ok(Value::from(items(call)?.iter().filter(|item| !unwanted.contains(item)).cloned().collect::<Vec<_>>()))
}

fn has(call: &Call<'_>) -> Answer {
    if is_nothing(call.value("items")?) {
        return Ok(Value::from(false));
    }
    Ok(Value::from(items(call)?.contains(call.value("item")?)))
}

fn compact(call: &Call<'_>) -> Answer {
    Ok(Value::from(items(call)?.iter().filter(|item| !is_empty(item)).cloned().collect::<Vec<_>>()))
}

fn slice(call: &Call<'_>) -> Answer {
    let items = items(call)?;
    if items.is_empty() {
        return Ok(Value::none());
    }
    let bound = |name, otherwise| match call.optional(name) {
        Some(_) => call.whole(name),
        None => Ok(otherwise),
    };
    let (start, end) = (bound("start", 0)?, bound("end", items.len() as i64)?);
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let part = range.and_then(|(start, end)| items.get(start..end));
    part.map(Value::from).ok_or_else(|| Failure::call("slice index out of bounds"))
}

fn chunk(call: &Call<'_>) -> Answer {
    let size = usize::try_from(call.whole("size")?).ok().filter(|&size| size > 0);
    let size = size.ok_or_else(|| Failure::call("the size must be at least 1"))?;
    Ok(Value::from(items(call)?.chunks(size).map(Value::from).collect::<Vec<_>>()))
}

fn reverse(call: &Call<'_>) -> Answer {
    Ok(Value::from(items(call)?.iter().rev().cloned().collect::<Vec<_>>()))
}

fn len(call: &Call<'_>) -> Answer {
    let value = call.value("value")?;
    let length = value.as_str().map(str::len).or_else(|| value.len());
    match length {
        Some(length) => Ok(Value::from(length as i64)),
        None if is_nothing(value) => Err(Failure::call("len of nil pointer")),
        None => Err(Failure::call(format!("len of type {}", super::call::go_type(value)))),
    }
}

fn index(call: &Call<'_>) -> Answer {
    let keys = call.value("key")?;
    let mut at = call.value("value")?;
    let nothing = Value::none();
    for key in keys.as_array().unwrap_or(std::slice::from_ref(keys)) {
        if let Some(items) = at.as_array() {
            let position = key.as_i64().ok_or_else(|| Failure::call("cannot index slice/array with this type"))?;
            let item = usize::try_from(position).ok().and_then(|position| items.get(position));
            at = item.ok_or_else(|| Failure::call(format!("index out of range: {position}")))?;
        } else if let Some(map) = at.as_map() {
            let key = key.as_str().ok_or_else(|| wrong_type(key, "string"))?;
            at = map.get(&tera::value::Key::Str(key)).unwrap_or(&nothing);
        } else if is_nothing(at) {
            return Err(Failure::call("index of untyped nil"));
        } else {
            return Err(Failure::call(format!("can't index item of type {}", super::call::go_type(at))));
        }
    }
    Ok(at.clone())
}

/// `cat`'s and `print`'s part: the texts of a list's values.
pub(super) fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().unwrap_or(std::slice::from_ref(value));
    items.iter().filter(|item| !is_nothing(item)).map(|item| display(item).into_owned()).collect()
}
