//! Where Go templates mention values.

use std::collections::HashMap;

use super::switches::switches;
use crate::chart::Chart;
use crate::diagnostic::Span;
use crate::values::{Step, ValuePath};

/// The values that templates mention, with their places, in the order of the files.
#[derive(Debug, Clone, Default)]
pub struct Mentions {
    certain: Vec<(ValuePath, Span)>,
    /// The indexes of `certain`, by the first step of the path.
    by_first: HashMap<Step, Vec<usize>, ahash::RandomState>,
    passed_values: Vec<PassedValues>,
}

/// Where a value is mentioned.
#[derive(Debug, Clone, Default)]
pub struct Mentioned {
    /// The places.
    pub places: Vec<Span>,
    /// Whether this value is meant for certain. Otherwise, all values are used under another name, and a key of the
    /// same name is used there.
    pub is_certain: bool,
}

/// The mentions that an engine found in the templates of its charts.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Values by their path (`.Values.a.b`).
    pub(super) certain: Vec<(ValuePath, Span)>,
    /// Charts that pass on their values as a whole.
    pub(super) passed_values: Vec<PassedValues>,
}

/// The possible mentions in a chart that assigns all its values to another name, or passes them to a function.
#[derive(Debug, Clone)]
pub(super) struct PassedValues {
    /// The steps to the chart's values.
    pub(super) names: Vec<Step>,
    /// Everything in its templates that may be a key of values.
    pub(super) keys: Vec<(Vec<String>, Span)>,
    /// Where all values are printed or iterated over.
    pub(super) uses_all: Option<Span>,
}

impl Found {
    pub(super) fn extend(&mut self, other: Found) {
        self.certain.extend(other.certain);
        self.passed_values.extend(other.passed_values);
    }
}

impl Mentions {
    /// Collects the mentions in a chart's templates, and in the conditions and tags that enable its subcharts.
    pub(super) fn of_chart(chart: &Chart, found: Found) -> Mentions {
        let Found { mut certain, passed_values } = found;
        for switches in switches(chart) {
            certain.extend(switches.values.into_iter().map(|value| (value, switches.place.clone())));
        }
        let mut by_first: HashMap<Step, Vec<usize>, ahash::RandomState> = HashMap::default();
        for (number, (value, _)) in certain.iter().enumerate() {
            if let Some(first) = value.steps().first() {
                by_first.entry(first.clone()).or_default().push(number);
            }
        }
        Mentions { certain, by_first, passed_values }
    }

    /// Returns where a value is mentioned, or something that contains it or that it contains. If nothing mentions it
    /// for certain, returns where keys of the same name are used in charts that pass on all values.
    pub fn mentioned(&self, path: &ValuePath) -> Mentioned {
        let is_meant = |known: &ValuePath| known.is_prefix_of(path) || path.is_prefix_of(known);
        let places: Vec<Span> =
            self.near(path).filter(|(known, _)| is_meant(known)).map(|(_, span)| span.clone()).collect();
        match places.is_empty() {
            false => Mentioned { places, is_certain: true },
            true => Mentioned {
                places: self.passed_values.iter().flat_map(|passed| passed.mentions(path)).collect(),
                is_certain: false,
            },
        }
    }

    /// Whether all values are used somewhere as a whole, or by computed keys.
    pub fn has_whole(&self) -> bool {
        self.certain.iter().any(|(known, _)| known.steps().is_empty())
    }

    /// Whether a value itself is mentioned, or something in it.
    pub fn names(&self, path: &ValuePath) -> bool {
        self.near(path).any(|(known, _)| path.is_prefix_of(known))
    }

    /// Returns the mentions whose path has the same first step.
    fn near(&self, path: &ValuePath) -> impl Iterator<Item = &(ValuePath, Span)> {
        let numbers = path.steps().first().and_then(|first| self.by_first.get(first));
        numbers.into_iter().flatten().map(|number| &self.certain[*number])
    }
}

impl PassedValues {
    /// Returns where a value may be meant. Whatever is used of values that are passed on begins with one of their keys.
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
