//! Compares reading and writing values files with Helm v4.2.4: each case has what the real `helm template` printed for `toYaml
//! .Values` and `toJson .Values`, or its error.

use mim_chart::diagnostic::Source;
use mim_chart::yaml::{self, Value};
use serde_json::Value as Json;

/// Inputs for which our answer differs on purpose.
struct Exception {
    holds: fn(&str) -> bool,
    why: &'static str,
}

/// These may apply to at most 2 % of the cases.
const EXCEPTIONS: &[Exception] = &[
    Exception {
        holds: |input| input.starts_with("\u{feff}\u{feff}"),
        why: "behind a second byte order mark, go-yaml skips the first character of every line; ours is text as any",
    },
    Exception {
        holds: |input| input.len() == 4096 && !input.ends_with('\n'),
        why: "Helm loses a last line without a line break if it is exactly as long as the buffer it is read into",
    },
];

fn cases() -> Vec<Json> {
    let mut cases: Vec<Json> =
        serde_json::from_str(include_str!("../cases/yaml/values.json")).expect("the file of cases is JSON");
    let found: Vec<Json> =
        serde_json::from_str(include_str!("../cases/yaml/found.json")).expect("the file of cases is JSON");
    cases.extend(found);
    cases
}

fn text<'a>(case: &'a Json, field: &str) -> Option<&'a str> {
    case.get(field)?.as_str()
}

/// Removes `line N: ` from a message: Helm's numbers restart at every `---`, are missing on line 1, and are sometimes off by one.
fn without_line(message: &str) -> String {
    let Some((before, after)) = message.split_once("line ") else { return message.to_owned() };
    let rest = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
    match rest.strip_prefix(": ") {
        Some(rest) if rest.len() < after.len() - 2 => format!("{before}{rest}"),
        _ => message.to_owned(),
    }
}

#[test]
fn values_files_match_helm() {
    let mut wrong = Vec::new();
    for case in cases() {
        let input = text(&case, "input").expect("every case has an input");
        if EXCEPTIONS.iter().any(|exception| (exception.holds)(input)) {
            continue;
        }
        let read = yaml::read_values(&Source::file("values.yaml", input));
        let (expected, ours) = match (text(&case, "error"), read) {
            (None, Ok(map)) => {
                let value = Value::Map(map);
                let yaml = yaml::write(&value).unwrap_or_default();
                let json = mim_chart::json::write(&value);
                let expected = (text(&case, "helm_toYaml"), text(&case, "helm_toJson"));
                (
                    format!("{}\n{}", expected.0.unwrap_or_default(), expected.1.unwrap_or_default()),
                    format!("{yaml}\n{json}"),
                )
            }
            (Some(error), Err(errors)) => {
                let helm = error.strip_prefix("Error: failed to parse values.yaml: ").expect("Helm's prefix");
                (without_line(helm), without_line(&errors[0].message))
            }
            (None, Err(errors)) => ("no error".to_owned(), errors[0].message.clone()),
            (Some(error), Ok(map)) => (error.to_owned(), yaml::write(&Value::Map(map)).unwrap_or_default()),
        };
        if expected != ours {
            wrong.push(format!("input: {input:?}\n helm: {expected:?}\n ours: {ours:?}\n"));
        }
    }
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.concat());
}

#[test]
fn few_rows_differ_from_helm() {
    let cases = cases();
    let is_exception = |input: &str| EXCEPTIONS.iter().any(|exception| (exception.holds)(input));
    let excepted = cases.iter().filter(|case| text(case, "input").is_some_and(is_exception)).count();
    assert!(excepted * 50 <= cases.len(), "{excepted} of {}", cases.len());
    assert!(EXCEPTIONS.iter().all(|exception| !exception.why.is_empty()));
}
