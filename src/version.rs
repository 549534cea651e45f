//! Versions and constraints, parsed as Helm's version library does: for `semverCompare`, and for the versions of dependencies
//! and Kubernetes that a Chart.yaml requires.

use memchr::memmem;
use semver::{BuildMetadata, Prerelease, Version};

use crate::go::strconv::{quote_bytes, quote_double};

/// The greatest length of a version, in bytes.
const MAX_VERSION: usize = 256;

/// The greatest length of a constraint, in bytes.
const MAX_CONSTRAINT: usize = 512;

/// The greatest number of alternatives (`||`) in a constraint.
const MAX_ALTERNATIVES: usize = 32;

/// Parses a version leniently: `v` is optional, missing parts are 0, leading zeros are allowed.
///
/// # Errors
/// Helm's message for an invalid version.
pub fn parse_version(text: &str) -> Result<Version, String> {
    if text.len() > MAX_VERSION {
        return Err(format!("version string is too long (max {MAX_VERSION} bytes)"));
    }
    let written =
        VersionText::at(text.as_bytes(), 0).filter(|written| written.end == text.len() && written.is_closed());
    let written = written.ok_or_else(|| "invalid semantic version".to_owned())?;
    let number = |at: usize| match written.numbers[at] {
        "" => Ok(0),
        digits => digits.parse::<u64>().map_err(|_| {
            let digits = quote_double(digits);
            format!("error parsing version segment: strconv.ParseUint: parsing {digits}: value out of range")
        }),
    };
    let (major, minor, patch) = (number(0)?, number(1)?, number(2)?);
    // The characters are checked, so only a leading zero can make it invalid.
    let pre = Prerelease::new(written.pre).map_err(|_| "version segment starts with 0".to_owned())?;
    let build = BuildMetadata::new(written.build).map_err(|_| "invalid metadata string".to_owned())?;
    Ok(Version { major, minor, patch, pre, build })
}

/// Version constraints: alternatives (`||`), each a list of comparisons that must all hold.
///
/// ```
/// use mim_chart::version::{Constraints, parse_version};
///
/// let constraints = Constraints::parse(">=1.2 <3, !=2.0.x || ^4").unwrap();
/// assert!(constraints.are_met_by(&parse_version("v2.1").unwrap()));
/// assert!(!constraints.are_met_by(&parse_version("2.0.7").unwrap()));
/// ```
#[derive(Debug)]
pub struct Constraints(Vec<Alternative>);

#[derive(Debug)]
struct Alternative {
    comparisons: Vec<Comparison>,
    /// Whether a comparison names a pre-release. Otherwise no pre-release meets them.
    pre_releases: bool,
}

/// One comparison, such as `>=1.2`.
#[derive(Debug)]
struct Comparison {
    operator: Operator,
    /// The version as written, with 0 for missing parts.
    version: Version,
    precision: Precision,
}

/// How many parts of a version were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Precision {
    /// `*`
    Nothing,
    /// `1`, `1.x`
    Major,
    /// `1.2`, `1.2.x`
    Minor,
    /// `1.2.3`
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Tilde,
    Caret,
}

impl Constraints {
    /// Parses constraints: comparisons separated by spaces or commas, ranges `1.2 - 1.4`, alternatives with `||`. The text can be
    /// any bytes, because Helm quotes it in its message.
    ///
    /// # Errors
    /// Helm's message for a constraint that is invalid or too long.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Constraints, String> {
        let text = text.as_ref();
        if text.len() > MAX_CONSTRAINT {
            return Err(format!("constraint string is too long (max {MAX_CONSTRAINT} bytes)"));
        }
        let text = without_ranges(text);
        let alternatives = alternatives(&text);
        if alternatives.len() > MAX_ALTERNATIVES {
            return Err(format!("too many constraint groups (max {MAX_ALTERNATIVES})"));
        }
        Ok(Constraints(alternatives.into_iter().map(Alternative::parse).collect::<Result<_, _>>()?))
    }

    /// Whether `version` meets one of the alternatives.
    pub fn are_met_by(&self, version: &Version) -> bool {
        self.0.iter().any(|alternative| alternative.is_met_by(version))
    }
}

impl Alternative {
    fn parse(text: &[u8]) -> Result<Alternative, String> {
        let improper = || format!("improper constraint: {}", quote_bytes(text));
        let mut comparisons = Vec::new();
        let mut at = space_end(text, 0);
        loop {
            let (operator, end) = Operator::at(text, at);
            let written = VersionText::at(text, space_end(text, end)).ok_or_else(improper)?;
            comparisons.push((operator, written));
            at = space_end(text, written.end);
            if at == text.len() {
                break;
            }
            if text[at..].starts_with(b",") {
                at = space_end(text, at + 1);
            } else if at == written.end {
                return Err(improper());
            }
        }
        // Helm checks the form of all comparisons before it parses their versions.
        let comparisons: Option<Vec<_>> =
            comparisons.into_iter().map(|(operator, written)| Comparison::new(operator, written)).collect();
        let comparisons = comparisons.ok_or_else(|| "constraint parser error".to_owned())?;
        let pre_releases = comparisons.iter().any(|comparison| !comparison.version.pre.is_empty());
        Ok(Alternative { comparisons, pre_releases })
    }

    fn is_met_by(&self, version: &Version) -> bool {
        (version.pre.is_empty() || self.pre_releases) && self.comparisons.iter().all(|one| one.is_met_by(version))
    }
}

impl Operator {
    /// Parses the operator at `at` and returns where it ends. No operator means `=`.
    fn at(text: &[u8], at: usize) -> (Operator, usize) {
        let known = [
            ("=>", Operator::GreaterOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("=<", Operator::LessOrEqual),
            ("<=", Operator::LessOrEqual),
            ("!=", Operator::NotEqual),
            ("~>", Operator::Tilde),
            ("=", Operator::Equal),
            (">", Operator::Greater),
            ("<", Operator::Less),
            ("~", Operator::Tilde),
            ("^", Operator::Caret),
        ];
        let found = known.into_iter().find(|(sign, _)| text[at..].starts_with(sign.as_bytes()));
        found.map_or((Operator::Equal, at), |(sign, operator)| (operator, at + sign.len()))
    }
}

impl Comparison {
    fn new(operator: Operator, written: VersionText<'_>) -> Option<Comparison> {
        let is_open = |number: &str| matches!(number, "" | "x" | "X" | "*");
        let [major, minor, patch] = written.numbers;
        let (precision, numbers) = if is_open(major) {
            (Precision::Nothing, "0.0.0".to_owned())
        } else if is_open(minor) {
            (Precision::Major, format!("{major}.0.0"))
        } else if is_open(patch) {
            (Precision::Minor, format!("{major}.{minor}.0"))
        } else {
            (Precision::All, format!("{major}.{minor}.{patch}"))
        };
        let dash = if written.pre.is_empty() { "" } else { "-" };
        let version = parse_version(&format!("{numbers}{dash}{}", written.pre)).ok()?;
        Some(Comparison { operator, version, precision })
    }

    /// Whether `version` meets the comparison. The caller has excluded pre-releases that don't count.
    fn is_met_by(&self, version: &Version) -> bool {
        let wanted = &self.version;
        let order = version.cmp_precedence(wanted);
        let same_major = version.major == wanted.major;
        let same_minor = same_major && version.minor == wanted.minor;
        match (self.operator, self.precision) {
            (Operator::Equal, Precision::All) => order.is_eq(),
            (Operator::Equal | Operator::Tilde, _) => self.is_near(version),
            (Operator::NotEqual, Precision::Major) => !same_major,
            // With an open patch number, a version with another pre-release still differs.
            (Operator::NotEqual, Precision::Minor) => !same_minor || version.pre != wanted.pre,
            (Operator::NotEqual, _) => order.is_ne(),
            (Operator::Greater, Precision::Major) => version.major > wanted.major,
            (Operator::Greater, Precision::Minor) => (version.major, version.minor) > (wanted.major, wanted.minor),
            (Operator::Greater, _) => order.is_gt(),
            (Operator::GreaterOrEqual, _) => order.is_ge(),
            (Operator::Less, _) => order.is_lt(),
            (Operator::LessOrEqual, Precision::All) => order.is_le(),
            (Operator::LessOrEqual, Precision::Major) => version.major <= wanted.major,
            (Operator::LessOrEqual, _) => (version.major, version.minor) <= (wanted.major, wanted.minor),
            (Operator::Caret, _) => order.is_ge() && self.is_compatible(version),
        }
    }

    /// `~1.2.3`: not lower, and with the same major version, and the same minor version if one was written.
    fn is_near(&self, version: &Version) -> bool {
        let wanted = &self.version;
        if version.cmp_precedence(wanted).is_lt() {
            return false;
        }
        // `~0.0.0` is met by every version, like `*`.
        let is_zero = (wanted.major, wanted.minor, wanted.patch) == (0, 0, 0);
        match self.precision {
            Precision::Nothing => true,
            Precision::All if is_zero => true,
            Precision::Major => version.major == wanted.major,
            Precision::Minor | Precision::All => version.major == wanted.major && version.minor == wanted.minor,
        }
    }

    /// `^1.2.3`: the same up to the first number that is not 0, or up to the last number that was written.
    fn is_compatible(&self, version: &Version) -> bool {
        let wanted = &self.version;
        if wanted.major > 0 || self.precision == Precision::Major {
            version.major == wanted.major
        } else if wanted.minor > 0 || self.precision == Precision::Minor {
            version.major == 0 && version.minor == wanted.minor
        } else {
            (version.major, version.minor, version.patch) == (0, 0, wanted.patch)
        }
    }
}

/// A version as written in a text: its numbers are digits, or placeholders such as `x`.
#[derive(Debug, Clone, Copy)]
struct VersionText<'t> {
    /// Missing numbers are empty.
    numbers: [&'t str; 3],
    pre: &'t str,
    build: &'t str,
    end: usize,
}

impl<'t> VersionText<'t> {
    /// Parses the version that starts at `at`; more text may follow it.
    fn at(text: &'t [u8], at: usize) -> Option<VersionText<'t>> {
        // The library's regular expression has `|` in this character class.
        let number_end = |at: usize| run_end(text, at, |byte| byte.is_ascii_digit() || b"xX*|".contains(&byte));
        let mut end = at + usize::from(text[at..].starts_with(b"v"));
        let mut numbers = [""; 3];
        for (index, number) in numbers.iter_mut().enumerate() {
            let start = end + usize::from(index > 0);
            if index > 0 && !text[end..].starts_with(b".") {
                break;
            }
            let Some(number_end) = number_end(start) else { break };
            *number = ascii(&text[start..number_end]);
            end = number_end;
        }
        if numbers[0].is_empty() {
            return None;
        }
        let mut suffix = |sign: &[u8]| {
            let mut suffix_end = run_end(text, text[end..].strip_prefix(sign).map(|_| end + 1)?, is_identifier)?;
            while text[suffix_end..].starts_with(b".")
                && let Some(next) = run_end(text, suffix_end + 1, is_identifier)
            {
                suffix_end = next;
            }
            let found = ascii(&text[end + 1..suffix_end]);
            end = suffix_end;
            Some(found)
        };
        let (pre, build) = (suffix(b"-").unwrap_or(""), suffix(b"+").unwrap_or(""));
        Some(VersionText { numbers, pre, build, end })
    }

    /// Whether its numbers are digits or missing, with no placeholders.
    fn is_closed(&self) -> bool {
        self.numbers.iter().all(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    }
}

/// Returns the text of bytes that are all ASCII.
fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn is_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

/// Returns where the run of bytes of a kind that starts at `at` ends, or `None` if it is empty. `kind` must accept only ASCII.
fn run_end(text: &[u8], at: usize, kind: impl Fn(u8) -> bool) -> Option<usize> {
    let length = text.get(at..)?.iter().take_while(|&&byte| kind(byte)).count();
    (length > 0).then_some(at + length)
}

/// Returns where the white space that starts at `at` ends.
fn space_end(text: &[u8], at: usize) -> usize {
    run_end(text, at, |byte| b" \t\n\x0c\r".contains(&byte)).unwrap_or(at)
}

/// Splits constraints at each `||`.
fn alternatives(mut text: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while let Some(at) = memmem::find(text, b"||") {
        found.push(&text[..at]);
        text = &text[at + 2..];
    }
    found.push(text);
    found
}

/// Rewrites every range `1.2 - 1.4` as two comparisons. As in Helm, white space around a range is part of it: `1 2 - 3` becomes
/// `1>= 2, <= 3 `, which is then refused.
fn without_ranges(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match range_at(text, at) {
            Some((from, to, end)) => {
                for part in [b">= ", from, b", <= ", to, b" "] {
                    out.extend_from_slice(part);
                }
                at = end;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}

/// Returns the two ends of the range that starts at `at`, and where the range ends.
fn range_at(text: &[u8], at: usize) -> Option<(&[u8], &[u8], usize)> {
    let start = space_end(text, at);
    let from = VersionText::at(text, start)?.end;
    let dash = space_end(text, from);
    let to = space_end(text, dash + text[dash..].strip_prefix(b"-").map(|_| 1)?);
    if dash == from || to == dash + 1 {
        return None;
    }
    let end = VersionText::at(text, to)?.end;
    Some((&text[start..from], &text[to..end], space_end(text, end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Helm's answers are in `tests/cases/functions/cases.json`. This shows that nothing reads beyond the end of a text.
    #[test]
    fn truncated_versions_are_refused() {
        for text in [
            "",
            "v",
            ".",
            "1.",
            "1-",
            "1+",
            "1.2.3.4",
            "ä",
            "1ä",
            "1 - ",
            " - 1",
            "1 - ä",
            "||",
            "1||",
            "~",
            "\u{2028}1",
        ] {
            assert!(parse_version(text).is_err(), "{text}");
            assert!(Constraints::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn constraints_can_be_any_bytes() {
        let error = |text: &[u8]| Constraints::parse(text).unwrap_err();
        assert_eq!(error(b"\xfe"), "improper constraint: \"\\xfe\"");
        assert_eq!(error(b"1 || 2 - 3\xff"), "improper constraint: \">= 2, <= 3 \\xff\"");
    }
}
