//! The keys of mongooseim.toml that MongooseIM 6.8.0 knows, with their types, as far as the chart may write them. MongooseIM does
//! not start with an unknown key.

use std::collections::BTreeSet;

use toml::Value;

/// The values that a key accepts.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Port,
    Positive,
    NotNegative,
    PositiveOrInfinity,
    NotNegativeOrInfinity,
    Bool,
    /// One of the words, separated by spaces.
    Word(&'static str),
    Texts,
    /// A list of these words.
    Words(&'static str),
    Table,
}

use Kind::*;

const LEVELS: &str = "none emergency alert critical error warning notice info debug all";

/// Paths (`*` is any name, `[]` a list of tables) and kinds. Tables are only listed if they may be empty.
const KEYS: &[(&str, Kind)] = &[
    ("general.loglevel", Word(LEVELS)),
    ("general.hosts", Texts),
    ("general.default_server_domain", Text),
    ("general.registration_timeout", PositiveOrInfinity),
    ("general.language", Text),
    ("general.sm_backend", Word("mnesia cets redis")),
    ("general.component_backend", Word("mnesia cets")),
    ("general.s2s_backend", Word("mnesia cets")),
    ("listen.*[].port", Port),
    ("listen.*[].ip_address", Text),
    ("listen.*[].ip_version", Word("4 6")),
    ("listen.*[].hibernate_after", NotNegativeOrInfinity),
    ("listen.XMPP[].backlog", Positive),
    ("listen.XMPP[].proxy_protocol", Bool),
    ("listen.XMPP[].max_stanza_size", PositiveOrInfinity),
    ("listen.XMPP[].num_acceptors", Positive),
    ("listen.XMPP[].shaper", Text),
    ("listen.XMPP[].max_connections", PositiveOrInfinity),
    ("listen.XMPP[].reuse_port", Bool),
    ("listen.XMPP[].state_timeout", NotNegativeOrInfinity),
    ("listen.c2s[].access", Text),
    ("listen.c2s[].backwards_compatible_session", Bool),
    ("listen.c2s[].allowed_auth_methods", Words("internal rdbms external anonymous ldap jwt http pki dummy")),
    ("listen.component[].access", Text),
    ("listen.component[].password", Text),
    ("listen.component[].check_from", Bool),
    ("listen.component[].hidden_components", Bool),
    ("listen.component[].conflict_behaviour", Word("disconnect kick_old")),
    ("listen.XMPP[].tls.mode", Word("tls starttls starttls_required")),
    ("listen.XMPP[].tls.keep_secrets", Bool),
    ("listen.*[].tls.verify_mode", Word("peer selfsigned_peer none")),
    ("listen.*[].tls.certfile", Text),
    ("listen.*[].tls.cacertfile", Text),
    ("listen.*[].tls.keyfile", Text),
    ("listen.*[].tls.password", Text),
    ("listen.*[].tls.dhfile", Text),
    ("listen.*[].tls.ciphers", Text),
    ("listen.*[].tls.versions", Texts),
    ("listen.*[].tls.disconnect_on_failure", Bool),
    ("listen.http[].transport.num_acceptors", Positive),
    ("listen.http[].transport.max_connections", NotNegativeOrInfinity),
    ("listen.http[].protocol.compress", Bool),
    ("listen.http[].handlers.*[].host", Text),
    ("listen.http[].handlers.*[].path", Text),
    ("listen.http[].handlers.mongoose_websocket_handler[].timeout", NotNegativeOrInfinity),
    ("listen.http[].handlers.mongoose_websocket_handler[].ping_rate", Positive),
    ("listen.http[].handlers.mongoose_graphql_handler[].schema_endpoint", Word("admin domain_admin user")),
    ("listen.http[].handlers.mongoose_graphql_handler[].username", Text),
    ("listen.http[].handlers.mongoose_graphql_handler[].password", Text),
    ("auth.password.format", Word("plain scram")),
    ("auth.password.hash", Words("sha sha224 sha256 sha384 sha512")),
    ("auth.password.scram_iterations", Positive),
    ("auth.internal", Table),
    ("auth.rdbms", Table),
    ("internal_databases.mnesia", Table),
    ("internal_databases.cets.backend", Word("rdbms file")),
    ("internal_databases.cets.cluster_name", Text),
    ("outgoing_pools.rdbms.*.scope", Word("global host_type")),
    ("outgoing_pools.rdbms.*.workers", Positive),
    ("outgoing_pools.rdbms.*.connection.driver", Word("pgsql mysql cockroachdb")),
    ("outgoing_pools.rdbms.*.connection.keepalive_interval", Positive),
    ("outgoing_pools.rdbms.*.connection.query_timeout", NotNegative),
    ("outgoing_pools.rdbms.*.connection.max_start_interval", Positive),
    ("outgoing_pools.rdbms.*.connection.host", Text),
    ("outgoing_pools.rdbms.*.connection.port", Port),
    ("outgoing_pools.rdbms.*.connection.database", Text),
    ("outgoing_pools.rdbms.*.connection.username", Text),
    ("outgoing_pools.rdbms.*.connection.password", Text),
    ("outgoing_pools.rdbms.*.connection.tls.required", Bool),
    ("outgoing_pools.rdbms.*.connection.tls.verify_mode", Word("peer selfsigned_peer none")),
    ("outgoing_pools.rdbms.*.connection.tls.cacertfile", Text),
    ("outgoing_pools.rdbms.*.connection.tls.versions", Texts),
    ("services.service_bosh.backend", Word("mnesia cets")),
    ("services.service_mongoose_system_metrics.report", Bool),
    ("instrumentation.prometheus", Table),
    ("modules.mod_adhoc", Table),
    ("modules.mod_blocking.backend", Word("mnesia rdbms")),
    ("modules.mod_cache_users", Table),
    ("modules.mod_cache_users.time_to_live", PositiveOrInfinity),
    ("modules.mod_carboncopy", Table),
    ("modules.mod_disco.users_can_see_hidden_services", Bool),
    ("modules.mod_last.backend", Word("mnesia rdbms")),
    ("modules.mod_muc.host", Text),
    ("modules.mod_muc.backend", Word("mnesia rdbms")),
    ("modules.mod_muc.online_backend", Word("mnesia cets")),
    ("modules.mod_muc.access", Text),
    ("modules.mod_muc.access_create", Text),
    ("modules.mod_muc.access_admin", Text),
    ("modules.mod_muc_light.backend", Word("mnesia rdbms")),
    ("modules.mod_offline.access_max_user_messages", Text),
    ("modules.mod_offline.backend", Word("mnesia rdbms")),
    ("modules.mod_presence", Table),
    ("modules.mod_privacy.backend", Word("mnesia rdbms")),
    ("modules.mod_private.backend", Word("mnesia rdbms")),
    ("modules.mod_register.access", Text),
    ("modules.mod_register.ip_access[].address", Text),
    ("modules.mod_register.ip_access[].policy", Word("allow deny")),
    ("modules.mod_roster.backend", Word("mnesia rdbms")),
    ("modules.mod_sic", Table),
    ("modules.mod_stream_management.backend", Word("mnesia cets")),
    ("modules.mod_time", Table),
    ("modules.mod_vcard.host", Text),
    ("modules.mod_vcard.backend", Word("mnesia rdbms ldap")),
    ("shaper.*.max_rate", Positive),
    ("acl.*[]", Table),
    ("access.*[].acl", Text),
    ("access.*[].value", Text),
    ("access.*[].value", Positive),
    ("s2s.default_policy", Word("allow deny")),
    ("s2s.outgoing.tls.mode", Word("tls starttls starttls_required")),
    ("s2s.outgoing.tls.verify_mode", Word("peer selfsigned_peer none")),
    ("s2s.outgoing.tls.certfile", Text),
    ("s2s.outgoing.tls.keyfile", Text),
];

impl Kind {
    fn fits(self, value: &Value) -> bool {
        let number = value.as_integer();
        let infinity = value.as_str() == Some("infinity");
        let word = |words: &str, word: &Value| match word {
            Value::String(text) => words.split(' ').any(|known| known == text),
            Value::Integer(number) => words.split(' ').any(|known| known == number.to_string()),
            _ => false,
        };
        let list = |fits: &dyn Fn(&Value) -> bool| value.as_array().is_some_and(|list| list.iter().all(fits));
        match self {
            Text => value.as_str().is_some_and(|text| !text.is_empty()),
            Port => number.is_some_and(|number| (1..=65_535).contains(&number)),
            Positive => number.is_some_and(|number| number > 0),
            NotNegative => number.is_some_and(|number| number >= 0),
            PositiveOrInfinity => infinity || Positive.fits(value),
            NotNegativeOrInfinity => infinity || NotNegative.fits(value),
            Bool => value.is_bool(),
            Word(words) => word(words, value),
            Texts => list(&|item| item.is_str()),
            Words(words) => list(&|item| word(words, item)),
            Table => value.is_table(),
        }
    }
}

/// Whether a path in the table matches a path in the file.
fn stands_for(pattern: &str, path: &[String]) -> bool {
    let steps: Vec<&str> = pattern.split('.').collect();
    let same = |(step, name): (&&str, &String)| match *step {
        "*" => !name.ends_with("[]"),
        "*[]" => name.ends_with("[]"),
        "XMPP[]" => ["c2s[]", "s2s[]", "component[]"].contains(&name.as_str()),
        step => step == name,
    };
    steps.len() == path.len() && steps.iter().zip(path).all(same)
}

/// Checks a configuration against the reference: every key is known and has a value of the right kind, and
/// references within the file resolve.
pub fn check(config: &toml::Table) {
    let mut path = Vec::new();
    for (key, value) in config {
        walk(key, value, &mut path);
    }
    references(config);
}

fn walk(key: &str, value: &Value, path: &mut Vec<String>) {
    let tables = value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_table));
    path.push(if tables { format!("{key}[]") } else { key.to_owned() });
    let kinds: Vec<Kind> = KEYS.iter().filter(|(key, _)| stands_for(key, path)).map(|(_, kind)| *kind).collect();
    match value {
        Value::Table(table) if !table.is_empty() => table.iter().for_each(|(key, value)| walk(key, value, path)),
        Value::Array(items) if tables => {
            for item in items.iter().filter_map(Value::as_table) {
                assert!(!item.is_empty() || !kinds.is_empty(), "{path:?} holds an empty table");
                item.iter().for_each(|(key, value)| walk(key, value, path));
            }
        }
        _ => {
            assert!(!kinds.is_empty(), "MongooseIM 6.8.0 knows no {path:?}");
            assert!(kinds.iter().any(|kind| kind.fits(value)), "{path:?} = {value} is not {kinds:?}");
        }
    }
    path.pop();
}

/// Checks that every `backend` has its database, every shaper and access rule its definition, every listener its own port, and
/// every certificate its key.
fn references(config: &toml::Table) {
    let names = |section: &str| -> BTreeSet<&str> {
        config
            .get(section)
            .and_then(Value::as_table)
            .map(|table| table.keys().map(String::as_str).collect())
            .unwrap_or_default()
    };
    let (databases, shapers, rules) = (names("internal_databases"), names("shaper"), names("access"));
    let pools = config.get("outgoing_pools").and_then(|pools| pools.get("rdbms")?.get("default")).is_some();
    let general = config["general"].as_table().expect("[general]");
    let hosts = general["hosts"].as_array().expect("hosts");
    assert!(hosts.contains(&general["default_server_domain"]), "the default domain is one of the hosts");
    let mut ports = BTreeSet::new();
    each(&Value::Table(config.clone()), &mut |key, value, siblings| {
        let text = value.as_str().unwrap_or("");
        match key {
            _ if key == "backend" || key.ends_with("_backend") => {
                assert!(text != "rdbms" || pools, "a backend rdbms without a pool");
                assert!(!["mnesia", "cets"].contains(&text) || databases.contains(text), "a backend without {text}");
            }
            "shaper" if value.is_str() => assert!(text == "none" || shapers.contains(text), "no shaper {text}"),
            "access" | "access_create" | "access_admin" | "access_max_user_messages" if value.is_str() => {
                assert!(text == "all" || rules.contains(text), "no access rule {text}");
            }
            "certfile" => assert!(siblings.contains_key("keyfile"), "a certificate without its key"),
            "port" if siblings.contains_key("driver") => {}
            "port" => assert!(ports.insert(value.to_string()), "two listeners on port {value}"),
            _ => {}
        }
    });
    assert!(!config["auth"].as_table().expect("[auth]").contains_key("rdbms") || pools);
    assert!(!databases.contains("cets") || pools, "CETS finds nodes through the pool");
}

fn each(value: &Value, visit: &mut dyn FnMut(&str, &Value, &toml::Table)) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                visit(key, value, table);
                each(value, visit);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| each(item, visit)),
        _ => {}
    }
}
