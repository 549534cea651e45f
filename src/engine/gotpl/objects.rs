//! The objects that Helm passes to templates: `Release`, `Chart`, `Capabilities`, `Files`, `Values`, `Subcharts`.

use std::any::Any;
use std::rc::Rc;

use super::value::{Entry, Kind, List, ListKind, Map, MapKind, Object, Text, Value, Watch, from_yaml_map};
use crate::chart::Chart;
use crate::engine::build_info::BuildInfo;
use crate::engine::capabilities::Capabilities;
use crate::engine::objects::{self, Field};
use crate::engine::scope::Release;
use crate::kubernetes::KubeVersion;
use crate::yaml;

/// `*common.Capabilities`
#[derive(Debug)]
struct CapabilitiesObject {
    kube_version: Value,
    api_versions: Value,
    helm_version: Value,
}

impl Object for CapabilitiesObject {
    fn go_type(&self) -> &'static str {
        "*common.Capabilities"
    }

    fn kind(&self) -> Kind {
        Kind::Pointer
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("KubeVersion", self.kube_version.clone()),
            ("APIVersions", self.api_versions.clone()),
            ("HelmVersion", self.helm_version.clone()),
        ]
    }

    fn deep_copy(&self) -> Option<Value> {
        let copied = |value: &Value| match value {
            Value::Object(object) => object.deep_copy().unwrap_or_else(|| value.clone()),
            value => value.clone(),
        };
        Some(Value::Object(Rc::new(CapabilitiesObject {
            kube_version: copied(&self.kube_version),
            api_versions: self.api_versions.clone(),
            helm_version: self.helm_version.clone(),
        })))
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref::<CapabilitiesObject>().is_some_and(|other| std::ptr::eq(self, other))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `common.KubeVersion`
#[derive(Debug)]
struct KubeVersionObject {
    version: KubeVersion,
    /// Whether it is the field itself and not a copy that was passed to a function. Only the field prints with its
    /// `String` method.
    is_field: bool,
}

impl KubeVersionObject {
    fn without_address(version: KubeVersion) -> Value {
        Value::Object(Rc::new(KubeVersionObject { version, is_field: false }))
    }
}

impl Object for KubeVersionObject {
    fn go_type(&self) -> &'static str {
        "common.KubeVersion"
    }

    fn kind(&self) -> Kind {
        Kind::Struct
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        let version = &self.version;
        vec![
            ("Version", Value::str(version.version.as_str())),
            ("normalizedVersion", Value::str(version.normal.as_str())),
            ("Major", Value::str(version.major.as_str())),
            ("Minor", Value::str(version.minor.as_str())),
        ]
    }

    fn field(&self, name: &[u8]) -> Option<Value> {
        // The method `GitVersion` returns the same as the field `Version`. `normalizedVersion` is not exported.
        let name: &[u8] = match name {
            b"GitVersion" => b"Version",
            b"normalizedVersion" => return None,
            name => name,
        };
        self.fields().into_iter().find(|(known, _)| known.as_bytes() == name).map(|(_, value)| value)
    }

    fn printed(&self) -> Option<String> {
        self.is_field.then(|| self.version.normal.clone())
    }

    fn as_interface_argument(&self) -> Option<Value> {
        self.is_field.then(|| KubeVersionObject::without_address(self.version.clone()))
    }

    fn json_fields(&self) -> Vec<(&'static str, Value)> {
        self.fields().into_iter().filter(|(name, _)| *name != "normalizedVersion").collect()
    }

    fn deep_copy(&self) -> Option<Value> {
        Some(KubeVersionObject::without_address(KubeVersion { normal: String::new(), ..self.version.clone() }))
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref::<KubeVersionObject>().is_some_and(|other| self.version == other.version)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `version.BuildInfo`
#[derive(Debug)]
pub struct HelmVersion(pub BuildInfo);

impl Object for HelmVersion {
    fn go_type(&self) -> &'static str {
        "version.BuildInfo"
    }

    fn kind(&self) -> Kind {
        Kind::Struct
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        self.0.fields().map(|(name, value)| (name, Value::str(value))).collect()
    }

    fn json_fields(&self) -> Vec<(&'static str, Value)> {
        let names = ["version", "git_commit", "git_tree_state", "go_version", "kube_client_version"];
        names.into_iter().zip(self.fields()).map(|(name, (_, value))| (name, value)).collect()
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref::<HelmVersion>().is_some_and(|other| self.0 == other.0)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The objects that all charts of a tree share.
pub struct Shared {
    release: Value,
    capabilities: Value,
    /// Notes changes of any map in the objects of any chart.
    pub watch: Watch,
}

impl Shared {
    /// Creates the objects for a release and a cluster.
    pub fn new(release: &Release, capabilities: &Capabilities) -> Shared {
        let versions = capabilities.api_versions.iter().map(|version| Value::str(version.as_str())).collect();
        let capabilities = CapabilitiesObject {
            kube_version: Value::Object(Rc::new(KubeVersionObject {
                version: capabilities.kube_version.clone(),
                is_field: true,
            })),
            api_versions: Value::List(List::new(ListKind::Versions, versions)),
            helm_version: Value::Object(Rc::new(HelmVersion(BuildInfo::HELM))),
        };
        let watch = Watch::default();
        let release = value(objects::release(release, "Helm"), &watch);
        Shared { release, capabilities: Value::Object(Rc::new(capabilities)), watch }
    }
}

/// The objects that the templates of one chart see.
pub struct ChartObjects {
    /// The path of the chart, starting with the root chart's name: `c/charts/s`.
    pub path: String,
    /// The dot that its templates are run with.
    pub dot: Map,
}

/// Returns the objects for each chart of a tree, subcharts before their parents. The values of a subchart are part of
/// its parent's values, so each chart sees the changes that the other one makes to them.
pub fn charts(root: &Chart, values: &yaml::Map, shared: &Shared) -> Vec<ChartObjects> {
    let mut all = Vec::new();
    let values = from_yaml_map(values, Some(&shared.watch)).with_kind(MapKind::Values);
    add_chart(root, root.metadata.name.clone(), values, true, shared, &mut all);
    all
}

fn add_chart(
    chart: &Chart,
    path: String,
    values: Map,
    is_root: bool,
    shared: &Shared,
    all: &mut Vec<ChartObjects>,
) -> Map {
    let watch = Some(&shared.watch);
    let subcharts = Map::watched(MapKind::Any, Vec::new(), watch);
    let dot = Map::watched(
        MapKind::Any,
        vec![
            ("Capabilities".into(), shared.capabilities.clone()),
            ("Chart".into(), value(objects::chart(chart, is_root), &shared.watch)),
            ("Files".into(), files(chart, &shared.watch)),
            ("Release".into(), shared.release.clone()),
            ("Subcharts".into(), Value::Map(subcharts.clone())),
            ("Values".into(), Value::Map(values.clone())),
        ],
        watch,
    );
    for subchart in &chart.subcharts {
        let name = &subchart.metadata.name;
        let part = match values.get(name.as_bytes()) {
            Some(Value::Map(part)) => part,
            _ => Map::watched(MapKind::Any, Vec::new(), watch),
        };
        let path = format!("{path}/charts/{name}");
        let object = add_chart(subchart, path, part.with_kind(MapKind::Values), false, shared, all);
        subcharts.insert(name.as_str().into(), Value::Map(object));
    }
    all.push(ChartObjects { path, dot: dot.clone().with_kind(MapKind::Values) });
    dot
}

/// Returns the object `Template` for a template.
pub fn template(name: &str, chart_path: &str, watch: &Watch) -> Value {
    let fields: Vec<Entry> =
        vec![("BasePath".into(), Value::str(format!("{chart_path}/templates"))), ("Name".into(), Value::str(name))];
    Value::Map(Map::watched(MapKind::Values, fields, Some(watch)))
}

fn files(chart: &Chart, watch: &Watch) -> Value {
    let entry = |file: &crate::chart::File| (Text::from(file.path.as_str()), Value::Bytes(file.bytes.clone().into()));
    Value::Map(Map::watched(MapKind::Files, chart.files.iter().map(entry).collect(), Some(watch)))
}

/// Converts an object that all engines share.
fn value(fields: objects::Record<'_>, watch: &Watch) -> Value {
    let text = |text: &String| Value::str(text.as_str());
    let field = |field: Field<'_>| match field {
        Field::Text(text) => Value::str(text),
        Field::Flag(flag) => Value::Bool(flag),
        Field::Number(number) => Value::Int(number.into()),
        Field::Texts(texts) => Value::list(texts.iter().map(text).collect()),
        Field::Annotations(None) => Value::Map(Map::nil(MapKind::Strings)),
        Field::Annotations(Some(annotations)) => {
            let entry = |(name, value): (&String, &String)| (name.as_str().into(), text(value));
            Value::Map(Map::watched(MapKind::Strings, annotations.iter().map(entry).collect(), Some(watch)))
        }
        Field::Records(records) => Value::list(records.into_iter().map(|record| value(record, watch)).collect()),
    };
    let entries = fields.into_iter().map(|(name, content)| (Text::from(name), field(content))).collect();
    Value::Map(Map::watched(MapKind::Any, entries, Some(watch)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Dependency, File, Maintainer};
    use crate::diagnostic::Source;

    /// Checks all maps in a value, and counts them.
    fn count_watched(value: &Value, above: &str) -> usize {
        match value {
            Value::Map(map) if map.is_nil() => 0,
            Value::Map(map) => {
                assert!(map.is_watched(), "{above}");
                map.snapshot()
                    .iter()
                    .map(|(key, value)| count_watched(value, &format!("{above}.{}", key.lossy())))
                    .sum::<usize>()
                    + 1
            }
            Value::List(list) => list.items().iter().map(|item| count_watched(item, above)).sum(),
            _ => 0,
        }
    }

    #[test]
    fn changes_of_all_maps_are_noted() {
        let mut chart = Chart::default();
        chart.metadata.annotations = Some([("a".to_owned(), "b".to_owned())].into());
        chart.metadata.maintainers = vec![Maintainer::default()];
        chart.metadata.dependencies = vec![Dependency::default()];
        chart.files = vec![File::new("f", b"x".to_vec())];
        let mut subchart = chart.clone();
        subchart.metadata.name = "sub".to_owned();
        chart.subcharts = vec![subchart];
        let values = yaml::read_values(&Source::file("v", "a: [{b: {}}]\nsub: {c: {d: 1}}\n")).unwrap();
        let shared = Shared::new(&Release::install("r", "n"), &Capabilities::default());
        let all = charts(&chart, &values, &shared);
        let root = Value::Map(all[1].dot.clone());
        assert_eq!(count_watched(&root, ""), 23);
        let template = template("t", "c", &shared.watch);
        assert_eq!(count_watched(&template, "Template"), 1);
    }
}
