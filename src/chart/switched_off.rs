//! Subcharts that a render leaves out, and the values that switch them off.

use super::Chart;
use super::metadata::Dependency;
use crate::values::{Step, ValuePath};

/// A dependency that tags or a condition switched off.
#[derive(Debug, Clone)]
pub struct SwitchedOff {
    /// How Chart.yaml declares it.
    pub dependency: Dependency,
    /// The values that are false: its condition, or its tags.
    pub by: Vec<ValuePath>,
    /// Its chart, and where one name is declared several times the charts of all of them.
    pub charts: Vec<Chart>,
}

impl Chart {
    /// The subchart that a value is for, if it is switched off, or one around it is.
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
