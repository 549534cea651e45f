//! Tests values that are invalid or contradict each other: each is refused with a message that names
//! the value and says what to do.

use super::rendering::{refusal, render};

/// Values, and parts of the expected message.
type Row = (&'static [&'static str], &'static [&'static str]);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // numbers and words, by the schema
    (&["replicaCount=-1"], &["replicaCount"]),
    (&["replicaCount=abc"], &["replicaCount", "got string, want integer"]),
    (&["string:replicaCount=3"], &["replicaCount", "got string, want integer"]),
    (&["persistentDatabase=oracle"], &["persistentDatabase"]),
    (&["volatileDatabase=redis"], &["volatileDatabase"]),
    (&["persistentDatabase=rdbms", "rdbms.driver=odbc"], &["rdbms/driver"]),
    (&["podManagementPolicy=Random"], &["podManagementPolicy"]),
    (&["image.pullPolicy=Sometimes"], &["pullPolicy"]),
    (&["image.tag=a b"], &["image/tag"]),
    (&["image.tag=6.8.0+x"], &["image/tag"]),
    (&["image.digest=latest"], &["image/digest"]),
    (&["listeners.c2s.expose.everywhere=true"], &["everywhere"]),
    (&["listeners.c2s.port=0"], &["listeners/c2s/port"]),
    (&["listeners.c2s.port=70000"], &["listeners/c2s/port"]),
    (&["listeners.c2s.tls=always"], &["listeners/c2s/tls"]),
    (&["json:listeners.x={\"enabled\":true,\"port\":80}"], &["listeners/x", "type"]),
    (&["json:listeners.x={\"enabled\":true,\"type\":\"telnet\",\"port\":80}"], &["listeners/x/type"]),
    (&["hosts=a.example"], &["hosts", "got string, want array"]),
    (&["json:hosts=[]"], &["hosts"]),
    (&["podLabels.a=b c"], &["podLabels/a"]),
    (&["commonLabels.a.b=c"], &["commonLabels/a"]),
    (&["json:extraEnv=[{\"value\":\"x\"}]"], &["extraEnv/0", "name"]),
    (&["persistence.accessModes={Often}"], &["accessModes"]),
    (&["logLevel=loud"], &["logLevel"]),
    (&["s2sPolicy=maybe"], &["s2sPolicy"]),
    (&["ipFamilies={IPv5}"], &["ipFamilies"]),
    (&["modules.Mod=null"], &["modules"]),
    // databases
    (&["volatileDatabase=cets"], &["volatileDatabase: CETS requires RDBMS for node discovery: set persistentDatabase=rdbms"]),
    (&["persistentDatabase=rdbms", "rdbms.host="], &["rdbms.host: persistentDatabase=rdbms needs it"]),
    (&["persistentDatabase=rdbms", "rdbms.database=", "rdbms.username="], &["rdbms.database: ", "rdbms.username: "]),
    (&["persistentDatabase=rdbms", "rdbms.password="], &["rdbms.password: ", "rdbms.existingSecret.name"]),
    (&["persistentDatabase=rdbms", "rdbms.tls.caFile=ca.crt"], &["rdbms.tls.caFile: ", "tlsCertSecret"]),
    // names
    (&["json:hosts=[\"a b\"]"], &["hosts: \"a b\" is not a valid XMPP domain"]),
    (&["json:hosts=[\"ok.example\", \"user@host\"]"], &["hosts: \"user@host\" is not a valid XMPP domain"]),
    (&["nodeName=a b"], &["nodeName: invalid Erlang node name \"a b\""]),
    (&["nodeName=a/b"], &["nodeName: "]),
    (&["nodeName="], &["nodeName: invalid Erlang node name \"\""]),
    (&["clusterDomain=K8s"], &["clusterDomain: invalid domain \"K8s\""]),
    (&["fullnameOverride=Foo_Bar"], &["fullnameOverride: objects can't be named \"Foo_Bar\""]),
    (&["fullnameOverride=9lives"], &["fullnameOverride: "]),
    (&["fullnameOverride=aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeefff"], &["fullnameOverride: ", "at most 52"]),
    (&["nameOverride=Our Chat"], &["nameOverride: objects can't be named \"Our Chat\""]),
    // listeners
    (&["listeners.c2s.port=5269"], &["listeners.s2s.port: port 5269 is taken by listeners.c2s"]),
    (&["listeners.c2s.port=9100"], &["listeners.c2s.port: port 9100 is taken by Erlang distribution"]),
    (&["listeners.c2s.port=4369"], &["listeners.c2s.port: port 4369 is taken by epmd"]),
    (&["listeners.c2s-tls.enabled=true"], &["listeners.c2s-tls.tls: TLS needs a certificate: set tlsCertSecret"]),
    (&["listeners.bosh-wss.enabled=true"], &["listeners.bosh-wss.tls: TLS needs a certificate"]),
    (&["listeners.c2s.tls=starttls_required"], &["listeners.c2s.tls: TLS needs a certificate"]),
    (&["listeners.bosh-ws.tls=starttls", "tlsCertSecret=t"], &["listeners.bosh-ws.tls: a listener of type http can't have \"starttls\": use none or tls"]),
    (&["tlsCertSecret=t", "certs.privKey="], &["certs: set certs.fullChain and certs.privKey to the files of the Secret t"]),
    (&["listeners.c2s.address=127.0.0.1"], &["listeners.c2s.address: a listener on 127.0.0.1 can't be reached through a Service"]),
    (&["listeners.c2s.address=::1"], &["listeners.c2s.address: a listener on ::1 can't be reached"]),
    (&["listeners.c2s.address=localhost"], &["listeners.c2s.address: invalid IP address \"localhost\""]),
    (&["listeners.gql-admin.enabled=true", "listeners.gql-admin.address="], &["listeners.gql-admin.password: the admin API would be open to anyone"]),
    (&["listeners.gql-admin.enabled=true", "listeners.gql-admin.username=root"], &["listeners.gql-admin: a username and a password belong together"]),
    (&["listeners.gql-admin.enabled=true", "listeners.gql-admin.password=x"], &["listeners.gql-admin: a username and a password belong together"]),
    (&["json:listeners.x={\"enabled\":true,\"type\":\"component\",\"port\":8888}"], &["listeners.x.password: a component listener needs a password"]),
    (&["json:listeners.a--b={\"enabled\":true,\"type\":\"http\",\"port\":80}"], &["listeners.a--b: invalid port name"]),
    (&["json:listeners.123={\"enabled\":true,\"type\":\"http\",\"port\":80}"], &["listeners.123: invalid port name"]),
    (&["json:listeners.epmd={\"enabled\":true,\"type\":\"http\",\"port\":80}"], &["listeners.epmd: invalid port name"]),
    (&["json:listeners.much-too-long-name={\"enabled\":true,\"type\":\"http\",\"port\":80}"], &["listeners.much-too-long-name: ", "at most 15"]),
    (&["json:listeners.Web={\"enabled\":true,\"type\":\"http\",\"port\":80}"], &["listeners.Web: invalid port name"]),
    (&["json:listeners.c2s.handlers={\"x\":{\"path\":\"/\"}}"], &["listeners.c2s.handlers: only listeners of type http have handlers"]),
    (&["listeners.c2s.enabled=false", "listeners.s2s.enabled=false", "listeners.bosh-ws.enabled=false", "loadBalancer.enabled=false"],
        &["listeners: no listener is enabled, so no client can connect"]),
    (&["listeners.c2s.enabled=false", "listeners.s2s.enabled=false", "listeners.bosh-ws.enabled=false", "listeners.gql-admin.enabled=true", "loadBalancer.enabled=false"],
        &["readinessProbe: there is no listener to connect to"]),
    // Services
    (&["listeners.c2s.enabled=false"], &["loadBalancer.enabled: no enabled listener is exposed on the load balancer"]),
    (&["nodeport.enabled=true", "listeners.c2s.expose.nodePort=false"], &["nodeport.enabled: no enabled listener is exposed on the NodePort Service"]),
    (&["nodeport.enabled=true", "nodeport.nodePorts.s2s=32000"], &["nodeport.nodePorts.s2s: no enabled listener of this name"]),
    (&["nodeport.enabled=true", "listeners.s2s.expose.nodePort=true", "nodeport.nodePorts.s2s=32000", "nodeport.nodePorts.c2s=32000"], &["32000 is also the port of", "set a different one for each listener"]),
    (&["ipFamilies={IPv4,IPv6}"], &["ipFamilyPolicy: two families in ipFamilies need PreferDualStack or RequireDualStack"]),
    (&["podDisruptionBudget.enabled=true", "podDisruptionBudget.minAvailable=1", "podDisruptionBudget.maxUnavailable=1"], &["podDisruptionBudget: set either"]),
    (&["serviceMonitor.enabled=true"], &["serviceMonitor.enabled: there are no metrics to collect: set listeners.prometheus.enabled"]),
    // files and pods
    (&["json:mimConfig=\"[[listen.c2s]]\\nport = 15222\\n\""], &["listeners.c2s.port: your mimConfig does not listen on 5222", "set it to one of 15222, or listeners.c2s.enabled=false"]),
    (&["json:extraMimConfig=\"[modules.mod_sic]\\n\""], &["extraMimConfig: ", "modules"]),
    (&["secretPlaceholders.lower.name=a", "secretPlaceholders.lower.key=b"], &["secretPlaceholders.lower: "]),
    (&["secretPlaceholders.ERLANG_COOKIE.name=a", "secretPlaceholders.ERLANG_COOKIE.key=b"], &["secretPlaceholders.ERLANG_COOKIE: "]),
    (&["json:extraVolumes=[{\"name\":\"config\",\"emptyDir\":{}}]"], &["extraVolumes: config is used by the chart"]),
    (&["json:sidecars=[{\"name\":\"mongooseim\",\"image\":\"x\"}]"], &["sidecars: mongooseim is used by the chart"]),
    (&["json:initContainers=[{\"name\":\"fill-in-secrets\",\"image\":\"x\"}]"], &["initContainers: fill-in-secrets is used by the chart"]),
    (&["json:extraVolumeMounts=[{\"name\":\"x\",\"mountPath\":\"/member\"}]"], &["extraVolumeMounts: something else is already mounted at /member"]),
    (&["string:secretPlaceholders.A.name="], &["secretPlaceholders"]),
];

/// Removes quotes, whether they are escaped or not.
fn bare(text: &str) -> String {
    text.replace(['"', '\\'], "")
}

#[test]
fn invalid_values_are_refused_with_a_reason() {
    let mut wrong = Vec::new();
    for (sets, parts) in ROWS {
        let printed = refusal(sets);
        for part in *parts {
            if !bare(&printed).contains(&bare(part)) {
                wrong.push(format!("{sets:?} does not mention {part:?}:\n{printed}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn several_errors_are_reported_together() {
    let printed = refusal(&[
        "volatileDatabase=cets",
        "nodeName=a b",
        "listeners.c2s.port=5269",
        "listeners.bosh-wss.enabled=true",
    ]);
    for part in ["volatileDatabase: ", "nodeName: ", "listeners.s2s.port: ", "listeners.bosh-wss.tls: "] {
        assert!(printed.contains(part), "{part} in\n{printed}");
    }
}

/// The templates refuse what the schema refuses even if the schema is not checked.
#[test]
fn without_the_schema_the_templates_still_refuse() {
    for (set, printed) in [
        ("volatileDatabase=redis", "volatileDatabase: unknown database \"redis\""),
        ("persistentDatabase=oracle", "persistentDatabase: unknown database \"oracle\""),
        ("replicaCount=-1", "replicaCount: expected the number of nodes"),
        ("listeners.c2s.expose.everywhere=true", "listeners.c2s.expose.everywhere: unknown Service"),
        ("listeners.c2s.type=telnet", "listeners.c2s.type: expected c2s"),
    ] {
        let output = super::rendering::run(&["template", "--skip-schema-validation", "--set", set]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && bare(&stderr).contains(&bare(printed)), "{set}: {stderr}");
    }
}

/// Values that are close to being refused, but valid.
#[test]
fn valid_values_are_accepted() {
    let rows: &[&[&str]] = &[
        &["replicaCount=0"],
        &["json:mimConfig=\"[general]\\nhosts = [\\\"a\\\"]\\n\""],
        &["json:mimConfig=\"[[listen.c2s]]\\nport = 5222\\n\""],
        &["json:mimConfig=\"[[listen.c2s]]\\nport = 15222\\n\"", "listeners.c2s.port=15222"],
        &[
            "json:mimConfig=\"[[listen.http]]\\nport = 5280\\n\"",
            "loadBalancer.enabled=false",
            "readinessProbe.enabled=false",
        ],
        &["json:mimConfig=\"[[listen.c2s]]\\nport = 5222\\n\"", "listeners.c2s.tls=starttls"],
        &["json:hosts=[\"żółć.example\", \"xn--abc.example\", \"localhost\"]"],
        &["listeners.gql-admin.enabled=true"],
        &["listeners.gql-admin.enabled=true", "listeners.gql-admin.username=root", "listeners.gql-admin.password=x"],
        &["listeners.c2s-tls.enabled=true", "certs.fullChain=/a", "certs.privKey=/b"],
        &["ipFamilies={IPv4,IPv6}", "ipFamilyPolicy=PreferDualStack"],
        &["nodeport.nodePorts.s2s=32000"],
        &["rdbms.password=", "rdbms.host="],
        &["fullnameOverride=aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeff"],
        &["image.tag=6.8.0-beta_1.x"],
    ];
    for sets in rows {
        render(sets);
    }
}
