//! What documents say of each other.

use std::collections::{HashMap, HashSet};

use super::report::{Report, head};
use crate::diagnostic::{Severity, Span};
use crate::kubernetes::{FieldPath, Object};
use crate::report::Finding;
use crate::yaml::{Map, Node, Value};

/// Checks objects against each other: two of one identity, Services without pods, what points nowhere.
pub(super) fn check(objects: &[Object], findings: &mut Vec<Finding>) {
    let pods = Pods::of(objects);
    let names: HashSet<(&str, &str)> =
        objects.iter().map(|object| (object.id.kind.as_str(), object.id.name.as_str())).collect();
    let mut known: HashMap<(&str, &str, &str, &str), &Object> = HashMap::new();
    for object in objects.iter().filter(|object| !object.id.name.is_empty()) {
        let id = &object.id;
        let name = object.id.to_string();
        let mut report =
            Report { object: &name, origin: &object.origin, whole: object.span.clone(), findings: Vec::new() };
        if let Some(first) = known.insert((id.group(), &id.kind, &id.namespace, &id.name), object) {
            let message = "duplicate object; the second would overwrite the first".to_owned();
            let place = head(&object.fields(), &object.span);
            let finding = report.error("twice", &FieldPath::of_fields(&["metadata", "name"]), message, &place);
            finding.diagnostic = finding.diagnostic.clone().at(head(&first.fields(), &first.span), "the first");
        }
        match id.kind.as_str() {
            "Service" => service(object, &pods, &mut report),
            "HorizontalPodAutoscaler" => autoscaler(object, objects, (&names, &pods), &mut report),
            "PodDisruptionBudget" => budget(object, &pods, &mut report),
            _ => {}
        }
        used(object, &names, &mut report);
        findings.append(&mut report.findings);
    }
}

/// The labels of the pods that an object makes.
fn pod_labels(object: &Object) -> Option<Map> {
    let path: &[&str] = match object.id.kind.as_str() {
        "StatefulSet" | "Deployment" | "DaemonSet" | "ReplicaSet" | "Job" => {
            &["spec", "template", "metadata", "labels"]
        }
        "CronJob" => &["spec", "jobTemplate", "spec", "template", "metadata", "labels"],
        "Pod" => &["metadata", "labels"],
        _ => return None,
    };
    Some(object.fields().at(path.iter().copied()).and_then(|node| node.value.as_map()).cloned().unwrap_or_default())
}

/// The labels of all pods that are made, and which pods have one.
struct Pods {
    labels: Vec<Map>,
    by_label: HashMap<(String, String), Vec<usize>>,
}

impl Pods {
    fn of(objects: &[Object]) -> Pods {
        let labels: Vec<Map> = objects.iter().filter_map(pod_labels).collect();
        let mut by_label: HashMap<(String, String), Vec<usize>> = HashMap::new();
        for (at, labels) in labels.iter().enumerate() {
            for (key, node) in labels.iter() {
                if let Some(value) = node.value.as_str() {
                    by_label.entry((key.to_owned(), value.to_owned())).or_default().push(at);
                }
            }
        }
        Pods { labels, by_label }
    }

    fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

/// Whether pods with these labels are among those that are made; `None` if none are made at all.
fn has_pods(selector: &Map, pods: &Pods) -> Option<bool> {
    if pods.is_empty() {
        return None;
    }
    // Those that have the rarest label are looked at.
    let with = |(key, node): (&str, &Node)| {
        let value = node.value.as_str().unwrap_or_default();
        pods.by_label.get(&(key.to_owned(), value.to_owned())).map_or(&[][..], Vec::as_slice)
    };
    let Some(rarest) = selector.iter().map(with).min_by_key(|pods| pods.len()) else { return Some(true) };
    let has = |labels: &Map| {
        selector.iter().all(|(key, node)| labels.get(key).is_some_and(|label| label.value == node.value))
    };
    Some(rarest.iter().any(|&at| has(&pods.labels[at])))
}

fn service(object: &Object, pods: &Pods, report: &mut Report<'_>) {
    let fields = object.fields();
    let Some(node) = fields.at(["spec", "selector"]) else { return };
    let Some(selector) = node.value.as_map().filter(|selector| !selector.is_empty()) else { return };
    if has_pods(selector, pods) == Some(false) {
        let place = head(&fields, &object.span);
        let message = "no pod in the input has these labels; the Service has no endpoints".to_owned();
        report.report(Severity::Warning, "no-pods", &FieldPath::of_fields(&["spec", "selector"]), message, &place);
    }
}

fn budget(object: &Object, pods: &Pods, report: &mut Report<'_>) {
    let fields = object.fields();
    let Some(selector) = fields.at(["spec", "selector", "matchLabels"]).and_then(|node| node.value.as_map()) else {
        return;
    };
    if has_pods(selector, pods) == Some(false) {
        let place = head(&fields, &object.span);
        let message = "no pod in the input has these labels; the budget protects nothing".to_owned();
        report.report(Severity::Warning, "no-pods", &FieldPath::of_fields(&["spec", "selector"]), message, &place);
    }
}

/// What it scales is reported where there is anything to scale: otherwise that is rendered somewhere else.
fn autoscaler(
    object: &Object,
    objects: &[Object],
    (names, pods): (&HashSet<(&str, &str)>, &Pods),
    report: &mut Report<'_>,
) {
    let fields = object.fields();
    let text = |name: &str| fields.at(["spec", "scaleTargetRef", name]).and_then(|node| node.value.as_str());
    let (Some(kind), Some(name)) = (text("kind"), text("name")) else { return };
    if !names.contains(&(kind, name)) && (!pods.is_empty() || objects.iter().any(|other| other.id.kind == kind)) {
        let place = head(&fields, &object.span);
        let message = format!("{kind}/{name} is not in the input");
        report.report(
            Severity::Warning,
            "points-nowhere",
            &FieldPath::of_fields(&["spec", "scaleTargetRef"]),
            message,
            &place,
        );
    }
}

/// ConfigMaps and Secrets that pods use and that are not among the objects: they have to be there already.
fn used(object: &Object, names: &HashSet<(&str, &str)>, report: &mut Report<'_>) {
    let path: &[&str] = match object.id.kind.as_str() {
        "StatefulSet" | "Deployment" | "DaemonSet" | "ReplicaSet" | "Job" => &["spec", "template", "spec"],
        "CronJob" => &["spec", "jobTemplate", "spec", "template", "spec"],
        "Pod" => &["spec"],
        _ => return,
    };
    let fields = object.fields();
    let Some(pod) = fields.at(path.iter().copied()) else { return };
    let mut found = Vec::new();
    references(pod, &mut found);
    let mut reported: Vec<(&str, &str)> = Vec::new();
    for (kind, name) in found {
        if names.contains(&(kind, name.0)) || reported.contains(&(kind, name.0)) {
            continue;
        }
        reported.push((kind, name.0));
        let message = format!("{kind}/{} is not in the input; it must already exist in the cluster", name.0);
        report.report(Severity::Info, "not-rendered", &FieldPath::of_fields(path), message, name.1);
    }
}

/// The ConfigMaps and Secrets named below a value, but for those that may be missing.
fn references<'n>(node: &'n Node, found: &mut Vec<(&'static str, (&'n str, &'n Span))>) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| references(item, found)),
        Value::Map(map) => {
            for (key, inner) in map.iter() {
                let reference = match key {
                    "configMap" | "configMapRef" | "configMapKeyRef" => Some(("ConfigMap", "name")),
                    "secretRef" | "secretKeyRef" => Some(("Secret", "name")),
                    // A volume names it otherwise than a part of a projected one does.
                    "secret" => Some((
                        "Secret",
                        if inner.value.as_map().is_some_and(|map| map.get("secretName").is_some()) {
                            "secretName"
                        } else {
                            "name"
                        },
                    )),
                    _ => None,
                };
                let named = reference.and_then(|(kind, field)| Some((kind, inner.value.as_map()?, field)));
                if let Some((kind, map, field)) = named
                    && map.get("optional").is_none_or(|node| node.value != Value::Bool(true))
                    && let Some(name) = map.get(field)
                    && let Some(text) = name.value.as_str().filter(|text| !text.is_empty())
                {
                    found.push((kind, (text, &name.span)));
                }
                references(inner, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Source;
    use crate::kubernetes::KubeVersion;
    use crate::kubernetes::read_objects;
    use crate::validate::{Request, validate};

    const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {selector: {matchLabels: {app: web}}, \
        template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web}]}}}\n";

    /// What is reported of a stream of documents, in which `WEB` is a Deployment `web` whose pods have the label `app: web`.
    fn reported(documents: &[&str]) -> Vec<String> {
        let text = documents.join("---\n").replace("WEB", DEPLOYMENT);
        let objects = read_objects(&Source::file("m.yaml", text), "m.yaml").expect("objects");
        let request = Request { kube_version: &KubeVersion::default(), strict: false, custom_kinds: &[] };
        validate(&objects, &request).into_iter().map(|finding| finding.diagnostic.message).collect()
    }

    fn autoscaler(kind: &str, name: &str) -> String {
        format!(
            "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {{name: web}}\n\
             spec: {{maxReplicas: 3, scaleTargetRef: {{apiVersion: apps/v1, kind: {kind}, name: {name}}}}}\n"
        )
    }

    #[test]
    fn an_autoscaler_points_at_something_that_is_there() {
        assert_eq!(reported(&["WEB", &autoscaler("Deployment", "web")]), [""; 0]);
        assert_eq!(
            reported(&["WEB", &autoscaler("Deployment", "wbe")]),
            ["HorizontalPodAutoscaler/web: spec.scaleTargetRef: Deployment/wbe is not in the input"]
        );
        assert_eq!(
            reported(&["WEB", &autoscaler("StatefulSet", "web")]),
            ["HorizontalPodAutoscaler/web: spec.scaleTargetRef: StatefulSet/web is not in the input"]
        );
        // Without anything that makes pods, that is somewhere else.
        assert_eq!(reported(&[&autoscaler("Deployment", "web")]), [""; 0]);
    }

    #[test]
    fn selectors_find_pods() {
        let service = |app: &str| {
            format!(
                "apiVersion: v1\nkind: Service\nmetadata: {{name: s}}\nspec: {{selector: {{app: {app}}}, ports: [{{port: 80}}]}}\n"
            )
        };
        let budget = |app: &str| {
            format!(
                "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{name: b}}\nspec: {{minAvailable: 1, selector: {{matchLabels: {{app: {app}}}}}}}\n"
            )
        };
        assert_eq!(reported(&["WEB", &service("web"), &budget("web")]), [""; 0]);
        assert_eq!(
            reported(&["WEB", &service("x"), &budget("x")]),
            [
                "Service/s: spec.selector: no pod in the input has these labels; the Service has no endpoints",
                "PodDisruptionBudget/b: spec.selector: no pod in the input has these labels; the budget protects nothing",
            ]
        );
        assert_eq!(reported(&[&service("x"), &budget("x")]), [""; 0]);
    }

    #[test]
    fn an_identity_is_had_once() {
        assert_eq!(
            reported(&["WEB", "WEB"]),
            ["Deployment/web: metadata.name: duplicate object; the second would overwrite the first"]
        );
    }

    #[test]
    fn what_pods_use_and_is_not_there_is_noted_once() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  volumes: [{name: v, secret: {secretName: s}}]\n  containers:\n  - \
            {name: a, image: a, envFrom: [{configMapRef: {name: c}}, {secretRef: {name: s}}, {configMapRef: {name: o, optional: true}}]}\n";
        let note =
            |what: &str| format!("Pod/p: spec: {what} is not in the input; it must already exist in the cluster");
        let mut found = reported(&[pod]);
        found.sort();
        assert_eq!(found, [note("ConfigMap/c"), note("Secret/s")]);
        let both = ["ConfigMap", "Secret"]
            .map(|kind| format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: {}}}\n", &kind[..1].to_lowercase()));
        assert_eq!(reported(&[pod, &both[0], &both[1]]), [""; 0]);
    }
}
