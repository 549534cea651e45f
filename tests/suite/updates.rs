//! Compares updates with a real API server, recorded by `tests/cluster/updates`: which ones it rejects, and
//! what they change in an object.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use mim_chart::diagnostic::Source;
use mim_chart::diff::{Comparison, ImpactLevel, Status, compare_sides, gather_secrets};
use mim_chart::kubernetes::read_objects;
use mim_chart::secrets::Gathering;
use serde_json::Value;

use crate::support::recorded::{list, object, text};

/// A sample of all kinds, which is always tested.
#[test]
fn diff_agrees_on_updates() {
    assert_right(10, false);
}

/// The same, with the first version as the server returns it.
#[test]
fn diff_agrees_on_updates_of_live_objects() {
    assert_right(3, true);
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn diff_agrees_on_all_updates() {
    assert_right(1, false);
    assert_right(1, true);
}

/// The manifest that the server returns for an object equals the one that created it, whichever way it was created.
/// `tests/cluster/live` recorded what the server adds.
#[test]
fn live_objects_equal_the_manifests_they_were_created_from() {
    let manifests: Vec<Value> = ["manifests.json", "unions.json"].into_iter().flat_map(fixture).collect();
    let file = object("diff/live.json");
    let rows = list(&file["objects"]);
    assert!(rows.len() >= 2 * manifests.len(), "only {} objects are recorded", rows.len());
    let mut wrong = Vec::new();
    for row in rows {
        let manifest = &manifests[index(&row[0])];
        let live = changed(manifest, list(&row[1]));
        let compared = compared(&live, manifest);
        for difference in &compared.differences {
            let change = |change: &mim_chart::diff::Change| format!("{} {:?}", change.path, change.kind);
            let changes: Vec<String> = difference.changes.iter().map(change).collect();
            wrong.push(format!("{} {}: {}", text(&manifest["kind"]), row[0], changes.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "{} of {} objects differ:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// Compares two versions of an object as `diff` does.
fn compared(old: &Value, new: &Value) -> Comparison {
    let side = |object: &Value| read_objects(&Source::file("m.json", object.to_string()), "m.json").expect("an object");
    let (before, after) = (side(old), side(new));
    let mut gathering = Gathering::default().numbered();
    gather_secrets(before.iter().chain(&after), &mut gathering);
    let namespace = old["metadata"]["namespace"].as_str().unwrap_or("default");
    compare_sides(&before, &after, &gathering.finish(), namespace)
}

/// Returns what `diff` claims about an update, as a letter of the record.
fn claimed(compared: &Comparison, templates: &BTreeMap<&str, &str>) -> char {
    let Some(difference) = compared.differences.first() else { return 'S' };
    if difference.impacts.iter().any(|impact| impact.level == ImpactLevel::Rejected) {
        return 'R';
    }
    // A requested field that the server keeps as it is does not change the object.
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

/// Checks every `every`-th recorded update. Nearly all claims must be right, and all those about pod templates. Of live objects,
/// only updates whose first version is an unchanged fixture are used.
fn assert_right(every: usize, is_live: bool) {
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
    let live = object("diff/live.json");
    // The second row of each manifest is the one that was applied.
    let live: BTreeMap<usize, &[Value]> =
        list(&live["objects"]).iter().map(|row| (index(&row[0]), list(&row[1]))).collect();
    let (mut wrong, mut tried, mut of_each) = (Vec::new(), 0, [0, 0]);
    for row in rows.iter().step_by(every).filter(|row| !is_live || list(&row[1]).is_empty()) {
        let manifest = &manifests[index(&row[0])];
        let old = changed(manifest, list(&row[1]));
        let new = changed(&old, list(&row[2]));
        let old = if is_live { changed(&old, live[&index(&row[0])]) } else { old };
        let compared = compared(&old, &new);
        // One letter for an object that is replaced, and a second one for server-side apply if that has a different result.
        let happens = text(&row[3]);
        let claim = claimed(&compared, &templates);
        tried += 1;
        // Whether a claim can grow depends on its storage class, as `diff` says.
        let may_grow = compared.differences.iter().flat_map(|one| &one.impacts).any(|impact| impact.rule == "grows");
        let is_right = |happens: char| happens == claim || may_grow && happens == 'R';
        let ways = [happens.chars().next(), happens.chars().last()];
        for (wrong_in_way, happens) in of_each.iter_mut().zip(ways) {
            *wrong_in_way += usize::from(!happens.is_some_and(is_right));
        }
        if !happens.chars().any(is_right) {
            let kind = text(&manifest["kind"]);
            wrong.push(format!("{kind} {}: {} {}: {claim} is claimed, and {happens} happens", row[0], row[1], row[2]));
        }
    }
    let share = |wrong: usize| 100.0 * (tried - wrong) as f64 / tried as f64;
    let [put, applied] = of_each.map(share);
    let summary =
        format!("{tried} updates: {put:.2} % of what is put, {applied:.2} % of what is applied is as claimed");
    println!("{summary}\n{}", wrong.join("\n"));
    // Server-side apply keeps defaults and explicit nulls of the previous version, which few manifests contain.
    assert!(put >= 99.5 && applied >= 98.5, "{summary}:\n{}", wrong.join("\n"));
    let of_templates = wrong.iter().filter(|line| line.contains("T is claimed") || line.contains("T happens"));
    assert_eq!(of_templates.collect::<Vec<_>>(), [""; 0]);
}

fn fixture(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster/fixtures").join(name);
    serde_json::from_slice(&fs::read(path).expect("manifests")).expect("JSON")
}

/// Applies recorded changes to a manifest: each is a path and the new value, or no value to delete the old one.
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
