//! What a build of Helm reports about itself: `helm version`, and `Capabilities.HelmVersion` in templates.

use std::borrow::Cow;

use crate::go::strconv::quote_double;

/// Helm's `version.BuildInfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildInfo {
    /// The version: `v4.2.4`.
    version: Cow<'static, str>,
    git_commit: &'static str,
    git_tree_state: &'static str,
    go_version: &'static str,
    /// The version of the Kubernetes client in it; Helm 3 has no such field.
    kube_client_version: Option<&'static str>,
}

impl BuildInfo {
    /// Helm v4.2.4, whose output this program reproduces.
    pub const HELM: BuildInfo = BuildInfo {
        version: Cow::Borrowed("v4.2.4"),
        git_commit: "3900f434fd3ef2b84065dc04508df48f288dba00",
        git_tree_state: "clean",
        go_version: "go1.26.8",
        kube_client_version: Some("v1.36"),
    };

    /// Returns a build of which only the version (`v3.19.0`) is known.
    pub fn of_version(version: impl Into<Cow<'static, str>>) -> BuildInfo {
        let version = version.into();
        let kube_client_version = (!version.starts_with("v3.")).then_some("v1.36");
        BuildInfo { version, git_commit: "", git_tree_state: "", go_version: "", kube_client_version }
    }

    /// Returns the fields, in Go's order.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let known = [
            ("Version", &*self.version),
            ("GitCommit", self.git_commit),
            ("GitTreeState", self.git_tree_state),
            ("GoVersion", self.go_version),
        ];
        known.into_iter().chain(self.kube_client_version.map(|version| ("KubeClientVersion", version)))
    }

    /// Returns the output of `helm version --short`: the version, and the first seven digits of the commit if it is
    /// known.
    pub fn short(&self) -> String {
        match self.git_commit.get(..7) {
            Some(commit) => format!("{}+g{commit}", self.version),
            None => self.version.clone().into_owned(),
        }
    }

    /// Returns the output of `helm version`: the fields in Go's syntax.
    pub fn go_syntax(&self) -> String {
        let fields: Vec<String> =
            self.fields().map(|(name, value)| format!("{name}:{}", quote_double(value))).collect();
        format!("version.BuildInfo{{{}}}", fields.join(", "))
    }
}
