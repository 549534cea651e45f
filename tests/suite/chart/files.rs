//! Tests that users' files are included byte for byte: whatever they contain, reading the manifest returns it, and no template
//! interprets it.

use std::path::PathBuf;

use super::rendering::{Rendered, render_with};

const KEYS: [(&str, &str); 4] = [
    ("mimConfig", "mongooseim.toml"),
    ("vmConfig", "vm.args"),
    ("appConfig", "app.config"),
    ("vmDistConfig", "vm.dist.args"),
];

/// Texts that YAML, templates or trimming could change.
const HARD: &[&str] = &[
    "plain\n",
    "no line break at the end",
    "\n",
    "\n\n\n",
    "ends in empty lines\n\n\n",
    "\n\nbegins with empty lines\n",
    "a\n\n\n\nb\n\n\nc\n",
    "CRLF\r\nsecond\r\n",
    "CR\ralone",
    "mixed\r\nand\nand\r",
    "{{ Values.nodeName }} {% if x %} {# no #}\n",
    "[{kernel, [{a, {{b, c}, d}}]}].\n",
    "  leading spaces\nless\n",
    "\tleading tab\n\tand\n",
    "trailing spaces  \nhere \n \n",
    "only at the end  ",
    "   \n",
    " ",
    "--- \n---\n...\n# Source: x\n",
    "a: b\n- c\n? d\n",
    "\u{feff}mark of byte order\n",
    "żółć 😀 \u{2028} \u{85} \u{a0}\n",
    "\u{1}\u{7f}\u{9b}\n",
    "%YAML 1.2\n",
    "\"quoted\" 'both' \\ \\n $HOME ${x} $(y)\n",
    "null",
    "true\n",
    "0x1F",
    "# comment only",
    "|+\n  block\n",
    "x                                                                                                                y z\n",
];

/// Renders the chart with one file for each key.
fn placed(texts: [&str; 4], more: &[&str]) -> Rendered {
    let folder = tempfile::tempdir().expect("a folder");
    let mut arguments: Vec<String> = more.iter().map(|argument| (*argument).to_owned()).collect();
    arguments.push("--skip-schema-validation".to_owned());
    for ((key, name), text) in KEYS.iter().zip(texts) {
        let path: PathBuf = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        arguments.extend(["--set-file".to_owned(), format!("{key}={}", path.display())]);
    }
    render_with(&arguments)
}

fn check(texts: [&str; 4]) {
    for more in [&[][..], &["--set", "configInSecret=true"]] {
        let rendered = placed(texts, more);
        for ((_, name), text) in KEYS.iter().zip(texts) {
            assert_eq!(rendered.file(name).as_deref(), Some(text), "{name} with {more:?}");
        }
    }
}

#[test]
fn difficult_strings_survive_rendering() {
    for index in 0..HARD.len() {
        let text = |offset: usize| HARD[(index + offset) % HARD.len()];
        check([text(0), text(7), text(13), text(19)]);
    }
}

#[test]
fn random_strings_survive_rendering() {
    // Pieces that are difficult in YAML, combined in an order that is the same in each run.
    let pieces = [
        "\n", "\n\n", " ", "  ", "\t", "\r\n", "a", "b:", "- ", "#", "'", "\"", "{{", "}}", "é", ": ", "|", ">", "---",
        "!",
    ];
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for _ in 0..40 {
        let mut text = || {
            let length = next() % 12 + 1;
            (0..length).map(|_| pieces[(next() % pieces.len() as u64) as usize]).collect::<String>()
        };
        let (a, b, c, d) = (text(), text(), text(), text());
        check([&a, &b, &c, &d]);
    }
}

#[test]
fn extra_configuration_is_added_verbatim() {
    let extra = "[modules.mod_time]\n# {{ no template }}   \n\n";
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("extra.toml");
    std::fs::write(&path, extra).expect("a file");
    let rendered = render_with(&["--set-file".to_owned(), format!("extraMimConfig={}", path.display())]);
    let text = rendered.file("mongooseim.toml").expect("mongooseim.toml");
    assert!(text.ends_with(&format!("\n{extra}")), "{text}");
}
