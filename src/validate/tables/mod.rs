//! The API server's rules as tables: one file for each API group, one row for each rule.
//!
//! | file | content |
//! |---|---|
//! | `place` | the rules that a row can contain, and the object that they are applied to |
//! | `cron` | schedules and time zones |
//! | `core`, `containers`, `volumes` | `v1` |
//! | `pods` | workloads that create pods, and rules that connect the parts of a pod |
//! | `services` | Services and quotas of `v1` |
//! | `endpoints` | Endpoints and EndpointSlices |
//! | `configuration` | ConfigMaps and Secrets of `v1` |
//! | `storage` | claims, volumes and storage classes |
//! | `workloads` | `apps/v1`, `batch/v1` |
//! | `autoscaling` | `autoscaling`, `policy` |
//! | `cluster` | `rbac`, `scheduling`, `node`, `coordination` |
//! | `admission`, `admission_expressions` | webhooks and admission policies, and the expressions in them |
//! | `devices` | `resource.k8s.io/v1` |
//! | `networking` | `networking.k8s.io/v1` |
//! | `flow` | `flowcontrol.apiserver.k8s.io/v1` |
//! | `definitions` | CustomResourceDefinitions |
//! | `structural`, `definition_rules` | the schemas in these, and the rules in the schemas |
//! | `webhooks` | addresses of webhooks, for admission and conversion |
//! | `compiled` | compiles CEL expressions |

mod admission;
mod admission_expressions;
mod autoscaling;
mod cluster;
mod compiled;
mod configuration;
mod containers;
mod core;
mod cron;
mod definition_rules;
mod definitions;
mod devices;
mod endpoints;
mod flow;
mod networking;
mod place;
mod pods;
mod services;
mod storage;
mod structural;
mod volumes;
mod webhooks;
mod workloads;

use std::collections::HashMap;
use std::sync::OnceLock;

use super::report::Report;
use crate::diagnostic::Span;
use crate::kubernetes::FieldPath;
use crate::yaml::Map;
use place::{Place, Row};

/// Returns all rules by type.
fn rows() -> &'static HashMap<&'static str, Vec<&'static Row>> {
    static ROWS: OnceLock<HashMap<&'static str, Vec<&'static Row>>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let tables = [
            core::ROWS,
            containers::ROWS,
            volumes::ROWS,
            pods::ROWS,
            services::ROWS,
            endpoints::ROWS,
            configuration::ROWS,
            storage::ROWS,
            workloads::ROWS,
            autoscaling::ROWS,
            cluster::ROWS,
            admission::ROWS,
            devices::ROWS,
            networking::ROWS,
            definitions::ROWS,
            flow::ROWS,
        ];
        let mut found: HashMap<&'static str, Vec<&'static Row>> = HashMap::new();
        tables.into_iter().flatten().for_each(|row| found.entry(row.type_name).or_default().push(row));
        found
    })
}

/// Checks an object of the named type.
pub(super) fn check(name: &str, fields: &Map, path: &FieldPath, place: &Span, report: &mut Report<'_>) {
    let Some(rows) = rows().get(short(name)) else { return };
    let mut place = Place { fields, path, span: place, report };
    rows.iter().for_each(|row| row.check(&mut place));
}

/// Returns a type's name without the parts in front of its group: `core.v1.PodSpec`.
fn short(name: &str) -> &str {
    name.rmatch_indices('.').nth(2).map_or(name, |(at, _)| &name[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::kubernetes::{KubeVersion, Schema, read_objects};
    use crate::validate::{Request, validate};

    /// Rules that depend on the kind of the whole object: manifests with `NAMESPACE` in their metadata, and the paths of the
    /// findings.
    #[rustfmt::skip]
    const BY_KIND: &[(&str, &str)] = &[
        ("{apiVersion: apps/v1, kind: StatefulSet, metadata: {NAMESPACE, name: a}, spec: {selector: {matchLabels: {a: b}}, serviceName: a, \
            template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i, volumeMounts: [{name: data, mountPath: /d}]}]}}, \
            volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]}}", ""),
        ("{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {NAMESPACE, name: a}, rules: [{nonResourceURLs: [/healthz], verbs: [get]}]}",
            "rules[0].nonResourceURLs"),
        ("{apiVersion: v1, kind: Pod, metadata: {NAMESPACE, name: a}, spec: {containers: [{name: c, image: i}], volumes: [{name: i, image: {}}]}}",
            "spec.volumes[0].image.reference"),
        // The server adds the service account before it validates.
        ("{apiVersion: v1, kind: Pod, metadata: {NAMESPACE, name: a}, spec: {containers: [{name: c, image: i}], \
            volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t}}]}}]}}", ""),
        ("{apiVersion: batch/v1, kind: CronJob, metadata: {NAMESPACE, name: a}, spec: {schedule: '@daily', jobTemplate: {spec: {manualSelector: true, \
            template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}}}", "spec.jobTemplate.spec.manualSelector"),
    ];

    #[test]
    fn rules_of_a_kind_apply_in_any_namespace() {
        for (manifest, wrong) in BY_KIND {
            for namespace in ["", "namespace: chat,"] {
                let manifest = manifest.replace("NAMESPACE,", namespace);
                let objects = read_objects(&Source::file("m.yaml", manifest), "m.yaml").expect("an object");
                let request = Request { kube_version: &KubeVersion::default(), strict: false, custom_kinds: &[] };
                let findings = validate(&objects, &request);
                let errors = findings.iter().filter(|finding| finding.diagnostic.is_error());
                let paths: Vec<&str> = errors.map(|finding| finding.path.as_str()).collect();
                assert_eq!(paths.join(" "), *wrong, "{}", objects[0].id);
            }
        }
    }

    #[test]
    fn every_row_is_for_an_existing_field() {
        let prefixes = ["api", "apimachinery.pkg.apis", "apiextensions-apiserver.pkg.apis", "kube-aggregator.pkg.apis"];
        for row in rows().values().flatten() {
            let type_ = prefixes
                .iter()
                .find_map(|prefix| Schema::built_in().object_type(&format!("{prefix}.{}", row.type_name)));
            let type_ = type_.unwrap_or_else(|| panic!("{}", row.type_name));
            assert!(row.field.is_empty() || type_.field(row.field).is_some(), "{}.{}", row.type_name, row.field);
        }
    }
}
