//! Predicts the effects of a difference in a cluster, by the rules of Kubernetes' API server and controllers.
//!
//! | file | content |
//! |---|---|
//! | `changed` | a changed object with its fields on both sides |
//! | `rules` | which rules apply to which kind, and rules of kinds that have only a few |
//! | `configuration` | who uses a ConfigMap or Secret, and when they see a change |
//! | `fixed` | immutable fields of all kinds, as a table |
//! | `hooks` | rejections that do not matter because Helm deletes the hook first |
//! | `pods` | immutable fields of Pods, and of the pod templates of Jobs |
//! | `services`, `workloads` | rules of Services, and of workloads and their volumes |

pub(super) mod changed;
mod configuration;
mod fixed;
mod hooks;
mod pods;
pub(super) mod rules;
mod services;
mod workloads;

use std::borrow::Cow;

use crate::kubernetes::{FieldPath, is_at_or_below};

/// How much attention an impact needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImpactLevel {
    /// For information.
    Info,
    /// Something stops, becomes reachable, or stays behind.
    Warning,
    /// The API server rejects the change.
    Rejected,
}

impl ImpactLevel {
    /// The level's name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            ImpactLevel::Info => "info",
            ImpactLevel::Warning => "warning",
            ImpactLevel::Rejected => "rejected",
        }
    }
}

/// An effect of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impact {
    /// The rule's name, in kebab case.
    pub rule: &'static str,
    /// How much attention it needs.
    pub level: ImpactLevel,
    /// What to do about it, if there is a remedy.
    pub remedy: Option<String>,
    /// The effect, as a sentence; of a rejection, its reason.
    effect: String,
    /// The fields whose changes have this impact, as far as they are known: `spec.selector`.
    fields: Vec<String>,
}

impl Impact {
    /// Returns an impact without a remedy. `effect` is a sentence; of a rejection, it is the reason.
    pub fn new(rule: &'static str, level: ImpactLevel, effect: impl Into<String>) -> Impact {
        Impact { rule, level, remedy: None, effect: effect.into(), fields: Vec::new() }
    }

    /// Returns the effect, as a sentence.
    pub fn text(&self) -> Cow<'_, str> {
        match self.rejection() {
            Some(reason) => Cow::Owned(format!("the API server will reject this: {reason}")),
            None => Cow::Borrowed(&self.effect),
        }
    }

    /// Returns the reason if the API server rejects the change.
    pub fn rejection(&self) -> Option<&str> {
        (self.level == ImpactLevel::Rejected).then_some(self.effect.as_str())
    }

    /// Sets the fields that the impact is about: changes in them have this impact.
    pub fn about(self, fields: &[&str]) -> Impact {
        Impact { fields: fields.iter().map(|field| (*field).to_owned()).collect(), ..self }
    }

    /// Whether a change of the field at this path has this impact: the path leads to one of the impact's fields, to something
    /// in it, or to something around it.
    pub fn is_about(&self, path: &FieldPath) -> bool {
        let path = path.to_string();
        self.fields.iter().any(|field| is_at_or_below(&path, field) || is_at_or_below(field, &path))
    }

    fn remedy(self, text: impl Into<String>) -> Impact {
        Impact { remedy: Some(text.into()), ..self }
    }

    /// Returns the impact of a change that the API server rejects. `what` names what cannot be changed.
    fn rejected(what: &str) -> Impact {
        Impact::rejected_because("immutable", format!("{what} can't be changed"))
    }

    /// Returns the impact of a change that the API server rejects for this reason.
    pub fn rejected_because(rule: &'static str, reason: impl Into<String>) -> Impact {
        Impact::new(rule, ImpactLevel::Rejected, reason)
    }
}
