//! Rejected changes of hooks. Helm deletes a hook before it creates it again, so that even immutable fields can change.

use super::changed::Changed;
use super::{Impact, ImpactLevel};

/// Replaces the rejections of a hook that Helm deletes, by its `helm.sh/hook-delete-policy` (the default is
/// `before-hook-creation`): `kubectl apply` fails, Helm does not, or only after a failed hook.
pub(super) fn soften(object: &Changed<'_>, found: &mut Vec<Impact>) {
    let text = match deleted(object) {
        Deleted::Before => "kubectl apply fails; Helm deletes the hook and creates it again",
        Deleted::AfterSuccess => {
            "kubectl apply fails, and so does Helm if the hook failed before; if it succeeded, Helm has deleted it"
        }
        Deleted::Not => return,
    };
    let Some(at) = found.iter().position(|impact| impact.level == ImpactLevel::Rejected) else { return };
    let (remedy, fields) = (found[at].remedy.take(), std::mem::take(&mut found[at].fields));
    found[at] = Impact { remedy, fields, ..Impact::new("hook-replaced", ImpactLevel::Warning, text) };
    found.retain(|impact| impact.level != ImpactLevel::Rejected);
}

/// When Helm deletes a hook.
enum Deleted {
    /// Before it creates the hook again.
    Before,
    /// When the hook has succeeded.
    AfterSuccess,
    Not,
}

/// Returns when Helm deletes the hook. It never deletes a CustomResourceDefinition.
fn deleted(object: &Changed<'_>) -> Deleted {
    let annotation = |name| object.new_fields()?.text_at(&["metadata", "annotations", name]);
    if annotation("helm.sh/hook").is_none() || object.difference.id.kind == "CustomResourceDefinition" {
        return Deleted::Not;
    }
    let Some(policies) = annotation("helm.sh/hook-delete-policy") else { return Deleted::Before };
    let has = |wanted: &str| policies.split(',').any(|policy| policy.trim().eq_ignore_ascii_case(wanted));
    match (has("before-hook-creation"), has("hook-succeeded")) {
        (true, _) => Deleted::Before,
        (_, true) => Deleted::AfterSuccess,
        _ => Deleted::Not,
    }
}
