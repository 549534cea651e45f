//! What another version of a chart does with the values of its user, as data.

/// What became of values between two versions of a chart.
#[derive(Debug, Clone, Default)]
pub struct Upgrade {
    /// The name and the version of the old chart: `web 1.4.2`.
    pub old_chart: String,
    /// The same of the new one.
    pub new_chart: String,
    /// Values that are set and that no template of the new chart reads.
    pub unused: Vec<UnusedValue>,
    /// Defaults that are others than before and changed the output, where nothing is set.
    pub defaults: Vec<MovedDefault>,
}

/// A value without effect in the new chart.
#[derive(Debug, Clone)]
pub struct UnusedValue {
    /// Its key, as `--set` writes it.
    pub key: String,
    /// Who set it: a file with its line, or a flag.
    pub place: String,
    /// Whether the old chart read it.
    pub was_used: bool,
    /// The key that seems to have its meaning now.
    pub renamed_to: Option<String>,
}

/// A default that is another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedDefault {
    /// Its key, as `--set` writes it.
    pub key: String,
    /// What it was, as JSON; `None` if there was none.
    pub old: Option<String>,
    /// What it is, as JSON; `None` if there is none.
    pub new: Option<String>,
    /// How many objects differ because of it.
    pub objects: usize,
}

impl Upgrade {
    /// `web 1.4.2 → 2.0.0`
    pub(super) fn title(&self) -> String {
        let version = |chart: &str| chart.rsplit_once(' ').map(|(name, version)| (name.to_owned(), version.to_owned()));
        match (version(&self.old_chart), version(&self.new_chart)) {
            _ if self.old_chart == self.new_chart => self.new_chart.clone(),
            (Some((old, _)), Some((new, version))) if old == new => format!("{} → {version}", self.old_chart),
            _ => format!("{} → {}", self.old_chart, self.new_chart),
        }
    }

    /// Values that had an effect with the old chart.
    pub(super) fn died(&self) -> impl Iterator<Item = &UnusedValue> {
        self.unused.iter().filter(|value| value.was_used)
    }

    /// Values that had none with the old chart either.
    pub(super) fn never_used(&self) -> impl Iterator<Item = &UnusedValue> {
        self.unused.iter().filter(|value| !value.was_used)
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.unused.is_empty() && self.defaults.is_empty()
    }

    /// Whether a value lost its effect.
    pub fn has_died(&self) -> bool {
        self.died().next().is_some()
    }
}
