//! A table of what each value writes into mongooseim.toml, vm.args and vm.dist.args.

use std::collections::{BTreeMap, BTreeSet};

use toml::Value;

use super::rendering::{Rendered, render};
use super::{databases, reference};
use crate::support::configurations;

/// Values; a path in mongooseim.toml, separated by spaces; and the TOML that is expected there, or
/// nothing if the path must be missing.
type Row = (&'static [&'static str], &'static str, &'static str);

const RDBMS: &str = "persistentDatabase=rdbms";
const CETS: &str = "volatileDatabase=cets";
const TLS: &str = "tlsCertSecret=tls";
const POOL: &str = "outgoing_pools rdbms default connection";
/// The files in a Secret of type kubernetes.io/tls.
const PEER: &str = r#"{verify_mode = "none", certfile = "priv/ssl/tls.crt", keyfile = "priv/ssl/tls.key"}"#;

#[rustfmt::skip]
const ROWS: &[Row] = &[
    (&["hosts={a.example,b.example}"], "general hosts", r#"["a.example", "b.example"]"#),
    (&["hosts={a.example,b.example}"], "general default_server_domain", r#""a.example""#),
    (&["logLevel=debug"], "general loglevel", r#""debug""#),
    (&["language=pl"], "general language", r#""pl""#),
    (&["s2sPolicy=allow"], "s2s default_policy", r#""allow""#),
    (&["systemMetrics=true"], "services service_mongoose_system_metrics report", "true"),
    (&[], "services service_mongoose_system_metrics report", "false"),
    // versions
    (&["mongooseimVersion=6.5.0"], "listen http 0 handlers mod_bosh", r#"[{host = "_", path = "/http-bind"}]"#),
    (&["mongooseimVersion=6.5.0"], "listen http 0 handlers mongoose_bosh_handler", ""),
    (&["mongooseimVersion=6.5.0"], "modules mod_bosh", r#"{backend = "mnesia"}"#),
    (&["mongooseimVersion=6.5.0"], "services service_bosh", ""),
    (&["image.tag=6.5.0"], "modules mod_bosh", r#"{backend = "mnesia"}"#),
    (&["image.tag=main", "mongooseimVersion=6.5.0"], "modules mod_bosh", r#"{backend = "mnesia"}"#),
    (&["image.tag=6.5.0", "mongooseimVersion=6.8.1"], "services service_bosh", r#"{backend = "mnesia"}"#),
    (&["image.tag=main"], "services service_bosh", r#"{backend = "mnesia"}"#),
    (&["mongooseimVersion=6.11"], "services service_bosh", r#"{backend = "mnesia"}"#),
    // databases
    (&[], "general", r#"{loglevel = "warning", hosts = ["localhost"], default_server_domain = "localhost", registration_timeout = "infinity",
        language = "en", sm_backend = "mnesia", component_backend = "mnesia", s2s_backend = "mnesia"}"#),
    (&[], "internal_databases", "{mnesia = {}}"),
    (&[], "auth internal", "{}"),
    (&[], "outgoing_pools", ""),
    (&[], "modules mod_roster backend", r#""mnesia""#),
    (&[RDBMS], "internal_databases", "{mnesia = {}}"),
    (&[RDBMS], "auth internal", ""),
    (&[RDBMS], "auth rdbms", "{}"),
    (&[RDBMS], "modules mod_roster backend", r#""rdbms""#),
    (&[RDBMS], "modules mod_stream_management backend", r#""mnesia""#),
    (&[RDBMS, CETS], "internal_databases", r#"{cets = {backend = "rdbms", cluster_name = "default.mongooseim"}}"#),
    (&[RDBMS, CETS, "fullnameOverride=chat"], "internal_databases cets cluster_name", r#""default.chat""#),
    (&[RDBMS, CETS, "namespaceOverride=talk"], "internal_databases cets cluster_name", r#""talk.mongooseim""#),
    (&[RDBMS, CETS], "general sm_backend", r#""cets""#),
    (&[RDBMS, CETS], "general component_backend", r#""cets""#),
    (&[RDBMS, CETS], "general s2s_backend", r#""cets""#),
    (&[RDBMS, CETS], "services service_bosh backend", r#""cets""#),
    (&[RDBMS, CETS], "modules mod_stream_management backend", r#""cets""#),
    (&[RDBMS, CETS], "modules mod_vcard backend", r#""rdbms""#),
    (&[RDBMS], POOL, r#"{driver = "pgsql", host = "host.docker.internal", database = "mongooseim", username = "mongooseim",
        password = "mongooseim_secret", tls = {required = true, verify_mode = "none"}}"#),
    (&[RDBMS, "rdbms.driver=mysql"], POOL, r#"{driver = "mysql", host = "host.docker.internal", database = "mongooseim", username = "mongooseim",
        password = "mongooseim_secret", tls = {versions = ["tlsv1.2", "tlsv1.3"], verify_mode = "none"}}"#),
    (&[RDBMS, "rdbms.driver=cockroachdb"], "outgoing_pools rdbms default connection tls required", "true"),
    (&[RDBMS, "rdbms.host=db.example", "rdbms.port=6432"], "outgoing_pools rdbms default connection port", "6432"),
    (&[RDBMS], "outgoing_pools rdbms default connection port", ""),
    (&[RDBMS, "rdbms.database=chat"], "outgoing_pools rdbms default connection database", r#""chat""#),
    (&[RDBMS, "rdbms.username=7"], "outgoing_pools rdbms default connection username", r#""7""#),
    (&[RDBMS, "rdbms.password=true"], "outgoing_pools rdbms default connection password", r#""true""#),
    (&[RDBMS, "rdbms.existingSecret.name=d"], "outgoing_pools rdbms default connection password", r#""__RDBMS_PASSWORD__""#),
    (&[RDBMS, "rdbms.workers=20"], "outgoing_pools rdbms default workers", "20"),
    (&[RDBMS], "outgoing_pools rdbms default scope", r#""global""#),
    (&[RDBMS, "rdbms.tls.enabled=false"], "outgoing_pools rdbms default connection tls", ""),
    (&[RDBMS, "rdbms.tls.required=false"], "outgoing_pools rdbms default connection tls required", "false"),
    (&[RDBMS, "string:rdbms.tls.required=true"], "outgoing_pools rdbms default connection tls required", "true"),
    (&[RDBMS, "rdbms.tls.caFile=/ca.pem"], "outgoing_pools rdbms default connection tls", r#"{required = true, verify_mode = "peer", cacertfile = "/ca.pem"}"#),
    (&[RDBMS, "rdbms.tls.caFile=ca.crt", TLS], "outgoing_pools rdbms default connection tls cacertfile", r#""priv/ssl/ca.crt""#),
    (&[RDBMS, "rdbms.options.query_timeout=7000"], "outgoing_pools rdbms default connection query_timeout", "7000"),
    (&[RDBMS, "rdbms.options.tls.server_name_indication.host=db.example"], "outgoing_pools rdbms default connection tls",
        r#"{required = true, verify_mode = "none", server_name_indication = {host = "db.example"}}"#),
    // listeners
    (&[], "listen c2s", r#"[{port = 5222, access = "c2s", shaper = "normal", max_stanza_size = 65536}]"#),
    (&[], "listen s2s", r#"[{port = 5269, shaper = "fast", max_stanza_size = 131072}]"#),
    (&[], "listen http", r#"[{port = 5280, transport = {num_acceptors = 10, max_connections = 1024}, handlers = {
        mongoose_bosh_handler = [{host = "_", path = "/http-bind"}], mongoose_websocket_handler = [{host = "_", path = "/ws-xmpp"}]}}]"#),
    (&["listeners.c2s.enabled=false", "loadBalancer.enabled=false"], "listen c2s", ""),
    (&["listeners.c2s.port=15222"], "listen c2s 0 port", "15222"),
    (&["listeners.c2s.address=127.0.0.1", "loadBalancer.enabled=false", "listeners.c2s.expose=null"], "listen c2s 0 ip_address", r#""127.0.0.1""#),
    (&["listeners.c2s.address=0.0.0.0"], "listen c2s 0 ip_address", r#""0.0.0.0""#),
    (&["listeners.c2s.options.proxy_protocol=true"], "listen c2s 0 proxy_protocol", "true"),
    (&["listeners.c2s.options.shaper=null"], "listen c2s 0 shaper", ""),
    (&["json:listeners.c2s.options.allowed_auth_methods=[\"rdbms\",\"pki\"]"], "listen c2s 0 allowed_auth_methods", r#"["rdbms", "pki"]"#),
    (&[TLS], "listen c2s 0 tls mode", r#""starttls""#),
    (&[TLS], "listen s2s 0 tls certfile", r#""priv/ssl/tls.crt""#),
    (&[TLS], "listen http 0 tls", ""),
    (&[TLS, "listeners.c2s.tls=none"], "listen c2s 0 tls", ""),
    (&[TLS, "listeners.c2s.tls=starttls_required"], "listen c2s 0 tls mode", r#""starttls_required""#),
    (&[TLS, "listeners.c2s-tls.enabled=true"], "listen c2s 1", r#"{port = 5223, access = "c2s", shaper = "normal", max_stanza_size = 65536,
        tls = {mode = "tls", verify_mode = "none", certfile = "priv/ssl/tls.crt", keyfile = "priv/ssl/tls.key"}}"#),
    (&[TLS, "listeners.bosh-wss.enabled=true"], "listen http 1 tls", PEER),
    (&[TLS, "certs.fullChain=chain.pem", "certs.privKey=key.pem"], "listen c2s 0 tls", r#"{mode = "starttls", verify_mode = "none", certfile = "priv/ssl/chain.pem", keyfile = "priv/ssl/key.pem"}"#),
    (&["certs.fullChain=/tls/chain.pem", "certs.privKey=/tls/key.pem"], "listen c2s 0 tls certfile", r#""/tls/chain.pem""#),
    (&[TLS, "listeners.c2s.options.tls.verify_mode=peer", "listeners.c2s.options.tls.cacertfile=priv/ssl/ca.crt"], "listen c2s 0 tls",
        r#"{mode = "starttls", verify_mode = "peer", certfile = "priv/ssl/tls.crt", keyfile = "priv/ssl/tls.key", cacertfile = "priv/ssl/ca.crt"}"#),
    (&["listeners.c2s.tls=starttls", "listeners.c2s.options.tls.certfile=/a", "listeners.c2s.options.tls.keyfile=/b"], "listen c2s 0 tls",
        r#"{mode = "starttls", verify_mode = "none", certfile = "/a", keyfile = "/b"}"#),
    (&[], "s2s outgoing", ""),
    (&[TLS], "s2s outgoing tls", r#"{mode = "starttls", verify_mode = "none", certfile = "priv/ssl/tls.crt", keyfile = "priv/ssl/tls.key"}"#),
    (&["listeners.gql-admin.enabled=true"], "listen http 1", r#"{port = 5551, ip_address = "127.0.0.1", transport = {num_acceptors = 10, max_connections = 1024},
        handlers = {mongoose_graphql_handler = [{path = "/api/graphql", schema_endpoint = "admin", host = "_"}]}}"#),
    (&["listeners.gql-admin.enabled=true", "listeners.gql-admin.username=root", "listeners.gql-admin.password=7", "listeners.gql-admin.address="],
        "listen http 1 handlers mongoose_graphql_handler 0", r#"{path = "/api/graphql", schema_endpoint = "admin", host = "_", username = "root", password = "7"}"#),
    (&["listeners.gql-dom-admin.enabled=true"], "listen http 1 handlers mongoose_graphql_handler 0 schema_endpoint", r#""domain_admin""#),
    (&["listeners.gql-user.enabled=true"], "listen http 1 handlers mongoose_graphql_handler 0 schema_endpoint", r#""user""#),
    (&["listeners.bosh-ws.handlers.mongoose_bosh_handler=null"], "listen http 0 handlers mongoose_bosh_handler", ""),
    (&["listeners.bosh-ws.handlers.mongoose_websocket_handler.ping_rate=10000"], "listen http 0 handlers mongoose_websocket_handler 0 ping_rate", "10000"),
    (&["listeners.prometheus.enabled=true"], "instrumentation prometheus", "{}"),
    (&["listeners.prometheus.enabled=true"], "listen http 1 handlers mongoose_prometheus_handler 0 path", r#""/metrics""#),
    (&[], "instrumentation", ""),
    (&["json:listeners.x={\"enabled\":true,\"type\":\"component\",\"port\":8888,\"password\":7,\"options\":{\"shaper\":\"fast\"}}"], "listen component",
        r#"[{port = 8888, password = "7", shaper = "fast"}]"#),
    (&[TLS, "json:listeners.x={\"enabled\":true,\"type\":\"component\",\"port\":8888,\"password\":\"p\",\"tls\":\"tls\"}"], "listen component 0 tls mode", r#""tls""#),
    // IPv6
    (&[], "listen c2s 0 ip_version", ""),
    (&["ipFamilies={IPv6}"], "listen c2s 0 ip_version", "6"),
    (&["ipFamilies={IPv4}"], "listen c2s 0 ip_version", ""),
    (&["ipFamilyPolicy=RequireDualStack"], "listen http 0 ip_version", "6"),
    (&["ipFamilyPolicy=SingleStack"], "listen http 0 ip_version", ""),
    // modules
    (&[], "modules mod_register ip_access", r#"[{address = "127.0.0.0/8", policy = "allow"}, {address = "0.0.0.0/0", policy = "deny"}, {address = "::/0", policy = "deny"}]"#),
    (&["modules.mod_register=null"], "modules mod_register", ""),
    (&["modules.mod_disco.users_can_see_hidden_services=true"], "modules mod_disco", "{users_can_see_hidden_services = true}"),
    (&["modules.mod_roster.versioning=true"], "modules mod_roster", r#"{backend = "mnesia", versioning = true}"#),
    (&["json:modules.mod_time={}"], "modules mod_time", "{}"),
    (&["modules.mod_muc.host=muc.@HOST@", RDBMS, CETS], "modules mod_muc", r#"{backend = "rdbms", online_backend = "cets", access = "muc",
        access_create = "muc_create", access_admin = "muc_admin", host = "muc.@HOST@"}"#),
    (&["json:modules.mod_muc_light={}"], "modules mod_muc_light", r#"{backend = "mnesia"}"#),
    (&["json:modules.mod_disco={\"server_info\":[{\"name\":\"abuse\",\"urls\":[\"a@b\"]}],\"iqdisc\":{\"type\":\"queues\",\"workers\":5}}"], "modules mod_disco",
        r#"{users_can_see_hidden_services = false, server_info = [{name = "abuse", urls = ["a@b"]}], iqdisc = {type = "queues", workers = 5}}"#),
    (&["json:modules.mod_own={\"odd key\":{\"a.b\":[1.5,true,null]}}"], "modules mod_own", r#"{"odd key" = {"a.b" = [1.5, true]}}"#),
    (&["extraMimConfig=[modules.mod_time]"], "modules mod_time", "{}"),
    (&["json:extraMimConfig=\"[[host_config]]\\nhost = \\\"localhost\\\"\\n\""], "host_config", r#"[{host = "localhost"}]"#),
];

/// Returns the values that the table sets.
pub fn sets() -> impl Iterator<Item = &'static str> {
    ROWS.iter().flat_map(|(sets, ..)| sets.iter().copied())
}

fn toml_at<'a>(config: &'a toml::Table, path: &str) -> Option<&'a Value> {
    let (first, rest) = path.split_once(' ').unwrap_or((path, ""));
    rest.split(' ').filter(|step| !step.is_empty()).try_fold(config.get(first)?, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => value.get(step),
    })
}

#[test]
fn every_value_is_in_mongooseim_toml_where_the_reference_has_it() {
    let mut wrong = Vec::new();
    for (sets, path, expected) in ROWS {
        let config = render(sets).toml();
        let wanted = (!expected.is_empty()).then(|| {
            let line: toml::Table = format!("x = {}", expected.replace('\n', " ")).parse().expect("TOML");
            line["x"].clone()
        });
        let found = toml_at(&config, path);
        if found != wanted.as_ref() {
            wrong.push(format!("{sets:?}: {path}\n  is {found:?}\n  not {wanted:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `validate-config` accepts what the chart writes for the rows in other versions.
#[test]
fn every_version_accepts_what_the_values_write() {
    let versions: &[_] =
        if configurations::are_kept() { &["6.5.0", "6.7.0", "6.8.0", "6.8.1", "6.11.0"] } else { &["6.5.0", "6.11.0"] };
    for version in versions {
        let is_for_another = |set: &&str| set.starts_with("mongooseimVersion=") || set.starts_with("image.tag=");
        let rows: BTreeSet<_> = ROWS.iter().map(|(sets, ..)| *sets).collect();
        let rows = rows.into_iter().filter(|sets| !sets.iter().any(is_for_another));
        let files: BTreeMap<_, _> = rows
            .enumerate()
            .map(|(at, sets)| {
                let rendered = render(&[sets, &[&*format!("image.tag={version}")]].concat());
                (format!("{at}.toml"), rendered.file("mongooseim.toml").expect("a file"))
            })
            .collect();
        assert!(files.len() > 60, "{}", files.len());
        databases::check(version, &files);
    }
}

#[test]
fn the_reference_rejects_what_mongooseim_rejects() {
    let config = |change: fn(&mut toml::Table)| {
        let mut config = render(&[RDBMS, CETS, TLS]).toml();
        change(&mut config);
        std::panic::catch_unwind(|| reference::check(&config)).is_ok()
    };
    assert!(config(|_| ()));
    assert!(!config(|c| drop(c["general"].as_table_mut().unwrap().insert("hots".into(), Value::Integer(1)))));
    assert!(!config(|c| drop(c["general"].as_table_mut().unwrap().insert("language".into(), Value::Integer(1)))));
    assert!(!config(|c| drop(c.remove("outgoing_pools"))));
    assert!(!config(|c| drop(c.remove("shaper"))));
    assert!(!config(|c| drop(c.insert("internal_databases".into(), Value::Table(toml::Table::new())))));
}

/// Values, and the lines that vm.args must have or, after a `!`, must not have.
const LINES: &[(&[&str], &[&str])] = &[
    (
        &[],
        &[
            "-name mongooseim",
            "-setcookie mongooseim",
            "+P 10000000",
            "-env ERL_MAX_PORTS 250000",
            "-env ERL_FULLSWEEP_AFTER 2",
            "-kernel inet_dist_listen_min 9100",
            "-kernel inet_dist_listen_max 9100",
            "!-epmd_module mongoose_epmd",
        ],
    ),
    (&["nodeName=xmpp"], &["-name xmpp"]),
    (&["nodeCookie=7"], &["-setcookie 7"]),
    (&["literal:nodeCookie=Ab1_@.=/:~%^,+-"], &["-setcookie Ab1_@.=/:~%^,+-"]),
    (&["existingCookieSecret.name=c"], &["-setcookie __ERLANG_COOKIE__"]),
    (&[RDBMS], &["!-epmd_module mongoose_epmd"]),
    (&[RDBMS, CETS], &["-epmd_module mongoose_epmd"]),
];

#[test]
fn vm_args_has_the_lines_that_scripts_look_for() {
    for (sets, lines) in LINES {
        let text = render(sets).file("vm.args").expect("vm.args");
        for line in *lines {
            let (line, wanted) = line.strip_prefix('!').map_or((*line, true), |line| (line, false));
            assert_eq!(text.lines().any(|other| other == line), wanted, "{sets:?}: {line}\n{text}");
        }
        for line in text.lines() {
            assert!(line.is_empty() || line.starts_with(['#', '-', '+']), "{line}");
        }
    }
}

#[test]
fn nodes_use_ipv6_where_it_comes_first() {
    let file = |rendered: &Rendered| rendered.file("vm.dist.args");
    assert_eq!(file(&render::<&str>(&[])), None);
    assert_eq!(file(&render(&["ipFamilies={IPv4}"])), None);
    assert_eq!(file(&render(&["ipFamilies={IPv6}"])).as_deref(), Some("-proto_dist inet6_tcp\n"));
    let both = ["ipFamilies={IPv6,IPv4}", "ipFamilyPolicy=PreferDualStack", "vmDistConfig=-x y"];
    assert_eq!(file(&render(&both)).as_deref(), Some("-x y"));
}

/// Texts that could be misread as TOML, YAML or a template.
pub const ODD: &[&str] = &[
    "with space",
    "\"quoted\"",
    "it's",
    r"back\slash",
    r"\n",
    "$HOME `id` $(id)",
    "{{ Values.hosts }} {% raw %}",
    "#no comment",
    "line\nbreak",
    "tab\there",
    "żółć",
    "😀",
    "<&>",
    "\u{7f}",
    "\u{2028}",
    "%s",
    "'''",
    "\"\"\"",
    "a = 1",
    "true",
    "~",
    "0x1F",
    " ",
];

#[test]
fn unusual_strings_survive_toml() {
    for odd in ODD {
        let json = |key: &str| format!("json:{key}={}", serde_json::to_string(odd).expect("JSON"));
        let sets = [
            json("rdbms.password"),
            json("rdbms.username"),
            json("rdbms.host"),
            json("rdbms.database"),
            json("language"),
            RDBMS.to_owned(),
            json("listeners.gql-admin.password"),
            json("listeners.gql-admin.username"),
            "listeners.gql-admin.enabled=true".to_owned(),
            json("modules.mod_own.text"),
            json("listeners.c2s.options.access"),
        ];
        let config = render(&sets).toml();
        for path in [
            "outgoing_pools rdbms default connection password",
            "outgoing_pools rdbms default connection username",
            "outgoing_pools rdbms default connection host",
            "outgoing_pools rdbms default connection database",
            "general language",
            "listen http 1 handlers mongoose_graphql_handler 0 password",
            "listen http 1 handlers mongoose_graphql_handler 0 username",
            "modules mod_own text",
            "listen c2s 0 access",
        ] {
            assert_eq!(toml_at(&config, path).and_then(Value::as_str), Some(*odd), "{path}");
        }
    }
}
