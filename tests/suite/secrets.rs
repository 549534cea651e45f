//! Tests that no output format contains secrets, however they are written in manifests and messages.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mim_chart::diagnostic::{Diagnostic, Source, TextStyle, write_json, write_text};
use mim_chart::diff::{self, TextOptions, compare_sides, gather_secrets};
use mim_chart::json;
use mim_chart::kubernetes::{Object, read_objects};
use mim_chart::report::{self, Finding, Workspace};
use mim_chart::secrets::{Gathering, Secrets};
use mim_chart::yaml::Value;
use proptest::prelude::*;

fn quoted(text: &str) -> String {
    json::write(&Value::String(text.to_owned()))
}

fn url(text: &str) -> String {
    let byte =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(byte).collect()
}

/// Returns the ways in which a chart could write a secret.
fn spellings(secret: &str) -> Vec<String> {
    vec![
        secret.to_owned(),
        quoted(secret),
        quoted(&quoted(secret)),
        url(secret),
        secret.to_ascii_uppercase(),
        STANDARD.encode(secret),
        STANDARD.encode(format!("user:{secret}")),
        format!("postgres://user:{}@db/app", url(secret)),
        format!("[db]\n  dsn = {}\n", quoted(secret)),
    ]
}

fn manifests(secret: &str, name: &str) -> String {
    let mut text =
        format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData: {{a: {}}}\n", quoted(secret));
    text += &format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata:\n");
    for (index, spelling) in spellings(secret).iter().enumerate() {
        text += &format!("  k{index}: {}\n", quoted(spelling));
    }
    text + "---\napiVersion: v1\nkind: Service\nmetadata: {name: w}\nspec: {ports: [{port: 3}]}\n"
}

fn objects(text: &str) -> Vec<Object> {
    read_objects(&Source::file("m.yaml", text), "m.yaml").expect("objects")
}

fn secrets_of(objects: &[&[Object]]) -> Secrets {
    let mut gathering = Gathering::default().numbered();
    gather_secrets(objects.iter().copied().flatten(), &mut gathering);
    gathering.finish()
}

/// Generates a secret that is not part of anything else that is printed.
fn secret() -> impl Strategy<Value = String> {
    "zq7[ -~]{5,20}x".prop_filter("no white space twice", |text| !text.contains("  "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_form_of_a_comparison_shows_a_secret(old in secret(), new in secret()) {
        let (before, after) = (objects(&manifests(&old, "c")), objects(&manifests(&new, "c")));
        let other = objects(&manifests(&new, "d"));
        for (from, to) in [(&before, &after), (&before, &other), (&after, &Vec::new()), (&Vec::new(), &before)] {
            let secrets = secrets_of(&[from, to]);
            let compared = compare_sides(from, to, &secrets, "default");
            let forms = [
                diff::write_text(&compared, TextOptions { color: false, context: 3 }),
                diff::write_markdown(&compared, 3, 60_000),
                diff::write_json(&compared),
                diff::write_unified(&compared, 3),
            ];
            for form in forms {
                for spelling in spellings(&old).iter().chain(&spellings(&new)) {
                    let inside = spelling.trim().trim_matches('"');
                    prop_assert!(!form.contains(inside), "{inside} in {form}");
                }
                prop_assert!(!form.contains("zq7") && !form.contains("ZQ7"), "{form}");
            }
        }
    }

    #[test]
    fn no_form_of_findings_shows_a_secret(secret in secret()) {
        let text = manifests(&secret, "c");
        let source = Source::file("m.yaml", text.as_str());
        let secrets = secrets_of(&[&objects(&text)]);
        for spelling in spellings(&secret) {
            let at = text.find(&quoted(&spelling)).expect("it is there");
            let mut diagnostic = Diagnostic::error("schema", format!("Invalid value: {}: no", quoted(&spelling)))
                .at(source.span(at..at + 3), format!("this is '{spelling}'"))
                .at(source.whole(), "")
                .help(format!("not {spelling}"));
            secrets.hide([&mut diagnostic]);
            let texts = [write_text(std::slice::from_ref(&diagnostic), TextStyle::default()), write_json(&[diagnostic.clone()])];
            let finding = Finding { object: "ConfigMap/c".into(), nth: 0, path: "data".into(), diagnostic, file: None };
            let forms = [
                report::write_json(std::slice::from_ref(&finding)),
                report::write_sarif(std::slice::from_ref(&finding), &Workspace::default()),
                report::write_github(std::slice::from_ref(&finding), &Workspace::default()),
                report::write_junit("validate", &["ConfigMap/c".to_owned()], &[finding]),
            ];
            for form in texts.iter().chain(&forms) {
                let inside = spelling.trim().trim_matches('"');
                prop_assert!(!form.contains(inside), "{inside} in {form}");
                prop_assert!(!form.contains("zq7") && !form.contains("ZQ7"), "{form}");
            }
        }
    }
}
