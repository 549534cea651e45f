//! Tests a run without flags: the objects that the README promises, with their names, ports and order.

use serde_yaml::Value;

use super::invariants;
use super::rendering::{Rendered, render, render_with, root, run};

fn names(rendered: &Rendered) -> Vec<String> {
    rendered.objects.iter().map(|o| format!("{} {} {}", o.source, o.kind(), o.name())).collect()
}

/// Returns the names and numbers of a Service's or the container's ports.
fn ports(rendered: &Rendered, kind: &str, name: &str, path: &str, number: &str) -> Vec<(String, u64)> {
    let ports = rendered.get(kind, name).list(path);
    let port = |port: &Value| {
        let name = port.get("name").and_then(Value::as_str).expect("a port's name").to_owned();
        (name, port.get(number).and_then(Value::as_u64).expect("a port's number"))
    };
    ports.iter().map(port).collect()
}

fn named(ports: &[(&str, u64)]) -> Vec<(String, u64)> {
    ports.iter().map(|(name, port)| ((*name).to_owned(), *port)).collect()
}

const ALL: &[(&str, u64)] = &[("epmd", 4369), ("c2s", 5222), ("s2s", 5269), ("bosh-ws", 5280), ("erlang-dist", 9100)];

#[test]
fn the_objects_come_in_install_order() {
    let wanted = [
        "templates/mongoose-secret.yaml Secret mongooseim",
        "templates/mongoose-cm.yaml ConfigMap mongooseim",
        "templates/mongoose-svc-lb.yaml Service mongooseim-lb",
        "templates/mongoose-svc.yaml Service mongooseim",
        "templates/mongoose-sts.yaml StatefulSet mongooseim",
    ];
    assert_eq!(names(&render::<&str>(&[])), wanted);
}

#[test]
fn every_object_renders_when_enabled() {
    let sets = [
        "nodeport.enabled=true",
        "networkPolicy.enabled=true",
        "podDisruptionBudget.enabled=true",
        "serviceMonitor.enabled=true",
        "listeners.prometheus.enabled=true",
        "serviceAccount.create=true",
        "json:extraDeploy=[{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"more\"}}]",
    ];
    let wanted = [
        "templates/mongoose-networkpolicy.yaml NetworkPolicy mongooseim",
        "templates/mongoose-pdb.yaml PodDisruptionBudget mongooseim",
        "templates/mongoose-serviceaccount.yaml ServiceAccount mongooseim",
        "templates/mongoose-secret.yaml Secret mongooseim",
        "templates/mongoose-cm.yaml ConfigMap mongooseim",
        "templates/mongoose-extra.yaml ConfigMap more",
        "templates/mongoose-svc-lb.yaml Service mongooseim-lb",
        "templates/mongoose-svc-nodeport.yaml Service mongooseim-nodeport",
        "templates/mongoose-svc.yaml Service mongooseim",
        "templates/mongoose-sts.yaml StatefulSet mongooseim",
        "templates/mongoose-servicemonitor.yaml ServiceMonitor mongooseim",
    ];
    assert_eq!(names(&render(&sets)), wanted);
}

#[test]
fn the_ports_are_those_of_the_readme() {
    let rendered = render(&["nodeport.enabled=true"]);
    assert_eq!(ports(&rendered, "Service", "mongooseim", "spec ports", "port"), named(ALL));
    assert_eq!(ports(&rendered, "Service", "mongooseim-lb", "spec ports", "port"), named(&[("c2s", 5222)]));
    assert_eq!(ports(&rendered, "Service", "mongooseim-nodeport", "spec ports", "port"), named(&[("c2s", 5222)]));
    let container = "spec template spec containers name=mongooseim ports";
    assert_eq!(ports(&rendered, "StatefulSet", "mongooseim", container, "containerPort"), named(ALL));
}

#[test]
fn the_headless_service_publishes_nodes_that_start() {
    let rendered = render::<&str>(&[]);
    let service = rendered.get("Service", "mongooseim");
    assert_eq!(service.text("spec clusterIP"), "None");
    assert_eq!(service.at("spec publishNotReadyAddresses"), Some(&Value::Bool(true)));
    assert_eq!(rendered.stateful_set().text("spec serviceName"), "mongooseim");
    assert_eq!(rendered.get("Service", "mongooseim-lb").text("spec type"), "LoadBalancer");
}

#[test]
fn both_configuration_sources_are_mounted_at_member() {
    let set = render::<&str>(&[]);
    let set = set.stateful_set();
    assert_eq!(set.text("spec template spec volumes name=config projected sources 0 configMap name"), "mongooseim");
    assert_eq!(set.text("spec template spec volumes name=config projected sources 1 secret name"), "mongooseim");
    assert_eq!(set.text("spec template spec containers 0 volumeMounts name=config mountPath"), "/member");
}

#[test]
fn the_release_name_is_only_in_the_instance_label() {
    let rendered = render_with(&["mim", "mongoose/mongooseim"]);
    assert_eq!(names(&rendered), names(&render::<&str>(&[])));
    for object in &rendered.objects {
        assert_eq!(object.text("metadata labels app.kubernetes.io/instance"), "mim");
        assert_eq!(object.text("metadata labels app.kubernetes.io/managed-by"), "mim-chart");
    }
    assert!(render::<&str>(&[]).text.contains("app.kubernetes.io/instance: mongooseim\n"));
}

#[test]
fn two_runs_and_the_directory_give_the_same_bytes() {
    let first = run(&["template", "mongooseim", "mongooseim", "--set", "nodeport.enabled=true"]).stdout;
    let second = run(&["template", "mongooseim", "mongooseim", "--set", "nodeport.enabled=true"]).stdout;
    let directory = run(&["template", "mongooseim", "charts/mongooseim", "--set", "nodeport.enabled=true"]).stdout;
    assert!(first == second && first == directory && !first.is_empty());
}

#[test]
fn the_namespace_is_written_only_when_set() {
    let plain = render_with(&["-n", "chat"]);
    assert!(!plain.text.contains("namespace:"), "{}", plain.text);
    let named = render_with(&["--set", "namespaceOverride=chat,nodeport.enabled=true,serviceAccount.create=true"]);
    for object in &named.objects {
        assert_eq!(object.text("metadata namespace"), "chat", "{} {}", object.kind(), object.name());
    }
}

#[test]
fn the_output_has_no_trailing_blanks() {
    let rendered = render(&["nodeport.enabled=true", "networkPolicy.enabled=true", "podDisruptionBudget.enabled=true"]);
    for line in rendered.text.lines() {
        assert_eq!(line, line.trim_end(), "white space at the end of a line");
        assert!(!line.contains('\t'));
    }
    assert!(!rendered.text.contains("\n\n\n"));
}

#[test]
fn every_invariant_holds_by_default() {
    invariants::check(&render::<&str>(&[]), &[]);
}

#[test]
fn a_changed_configuration_restarts_the_pods_and_a_rollout_id_decides_instead() {
    let path = "spec template metadata annotations checksum/config";
    let checksum = |sets: &[&str]| render(sets).stateful_set().text(path).to_owned();
    let default = checksum(&[]);
    for set in ["logLevel=error", "nodeCookie=another", "vmDistConfig=-a b", "appConfig=[].", "hosts={a.example}"] {
        assert_ne!(checksum(&[set]), default, "{set}");
    }
    for set in ["replicaCount=3", "nodeport.enabled=true", "loadBalancer.enabled=false", "podLabels.a=b"] {
        assert_eq!(checksum(&[set]), default, "{set}");
    }
    for id in ["7", "1.5", "true", "false", "0", "spring"] {
        assert_eq!(checksum(&[&format!("rolloutId={id}")]), id);
        assert_eq!(checksum(&[&format!("rolloutId={id}"), "logLevel=error"]), id);
    }
}

#[test]
fn the_chart_has_complete_metadata() {
    let chart: Value = serde_yaml::from_str(
        &std::fs::read_to_string(root().join("charts/mongooseim/Chart.yaml")).expect("Chart.yaml"),
    )
    .expect("YAML");
    assert_eq!(chart["engine"], "tera");
    assert_eq!(chart["appVersion"], "6.6.0");
}
