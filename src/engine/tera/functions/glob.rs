//! Patterns of `Files.Glob`, as the glob library of Helm reads them.

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
    /// `[ab]`, `[a-z]`, `[!ab]`: one character of these, or none of them.
    Class { not: bool, ranges: Vec<(char, char)> },
    /// `{a,b}`: one of these patterns.
    Either(Vec<Vec<Part>>),
}

/// A pattern for paths.
#[derive(Debug)]
pub(super) struct Glob(Vec<Part>);

/// How deeply alternatives may nest.
const MAX_NESTING: usize = 16;

impl Glob {
    /// Reads a pattern; `None` where it is none, which in Helm matches every path.
    pub(super) fn parse(pattern: &str) -> Option<Glob> {
        let mut chars = pattern.chars().peekable();
        let parts = sequence(&mut chars, 0)?;
        chars.next().is_none().then_some(Glob(parts))
    }

    /// Whether the pattern matches the whole path.
    pub(super) fn matches(&self, path: &str) -> bool {
        let chars: Vec<char> = path.chars().collect();
        ends(&self.0, &chars, &[0]).contains(&chars.len())
    }
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn sequence(chars: &mut Chars<'_>, nesting: usize) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    while let Some(&c) = chars.peek() {
        if nesting > 0 && (c == ',' || c == '}') {
            break;
        }
        chars.next();
        parts.push(match c {
            '?' => Part::One,
            '*' if chars.next_if_eq(&'*').is_some() => {
                while chars.next_if_eq(&'*').is_some() {}
                Part::Across
            }
            '*' => Part::Any,
            '[' => class(chars)?,
            '{' => either(chars, nesting + 1)?,
            '\\' => Part::Char(chars.next()?),
            c => Part::Char(c),
        });
    }
    Some(parts)
}

fn class(chars: &mut Chars<'_>) -> Option<Part> {
    let not = chars.next_if_eq(&'!').is_some();
    let mut ranges = Vec::new();
    loop {
        let from = chars.next()?;
        if from == ']' && !ranges.is_empty() {
            return Some(Part::Class { not, ranges });
        }
        let to = if chars.next_if_eq(&'-').is_some() { chars.next()? } else { from };
        ranges.push((from, to));
    }
}

fn either(chars: &mut Chars<'_>, nesting: usize) -> Option<Part> {
    if nesting > MAX_NESTING {
        return None;
    }
    let mut choices = Vec::new();
    loop {
        choices.push(sequence(chars, nesting)?);
        if chars.next()? == '}' {
            return Some(Part::Either(choices));
        }
    }
}

/// Where the parts can end in the path when they begin at any of `starts`; positions are sorted and without
/// repetitions, so that no pattern takes longer than its length times the path's.
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
            single => at.iter().filter(|&&at| path.get(at).is_some_and(|c| fits(single, *c))).map(|at| at + 1).collect(),
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
    fn patterns_match_as_helm_says() {
        assert!(matches("files/*", "files/a.txt"));
        assert!(!matches("files/*", "files/b/a.txt"));
        assert!(matches("**.txt", "a/b.txt") && matches("**.txt", "b.txt"));
        assert!(!matches("**/a.txt", "a.txt"));
        assert!(matches("[ab].{txt,md}", "a.md") && !matches("[!ab].md", "a.md"));
        assert!(matches("?ä", "aä") && !matches("?", "/"));
        assert!(Glob::parse("[a").is_none() && Glob::parse("{a").is_none());
    }

    #[test]
    fn a_pattern_full_of_stars_takes_no_time() {
        let pattern = "**a".repeat(200);
        assert!(!matches(&pattern, &"a".repeat(199)));
    }
}
