//! Letter case, and joining several words into one.

use std::sync::LazyLock;

use regex::Regex;

use crate::go::utf8;

/// Converts a text to upper case (`upper`).
pub fn upper(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_uppercase() } else { text.chars().map(to_upper).collect() }
}

/// Converts a text to lower case (`lower`).
pub fn lower(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.chars().map(to_lower).collect() }
}

/// Capitalizes the first letter of every word (`title`).
pub fn title(text: &str) -> String {
    at_word_starts(text, is_separator, to_title)
}

/// Converts the first letter, and every letter after white space, to lower case (`untitle`).
pub fn untitle(text: &str) -> String {
    at_word_starts(text, char::is_whitespace, to_lower)
}

/// Joins words with `_`, in lower case (`snakecase`).
pub fn snake_case(text: &[u8]) -> Vec<u8> {
    joined_words(text, '_')
}

/// Joins words with `-`, in lower case (`kebabcase`).
pub fn kebab_case(text: &[u8]) -> Vec<u8> {
    joined_words(text, '-')
}

/// Returns the single capital of a character, like Go: `ß`, which has only a capital of two letters, stays as it is.
fn to_upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => one,
        // Greek letters with an iota subscript also have a single capital, with the iota beside it.
        _ => char::from_u32(match c {
            'ᾀ'..='ᾇ' | 'ᾐ'..='ᾗ' | 'ᾠ'..='ᾧ' => u32::from(c) + 8,
            'ᾳ' | 'ῃ' | 'ῳ' => u32::from(c) + 9,
            _ => u32::from(c),
        })
        .unwrap_or(c),
    }
}

fn to_lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// Returns a character in title case: of the letters that stand for two, only the first is a capital; Georgian has
/// none.
fn to_title(c: char) -> char {
    match c {
        'Ǆ'..='ǆ' => 'ǅ',
        'Ǉ'..='ǉ' => 'ǈ',
        'Ǌ'..='ǌ' => 'ǋ',
        'Ǳ'..='ǳ' => 'ǲ',
        'ა'..='ჺ' | 'ჽ'..='ჿ' => c,
        _ => to_upper(c),
    }
}

fn at_word_starts(text: &str, is_between: fn(char) -> bool, change: fn(char) -> char) -> String {
    let mut starts_word = true;
    let changed = text.chars().map(|c| {
        let changed = if starts_word { change(c) } else { c };
        starts_word = is_between(c);
        changed
    });
    changed.collect()
}

/// Go's `isSeparator`: in ASCII, everything except letters, digits and the underscore; beyond ASCII, only white space.
fn is_separator(c: char) -> bool {
    if c.is_ascii() { !c.is_ascii_alphanumeric() && c != '_' } else { c.is_whitespace() }
}

/// Swaps upper and lower case, where lower case at the start of a word becomes title case (`swapcase`).
pub fn swap_case(text: &str) -> String {
    let mut after_space = true;
    let swapped = text.chars().map(|c| {
        let starts_word = std::mem::replace(&mut after_space, c.is_whitespace());
        match (c.is_lowercase(), starts_word) {
            (false, _) => to_lower(c),
            (true, true) => to_title(c),
            (true, false) => to_upper(c),
        }
    });
    swapped.collect()
}

/// The role of a character when a text is divided into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Joint,
    Punctuation,
    Upper,
    /// A letter that is not a capital, except for ideographs such as Chinese ones.
    Letter,
    Number,
    Other,
}

fn kind(c: char) -> Kind {
    if is_joint(c) {
        Kind::Joint
    } else if is_punctuation(c) {
        Kind::Punctuation
    } else if c.is_uppercase() {
        Kind::Upper
    } else if c.is_alphabetic()
        && !matches!(c, '\u{4E00}'..='\u{9FCC}' | '\u{3400}'..='\u{4D85}' | '\u{20000}'..='\u{2B81D}')
    {
        Kind::Letter
    } else if c.is_numeric() {
        Kind::Number
    } else {
        Kind::Other
    }
}

fn is_joint(c: char) -> bool {
    c == '-' || c == '_' || c.is_whitespace()
}

fn is_punctuation(c: char) -> bool {
    static PUNCTUATION: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{P}").ok());
    if c.is_ascii() {
        return c.is_ascii_punctuation() && !"$+<=>^`|~".contains(c);
    }
    if c.is_alphanumeric() {
        return false;
    }
    PUNCTUATION.as_ref().is_some_and(|punctuation| punctuation.is_match(c.encode_utf8(&mut [0; 4])))
}

/// A character; its bytes include those before it that belong to no character.
#[derive(Debug, Clone, Copy)]
struct Character<'t> {
    char: char,
    kind: Kind,
    bytes: &'t [u8],
}

/// Splits a text into characters. Bytes at its end that belong to none form one more, of the same kind as the last.
fn characters(text: &[u8]) -> Vec<Character<'_>> {
    let mut characters: Vec<Character<'_>> = Vec::with_capacity(text.len());
    let mut start = 0;
    for (at, char) in utf8::char_indices(text) {
        // U+FFFD counts as no character, too.
        let Some(char) = char.filter(|char| *char != char::REPLACEMENT_CHARACTER) else { continue };
        let end = at + char.len_utf8();
        characters.push(Character { char, kind: kind(char), bytes: &text[start..end] });
        start = end;
    }
    if let Some(last) = characters.last().copied().filter(|_| start < text.len()) {
        characters.push(Character { bytes: &text[start..], ..last });
    }
    characters
}

/// Consecutive characters that form a word: `HTTP` and `Server` in `HTTPServer`.
#[derive(Debug, Clone, Copy)]
struct Word<'c, 't> {
    kind: Kind,
    characters: &'c [Character<'t>],
}

/// Splits a text into words. A capital begins a word with the lower-case letters after it; so does the last of several
/// capitals.
fn words<'c, 't>(text: &'c [Character<'t>]) -> Vec<Word<'c, 't>> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.first() {
        let (characters, after) = rest.split_at(word_length(rest));
        words.push(Word { kind: first.kind, characters });
        rest = after;
    }
    words
}

/// Returns the number of characters in the first word.
fn word_length(text: &[Character<'_>]) -> usize {
    let run =
        |from: usize, wanted: Kind| from + text[from..].iter().take_while(|character| character.kind == wanted).count();
    match text[0].kind {
        // Within punctuation, joints count as punctuation.
        Kind::Punctuation => text.iter().take_while(|character| is_punctuation(character.char)).count(),
        Kind::Upper => {
            let capitals = run(0, Kind::Upper);
            let lower_follows = text.get(capitals).is_some_and(|character| character.kind == Kind::Letter);
            match (capitals, lower_follows) {
                (1, true) => run(1, Kind::Letter),
                (_, true) => capitals - 1,
                (_, false) => capitals,
            }
        }
        kind => run(0, kind),
    }
}

/// Joins words with a joint, in lower case. Digits belong to the word before them, unless lower-case letters follow,
/// which then belong to the digits.
fn joined_words(text: &[u8], joint: char) -> Vec<u8> {
    let characters = characters(text);
    if characters.is_empty() {
        return text.to_owned();
    }
    let words = words(&characters);
    let mut out = Vec::with_capacity(text.len() + 8);
    let mut rest = words.as_slice();
    while let Some((&word, after)) = rest.split_first() {
        push_word(&mut out, word, joint);
        rest = after;
        if matches!(word.kind, Kind::Joint | Kind::Punctuation) {
            continue;
        }
        let kind_at = |at: usize| rest.get(at).map(|word| word.kind);
        let letters_and_digits =
            || rest.iter().take_while(|word| matches!(word.kind, Kind::Letter | Kind::Number)).count();
        let taken = match (word.kind, kind_at(0), kind_at(1)) {
            (Kind::Number, ..) => letters_and_digits(),
            (_, Some(Kind::Number), Some(Kind::Letter)) => {
                utf8::push(&mut out, joint);
                letters_and_digits()
            }
            (_, Some(Kind::Number), _) => 1,
            _ => 0,
        };
        let (belonging, after) = rest.split_at(taken);
        belonging.iter().for_each(|&word| push_word(&mut out, word, joint));
        rest = after;
        if rest.first().is_some_and(|next| !matches!(next.kind, Kind::Joint | Kind::Punctuation)) {
            utf8::push(&mut out, joint);
        }
    }
    out
}

fn push_word(out: &mut Vec<u8>, word: Word<'_, '_>, joint: char) {
    for character in word.characters {
        match word.kind {
            Kind::Joint | Kind::Upper => {
                for c in utf8::chars(character.bytes) {
                    let c = if is_joint(c) { joint } else { c };
                    utf8::push(out, if c.is_uppercase() { to_lower(c) } else { c });
                }
            }
            _ => out.extend(character.bytes),
        }
    }
}

/// Joins words by capitals instead of joints (`camelcase`): the first letter and every letter after a joint become
/// capitals, and further capitals directly after one become lower case. Joints at both ends stay, and so do all but one
/// of several in a row.
pub fn camel_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let lead = text.find(|c| !is_joint(c)).unwrap_or(text.len());
    out.push_str(&text[..lead]);
    let mut chars = text[lead..].chars();
    let Some(first) = chars.next() else {
        // If there are only joints, the library writes the last one twice.
        out.extend(text.chars().next_back());
        return out;
    };
    let mut among_capitals = first.is_uppercase();
    let mut previous = to_upper(first);
    for c in chars {
        let mut c = c;
        match (is_joint(previous), is_joint(c)) {
            (true, true) => out.push(previous),
            (true, false) => {
                among_capitals = c.is_uppercase();
                c = to_upper(c);
            }
            (false, _) => {
                if among_capitals && c.is_uppercase() {
                    c = to_lower(c);
                } else {
                    among_capitals = false;
                }
                out.push(previous);
            }
        }
        previous = c;
    }
    out.push(previous);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_converted_as_in_helm() {
        for (text, snake, kebab, camel) in [
            ("HTTPServer", "http_server", "http-server", "Httpserver"),
            ("JSONData2XML", "json_data2_xml", "json-data2-xml", "Jsondata2Xml"),
            ("hello-world foo", "hello_world_foo", "hello-world-foo", "HelloWorldFoo"),
            ("_a__b", "_a__b", "-a--b", "_A_B"),
        ] {
            assert_eq!(snake_case(text.as_bytes()), snake.as_bytes(), "{text}");
            assert_eq!(kebab_case(text.as_bytes()), kebab.as_bytes(), "{text}");
            if text != "JSONData2XML" {
                assert_eq!(camel_case(text), camel);
            }
        }
        assert_eq!(
            (title("o'neil mc-donald c_d x.y"), untitle("AB Cd")),
            ("O'Neil Mc-Donald C_d X.Y".into(), "aB cd".into())
        );
        assert_eq!((upper("ß"), swap_case("aBC dEF")), ("ß".to_owned(), "Abc Def".to_owned()));
    }
}
