//! The objects that templates see: `Values`, `Release`, `Chart`, `Files`, `Capabilities`, `Template`, `Subcharts`.

use std::collections::BTreeMap;

use tera::value::Key;
use tera::{Context, Value};

use super::value::{TooDeep, map_to_tera};
use crate::chart::{Chart, Dependency, ImportValues, Maintainer};
use crate::engine::capabilities::Capabilities;
use crate::engine::scope::{Release, Scope};
use crate::yaml::Map;

/// Which objects are worth building: those that cost something and are mentioned nowhere are left out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needed {
    pub(super) files: bool,
    pub(super) subcharts: bool,
}

/// The objects of a chart, without `Template`, which differs from template to template.
pub(super) fn objects(scope: &Scope<'_>, is_root: bool, needed: Needed) -> Result<Context, TooDeep> {
    let mut context = Context::new();
    let release = release(scope.release);
    let capabilities = capabilities(scope.capabilities);
    context.insert_value("Values", map_to_tera(scope.values)?);
    context.insert_value("Chart", chart(scope.chart, is_root));
    if needed.files {
        context.insert_value("Files", files(scope.chart));
    }
    if needed.subcharts {
        context.insert_value("Subcharts", subcharts(scope.chart, scope.values, &release, &capabilities)?);
    }
    context.insert_value("Release", release);
    context.insert_value("Capabilities", capabilities);
    Ok(context)
}

/// The object `Template`: `base_path` is `mongooseim/templates`, `name` the template's path below it.
pub(super) fn template(base_path: &str, name: &str) -> Value {
    record([("Name", Value::from(format!("{base_path}/{name}"))), ("BasePath", Value::from(base_path))])
}

fn record<const N: usize>(fields: [(&'static str, Value); N]) -> Value {
    Value::from(fields.into_iter().map(|(name, value)| (Key::Str(name), value)).collect::<tera::Map>())
}

fn release(release: &Release) -> Value {
    record([
        ("Name", Value::from(release.name.as_str())),
        ("Namespace", Value::from(release.namespace.as_str())),
        ("IsInstall", Value::from(release.is_install)),
        ("IsUpgrade", Value::from(release.is_upgrade)),
        ("Revision", Value::from(release.revision)),
        ("Service", Value::from(release.service.as_str())),
    ])
}

fn capabilities(capabilities: &Capabilities) -> Value {
    let version = &capabilities.kube_version;
    record([
        (
            "KubeVersion",
            record([
                ("Version", Value::from(version.version.as_str())),
                ("GitVersion", Value::from(version.version.as_str())),
                ("Major", Value::from(version.major.as_str())),
                ("Minor", Value::from(version.minor.as_str())),
                ("String", Value::from(version.normal.as_str())),
            ]),
        ),
        ("APIVersions", texts(&capabilities.api_versions)),
    ])
}

fn texts(texts: &[String]) -> Value {
    Value::from(texts.iter().map(|text| Value::from(text.as_str())).collect::<Vec<_>>())
}

/// Chart.yaml under the names that Helm's templates use, which are those of its Go type.
fn chart(chart: &Chart, is_root: bool) -> Value {
    let metadata = &chart.metadata;
    record([
        ("Name", Value::from(metadata.name.as_str())),
        ("Home", Value::from(metadata.home.as_str())),
        ("Sources", texts(&metadata.sources)),
        ("Version", Value::from(metadata.version.as_str())),
        ("Description", Value::from(metadata.description.as_str())),
        ("Keywords", texts(&metadata.keywords)),
        ("Icon", Value::from(metadata.icon.as_str())),
        ("APIVersion", Value::from(metadata.api_version.as_str())),
        ("Condition", Value::from(metadata.condition.as_str())),
        ("Tags", Value::from(metadata.tags.as_str())),
        ("AppVersion", Value::from(metadata.app_version.as_str())),
        ("Deprecated", Value::from(metadata.deprecated)),
        ("KubeVersion", Value::from(metadata.kube_version.as_str())),
        ("Type", Value::from(metadata.kind.as_str())),
        ("Annotations", metadata.annotations.as_ref().map_or_else(Value::none, annotations)),
        ("Maintainers", list(metadata.maintainers.iter().map(maintainer))),
        ("Dependencies", list(metadata.dependencies.iter().map(dependency))),
        ("IsRoot", Value::from(is_root)),
    ])
}

fn list(values: impl Iterator<Item = Value>) -> Value {
    Value::from(values.collect::<Vec<_>>())
}

fn annotations(annotations: &BTreeMap<String, String>) -> Value {
    let entry = |(name, text): (&String, &String)| (Key::from(name.clone()), Value::from(text.as_str()));
    Value::from(annotations.iter().map(entry).collect::<tera::Map>())
}

fn maintainer(maintainer: &Maintainer) -> Value {
    record([
        ("Name", Value::from(maintainer.name.as_str())),
        ("Email", Value::from(maintainer.email.as_str())),
        ("URL", Value::from(maintainer.url.as_str())),
    ])
}

/// A declared dependency: those that are switched off are gone by now, and an alias is the name.
fn dependency(dependency: &Dependency) -> Value {
    let import = |import: &ImportValues| {
        record([("child", Value::from(import.child.as_str())), ("parent", Value::from(import.parent.as_str()))])
    };
    // In a chart that is not looked at, below one that declares nothing, it keeps its own.
    let name = if dependency.enabled { dependency.key() } else { &dependency.name };
    record([
        ("Name", Value::from(name)),
        ("Version", Value::from(dependency.version.as_str())),
        ("Repository", Value::from(dependency.repository.as_str())),
        ("Condition", Value::from(dependency.condition.as_str())),
        ("Tags", texts(&dependency.tags)),
        ("Enabled", Value::from(dependency.enabled)),
        ("ImportValues", list(dependency.import_values.iter().map(import))),
        ("Alias", Value::from(dependency.alias.as_str())),
    ])
}

/// The chart's own files: path and content, bytes where it is not text.
fn files(chart: &Chart) -> Value {
    let files = chart.files.iter().map(|file| {
        let content = match std::str::from_utf8(&file.bytes) {
            Ok(text) => Value::from(text),
            Err(_) => Value::bytes(file.bytes.to_vec()),
        };
        (Key::from(file.path.clone()), content)
    });
    Value::from(files.collect::<tera::Map>())
}

fn subcharts(of: &Chart, values: &Map, release: &Value, capabilities: &Value) -> Result<Value, TooDeep> {
    let mut all = tera::Map::new();
    for subchart in &of.subcharts {
        let name = &subchart.metadata.name;
        let empty = Map::new();
        let part = values.get(name).and_then(|node| node.value.as_map()).unwrap_or(&empty);
        let object = record([
            ("Values", map_to_tera(part)?),
            ("Chart", chart(subchart, false)),
            ("Files", files(subchart)),
            ("Release", release.clone()),
            ("Capabilities", capabilities.clone()),
            ("Subcharts", subcharts(subchart, part, release, capabilities)?),
        ]);
        all.insert(Key::from(name.clone()), object);
    }
    Ok(Value::from(all))
}
