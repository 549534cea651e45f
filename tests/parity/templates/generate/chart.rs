//! Generates the files of a chart.

use std::fmt::Write;

use super::chance::Chance;
use super::{NAMES, Writer, literals};
use crate::Case;

/// Generates a chart with one to three templates, and sometimes a subchart.
pub fn chart(writer: &mut Writer<'_>) -> Case {
    let mut files = vec![("Chart.yaml".to_owned(), metadata(writer.chance, "c"))];
    let has_subchart = writer.chance.one_in(8);
    let text = values_template(writer);
    writer.defined.clear();
    let mut own = values(writer.chance, &text);
    if has_subchart {
        own.push_str("s: {s: \"from the parent\", m: {n: 7}}\n");
    }
    files.push(("values.yaml".to_owned(), own));
    if writer.chance.one_in(3) {
        files.push((
            "f.txt".to_owned(),
            writer.chance.pick(&["one\ntwo\n", "", "x", "é\r\n", "{{ .Values.s }}"]).to_owned(),
        ));
    }
    add_templates(writer, "", &mut files);
    if has_subchart {
        files.push(("charts/s/Chart.yaml".to_owned(), metadata(writer.chance, "s")));
        let values = values(writer.chance, "{{ .Chart.Name }}");
        files.push(("charts/s/values.yaml".to_owned(), values));
        add_templates(writer, "charts/s/", &mut files);
    }
    if writer.chance.one_in(14) {
        let templates: Vec<usize> = (0..files.len()).filter(|at| files[*at].0.contains("templates/")).collect();
        let at = templates[writer.chance.below(templates.len())];
        files[at].1 = changed(writer.chance, &files[at].1);
    }
    Case { files }
}

/// Generates the text of `.Values.t`. It does not include templates or use itself, because templates run it.
fn values_template(writer: &mut Writer<'_>) -> String {
    (writer.rank, writer.nesting) = (NAMES.len(), 1);
    let text = writer.inner_text();
    (writer.rank, writer.nesting) = (0, 0);
    text
}

fn metadata(chance: &mut Chance, name: &str) -> String {
    let mut text = format!("apiVersion: v2\nname: {name}\nversion: 0.1.0\n");
    if chance.one_in(4) {
        text.push_str("appVersion: \"1.16.0\"\nkeywords: [a, b]\nannotations: {k: v, a: \"1\"}\nmaintainers: [{name: n, email: e}]\n");
    }
    if name == "s" && chance.one_in(12) {
        text.push_str("type: library\n");
    }
    text
}

fn add_templates(writer: &mut Writer<'_>, folder: &str, files: &mut Vec<(String, String)>) {
    let mut partial = String::from("{{ define \"leaf\" }}leaf {{ . | typeOf }}{{ end }}\n");
    for _ in 0..NAMES.len() {
        partial.push_str(&writer.definition());
    }
    writer.defined.clear();
    // Every name is defined at least once, even if the definitions above left it out.
    if folder.is_empty() {
        let all: String =
            NAMES.iter().map(|name| format!("{{{{ define \"{name}\" }}}}{name} of z{{{{ end }}}}")).collect();
        files.push(("templates/zz/_all.tpl".to_owned(), all));
    }
    files.push((format!("{folder}templates/_helpers.tpl"), partial));
    let names = ["a.yaml", "b.yaml", "sub/c.yaml", "NOTES.txt", "_p.tpl"];
    for at in 0..=(writer.chance.below(5) / 2) {
        let name = if at == 0 { "a.yaml" } else { names[writer.chance.below(names.len())] };
        let path = format!("{folder}templates/{name}");
        if files.iter().all(|(known, _)| *known != path) {
            let text = writer.file();
            writer.defined.clear();
            files.push((path, text));
        }
    }
}

/// Generates values in which the fields that expressions use have the right kinds.
fn values(chance: &mut Chance, template: &str) -> String {
    let mut out = String::new();
    let mut text = |out: &mut String, key: &str| {
        let word = literals::word(chance);
        let _ = writeln!(out, "{key}: {}", json(word));
    };
    text(&mut out, "s");
    text(&mut out, "s2");
    let _ = writeln!(out, "t: {}", json(template));
    let integer = chance.pick(&["3", "0", "-4", "42", "1000000", "2147483648"]);
    let number = chance.pick(&["1.5", "-0.25", "2.675", "1e21", "100000.5", "1e-7", "0.1", "3.0"]);
    let _ =
        writeln!(out, "i: {integer}\nf: {number}\nbig: 12345678901234567890\nz: 0\nyep: true\nnay: false\nnull_: null");
    let list = chance.pick(&["[3, 1, 2]", "[1, 2.5, -3, 1]", "[a, 1, true, null]", "[1]"]);
    let strings = chance.pick(&["[pear, apple, fig, apple]", "[é, \"\", B, a]", "[\"10\", \"9\", x]"]);
    let _ = writeln!(
        out,
        "l: {list}\nls: {strings}\nll: [[1, 2], [3]]\nle: []\nln: [null, 1]\nlm: [{{a: 1}}, {{a: 2, b: x}}]"
    );
    let map = chance.pick(&[
        "{s: text, n: 5, a: {x: q}, b: [1, 2], l: [z]}",
        "{b: 1, a: {x: q, y: {z: 1}}, s: \"\", n: 0.5, l: []}",
        "{\"two words\": 1, \"10\": x, \"9\": y, s: s, n: 1, l: [{k: v}]}",
    ]);
    let _ =
        writeln!(out, "m: {map}\nmm: {{x: {{y: {{z: 1}}}}, l: [1, {{a: b}}]}}\nme: {{}}\nglobal: {{g: everywhere}}");
    out
}

/// Returns a text as JSON, which is also YAML.
fn json(text: &str) -> String {
    serde_json::to_string(text).expect("a string is JSON")
}

/// Returns a text with something removed, inserted or moved.
fn changed(chance: &mut Chance, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=chance.below(2) {
        if chars.is_empty() {
            break;
        }
        let at = chance.below(chars.len());
        match chance.below(4) {
            0 => drop(chars.drain(at..(at + 1 + chance.below(4)).min(chars.len()))),
            1 => {
                let piece = chance.pick(&[
                    "{{",
                    "}}",
                    "\"",
                    "`",
                    "(",
                    ")",
                    "|",
                    ".",
                    "$",
                    "{{ end }}",
                    "{{ else }}",
                    " ",
                    ":=",
                    "=",
                    ",",
                    "'",
                    "-",
                    "\n",
                    "/*",
                    "*/",
                    "{{ break }}",
                    "{{ nope }}",
                    "!",
                    "nil",
                    "é",
                    "\u{1}",
                    "if",
                    "1",
                    "_",
                    "{{ else if true }}",
                    "{{- ",
                    " -}}",
                    "\\",
                    "@",
                    ";",
                ]);
                chars.splice(at..at, piece.chars());
            }
            2 => {
                let piece: Vec<char> = chars[at..(at + 1 + chance.below(8)).min(chars.len())].to_vec();
                // Digits are not duplicated: a longer number could become a loop count.
                if piece.iter().all(|character| !character.is_ascii_digit()) {
                    let to = chance.below(chars.len());
                    chars.splice(to..to, piece);
                }
            }
            _ => chars.truncate(at),
        }
    }
    chars.into_iter().collect()
}
