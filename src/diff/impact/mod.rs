//! What a difference does in a cluster, by the rules of Kubernetes' API server and its controllers: the outcome as data.
//!
//! | file | what it does |
//! |---|---|
//! | `changed` | an object that differs, with its fields on both sides |
//! | `rules` | which rules look at which kind, and those of kinds that need only one or two |
//! | `configuration` | who uses a ConfigMap or Secret, and when they see a change |
//! | `fixed` | fields that cannot be changed, of all kinds, as a table |
//! | `hooks` | what becomes of refusals where Helm deletes the object first |
//! | `pods` | the same of Pods and of the pod templates of Jobs |
//! | `services`, `workloads` | the rules of Services, of workloads and their volumes |

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
    /// Good to know.
    Info,
    /// Something stops, opens, or is left behind.
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

/// What a difference does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impact {
    /// The rule's name, in kebab case.
    pub rule: &'static str,
    /// How much attention it needs.
    pub level: ImpactLevel,
    /// What happens, in a sentence.
    pub text: String,
    /// What to do about it, if anything can be done.
    pub remedy: Option<String>,
    /// The field that is refused, if it is one: `spec.selector`.
    pub field: Option<String>,
}

impl Impact {
    fn new(rule: &'static str, level: ImpactLevel, text: impl Into<String>) -> Impact {
        Impact { rule, level, text: text.into(), remedy: None, field: None }
    }

    /// The field of the object that it is about: the changes in it have this impact.
    fn about(self, field: &str) -> Impact {
        Impact { field: Some(field.to_owned()), ..self }
    }

    /// The fields of the object of which a change has this impact, as far as it is known.
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

    /// A change that the API server rejects.
    fn rejected(what: &str) -> Impact {
        Impact::new(
            "immutable",
            ImpactLevel::Rejected,
            format!("the API server will reject this: {what} can't be changed"),
        )
    }
}
