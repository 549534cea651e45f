//! The elements of layouts, which spell Go's reference time: `Mon Jan 2 15:04:05 MST 2006`.

/// A part of a layout that stands for a part of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// `January`
    LongMonth,
    /// `Jan`
    Month,
    /// `1`, `01`
    NumericMonth(Pad),
    /// `Monday`
    LongWeekday,
    /// `Mon`
    Weekday,
    /// `2`, `_2`, `02`
    Day(Pad),
    /// `__2`, `002`
    YearDay(Pad),
    /// `15`
    Hour,
    /// `3`, `03`
    Hour12(Pad),
    /// `4`, `04`
    Minute(Pad),
    /// `5`, `05`
    Second(Pad),
    /// `2006`
    LongYear,
    /// `06`
    Year,
    /// `PM`
    UpperHalf,
    /// `pm`
    LowerHalf,
    /// `MST`
    ZoneName,
    /// `-0700`, `Z07:00`, ...
    Offset(Offset),
    /// `.000`, `,999`
    Fraction { digits: usize, trims: bool, separator: u8 },
}

/// How a number is padded to its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pad {
    Nothing,
    Space,
    Zero,
}

/// How an offset from UTC is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offset {
    /// Whether `Z` stands for UTC.
    pub(super) has_z: bool,
    pub(super) has_colons: bool,
    pub(super) has_minutes: bool,
    pub(super) has_seconds: bool,
}

/// Offsets without their first character, with longer names before their prefixes.
const OFFSETS: [(&[u8], [bool; 3]); 5] = [
    (b"070000", [false, true, true]),
    (b"07:00:00", [true, true, true]),
    (b"0700", [false, true, false]),
    (b"07:00", [true, true, false]),
    (b"07", [false, false, false]),
];

/// The other elements that are identified by their text, with longer names before their prefixes.
const FIXED: [(&[u8], Element); 23] = [
    (b"January", Element::LongMonth),
    (b"Monday", Element::LongWeekday),
    (b"MST", Element::ZoneName),
    (b"01", Element::NumericMonth(Pad::Zero)),
    (b"02", Element::Day(Pad::Zero)),
    (b"03", Element::Hour12(Pad::Zero)),
    (b"04", Element::Minute(Pad::Zero)),
    (b"05", Element::Second(Pad::Zero)),
    (b"06", Element::Year),
    (b"002", Element::YearDay(Pad::Zero)),
    (b"15", Element::Hour),
    (b"1", Element::NumericMonth(Pad::Nothing)),
    (b"2006", Element::LongYear),
    (b"2", Element::Day(Pad::Nothing)),
    (b"_2", Element::Day(Pad::Space)),
    (b"__2", Element::YearDay(Pad::Space)),
    (b"3", Element::Hour12(Pad::Nothing)),
    (b"4", Element::Minute(Pad::Nothing)),
    (b"5", Element::Second(Pad::Nothing)),
    (b"PM", Element::UpperHalf),
    (b"pm", Element::LowerHalf),
    (b"Jan", Element::Month),
    (b"Mon", Element::Weekday),
];

/// Returns the first element of a layout, with the text before and after it.
pub(super) fn next_element(layout: &[u8]) -> Option<(&[u8], Element, &[u8])> {
    let mut at = 0;
    while at < layout.len() {
        let rest = &layout[at..];
        // In `_2006`, the underscore is text before the year.
        if rest.starts_with(b"_2006") {
            at += 1;
            continue;
        }
        if let Some((element, length)) = element_at(rest) {
            return Some((&layout[..at], element, &rest[length..]));
        }
        at += 1;
    }
    None
}

fn element_at(text: &[u8]) -> Option<(Element, usize)> {
    match *text.first()? {
        first @ (b'-' | b'Z') => {
            let (name, [has_colons, has_minutes, has_seconds]) =
                OFFSETS.iter().find(|(name, _)| text[1..].starts_with(name))?;
            let offset = Offset {
                has_z: first == b'Z',
                has_colons: *has_colons,
                has_minutes: *has_minutes,
                has_seconds: *has_seconds,
            };
            Some((Element::Offset(offset), 1 + name.len()))
        }
        separator @ (b'.' | b',') => {
            let digit = *text.get(1).filter(|digit| matches!(digit, b'0' | b'9'))?;
            let digits = text[1..].iter().take_while(|byte| **byte == digit).count();
            let ends = !text.get(1 + digits).is_some_and(u8::is_ascii_digit);
            // Go stores the number in twelve bits.
            let fraction = Element::Fraction { digits: digits & 0xfff, trims: digit == b'9', separator };
            ends.then_some((fraction, 1 + digits))
        }
        b'J' | b'M' | b'0'..=b'5' | b'_' | b'P' | b'p' => {
            let (name, element) = FIXED.iter().find(|(name, _)| text.starts_with(name))?;
            // `Month` does not begin with the weekday `Mon`.
            let is_word = matches!(element, Element::Month | Element::Weekday)
                && text.get(name.len()).is_some_and(u8::is_ascii_lowercase);
            (!is_word).then_some((*element, name.len()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found() {
        let elements = |mut layout: &[u8]| {
            let mut found = Vec::new();
            while let Some((before, element, after)) = next_element(layout) {
                found.push((String::from_utf8_lossy(before).into_owned(), element));
                layout = after;
            }
            found
        };
        let named = |before: &str, element| (before.to_owned(), element);
        assert_eq!(
            elements(b"Mon Month Monday"),
            [named("", Element::Weekday), named(" Month ", Element::LongWeekday)]
        );
        assert_eq!(elements(b"x_2006"), [named("x_", Element::LongYear)]);
        assert_eq!(elements(b"__2"), [named("", Element::YearDay(Pad::Space))]);
        assert_eq!(elements(b".001"), [named(".0", Element::NumericMonth(Pad::Zero))]);
        assert_eq!(elements(b"Jap Janu"), []);
        let fraction = Element::Fraction { digits: 3, trims: false, separator: b',' };
        assert_eq!(elements(b"05,000"), [named("", Element::Second(Pad::Zero)), named("", fraction)]);
    }
}
