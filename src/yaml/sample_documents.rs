//! Generates documents for tests of the YAML readers.

use proptest::prelude::*;

/// Generates a line and its change of indentation from the previous line. Most lines fit together, so that an invalid one
/// is usually the only one.
fn line() -> impl Strategy<Value = (i32, String)> {
    let step = prop::sample::select(vec![0, 0, 0, 0, 0, 2, 2, 2, 2, -2, -2, -4, 1, -1]);
    let dashes = prop::sample::select(vec!["", "", "", "", "", "- ", "- ", "- - ", "-  ", "-"]);
    let sound = prop::sample::select(vec![
        "a:",
        "b:",
        "a:",
        "b: |",
        "a: >-",
        "b: >",
        "a: b",
        "b: c d",
        "kind: A",
        "metadata:",
        "'a': 'b'",
        "\"b\": \"c\\n\"",
        "a: 'it''s",
        "b: \"c",
        "a: {}",
        "b: []",
        "a: [x, \"y\"] # c",
        "b: {a: x, \"b\": 'y'} # c",
        "a: {\"a\":{\"b\":[1,-2.5,{}]},\"b\":[[\"\\u003c\"]]}",
        "b: http://a:1/#b",
        "",
        "# c",
        "a: b # c",
        "text",
        "text more",
        "close'",
        "close\"",
        "a: ",
        "b: x:y",
        "kind: -1",
        "a.b/c: d",
        "- x",
        "'b'",
        "[a]",
        "|",
        "b: |+",
        "",
        "   ",
        "\u{e9}\u{2019}: b  ",
        "-",
    ]);
    let odd = prop::sample::select(vec![
        "b : c",
        "1: a",
        "y: b",
        "a: |2",
        "b: [a",
        "a: {a: b}",
        "b: {\"a\":{\"b\":1,\"b\":2}}",
        "b: {\"a\":[1}",
        "b: {\"a\":\"\\ud83d\"}",
        "b: c: d",
        "a: x:",
        "b: - c",
        "a: .inf",
        "b: -.inf",
        "a: &a b",
        "b: *a",
        "a: !!str b",
        "---",
        "...",
        "a: ~",
        "a: null",
        "%a",
        "@",
        "? b",
        "a: , b",
        "<<: a",
        "- ",
        "a:b",
        "a: 'b' c",
        "a: 'b': c",
        "b: \"\\q\"",
        "a: {b: 1, 'c': [d, {}], \"e\": f} # c",
        "b: {a, b}",
        "a: {b : c}",
        "b: [1.5, x y]",
        "b: [__a__, /b+c=d~$, e-]",
        "a: b\tc",
        "b:\tc",
        "# a\tb",
        "a: 'b\tc'",
        "\t",
        "--- a",
        "--- # c",
        "---a: b",
        "a: 2001-01-01",
        "b: 0x1F",
        "a: 1e3",
    ]);
    (step, dashes, prop_oneof![12 => sound, 1 => odd]).prop_map(|(step, dashes, text)| (step, [dashes, text].concat()))
}

/// Generates a document in block style, which may be invalid.
pub(super) fn document() -> impl Strategy<Value = String> {
    let lines = prop::collection::vec(line(), 1..12);
    (lines, "\n?").prop_map(|(lines, end)| joined(&lines) + &end)
}

fn joined(lines: &[(i32, String)]) -> String {
    let mut indent = 0;
    let indented = lines.iter().enumerate().map(|(at, (step, line))| {
        indent = if at == 0 { 0 } else { (indent + step).max(0) };
        " ".repeat(indent as usize) + line
    });
    indented.collect::<Vec<_>>().join("\n")
}
