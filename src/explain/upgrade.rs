//! What another version of a chart does with its user's values.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::experiment::{Experiment, Subject};
use super::origins::SideTrace;
use super::renamed::Renames;
use super::unused::unused;
use super::value_sources::short_place;
use crate::chart::Chart;
use crate::diagnostic::Diagnostic;
use crate::diff::{ChangedDefault, Comparison, UnusedValue, Upgrade};
use crate::json;
use crate::secrets::Secrets;
use crate::values::{Step, ValuePath, merge_defaults};
use crate::yaml::{Map, Node};

/// The most values that are checked.
const MAX_VALUES: usize = 2_000;

/// Whether two charts may render the same values differently.
pub fn is_another_chart(old: &Chart, new: &Chart) -> bool {
    let has_other_templates = || {
        fn texts(chart: &Chart) -> BTreeMap<&str, &str> {
            chart.templates.iter().map(|template| (template.path.as_str(), template.source.text())).collect()
        }
        texts(old) != texts(new)
    };
    let has_other_defaults = || {
        fn text(chart: &Chart) -> Option<&str> {
            chart.values_source.as_ref().map(|source| source.text())
        }
        !old.values.is_same(&new.values) && text(old) != text(new)
    };
    old.metadata.name != new.metadata.name
        || old.metadata.version != new.metadata.version
        || has_other_defaults()
        || old.subcharts.len() != new.subcharts.len()
        || has_other_templates()
        || old.subcharts.iter().zip(&new.subcharts).any(|(old, new)| is_another_chart(old, new))
}

/// A version of a chart and how it was rendered.
#[derive(Clone, Copy)]
pub struct Version<'a> {
    /// The chart as it was read, and the user's values.
    pub subject: Subject<'a>,
    /// The chart as it was rendered.
    pub chart: &'a Chart,
    /// The trace of the render.
    pub trace: &'a SideTrace<'a>,
}

/// Compares how two versions of a chart use the user's values: which values have no effect, and which changed defaults matter.
/// The comparison must already have its causes.
///
/// # Errors
/// All errors that keep a chart from being rendered.
pub fn upgrade(
    comparison: &Comparison,
    old: Version<'_>,
    new: Version<'_>,
    secrets: &Secrets,
) -> Result<Upgrade, Vec<Diagnostic>> {
    let name = |version: Version<'_>| {
        let metadata = &version.subject.chart.metadata;
        format!("{} {}", metadata.name, metadata.version)
    };
    let (old_defaults, new_defaults) = (defaults(old)?, defaults(new)?);
    Ok(Upgrade {
        old_chart: name(old),
        new_chart: name(new),
        unused: unused_values(old, new, (&old_defaults, &new_defaults))?,
        defaults: changed_defaults(comparison, old, new, (&old_defaults, &new_defaults), secrets),
    })
}

fn defaults(version: Version<'_>) -> Result<Map, Vec<Diagnostic>> {
    Ok(merge_defaults(&version.chart.values_tree())?.values)
}

fn unused_values(
    old: Version<'_>,
    new: Version<'_>,
    (old_defaults, new_defaults): (&Map, &Map),
) -> Result<Vec<UnusedValue>, Vec<Diagnostic>> {
    if new.subject.user.is_empty() {
        return Ok(Vec::new());
    }
    let now = without_effect(new)?;
    if now.is_empty() {
        return Ok(Vec::new());
    }
    let before: BTreeSet<ValuePath> = without_effect(old)?.into_iter().map(|(path, _)| path).collect();
    let renames = Renames::new(old_defaults, new_defaults);
    let value = |(path, node): (ValuePath, Node)| {
        let set = path.get(new.subject.user).unwrap_or(&node);
        let was_used = path.get(old.subject.user).is_some() && !before.contains(&path);
        UnusedValue {
            place: short_place(set),
            was_used,
            renamed_to: if was_used { renames.find(&path).map(|path| path.to_string()) } else { None },
            key: path.to_string(),
        }
    };
    Ok(now.into_iter().map(value).collect())
}

/// Returns the values that are set but have no effect, whatever other values are. Values of disabled subcharts are left out, as
/// nothing is known about them.
fn without_effect(version: Version<'_>) -> Result<Vec<(ValuePath, Node)>, Vec<Diagnostic>> {
    let user = version.subject.user;
    let experiment = Experiment::new(version.subject)?;
    let Some(output) = version.trace.output() else {
        let found = unused(version.subject, user)?.unused.into_iter();
        let found = found.filter(|value| value.is_without_condition() && !is_switched_off(version, &value.path));
        return Ok(found.map(|value| (value.path, value.node)).collect());
    };
    let mentions = experiment.mentions();
    let not_named = ValuePath::leaves(user)
        .take(MAX_VALUES)
        .filter(|path| !is_switched_off(version, path) && mentions.mentioned(path).places.is_empty());
    let unused = not_named.filter(|path| !output.trace.uses(path));
    Ok(unused.map(|path| (path.clone(), path.get(user).cloned().unwrap_or_default())).collect())
}

/// Whether a value is for a subchart that is declared but was left out of the render.
fn is_switched_off(version: Version<'_>, path: &ValuePath) -> bool {
    let Some(Step::Key(first)) = path.steps().first() else { return false };
    let declared = version.subject.chart.metadata.dependencies.iter();
    let is_declared = |name: &str, alias: &str| if alias.is_empty() { name == first } else { alias == first };
    declared.into_iter().any(|dependency| is_declared(&dependency.name, &dependency.alias))
        && version.chart.subcharts.iter().all(|subchart| subchart.metadata.name != *first)
}

/// Returns the defaults that changed and made a difference where the user set nothing.
fn changed_defaults(
    comparison: &Comparison,
    old: Version<'_>,
    new: Version<'_>,
    (old_defaults, new_defaults): (&Map, &Map),
    secrets: &Secrets,
) -> Vec<ChangedDefault> {
    let mut objects: HashMap<&str, BTreeSet<usize>> = HashMap::new();
    for (at, difference) in comparison.differences.iter().enumerate() {
        let of_changes = difference.changes.iter().flat_map(|change| &change.causes);
        for cause in difference.causes.iter().chain(of_changes) {
            objects.entry(&cause.key).or_default().insert(at);
        }
    }
    if objects.is_empty() {
        return Vec::new();
    }
    let paths: BTreeSet<ValuePath> = [old_defaults, new_defaults].into_iter().flat_map(ValuePath::leaves).collect();
    let is_set = |path: &ValuePath| path.get(new.subject.user).is_some() || path.get(old.subject.user).is_some();
    let mut changed: BTreeMap<ValuePath, BTreeSet<usize>> = BTreeMap::new();
    for path in paths {
        let (before, after) = (path.get(old_defaults), path.get(new_defaults));
        if is_set(&path) || before.map(|node| &node.value) == after.map(|node| &node.value) {
            continue;
        }
        let Some(objects) = objects.get(path.to_string().as_str()) else { continue };
        // A map that was added or removed as a whole counts as one default.
        let side = if before.is_none() { old_defaults } else { new_defaults };
        let above = std::iter::successors(Some(path.clone()), ValuePath::parent);
        let whole = above
            .take_while(|above| {
                !above.steps().is_empty() && above.get(side).is_none() && (*above == path || !is_set(above))
            })
            .last();
        changed.entry(whole.unwrap_or(path)).or_default().extend(objects);
    }
    // Changes inside a map that is empty on one side make an entry for the map itself redundant.
    let maps = changed.iter().filter_map(|(path, objects)| {
        let map = path.parent()?;
        changed.get(&map)?.is_subset(objects).then_some(map)
    });
    for map in maps.collect::<BTreeSet<ValuePath>>() {
        changed.remove(&map);
    }
    let default = |(path, objects): (ValuePath, BTreeSet<usize>)| {
        let shown = |defaults: &Map| {
            let node = path.get(defaults).filter(|node| !node.value.is_null())?;
            Some(json::write(&secrets.masked_value(&path, &node.value)))
        };
        ChangedDefault {
            old: shown(old_defaults),
            new: shown(new_defaults),
            key: path.to_string(),
            objects: objects.len(),
        }
    };
    changed.into_iter().map(default).collect()
}
