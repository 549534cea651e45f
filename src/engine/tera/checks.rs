//! The functions and filters that are added to templates ([`super::additions`]): they return their input unchanged, and
//! charge it to the budget.

use std::sync::Arc;

use tera::{Kwargs, State, Tera, TeraResult, Value};

use super::additions::{COMPREHENSION, COPY, FILTER, INDEX, LITERAL, LOOP, PRINT, READ, SPREAD, TICK, UNREADABLE};
use super::budget::Budget;
use super::failure::{Failure, Kept};
use super::functions::size;

/// How many bytes one of Tera's filters can make from one byte.
const GROWTH_IN_A_FILTER: u64 = 8;

/// How many bytes one byte can become when a list or map is printed: texts in it are quoted, with control characters
/// escaped (`\u{7f}`).
const PRINTED: u64 = 6;

/// How many bytes a character takes while Tera searches a text for one or several.
const CHARACTER: u64 = 8;

/// How many bytes an entry of a map takes, or its copy while a loop iterates over the map.
const ENTRY: u64 = 64;

/// How many bytes an item of a list takes.
const ITEM: u64 = 24;

/// How many bytes of a message are shown. It is copied many times on its way.
const MAX_MESSAGE: usize = 16 << 10;

/// Registers the additional functions and filters.
pub(super) fn register(tera: &mut Tera, budget: &Arc<Budget>) {
    let shared = Arc::clone(budget);
    tera.register_function(TICK, move |arguments: Kwargs, _: &State| {
        on_budget(&shared, |budget| {
            budget.spend_made(arguments.get::<u64>("text").ok().flatten().unwrap_or(0))?;
            budget.spend_steps(arguments.get::<u64>("steps").ok().flatten().unwrap_or(1))
        })
        .map(|()| Value::from(""))
    });
    let shared = Arc::clone(budget);
    tera.register_function(PRINT, move |arguments: Kwargs, _: &State| {
        let Some(value) = arguments.get::<&Value>("value")? else { return Ok(Value::from("")) };
        on_budget(&shared, |budget| copied(budget, value, 1)).map(|()| Value::from(""))
    });
    tera.register_function(UNREADABLE, |_: Kwargs, _: &State| -> TeraResult<Value> {
        Err(tera::Error::message("this tag is too long to be checked"))
    });
    tera.register_function("throw", |arguments: Kwargs, _: &State| -> TeraResult<Value> {
        let message = arguments.must_get::<&str>("message")?;
        Err(tera::Error::message(shortened(message)))
    });
    filter(tera, budget, COPY, |budget, value| copied(budget, value, 1));
    filter(tera, budget, FILTER, |budget, value| copied(budget, value, GROWTH_IN_A_FILTER));
    filter(tera, budget, READ, |budget, value| budget.spend_read(measured(value)?));
    filter(tera, budget, SPREAD, |budget, value| budget.spend_made(bare(value)));
    filter(tera, budget, LITERAL, |budget, value| budget.spend_made(bare(value)));
    filter(tera, budget, LOOP, check_traversal);
    filter(tera, budget, COMPREHENSION, |budget, value| {
        check_traversal(budget, value)?;
        budget.spend_steps(value.len().unwrap_or(0) as u64)
    });
    let shared = Arc::clone(budget);
    tera.register_filter(INDEX, move |index: &Value, arguments: Kwargs, _: &State| {
        on_budget(&shared, |budget| {
            let sliced = arguments.get::<&Value>("slice_of").ok().flatten();
            let Some(value) = sliced.or(arguments.get::<&Value>("of").ok().flatten()) else { return Ok(()) };
            match (value.as_str(), value.as_array()) {
                (Some(text), _) => budget.spend_made((text.len() as u64).saturating_mul(CHARACTER)),
                (_, Some(_)) if sliced.is_some() => budget.spend_made(bare(value)),
                _ => Ok(()),
            }
        })
        .map(|()| index.clone())
    });
    // Tera's own filter compares every item with every other, without a limit.
    let shared = Arc::clone(budget);
    tera.register_filter("unique", move |items: &[Value], _: Kwargs, _: &State| {
        on_budget(&shared, |budget| {
            let mut kept: Vec<Value> = Vec::new();
            for item in items {
                budget.spend_read((measured(item)? + CHARACTER).saturating_mul(kept.len() as u64))?;
                if !kept.contains(item) {
                    kept.push(item.clone());
                }
            }
            Ok(kept)
        })
    });
}

fn filter(tera: &mut Tera, budget: &Arc<Budget>, name: &'static str, check: fn(&Budget, &Value) -> Result<(), String>) {
    let shared = Arc::clone(budget);
    tera.register_filter(name, move |value: &Value, _: Kwargs, _: &State| {
        on_budget(&shared, |budget| check(budget, value)).map(|()| value.clone())
    });
}

/// Cuts off the end of a message that is too long for anyone to read.
pub(super) fn shortened(message: &str) -> String {
    match message.split_at_checked(message.floor_char_boundary(MAX_MESSAGE)) {
        Some((start, rest)) if !rest.is_empty() => format!("{start}…"),
        _ => message.to_owned(),
    }
}

fn on_budget<T>(budget: &Budget, check: impl FnOnce(&Budget) -> Result<T, String>) -> TeraResult<T> {
    check(budget).map_err(tera::Error::message)
}

fn measured(value: &Value) -> Result<u64, String> {
    size(value).map_err(|failure| match failure {
        Failure::Call(message) | Failure::Kept(Kept::Refused(message)) => message,
        Failure::Kept(Kept::Text { error, .. }) => error.to_string(),
    })
}

fn copied(budget: &Budget, value: &Value, times: u64) -> Result<(), String> {
    let times = if value.as_str().is_some() { times } else { times.max(PRINTED) };
    budget.spend_made(measured(value)?.saturating_mul(times))
}

/// Returns how many bytes a list or map takes without its contents.
fn bare(value: &Value) -> u64 {
    match value.as_map() {
        Some(map) => (map.len() as u64).saturating_mul(ENTRY),
        None => (value.as_array().map_or(0, <[Value]>::len) as u64).saturating_mul(ITEM),
    }
}

/// Charges what a loop costs before its first turn.
fn check_traversal(budget: &Budget, value: &Value) -> Result<(), String> {
    match (value.as_str(), value.as_map()) {
        (Some(text), _) => budget.spend_read(text.len() as u64),
        (_, Some(_)) => budget.spend_made(bare(value)),
        _ => Ok(()),
    }
}
