//! Compares `validate` and `diff` with the verdicts of a real API server: which manifests it accepts, and what a change
//! does to an object. `tests/cluster/verdicts --record` and `tests/cluster/impact --record` recorded them; CI checks
//! the records against the server.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use mim_chart::kubernetes::Schema;
use serde_json::{Value, json};

use crate::support::command::run;
use crate::support::recorded::{cases, list, object, text};

/// A manifest and the server's verdict.
struct Verdict {
    name: String,
    manifest: String,
    accepted: bool,
    message: String,
    /// Why mim-chart's verdict differs, if it does.
    differs: Option<String>,
}

#[test]
fn validate_agrees_with_the_api_server() {
    let file = object("validate/verdicts.json");
    let (valid, rows) = (list(&file["valid"]), list(&file["verdicts"]));
    assert!(rows.len() >= 900, "only {} verdicts are recorded", rows.len());
    let verdict = |row: &Value| recorded(row, changed(&valid[index(&row["of"])], &row["change"]).to_string());
    let crds = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster/fixtures/crds.yaml");
    let verdicts: Vec<Verdict> = rows.iter().map(verdict).collect();
    assert_same(&verdicts, &["--crds", crds.to_str().expect("UTF-8")]);
}

/// Changes written for single rules, each with one mistake or at one edge, recorded by `tests/cluster/written --record`.
#[test]
fn validate_agrees_on_written_changes() {
    let file = object("validate/written.json");
    let (valid, rows) = (list(&file["valid"]), list(&file["verdicts"]));
    assert!(rows.len() >= 740, "only {} verdicts are recorded", rows.len());
    let verdict = |row: &Value| recorded(row, changed(&valid[index(&row["of"])], &row["change"]).to_string());
    let verdicts: Vec<Verdict> = rows.iter().map(verdict).collect();
    assert_same(&verdicts, &[]);
}

/// Common mistakes, one in each manifest, and manifests that are just right.
#[test]
fn validate_agrees_on_mistakes() {
    let rows = cases("validate/mistakes.json", 179);
    let verdicts: Vec<Verdict> = rows.iter().map(|row| recorded(row, text(&row["manifest"]).to_owned())).collect();
    assert_same(&verdicts, &[]);
}

/// Returns the manifests that recorded changes apply to.
fn fixtures() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster/fixtures");
    let read = |name: &str| -> Vec<Value> {
        serde_json::from_slice(&fs::read(folder.join(name)).expect("manifests")).expect("JSON")
    };
    ["manifests.json", "places.json"].into_iter().flat_map(read).collect()
}

/// Manifests of all built-in kinds with one random change each, recorded by `tests/cluster/mutations --record`.
#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn validate_agrees_on_mutations() {
    let manifests = fixtures();
    let file = object("validate/mutations.json");
    let rows = list(&file["verdicts"]);
    assert!(rows.len() >= 10_000, "only {} verdicts are recorded", rows.len());
    let verdict = |row: &Value| {
        let manifest = changed(&manifests[index(&row[0])], &row[1]);
        Verdict {
            name: format!("{}, {}", text(&manifest["kind"]), row[1]),
            manifest: manifest.to_string(),
            accepted: row[2] == true,
            message: String::new(),
            differs: row.get(3).map(|why| text(why).to_owned()),
        }
    };
    let verdicts: Vec<Verdict> = rows.iter().map(verdict).collect();
    assert!(
        verdicts.iter().all(|verdict| verdict.differs.is_none() || !verdict.accepted),
        "a valid manifest is refused"
    );
    assert_same(&verdicts, &[]);
}

/// Manifests at the edges of the rules in `src/validate/tables`, recorded by `tests/cluster/edges --record`: verdicts, and the
/// fields that the server names.
#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn validate_agrees_at_the_edges_of_rules() {
    let manifests = fixtures();
    let file = object("validate/edges.json");
    let rows = list(&file["verdicts"]);
    assert!(rows.len() >= 6000, "only {} verdicts are recorded", rows.len());
    let folder = tempfile::tempdir().expect("a folder");
    for (number, row) in rows.iter().enumerate() {
        let manifest = changed(&manifests[index(&row[0])], &row[1]);
        fs::write(folder.path().join(format!("{number}.yaml")), manifest.to_string()).expect("a manifest");
    }
    let errors = errors_of(folder.path(), &[]);
    let (mut wrong, mut named, mut same) = (Vec::new(), 0, 0);
    for (number, row) in rows.iter().enumerate() {
        let ours = errors.get(&number);
        let agrees = (row[2] == true) == ours.is_none();
        if agrees != row.get(3).is_none() {
            wrong.push(format!("{}, {}: {ours:?}; the server: {}", row[0], row[1], row[2]));
        }
        if let (Some(ours), Some(fields)) = (ours, row[2].as_array().filter(|fields| !fields.is_empty())) {
            named += 1;
            let is_named = |error: &Value| {
                let path = error["path"].as_str().unwrap_or_default();
                fields.iter().any(|field| is_at(path, text(field)))
            };
            same += usize::from(ours.iter().any(is_named));
        }
    }
    assert!(wrong.is_empty(), "{} of {} verdicts:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    assert!(same * 100 >= named * 98, "only {same} of {named} fields are the server's");
}

/// Whether a path is the server's, leads to an item below it or to the field that lacks it, or differs only by steps that the
/// server leaves out.
fn is_at(path: &str, field: &str) -> bool {
    let steps = |path: &str| -> Vec<String> {
        let parts = path.split(['[', ']', '.', '"', '\'']).filter(|part| !part.is_empty());
        parts.map(str::to_lowercase).collect()
    };
    // The server names a field of conversions as it is called in the internal version.
    let (own, theirs) = (steps(path), steps(&field.replace("webhookClientConfig", "webhook.clientConfig")));
    let mut rest = own.iter();
    let is_number = |step: &str| step.bytes().all(|byte| byte.is_ascii_digit());
    own.starts_with(&theirs)
        || theirs.starts_with(&own)
        || theirs.iter().filter(|step| !is_number(step)).all(|step| rest.any(|own| own == step))
}

/// Strings in fields of a custom resource with a format, recorded by `tests/cluster/formats`.
#[test]
fn validate_agrees_on_formats() {
    let file = object("validate/formats.json");
    let folder = tempfile::tempdir().expect("a folder");
    let crd = folder.path().join("crd.json");
    fs::write(&crd, file["definition"].to_string()).expect("a definition");
    let mut verdicts = Vec::new();
    for (format, taken) in file["taken"].as_object().expect("formats") {
        for tried in list(&file["texts"]) {
            let manifest = json!({"apiVersion": "tests.example.com/v1", "kind": "Form", "metadata": {"name": "x"}, "spec": {format: tried}});
            verdicts.push(Verdict {
                name: format!("{format} {tried}"),
                manifest: manifest.to_string(),
                accepted: list(taken).contains(tried),
                message: String::new(),
                differs: None,
            });
        }
    }
    assert!(verdicts.len() >= 2500, "only {} verdicts are recorded", verdicts.len());
    assert_same(&verdicts, &["--crds", crd.to_str().expect("UTF-8")]);
}

fn recorded(row: &Value, manifest: String) -> Verdict {
    Verdict {
        name: text(&row["name"]).to_owned(),
        manifest,
        accepted: row["accepted"] == true,
        message: row["message"].as_str().unwrap_or_default().to_owned(),
        differs: row.get("differs").map(|why| text(why).to_owned()),
    }
}

/// Checks that `validate` refuses what the server rejects, except for verdicts that say why not. A namespace in the manifests
/// changes nothing.
fn assert_same(verdicts: &[Verdict], flags: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut wrong = Vec::new();
    let as_it_is: fn(&str) -> String = str::to_owned;
    for (form, written) in [("", as_it_is), (" with a namespace", with_namespace)] {
        for (number, verdict) in verdicts.iter().enumerate() {
            fs::write(folder.path().join(format!("{number}.yaml")), written(&verdict.manifest)).expect("a manifest");
        }
        let errors = errors_of(folder.path(), flags);
        for (number, verdict) in verdicts.iter().enumerate() {
            let ours = errors.get(&number).and_then(|errors| errors.last()).map(|error| text(&error["message"]));
            let name = &verdict.name;
            match (verdict.accepted == ours.is_none(), &verdict.differs) {
                (true, None) | (false, Some(_)) => {}
                (true, Some(why)) => wrong.push(format!("{name}{form}: agrees by now; `differs` says {why}")),
                (false, None) => wrong.push(format!("{name}{form}: {ours:?}; the server: {}", verdict.message)),
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} verdicts:\n{}", wrong.len(), verdicts.len(), wrong.join("\n"));
}

/// Adds a namespace to a manifest of a built-in namespaced kind that does not have one.
fn with_namespace(manifest: &str) -> String {
    let is_namespaced = |api_version: Option<&str>, kind: Option<&str>| {
        let kind = Schema::built_in().kind(api_version.unwrap_or_default(), kind.unwrap_or_default());
        kind.is_some_and(|kind| kind.is_namespaced == Some(true))
    };
    if let Ok(mut manifest) = serde_json::from_str::<Value>(manifest) {
        let is_namespaced = is_namespaced(manifest["apiVersion"].as_str(), manifest["kind"].as_str());
        if let Some(metadata) = manifest["metadata"].as_object_mut().filter(|_| is_namespaced) {
            metadata.entry("namespace").or_insert_with(|| json!("chat"));
        }
        return manifest.to_string();
    }
    let field = |name: &str| manifest.lines().find_map(|line| line.strip_prefix(name));
    if !is_namespaced(field("apiVersion: "), field("kind: ")) {
        return manifest.to_owned();
    }
    manifest.replacen("\nmetadata: {name:", "\nmetadata: {namespace: chat, name:", 1)
}

/// Returns the errors in each manifest of a folder, by the number in its file name.
fn errors_of(folder: &Path, flags: &[&str]) -> BTreeMap<usize, Vec<Value>> {
    let output = run(folder, &[&["validate", ".", "-o", "json"], flags].concat());
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let mut errors: BTreeMap<usize, Vec<Value>> = BTreeMap::new();
    for finding in list(&report["findings"]) {
        // Each manifest is a test by itself; that several define the same object does not matter.
        if finding["severity"] == "error" && finding["rule"] != "twice" {
            let stem = Path::new(text(&finding["file"])).file_stem().and_then(|stem| stem.to_str()).expect("a file");
            errors.entry(stem.parse().expect("a number")).or_default().push(finding.clone());
        }
    }
    errors
}

/// Applies a recorded change to a manifest.
fn changed(manifest: &Value, change: &Value) -> Value {
    let mut result = manifest.clone();
    let Some(change) = change.as_object() else { return result };
    let (key, above) = list(&change["at"]).split_last().expect("a path");
    let mut holder = &mut result;
    for step in above {
        holder = match step {
            Value::String(name) => &mut holder[name.as_str()],
            number => &mut holder[index(number)],
        };
    }
    match holder {
        Value::Object(map) => {
            let name = text(key);
            match (change.get("set"), change.get("rename")) {
                (Some(value), _) => drop(map.insert(name.to_owned(), value.clone())),
                (None, Some(new)) => {
                    let value = map.remove(name).expect("the field");
                    map.insert(text(new).to_owned(), value);
                }
                (None, None) => drop(map.remove(name).expect("the field")),
            }
        }
        Value::Array(items) => match change.get("set") {
            Some(value) => items[index(key)] = value.clone(),
            None if change.contains_key("repeat") => items.push(items[index(key)].clone()),
            None => drop(items.remove(index(key))),
        },
        scalar => panic!("{scalar} has no fields"),
    }
    result
}

fn index(number: &Value) -> usize {
    usize::try_from(number.as_u64().expect("an index")).expect("an index")
}

#[test]
fn impact_agrees_with_the_api_server() {
    let rows = cases("diff/impact.json", 60);
    let temporary = tempfile::tempdir().expect("a folder");
    let templates = temporary.path().join("chart/templates");
    fs::create_dir_all(&templates).expect("folders");
    let chart = "apiVersion: v2\nname: probe\nversion: 1.0.0\nengine: tera\n";
    fs::write(temporary.path().join("chart/Chart.yaml"), chart).expect("a chart");
    let mut wrong = Vec::new();
    for row in &rows {
        fs::write(temporary.path().join("old.json"), row["old"].to_string()).expect("a manifest");
        fs::write(templates.join("all.yaml"), row["new"].to_string()).expect("a template");
        let output = run(temporary.path(), &["diff", "probe", "chart", "--from", "old.json", "-o", "json"]);
        let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
        let objects = list(&report["objects"]);
        let impacts: Vec<&Value> = objects.iter().flat_map(|object| list(&object["impacts"])).collect();
        let rejected = impacts.iter().any(|impact| impact["level"] == "rejected");
        let has = |rule: &str| impacts.iter().any(|impact| impact["rule"] == rule);
        let mut expect = |holds: bool, what: &str| {
            if !holds {
                wrong.push(format!("{}: {what}: {}", row["name"], json!(impacts)));
            }
        };
        expect(rejected != (row["accepted"] == true), "the server's verdict is another");
        if !rejected && (has("restarts") || has("no-restart")) {
            expect(row["newGeneration"] == true, "the pod template did not change");
        }
        if objects.iter().all(|object| object["status"] == "rewritten") {
            expect(row["newGeneration"] == false, "more than the form changed");
        }
        if has("address-kept") {
            expect(row["addressKept"] == true, "the address was not kept");
        }
    }
    assert!(wrong.is_empty(), "{} of {} changes:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}
