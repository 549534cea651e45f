//! Refused changes of hooks. Helm deletes a hook before it creates it again, so that even immutable fields can change.

use super::changed::Changed;
use super::{Impact, ImpactLevel};

/// Replaces the refusals of a hook that Helm deletes before it runs again, by its `helm.sh/hook-delete-policy` (the default is
/// `before-hook-creation`). Only `kubectl apply` fails then.
pub(super) fn soften(object: &Changed<'_>, found: &mut Vec<Impact>) {
    if !is_deleted_by_helm(object) {
        return;
    }
    let Some(at) = found.iter().position(|impact| impact.level == ImpactLevel::Rejected) else { return };
    let (remedy, field) = (found[at].remedy.take(), found[at].field.take());
    let text = "kubectl apply fails; Helm deletes the hook and creates it again";
    found[at] = Impact { remedy, field, ..Impact::new("hook-replaced", ImpactLevel::Warning, text) };
    found.retain(|impact| impact.level != ImpactLevel::Rejected);
}

fn is_deleted_by_helm(object: &Changed<'_>) -> bool {
    let annotation = |name| object.new_fields()?.text_at(&["metadata", "annotations", name]);
    let policies = annotation("helm.sh/hook-delete-policy").unwrap_or_default();
    let mut policies = policies.split(',').map(str::trim).filter(|policy| !policy.is_empty()).peekable();
    annotation("helm.sh/hook").is_some()
        && (policies.peek().is_none()
            || policies.any(|policy| matches!(policy, "before-hook-creation" | "hook-succeeded")))
}
