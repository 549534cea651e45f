//! sprig's date functions.

use crate::engine::gotpl::call::{Args, Evaluate, Function, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::times::{TIME, as_object, object};
use crate::engine::gotpl::value::Value;
use crate::engine::sprig::date::{self, Clock, DAY};
use crate::go::time::{Duration, Time};

const LAYOUT: &[Param] = &[Param::Str, Param::Any];
const IN_ZONE: &[Param] = &[Param::Str, Param::Any, Param::Str];
const CHANGE: &[Param] = &[Param::Str, Param::Object(TIME)];
const TEXT: &[Param] = &[Param::Str, Param::Str];
const ANY: &[Param] = &[Param::Any];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("now", &[], |run, _| Ok(object(run.environment().now()))),
    Function::new("date", LAYOUT, format),
    Function::new("dateInZone", IN_ZONE, format_in_zone),
    Function::new("date_in_zone", IN_ZONE, format_in_zone),
    Function::new("htmlDate", ANY, |run, args| {
        with_clock(run, |clock| Ok(Value::str(clock.format(DAY, time_of(clock, args.get(0))))))
    }),
    Function::new("htmlDateInZone", &[Param::Any, Param::Str], |run, args| {
        with_clock(run, |clock| Ok(Value::str(clock.format_in_zone(DAY, time_of(clock, args.get(0)), args.bytes(1)))))
    }),
    Function::new("ago", ANY, |run, args| {
        with_clock(run, |clock| Ok(Value::str(clock.ago(&time_of(clock, args.get(0))))))
    }),
    Function::new("toDate", TEXT, |run, args| {
        with_clock(run, |clock| Ok(object(clock.parse(args.bytes(0), args.bytes(1)).unwrap_or_default())))
    }),
    Function::new("mustToDate", TEXT, |run, args| {
        with_clock(run, |clock| Ok(object(clock.parse(args.bytes(0), args.bytes(1))?)))
    }),
    Function::new("dateModify", CHANGE, change),
    Function::new("date_modify", CHANGE, change),
    Function::new("mustDateModify", CHANGE, must_change),
    Function::new("must_date_modify", CHANGE, must_change),
    Function::new("unixEpoch", &[Param::Object(TIME)], |_, args| Ok(Value::str(time(args, 0).to_unix().to_string()))),
    Function::new("duration", ANY, |_, args| {
        let seconds = match args.get(0) {
            Value::Str(text) => date::seconds_of(text),
            Value::Int64(seconds) => *seconds,
            _ => 0,
        };
        Ok(Value::str(date::duration(seconds)))
    }),
    Function::new("durationRound", ANY, |run, args| {
        let duration = match args.get(0) {
            Value::Str(text) => Duration::parse(text).unwrap_or_default(),
            Value::Int64(nanoseconds) => Duration(*nanoseconds),
            value => {
                as_object::<Time>(value).map_or_else(Duration::default, |time| run.environment().now().since(time))
            }
        };
        Ok(Value::str(date::round(duration)))
    }),
];

fn with_clock(
    run: &mut dyn Evaluate,
    call: impl FnOnce(&Clock<'_>) -> Result<Value, FnError>,
) -> Result<Value, FnError> {
    let environment = run.environment();
    call(&Clock { now: environment.now(), zones: &*environment.zones })
}

/// Converts an argument as sprig does: a time, or an integer as seconds since 1970. Anything else is the current time.
fn time_of(clock: &Clock<'_>, value: &Value) -> Time {
    match value {
        Value::Int(seconds) | Value::Int64(seconds) => clock.seconds(*seconds),
        value => as_object::<Time>(value).unwrap_or(&clock.now).clone(),
    }
}

/// An argument of the type `time.Time`.
pub(super) fn time(args: Args<'_>, index: usize) -> Time {
    as_object::<Time>(args.get(index)).cloned().unwrap_or_default()
}

fn format(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    spend_layout(run, args.bytes(0))?;
    with_clock(run, |clock| Ok(Value::str(clock.format(args.bytes(0), time_of(clock, args.get(1))))))
}

fn format_in_zone(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    spend_layout(run, args.bytes(0))?;
    with_clock(run, |clock| {
        Ok(Value::str(clock.format_in_zone(args.bytes(0), time_of(clock, args.get(1)), args.bytes(2))))
    })
}

/// Counts the output of a layout, which may be several times as long as the layout: `2` is a day, `Mon` a name.
pub(super) fn spend_layout(run: &mut dyn Evaluate, layout: &[u8]) -> Result<(), FnError> {
    run.spend(layout.len().saturating_mul(4))
}

fn change(_: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let time = time(args, 1);
    Ok(object(date::modify(args.bytes(0), &time).unwrap_or(time)))
}

fn must_change(_: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    Ok(object(date::modify(args.bytes(0), &time(args, 1))?))
}
