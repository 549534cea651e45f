//! Functions on the parts of timestamps and durations.

use super::function::{Function, member, no_overload};
use crate::cel::error::Error;
use crate::cel::value::Value;
use crate::go::time::{Civil, Time, Zone};

pub(super) const TABLE: &[Function] = &[
    member("getFullYear", &["timestamp -> int", "timestamp, string -> int"], |arguments, _| {
        civil(arguments, |civil| civil.date.year)
    }),
    member("getMonth", &["timestamp -> int", "timestamp, string -> int"], |arguments, _| {
        civil(arguments, |civil| civil.date.month.0 - 1)
    }),
    member("getDate", &["timestamp -> int", "timestamp, string -> int"], |arguments, _| {
        civil(arguments, |civil| i64::from(civil.date.day))
    }),
    member("getDayOfMonth", &["timestamp -> int", "timestamp, string -> int"], |arguments, _| {
        civil(arguments, |civil| i64::from(civil.date.day) - 1)
    }),
    member("getDayOfWeek", &["timestamp -> int", "timestamp, string -> int"], |arguments, _| {
        civil(arguments, |civil| civil.date.weekday as i64)
    }),
    member("getDayOfYear", &["timestamp -> int", "timestamp, string -> int"], |arguments, _| {
        civil(arguments, |civil| i64::from(civil.date.day_of_year) - 1)
    }),
    member("getHours", &["timestamp -> int", "timestamp, string -> int", "duration -> int"], |arguments, _| {
        part(arguments, 3600, |civil| i64::from(civil.hour))
    }),
    member("getMinutes", &["timestamp -> int", "timestamp, string -> int", "duration -> int"], |arguments, _| {
        part(arguments, 60, |civil| i64::from(civil.minute))
    }),
    member("getSeconds", &["timestamp -> int", "timestamp, string -> int", "duration -> int"], |arguments, _| {
        part(arguments, 1, |civil| i64::from(civil.second))
    }),
    member("getMilliseconds", &["timestamp -> int", "timestamp, string -> int", "duration -> int"], |arguments, _| {
        match &arguments[0] {
            Value::Duration(duration) if arguments.len() == 1 => Ok(Value::Int(duration.0 / 1_000_000)),
            Value::Timestamp(time) => Ok(Value::Int(i64::from(time.nanoseconds()) / 1_000_000)),
            _ => no_overload(),
        }
    }),
];

fn civil<'a>(arguments: &[Value<'a>], part: fn(&Civil) -> i64) -> Result<Value<'a>, Error> {
    let Value::Timestamp(time) = &arguments[0] else { return no_overload() };
    let zone = match arguments.get(1) {
        None => Zone::default(),
        Some(Value::String(name)) => zone(name.as_str())?,
        Some(_) => return no_overload(),
    };
    let time: Time = (**time).clone();
    Ok(Value::Int(part(&time.in_zone(zone).civil())))
}

/// Returns a duration in whole units of `unit` seconds, or a part of a timestamp.
fn part<'a>(arguments: &[Value<'a>], unit: i64, field: fn(&Civil) -> i64) -> Result<Value<'a>, Error> {
    match &arguments[0] {
        Value::Duration(duration) if arguments.len() == 1 => Ok(Value::Int(duration.0 / 1_000_000_000 / unit)),
        _ => civil(arguments, field),
    }
}

/// Parses a time zone: UTC, or an offset such as `+02:00`. Zone names are not supported: there is no zone database here.
fn zone(name: &str) -> Result<Zone, Error> {
    if name.is_empty() || name == "UTC" {
        return Ok(Zone::default());
    }
    let (sign, rest) = name.strip_prefix('-').map_or((1, name.strip_prefix('+').unwrap_or(name)), |rest| (-1, rest));
    let Some((hours, minutes)) = rest.split_once(':') else {
        return Err(Error::Unsupported(format!("the time zone {name:?} is not supported")));
    };
    let number = |text: &str, most: i64| text.parse::<i64>().ok().filter(|number| (0..=most).contains(number));
    match (number(hours, 23), number(minutes, 59)) {
        (Some(hours), Some(minutes)) => Ok(Zone::fixed(b"", sign * (hours * 3600 + minutes * 60))),
        _ => Err(Error::fails(format!("unknown time zone {name}"))),
    }
}
