//! Chart.lock: the versions that a chart's dependencies were resolved to.

use serde::Deserialize;

use crate::diagnostic::{Diagnostic, Source};
use crate::yaml::{self, decode};

/// What Chart.lock says. Rendering only asks that it can be read (Helm's rule); its content is for commands that build
/// dependencies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Lock {
    /// When it was made, as it was written.
    pub generated: String,
    /// A checksum of the dependencies it was made from.
    pub digest: String,
    /// The resolved dependencies.
    pub dependencies: Vec<LockedDependency>,
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
    /// Reads Chart.lock. An empty file is an empty lock.
    ///
    /// # Errors
    /// Broken YAML, or the first field of the wrong type, in Helm's words.
    pub(super) fn read(source: &Source) -> Result<Lock, Diagnostic> {
        let prefixed = |message: &str| format!("cannot load Chart.lock: {message}");
        let node =
            yaml::read_document(source).map_err(|error| Diagnostic { message: prefixed(&error.message), ..error })?;
        decode::from_node(&node).map_err(|error| {
            let message = prefixed(&format!("error unmarshaling JSON: while decoding JSON: {}", error.message));
            Diagnostic::error("chart-lock", message)
                .at(error.span, "")
                .help("`helm dependency update` writes the file anew")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_read() {
        let text = "digest: sha256:ab\ndependencies:\n- name: db\n  version: 1.2.3\n  repository: file://../db\n";
        let lock = Lock::read(&Source::file("Chart.lock", text)).unwrap();
        assert_eq!((lock.digest.as_str(), lock.dependencies[0].version.as_str()), ("sha256:ab", "1.2.3"));
        assert_eq!(Lock::read(&Source::file("Chart.lock", "")).unwrap(), Lock::default());
    }

    #[test]
    fn mistakes_are_told_in_helms_words() {
        let told = |text: &str| Lock::read(&Source::file("Chart.lock", text)).unwrap_err();
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
