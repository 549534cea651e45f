//! Reads and writes Chart.lock, which records the resolved versions of a chart's dependencies.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::cannot_load::cannot_load;
use super::metadata::Dependency;
use super::metadata_fields::Fields;
use super::timestamp::shortest_rfc3339;
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::go::time::{self, Zone};
use crate::json;
use crate::yaml::{self, Map, Node, Value};

/// The layout of Go's `time.RFC3339`.
const RFC3339: &[u8] = b"2006-01-02T15:04:05Z07:00";

/// The content of Chart.lock. Rendering only requires that it can be read (Helm's rule); its content is for commands that
/// build dependencies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// The time when it was generated, as written.
    pub generated: String,
    /// A checksum of the declared and the locked dependencies.
    pub digest: String,
    /// The resolved dependencies; `None` if the field is absent, which the checksum distinguishes from an empty list.
    pub dependencies: Option<Vec<LockedDependency>>,
}

/// A dependency with its resolved version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LockedDependency {
    /// Its name.
    pub name: String,
    /// Its repository.
    pub repository: String,
    /// Its version.
    pub version: String,
}

impl Lock {
    /// Reads Chart.lock, or requirements.lock of a version 1 chart; `file` is the name of the file. An empty file
    /// results in `None`.
    ///
    /// # Errors
    /// Helm's message for invalid YAML, or for the first field of the wrong type.
    pub(super) fn read(source: &Source, file: &str) -> Result<Option<Lock>, Diagnostic> {
        let node = yaml::read_document(source).map_err(|error| cannot_load(file, error))?;
        if node.value.is_null() {
            return Ok(None);
        }
        Lock::decode(&node).map(Some).map_err(|error| {
            Diagnostic { code: "chart-lock", ..cannot_load(file, error) }
                .help("`helm dependency update` rewrites the file")
        })
    }

    /// Decodes the fields like Go. The error about an invalid time takes precedence; of the others, the first by field
    /// name is returned.
    fn decode(node: &Node) -> Result<Lock, Diagnostic> {
        let Some(map) = node.value.as_map() else { return Err(Fields::wrong_type(&node.value, "v2.Lock", &node.span)) };
        let mut fields = Fields::new(vec![map], "Lock", "");
        let dependencies = fields.list("dependencies", "Dependency", Dependency::read);
        let dependencies = fields.has("dependencies").then(|| dependencies.into_iter().map(locked).collect());
        let digest = fields.text("digest");
        let generated = fields.node("generated").map(time_of).transpose()?.unwrap_or_default();
        match fields.into_mistakes().types.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(Lock { generated, digest, dependencies }),
        }
    }

    /// Returns the value that is written to Chart.lock.
    pub(super) fn to_value(&self) -> Value {
        let text = |text: &str| Value::String(text.to_owned());
        let list = |dependencies: &Vec<LockedDependency>| {
            Value::List(dependencies.iter().map(LockedDependency::to_value).map(Node::generated).collect())
        };
        fields([
            ("dependencies", self.dependencies.as_ref().map_or(Value::Null, list)),
            ("digest", text(&self.digest)),
            ("generated", text(&shortest_rfc3339(&self.generated))),
        ])
    }
}

impl Lock {
    /// Whether the checksum shows that the lock was generated from these declared dependencies. If `accept_v2_digest`, the checksum
    /// of Helm version 2 is accepted, too.
    pub fn matches(&self, requested: &[Dependency], accept_v2_digest: bool) -> bool {
        let locked = self.dependencies.as_deref();
        // Helm distinguishes an empty list from an absent one; here they are the same.
        let any = [json_list(requested, requested_json), "[]".to_owned()];
        let forms = if requested.is_empty() { &any[..] } else { &any[..1] };
        forms.iter().any(|requested| {
            let is_old = || accept_v2_digest && self.digest == checksum(&format!("{{\"dependencies\":{requested}}}"));
            self.digest == checksum(&format!("[{requested},{}]", locked_json(locked))) || is_old()
        })
    }

    /// Creates a new lock for declared dependencies; `generated` is the time.
    pub fn new(requested: &[Dependency], locked: Vec<LockedDependency>, generated: String) -> Lock {
        let text = format!("[{},{}]", json_list(requested, requested_json), locked_json(Some(&locked)));
        Lock { generated, digest: checksum(&text), dependencies: Some(locked) }
    }

    /// Returns the text of Chart.lock.
    ///
    /// # Errors
    /// A string in it cannot be written as YAML.
    pub fn to_text(&self) -> Result<String, Diagnostic> {
        let text = yaml::write(&self.to_value());
        text.map(|text| text + "\n")
            .map_err(|error| Diagnostic::error("chart-lock", format!("cannot write Chart.lock: {error}")))
    }
}

fn locked(dependency: Dependency) -> LockedDependency {
    let Dependency { name, repository, version, .. } = dependency;
    LockedDependency { name, repository, version }
}

/// Returns a time as written, if Go can parse it. Go parses the text between the quotes in JSON.
fn time_of(node: &Node) -> Result<String, Diagnostic> {
    let refuse = |message: String| {
        Diagnostic::error("chart-lock", format!("error unmarshaling JSON: while decoding JSON: {message}"))
            .at(node.span.clone(), "expected a time such as 2026-07-01T12:00:00Z")
    };
    let Some(text) = node.value.as_str() else {
        return Err(refuse("Time.UnmarshalJSON: input is not a JSON string".to_owned()));
    };
    let written = json::write(&node.value);
    let written = &written[1..written.len() - 1];
    time::parse(RFC3339, written.as_bytes(), &Zone::UTC).map_err(refuse)?;
    Ok(text.to_owned())
}

/// Returns `sha256:` and the SHA-256 checksum of a text in hexadecimal.
fn checksum(text: &str) -> String {
    let mut checksum = "sha256:".to_owned();
    for byte in Sha256::digest(text) {
        // Writing to a String can't fail.
        let _ = write!(checksum, "{byte:02x}");
    }
    checksum
}

fn json_list<T>(items: &[T], written: impl Fn(&T) -> String) -> String {
    if items.is_empty() {
        return "null".to_owned();
    }
    format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(","))
}

fn locked_json(locked: Option<&[LockedDependency]>) -> String {
    match locked {
        Some([]) => "[]".to_owned(),
        Some(locked) => json_list(locked, |dependency| {
            object(&[("name", &dependency.name), ("version", &dependency.version)], &dependency.repository, &[])
        }),
        None => "null".to_owned(),
    }
}

/// Returns a declared dependency as Go encodes it: fields in the order of Helm's struct, without empty ones.
fn requested_json(dependency: &Dependency) -> String {
    let mut more = Vec::new();
    let text = |text: &String| Value::String(text.clone());
    if !dependency.condition.is_empty() {
        more.push(("condition", text(&dependency.condition)));
    }
    if !dependency.tags.is_empty() {
        more.push(("tags", Value::List(dependency.tags.iter().map(text).map(Node::generated).collect())));
    }
    if dependency.enabled {
        more.push(("enabled", Value::Bool(true)));
    }
    if !dependency.import_values_written.is_empty() {
        more.push(("import-values", Value::List(dependency.import_values_written.clone())));
    }
    if !dependency.alias.is_empty() {
        more.push(("alias", text(&dependency.alias)));
    }
    object(&[("name", &dependency.name), ("version", &dependency.version)], &dependency.repository, &more)
}

/// Returns a JSON object with the name, the version if it is not empty, the repository even if it is empty, and `more` fields.
fn object(first: &[(&str, &String)], repository: &str, more: &[(&str, Value)]) -> String {
    let text = |text: &str| json::write(&Value::String(text.to_owned()));
    let name_or_given = |(key, value): &&(&str, &String)| *key == "name" || !value.is_empty();
    let mut fields: Vec<String> =
        first.iter().filter(name_or_given).map(|(key, value)| format!("{}:{}", text(key), text(value))).collect();
    fields.push(format!("\"repository\":{}", text(repository)));
    fields.extend(more.iter().map(|(key, value)| format!("{}:{}", text(key), json::write(value))));
    format!("{{{}}}", fields.join(","))
}

impl LockedDependency {
    fn to_value(&self) -> Value {
        let text = |text: &str| Value::String(text.to_owned());
        let mut all = vec![("name", text(&self.name)), ("repository", text(&self.repository))];
        if !self.version.is_empty() {
            all.push(("version", text(&self.version)));
        }
        fields(all)
    }
}

fn fields<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let mut map = Map::new();
    for (key, value) in fields {
        map.insert(key, Span::generated(), Node::generated(value));
    }
    Value::Map(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_read() {
        let text = "digest: sha256:ab\ndependencies:\n- name: db\n  version: 1.2.3\n  repository: file://../db\n";
        let lock = Lock::read(&Source::file("Chart.lock", text), "Chart.lock").unwrap().unwrap();
        assert_eq!((lock.digest.as_str(), lock.dependencies.unwrap()[0].version.as_str()), ("sha256:ab", "1.2.3"));
        assert_eq!(Lock::read(&Source::file("Chart.lock", ""), "Chart.lock").unwrap(), None);
    }

    #[test]
    fn a_lock_is_written_as_helm_writes_it() {
        let text = "dependencies:\n- name: db\n  repository: \"\"\n  version: 1.2.3\n- name: x\n  repository: file://../x\n\
                    digest: sha256:ab\ngenerated: \"2024-05-06T07:08:09.123456789+02:00\"";
        let lock = Lock::read(&Source::file("Chart.lock", text), "Chart.lock").unwrap().unwrap();
        assert_eq!(yaml::write(&lock.to_value()).unwrap(), text);
    }

    #[test]
    fn errors_are_reported_as_in_helm() {
        let reported = |text: &str| Lock::read(&Source::file("Chart.lock", text), "Chart.lock").unwrap_err();
        let error = reported("digest: [x]\n");
        assert_eq!(error.labels[0].span.to_string(), "Chart.lock:1:9");
        assert_eq!(
            error.message,
            "cannot load Chart.lock: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct \
             field Lock.digest of type string"
        );
        for (text, message) in [
            ("generated: 1", "Time.UnmarshalJSON: input is not a JSON string"),
            (
                "dependencies: x\ngenerated: nope",
                "parsing time \"nope\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"nope\" as \"2006\"",
            ),
            ("generated: 2020-13-01T00:00:00Z", "parsing time \"2020-13-01T00:00:00Z\": month out of range"),
            (
                "dependencies: x",
                "json: cannot unmarshal string into Go struct field Lock.dependencies of type []*v2.Dependency",
            ),
            (
                "dependencies: [{import-values: 3}]",
                "json: cannot unmarshal number into Go struct field Dependency.dependencies.import-values of type []interface {}",
            ),
            ("[]", "json: cannot unmarshal array into Go value of type v2.Lock"),
        ] {
            let prefix = "cannot load Chart.lock: error unmarshaling JSON: while decoding JSON: ";
            assert_eq!(reported(text).message, format!("{prefix}{message}"), "{text}");
        }
        assert!(reported("a: b: c\n").message.starts_with("cannot load Chart.lock: error converting YAML to JSON"));
    }
}
