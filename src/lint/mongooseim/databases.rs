//! Rules for the databases through which nodes share data.

use semver::Version;

use super::configuration::Configuration;
use super::installation::text;
use super::subject::Findings;
use crate::diagnostic::Span;
use crate::lint::report::Rule;
use crate::yaml::{Map, Value};

pub(super) const INTERNAL: Rule = Rule::error("mongooseim-internal-database");
pub(super) const DISCOVERY: Rule = Rule::warning("mongooseim-cets-rdbms");

/// Before 6.6.0 the configuration is accepted, but whatever uses the database does not work.
const INTERNAL_OF_6_5: Rule = Rule::warning("mongooseim-internal-database");

pub(super) fn check(configuration: &Configuration, version: &Version, findings: &mut Findings) {
    let path = &configuration.file.path;
    let databases = configuration.at(&["internal_databases"]).and_then(|node| node.value.as_map());
    let has = |name: &str| match databases {
        Some(map) => map.get(name).is_some(),
        None => name == "mnesia",
    };
    for (key, backend, span) in backends(&configuration.root) {
        if ["mnesia", "cets"].contains(&backend.as_str()) && !has(&backend) {
            let message =
                format!("{key} stores its data in {backend}, which is not in internal_databases; nodes do not start");
            let place = span.map_or_else(|| configuration.file.place(0), |span| configuration.place(&span));
            let rule = if *version < Version::new(6, 6, 0) { &INTERNAL_OF_6_5 } else { &INTERNAL };
            findings.report(
                rule,
                path,
                message,
                place,
                &format!("add [internal_databases.{backend}], or choose another backend"),
            );
        }
    }
    let Some(cets) = databases.and_then(|map| map.get("cets")) else { return };
    let settings = cets.value.as_map();
    let backend = settings.and_then(|map| text(map, "backend")).unwrap_or("rdbms");
    let place = configuration.place(&cets.span);
    let has_pool = configuration.at(&["outgoing_pools", "rdbms"]).is_some();
    if backend == "rdbms" && !has_pool {
        let message = "CETS finds other nodes through a relational database, but no connection pool for one is configured: nodes form no cluster and do not see each other's sessions";
        findings.report(
            &DISCOVERY,
            path,
            message,
            place,
            "set persistentDatabase=rdbms, or add [outgoing_pools.rdbms.default]",
        );
    } else if backend == "file" && settings.and_then(|map| text(map, "node_list_file")).is_none() {
        let message = "CETS finds other nodes through a file, but node_list_file is not set: nodes form no cluster";
        findings.report(&DISCOVERY, path, message, place, "set node_list_file, or backend = \"rdbms\"");
    }
}

/// Returns the backends that keys name, including the defaults of keys that `general` does not set.
fn backends(root: &Map) -> Vec<(String, String, Option<Span>)> {
    let mut found = Vec::new();
    let map = |name: &str| root.get(name).and_then(|node| node.value.as_map());
    for key in ["sm_backend", "component_backend", "s2s_backend"] {
        let node = map("general").and_then(|general| general.get(key));
        let backend = node.and_then(|node| node.value.as_str()).unwrap_or("mnesia");
        found.push((format!("general.{key}"), backend.to_owned(), node.map(|node| node.span.clone())));
    }
    let of_hosts = root.maps_at(&["host_config"]).map(|map| ("host_config.modules", map.map_at(&["modules"])));
    let sections = [("modules", map("modules")), ("services", map("services"))].into_iter().chain(of_hosts);
    for (section, options) in sections {
        for (name, node) in options.into_iter().flat_map(Map::iter) {
            let Some(options) = node.value.as_map() else { continue };
            add_backends(&format!("{section}.{name}"), options, &mut found);
            if let Some(push) = options.map_at(&["push"]).filter(|_| name == "mod_event_pusher") {
                add_backends(&format!("{section}.{name}.push"), push, &mut found);
            }
        }
    }
    found
}

fn add_backends(path: &str, options: &Map, found: &mut Vec<(String, String, Option<Span>)>) {
    for (key, node) in options.iter().filter(|(key, _)| *key == "backend" || key.ends_with("_backend")) {
        if let Value::String(backend) = &node.value {
            found.push((format!("{path}.{key}"), backend.clone(), Some(node.span.clone())));
        }
    }
}
