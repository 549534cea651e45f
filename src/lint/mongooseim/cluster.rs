//! Rules for how nodes find each other and form a cluster.

use super::installation::{Installation, Service, Target, Variable, text};
use super::subject::Findings;
use super::subject::Subject;
use super::vm_args::VmArgs;
use crate::lint::report::Rule;

pub(super) const NODE_NAME: Rule = Rule::error("mongooseim-node-name");
pub(super) const NO_COOKIE: Rule = Rule::error("mongooseim-no-cookie");
pub(super) const COOKIE: Rule = Rule::warning("mongooseim-cookie");
pub(super) const DISTRIBUTION: Rule = Rule::warning("mongooseim-distribution");
pub(super) const ALONE: Rule = Rule::error("mongooseim-alone");
pub(super) const FINDING: Rule = Rule::warning("mongooseim-finding");

/// The default cookie of the image and of this chart.
const DEFAULT_COOKIE: &str = "mongooseim";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    if let Some(args) = subject.vm_args {
        check_vm_args(subject, args, findings);
    }
    check_joining(subject, findings);
    check_names(subject.installation, findings);
}

fn check_vm_args(subject: &Subject<'_>, args: &VmArgs, findings: &mut Findings) {
    let installation = subject.installation;
    let path = &args.file.path;
    if !args.has_name_line {
        let message = "no line of vm.args starts with -name or -sname: the start script cannot set the node's name, and the node never joins a cluster";
        findings.report(
            &NODE_NAME,
            path,
            message,
            args.place(0),
            "add a line `-name mongooseim`; the script replaces the whole line",
        );
    }
    match &args.cookie {
        None => {
            let message = "vm.args has no -setcookie: each pod generates its own cookie, and nodes reject each other";
            findings.report(&NO_COOKIE, path, message, args.place(0), "add a `-setcookie` line with a secret value");
        }
        Some((cookie, at)) if cookie == DEFAULT_COOKIE => {
            let message = "the cookie is the well-known default: anyone who can reach the Erlang distribution port controls the cluster and its data";
            let help = "set nodeCookie to a secret value, or existingCookieSecret.name to a Secret that contains one";
            findings.report(&COOKIE, path, message, args.place(*at), help);
            findings.set_at(subject.setter("cookie", cookie));
        }
        Some(_) => {}
    }
    let Some((ports, at)) = &args.distribution else {
        let message = "Erlang distribution listens on a random port at each start: a NetworkPolicy or a service mesh that allows only published ports separates the nodes";
        let help = "add `-kernel inet_dist_listen_min 9100 inet_dist_listen_max 9100` to vm.args";
        return findings.report(&DISTRIBUTION, path, message, args.place(0), help);
    };
    let headless: Vec<&Service> = installation.services.iter().filter(|service| service.is_headless).collect();
    let is_published = |port: i64| {
        let mut targets = headless.iter().flat_map(|service| &service.ports).map(|port| &port.target);
        targets.any(|target| *target == Target::Number(port))
    };
    // The loop is limited: a longer range has more ports than a Service can publish.
    let first_unpublished = ports.clone().take(1000).find(|port| !is_published(*port));
    if let (Some(service), Some(port)) = (headless.first(), first_unpublished) {
        let message = format!(
            "Erlang distribution may listen on port {port}, which the headless Service {} does not publish: a NetworkPolicy or a service mesh that allows only published ports separates the nodes",
            service.name
        );
        findings.report(
            &DISTRIBUTION,
            path,
            message,
            args.place(*at),
            "pin it to a port that the Service has: 9100 in this chart",
        );
    }
}

/// Checks that nodes join each other.
fn check_joining(subject: &Subject<'_>, findings: &mut Findings) {
    let installation = subject.installation;
    let workload = &installation.workload;
    let path = &workload.origin;
    let replicas = installation.replicas();
    let uses = |name: &str| subject.configuration.is_some_and(|c| c.at(&["internal_databases", name]).is_some());
    let has_cets = uses("cets");
    let has_mnesia = uses("mnesia") || !has_cets;
    let place = installation.place(&["spec", "replicas"]);
    if replicas > 1 && workload.id.kind != "StatefulSet" {
        let message = format!(
            "{replicas} nodes in a {}: their names change with every pod, so they can't find each other again and form no cluster",
            workload.id.kind
        );
        return findings.report(&ALONE, path, message, place, "use a StatefulSet, whose pods keep their names");
    }
    let joins = match installation.variable("JOIN_CLUSTER") {
        Some(Variable::Is(value)) => Some(["true", "1"].contains(&value.as_str())),
        Some(Variable::Missing) => Some(false),
        Some(Variable::FromElsewhere) | None => None,
    };
    if has_mnesia && replicas > 1 && joins == Some(false) {
        let message = format!(
            "{replicas} nodes, but JOIN_CLUSTER is not true: they form no cluster, and users on different nodes do not see each other"
        );
        findings.report(
            &ALONE,
            path,
            message,
            place.clone(),
            "set the environment variable JOIN_CLUSTER to true, or use CETS",
        );
    }
    if !has_cets {
        return;
    }
    if subject.vm_args.is_some_and(|args| args.epmd_module.as_deref() != Some("mongoose_epmd")) {
        let message = "CETS without `-epmd_module mongoose_epmd` in vm.args: nodes look each other up in the DNS, which knows a pod only some time after its start";
        let args = subject.vm_args.map(|args| (args.file.path.clone(), args.place(0)));
        let (path, place) = args.unwrap_or_else(|| (path.clone(), place));
        findings.report(&FINDING, &path, message, place, "add the line `-epmd_module mongoose_epmd`");
    }
    if installation.variable("MIM_NODE_IP") == Some(Variable::Missing) {
        let message = "CETS without MIM_NODE_IP: nodes publish no address in the database and cannot find each other";
        let help = "set the environment variable MIM_NODE_IP from the field status.podIP";
        findings.report(&FINDING, path, message, installation.place(&["spec", "template", "spec", "containers"]), help);
    }
    if !has_mnesia && joins == Some(true) {
        let message = "JOIN_CLUSTER is true, but there is no Mnesia: the start script tries to join another node, and the pod exits with code 2 if none answers";
        let help = "set JOIN_CLUSTER to false: with CETS, nodes find each other on their own";
        findings.report(&FINDING, path, message, installation.place(&["spec", "template", "spec", "containers"]), help);
    }
}

/// Checks that the names of nodes resolve to their pods.
fn check_names(installation: &Installation, findings: &mut Findings) {
    let workload = &installation.workload;
    let path = &workload.origin;
    if workload.id.kind != "StatefulSet" {
        return;
    }
    let replicas = installation.replicas();
    let name = installation.at(&["spec", "serviceName"]).and_then(|node| node.value.as_str()).unwrap_or_default();
    let place = installation.place(&["spec", "serviceName"]);
    match installation.services.iter().find(|service| service.name == name) {
        None => {
            let message = format!(
                "serviceName is {name:?}, but no Service of that name selects the pods: their host names do not resolve, and nodes can't find each other"
            );
            findings.report(&FINDING, path, message, place, "set it to the headless Service");
        }
        Some(service) if !service.is_headless => {
            let message = format!(
                "Service {name} is not headless: it has one address for all pods, and nodes can't find each other"
            );
            findings.report(&FINDING, &service.path, message, service.span.clone(), "set clusterIP: None");
        }
        Some(service) if !service.is_published_early && replicas > 1 => {
            let message = format!(
                "Service {name} publishes pods only once they are ready: other nodes cannot find a starting node, which does not become ready on its own"
            );
            findings.report(
                &FINDING,
                &service.path,
                message,
                service.span.clone(),
                "set publishNotReadyAddresses: true",
            );
        }
        Some(_) => {}
    }
    let node_type = installation.variable("NODE_TYPE");
    let is_short = match &node_type {
        Some(Variable::Is(value)) => value != "name",
        Some(Variable::Missing) => true,
        Some(Variable::FromElsewhere) | None => false,
    };
    let runs_start_script = installation.container().is_some_and(|container| container.get("command").is_none());
    if is_short && replicas > 1 && runs_start_script {
        let image = installation.container().and_then(|container| text(container, "image")).unwrap_or_default();
        let message = format!(
            "NODE_TYPE is not `name`: the start script of {image} gives nodes short host names, which other pods cannot resolve"
        );
        let place = installation.place(&["spec", "template", "spec", "containers"]);
        findings.report(&FINDING, path, message, place, "set the environment variable NODE_TYPE to name");
    }
}
