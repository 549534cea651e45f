//! What a real API server does with updates, recorded by `tests/cluster/updates`: which it refuses, and what of an object they change.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use mim_chart::diagnostic::Source;
use mim_chart::diff::{Comparison, ImpactLevel, Status, compare_sides, gather_secrets};
use mim_chart::kubernetes::read_objects;
use mim_chart::secrets::Gathering;
use serde_json::Value;

use crate::support::recorded::{list, object, text};

/// A sample of all kinds, always.
#[test]
fn diff_agrees_on_updates() {
    assert_right(10);
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn diff_agrees_on_all_updates() {
    assert_right(1);
}

/// What is claimed of an update, in the letters of the record.
fn claimed(compared: &Comparison, templates: &BTreeMap<&str, &str>) -> char {
    let Some(difference) = compared.differences.first() else { return 'S' };
    if difference.impacts.iter().any(|impact| impact.level == ImpactLevel::Rejected) {
        return 'R';
    }
    // What is asked for and kept as it is makes no difference to the object.
    let is_kept =
        difference.impacts.iter().any(|impact| impact.rule == "address-kept") && difference.changes.len() == 1;
    if difference.status == Status::Rewritten || is_kept {
        return 'S';
    }
    let template = templates.get(difference.id.kind.as_str());
    let is_template = |path: String| {
        template.is_some_and(|template| path.starts_with(template) || template.starts_with(&format!("{path}.")))
    };
    if difference.changes.iter().any(|change| is_template(change.path.to_string())) { 'T' } else { 'D' }
}

/// Checks every so-and-so-many-th of the recorded updates: nearly all are as claimed, and of those of a pod template all.
fn assert_right(every: usize) {
    let templates = BTreeMap::from([
        ("Deployment", "spec.template"),
        ("StatefulSet", "spec.template"),
        ("DaemonSet", "spec.template"),
        ("ReplicaSet", "spec.template"),
        ("ReplicationController", "spec.template"),
        ("Job", "spec.template"),
        ("CronJob", "spec.jobTemplate.spec.template"),
        ("PodTemplate", "template"),
    ]);
    let manifests: Vec<Value> = ["manifests.json", "unions.json"].into_iter().flat_map(fixture).collect();
    let file = object("diff/updates.json");
    let rows = list(&file["updates"]);
    assert!(rows.len() >= 5000, "only {} updates are recorded", rows.len());
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for row in rows.iter().step_by(every) {
        let manifest = &manifests[usize::try_from(row[0].as_u64().expect("a number")).expect("a number")];
        let old = changed(manifest, list(&row[1]));
        let new = changed(&old, list(&row[2]));
        let side =
            |object: &Value| read_objects(&Source::file("m.json", object.to_string()), "m.json").expect("an object");
        let (before, after) = (side(&old), side(&new));
        let mut gathering = Gathering::default().numbered();
        gather_secrets(before.iter().chain(&after), &mut gathering);
        let compared = compare_sides(&before, &after, &gathering.finish(), "default");
        // Two letters: what happens to an object that is put in the place of another, and to one that is applied over it, where that is
        // not the same. Either is an update.
        let happens = text(&row[3]);
        let says = claimed(&compared, &templates);
        tried += 1;
        // Whether a claim grows depends on its storage class, and that is what is said.
        let may_grow = compared.differences.iter().flat_map(|one| &one.impacts).any(|impact| impact.rule == "grows");
        if !(happens.contains(says) || may_grow && happens.contains('R')) {
            let kind = text(&manifest["kind"]);
            wrong.push(format!("{kind} {}: {} {}: {says} is claimed, and {happens} happens", row[0], row[1], row[2]));
        }
    }
    let share = 100.0 * (tried - wrong.len()) as f64 / tried as f64;
    println!("{tried} updates, {share:.2} % are as claimed\n{}", wrong.join("\n"));
    assert!(share >= 99.5, "{share:.2} % of {tried} updates are as claimed:\n{}", wrong.join("\n"));
    let of_templates = wrong.iter().filter(|line| line.contains("T is claimed") || line.contains("T happens"));
    assert_eq!(of_templates.collect::<Vec<_>>(), [""; 0]);
}

fn fixture(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster/fixtures").join(name);
    serde_json::from_slice(&fs::read(path).expect("manifests")).expect("JSON")
}

/// A manifest with recorded changes: a path, and what is put there; nothing takes away what is there.
fn changed(manifest: &Value, changes: &[Value]) -> Value {
    let mut result = manifest.clone();
    for change in changes {
        let (key, above) = list(&change[0]).split_last().expect("a path");
        let mut holder = &mut result;
        for step in above {
            holder = at(holder, step);
        }
        match (holder, change.get(1)) {
            (Value::Object(map), Some(value)) => drop(map.insert(text(key).to_owned(), value.clone())),
            (Value::Object(map), None) => drop(map.remove(text(key)).expect("the field")),
            (holder, Some(value)) => *at(holder, key) = value.clone(),
            (Value::Array(items), None) => drop(items.remove(index(key))),
            (scalar, _) => panic!("{scalar} has no fields"),
        }
    }
    result
}

fn at<'v>(holder: &'v mut Value, step: &Value) -> &'v mut Value {
    match step {
        Value::String(name) => &mut holder[name.as_str()],
        number => &mut holder[index(number)],
    }
}

fn index(number: &Value) -> usize {
    usize::try_from(number.as_u64().expect("an index")).expect("an index")
}
