//! Times parsed by a layout.

use super::Time;
use super::civil::{MONTHS, WEEKDAYS, days_before, days_in, is_leap};
use super::layout::{Element, Offset, Pad, next_element};
use super::zone::Zone;

/// Parses a time by a layout. It is in `local` if the text names no zone, or an offset or abbreviation that `local`
/// uses at that time.
///
/// # Errors
/// The text does not match the layout, or the day does not exist; Go's message.
pub fn parse(layout: &[u8], text: &[u8], local: &Zone) -> Result<Time, String> {
    let mut read = Read::default();
    let mut rest = text;
    let mut left = layout;
    let failed = |rest: &[u8], element: &[u8]| {
        let (text, layout) = (quote(text), quote(layout));
        format!("parsing time {text} as {layout}: cannot parse {} as {}", quote(rest), quote(element))
    };
    let out_of_range = |what: &str| format!("parsing time {}: {what}", quote(text));
    while let Some((before, element, after)) = next_element(left) {
        rest = skip(rest, before).map_err(|rest| failed(rest, before))?;
        match read.element(element, rest, after) {
            Ok(unread) => rest = unread,
            Err(Wrong::Text) => return Err(failed(rest, &left[before.len()..left.len() - after.len()])),
            Err(Wrong::Range(what)) => return Err(out_of_range(&format!("{what} out of range"))),
        }
        left = after;
    }
    rest = skip(rest, left).map_err(|rest| failed(rest, left))?;
    if !rest.is_empty() {
        return Err(out_of_range(&format!("extra text: {}", quote(rest))));
    }
    let (month, day) = read.month_and_day().map_err(out_of_range)?;
    Ok(read.time(month, day, local))
}

/// Why an element cannot be parsed.
enum Wrong {
    Text,
    Range(&'static str),
}

type Unread<'a> = Result<&'a [u8], Wrong>;

/// What has been parsed so far.
#[derive(Default)]
struct Read {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    clock: [i64; 3],
    nanoseconds: u32,
    half: Option<Half>,
    is_utc: bool,
    /// Seconds east of UTC. Go treats one second west of it as no offset.
    offset: Option<i64>,
    zone_name: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
}

impl Read {
    /// Parses an element at the beginning of a text, and returns the rest of the text. `after` is the layout after the
    /// element.
    fn element<'t>(&mut self, element: Element, text: &'t [u8], after: &[u8]) -> Unread<'t> {
        match element {
            Element::Year => {
                let (digits, rest) = text.split_at_checked(2).ok_or(Wrong::Text)?;
                let year = signed(digits).ok_or(Wrong::Text)?;
                self.year = if year >= 69 { year + 1900 } else { year + 2000 };
                Ok(rest)
            }
            Element::LongYear => {
                let (digits, rest) = text.split_at_checked(4).ok_or(Wrong::Text)?;
                self.year = signed(digits).filter(|_| digits[0].is_ascii_digit()).ok_or(Wrong::Text)?;
                Ok(rest)
            }
            Element::LongMonth | Element::Month => {
                let (index, rest) = name(&MONTHS, element == Element::Month, text)?;
                self.month = Some(index as i64 + 1);
                Ok(rest)
            }
            Element::LongWeekday | Element::Weekday => Ok(name(&WEEKDAYS, element == Element::Weekday, text)?.1),
            Element::NumericMonth(pad) => {
                let (month, rest) = two_digits(text, pad)?;
                self.month = Some(month);
                within(month, 1..=12, "month").map(|_| rest)
            }
            Element::Day(pad) => {
                let (day, rest) = two_digits(without_space(text, pad), pad)?;
                self.day = Some(day);
                Ok(rest)
            }
            Element::YearDay(pad) => {
                let text = without_space(without_space(text, pad), pad);
                let length = text.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
                if length == 0 || (pad == Pad::Zero && length < 3) {
                    return Err(Wrong::Text);
                }
                let (digits, rest) = text.split_at(length);
                self.day_of_year = Some(signed(digits).ok_or(Wrong::Text)?);
                Ok(rest)
            }
            Element::Hour => {
                let (hour, rest) = two_digits(text, Pad::Nothing)?;
                self.clock[0] = within(hour, 0..=23, "hour")?;
                Ok(rest)
            }
            Element::Hour12(pad) => {
                let (hour, rest) = two_digits(text, pad)?;
                self.clock[0] = within(hour, 0..=12, "hour")?;
                Ok(rest)
            }
            Element::Minute(pad) => {
                let (minute, rest) = two_digits(text, pad)?;
                self.clock[1] = within(minute, 0..=59, "minute")?;
                Ok(rest)
            }
            Element::Second(pad) => {
                let (second, rest) = two_digits(text, pad)?;
                self.clock[2] = within(second, 0..=59, "second")?;
                // A fraction is accepted even if the layout has none.
                let comes_next = matches!(next_element(after), Some((_, Element::Fraction { .. }, _)));
                match fraction_length(rest) {
                    Some(length) if !comes_next => self.fraction(rest, length),
                    _ => Ok(rest),
                }
            }
            Element::UpperHalf => self.half(text, [b"AM", b"PM"]),
            Element::LowerHalf => self.half(text, [b"am", b"pm"]),
            Element::ZoneName => self.zone_name(text),
            Element::Offset(form) => self.offset(text, form),
            Element::Fraction { trims: true, .. } => match fraction_length(text) {
                Some(length) => self.fraction(text, length),
                None => Ok(text),
            },
            Element::Fraction { digits, .. } if text.len() > digits => self.fraction(text, 1 + digits),
            Element::Fraction { .. } => Err(Wrong::Text),
        }
    }

    fn half<'t>(&mut self, text: &'t [u8], names: [&[u8]; 2]) -> Unread<'t> {
        let (name, rest) = text.split_at_checked(2).ok_or(Wrong::Text)?;
        let half = [Half::Morning, Half::Afternoon].into_iter().zip(names).find(|(_, known)| *known == name);
        // Once it is PM, a later AM does not change it.
        let half = half.ok_or(Wrong::Text)?.0;
        if self.half != Some(Half::Afternoon) {
            self.half = Some(half);
        }
        Ok(rest)
    }

    /// Parses a separator and digits, `length` bytes together. Go reads at most nine digits, and accepts a sign.
    fn fraction<'t>(&mut self, text: &'t [u8], length: usize) -> Unread<'t> {
        let (fraction, rest) = text.split_at(length);
        if !matches!(fraction[0], b'.' | b',') {
            return Err(Wrong::Text);
        }
        let digits = &fraction[1..length.min(10)];
        let number = signed(digits).ok_or(Wrong::Text)?;
        let number = u32::try_from(number).map_err(|_| Wrong::Range("fractional second"))?;
        self.nanoseconds = number * 10u32.pow(9 - digits.len() as u32);
        Ok(rest)
    }

    fn offset<'t>(&mut self, text: &'t [u8], form: Offset) -> Unread<'t> {
        if let Some(rest) = text.strip_prefix(b"Z").filter(|_| form.has_z) {
            self.is_utc = true;
            return Ok(rest);
        }
        let parts = 1 + usize::from(form.has_minutes) + usize::from(form.has_seconds);
        let step = 2 + usize::from(form.has_colons);
        let (offset, rest) =
            text.split_at_checked(step * parts + 1 - usize::from(form.has_colons)).ok_or(Wrong::Text)?;
        if form.has_colons && (1..parts).any(|part| offset[step * part] != b':') {
            return Err(Wrong::Text);
        }
        let mut total = 0;
        let mut wrong = None;
        let limits = [(24, 3_600, "hour"), (60, 60, "minute"), (60, 1, "second")];
        for (part, (most, size, what)) in (0..parts).zip(limits) {
            let Ok((number, _)) = two_digits(&offset[1 + step * part..][..2], Pad::Zero) else {
                // A part that is out of range takes precedence over one that is not a number.
                return Err(wrong.unwrap_or(Wrong::Text));
            };
            if number > most {
                wrong = Some(Wrong::Range(match what {
                    "hour" => "time zone offset hour",
                    "minute" => "time zone offset minute",
                    _ => "time zone offset second",
                }));
            }
            total += number * size;
        }
        if let Some(wrong) = wrong {
            return Err(wrong);
        }
        self.offset = match offset[0] {
            b'+' => Some(total),
            b'-' => Some(-total).filter(|offset| *offset != -1),
            _ => return Err(Wrong::Text),
        };
        Ok(rest)
    }

    fn zone_name<'t>(&mut self, text: &'t [u8]) -> Unread<'t> {
        if let Some(rest) = text.strip_prefix(b"UTC") {
            self.is_utc = true;
            return Ok(rest);
        }
        let (name, rest) = text.split_at(abbreviation_length(text).ok_or(Wrong::Text)?);
        self.zone_name = name.to_vec();
        Ok(rest)
    }

    /// Returns the month and the day, from the day of the year if that was given.
    fn month_and_day(&self) -> Result<(i64, i64), &'static str> {
        let (month, day) = match self.day_of_year {
            Some(day_of_year) => {
                let found = from_day_of_year(self.year, day_of_year).ok_or("day-of-year out of range")?;
                if self.month.is_some_and(|month| month != found.0) {
                    return Err("day-of-year does not match month");
                }
                if self.day.is_some_and(|day| day != found.1) {
                    return Err("day-of-year does not match day");
                }
                found
            }
            None => (self.month.unwrap_or(1), self.day.unwrap_or(1)),
        };
        let last = days_in(month as u32, self.year).into();
        if (1..=last).contains(&day) { Ok((month, day)) } else { Err("day out of range") }
    }

    fn time(self, month: i64, day: i64, local: &Zone) -> Time {
        let mut clock = self.clock;
        match self.half {
            Some(Half::Afternoon) if clock[0] < 12 => clock[0] += 12,
            Some(Half::Morning) if clock[0] == 12 => clock[0] = 0,
            _ => {}
        }
        let in_zone = |zone: Zone| Time::date(self.year, month, day, clock, self.nanoseconds, zone);
        let name = &self.zone_name[..];
        if self.is_utc {
            in_zone(Zone::UTC)
        } else if let Some(offset) = self.offset {
            let time = in_zone(Zone::UTC).add_seconds(-offset);
            let state = local.at(time.to_unix());
            let fits = state.offset == offset && (name.is_empty() || *state.name == *name);
            time.in_zone(if fits { local.clone() } else { Zone::fixed(name, offset) })
        } else if !name.is_empty() {
            let time = in_zone(Zone::UTC);
            if let Some(offset) = local.offset_of(name, time.to_unix()) {
                return time.add_seconds(-offset).in_zone(local.clone());
            }
            let hours = name.strip_prefix(b"GMT").and_then(signed).unwrap_or(0);
            time.in_zone(Zone::fixed(name, hours * 3_600))
        } else {
            in_zone(local.clone())
        }
    }
}

/// Returns the month and the day of the month for a day of the year.
fn from_day_of_year(year: i64, day: i64) -> Option<(i64, i64)> {
    let last = if is_leap(year) { 366 } else { 365 };
    (1..=last).contains(&day).then_some(())?;
    let leap_day = |month: u32| u32::from(month > 2 && is_leap(year));
    let month = (1..=12).rev().find(|month| i64::from(days_before(*month) + leap_day(*month)) < day)?;
    Some((month.into(), day - i64::from(days_before(month) + leap_day(month))))
}

fn within(number: i64, range: std::ops::RangeInclusive<i64>, what: &'static str) -> Result<i64, Wrong> {
    if range.contains(&number) { Ok(number) } else { Err(Wrong::Range(what)) }
}

fn without_space(text: &[u8], pad: Pad) -> &[u8] {
    if pad == Pad::Space { text.strip_prefix(b" ").unwrap_or(text) } else { text }
}

/// Parses one digit or two; exactly two if the layout has a zero.
fn two_digits(text: &[u8], pad: Pad) -> Result<(i64, &[u8]), Wrong> {
    match *text {
        [first @ b'0'..=b'9', second @ b'0'..=b'9', ref rest @ ..] => {
            Ok((i64::from(first - b'0') * 10 + i64::from(second - b'0'), rest))
        }
        [digit @ b'0'..=b'9', ref rest @ ..] if pad != Pad::Zero => Ok((i64::from(digit - b'0'), rest)),
        _ => Err(Wrong::Text),
    }
}

/// Finds which of `names` a text begins with, ignoring case. `short` compares only their first three letters.
fn name<'t>(names: &[&str], short: bool, text: &'t [u8]) -> Result<(usize, &'t [u8]), Wrong> {
    names
        .iter()
        .map(|name| if short { &name[..3] } else { name })
        .enumerate()
        .find_map(|(index, name)| {
            let (start, rest) = text.split_at_checked(name.len())?;
            start.eq_ignore_ascii_case(name.as_bytes()).then_some((index, rest))
        })
        .ok_or(Wrong::Text)
}

/// Returns the length of a separator and the digits after it.
fn fraction_length(text: &[u8]) -> Option<usize> {
    let digits = text.strip_prefix(b".").or(text.strip_prefix(b","))?;
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (length > 0).then_some(1 + length)
}

/// Returns the length of what looks like the abbreviation of a zone: `CET`, `AEST`, `GMT+3`, `-03`.
fn abbreviation_length(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if text.len() < 3 {
        return None;
    }
    if let Some(rest) = text.strip_prefix(b"GMT") {
        return Some(3 + signed_hours_length(rest).unwrap_or(0));
    }
    if matches!(text[0], b'+' | b'-') {
        return signed_hours_length(text);
    }
    match text.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count() {
        3 => Some(3),
        4 if text[3] == b'T' || text.starts_with(b"WITA") => Some(4),
        5 if text[4] == b'T' => Some(5),
        _ => None,
    }
}

/// Returns the length of a sign and a number up to 23.
fn signed_hours_length(text: &[u8]) -> Option<usize> {
    let digits = text.strip_prefix(b"+").or(text.strip_prefix(b"-"))?;
    let (hours, rest) = leading_number(digits)?;
    (rest.len() < digits.len() && hours <= 23).then_some(text.len() - rest.len())
}

/// Skips the text of the layout before an element. Runs of blanks match whatever their length.
///
/// # Errors
/// The text does not match; the error is the rest of the text.
fn skip<'t>(mut text: &'t [u8], mut prefix: &[u8]) -> Result<&'t [u8], &'t [u8]> {
    while let Some((first, after)) = prefix.split_first() {
        if *first == b' ' {
            if text.first().is_some_and(|byte| *byte != b' ') {
                return Err(text);
            }
            prefix = prefix.trim_ascii_start_of_blanks();
            text = text.trim_ascii_start_of_blanks();
            continue;
        }
        text = match text.split_first() {
            Some((byte, rest)) if byte == first => rest,
            _ => return Err(text),
        };
        prefix = after;
    }
    Ok(text)
}

trait Blanks {
    fn trim_ascii_start_of_blanks(&self) -> &Self;
}

impl Blanks for [u8] {
    fn trim_ascii_start_of_blanks(&self) -> &[u8] {
        let blanks = self.iter().take_while(|byte| **byte == b' ').count();
        &self[blanks..]
    }
}

/// The magnitude of the smallest 64-bit integer, which is one more than the largest.
pub(super) const MAX_MAGNITUDE: u64 = 1 << 63;

/// Parses the digits at the beginning as a number, and returns the rest; `None` if it is more than [`MAX_MAGNITUDE`].
pub(super) fn leading_number(text: &[u8]) -> Option<(u64, &[u8])> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(length);
    let number = digits.iter().try_fold(0u64, |number, digit| {
        number.checked_mul(10)?.checked_add(u64::from(digit - b'0')).filter(|number| *number <= MAX_MAGNITUDE)
    });
    Some((number?, rest))
}

/// Parses a whole text as a number with an optional sign; an empty text is zero.
fn signed(text: &[u8]) -> Option<i64> {
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    let (number, rest) = leading_number(digits)?;
    let number = number as i64;
    rest.is_empty().then_some(if is_negative { number.wrapping_neg() } else { number })
}

/// Quotes a text as Go's `time` does in its messages, which is less precise than `strconv`.
pub(super) fn quote(text: &[u8]) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for byte in text {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(*byte)]),
            b' '..=0x7f => quoted.push(char::from(*byte)),
            byte => quoted.push_str(&format!("\\x{byte:02x}")),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(layout: &str, text: &str) -> Result<String, String> {
        let time = parse(layout.as_bytes(), text.as_bytes(), &Zone::UTC)?;
        Ok(String::from_utf8_lossy(&time.shown()).into_owned())
    }

    #[test]
    fn texts_are_read_by_a_layout() {
        let rows = [
            ("2006-01-02", "2021-03-04", "2021-03-04 00:00:00 +0000 UTC"),
            ("2006-01-02 15:04:05", "2021-03-04   23:59:59.5", "2021-03-04 23:59:59.5 +0000 UTC"),
            ("2006-01-02T15:04:05Z07:00", "2021-03-04T01:02:03+02:00", "2021-03-04 01:02:03 +0200 +0200"),
            ("Jan _2 06 3:04PM", "mar  4 69 12:05AM", "1969-03-04 00:05:00 +0000 UTC"),
            ("2006 002", "2020 366", "2020-12-31 00:00:00 +0000 UTC"),
            ("2006 MST", "2020 GMT+3", "2020-01-01 03:00:00 +0300 GMT+3"),
            ("2006 MST", "2020 CEST", "2020-01-01 00:00:00 +0000 CEST"),
            ("", "", "0000-01-01 00:00:00 +0000 UTC"),
        ];
        for (layout, text, shown) in rows {
            assert_eq!(read(layout, text), Ok(shown.to_owned()), "{layout}, {text}");
        }
    }

    #[test]
    fn errors_are_those_of_go() {
        let rows = [
            ("2006-01-02", "2021-02-30", "parsing time \"2021-02-30\": day out of range"),
            ("2006-01-02", "bad", "parsing time \"bad\" as \"2006-01-02\": cannot parse \"bad\" as \"2006\""),
            ("2006-01-02", "2021-13-01", "parsing time \"2021-13-01\": month out of range"),
            (
                "2006-01-02",
                "2021/01/01",
                "parsing time \"2021/01/01\" as \"2006-01-02\": cannot parse \"/01/01\" as \"-\"",
            ),
            ("2006", "2021x", "parsing time \"2021x\": extra text: \"x\""),
            ("15", "24", "parsing time \"24\": hour out of range"),
            ("-07:00", "+25:00", "parsing time \"+25:00\": time zone offset hour out of range"),
            ("2006 002", "2021 366", "parsing time \"2021 366\": day-of-year out of range"),
            ("2006 01 002", "2021 02 001", "parsing time \"2021 02 001\": day-of-year does not match month"),
            ("PM", "pM", "parsing time \"pM\" as \"PM\": cannot parse \"pM\" as \"PM\""),
            ("5.000", "5.-12", "parsing time \"5.-12\": fractional second out of range"),
        ];
        for (layout, text, message) in rows {
            assert_eq!(read(layout, text), Err(message.to_owned()), "{layout}, {text}");
        }
    }
}
