//! Tests that the stock templates are self-contained: another chart that has hardly any values renders with them.

use std::fs;
use std::path::Path;

use super::invariants::{labels_are_legal, names_are_legal, nothing_is_empty};
use super::rendering::run;

const STOCK: &[&str] = &[
    "configmap",
    "networkpolicy",
    "poddisruptionbudget",
    "secret",
    "service-headless",
    "service-loadbalancer",
    "service-nodeport",
    "serviceaccount",
    "servicemonitor",
    "statefulset",
];

const CHART: &str = "apiVersion: v2\nname: web\nengine: tera\nversion: 1.0.0+build.7\n\
    appVersion: \"2.0 (beta)+a-very-long-build-name-that-goes-on-and-on-for-more-than-a-label-can-hold-\"\n";

/// Renders a chart that consists of the stock templates, and returns its objects.
fn rendered(values: &str, templates: &[(&str, &str)], arguments: &[&str]) -> Result<Vec<serde_yaml::Value>, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    fs::create_dir(folder.path().join("templates")).expect("a folder");
    write("Chart.yaml", CHART);
    write("values.yaml", values);
    for name in STOCK {
        write(&format!("templates/{name}.yaml"), &format!("{{% extends \"stock/{name}.yaml\" %}}\n"));
    }
    for (name, text) in templates {
        write(&format!("templates/{name}.yaml"), text);
    }
    let path: &Path = folder.path();
    let output = run(&[&["template", "shop", &path.display().to_string()], arguments].concat());
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let documents = format!("\n{text}");
    Ok(documents.split("\n---\n").skip(1).map(|document| serde_yaml::from_str(document).expect("YAML")).collect())
}

fn kinds(objects: &[serde_yaml::Value]) -> Vec<&str> {
    objects.iter().map(|object| object["kind"].as_str().expect("a kind")).collect()
}

fn check(objects: &[serde_yaml::Value]) {
    for value in objects {
        let object = super::rendering::Object { source: String::new(), value: value.clone() };
        let what = format!("{} {}", object.kind(), object.name());
        names_are_legal(&object, &what);
        nothing_is_empty(value, &what);
        labels_are_legal(&object, &what);
    }
}

#[test]
fn a_small_chart_gets_a_stateful_set_and_its_service() {
    let objects = rendered("replicaCount: 2\nimage: {repository: nginx}\n", &[], &[]).expect("manifests");
    assert_eq!(kinds(&objects), ["Secret", "ConfigMap", "Service", "StatefulSet"]);
    check(&objects);
    let set = &objects[3];
    assert_eq!(set["metadata"]["name"], "web");
    assert_eq!(set["metadata"]["labels"]["app.kubernetes.io/instance"], "shop");
    assert_eq!(set["metadata"]["labels"]["helm.sh/chart"], "web-1.0.0_build.7");
    assert_eq!(
        set["metadata"]["labels"]["app.kubernetes.io/version"],
        "2.0__beta__a-very-long-build-name-that-goes-on-and-on-for-more"
    );
    assert_eq!(set["spec"]["template"]["spec"]["containers"][0]["name"], "web");
    assert!(set["spec"]["template"]["spec"]["containers"][0].get("ports").is_none());
}

#[test]
fn every_component_can_be_enabled() {
    let values = "
replicaCount: 2
image: {repository: nginx, tag: '1.29'}
listeners:
  web: {enabled: true, port: 8080, expose: {headless: true, loadBalancer: true, nodePort: true}}
  prometheus: {enabled: true, port: 9090, expose: {headless: true}}
  off: {enabled: false, port: 1}
loadBalancer: {enabled: true}
nodeport: {enabled: true}
networkPolicy: {enabled: true}
podDisruptionBudget: {enabled: true}
serviceMonitor: {enabled: true}
serviceAccount: {create: true}
readinessProbe: {enabled: true}
persistence: {enabled: true}
";
    let claim = "{% extends \"stock/statefulset.yaml\" %}\n{% block setup %}{% set_global claim = \"data\" %}{% set_global claimPath = \"/data\" %}{% endblock %}\n";
    let objects = rendered(values, &[("statefulset", claim)], &[]).expect("manifests");
    let wanted = [
        "NetworkPolicy",
        "PodDisruptionBudget",
        "ServiceAccount",
        "Secret",
        "ConfigMap",
        "Service",
        "Service",
        "Service",
        "StatefulSet",
        "ServiceMonitor",
    ];
    assert_eq!(kinds(&objects), wanted);
    check(&objects);
    let set = objects.iter().find(|object| object["kind"] == "StatefulSet").expect("a StatefulSet");
    assert_eq!(set["spec"]["volumeClaimTemplates"][0]["metadata"]["name"], "data");
    let container = &set["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["readinessProbe"]["tcpSocket"]["port"], "web");
    assert_eq!(container["image"], "nginx:1.29");
    assert_eq!(container["ports"].as_sequence().map(Vec::len), Some(2));
}

#[test]
fn missing_values_are_reported_by_name() {
    let printed = rendered("replicaCount: 1\n", &[], &[]).expect_err("no image");
    assert!(printed.contains("image.repository: set it to the image"), "{printed}");
}
