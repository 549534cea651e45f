//! Tests `mim-chart lint` on installations of MongooseIM: each rule is broken by its own case, and none by the chart's own
//! configuration.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::command::mim_chart;

/// A configuration without findings.
const TOML: &str = r#"
[general]
  hosts = ["example.com"]
  default_server_domain = "example.com"

[[listen.c2s]]
  port = 5222

[[listen.s2s]]
  port = 5269

[[listen.http]]
  port = 5280
"#;
const GRAPHQL: &str = "port = 5280\n[[listen.http.handlers.mongoose_graphql_handler]]\nhost = \"_\"\npath = \"/\"\nschema_endpoint = \"user\"";
const VM_ARGS: &str =
    "-name mongooseim\n-setcookie abc\n-kernel inet_dist_listen_min 9100\n-kernel inet_dist_listen_max 9100\n";
const QUIET: &[&str] = &["--set", "nodeCookie=abc,hosts={example.com},fullnameOverride=mongooseim"];

/// Returns the codes of the findings on MongooseIM, with the first line of each message.
fn findings(folder: &Path, chart: &str, arguments: &[&str]) -> Vec<(String, String)> {
    let output = mim_chart(folder)
        .args(["lint", chart, "--message-format", "json"])
        .args(arguments)
        .output()
        .expect("the binary");
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    let reported = stderr.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let reported = reported.map(|reported| {
        (reported["code"].as_str().unwrap().to_owned(), reported["message"].as_str().unwrap().to_owned())
    });
    let (ours, others): (Vec<_>, Vec<_>) = reported.partition(|(code, _)| code.starts_with("mongooseim-"));
    let rejected: Vec<_> = others.iter().filter(|(code, _)| code.starts_with("templates")).collect();
    assert!(rejected.is_empty(), "{arguments:?}: {rejected:?}");
    ours
}

/// Returns the findings on the built-in chart with the given files.
fn of_files(toml: &str, vm_args: &str, more: &[&str]) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("m.toml"), toml).unwrap();
    fs::write(folder.path().join("vm.args"), vm_args).unwrap();
    let mut arguments = vec!["--set-file", "mimConfig=m.toml,vmConfig=vm.args", "--set", "fullnameOverride=mongooseim"];
    arguments.extend(more);
    findings(folder.path(), "mongooseim", &arguments)
}

fn codes(found: &[(String, String)]) -> Vec<&str> {
    found.iter().map(|(code, _)| code.as_str()).collect()
}

#[test]
fn valid_installations_have_no_findings() {
    let here = Path::new(".");
    for arguments in [
        &[][..],
        &["--set", "replicaCount=3"],
        &["--set", "persistentDatabase=rdbms,volatileDatabase=cets,replicaCount=3"],
        &["--set", "persistentDatabase=rdbms,rdbms.tls.caFile=/etc/ssl/certs/ca-certificates.crt"],
        &[
            "--set",
            "tlsCertSecret=tls,listeners.c2s-tls.enabled=true,listeners.bosh-wss.enabled=true,nodeport.enabled=true",
        ],
        &["--set", "listeners.gql-admin.enabled=true,listeners.prometheus.enabled=true,configInSecret=true"],
        &["--set", "existingCookieSecret.name=cookie,rdbms.existingSecret.name=db,persistentDatabase=rdbms"],
        &[
            "--set",
            "loadBalancer.enabled=false,livenessProbe.enabled=true,startupProbe.enabled=true,networkPolicy.enabled=true",
        ],
        &["--set", "fullnameOverride=chat,ipFamilies={IPv6}"],
    ] {
        let all: Vec<&str> = QUIET.iter().chain(arguments).copied().collect();
        // Every installation with a relational database gets the warning to load its tables.
        let found = findings(here, "mongooseim", &all).into_iter().filter(|(code, _)| code != "mongooseim-tables");
        assert_eq!(found.collect::<Vec<_>>(), [], "{arguments:?}");
    }
    assert_eq!(of_files(TOML, VM_ARGS, &["--set", "replicaCount=3"]), []);
    let of_default = findings(here, "mongooseim", &[]);
    assert_eq!(codes(&of_default), ["mongooseim-localhost", "mongooseim-cookie", "mongooseim-names"]);
}

#[test]
fn every_rule_has_a_case_that_breaks_it() {
    let cets = "[internal_databases.cets]\n[internal_databases.mnesia]\n";
    let pool = "[outgoing_pools.rdbms.default.connection]\ndriver = \"pgsql\"\nhost = \"db\"\ndatabase = \"chat\"\nusername = \"chat\"\npassword = \"x\"\n";
    let general = |more: &str| TOML.replace("[general]\n", &format!("[general]\n  {more}\n"));
    let with = |more: &str| format!("{TOML}{more}\n");
    let cases: Vec<(String, &str, Vec<&str>, Vec<&str>)> = vec![
        (with("[modules.mod_x"), VM_ARGS, vec!["--skip-schema-validation"], vec!["mongooseim-toml"]),
        (with("[modles]"), VM_ARGS, vec![], vec!["mongooseim-section"]),
        (with("[s2s]\ndefault_policy = \"allow\""), VM_ARGS, vec![], vec!["mongooseim-s2s"]),
        (
            with("[s2s]\ndefault_policy = \"allow\""),
            VM_ARGS,
            vec!["--set", "listeners.s2s.expose.loadBalancer=true"],
            vec![],
        ),
        (TOML.to_owned(), VM_ARGS, vec!["--set", "persistence.enabled=false"], vec!["mongooseim-data"]),
        (TOML.to_owned(), VM_ARGS, vec!["--set", "fullnameOverride="], vec!["mongooseim-names"]),
        (TOML.to_owned(), VM_ARGS, vec!["--set", "appConfig=[{kernel}]."], vec!["mongooseim-app-config"; 2]),
        (TOML.to_owned(), VM_ARGS, vec!["--set", "appConfig=[\\{log_root\\,1}\\,%\\{mnesia}]."], vec![]),
        (with("[modules.mod_x]\nmongooseimVersion = 1"), VM_ARGS, vec![], vec!["mongooseim-unknown"]),
        (with("[modules.mod_bosh]"), VM_ARGS, vec!["--set", "mongooseimVersion=6.5.0"], vec![]),
        (
            with("[modules.mod_bosh]"),
            VM_ARGS,
            vec!["--set", "mongooseimVersion=6.8.1,image.tag=latest"],
            vec!["mongooseim-key"],
        ),
        (
            with("[modles]"),
            VM_ARGS,
            vec!["--set", "image.tag=7.0.0,image.repository=registry/mim"],
            vec!["mongooseim-unknown"],
        ),
        (TOML.to_owned(), VM_ARGS, vec!["--set", "image.tag=6.4.0"], vec!["mongooseim-image"]),
        (TOML.to_owned(), VM_ARGS, vec!["--set", "image.tag=6.5.0"], vec![]),
        (with("[modles]"), VM_ARGS, vec!["--set", "image.tag=6.7.1"], vec!["mongooseim-section", "mongooseim-image"]),
        (TOML.to_owned(), VM_ARGS, vec!["--set", "image.tag=6.8.1,image.repository=registry/mim"], vec![]),
        (
            TOML.replace("port = 5280", GRAPHQL),
            VM_ARGS,
            vec!["--set", "image.tag=6.7.0,image.repository=registry/mim"],
            vec!["mongooseim-graphql"],
        ),
        (
            TOML.replace("port = 5280", GRAPHQL),
            VM_ARGS,
            vec!["--set", "image.tag=6.8.0,image.repository=registry/mim"],
            vec![],
        ),
        (with("[[host_config]]\nhost = \"a\"\n[host_config.listen]"), VM_ARGS, vec![], vec!["mongooseim-section"]),
        (
            TOML.replace("[general]", "[acl]"),
            VM_ARGS,
            vec![],
            vec!["mongooseim-hosts", "mongooseim-value", "mongooseim-value"],
        ),
        (with("[modules.mod_external_filter]"), VM_ARGS, vec![], vec!["mongooseim-mandatory"]),
        (with("[modules.our_own_filter]"), VM_ARGS, vec![], vec!["mongooseim-unknown"]),
        (TOML.replace("port = 5222", "port = 5222\nshaper = \"fast\""), VM_ARGS, vec![], vec!["mongooseim-undefined"]),
        (with("[modules.mod_register]\naccess = \"nobody\""), VM_ARGS, vec![], vec!["mongooseim-rule"]),
        (TOML.replace("port = 5222", "port = 5222\naccess = \"nobody\""), VM_ARGS, vec![], vec!["mongooseim-rule"]),
        (
            with("[outgoing_pools.rdbms.default.connection]\ndriver = \"mysql\""),
            VM_ARGS,
            vec![],
            vec!["mongooseim-mandatory", "mongooseim-tables"],
        ),
        (
            with("[modules.mod_time]\niqdisc.type = \"parallel\"\niqdisc.workers = 2"),
            VM_ARGS,
            vec![],
            vec!["mongooseim-value"],
        ),
        (with("[modules.mod_inbox]"), VM_ARGS, vec![], vec!["mongooseim-pool"]),
        (with("[modules.mod_vcard.ldap]"), VM_ARGS, vec![], vec!["mongooseim-pool"]),
        (with("[modules.mod_vcard.ldap]\n[outgoing_pools.ldap.default]"), VM_ARGS, vec![], vec![]),
        (
            with("[modules.mod_push_service_mongoosepush]\npool_name = \"push\""),
            VM_ARGS,
            vec![],
            vec!["mongooseim-pool"],
        ),
        (with("[modules.mod_event_pusher.rabbit]"), VM_ARGS, vec![], vec!["mongooseim-pool"]),
        (TOML.replace("default_server_domain", "http_server_name"), VM_ARGS, vec![], vec!["mongooseim-hosts"]),
        (TOML.replace("[\"example.com\"]", "[]"), VM_ARGS, vec![], vec!["mongooseim-hosts"]),
        (TOML.replace("[\"example.com\"]", "[\"localhost\"]"), VM_ARGS, vec![], vec!["mongooseim-localhost"]),
        (
            with("[[listen.websockets]]\nport = 5280"),
            VM_ARGS,
            vec![],
            vec!["mongooseim-listener", "mongooseim-listener"],
        ),
        (with("[[listen.c2s]]\naccess = \"all\""), VM_ARGS, vec![], vec!["mongooseim-listener"]),
        (with("[[listen.c2s]]\nport = 5222"), VM_ARGS, vec![], vec!["mongooseim-listener"]),
        (with("[[listen.c2s]]\nport = 5222\nip_address = \"127.0.0.1\""), VM_ARGS, vec![], vec![]),
        (
            TOML.replace("port = 5222", "port = 5222\nip_address = \"127.0.0.1\""),
            VM_ARGS,
            vec![],
            vec!["mongooseim-loopback", "mongooseim-loopback", "mongooseim-probe"],
        ),
        (TOML.replace("[[listen.s2s]]\n  port = 5269", ""), VM_ARGS, vec![], vec!["mongooseim-port"]),
        (with("[[listen.http]]\nport = 8080"), VM_ARGS, vec![], vec!["mongooseim-unpublished"]),
        (with("[[listen.http]]\nport = 8080\nip_address = \"127.0.0.1\""), VM_ARGS, vec![], vec![]),
        (
            TOML.replace("port = 5222", "port = 5222\ntls.certfile = \"priv/ssl/fake_cert.pem\""),
            VM_ARGS,
            vec![],
            vec!["mongooseim-tls-key"],
        ),
        (
            TOML.replace("port = 5222", "port = 5222\ntls.certfile = \"a.pem\"\ntls.keyfile = \"/etc/ssl/key.pem\""),
            VM_ARGS,
            vec![],
            vec!["mongooseim-tls-unmounted"],
        ),
        (
            TOML.replace("port = 5222", "port = 5222\ntls.cacertfile = \"/member/ca.pem\""),
            VM_ARGS,
            vec![],
            vec!["mongooseim-tls-missing"],
        ),
        (
            TOML.replace("port = 5222", "port = 5222\ntls.cacertfile = \"priv/ssl/a.pem\""),
            VM_ARGS,
            vec!["--set", "tlsCertSecret=x"],
            vec![],
        ),
        (general("sm_backend = \"cets\""), VM_ARGS, vec![], vec!["mongooseim-internal-database"]),
        (
            with("[internal_databases.cets]\nbackend = \"file\"\nnode_list_file = \"/etc/ssl/x\""),
            VM_ARGS,
            vec!["--set", "volatileDatabase=cets,persistentDatabase=rdbms"],
            vec![
                "mongooseim-internal-database",
                "mongooseim-internal-database",
                "mongooseim-internal-database",
                "mongooseim-finding",
            ],
        ),
        (
            with("[internal_databases.cets]\nbackend = \"file\"\nnode_list_file = \"/etc/ssl/x\"\n[modules.mod_last]"),
            VM_ARGS,
            vec!["--set", "volatileDatabase=cets,persistentDatabase=rdbms"],
            vec![
                "mongooseim-default-backend",
                "mongooseim-internal-database",
                "mongooseim-internal-database",
                "mongooseim-internal-database",
                "mongooseim-finding",
            ],
        ),
        (
            with("[modules.mod_bosh]\nbackend = \"cets\""),
            VM_ARGS,
            vec![],
            vec!["mongooseim-key", "mongooseim-internal-database"],
        ),
        (with(cets), VM_ARGS, vec![], vec!["mongooseim-cets-rdbms", "mongooseim-finding"]),
        (with(&format!("{cets}{pool}")), VM_ARGS, vec![], vec!["mongooseim-finding", "mongooseim-tables"]),
        (
            with("[internal_databases.cets]\nbackend = \"file\"\n[internal_databases.mnesia]"),
            VM_ARGS,
            vec![],
            vec!["mongooseim-cets-rdbms", "mongooseim-finding"],
        ),
        (TOML.to_owned(), "-setcookie abc\n-kernel inet_dist_listen_min 9100\n", vec![], vec!["mongooseim-node-name"]),
        (TOML.to_owned(), "-sname x\n-kernel inet_dist_listen_min 9100\n", vec![], vec!["mongooseim-no-cookie"]),
        (
            TOML.to_owned(),
            "-name x\n-setcookie mongooseim\n-kernel inet_dist_listen_min 9100\n",
            vec![],
            vec!["mongooseim-cookie"],
        ),
        (TOML.to_owned(), "-name x\n-setcookie abc\n", vec![], vec!["mongooseim-distribution"]),
        (
            TOML.to_owned(),
            "-name x\n-setcookie abc\n-kernel inet_dist_listen_min 9100 inet_dist_listen_max 9105\n",
            vec![],
            vec!["mongooseim-distribution"],
        ),
        (
            TOML.to_owned(),
            VM_ARGS,
            vec!["--set", "replicaCount=2,extraEnv[0].name=JOIN_CLUSTER,extraEnv[0].value=false"],
            vec!["mongooseim-alone"],
        ),
        (
            TOML.to_owned(),
            VM_ARGS,
            vec!["--set", "replicaCount=2,extraEnv[0].name=NODE_TYPE,extraEnv[0].value=sname"],
            vec!["mongooseim-finding"],
        ),
        (TOML.to_owned(), VM_ARGS, vec!["--set", "listeners.c2s.options.port=5222"], vec!["mongooseim-written"]),
    ];
    let mut wrong = Vec::new();
    let mut broken: BTreeSet<String> = BTreeSet::new();
    for (toml, vm_args, more, expected) in &cases {
        let found = of_files(toml, vm_args, more);
        broken.extend(found.iter().map(|(code, _)| code.clone()));
        if codes(&found) != *expected {
            wrong.push(format!("{toml}{vm_args}{more:?}\n  expected {expected:?}\n  found    {found:#?}"));
        }
    }
    for (change, expected) in FOREIGN {
        let found = of_chart(*change);
        broken.extend(found.iter().map(|(code, _)| code.clone()));
        if codes(&found) != *expected {
            wrong.push(format!("{change:?}\n  expected {expected:?}\n  found    {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let rules = mim_chart::lint::GROUPS.iter().flat_map(|group| group.rules.concat());
    let all: BTreeSet<String> =
        rules.map(|rule| rule.code.to_owned()).filter(|code| code.starts_with("mongooseim")).collect();
    assert_eq!(broken, all);
}

/// Changes to another chart, and the findings that each causes.
const FOREIGN: &[((&str, &str), &[&str])] = &[
    (("", ""), &[]),
    (("targetPort: c2s", "targetPort: xmpp"), &["mongooseim-published"]),
    (("targetPort: c2s", "targetPort: 5999"), &["mongooseim-published"]),
    (("kind: StatefulSet", "kind: Deployment"), &["mongooseim-alone"]),
    (("serviceName: chat", "serviceName: other"), &["mongooseim-finding"]),
    (("clusterIP: None", "type: ClusterIP"), &["mongooseim-finding"]),
    (("publishNotReadyAddresses: true", "publishNotReadyAddresses: false"), &["mongooseim-finding"]),
    (("JOIN_CLUSTER, value: \"true\"", "JOIN_CLUSTER, value: \"no\""), &["mongooseim-alone"]),
    (("{name: NODE_TYPE, value: name}", "{name: NODE_TYPE, valueFrom: {}}"), &[]),
    (("port: 5222}}", "port: 1}}"), &["mongooseim-probe"]),
    (("inet_dist_listen_min 9100", "inet_dist_listen_min 5222"), &["mongooseim-port"]),
    (("image: mim", "image: mim:6.8.0\n        ports: [{containerPort: 9}]"), &["mongooseim-port"]),
];

const CHART: &str = r#"
apiVersion: v1
kind: ConfigMap
metadata: {name: chat}
data:
  toml: |
    [general]
    hosts = ["example.com"]
    default_server_domain = "example.com"
    [[listen.c2s]]
    port = 5222
---
apiVersion: v1
kind: Secret
metadata: {name: chat}
stringData:
  vm.args: |
    -name x
    -setcookie abc
    -kernel inet_dist_listen_min 9100
---
apiVersion: v1
kind: Service
metadata: {name: chat}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector: {app: chat}
  ports:
  - {name: c2s, port: 5222}
  - {name: dist, port: 9100}
---
apiVersion: v1
kind: Service
metadata: {name: chat-lb}
spec:
  type: LoadBalancer
  selector: {app: chat}
  ports:
  - name: c2s
    port: 5222
    targetPort: c2s
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: chat}
spec:
  replicas: 2
  serviceName: chat
  selector: {matchLabels: {app: chat}}
  template:
    metadata: {labels: {app: chat}}
    spec:
      containers:
      - name: side
        image: side
        ports: [{name: web, containerPort: 80}]
      - name: mim
        image: mim
        env:
        - {name: NODE_TYPE, value: name}
        - {name: JOIN_CLUSTER, value: "true"}
        readinessProbe: {tcpSocket: {port: 5222}}
        volumeMounts: [{name: config, mountPath: /member/}]
      - name: last
        image: last
        ports: [{name: c2s, containerPort: 5222}]
      volumes:
      - name: config
        projected:
          sources:
          - configMap: {name: chat, items: [{key: toml, path: mongooseim.toml}]}
          - secret: {name: chat}
"#;

/// Returns the findings on the chart with one text replaced.
fn of_chart((from, to): (&str, &str)) -> Vec<(String, String)> {
    assert!(CHART.contains(from), "{from}");
    let folder = tempfile::tempdir().expect("a folder");
    let chart = folder.path().join("chart/templates");
    fs::create_dir_all(&chart).unwrap();
    fs::write(folder.path().join("chart/Chart.yaml"), "apiVersion: v2\nname: chat\nversion: 1.0.0\nengine: tera\n")
        .unwrap();
    fs::write(chart.join("all.yaml"), CHART.replacen(from, to, 1)).unwrap();
    findings(folder.path(), "chart", &[])
}
