//! Checks that hold for every run, whatever the values are.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml::Value;

use super::reference;
use super::rendering::{Object, Rendered, at, flags, run};

/// Checks all invariants. `sets` are the values of the run.
pub fn check(rendered: &Rendered, sets: &[&str]) {
    for object in &rendered.objects {
        let what = format!("{} {}", object.kind(), object.name());
        names_are_legal(object, &what);
        nothing_is_empty(&object.value, &what);
        labels_are_legal(object, &what);
    }
    objects_are_distinct(rendered);
    let values = effective_values(sets);
    services_lead_to_ports(rendered);
    pods_are_whole(rendered);
    references_exist(rendered, &values);
    listeners_drive_everything(rendered, &values);
    secrets_stay_secret(rendered, &values);
}

/// Returns the merged values, as the command itself prints them.
pub fn effective_values(sets: &[&str]) -> Value {
    let output = run(&[vec!["values".to_owned()], flags(sets)].concat());
    assert!(output.status.success());
    serde_yaml::from_slice(&output.stdout).expect("YAML")
}

fn is_dns_label(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.len() <= 63 && text.chars().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

pub fn names_are_legal(object: &Object, what: &str) {
    let name = object.name();
    let subdomain = name.len() <= 253 && name.split('.').all(is_dns_label);
    match object.kind() {
        "Service" => assert!(is_dns_label(name) && name.starts_with(|c: char| c.is_ascii_lowercase()), "{what}"),
        // A label of the pods contains the name and a hash of ten letters.
        "StatefulSet" => assert!(is_dns_label(name) && name.len() <= 52, "{what}"),
        _ => assert!(subdomain, "{what}"),
    }
}

/// Checks that there is no null, and no empty map or list except where Kubernetes gives it a meaning.
pub fn nothing_is_empty(value: &Value, place: &str) {
    match value {
        Value::Null => panic!("a null at {place}"),
        Value::Mapping(map) => {
            assert!(!map.is_empty() || place.ends_with(".emptyDir"), "an empty map at {place}");
            for (key, value) in map {
                nothing_is_empty(value, &format!("{place}.{}", key.as_str().expect("a key of text")));
            }
        }
        Value::Sequence(items) => {
            assert!(!items.is_empty(), "an empty list at {place}");
            items.iter().for_each(|item| nothing_is_empty(item, place));
        }
        _ => {}
    }
}

fn is_label_value(text: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| c.is_ascii_alphanumeric());
    let inner = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    text.len() <= 63 && text.chars().all(inner) && edge(text.chars().next()) && edge(text.chars().next_back())
}

pub fn labels_are_legal(object: &Object, what: &str) {
    for path in ["metadata", "spec template metadata"] {
        let Some(metadata) = object.at(path) else { continue };
        let labels = metadata.get("labels").and_then(Value::as_mapping).unwrap_or_else(|| panic!("{what} has labels"));
        for (key, value) in labels {
            let value = value.as_str().unwrap_or_else(|| panic!("{what}: label {key:?} is no text"));
            assert!(is_label_value(value), "{what}: label {key:?}: {value:?}");
        }
        for name in ["name", "instance", "version", "managed-by"] {
            assert!(metadata["labels"].get(format!("app.kubernetes.io/{name}")).is_some(), "{what} lacks {name}");
        }
        for (key, value) in metadata.get("annotations").and_then(Value::as_mapping).into_iter().flatten() {
            assert!(value.is_string(), "{what}: annotation {key:?} is no text");
        }
    }
}

fn objects_are_distinct(rendered: &Rendered) {
    let all: BTreeSet<_> = rendered.objects.iter().map(|object| (object.kind(), object.name())).collect();
    assert_eq!(all.len(), rendered.objects.len(), "two objects of one name");
}

/// Returns the container's ports by name.
fn container_ports(rendered: &Rendered) -> BTreeMap<String, u64> {
    let ports = rendered.stateful_set().list("spec template spec containers name=mongooseim ports");
    let named: BTreeMap<String, u64> = ports
        .iter()
        .map(|port| {
            (port["name"].as_str().expect("a name").to_owned(), port["containerPort"].as_u64().expect("a port"))
        })
        .collect();
    assert_eq!(named.len(), ports.len(), "two ports of one name");
    assert_eq!(named.values().collect::<BTreeSet<_>>().len(), ports.len(), "two names of one port");
    named
}

fn services_lead_to_ports(rendered: &Rendered) {
    let container = container_ports(rendered);
    let pods = rendered.stateful_set().at("spec template metadata labels").expect("labels");
    for service in rendered.all("Service") {
        let ports = service.list("spec ports");
        assert!(!ports.is_empty(), "{} has no port", service.name());
        for port in ports {
            let name = port["name"].as_str().expect("a name");
            assert!(name.len() <= 15 && is_dns_label(name) && !name.contains("--"), "{name}");
            assert_eq!(port["port"], port["targetPort"]);
            assert_eq!(Some(&port["targetPort"].as_u64().expect("a number")), container.get(name), "{name}");
        }
        let numbers: BTreeSet<_> = ports.iter().map(|port| port["port"].as_u64()).collect();
        assert_eq!(numbers.len(), ports.len(), "{} has a port twice", service.name());
    }
    for (kind, path) in [
        ("Service", "spec selector"),
        ("PodDisruptionBudget", "spec selector matchLabels"),
        ("NetworkPolicy", "spec podSelector matchLabels"),
        ("StatefulSet", "spec selector matchLabels"),
    ] {
        for object in rendered.all(kind).filter(|object| object.source != "templates/mongoose-extra.yaml") {
            let selector = object.at(path).and_then(Value::as_mapping).expect("a selector");
            assert!(!selector.is_empty());
            for (key, value) in selector {
                assert_eq!(pods.get(key), Some(value), "{kind} selects other pods");
            }
        }
    }
}

fn pods_are_whole(rendered: &Rendered) {
    let set = rendered.stateful_set();
    let pod = set.at("spec template spec").expect("a pod");
    let volumes: Vec<&str> = names(pod, "volumes");
    let claims: Vec<&str> =
        set.list("spec volumeClaimTemplates").iter().map(|c| c["metadata"]["name"].as_str().expect("a name")).collect();
    let there: BTreeSet<&str> = volumes.iter().chain(&claims).copied().collect();
    assert_eq!(there.len(), volumes.len() + claims.len(), "two volumes of one name");
    let mut used = BTreeSet::new();
    let containers: Vec<&Value> = ["initContainers", "containers"]
        .iter()
        .flat_map(|key| pod.get(*key).and_then(Value::as_sequence).into_iter().flatten())
        .collect();
    let all: BTreeSet<&str> = containers.iter().map(|c| c["name"].as_str().expect("a name")).collect();
    assert_eq!(all.len(), containers.len(), "two containers of one name");
    for container in containers {
        let mounts = container.get("volumeMounts").and_then(Value::as_sequence).map_or(&[][..], Vec::as_slice);
        let paths: BTreeSet<_> = mounts.iter().map(|mount| mount["mountPath"].as_str()).collect();
        assert_eq!(paths.len(), mounts.len(), "two mounts at one path");
        for mount in mounts {
            let name = mount["name"].as_str().expect("a name");
            assert!(there.contains(name), "no volume {name}");
            used.insert(name);
        }
        let variables = names(container, "env");
        let distinct: BTreeSet<_> = variables.iter().collect();
        assert_eq!(distinct.len(), variables.len(), "a variable twice: {variables:?}");
    }
    assert_eq!(there, used, "a volume that nothing mounts");
    let ports = container_ports(rendered);
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        let Some(probe) = at(pod, &format!("containers name=mongooseim {probe}")) else { continue };
        assert!(probe.get("enabled").is_none());
        let port = ["tcpSocket", "httpGet", "grpc"].iter().find_map(|way| probe.get(*way)?.get("port"));
        match port {
            Some(Value::String(name)) => assert!(ports.contains_key(name), "a probe of {name}"),
            Some(number) => assert!(ports.values().any(|port| Some(*port) == number.as_u64()), "a probe of {number:?}"),
            None => assert!(probe.get("exec").is_some(), "a probe without a way"),
        }
    }
}

fn names<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    let items = value.get(key).and_then(Value::as_sequence).into_iter().flatten();
    items.map(|item| item["name"].as_str().expect("a name")).collect()
}

/// Checks that referenced ConfigMaps, Secrets, Services and ServiceAccounts are printed too, or were named by the user.
fn references_exist(rendered: &Rendered, values: &Value) {
    let set = rendered.stateful_set();
    let headless = rendered.get("Service", set.text("spec serviceName"));
    assert_eq!(headless.text("spec clusterIP"), "None");
    let mut given = BTreeSet::new();
    texts(values, &mut given);
    let check = |kind: &str, name: &str| {
        assert!(rendered.find(kind, name).is_some() || given.contains(name), "no {kind} {name}");
    };
    let pod = set.at("spec template spec").expect("a pod");
    if let Some(account) = pod.get("serviceAccountName").and_then(Value::as_str) {
        check("ServiceAccount", account);
    }
    for volume in pod["volumes"].as_sequence().expect("volumes") {
        for source in volume.get("projected").and_then(|p| p["sources"].as_sequence()).into_iter().flatten() {
            for (key, kind) in [("configMap", "ConfigMap"), ("secret", "Secret")] {
                if let Some(source) = source.get(key) {
                    check(kind, source["name"].as_str().expect("a name"));
                }
            }
        }
        if let Some(secret) = volume.get("secret") {
            check("Secret", secret["secretName"].as_str().expect("a name"));
        }
    }
}

fn texts(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(into.insert(text.clone())),
        Value::Mapping(map) => map.values().for_each(|value| texts(value, into)),
        Value::Sequence(items) => items.iter().for_each(|item| texts(item, into)),
        _ => {}
    }
}

/// Checks that each enabled listener is a section of the generated configuration, a container port, a port of the Services that
/// expose it, and allowed by the NetworkPolicy, and that nothing else is.
fn listeners_drive_everything(rendered: &Rendered, values: &Value) {
    let listeners = values["listeners"].as_mapping().expect("listeners");
    let on = |value: &Value| value.as_bool() == Some(true);
    let enabled: Vec<(&str, &Value)> = listeners
        .iter()
        .map(|(name, l)| (name.as_str().expect("a name"), l))
        .filter(|(_, l)| on(&l["enabled"]))
        .collect();
    let loopback =
        |l: &Value| l.get("address").and_then(Value::as_str).is_some_and(|a| a.starts_with("127.") || a == "::1");
    let port = |l: &Value| l["port"].as_u64().expect("a port");
    let mut wanted: BTreeMap<String, u64> =
        enabled.iter().filter(|(_, l)| !loopback(l)).map(|(n, l)| ((*n).to_owned(), port(l))).collect();
    wanted.extend([("epmd".to_owned(), 4369), ("erlang-dist".to_owned(), 9100)]);
    assert_eq!(container_ports(rendered), wanted, "container ports");
    let full = rendered.stateful_set().name().to_owned();
    for (suffix, key, always) in
        [("", "headless", true), ("-lb", "loadBalancer", false), ("-nodeport", "nodePort", false)]
    {
        let Some(service) = rendered.find("Service", &format!("{full}{suffix}")) else { continue };
        let shown: BTreeMap<String, u64> = service
            .list("spec ports")
            .iter()
            .map(|p| (p["name"].as_str().expect("a name").to_owned(), p["port"].as_u64().expect("a port")))
            .collect();
        let mut wanted: BTreeMap<String, u64> =
            enabled.iter().filter(|(_, l)| on(&l["expose"][key])).map(|(n, l)| ((*n).to_owned(), port(l))).collect();
        if always {
            wanted.extend([("epmd".to_owned(), 4369), ("erlang-dist".to_owned(), 9100)]);
        }
        assert_eq!(shown, wanted, "ports of {}", service.name());
    }
    if let Some(policy) = rendered.find("NetworkPolicy", &full) {
        let open: BTreeSet<u64> = policy
            .list("spec ingress")
            .iter()
            .skip(1)
            .flat_map(|rule| rule.get("ports").and_then(Value::as_sequence).into_iter().flatten())
            .filter_map(|p| p["port"].as_u64())
            .collect();
        let exposed: BTreeSet<u64> = rendered
            .all("Service")
            .flat_map(|s| s.list("spec ports"))
            .filter_map(|p| p["port"].as_u64())
            .filter(|p| ![4369, 9100].contains(p))
            .collect();
        assert!(exposed.is_subset(&open), "{exposed:?} of Services are closed in {open:?}");
        assert!(!open.contains(&4369) && !open.contains(&9100), "the cluster's own ports are open");
    }
    if values["mimConfig"].as_str().unwrap_or("").is_empty() {
        let config = rendered.toml();
        reference::check(&config);
        let heard: BTreeSet<u64> = config["listen"]
            .as_table()
            .expect("[listen]")
            .values()
            .flat_map(|list| list.as_array().expect("a list"))
            .map(|l| l["port"].as_integer().expect("a port") as u64)
            .collect();
        assert_eq!(heard, enabled.iter().map(|(_, l)| port(l)).collect(), "ports of mongooseim.toml");
    }
}

/// Checks that the cookie and passwords are only in Secrets.
fn secrets_stay_secret(rendered: &Rendered, values: &Value) {
    let own = at(values, "existingCookieSecret name").and_then(Value::as_str) != Some("");
    let full = rendered.stateful_set().name();
    let config = rendered.get("ConfigMap", full);
    let shown = serde_yaml::to_string(&config.value).expect("YAML");
    assert!(!shown.contains("setcookie"), "vm.args in the ConfigMap");
    let vm = rendered.file("vm.args").expect("vm.args");
    if own {
        assert!(
            !vm.contains(values["nodeCookie"].as_str().unwrap_or("?")) || values["nodeCookie"] == values["nodeName"]
        );
    }
    let listeners = values["listeners"].as_mapping().expect("listeners").values();
    let mut passwords: Vec<&str> =
        listeners.filter_map(|l| l.get("password")?.as_str()).filter(|p| !p.is_empty()).collect();
    if values["persistentDatabase"] == "rdbms" {
        passwords.extend(values["rdbms"]["password"].as_str());
    }
    for password in passwords {
        assert!(!rendered.text.contains(password), "a password can be read");
    }
}
