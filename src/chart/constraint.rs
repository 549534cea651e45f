//! Versions and constraints on them, as Helm's functions and Chart.yaml read them.

use semver::{BuildMetadata, Prerelease, Version};

/// Reads a version leniently: an optional `v`, missing parts are 0, leading zeros are allowed.
pub fn parse_version(text: &str) -> Result<Version, String> {
    let invalid = || "invalid semantic version".to_owned();
    let bare = text.strip_prefix('v').unwrap_or(text);
    let (bare, build) = bare.split_once('+').map_or((bare, ""), |(bare, build)| (bare, build));
    let (numbers, pre) = bare.split_once('-').map_or((bare, ""), |(numbers, pre)| (numbers, pre));
    let parts: Vec<&str> = numbers.split('.').collect();
    if parts.len() > 3 || parts.iter().any(|part| part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit())) {
        return Err(invalid());
    }
    let part = |at: usize| parts.get(at).map_or(Ok(0), |part| part.parse().map_err(|_| invalid()));
    Ok(Version {
        major: part(0)?,
        minor: part(1)?,
        patch: part(2)?,
        pre: Prerelease::new(pre).map_err(|_| invalid())?,
        build: BuildMetadata::new(build).map_err(|_| invalid())?,
    })
}

/// Constraints: alternatives (`||`), each a list of comparisons that must all hold.
pub struct Constraints(Vec<Vec<Comparison>>);

/// One comparison, such as `>=1.2`.
struct Comparison {
    operator: Operator,
    version: Version,
    /// How many of the three numbers were written: `1.x` has one.
    written: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
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
    /// Reads constraints: comparisons separated by spaces or commas, ranges `1.2 - 1.4`, alternatives with `||`.
    pub fn parse(text: &str) -> Result<Constraints, String> {
        let alternatives: Result<Vec<_>, String> = text.split("||").map(|part| alternative(part, text)).collect();
        Ok(Constraints(alternatives?))
    }

    /// Whether one of the alternatives holds.
    pub fn are_met_by(&self, version: &Version) -> bool {
        self.0.iter().any(|all| all.iter().all(|comparison| comparison.is_met_by(version)))
    }
}

fn alternative(part: &str, whole: &str) -> Result<Vec<Comparison>, String> {
    let improper = || format!("improper constraint: {whole}");
    let ranges = part.replace(" - ", "\u{0}");
    let mut words = ranges.split([' ', ',', '\t']).filter(|word| !word.is_empty());
    let mut comparisons = Vec::new();
    while let Some(word) = words.next() {
        if let Some((from, to)) = word.split_once('\u{0}') {
            comparisons.push(comparison(&format!(">={from}")).ok_or_else(improper)?);
            comparisons.push(comparison(&format!("<={to}")).ok_or_else(improper)?);
            continue;
        }
        // An operator may stand apart from its version.
        let alone = word.chars().all(|c| "=!<>~^".contains(c));
        let word = if alone { format!("{word}{}", words.next().ok_or_else(improper)?) } else { word.to_owned() };
        comparisons.push(comparison(&word).ok_or_else(improper)?);
    }
    if comparisons.is_empty() { Err(improper()) } else { Ok(comparisons) }
}

fn comparison(text: &str) -> Option<Comparison> {
    let split = text.find(|c| !"=!<>~^".contains(c))?;
    let (operator, version) = text.split_at(split);
    let operator = match operator {
        "" | "=" | "==" => Operator::Equal,
        "!=" => Operator::NotEqual,
        ">" => Operator::Greater,
        ">=" | "=>" => Operator::GreaterOrEqual,
        "<" => Operator::Less,
        "<=" | "=<" => Operator::LessOrEqual,
        "~" | "~>" => Operator::Tilde,
        "^" => Operator::Caret,
        _ => return None,
    };
    let bare = version.strip_prefix('v').unwrap_or(version);
    let numbers_end = bare.find(['-', '+']).unwrap_or(bare.len());
    let (numbers, suffix) = bare.split_at(numbers_end);
    let parts: Vec<&str> = numbers.split('.').collect();
    let is_wild = |part: &&str| matches!(*part, "x" | "X" | "*");
    let written = parts.iter().position(is_wild).unwrap_or(parts.len());
    if parts.len() > 3 || parts[written..].iter().any(|part| !is_wild(part)) {
        return None;
    }
    let numbers = if written == 0 { "0".to_owned() } else { parts[..written].join(".") };
    let version = parse_version(&format!("{numbers}{suffix}")).ok()?;
    Some(Comparison { operator, version, written })
}

impl Comparison {
    fn is_met_by(&self, version: &Version) -> bool {
        let wanted = &self.version;
        // A pre-release is meant only where the constraint names one.
        if !version.pre.is_empty() && wanted.pre.is_empty() {
            return self.operator == Operator::NotEqual && self.written == 3;
        }
        let order = version.cmp_precedence(wanted);
        let same_start = |numbers: usize| numbers_of(version)[..numbers] == numbers_of(wanted)[..numbers];
        match self.operator {
            Operator::Equal if self.written < 3 => same_start(self.written),
            Operator::Equal => order.is_eq(),
            Operator::NotEqual if self.written < 3 => !same_start(self.written),
            Operator::NotEqual => order.is_ne(),
            Operator::Greater if self.written < 3 => order.is_gt() && !same_start(self.written),
            Operator::Greater => order.is_gt(),
            Operator::GreaterOrEqual => order.is_ge(),
            Operator::Less => order.is_lt(),
            Operator::LessOrEqual if self.written < 3 => order.is_lt() || same_start(self.written),
            Operator::LessOrEqual => order.is_le(),
            Operator::Tilde => order.is_ge() && same_start(self.written.min(2)),
            Operator::Caret => order.is_ge() && same_start(self.caret_numbers()),
        }
    }

    /// How many numbers `^` holds fast: up to the first that is not 0.
    fn caret_numbers(&self) -> usize {
        let leading_zeros = numbers_of(&self.version).iter().take_while(|&&number| number == 0).count();
        (leading_zeros + 1).min(self.written.max(1))
    }
}

fn numbers_of(version: &Version) -> [u64; 3] {
    [version.major, version.minor, version.patch]
}
