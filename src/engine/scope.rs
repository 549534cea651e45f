//! What a chart's templates are rendered with, and what they give.

use super::capabilities::Capabilities;
use super::environment::Environment;
use super::refusals::Refusals;
use crate::chart::Chart;
use crate::diagnostic::Source;
use crate::yaml::Map;

/// What one run of a chart's templates works with.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The chart, with its subcharts; disabled ones have been taken out already.
    pub chart: &'a Chart,
    /// The values of the whole tree, coalesced: a subchart's part is under the subchart's name.
    pub values: &'a Map,
    /// The release.
    pub release: &'a Release,
    /// The cluster.
    pub capabilities: &'a Capabilities,
    /// Where `required` and `fail` say what they would refuse, and then give "": for `lint`, which also looks at partials
    /// that no template refers to. `None`: a refusal ends the render.
    pub refusals: Option<&'a Refusals>,
}

/// The release that is rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Release {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Whether it is rendered as a first installation.
    pub is_install: bool,
    /// Whether it is rendered as an upgrade.
    pub is_upgrade: bool,
    /// Its revision, from 1.
    pub revision: u32,
    /// Who manages it: the value of the label `app.kubernetes.io/managed-by`.
    pub service: String,
    /// What it takes from the world around it.
    pub environment: Environment,
}

impl Release {
    /// The first revision of a release, to be installed by this program.
    ///
    /// ```
    /// use mim_chart::Release;
    ///
    /// assert!(Release::install("xmpp", "default").is_install);
    /// ```
    pub fn install(name: impl Into<String>, namespace: impl Into<String>) -> Release {
        Release {
            name: name.into(),
            namespace: namespace.into(),
            is_install: true,
            is_upgrade: false,
            revision: 1,
            service: "mim-chart".to_owned(),
            environment: Environment::default(),
        }
    }
}

/// What a template gave.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The template's path from the root chart's name on: `mongooseim/charts/db/templates/x.yaml`.
    pub path: String,
    /// The template.
    pub template: Source,
    /// The text it gave.
    pub text: String,
    /// The bytes it gave, where they are not UTF-8: the text has a character of one byte for each that belongs to none.
    pub bytes: Option<Vec<u8>>,
    /// Whether it is a `NOTES.txt`: executed so that its errors are seen, but never printed among the manifests.
    pub notes: bool,
    /// The random functions that were called for it, unless a seed makes them reproducible.
    pub random: RandomCalls,
}

/// Calls of functions whose results are different in each run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RandomCalls {
    /// The functions, each once.
    pub functions: Vec<&'static str>,
    /// How many calls there were.
    pub count: usize,
    /// The paths of the files in which they were made, each once: the file itself, and those that it includes.
    pub files: Vec<String>,
}

impl Rendered {
    /// What it gave, by its path.
    pub fn into_source(self) -> Source {
        match self.bytes {
            Some(bytes) => Source::rendered_of_bytes(self.path, bytes),
            None => Source::rendered(self.path, self.text),
        }
    }
}

/// What templates gave, in the byte order of their paths.
pub(super) fn in_order(mut rendered: Vec<Rendered>) -> Vec<Rendered> {
    rendered.sort_by(|a, b| a.path.cmp(&b.path));
    rendered
}
