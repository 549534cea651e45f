//! Experiments: rendering the chart with other values than those that are set.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::candidates::alterations;
use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Span};
use crate::engine::{self, Capabilities, Focus, LoadedTree, Mentions, Release, Rendered, Scope, Session, Trace};
use crate::json_schema::SchemaView;
use crate::render::{self, Prepared, Schemas};
use crate::values::{Step, ValuePath, coalesce, merge_defaults};
use crate::yaml::{Map, Node, Value};

/// How much work all renders may do before experiments end. For the largest public charts, hundreds of renders do less.
const MAX_STEPS: u64 = 500_000_000;

/// The chart, values and cluster to experiment with.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The chart as it was read.
    pub chart: &'a Chart,
    /// The values that the user set, merged.
    pub user: &'a Map,
    /// The release that templates see.
    pub release: &'a Release,
    /// The cluster that templates see.
    pub capabilities: &'a Capabilities,
    /// Whether to skip checking values against the charts' schemas.
    pub skip_schema_validation: bool,
    /// Counts the experiments.
    pub experiments: &'a Experiments,
}

/// How many experiments were run, for showing progress.
#[derive(Debug, Default)]
pub struct Experiments(AtomicUsize);

impl Experiments {
    /// Returns the number of experiments so far.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// A value to set or remove.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The path of the value.
    pub path: ValuePath,
    /// The new value; `None` removes it, like null in Helm.
    pub value: Option<Value>,
}

/// The result of an experiment.
pub(super) enum Outcome {
    /// The charts' schemas don't allow these values, so the experiment shows nothing.
    Invalid,
    /// The templates don't render with these values, for these reasons.
    Refused(Vec<Diagnostic>),
    /// The rendered templates, without NOTES.txt.
    Rendered(Vec<Rendered>),
}

/// A chart rendered with its values, which can be rendered again with other values.
pub(super) struct Experiment<'a> {
    subject: Subject<'a>,
    /// The chart as it was rendered, and its values.
    pub(super) prepared: Prepared,
    schemas: Schemas,
    pub(super) rendered: Vec<Rendered>,
    /// The templates that were rendered first.
    loaded: Mutex<LoadedTree>,
    /// Loaded templates that no thread is using right now.
    sessions: Mutex<Vec<Session>>,
}

impl<'a> Experiment<'a> {
    /// Renders the chart with the current values.
    ///
    /// # Errors
    /// All errors that keep the chart from being rendered: without a render there is nothing to compare with.
    pub(super) fn new(subject: Subject<'a>) -> Result<Self, Vec<Diagnostic>> {
        let prepared =
            render::prepare_merged(subject.chart.clone(), subject.user.clone(), None, subject.skip_schema_validation)?;
        let schemas = Schemas::new(&prepared.chart);
        let Subject { release, capabilities, .. } = subject;
        let (chart, values) = (&prepared.chart, &prepared.values);
        let (mut rendered, loaded) =
            engine::render_and_keep(&Scope { chart, values, release, capabilities, refusals: None }, None)?;
        rendered.retain(|rendered| !rendered.notes);
        let loaded = Mutex::new(loaded);
        Ok(Experiment { subject, prepared, schemas, rendered, loaded, sessions: Mutex::default() })
    }

    /// Renders the chart with the given changes to its values.
    pub(super) fn try_values(&self, changes: &[&Change]) -> Outcome {
        self.subject.experiments.0.fetch_add(1, Ordering::Relaxed);
        let mut user = self.subject.user.clone();
        for change in changes {
            put(&mut user, &self.prepared.values, change);
        }
        let Some((chart, values)) = self.prepare(user) else { return Outcome::Invalid };
        let rendered = match chart {
            Cow::Owned(chart) => self.render(&chart, &values),
            Cow::Borrowed(chart) => {
                let free = self.free_sessions().pop();
                let session = free.or_else(|| Session::new(chart));
                let rendered = self.render_in(session.as_ref(), chart, &values);
                self.free_sessions().extend(session);
                rendered
            }
        };
        match rendered {
            Ok(rendered) => Outcome::Rendered(rendered),
            Err(errors) => Outcome::Refused(errors),
        }
    }

    /// Whether the renders so far did so much work that no more experiments should be made.
    pub(super) fn is_exhausted(&self) -> bool {
        self.subject.release.environment.work.steps() > MAX_STEPS
    }

    /// Returns the paths of templates that render differently than with the current values, or not at all.
    pub(super) fn changed_files<'r>(&'r self, rendered: &'r [Rendered]) -> HashSet<&'r str> {
        let before: HashMap<&str, &Rendered> =
            self.rendered.iter().map(|rendered| (rendered.path.as_str(), rendered)).collect();
        let after: HashSet<&str> = rendered.iter().map(|rendered| rendered.path.as_str()).collect();
        let is_other = |now: &&Rendered| before.get(now.path.as_str()).is_none_or(|before| before.text != now.text);
        let removed = before.keys().filter(|path| !after.contains(*path)).copied();
        rendered.iter().filter(is_other).map(|rendered| rendered.path.as_str()).chain(removed).collect()
    }

    fn free_sessions(&self) -> MutexGuard<'_, Vec<Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the charts' schemas allow a change.
    pub(super) fn is_valid(&self, change: &Change) -> bool {
        let mut user = self.subject.user.clone();
        put(&mut user, &self.prepared.values, change);
        self.prepare(user).is_some()
    }

    /// Prepares the chart with other user values; `None` if they are not allowed.
    fn prepare(&self, user: Map) -> Option<(Cow<'_, Chart>, Map)> {
        let skip_schema_validation = self.subject.skip_schema_validation;
        if !self.subject.chart.subcharts.is_empty() {
            let prepared =
                render::prepare_merged(self.subject.chart.clone(), user, None, skip_schema_validation).ok()?;
            return Some((Cow::Owned(prepared.chart), prepared.values));
        }
        // Without subcharts, neither the chart nor its schema depends on values.
        let chart = &self.prepared.chart;
        let values = coalesce(&chart.values_tree(), user).ok()?.values;
        let allowed = skip_schema_validation || self.schemas.check(&values).0.is_empty();
        allowed.then_some((Cow::Borrowed(chart), values))
    }

    fn render(&self, chart: &Chart, values: &Map) -> Result<Vec<Rendered>, Vec<Diagnostic>> {
        self.render_in(None, chart, values)
    }

    fn render_in(
        &self,
        session: Option<&Session>,
        chart: &Chart,
        values: &Map,
    ) -> Result<Vec<Rendered>, Vec<Diagnostic>> {
        let Subject { release, capabilities, .. } = self.subject;
        let scope = Scope { chart, values, release, capabilities, refusals: None };
        let mut rendered = match session {
            Some(session) => session.render(&scope)?,
            None => engine::render(&scope)?,
        };
        rendered.retain(|rendered| !rendered.notes);
        Ok(rendered)
    }

    /// Renders the chart again and traces where each line comes from, as far as `focus` asks for it. `None` if its engine can't
    /// trace.
    pub(super) fn trace(&self, focus: Option<Focus<'_>>) -> Option<(Vec<Rendered>, Trace)> {
        self.loaded().render_traced(&self.scope(&self.prepared.values), focus)
    }

    /// Like [`Experiment::trace`], for all lines, with other values for the whole tree.
    pub(super) fn trace_with(&self, values: &Map) -> Option<(Vec<Rendered>, Trace)> {
        self.loaded().render_traced(&self.scope(values), None)
    }

    /// Returns where templates mention values.
    pub(super) fn mentions(&self) -> Mentions {
        self.loaded().mentions(&self.scope(&self.prepared.values))
    }

    fn loaded(&self) -> MutexGuard<'_, LoadedTree> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn scope<'s>(&'s self, values: &'s Map) -> Scope<'s> {
        let Subject { release, capabilities, .. } = self.subject;
        Scope { chart: &self.prepared.chart, values, release, capabilities, refusals: None }
    }

    /// Whether a schema describes the value at `path`.
    pub(super) fn describes(&self, path: &ValuePath) -> bool {
        self.schemas.at(path).is_some()
    }

    /// Whether the chart has a default for the value at `path` or describes it in a schema.
    pub(super) fn knows(&self, path: &ValuePath) -> bool {
        let Ok(defaults) = merge_defaults(&self.prepared.chart.values_tree()) else { return true };
        path.get(&defaults.values).is_some() || self.describes(path)
    }

    /// Whether a schema lists the possible values.
    pub(super) fn is_choice(&self, path: &ValuePath) -> bool {
        let views = self.schemas.at(path).map(SchemaView::alternatives).unwrap_or_default();
        views.iter().any(SchemaView::is_choice)
    }

    /// Returns the property names that the schemas define for the map at `path`.
    pub(super) fn names_at(&self, path: &ValuePath) -> Vec<String> {
        let views = self.schemas.at(path).map(SchemaView::alternatives).unwrap_or_default();
        views.iter().filter_map(SchemaView::properties).flat_map(Map::keys).map(str::to_owned).collect()
    }

    /// Returns alterations of the value at `path`, the most promising first. If the value is a map that is not empty, its
    /// leaves are altered.
    pub(super) fn changes(&self, path: &ValuePath) -> Vec<Change> {
        const MAX_LEAVES: usize = 100;
        const OF_A_LEAF: usize = 3;
        let value = path.get(&self.prepared.values).map(|node| &node.value);
        let at = |path: &ValuePath, value: Option<&Value>| {
            let altered = alterations(value, self.schemas.at(path));
            let change = |value| Change { path: path.clone(), value };
            altered.into_iter().map(change).collect::<Vec<_>>()
        };
        let Some(Value::Map(map)) = value.filter(|value| value.as_map().is_some_and(|map| !map.is_empty())) else {
            return at(path, value);
        };
        let mut changes = Vec::new();
        for leaf in ValuePath::leaves(map).take(MAX_LEAVES) {
            let whole = leaf.steps().iter().fold(path.clone(), |path, step| match step {
                Step::Key(key) => path.key(key),
                Step::Item(_) => path,
            });
            let value = whole.get(&self.prepared.values).map(|node| &node.value);
            changes.extend(at(&whole, value).into_iter().take(OF_A_LEAF));
        }
        changes.extend(at(path, Some(&Value::Map(map.clone()))));
        changes
    }
}

/// Whether two renders have the same output.
pub(super) fn same(a: &[Rendered], b: &[Rendered]) -> bool {
    let pair = |(a, b): (&Rendered, &Rendered)| a.path == b.path && a.text == b.text;
    a.len() == b.len() && a.iter().zip(b).all(pair)
}

/// Applies a change to the user's values. Helm replaces lists as a whole, so a list from the defaults is copied to the user's
/// values and changed there.
fn put(user: &mut Map, values: &Map, change: &Change) {
    let steps = change.path.steps();
    let keys: Vec<&str> =
        steps.iter().map_while(|step| if let Step::Key(key) = step { Some(key.as_str()) } else { None }).collect();
    let new = match steps.get(keys.len()..) {
        None | Some([]) => Node::generated(change.value.clone().unwrap_or_default()),
        Some(inside) => {
            let of_user = user.at(keys.iter().copied()).filter(|node| node.value.as_list().is_some());
            let Some(list) = of_user.or_else(|| values.at(keys.iter().copied())) else { return };
            let mut list = list.clone();
            put_inside(&mut list, inside, change.value.as_ref());
            list
        }
    };
    let Some((last, above)) = keys.split_last() else { return };
    let mut map = user;
    for key in above {
        if map.get(key).is_none_or(|node| node.value.as_map().is_none()) {
            map.insert(*key, Span::generated(), Node::generated(Value::Map(Map::new())));
        }
        let Some(inner) = map.get_mut(key).and_then(|node| node.value.as_map_mut()) else { return };
        map = inner;
    }
    map.insert(*last, Span::generated(), new);
}

/// Applies a change inside a list.
fn put_inside(node: &mut Node, steps: &[Step], value: Option<&Value>) {
    let Some((step, rest)) = steps.split_first() else {
        *node = Node::generated(value.cloned().unwrap_or_default());
        return;
    };
    match (step, &mut node.value) {
        (Step::Item(index), Value::List(items)) if *index < items.len() => match value {
            None if rest.is_empty() => {
                items.remove(*index);
            }
            _ => put_inside(&mut items[*index], rest, value),
        },
        (Step::Key(key), Value::Map(map)) => match (value, map.get_mut(key)) {
            (None, _) if rest.is_empty() => {
                map.remove(key);
            }
            (_, Some(inner)) => put_inside(inner, rest, value),
            (Some(value), None) if rest.is_empty() => {
                map.insert(key.clone(), Span::generated(), Node::generated(value.clone()));
            }
            _ => {}
        },
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    fn after(user: &str, values: &str, path: &str, value: Option<&str>) -> String {
        let read = |text: &str| crate::yaml::read_values(&Source::file("v.yaml", text)).unwrap();
        let mut user = read(user);
        let path = ValuePath::parse(&Source::flag("KEY", path)).unwrap();
        let value = value.map(|text| Value::String(text.to_owned()));
        put(&mut user, &read(values), &Change { path, value });
        crate::json::write(&Value::Map(user))
    }

    #[test]
    fn a_change_applies_to_the_users_values() {
        assert_eq!(after("{}", "a: {b: 1}", "a.b", Some("x")), r#"{"a":{"b":"x"}}"#);
        assert_eq!(after("a: {c: 2}", "a: {b: 1, c: 2}", "a.b", None), r#"{"a":{"b":null,"c":2}}"#);
        assert_eq!(after("a: 1", "a: 1", "a.b", Some("x")), r#"{"a":{"b":"x"}}"#);
    }

    #[test]
    fn a_changed_list_is_set_as_a_whole() {
        assert_eq!(after("{}", "a: [{b: 1, c: 2}, 3]", "a[0].b", Some("x")), r#"{"a":[{"b":"x","c":2},3]}"#);
        assert_eq!(after("a: [4, 5]", "a: [4, 5]", "a[1]", None), r#"{"a":[4]}"#);
        assert_eq!(after("{}", "a: [{b: 1}]", "a[0].c", Some("x")), r#"{"a":[{"b":1,"c":"x"}]}"#);
        assert_eq!(after("{}", "a: [1]", "a[7]", Some("x")), r#"{"a":[1]}"#);
    }
}
