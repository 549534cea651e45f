//! Reads, validates and writes the metadata in Chart.yaml.

use std::collections::{BTreeMap, HashSet};

use super::cannot_load::cannot_load;
use super::engine_kind::EngineKind;
use super::import_declaration::ImportValues;
use super::metadata_fields::{FieldMistakes, Fields};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::yaml::{self, Entry, Map, Node, RepeatedKey, Value};

/// The maximum number of validation errors reported for a Chart.yaml.
const MAX_REPORTED: usize = 20;

/// The fields of Chart.yaml that Helm knows, and `engine`. Absent string fields are empty.
#[derive(Debug, Clone, Default)]
pub struct Metadata {
    /// The chart's name; an alias replaces it.
    pub name: String,
    /// Its home page.
    pub home: String,
    /// The addresses of its source code.
    pub sources: Vec<String>,
    /// Its SemVer version.
    pub version: String,
    /// A one-sentence description.
    pub description: String,
    /// Keywords for searching.
    pub keywords: Vec<String>,
    /// Its maintainers.
    pub maintainers: Vec<Maintainer>,
    /// The URL of its icon.
    pub icon: String,
    /// `v1` or `v2`.
    pub api_version: String,
    /// Read and written, but otherwise unused.
    pub condition: String,
    /// Read and written, but otherwise unused.
    pub tags: String,
    /// The version of the application that the chart installs.
    pub app_version: String,
    /// Whether the chart is deprecated.
    pub deprecated: bool,
    /// Annotations; `None` if the field is absent.
    pub annotations: Option<BTreeMap<String, String>>,
    /// The Kubernetes versions it supports, as a constraint.
    pub kube_version: String,
    /// The charts it depends on.
    pub dependencies: Vec<Dependency>,
    /// Whether the list of dependencies is present, even if empty; see [`declares_dependencies`](Self::declares_dependencies).
    pub(super) has_dependency_list: bool,
    /// The value of the field `type`.
    pub kind: ChartType,
    /// The engine of its templates.
    pub engine: EngineKind,
    /// The place of each field, by key in lower case, for messages.
    pub(super) places: BTreeMap<String, Span>,
    /// The null items in lists that must not contain any: the list's name, and the place.
    pub(super) empty_items: Vec<(&'static str, Span)>,
}

/// A maintainer of a chart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Maintainer {
    /// Their name.
    pub name: String,
    /// Their email address.
    pub email: String,
    /// The URL of their home page.
    pub url: String,
}

/// A chart that another one depends on.
#[derive(Debug, Clone, Default)]
pub struct Dependency {
    /// Its name.
    pub name: String,
    /// The allowed versions, as a constraint.
    pub version: String,
    /// Its repository.
    pub repository: String,
    /// Comma-separated paths of values that enable or disable it; the first that is a boolean decides.
    pub condition: String,
    /// Names below the top-level value `tags` that enable or disable it.
    pub tags: Vec<String>,
    /// The name under which it is used, if not its own.
    pub alias: String,
    /// Read and written, and part of the checksum in Chart.lock. Set once the chart's dependencies have been processed.
    pub enabled: bool,
    /// The values that are imported from it.
    pub import_values: Vec<ImportValues>,
    /// The list `import-values` as written, for writing Chart.yaml again and for the checksum in Chart.lock.
    pub import_values_written: Vec<Node>,
    /// The place of its declaration.
    pub span: Span,
    /// The place of its alias; generated if it has none.
    pub alias_span: Span,
}

impl Dependency {
    /// Returns the name under which its values are: the alias, or else its own name.
    pub fn key(&self) -> &str {
        if self.alias.is_empty() { &self.name } else { &self.alias }
    }
}

/// The type of a chart, from the field `type` of Chart.yaml.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ChartType {
    /// The field is absent: an application.
    #[default]
    Unspecified,
    /// A chart that can be installed.
    Application,
    /// A chart whose templates are only for other charts.
    Library,
    /// Any other text, which is an error.
    Unknown(String),
}

impl ChartType {
    fn parse(text: String) -> ChartType {
        match text.as_str() {
            "" => ChartType::Unspecified,
            "application" => ChartType::Application,
            "library" => ChartType::Library,
            _ => ChartType::Unknown(text),
        }
    }

    /// Returns the text of the field; "" if it is absent.
    pub fn as_str(&self) -> &str {
        match self {
            ChartType::Unspecified => "",
            ChartType::Application => "application",
            ChartType::Library => "library",
            ChartType::Unknown(text) => text,
        }
    }
}

impl Metadata {
    /// Reads Chart.yaml as Helm decodes it into the Go type `go_type`. Repeated keys are added to `repeated`.
    ///
    /// # Errors
    /// Helm's messages for invalid YAML, or for every field of the wrong type.
    pub(super) fn read(
        source: &Source,
        go_type: &str,
        repeated: &mut Vec<RepeatedKey>,
    ) -> Result<Metadata, Vec<Diagnostic>> {
        let prefix = |error| cannot_load("Chart.yaml", error);
        let node = yaml::read_document_noting(source, repeated).map_err(|error| vec![prefix(error)])?;
        let (metadata, errors) = Metadata::examine_as(&node, go_type);
        let errors = errors.types;
        if errors.is_empty() { Ok(metadata) } else { Err(errors.into_iter().map(prefix).collect()) }
    }

    /// Returns the metadata in a parsed Chart.yaml, and the errors in its fields. A field of the wrong type gets
    /// its zero value.
    pub fn examine(document: &Node) -> (Metadata, FieldMistakes) {
        Metadata::examine_as(document, "v2.Metadata")
    }

    /// Like [`Metadata::examine`], with `go_type` as the type in the error about a document that is not a map.
    fn examine_as(document: &Node, go_type: &str) -> (Metadata, FieldMistakes) {
        let empty = Map::new();
        let mut fields = match &document.value {
            Value::Map(map) => Fields::new(vec![map], "Metadata", ""),
            Value::Null => Fields::new(vec![&empty], "Metadata", ""),
            other => {
                let types = vec![Fields::wrong_type(other, go_type, &document.span)];
                return (Metadata::default(), FieldMistakes { types, ..FieldMistakes::default() });
            }
        };
        let mut metadata = Metadata::from_fields(&mut fields);
        let errors = fields.into_mistakes();
        metadata.empty_items.clone_from(&errors.empty_items);
        (metadata, errors)
    }

    fn from_fields(fields: &mut Fields<'_>) -> Metadata {
        Metadata {
            name: fields.text("name"),
            home: fields.text("home"),
            sources: fields.texts("sources"),
            version: fields.text("version"),
            description: fields.text("description"),
            keywords: fields.texts("keywords"),
            maintainers: fields.list("maintainers", "Maintainer", Maintainer::read),
            icon: fields.text("icon"),
            api_version: fields.text("apiVersion"),
            condition: fields.text("condition"),
            tags: fields.text("tags"),
            app_version: fields.text("appVersion"),
            deprecated: fields.boolean("deprecated"),
            annotations: fields.text_map("annotations"),
            kube_version: fields.text("kubeVersion"),
            dependencies: fields.list("dependencies", "Dependency", Dependency::read),
            has_dependency_list: fields.has("dependencies"),
            kind: ChartType::parse(fields.text("type")),
            engine: read_engine(fields),
            places: fields.places(),
            empty_items: Vec::new(),
        }
    }

    /// Whether there is a list of dependencies. Helm distinguishes an empty list from an absent one: it processes the
    /// charts below a chart only if that has a list.
    pub fn declares_dependencies(&self) -> bool {
        self.has_dependency_list || !self.dependencies.is_empty()
    }

    /// Reads the dependencies in a version 1 chart's requirements.yaml, which replace those in Chart.yaml.
    ///
    /// # Errors
    /// As for Chart.yaml.
    pub(super) fn read_dependencies(&mut self, source: &Source) -> Result<(), Vec<Diagnostic>> {
        let prefix = |error| cannot_load("requirements.yaml", error);
        let node = yaml::read_document(source).map_err(|error| vec![prefix(error)])?;
        let Some(map) = node.value.as_map() else { return Ok(()) };
        let mut fields = Fields::new(vec![map], "Metadata", "");
        let dependencies = fields.list("dependencies", "Dependency", Dependency::read);
        let is_null = fields.is_null("dependencies");
        if is_null || fields.has("dependencies") {
            self.dependencies = dependencies;
            self.has_dependency_list = !is_null;
            self.empty_items.retain(|(list, _)| *list != "dependencies");
        }
        let FieldMistakes { types, empty_items, .. } = fields.into_mistakes();
        self.empty_items.extend(empty_items);
        if types.is_empty() { Ok(()) } else { Err(types.into_iter().map(prefix).collect()) }
    }

    /// Returns the place of a field; a generated span if it is absent.
    pub fn place(&self, field: &str) -> Span {
        self.places.get(&field.to_ascii_lowercase()).cloned().unwrap_or_default()
    }

    /// Returns an error for every rule of Helm that the metadata violates, in Helm's order and with Helm's messages.
    pub(super) fn validate(&self) -> Vec<Diagnostic> {
        let mut errors = Vec::new();
        let mut refuse = |field: &str, message: String| {
            errors.push(Diagnostic::error("chart-yaml", format!("validation: {message}")).at(self.place(field), ""));
        };
        match self.name.as_str() {
            "" => refuse("name", "chart.metadata.name is required".to_owned()),
            "." | ".." => refuse("name", format!("chart.metadata.name {:?} is not allowed", self.name)),
            name if name.contains(['/', '\\']) => refuse("name", format!("chart.metadata.name {name:?} is invalid")),
            _ => {}
        }
        if self.version.is_empty() {
            refuse("version", "chart.metadata.version is required".to_owned());
        } else if crate::version::parse_version(&self.version).is_err() {
            refuse("version", format!("chart.metadata.version {:?} is invalid", self.version));
        }
        if matches!(self.kind, ChartType::Unknown(_)) {
            refuse("type", "chart.metadata.type must be application or library".to_owned());
        }
        for (list, place) in &self.empty_items {
            let message = format!("validation: {list} must not contain empty or null nodes");
            errors.push(Diagnostic::error("chart-yaml", message).at(place.clone(), ""));
        }
        let mut keys: HashSet<&str> = HashSet::new();
        for (number, dependency) in self.dependencies.iter().enumerate() {
            if errors.len() >= MAX_REPORTED {
                let unchecked = self.dependencies.len() - number;
                let message = match unchecked {
                    1 => "validation: 1 more dependency was not checked".to_owned(),
                    _ => format!("validation: {unchecked} more dependencies were not checked"),
                };
                errors.push(Diagnostic::error("chart-yaml", message));
                break;
            }
            let alias_allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            let refuse = |message: String| Diagnostic::error("chart-yaml", format!("validation: {message}"));
            if !dependency.alias.chars().all(alias_allowed) {
                let name = &dependency.name;
                let error = refuse(format!("dependency {name:?} has disallowed characters in the alias"));
                let help = "an alias consists of ASCII letters, digits, - and _";
                errors.push(error.at(dependency.alias_span.clone(), "").help(help));
            }
            if !keys.insert(dependency.key()) {
                let error = refuse(format!("more than one dependency with name or alias {:?}", dependency.key()));
                errors.push(error.at(dependency.span.clone(), ""));
            }
        }
        errors
    }

    /// Returns the value that is written to Chart.yaml: the fields that are set, under their names there.
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        let mut put = |key: &str, value: Value| {
            map.insert(key, Span::generated(), Node::generated(value));
        };
        let texts = [
            ("name", self.name.as_str()),
            ("home", &self.home),
            ("version", &self.version),
            ("description", &self.description),
            ("icon", &self.icon),
            ("apiVersion", &self.api_version),
            ("condition", &self.condition),
            ("tags", &self.tags),
            ("appVersion", &self.app_version),
            ("kubeVersion", &self.kube_version),
            ("type", self.kind.as_str()),
        ];
        for (key, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            put(key, Value::String(text.to_owned()));
        }
        for (key, list) in [("sources", &self.sources), ("keywords", &self.keywords)] {
            if !list.is_empty() {
                put(key, text_list(list));
            }
        }
        if self.deprecated {
            put("deprecated", Value::Bool(true));
        }
        if self.engine == EngineKind::Tera {
            put("engine", Value::String("tera".to_owned()));
        }
        if let Some(annotations) = self.annotations.as_ref().filter(|annotations| !annotations.is_empty()) {
            put("annotations", text_fields(annotations.iter().map(|(key, text)| (key.as_str(), text))));
        }
        if !self.maintainers.is_empty() {
            put("maintainers", list(self.maintainers.iter().map(Maintainer::to_value)));
        }
        if !self.dependencies.is_empty() {
            put("dependencies", list(self.dependencies.iter().map(Dependency::to_value)));
        }
        Value::Map(map)
    }
}

fn read_engine(fields: &mut Fields<'_>) -> EngineKind {
    let name = fields.text("engine");
    match name.as_str() {
        "" | "gotpl" => EngineKind::GoTemplate,
        "tera" => EngineKind::Tera,
        _ => {
            fields.refuse(
                "engine",
                Diagnostic::error("chart-yaml", format!("unknown template engine {name:?}"))
                    .at(fields.place("engine"), "")
                    .help("set `engine: tera`, or remove the field for Go templates"),
            );
            EngineKind::GoTemplate
        }
    }
}

impl Maintainer {
    fn read(fields: &mut Fields<'_>) -> Maintainer {
        Maintainer { name: fields.text("name"), email: fields.text("email"), url: fields.text("url") }
    }

    fn to_value(&self) -> Value {
        let texts = [("name", &self.name), ("email", &self.email), ("url", &self.url)];
        text_fields(texts.into_iter().filter(|(_, text)| !text.is_empty()))
    }
}

impl Dependency {
    pub(super) fn read(fields: &mut Fields<'_>) -> Dependency {
        Dependency {
            name: fields.text("name"),
            version: fields.text("version"),
            repository: fields.text("repository"),
            condition: fields.text("condition"),
            tags: fields.texts("tags"),
            alias: fields.text("alias"),
            enabled: fields.boolean("enabled"),
            import_values: fields.import_values("import-values"),
            import_values_written: fields.nodes("import-values"),
            span: fields.place("name"),
            alias_span: fields.place("alias"),
        }
    }

    pub(super) fn to_value(&self) -> Value {
        let texts = [("version", &self.version), ("condition", &self.condition), ("alias", &self.alias)];
        let set = texts.into_iter().filter(|(_, text)| !text.is_empty());
        let always = [("name", &self.name), ("repository", &self.repository)];
        let mut map: Map = always.into_iter().chain(set).map(text_field).collect();
        let mut put = |key: &str, value: Value| {
            map.insert(key, Span::generated(), Node::generated(value));
        };
        if !self.tags.is_empty() {
            put("tags", text_list(&self.tags));
        }
        if self.enabled {
            put("enabled", Value::Bool(true));
        }
        if !self.import_values_written.is_empty() {
            put("import-values", Value::List(self.import_values_written.clone()));
        }
        Value::Map(map)
    }
}

fn list(items: impl Iterator<Item = Value>) -> Value {
    Value::List(items.map(Node::generated).collect())
}

fn text_list(texts: &[String]) -> Value {
    list(texts.iter().map(|text| Value::String(text.clone())))
}

fn text_fields<'a>(fields: impl Iterator<Item = (&'a str, &'a String)>) -> Value {
    Value::Map(fields.map(text_field).collect())
}

fn text_field((key, text): (&str, &String)) -> (String, Entry) {
    (key.to_owned(), Entry { key: Span::generated(), node: Node::generated(Value::String(text.clone())) })
}
