//! Processes `import-values`, which copies tables from a subchart's defaults into those of its parent.
//!
//! Helm imports a table without copying it, so keys that a later import merges into it also appear in the subchart's
//! values. Therefore tables are shared here while imports are processed.

use std::cell::RefCell;
use std::rc::Rc;

use super::Chart;
use super::import_declaration::ImportValues;
use super::metadata::Dependency;
use super::tree_budget::{TreeBudget, merged_values};
use crate::diagnostic::{Diagnostic, Severity, Span};
use crate::values::{Coalesced, display, merge_defaults, merge_tables};
use crate::yaml::{Entry, Map, Node, Value};

/// A table that may be shared by several places.
type Table = Rc<RefCell<Vec<(String, Slot)>>>;

/// The value of a key in a shared table.
#[derive(Clone)]
struct Slot {
    key: Span,
    /// The value; for a table, only its place is used.
    node: Node,
    table: Option<Table>,
}

impl Chart {
    /// Merges the defaults of the subcharts into those of a chart that declares dependencies, and puts imported tables
    /// below them. The imports of the subcharts are processed first.
    pub(super) fn import_values(
        &mut self,
        notes: &mut Vec<Diagnostic>,
        budget: &mut TreeBudget,
    ) -> Result<(), Vec<Diagnostic>> {
        for subchart in &mut self.subcharts {
            subchart.import_values(notes, budget)?;
        }
        if !self.metadata.declares_dependencies() {
            return Ok(());
        }
        budget.values(merged_values(&self.values_tree(), &[])).map_err(|error| vec![error])?;
        let Coalesced { values: mut defaults, warnings } = merge_defaults(&self.values_tree())?;
        notes.extend(warnings);
        let imports = self.metadata.dependencies.iter();
        let imports: Vec<(&Dependency, &ImportValues)> = imports
            .flat_map(|dependency| dependency.import_values.iter().map(move |import| (dependency, import)))
            .collect();
        if !imports.is_empty() {
            let values = share(&defaults);
            let imported: Table = Rc::default();
            for (dependency, import) in imports {
                let path = std::iter::once(imported_from(dependency)).chain(import.child.split('.'));
                match table_at(&values, path) {
                    // Only an empty table is not shared.
                    Ok(table) if table.borrow().is_empty() => {
                        merge(&imported, &at_path(Table::default(), &import.parent), "", notes);
                    }
                    Ok(table) => merge(&imported, &at_path(table, &import.parent), "", notes),
                    Err(element) => notes.push(missing_table(dependency, import, element)),
                }
            }
            let circle = || vec![Diagnostic::error("import-values", "import-values put a table into itself")];
            defaults = unshare(&values, &mut Vec::new()).ok_or_else(circle)?;
            notes.extend(merge_tables(&mut defaults, &unshare(&imported, &mut Vec::new()).ok_or_else(circle)?));
        }
        self.values = defaults;
        Ok(())
    }
}

/// Returns the name under which imports are looked up: the alias only once the chart's dependencies have been processed.
fn imported_from(dependency: &Dependency) -> &str {
    if dependency.enabled { dependency.key() } else { &dependency.name }
}

/// Returns Helm's message about an import that is not a table.
fn missing_table(dependency: &Dependency, import: &ImportValues, element: &str) -> Diagnostic {
    let message = match import.child.strip_prefix("exports.") {
        Some(_) if import.parent == "." && import.is_short => {
            format!("ImportValues missing table: {element:?} is not a table")
        }
        _ => format!("ImportValues missing table from chart {}: {element:?} is not a table", imported_from(dependency)),
    };
    Diagnostic::new(Severity::Info, "import-values", message).at(dependency.span.clone(), "")
}

fn share(map: &Map) -> Table {
    let slot = |(key, entry): (&str, &Entry)| {
        let table = entry.node.value.as_map().map(share);
        let value = if table.is_some() { Value::Null } else { entry.node.value.clone() };
        (key.to_owned(), Slot { key: entry.key.clone(), node: Node::new(value, entry.node.span.clone()), table })
    };
    Rc::new(RefCell::new(map.entries().map(slot).collect()))
}

/// Converts a shared table to a map; `None` if a table contains itself. `around` lists the tables that contain this one.
fn unshare(table: &Table, around: &mut Vec<Table>) -> Option<Map> {
    if around.iter().any(|outer| Rc::ptr_eq(outer, table)) {
        return None;
    }
    around.push(table.clone());
    let mut entry = |(key, slot): &(String, Slot)| {
        let value = match &slot.table {
            Some(inner) => Value::Map(unshare(inner, around)?),
            None => slot.node.value.clone(),
        };
        Some((key.clone(), Entry { key: slot.key.clone(), node: Node::new(value, slot.node.span.clone()) }))
    };
    let map = table.borrow().iter().map(&mut entry).collect();
    around.pop();
    map
}

fn get(table: &Table, key: &str) -> Option<Slot> {
    table.borrow().iter().find(|(known, _)| known == key).map(|(_, slot)| slot.clone())
}

/// Returns the table at a path, or the path element that is not a table.
fn table_at<'p>(values: &Table, path: impl Iterator<Item = &'p str>) -> Result<Table, &'p str> {
    let mut table = values.clone();
    for element in path {
        table = get(&table, element).and_then(|slot| slot.table).ok_or(element)?;
    }
    Ok(table)
}

/// Wraps a table so that it is at a dotted path; `.` is the root.
fn at_path(table: Table, path: &str) -> Table {
    if path == "." {
        return table;
    }
    path.rsplit('.').fold(table, |inner, key| {
        let slot = Slot { key: Span::generated(), node: Node::default(), table: Some(inner) };
        Rc::new(RefCell::new(vec![(key.to_owned(), slot)]))
    })
}

/// Adds the keys of `from` that `into` lacks, recursively (Helm's `MergeTables`). As a side effect, nulls in `into` are
/// copied to `from`.
fn merge(into: &Table, from: &Table, path: &str, notes: &mut Vec<Diagnostic>) {
    if Rc::ptr_eq(into, from) {
        return;
    }
    let is_null = |slot: &Slot| slot.table.is_none() && slot.node.value.is_null();
    let nulls: Vec<(String, Slot)> = into.borrow().iter().filter(|(_, slot)| is_null(slot)).cloned().collect();
    for (key, slot) in nulls {
        let mut from = from.borrow_mut();
        match from.iter_mut().find(|(known, _)| *known == key) {
            Some((_, there)) => *there = slot,
            None => from.push((key, slot)),
        }
    }
    let entries: Vec<(String, Slot)> = from.borrow().clone();
    for (key, slot) in entries {
        let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let mut note = |message: String| {
            notes.push(Diagnostic::warning("values", message).at(slot.node.span.clone(), ""));
        };
        match (get(into, &key), &slot.table) {
            (None, _) => into.borrow_mut().push((key, slot)),
            (Some(Slot { table: Some(own), .. }), Some(other)) => merge(&own, other, &below, notes),
            (Some(_), Some(other)) => {
                let shown = unshare(other, &mut Vec::new()).map(|map| display(&Value::Map(map))).unwrap_or_default();
                note(format!("cannot overwrite table with non table for {below} ({shown})"));
            }
            (Some(Slot { table: Some(_), .. }), None) if !slot.node.value.is_null() => {
                let shown = display(&slot.node.value);
                note(format!("destination for {below} is a table. Ignoring non-table value ({shown})"));
            }
            (Some(_), None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::chart::{Chart, File};

    fn values(parent: &str, dependencies: &str, children: &[(&str, &str)]) -> String {
        let file = |path: String, text: String| File::new(path, text.into_bytes());
        let metadata = |name: &str| format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n");
        let mut files = vec![
            file("Chart.yaml".to_owned(), format!("{}dependencies: {dependencies}\n", metadata("web"))),
            file("values.yaml".to_owned(), parent.to_owned()),
        ];
        for (name, text) in children {
            files.push(file(format!("charts/{name}/Chart.yaml"), metadata(name)));
            files.push(file(format!("charts/{name}/values.yaml"), (*text).to_owned()));
        }
        let mut chart = Chart::from_files(files).unwrap();
        match chart.import_values(&mut Vec::new(), &mut super::TreeBudget::default()) {
            Ok(()) => crate::json::write(&crate::yaml::Value::Map(chart.values)),
            Err(errors) => errors[0].message.clone(),
        }
    }

    #[test]
    fn later_imports_are_visible_in_the_source_of_earlier_ones() {
        let dependencies = "[{name: a, version: 1.x, import-values: [{child: t, parent: p}]}, \
                             {name: b, version: 1.x, import-values: [{child: t, parent: p}]}]";
        let reported = values("", dependencies, &[("a", "t: {u: {x: 1}}"), ("b", "t: {u: {z: 2}}")]);
        assert_eq!(
            reported,
            r#"{"a":{"global":{},"t":{"u":{"x":1,"z":2}}},"b":{"global":{},"t":{"u":{"z":2}}},"p":{"u":{"x":1,"z":2}}}"#
        );
    }

    #[test]
    fn an_empty_table_is_not_shared() {
        let dependencies = "[{name: a, version: 1.x, import-values: [{child: t, parent: p}, {child: u, parent: p}]}]";
        let reported = values("", dependencies, &[("a", "t: {}\nu: {x: 1}")]);
        assert_eq!(reported, r#"{"a":{"global":{},"t":{},"u":{"x":1}},"p":{"x":1}}"#);
    }

    #[test]
    fn the_charts_own_defaults_win() {
        let dependencies = "[{name: a, version: 1.x, import-values: [data]}]";
        let reported = values("x: 1", dependencies, &[("a", "exports: {data: {x: 2, z: 3}}")]);
        assert_eq!(reported, r#"{"a":{"exports":{"data":{"x":2,"z":3}},"global":{}},"x":1,"z":3}"#);
    }

    #[test]
    fn a_table_within_itself_is_an_error() {
        let dependencies =
            "[{name: a, version: 1.x, import-values: [{child: t, parent: p.q}, {child: t, parent: p.q.r}]}]";
        assert_eq!(values("", dependencies, &[("a", "t: {x: 1}")]), "import-values put a table into itself");
    }
}
