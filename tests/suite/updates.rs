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
    assert_right(10, false);
}

/// The same where the first version is what the server gives of it.
#[test]
fn diff_agrees_on_updates_of_objects_of_a_cluster() {
    assert_right(3, true);
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn diff_agrees_on_all_updates() {
    assert_right(1, false);
    assert_right(1, true);
}

/// An object that a server gives is the manifest from which it was made, whichever way that was: `tests/cluster/live` recorded what is
/// added to it.
#[test]
fn objects_of_a_cluster_are_the_manifests_they_were_made_from() {
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
            let change = |change: &mim_chart::diff::Change| format!("{} {:?}", change.path, change.what);
            let changes: Vec<String> = difference.changes.iter().map(change).collect();
            wrong.push(format!("{} {}: {}", text(&manifest["kind"]), row[0], changes.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "{} of {} objects differ:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// Two versions of an object compared as `diff` does.
fn compared(old: &Value, new: &Value) -> Comparison {
    let side = |object: &Value| read_objects(&Source::file("m.json", object.to_string()), "m.json").expect("an object");
    let (before, after) = (side(old), side(new));
    let mut gathering = Gathering::default().numbered();
    gather_secrets(before.iter().chain(&after), &mut gathering);
    let namespace = old["metadata"]["namespace"].as_str().unwrap_or("default");
    compare_sides(&before, &after, &gathering.finish(), namespace)
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

/// Checks every so-and-so-many-th of the recorded updates: nearly all are as claimed, and of those of a pod template all. Of live objects
/// those count whose first version is a manifest of the fixtures.
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
    // The second one of each manifest is the one that was applied.
    let live: BTreeMap<usize, &[Value]> =
        list(&live["objects"]).iter().map(|row| (index(&row[0]), list(&row[1]))).collect();
    let (mut wrong, mut tried, mut of_each) = (Vec::new(), 0, [0, 0]);
    for row in rows.iter().step_by(every).filter(|row| !is_live || list(&row[1]).is_empty()) {
        let manifest = &manifests[index(&row[0])];
        let old = changed(manifest, list(&row[1]));
        let new = changed(&old, list(&row[2]));
        let old = if is_live { changed(&old, live[&index(&row[0])]) } else { old };
        let compared = compared(&old, &new);
        // Two letters: what happens to an object that is put in the place of another, and to one that is applied over it, where that is
        // not the same.
        let happens = text(&row[3]);
        let says = claimed(&compared, &templates);
        tried += 1;
        // Whether a claim grows depends on its storage class, and that is what is said.
        let may_grow = compared.differences.iter().flat_map(|one| &one.impacts).any(|impact| impact.rule == "grows");
        let is_right = |happens: char| happens == says || may_grow && happens == 'R';
        let ways = [happens.chars().next(), happens.chars().last()];
        for (wrong_in_way, happens) in of_each.iter_mut().zip(ways) {
            *wrong_in_way += usize::from(!happens.is_some_and(is_right));
        }
        if !happens.chars().any(is_right) {
            let kind = text(&manifest["kind"]);
            wrong.push(format!("{kind} {}: {} {}: {says} is claimed, and {happens} happens", row[0], row[1], row[2]));
        }
    }
    let share = |wrong: usize| 100.0 * (tried - wrong) as f64 / tried as f64;
    let [put, applied] = of_each.map(share);
    let summary =
        format!("{tried} updates: {put:.2} % of what is put, {applied:.2} % of what is applied is as claimed");
    println!("{summary}\n{}", wrong.join("\n"));
    // What is applied on the server's side keeps defaults and explicit nulls of the version before, which few manifests lead to.
    assert!(put >= 99.5 && applied >= 98.5, "{summary}:\n{}", wrong.join("\n"));
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
