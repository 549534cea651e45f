//! Times compared with `tests/cases/go/times.txt`, recorded from Go.

use super::*;

/// Decodes bytes that were written by Rust's `escape_ascii`.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match (byte, if byte == b'\\' { rest.next() } else { None }) {
            (_, Some(b't')) => b'\t',
            (_, Some(b'n')) => b'\n',
            (_, Some(b'r')) => b'\r',
            (_, Some(b'x')) => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&digits, 16).expect("hexadecimal digits")
            }
            (_, Some(escaped)) => escaped,
            (byte, None) => byte,
        });
    }
    bytes
}

/// A zone of `tests/cases/go/zoneinfo`.
fn zone(name: &str) -> Option<Zone> {
    if name == "UTC" {
        return Some(Zone::UTC);
    }
    let data = std::fs::read(format!("{}/tests/cases/go/zoneinfo/{name}", env!("CARGO_MANIFEST_DIR"))).ok()?;
    Location::parse(name, &data).map(Zone::from)
}

fn difference(line: &str, zone: impl Fn(&str) -> Option<Zone>) -> Option<String> {
    let fields: Vec<Vec<u8>> = line.split('\t').map(unescaped).collect();
    let text = |index: usize| String::from_utf8_lossy(&fields[index]).into_owned();
    let number = |index: usize| text(index).parse::<i64>().expect("a number");
    let instant = |zone| Time::unix(number(2), number(3) as u32, zone);
    let result = |from: usize, found: &[Vec<u8>]| {
        (fields[from..] != *found).then(|| {
            let found: Vec<_> = found.iter().map(|found| found.escape_ascii().to_string()).collect();
            format!("{line}\n    {}", found.join("\t"))
        })
    };
    match &*text(0) {
        "duration" => {
            let found = Duration::parse(&fields[1]).map_or_else(|error| error, |duration| duration.to_string());
            result(2, &[found.into_bytes()])
        }
        "round" => {
            let duration = Duration::parse(&fields[1]).expect("a duration");
            let minute = Duration(60 * NANOSECONDS);
            let hours = crate::go::float::format_float(duration.in_units(3_600 * NANOSECONDS)).to_string();
            let found = [duration.round(minute).to_string(), duration.truncate(minute).to_string(), hours];
            result(2, &found.map(String::into_bytes))
        }
        "format" => result(5, &[instant(zone(&text(1))?).format(&fields[4])]),
        "parse" => {
            let time = parse(&fields[2], &fields[3], &zone(&text(1))?);
            result(4, &[time.map_or_else(String::into_bytes, |time| time.shown())])
        }
        "add" => result(7, &[instant(zone(&text(1))?).add_date(number(4), number(5), number(6)).shown()]),
        _ => {
            let time = instant(zone(&text(1))?);
            let unit = Duration(number(4));
            let (year, week) = time.iso_week();
            let date = time.civil().date;
            let facts = format!("{year} {week} {} {} {}", date.day_of_year, date.weekday.name(), time.zone_at().is_dst);
            result(5, &[time.round(unit).shown(), time.truncate(unit).shown(), facts.into_bytes()])
        }
    }
}

#[test]
fn times_are_those_of_go() {
    let recorded = std::env::var("TIMES").ok().and_then(|path| std::fs::read_to_string(path).ok());
    let recorded = recorded.as_deref().unwrap_or(include_str!("../../../tests/cases/go/times.txt"));
    let wrong: Vec<String> = recorded.lines().filter_map(|line| difference(line, zone)).collect();
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn utc(year: i64, month: i64, day: i64) -> Time {
    Time::date(year, month, day, [0, 0, 0], 0, Zone::UTC)
}

fn shown(time: &Time) -> String {
    String::from_utf8(time.shown()).expect("ASCII")
}

#[test]
fn the_zero_time_is_the_year_1() {
    assert_eq!(shown(&Time::default()), "0001-01-01 00:00:00 +0000 UTC");
    assert!(Time::default().is_zero());
}

#[test]
fn dates_carry_over() {
    assert_eq!(shown(&utc(2021, 14, 31)), "2022-03-03 00:00:00 +0000 UTC");
    assert_eq!(shown(&utc(2021, 1, 31).add_date(0, 1, 0)), "2021-03-03 00:00:00 +0000 UTC");
    assert_eq!(shown(&utc(2020, 2, 29).add_date(-1, 0, -1)), "2019-02-28 00:00:00 +0000 UTC");
}

#[test]
fn a_week_belongs_to_the_year_of_its_thursday() {
    assert_eq!(utc(2021, 1, 3).iso_week(), (2020, 53));
    assert_eq!(utc(2021, 1, 4).iso_week(), (2021, 1));
    assert_eq!(utc(2018, 12, 31).iso_week(), (2019, 1));
}

#[test]
fn differences_stay_in_the_range_of_durations() {
    assert_eq!(utc(2021, 1, 2).since(&utc(2021, 1, 1)), Duration(86_400 * NANOSECONDS));
    assert_eq!(utc(9999, 1, 1).since(&utc(1, 1, 1)), Duration(i64::MAX));
}

#[test]
fn times_are_rounded_from_the_year_1_on() {
    let time = Time::date(2021, 3, 4, [11, 30, 0], 0, Zone::UTC);
    assert_eq!(shown(&time.truncate(Duration(3_600 * NANOSECONDS))), "2021-03-04 11:00:00 +0000 UTC");
    assert_eq!(shown(&time.round(Duration(3_600 * NANOSECONDS))), "2021-03-04 12:00:00 +0000 UTC");
    assert_eq!(shown(&time.round(Duration(0))), shown(&time));
}
