//! Where Go templates mention values.

use std::collections::HashMap;

use super::switches::switches;
use crate::chart::Chart;
use crate::diagnostic::Span;
use crate::values::{Step, ValuePath};

/// The values that templates mention, with the places, in the order of the files.
#[derive(Debug, Clone, Default)]
pub struct Mentions {
    certain: Vec<(ValuePath, Span)>,
    /// The mentions of values by their first steps.
    by_first: HashMap<Step, Vec<usize>, ahash::RandomState>,
    handed_on: Vec<HandedOn>,
}

/// Where a value is mentioned.
#[derive(Debug, Clone, Default)]
pub struct Mentioned {
    /// The places.
    pub places: Vec<Span>,
    /// Whether it is this value: all values may have got another name, of which a key of the same name is used.
    pub is_certain: bool,
}

/// What an engine found in the templates of its charts.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Values by their paths (`.Values.a.b`).
    pub(super) certain: Vec<(ValuePath, Span)>,
    /// Charts that use their values as a whole.
    pub(super) handed_on: Vec<HandedOn>,
}

/// What may be mentioned in a chart that gives all its values another name, or gives them to a function.
#[derive(Debug, Clone)]
pub(super) struct HandedOn {
    /// The steps to the values of the chart.
    pub(super) names: Vec<Step>,
    /// All that may be keys of values in its templates.
    pub(super) keys: Vec<(Vec<String>, Span)>,
    /// Where all values are printed or looked through.
    pub(super) uses_all: Option<Span>,
}

impl Found {
    pub(super) fn extend(&mut self, other: Found) {
        self.certain.extend(other.certain);
        self.handed_on.extend(other.handed_on);
    }
}

impl Mentions {
    /// Those of a chart's templates, and of what decides which of its subcharts are there.
    pub(super) fn of_chart(chart: &Chart, found: Found) -> Mentions {
        let Found { mut certain, handed_on } = found;
        for switches in switches(chart) {
            certain.extend(switches.values.into_iter().map(|value| (value, switches.place.clone())));
        }
        let mut by_first: HashMap<Step, Vec<usize>, ahash::RandomState> = HashMap::default();
        for (number, (value, _)) in certain.iter().enumerate() {
            if let Some(first) = value.steps().first() {
                by_first.entry(first.clone()).or_default().push(number);
            }
        }
        Mentions { certain, by_first, handed_on }
    }

    /// Where a value is mentioned, or something around it or in it. That all values are used somewhere counts where keys of the
    /// same name are used, and nothing mentions it for certain.
    pub fn of(&self, path: &ValuePath) -> Mentioned {
        let is_meant = |known: &ValuePath| known.holds(path) || path.holds(known);
        let places: Vec<Span> =
            self.near(path).filter(|(known, _)| is_meant(known)).map(|(_, span)| span.clone()).collect();
        match places.is_empty() {
            false => Mentioned { places, is_certain: true },
            true => Mentioned {
                places: self.handed_on.iter().flat_map(|of| of.mentions(path)).collect(),
                is_certain: false,
            },
        }
    }

    /// Whether all values are used somewhere as a whole, or by keys that are computed.
    pub fn has_whole(&self) -> bool {
        self.certain.iter().any(|(known, _)| known.steps().is_empty())
    }

    /// Whether a value itself is mentioned, or something in it.
    pub fn names(&self, path: &ValuePath) -> bool {
        self.near(path).any(|(known, _)| path.holds(known))
    }

    /// Mentions that have the first step of a path.
    fn near(&self, path: &ValuePath) -> impl Iterator<Item = &(ValuePath, Span)> {
        let numbers = path.steps().first().and_then(|first| self.by_first.get(first));
        numbers.into_iter().flatten().map(|number| &self.certain[*number])
    }
}

impl HandedOn {
    /// Where a value may be meant. Whatever is used of all values begins with a key of theirs.
    fn mentions(&self, path: &ValuePath) -> Vec<Span> {
        let is_global = matches!(path.steps().first(), Some(Step::Key(first)) if first == "global");
        let steps = if is_global { Some(path.steps()) } else { path.steps().strip_prefix(&self.names[..]) };
        let Some(steps) = steps.filter(|steps| !steps.is_empty()) else { return Vec::new() };
        if let Some(place) = &self.uses_all {
            return vec![place.clone()];
        }
        let is_key = |(key, step): (&String, &Step)| matches!(step, Step::Key(wanted) if wanted == key);
        let is_meant = |keys: &[String]| (0..keys.len()).any(|first| keys[first..].iter().zip(steps).all(is_key));
        self.keys.iter().filter(|(keys, _)| is_meant(keys)).map(|(_, span)| span.clone()).collect()
    }
}
