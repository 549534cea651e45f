//! Tests that `tests/parity/COVERAGE.md` is complete: every flag that `helm template --help` lists has a row and is known here,
//! the parts of Helm's behavior are numbered without gaps, and every proof that a row names exists.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::support::command::run;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the cells of the table under a heading.
fn table(heading: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(root().join("tests/parity/COVERAGE.md")).expect("the table");
    let (_, rest) = text.split_once(&format!("## {heading}\n")).expect("the heading");
    let rows = rest.trim_start().lines().take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

fn flags() -> Vec<Value> {
    let text = std::fs::read_to_string(root().join("tests/cases/parity/flags.json")).expect("the recorded flags");
    let all: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    all[0]["helm"].as_array().expect("a list").clone()
}

fn name(flag: &Value) -> String {
    flag["name"].as_str().expect("a name").to_owned()
}

#[test]
fn every_flag_of_helm_has_a_row() {
    let recorded: Vec<String> = flags().iter().map(name).collect();
    assert!(recorded.len() >= 70, "{recorded:?}");
    let rows = table("Flags of `helm template`");
    let named = rows.iter().map(|row| row[0].split("`--").nth(1).expect("a flag").trim_end_matches('`').to_owned());
    assert_eq!(named.collect::<Vec<_>>(), recorded);
}

#[test]
fn every_row_has_a_reason_and_a_proof() {
    for heading in ["Flags of `helm template`", "Behavior"] {
        for row in table(heading) {
            let [.., verdict, other, proof] = &row[..] else { panic!("{row:?}") };
            assert!(["same", "better", "not yet"].contains(&verdict.as_str()), "{row:?}");
            assert!(verdict == "same" || !other.is_empty(), "{row:?}");
            assert!(root().join(proof).exists(), "{row:?}");
        }
    }
}

#[test]
fn every_row_about_mongooseim_has_a_proof() {
    let rows = table("MongooseIM's configuration");
    assert!(rows.len() > 5, "{rows:?}");
    for row in rows {
        let [_, verdict, what, proof] = &row[..] else { panic!("{row:?}") };
        assert!(["same", "not verified"].contains(&verdict.as_str()) && !what.is_empty(), "{row:?}");
        assert!(root().join(proof).exists(), "{row:?}");
    }
}

#[test]
fn behaviour_rows_are_numbered_without_gaps() {
    let numbers: Vec<(u32, u32)> = table("Behavior")
        .iter()
        .map(|row| row[0].split_once('.').unwrap_or((&row[0], "0")))
        .map(|(part, rule)| (part.parse().expect("a number"), rule.parse().expect("a number")))
        .collect();
    for pair in numbers.windows(2) {
        let [(part, rule), next] = pair else { unreachable!() };
        assert!([(*part, rule + 1), (part + 1, 1), (part + 1, 0)].contains(next), "{pair:?}");
    }
    let parts: BTreeSet<u32> = numbers.iter().map(|(part, _)| *part).collect();
    assert_eq!(parts, (1..=8).collect());
}

/// Flags that the table calls the same or better are accepted, unless it says that they are refused. Flags that it calls not yet
/// supported are refused, or a warning says that they have no effect.
#[test]
fn flags_behave_as_their_rows_say() {
    for (flag, row) in flags().iter().zip(table("Flags of `helm template`")) {
        let name = name(flag);
        let value = match name.as_str() {
            "help" | "output-dir" | "values" | "set-file" | "show-only" => continue,
            "color" | "colour" => Some("never"),
            "dry-run" => Some("client"),
            "wait" => Some("watcher"),
            "labels" | "set" | "set-string" | "set-literal" => Some("a=b"),
            "set-json" => Some("a=1"),
            "kube-version" => Some("1.30.0"),
            "version" => Some(">=0.1.0"),
            "timeout" => Some("5m"),
            "name-template" => Some("{{ 1 }}"),
            "burst-limit" | "qps" => Some("1"),
            "post-renderer" => Some("cat"),
            _ => (flag["takes"] != "").then_some("x"),
        };
        let argument = value.map_or(format!("--{name}"), |value| format!("--{name}={value}"));
        let output = run(root(), &["template", &argument]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        if row[1] == "better" && row[2].starts_with("refused") {
            assert!(!output.status.success(), "{argument}: {stderr}");
        } else if row[1] == "not yet" {
            assert!(!output.status.success() || stderr.contains("no effect"), "{argument}: {stderr}");
        } else {
            assert!(output.status.success(), "{argument}: {stderr}");
        }
    }
}
