//! Processes declared dependencies: which subcharts are enabled, under which names, and which values are imported from them.

use super::Chart;
use super::metadata::Dependency;
use super::switched_off::SwitchedOff;
use super::tree_budget::{TreeBudget, count_values, merged_values};
use crate::diagnostic::{Diagnostic, Severity};
use crate::values::{Coalesced, ValuePath, coalesce};
use crate::version::{Constraints, parse_version};
use crate::yaml::{Map, Node, Value};

impl Chart {
    /// Applies the dependencies declared in Chart.yaml, in the whole tree: aliases, tags and conditions (evaluated with the
    /// user's values), and imported values. Disabled subcharts are removed; the others are put in Helm's order: undeclared
    /// ones by name, then declared ones in the order of their declarations.
    ///
    /// Returns the messages that Helm logs, about conditions that are not booleans and imports that are not tables.
    ///
    /// # Errors
    /// Values for a subchart that are not a map, or a tree of charts that exceeds a limit.
    pub fn process_dependencies(&mut self, user: &Map) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        self.sort_subcharts();
        let mut notes = Vec::new();
        let mut budget = TreeBudget::default();
        budget.charts(self.count_charts()).map_err(|error| vec![error])?;
        self.choose_subcharts(user, &mut Vec::new(), &mut notes, &mut budget)?;
        // Imports have the same limit as merging above: a chart that is within it there is not refused for what both cost.
        let mut budget = TreeBudget::default();
        self.import_values(&mut notes, &mut budget)?;
        budget.values(merged_values(&self.values_tree(), &[user])).map_err(|error| vec![error])?;
        Ok(notes)
    }

    fn count_charts(&self) -> usize {
        1 + self.subcharts.iter().map(Chart::count_charts).sum::<usize>()
    }

    /// Charges for another copy of this chart with its subcharts.
    fn charge_for_copy(&self, budget: &mut TreeBudget) -> Result<(), Diagnostic> {
        budget.charts(1)?;
        budget.copied_bytes(self.files.iter().map(|file| file.bytes.len() as u64).sum())?;
        budget.values(count_values(&self.values))?;
        self.subcharts.iter().try_for_each(|subchart| subchart.charge_for_copy(budget))
    }

    /// Checks whether all declared dependencies of this chart are present, only by name.
    ///
    /// # Errors
    /// All missing dependencies, in a single message (Helm's).
    pub fn check_dependencies(&self) -> Result<(), Diagnostic> {
        let is_there = |name: &str| self.subcharts.iter().any(|subchart| subchart.metadata.name == name);
        let missing: Vec<&Dependency> =
            self.metadata.dependencies.iter().filter(|dependency| !is_there(&dependency.name)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = missing.iter().map(|dependency| dependency.name.as_str()).collect();
        let message = format!("found in Chart.yaml, but missing in charts/ directory: {}", names.join(", "));
        let error = Diagnostic::error("dependencies", message);
        Err(missing.iter().fold(error, |error, dependency| error.at(dependency.span.clone(), "")))
    }

    /// Gives the declared subcharts their aliases, removes the disabled ones, and does the same in the remaining ones, each
    /// with the merged values of its parent. If a chart has no list of dependencies, all its subcharts are kept unchanged,
    /// and the charts below it are not processed (Helm's rule); an empty list counts as one.
    fn choose_subcharts(
        &mut self,
        values: &Map,
        path: &mut Vec<String>,
        notes: &mut Vec<Diagnostic>,
        budget: &mut TreeBudget,
    ) -> Result<(), Vec<Diagnostic>> {
        if !self.metadata.declares_dependencies() {
            return Ok(());
        }
        self.arrange_subcharts(budget).map_err(|error| vec![error])?;
        budget.values(merged_values(&self.values_tree(), &[values])).map_err(|error| vec![error])?;
        let Coalesced { values, warnings } = coalesce(&self.values_tree(), values.clone())?;
        notes.extend(warnings);
        for dependency in &mut self.metadata.dependencies {
            dependency.enabled = true;
            if let Some(by) = disabling_values(dependency, &values, path, notes) {
                self.switched_off.push(SwitchedOff { dependency: dependency.clone(), by, charts: Vec::new() });
            }
        }
        self.take_out_switched_off();
        for subchart in &mut self.subcharts {
            path.push(subchart.metadata.name.clone());
            subchart.choose_subcharts(&values, path, notes, budget)?;
            path.pop();
        }
        // Helm rebuilds the list, and an empty one becomes absent: then nothing is imported.
        self.metadata.has_dependency_list = false;
        Ok(())
    }

    fn take_out_switched_off(&mut self) {
        let Chart { metadata, subcharts, switched_off, .. } = self;
        let position = |key: &str| switched_off.iter().position(|switched_off| switched_off.dependency.key() == key);
        metadata.dependencies.retain(|dependency| position(dependency.key()).is_none());
        let found: Vec<_> = subcharts.iter().map(|subchart| position(&subchart.metadata.name)).collect();
        for (subchart, position) in std::mem::take(subcharts).into_iter().zip(found) {
            match position {
                Some(position) => switched_off[position].charts.push(subchart),
                None => subcharts.push(subchart),
            }
        }
    }

    /// Puts the declared subcharts after the others, in the order of their declarations and under their aliases.
    fn arrange_subcharts(&mut self, budget: &mut TreeBudget) -> Result<(), Diagnostic> {
        let dependencies = &self.metadata.dependencies;
        budget.comparisons(dependencies.len(), self.subcharts.len())?;
        let found = std::mem::take(&mut self.subcharts);
        let constraints: Vec<Option<Constraints>> =
            dependencies.iter().map(|dependency| Constraints::parse(&dependency.version).ok()).collect();
        let fits_at =
            |subchart: &Chart, number: usize| fits(subchart, &dependencies[number], constraints[number].as_ref());
        let numbers = 0..dependencies.len();
        let wanted: Vec<Option<usize>> =
            numbers.clone().map(|number| found.iter().position(|subchart| fits_at(subchart, number))).collect();
        let undeclared = |subchart: &Chart| !numbers.clone().any(|number| fits_at(subchart, number));
        let mut found: Vec<Option<Chart>> = found.into_iter().map(Some).collect();
        let mut declared = Vec::new();
        for (number, (dependency, wanted_chart)) in dependencies.iter().zip(&wanted).enumerate() {
            let Some(index) = *wanted_chart else { continue };
            let is_wanted_again = wanted[number + 1..].contains(wanted_chart);
            let subchart = if is_wanted_again {
                let subchart = found[index].as_ref();
                let at_dependency =
                    |error: Diagnostic| error.at(dependency.span.clone(), "this copies a chart with its subcharts");
                subchart.map_or(Ok(()), |subchart| subchart.charge_for_copy(budget)).map_err(at_dependency)?;
                subchart.cloned()
            } else {
                found[index].take()
            };
            if let Some(mut subchart) = subchart {
                subchart.metadata.name = dependency.key().to_owned();
                declared.push(subchart);
            }
        }
        // Only charts that fit no declaration are undeclared. A second chart that fits the same declaration is dropped, as in
        // Helm, which takes the first that it loaded.
        self.subcharts = found.into_iter().flatten().filter(undeclared).collect();
        self.subcharts.append(&mut declared);
        Ok(())
    }

    /// Orders undeclared subcharts by name, in the whole tree; Helm's order is random.
    fn sort_subcharts(&mut self) {
        self.subcharts.sort_by(|a, b| a.metadata.name.cmp(&b.metadata.name));
        self.subcharts.iter_mut().for_each(Chart::sort_subcharts);
    }
}

/// Whether a loaded chart is the one that a dependency declares, by name and version. An empty constraint matches no chart
/// (Helm's rule); the chart is then enabled under its own name.
fn fits(subchart: &Chart, dependency: &Dependency, constraints: Option<&Constraints>) -> bool {
    let version_fits = || Some(constraints?.are_met_by(&parse_version(&subchart.metadata.version).ok()?));
    subchart.metadata.name == dependency.name && version_fits().unwrap_or(false)
}

/// Returns the values that disable a dependency, or `None` if it is enabled. Tags come first: one that is true enables it,
/// otherwise one that is false disables it. Then the first condition that is a boolean overrides the tags.
fn disabling_values(
    dependency: &Dependency,
    values: &Map,
    path: &[String],
    notes: &mut Vec<Diagnostic>,
) -> Option<Vec<ValuePath>> {
    let mut note = |what: String, node: &Node| {
        let message = format!("returned non-bool value: {what} chart={}", dependency.key());
        notes.push(Diagnostic::new(Severity::Info, "condition", message).at(node.span.clone(), "not true or false"));
    };
    let (mut any_true, mut off) = (false, Vec::new());
    for tag in &dependency.tags {
        match values.at(["tags", tag.as_str()]) {
            Some(Node { value: Value::Bool(true), .. }) => any_true = true,
            Some(Node { value: Value::Bool(false), .. }) => off.push(ValuePath::default().key("tags").key(tag)),
            Some(node) => note(format!("tag={tag}"), node),
            None => {}
        }
    }
    for condition in dependency.condition.trim().split(',').filter(|condition| !condition.is_empty()) {
        let keys = || path.iter().map(String::as_str).chain(condition.split('.'));
        match values.at(keys()) {
            Some(Node { value: Value::Bool(true), .. }) => return None,
            Some(Node { value: Value::Bool(false), .. }) => {
                return Some(vec![keys().fold(ValuePath::default(), |path, key| path.key(key))]);
            }
            Some(Node { value: Value::Map(_), .. }) | None => {}
            Some(node) => note(format!("path={condition}"), node),
        }
    }
    (!any_true && !off.is_empty()).then_some(off)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::File;
    use crate::diagnostic::Source;

    fn chart(dependencies: &str, values: &str) -> Chart {
        let file = |path: &str, text: &str| File::new(path, text.as_bytes().to_vec());
        Chart::from_files(vec![
            file("Chart.yaml", &format!("apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n{dependencies}")),
            file("values.yaml", values),
            file("charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.2.0\n"),
            file("charts/db/values.yaml", "port: 5432\nexports:\n  net:\n    open: true\n    port: 1\n"),
            file("charts/aaa/Chart.yaml", "apiVersion: v2\nname: aaa\nversion: 1.0.0\n"),
        ])
        .unwrap()
    }

    fn enabled(dependencies: &str, values: &str, user: &str) -> Vec<String> {
        let mut chart = chart(dependencies, values);
        let user = crate::yaml::read_values(&Source::file("v.yaml", user)).unwrap();
        chart.process_dependencies(&user).unwrap();
        chart.subcharts.into_iter().map(|subchart| subchart.metadata.name).collect()
    }

    #[test]
    fn a_condition_overrides_tags() {
        let declared = "- {name: db, version: ^1.0.0, condition: db.enabled, tags: [back]}\n";
        assert_eq!(enabled(declared, "", ""), ["aaa", "db"]);
        assert_eq!(enabled(declared, "tags: {back: false}\n", ""), ["aaa"]);
        assert_eq!(enabled(declared, "tags: {back: false}\n", "db: {enabled: true}\n"), ["aaa", "db"]);
        assert_eq!(enabled(declared, "", "db: {enabled: false}\n"), ["aaa"]);
        assert_eq!(enabled(declared, "", "db: {enabled: 'false'}\n"), ["aaa", "db"]);
    }

    #[test]
    fn disabled_dependencies_are_kept_with_the_values_that_disable_them() {
        let declared = "- {name: db, version: 1.x, alias: one, tags: [back, data]}\n\
            - {name: db, version: 1.x, alias: two, condition: 'two.on,two.enabled'}\n";
        let mut chart = chart(declared, "tags: {back: false, data: false}\ntwo: {enabled: false}\n");
        chart.process_dependencies(&Map::new()).unwrap();
        let off = |key: &str| {
            let found = chart.switched_off_around(&ValuePath::default().key(key).key("port")).unwrap();
            let by: Vec<String> = found.by.iter().map(ToString::to_string).collect();
            (by.join(" "), found.charts.len())
        };
        assert_eq!(off("one"), ("tags.back tags.data".to_owned(), 1));
        assert_eq!(off("two"), ("two.enabled".to_owned(), 1));
        assert!(chart.metadata.dependencies.is_empty());
        assert!(chart.switched_off_around(&ValuePath::default().key("aaa")).is_none());
    }

    #[test]
    fn an_alias_renames_where_the_version_fits() {
        let declared = "- {name: db, version: '>=1.0.0', alias: one}\n- {name: db, version: '1.x', alias: two}\n";
        assert_eq!(enabled(declared, "", ""), ["aaa", "one", "two"]);
        assert_eq!(enabled("- {name: db, version: '2.x', alias: one}\n", "", ""), ["aaa", "db"]);
    }

    #[test]
    fn imported_tables_yield_to_the_charts_own_defaults() {
        let declared = "- name: db\n  version: 1.x\n  import-values: [net, {child: exports.net, parent: in.here}]\n";
        let mut chart = chart(declared, "port: 80\n");
        chart.process_dependencies(&Map::new()).unwrap();
        let text = |key: &str| crate::yaml::write(&chart.values.get(key).unwrap().value).unwrap();
        assert_eq!(
            (text("in"), text("open"), text("port")),
            ("here:\n  open: true\n  port: 1".to_owned(), "true".to_owned(), "80".to_owned(),)
        );
        // The subchart's defaults are now part of the parent's.
        assert_eq!(text("db"), "exports:\n  net:\n    open: true\n    port: 1\nglobal: {}\nport: 5432");
    }

    #[test]
    fn subcharts_of_a_chart_without_dependencies_stay_enabled() {
        let mut middle = chart("- {name: db, version: 1.x, condition: db.enabled}\n", "db: {enabled: false}\n");
        middle.metadata.name = "middle".to_owned();
        let mut top = Chart { subcharts: vec![middle], ..Chart::default() };
        top.process_dependencies(&Map::new()).unwrap();
        assert_eq!(top.subcharts[0].subcharts.len(), 2);
    }

    #[test]
    fn tags_of_a_subcharts_own_defaults_fill_gaps() {
        let middle = chart("- {name: db, version: 1.x, tags: [back]}\n", "tags: {back: false}\n");
        let dependency = Dependency { name: "web".to_owned(), version: "*".to_owned(), ..Dependency::default() };
        let mut top = Chart { subcharts: vec![middle], ..Chart::default() };
        top.metadata.dependencies.push(dependency);
        top.process_dependencies(&Map::new()).unwrap();
        assert_eq!(top.subcharts[0].subcharts.len(), 1);
    }

    #[test]
    fn missing_dependencies_are_named_together() {
        let error = chart("- {name: x}\n- {name: z}\n", "").check_dependencies().unwrap_err();
        assert!(error.message.ends_with("missing in charts/ directory: x, z"), "{}", error.message);
        assert_eq!(error.labels.len(), 2);
    }
}
