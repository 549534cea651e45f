//! Tests `mim-chart diff` with the built binary: no output format contains a secret, patches apply, and long streams are read.

use std::fmt::Write as _;
use std::process::Command;

use crate::support::command::{limited_shell, stdout};
use crate::support::files::write as write_file;

const SECRETS: [&str; 4] = ["first-Pass\"word", "second-Pass\"word", "admin'$pw1", "cookie77"];

/// Returns every form in which a secret could be printed.
fn forms(secret: &str) -> Vec<String> {
    use base64::Engine;
    let json = serde_json::to_string(secret).expect("JSON");
    let base64 = base64::engine::general_purpose::STANDARD.encode(secret);
    vec![secret.to_owned(), json[1..json.len() - 1].to_owned(), base64, secret.replace('\'', "''")]
}

#[test]
fn no_output_holds_a_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let values = |password: &str, cookie: &str, in_secret: bool| {
        let map = serde_json::json!({
            "persistentDatabase": "rdbms",
            "rdbms": {"password": password},
            "nodeCookie": cookie,
            "configInSecret": in_secret,
            "listeners": {"gql-admin": {"enabled": true, "username": "admin", "password": SECRETS[2]}},
            "extraDeploy": [
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "copy"}, "data": {"copy": format!("db={password};{cookie}")}},
                {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "more"}, "stringData": {"p": password}},
            ],
        });
        map.to_string()
    };
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let output =
            Command::new("git").args(identity).args(arguments).current_dir(folder.path()).output().expect("git");
        assert!(output.status.success(), "{output:?}");
    };
    let file = folder.path().join("values.json");
    std::fs::write(&file, values(SECRETS[0], "cookie76", false)).expect("written");
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "one"]);
    let old = stdout(folder.path(), &["template", "-f", "values.json"]);
    std::fs::write(&file, values(SECRETS[1], SECRETS[3], true)).expect("written");
    let all: Vec<String> = SECRETS.iter().chain(&["cookie76"]).flat_map(|secret| forms(secret)).collect();
    assert!(all.iter().any(|form| old.contains(form)), "the secrets are in the manifests");
    for output in [
        &["-o", "text"][..],
        &["-o", "markdown"],
        &["-o", "json"],
        &["-o", "unified"],
        &["-o", "sarif"],
        &["-o", "github"],
        &["-o", "html"],
        &["--side-by-side"],
    ] {
        let arguments = [&["diff", "--rev", "main", "-f", "values.json"], output].concat();
        let shown = stdout(folder.path(), &arguments);
        assert!(shown.contains("(secret "), "{output:?}: {shown}");
        for form in &all {
            assert!(!shown.contains(form.as_str()), "{output:?} shows {form}:\n{shown}");
        }
        let open = stdout(folder.path(), &[&arguments[..], &["--show-secrets"]].concat());
        assert!(open.contains(SECRETS[3]), "{output:?}: {open}");
    }
}

#[test]
fn equal_secrets_get_equal_masks() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["--set", "persistentDatabase=rdbms,rdbms.password=same-password"];
    let old = stdout(folder.path(), &[&["template"], &arguments[..]].concat());
    std::fs::write(folder.path().join("old.yaml"), old).expect("written");
    let shown = stdout(folder.path(), &[&["diff", "--from", "old.yaml"], &arguments[..]].concat());
    assert_eq!(shown, "no differences, 5 unchanged\n");
}

/// Applying a patch to the old manifests results in the new ones.
#[test]
fn patches_turn_the_old_manifests_into_the_new_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let flags = ["--set", "replicaCount=3,logLevel=debug,nodeport.enabled=true,loadBalancer.enabled=false"];
    std::fs::write(folder.path().join("old.yaml"), stdout(folder.path(), &["template"])).expect("written");
    let patch = stdout(folder.path(), &[&["diff", "--from", "old.yaml", "-o", "unified"], &flags[..]].concat());
    let split = |text: &str, side: &str| {
        for document in text.split("---\n").filter(|document| document.contains("kind:")) {
            let document = document.split_once('\n').expect("a line # Source").1.trim_end();
            let read: serde_json::Value = serde_yaml::from_str(document).expect("YAML");
            let (kind, name) = (&read["kind"], &read["metadata"]["name"]);
            let place = folder.path().join(side).join(kind.as_str().expect("a kind"));
            std::fs::create_dir_all(&place).expect("a folder");
            let file = place.join(format!("{}.yaml", name.as_str().expect("a name")));
            std::fs::write(file, format!("{document}\n")).expect("written");
        }
    };
    split(&stdout(folder.path(), &["template"]), "a");
    split(&stdout(folder.path(), &[&["template"], &flags[..]].concat()), "b");
    std::fs::write(folder.path().join("p.patch"), patch).expect("written");
    let run = |command: &str| {
        let output = Command::new("sh").args(["-c", command]).current_dir(folder.path()).output().expect("a shell");
        assert!(output.status.success(), "{command}: {output:?}");
    };
    run("cd a && git apply --unsafe-paths ../p.patch && cd .. && diff -r a b");
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn a_long_stream_is_read_document_by_document() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut text = String::new();
    let filling = "x".repeat(10_000);
    for number in 0..5000 {
        let _ = write!(
            text,
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{number}}}\ndata: {{a: '{filling}'}}\n---\n"
        );
    }
    std::fs::write(folder.path().join("old.yaml"), &text).expect("written");
    // There are 50 MB of text in 600 MB of address space, 192 of which are the stack.
    let output = limited_shell("mim-chart diff --from old.yaml | tail -1", folder.path(), 600_000);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "5 added, 5000 removed, 0 unchanged\n", "{output:?}");
}

/// There are too many values to try them one by one: the trace names them.
#[test]
fn each_of_many_changes_names_its_cause() {
    const MANY: usize = 1_500;
    let folder = tempfile::tempdir().expect("a folder");
    let values = |start: &str| {
        let lines = (0..MANY).map(|number| format!("  k{number}: {start}{number}\n"));
        format!("extra: {start}\nm:\n{}", lines.collect::<String>())
    };
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  keys: {{ keys .Values.m | len | quote }}\n  \
                    extra: {{ .Values.extra }}\n{{ toYaml .Values.m | indent 2 }}\n";
    let chart = folder.path().join("c");
    write_file(&chart.join("Chart.yaml"), "apiVersion: v2\nname: c\nversion: 1.0.0\n");
    write_file(&chart.join("templates/a.yaml"), template);
    write_file(&chart.join("values.yaml"), &values("v"));
    write_file(&folder.path().join("new.yaml"), &(values("w") + "  more: w\n"));
    let arguments = ["diff", "./c", "--from", "./c", "--to-values", "new.yaml", "--output", "json"];
    let report: serde_json::Value = serde_json::from_str(&stdout(folder.path(), &arguments)).expect("JSON");
    let changes = report["objects"][0]["changes"].as_array().expect("changes");
    assert_eq!(changes.len(), MANY + 3);
    for change in changes {
        let causes: Vec<&str> =
            change["causes"].as_array().expect("causes").iter().filter_map(|cause| cause["key"].as_str()).collect();
        let expected = match change["path"].as_str().expect("a path") {
            "data.keys" => "m.more".to_owned(),
            "data.extra" => "extra".to_owned(),
            path => path.replace("data.", "m."),
        };
        assert_eq!(causes, [expected]);
    }
}
