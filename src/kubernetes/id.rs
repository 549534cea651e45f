//! The identity of an object.

use std::fmt;

/// The identity of an object as its manifest declares it. Missing fields are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// The API version: `apps/v1`.
    pub api_version: String,
    /// The kind: `StatefulSet`.
    pub kind: String,
    /// The object's name.
    pub name: String,
    /// The object's namespace, if the manifest declares one.
    pub namespace: String,
}

impl Id {
    /// Returns the API group: `apps`, or an empty string for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}

impl fmt::Display for Id {
    /// Writes `StatefulSet/mongooseim`, or `chat/ConfigMap/config` with a namespace.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.namespace.is_empty() {
            write!(f, "{}/", self.namespace)?;
        }
        write!(f, "{}/{}", self.kind, self.name)
    }
}
