//! Tests that a chart from `mim-chart create` works as it is: it renders without warnings, as a chart and as a subchart, and its
//! objects fit each other.

use std::collections::HashSet;
use std::path::Path;

use serde_yaml::Value;

use crate::support::command;

/// Runs the command, which must succeed, and returns standard output and standard error.
fn run(folder: &Path, words: &[&str]) -> (String, String) {
    let output = command::run(folder, words);
    let text = |bytes| String::from_utf8(bytes).expect("text");
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{words:?}: {stderr}");
    (stdout, stderr)
}

fn created(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in names {
        assert_eq!(run(folder.path(), &["create", name]), (format!("Creating {name}\n"), String::new()));
    }
    folder
}

/// Renders a chart, which must not print warnings.
fn template(folder: &Path, words: &[&str]) -> String {
    let (manifests, reported) = run(folder, &[&["template", "demo"], words, &["--strict"]].concat());
    assert!(!reported.contains("warning"), "{reported}");
    manifests
}

fn objects(manifests: &str) -> Vec<Value> {
    let documents = serde_yaml::Deserializer::from_str(manifests);
    let read = |document| serde::Deserialize::deserialize(document).expect("a manifest");
    documents.map(read).filter(|object: &Value| !object.is_null()).collect()
}

fn name(object: &Value) -> (String, String) {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    (text(&object["kind"]), text(&object["metadata"]["name"]))
}

#[test]
fn a_new_chart_renders_and_each_option_adds_its_object() {
    let folder = created(&["web"]);
    let plain = objects(&template(folder.path(), &["web"]));
    let kinds: Vec<String> = plain.iter().map(|object| name(object).0).collect();
    assert_eq!(kinds, ["ServiceAccount", "ConfigMap", "Service", "Service", "StatefulSet", "Pod"]);
    for (set, kind) in [
        ("loadBalancer.enabled=true", "Service"),
        ("ingress.enabled=true,ingress.hosts={a.example}", "Ingress"),
        ("podDisruptionBudget.enabled=true", "PodDisruptionBudget"),
        ("networkPolicy.enabled=true", "NetworkPolicy"),
    ] {
        let more = objects(&template(folder.path(), &["web", "--set", set]));
        let known: HashSet<_> = plain.iter().map(name).collect();
        let added: Vec<_> = more.iter().map(name).filter(|name| !known.contains(name)).map(|(kind, _)| kind).collect();
        assert_eq!(added, [kind], "{set}");
    }
    let fewer = objects(&template(folder.path(), &["web", "--set", "serviceAccount.create=false", "--skip-tests"]));
    assert_eq!(fewer.len(), plain.len() - 2);
}

#[test]
fn objects_of_a_new_chart_refer_to_each_other() {
    let folder = created(&["web"]);
    let all = objects(&template(folder.path(), &["web", "--set", "loadBalancer.enabled=true,fullnameOverride=site"]));
    let of_kind = |kind: &str| all.iter().filter(|object| object["kind"] == kind).collect::<Vec<_>>();
    let set = of_kind("StatefulSet")[0];
    let pods = &set["spec"]["template"];
    let container = &pods["spec"]["containers"][0];
    let chosen = |labels: &Value, selector: &Value| {
        selector.as_mapping().expect("a selector").iter().all(|(key, value)| labels.get(key) == Some(value))
    };
    assert!(chosen(&pods["metadata"]["labels"], &set["spec"]["selector"]["matchLabels"]));
    assert!(of_kind("Service").iter().any(|service| service["metadata"]["name"] == set["spec"]["serviceName"]));
    let ports: Vec<&Value> = container["ports"].as_sequence().expect("ports").iter().collect();
    for service in of_kind("Service") {
        assert!(chosen(&pods["metadata"]["labels"], &service["spec"]["selector"]));
        assert!(
            !chosen(&of_kind("Pod")[0]["metadata"]["labels"], &service["spec"]["selector"]),
            "the test pod gets requests"
        );
        for port in service["spec"]["ports"].as_sequence().expect("ports") {
            let target = &port["targetPort"];
            assert!(ports.iter().any(|port| port["name"] == *target || port["containerPort"] == *target), "{target:?}");
        }
    }
    let volumes = pods["spec"]["volumes"].as_sequence().expect("volumes");
    for mount in container["volumeMounts"].as_sequence().expect("mounts") {
        assert!(volumes.iter().any(|volume| volume["name"] == mount["name"]));
    }
    assert!(volumes.iter().any(|volume| volume["configMap"]["name"] == of_kind("ConfigMap")[0]["metadata"]["name"]));
    assert_eq!(pods["spec"]["serviceAccountName"], of_kind("ServiceAccount")[0]["metadata"]["name"]);
    let request = of_kind("Pod")[0]["spec"]["containers"][0]["command"][4].as_str().expect("a command");
    assert!(of_kind("Service").iter().any(|service| request == format!("http://{}:80/", name(service).1)), "{request}");
}

#[test]
fn pods_restart_when_pages_change() {
    let folder = created(&["web"]);
    let checksum = |set: &str| {
        let all = objects(&template(folder.path(), &["web", "--set", set]));
        let found = all.iter().find(|object| object["kind"] == "StatefulSet").expect("a StatefulSet");
        found["spec"]["template"]["metadata"]["annotations"]["checksum/config"].clone()
    };
    assert_eq!(checksum("replicaCount=1"), checksum("replicaCount=2"));
    assert_ne!(checksum("replicaCount=1"), checksum("pages.index\\.html=hello"));
}

#[test]
fn two_new_charts_are_subcharts_of_a_third() {
    let folder = created(&["all", "all/charts/web", "all/charts/shop"]);
    let rendered = objects(&template(folder.path(), &["all", "--set", "shop.replicaCount=3"]));
    let names: Vec<_> = rendered.iter().map(name).collect();
    assert_eq!(names.len(), 18);
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), 18, "objects of one name: {names:?}");
    let replicas = |name: &str| {
        let found = rendered.iter().find(|o| o["kind"] == "StatefulSet" && o["metadata"]["name"] == name);
        found.expect("a StatefulSet")["spec"]["replicas"].as_u64()
    };
    assert_eq!((replicas("all"), replicas("web"), replicas("shop")), (Some(1), Some(1), Some(3)));
}

#[test]
fn the_archive_of_a_new_chart_holds_its_files_and_renders_the_same() {
    let folder = created(&["web"]);
    run(folder.path(), &["package", "web"]);
    let bytes = std::fs::read(folder.path().join("web-0.1.0.tgz")).expect("the archive");
    let files = mim_chart::chart::unpack(&bytes, "web").expect("the archive can be unpacked");
    let mut archived: Vec<String> = files.into_iter().map(|file| file.path).collect();
    archived.sort();
    let mut made = Vec::new();
    let mut waiting = vec![folder.path().join("web")];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(path.read_dir().expect("a folder").map(|entry| entry.expect("an entry").path()));
        } else {
            let below = path.strip_prefix(folder.path().join("web")).expect("a file of the chart");
            made.push(below.to_str().expect("text").to_owned());
        }
    }
    made.sort();
    assert_eq!(archived, made);
    assert!(archived.iter().any(|path| path.starts_with("templates/stock/")));
    assert!(template(folder.path(), &["web"]) == template(folder.path(), &["web-0.1.0.tgz"]));
}

#[test]
fn a_copy_of_the_built_in_chart_differs_in_names_only() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    run(folder.path(), &["create", "chat", "--starter", "mongooseim"]);
    let kinds = |chart: &str| objects(&template(folder.path(), &[chart])).iter().map(|o| name(o).0).collect::<Vec<_>>();
    assert_eq!(kinds("chat"), kinds("mongooseim"));
    assert!(folder.path().join("chat/templates/stock/statefulset.yaml").is_file());
}

/// Flags with which a chart from `create --engine gotpl` is rendered.
const CHANGED_VALUES: [&[&str]; 5] = [
    &[],
    &["--set", "ingress.enabled=true,ingress.hosts={a.example,b.example},ingress.tlsSecret=t,ingress.className=nginx"],
    &["--set", "replicaCount=3,service.type=NodePort,podDisruptionBudget.enabled=true,livenessProbe=null"],
    &["--set", "serviceAccount.create=false,fullnameOverride=site,image.tag=v2,tolerations[0].key=a"],
    &[
        "--set-json",
        r#"{"env": {"A": 1000000, "B": true}, "pages": {"x": "1\n2"}, "resources": {"limits": {"cpu": 2}}}"#,
    ],
];

/// Returns Helm, if the version whose answers are recorded is installed. `HELM` can name it; otherwise it must be in PATH.
fn helm() -> Option<String> {
    let helm = std::env::var("HELM").unwrap_or_else(|_| "helm".to_owned());
    let version = std::process::Command::new(&helm).args(["version", "--template", "{{ .Version }}"]).output().ok()?;
    String::from_utf8_lossy(&version.stdout).starts_with("v4.2").then_some(helm)
}

#[test]
fn a_new_chart_in_go_templates_renders_as_in_helm() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    run(folder.path(), &["create", "web", "--engine", "gotpl"]);
    let helm = helm();
    if helm.is_none() {
        eprintln!("there is no Helm v4.2 to compare with");
    }
    for values in CHANGED_VALUES {
        let ours = template(folder.path(), &[&["web"], values].concat());
        assert!(objects(&ours).len() >= 4, "{ours}");
        let Some(helm) = &helm else { continue };
        let words = [&["template", "demo", "web"], values].concat();
        let theirs = std::process::Command::new(helm).args(words).current_dir(folder.path()).output().expect("Helm");
        assert_eq!(ours, String::from_utf8_lossy(&theirs.stdout), "{values:?}");
    }
}
