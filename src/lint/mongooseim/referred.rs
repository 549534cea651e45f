//! References in mongooseim.toml to names that must be defined elsewhere in it: shapers, access rules, authentication methods,
//! databases, pools.

use std::collections::HashSet;

use semver::Version;

use super::reference::{Entry, Kind, Reference, Rule as Allowed, Section};
use super::settings::{MAX, Mistake};
use crate::diagnostic::{Span, nearest};
use crate::lint::report::Rule;
use crate::yaml::{Map, Value};

pub(super) const UNDEFINED: Rule = Rule::error("mongooseim-undefined");
pub(super) const RULE: Rule = Rule::warning("mongooseim-rule");
pub(super) const BACKEND: Rule = Rule::error("mongooseim-default-backend");
/// For configurations that are accepted, as all are before 6.6.0, but in which whatever uses the database does not work.
const UNUSABLE: Rule = Rule::warning("mongooseim-default-backend");
pub(super) const POOL: Rule = Rule::warning("mongooseim-pool");

/// Reports references to names that are not defined.
pub(super) fn check(root: &Map, version: &Version) -> Vec<Mistake> {
    let mut check = Check { root, defined: HashSet::new(), found: Vec::new() };
    check.collect();
    check.shapers();
    check.auth_methods();
    let reference = Reference::get();
    check.names(root, &Span::default(), reference.root(), version, &mut Vec::new());
    check.fixed_pools();
    check.keystore(version);
    check.backends(version);
    check.found
}

struct Check<'a> {
    root: &'a Map,
    /// The names defined for all hosts or for single hosts, each with its kind: `access`, `shaper` or a kind of pool.
    defined: HashSet<(&'a str, &'a str)>,
    found: Vec<Mistake>,
}

impl<'a> Check<'a> {
    /// Collects the defined names, so that each reference is looked up only once.
    fn collect(&mut self) {
        for section in self.sections() {
            for kind in ["access", "shaper"] {
                self.defined.extend(section.map_at(&[kind]).into_iter().flat_map(Map::keys).map(|name| (kind, name)));
            }
            for (kind, pools) in section.map_at(&["outgoing_pools"]).into_iter().flat_map(Map::iter) {
                let names = pools.value.as_map().into_iter().flat_map(Map::keys);
                self.defined.extend(names.map(|name| (kind, name)));
            }
        }
    }

    /// Returns the configuration of all hosts, then those of single hosts.
    fn sections(&self) -> impl Iterator<Item = &'a Map> + use<'a> {
        std::iter::once(self.root).chain(self.host_configs())
    }

    fn report(&mut self, rule: &'static Rule, span: &Span, message: String, help: String) {
        self.report_with_value(rule, span, message, help, None);
    }

    /// Reports a mistake that a value of the MongooseIM chart fixes.
    fn report_with_value(
        &mut self,
        rule: &'static Rule,
        span: &Span,
        message: String,
        help: String,
        value: Option<&'static str>,
    ) {
        self.found.push(Mistake { rule, message, help, span: span.clone(), value });
    }

    /// Suggests the most similar name in a section, or else returns `otherwise`.
    fn suggest(&self, section: &[&str], name: &str, otherwise: String) -> String {
        let known = self.root.map_at(section).into_iter().flat_map(Map::keys);
        nearest(name, known).map_or(otherwise, |near| format!("did you mean {near}?"))
    }

    fn has(&self, section: &str, name: &str) -> bool {
        self.root.at([section, name]).is_some()
    }

    /// Checks the shapers of listeners and of outgoing server connections. A node does not start if one is missing.
    fn shapers(&mut self) {
        let root = self.root;
        let kinds = root.map_at(&["listen"]).into_iter().flat_map(Map::iter);
        let sections = kinds.flat_map(|(_, node)| node.value.as_list().unwrap_or_default());
        let mut named: Vec<_> = sections.filter_map(|node| node.value.as_map()?.get("shaper")).collect();
        named.extend(root.at(["s2s", "outgoing", "shaper"]));
        named.extend(self.host_configs().filter_map(|map| map.at(["s2s", "outgoing", "shaper"])));
        for node in named {
            let Some(name) = node.value.as_str().filter(|name| *name != "none") else { continue };
            if self.found.len() > MAX {
                return;
            }
            if !self.has("shaper", name) {
                let help = self.suggest(&["shaper"], name, format!("add [shaper.{name}] with max_rate"));
                let message = format!("the shaper {name} is not defined; nodes do not start without it");
                self.report(&UNDEFINED, &node.span, message, help);
            }
        }
    }

    fn host_configs(&self) -> impl Iterator<Item = &'a Map> + use<'a> {
        self.root.list_at(&["host_config"]).iter().filter_map(|node| node.value.as_map())
    }

    fn auth_methods(&mut self) {
        for auth in self.sections().filter_map(|map| map.map_at(&["auth"])) {
            for node in auth.list_at(&["methods"]) {
                let Some(method) = node.value.as_str().filter(|method| auth.get(method).is_none()) else { continue };
                let message =
                    format!("auth.methods has {method}, but there is no section [auth.{method}]; nodes do not start");
                self.report(&UNDEFINED, &node.span, message, format!("add [auth.{method}], or remove it from methods"));
            }
        }
    }

    /// Checks references to access rules, shapers of modules and pools, including the default pools of the section at `place`.
    fn names(&mut self, map: &Map, place: &Span, section: &'static Section, version: &Version, path: &mut Vec<String>) {
        for known in section.iter().filter(|known| known.is_in(version) && map.get(known.key).is_none()) {
            if let Kind::Scalar { rule: Allowed::Form(form), .. } = &known.kind
                && let (Some(kind), Some(name)) = (form.strip_suffix("-pool"), known.default)
            {
                self.pool(kind, name, &format!("{} uses", path.join(".")), place);
            }
        }
        for (key, entry) in map.entries() {
            let node = &entry.node;
            // `settings` has the same limit.
            if self.found.len() > MAX {
                return;
            }
            let find = |name| section.iter().find(|known: &&Entry| known.key == name && known.is_in(version));
            let Some(known) = find(key).or_else(|| find("*")) else { continue };
            path.push(key.to_owned());
            match &known.kind {
                Kind::Section { index, .. } => {
                    let inner = Reference::get().section(*index);
                    let maps = node.value.as_list().unwrap_or(std::slice::from_ref(node));
                    for map in maps.iter().filter_map(|node| node.value.as_map()) {
                        self.names(map, &entry.key, inner, version, path);
                    }
                }
                Kind::Scalar { rule: Allowed::Form(form @ ("rule" | "shaper")), .. } => {
                    let (place, built_in): (_, &[&str]) =
                        if *form == "rule" { ("access", &["all", "none"]) } else { ("shaper", &["none"]) };
                    if let Value::String(name) = &node.value
                        && !built_in.contains(&name.as_str())
                        && !self.defined.contains(&(place, name.as_str()))
                    {
                        let what = if *form == "rule" { "access rule" } else { "shaper" };
                        let message = format!("{} refers to the {what} {name}, which is not defined", path.join("."));
                        let help = self.suggest(&[place], name, format!("define {name} in [{place}]"));
                        self.report(&RULE, &node.span, message, help);
                    }
                }
                Kind::Scalar { rule: Allowed::Form(form), .. } => {
                    if let (Some(kind), Some(name)) = (form.strip_suffix("-pool"), node.value.as_str()) {
                        self.pool(kind, name, &format!("{} refers to", path.join(".")), &node.span);
                    }
                }
                Kind::Scalar { .. } => {}
            }
            path.pop();
        }
    }

    /// Checks that the pool `kind`.`name` exists, which `user` refers to.
    fn pool(&mut self, kind: &str, name: &str, user: &str, span: &Span) {
        if self.found.len() > MAX || self.defined.contains(&(kind, name)) {
            return;
        }
        let message = format!("{user} the {kind} pool {name}, which is not defined; it will not work");
        let help = self.suggest(&["outgoing_pools", kind], name, format!("add [outgoing_pools.{kind}.{name}]"));
        self.report(&POOL, span, message, help);
    }

    /// Checks the pools with fixed names.
    fn fixed_pools(&mut self) {
        for map in self.sections() {
            for (section, kind, name) in [
                (&["auth", "http"][..], "http", "auth"),
                (&["modules", "mod_event_pusher", "rabbit"], "rabbit", "event_pusher"),
            ] {
                let Some((last, above)) = section.split_last() else { continue };
                if let Some(entry) = map.map_at(above).and_then(|map| map.entry(last)) {
                    self.pool(kind, name, &format!("{} uses", section.join(".")), &entry.key);
                }
            }
        }
    }

    /// Checks mod_keystore, whose only backend is Mnesia.
    fn keystore(&mut self, version: &Version) {
        const NAME: &str = "mod_keystore";
        let modules = find(Reference::get().root(), "modules", version);
        let known = modules.and_then(|modules| find(modules, NAME, version));
        if known.is_none() || self.has_internal_database("mnesia") {
            return;
        }
        for modules in self.sections().filter_map(|map| map.map_at(&["modules"])) {
            if let Some(entry) = modules.entry(NAME).filter(|entry| entry.node.value.as_map().is_some()) {
                let message = "modules.mod_keystore stores its keys in mnesia, which is not in internal_databases; it will not work";
                let help = "add [internal_databases.mnesia]".to_owned();
                let value = Some("volatileDatabase=mnesia");
                self.report_with_value(&UNUSABLE, &entry.key, message.to_owned(), help, value);
            }
        }
    }

    fn has_internal_database(&self, name: &str) -> bool {
        let databases = self.root.map_at(&["internal_databases"]);
        databases.map_or(name == "mnesia", |map| map.get(name).is_some())
    }

    /// Checks the databases that modules use by default. Without Mnesia or CETS, a node does not start; without others, it starts
    /// but the module does not work.
    fn backends(&mut self, version: &Version) {
        let sections: Vec<&Map> = self.sections().collect();
        let has_pool = |name: &str| sections.iter().any(|map| map.at(["outgoing_pools", name]).is_some());
        let rule = if *version < Version::new(6, 6, 0) { &UNUSABLE } else { &BACKEND };
        for Backend { user, key, database, span, is_set } in self.used_backends(version) {
            let by = if is_set { "" } else { " by default" };
            match database {
                // `databases` reports backends that are set explicitly.
                "mnesia" | "cets" if !self.has_internal_database(database) && !is_set => {
                    let message = format!(
                        "{user} stores its data in {database}{by}, which is not in internal_databases; nodes do not start"
                    );
                    let help = format!("set {key} to a configured database, or add [internal_databases.{database}]");
                    // CETS needs a relational database.
                    let value = if database == "cets" { "persistentDatabase=rdbms" } else { "volatileDatabase=mnesia" };
                    self.report_with_value(rule, span, message, help, Some(value));
                }
                "rdbms" | "rdbms_async" if !has_pool("rdbms") => {
                    let message = format!(
                        "{user} stores its data in rdbms{by}, but there is no connection pool for it; it will not work"
                    );
                    let help = "set persistentDatabase=rdbms, or add [outgoing_pools.rdbms.default]".to_owned();
                    self.report_with_value(&POOL, span, message, help, Some("persistentDatabase=rdbms"));
                }
                "cassandra" | "redis" | "ldap" if !has_pool(database) => {
                    let message = format!(
                        "{user} stores its data in {database}{by}, but there is no connection pool for it; it will not work"
                    );
                    self.report(&POOL, span, message, format!("add [outgoing_pools.{database}.default]"));
                }
                _ => {}
            }
        }
    }

    /// Returns the databases of all modules.
    fn used_backends(&self, version: &Version) -> Vec<Backend<'a>> {
        let mut found = Vec::new();
        let Some(known) = find(Reference::get().root(), "modules", version) else { return found };
        for modules in self.sections().filter_map(|map| map.map_at(&["modules"])) {
            for (name, entry) in modules.entries() {
                let (Some(map), Some(section)) = (entry.node.value.as_map(), find(known, name, version)) else {
                    continue;
                };
                let mut options = vec![(name.to_owned(), map, section)];
                if let (Some(push), Some(inner)) = (map.map_at(&["push"]), find(section, "push", version)) {
                    options.push((format!("{name}.push"), push, inner));
                }
                if brings_caps(name, map, version) && modules.get("mod_caps").is_none() {
                    let user = format!("mod_caps, which modules.{name} needs,");
                    found.push(Backend { user, key: "backend", database: "cets", span: &entry.key, is_set: false });
                }
                for (name, map, section) in options {
                    let backends =
                        section.iter().filter(|known| known.is_in(version) && known.key.ends_with("backend"));
                    for backend in backends {
                        if name == "mod_mam" && is_elsewhere(map) {
                            continue;
                        }
                        let set = map.get(backend.key);
                        found.push(Backend {
                            user: format!("modules.{name}"),
                            key: backend.key,
                            database: set.and_then(|node| node.value.as_str()).or(backend.default).unwrap_or("none"),
                            span: set.map_or(&entry.key, |node| &node.span),
                            is_set: set.is_some(),
                        });
                    }
                }
            }
        }
        found
    }
}

/// A database in which a module stores its data.
struct Backend<'a> {
    /// Who uses it, as in a message: `modules.mod_mam`.
    user: String,
    /// The option that names the database.
    key: &'static str,
    database: &'a str,
    /// The place of the database's name, or else of the module's name.
    span: &'a Span,
    /// Whether the option is set; otherwise, the database is its default.
    is_set: bool,
}

/// Whether the default backend of mod_mam is unused, because its archives have their own.
fn is_elsewhere(mam: &Map) -> bool {
    let archives = ["pm", "muc"].into_iter().filter_map(|archive| mam.map_at(&[archive]));
    let backends: Vec<_> = archives.map(|archive| archive.text_at(&["backend"])).collect();
    let is_rdbms = |backend: &Option<&str>| backend.is_none_or(|backend| backend == "rdbms");
    mam.get("backend").is_none() && !backends.is_empty() && !backends.iter().any(is_rdbms)
}

/// Whether a module starts mod_caps, whose only backend since 6.7.0 is CETS.
fn brings_caps(module: &str, options: &Map, version: &Version) -> bool {
    let old = if *version < Version::new(6, 8, 0) { "mod_pubsub" } else { "mod_pubsub_old" };
    let has_pep = || options.list_at(&["plugins"]).iter().any(|node| node.value.as_str() == Some("pep"));
    *version >= Version::new(6, 7, 0) && module == old && has_pep()
}

/// Returns the section under a key.
fn find(section: &'static Section, key: &str, version: &Version) -> Option<&'static Section> {
    let known = section.iter().find(|known| known.key == key && known.is_in(version))?;
    match known.kind {
        Kind::Section { index, .. } => Some(Reference::get().section(index)),
        Kind::Scalar { .. } => None,
    }
}
