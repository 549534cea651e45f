//! `Release`, `Chart` and their contents, under the names of Helm's Go types, as the templates of every engine see
//! them. Each engine converts every [`Field`] to a value of its own.

use std::collections::BTreeMap;

use super::scope::Release;
use crate::chart::{Chart, Dependency, ImportValues, Maintainer};

/// The fields of an object, in Helm's order.
pub type Record<'c> = Vec<(&'static str, Field<'c>)>;

/// The content of an object's field.
#[derive(Debug, Clone)]
pub enum Field<'c> {
    /// A string.
    Text(&'c str),
    /// A boolean.
    Flag(bool),
    /// An integer.
    Number(u32),
    /// A list of strings.
    Texts(&'c [String]),
    /// A map of strings, or none.
    Annotations(Option<&'c BTreeMap<String, String>>),
    /// A list of objects.
    Records(Vec<Record<'c>>),
}

use Field::{Annotations, Flag, Number, Records, Text, Texts};

/// Returns the object `Release`; its field `Service` names the program that renders.
pub fn release<'c>(release: &'c Release, service: &'c str) -> Record<'c> {
    vec![
        ("Name", Text(&release.name)),
        ("Namespace", Text(&release.namespace)),
        ("IsInstall", Flag(release.is_install)),
        ("IsUpgrade", Flag(release.is_upgrade)),
        ("Revision", Number(release.revision)),
        ("Service", Text(service)),
    ]
}

/// Returns the object `Chart`, the content of Chart.yaml.
pub fn chart(chart: &Chart, is_root: bool) -> Record<'_> {
    let metadata = &chart.metadata;
    vec![
        ("Name", Text(&metadata.name)),
        ("Home", Text(&metadata.home)),
        ("Sources", Texts(&metadata.sources)),
        ("Version", Text(&metadata.version)),
        ("Description", Text(&metadata.description)),
        ("Keywords", Texts(&metadata.keywords)),
        ("Icon", Text(&metadata.icon)),
        ("APIVersion", Text(&metadata.api_version)),
        ("Condition", Text(&metadata.condition)),
        ("Tags", Text(&metadata.tags)),
        ("AppVersion", Text(&metadata.app_version)),
        ("Deprecated", Flag(metadata.deprecated)),
        ("KubeVersion", Text(&metadata.kube_version)),
        ("Type", Text(metadata.kind.as_str())),
        ("Annotations", Annotations(metadata.annotations.as_ref())),
        ("Maintainers", Records(metadata.maintainers.iter().map(maintainer).collect())),
        ("Dependencies", Records(metadata.dependencies.iter().map(dependency).collect())),
        ("IsRoot", Flag(is_root)),
    ]
}

fn maintainer(maintainer: &Maintainer) -> Record<'_> {
    vec![("Name", Text(&maintainer.name)), ("Email", Text(&maintainer.email)), ("URL", Text(&maintainer.url))]
}

/// Returns a declared dependency. Disabled ones have been removed by now, and an alias has become the name.
fn dependency(dependency: &Dependency) -> Record<'_> {
    // Below a chart that declares no dependencies, Helm does not process this one, so it keeps its own name.
    let name = if dependency.enabled { dependency.key() } else { &dependency.name };
    vec![
        ("Name", Text(name)),
        ("Version", Text(&dependency.version)),
        ("Repository", Text(&dependency.repository)),
        ("Condition", Text(&dependency.condition)),
        ("Tags", Texts(&dependency.tags)),
        ("Enabled", Flag(dependency.enabled)),
        ("ImportValues", Records(dependency.import_values.iter().map(import).collect())),
        ("Alias", Text(&dependency.alias)),
    ]
}

fn import(import: &ImportValues) -> Record<'_> {
    vec![("child", Text(&import.child)), ("parent", Text(&import.parent))]
}
