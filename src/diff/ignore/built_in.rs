//! Built-in ignore rules for changes that come with every version of a chart and mean nothing.

use crate::diff::compare::ChangeKind;
use crate::kubernetes::{FieldPath, PathStep};

/// What a built-in rule covers.
#[derive(Debug, Clone, Copy)]
pub(super) enum BuiltIn {
    /// The label or annotation of this name.
    Label(&'static str),
    /// The label or annotation of this name, if its value is the name and version of a chart.
    ChartLabel(&'static str),
    /// Labels and annotations that start with this prefix.
    Prefix(&'static str),
    /// A field of this name, anywhere in an object.
    Field(&'static str),
    /// Descriptions in the schemas of CustomResourceDefinitions.
    SchemaDescription,
}

/// The rules with their names.
pub(super) const RULES: &[(&str, BuiltIn)] = &[
    ("helm.sh/chart", BuiltIn::Label("helm.sh/chart")),
    ("app.kubernetes.io/version", BuiltIn::Label("app.kubernetes.io/version")),
    ("chart", BuiltIn::ChartLabel("chart")),
    ("checksum/*", BuiltIn::Prefix("checksum/")),
    ("caBundle", BuiltIn::Field("caBundle")),
    ("controller-gen version", BuiltIn::Label("controller-gen.kubebuilder.io/version")),
    ("descriptions in CRDs", BuiltIn::SchemaDescription),
];

impl BuiltIn {
    /// Whether a change at a path is noise. Labels in a selector are not.
    pub(super) fn covers(self, path: &FieldPath, kind: Option<&ChangeKind>) -> bool {
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
            BuiltIn::SchemaDescription => is_schema_description(path),
            BuiltIn::ChartLabel(name) => last == name && label() && kind.is_some_and(is_another_version),
        }
    }
}

/// Whether the path leads to a description in a schema, rather than to a property or a default of this name. An example is
/// `spec.versions[name=v1].schema.openAPIV3Schema.properties.spec.description`.
fn is_schema_description(path: &FieldPath) -> bool {
    let is = |step: &PathStep, name: &str| matches!(step, PathStep::Field(field) if field == name);
    let Some(start) = path.0.iter().position(|step| is(step, "openAPIV3Schema")) else { return false };
    let mut steps = path.0[start + 1..].iter();
    while let Some(PathStep::Field(keyword)) = steps.next() {
        match keyword.as_str() {
            "description" => return steps.next().is_none(),
            // The next step is the name of a property, or the index of an alternative.
            "properties" | "patternProperties" | "definitions" | "allOf" | "anyOf" | "oneOf" => _ = steps.next(),
            "items" | "additionalProperties" | "not" => {}
            _ => return false,
        }
    }
    false
}

/// Whether both strings are the same name with different versions: `web-1.2.3` and `web-1.3.0`.
fn is_another_version(kind: &ChangeKind) -> bool {
    let ChangeKind::Changed(old, new) = kind else { return false };
    let (Some(old), Some(new)) = (old.as_str().and_then(name), new.as_str().and_then(name)) else { return false };
    old == new
}

/// Returns the name in front of a version.
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
    fn properties_named_description_are_not_schema_descriptions() {
        let is = |path: &[&str]| is_schema_description(&FieldPath::of_fields(path));
        assert!(is(&["spec", "validation", "openAPIV3Schema", "description"]));
        assert!(is(&["schema", "openAPIV3Schema", "properties", "spec", "items", "description"]));
        assert!(is(&["openAPIV3Schema", "properties", "properties", "properties", "a", "description"]));
        assert!(!is(&["openAPIV3Schema", "properties", "description"]));
        assert!(!is(&["openAPIV3Schema", "properties", "description", "type"]));
        assert!(!is(&["openAPIV3Schema", "properties", "a", "default", "description"]));
        assert!(!is(&["spec", "description"]));
    }

    #[test]
    fn the_chart_name_precedes_the_version() {
        assert_eq!(name("web-1.2.3"), Some("web"));
        assert_eq!(name("kube-prometheus-stack-45.0.0-rc.1"), Some("kube-prometheus-stack"));
        assert_eq!(name("web-2"), None);
        assert_eq!(name("web"), None);
    }
}
