//! How a new version of a chart treats the user's values, as data.

/// How the user's values fare between two versions of a chart.
#[derive(Debug, Clone, Default)]
pub struct Upgrade {
    /// The name and version of the old chart: `web 1.4.2`.
    pub old_chart: String,
    /// The name and version of the new chart.
    pub new_chart: String,
    /// Values that are set, but that no template of the new chart reads.
    pub unused: Vec<UnusedValue>,
    /// Defaults that changed, and that changed the output because the user has not set the value.
    pub defaults: Vec<ChangedDefault>,
}

/// A value that has no effect in the new chart.
#[derive(Debug, Clone)]
pub struct UnusedValue {
    /// Its key, in the form of `--set`.
    pub key: String,
    /// Where it is set: a file with its line, or a flag.
    pub place: String,
    /// Whether the old chart read it.
    pub was_used: bool,
    /// The key that seems to have replaced it.
    pub renamed_to: Option<String>,
}

/// A default that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedDefault {
    /// Its key, in the form of `--set`.
    pub key: String,
    /// The old default as JSON; `None` if there was none.
    pub old: Option<String>,
    /// The new default as JSON; `None` if there is none.
    pub new: Option<String>,
    /// The number of objects that differ because of it.
    pub objects: usize,
}

impl Upgrade {
    /// Returns `web 1.4.2 → 2.0.0`.
    pub(super) fn title(&self) -> String {
        let version = |chart: &str| chart.rsplit_once(' ').map(|(name, version)| (name.to_owned(), version.to_owned()));
        match (version(&self.old_chart), version(&self.new_chart)) {
            _ if self.old_chart == self.new_chart => self.new_chart.clone(),
            (Some((old, _)), Some((new, version))) if old == new => format!("{} → {version}", self.old_chart),
            _ => format!("{} → {}", self.old_chart, self.new_chart),
        }
    }

    /// Returns values that had an effect with the old chart.
    pub(super) fn lost_effect(&self) -> impl Iterator<Item = &UnusedValue> {
        self.unused.iter().filter(|value| value.was_used)
    }

    /// Returns values that had no effect with the old chart either.
    pub(super) fn never_used(&self) -> impl Iterator<Item = &UnusedValue> {
        self.unused.iter().filter(|value| !value.was_used)
    }

    /// Whether there is nothing to report.
    pub fn is_empty(&self) -> bool {
        self.unused.is_empty() && self.defaults.is_empty()
    }

    /// Whether a value lost its effect.
    pub fn has_lost_effect(&self) -> bool {
        self.lost_effect().next().is_some()
    }
}
