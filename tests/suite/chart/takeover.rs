//! Tests that an installation of the public chart can be upgraded: the immutable fields of the StatefulSet are the same, and
//! values for that chart are accepted.

use super::rendering::{render, render_with, run};

/// The immutable fields of that chart's StatefulSet (version 0.4.9), with the API server's defaults.
const IMMUTABLE: &[(&str, &str)] = &[
    ("spec serviceName", "mongooseim"),
    ("spec selector", "{matchLabels: {app: mongooseim}}"),
    ("spec podManagementPolicy", "OrderedReady"),
    (
        "spec volumeClaimTemplates",
        "[{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: mnesia}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, volumeMode: Filesystem}, status: {phase: Pending}}]",
    ),
];

#[test]
fn immutable_fields_match_the_public_chart() {
    let harmless: &[&[&str]] = &[
        &[],
        &[
            "replicaCount=5",
            "image.tag=6.8.0",
            "commonLabels.a=b",
            "commonAnnotations.a=b",
            "podLabels.a=b",
            "hosts={a.example}",
        ],
        &["namespaceOverride=chat", "persistentDatabase=rdbms", "tlsCertSecret=t", "existingCookieSecret.name=c"],
        &["persistence.retentionPolicy.whenScaled=Delete", "updateStrategy.type=OnDelete"],
    ];
    for sets in harmless {
        let rendered = render(sets);
        for (path, wanted) in IMMUTABLE {
            let wanted: serde_yaml::Value = serde_yaml::from_str(wanted).expect("YAML");
            assert_eq!(rendered.stateful_set().at(path), Some(&wanted), "{path} with {sets:?}");
        }
    }
}

#[test]
fn nodes_keep_their_names_and_their_data() {
    let rendered = render::<&str>(&[]);
    let set = rendered.stateful_set();
    assert_eq!(set.name(), "mongooseim");
    assert_eq!(
        set.text("spec template spec containers name=mongooseim volumeMounts name=mnesia mountPath"),
        "/var/lib/mongooseim"
    );
    assert_eq!(set.text("spec template spec containers name=mongooseim env name=NODE_NAME value"), "mongooseim");
    for name in ["mongooseim", "mongooseim-lb"] {
        assert_eq!(rendered.get("Service", name).text("spec selector app"), "mongooseim");
    }
}

/// All values of that chart, in the types that it uses.
const ITS_VALUES: &str = r#"
replicaCount: 2
image: {repository: erlangsolutions/mongooseim, pullPolicy: IfNotPresent, tag: ""}
nodeName: mongooseim
nodeCookie: mongooseim
imagePullSecrets: []
nameOverride: ""
fullnameOverride: ""
serviceAccount: {create: true, annotations: {}, name: ""}
podAnnotations: {}
podSecurityContext: {}
securityContext: {}
resources: {}
nodeSelector: {}
tolerations: []
affinity: {}
loadBalancerIP: ""
loadBalancerAnnotations: {}
nodeport: {enabled: true}
vmConfig: ""
mimConfig: ""
rolloutId: ""
tlsCertSecret: {}
volatileDatabase: cets
persistentDatabase: rdbms
rdbms: {driver: pgsql, host: db.example, database: chat, username: chat, password: secret, tls: {required: "true"}}
certs: {fullChain: fake_cert.pem, privKey: fake_key.pem}
"#;

#[test]
fn values_files_of_the_public_chart_work() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("values.yaml");
    std::fs::write(&path, ITS_VALUES).expect("a file");
    let file = path.display().to_string();
    let output = run(&["template", "-f", &file]);
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && printed.is_empty(), "{printed}");
    let rendered = render_with(&["-f", &file]);
    assert_eq!(
        rendered.toml()["outgoing_pools"]["rdbms"]["default"]["connection"]["host"].as_str(),
        Some("db.example")
    );
    assert_eq!(rendered.toml()["listen"]["c2s"][0].get("tls"), None);
    assert!(rendered.find("Service", "mongooseim-nodeport").is_some());
}

#[test]
fn resources_and_certificate_values() {
    let rendered =
        render(&["resources.limits.cpu=1", "tlsCertSecret=tls", "certs.fullChain=cert.pem", "certs.privKey=key.pem"]);
    let tls = &rendered.toml()["listen"]["c2s"][0]["tls"];
    assert_eq!(tls["certfile"].as_str(), Some("priv/ssl/cert.pem"));
    let resources = rendered.stateful_set().at("spec template spec containers 0 resources").expect("resources");
    assert_eq!(serde_yaml::to_string(resources).expect("YAML"), "limits:\n  cpu: 1\n");
}
