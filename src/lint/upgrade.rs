//! Rules for the next release of a chart: changes that the API server would reject, and needless restarts or replacements.
//!
//! The chart is rendered as an installation, and again as an upgrade with raised versions and the same values. To find
//! the cause of a change, the chart is also rendered with only one of these differences. On upgrades, `lookup` finds
//! the objects of the installation.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::report::{Finding, Rule};
use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::diff::{Change, Comparison, Difference, Status, compare_sides};
use crate::engine::{self, ClusterObjects, Release, Rendered, Scope, add_template_lines};
use crate::json;
use crate::kubernetes::{FieldPath, Object, read_stored_stream};
use crate::manifest::{Manifest, Manifests, place_of_field};
use crate::secrets::Secrets;
use crate::yaml::{Node, Value};

pub(super) const RENDERS: Rule = Rule::error("upgrade-render");
pub(super) const REFUSED: Rule = Rule::error("upgrade-refused");
pub(super) const RESTARTS: Rule = Rule::warning("upgrade-restart");
pub(super) const REPLACED: Rule = Rule::warning("upgrade-replaced");

/// What differs in the next release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Factor {
    /// It is an upgrade, with the next revision.
    Release,
    Version,
    AppVersion,
}

const FACTORS: [Factor; 3] = [Factor::Release, Factor::Version, Factor::AppVersion];

impl Factor {
    fn name(self) -> &'static str {
        match self {
            Factor::Release => "the release (its revision, or IsInstall and IsUpgrade)",
            Factor::Version => "the chart's version",
            Factor::AppVersion => "the chart's appVersion",
        }
    }
}

/// Reports needless and rejected changes of the next release. With `locate`, findings have the lines of templates.
pub(super) fn check(scope: &Scope<'_>, locate: bool) -> Vec<Finding> {
    // If the installation does not render either, other rules report that.
    let Ok(now) = objects(scope, &[], None) else { return Vec::new() };
    let installed = Arc::new(installed(scope, &now));
    let next = match objects(scope, &FACTORS, Some(&installed)) {
        Ok(next) => next,
        Err(errors) => return errors.iter().map(does_not_render).collect(),
    };
    let namespace = &scope.release.namespace;
    let compare = |next: &[Object]| compare_sides(&now, next, &Secrets::default(), namespace);
    let by_factor = FACTORS.map(|factor| match objects(scope, &[factor], Some(&installed)) {
        Ok(next) => (factor, compare(&next)),
        Err(_) => (factor, Comparison::default()),
    });
    let compared = compare(&next);
    let upgrade = Upgrade { next: &next, by_factor };
    let mut findings = Vec::new();
    for difference in &compared.differences {
        upgrade.check(difference, &mut findings);
        upgrade.check_name(difference, &compared, &mut findings);
    }
    if locate && !findings.is_empty() {
        let (chart, release) = raised(scope, &FACTORS);
        let mut release = release;
        release.environment.objects = Some(installed);
        let scope = Scope { chart: &chart, release: &release, refusals: None, ..*scope };
        add_template_lines(&scope, None, findings.iter_mut().map(|finding| &mut finding.diagnostic));
    }
    findings
}

fn does_not_render(error: &Diagnostic) -> Finding {
    RENDERS.broken("templates/", format!("the next release does not render: {}", error.message)).because_of(error)
}

/// Returns the chart and the release with these factors changed.
fn raised(scope: &Scope<'_>, factors: &[Factor]) -> (Chart, Release) {
    let mut chart = scope.chart.clone();
    let mut release = scope.release.clone();
    (release.is_install, release.is_upgrade, release.revision) = (true, false, 1);
    for factor in factors {
        match factor {
            Factor::Release => (release.is_install, release.is_upgrade, release.revision) = (false, true, 2),
            Factor::Version => chart.metadata.version = next_version(&chart.metadata.version),
            Factor::AppVersion => chart.metadata.app_version = next_version(&chart.metadata.app_version),
        }
    }
    (chart, release)
}

/// Returns the next version: the last number before a pre-release or build is incremented.
fn next_version(version: &str) -> String {
    let core = version.find(['-', '+']).unwrap_or(version.len());
    let end = version[..core].rfind(|c: char| c.is_ascii_digit()).map(|at| at + 1);
    let Some(end) = end else { return if version.is_empty() { String::new() } else { format!("{version}-next") } };
    let start = version[..end].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    let next = version[start..end].parse::<u64>().ok().and_then(|number| number.checked_add(1)).unwrap_or(1);
    format!("{}{next}{}", &version[..start], &version[end..])
}

/// Renders the chart with these factors changed. Hooks are left out, because Helm deletes and recreates them. On upgrades,
/// `lookup` finds the `installed` objects.
fn objects(
    scope: &Scope<'_>,
    factors: &[Factor],
    installed: Option<&Arc<ClusterObjects>>,
) -> Result<Vec<Object>, Vec<Diagnostic>> {
    let (chart, mut release) = raised(scope, factors);
    if let Some(installed) = installed.filter(|_| factors.contains(&Factor::Release)) {
        release.environment.objects = Some(Arc::clone(installed));
    }
    let rendered = engine::render(&Scope { chart: &chart, release: &release, refusals: None, ..*scope })?;
    let rendered = rendered.into_iter().filter(|rendered| !rendered.notes);
    let sources: Vec<Source> = rendered.map(Rendered::into_source).collect();
    let manifests = Manifests::from_rendered(&sources)
        .map_err(|errors| errors.into_iter().map(|error| error.diagnostic).collect::<Vec<_>>())?;
    Ok(manifests.manifests.iter().map(Manifest::object).collect())
}

/// Returns the objects of a cluster after the installation.
fn installed(scope: &Scope<'_>, objects: &[Object]) -> ClusterObjects {
    let existing = scope.release.environment.objects.iter().flat_map(|existing| existing.all()).cloned();
    ClusterObjects::new(objects.iter().map(as_stored).chain(existing).collect())
}

/// Returns an object as the API server stores it: a Secret's `stringData` becomes `data`.
fn as_stored(object: &Object) -> Object {
    let mut fields = object.fields().into_owned();
    let texts = match (object.id.kind.as_str(), fields.remove("stringData").map(|node| node.value)) {
        ("Secret", Some(Value::Map(texts))) => texts,
        _ => return object.clone(),
    };
    let mut data = fields.map_at(&["data"]).cloned().unwrap_or_default();
    for (key, node) in texts.iter() {
        let text = node.value.as_str().unwrap_or_default();
        data.insert(key, Span::default(), Node::generated(Value::String(STANDARD.encode(text))));
    }
    fields.insert("data", Span::default(), Node::generated(Value::Map(data)));
    let text = json::write(&Value::Map(fields));
    let mut stored = read_stored_stream(&Source::rendered(&object.origin, text), &[], &object.origin).objects;
    stored.pop().unwrap_or_else(|| object.clone())
}

struct Upgrade<'a> {
    next: &'a [Object],
    /// The changes caused by each factor without the others.
    by_factor: [(Factor, Comparison); 3],
}

impl Upgrade<'_> {
    fn check(&self, difference: &Difference, findings: &mut Vec<Finding>) {
        let id = &difference.id;
        for impact in &difference.impacts {
            let Some(reason) = impact.rejection() else { continue };
            let meant = difference.changes.iter().find(|change| impact.is_about(&change.path));
            let Some(change) = meant.or(difference.changes.first()) else { continue };
            let text = format!(
                "{id}: the API server will reject the next release: {reason}, but {} {}",
                change.path,
                changes_with(self.factor(difference, change))
            );
            findings.push(self.finding(
                &REFUSED,
                difference,
                &change.path,
                text,
                "remove everything that changes with each release from it",
            ));
        }
        self.check_restart(difference, findings);
    }

    /// Reports an object that is deleted and created again under another name.
    fn check_name(&self, difference: &Difference, compared: &Comparison, findings: &mut Vec<Finding>) {
        let comes_back = |other: &&Difference| {
            other.status == Status::Added && other.id.kind == difference.id.kind && other.origin == difference.origin
        };
        let new = match difference.status {
            Status::Renamed => Some(difference),
            Status::Removed => compared.differences.iter().find(comes_back),
            _ => None,
        };
        let Some(new) = new.filter(|new| !is_replaced_on_purpose(&new.id.kind)) else { return };
        let is_replaced = |tried: &Difference| {
            matches!(tried.status, Status::Renamed | Status::Removed) && is_same(tried, difference)
        };
        let factor = self.by_factor.iter().find(|(_, compared)| compared.differences.iter().any(is_replaced));
        let text = format!(
            "{}/{}: every release replaces it: its name {}",
            difference.id.kind,
            old_name(difference),
            changes_with(factor.map(|(factor, _)| *factor))
        );
        let name = FieldPath::of_fields(&["metadata", "name"]);
        findings.push(self.finding(&REPLACED, new, &name, text, "give it a name that stays the same"));
    }

    /// Reports restarts of pods that a new application version does not explain: the release or the chart
    /// version changes their template.
    fn check_restart(&self, difference: &Difference, findings: &mut Vec<Finding>) {
        for (factor, compared) in self.by_factor.iter().filter(|(factor, _)| *factor != Factor::AppVersion) {
            let Some(tried) = compared.differences.iter().find(|tried| is_same(tried, difference)) else { continue };
            let in_pods: Vec<&Change> =
                tried.changes.iter().filter(|change| change.path.is_below(&["spec", "template"])).collect();
            let restarts = tried.impacts.iter().any(|impact| impact.rule == "restarts");
            let Some(first) = in_pods.first().filter(|_| restarts) else { continue };
            let more = match in_pods.len() - 1 {
                0 => String::new(),
                1 => " (and one more field)".to_owned(),
                more => format!(" (and {more} more fields)"),
            };
            let text = format!(
                "{}: every release restarts the pods: {}{more} {}",
                difference.id,
                first.path,
                changes_with(Some(*factor))
            );
            let help = "remove everything that changes with each release from the pods' labels, annotations and environment variables";
            findings.push(self.finding(&RESTARTS, difference, &first.path, text, help));
        }
    }

    /// Returns the factor that causes a change.
    fn factor(&self, difference: &Difference, change: &Change) -> Option<Factor> {
        let changes_it = |compared: &Comparison| {
            let mut same = compared.differences.iter().filter(|tried| is_same(tried, difference));
            same.any(|tried| tried.changes.iter().any(|tried| tried.path == change.path))
        };
        self.by_factor.iter().find(|(_, compared)| changes_it(compared)).map(|(factor, _)| *factor)
    }

    fn finding(&self, rule: &Rule, difference: &Difference, field: &FieldPath, text: String, help: &str) -> Finding {
        let file = difference.origin.split_once('/').map_or(difference.origin.as_str(), |(_, file)| file);
        let mut finding = rule.broken(file, text);
        finding.diagnostic = finding.diagnostic.help(help);
        let object = self.next.iter().find(|object| object.id == difference.id && object.origin == difference.origin);
        match object {
            Some(object) => {
                let document = Node { value: Value::Map(object.fields().into_owned()), span: object.place().clone() };
                let place = place_of_field(&document, field);
                finding.at(place)
            }
            None => finding,
        }
    }
}

/// Whether two differences are about the same object.
fn is_same(one: &Difference, other: &Difference) -> bool {
    one.id.kind == other.id.kind && one.id.namespace == other.id.namespace && old_name(one) == old_name(other)
}

/// Returns the name of an object before the upgrade.
fn old_name(difference: &Difference) -> &str {
    difference.old_name.as_ref().unwrap_or(&difference.id.name)
}

/// Whether objects of this kind are renamed on purpose, so that they run again or so that pods see new content.
fn is_replaced_on_purpose(kind: &str) -> bool {
    matches!(kind, "Job" | "ConfigMap" | "Secret" | "Pod")
}

fn changes_with(factor: Option<Factor>) -> String {
    factor.map_or_else(|| "changes with each release".to_owned(), |factor| format!("changes with {}", factor.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_number_of_a_version_is_incremented() {
        let next = [
            ("1.2.3", "1.2.4"),
            ("1.9", "1.10"),
            ("v3", "v4"),
            ("1.2.3-beta.1+build.7", "1.2.4-beta.1+build.7"),
            ("latest", "latest-next"),
            ("18446744073709551615", "1"),
            ("", ""),
        ];
        for (version, raised) in next {
            assert_eq!(next_version(version), raised);
        }
    }
}
