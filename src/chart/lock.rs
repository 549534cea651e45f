//! Chart.lock: the versions that a chart's dependencies were resolved to.

use serde::Deserialize;

use super::timestamp::shortest_rfc3339;
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::yaml::{self, Map, Node, Value, decode};

/// What Chart.lock says. Rendering only asks that it can be read (Helm's rule); its content is for commands that build
/// dependencies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Lock {
    /// When it was made, as it was written.
    pub generated: String,
    /// A checksum of the dependencies it was made from.
    pub digest: String,
    /// The resolved dependencies; `None` where the field is absent, which the checksum tells from an empty list.
    pub dependencies: Option<Vec<LockedDependency>>,
}

/// A dependency with its one version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct LockedDependency {
    /// Its name.
    pub name: String,
    /// Where it is found.
    pub repository: String,
    /// Its version.
    pub version: String,
}

impl Lock {
    /// Reads Chart.lock, or requirements.lock of a version 1 chart; `file` is which. An empty file is no lock.
    ///
    /// # Errors
    /// Broken YAML, or the first field of the wrong type, in Helm's words.
    pub(super) fn read(source: &Source, file: &str) -> Result<Option<Lock>, Diagnostic> {
        let prefixed = |message: &str| format!("cannot load {file}: {message}");
        let node =
            yaml::read_document(source).map_err(|error| Diagnostic { message: prefixed(&error.message), ..error })?;
        if node.value.is_null() {
            return Ok(None);
        }
        decode::from_node(&node).map(Some).map_err(|error| {
            let message = prefixed(&format!("error unmarshaling JSON: while decoding JSON: {}", error.message));
            Diagnostic::error("chart-lock", message)
                .at(error.span, "")
                .help("`helm dependency update` writes the file anew")
        })
    }

    /// The lock as a value, as Chart.lock is written.
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
    fn mistakes_are_told_in_helms_words() {
        let told = |text: &str| Lock::read(&Source::file("Chart.lock", text), "Chart.lock").unwrap_err();
        let error = told("digest: [x]\n");
        assert_eq!(error.labels[0].span.to_string(), "Chart.lock:1:9");
        assert_eq!(
            error.message,
            "cannot load Chart.lock: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct \
             field Lock.digest of type string"
        );
        assert!(told("a: b: c\n").message.starts_with("cannot load Chart.lock: error converting YAML to JSON"));
    }
}
