//! What identifies an object.

use std::fmt;

/// What a manifest calls itself. Absent fields are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// `apps/v1`
    pub api_version: String,
    /// `StatefulSet`
    pub kind: String,
    /// The object's name.
    pub name: String,
    /// The object's namespace, if the manifest gives one.
    pub namespace: String,
}

impl Id {
    /// The group of its API: `apps`; empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}

impl fmt::Display for Id {
    /// `StatefulSet/mongooseim`, `chat/ConfigMap/config` with a namespace.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.namespace.is_empty() {
            write!(f, "{}/", self.namespace)?;
        }
        write!(f, "{}/{}", self.kind, self.name)
    }
}
