//! Impacts of changed ConfigMaps and Secrets: which workloads use them, and when these see the change.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::changed::{Changed, reference};
use super::{Impact, ImpactLevel, workloads};
use crate::kubernetes::{Id, Object};
use crate::yaml::Map;

/// The workloads of the new side by the ConfigMaps and Secrets that they use. The workloads are read on the first query.
pub(super) struct Users<'c, 'o> {
    all: &'c [Changed<'o>],
    new: &'o [Object],
    by_name: OnceLock<HashMap<Configuration, Vec<User<'o>>>>,
    restarting: OnceLock<HashSet<&'c Id>>,
}

/// A ConfigMap or Secret, by kind and name.
type Configuration = (&'static str, String);

/// A workload, and how its pods use a ConfigMap or Secret.
type User<'o> = (&'o Object, Use);

/// How a workload uses a ConfigMap or Secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// As a volume, which the kubelet keeps up to date.
    Files,
    /// In environment variables or as single files (`subPath`), which are read when a container starts.
    OnStart,
}

impl<'c, 'o> Users<'c, 'o> {
    /// Finds the users among the objects of the new side. `all` are the objects that differ.
    pub(super) fn new(all: &'c [Changed<'o>], new: &'o [Object]) -> Self {
        Users { all, new, by_name: OnceLock::new(), restarting: OnceLock::new() }
    }

    /// Adds the impacts of a changed ConfigMap or Secret.
    pub(super) fn impacts(&self, object: &Changed<'_>, old: &Map, found: &mut Vec<Impact>) {
        let kind = object.difference.id.kind.as_str();
        let is_immutable = old.is_true_at(&["immutable"]);
        if is_immutable && object.differs(&["immutable"]) {
            found.push(
                Impact::rejected("immutable, once it is true,")
                    .about(&["immutable"])
                    .remedy(format!("run `kubectl delete {}`, then apply", object.reference())),
            );
        }
        let fields = ["data", "stringData", "binaryData"];
        if !fields.iter().any(|field| object.differs(&[field])) {
            return;
        }
        if is_immutable {
            found.push(
                Impact::rejected(&format!("data of an immutable {kind}"))
                    .about(&fields)
                    .remedy("create it under another name, and use that name wherever it is referenced"),
            );
            return;
        }
        let users = || self.users_of(&object.difference.id);
        for seen in [Seen::Restarts, Seen::Keeps, Seen::ChangesFiles] {
            let ids = users().map(|(user, how)| (&user.id, how)).filter(|(id, how)| self.when_seen(id, *how) == seen);
            let impact = seen.impact(&ids.map(|(id, _)| id).collect::<Vec<_>>());
            found.extend(impact.map(|impact| impact.about(&fields)));
        }
    }

    /// Returns the users of a ConfigMap or Secret.
    fn users_of(&self, id: &Id) -> impl Iterator<Item = User<'o>> {
        let kind = if id.kind == "ConfigMap" { "ConfigMap" } else { "Secret" };
        let read = || {
            let mut users: HashMap<Configuration, Vec<User<'o>>> = HashMap::new();
            for object in self.new {
                for (configuration, how) in uses(object) {
                    users.entry(configuration).or_default().push((object, how));
                }
            }
            users
        };
        let users = self.by_name.get_or_init(read).get(&(kind, id.name.clone())).map(Vec::as_slice);
        // If only one of them declares a namespace, they may still be in the same one.
        let may_see =
            |user: &Id| user.namespace == id.namespace || user.namespace.is_empty() || id.namespace.is_empty();
        users.unwrap_or_default().iter().copied().filter(move |(user, _)| may_see(&user.id))
    }

    /// Returns when the pods of a workload see a change.
    fn when_seen(&self, user: &Id, how: Use) -> Seen {
        let restarts = |other: &&Changed<'_>| other.touches(&["spec", "template"]) && workloads::restarts(other);
        let restarting = || self.all.iter().filter(restarts).map(|other| &other.difference.id).collect();
        match how {
            _ if self.restarting.get_or_init(restarting).contains(user) => Seen::Restarts,
            Use::OnStart => Seen::Keeps,
            Use::Files => Seen::ChangesFiles,
        }
    }
}

/// When pods see a change of a ConfigMap or Secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// The pods restart anyway.
    Restarts,
    /// Files change in the running pods, but processes keep what they have read.
    ChangesFiles,
    /// Not before the pods are restarted.
    Keeps,
}

impl Seen {
    /// Returns the impact on the given workloads; `None` if there are none.
    fn impact(self, users: &[&Id]) -> Option<Impact> {
        let names = names(users)?;
        if self == Seen::Restarts {
            let (restart, read) = if users.len() == 1 { ("restarts", "reads") } else { ("restart", "read") };
            return Some(Impact::new(
                "configuration-with-restart",
                ImpactLevel::Info,
                format!("{names} {restart} with this change, and {read} the new configuration"),
            ));
        }
        let text = match self {
            Seen::ChangesFiles => format!(
                "no restart: the files in pods of {names} change within a minute or two, but what was already read stays in effect until they are restarted"
            ),
            _ => format!("no restart: pods of {names} keep the old configuration until they are restarted"),
        };
        let impact = Impact::new("configuration-without-restart", ImpactLevel::Warning, text);
        let can_be_restarted = |user: &&&Id| matches!(user.kind.as_str(), "StatefulSet" | "Deployment" | "DaemonSet");
        let references: Vec<String> =
            users.iter().filter(can_be_restarted).map(|user| reference(&user.kind, &user.name)).collect();
        Some(match references.as_slice() {
            [] => impact,
            references => impact.remedy(format!("run `kubectl rollout restart {}`", references.join(" "))),
        })
    }
}

/// Lists workloads, such as `web/Deployment/a, web/Deployment/b and 3 more`; `None` if there are none.
fn names(users: &[&Id]) -> Option<String> {
    const MAX: usize = 4;
    let shown = if users.len() > MAX { MAX - 1 } else { users.len() };
    let mut names: Vec<String> = users[..shown].iter().map(|user| user.to_string()).collect();
    if shown < users.len() {
        names.push(format!("{} more", users.len() - shown));
    }
    let last = names.pop()?;
    Some(if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) })
}

/// Returns the ConfigMaps and Secrets that the pods of a workload use.
fn uses(user: &Object) -> HashMap<Configuration, Use> {
    let mut found = HashMap::new();
    let path: &[&str] = match user.id.kind.as_str() {
        "StatefulSet" | "Deployment" | "DaemonSet" | "ReplicaSet" => &["spec", "template", "spec"],
        "Pod" => &["spec"],
        _ => return found,
    };
    if user.text().is_some_and(|text| !may_name_configuration(text)) {
        return found;
    }
    let fields = user.fields();
    let Some(pod) = fields.map_at(path) else { return found };
    let mut add = |kind, name: Option<&str>, how: Use| {
        if let Some(name) = name {
            let known = found.entry((kind, name.to_owned())).or_insert(how);
            *known = how.max(*known);
        }
    };
    let containers = || ["initContainers", "containers"].into_iter().flat_map(|field| pod.maps_at(&[field]));
    for container in containers() {
        for variable in container.maps_at(&["env"]) {
            add("ConfigMap", variable.text_at(&["valueFrom", "configMapKeyRef", "name"]), Use::OnStart);
            add("Secret", variable.text_at(&["valueFrom", "secretKeyRef", "name"]), Use::OnStart);
        }
        for from in container.maps_at(&["envFrom"]) {
            add("ConfigMap", from.text_at(&["configMapRef", "name"]), Use::OnStart);
            add("Secret", from.text_at(&["secretRef", "name"]), Use::OnStart);
        }
    }
    // How each volume is mounted. Init containers only read a volume at the start.
    let mut mounted: HashMap<&str, Use> = HashMap::new();
    for (field, least) in [("initContainers", Use::OnStart), ("containers", Use::Files)] {
        for mount in pod.maps_at(&[field]).flat_map(|container| container.maps_at(&["volumeMounts"])) {
            let is_single = mount.get("subPath").is_some() || mount.get("subPathExpr").is_some();
            let how = if is_single { Use::OnStart } else { least };
            if let Some(name) = mount.text_at(&["name"]) {
                let known = mounted.entry(name).or_insert(how);
                *known = how.max(*known);
            }
        }
    }
    for volume in pod.maps_at(&["volumes"]) {
        let Some(&how) = volume.text_at(&["name"]).and_then(|name| mounted.get(name)) else { continue };
        add("ConfigMap", volume.text_at(&["configMap", "name"]), how);
        add("Secret", volume.text_at(&["secret", "secretName"]), how);
        for source in volume.maps_at(&["projected", "sources"]) {
            add("ConfigMap", source.text_at(&["configMap", "name"]), how);
            add("Secret", source.text_at(&["secret", "name"]), how);
        }
    }
    found
}

/// Whether a document may name ConfigMaps or Secrets: a cheap check before it is parsed. All fields that do so contain one of
/// these words in their names, unless an escape hides it.
fn may_name_configuration(text: &str) -> bool {
    ["configMap", "secret", "\\"].iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::diff::sides::compare_sides;
    use crate::kubernetes::read_objects;
    use crate::secrets::Secrets;

    fn used(pod: &str) -> Vec<(Configuration, Use)> {
        let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {pod}\n");
        let objects = read_objects(&Source::file("p.yaml", text), "p.yaml").unwrap();
        let mut used: Vec<_> = uses(&objects[0]).into_iter().collect();
        used.sort();
        used
    }

    #[test]
    fn variables_and_single_files_are_read_at_startup_and_volumes_are_updated() {
        let pod = "{containers: [{env: [{valueFrom: {configMapKeyRef: {name: a}}}, {valueFrom: {secretKeyRef: {name: b}}}],
          envFrom: [{secretRef: {name: c}}], volumeMounts: [{name: v}, {name: w, subPath: x}, {name: twice}]},
          {volumeMounts: [{name: twice, subPathExpr: y}]}],
          volumes: [{name: v, configMap: {name: d}}, {name: w, secret: {secretName: e}}, {name: twice, secret: {secretName: f}},
          {name: unmounted, configMap: {name: g}}]}";
        let use_of = |kind, name: &str, how| ((kind, name.to_owned()), how);
        assert_eq!(
            used(pod),
            [
                use_of("ConfigMap", "a", Use::OnStart),
                use_of("ConfigMap", "d", Use::Files),
                use_of("Secret", "b", Use::OnStart),
                use_of("Secret", "c", Use::OnStart),
                use_of("Secret", "e", Use::OnStart),
                use_of("Secret", "f", Use::OnStart),
            ]
        );
    }

    #[test]
    fn escaped_names_of_configuration_are_found() {
        assert_eq!(used("{containers: [{envFrom: [{\"config\\x4dapRef\": {name: a}}]}]}").len(), 1);
        assert_eq!(used("{containers: [{env: [{name: A, value: b}]}]}"), []);
    }

    #[test]
    fn init_containers_read_projected_volumes_at_startup() {
        let pod = "{initContainers: [{volumeMounts: [{name: v}]}], containers: [{volumeMounts: [{name: v}]}],
          volumes: [{name: v, projected: {sources: [{configMap: {name: a}}, {secret: {name: b}}]}}]}";
        let (a, b) = (("ConfigMap", "a".to_owned()), ("Secret", "b".to_owned()));
        assert_eq!(used(pod), [(a, Use::OnStart), (b, Use::OnStart)]);
    }

    #[test]
    fn a_workload_uses_configuration_of_its_own_namespace() {
        let side = |data: &str, namespace: &str| {
            let text = format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c, namespace: a}}\ndata: {{x: {data}}}\n---\n\
                 apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d, namespace: {namespace}}}\nspec: {{template: {{spec: \
                 {{containers: [{{envFrom: [{{configMapRef: {{name: c}}}}]}}]}}}}}}\n"
            );
            read_objects(&Source::file("m.yaml", text), "m.yaml").unwrap()
        };
        let impacts = |namespace: &str| {
            let (old, new) = (side("one", namespace), side("two", namespace));
            compare_sides(&old, &new, &Secrets::default(), "default").differences[0].impacts.len()
        };
        assert_eq!([impacts("a"), impacts("b"), impacts("''")], [1, 0, 1]);
    }
}
