//! The rule for a time zone after the last transition in its file: `CET-1CEST,M3.5.0,M10.5.0/3`.

use std::sync::Arc;

use super::civil::{SECONDS_PER_DAY, days_before, days_in, from_days, is_leap, to_days};
use super::zone_at::ZoneAt;

/// A parsed rule.
#[derive(Debug)]
pub(super) struct Rule {
    standard: Time,
    /// Daylight saving time, its beginning and its end.
    daylight: Option<(Time, Change, Change)>,
}

/// An abbreviation and its offset.
#[derive(Debug)]
struct Time {
    name: Arc<[u8]>,
    offset: i64,
}

/// When clocks change.
#[derive(Debug)]
struct Change {
    day: Day,
    /// Seconds after midnight.
    time: i64,
}

#[derive(Debug)]
enum Day {
    /// From 1; February 29 is not counted.
    Julian(i64),
    /// From 0.
    OfYear(i64),
    /// The month, the week in it, and the day of the week from Sunday.
    OfMonth(u32, i64, i64),
}

const DEFAULT_CHANGES: &[u8] = b",M3.2.0,M11.1.0";

impl Rule {
    /// Parses a rule.
    pub(super) fn parse(text: &[u8]) -> Option<Rule> {
        let mut text = Text(text);
        let standard = Time { name: text.name()?, offset: -text.offset()? };
        if text.is_at_end_or(b",") {
            return Some(Rule { standard, daylight: None });
        }
        let name = text.name()?;
        let offset = if text.is_at_end_or(b",") { standard.offset + 3_600 } else { -text.offset()? };
        if text.0.is_empty() {
            text = Text(DEFAULT_CHANGES);
        }
        text.one_of(b",;")?;
        let begin = text.change()?;
        text.one_of(b",")?;
        let end = text.change()?;
        text.0.is_empty().then_some(Rule { standard, daylight: Some((Time { name, offset }, begin, end)) })
    }

    /// Returns the state at an instant after the last transition, which was at `since`.
    pub(super) fn at(&self, since: i64, seconds: i64) -> ZoneAt {
        let Some((daylight, begin, end)) = &self.daylight else {
            return self.standard.at(false, since, i64::MAX);
        };
        let year = from_days(seconds.div_euclid(SECONDS_PER_DAY)).year;
        let new_year = to_days(year, 1).wrapping_mul(SECONDS_PER_DAY);
        let in_year = seconds.wrapping_sub(new_year);
        let begin = begin.in_year(year) - self.standard.offset;
        let end = end.in_year(year) - daylight.offset;
        // South of the equator, summer continues across the New Year.
        let ((first, last), outer, inner, is_south) = if end < begin {
            ((end, begin), daylight, &self.standard, true)
        } else {
            ((begin, end), &self.standard, daylight, false)
        };
        let at = |seconds: i64| new_year.wrapping_add(seconds);
        if in_year < first {
            outer.at(is_south, new_year, at(first))
        } else if in_year >= last {
            outer.at(is_south, at(last), at(365 * SECONDS_PER_DAY))
        } else {
            inner.at(!is_south, at(first), at(last))
        }
    }
}

impl Time {
    fn at(&self, is_dst: bool, start: i64, end: i64) -> ZoneAt {
        ZoneAt { name: Arc::clone(&self.name), offset: self.offset, is_dst, start, end }
    }
}

impl Change {
    /// Returns the seconds from the beginning of a year until clocks show this time.
    fn in_year(&self, year: i64) -> i64 {
        let leap_day = |is_later: bool| i64::from(is_later && is_leap(year));
        let day = match self.day {
            Day::Julian(day) => day - 1 + leap_day(day >= 60),
            Day::OfYear(day) => day,
            Day::OfMonth(month, week, weekday) => {
                let first = from_days(to_days(year, month)).weekday as i64;
                let mut day = (weekday - first).rem_euclid(7) + 7 * (week - 1);
                while day >= days_in(month, year).into() {
                    day -= 7;
                }
                day + i64::from(days_before(month)) + leap_day(month > 2)
            }
        };
        day * SECONDS_PER_DAY + self.time
    }
}

/// The rest of a rule that is being parsed.
struct Text<'a>(&'a [u8]);

impl Text<'_> {
    fn is_at_end_or(&self, bytes: &[u8]) -> bool {
        self.0.first().is_none_or(|byte| bytes.contains(byte))
    }

    fn one_of(&mut self, bytes: &[u8]) -> Option<()> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        bytes.contains(first).then_some(())
    }

    /// Parses an abbreviation: `CET`, `<+03>`.
    fn name(&mut self) -> Option<Arc<[u8]>> {
        if let Some(rest) = self.0.strip_prefix(b"<") {
            let end = rest.iter().position(|byte| *byte == b'>')?;
            self.0 = &rest[end + 1..];
            return Some(rest[..end].into());
        }
        let ends = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b',' | b'-' | b'+');
        let end = self.0.iter().position(ends).unwrap_or(self.0.len());
        let (name, rest) = self.0.split_at_checked(end).filter(|(name, _)| name.len() >= 3)?;
        self.0 = rest;
        Some(name.into())
    }

    /// Parses an offset, in seconds: `-1`, `+5:30`, `3:00:00`.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.0.first()? {
            b'-' => -1,
            _ => 1,
        };
        if matches!(self.0.first(), Some(b'+' | b'-')) {
            self.0 = &self.0[1..];
        }
        let mut seconds = self.number(0, 24 * 7)? * 3_600;
        for unit in [60, 1] {
            let Some(rest) = self.0.strip_prefix(b":") else { break };
            self.0 = rest;
            seconds += self.number(0, 59)? * unit;
        }
        Some(sign * seconds)
    }

    fn number(&mut self, least: i64, most: i64) -> Option<i64> {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at(length);
        self.0 = rest;
        let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
        (least..=most).contains(&number).then_some(number)
    }

    fn change(&mut self) -> Option<Change> {
        let day = match self.0.first()? {
            b'J' => {
                self.0 = &self.0[1..];
                Day::Julian(self.number(1, 365)?)
            }
            b'M' => {
                self.0 = &self.0[1..];
                let month = self.number(1, 12)?;
                self.one_of(b".")?;
                let week = self.number(1, 5)?;
                self.one_of(b".")?;
                Day::OfMonth(month as u32, week, self.number(0, 6)?)
            }
            _ => Day::OfYear(self.number(0, 365)?),
        };
        let time = match self.0.strip_prefix(b"/") {
            Some(rest) => {
                self.0 = rest;
                self.offset()?
            }
            None => 2 * 3_600,
        };
        Some(Change { day, time })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(rule: &str, seconds: i64) -> Option<(String, i64, bool)> {
        let state = Rule::parse(rule.as_bytes())?.at(0, seconds);
        Some((String::from_utf8_lossy(&state.name).into_owned(), state.offset, state.is_dst))
    }

    const JANUARY_2021: i64 = 1_609_459_200;
    const JULY_2021: i64 = 1_625_097_600;

    #[test]
    fn rules_say_when_clocks_change() {
        let state = |name: &str, offset, is_dst| Some((name.to_owned(), offset, is_dst));
        assert_eq!(at("<+0330>-3:30", JULY_2021), state("+0330", 12_600, false));
        assert_eq!(at("EST5EDT", JULY_2021), state("EDT", -14_400, true));
        assert_eq!(at("AEST-10AEDT,M10.1.0,M4.1.0/3", JANUARY_2021), state("AEDT", 39_600, true));
        assert_eq!(at("AEST-10AEDT,M10.1.0,M4.1.0/3", JULY_2021), state("AEST", 36_000, false));
        assert_eq!(at("AAA0BBB-2,J60/0,300", JULY_2021), state("BBB", 7_200, true));
    }

    #[test]
    fn other_text_is_not_a_rule() {
        for rule in ["", "A1", "AAA", "AAA200", "AAA1BBB,M13.1.0,M1.1.0", "AAA1BBB,M1.1.0", "<A", "AAA1BBB,1,2x"] {
            assert!(at(rule, 0).is_none(), "{rule}");
        }
    }
}
