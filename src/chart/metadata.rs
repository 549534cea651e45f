//! What Chart.yaml says.

use std::collections::{BTreeMap, HashSet};

use super::engine_kind::EngineKind;
use super::import_declaration::ImportValues;
use super::metadata_fields::{FieldMistakes, Fields};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::yaml::{self, Entry, Map, Node, Repeated, Value};

/// How many errors of one Chart.yaml are reported.
const MAX_REPORTED: usize = 20;

/// The fields of Chart.yaml that Helm knows, and `engine`. Absent texts are empty.
#[derive(Debug, Clone, Default)]
pub struct Metadata {
    /// The chart's name; a dependency's alias replaces it.
    pub name: String,
    /// Its home page.
    pub home: String,
    /// Where its source is found.
    pub sources: Vec<String>,
    /// Its version, by SemVer.
    pub version: String,
    /// What it is, in a sentence.
    pub description: String,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// Who looks after it.
    pub maintainers: Vec<Maintainer>,
    /// The address of a picture.
    pub icon: String,
    /// `v1` or `v2`.
    pub api_version: String,
    /// Not used by charts themselves.
    pub condition: String,
    /// Not used by charts themselves.
    pub tags: String,
    /// The version of what the chart installs.
    pub app_version: String,
    /// Whether the chart should not be used any more.
    pub deprecated: bool,
    /// Free annotations; `None` where the field is absent.
    pub annotations: Option<BTreeMap<String, String>>,
    /// The Kubernetes versions it runs on, as a constraint.
    pub kube_version: String,
    /// The charts it needs.
    pub dependencies: Vec<Dependency>,
    /// Whether the list of them is there, be it empty: [`declares_dependencies`](Self::declares_dependencies).
    pub(super) has_dependency_list: bool,
    /// What the field `type` says.
    pub kind: ChartType,
    /// What the templates are written in.
    pub engine: EngineKind,
    /// Where each field is written, for messages.
    pub(super) places: BTreeMap<String, Span>,
    /// The null items of lists that may have none: the list's name, and the place.
    pub(super) empty_items: Vec<(&'static str, Span)>,
}

/// Somebody who looks after a chart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Maintainer {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their page.
    pub url: String,
}

/// A chart that another one needs.
#[derive(Debug, Clone, Default)]
pub struct Dependency {
    /// Its name.
    pub name: String,
    /// The versions allowed, as a constraint.
    pub version: String,
    /// Where it is found.
    pub repository: String,
    /// Paths in the values that switch it on or off, comma-separated; the first that is a boolean decides.
    pub condition: String,
    /// Names in the top-level values `tags` that switch it on or off.
    pub tags: Vec<String>,
    /// What it is imported as.
    pub alias: String,
    /// Not used by charts themselves; it is kept because the checksum in Chart.lock counts it.
    pub enabled: bool,
    /// Values taken over from it.
    pub import_values: Vec<ImportValues>,
    /// The list `import-values` as it was written, which is how Chart.yaml is written again and what Chart.lock counts.
    pub import_values_written: Vec<Node>,
    /// Where it is declared.
    pub span: Span,
    /// Where its alias is written; generated if it has none.
    pub alias_span: Span,
}

impl Dependency {
    /// The name its values stand under: the alias, else the name.
    pub fn key(&self) -> &str {
        if self.alias.is_empty() { &self.name } else { &self.alias }
    }
}

/// The kind of a chart, as the field `type` of Chart.yaml names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ChartType {
    /// There is no such field: an application.
    #[default]
    Unspecified,
    /// A chart that is installed.
    Application,
    /// A chart whose templates are only there for others.
    Library,
    /// Anything else, which is an error.
    Unknown(String),
}

impl ChartType {
    fn of(text: String) -> ChartType {
        match text.as_str() {
            "" => ChartType::Unspecified,
            "application" => ChartType::Application,
            "library" => ChartType::Library,
            _ => ChartType::Unknown(text),
        }
    }

    /// The text of the field; "" if there is none.
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
    /// Reads Chart.yaml, as Helm does into the type `go_type`. Keys that are written twice are added to `repeated`.
    ///
    /// # Errors
    /// Broken YAML, or every field of the wrong type, as Helm says it.
    pub(super) fn read(
        source: &Source,
        go_type: &str,
        repeated: &mut Vec<Repeated>,
    ) -> Result<Metadata, Vec<Diagnostic>> {
        let prefix =
            |error: Diagnostic| Diagnostic { message: format!("cannot load Chart.yaml: {}", error.message), ..error };
        let node = yaml::read_document_noting(source, repeated).map_err(|error| vec![prefix(error)])?;
        let (metadata, errors) = Metadata::examine_as(&node, go_type);
        let errors = errors.types;
        if errors.is_empty() { Ok(metadata) } else { Err(errors.into_iter().map(prefix).collect()) }
    }

    /// What a Chart.yaml says that was read as YAML, and what is wrong with its fields: one of the wrong type says nothing.
    pub fn examine(document: &Node) -> (Metadata, FieldMistakes) {
        Metadata::examine_as(document, "v2.Metadata")
    }

    /// The same; a document of another type can't be read into `go_type`.
    fn examine_as(document: &Node, go_type: &str) -> (Metadata, FieldMistakes) {
        let empty = Map::new();
        let mut fields = match &document.value {
            Value::Map(map) => Fields::new(map, "Metadata", ""),
            Value::Null => Fields::new(&empty, "Metadata", ""),
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
            kind: ChartType::of(fields.text("type")),
            engine: read_engine(fields),
            places: fields.places(),
            empty_items: Vec::new(),
        }
    }

    /// Whether there is a list of dependencies. Helm tells an empty list from none: it looks below a chart that has one.
    pub fn declares_dependencies(&self) -> bool {
        self.has_dependency_list || !self.dependencies.is_empty()
    }

    /// Reads the dependencies of a version 1 chart's requirements.yaml, which replace those of Chart.yaml.
    ///
    /// # Errors
    /// As for Chart.yaml.
    pub(super) fn read_dependencies(&mut self, source: &Source) -> Result<(), Vec<Diagnostic>> {
        let prefix = |error: Diagnostic| Diagnostic {
            message: format!("cannot load requirements.yaml: {}", error.message),
            ..error
        };
        let node = yaml::read_document(source).map_err(|error| vec![prefix(error)])?;
        let Some(map) = node.value.as_map() else { return Ok(()) };
        let mut fields = Fields::new(map, "Metadata", "");
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

    /// Where a field is written; generated if it is not.
    pub fn place(&self, field: &str) -> Span {
        self.places.get(field).cloned().unwrap_or_default()
    }

    /// Every rule of Helm that the metadata breaks, in Helm's order and words.
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
                let message = format!("validation: {unchecked} further dependencies were not checked");
                errors.push(Diagnostic::error("chart-yaml", message));
                break;
            }
            let alias_allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            let refuse = |message: String| Diagnostic::error("chart-yaml", format!("validation: {message}"));
            if !dependency.alias.chars().all(alias_allowed) {
                let name = &dependency.name;
                let error = refuse(format!("dependency {name:?} has disallowed characters in the alias"));
                let help = "an alias is made of ASCII letters, digits, - and _";
                errors.push(error.at(dependency.alias_span.clone(), "").help(help));
            }
            if !keys.insert(dependency.key()) {
                let error = refuse(format!("more than one dependency with name or alias {:?}", dependency.key()));
                errors.push(error.at(dependency.span.clone(), ""));
            }
        }
        errors
    }

    /// Chart.yaml as a value: the fields that are set, under their names there.
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
                    .help("say `engine: tera`, or leave the field out for Go templates"),
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
