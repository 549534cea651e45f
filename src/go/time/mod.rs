//! Go's package `time`, as far as templates use it.
//!
//! | file | holds |
//! |---|---|
//! | `civil` | days and dates of the proleptic Gregorian calendar |
//! | `layout`, `format`, `parse` | layouts such as `2006-01-02`: their elements, formatting and parsing |
//! | `duration` | durations such as `1h30m` |
//! | `zone`, `zone_at`, `posix` | time zones of the zoneinfo database, and the rule at the end of its files |
//!
//! Parsing and error texts match Go's to the byte. Text may contain any bytes wherever Go allows it.

mod civil;
mod duration;
mod format;
mod layout;
mod parse;
mod posix;
#[cfg(test)]
mod tests;
mod zone;
mod zone_at;

pub use civil::{Month, Weekday, days_in};
pub use duration::Duration;
pub use parse::parse;
pub use zone::{Location, Zone, Zones};
pub use zone_at::ZoneAt;

use civil::{Date, SECONDS_PER_DAY, from_days, to_days};

use crate::go::strconv::quote_bytes;

/// The seconds from January 1 of the year 1 to 1970.
const TO_UNIX: i64 = 62_135_596_800;

const NANOSECONDS: i64 = 1_000_000_000;

/// An instant in a time zone: Go's `time.Time`, without a monotonic clock.
#[derive(Debug, Clone, Default)]
pub struct Time {
    /// Seconds since January 1 of the year 1.
    seconds: i64,
    nanoseconds: u32,
    zone: Zone,
}

/// A date and a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    /// The date.
    pub date: Date,
    /// The hour, from 0.
    pub hour: u32,
    /// The minute.
    pub minute: u32,
    /// The second.
    pub second: u32,
}

impl Time {
    /// Returns the instant that is so many seconds and nanoseconds after 1970.
    pub fn unix(seconds: i64, nanoseconds: u32, zone: Zone) -> Time {
        let carried = i64::from(nanoseconds) / NANOSECONDS;
        let seconds = seconds.wrapping_add(TO_UNIX).wrapping_add(carried);
        Time { seconds, nanoseconds: nanoseconds % NANOSECONDS as u32, zone }
    }

    /// Returns the instant at which clocks in a zone show this date and time. Values out of range carry over, as April
    /// 31 does to May 1.
    pub fn date(year: i64, month: i64, day: i64, clock: [i64; 3], nanoseconds: u32, zone: Zone) -> Time {
        let months = i128::from(year) * 12 + i128::from(month) - 1;
        let day =
            i128::from(to_days(months.div_euclid(12) as i64, months.rem_euclid(12) as u32 + 1)) + i128::from(day) - 1;
        let [hour, minute, second] = clock.map(i128::from);
        // Wraps where Go's numbers do.
        let shown = (day * i128::from(SECONDS_PER_DAY) + hour * 3_600 + minute * 60 + second) as i64;
        let mut offset = 0;
        let guess = zone.at(shown);
        if guess.offset != 0 {
            let real = shown.wrapping_sub(guess.offset);
            offset = if real < guess.start || real >= guess.end { zone.at(real).offset } else { guess.offset };
        }
        Time::unix(shown.wrapping_sub(offset), nanoseconds, zone)
    }

    /// Returns the seconds since 1970.
    pub fn to_unix(&self) -> i64 {
        self.seconds.wrapping_sub(TO_UNIX)
    }

    /// Returns the seconds since January 1 of the year 1.
    pub fn since_year_one(&self) -> i64 {
        self.seconds
    }

    /// Returns the nanoseconds within the second.
    pub fn nanoseconds(&self) -> u32 {
        self.nanoseconds
    }

    /// Returns the time since 1970 in units of which `per_second` make a second: 1000 for milliseconds. It wraps, as in
    /// Go.
    pub fn to_unix_parts(&self, per_second: i64) -> i64 {
        let part = i64::from(self.nanoseconds) / (NANOSECONDS / per_second);
        self.to_unix().wrapping_mul(per_second).wrapping_add(part)
    }

    /// Whether it is January 1 of the year 1, at midnight in UTC.
    pub fn is_zero(&self) -> bool {
        self.seconds == 0 && self.nanoseconds == 0
    }

    /// Returns the zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Returns the same instant in another zone.
    pub fn in_zone(mut self, zone: Zone) -> Time {
        self.zone = zone;
        self
    }

    /// Returns the zone's state at this instant.
    pub fn zone_at(&self) -> ZoneAt {
        self.zone.at(self.to_unix())
    }

    /// Returns the date and the time of day in the zone.
    pub fn civil(&self) -> Civil {
        self.civil_at(self.zone_at().offset)
    }

    fn civil_at(&self, offset: i64) -> Civil {
        let shown = self.to_unix().wrapping_add(offset);
        let second = shown.rem_euclid(SECONDS_PER_DAY) as u32;
        let date = from_days(shown.div_euclid(SECONDS_PER_DAY));
        Civil { date, hour: second / 3_600, minute: second / 60 % 60, second: second % 60 }
    }

    /// Returns the year and the week number of ISO 8601, where a week belongs to the year of its Thursday.
    pub fn iso_week(&self) -> (i64, u32) {
        let days = self.to_unix().wrapping_add(self.zone_at().offset).div_euclid(SECONDS_PER_DAY);
        let from_monday = (from_days(days).weekday as i64 + 6) % 7;
        let thursday = from_days(days - from_monday + 3);
        (thursday.year, (thursday.day_of_year - 1) / 7 + 1)
    }

    /// Adds a duration, which may be negative. At the ends of the range, the time stays there.
    #[must_use]
    pub fn add(&self, duration: Duration) -> Time {
        let total = i64::from(self.nanoseconds) + duration.0 % NANOSECONDS;
        let seconds = duration.0 / NANOSECONDS + total.div_euclid(NANOSECONDS);
        self.add_seconds(seconds).with_nanoseconds(total.rem_euclid(NANOSECONDS) as u32)
    }

    fn with_nanoseconds(mut self, nanoseconds: u32) -> Time {
        self.nanoseconds = nanoseconds;
        self
    }

    /// Adds so many seconds.
    #[must_use]
    pub(super) fn add_seconds(&self, seconds: i64) -> Time {
        let mut time = self.clone();
        time.seconds = self.seconds.checked_add(seconds).unwrap_or(if seconds > 0 { i64::MAX } else { -i64::MAX });
        time
    }

    /// Returns how much later it is than another instant, clamped to the range of durations.
    pub fn since(&self, earlier: &Time) -> Duration {
        let difference = self.total() - earlier.total();
        Duration(difference.clamp(i64::MIN.into(), i64::MAX.into()) as i64)
    }

    /// Returns the nanoseconds since the year 1, by which instants are ordered.
    pub fn total(&self) -> i128 {
        i128::from(self.seconds) * i128::from(NANOSECONDS) + i128::from(self.nanoseconds)
    }

    /// Adds years, months and days, keeping the time of day.
    #[must_use]
    pub fn add_date(&self, years: i64, months: i64, days: i64) -> Time {
        let Civil { date, hour, minute, second } = self.civil();
        let month = date.month.0.wrapping_add(months);
        let (year, day) = (date.year.wrapping_add(years), i64::from(date.day).wrapping_add(days));
        let clock = [hour, minute, second].map(i64::from);
        Time::date(year, month, day, clock, self.nanoseconds, self.zone.clone())
    }

    /// Rounds down to a multiple of `unit` since the year 1.
    #[must_use]
    pub fn truncate(&self, unit: Duration) -> Time {
        match self.beyond(unit) {
            Some(rest) => self.add(Duration(-rest)),
            None => self.clone(),
        }
    }

    /// Rounds to the nearest multiple of `unit` since the year 1, halves up.
    #[must_use]
    pub fn round(&self, unit: Duration) -> Time {
        match self.beyond(unit) {
            Some(rest) if rest < unit.0 - rest => self.add(Duration(-rest)),
            Some(rest) => self.add(Duration(unit.0 - rest)),
            None => self.clone(),
        }
    }

    fn beyond(&self, unit: Duration) -> Option<i64> {
        (unit.0 > 0).then(|| self.total().rem_euclid(unit.0.into()) as i64)
    }

    /// Whether both are the same instant in the same zone: Go's `==`.
    pub fn is_identical(&self, other: &Time) -> bool {
        self.total() == other.total() && self.zone == other.zone
    }

    /// Whether both are the same instant in zones with equal content: Go's `reflect.DeepEqual`.
    pub fn is_like(&self, other: &Time) -> bool {
        self.total() == other.total() && self.zone.is_like(&other.zone)
    }

    /// Formats the time as `%#v` does: `time.Date(2021, time.March, 4, 0, 0, 0, 0, time.UTC)`.
    pub fn go_string(&self) -> String {
        let Civil { date, hour, minute, second } = self.civil();
        let zone = match &self.zone {
            zone if zone.is_utc() => "time.UTC".to_owned(),
            zone if zone.is_local() => "time.Local".to_owned(),
            zone => format!("time.Location({})", quote_bytes(zone.name())),
        };
        let (year, month, day, nanoseconds) = (date.year, date.month, date.day, self.nanoseconds);
        format!("time.Date({year}, time.{month}, {day}, {hour}, {minute}, {second}, {nanoseconds}, {zone})")
    }

    /// Formats the time as Go prints it: `2021-03-04 00:00:00 +0000 UTC`.
    pub fn shown(&self) -> Vec<u8> {
        self.format(b"2006-01-02 15:04:05.999999999 -0700 MST")
    }

    /// Formats the time as JSON and YAML do.
    ///
    /// # Errors
    /// RFC 3339 has no such year or offset; Go's message.
    pub fn rfc3339(&self) -> Result<String, &'static str> {
        let text = self.format(b"2006-01-02T15:04:05.999999999Z07:00");
        if text.get(4) != Some(&b'-') {
            return Err("Time.MarshalJSON: year outside of range [0,9999]");
        }
        if self.zone_at().offset.abs() >= 24 * 3_600 {
            return Err("Time.MarshalJSON: timezone hour outside of range [0,23]");
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}
