//! Shell patterns as in Go's `filepath.Match`: `*` and `?` never match `/`; also `[a-z]`, `[^a]` and `\x`.

/// The error for a malformed pattern, such as one with an unclosed bracket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadPattern;

/// Whether the whole `name` matches `pattern`.
///
/// ```
/// use mim_chart::go::glob::matches_glob;
/// assert_eq!(matches_glob("templates/*.yaml", "templates/a.yaml"), Ok(true));
/// assert_eq!(matches_glob("*.yaml", "templates/a.yaml"), Ok(false));
/// assert!(matches_glob("[a", "a").is_err());
/// ```
///
/// # Errors
/// The pattern is malformed. As in Go, the whole pattern is checked, even if its beginning does not match.
pub fn matches_glob(pattern: &str, name: &str) -> Result<bool, BadPattern> {
    let name: Vec<char> = name.chars().collect();
    Ok(Glob::parse(pattern)?.matches(&name, &mut 0))
}

/// A pattern that is parsed once and matched often.
#[derive(Debug)]
pub struct Glob(Vec<Token>);

impl Glob {
    /// Parses a pattern.
    ///
    /// # Errors
    /// The pattern is malformed.
    pub fn parse(pattern: &str) -> Result<Glob, BadPattern> {
        parse(pattern).map(Glob)
    }

    /// Returns the only name that matches, if the pattern has no wildcards.
    pub fn literal(&self) -> Option<String> {
        let char_of = |token: &Token| if let Token::Char(c) = token { Some(*c) } else { None };
        self.0.iter().map(char_of).collect()
    }

    /// Whether the whole `name` matches. Adds the number of comparisons to `steps`, at most the product of the lengths.
    pub fn matches(&self, name: &[char], steps: &mut u64) -> bool {
        let Glob(tokens) = self;
        *steps += 1;
        // Most names that do not match differ at the end, as for `*.bak`.
        match (tokens.last(), name.last()) {
            (Some(Token::Star), _) => {}
            (Some(last), Some(&c)) if last.accepts(c) => {}
            (None, None) => {}
            _ => return false,
        }
        // The classic two-pointer walk: on a mismatch, the last star matches one more character.
        let (mut token, mut at) = (0, 0);
        let mut last_star: Option<(usize, usize)> = None;
        while at < name.len() {
            *steps += 1;
            match tokens.get(token) {
                Some(Token::Star) => {
                    last_star = Some((token, at));
                    token += 1;
                }
                Some(one) if one.accepts(name[at]) => {
                    token += 1;
                    at += 1;
                }
                _ => match last_star {
                    Some((star, taken)) if name[taken] != '/' => {
                        last_star = Some((star, taken + 1));
                        token = star + 1;
                        at = taken + 1;
                    }
                    _ => return false,
                },
            }
        }
        tokens[token..].iter().all(|rest| matches!(rest, Token::Star))
    }
}

#[derive(Debug)]
enum Token {
    Star,
    Any,
    Char(char),
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Token {
    fn accepts(&self, c: char) -> bool {
        match self {
            Token::Star => false,
            Token::Any => c != '/',
            Token::Char(wanted) => c == *wanted,
            Token::Class { negated, ranges } => {
                c != '/' && ranges.iter().any(|&(low, high)| low <= c && c <= high) != *negated
            }
        }
    }
}

fn parse(pattern: &str) -> Result<Vec<Token>, BadPattern> {
    let mut tokens = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '*' => Token::Star,
            '?' => Token::Any,
            '\\' => Token::Char(chars.next().ok_or(BadPattern)?),
            '[' => class(&mut chars)?,
            c => Token::Char(c),
        });
    }
    Ok(tokens)
}

fn class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Token, BadPattern> {
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        if chars.peek() == Some(&']') && !ranges.is_empty() {
            chars.next();
            return Ok(Token::Class { negated, ranges });
        }
        let low = class_char(chars)?;
        let high = if chars.next_if_eq(&'-').is_some() { class_char(chars)? } else { low };
        ranges.push((low, high));
    }
}

fn class_char(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<char, BadPattern> {
    match chars.next() {
        None | Some('-' | ']') => Err(BadPattern),
        Some('\\') => chars.next().ok_or(BadPattern),
        Some(c) => Ok(c),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn patterns_of_gos_documentation() {
        // Pattern, name, and whether it matches, following the table in Go's own tests of `filepath.Match`.
        let cases = [
            ("abc", "abc", true),
            ("*", "abc", true),
            ("*c", "abc", true),
            ("a*", "a", true),
            ("a*", "abc", true),
            ("a*", "ab/c", false),
            ("a*/b", "abc/b", true),
            ("a*/b", "a/c/b", false),
            ("ab[c]", "abc", true),
            ("ab[b-d]", "abc", true),
            ("ab[e-g]", "abc", false),
            ("ab[^c]", "abc", false),
            ("ab[^e-g]", "abc", true),
            ("a\\*b", "a*b", true),
            ("a\\*b", "ab", false),
            ("a?b", "a☺b", true),
            ("a[^a]b", "a☺b", true),
            ("[\\]a]", "]", true),
            ("[\\-x]", "-", true),
            ("a?b", "a/b", false),
            ("a*b", "a/b", false),
            ("", "", true),
            ("**", "a/b", false),
            ("a**b", "axxb", true),
        ];
        for (pattern, name, matches) in cases {
            assert_eq!(matches_glob(pattern, name), Ok(matches), "{pattern} {name}");
        }
        for pattern in ["[]a]", "[-]", "[x-]", "[-x]", "\\", "[a-b-c]", "[", "[^", "[^bc", "a["] {
            assert_eq!(matches_glob(pattern, "a"), Err(BadPattern), "{pattern}");
        }
    }

    #[test]
    fn steps_are_counted() {
        let name: Vec<char> = "a".repeat(200).chars().collect();
        let steps = |pattern: &str| {
            let mut steps = 0;
            assert!(!Glob::parse(pattern).unwrap().matches(&name, &mut steps));
            steps
        };
        assert_eq!(steps("*.bak"), 1);
        assert!((5_000..50_000).contains(&steps(&format!("*{}ba", "a".repeat(100)))));
    }

    /// A direct implementation of the definition, to compare with.
    fn naive(tokens: &[Token], name: &[char]) -> bool {
        match (tokens, name) {
            ([], []) => true,
            ([Token::Star, rest @ ..], _) => {
                naive(rest, name) || (name.first().is_some_and(|&c| c != '/') && naive(tokens, &name[1..]))
            }
            ([one, rest @ ..], [c, name @ ..]) => one.accepts(*c) && naive(rest, name),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab*?/\\[\\]^-]{0,8}", name in "[ab/]{0,8}") {
            if let Ok(tokens) = parse(&pattern) {
                let chars: Vec<char> = name.chars().collect();
                prop_assert_eq!(matches_glob(&pattern, &name), Ok(naive(&tokens, &chars)));
                let literal = Glob(tokens).literal();
                prop_assert!(literal.is_none_or(|only| matches_glob(&pattern, &name) == Ok(only == name)));
            }
        }
    }
}
