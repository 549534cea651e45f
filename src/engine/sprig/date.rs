//! Functions on times and durations.

use super::error::Error;
use crate::go::time::{Duration, Time, Zone, Zones, parse};

/// The context of date functions: the current time and the system's zones.
pub struct Clock<'a> {
    /// The current time.
    pub now: Time,
    /// The system's zones.
    pub zones: &'a dyn Zones,
}

/// The layout of a date without a time.
pub const DAY: &[u8] = b"2006-01-02";

impl Clock<'_> {
    /// Converts seconds since 1970 to a time, as sprig's functions do with integers.
    pub fn seconds(&self, seconds: i64) -> Time {
        Time::unix(seconds, 0, self.zones.local())
    }

    /// Formats a time by a layout, in the local zone (`date`, `htmlDate`).
    pub fn format(&self, layout: &[u8], time: Time) -> Vec<u8> {
        time.in_zone(self.zones.local()).format(layout)
    }

    /// Formats a time by a layout, in a zone; an unknown zone is UTC (`dateInZone`, `htmlDateInZone`).
    pub fn format_in_zone(&self, layout: &[u8], time: Time, zone: &[u8]) -> Vec<u8> {
        let zone = match zone {
            b"" | b"UTC" => Zone::UTC,
            b"Local" => self.zones.local(),
            name => load(self.zones, name).unwrap_or_default(),
        };
        time.in_zone(zone).format(layout)
    }

    /// Returns how long ago a time was, in whole seconds (`ago`).
    pub fn ago(&self, time: &Time) -> String {
        self.now.since(time).round(Duration(1_000_000_000)).to_string()
    }

    /// Parses a time in the local zone (`mustToDate`).
    ///
    /// # Errors
    /// The text does not match the layout.
    pub fn parse(&self, layout: &[u8], text: &[u8]) -> Result<Time, Error> {
        parse(layout, text, &self.zones.local()).map_err(Error::Call)
    }
}

/// Loads a zone by its name, which cannot lead out of the database.
fn load(zones: &dyn Zones, name: &[u8]) -> Option<Zone> {
    let name = std::str::from_utf8(name).ok()?;
    if name.contains("..") || name.starts_with(['/', '\\']) || name.contains('\0') {
        return None;
    }
    zones.load(name)
}

/// Adds a duration to a time (`mustDateModify`).
///
/// # Errors
/// The text is not a duration.
pub fn modify(duration: &[u8], time: &Time) -> Result<Time, Error> {
    Duration::parse(duration).map(|duration| time.add(duration)).map_err(Error::Call)
}

/// Formats a number of seconds as a duration (`duration`). A number that is too large wraps.
pub fn duration(seconds: i64) -> String {
    Duration(seconds.wrapping_mul(1_000_000_000)).to_string()
}

/// Parses a number of seconds like `strconv.ParseInt` with its error ignored: a number out of range becomes the nearest
/// in range, and anything else is 0.
pub fn seconds_of(text: &[u8]) -> i64 {
    let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return 0;
    }
    let is_negative = text.starts_with(b"-");
    let limit = if is_negative { i64::MIN } else { i64::MAX };
    std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or(limit)
}

/// Formats a duration in its largest unit, rounded down (`durationRound`): `3mo`.
pub fn round(duration: Duration) -> String {
    const HOUR: u64 = 3_600;
    const UNITS: [(&str, u64); 6] =
        [("y", HOUR * 24 * 365), ("mo", HOUR * 24 * 30), ("d", HOUR * 24), ("h", HOUR), ("m", 60), ("s", 1)];
    let size = duration.0.unsigned_abs();
    let unit = UNITS.iter().map(|(name, seconds)| (name, seconds * 1_000_000_000)).find(|(_, unit)| size > *unit);
    unit.map_or_else(|| "0s".to_owned(), |(name, unit)| format!("{}{name}", size / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct NoZones;

    impl Zones for NoZones {
        fn load(&self, name: &str) -> Option<Zone> {
            (name == "Mars").then(|| Zone::fixed(b"MST", 3_600))
        }

        fn local(&self) -> Zone {
            Zone::UTC
        }
    }

    #[test]
    fn unknown_zones_are_utc() {
        let clock = Clock { now: Time::default(), zones: &NoZones };
        let shown = |zone: &str| {
            let text = clock.format_in_zone(b"15:04 MST", clock.seconds(0), zone.as_bytes());
            String::from_utf8(text).expect("ASCII")
        };
        assert_eq!(shown("Mars"), "01:00 MST");
        for zone in ["", "UTC", "Local", "Nowhere", "../Mars", "/Mars"] {
            assert_eq!(shown(zone), "00:00 UTC", "{zone}");
        }
    }

    #[test]
    fn durations_of_seconds() {
        let rows = [
            ("3661", "1h1m1s"),
            ("-5", "-5s"),
            ("+5", "5s"),
            ("", "0s"),
            ("-", "0s"),
            ("1.5", "0s"),
            ("99999999999999999999", "-1s"),
        ];
        for (text, shown) in rows {
            assert_eq!(duration(seconds_of(text.as_bytes())), shown, "{text}");
        }
    }

    #[test]
    fn a_duration_is_rounded_down_to_its_largest_unit() {
        let rows = [
            ("25h", "1d"),
            ("24h", "24h"),
            ("1h59m", "1h"),
            ("720h", "30d"),
            ("8760h", "12mo"),
            ("8761h", "1y"),
            ("-90m", "1h"),
            ("1s", "0s"),
            ("0", "0s"),
        ];
        for (text, shown) in rows {
            assert_eq!(round(Duration::parse(text.as_bytes()).expect("a duration")), shown, "{text}");
        }
    }

    #[test]
    fn the_time_since_is_in_whole_seconds() {
        let clock = Clock { now: Time::unix(100, 400_000_000, Zone::UTC), zones: &NoZones };
        assert_eq!(clock.ago(&clock.seconds(10)), "1m30s");
    }
}
