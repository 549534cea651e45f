//! Predicts the effects of a difference in a cluster, by the rules of Kubernetes' API server and controllers.
//!
//! | file | content |
//! |---|---|
//! | `changed` | a changed object with its fields on both sides |
//! | `rules` | which rules apply to which kind, and rules of kinds that have only a few |
//! | `configuration` | who uses a ConfigMap or Secret, and when they see a change |
//! | `fixed` | immutable fields of all kinds, as a table |
//! | `hooks` | refusals that do not matter because Helm deletes the hook first |
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
    /// The effect, as a sentence.
    pub text: String,
    /// What to do about it, if there is a remedy.
    pub remedy: Option<String>,
    /// The field that the API server refuses to change, if any: `spec.selector`.
    pub field: Option<String>,
}

impl Impact {
    fn new(rule: &'static str, level: ImpactLevel, text: impl Into<String>) -> Impact {
        Impact { rule, level, text: text.into(), remedy: None, field: None }
    }

    /// Sets the field that the impact is about: changes in it have this impact.
    fn about(self, field: &str) -> Impact {
        Impact { field: Some(field.to_owned()), ..self }
    }

    /// Returns the fields whose changes have this impact, as far as they are known.
    pub(super) fn fields(&self) -> Vec<&str> {
        match self.rule {
            _ if self.field.is_some() => self.field.as_deref().into_iter().collect(),
            "restarts" | "no-restart" | "next-run" | "hook-replaced" => vec!["spec.template", "spec.jobTemplate"],
            "scales" | "data-lost" | "data-stays" => vec!["spec.replicas"],
            "schedule" => vec!["spec.schedule"],
            "opens" | "closes" | "node-port" => vec!["spec.ports"],
            "service-type" => vec!["spec.type"],
            "selector" => vec!["spec.selector"],
            "address-kept" => vec!["spec.clusterIP"],
            "configuration-with-restart" | "configuration-without-restart" => vec!["data", "stringData", "binaryData"],
            _ => Vec::new(),
        }
    }

    fn remedy(self, text: impl Into<String>) -> Impact {
        Impact { remedy: Some(text.into()), ..self }
    }

    /// Returns the impact of a change that the API server rejects. `what` names what cannot be changed.
    fn rejected(what: &str) -> Impact {
        Impact::new(
            "immutable",
            ImpactLevel::Rejected,
            format!("the API server will reject this: {what} can't be changed"),
        )
    }
}
