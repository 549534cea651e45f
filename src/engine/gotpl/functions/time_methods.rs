//! The methods of times, durations and their parts. The receiver is the first argument.

use super::date::{spend_layout, time};
use crate::engine::gotpl::call::{Args, Function, Param};
use crate::engine::gotpl::times::{TIME, as_object, object};
use crate::engine::gotpl::value::Value;
use crate::go::time::{Duration, Month, Weekday, Zone};

const OTHER: &[Param] = &[Param::Object(TIME)];
const DURATION: &[Param] = &[Param::Duration];

/// The methods of `time.Time`.
pub(super) const TIMES: &[Function] = &[
    Function::new("Year", &[], |_, args| Ok(Value::Int(time(args, 0).civil().date.year))),
    Function::new("Month", &[], |_, args| Ok(object(time(args, 0).civil().date.month))),
    Function::new("Day", &[], |_, args| Ok(Value::Int(time(args, 0).civil().date.day.into()))),
    Function::new("Weekday", &[], |_, args| Ok(object(time(args, 0).civil().date.weekday))),
    Function::new("YearDay", &[], |_, args| Ok(Value::Int(time(args, 0).civil().date.day_of_year.into()))),
    Function::new("Hour", &[], |_, args| Ok(Value::Int(time(args, 0).civil().hour.into()))),
    Function::new("Minute", &[], |_, args| Ok(Value::Int(time(args, 0).civil().minute.into()))),
    Function::new("Second", &[], |_, args| Ok(Value::Int(time(args, 0).civil().second.into()))),
    Function::new("Nanosecond", &[], |_, args| Ok(Value::Int(time(args, 0).nanoseconds().into()))),
    Function::new("Unix", &[], |_, args| Ok(Value::Int64(time(args, 0).to_unix()))),
    Function::new("UnixMilli", &[], |_, args| Ok(Value::Int64(time(args, 0).to_unix_parts(1_000)))),
    Function::new("UnixMicro", &[], |_, args| Ok(Value::Int64(time(args, 0).to_unix_parts(1_000_000)))),
    Function::new("UnixNano", &[], |_, args| Ok(Value::Int64(time(args, 0).to_unix_parts(1_000_000_000)))),
    Function::new("Format", &[Param::Str], |run, args| {
        spend_layout(run, args.bytes(1))?;
        Ok(Value::str(time(args, 0).format(args.bytes(1))))
    }),
    Function::new("String", &[], |_, args| Ok(Value::str(time(args, 0).shown()))),
    Function::new("GoString", &[], |_, args| Ok(Value::str(time(args, 0).go_string()))),
    Function::new("AddDate", &[Param::Int, Param::Int, Param::Int], |_, args| {
        Ok(object(time(args, 0).add_date(args.int(1), args.int(2), args.int(3))))
    }),
    Function::new("Add", DURATION, |_, args| Ok(object(time(args, 0).add(duration(args, 1))))),
    Function::new("Sub", OTHER, |_, args| Ok(object(time(args, 0).since(&time(args, 1))))),
    Function::new("Before", OTHER, |_, args| Ok(Value::Bool(time(args, 0).total() < time(args, 1).total()))),
    Function::new("After", OTHER, |_, args| Ok(Value::Bool(time(args, 0).total() > time(args, 1).total()))),
    Function::new("Equal", OTHER, |_, args| Ok(Value::Bool(time(args, 0).total() == time(args, 1).total()))),
    Function::new("Compare", OTHER, |_, args| Ok(Value::Int(time(args, 0).total().cmp(&time(args, 1).total()) as i64))),
    Function::new("IsZero", &[], |_, args| Ok(Value::Bool(time(args, 0).is_zero()))),
    Function::new("IsDST", &[], |_, args| Ok(Value::Bool(time(args, 0).zone_at().is_dst))),
    Function::new("UTC", &[], |_, args| Ok(object(time(args, 0).in_zone(Zone::UTC)))),
    Function::new("Local", &[], |run, args| Ok(object(time(args, 0).in_zone(run.environment().zones.local())))),
    Function::new("In", &[Param::Object("*time.Location")], |_, args| match as_object::<Zone>(args.get(1)) {
        Some(zone) => Ok(object(time(args, 0).in_zone(zone.clone()))),
        None => Err("time: missing Location in call to Time.In".into()),
    }),
    Function::new("Location", &[], |_, args| Ok(object(time(args, 0).zone().clone()))),
    Function::new("Truncate", DURATION, |_, args| Ok(object(time(args, 0).truncate(duration(args, 1))))),
    Function::new("Round", DURATION, |_, args| Ok(object(time(args, 0).round(duration(args, 1))))),
];

/// The methods of `time.Duration`.
pub(super) const DURATIONS: &[Function] = &[
    Function::new("String", &[], |_, args| Ok(Value::str(duration(args, 0).to_string()))),
    Function::new("Hours", &[], |_, args| Ok(Value::Float(duration(args, 0).in_units(3_600_000_000_000)))),
    Function::new("Minutes", &[], |_, args| Ok(Value::Float(duration(args, 0).in_units(60_000_000_000)))),
    Function::new("Seconds", &[], |_, args| Ok(Value::Float(duration(args, 0).in_units(1_000_000_000)))),
    Function::new("Milliseconds", &[], |_, args| Ok(Value::Int64(duration(args, 0).0 / 1_000_000))),
    Function::new("Microseconds", &[], |_, args| Ok(Value::Int64(duration(args, 0).0 / 1_000))),
    Function::new("Nanoseconds", &[], |_, args| Ok(Value::Int64(duration(args, 0).0))),
    Function::new("Round", DURATION, |_, args| Ok(object(duration(args, 0).round(duration(args, 1))))),
    Function::new("Truncate", DURATION, |_, args| Ok(object(duration(args, 0).truncate(duration(args, 1))))),
    Function::new("Abs", &[], |_, args| Ok(object(duration(args, 0).abs()))),
];

/// The methods of `time.Month`.
pub(super) const MONTHS: &[Function] = &[Function::new("String", &[], |_, args| {
    Ok(Value::str(as_object::<Month>(args.get(0)).map(Month::to_string).unwrap_or_default()))
})];

/// The methods of `time.Weekday`.
pub(super) const WEEKDAYS: &[Function] = &[Function::new("String", &[], |_, args| {
    Ok(Value::str(as_object::<Weekday>(args.get(0)).map(|day| day.name()).unwrap_or_default()))
})];

/// The methods of `*time.Location`.
pub(super) const LOCATIONS: &[Function] = &[Function::new("String", &[], |_, args| {
    Ok(Value::str(as_object::<Zone>(args.get(0)).map(Zone::name).unwrap_or_default()))
})];

fn duration(args: Args<'_>, index: usize) -> Duration {
    match args.get(index) {
        // A number literal.
        Value::Int64(nanoseconds) => Duration(*nanoseconds),
        value => as_object::<Duration>(value).copied().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn method_names_are_unique() {
        for methods in [TIMES, DURATIONS] {
            let names: std::collections::HashSet<_> = methods.iter().map(|method| method.name).collect();
            assert_eq!(names.len(), methods.len());
        }
    }
}
