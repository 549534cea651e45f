//! Rules for installations that are valid, but may surprise their owner later.

use super::configuration::Configuration;
use super::installation::{list, text};
use super::subject::{Findings, Subject};
use crate::lint::report::Rule;
use crate::yaml::{Map, Value};

pub(super) const S2S: Rule = Rule::warning("mongooseim-s2s");
pub(super) const DATA: Rule = Rule::warning("mongooseim-data");
pub(super) const APP_CONFIG: Rule = Rule::warning("mongooseim-app-config");
pub(super) const TABLES: Rule = Rule::info("mongooseim-tables");
pub(super) const NAMES: Rule = Rule::info("mongooseim-names");

/// The folder where the image's start script lets Mnesia keep its data.
const DATA_FOLDER: &str = "/var/lib/mongooseim";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    if let Some(configuration) = subject.configuration {
        check_s2s(configuration, subject, findings);
        check_data(configuration, subject, findings);
        check_tables(configuration, findings);
    }
    check_app_config(subject, findings);
    check_names(subject, findings);
}

/// Reports that other servers are allowed but cannot connect.
fn check_s2s(configuration: &Configuration, subject: &Subject<'_>, findings: &mut Findings) {
    let Some(policy) = configuration.at(&["s2s", "default_policy"]).filter(|node| node.value.as_str() == Some("allow"))
    else {
        return;
    };
    let ports: Vec<i64> =
        configuration.listeners.iter().filter(|listener| listener.kind == "s2s").filter_map(|l| l.port).collect();
    let open = subject.installation.services.iter().filter(|service| !service.is_headless);
    let mut targets = open.flat_map(|service| &service.ports).map(|port| &port.target);
    if targets.any(|target| ports.iter().any(|port| target.is(*port))) {
        return;
    }
    let message = match ports.first() {
        Some(port) => {
            format!(
                "other servers are allowed, but no Service exposes port {port} outside the cluster: they cannot connect"
            )
        }
        None => "other servers are allowed, but there is no listener for them: they cannot connect".to_owned(),
    };
    let help = "publish it: --set listeners.s2s.expose.loadBalancer=true; or set s2sPolicy=deny";
    findings.report(&S2S, &configuration.file.path, message, configuration.place(&policy.span), help);
    findings.set_at(subject.values.get("s2sPolicy").map(|node| node.span.clone()));
}

/// Reports that Mnesia's data has no volume that outlives the pod.
fn check_data(configuration: &Configuration, subject: &Subject<'_>, findings: &mut Findings) {
    let databases = configuration.root.map_at(&["internal_databases"]);
    let installation = subject.installation;
    if databases.is_some_and(|databases| databases.get("mnesia").is_none())
        || configuration.at(&["outgoing_pools", "rdbms"]).is_some()
        || !list_at(installation.at(&["spec"]).and_then(|node| node.value.as_map()), "volumeClaimTemplates").is_empty()
    {
        return;
    }
    let mounts = installation.container().map_or(&[][..], |container| list(container, "volumeMounts"));
    let is_data = |map: &&Map| text(map, "mountPath").is_some_and(|at| at.trim_end_matches('/') == DATA_FOLDER);
    let volume = mounts.iter().filter_map(|node| node.value.as_map()).find(is_data).and_then(|map| text(map, "name"));
    let pod = installation.at(&["spec", "template", "spec"]).and_then(|node| node.value.as_map());
    let mut volumes = list_at(pod, "volumes").iter().filter_map(|node| node.value.as_map());
    // If nothing is mounted, the data may be elsewhere.
    if !volumes.any(|map| volume.is_some() && text(map, "name") == volume && map.get("emptyDir").is_some()) {
        return;
    }
    let message = "Mnesia has no persistent volume: a node that restarts loses its accounts, rosters and messages";
    let help = "set persistence.enabled=true, or keep the data in a relational database: persistentDatabase=rdbms";
    let place = installation.place(&["spec", "template", "spec"]);
    findings.report(&DATA, &installation.workload.origin, message, place, help);
    findings.set_at(subject.values.at(["persistence", "enabled"]).map(|node| node.span.clone()));
}

fn list_at<'m>(map: Option<&'m Map>, name: &str) -> &'m [crate::yaml::Node] {
    map.map_or(&[], |map| list(map, name))
}

/// Warns that MongooseIM does not create its tables.
fn check_tables(configuration: &Configuration, findings: &mut Findings) {
    let Some(pool) = configuration.at(&["outgoing_pools", "rdbms"]) else { return };
    let message =
        "the tables of the relational database must exist before the first start: MongooseIM does not create them";
    let help = "load priv/pg.sql, priv/mysql.sql or priv/cockroachdb.sql of your MongooseIM version";
    findings.report(&TABLES, &configuration.file.path, message, configuration.place(&pool.span), help);
}

/// Reports missing lines of app.config that the start script rewrites, to put data and logs on their volumes.
fn check_app_config(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(file) = subject.installation.file("app.config") else { return };
    for (line, what) in [("%{mnesia", "Mnesia's data is not stored"), ("{log_root", "logs are not written")] {
        if !file.text.contains(line) {
            let message = format!(
                "app.config has no line with {line}, which the start script rewrites: {what} where the image keeps it"
            );
            findings.report(
                &APP_CONFIG,
                &file.path,
                message,
                file.place(0),
                "keep this line of the image's app.config",
            );
        }
    }
}

/// Reports names that do not depend on the release.
fn check_names(subject: &Subject<'_>, findings: &mut Findings) {
    let is_empty = |key: &str| subject.values.get(key).is_some_and(|node| node.value == Value::String(String::new()));
    if !is_empty("fullnameOverride") || !is_empty("nameOverride") {
        return;
    }
    let workload = &subject.installation.workload;
    let message = format!(
        "object names start with {} in every release: a second installation in the namespace takes over the first",
        workload.id.name
    );
    findings.report(
        &NAMES,
        &workload.origin,
        message,
        workload.span.clone(),
        "set fullnameOverride in the second installation",
    );
}
