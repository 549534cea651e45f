//! Completes the paths of templates for `--show-only`.

use super::answer::{Answer, Candidate};
use crate::chart::Chart;

/// Offers the templates of a chart and its subcharts that can render manifests.
pub(super) fn offer(answer: &mut Answer, word: &str, chart: &Chart) {
    add(answer, word, chart, "");
}

fn add(answer: &mut Answer, word: &str, chart: &Chart, folder: &str) {
    for template in &chart.templates {
        let name = template.path.rsplit('/').next().unwrap_or_default();
        // Files whose names start with an underscore only define templates.
        if !name.starts_with('_') && name != "NOTES.txt" {
            answer.offer(word, Candidate::whole(format!("{folder}{}", template.path), ""));
        }
    }
    for subchart in chart.subcharts.iter().filter(|subchart| !subchart.is_library()) {
        add(answer, word, subchart, &format!("{folder}charts/{}/", subchart.metadata.name));
    }
}
