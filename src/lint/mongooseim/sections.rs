//! Rules for the sections of mongooseim.toml and the domains in `general`.

use semver::Version;

use super::configuration::{Configuration, SyntaxError};
use super::installation::{File, list, text};
use super::subject::Findings;
use super::subject::Subject;
use crate::diagnostic::nearest;
use crate::lint::report::Rule;
use crate::yaml::{Node, Value};

pub(super) const SYNTAX: Rule = Rule::error("mongooseim-toml");
pub(super) const SECTION: Rule = Rule::error("mongooseim-section");
pub(super) const HOSTS: Rule = Rule::error("mongooseim-hosts");
pub(super) const LOCALHOST: Rule = Rule::warning("mongooseim-localhost");

/// The sections of mongooseim.toml, and below those of a `host_config`; the same from 6.5.0 to 6.8.1.
const SECTIONS: [&str; 13] = [
    "general",
    "listen",
    "auth",
    "outgoing_pools",
    "internal_databases",
    "services",
    "modules",
    "instrumentation",
    "shaper",
    "acl",
    "access",
    "s2s",
    "host_config",
];
const HOST_SECTIONS: [&str; 9] =
    ["host", "host_type", "general", "auth", "modules", "outgoing_pools", "acl", "access", "s2s"];

pub(super) fn report_syntax(file: &File, error: &SyntaxError, findings: &mut Findings) {
    let text = format!("mongooseim.toml is not TOML: {}; nodes do not start with it", error.message);
    findings.report(&SYNTAX, &file.path, text, file.place(error.at), "fix the line, or remove mimConfig");
}

pub(super) fn check(configuration: &Configuration, version: &Version, findings: &mut Findings) {
    if is_known_version(version) {
        for (key, span) in configuration.keys().filter(|(key, _)| !SECTIONS.contains(key)) {
            unknown(configuration, key, &SECTIONS, "", configuration.place(span), findings);
        }
        for node in list(&configuration.root, "host_config") {
            for (key, entry) in node.value.as_map().into_iter().flat_map(|map| map.entries()) {
                if !HOST_SECTIONS.contains(&key) {
                    let place = configuration.place(&entry.key);
                    unknown(configuration, key, &HOST_SECTIONS, "host_config.", place, findings);
                }
            }
        }
    }
    let path = &configuration.file.path;
    let general = configuration.at(&["general"]).and_then(|node| node.value.as_map());
    let start =
        configuration.file.place(general.and(configuration.at(&["general"])).map_or(0, |node| node.span.start()));
    let Some(general) = general else {
        let message = "mongooseim.toml has no section [general]; nodes do not start without it";
        return findings.report(&HOSTS, path, message, start, "add it, with hosts and default_server_domain");
    };
    if text(general, "default_server_domain").is_none_or(str::is_empty) {
        let message = "[general] has no default_server_domain; nodes do not start without it";
        findings.report(
            &HOSTS,
            path,
            message,
            start.clone(),
            "set it to the domain that sends errors, usually the first of hosts",
        );
    }
    let hosts = list(general, "hosts");
    let types = list(general, "host_types");
    if hosts.is_empty() && types.is_empty() {
        let message = "[general] has neither hosts nor host_types; nodes do not start without a domain to serve";
        findings.report(&HOSTS, path, message, start, "set hosts to your XMPP domains");
    }
}

/// Warns if `localhost` is the only domain.
pub(super) fn check_localhost(configuration: &Configuration, subject: &Subject<'_>, findings: &mut Findings) {
    let Some(general) = configuration.root.map_at(&["general"]) else { return };
    let hosts = list(general, "hosts");
    let is_localhost = |host: &Node| host.value == Value::String("localhost".to_owned());
    if hosts.is_empty() || !list(general, "host_types").is_empty() || !hosts.iter().all(is_localhost) {
        return;
    }
    let message = "localhost is the only domain: user addresses end in @localhost, where remote clients and other servers cannot reach them";
    findings.report(
        &LOCALHOST,
        &configuration.file.path,
        message,
        configuration.place(&hosts[0].span),
        "set hosts to the domains of your users; they are hard to change once there are accounts",
    );
    findings.set_at(subject.setter("host", "localhost"));
}

fn unknown(
    configuration: &Configuration,
    key: &str,
    known: &[&str],
    prefix: &str,
    place: crate::diagnostic::Span,
    findings: &mut Findings,
) {
    let message = format!("unknown section [{prefix}{key}] in mongooseim.toml; nodes do not start with it");
    let help = match nearest(key, known.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("expected one of {}", known.join(", ")),
    };
    findings.report(&SECTION, &configuration.file.path, message, place, &help);
}

/// Whether the sections of this version are known.
fn is_known_version(version: &Version) -> bool {
    version.major == 6 && (5..=8).contains(&version.minor)
}
