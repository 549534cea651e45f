//! Tests that nodes with Mnesia are not ready before they have joined the cluster. The probe is tested for every version, and its
//! script against a fake `mongooseimctl` that prints what MongooseIM's documentation and sources show.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use super::rendering::{render, root};

const VERSIONS: [&str; 8] = ["6.5.0", "6.6.0", "6.7.0", "6.8.0", "6.8.1", "6.9.0", "6.10.0", "6.11.0"];

const JOINED: &str = r#"{
  "data" : {
    "mnesia" : {
      "systemInfo" : [
        {
          "result" : [
            "mongooseim@mongooseim-1.mongooseim.chat.svc.cluster.local",
            "mongooseim@mongooseim-0.mongooseim.chat.svc.cluster.local"
          ],
          "key" : "db_nodes"
        }
      ]
    }
  }
}"#;
const NOT_STARTED: &str =
    "Failed RPC connection to the node 'mongooseim@mongooseim-1.mongooseim.chat.svc.cluster.local': nodedown";
const UNKNOWN: &str = "Unknown category\n\nUsage: mongooseimctl [category] command [arguments]";
const WITHOUT_MNESIA: &str = r#"{
  "errors" : [
    {
      "path" : [ "mnesia", "systemInfo" ],
      "message" : "Some of the required databases or services are not configured"
    }
  ]
}"#;

fn second_node_only() -> String {
    let first = "            \"mongooseim@mongooseim-0.mongooseim.chat.svc.cluster.local\"\n";
    JOINED.replace(first, "").replace("local\",", "local\"")
}

fn script() -> String {
    fs::read_to_string(root().join("charts/mongooseim/files/has-joined.sh")).expect("the script")
}

fn write_program(path: &Path, text: &str) {
    fs::write(path, text).expect("a program");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permissions");
}

/// A pod: its name, its variables, whether a node runs in the background, and the output and exit code of `mongooseimctl`.
struct Pod<'a> {
    name: &'a str,
    variables: &'a [(&'a str, &'a str)],
    is_joining: bool,
    answer: &'a str,
    status: i32,
}

const SECOND: Pod<'_> = Pod { name: "mongooseim-1", variables: &[], is_joining: false, answer: JOINED, status: 0 };

impl Pod<'_> {
    fn probe(&self) -> Output {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        fs::create_dir_all(path("proc/17")).expect("a folder");
        fs::write(path("proc/17/comm"), if self.is_joining { "run_erl\n" } else { "beam.smp\n" }).expect("a file");
        fs::write(path("answer"), self.answer).expect("a file");
        write_program(&path("hostname"), &format!("#!/bin/sh\necho {}\n", self.name));
        let asked = "[ \"$*\" = 'mnesia systemInfo --keys [\"db_nodes\"]' ] || exit 99";
        let program = format!("#!/bin/sh\n{asked}\ncat {}\nexit {}\n", path("answer").display(), self.status);
        write_program(&path("mongooseimctl"), &program);
        let mut paths = folder.path().as_os_str().to_owned();
        paths.push(":");
        paths.push(std::env::var_os("PATH").unwrap_or_default());
        let mut command = Command::new("bash");
        command.args(["-c", &script()]).env("PATH", paths).env("PROC", path("proc"));
        command.env("MONGOOSEIMCTL", path("mongooseimctl"));
        command.env("JOIN_CLUSTER", "true").env("MASTER_ORDINAL", "0").env_remove("CLUSTER_WITH");
        command.envs(self.variables.iter().copied()).output().expect("bash")
    }

    fn has_joined(&self) -> bool {
        let output = self.probe();
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.success(), output.stdout.is_empty(), "{output:?}");
        output.status.success()
    }
}

#[test]
fn mnesia_nodes_are_queried_in_every_version() {
    for version in VERSIONS {
        let tag = format!("image.tag={version}");
        for sets in [vec![&*tag], vec![&*tag, "persistentDatabase=rdbms"], vec![&*tag, "replicaCount=3"]] {
            let rendered = render(&sets);
            let container =
                rendered.stateful_set().at("spec template spec containers name=mongooseim").unwrap().clone();
            let command = container["startupProbe"]["exec"]["command"].clone();
            assert_eq!(
                command,
                serde_yaml::Value::from(vec!["bash".to_owned(), "-c".to_owned(), script()]),
                "{sets:?}"
            );
            assert_eq!(container["readinessProbe"]["tcpSocket"]["port"], "c2s", "{sets:?}");
        }
        let cets = render(&[&*tag, "persistentDatabase=rdbms", "volatileDatabase=cets"]);
        assert!(!cets.text.contains("startupProbe"), "{version}");
    }
}

/// Changing the number of nodes must not restart existing ones.
#[test]
fn the_probe_does_not_depend_on_the_number_of_nodes() {
    let template = |sets: &[&str]| render(sets).stateful_set().at("spec template").cloned();
    assert_eq!(template(&["replicaCount=1"]), template(&["replicaCount=5"]));
}

#[test]
fn a_node_has_joined_once_its_database_has_other_nodes() {
    assert!(SECOND.has_joined());
    assert!(Pod { name: "mongooseim-12", ..SECOND }.has_joined());
    assert!(!Pod { answer: &second_node_only(), ..SECOND }.has_joined());
}

#[test]
fn a_node_that_does_not_answer_has_not_joined() {
    assert!(!Pod { answer: NOT_STARTED, status: 3, ..SECOND }.has_joined());
    assert!(!Pod { answer: "", status: 1, ..SECOND }.has_joined());
    assert!(!Pod { answer: "", status: 124, ..SECOND }.has_joined());
    assert!(
        !Pod {
            answer: "{\"errors\" : [ {\"message\" : \"Internal server error\", \"key\" : \"db_nodes\"} ] }",
            status: 1,
            ..SECOND
        }
        .has_joined()
    );
}

/// The start script runs a node in the background until it has joined, and then restarts it.
#[test]
fn a_node_that_is_about_to_stop_has_not_joined() {
    assert!(!Pod { is_joining: true, ..SECOND }.has_joined());
}

#[test]
fn nodes_that_start_a_cluster_are_not_queried() {
    let unasked = Pod { answer: NOT_STARTED, status: 3, ..SECOND };
    assert!(Pod { name: "mongooseim-0", ..unasked }.has_joined());
    assert!(Pod { variables: &[("MASTER_ORDINAL", "1")], ..unasked }.has_joined());
    assert!(Pod { variables: &[("JOIN_CLUSTER", "false")], ..unasked }.has_joined());
    assert!(!Pod { name: "mongooseim-0", variables: &[("CLUSTER_WITH", "mongooseim@first")], ..unasked }.has_joined());
    assert!(!Pod { name: "mongooseim-0", variables: &[("MASTER_ORDINAL", "1")], ..unasked }.has_joined());
    assert!(!Pod { variables: &[("JOIN_CLUSTER", "1")], ..unasked }.has_joined());
}

#[test]
fn images_that_cannot_be_queried_do_not_block_nodes() {
    assert!(Pod { answer: UNKNOWN, status: 1, ..SECOND }.has_joined());
    assert!(Pod { answer: WITHOUT_MNESIA, status: 1, ..SECOND }.has_joined());
    assert!(Pod { variables: &[("MONGOOSEIMCTL", "/nowhere/mongooseimctl")], ..SECOND }.has_joined());
}
