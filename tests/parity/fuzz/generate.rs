//! Generates random cases: half of them follow the grammars of `--set` and YAML, half are mutations of such texts.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::Case;

/// A random number generator (xorshift64*) that returns the same for a seed on every machine.
pub struct Chance(u64);

impl Chance {
    /// Creates a generator with a seed.
    pub fn new(seed: u64) -> Chance {
        Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, count: usize) -> usize {
        ((self.next() >> 33) % count.max(1) as u64) as usize
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.below(from.len())]
    }

    /// Picks mostly one of the first, plain texts: odd ones are often rejected and hide the rest.
    fn pick_plain<'t>(&mut self, from: &[&'t str], plain: usize) -> &'t str {
        let count = if self.one_in(3) { from.len() } else { plain };
        from[self.below(count)]
    }
}

/// Generates some flags, and the files that they name.
pub fn case(chance: &mut Chance) -> Case {
    let mut flags = Vec::new();
    let mut files = BTreeMap::new();
    let count = if chance.one_in(2) { 1 } else { 1 + chance.below(3) };
    for _ in 0..count {
        let flag = ["-f", "-f", "--set", "--set", "--set-string", "--set-json", "--set-file", "--set-literal"]
            [chance.below(8)];
        let text = match flag {
            "-f" => yaml(chance),
            "--set-json" => set_json(chance),
            "--set-file" => set(chance, true),
            "--set-literal" => literal(chance),
            _ => set(chance, false),
        };
        let text = if chance.one_in(4) { mutated(chance, &text) } else { text };
        if flag == "-f" {
            // After a second byte order mark, Helm's reader drops the first character of each line,
            // which is not worth reproducing.
            let text = if text.starts_with("\u{feff}\u{feff}") {
                text.trim_start_matches('\u{feff}').to_owned()
            } else {
                text
            };
            let name = format!("case:{}", files.len());
            files.insert(name.clone(), text);
            flags.push((flag, name));
        } else {
            flags.push((flag, text));
        }
    }
    Case { flags, files }
}

const KEYS: &[&str] =
    &["a", "b", "c", "name", "a b", "0", "1", "a-b", "é", "true", "null", "", "a\\.b", "a\\,b", "\\", "x\\=y", "image"];
const SCALARS: &[&str] = &[
    "1",
    "0",
    "-1",
    "007",
    "1.5",
    "1e3",
    "true",
    "false",
    "null",
    "",
    "text",
    "two words",
    " lead",
    "trail ",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "0x1F",
    "0o17",
    "017",
    "1_000",
    ".5",
    "5.",
    "-",
    "~",
    "yes",
    "no",
    "on",
    "off",
    "True",
    "NULL",
    "Null",
    "nan",
    ".nan",
    ".inf",
    "-.inf",
    "inf",
    "2026-01-02",
    "2026-01-02T03:04:05Z",
    "12:30:45",
    "é",
    "日本",
    "\u{1F600}",
    "a\\,b",
    "a\\=b",
    "a\\\\b",
    "{}",
    "[]",
    "\"q\"",
    "'q'",
    "a: b",
    "# no",
    "a #c",
    "1e400",
    "-0",
    "+1",
    "0b11",
    "1e-7",
    "123456789012345678901234567890",
    "0.1",
    "100000000000000000000000.5",
    "1E5",
    "6.02e23",
    "=",
    "<<",
    "!!str 1",
    "&a",
    "*a",
    "%",
    "@",
    "`",
];

fn key(chance: &mut Chance) -> String {
    let mut out = String::new();
    for part in 0..=chance.below(3) {
        if part > 0 {
            out.push('.');
        }
        out.push_str(chance.pick_plain(KEYS, 6));
        while chance.one_in(4) {
            let index = chance.pick_plain(
                &["0", "1", "2", "5", "-1", "x", "", "00", "1 ", "65536", "65537", "99999999999999999999"],
                4,
            );
            let _ = write!(out, "[{index}]");
        }
    }
    out
}

fn set(chance: &mut Chance, is_file: bool) -> String {
    let mut out = String::new();
    for number in 0..=chance.below(3) {
        if number > 0 {
            out.push(',');
        }
        out.push_str(&key(chance));
        if chance.one_in(30) {
            continue;
        }
        out.push('=');
        if is_file && !chance.one_in(6) {
            out.push_str(chance.pick(&["case:0", "case:1", "case:7"]));
        } else if chance.one_in(4) {
            out.push('{');
            for item in 0..chance.below(4) {
                if item > 0 {
                    out.push(',');
                }
                out.push_str(chance.pick_plain(SCALARS, 24));
            }
            out.push('}');
        } else {
            out.push_str(chance.pick_plain(SCALARS, 24));
        }
    }
    out
}

fn literal(chance: &mut Chance) -> String {
    format!("{}={}{}", key(chance), chance.pick_plain(SCALARS, 24), chance.pick(&["", ",b=c", "=", "{a,b}"]))
}

fn set_json(chance: &mut Chance) -> String {
    if chance.one_in(4) {
        return json(chance, 3);
    }
    let mut out = String::new();
    for number in 0..=chance.below(2) {
        let _ = write!(out, "{}{}={}", if number > 0 { "," } else { "" }, key(chance), json(chance, 2));
    }
    out
}

fn json(chance: &mut Chance, depth: usize) -> String {
    match chance.below(if depth == 0 { 4 } else { 6 }) {
        0 => chance
            .pick(&[
                "1",
                "-0",
                "1.50",
                "1e3",
                "1E400",
                "01",
                "9223372036854775808",
                "0.1e-5",
                "123456789012345678901234567890",
            ])
            .to_owned(),
        1 => chance.pick(&["true", "false", "null", "nul", "True"]).to_owned(),
        2 | 3 => chance
            .pick(&[
                "\"\"",
                "\"a\"",
                "\"é\\n\"",
                "\"\\u0041\\ud83d\\ude00\"",
                "\"\\ud800\"",
                "\"a,b\"",
                "\"\\x\"",
                "\"<&>\"",
            ])
            .to_owned(),
        4 => {
            let items: Vec<String> = (0..chance.below(4)).map(|_| json(chance, depth - 1)).collect();
            format!("[{}]", items.join(chance.pick(&[",", ", ", " ,\n"])))
        }
        _ => {
            let keys = ["\"a\"", "\"b\"", "\"a\"", "\"\"", "\"a.b\"", "\"A\""];
            let items: Vec<String> =
                (0..chance.below(4)).map(|_| format!("{}:{}", chance.pick(&keys), json(chance, depth - 1))).collect();
            format!("{{{}}}", items.join(","))
        }
    }
}

fn yaml(chance: &mut Chance) -> String {
    let mut out = String::new();
    if chance.one_in(12) {
        out.push_str(chance.pick(&["---\n", "%YAML 1.1\n---\n", "# c\n", "\u{feff}", "...\n", "--- # x\n"]));
    }
    if chance.one_in(10) {
        out.push_str(&flow(chance, 3));
        out.push('\n');
    } else {
        map(chance, 0, 3, &mut out);
    }
    if chance.one_in(15) {
        out.push_str(chance.pick(&["...\n", "---\n", "---\na: 1\n", "# end", "\t\n", "\n\n"]));
    }
    out
}

fn map(chance: &mut Chance, indent: usize, depth: usize, out: &mut String) {
    const YAML_KEYS: &[&str] = &[
        "a",
        "b",
        "c",
        "name",
        "'q'",
        "\"d\"",
        "1",
        "1.0",
        "true",
        "null",
        "~",
        "yes",
        "0x1",
        "2026-01-02",
        "é",
        "a b",
        "<<",
        "? x\n",
        "!!str 1",
        "&k k",
        "[a]",
        "\"\\u0041\"",
        "",
        "-",
        "a: b",
        "1e3",
    ];
    let first = chance.below(5);
    for number in 0..=chance.below(4) {
        let pad = " ".repeat(indent);
        // Duplicate keys are rejected, so they are only generated sometimes.
        let name = if chance.one_in(3) { chance.pick_plain(YAML_KEYS, 5) } else { YAML_KEYS[(first + number) % 5] };
        let _ = write!(out, "{pad}{name}:");
        value(chance, indent, depth, out);
    }
}

fn value(chance: &mut Chance, indent: usize, depth: usize, out: &mut String) {
    if chance.one_in(8) {
        out.push_str(chance.pick(&[
            " &x",
            " &y",
            " !!str",
            " !!int",
            " !!float",
            " !!bool",
            " !!null",
            " !!map",
            " !!seq",
            " !!binary",
            " !x",
            " !",
            " !!timestamp",
        ]));
    }
    match chance.below(if depth == 0 { 5 } else { 9 }) {
        0 | 1 => {
            let _ = writeln!(out, " {}", chance.pick_plain(SCALARS, 24));
        }
        2 => {
            let _ = writeln!(
                out,
                " {}",
                chance.pick(&[
                    "*x",
                    "*y",
                    "\"a\\tb\"",
                    "\"\\x41\\\n  b\"",
                    "'it''s'",
                    "\"\\/\"",
                    "'a\n  b'",
                    "a\n  b",
                    "\"é\\u00e9\"",
                    "\"\\q\""
                ])
            );
        }
        3 => {
            let header = chance.pick(&["|", ">", "|-", ">-", "|+", ">+", "|2", ">1", "|9"]);
            let _ = writeln!(out, " {header}{}", chance.pick(&["", " # c", " "]));
            for _ in 0..chance.below(4) {
                let more = chance.below(5);
                let _ = writeln!(
                    out,
                    "{}{}",
                    " ".repeat(indent + more),
                    chance.pick(&["text", "", "# no", "a: b", "- c", " deeper", "\tx"])
                );
            }
        }
        4 => {
            let _ = writeln!(out, " {}", flow(chance, 2));
        }
        5 | 6 => {
            out.push('\n');
            let step = 1 + chance.below(4);
            map(chance, indent + step, depth - 1, out);
        }
        _ => {
            out.push('\n');
            let indent = indent + chance.below(3);
            for _ in 0..=chance.below(3) {
                let _ = write!(out, "{}-", " ".repeat(indent));
                if chance.one_in(4) {
                    let _ = write!(out, " {}:", chance.pick(&["a", "b", "name"]));
                    value(chance, indent + 2, depth - 1, out);
                } else {
                    value(chance, indent + 1, depth - 1, out);
                }
            }
        }
    }
}

fn flow(chance: &mut Chance, depth: usize) -> String {
    match chance.below(if depth == 0 { 1 } else { 4 }) {
        0 => chance.pick_plain(SCALARS, 24).to_owned(),
        1 => {
            let items: Vec<String> = (0..chance.below(4)).map(|_| flow(chance, depth - 1)).collect();
            format!("[{}{}]", items.join(chance.pick(&[", ", ",", " ,\n "])), chance.pick(&["", ",", " "]))
        }
        _ => {
            let keys = ["a", "b", "\"c\"", "? a", "1", "a b", "*x", "<<"];
            let items: Vec<String> =
                (0..chance.below(4)).map(|_| format!("{}: {}", chance.pick(&keys), flow(chance, depth - 1))).collect();
            format!("{{{}}}", items.join(", "))
        }
    }
}

/// Returns the text with some characters changed, removed, inserted or duplicated.
fn mutated(chance: &mut Chance, text: &str) -> String {
    const PUT_IN: &[char] = &[
        '.',
        ',',
        '=',
        '{',
        '}',
        '[',
        ']',
        '\\',
        '"',
        '\'',
        ' ',
        '\n',
        '\t',
        ':',
        '-',
        '#',
        '&',
        '*',
        '!',
        '|',
        '>',
        '?',
        '%',
        '@',
        '`',
        '0',
        '9',
        'e',
        '\r',
        '\u{0}',
        '\u{7f}',
        '\u{85}',
        '\u{a0}',
        '\u{2028}',
        '\u{feff}',
        'é',
        '\u{1F600}',
        '~',
        '<',
        '_',
        '+',
        '/',
    ];
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=chance.below(4) {
        let at = chance.below(chars.len() + 1);
        let put = PUT_IN[chance.below(PUT_IN.len())];
        match chance.below(5) {
            0 if at < chars.len() => chars[at] = put,
            1 if at < chars.len() => {
                chars.remove(at);
            }
            2 if at < chars.len() => {
                let end = (at + 1 + chance.below(12)).min(chars.len());
                let piece: Vec<char> = chars[at..end].to_vec();
                let to = chance.below(chars.len() + 1);
                chars.splice(to..to, piece);
            }
            3 if at < chars.len() => chars.truncate(at),
            _ => chars.insert(at, put),
        }
    }
    chars.into_iter().collect()
}
