//! The objects that templates see: `Values`, `Release`, `Chart`, `Files`, `Capabilities`, `Template`, `Subcharts`.

use std::collections::BTreeSet;

use tera::value::Key;
use tera::{Context, Value};

use super::value::{TooDeep, map_to_tera, part_to_tera};
use crate::chart::Chart;
use crate::engine::capabilities::Capabilities;
use crate::engine::objects::{self, Field};
use crate::engine::scope::Scope;
use crate::yaml::Map;

/// Which objects to build: those that are costly and mentioned nowhere are left out.
#[derive(Debug, Clone)]
pub(super) struct Needed {
    pub(super) capabilities: bool,
    pub(super) files: bool,
    pub(super) subcharts: bool,
    /// The values that are mentioned, by their first key; `None` if all may be needed.
    pub(super) values: Option<BTreeSet<String>>,
}

impl Needed {
    pub(super) const ALL: Needed = Needed { capabilities: true, files: true, subcharts: true, values: None };
}

/// Returns the objects of a chart, without `Template`, which differs from template to template.
pub(super) fn objects(scope: &Scope<'_>, is_root: bool, needed: &Needed) -> Result<Context, TooDeep> {
    let mut context = Context::new();
    let release = value(objects::release(scope.release, &scope.release.service));
    let values = match &needed.values {
        Some(keys) => part_to_tera(scope.values, |key| keys.contains(key))?,
        None => map_to_tera(scope.values)?,
    };
    context.insert_value("Values", values);
    context.insert_value("Chart", value(objects::chart(scope.chart, is_root)));
    if needed.files {
        context.insert_value("Files", files(scope.chart));
    }
    if needed.capabilities || needed.subcharts {
        let capabilities = capabilities(scope.capabilities);
        if needed.subcharts {
            context.insert_value("Subcharts", subcharts(scope.chart, scope.values, &release, &capabilities)?);
        }
        context.insert_value("Capabilities", capabilities);
    }
    context.insert_value("Release", release);
    Ok(context)
}

/// Returns the object `Template`: `base_path` is `mongooseim/templates`, `name` the template's path below it.
pub(super) fn template(base_path: &str, name: &str) -> Value {
    record([("Name", Value::from(format!("{base_path}/{name}"))), ("BasePath", Value::from(base_path))])
}

fn record<const N: usize>(fields: [(&'static str, Value); N]) -> Value {
    Value::from(fields.into_iter().map(|(name, value)| (Key::Str(name), value)).collect::<tera::Map>())
}

/// Converts an object that all engines have.
fn value(fields: objects::Record<'_>) -> Value {
    let field = |field: Field<'_>| match field {
        Field::Text(text) => Value::from(text),
        Field::Flag(flag) => Value::from(flag),
        Field::Number(number) => Value::from(number),
        Field::Texts(all) => texts(all),
        Field::Annotations(annotations) => annotations.map_or_else(Value::none, |annotations| {
            let entry = |(name, text): (&String, &String)| (Key::from(name.clone()), Value::from(text.as_str()));
            Value::from(annotations.iter().map(entry).collect::<tera::Map>())
        }),
        Field::Records(records) => Value::from(records.into_iter().map(value).collect::<Vec<_>>()),
    };
    Value::from(fields.into_iter().map(|(name, content)| (Key::Str(name), field(content))).collect::<tera::Map>())
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

/// Returns the chart's own files: path and content, as bytes if it is not text.
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

fn subcharts(chart: &Chart, values: &Map, release: &Value, capabilities: &Value) -> Result<Value, TooDeep> {
    let mut all = tera::Map::new();
    for subchart in &chart.subcharts {
        let name = &subchart.metadata.name;
        let empty = Map::new();
        let part = values.get(name).and_then(|node| node.value.as_map()).unwrap_or(&empty);
        let object = record([
            ("Values", map_to_tera(part)?),
            ("Chart", value(objects::chart(subchart, false))),
            ("Files", files(subchart)),
            ("Release", release.clone()),
            ("Capabilities", capabilities.clone()),
            ("Subcharts", subcharts(subchart, part, release, capabilities)?),
        ]);
        all.insert(Key::from(name.clone()), object);
    }
    Ok(Value::from(all))
}
