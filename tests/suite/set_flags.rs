//! Compares value flags with Helm: `cases/set/cases.json`, recorded from Helm by `tests/parity/record_set_flags`.

use std::path::Path;

use mim_chart::diagnostic::{Diagnostic, Source};
use mim_chart::io::Inputs;
use mim_chart::values::{Layer, LayerKind, merge_layers};
use mim_chart::yaml::{Value, write};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

#[test]
fn set_flags_match_helm() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/set");
    let text = std::fs::read_to_string(folder.join("cases.json")).expect("the recorded cases are there");
    let cases: Vec<Json> = serde_json::from_str(&text).expect("the recorded cases are JSON");
    assert!(cases.len() > 700);
    // `--set-file` reads below the current directory. No other test in this binary depends on it.
    std::env::set_current_dir(&folder).expect("the folder of the cases can be entered");
    let wrong: Vec<String> = cases.iter().filter_map(difference).collect();
    assert!(wrong.is_empty(), "{} of {} cases differ:\n{}", wrong.len(), cases.len(), wrong.concat());
}

/// Describes how our answer differs from Helm's, if it does. Values must be equal; our error must contain
/// Helm's message and have a place.
fn difference(case: &Json) -> Option<String> {
    let answer = merge_layers(&layers(case), &Inputs::new());
    let values = answer.as_ref().map(|map| write(&Value::Map(map.clone())).unwrap_or_default());
    let same = match (&case["error"], &case["yaml"], &case["yaml_sha256"], &values) {
        (Json::String(helm), _, _, Err(errors)) => errors.iter().any(|error| has_message(error, helm)),
        (_, Json::String(helm), _, Ok(yaml)) => helm == yaml,
        (_, _, Json::String(helm), Ok(yaml)) => *helm == digest(yaml),
        _ => false,
    };
    (!same).then(|| format!("{case}\n  ours: {values:?}\n"))
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn has_message(error: &Diagnostic, helm: &str) -> bool {
    let helm = helm.strip_prefix("Error: ").unwrap_or(helm);
    error.is_error() && error.message.contains(helm) && !error.labels.is_empty()
}

/// Returns the layers of a case's command line, as `cli` creates them.
fn layers(case: &Json) -> Vec<Layer> {
    let arguments = case["arguments"].as_array().expect("a case has arguments");
    let text = |json: &Json| json.as_str().expect("an argument is text").to_owned();
    let layer = |pair: &[Json]| {
        let [flag, argument] = pair else { panic!("flags and arguments take turns: {case}") };
        let (flag, argument) = (text(flag), text(argument));
        let kind = match flag.as_str() {
            "-f" => LayerKind::File,
            "--set-json" => LayerKind::SetJson,
            "--set" => LayerKind::Set,
            "--set-string" => LayerKind::SetString,
            "--set-file" => LayerKind::SetFile,
            "--set-literal" => LayerKind::SetLiteral,
            _ => panic!("unknown flag {flag}"),
        };
        let source = match kind {
            LayerKind::File => Source::file(&*argument, text(&case["files"][&argument])),
            _ => Source::flag(flag, argument),
        };
        Layer::new(kind, source)
    };
    arguments.chunks(2).map(layer).collect()
}
