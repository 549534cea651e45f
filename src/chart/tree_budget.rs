//! Limits the size of a tree of charts: a chart, its subcharts at all levels, and the copies that aliases create. Helm
//! limits only single files and archives; nested archives and nested aliases can multiply a few bytes into a huge tree.
//!
//! The limits are far above the largest public charts, whose trees have a few hundred charts, a few megabytes and a hundred
//! thousand values.

use crate::diagnostic::Diagnostic;
use crate::values::ValuesTree;
use crate::yaml::{Map, Node, Value};

/// The maximum number of charts in a tree; a chart with two aliases counts twice.
pub const MAX_CHARTS: usize = 10_000;
/// The maximum nesting depth of charts.
pub const MAX_CHART_DEPTH: usize = 50;
/// The maximum number of files in all archives of a tree.
pub const MAX_ARCHIVED_FILES: usize = 100_000;
/// The maximum total size, in bytes, of the unpacked archives in a tree and of the files that aliases copy.
pub const MAX_UNPACKED_BYTES: u64 = 128 << 20;
/// The maximum total size, in bytes, of all values.yaml, Chart.yaml, lock and schema files in a tree.
pub const MAX_DATA_BYTES: u64 = 32 << 20;
/// The maximum number of values (maps, lists, scalars) that the charts of a tree may define, and that merging them may create.
pub const MAX_VALUES: u64 = 2_000_000;
/// The maximum number of comparisons of dependencies with charts in a tree.
const MAX_COMPARISONS: u64 = 10_000_000;

/// The code of the error for a tree that exceeds a limit.
pub(super) const TREE_BUDGET: &str = "chart-tree";

/// The remaining allowance of a tree of charts.
#[derive(Debug, Clone)]
pub(super) struct TreeBudget {
    charts: u64,
    files: u64,
    bytes: u64,
    data: u64,
    values: u64,
    comparisons: u64,
}

impl Default for TreeBudget {
    fn default() -> Self {
        TreeBudget {
            charts: MAX_CHARTS as u64,
            files: MAX_ARCHIVED_FILES as u64,
            bytes: MAX_UNPACKED_BYTES,
            data: MAX_DATA_BYTES,
            values: MAX_VALUES,
            comparisons: MAX_COMPARISONS,
        }
    }
}

impl TreeBudget {
    /// Charges for charts.
    pub(super) fn charts(&mut self, count: usize) -> Result<(), Diagnostic> {
        self.charts = left(self.charts, count as u64, || format!("has more than {MAX_CHARTS} charts"))?;
        Ok(())
    }

    /// Checks the nesting depth of a chart; 0 is the requested chart.
    pub(super) fn depth(depth: usize) -> Result<(), Diagnostic> {
        left(MAX_CHART_DEPTH as u64, depth as u64, || format!("is nested more than {MAX_CHART_DEPTH} charts deep"))
            .map(drop)
    }

    /// Charges for a file in an archive, before it is read.
    pub(super) fn archived_file(&mut self, bytes: u64) -> Result<(), Diagnostic> {
        self.files = left(self.files, 1, || format!("has more than {MAX_ARCHIVED_FILES} files in archives"))?;
        self.copied_bytes(bytes)
    }

    /// Charges for files that are copied with a chart.
    pub(super) fn copied_bytes(&mut self, bytes: u64) -> Result<(), Diagnostic> {
        let message = || format!("has more than {} MiB of files in archives and copies", MAX_UNPACKED_BYTES >> 20);
        self.bytes = left(self.bytes, bytes, message)?;
        Ok(())
    }

    /// Charges for a YAML or JSON file that is about to be parsed.
    pub(super) fn data(&mut self, bytes: usize) -> Result<(), Diagnostic> {
        let message = || format!("has more than {} MiB of values, schemas and metadata", MAX_DATA_BYTES >> 20);
        self.data = left(self.data, bytes as u64, message)?;
        Ok(())
    }

    /// Charges for values that were read or are about to be copied.
    pub(super) fn values(&mut self, count: u64) -> Result<(), Diagnostic> {
        let message = || format!("has more than {MAX_VALUES} values, merged over all its charts");
        self.values = left(self.values, count, message)?;
        Ok(())
    }

    /// Charges for comparing each dependency with each chart and each other dependency.
    pub(super) fn comparisons(&mut self, dependencies: usize, charts: usize) -> Result<(), Diagnostic> {
        let count = (dependencies as u64).saturating_mul((dependencies + charts) as u64);
        let message =
            || format!("declares too many dependencies: {dependencies} for {charts} charts in one of its charts");
        self.comparisons = left(self.comparisons, count, message)?;
        Ok(())
    }
}

/// Returns the rest of `room` after charging `amount`; `message` says which limit the tree of charts exceeds.
fn left(room: u64, amount: u64, message: impl FnOnce() -> String) -> Result<u64, Diagnostic> {
    room.checked_sub(amount).ok_or_else(|| {
        Diagnostic::error(TREE_BUDGET, format!("the tree of charts {}", message()))
            .help("this limit stops charts that expand when they are unpacked or used under aliases")
    })
}

/// Returns the number of values in a map, at all levels.
pub(super) fn count_values(map: &Map) -> u64 {
    map.iter().map(|(_, node)| count(node)).sum()
}

fn count(node: &Node) -> u64 {
    1 + match &node.value {
        Value::Map(map) => count_values(map),
        Value::List(items) => items.iter().map(count).sum(),
        _ => 0,
    }
}

/// Returns the number of values that merging a tree creates: its defaults, and the globals of each chart once for
/// every chart below it. `given` are the values that the charts above and the user set for this chart; only their
/// globals are counted.
pub(super) fn merged_values(tree: &ValuesTree<'_>, given: &[&Map]) -> u64 {
    measure(tree, given).values
}

/// The numbers of charts and values in a part of a tree.
struct Size {
    charts: u64,
    values: u64,
}

fn measure(tree: &ValuesTree<'_>, given: &[&Map]) -> Size {
    let layers: Vec<&Map> = given.iter().copied().chain([tree.defaults]).collect();
    let mut size = Size { charts: 1, values: count_values(tree.defaults) };
    for subchart in &tree.subcharts {
        let parts: Vec<&Map> = layers.iter().filter_map(|map| map.get(&subchart.name)?.value.as_map()).collect();
        let below = measure(subchart, &parts);
        size.charts += below.charts;
        size.values = size.values.saturating_add(below.values);
    }
    let globals: u64 = layers.iter().filter_map(|map| map.get("global")?.value.as_map()).map(count_values).sum();
    size.values = size.values.saturating_add(globals.saturating_mul(size.charts - 1));
    size
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    fn values(text: &str) -> Map {
        crate::yaml::read_values(&Source::file("v.yaml", text)).unwrap()
    }

    #[test]
    fn globals_count_once_for_every_chart_below() {
        let (top, sub) = (values("global: {a: 1, b: 2}\nx: [1, 2]\n"), values("y: 1\n"));
        let leaf = |name: &str| ValuesTree { name: name.to_owned(), defaults: &sub, subcharts: Vec::new() };
        let tree = ValuesTree { name: "top".to_owned(), defaults: &top, subcharts: vec![leaf("one"), leaf("two")] };
        assert_eq!(count_values(&top), 6);
        assert_eq!(merged_values(&tree, &[]), 6 + 2 + 2 * 2);
        let user = values("global: {c: 1}\none: {global: {d: 1}}\n");
        assert_eq!(merged_values(&tree, &[&user]), 6 + 2 + 3 * 2);
    }

    #[test]
    fn a_used_up_budget_stays_used_up() {
        let mut budget = TreeBudget::default();
        budget.charts(MAX_CHARTS).unwrap();
        assert_eq!(budget.charts(1).unwrap_err().message, "the tree of charts has more than 10000 charts");
        assert!(TreeBudget::depth(MAX_CHART_DEPTH).is_ok() && TreeBudget::depth(MAX_CHART_DEPTH + 1).is_err());
    }
}
