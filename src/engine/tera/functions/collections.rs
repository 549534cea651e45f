//! Functions on maps, and on the types of values.

use tera::value::Key;
use tera::{Map, Value};

use super::call::{Answer, Call, Failure, Function, is_nothing, wrong_type};
use super::go_value::{go_type, kind_name};
use super::strings::texts;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("dict", &["..."], "A map of the arguments.", |call| {
        Ok(Value::from(call.kwargs.iter().map(|(key, value)| (key.clone(), value.clone())).collect::<Map>()))
    }),
    Function::choosing(
        "get",
        &["map", "key", "default?"],
        "The value of a key; `default`, or else \"\", if the key is missing.",
        get,
    ),
    Function::choosing(
        "dig",
        &["map", "keys", "default"],
        "The value at the end of a list of keys, or `default`.",
        dig,
    ),
    Function::new("hasKey", &["map", "key"], "Whether the map has the key.", |call| {
        Ok(Value::from(call.map("map")?.contains_key(&Key::Str(call.text("key")?))))
    }),
    Function::new("keys", &["map"], "The keys, in the order in which they were written.", |call| {
        Ok(Value::from(call.map("map")?.keys().map(Key::as_value).collect::<Vec<_>>()))
    }),
    Function::new("values", &["map"], "The values, in the order in which they were written.", |call| {
        Ok(Value::from(call.map("map")?.values().cloned().collect::<Vec<_>>()))
    }),
    Function::new("pick", &["map", "keys"], "The map with these keys only; `keys` is a list or one key.", |call| {
        filtered(call, true)
    }),
    Function::new("omit", &["map", "keys"], "The map without these keys; `keys` is a list or one key.", |call| {
        filtered(call, false)
    }),
    Function::new("pluck", &["maps", "key"], "The values of one key in all maps of a list.", pluck),
    Function::new("set", &["map", "key", "value"], "A copy of the map with the key set.", |call| {
        let mut map = call.map("map")?.clone();
        map.insert(Key::from(call.text("key")?.to_owned()), call.value("value")?.clone());
        Ok(Value::from(map))
    }),
    Function::new("unset", &["map", "key"], "A copy of the map without the key.", |call| {
        let mut map = call.map("map")?.clone();
        map.shift_remove(&Key::from(call.text("key")?.to_owned()));
        Ok(Value::from(map))
    }),
    Function::new("merge", &["map", "with"], MERGE, |call| merge(call, false)),
    Function::new("mustMerge", &["map", "with"], "The same as `merge`.", |call| merge(call, false)),
    Function::new("mergeOverwrite", &["map", "with"], MERGE_OVERWRITE, |call| merge(call, true)),
    Function::new("mustMergeOverwrite", &["map", "with"], "The same as `mergeOverwrite`.", |call| merge(call, true)),
    Function::choosing("deepCopy", &["value"], "The value itself: values never change, so no copy is needed.", same),
    Function::choosing("mustDeepCopy", &["value"], "The same as `deepCopy`.", same),
    Function::new("deepEqual", &["a", "b"], "Whether two values are deeply equal.", |call| {
        Ok(Value::from(call.whole_value("a")? == call.whole_value("b")?))
    }),
    Function::new("kindOf", &["value"], "`map`, `slice`, `string`, `bool`, `int`, `float64` or `invalid`.", |call| {
        Ok(Value::from(kind_name(call.value("value")?)))
    }),
    Function::new("kindIs", &["value", "kind"], "Whether the value is of this kind.", |call| {
        Ok(Value::from(kind_name(call.value("value")?) == call.text("kind")?))
    }),
    Function::new("typeOf", &["value"], "The type as Go writes it: `map[string]interface {}`, ...", |call| {
        Ok(Value::from(go_type(call.value("value")?)))
    }),
    Function::new("typeIs", &["value", "type"], "Whether the value is of this type.", type_is),
    Function::new("typeIsLike", &["value", "type"], "The same as `typeIs`.", type_is),
];

const MERGE: &str = "A deep copy of the map, with missing and empty values taken from `with`, a map or a list of maps.";
const MERGE_OVERWRITE: &str = "A deep copy of the map, overwritten with the values of `with`, a map or a list of maps.";

fn same(call: &Call<'_>) -> Answer {
    Ok(call.value("value")?.clone())
}

fn type_is(call: &Call<'_>) -> Answer {
    Ok(Value::from(go_type(call.value("value")?) == call.text("type")?))
}

fn get(call: &Call<'_>) -> Answer {
    let found = call.map("map")?.get(&Key::Str(call.text("key")?)).or(call.optional("default"));
    Ok(found.cloned().unwrap_or_else(|| Value::from("")))
}

fn dig(call: &Call<'_>) -> Answer {
    let keys = texts(call, "keys")?;
    let mut map = call.map("map")?;
    let default = call.value("default")?;
    for (index, key) in keys.iter().enumerate() {
        let Some(value) = map.get(&Key::Str(key)) else { break };
        if index + 1 == keys.len() {
            return Ok(value.clone());
        }
        map = value.as_map().ok_or_else(|| {
            let actual = go_type(value);
            Failure::call(format!("interface conversion: interface {{}} is {actual}, not map[string]interface {{}}"))
        })?;
    }
    Ok(default.clone())
}

fn filtered(call: &Call<'_>, keep: bool) -> Answer {
    let keys = texts(call, "keys")?;
    let map = call.map("map")?;
    call.spend_work(map.len().saturating_mul(keys.len()))?;
    let chosen = map.iter().filter(|(key, _)| keys.iter().any(|named| key.as_str() == Some(named)) == keep);
    Ok(Value::from(chosen.map(|(key, value)| (key.clone(), value.clone())).collect::<Map>()))
}

fn pluck(call: &Call<'_>) -> Answer {
    let key = Key::Str(call.text("key")?);
    let mut found = Vec::new();
    for map in call.list("maps")? {
        let map = map.as_map().ok_or_else(|| wrong_type(map, "map[string]interface {}"))?;
        found.extend(map.get(&key).cloned());
    }
    Ok(Value::from(found))
}

fn merge(call: &Call<'_>, overwrite: bool) -> Answer {
    call.whole_value("map")?;
    let mut result = call.map("map")?.clone();
    for with in call.one_or_more("with")? {
        let with = with.as_map().ok_or_else(|| wrong_type(with, "map[string]interface {}"))?;
        result = merged(&result, with, overwrite);
    }
    Ok(Value::from(result))
}

/// Merges maps deeply. Of other values, the new one wins if the old one is empty or `overwrite` is set; null never
/// fills a gap, but it does overwrite.
fn merged(map: &Map, with: &Map, overwrite: bool) -> Map {
    let mut result = map.clone();
    for (key, new) in with {
        let old = result.get(key);
        let value = match old.and_then(Value::as_map).zip(new.as_map()) {
            Some((old, new)) => Value::from(merged(old, new, overwrite)),
            None if is_nothing(new) && !overwrite => continue,
            None if overwrite || !old.is_some_and(Value::is_truthy) => new.clone(),
            None => continue,
        };
        // If nothing was merged, the new map replaces the empty one unchanged.
        let value = if value.is_truthy() { value } else { new.clone() };
        result.insert(key.clone(), value);
    }
    result
}
