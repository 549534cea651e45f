//! Formats RFC 3339 timestamps for Chart.lock.

/// The last second of the year 9999, the latest time that RFC 3339 can represent.
pub const MAX_SECONDS: u64 = 253_402_300_799;

/// Formats a time in seconds since 1970, in UTC: `2026-07-01T12:00:00Z`. Times after [`MAX_SECONDS`] are clamped to it.
///
/// ```
/// assert_eq!(mim_chart::chart::rfc3339(951_782_400), "2000-02-29T00:00:00Z");
/// ```
pub fn rfc3339(seconds: u64) -> String {
    let seconds = seconds.min(MAX_SECONDS);
    let (year, month, day) = civil_date(seconds / 86_400);
    let of_day = seconds % 86_400;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", of_day / 3_600, of_day / 60 % 60, of_day % 60)
}

/// Returns the year, month and day of a day counted from 1970. Years begin in March here, so that a leap day is the
/// last day of one.
fn civil_date(days: u64) -> (u64, u64, u64) {
    const DAYS_BEFORE_1970: u64 = 719_468;
    let days = days + DAYS_BEFORE_1970;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

/// Rewrites an RFC 3339 time as Go does: without trailing zeros in the fraction, with at most nine digits of it, and with
/// `Z` for a zero offset. An empty text becomes Go's zero time; any other text is returned unchanged.
pub(super) fn shortest_rfc3339(text: &str) -> String {
    if text.is_empty() {
        return "0001-01-01T00:00:00Z".to_owned();
    }
    let Some((seconds, rest)) = text.split_at_checked(19) else { return text.to_owned() };
    let digits = rest.strip_prefix('.').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    let (fraction, offset) = rest.split_at(if digits == 0 { 0 } else { digits + 1 });
    let fraction = fraction.get(..10).unwrap_or(fraction).trim_end_matches('0').trim_end_matches('.');
    let offset = if offset == "+00:00" || offset == "-00:00" { "Z" } else { offset };
    format!("{seconds}{fraction}{offset}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_over_leap_years() {
        for (seconds, wanted) in [
            (0, "1970-01-01T00:00:00Z"),
            (315_532_800, "1980-01-01T00:00:00Z"),
            (951_868_799, "2000-02-29T23:59:59Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (MAX_SECONDS, "9999-12-31T23:59:59Z"),
            (u64::MAX, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(seconds), wanted);
        }
    }

    #[test]
    fn times_are_shortened_as_go_does() {
        for (text, wanted) in [
            ("2024-05-06T07:08:09.120000000+00:00", "2024-05-06T07:08:09.12Z"),
            ("2024-05-06T07:08:09.000Z", "2024-05-06T07:08:09Z"),
            ("2024-05-06T07:08:09.12345678987+02:00", "2024-05-06T07:08:09.123456789+02:00"),
            ("2024-05-06T07:08:09-03:30", "2024-05-06T07:08:09-03:30"),
            ("", "0001-01-01T00:00:00Z"),
            ("today", "today"),
        ] {
            assert_eq!(shortest_rfc3339(text), wanted);
        }
    }
}
