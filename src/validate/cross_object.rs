//! Checks references between objects.

use std::collections::{HashMap, HashSet};

use super::report::{Report, head};
use crate::diagnostic::{Severity, Span};
use crate::kubernetes::{FieldPath, Object, Schema};
use crate::report::Finding;
use crate::yaml::{Map, Node, Value};

/// Checks objects together: duplicate identities, Services without pods, references to objects that are missing. Information is
/// gathered object by object while their fields are available, and judged at the end.
pub(super) struct Together<'o> {
    objects: &'o [Object],
    /// The namespaces of all objects by kind and name.
    names: HashMap<(&'o str, &'o str), HashSet<&'o str>>,
    pods: Pods,
    /// The place of the last object with each identity.
    places: HashMap<[&'o str; 4], Span>,
    pending: Vec<(Subject<'o>, PendingCheck)>,
}

/// An object to report on: its name in messages, and its index among objects with the same name, from 0.
#[derive(Clone, Copy)]
pub(super) struct Subject<'o> {
    pub(super) object: &'o Object,
    pub(super) name: &'o str,
    pub(super) nth: usize,
}

/// A check that has to wait until all objects are known.
enum PendingCheck {
    /// The object occurs twice, at these places.
    Twice { place: Span, first: Span },
    /// Whether its selector matches any pods.
    HasPods { selector: Map, place: Span, otherwise: &'static str },
    /// Whether to report that the target of an autoscaler is not among the objects.
    Scales { target: Missing, place: Span },
    /// Its pods use an object that is not in the input.
    NotRendered { path: &'static [&'static str], used: Missing, place: Span },
}

/// An object that is referred to, but that is not in the input.
struct Missing {
    kind: String,
    name: String,
    /// Whether the input has such an object in another namespace.
    is_elsewhere: bool,
}

impl Missing {
    fn text(&self) -> String {
        let Missing { kind, name, is_elsewhere } = self;
        let namespace = if *is_elsewhere { " in this namespace" } else { "" };
        format!("{kind}/{name} is not in the input{namespace}")
    }
}

impl<'o> Together<'o> {
    /// Prepares the check of these objects.
    pub(super) fn new(objects: &'o [Object]) -> Self {
        let mut names: HashMap<_, HashSet<&str>> = HashMap::with_capacity(objects.len());
        for Object { id, .. } in objects {
            names.entry((id.kind.as_str(), id.name.as_str())).or_default().insert(&id.namespace);
        }
        Together { objects, names, pods: Pods::default(), places: HashMap::new(), pending: Vec::new() }
    }

    /// Gathers what an object with these fields says about other objects.
    pub(super) fn add(&mut self, subject: Subject<'o>, fields: &Map) {
        let object = subject.object;
        let id = &object.id;
        if let Some(pods) = PodsOf::kind(&id.kind) {
            self.pods.add(fields.map_at(pods.labels).cloned().unwrap_or_default(), &id.namespace);
        }
        if id.name.is_empty() {
            return;
        }
        let place = head(fields, &object.span);
        let namespace = if is_of_cluster(object) { "" } else { &id.namespace };
        let identity = [id.group(), &id.kind, namespace, &id.name];
        if let Some(first) = self.places.insert(identity, place.clone()) {
            self.pending.push((subject, PendingCheck::Twice { place: place.clone(), first }));
        }
        let mut selects = |path: &[&str], otherwise| {
            if let Some(selector) = fields.map_at(path) {
                let check = PendingCheck::HasPods { selector: selector.clone(), place: place.clone(), otherwise };
                self.pending.push((subject, check));
            }
        };
        match id.kind.as_str() {
            "Service" => selects(&["spec", "selector"], "the Service has no endpoints"),
            "PodDisruptionBudget" => {
                selects(&["spec", "selector", "matchLabels"], "the budget protects nothing");
            }
            "HorizontalPodAutoscaler" => {
                let text = |name| fields.text_at(&["spec", "scaleTargetRef", name]);
                if let (Some(kind), Some(name)) = (text("kind"), text("name"))
                    && let Some(target) = self.missing(kind, name, &id.namespace)
                {
                    self.pending.push((subject, PendingCheck::Scales { target, place }));
                }
            }
            _ => {}
        }
        self.add_used(subject, fields);
    }

    /// Adds the ConfigMaps and Secrets that pods use, but that are not in the input. They must already exist in the cluster.
    fn add_used(&mut self, subject: Subject<'o>, fields: &Map) {
        let Some(path) = PodsOf::kind(&subject.object.id.kind).map(|pods| pods.spec) else { return };
        let Some(pod) = fields.at(path.iter().copied()) else { return };
        let mut found = Vec::new();
        references(pod, &mut found);
        let mut reported: Vec<(&str, &str)> = Vec::new();
        for (kind, (name, place)) in found {
            if reported.contains(&(kind, name)) {
                continue;
            }
            let Some(used) = self.missing(kind, name, &subject.object.id.namespace) else { continue };
            reported.push((kind, name));
            self.pending.push((subject, PendingCheck::NotRendered { path, used, place: place.clone() }));
        }
    }

    /// Returns the object with this name as seen from a namespace, if it is missing. An object and a reference of which only one
    /// declares a namespace may be in the same one.
    fn missing(&self, kind: &str, name: &str, namespace: &str) -> Option<Missing> {
        let namespaces = self.names.get(&(kind, name));
        let is_here = |namespaces: &HashSet<&str>| {
            namespace.is_empty() || namespaces.contains("") || namespaces.contains(namespace)
        };
        (!namespaces.is_some_and(is_here)).then(|| Missing {
            kind: kind.to_owned(),
            name: name.to_owned(),
            is_elsewhere: namespaces.is_some(),
        })
    }

    /// Reports all findings.
    pub(super) fn report_all(self, findings: &mut Vec<Finding>) {
        for (subject, check) in &self.pending {
            let mut report = Report::new(subject.object, subject.name, subject.nth);
            self.answer(check, &subject.object.id.namespace, &mut report);
            findings.append(&mut report.findings);
        }
    }

    fn answer(&self, check: &PendingCheck, namespace: &str, report: &mut Report<'_>) {
        let mut warn = |rule, path: &[&str], message, place| {
            report.report(Severity::Warning, rule, &FieldPath::of_fields(path), message, place);
        };
        match check {
            PendingCheck::Twice { place, first } => {
                let message = "duplicate object; the second would overwrite the first".to_owned();
                let finding = report.error("twice", &FieldPath::of_fields(&["metadata", "name"]), message, place);
                finding.diagnostic = finding.diagnostic.clone().at(first.clone(), "the first");
            }
            PendingCheck::HasPods { selector, place, otherwise } => {
                let where_not = match self.pods.selected(selector, namespace) {
                    Selected::None => "",
                    Selected::Elsewhere => " in this namespace",
                    Selected::Some | Selected::Unknown => return,
                };
                let message = format!("no pod in the input{where_not} has these labels; {otherwise}");
                warn("no-pods", &["spec", "selector"], message, place);
            }
            // If the input has nothing that could be scaled, the target is rendered elsewhere.
            PendingCheck::Scales { target, place } => {
                if !self.pods.is_empty() || self.objects.iter().any(|other| other.id.kind == target.kind) {
                    warn("points-nowhere", &["spec", "scaleTargetRef"], target.text(), place);
                }
            }
            PendingCheck::NotRendered { path, used, place } => {
                let message = format!("{}; it must already exist in the cluster", used.text());
                report.report(Severity::Info, "not-rendered", &FieldPath::of_fields(path), message, place);
            }
        }
    }
}

/// Whether an object of a cluster-scoped kind declares a namespace.
fn is_of_cluster(object: &Object) -> bool {
    let kind = Schema::built_in().kind(&object.id.api_version, &object.id.kind);
    !object.id.namespace.is_empty() && kind.is_some_and(|kind| kind.is_namespaced == Some(false))
}

/// The paths of the pod labels and the pod spec in objects of a kind.
struct PodsOf {
    labels: &'static [&'static str],
    spec: &'static [&'static str],
}

impl PodsOf {
    fn kind(kind: &str) -> Option<PodsOf> {
        match kind {
            "StatefulSet" | "Deployment" | "DaemonSet" | "ReplicaSet" | "Job" => Some(PodsOf {
                labels: &["spec", "template", "metadata", "labels"],
                spec: &["spec", "template", "spec"],
            }),
            "CronJob" => Some(PodsOf {
                labels: &["spec", "jobTemplate", "spec", "template", "metadata", "labels"],
                spec: &["spec", "jobTemplate", "spec", "template", "spec"],
            }),
            "Pod" => Some(PodsOf { labels: &["metadata", "labels"], spec: &["spec"] }),
            _ => None,
        }
    }
}

/// The labels and namespaces of all pods, indexed by label.
#[derive(Default)]
struct Pods {
    pods: Vec<(Map, String)>,
    by_label: HashMap<(String, String), Vec<usize>>,
}

/// Which pods a selector matches.
enum Selected {
    /// Pods that may be in the selector's namespace.
    Some,
    /// Only pods of other namespaces.
    Elsewhere,
    /// No pods.
    None,
    /// There are no pods, or the selector is empty.
    Unknown,
}

impl Pods {
    fn add(&mut self, labels: Map, namespace: &str) {
        for (key, node) in labels.iter() {
            if let Some(value) = node.value.as_str() {
                self.by_label.entry((key.to_owned(), value.to_owned())).or_default().push(self.pods.len());
            }
        }
        self.pods.push((labels, namespace.to_owned()));
    }

    fn is_empty(&self) -> bool {
        self.pods.is_empty()
    }

    /// Returns which pods have the labels of a selector in a namespace.
    fn selected(&self, selector: &Map, namespace: &str) -> Selected {
        // Only pods that have the rarest label are compared.
        let with = |(key, node): (&str, &Node)| {
            let value = node.value.as_str().unwrap_or_default();
            self.by_label.get(&(key.to_owned(), value.to_owned())).map_or(&[][..], Vec::as_slice)
        };
        let Some(rarest) = selector.iter().map(with).min_by_key(|pods| pods.len()).filter(|_| !self.is_empty()) else {
            return Selected::Unknown;
        };
        let has = |labels: &Map| {
            selector.iter().all(|(key, node)| labels.get(key).is_some_and(|label| label.value == node.value))
        };
        let mut matching = rarest.iter().map(|&at| &self.pods[at]).filter(|(labels, _)| has(labels)).peekable();
        if matching.peek().is_none() {
            return Selected::None;
        }
        // A pod and a selector of which only one declares a namespace may be in the same one.
        let is_here = |(_, own): &(Map, String)| namespace.is_empty() || own.is_empty() || own == namespace;
        if matching.any(is_here) { Selected::Some } else { Selected::Elsewhere }
    }
}

/// Finds the references to ConfigMaps and Secrets below a value, except optional ones.
fn references<'n>(node: &'n Node, found: &mut Vec<(&'static str, (&'n str, &'n Span))>) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| references(item, found)),
        Value::Map(map) => {
            for (key, inner) in map.iter() {
                let reference = match key {
                    "configMap" | "configMapRef" | "configMapKeyRef" => Some(("ConfigMap", "name")),
                    "secretRef" | "secretKeyRef" => Some(("Secret", "name")),
                    // A volume has a different field for the name than a source of a projected volume.
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

    /// Returns the findings for a stream of documents, in which `WEB` is a Deployment `web` whose pods have the label `app: web`.
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
    fn a_reference_does_not_reach_another_namespace() {
        let in_a = |text: &str| text.replace("{name: web}\nspec", "{name: web, namespace: a}\nspec");
        let deployment = in_a(&DEPLOYMENT.replace("image: web}", "image: web, envFrom: [{configMapRef: {name: c}}]}"));
        let of = |kind: &str, namespace: &str, spec: &str| {
            format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: c, namespace: {namespace}}}\n{spec}\n")
        };
        let service = |namespace: &str| of("Service", namespace, "spec: {selector: {app: web}, ports: [{port: 80}]}");
        let map = |namespace: &str| of("ConfigMap", namespace, "data: {}");
        for same in ["a", "''"] {
            assert_eq!(reported(&[&deployment, &service(same), &map(same)]), [""; 0]);
        }
        assert_eq!(
            reported(&[&deployment, &service("b"), &map("b")]),
            [
                "a/Deployment/web: spec.template.spec: ConfigMap/c is not in the input in this namespace; it must already exist in the cluster",
                "b/Service/c: spec.selector: no pod in the input in this namespace has these labels; the Service has no endpoints"
            ]
        );
    }

    #[test]
    fn a_missing_autoscaler_target_is_reported() {
        assert_eq!(reported(&["WEB", &autoscaler("Deployment", "web")]), [""; 0]);
        assert_eq!(
            reported(&["WEB", &autoscaler("Deployment", "wbe")]),
            ["HorizontalPodAutoscaler/web: spec.scaleTargetRef: Deployment/wbe is not in the input"]
        );
        assert_eq!(
            reported(&["WEB", &autoscaler("StatefulSet", "web")]),
            ["HorizontalPodAutoscaler/web: spec.scaleTargetRef: StatefulSet/web is not in the input"]
        );
        // The target is in the autoscaler's namespace; a namespace that only one of them declares may be the same.
        let elsewhere = |namespace: &str| autoscaler("Deployment", "web").replace("{name: web}", namespace);
        let other = elsewhere("{name: web, namespace: b}");
        assert_eq!(reported(&["WEB", &other]), [""; 0]);
        assert_eq!(
            reported(&[&DEPLOYMENT.replace("{name: web}\nspec", "{name: web, namespace: a}\nspec"), &other]),
            [
                "b/HorizontalPodAutoscaler/web: spec.scaleTargetRef: Deployment/web is not in the input in this namespace"
            ]
        );
        // Without anything that creates pods, the target is elsewhere.
        assert_eq!(reported(&[&autoscaler("Deployment", "web")]), [""; 0]);
    }

    #[test]
    fn selectors_without_pods_are_reported() {
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
    fn duplicate_objects_are_reported() {
        assert_eq!(
            reported(&["WEB", "WEB"]),
            ["Deployment/web: metadata.name: duplicate object; the second would overwrite the first"]
        );
        // A cluster-scoped object is the same in all namespaces.
        let in_namespace = |namespace: &str, kind: &str| {
            format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: a, namespace: {namespace}}}\n")
        };
        let both = |kind: &str| reported(&[&in_namespace("b", kind), &in_namespace("c", kind)]);
        assert!(both("Namespace").iter().any(|message| message.contains("duplicate object")));
        assert_eq!(both("ConfigMap"), [""; 0]);
    }

    #[test]
    fn missing_configuration_of_pods_is_reported_once() {
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
