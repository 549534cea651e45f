//! Strings and numbers on which implementations are likely to differ.

use std::fmt::Write;

use super::chance::Chance;

const WORDS: &[&str] = &[
    "",
    "a",
    "hello",
    "Hello World",
    "foo_bar-baz",
    "HTTPServer",
    "été ☃",
    " x ",
    "a,b,c",
    "line\nnext\n",
    "\ttab",
    "1",
    "-5",
    "0x1f",
    "1.5",
    "true",
    "null",
    "1e3",
    "ÿ",
    "😀",
    "<b>&\"'",
    "a=b",
    "~",
    "2021-01-02",
    ": ",
    "- x",
    "#c",
    "%d",
    "a/b/../c.txt",
    "aaa",
    "abab",
    "  ",
    "\r\n",
    "o'neil mc-donald",
    "fooBar1Baz",
    "yes",
    "12:30",
    "a\u{0}b",
    "\u{2028}",
    "ß",
    "ǅ",
    "x y z",
    "v1.2.3",
    "*",
    "$1",
    "\\",
    "{}",
    "[1]",
    "k: v",
    "<no value>",
    "the quick brown fox jumps over the lazy dog",
    "ab\u{301}c",
    "i̇İıI",
    "0",
    "00",
    "+1",
    ".5",
    "1_000",
    "\u{feff}x",
    "\u{85}\u{a0}",
    "one\n\ntwo\n",
    "\u{1F1E6}",
    "k8s",
    "a.b.c",
    "A",
];
const INTS: &[&str] = &["0", "1", "2", "3", "5", "-1", "10", "42", "100", "-7", "255", "1000", "65", "9731"];
const NUMBERS: &[&str] = &[
    "9223372036854775807",
    "-9223372036854775808",
    "1000000",
    "1e3",
    "1.5",
    "-2.5",
    "0.1",
    "1e21",
    "1e-7",
    "0x1F",
    "0b101",
    "0o17",
    "017",
    "1_000",
    "'a'",
    "'☃'",
    "123456.789",
    "2.675",
    "1e100",
    "0.30000000000000004",
    "3.0",
    "-0.0",
    "9223372036854775808",
    "0x1p4",
    "5.",
    "2i",
    "4294967296",
    "16777217.0",
    "'\\n'",
    "'\\''",
    "1e6",
    "1e5",
    "123456789.0",
    "0.0001",
    "0.00001",
];
const FLOATS: &[&str] =
    &["0.5", "1.5", "-2.5", "2.675", "1e3", "1e21", "0.1", "100.0", "3.0", "1e-7", "123456.789", "0.00001", "-0.0"];
const SMALL: &[&str] = &["0", "1", "2", "3", "4", "5", "8", "-1", "10", "13"];
const REGEXES: &[&str] = &[
    "a",
    "a*",
    "a+",
    "[a-z]+",
    "^a",
    "a$",
    ".",
    "",
    "(a)(b)?",
    "a|b",
    "\\w+",
    "\\d",
    "[^a]",
    "x*",
    "(?i)A",
    "(?s).",
    "(?m)^.*$",
    "\\bfoo",
    "(?P<n>a)",
    "(",
    "[",
    "a**",
    "a{2}",
    "a{1001}",
    "\\8",
    "[b-a]",
    "\\p{Greek}",
    "(?=a)",
    "a{,2}",
    "\\Qa.b\\E",
    "[[:alpha:]]+",
    "\\x{263a}",
    "é",
    "[é-ü]",
    "\\s+",
    "a??",
    "(a|ab)(c|bcd)",
    "\\pL",
    "[&&a]",
    "[[a]b]",
    "(?:a)",
    "\\z",
    "(?U)a+",
    "^$",
    "(|a)+",
    "o*",
    "[\\d\\-x]",
    "+",
    "\\",
    "(?P<n>",
    "a)",
    "\\p{Nope}",
    "(?x)a",
    "{",
    "[a-\\d]",
];
const REPLACEMENTS: &[&str] = &["", "-", "$1", "${1}x", "$1x", "$n", "$$", "$", "${", "<$0>", "\\1", "${n}"];
const VERSIONS: &[&str] = &[
    "1.2.3",
    "v1.2",
    "1",
    "1.2.3-rc.1",
    "1.2.3+meta",
    "01.2.3",
    "1.2.3.4",
    "",
    "v1.36.0",
    "0.0.1",
    "1.2.3-01",
    "2.0.0-alpha.beta",
    "1.x",
    " 1.2.3",
    "1.2.3-",
    "99999999999999999999.0.0",
    "1.10.0",
];
const CONSTRAINTS: &[&str] = &[
    "1.2.3",
    ">=1.2",
    "^1.2.3",
    "~1.2",
    "~> 1",
    ">1.2 <2",
    "1.x",
    "*",
    "1.2 - 1.4.5",
    "=1.2",
    "!=1.x",
    "^0.0",
    "^0",
    "<2.0.0-0",
    ">=1.19-0",
    "1.2.3 || ^2",
    "",
    "==1.0",
    ">=1.2.3, <2.0.0",
    "=> 1.0",
    "bad",
    "1.2.3.4",
    "<=1.2",
    ">1.2",
    "^1.2.3-rc.1",
    "~1.2.3-0",
    "||",
    "1.2 -1.3",
];
const LAYOUTS: &[&str] = &[
    "2006-01-02",
    "2006-01-02T15:04:05Z07:00",
    "Mon Jan _2 15:04:05 2006",
    "3:04PM",
    "02 Jan 06 15:04 MST",
    "January 2, 2006",
    "002",
    "__2",
    "15h4m5s.000",
    "Z0700 -07:00 -07",
    "",
    "unix",
    "pm .999",
    "1/2/06",
    "Monday",
    ",000000",
];
const MOMENTS: &[&str] = &[
    "2021-03-04",
    "2020-02-29",
    "2021-02-30",
    "1999-12-31T23:59:59Z",
    "bad",
    "",
    "3:04PM",
    "0001-01-01",
    "Mon Jan  2 15:04:05 2006",
    "2021-3-4",
];
const DURATIONS: &[&str] =
    &["1h", "-90m", "1h30m", "24h", "bad", "1d", "", "1.5s", "+3ms", "100us", "720h", "8760h", "59s", "0", "2562048h"];
const ZONES: &[&str] = &["UTC", "Europe/Warsaw", "America/New_York", "Nope/Zone", "", "Asia/Kolkata"];
const PATHS: &[&str] = &[
    "",
    "/",
    "a/b/c.txt",
    "../x",
    "/a/../b//c/",
    "a/./b",
    "x.tar.gz",
    ".hidden",
    "//",
    ".",
    "..",
    "a/",
    "/abs/path",
    "a\\b",
];
const URLS: &[&str] = &[
    "http://user:pw@host:80/a%20b?q=1#frag",
    "//host/x",
    "/path?x",
    "mailto:a@b.c",
    "http://[::1",
    "http://[::1]:8080/",
    "",
    "http://h/%zz",
    "a b",
    "ftp://é.x/ü",
    "http://host:port/",
    "?q",
    "#f",
    "http:opaque?x",
    "HTTP://H",
];
const YAML: &[&str] = &[
    "a: 1",
    "a: [1, 2]\nb: {c: d}",
    "- 1\n- x",
    "",
    "a: b: c",
    "x",
    "a: yes\nb: ~\nc: 0x1F",
    "a: |\n  text\n",
    "{",
    "a: &x 1\nb: *x",
    "a: 1\na: 2",
    "? k\n: v",
    "n: 12345678901234567890",
    "d: 2021-01-02",
    "a: 1\n---\nb: 2",
    "\ta: 1",
    "a: \"\\u263a\"",
    "y: 1",
    "1: a",
    "a: !!str 1",
    "a: 'it''s'",
    "- - 1\n  - 2",
    "a: >-\n  x\n  y",
    "f: 1e3\ng: .inf",
    "<<: {a: 1}\nb: 2",
    "null",
    "3",
];
const JSON: &[&str] = &[
    "{}",
    "{\"a\": 1}",
    "[1, \"x\", null]",
    "",
    "{\"a\": {\"b\": [true]}}",
    "{a: 1}",
    "1",
    "\"s\"",
    "null",
    "[",
    "{\"a\": 1e400}",
    "{\"a\":1,\"a\":2}",
    "{\"\\u263a\": \"\\ud83d\\ude00\"}",
    "[1,]",
    "{\"n\": 12345678901234567890}",
    " {} x",
    "{\"t\": \"\\t<&>\"}",
    "tru",
];
const TOML: &[&str] = &[
    "a = 1",
    "a = 1.5\n[t]\nb = \"x\"",
    "",
    "a = [1, 2]",
    "a",
    "[[l]]\nx = 1\n[[l]]\nx = 2",
    "d = 2021-03-04",
    "a = true\na = false",
    "a.b = 'c'",
    "x = { y = 1 }",
    "s = \"\"\"\nm\n\"\"\"",
];
const TYPES: &[&str] = &[
    "string",
    "int",
    "int64",
    "float64",
    "bool",
    "map",
    "slice",
    "invalid",
    "[]interface {}",
    "map[string]interface {}",
    "[]string",
    "ptr",
    "common.Values",
    "*semver.Version",
    "time.Time",
    "struct",
    "semver.Version",
    "",
];

/// Picks a key of a map: one that the values have, or another.
pub fn key(chance: &mut Chance) -> &'static str {
    chance.pick(&["a", "b", "s", "n", "l", "x", "k", "z", "nope", "", "two words", "é", "a", "b"])
}

/// Writes a text as a string literal, either interpreted or raw.
pub fn quoted(chance: &mut Chance, text: &str) -> String {
    if chance.one_in(5) && !text.contains(['`', '\r', '\u{feff}', '\u{0}']) {
        return format!("`{text}`");
    }
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{feff}' => out.push_str("\\ufeff"),
            other if other < ' ' || ('\u{80}'..'\u{a1}').contains(&other) => {
                let _ = write!(out, "\\u{:04x}", other as u32);
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// Picks a literal of a kind in the function table, if there are any.
pub fn literal(chance: &mut Chance, kind: char) -> Option<String> {
    let texts = match kind {
        's' if chance.one_in(14) => {
            return Some(
                chance.pick(&["\"\\xff\\xfe\"", "\"\\101\\x41\"", "\"\\U0001F600\"", "\"\\a\\b\\f\\v\""]).to_owned(),
            );
        }
        's' => WORDS,
        'r' => REGEXES,
        'R' => REPLACEMENTS,
        'v' => VERSIONS,
        'c' => CONSTRAINTS,
        'h' => LAYOUTS,
        'H' => MOMENTS,
        'E' => DURATIONS,
        'Z' => ZONES,
        'p' => PATHS,
        'u' => URLS,
        'Y' => YAML,
        'J' => JSON,
        'T' => TOML,
        'o' => TYPES,
        'x' => &[
            "aGVsbG8=",
            "aGVsbG8",
            "!",
            "",
            "/+==",
            "MTIz\n",
            "4pij",
            "////",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ],
        'k' => {
            let key = key(chance);
            return Some(quoted(chance, key));
        }
        'F' => {
            let format = format(chance);
            return Some(quoted(chance, &format));
        }
        'O' if !chance.one_in(10) => return Some(chance.pick(&["0", "0", "1"]).to_owned()),
        'S' | 'I' | 'O' => return Some(chance.pick(SMALL).to_owned()),
        'i' => return Some(chance.pick(INTS).to_owned()),
        'n' if chance.one_in(900) => return Some(chance.pick(&["1e400", "08", "0x", "1__0", "12abc"]).to_owned()),
        'n' if chance.one_in(2) => return Some(chance.pick(NUMBERS).to_owned()),
        'n' => return Some(chance.pick(INTS).to_owned()),
        'f' => return Some(chance.pick(FLOATS).to_owned()),
        'b' => return Some(chance.pick(&["true", "false"]).to_owned()),
        _ => return None,
    };
    let text = texts[chance.below(texts.len())];
    Some(quoted(chance, text))
}

/// Picks a text for values.
pub fn word(chance: &mut Chance) -> &'static str {
    WORDS[chance.below(WORDS.len())]
}

/// Generates a format for printf.
fn format(chance: &mut Chance) -> String {
    let mut out = String::new();
    for _ in 0..=chance.below(3) {
        if chance.one_in(3) {
            out.push_str(chance.pick(&["a", " ", "|", "%%", "é"]));
        }
        out.push('%');
        if chance.one_in(3) {
            for _ in 0..=chance.below(2) {
                out.push_str(chance.pick(&["-", "+", "#", " ", "0"]));
            }
        }
        if chance.one_in(15) {
            out.push_str(chance.pick(&["[1]", "[2]", "[3]", "[0]", "[9]", "[x]", "["]));
        }
        if chance.one_in(3) {
            out.push_str(chance.pick(&["1", "3", "5", "8", "20", "*", "40"]));
        }
        if chance.one_in(4) {
            out.push('.');
            out.push_str(chance.pick(&["", "0", "1", "2", "3", "5", "10", "*"]));
        }
        let verbs = if chance.one_in(3) { "bcoOqxXUeEfFgGtTwz!" } else { "vsdqxfgt" };
        out.push_str(&verbs[chance.below(verbs.len())..][..1]);
    }
    out
}
