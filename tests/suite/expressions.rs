//! Compares CEL expressions in rules of CustomResourceDefinitions with the results of a real API server, recorded by
//! `tests/cluster/expressions`.

use std::fs;

use serde_json::{Value, json};

use crate::support::command::run;
use crate::support::recorded::{list, object, text};

/// Returns the definition of a kind whose `spec` has rules. The message of each rule contains its number.
fn definition(schema: &Value, rules: &[&str]) -> Value {
    let rule = |(number, rule): (usize, &&str)| json!({"rule": rule, "message": format!("rule {number}")});
    let mut spec = schema.clone();
    spec["x-kubernetes-validations"] = rules.iter().enumerate().map(rule).collect();
    let schema = json!({"type": "object", "properties": {"spec": spec}});
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "rules.rules.example.com"},
        "spec": {
            "group": "rules.example.com", "scope": "Cluster", "names": {"kind": "Rule", "plural": "rules"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}}],
        },
    })
}

/// Returns the findings on manifests in a folder.
fn findings(files: &[(&str, &Value)], flags: &[&str]) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, manifest) in files {
        fs::write(folder.path().join(name), manifest.to_string()).expect("a manifest");
    }
    let output = run(folder.path(), &[&["validate", "-o", "json"], flags].concat());
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    list(&report["findings"]).to_vec()
}

#[test]
fn expressions_evaluate_as_on_the_api_server() {
    let file = object("validate/expressions.json");
    let rows: Vec<(&str, &str)> = list(&file["outcomes"]).iter().map(|row| (text(&row[0]), text(&row[1]))).collect();
    assert!(rows.len() >= 600, "only {} expressions are recorded", rows.len());
    let taken: Vec<(&str, &str)> = rows.into_iter().filter(|(_, outcome)| !outcome.starts_with("refused")).collect();
    let rules: Vec<&str> = taken.iter().map(|(rule, _)| *rule).collect();
    let manifest =
        json!({"apiVersion": "rules.example.com/v1", "kind": "Rule", "metadata": {"name": "x"}, "spec": file["spec"]});
    let definition = definition(&file["schema"], &rules);
    let found = findings(&[("crd.json", &definition), ("m.json", &manifest)], &["m.json", "--crds", "crd.json"]);
    let messages: Vec<&str> = found.iter().map(|finding| text(&finding["message"])).collect();
    let mut wrong = Vec::new();
    for (number, (rule, outcome)) in taken.iter().enumerate() {
        let end = format!("rule {number}");
        let message = messages
            .iter()
            .filter_map(|message| message.strip_suffix(&end))
            .find(|message| message.ends_with(": ") || message.ends_with(' '));
        let own = match message.map(|message| message.trim_start_matches("Rule/x: spec: ")) {
            None => "holds".to_owned(),
            Some("") => "broken".to_owned(),
            Some(message) => format!(
                "fails: {}",
                message.trim_end().trim_end_matches("evaluating rule:").trim_end_matches("for rule:").trim_end()
            ),
        };
        if own != outcome.trim_end() {
            wrong.push(format!("{rule}: {own}; the server: {outcome}"));
        }
    }
    for message in messages.iter().filter(|message| message.contains("not evaluated")) {
        wrong.push((*message).to_owned());
    }
    assert!(wrong.is_empty(), "{} of {} expressions:\n{}", wrong.len(), taken.len(), wrong.join("\n"));
}

#[test]
fn definitions_are_rejected_as_by_the_api_server() {
    let file = object("validate/expressions.json");
    let rows: Vec<(&str, &str)> = list(&file["outcomes"]).iter().map(|row| (text(&row[0]), text(&row[1]))).collect();
    let rules: Vec<&str> = rows.iter().map(|(rule, _)| *rule).collect();
    let found = findings(&[("crd.json", &definition(&file["schema"], &rules))], &["crd.json"]);
    let messages: Vec<&str> = found.iter().map(|finding| text(&finding["message"])).collect();
    let (mut wrong, mut refused, mut same) = (Vec::new(), 0, 0);
    for (number, (rule, outcome)) in rows.iter().enumerate() {
        let place = format!("x-kubernetes-validations[{number}].rule: ");
        let own = messages.iter().find_map(|message| Some(message.split_once(&place)?.1));
        // The cost of a rule is not estimated here.
        let server = outcome.strip_prefix("refused: ").filter(|reason| !reason.contains("exceeds budget"));
        match (own, server) {
            (Some(own), Some(server)) => {
                refused += 1;
                // The server generates a type name for `self` each time, and shows the whole rule.
                let digits = |c: char| c.is_ascii_digit();
                let named: Vec<&str> = server.split("selfType").collect();
                let server: Vec<&str> = named.iter().map(|part| part.trim_start_matches(digits)).collect();
                let server = server.join("selfType");
                let end = if server.starts_with("Invalid value: {") { "must evaluate to a bool" } else { &server };
                same += usize::from(own.contains(end));
            }
            (None, None) => {}
            (own, _) => wrong.push(format!("{rule}: {own:?}; the server: {outcome}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {} expressions:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    // The parser's messages are worded differently.
    assert!(refused >= 280 && same * 100 >= refused * 90, "{same} of {refused} messages are those of the server");
}
