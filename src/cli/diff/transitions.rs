//! Applies rules of CustomResourceDefinitions that compare an object with its previous state.

use std::collections::HashMap;

use crate::cel::Limits;
use crate::diagnostic::Severity;
use crate::diff::{Comparison, Impact, ImpactLevel, Status};
use crate::kubernetes::{Id, Object, Schema};
use crate::secrets::Secrets;
use crate::validate::{CustomKind, check_update};

/// The rule of an impact for a change that the rules of a custom kind forbid.
pub(super) const FORBIDDEN: &str = "transition";

/// Whether an object of a custom kind changed.
pub(super) fn has_custom(comparison: &Comparison) -> bool {
    let is_custom = |id: &Id| id.group().contains('.') && Schema::built_in().kind(&id.api_version, &id.kind).is_none();
    let mut changed = comparison.differences.iter().filter(|difference| difference.status == Status::Changed);
    changed.any(|difference| is_custom(&difference.id))
}

/// Adds violations of the rules of their kinds to changed objects.
pub(super) fn add_transitions(
    comparison: &mut Comparison,
    (old, new): (&[Object], &[Object]),
    kinds: &[CustomKind],
    secrets: &Secrets,
    namespace: &str,
) {
    if kinds.is_empty() {
        return;
    }
    let (before, after) = (by_id(old, namespace), by_id(new, namespace));
    let limits = Limits::default();
    for difference in comparison.differences.iter_mut().filter(|difference| difference.status == Status::Changed) {
        let identity = identity(&difference.id, namespace);
        let (Some(old), Some(new)) = (before.get(&identity), after.get(&identity)) else { continue };
        let mut findings = check_update(old, new, kinds, &limits);
        secrets.hide(findings.iter_mut().map(|finding| &mut finding.diagnostic));
        for finding in findings {
            let message = finding.diagnostic.message;
            let impact = match finding.diagnostic.severity {
                Severity::Info => Impact::new("rule-not-evaluated", ImpactLevel::Info, message),
                _ => Impact::rejected_because(FORBIDDEN, message),
            };
            difference.impacts.push(impact.about(&[&finding.path]));
        }
    }
}

type Identity<'o> = (&'o str, &'o str, &'o str, &'o str);

fn identity<'o>(id: &'o Id, namespace: &'o str) -> Identity<'o> {
    (id.group(), &id.kind, if id.namespace.is_empty() { namespace } else { &id.namespace }, &id.name)
}

fn by_id<'o>(objects: &'o [Object], namespace: &'o str) -> HashMap<Identity<'o>, &'o Object> {
    objects.iter().map(|object| (identity(&object.id, namespace), object)).collect()
}
