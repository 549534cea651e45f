//! Times formatted by layouts.

use std::io::Write as _;

use super::layout::{Element, Offset, Pad, next_element};
use super::{Civil, Time};

impl Time {
    /// Formats the time by a layout such as `2006-01-02T15:04:05Z07:00`.
    pub fn format(&self, mut layout: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(layout.len() + 10);
        let zone = self.zone_at();
        let civil = self.civil_at(zone.offset);
        while let Some((before, element, after)) = next_element(layout) {
            out.extend_from_slice(before);
            match element {
                Element::ZoneName if zone.name.is_empty() => {
                    let plain = Offset { has_z: false, has_colons: false, has_minutes: true, has_seconds: false };
                    write_offset(&mut out, zone.offset, plain);
                }
                Element::ZoneName => out.extend_from_slice(&zone.name),
                Element::Offset(form) => write_offset(&mut out, zone.offset, form),
                Element::Fraction { digits, trims, separator } => {
                    write_fraction(&mut out, self.nanoseconds(), (digits, trims), separator);
                }
                element => write_element(&mut out, &civil, element),
            }
            layout = after;
        }
        out.extend_from_slice(layout);
        out
    }
}

fn write_element(out: &mut Vec<u8>, civil: &Civil, element: Element) {
    let date = &civil.date;
    let hour12 = match civil.hour % 12 {
        0 => 12,
        hour => hour,
    };
    let half = |names: [&'static str; 2]| names[usize::from(civil.hour >= 12)];
    match element {
        Element::LongMonth => text(out, &date.month.to_string()),
        Element::Month => text(out, &date.month.to_string()[..3]),
        Element::NumericMonth(pad) => number(out, date.month.0, pad, 2),
        Element::LongWeekday => text(out, date.weekday.name()),
        Element::Weekday => text(out, &date.weekday.name()[..3]),
        Element::Day(pad) => number(out, date.day.into(), pad, 2),
        Element::YearDay(pad) => number(out, date.day_of_year.into(), pad, 3),
        Element::Hour => number(out, civil.hour.into(), Pad::Zero, 2),
        Element::Hour12(pad) => number(out, hour12.into(), pad, 2),
        Element::Minute(pad) => number(out, civil.minute.into(), pad, 2),
        Element::Second(pad) => number(out, civil.second.into(), pad, 2),
        Element::LongYear => number(out, date.year, Pad::Zero, 4),
        Element::Year => number(out, date.year.abs() % 100, Pad::Zero, 2),
        Element::UpperHalf => text(out, half(["AM", "PM"])),
        Element::LowerHalf => text(out, half(["am", "pm"])),
        Element::ZoneName | Element::Offset(_) | Element::Fraction { .. } => {}
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

/// Appends a number of at least `width` digits, not counting its sign.
fn number(out: &mut Vec<u8>, number: i64, pad: Pad, width: usize) {
    let sign = if number < 0 { "-" } else { "" };
    let digits = number.unsigned_abs();
    // Writing into memory does not fail.
    let _ = match pad {
        Pad::Nothing => write!(out, "{sign}{digits}"),
        Pad::Space => write!(out, "{sign}{digits:width$}"),
        Pad::Zero => write!(out, "{sign}{digits:0width$}"),
    };
}

fn write_offset(out: &mut Vec<u8>, offset: i64, form: Offset) {
    if form.has_z && offset == 0 {
        out.push(b'Z');
        return;
    }
    let minutes = offset / 60;
    // Go checks the whole minutes: half a minute west of UTC is written with a plus.
    let is_negative = minutes < 0;
    let seconds = if is_negative { -offset } else { offset } % 60;
    out.push(if is_negative { b'-' } else { b'+' });
    number(out, minutes.abs() / 60, Pad::Zero, 2);
    let colon = if form.has_colons { ":" } else { "" };
    if form.has_minutes {
        text(out, colon);
        number(out, minutes.abs() % 60, Pad::Zero, 2);
    }
    if form.has_seconds {
        text(out, colon);
        number(out, seconds, Pad::Zero, 2);
    }
}

fn write_fraction(out: &mut Vec<u8>, nanoseconds: u32, (digits, trims): (usize, bool), separator: u8) {
    if trims && (digits == 0 || nanoseconds == 0) {
        return;
    }
    let start = out.len();
    out.push(separator);
    number(out, nanoseconds.into(), Pad::Zero, 9);
    out.truncate(start + 1 + digits.min(9));
    if trims {
        while out.len() > start + 1 && out.last() == Some(&b'0') {
            out.pop();
        }
        if out.len() == start + 1 {
            out.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::go::time::Zone;

    #[test]
    fn layouts_show_parts_of_a_time() {
        let time = Time::date(2021, 3, 4, [15, 6, 7], 80_900_000, Zone::fixed(b"", -12_600));
        let rows = [
            ("2006-01-02 15:04:05", "2021-03-04 15:06:07"),
            ("Mon Jan _2 3:4:5pm 06", "Thu Mar  4 3:6:7pm 21"),
            ("Monday January 2 002 __2 PM 03", "Thursday March 4 063  63 PM 03"),
            (
                "MST -0700 -07:00 -07 Z0700 Z07:00 -07:00:00 Z070000",
                "-0330 -0330 -03:30 -03 -0330 -03:30 -03:30:00 -033000",
            ),
            (".000 ,999999 .9 .000000000000", ".080 ,0809  .080900000"),
            ("nothing", "nothing"),
        ];
        for (layout, shown) in rows {
            assert_eq!(String::from_utf8_lossy(&time.format(layout.as_bytes())), shown, "{layout}");
        }
    }
}
