//! `apps/v1` and `batch/v1`.

use super::cron;
use super::place::{Place, Row, Rule, row};
use crate::kubernetes::{FieldPath, PathStep, names};
use crate::validate::fields::{has, is_set, is_true, items, number, text};
use crate::validate::form::{self, LABEL, PERCENT, QUALIFIED};
use crate::yaml::{Map, Node, Value};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("apps.v1.Deployment", "", Rule::Whole(|at| no_deadline(at, "ReplicaSet"))),
    row("apps.v1.ReplicaSet", "", Rule::Whole(|at| no_deadline(at, "ReplicaSet"))),
    row("apps.v1.StatefulSet", "", Rule::Whole(|at| no_deadline(at, "StatefulSet"))),
    row("apps.v1.DaemonSet", "", Rule::Whole(|at| no_deadline(at, "DaemonSet"))),
    row("apps.v1.DeploymentSpec", "replicas", Rule::AtLeast(0)),
    row("apps.v1.DeploymentSpec", "revisionHistoryLimit", Rule::AtLeast(0)),
    row("apps.v1.DeploymentSpec", "minReadySeconds", Rule::AtLeast(0)),
    row("apps.v1.StatefulSetSpec", "replicas", Rule::AtLeast(0)),
    row("apps.v1.StatefulSetSpec", "minReadySeconds", Rule::AtLeast(0)),
    row("apps.v1.DaemonSetSpec", "revisionHistoryLimit", Rule::AtLeast(0)),
    row("apps.v1.DaemonSetSpec", "minReadySeconds", Rule::AtLeast(0)),
    row("apps.v1.ReplicaSetSpec", "replicas", Rule::AtLeast(0)),
    row("apps.v1.ReplicaSetSpec", "minReadySeconds", Rule::AtLeast(0)),
    row("apps.v1.StatefulSetSpec", "serviceName", Rule::Form(names::is_dns_label, LABEL)),
    row("apps.v1.DeploymentSpec", "progressDeadlineSeconds", Rule::AtLeast(0)),
    row("apps.v1.DeploymentSpec", "", Rule::Whole(progress)),
    row("apps.v1.DeploymentStrategy", "", Rule::Whole(strategy)),
    row("apps.v1.DeploymentStrategy", "type", Rule::OneOf(&["Recreate", "RollingUpdate"])),
    row("apps.v1.RollingUpdateDeployment", "", Rule::Whole(rolling_deployment)),
    row("apps.v1.DaemonSetUpdateStrategy", "type", Rule::OneOf(&["RollingUpdate", "OnDelete"])),
    row("apps.v1.DaemonSetUpdateStrategy", "", Rule::Whole(daemon_strategy)),
    row("apps.v1.StatefulSetSpec", "podManagementPolicy", Rule::OneOf(&["OrderedReady", "Parallel"])),
    row("apps.v1.StatefulSetUpdateStrategy", "type", Rule::OneOf(&["RollingUpdate", "OnDelete"])),
    row("apps.v1.StatefulSetUpdateStrategy", "", Rule::Whole(stateful_strategy)),
    row("apps.v1.RollingUpdateStatefulSetStrategy", "partition", Rule::AtLeast(0)),
    row("apps.v1.RollingUpdateStatefulSetStrategy", "maxUnavailable", Rule::Whole(unavailable)),
    row("apps.v1.StatefulSetOrdinals", "start", Rule::AtLeast(0)),
    row("apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy", "whenDeleted", Rule::OneOf(&["Retain", "Delete"])),
    row("apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy", "whenScaled", Rule::OneOf(&["Retain", "Delete"])),
    row("apps.v1.ControllerRevision", "revision", Rule::AtLeast(0)),
    row("apps.v1.ControllerRevision", "data", Rule::Whole(revision)),
    row("batch.v1.JobSpec", "parallelism", Rule::AtLeast(0)),
    row("batch.v1.JobSpec", "completions", Rule::AtLeast(0)),
    row("batch.v1.JobSpec", "activeDeadlineSeconds", Rule::AtLeast(0)),
    row("batch.v1.JobSpec", "backoffLimit", Rule::AtLeast(0)),
    row("batch.v1.JobSpec", "ttlSecondsAfterFinished", Rule::AtLeast(0)),
    row("batch.v1.JobSpec", "backoffLimitPerIndex", Rule::AtLeast(0)),
    row("batch.v1.JobSpec", "maxFailedIndexes", Rule::AtLeast(0)),
    row("batch.v1.JobSpec", "completionMode", Rule::OneOf(&["NonIndexed", "Indexed"])),
    row("batch.v1.JobSpec", "podReplacementPolicy", Rule::Choice(&["Failed", "TerminatingOrFailed"])),
    row("batch.v1.JobSpec", "managedBy", Rule::FormIfSet(form::is_domain_prefixed, "must be a domain-prefixed path (such as \"acme.io/foo\")")),
    row("batch.v1.JobSpec", "", Rule::Whole(indexed)),
    row("batch.v1.JobSpec", "", Rule::Whole(failure_policy)),
    row("batch.v1.JobSpec", "", Rule::Whole(success_policy)),
    row("batch.v1.JobSpec", "", Rule::Whole(job_selector)),
    row("batch.v1.Job", "", Rule::Whole(job_name)),
    row("batch.v1.CronJobSpec", "", Rule::Whole(cron::schedule)),
    row("batch.v1.CronJobSpec", "startingDeadlineSeconds", Rule::AtLeast(0)),
    row("batch.v1.CronJobSpec", "successfulJobsHistoryLimit", Rule::AtLeast(0)),
    row("batch.v1.CronJobSpec", "failedJobsHistoryLimit", Rule::AtLeast(0)),
    row("batch.v1.CronJobSpec", "concurrencyPolicy", Rule::OneOf(&["Allow", "Forbid", "Replace"])),
    row("batch.v1.CronJob", "", Rule::Whole(cron_job_name)),
    row("batch.v1.PodFailurePolicyRule", "", Rule::Whole(failure_rule)),
    row("batch.v1.PodFailurePolicyRule", "action", Rule::OneOf(&["Count", "FailIndex", "FailJob", "Ignore"])),
    row("batch.v1.PodFailurePolicyOnExitCodesRequirement", "", Rule::Whole(exit_codes)),
    row("batch.v1.PodFailurePolicyOnExitCodesRequirement", "operator", Rule::OneOf(&["In", "NotIn"])),
    row("batch.v1.PodFailurePolicyOnPodConditionsPattern", "status", Rule::OneOf(&["False", "True", "Unknown"])),
    row("batch.v1.PodFailurePolicyOnPodConditionsPattern", "type", Rule::Form(names::is_qualified_name, QUALIFIED)),
];

fn no_deadline(at: &mut Place<'_, '_, '_>, kind: &str) {
    let given = at.fields.at(["spec", "template", "spec", "activeDeadlineSeconds"]);
    if given.is_some_and(|node| !node.value.is_null()) {
        let path = FieldPath::of_fields(&["spec", "template", "spec", "activeDeadlineSeconds"]);
        at.forbidden_at(&path, &format!("activeDeadlineSeconds in {kind} is not Supported"));
    }
    if kind == "StatefulSet" {
        let name = at.fields.text_at(&["metadata", "name"]).unwrap_or_default();
        let path = FieldPath::of_fields(&["metadata", "name"]);
        if let Some(node) = at.fields.at(["metadata", "name"]).filter(|_| !name.is_empty()) {
            if name.len() > names::MAX_LABEL {
                at.invalid_at(&path, node, "must be no more than 63 characters");
            } else if !names::is_dns_label(name) {
                at.invalid_at(&path, node, LABEL);
            }
        }
    }
}

fn revision(at: &mut Place<'_, '_, '_>) {
    if at.map("data").is_none() {
        at.required("data", "data must be a valid JSON object");
    }
}

fn progress(at: &mut Place<'_, '_, '_>) {
    let deadline = at.number("progressDeadlineSeconds").unwrap_or(600);
    if deadline <= at.number("minReadySeconds").unwrap_or(0) {
        at.invalid("progressDeadlineSeconds", "must be greater than minReadySeconds");
    }
}

fn strategy(at: &mut Place<'_, '_, '_>) {
    if at.text("type") == "Recreate" && at.is_set("rollingUpdate") {
        at.forbidden("rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
    }
}

/// Returns a number, or the number of a percentage; `None` if it is neither, or negative.
fn count_or_percentage(node: &Node) -> Option<i64> {
    match &node.value {
        Value::String(text) => form::percentage(text),
        value => value.as_number().map(|number| number as i64).filter(|number| *number >= 0),
    }
}

fn is_too_much(node: &Node) -> bool {
    node.value.as_str().is_some_and(|text| form::percentage(text).is_some_and(|share| share > 100))
}

fn set_field<'m>(fields: &'m Map, field: &str) -> Option<&'m Node> {
    fields.get(field).filter(|node| !node.value.is_null())
}

/// Checks that the fields are non-negative numbers or percentages.
fn check_counts_or_percentages(at: &mut Place<'_, '_, '_>, fields: &[&str]) {
    for field in fields {
        let Some(node) = set_field(at.fields, field) else { continue };
        if count_or_percentage(node).is_none() {
            let is_text = node.value.as_str().is_some();
            at.invalid(field, if is_text { PERCENT } else { "must be greater than or equal to 0" });
        }
    }
}

fn rolling_deployment(at: &mut Place<'_, '_, '_>) {
    check_counts_or_percentages(at, &["maxSurge", "maxUnavailable"]);
    let zero = |field: &str| set_field(at.fields, field).is_some_and(|node| count_or_percentage(node) == Some(0));
    if zero("maxSurge") && zero("maxUnavailable") {
        at.invalid("maxUnavailable", "may not be 0 when `maxSurge` is 0");
    }
    if set_field(at.fields, "maxUnavailable").is_some_and(is_too_much) {
        at.invalid("maxUnavailable", "must not be greater than 100%");
    }
}

fn daemon_strategy(at: &mut Place<'_, '_, '_>) {
    if at.text("type") == "OnDelete" {
        return;
    }
    let Some(rolling) = at.map("rollingUpdate") else { return };
    let path = at.path.field("rollingUpdate");
    let mut at = at.nested(rolling, &path);
    check_counts_or_percentages(&mut at, &["maxSurge", "maxUnavailable"]);
    for field in ["maxSurge", "maxUnavailable"] {
        if set_field(rolling, field).is_some_and(is_too_much) {
            at.invalid(field, "must not be greater than 100%");
        }
    }
    let surge = set_field(rolling, "maxSurge").map_or(Some(0), count_or_percentage).unwrap_or(0);
    let unavailable = set_field(rolling, "maxUnavailable").map_or(Some(1), count_or_percentage).unwrap_or(0);
    if surge != 0 && unavailable != 0 {
        at.invalid("maxSurge", "may not be set when maxUnavailable is non-zero");
    } else if surge == 0 && unavailable == 0 {
        at.required("maxUnavailable", "cannot be 0 when maxSurge is 0");
    }
}

fn stateful_strategy(at: &mut Place<'_, '_, '_>) {
    if at.text("type") == "OnDelete" && at.is_set("rollingUpdate") {
        at.invalid("rollingUpdate", "only allowed for updateStrategy 'RollingUpdate'");
    }
}

/// Only warns, because the server removes the field from StatefulSets unless a feature gate is enabled.
fn unavailable(at: &mut Place<'_, '_, '_>) {
    let Some(node) = set_field(at.fields, "maxUnavailable") else { return };
    match count_or_percentage(node) {
        Some(0) => at.warn("maxUnavailable", "cannot be 0"),
        None if node.value.as_str().is_some() => at.warn("maxUnavailable", PERCENT),
        _ if is_too_much(node) => at.warn("maxUnavailable", "must not be greater than 100%"),
        _ => {}
    }
}

fn indexed(at: &mut Place<'_, '_, '_>) {
    let completions = at.number("completions");
    let failed = at.number("maxFailedIndexes");
    let parallelism = at.number("parallelism");
    if failed.is_some() && !at.is_set("backoffLimitPerIndex") {
        at.required("backoffLimitPerIndex", "when maxFailedIndexes is specified");
    }
    if at.text("completionMode") != "Indexed" {
        for field in ["backoffLimitPerIndex", "maxFailedIndexes"] {
            if at.is_set(field) {
                at.invalid(field, "requires indexed completion mode");
            }
        }
        return;
    }
    // A Job without both has one of each, but the Job of a CronJob gets no defaults.
    if completions.is_none() && (parallelism.is_some() || at.is_in("CronJob")) {
        at.required("completions", "when completion mode is Indexed");
    }
    if parallelism.is_some_and(|count| count > 100_000) {
        at.invalid("parallelism", "must be less than or equal to 100000 when completion mode is Indexed");
    }
    if let (Some(completions), Some(failed)) = (completions, failed)
        && failed > completions
    {
        at.invalid("maxFailedIndexes", "must be less than or equal to completions");
    }
    if failed.is_some_and(|failed| failed > 100_000) {
        at.invalid("maxFailedIndexes", "must be less than or equal to 100000");
    }
    if completions.is_some_and(|completions| completions > 100_000) && at.is_set("backoffLimitPerIndex") {
        if failed.is_none() {
            at.required("maxFailedIndexes", "must be specified when completions is above 100000");
        }
        for field in ["parallelism", "maxFailedIndexes"] {
            if at.number(field).is_some_and(|count| count > 10_000) {
                at.invalid(field, "must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index");
            }
        }
    }
}

fn failure_policy(at: &mut Place<'_, '_, '_>) {
    let Some(policy) = at.map("podFailurePolicy") else { return };
    let restart = at.fields.at(["template", "spec", "restartPolicy"]);
    if let Some(node) = restart.filter(|node| node.value.as_str() == Some("OnFailure")) {
        let path = at.path.field("template").field("spec").field("restartPolicy");
        at.invalid_at(&path, node, "only \"Never\" is supported when podFailurePolicy is specified");
    }
    if at.text("podReplacementPolicy") == "TerminatingOrFailed" {
        let path = at.path.field("podReplacementPolicy");
        at.unsupported_at(&path, "TerminatingOrFailed", &["Failed"]);
    }
    let path = at.path.field("podFailurePolicy");
    if policy.list_at(&["rules"]).len() > 20 {
        at.too_many(&path.field("rules"), 20);
    }
    let mut containers = Vec::new();
    for field in ["containers", "initContainers"] {
        let pod = at.fields.map_at(&["template", "spec"]);
        containers.extend(
            pod.into_iter()
                .flat_map(|pod| pod.list_at(&[field]))
                .filter_map(|node| Some(text(node.value.as_map()?, "name"))),
        );
    }
    for (path, rule) in items(policy, "rules", &path) {
        if text(rule, "action") == "FailIndex"
            && !at.is_set("backoffLimitPerIndex")
            && let Some(node) = rule.get("action")
        {
            at.invalid_at(&path.field("action"), node, "requires the backoffLimitPerIndex to be set");
        }
        let name = rule.at(["onExitCodes", "containerName"]);
        if let Some(node) = name.filter(|node| node.value.as_str().is_some_and(|name| !containers.contains(&name))) {
            let path = path.field("onExitCodes").field("containerName");
            at.invalid_at(&path, node, "must be one of the container or initContainer names in the pod template");
        }
    }
}

fn failure_rule(at: &mut Place<'_, '_, '_>) {
    match (at.is_set("onExitCodes"), !at.list("onPodConditions").is_empty()) {
        (true, true) => at.invalid("", "specifying both OnExitCodes and OnPodConditions is not supported"),
        (false, false) => at.invalid("", "specifying one of OnExitCodes and OnPodConditions is required"),
        _ => {}
    }
    if at.list("onPodConditions").len() > 20 {
        let path = at.path.field("onPodConditions");
        at.too_many(&path, 20);
    }
}

fn exit_codes(at: &mut Place<'_, '_, '_>) {
    let values: Vec<i64> =
        at.list("values").iter().filter_map(|node| node.value.as_number()).map(|code| code as i64).collect();
    if values.is_empty() && at.fields.get("values").is_some() {
        at.invalid("values", "at least one value is required");
    }
    if values.len() > 255 {
        let path = at.path.field("values");
        at.too_many(&path, 255);
        return;
    }
    for (index, value) in values.iter().enumerate() {
        if *value == 0 && at.text("operator") == "In" {
            at.invalid_item("values", index, "must not be 0 for the In operator");
        }
        if values[..index].contains(value) {
            let path = at.path.field("values").with(PathStep::Index(index));
            at.duplicate_at(&path, &value.to_string());
        }
    }
    if !values.is_sorted() {
        at.invalid("values", "must be ordered");
    }
}

fn success_policy(at: &mut Place<'_, '_, '_>) {
    let Some(policy) = at.map("successPolicy") else { return };
    let path = at.path.field("successPolicy");
    if at.text("completionMode") != "Indexed" {
        at.invalid("successPolicy", "requires indexed completion mode");
        return;
    }
    if !has(policy, "rules") {
        at.required_at(
            &path.field("rules"),
            "at least one rules must be specified when the successPolicy is specified",
        );
    }
    if policy.list_at(&["rules"]).len() > 20 {
        at.too_many(&path.field("rules"), 20);
    }
    let completions = at.number("completions").unwrap_or_default();
    for (path, rule) in items(policy, "rules", &path) {
        if !is_set(rule, "succeededCount") && !is_set(rule, "succeededIndexes") {
            at.required_at(&path, "at least one of succeededCount or succeededIndexes must be specified");
        }
        let mut total = completions;
        if let Some(node) = set_field(rule, "succeededIndexes") {
            match indexes(node.value.as_str().unwrap_or_default(), completions) {
                Some(count) => total = count,
                None => at.invalid_at(&path.field("succeededIndexes"), node, "error parsing succeededIndexes"),
            }
        }
        if let (Some(node), Some(count)) = (rule.get("succeededCount"), number(rule, "succeededCount")) {
            let path = path.field("succeededCount");
            if count < 0 {
                at.invalid_at(&path, node, "must be greater than or equal to 0");
            } else if count > completions || count > total {
                at.invalid_at(&path, node, &format!("must be less than or equal to {}", total.min(completions)));
            }
        }
    }
}

/// Returns the number of indexes in a list such as `1,3-5`; `None` if it is invalid for a Job with this number of completions.
fn indexes(text: &str, completions: i64) -> Option<i64> {
    let (mut total, mut last) = (0, -1);
    if text.is_empty() {
        return Some(0);
    }
    for part in text.split(',') {
        let (start, end) = part.split_once('-').map_or((part, None), |(start, end)| (start, Some(end)));
        let start: i64 = start.parse().ok()?;
        let end: i64 = end.map_or(Some(start), |end| end.parse().ok())?;
        let is_range = part.contains('-');
        if start <= last || start >= completions || end >= completions || is_range && end <= start {
            return None;
        }
        total += end - start + 1;
        last = end;
    }
    Some(total)
}

/// A Job selects its pods by a generated label, unless `manualSelector` is set.
fn job_selector(at: &mut Place<'_, '_, '_>) {
    let is_of_cron = at.is_in("CronJob");
    if is_of_cron {
        if at.is_set("selector") {
            at.invalid("selector", "`selector` will be auto-generated");
        }
        if at.is_true("manualSelector") {
            let path = at.path.field("manualSelector");
            at.unsupported_at(&path, "true", &["nil", "false"]);
        }
        return;
    }
    if is_true(at.fields, "manualSelector") {
        let labels = at.fields.map_at(&["template", "metadata", "labels"]);
        let Some(selector) = at.map("selector") else {
            at.required("selector", "");
            return;
        };
        let wanted = selector.map_at(&["matchLabels"]);
        let is_missing = |(key, node): (&str, &Node)| {
            labels.is_none_or(|labels| labels.get(key).is_none_or(|label| label.value != node.value))
        };
        if wanted.into_iter().flat_map(Map::iter).any(is_missing) {
            let path = at.path.field("template").field("metadata").field("labels");
            at.invalid_missing(&path, "`selector` does not match template `labels`");
        }
    } else if at
        .map("selector")
        .is_some_and(|selector| has(selector, "matchLabels") || has(selector, "matchExpressions"))
    {
        at.invalid("selector", "`selector` not auto-generated");
    }
}

fn job_name(at: &mut Place<'_, '_, '_>) {
    let Some(node) = at.fields.at(["metadata", "name"]) else { return };
    let Some(name) = node.value.as_str() else { return };
    let path = FieldPath::of_fields(&["metadata", "name"]);
    let is_indexed = at.fields.text_at(&["spec", "completionMode"]) == Some("Indexed");
    let completions = at.fields.at(["spec", "completions"]).and_then(|node| node.value.as_number()).unwrap_or_default();
    if is_indexed && completions > 0.0 {
        let host = format!("{name}-{}", completions - 1.0);
        if !names::is_dns_label(&host) {
            at.invalid_at(&path, node, &format!("will not able to create pod with invalid DNS label: {host}"));
        }
    }
    let is_own = at.fields.at(["spec", "manualSelector"]).is_none_or(|node| node.value != Value::Bool(true));
    if is_own && name.len() > names::MAX_LABEL {
        at.invalid_at(&path, node, "must be no more than 63 characters");
    }
}

fn cron_job_name(at: &mut Place<'_, '_, '_>) {
    let Some(node) = at.fields.at(["metadata", "name"]) else { return };
    if node.value.as_str().is_some_and(|name| name.len() > 52) {
        at.invalid_at(&FieldPath::of_fields(&["metadata", "name"]), node, "must be no more than 52 characters");
    }
}
