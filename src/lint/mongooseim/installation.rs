//! Finds the pods that run MongooseIM, their configuration files, and the Services that select them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::diagnostic::{Source, Span};
use crate::kubernetes::Object;
use crate::manifest::Manifest;
use crate::manifest::Manifests;
use crate::yaml::locate_in_scalar;
use crate::yaml::{Map, Node, Value};

/// The folder where the image's start script looks for configuration files.
const FOLDER: &str = "/member";

/// A workload whose pods have a MongooseIM configuration.
pub(super) struct Installation {
    pub(super) workload: Object,
    fields: Map,
    /// The index of the container that runs MongooseIM.
    container: usize,
    files: Vec<File>,
    pub(super) services: Vec<Service>,
    /// The ConfigMaps and Secrets that are rendered.
    stores: Vec<Store>,
}

/// The kind, name and keys of a ConfigMap or Secret.
struct Store {
    kind: &'static str,
    name: String,
    keys: Vec<String>,
}

/// A configuration file in a ConfigMap or Secret.
#[derive(Debug, Clone)]
pub(super) struct File {
    name: String,
    pub(super) text: String,
    /// The template that rendered it.
    pub(super) path: String,
    /// Where its text was written: in a file of the user's, in a value, or in the rendered manifest.
    place: Place,
}

#[derive(Debug, Clone)]
struct Place {
    span: Span,
    /// The byte offset in the file's text at which the text at `span` begins.
    from: usize,
    /// Whether the text is readable at `span`, and not in base64.
    is_plain: bool,
    /// Whether `span` is a YAML scalar or the value of a flag, and not a whole file.
    is_scalar: bool,
}

impl File {
    /// Returns the place of a byte of the text, or of the whole text if that is not known.
    pub(super) fn place(&self, offset: usize) -> Span {
        match offset.checked_sub(self.place.from) {
            Some(offset) if !self.place.is_scalar => self.character(offset),
            Some(offset) if self.place.is_plain => locate_in_scalar(&self.place.span, offset),
            _ => self.place.span.clone(),
        }
    }

    /// Returns the place of the character at a byte offset of a whole file.
    fn character(&self, offset: usize) -> Span {
        let length = self.text.get(offset..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        self.place.span.source().map_or_else(Span::generated, |source| source.span(offset..offset + length))
    }

    /// Creates a file that is checked by itself, without a chart.
    pub(super) fn of_source(source: &Source) -> File {
        let place = Place { span: source.whole(), from: 0, is_plain: true, is_scalar: false };
        File {
            name: "mongooseim.toml".to_owned(),
            text: source.text().to_owned(),
            path: source.name().to_owned(),
            place,
        }
    }

    #[cfg(test)]
    pub(super) fn of_text(name: &str, text: &str) -> File {
        let place = Place { span: Span::generated(), from: 0, is_plain: false, is_scalar: true };
        File { name: name.to_owned(), text: text.to_owned(), path: "c/templates/x.yaml".to_owned(), place }
    }
}

/// A Service that selects the pods.
pub(super) struct Service {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) span: Span,
    pub(super) is_headless: bool,
    pub(super) is_published_early: bool,
    pub(super) ports: Vec<ServicePort>,
}

/// A port of a Service.
pub(super) struct ServicePort {
    pub(super) port: i64,
    pub(super) target: Target,
    pub(super) span: Span,
}

/// The target of a Service's port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Number(i64),
    /// A port name that the pods do not have.
    Unknown(String),
}

impl Target {
    /// Whether the target is this port.
    pub(super) fn is(&self, port: i64) -> bool {
        *self == Target::Number(port)
    }
}

impl Installation {
    /// Finds all installations among the manifests.
    pub(super) fn find(manifests: &Manifests, values: &Map) -> Vec<Installation> {
        let objects: Vec<Object> = manifests.manifests.iter().map(Manifest::object).collect();
        let files: Vec<(Store, Vec<File>)> = objects.iter().filter_map(|object| store(object, values)).collect();
        let is_workload = |object: &&Object| {
            ["StatefulSet", "Deployment", "ReplicaSet", "DaemonSet"].contains(&object.id.kind.as_str())
        };
        let one = |workload: &Object| {
            let fields = workload.fields().into_owned();
            let pod = fields.at(["spec", "template", "spec"])?.value.as_map()?;
            let mounted = mounted_files(pod, &files);
            if !mounted.iter().any(|file| ["mongooseim.toml", "vm.args"].contains(&file.name.as_str())) {
                return None;
            }
            let containers = list(pod, "containers");
            let container = containers.iter().position(mounts_configuration).unwrap_or(0);
            let labels = fields.at(["spec", "template", "metadata", "labels"]).and_then(|node| node.value.as_map());
            let services = objects.iter().filter_map(|object| service(object, labels?, containers)).collect();
            let stores =
                files.iter().map(|(store, _)| Store { keys: store.keys.clone(), name: store.name.clone(), ..*store });
            Some(Installation {
                workload: workload.clone(),
                container,
                files: mounted,
                services,
                stores: stores.collect(),
                fields: fields.clone(),
            })
        };
        objects.iter().filter(is_workload).filter_map(one).collect()
    }

    /// Returns a configuration file by name.
    pub(super) fn file(&self, name: &str) -> Option<&File> {
        self.files.iter().find(|file| file.name == name)
    }

    /// Returns the place of a field of the workload, or of the whole workload if it does not have the field.
    pub(super) fn place(&self, path: &[&str]) -> Span {
        self.at(path).map_or_else(|| self.workload.span.clone(), |node| node.span.clone())
    }

    /// Returns a field of the workload.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Node> {
        self.fields.at(path.iter().copied())
    }

    pub(super) fn replicas(&self) -> i64 {
        self.at(&["spec", "replicas"]).and_then(|node| number(&node.value)).unwrap_or(1)
    }

    fn pod(&self) -> Option<&Map> {
        self.at(&["spec", "template", "spec"])?.value.as_map()
    }

    /// Returns the containers of the pods.
    pub(super) fn containers(&self) -> &[Node] {
        self.pod().map_or(&[], |pod| list(pod, "containers"))
    }

    /// Returns the container that runs MongooseIM.
    pub(super) fn container(&self) -> Option<&Map> {
        self.containers().get(self.container)?.value.as_map()
    }

    /// Whether a container other than MongooseIM's declares this port.
    pub(super) fn is_of_sidecar(&self, port: i64) -> bool {
        let others = self.containers().iter().enumerate().filter(|(index, _)| *index != self.container);
        others.filter_map(|(_, node)| node.value.as_map()).any(|map| ports(map).iter().any(|(known, _)| *known == port))
    }

    /// Returns the ports that MongooseIM's container declares, with their places.
    pub(super) fn container_ports(&self) -> Vec<(i64, Span)> {
        self.container().map(ports).unwrap_or_default()
    }

    /// Returns the number of a named port of any container.
    pub(super) fn port_named(&self, name: &str) -> Option<i64> {
        port_named(self.containers(), name)
    }

    /// Returns what is known about an environment variable of MongooseIM's container, or `None` if nothing is.
    pub(super) fn variable(&self, name: &str) -> Option<Variable> {
        let container = self.container()?;
        let all = list(container, "env").iter().rev();
        let found = all.filter_map(|node| node.value.as_map()).find(|map| text(map, "name") == Some(name));
        match found {
            Some(map) => match map.get("value").map(|node| &node.value) {
                Some(Value::String(text)) => Some(Variable::Is(text.clone())),
                _ => map.get("valueFrom").map(|_| Variable::FromElsewhere),
            },
            None if list(container, "envFrom").is_empty() => Some(Variable::Missing),
            None => None,
        }
    }

    /// Returns what is known about an absolute path in the container.
    pub(super) fn mounted(&self, path: &str) -> Mounted {
        let below = |map: &&Map| {
            let at = text(map, "mountPath").unwrap_or_default().trim_end_matches('/');
            !at.is_empty() && path.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let mounts = self.container().map_or(&[][..], |container| list(container, "volumeMounts"));
        let mount = mounts.iter().filter_map(|node| node.value.as_map()).filter(below);
        let Some(mount) = mount.max_by_key(|map| text(map, "mountPath").map_or(0, str::len)) else {
            return Mounted::Nothing;
        };
        let at = text(mount, "mountPath").unwrap_or_default().trim_end_matches('/');
        let rest = path[at.len()..].trim_start_matches('/');
        let file = match (text(mount, "subPath"), rest) {
            (Some(sub), "") => sub.to_owned(),
            (Some(sub), rest) => format!("{sub}/{rest}"),
            (None, rest) => rest.to_owned(),
        };
        let volumes = self.pod().map_or(&[][..], |pod| list(pod, "volumes"));
        let named = |map: &&Map| text(map, "name") == text(mount, "name");
        let Some(volume) = volumes.iter().filter_map(|node| node.value.as_map()).find(named) else {
            return Mounted::Something;
        };
        let sources = sources(volume);
        let is_known = |source: &Origin<'_>| {
            self.stores.iter().any(|store| store.kind == source.kind && store.name == source.name)
        };
        if sources.is_empty() || !sources.iter().all(is_known) {
            return Mounted::Something;
        }
        let has = |source: &Origin<'_>| {
            let store = self.stores.iter().find(|store| store.kind == source.kind && store.name == source.name);
            store.is_some_and(|store| store.keys.iter().any(|key| source.file_of(key).as_deref() == Some(&file)))
        };
        let names: Vec<String> = sources.iter().map(|source| format!("{} {}", source.kind, source.name)).collect();
        if sources.iter().any(has) { Mounted::Something } else { Mounted::WithoutIt(names.join(", ")) }
    }
}

/// The value of an environment variable, as far as manifests show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Variable {
    Missing,
    Is(String),
    FromElsewhere,
}

/// What is known about a path in a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mounted {
    /// No volume is mounted there: the path is in the image.
    Nothing,
    /// The file exists, or that cannot be determined.
    Something,
    /// A volume from these ConfigMaps and Secrets is mounted there, but does not have the file.
    WithoutIt(String),
}

/// A ConfigMap or Secret in a volume.
struct Origin<'a> {
    kind: &'static str,
    name: &'a str,
    /// The selected keys with their paths; `None` for all keys.
    items: Option<Vec<(&'a str, &'a str)>>,
}

impl Origin<'_> {
    /// Returns the file name for a key.
    fn file_of(&self, key: &str) -> Option<String> {
        match &self.items {
            None => Some(key.to_owned()),
            Some(items) => items.iter().find(|(from, _)| *from == key).map(|(_, path)| (*path).to_owned()),
        }
    }
}

/// Returns the ConfigMaps and Secrets in a volume, or nothing if it has other content.
fn sources(volume: &Map) -> Vec<Origin<'_>> {
    match volume.get("projected").and_then(|node| node.value.as_map()) {
        Some(projected) => {
            list(projected, "sources").iter().filter_map(|node| source_of(node.value.as_map()?)).collect()
        }
        None => source_of(volume).into_iter().collect(),
    }
}

fn source_of(map: &Map) -> Option<Origin<'_>> {
    let (kind, inner) = [("ConfigMap", "configMap"), ("Secret", "secret")]
        .into_iter()
        .find_map(|(kind, field)| Some((kind, map.get(field)?.value.as_map()?)))?;
    let name = text(inner, "secretName").or_else(|| text(inner, "name"))?;
    let items = inner.get("items").and_then(|node| node.value.as_list());
    let items = items.map(|items| items.iter().filter_map(|node| item(node.value.as_map()?)).collect());
    Some(Origin { kind, name, items })
}

/// Returns a selected key and the path of its file.
fn item(map: &Map) -> Option<(&str, &str)> {
    Some((text(map, "key")?, text(map, "path")?))
}

/// Returns the configuration files in a pod's volumes, under their mounted names.
fn mounted_files(pod: &Map, files: &[(Store, Vec<File>)]) -> Vec<File> {
    let volumes = list(pod, "volumes").iter().filter_map(|node| node.value.as_map());
    let mut mounted = Vec::new();
    for source in volumes.flat_map(sources) {
        let of_source = files.iter().filter(|(store, _)| store.kind == source.kind && store.name == source.name);
        for file in of_source.flat_map(|(_, files)| files) {
            if let Some(name) = source.file_of(&file.name) {
                mounted.push(File { name, ..file.clone() });
            }
        }
    }
    mounted
}

fn mounts_configuration(container: &Node) -> bool {
    let mounts = container.value.as_map().map_or(&[][..], |map| list(map, "volumeMounts"));
    let path = |node: &Node| text(node.value.as_map()?, "mountPath").map(|path| path.trim_end_matches('/').to_owned());
    mounts.iter().filter_map(path).any(|path| path == FOLDER)
}

/// Reads the keys and texts of a ConfigMap or Secret.
fn store(object: &Object, values: &Map) -> Option<(Store, Vec<File>)> {
    let kind = ["ConfigMap", "Secret"].into_iter().find(|kind| *kind == object.id.kind)?;
    let fields = object.fields();
    let mut files = Vec::new();
    let mut keys = Vec::new();
    for (field, is_encoded) in [("data", kind == "Secret"), ("binaryData", true), ("stringData", false)] {
        let Some(map) = fields.get(field).and_then(|node| node.value.as_map()) else { continue };
        for (key, node) in map.iter() {
            keys.push(key.to_owned());
            let Some(written) = node.value.as_str() else { continue };
            let decoded = || {
                let compact: String = written.split_whitespace().collect();
                String::from_utf8(STANDARD.decode(compact).ok()?).ok()
            };
            let Some(text) = (if is_encoded { decoded() } else { Some(written.to_owned()) }) else { continue };
            let place = written_by(values, &text).unwrap_or_else(|| Place {
                span: node.span.clone(),
                from: 0,
                is_plain: !is_encoded,
                is_scalar: true,
            });
            files.push(File { name: key.to_owned(), text, path: object.origin.clone(), place });
        }
    }
    Some((Store { kind, name: object.id.name.clone(), keys }, files))
}

/// Finds the value that the text, or its end, is a copy of.
fn written_by(values: &Map, text: &str) -> Option<Place> {
    values.iter().find_map(|(_, node)| match &node.value {
        Value::Map(map) => written_by(map, text),
        // A value of a single line could be equal by coincidence.
        Value::String(value) if value.trim_end().contains('\n') && node.span.source().is_some() => {
            let from = text.trim_end().len().checked_sub(value.trim_end().len())?;
            (text.get(from..)?.trim_end() == value.trim_end()).then(|| Place {
                span: node.span.clone(),
                from,
                is_plain: true,
                is_scalar: true,
            })
        }
        _ => None,
    })
}

fn service(object: &Object, labels: &Map, containers: &[Node]) -> Option<Service> {
    if object.id.kind != "Service" {
        return None;
    }
    let fields = object.fields();
    let spec = fields.get("spec")?.value.as_map()?;
    let selector = spec.get("selector")?.value.as_map().filter(|selector| !selector.is_empty())?;
    if !selector.iter().all(|(key, node)| labels.get(key).is_some_and(|label| label.value == node.value)) {
        return None;
    }
    let port = |node: &Node| {
        let map = node.value.as_map()?;
        let port = number(&map.get("port")?.value)?;
        let target = match map.get("targetPort").map(|node| &node.value) {
            Some(Value::String(name)) => {
                port_named(containers, name).map_or_else(|| Target::Unknown(name.clone()), Target::Number)
            }
            Some(value) => Target::Number(number(value)?),
            None => Target::Number(port),
        };
        Some(ServicePort { port, target, span: map.get("port")?.span.clone() })
    };
    Some(Service {
        name: object.id.name.clone(),
        path: object.origin.clone(),
        span: object.span.clone(),
        is_headless: text(spec, "clusterIP") == Some("None"),
        is_published_early: spec.is_true_at(&["publishNotReadyAddresses"]),
        ports: list(spec, "ports").iter().filter_map(port).collect(),
    })
}

/// Returns the number of a named port of any container.
fn port_named(containers: &[Node], name: &str) -> Option<i64> {
    let all = containers.iter().filter_map(|node| node.value.as_map()).flat_map(|map| list(map, "ports"));
    let mut maps = all.filter_map(|node| node.value.as_map());
    let map = maps.find(|map| text(map, "name") == Some(name))?;
    number(&map.get("containerPort")?.value)
}

/// Returns the ports that a container declares.
fn ports(container: &Map) -> Vec<(i64, Span)> {
    let port = |node: &Node| {
        let port = node.value.as_map()?.get("containerPort")?;
        Some((number(&port.value)?, port.span.clone()))
    };
    list(container, "ports").iter().filter_map(port).collect()
}

/// Returns a list field, or an empty list if it is missing or not a list.
pub(super) fn list<'m>(map: &'m Map, name: &str) -> &'m [Node] {
    map.get(name).and_then(|node| node.value.as_list()).unwrap_or_default()
}

/// Returns a string field.
pub(super) fn text<'m>(map: &'m Map, name: &str) -> Option<&'m str> {
    map.get(name)?.value.as_str()
}

/// Returns an integer.
pub(super) fn number(value: &Value) -> Option<i64> {
    value.as_number().filter(|number| number.fract() == 0.0).map(|number| number as i64)
}
