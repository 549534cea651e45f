//! Cron schedules, as the Go library in the API server parses them, and names of time zones.

use super::place::Place;

/// The IANA time zones that the API server knows, one per line, written by `tests/cluster/record_zones`.
const ZONES: &str = include_str!("zones.txt");

/// The fields of a schedule: the minimum, the maximum, and names for the numbers from the minimum on.
const FIELDS: [(u32, u32, &[&str]); 5] = [
    (0, 59, &[]),
    (0, 23, &[]),
    (1, 31, &[]),
    (1, 12, &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
    (0, 6, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
];

pub(super) fn schedule(at: &mut Place<'_, '_, '_>) {
    let text = at.text("schedule");
    if text.is_empty() {
        return;
    }
    if text.contains("TZ") {
        at.invalid("schedule", "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
    } else if let Err(reason) = read(text) {
        at.invalid("schedule", &reason);
    }
    let zone = at.text("timeZone");
    if !at.is_set("timeZone") {
    } else if zone.is_empty() {
        at.invalid("timeZone", "timeZone must be nil or non-empty string");
    } else if zone.eq_ignore_ascii_case("Local") {
        at.invalid("timeZone", "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
    } else if !ZONES.lines().any(|known| known == zone) {
        at.invalid("timeZone", &format!("unknown time zone {zone}"));
    }
}

/// Parses a schedule, and returns why it is invalid.
fn read(text: &str) -> Result<(), String> {
    if let Some(word) = text.strip_prefix('@') {
        let known = ["yearly", "annually", "monthly", "weekly", "daily", "midnight", "hourly"];
        let every = word.strip_prefix("every ");
        return match every {
            Some(duration) if crate::go::time::Duration::parse(duration.as_bytes()).is_ok() => Ok(()),
            Some(_) => Err(format!("failed to parse duration {text}")),
            None if known.contains(&word) => Ok(()),
            None => Err(format!("unrecognized descriptor: {text}")),
        };
    }
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(format!("expected exactly 5 fields, found {}: [{}]", fields.len(), fields.join(" ")));
    }
    for (field, (least, most, names)) in fields.iter().zip(FIELDS) {
        for range in field.split(',').filter(|range| !range.is_empty()) {
            one(range, least, most, names)?;
        }
    }
    Ok(())
}

fn one(range: &str, least: u32, most: u32, names: &[&str]) -> Result<(), String> {
    let mut steps = range.split('/');
    let (ends, step) = (steps.next().unwrap_or_default(), steps.next());
    let mut ends = ends.split('-');
    let (low, high) = (ends.next().unwrap_or_default(), ends.next());
    let (start, end) = if low == "*" || low == "?" {
        (least, most)
    } else {
        let start = value(low, least, names)?;
        if ends.next().is_some() {
            return Err(format!("too many hyphens: {range}"));
        }
        match high {
            Some(high) => (start, value(high, least, names)?),
            None if step.is_some() => (start, most),
            None => (start, start),
        }
    };
    let step = step.map_or(Ok(1), |step| value(step, 0, &[]))?;
    if steps.next().is_some() {
        return Err(format!("too many slashes: {range}"));
    }
    if start < least {
        return Err(format!("beginning of range ({start}) below minimum ({least}): {range}"));
    }
    if end > most {
        return Err(format!("end of range ({end}) above maximum ({most}): {range}"));
    }
    if start > end {
        return Err(format!("beginning of range ({start}) beyond end of range ({end}): {range}"));
    }
    if step == 0 {
        return Err(format!("step of range should be a positive number: {range}"));
    }
    Ok(())
}

fn value(text: &str, least: u32, names: &[&str]) -> Result<u32, String> {
    let named = names.iter().position(|name| name.eq_ignore_ascii_case(text)).and_then(|at| u32::try_from(at).ok());
    if let Some(at) = named {
        return Ok(least + at);
    }
    if text.strip_prefix('-').is_some_and(|digits| digits.parse::<u32>().is_ok()) {
        return Err(format!("negative number ({text}) not allowed: {text}"));
    }
    text.parse().map_err(|_| format!("failed to parse int from {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules() {
        for text in [
            "* * * * *",
            "@daily",
            "@every 5m",
            "0 0 1 JAN sun",
            "*/5 1-3 ? * 1,2",
            "0 0 1,,2 * *",
            "5/10 * * * *",
            "*-3 * * * *",
        ] {
            assert_eq!(read(text), Ok(()), "{text}");
        }
        for text in [
            "* * * *",
            "60 * * * *",
            "* * 0 * *",
            "* * * * 7",
            "*/0 * * * *",
            "5-1 * * * *",
            "@never",
            "@every x",
            "a * * * *",
            "1-2-3 * * * *",
            "*/1/2 * * * *",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
