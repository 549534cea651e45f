//! What MongooseIM does not start with.

use super::configuration::SyntaxError;
use super::installation::{File, list, text};
use super::subject::Findings;
use super::subject::Subject;
use crate::diagnostic::nearest;
use crate::lint::report::Rule;
use crate::yaml::Value;

pub(super) const SYNTAX: Rule = Rule::error("mongooseim-toml", "mongooseim.toml is TOML");
pub(super) const SECTION: Rule =
    Rule::error("mongooseim-section", "MongooseIM 6.8.0 knows the sections of mongooseim.toml");
pub(super) const HOSTS: Rule = Rule::error("mongooseim-hosts", "mongooseim.toml names the domains that are served");
pub(super) const LOCALHOST: Rule = Rule::warning("mongooseim-localhost", "domains other than localhost are served");

/// The sections of mongooseim.toml, and of a `host_config`; of `mongoose_config_spec`, tag 6.8.0.
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
const VERSION: &str = "6.8";

pub(super) fn tell_syntax(file: &File, error: &SyntaxError, findings: &mut Findings) {
    let text = format!("mongooseim.toml is not TOML: {}; nodes do not start with it", error.message);
    findings.report(&SYNTAX, &file.path, text, file.place(error.at), "mend the line, or leave mimConfig out");
}

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(configuration) = subject.configuration else { return };
    if is_known_version(subject) {
        for (key, span) in configuration.keys().filter(|(key, _)| !SECTIONS.contains(key)) {
            unknown(subject, key, &SECTIONS, "", configuration.place(span), findings);
        }
        for node in list(&configuration.root, "host_config") {
            for (key, entry) in node.value.as_map().into_iter().flat_map(|map| map.entries()) {
                if !HOST_SECTIONS.contains(&key) {
                    unknown(subject, key, &HOST_SECTIONS, "host_config.", configuration.place(&entry.key), findings);
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
        return findings.report(&HOSTS, path, message, start, "it holds hosts and default_server_domain");
    };
    if text(general, "default_server_domain").is_none_or(str::is_empty) {
        let message = "[general] has no default_server_domain; nodes do not start without it";
        findings.report(
            &HOSTS,
            path,
            message,
            start.clone(),
            "name the domain that errors come from, the first of hosts mostly",
        );
    }
    let hosts = list(general, "hosts");
    let types = list(general, "host_types");
    if hosts.is_empty() && types.is_empty() {
        let message = "[general] has neither hosts nor host_types; nodes do not start without a domain to serve";
        findings.report(&HOSTS, path, message, start, "name the XMPP domains in hosts");
    } else if types.is_empty() && hosts.iter().all(|host| host.value == Value::String("localhost".to_owned())) {
        let message = "localhost is the only domain: users are called user@localhost, and neither clients elsewhere nor other servers reach them by that name";
        findings.report(
            &LOCALHOST,
            path,
            message,
            configuration.place(&hosts[0].span),
            "name the domains of your users in hosts; it is hard to change once there are accounts",
        );
        findings.set_at(subject.setter("host", "localhost"));
    }
}

fn unknown(
    subject: &Subject<'_>,
    key: &str,
    known: &[&str],
    prefix: &str,
    place: crate::diagnostic::Span,
    findings: &mut Findings,
) {
    let Some(configuration) = subject.configuration else { return };
    let message =
        format!("MongooseIM 6.8.0 knows no section [{prefix}{key}] in mongooseim.toml; nodes do not start with it");
    let help = match nearest(key, known.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("it knows {}", known.join(", ")),
    };
    findings.report(&SECTION, &configuration.file.path, message, place, &help);
}

/// Whether the image is of the version whose sections are known, or does not say.
fn is_known_version(subject: &Subject<'_>) -> bool {
    let image = subject.installation.container().and_then(|container| text(container, "image")).unwrap_or_default();
    let name = image.split('@').next().unwrap_or_default();
    let tag = name.rsplit('/').next().and_then(|name| name.split_once(':')).map_or("", |(_, tag)| tag);
    let is_version = tag.starts_with(|c: char| c.is_ascii_digit()) && tag.contains('.');
    !is_version || tag == VERSION || tag.starts_with("6.8.")
}
