//! What a difference does in a cluster, by the rules of Kubernetes' API server and its controllers.

use std::borrow::Cow;

use super::{Difference, Status, services, words, workloads};
use crate::kubernetes::Object;
use crate::yaml::{Map, Value};

/// How much a reviewer has to look at something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// Good to know.
    Note,
    /// Something stops, opens, or is left behind.
    Attention,
    /// The API server will not take it.
    Refused,
}

impl Gravity {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Gravity::Note => "note",
            Gravity::Attention => "attention",
            Gravity::Refused => "refused",
        }
    }
}

/// What a difference does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impact {
    /// The rule's name, in kebab case.
    pub rule: &'static str,
    /// How grave it is.
    pub gravity: Gravity,
    /// What happens, in a sentence.
    pub text: String,
    /// The way out, if there is one.
    pub way_out: Option<String>,
}

impl Impact {
    pub(super) fn new(rule: &'static str, gravity: Gravity, text: impl Into<String>) -> Impact {
        Impact { rule, gravity, text: text.into(), way_out: None }
    }

    pub(super) fn way_out(self, text: impl Into<String>) -> Impact {
        Impact { way_out: Some(text.into()), ..self }
    }

    /// What the API server says no to.
    pub(super) fn refused(what: &str) -> Impact {
        Impact::new("immutable", Gravity::Refused, format!("the API server will refuse this: {what} can't be changed"))
    }
}

/// An object that differs, with its fields on both sides.
pub(super) struct Changed<'a> {
    pub(super) difference: &'a Difference,
    pub(super) old: Option<&'a Map>,
    pub(super) new: Option<&'a Map>,
}

impl Changed<'_> {
    /// Whether a field, or something in it, changed.
    pub(super) fn touches(&self, fields: &[&str]) -> bool {
        self.difference.changes.iter().any(|change| change.path.is_below(fields))
    }

    /// The object as `kubectl` names it, for commands: `statefulset/mongooseim`.
    pub(super) fn reference(&self) -> String {
        self.reference_by(&self.difference.id.name)
    }

    /// The same with another name.
    fn reference_by(&self, name: &str) -> String {
        let id = &self.difference.id;
        let namespace =
            if id.namespace.is_empty() { String::new() } else { format!(" -n {}", shell_word(&id.namespace)) };
        format!("{}{namespace}", reference(&id.kind, name))
    }
}

pub(super) fn reference(kind: &str, name: &str) -> String {
    shell_word(&format!("{}/{name}", kind.to_lowercase())).into_owned()
}

/// A word of a command that people copy into a shell: in quotes if anything in it might mean something there.
fn shell_word(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._/:+=,@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', "'\\''")))
}

/// What each difference does; `new` are all objects of the new side.
pub(super) fn impacts(changed: &[Changed<'_>], new: &[Object]) -> Vec<Vec<Impact>> {
    changed.iter().map(|object| of_one(object, changed, new)).collect()
}

fn of_one(object: &Changed<'_>, all: &[Changed<'_>], new: &[Object]) -> Vec<Impact> {
    let mut found = Vec::new();
    match object.difference.status {
        Status::Rewritten => {}
        Status::Removed => removed(object, &mut found),
        Status::Renamed => {
            let old = object.difference.old_name.as_deref().unwrap_or_default();
            let kind = &object.difference.id.kind;
            found.push(
                Impact::new(
                    "renamed",
                    Gravity::Attention,
                    format!("a new object is made; kubectl apply leaves {} running", reference(kind, old)),
                )
                .way_out(format!("kubectl delete {}, or kubectl apply --prune", object.reference_by(old))),
            );
            if workloads::has_claims(object.new) {
                found.push(Impact::new(
                    "data-left",
                    Gravity::Attention,
                    "its pods start with empty volumes: the data stays in the PersistentVolumeClaims of the old name",
                ));
            }
        }
        Status::Added => {
            if let Some(fields) = object.new {
                found.extend(services::opened_by_new(fields));
            }
        }
        Status::Changed => changed_fields(object, all, new, &mut found),
    }
    found
}

fn removed(object: &Changed<'_>, found: &mut Vec<Impact>) {
    let reference = object.reference();
    found.push(
        Impact::new("removed", Gravity::Attention, "kubectl apply leaves it running")
            .way_out(format!("kubectl delete {reference}, or kubectl apply --prune")),
    );
    match object.difference.id.kind.as_str() {
        "StatefulSet" if workloads::has_claims(object.old) => found.push(workloads::data_when_deleted(object.old)),
        "PersistentVolumeClaim" => found.push(Impact::new(
            "data-lost",
            Gravity::Attention,
            "deleting it deletes the data, unless the volume's reclaim policy is Retain",
        )),
        "Namespace" => {
            found.push(Impact::new("namespace-deleted", Gravity::Attention, "deleting it deletes everything in it"))
        }
        _ => {}
    }
}

fn changed_fields(object: &Changed<'_>, all: &[Changed<'_>], new: &[Object], found: &mut Vec<Impact>) {
    let (Some(old), Some(fields)) = (object.old, object.new) else { return };
    match object.difference.id.kind.as_str() {
        "StatefulSet" | "Deployment" | "DaemonSet" | "ReplicaSet" | "Job" | "CronJob" => {
            workloads::impacts(object, old, fields, found);
        }
        "Service" => services::impacts(object, old, fields, found),
        "ConfigMap" | "Secret" => configuration(object, old, all, new, found),
        "PersistentVolumeClaim" => workloads::claim(object, old, fields, found),
        "RoleBinding" | "ClusterRoleBinding" if object.touches(&["roleRef"]) => {
            let reference = object.reference();
            found.push(Impact::refused("roleRef of a binding").way_out(format!(
                "kubectl delete {reference}, then apply: without it the rights are gone for a moment"
            )));
        }
        _ => {}
    }
}

/// A ConfigMap or Secret: who uses it, and when they see the change.
fn configuration(object: &Changed<'_>, old: &Map, all: &[Changed<'_>], new: &[Object], found: &mut Vec<Impact>) {
    let kind = object.difference.id.kind.as_str();
    let reference = object.reference();
    if kind == "Secret" && object.touches(&["type"]) {
        found.push(Impact::refused("type of a Secret").way_out(format!("kubectl delete {reference}, then apply")));
    }
    let fields = ["data", "stringData", "binaryData"];
    if !fields.iter().any(|field| object.touches(&[field])) {
        return;
    }
    if old.at(["immutable"]).is_some_and(|node| node.value == Value::Bool(true)) {
        found.push(
            Impact::refused(&format!("data of an immutable {kind}"))
                .way_out("give the new one another name, and name that in what uses it"),
        );
        return;
    }
    for user in new {
        let Some(use_of) = workloads::use_of(user, kind, &object.difference.id.name) else { continue };
        let who = user.id.to_string();
        let restarts = all.iter().find(|other| {
            other.difference.id == user.id && other.touches(&["spec", "template"]) && workloads::restarts(other)
        });
        if restarts.is_some() {
            found.push(Impact::new(
                "configuration-with-restart",
                Gravity::Note,
                format!("{who} restarts with this change, and reads the new configuration"),
            ));
            continue;
        }
        let text = match use_of {
            workloads::Use::OnStart => {
                format!("no restart: pods of {who} keep the old configuration until they are restarted")
            }
            workloads::Use::Files => format!(
                "no restart: the files in pods of {who} change within a minute or two, and what has been read stays as it was until they are restarted"
            ),
        };
        let restart = match user.id.kind.as_str() {
            kind @ ("StatefulSet" | "Deployment" | "DaemonSet") => {
                Some(format!("kubectl rollout restart {}", self::reference(kind, &user.id.name)))
            }
            _ => None,
        };
        found.push(Impact {
            way_out: restart,
            ..Impact::new("configuration-without-restart", Gravity::Attention, text)
        });
    }
}

/// The kind of an object, in words for a sentence.
pub(super) fn kind_of(fields: &Map) -> &str {
    words(fields, &["kind"]).unwrap_or("object")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_to_copy_quote_what_a_shell_would_act_on() {
        assert_eq!(reference("StatefulSet", "mongooseim"), "statefulset/mongooseim");
        assert_eq!(reference("ConfigMap", "a; rm -rf ~"), "'configmap/a; rm -rf ~'");
        assert_eq!(reference("ConfigMap", "$(x)'y"), "'configmap/$(x)'\\''y'");
    }
}
