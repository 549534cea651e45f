//! Compares updates of custom resources whose rules use `oldSelf` with a real API server, recorded by
//! `tests/cluster/transitions`.

use std::collections::BTreeSet;

use mim_chart::cel::Limits;
use mim_chart::diagnostic::{Severity, Source};
use mim_chart::kubernetes::{Object, read_objects};
use mim_chart::validate::{check_update, custom_kinds};
use serde_json::{Value, json};

use crate::support::recorded::{list, object, text};

fn read(manifest: &Value) -> Vec<Object> {
    read_objects(&Source::file("m.json", manifest.to_string()), "m.json").expect("an object")
}

/// Returns a version of a room. A null spec is left out.
fn room(spec: &Value) -> Vec<Object> {
    let mut room =
        json!({"apiVersion": "transitions.example.com/v1", "kind": "Room", "metadata": {"name": "r"}, "spec": spec});
    if spec.is_null() {
        room.as_object_mut().expect("an object").remove("spec");
    }
    read(&room)
}

#[test]
fn transition_rules_reject_the_updates_that_the_api_server_rejects() {
    let file = object("diff/transitions.json");
    let kinds = custom_kinds(&read(&file["definition"]));
    let (specs, rows) = (list(&file["specs"]), list(&file["updates"]));
    assert!(rows.len() >= 250, "only {} updates are recorded", rows.len());
    let spec = |number: &Value| room(&specs[usize::try_from(number.as_u64().expect("a number")).expect("a number")]);
    let (mut wrong, mut refused) = (Vec::new(), 0);
    for row in rows {
        let (old, new) = (spec(&row[0]), spec(&row[1]));
        let findings = check_update(&old[0], &new[0], &kinds, &Limits::default());
        assert!(findings.iter().all(|finding| finding.diagnostic.severity == Severity::Error), "{findings:?}");
        let plain = |path: &str, message: &str| format!("{path}: {}", message.trim_start_matches("Invalid value: "));
        let own: BTreeSet<String> = findings
            .iter()
            .map(|finding| {
                let message = &finding.diagnostic.message;
                plain(&finding.path, message.trim_start_matches(&format!("{}: ", finding.path)))
            })
            .collect();
        // The server shows map keys in brackets, and has no path for the root.
        let path =
            |cause: &Value| text(&cause[0]).replace("labels[", "labels.").replace("k]", "k").replace("<nil>", "");
        let server: BTreeSet<String> = list(&row[2]).iter().map(|cause| plain(&path(cause), text(&cause[1]))).collect();
        refused += usize::from(!server.is_empty());
        if own != server {
            wrong.push(format!("{row}: {own:?}; the server: {server:?}"));
        }
    }
    assert!(refused >= 100, "only {refused} updates are refused");
    assert!(wrong.is_empty(), "{} of {} updates:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}
