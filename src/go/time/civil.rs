//! Days and dates of the calendar.

use std::fmt;

pub(super) const SECONDS_PER_DAY: i64 = 86_400;

/// The number of days in 400 years, after which the calendar repeats.
const DAYS_PER_ERA: i64 = 146_097;

/// The days from March 1 of the year 0, where an era begins here, to 1970.
const ERA_TO_UNIX: i64 = 719_468;

/// Go's `time.Month`, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month(pub i64);

/// Go's `time.Weekday`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Sunday,
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
}

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const ORDER: [Weekday; 7] = [
    Weekday::Sunday,
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
];

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match usize::try_from(self.0 - 1).ok().and_then(|index| MONTHS.get(index)) {
            Some(name) => f.write_str(name),
            None => write!(f, "%!Month({})", self.0 as u64),
        }
    }
}

impl Weekday {
    /// The English name.
    pub fn name(self) -> &'static str {
        WEEKDAYS[self as usize]
    }
}

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    /// The year; 0 precedes 1.
    pub year: i64,
    /// The month.
    pub month: Month,
    /// The day of the month, from 1.
    pub day: u32,
    /// The day of the year, from 1.
    pub day_of_year: u32,
    /// The day of the week.
    pub weekday: Weekday,
}

/// Whether a year has a February 29.
pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Returns the number of days before a month (from 1; 13 for all) in a common year.
pub(super) fn days_before(month: u32) -> u32 {
    // Counting from March, months have 30.6 days on average.
    match month {
        1 => 0,
        2 => 31,
        month => (153 * (month - 3) + 2) / 5 + 59,
    }
}

/// Returns the number of days in a month (from 1).
pub fn days_in(month: u32, year: i64) -> u32 {
    days_before(month + 1) - days_before(month) + u32::from(month == 2 && is_leap(year))
}

/// Returns the days from 1970 to the first of a month.
pub(super) fn to_days(year: i64, month: u32) -> i64 {
    // Years that begin in March have the leap day at their end.
    let (year, from_march) = if month > 2 { (year, month - 3) } else { (year.wrapping_sub(1), month + 9) };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * i64::from(from_march) + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era.wrapping_mul(DAYS_PER_ERA).wrapping_add(day_of_era).wrapping_sub(ERA_TO_UNIX)
}

/// Returns the date that is `days` days after January 1, 1970.
pub(super) fn from_days(days: i64) -> Date {
    let days = days.wrapping_add(ERA_TO_UNIX);
    let (era, day_of_era) = (days.div_euclid(DAYS_PER_ERA), days.rem_euclid(DAYS_PER_ERA));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let from_march = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * from_march + 2) / 153;
    let day = (from_march - (153 * month_from_march + 2) / 5 + 1) as u32;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    let day_of_year = days_before(month as u32) + u32::from(month > 2 && is_leap(year)) + day;
    // March 1 of the year 0 was a Wednesday.
    let weekday = ORDER[(days + 3).rem_euclid(7) as usize];
    Date { year, month: Month(month), day, day_of_year, weekday }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_days() {
        let date = from_days(0);
        assert_eq!((date.year, date.month.0, date.day, date.weekday), (1970, 1, 1, Weekday::Thursday));
        let date = from_days(18_690);
        assert_eq!((date.year, date.month.0, date.day, date.day_of_year), (2021, 3, 4, 63));
        assert_eq!(date.weekday.name(), "Thursday");
        assert_eq!(Month(13).to_string(), "%!Month(13)");
    }

    #[test]
    fn months_have_their_days() {
        let days: Vec<u32> = (1..=12).map(|month| days_in(month, 2023)).collect();
        assert_eq!(days, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
        assert_eq!(days_in(2, 2000), 29);
    }

    proptest! {
        #[test]
        fn dates_convert_to_days_and_back(days in -200_000_000_000i64..200_000_000_000) {
            let date = from_days(days);
            prop_assert_eq!(to_days(date.year, date.month.0 as u32) + i64::from(date.day) - 1, days);
            prop_assert_eq!(to_days(date.year, 1) + i64::from(date.day_of_year) - 1, days);
        }
    }
}
