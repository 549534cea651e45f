//! What changes with each version of a chart, and says nothing.

use crate::diff::compare::What;
use crate::kubernetes::{FieldPath, PathStep};

/// A rule that always holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum BuiltIn {
    /// The label or annotation of this name.
    Label(&'static str),
    /// The label or annotation of this name, where it holds the name and the version of a chart.
    ChartLabel(&'static str),
    /// Labels and annotations that begin so.
    Prefix(&'static str),
    /// A field of this name, wherever it is.
    Field(&'static str),
}

/// The rules, with their names.
pub(super) const RULES: &[(&str, BuiltIn)] = &[
    ("helm.sh/chart", BuiltIn::Label("helm.sh/chart")),
    ("app.kubernetes.io/version", BuiltIn::Label("app.kubernetes.io/version")),
    ("chart", BuiltIn::ChartLabel("chart")),
    ("checksum/*", BuiltIn::Prefix("checksum/")),
    ("caBundle", BuiltIn::Field("caBundle")),
];

impl BuiltIn {
    /// Whether a change at a path is noise. What a selector says is not.
    pub(super) fn covers(self, path: &FieldPath, what: Option<&What>) -> bool {
        let Some(PathStep::Field(last)) = path.0.last() else { return false };
        let label = || match &path.0[..] {
            [.., PathStep::Field(metadata), PathStep::Field(map), _] => {
                metadata == "metadata" && matches!(map.as_str(), "labels" | "annotations")
            }
            _ => false,
        };
        match self {
            BuiltIn::Label(name) => last == name && label(),
            BuiltIn::Prefix(prefix) => last.starts_with(prefix) && label(),
            BuiltIn::Field(name) => last == name,
            BuiltIn::ChartLabel(name) => last == name && label() && what.is_some_and(is_another_version),
        }
    }
}

/// Whether both texts are one name with two versions: `web-1.2.3` and `web-1.3.0`.
fn is_another_version(what: &What) -> bool {
    let What::Changed(old, new) = what else { return false };
    let (Some(old), Some(new)) = (old.as_str().and_then(name), new.as_str().and_then(name)) else { return false };
    old == new
}

/// The name before a version.
fn name(text: &str) -> Option<&str> {
    let is_version = |at: usize| {
        let version = &text[at + 1..];
        version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.')
    };
    text.match_indices('-').map(|(at, _)| at).find(|at| is_version(*at)).map(|at| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_before_a_version() {
        assert_eq!(name("web-1.2.3"), Some("web"));
        assert_eq!(name("kube-prometheus-stack-45.0.0-rc.1"), Some("kube-prometheus-stack"));
        assert_eq!(name("web-2"), None);
        assert_eq!(name("web"), None);
    }
}
