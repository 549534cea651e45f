//! Keys of mongooseim.toml that require or exclude each other. MongooseIM's own parser makes these checks beyond single values.

use semver::Version;

use super::names::is_host;
use super::settings::{MANDATORY, MAX, Mistake, VALUE};
use crate::diagnostic::Span;
use crate::lint::report::Rule;
use crate::yaml::{Entry, Map, Value};

pub(super) const TLS_KEY: Rule = Rule::error("mongooseim-tls-key");

const V6_6: Version = Version::new(6, 6, 0);
const V6_8: Version = Version::new(6, 8, 0);

/// Reports invalid combinations of keys.
pub(super) fn check(root: &Map, version: &Version) -> Vec<Mistake> {
    let mut check = Check { version, found: Vec::new() };
    check.section(root, "");
    for map in root.maps_at(&["host_config"]) {
        check.section(map, "host_config.");
    }
    for (path, handler) in handlers(root, version) {
        check.login(handler, &path);
    }
    check.domains(root);
    if *version >= V6_6 {
        check.certificates(root, &mut Vec::new());
    }
    check.found.truncate(MAX);
    check.found
}

/// Returns the listener handlers that can be protected by a user name and a password.
fn handlers<'m>(root: &'m Map, version: &Version) -> Vec<(String, &'m Map)> {
    let kinds: &[&str] = if *version < V6_6 {
        &["mongoose_graphql_handler", "mongoose_admin_api"]
    } else {
        &["mongoose_graphql_handler"]
    };
    let listeners = root.maps_at(&["listen", "http"]);
    let of_listener = |listener: &'m Map| {
        kinds.iter().flat_map(move |kind| {
            let path = format!("listen.http.handlers.{kind}");
            listener.maps_at(&["handlers", kind]).map(move |handler| (path.clone(), handler))
        })
    };
    listeners.flat_map(of_listener).collect()
}

struct Check<'a> {
    version: &'a Version,
    found: Vec<Mistake>,
}

impl Check<'_> {
    fn report(&mut self, rule: &'static Rule, span: &Span, message: String, help: impl Into<String>) {
        if self.found.len() < MAX {
            self.found.push(Mistake { rule, message, help: help.into(), span: span.clone(), value: None });
        }
    }

    /// Checks the sections that can be for all hosts or for single hosts.
    fn section(&mut self, map: &Map, prefix: &str) {
        if let Some(entry) = map.map_at(&["auth", "jwt"]).and_then(|jwt| jwt.entry("secret")) {
            self.exactly_one(entry, &["value", "file", "env"], &format!("{prefix}auth.jwt.secret"));
        }
        for (name, node) in map.map_at(&["acl"]).into_iter().flat_map(Map::iter) {
            for item in node.value.as_list().unwrap_or_default().iter().filter_map(|node| node.value.as_map()) {
                self.acl(item, &format!("{prefix}acl.{name}"));
            }
        }
        for (kind, node) in map.map_at(&["outgoing_pools"]).into_iter().flat_map(Map::iter) {
            for (name, entry) in node.value.as_map().into_iter().flat_map(Map::entries) {
                if let Some(pool) = entry.node.value.as_map() {
                    self.pool(kind, pool, &format!("{prefix}outgoing_pools.{kind}.{name}"));
                }
            }
        }
        for (name, entry) in map.map_at(&["modules"]).into_iter().flat_map(Map::entries) {
            if let Some(options) = entry.node.value.as_map() {
                self.module(name, options, &format!("{prefix}modules.{name}"));
            }
        }
    }

    fn module(&mut self, name: &str, options: &Map, path: &str) {
        self.queue(options, path);
        match name {
            "mod_event_pusher" => {
                if let Some(push) = options.map_at(&["push"]) {
                    self.queue(push, &format!("{path}.push"));
                }
            }
            "mod_keystore" => {
                for key in options.maps_at(&["keys"]) {
                    if key.text_at(&["type"]) == Some("file") && key.get("path").is_none() {
                        self.needs(key, "type", &["path"], &format!("{path}.keys"));
                    }
                }
            }
            "mod_muc_light" => {
                for field in options.maps_at(&["config_schema"]) {
                    self.room_field(field, &format!("{path}.config_schema"));
                }
            }
            "mod_extdisco" => {
                for service in options.maps_at(&["service"]) {
                    for other in ["username", "password"] {
                        self.excludes(service, "secret", other, &format!("{path}.service"));
                    }
                }
            }
            "mod_inbox" => {
                const OWN: [&str; 4] = ["all", "inbox", "archive", "bin"];
                for node in options.list_at(&["boxes"]) {
                    if let Some(name) = node.value.as_str().filter(|name| OWN.contains(name)) {
                        let message = format!("{path}.boxes has {name}, which is a built-in box");
                        self.report(&VALUE, &node.span, message, "remove it");
                    }
                }
            }
            "mod_mam" => self.preferences(options, path),
            _ => {}
        }
    }

    /// Reports `workers` of a module that does not queue its requests.
    fn queue(&mut self, options: &Map, path: &str) {
        let Some(iqdisc) = options.map_at(&["iqdisc"]) else { return };
        if let Some(entry) =
            iqdisc.entry("workers").filter(|_| iqdisc.text_at(&["type"]).is_some_and(|kind| kind != "queues"))
        {
            let message = format!("{path}.iqdisc.workers is only for type = \"queues\"");
            self.report(&VALUE, &entry.key, message, "set type = \"queues\", or remove workers");
        }
    }

    /// Checks a room field of MUC Light: it has exactly one default value, of the right type if it is a predefined field.
    fn room_field(&mut self, field: &Map, path: &str) {
        const TYPES: [&str; 4] = ["string_value", "integer_value", "float_value", "boolean_value"];
        let Some(entry) = field.entry("field") else { return };
        let given: Vec<&str> = TYPES.into_iter().filter(|kind| field.get(kind).is_some()).collect();
        let [kind] = given[..] else {
            let message = format!("{path} needs exactly one of {}", TYPES.join(", "));
            return self.report(&VALUE, &entry.key, message, "set the default value of the field with one of them");
        };
        let key = field.text_at(&["internal_key"]).or(entry.node.value.as_str()).unwrap_or_default();
        let own = match key {
            "roomname" => "string_value",
            "all_can_configure" | "all_can_invite" => "boolean_value",
            _ => return,
        };
        if kind != own && *self.version >= V6_8 {
            let message = format!("{path}: rooms have the field {key} with a {own}");
            self.report(&VALUE, &entry.node.span, message, format!("use {own}, or another internal_key"));
        }
    }

    /// Checks that user preferences are stored where the archive is, or in Mnesia.
    fn preferences(&mut self, options: &Map, path: &str) {
        for archive in ["pm", "muc"] {
            let Some(own) = options.map_at(&[archive]) else { continue };
            let setting = |key: &str| own.get(key).or_else(|| options.get(key));
            let backend = setting("backend").and_then(|node| node.value.as_str()).unwrap_or("rdbms");
            let Some(node) = setting("user_prefs_store") else { continue };
            let Some(store) = node.value.as_str().filter(|store| *store != "mnesia") else { continue };
            if store != backend || !["rdbms", "cassandra"].contains(&backend) {
                let message =
                    format!("{path}.user_prefs_store: {store} does not work with the backend {backend} of {archive}");
                let help = if backend == "elasticsearch" {
                    "use mnesia".to_owned()
                } else {
                    format!("use {backend} or mnesia")
                };
                self.report(&VALUE, &node.span, message, help);
                return;
            }
        }
    }

    /// Checks the names in an access control list: MongooseIM normalizes them like domains, even patterns.
    fn acl(&mut self, item: &Map, path: &str) {
        for (key, node) in item.iter().filter(|(key, _)| *key != "match") {
            if let Some(text) = node.value.as_str().filter(|text| !text.is_empty() && !is_host(text)) {
                let message = format!("{path}.{key}: {text:?} is not valid in a name");
                self.report(&VALUE, &node.span, message, "remove whitespace and each of \"&'/:<>@");
            }
        }
    }

    fn pool(&mut self, kind: &str, pool: &Map, path: &str) {
        let strategy = pool.text_at(&["strategy"]).unwrap_or("best_worker");
        if let Some(entry) = pool.entry("max_worker_queue_len").filter(|_| strategy != "best_worker") {
            let message = format!("{path}.max_worker_queue_len is only for strategy = \"best_worker\"");
            self.report(&VALUE, &entry.key, message, "remove it, or the strategy");
        }
        let Some(entry) = pool.entry("connection").filter(|_| kind == "rdbms") else { return };
        let Some(connection) = entry.node.value.as_map() else { return };
        let driver = connection.text_at(&["driver"]);
        let needed =
            if driver == Some("odbc") { &["settings"][..] } else { &["host", "database", "username", "password"] };
        self.needs(connection, "driver", needed, &format!("{path}.connection"));
        if let Some(required) = connection.map_at(&["tls"]).and_then(|tls| tls.entry("required"))
            && driver == Some("mysql")
        {
            let message = format!("{path}.connection.tls.required is not supported for mysql");
            self.report(&VALUE, &required.key, message, "remove it");
        }
    }

    /// Checks that a user name comes with a password, and the reverse.
    fn login(&mut self, handler: &Map, path: &str) {
        for (key, other) in [("username", "password"), ("password", "username")] {
            self.needs(handler, key, &[other], path);
        }
    }

    /// Checks that no domain is both a host and a host type, and that modules for host types support dynamic domains.
    fn domains(&mut self, root: &Map) {
        let texts =
            |key: &str| root.list_at(&["general", key]).iter().filter_map(|node| Some((node, node.value.as_str()?)));
        let hosts: Vec<&str> = texts("hosts").map(|(_, host)| host).collect();
        let types: Vec<&str> = texts("host_types").map(|(_, name)| name).collect();
        for (node, name) in texts("host_types").filter(|(_, name)| hosts.contains(name)) {
            let message = format!("general.host_types has {name}, which is also in hosts");
            self.report(&VALUE, &node.span, message, "remove it from one of them");
        }
        if types.is_empty() {
            return;
        }
        let is_of_type = |map: &&Map| map.text_at(&["host_type"]).is_some_and(|name| types.contains(&name));
        let sections = std::iter::once(root).chain(root.maps_at(&["host_config"]).filter(is_of_type));
        for (name, entry) in sections.filter_map(|map| map.map_at(&["modules"])).flat_map(Map::entries) {
            if self.is_without_types(name) {
                let message = format!("modules.{name} does not work with host_types");
                self.report(&VALUE, &entry.key, message, "move it to a host_config of a host, or remove host_types");
            }
        }
    }

    /// Whether a module only serves domains that are in the configuration.
    fn is_without_types(&self, module: &str) -> bool {
        let until = |minor| *self.version < Version::new(6, minor, 0);
        match module {
            "mod_shared_roster_ldap" => true,
            "mod_event_pusher" => until(6),
            "mod_pubsub" => until(8),
            "mod_pubsub_old" => !until(8),
            "mod_jingle_sip" | "mod_push_service_mongoosepush" => until(7),
            _ => false,
        }
    }

    /// Reports certificates without a key file anywhere in the configuration: Erlang no longer reads the key from the
    /// certificate's file.
    fn certificates<'m>(&mut self, map: &'m Map, path: &mut Vec<&'m str>) {
        for (key, entry) in map.entries() {
            path.push(key);
            let items = entry.node.value.as_list().unwrap_or(std::slice::from_ref(&entry.node));
            for inner in items.iter().filter_map(|node| node.value.as_map()) {
                if key == "tls"
                    && let Some(entry) = inner.entry("certfile").filter(|_| inner.get("keyfile").is_none())
                {
                    let message = format!("{} with certfile needs keyfile", path.join("."));
                    self.report(&TLS_KEY, &entry.key, message, "set keyfile to the file of the key");
                }
                self.certificates(inner, path);
            }
            path.pop();
        }
    }

    /// Reports that `key` is set without all of `others`.
    fn needs(&mut self, map: &Map, key: &str, others: &[&str], path: &str) {
        let Some(entry) = map.entry(key) else { return };
        let missing: Vec<&str> = others.iter().copied().filter(|other| map.get(other).is_none()).collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            self.report(&MANDATORY, &entry.key, format!("{path} with {key} needs {missing}"), format!("add {missing}"));
        }
    }

    /// Reports that two keys are set that exclude each other.
    fn excludes(&mut self, map: &Map, key: &str, other: &str, path: &str) {
        if let (Some(_), Some(entry)) = (map.get(key), map.entry(other)) {
            let message = format!("{path} has both {key} and {other}");
            self.report(&VALUE, &entry.key, message, "remove one of them");
        }
    }

    fn exactly_one(&mut self, entry: &Entry, keys: &[&str], path: &str) {
        let Value::Map(map) = &entry.node.value else { return };
        if keys.iter().filter(|key| map.get(key).is_some()).count() != 1 {
            let message = format!("{path} needs exactly one of {}", keys.join(", "));
            self.report(&MANDATORY, &entry.key, message, "set one of them");
        }
    }
}

#[cfg(test)]
mod tests {
    use semver::Version;

    use super::super::configuration::Configuration;
    use super::super::installation::File;
    use super::check;

    fn messages(toml: &str, version: &str) -> Vec<String> {
        let configuration = Configuration::read(&File::of_text("mongooseim.toml", toml)).ok().expect("TOML");
        let found = check(&configuration.root, &Version::parse(version).unwrap());
        found.into_iter().map(|mistake| mistake.message).collect()
    }

    /// Each first part is accepted; with the second part added, the message is reported.
    #[test]
    fn keys_that_need_or_exclude_each_other_are_reported_together() {
        for (accepted, more, message) in [
            ("[auth.jwt.secret]\nvalue = 's'", "env = 'E'", "auth.jwt.secret needs exactly one of value, file, env"),
            (
                "[outgoing_pools.http.default]\nstrategy = 'random_worker'",
                "max_worker_queue_len = 1",
                "outgoing_pools.http.default.max_worker_queue_len is only for strategy = \"best_worker\"",
            ),
            (
                "[outgoing_pools.rdbms.default.connection]\nsettings = 'DSN=x'",
                "driver = 'pgsql'",
                "outgoing_pools.rdbms.default.connection with driver needs host, database, username, password",
            ),
            (
                "[outgoing_pools.rdbms.default.connection]\nhost = 'h'\ndatabase = 'd'\nusername = 'u'\npassword = 'p'\n\
                 tls.required = true",
                "driver = 'mysql'",
                "outgoing_pools.rdbms.default.connection.tls.required is not supported for mysql",
            ),
            ("[[listen.c2s]]\nport = 1", "tls.certfile = 'c'", "listen.c2s.tls with certfile needs keyfile"),
            (
                "[[listen.http]]\n[[listen.http.handlers.mongoose_graphql_handler]]\nusername = 'u'\npassword = 'p'",
                "[[listen.http.handlers.mongoose_graphql_handler]]\nusername = 'u'",
                "listen.http.handlers.mongoose_graphql_handler with username needs password",
            ),
            (
                "[[modules.mod_extdisco.service]]\nsecret = 's'",
                "username = 'u'",
                "modules.mod_extdisco.service has both secret and username",
            ),
            (
                "[[modules.mod_keystore.keys]]\nname = 'k'",
                "type = 'file'",
                "modules.mod_keystore.keys with type needs path",
            ),
            (
                "[modules.mod_inbox]\nboxes = ['other']",
                "[[host_config]]\nmodules.mod_inbox.boxes = ['bin']",
                "host_config.modules.mod_inbox.boxes has bin, which is a built-in box",
            ),
            (
                "[modules.mod_mam]\nmuc.backend = 'cassandra'\npm.backend = 'rdbms'\nmuc.user_prefs_store = 'mnesia'",
                "pm.user_prefs_store = 'cassandra'",
                "modules.mod_mam.user_prefs_store: cassandra does not work with the backend rdbms of pm",
            ),
            (
                "[modules.mod_time.iqdisc]\ntype = 'parallel'",
                "workers = 2",
                "modules.mod_time.iqdisc.workers is only for type = \"queues\"",
            ),
            (
                "[[modules.mod_muc_light.config_schema]]\nfield = 'roomname'\nstring_value = 'x'",
                "[[modules.mod_muc_light.config_schema]]\nfield = 'colour'",
                "modules.mod_muc_light.config_schema needs exactly one of string_value, integer_value, float_value, boolean_value",
            ),
            (
                "[[modules.mod_muc_light.config_schema]]\nfield = 'colour'\nstring_value = 'x'",
                "internal_key = 'all_can_invite'",
                "modules.mod_muc_light.config_schema: rooms have the field all_can_invite with a boolean_value",
            ),
            (
                "[acl]\nlocal = [{ user_glob = 'a*' }]",
                "[[acl.other]]\nuser = 'a b'",
                "acl.other.user: \"a b\" is not valid in a name",
            ),
            ("[general]\nhosts = ['a']", "host_types = ['b', 'a']", "general.host_types has a, which is also in hosts"),
            (
                "[general]\nhost_types = ['a']\n[[host_config]]\nhost = 'b'\nmodules.mod_shared_roster_ldap = {}",
                "[modules.mod_shared_roster_ldap]",
                "modules.mod_shared_roster_ldap does not work with host_types",
            ),
        ] {
            assert_eq!(messages(accepted, "6.8.1"), Vec::<String>::new(), "{accepted}");
            assert_eq!(messages(&format!("{accepted}\n{more}"), "6.8.1"), [message], "{accepted}\n{more}");
        }
    }

    #[test]
    fn rules_follow_the_version() {
        let certificate = "[[listen.c2s]]\ntls.certfile = 'c'";
        assert_eq!(messages(certificate, "6.5.0"), Vec::<String>::new());
        let modules = "[general]\nhost_types = ['a']\n[modules.mod_pubsub]\n[modules.mod_jingle_sip]";
        assert_eq!(messages(modules, "6.6.0").len(), 2);
        assert_eq!(messages(modules, "6.7.0").len(), 1);
        assert_eq!(messages(modules, "6.8.0"), Vec::<String>::new());
    }
}
