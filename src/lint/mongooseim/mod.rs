//! Rules for charts that run MongooseIM: what their configuration and their objects say of each other, and what becomes of it
//! in the cluster. They look at what was rendered, no matter who wrote the configuration.
//!
//! | file | what it does |
//! |---|---|
//! | `installation` | finds the pods, their configuration files and the Services before them |
//! | `configuration` | reads mongooseim.toml |
//! | `vm_args` | reads vm.args |
//! | `sections` | what MongooseIM 6.8.0 does not start with |
//! | `listeners` | who listens, and who is sent there |
//! | `certificates` | files of certificates and where they come from |
//! | `databases` | where nodes keep what they share |
//! | `cluster` | how nodes find each other |
//!
//! What MongooseIM does is that of its tag 6.8.0 (`mongoose_config_spec`, `mongoose_cets_discovery`) and of the start script of its
//! image.

mod certificates;
mod cluster;
mod configuration;
mod databases;
mod installation;
mod listeners;
mod sections;
mod subject;
mod vm_args;

use super::report::{Finding, Rule};
use crate::engine::Rendered;
use crate::manifest::Manifests;
use crate::yaml::Map;
use configuration::Configuration;
use installation::Installation;
use subject::{Findings, Subject};
use vm_args::VmArgs;

/// The rules, in the order in which they are looked at.
pub(super) const RULES: &[&Rule] = &[
    &sections::SYNTAX,
    &sections::SECTION,
    &sections::HOSTS,
    &sections::LOCALHOST,
    &listeners::LISTENER,
    &listeners::PUBLISHED,
    &listeners::LOOPBACK,
    &listeners::PROBED,
    &listeners::PORT,
    &listeners::UNPUBLISHED,
    &certificates::KEY,
    &certificates::MISSING,
    &certificates::UNMOUNTED,
    &databases::INTERNAL,
    &databases::DISCOVERY,
    &cluster::NODE_NAME,
    &cluster::NO_COOKIE,
    &cluster::COOKIE,
    &cluster::DISTRIBUTION,
    &cluster::ALONE,
    &cluster::FINDING,
];

/// What is wrong with an installation of MongooseIM among what was rendered from `values`, if there is one. What is no
/// manifest is left to other rules.
pub(super) fn check(chart: &str, rendered: &[Rendered], values: &Map) -> Vec<Finding> {
    // Most charts have nothing to do with MongooseIM.
    if !rendered.iter().any(|rendered| rendered.text.contains("mongooseim.toml") || rendered.text.contains("vm.args")) {
        return Vec::new();
    }
    let texts = rendered.iter().filter(|rendered| !rendered.notes);
    let texts = texts.map(|rendered| (rendered.path.clone(), rendered.text.clone()));
    let Ok(manifests) = Manifests::read(texts) else { return Vec::new() };
    let mut findings = Findings { chart: chart.to_owned(), all: Vec::new() };
    for installation in Installation::find(&manifests, values) {
        let configuration = installation.file("mongooseim.toml").and_then(|file| {
            let read = Configuration::read(file);
            read.map_err(|error| sections::tell_syntax(file, &error, &mut findings)).ok()
        });
        let vm_args = installation.file("vm.args").map(|file| VmArgs::read(file, &installation));
        let subject = Subject {
            installation: &installation,
            configuration: configuration.as_ref(),
            vm_args: vm_args.as_ref(),
            values,
        };
        sections::check(&subject, &mut findings);
        listeners::check(&subject, &mut findings);
        certificates::check(&subject, &mut findings);
        databases::check(&subject, &mut findings);
        cluster::check(&subject, &mut findings);
    }
    findings.all
}
