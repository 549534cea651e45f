//! Warns about subcharts of the same parent with the same name, which Helm mixes up silently.

use super::Chart;
use crate::diagnostic::Diagnostic;

impl Chart {
    /// Returns a warning for every name that several subcharts of a chart share, in the whole tree. They get the
    /// same values; if their templates have equal paths, Helm renders only the one it read last, whereas mim-chart
    /// renders all of them.
    pub fn duplicate_subcharts(&self) -> Vec<Diagnostic> {
        let mut warnings = Vec::new();
        self.add_duplicates(&self.metadata.name, &mut warnings);
        warnings
    }

    fn add_duplicates(&self, path: &str, warnings: &mut Vec<Diagnostic>) {
        for (at, subchart) in self.subcharts.iter().enumerate() {
            let name = &subchart.metadata.name;
            subchart.add_duplicates(&format!("{path}/charts/{name}"), warnings);
            let has_name = |other: &&Chart| other.metadata.name == *name;
            if self.subcharts[..at].iter().any(|earlier| has_name(&earlier)) {
                continue;
            }
            let duplicates: Vec<&Chart> = self.subcharts[at..].iter().filter(has_name).collect();
            if duplicates.len() > 1 {
                let message =
                    format!("{path} has {} subcharts named {name}, which share their values", duplicates.len());
                let warning = Diagnostic::warning("subcharts-of-one-name", message);
                let shown = duplicates
                    .iter()
                    .fold(warning, |warning, duplicate| warning.at(duplicate.metadata.place("name"), ""));
                warnings.push(shown.help(
                    "Helm skips templates of one that the other has too: rename one, or declare it with an alias",
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Metadata;

    fn chart(name: &str, subcharts: Vec<Chart>) -> Chart {
        let metadata = Metadata { name: name.to_owned(), ..Metadata::default() };
        Chart { metadata, subcharts, ..Chart::default() }
    }

    #[test]
    fn a_duplicate_name_is_reported_once_per_parent() {
        let deep = chart("b", vec![chart("x", vec![]), chart("y", vec![]), chart("y", vec![]), chart("y", vec![])]);
        let tree = chart("web", vec![chart("x", vec![]), deep]);
        let reported: Vec<String> = tree.duplicate_subcharts().into_iter().map(|warning| warning.message).collect();
        assert_eq!(reported, ["web/charts/b has 3 subcharts named y, which share their values"]);
    }
}
