//! Rules for the image: where its version can be pulled, and known vulnerabilities.

use semver::Version;

use super::installation::text;
use super::settings::FIRST;
use super::subject::Findings;
use super::subject::Subject;
use crate::lint::report::Rule;
use crate::version::parse_version;

pub(super) const IMAGE: Rule = Rule::warning("mongooseim-image");
pub(super) const GRAPHQL: Rule = Rule::warning("mongooseim-graphql");

/// The last version known to be in the public repository.
const LAST_PUBLIC: Version = Version::new(6, 6, u64::MAX);
/// The version that fixed a bypass of GraphQL's authorization.
const GRAPHQL_FIXED: Version = Version::new(6, 8, 0);
const PUBLIC: &str = "erlangsolutions/mongooseim";
const MOVED: &str = "docker.trymongoose.im/mongooseim";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    if let Some(version) = version(subject) {
        check_graphql(subject, &version, findings);
    }
    let Some(image) = image(subject) else { return };
    let Some(version) = version_of(image) else { return };
    let workload = &subject.installation.workload;
    if version < FIRST {
        let message = format!("the image is MongooseIM {version}, but the configuration needs {FIRST} or later");
        findings.report(&IMAGE, &workload.origin, message, workload.span.clone(), "use a later version, such as 6.6.0");
        findings.set_at(subject.setter("tag", text_of_tag(image)));
    }
    let name = image.split(['@', ':']).next().unwrap_or_default().trim_start_matches("docker.io/");
    if name == PUBLIC && version > LAST_PUBLIC {
        let message =
            format!("{PUBLIC} is not known to have MongooseIM {version}: 6.6.0 is the last version known there");
        let help =
            format!("set image.repository={MOVED}, and add a Secret with your login to imagePullSecrets; or use 6.6.0");
        findings.report(&IMAGE, &workload.origin, message, workload.span.clone(), &help);
        findings.set_at(subject.setter("tag", text_of_tag(image)));
    }
}

/// Reports listeners with GraphQL that a Service exposes, in a vulnerable version.
fn check_graphql(subject: &Subject<'_>, version: &Version, findings: &mut Findings) {
    let Some(configuration) = subject.configuration.filter(|_| *version < GRAPHQL_FIXED) else { return };
    let services = &subject.installation.services;
    let is_published =
        |port: i64| services.iter().flat_map(|service| &service.ports).any(|published| published.target.is(port));
    let listeners = configuration.listeners.iter().filter(|listener| listener.has_graphql && !listener.is_loopback());
    for listener in listeners {
        let Some(port) = listener.port.filter(|port| is_published(*port)) else { continue };
        let message = format!(
            "the GraphQL listener on port {port} can be reached through a Service, and before 6.8.0 requests can skip authorization; the image is {version}"
        );
        let place = configuration.file.place(listener.start);
        findings.report(
            &GRAPHQL,
            &configuration.file.path,
            message,
            place,
            "use MongooseIM 6.8.0 or later, or do not publish the listener",
        );
    }
}

fn image<'s>(subject: &'s Subject<'_>) -> Option<&'s str> {
    subject.installation.container().and_then(|container| text(container, "image"))
}

fn text_of_tag(image: &str) -> &str {
    let name = image.split('@').next().unwrap_or_default();
    name.rsplit('/').next().and_then(|name| name.split_once(':')).map_or("", |(_, tag)| tag)
}

/// Returns the version that the configuration is for: the value mongooseimVersion, else the version at the start of the image's
/// tag, else the chart's appVersion.
pub(super) fn version(subject: &Subject<'_>) -> Option<Version> {
    let given = subject.values.text_at(&["mongooseimVersion"]).unwrap_or_default();
    let of_chart = || version_in(subject.app_version).filter(has_reference);
    version_in(given).or_else(|| version_of(image(subject)?)).or_else(of_chart)
}

/// Whether the configuration reference covers a version.
pub fn has_reference(version: &Version) -> bool {
    version.major == FIRST.major && *version >= FIRST
}

fn version_of(image: &str) -> Option<Version> {
    version_in(text_of_tag(image))
}

/// Returns the version that a string begins with.
fn version_in(tag: &str) -> Option<Version> {
    let end = tag.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(tag.len());
    let number = tag[..end].trim_end_matches('.');
    if !number.contains('.') {
        return None;
    }
    parse_version(number).ok()
}

#[cfg(test)]
mod tests {
    use super::version_of;

    #[test]
    fn the_version_is_the_start_of_the_image_tag() {
        for (image, expected) in [
            ("erlangsolutions/mongooseim:6.6.0", Some("6.6.0")),
            ("host:5000/mongooseim:6.11.0-alpine@sha256:12", Some("6.11.0")),
            ("mim:6.8", Some("6.8.0")),
            ("mim:7", None),
            ("host:5000/mongooseim", None),
            ("mim:PR-6.8.1", None),
        ] {
            assert_eq!(version_of(image).map(|version| version.to_string()).as_deref(), expected, "{image}");
        }
    }
}
