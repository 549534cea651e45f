//! `autoscaling` and `policy/v1`.

use super::place::{NOT_NEGATIVE, Place, Row, Rule, row};
use crate::kubernetes::{FieldPath, names, quantity};
use crate::validate::form::{self, PERCENT, SEGMENT};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("autoscaling.v2.CrossVersionObjectReference", "kind", Rule::Form(form::is_path_segment, SEGMENT)),
    row("autoscaling.v2.CrossVersionObjectReference", "name", Rule::Form(form::is_path_segment, SEGMENT)),
    row("autoscaling.v2.CrossVersionObjectReference", "apiVersion", Rule::Whole(group)),
    row("autoscaling.v1.CrossVersionObjectReference", "kind", Rule::Form(form::is_path_segment, SEGMENT)),
    row("autoscaling.v1.CrossVersionObjectReference", "name", Rule::Form(form::is_path_segment, SEGMENT)),
    row("autoscaling.v1.CrossVersionObjectReference", "apiVersion", Rule::Whole(group)),
    row("autoscaling.v1.HorizontalPodAutoscalerSpec", "minReplicas", Rule::AtLeast(1)),
    row("autoscaling.v1.HorizontalPodAutoscalerSpec", "", Rule::Whole(replicas)),
    row("autoscaling.v2.HorizontalPodAutoscalerSpec", "minReplicas", Rule::AtLeast(1)),
    row("autoscaling.v2.HorizontalPodAutoscalerSpec", "", Rule::Whole(replicas)),
    row("autoscaling.v1.HorizontalPodAutoscalerSpec", "targetCPUUtilizationPercentage", Rule::AtLeast(1)),
    row("autoscaling.v2.HPAScalingRules", "stabilizationWindowSeconds", Rule::Between(0, 3600)),
    row("autoscaling.v2.HPAScalingRules", "selectPolicy", Rule::Choice(&["Disabled", "Max", "Min"])),
    row("autoscaling.v2.HPAScalingRules", "policies", Rule::Whole(policies)),
    row("autoscaling.v2.HPAScalingRules", "tolerance", Rule::Quantity),
    row("autoscaling.v2.HPAScalingPolicy", "type", Rule::OneOf(&["Percent", "Pods"])),
    row("autoscaling.v2.HPAScalingPolicy", "value", Rule::AtLeast(1)),
    row("autoscaling.v2.HPAScalingPolicy", "periodSeconds", Rule::Between(1, 1800)),
    row("autoscaling.v2.MetricSpec", "type", Rule::Choice(&["Resource", "Pods", "Object", "External", "ContainerResource"])),
    row("autoscaling.v2.MetricSpec", "", Rule::Whole(one_source)),
    row("autoscaling.v2.MetricTarget", "type", Rule::Choice(&["Utilization", "Value", "AverageValue"])),
    row("autoscaling.v2.MetricTarget", "averageUtilization", Rule::AtLeast(1)),
    row("autoscaling.v2.MetricTarget", "value", Rule::Whole(|at| positive(at, "value"))),
    row("autoscaling.v2.MetricTarget", "averageValue", Rule::Whole(|at| positive(at, "averageValue"))),
    row("autoscaling.v2.MetricIdentifier", "name", Rule::Form(form::is_path_segment, SEGMENT)),
    row("autoscaling.v2.ResourceMetricSource", "", Rule::Whole(utilization)),
    row("autoscaling.v2.ContainerResourceMetricSource", "name", Rule::Form(form::is_container_resource, "must be a standard resource for containers or fully qualified")),
    row("autoscaling.v2.ContainerResourceMetricSource", "container", Rule::Form(names::is_dns_label, form::LABEL)),
    row("autoscaling.v2.ContainerResourceMetricSource", "", Rule::Whole(utilization)),
    row("autoscaling.v2.ExternalMetricSource", "", Rule::Whole(external)),
    row("autoscaling.v2.ObjectMetricSource", "", Rule::Whole(object)),
    row("autoscaling.v2.PodsMetricSource", "", Rule::Whole(pods)),
    row("policy.v1.PodDisruptionBudgetSpec", "unhealthyPodEvictionPolicy", Rule::Choice(&["AlwaysAllow", "IfHealthyBudget"])),
    row("policy.v1.PodDisruptionBudgetSpec", "", Rule::Whole(budget)),
];

/// The target of an autoscaler must have a group, unless it is a ReplicationController.
fn group(at: &mut Place<'_, '_, '_>) {
    let version = at.text("apiVersion");
    if at.path.has_field("describedObject") {
        if version.matches('/').count() > 1 {
            at.invalid("apiVersion", &format!("unexpected GroupVersion string: {version}"));
        }
        return;
    }
    match version.matches('/').count() {
        // A ReplicationController belongs to the core group.
        0 if version == "v1" && at.text("kind") == "ReplicationController" => {}
        0 => at.invalid("apiVersion", "apiVersion must specify API group"),
        1 if version.starts_with('/') => at.invalid("apiVersion", "apiVersion must specify API group"),
        1 => {}
        _ => at.invalid("apiVersion", &format!("unexpected GroupVersion string: {version}")),
    }
}

fn policies(at: &mut Place<'_, '_, '_>) {
    if at.list("policies").is_empty() && at.fields.get("policies").is_some_and(|node| node.value.as_list().is_some()) {
        at.required("policies", "must specify at least one Policy");
    }
}

fn one_source(at: &mut Place<'_, '_, '_>) {
    if let Some(source) = at.union("type", &SOURCES, "must populate the given metric source only")
        && !at.is_set(source)
    {
        at.required(source, "must populate information for the given metric source");
    }
}

fn positive(at: &mut Place<'_, '_, '_>, field: &str) {
    let node = at.fields.get(field).filter(|node| !node.value.is_null());
    if node.and_then(|node| quantity(&node.value)).is_some_and(|amount| amount <= 0) {
        at.invalid(field, "must be positive");
    }
}

/// Returns the path of a metric's target, and a function that tells which of its fields are set.
fn targets<'a>(at: &Place<'a, '_, '_>) -> (FieldPath, impl Fn(&str) -> bool + use<'a>) {
    let target = at.map("target");
    let is_set =
        move |field: &str| target.is_some_and(|target| target.get(field).is_some_and(|node| !node.value.is_null()));
    (at.path.field("target"), is_set)
}

/// Checks that a metric's target has exactly one of two fields: `missing` is reported if it has neither, `surplus` if it has
/// both.
fn one_target(at: &mut Place<'_, '_, '_>, missing: (&str, &str), surplus: (&str, &str)) {
    let (path, is_set) = targets(at);
    match (is_set(missing.0), is_set(surplus.0)) {
        (false, false) => at.required_at(&path.field(missing.0), missing.1),
        (true, true) => at.forbidden_at(&path.field(surplus.0), surplus.1),
        _ => {}
    }
}

fn utilization(at: &mut Place<'_, '_, '_>) {
    one_target(
        at,
        ("averageUtilization", "must set either a target raw value or a target utilization"),
        ("averageValue", "may not set both a target raw value and a target utilization"),
    );
}

fn external(at: &mut Place<'_, '_, '_>) {
    one_target(
        at,
        ("averageValue", "must set either a target value for metric or a per-pod target"),
        ("value", "may not set both a target value for metric and a per-pod target"),
    );
}

fn object(at: &mut Place<'_, '_, '_>) {
    let (path, is_set) = targets(at);
    if !is_set("value") && !is_set("averageValue") {
        at.required_at(&path.field("averageValue"), "must set either a target value or averageValue");
    }
}

fn pods(at: &mut Place<'_, '_, '_>) {
    let (path, is_set) = targets(at);
    if !is_set("averageValue") {
        at.required_at(&path.field("averageValue"), "must specify a positive target averageValue");
    }
}

/// The sources of metrics: each type with its field.
const SOURCES: [(&str, &str); 5] = [
    ("Object", "object"),
    ("External", "external"),
    ("Pods", "pods"),
    ("Resource", "resource"),
    ("ContainerResource", "containerResource"),
];

fn replicas(at: &mut Place<'_, '_, '_>) {
    let least = at.number("minReplicas");
    let most = at.number("maxReplicas");
    if most.is_some_and(|most| most < 1) {
        at.invalid("maxReplicas", "must be greater than 0");
    } else if let (Some(least), Some(most)) = (least, most)
        && least > most
    {
        at.invalid("maxReplicas", "must be greater than or equal to `minReplicas`");
    }
}

fn budget(at: &mut Place<'_, '_, '_>) {
    if at.is_set("minAvailable") && at.is_set("maxUnavailable") {
        at.invalid("", "minAvailable and maxUnavailable cannot be both set");
    }
    for field in ["minAvailable", "maxUnavailable"] {
        if let Some((text, _)) = at.fields.text_entry(field) {
            match form::percentage(text) {
                None => at.invalid(field, PERCENT),
                Some(share) if share > 100 => at.invalid(field, "must not be greater than 100%"),
                Some(_) => {}
            }
        } else if at.number(field).is_some_and(|number| number < 0) {
            at.invalid(field, NOT_NEGATIVE);
        }
    }
}
