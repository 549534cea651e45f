//! Rules for declared dependencies and the charts in `charts/`.

use super::report::{Report, Rule};
use super::subject::{Group, Subject};
use crate::chart::Chart;

const LOADS: Rule = Rule::error("chart-loads");
const DECLARED: Rule = Rule::error("dependency-undeclared");
const PRESENT: Rule = Rule::warning("dependency-missing");

pub(super) const GROUP: Group = Group { part: "charts/", rules: &[&[&LOADS, &DECLARED, &PRESENT]], check };

fn check(subject: &Subject<'_>, report: &mut Report) {
    let chart = match &subject.chart {
        Ok(chart) => chart,
        Err(reason) => {
            let text = format!("unable to load chart\n\t{}", reason.message);
            return report.add(LOADS.broken("", text).because_of(reason));
        }
    };
    let place = &subject.folder.path;
    let undeclared = undeclared(chart);
    if !undeclared.is_empty() {
        let text = format!("chart metadata is missing these dependencies: {}", undeclared.join(","));
        report.add(DECLARED.broken(place, text).at(chart.metadata.place("dependencies")));
    }
    let is_there = |name: &str| chart.subcharts.iter().any(|subchart| subchart.metadata.name == name);
    let missing: Vec<_> = chart.metadata.dependencies.iter().filter(|wanted| !is_there(&wanted.name)).collect();
    if !missing.is_empty() {
        let names: Vec<&str> = missing.iter().map(|dependency| dependency.name.as_str()).collect();
        let text = format!("chart directory is missing these dependencies: {}", names.join(","));
        let finding = PRESENT.broken(place, text);
        report.add(missing.iter().fold(finding, |finding, dependency| finding.at(dependency.span.clone())));
    }
}

/// Returns the charts in `charts/` that Chart.yaml does not declare, in order.
fn undeclared(chart: &Chart) -> Vec<&str> {
    let declared = |name: &str| chart.metadata.dependencies.iter().any(|dependency| dependency.name == name);
    let names = chart.subcharts.iter().map(|subchart| subchart.metadata.name.as_str());
    names.filter(|name| !declared(name)).collect()
}
