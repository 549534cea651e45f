//! Patterns of `Files.Glob`, as Helm's glob library (gobwas/glob) reads them.

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq)]
enum Part {
    Char(char),
    /// `?`: one character within a folder's name.
    One,
    /// `*`: any characters within a folder's name.
    Any,
    /// `**`: any characters.
    Across,
    /// `[ab]`, `[a-z]`, `[!ab]`: one character that is in the class or, with `not`, outside it.
    Class {
        not: bool,
        ranges: Vec<(char, char)>,
    },
    /// `{a,b}`: any of these patterns.
    Either(Vec<Vec<Part>>),
}

/// A pattern for paths.
#[derive(Debug)]
pub struct Glob(Vec<Part>);

/// How deeply alternatives may nest.
const MAX_NESTING: usize = 100;

/// Why a pattern is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Its classes are malformed. Helm lets such a pattern match every path.
    Malformed,
    /// Its alternatives nest deeper than `MAX_NESTING`.
    TooDeep,
}

impl Glob {
    /// Parses a pattern.
    ///
    /// # Errors
    /// The pattern is invalid. An alternative that is not closed ends with the pattern, and a `\` at the end is
    /// ignored.
    pub fn parse(pattern: &str) -> Result<Glob, Fault> {
        sequence(&mut pattern.chars().peekable(), 0).map(Glob)
    }

    /// Whether the pattern matches the whole path.
    pub fn matches(&self, path: &str) -> bool {
        let chars: Vec<char> = path.chars().collect();
        ends(&self.0, &chars, &[0]).contains(&chars.len())
    }
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn sequence(chars: &mut Chars<'_>, nesting: usize) -> Result<Vec<Part>, Fault> {
    let mut parts = Vec::new();
    while let Some(&c) = chars.peek() {
        if nesting > 0 && (c == ',' || c == '}') {
            break;
        }
        chars.next();
        parts.push(match c {
            '?' => Part::One,
            '*' if chars.next_if_eq(&'*').is_some() => Part::Across,
            '*' => Part::Any,
            '[' => class(chars)?,
            '{' => either(chars, nesting + 1)?,
            '\\' => match chars.next() {
                Some(escaped) => Part::Char(escaped),
                None => break,
            },
            c => Part::Char(c),
        });
    }
    Ok(parts)
}

/// Parses a class, which holds either one range or single characters.
fn class(chars: &mut Chars<'_>) -> Result<Part, Fault> {
    let not = chars.next_if_eq(&'!').is_some();
    let mut ahead = chars.clone();
    let low = ahead.next().ok_or(Fault::Malformed)?;
    let mut ranges = Vec::new();
    if ahead.next_if_eq(&'-').is_some() {
        let high = ahead.next().filter(|&high| high >= low).ok_or(Fault::Malformed)?;
        ranges.push((low, high));
        *chars = ahead;
    }
    if ranges.is_empty() {
        while let Some(c) = chars.next_if(|&c| c != ']') {
            let c = if c == '\\' { chars.next().ok_or(Fault::Malformed)? } else { c };
            ranges.push((c, c));
        }
    }
    let is_closed = chars.next() == Some(']');
    if is_closed && !ranges.is_empty() { Ok(Part::Class { not, ranges }) } else { Err(Fault::Malformed) }
}

fn either(chars: &mut Chars<'_>, nesting: usize) -> Result<Part, Fault> {
    if nesting > MAX_NESTING {
        return Err(Fault::TooDeep);
    }
    let mut choices = Vec::new();
    loop {
        choices.push(sequence(chars, nesting)?);
        if chars.next() != Some(',') {
            return Ok(Part::Either(choices));
        }
    }
}

/// Returns where the parts can end in the path if they begin at any of `starts`. The positions are sorted and unique,
/// so no pattern takes longer than its length times the path's.
fn ends(parts: &[Part], path: &[char], starts: &[usize]) -> Vec<usize> {
    let mut at: Vec<usize> = starts.to_vec();
    for part in parts {
        let mut next: Vec<usize> = match part {
            Part::Either(choices) => choices.iter().flat_map(|choice| ends(choice, path, &at)).collect(),
            Part::Any | Part::Across => {
                let mut reached = Vec::new();
                for &start in &at {
                    let from = reached.last().map_or(start, |&last: &usize| start.max(last));
                    let stop = |c: &char| *part == Part::Any && *c == '/';
                    let length = path[from..].iter().position(stop).unwrap_or(path.len() - from);
                    reached.extend(from..=from + length);
                }
                reached
            }
            single => {
                at.iter().filter(|&&at| path.get(at).is_some_and(|c| fits(single, *c))).map(|at| at + 1).collect()
            }
        };
        next.sort_unstable();
        next.dedup();
        at = next;
    }
    at
}

fn fits(part: &Part, c: char) -> bool {
    match part {
        Part::Char(wanted) => *wanted == c,
        Part::One => c != '/',
        Part::Class { not, ranges } => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *not,
        Part::Any | Part::Across | Part::Either(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        Glob::parse(pattern).unwrap().matches(path)
    }

    #[test]
    fn patterns_match_as_in_helm() {
        assert!(matches("files/*", "files/a.txt"));
        assert!(!matches("files/*", "files/b/a.txt"));
        assert!(matches("**.txt", "a/b.txt") && matches("**.txt", "b.txt"));
        assert!(!matches("**/a.txt", "a.txt"));
        assert!(matches("[ab].{txt,md}", "a.md") && !matches("[!ab].md", "a.md"));
        assert!(matches("?ä", "aä") && !matches("?", "/"));
        assert!(matches("{a,{b,c", "c") && matches("a\\", "a") && matches("[\\]]", "]"));
    }

    #[test]
    fn invalid_patterns_and_exceeded_limits_are_different_errors() {
        for pattern in ["[a", "[", "[]", "[!]", "[b-a]", "[a-]", "[a-c1]", "[a-"] {
            assert_eq!(Glob::parse(pattern).unwrap_err(), Fault::Malformed, "{pattern}");
        }
        assert_eq!(Glob::parse(&"{".repeat(1_000_000)).unwrap_err(), Fault::TooDeep);
    }

    #[test]
    fn patterns_with_many_stars_match_in_bounded_time() {
        let pattern = "**a".repeat(200);
        assert!(!matches(&pattern, &"a".repeat(199)));
    }
}
