//! Rules for ports: listeners against the ports of containers, Services and probes.

use std::collections::BTreeMap;
use std::collections::HashSet;
use std::net::IpAddr;

use semver::Version;

use super::configuration::{Configuration, Listener};
use super::installation::{Target, number};
use super::settings;
use super::subject::Findings;
use super::subject::Subject;
use crate::lint::report::Rule;
use crate::yaml::Value;

pub(super) const LISTENER: Rule = Rule::error("mongooseim-listener");
pub(super) const PUBLISHED: Rule = Rule::error("mongooseim-published");
pub(super) const LOOPBACK: Rule = Rule::error("mongooseim-loopback");
pub(super) const PROBED: Rule = Rule::error("mongooseim-probe");
pub(super) const PORT: Rule = Rule::info("mongooseim-port");
pub(super) const UNPUBLISHED: Rule = Rule::info("mongooseim-unpublished");

/// The kinds of listeners, the same from 6.5.0 to 6.8.1.
const KINDS: [&str; 4] = ["c2s", "s2s", "component", "http"];
/// The port of Erlang's port mapper, which is not a listener.
const EPMD: i64 = 4369;
/// The port of Erlang distribution if vm.args does not set one.
const DISTRIBUTION: i64 = 9100;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(configuration) = subject.configuration else { return };
    if configuration.at(&["listen"]).is_none() {
        return;
    }
    let ports = Ports { subject, configuration };
    ports.check_services(findings);
    ports.check_probes(findings);
    ports.check_names(findings);
    ports.check_unpublished(findings);
}

/// Checks the listeners by themselves.
pub(super) fn check_listeners(configuration: &Configuration, version: &Version, findings: &mut Findings) {
    let path = &configuration.file.path;
    let kinds = configuration.at(&["listen"]).and_then(|node| node.value.as_map());
    for (kind, entry) in kinds.into_iter().flat_map(|kinds| kinds.entries()) {
        if !KINDS.contains(&kind) && *version <= settings::LAST {
            let message = format!("unknown listener {kind:?}; nodes do not start with it");
            let help = format!("expected one of {}", KINDS.join(", "));
            findings.report(&LISTENER, path, message, configuration.place(&entry.key), &help);
        }
    }
    let mut taken: HashSet<(i64, IpAddr)> = HashSet::new();
    for listener in &configuration.listeners {
        let place = configuration.file.place(listener.start);
        let Some(port) = listener.port else {
            let message = format!("a listener of listen.{} has no port; nodes do not start with it", listener.kind);
            findings.report(&LISTENER, path, message, place, "give it a port");
            continue;
        };
        if listener.is_of_other_version() {
            let message = format!(
                "listen.{} on port {port} has ip_version 4 and an IPv6 address; nodes do not start with it",
                listener.kind
            );
            findings.report(&LISTENER, path, message, place, "remove ip_version");
            continue;
        }
        // `settings` reports invalid addresses.
        let Some(address) = listener.bound() else { continue };
        if !taken.insert((port, address)) {
            let message = format!("two listeners have port {port} on {address}; nodes do not start with them");
            findings.report(&LISTENER, path, message, place, "give each its own port");
        }
    }
}

struct Ports<'a> {
    subject: &'a Subject<'a>,
    configuration: &'a Configuration,
}

impl Ports<'_> {
    /// Whether something other than a listener uses a port: Erlang, or another container.
    fn is_used_otherwise(&self, port: i64) -> bool {
        let distribution = self.subject.vm_args.and_then(|args| args.distribution.as_ref());
        let of_erlang = distribution.map_or(port == DISTRIBUTION, |(ports, _)| ports.contains(&port));
        port == EPMD || of_erlang || self.subject.installation.is_of_sidecar(port)
    }

    fn at(&self, port: i64) -> impl Iterator<Item = &Listener> {
        self.configuration.listeners.iter().filter(move |listener| listener.port == Some(port))
    }

    fn is_reachable(&self, port: i64) -> bool {
        self.at(port).any(|listener| !listener.is_loopback())
    }

    fn heard(&self) -> String {
        let ports: Vec<String> =
            self.configuration.listeners.iter().filter_map(|l| l.port).map(|port| port.to_string()).collect();
        if ports.is_empty() { "none".to_owned() } else { ports.join(", ") }
    }

    fn check_services(&self, findings: &mut Findings) {
        for service in &self.subject.installation.services {
            for port in &service.ports {
                let name = &service.name;
                let target = match &port.target {
                    Target::Number(target) => *target,
                    Target::Unknown(target) => {
                        let message = format!(
                            "Service {name} forwards port {} to port {target:?}, which the pods do not declare: connections fail",
                            port.port
                        );
                        findings.report(
                            &PUBLISHED,
                            &service.path,
                            message,
                            port.span.clone(),
                            "use the name or the number of a container port",
                        );
                        continue;
                    }
                };
                if self.is_used_otherwise(target) || self.is_reachable(target) {
                    continue;
                }
                if let Some(listener) = self.at(target).next() {
                    let address = listener.address.as_deref().unwrap_or_default();
                    let message = format!(
                        "Service {name} publishes port {target}, but its listener is bound to {address} and is only reachable from inside its pod"
                    );
                    let help = "remove ip_address to bind it to all addresses, or do not publish the port";
                    findings.report(&LOOPBACK, &service.path, message, port.span.clone(), help);
                } else if !service.is_headless {
                    let message = format!(
                        "Service {name} publishes port {}, but no listener of the pods uses port {target}: connections are refused",
                        port.port
                    );
                    let help = format!("ports with a listener in mongooseim.toml: {}", self.heard());
                    findings.report(&PUBLISHED, &service.path, message, port.span.clone(), &help);
                }
            }
        }
    }

    fn check_probes(&self, findings: &mut Findings) {
        let installation = self.subject.installation;
        let Some(container) = installation.container() else { return };
        for (name, what_happens) in [
            ("readinessProbe", "pods never become ready, and Services send them no traffic"),
            ("livenessProbe", "pods are restarted again and again"),
            ("startupProbe", "pods are restarted again and again"),
        ] {
            let Some(probe) = container.get(name).and_then(|node| node.value.as_map()) else { continue };
            let ways = ["tcpSocket", "httpGet"].iter().filter_map(|way| probe.get(way)?.value.as_map());
            for way in ways {
                // A probe with its own host does not connect to the pod.
                let Some(node) = way.get("port").filter(|_| way.get("host").is_none()) else { continue };
                let port = match &node.value {
                    Value::String(name) => installation.port_named(name),
                    value => number(value),
                };
                let Some(port) = port.filter(|port| !self.is_used_otherwise(*port) && !self.is_reachable(*port)) else {
                    continue;
                };
                let bound = self.at(port).next().and_then(|listener| listener.address.as_deref());
                let why = bound.map_or("no listener uses it".to_owned(), |address| {
                    format!("its listener is bound to {address}, which probes cannot reach")
                });
                let message = format!("{name} connects to port {port}, but {why}: {what_happens}");
                let help = format!("ports with a listener in mongooseim.toml: {}", self.heard());
                findings.report(&PROBED, &installation.workload.origin, message, node.span.clone(), &help);
            }
        }
    }

    /// Reports ports that only containers and headless Services declare and on which nothing listens. No traffic is routed there.
    fn check_names(&self, findings: &mut Findings) {
        let installation = self.subject.installation;
        let mut named: BTreeMap<i64, (&str, crate::diagnostic::Span)> = BTreeMap::new();
        for service in installation.services.iter().filter(|service| service.is_headless) {
            for port in &service.ports {
                if let Target::Number(target) = port.target {
                    named.insert(target, (&service.path, port.span.clone()));
                }
            }
        }
        for (port, span) in installation.container_ports() {
            named.insert(port, (&installation.workload.origin, span));
        }
        for (port, (path, span)) in named {
            if !self.is_used_otherwise(port) && self.at(port).next().is_none() {
                let message = format!("port {port} is declared but no listener uses it; connections are refused");
                let help = format!("ports with a listener in mongooseim.toml: {}", self.heard());
                findings.report(&PORT, path, message, span, &help);
            }
        }
    }

    fn check_unpublished(&self, findings: &mut Findings) {
        let services = &self.subject.installation.services;
        if services.is_empty() {
            return;
        }
        for listener in self.configuration.listeners.iter().filter(|listener| !listener.is_loopback()) {
            let Some(port) = listener.port else { continue };
            let mut targets = services.iter().flat_map(|service| &service.ports).map(|port| &port.target);
            if targets.any(|target| *target == Target::Number(port)) {
                continue;
            }
            let message = format!(
                "no Service publishes port {port} of listen.{}: it is only reachable at the addresses of pods",
                listener.kind
            );
            let help = "publish it, or bind it to 127.0.0.1 if only the pod itself uses it";
            let place = self.configuration.file.place(listener.start);
            findings.report(&UNPUBLISHED, &self.configuration.file.path, message, place, help);
        }
    }
}
