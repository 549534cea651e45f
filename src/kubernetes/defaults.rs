//! Objects as a cluster gives them: what of them somebody applied, and what the API server puts there itself.

use super::schema::ObjectType;
use crate::diagnostic::Source;
use crate::yaml::{self, Map, Value};

/// The annotation in which `kubectl apply` keeps what was applied last.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Fields of `metadata` that the API server writes.
const OF_THE_SERVER: [&str; 8] = [
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "managedFields",
    "selfLink",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
];

/// Annotations that controllers write.
const OF_CONTROLLERS: [&str; 4] = [
    LAST_APPLIED,
    "deployment.kubernetes.io/revision",
    "deprecated.daemonset.template.generation",
    "pv.kubernetes.io/bind-completed",
];

/// What was applied of an object that a cluster gave: the last applied configuration where it is kept, else the object
/// without what the server writes. `None` for an object that is from no cluster.
pub fn as_applied(object: &Map) -> Option<Map> {
    object.at(["metadata", "uid"])?;
    let applied = object.at(["metadata", "annotations", LAST_APPLIED]).and_then(|node| node.value.as_str());
    if let Some(Ok(node)) = applied.map(|text| yaml::read_document(&Source::file(LAST_APPLIED, text)))
        && let Value::Map(mut map) = node.value
    {
        drop_empty_annotations(&mut map);
        return Some(map);
    }
    let mut object = object.clone();
    object.remove("status");
    if let Some(metadata) = object.get_mut("metadata").and_then(|node| node.value.as_map_mut()) {
        for field in OF_THE_SERVER {
            metadata.remove(field);
        }
        if let Some(annotations) = metadata.get_mut("annotations").and_then(|node| node.value.as_map_mut()) {
            for name in OF_CONTROLLERS {
                annotations.remove(name);
            }
        }
    }
    drop_empty_annotations(&mut object);
    Some(object)
}

/// `kubectl apply` writes an empty map of annotations where a manifest has none.
fn drop_empty_annotations(object: &mut Map) {
    let Some(metadata) = object.get_mut("metadata").and_then(|node| node.value.as_map_mut()) else { return };
    let is_empty = |node: &yaml::Node| node.value.as_map().is_some_and(Map::is_empty);
    if metadata.get("annotations").is_some_and(is_empty) {
        metadata.remove("annotations");
    }
}

/// What the API server puts into a field that a manifest leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerDefault {
    /// Whatever it finds fit: an address, a port.
    Any,
    /// This value, as JSON.
    Json(&'static str),
}

/// What the API server puts into a field of an object of a type, if it fills it at all.
pub fn server_default(of: &ObjectType, field: &str) -> Option<ServerDefault> {
    // Scheme: the last words of a type's name.
    let (_, _, json) = DEFAULTS.iter().find(|(name, known, _)| *known == field && of.name.ends_with(name))?;
    Some(if *json == "*" { ServerDefault::Any } else { ServerDefault::Json(json) })
}

/// What the API server puts where a manifest says nothing: the end of a type's name, a field, and the value as JSON; `*`
/// for whatever value.
const DEFAULTS: &[(&str, &str, &str)] = &[
    ("v1.ObjectMeta", "namespace", "*"),
    ("core.v1.ServiceSpec", "clusterIP", "*"),
    ("core.v1.ServiceSpec", "clusterIPs", "*"),
    ("core.v1.ServiceSpec", "ipFamilies", "*"),
    ("core.v1.ServiceSpec", "ipFamilyPolicy", "\"SingleStack\""),
    ("core.v1.ServiceSpec", "internalTrafficPolicy", "\"Cluster\""),
    ("core.v1.ServiceSpec", "externalTrafficPolicy", "\"Cluster\""),
    ("core.v1.ServiceSpec", "allocateLoadBalancerNodePorts", "true"),
    ("core.v1.ServiceSpec", "healthCheckNodePort", "*"),
    ("core.v1.ServiceSpec", "sessionAffinity", "\"None\""),
    ("core.v1.ServiceSpec", "type", "\"ClusterIP\""),
    ("core.v1.ServicePort", "protocol", "\"TCP\""),
    ("core.v1.ServicePort", "targetPort", "*"),
    ("core.v1.ServicePort", "nodePort", "*"),
    ("core.v1.PodSpec", "dnsPolicy", "\"ClusterFirst\""),
    ("core.v1.PodSpec", "restartPolicy", "\"Always\""),
    ("core.v1.PodSpec", "schedulerName", "\"default-scheduler\""),
    ("core.v1.PodSpec", "securityContext", "{}"),
    ("core.v1.PodSpec", "serviceAccount", "*"),
    ("core.v1.PodSpec", "terminationGracePeriodSeconds", "30"),
    ("core.v1.PodSpec", "enableServiceLinks", "true"),
    ("core.v1.Container", "imagePullPolicy", "*"),
    ("core.v1.Container", "resources", "{}"),
    ("core.v1.Container", "terminationMessagePath", "\"/dev/termination-log\""),
    ("core.v1.Container", "terminationMessagePolicy", "\"File\""),
    ("core.v1.ContainerPort", "protocol", "\"TCP\""),
    ("core.v1.Probe", "failureThreshold", "3"),
    ("core.v1.Probe", "periodSeconds", "10"),
    ("core.v1.Probe", "successThreshold", "1"),
    ("core.v1.Probe", "timeoutSeconds", "1"),
    ("core.v1.HTTPGetAction", "scheme", "\"HTTP\""),
    ("core.v1.HTTPGetAction", "path", "\"/\""),
    ("core.v1.ObjectFieldSelector", "apiVersion", "\"v1\""),
    ("core.v1.ConfigMapVolumeSource", "defaultMode", "420"),
    ("core.v1.SecretVolumeSource", "defaultMode", "420"),
    ("core.v1.ProjectedVolumeSource", "defaultMode", "420"),
    ("core.v1.DownwardAPIVolumeSource", "defaultMode", "420"),
    ("core.v1.HostPathVolumeSource", "type", "\"\""),
    ("core.v1.ServiceAccountTokenProjection", "expirationSeconds", "3600"),
    ("core.v1.PersistentVolumeClaim", "apiVersion", "\"v1\""),
    ("core.v1.PersistentVolumeClaim", "kind", "\"PersistentVolumeClaim\""),
    ("core.v1.PersistentVolumeClaim", "status", "*"),
    ("core.v1.PersistentVolumeClaimSpec", "volumeMode", "\"Filesystem\""),
    ("core.v1.PersistentVolumeClaimSpec", "volumeName", "*"),
    ("core.v1.PersistentVolumeClaimSpec", "storageClassName", "*"),
    ("core.v1.Secret", "type", "\"Opaque\""),
    ("apps.v1.StatefulSetSpec", "podManagementPolicy", "\"OrderedReady\""),
    ("apps.v1.StatefulSetSpec", "revisionHistoryLimit", "10"),
    ("apps.v1.StatefulSetSpec", "replicas", "1"),
    (
        "apps.v1.StatefulSetSpec",
        "persistentVolumeClaimRetentionPolicy",
        "{\"whenDeleted\":\"Retain\",\"whenScaled\":\"Retain\"}",
    ),
    ("apps.v1.StatefulSetSpec", "updateStrategy", "{\"rollingUpdate\":{\"partition\":0},\"type\":\"RollingUpdate\"}"),
    ("apps.v1.StatefulSetUpdateStrategy", "type", "\"RollingUpdate\""),
    ("apps.v1.StatefulSetUpdateStrategy", "rollingUpdate", "{\"partition\":0}"),
    ("apps.v1.RollingUpdateStatefulSetStrategy", "partition", "0"),
    ("apps.v1.DeploymentSpec", "progressDeadlineSeconds", "600"),
    ("apps.v1.DeploymentSpec", "replicas", "1"),
    ("apps.v1.DeploymentSpec", "revisionHistoryLimit", "10"),
    (
        "apps.v1.DeploymentSpec",
        "strategy",
        "{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\":\"RollingUpdate\"}",
    ),
    ("apps.v1.DeploymentStrategy", "type", "\"RollingUpdate\""),
    ("apps.v1.DeploymentStrategy", "rollingUpdate", "{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"}"),
    ("apps.v1.DaemonSetSpec", "revisionHistoryLimit", "10"),
    (
        "apps.v1.DaemonSetSpec",
        "updateStrategy",
        "{\"rollingUpdate\":{\"maxSurge\":0,\"maxUnavailable\":1},\"type\":\"RollingUpdate\"}",
    ),
    ("policy.v1.PodDisruptionBudgetSpec", "unhealthyPodEvictionPolicy", "\"IfHealthyBudget\""),
    ("networking.v1.NetworkPolicySpec", "policyTypes", "*"),
    ("networking.v1.NetworkPolicyPort", "protocol", "\"TCP\""),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubernetes::Schema;

    fn map(text: &str) -> Map {
        yaml::read_values(&Source::file("m.yaml", text)).unwrap()
    }

    #[test]
    fn every_default_is_of_a_field_that_there_is() {
        let schema = Schema::built_in();
        let types = ["core.v1", "apps.v1", "policy.v1", "networking.v1", "v1.ObjectMeta"];
        for (name, field, json) in DEFAULTS {
            assert!(types.iter().any(|group| name.starts_with(group)), "{name}");
            let full = if name.ends_with("ObjectMeta") {
                "apimachinery.pkg.apis.meta.v1.ObjectMeta".to_owned()
            } else {
                format!("api.{name}")
            };
            let of = schema.object_type(&full).unwrap_or_else(|| panic!("{full}"));
            assert!(of.field(field).is_some(), "{name}.{field}");
            assert!(*json == "*" || yaml::read_document(&Source::file("json", *json)).is_ok(), "{json}");
        }
    }

    #[test]
    fn what_was_applied_goes_before_what_is_there() {
        let live = map(
            "metadata: {uid: u, name: a, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{\"metadata\":{\"annotations\":{},\"name\":\"a\"},\"spec\":{\"x\":1}}'}}\nspec: {x: 1, y: 2}",
        );
        assert_eq!(as_applied(&live), Some(map("metadata: {name: a}\nspec: {x: 1}")));
        let live = map(
            "metadata: {uid: u, name: a, resourceVersion: '7', annotations: {deployment.kubernetes.io/revision: '2'}}\nspec: {x: 1}\nstatus: {z: 1}",
        );
        assert_eq!(as_applied(&live), Some(map("metadata: {name: a}\nspec: {x: 1}")));
        assert_eq!(as_applied(&map("metadata: {name: a}")), None);
    }
}
