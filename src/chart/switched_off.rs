//! Subcharts that are disabled in a render, and the values that disable them.

use super::Chart;
use super::metadata::Dependency;
use crate::values::{Step, ValuePath};

/// A dependency that is disabled by tags or a condition.
#[derive(Debug, Clone)]
pub struct SwitchedOff {
    /// Its declaration in Chart.yaml.
    pub dependency: Dependency,
    /// The values that disable it by being false: its condition, or its tags.
    pub by: Vec<ValuePath>,
    /// Its chart; if a name is declared several times, the charts of all of them.
    pub charts: Vec<Chart>,
}

impl Chart {
    /// Returns the disabled dependency that a value belongs to: the value's own subchart, or one that contains it.
    pub fn switched_off_around(&self, value: &ValuePath) -> Option<&SwitchedOff> {
        let mut chart = self;
        for step in value.steps() {
            let Step::Key(key) = step else { return None };
            let found = chart.switched_off.iter().find(|switched_off| switched_off.dependency.key() == key);
            if found.is_some() {
                return found;
            }
            chart = chart.subcharts.iter().find(|subchart| subchart.metadata.name == *key)?;
        }
        None
    }
}
