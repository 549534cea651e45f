//! The values that enable and disable subcharts: conditions and tags of dependencies.

use crate::chart::Chart;
use crate::diagnostic::Span;
use crate::values::{Step, ValuePath};

/// The values that decide whether a subchart is enabled.
#[derive(Debug, Clone)]
pub(super) struct Switches {
    /// The path that its files begin with, from the root chart's name on: `web/charts/db/`.
    pub(super) files: String,
    /// The values.
    pub(super) values: Vec<ValuePath>,
    /// The place of the dependencies in Chart.yaml.
    pub(super) place: Span,
}

/// Returns the switches of all dependencies declared in a tree of charts, including disabled ones.
pub(super) fn switches(chart: &Chart) -> Vec<Switches> {
    let mut found = Vec::new();
    add(chart, &chart.metadata.name, &mut Vec::new(), &mut found);
    found
}

fn add(chart: &Chart, path: &str, names: &mut Vec<Step>, found: &mut Vec<Switches>) {
    let switched_off = chart.switched_off.iter().map(|switched_off| &switched_off.dependency);
    for dependency in chart.metadata.dependencies.iter().chain(switched_off) {
        let tag = |tag: &String| ValuePath::new(vec![Step::Key("tags".to_owned()), Step::Key(tag.clone())]);
        let condition = |text: &str| {
            let keys = text.trim().split('.').map(|key| Step::Key(key.to_owned()));
            ValuePath::new(names.iter().cloned().chain(keys).collect())
        };
        let conditions = dependency.condition.split(',').filter(|text| !text.trim().is_empty()).map(condition);
        let values: Vec<ValuePath> = conditions.chain(dependency.tags.iter().map(tag)).collect();
        if !values.is_empty() {
            let files = format!("{path}/charts/{}/", dependency.key());
            found.push(Switches { files, values, place: chart.metadata.place("dependencies") });
        }
    }
    for subchart in &chart.subcharts {
        let name = &subchart.metadata.name;
        names.push(Step::Key(name.clone()));
        add(subchart, &format!("{path}/charts/{name}"), names, found);
        names.pop();
    }
}
