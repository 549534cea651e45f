//! The input and the output of a render.

use super::capabilities::Capabilities;
use super::environment::Environment;
use super::refusals::Refusals;
use crate::chart::Chart;
use crate::diagnostic::Source;
use crate::yaml::Map;

/// The input of a render of a chart's templates.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The chart with its subcharts, from which disabled ones have been removed.
    pub chart: &'a Chart,
    /// The coalesced values of the whole tree: a subchart's part is under its name.
    pub values: &'a Map,
    /// The release.
    pub release: &'a Release,
    /// The cluster.
    pub capabilities: &'a Capabilities,
    /// Where `required` and `fail` record their refusals, before they return "". `lint` uses this, and also
    /// renders partials that no template refers to. With `None`, a refusal ends the render.
    pub refusals: Option<&'a Refusals>,
}

/// The release to render.
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
    /// The program that manages it: the value of the label `app.kubernetes.io/managed-by`.
    pub service: String,
    /// The environment that it is rendered in.
    pub environment: Environment,
}

impl Release {
    /// Returns the first revision of a release, to be installed by this program.
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

/// The output of a template.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The template's path from the root chart's name on: `mongooseim/charts/db/templates/x.yaml`.
    pub path: String,
    /// The template.
    pub template: Source,
    /// The text of the output.
    pub text: String,
    /// The bytes of the output, if they are not UTF-8. The text then has a character of one byte for each byte that
    /// belongs to none.
    pub bytes: Option<Vec<u8>>,
    /// Whether it is a `NOTES.txt`, which is run so that its errors are reported, but is never printed among the
    /// manifests.
    pub notes: bool,
    /// The random functions called while rendering. With a seed, which makes them reproducible, they are noted only on request.
    pub random: RandomCalls,
}

/// Calls of functions whose results differ in each run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RandomCalls {
    /// The functions, without duplicates.
    pub functions: Vec<&'static str>,
    /// The number of calls.
    pub count: usize,
    /// The paths of the files that made the calls, without duplicates: the file itself and those that it includes.
    pub files: Vec<String>,
}

impl Rendered {
    /// Whether printed output shows or depends on random values.
    pub fn is_random(&self) -> bool {
        !self.random.functions.is_empty() && !self.notes
    }

    /// Whether the file itself makes random calls, not only files that it includes.
    pub fn has_own_random_calls(&self) -> bool {
        self.random.files.contains(&self.path)
    }

    /// Converts the output to a source named by its path.
    pub fn into_source(self) -> Source {
        match self.bytes {
            Some(bytes) => Source::rendered_of_bytes(self.path, bytes),
            None => Source::rendered(self.path, self.text),
        }
    }
}

/// Sorts the output of templates by their paths, in byte order.
pub(super) fn in_order(mut rendered: Vec<Rendered>) -> Vec<Rendered> {
    rendered.sort_by(|a, b| a.path.cmp(&b.path));
    rendered
}
