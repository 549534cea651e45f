//! Checks with experiments where lines of charts come from: values are changed at random, and each line that changes must name
//! one of them.
//!
//! `TRACE_CHARTS=FOLDER:...` tests the charts in these folders instead of those of the tests, `TRACE_SHOW=1` prints each line
//! that is wrong, and `TRACE_SEED` is the seed of the changes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use mim_chart::alignment::align;
use mim_chart::chart::Chart;
use mim_chart::diagnostic::Source;
use mim_chart::engine::{
    self, Aspect, Capabilities, Dependence, Environment, Release, Rendered, Scope, Trace, UsedPath,
};
use mim_chart::render;
use mim_chart::values::{Step, ValuePath};
use mim_chart::yaml::{Map, Node, Value};

/// The number of changes that are tried for each chart.
const TRIALS: usize = 24;

/// A chart rendered with some values, and the trace of its lines.
pub struct Traced {
    values: Map,
    /// The rendered files, by their paths.
    pub files: BTreeMap<String, Rendered>,
    /// Where their lines come from.
    pub trace: Trace,
}

/// Renders and traces a chart; `None` if it fails.
pub fn traced(chart: &Chart, user: &Map, environment: &Environment) -> Option<Traced> {
    let prepared = render::prepare_merged(chart.clone(), user.clone(), None, true).ok()?;
    let mut release = Release::install("chat", "xmpp");
    release.environment = environment.clone();
    let capabilities = Capabilities::default();
    let scope = Scope {
        chart: &prepared.chart,
        values: &prepared.values,
        release: &release,
        capabilities: &capabilities,
        refusals: None,
    };
    let (rendered, trace) = engine::trace(&scope)?;
    let plain = engine::render(&scope).ok()?;
    assert_eq!(plain.len(), rendered.len());
    for (plain, traced) in plain.iter().zip(&rendered) {
        assert!(plain.path == traced.path && plain.text == traced.text, "{} is rendered alike", plain.path);
    }
    let files = rendered.into_iter().map(|rendered| (rendered.path.clone(), rendered)).collect();
    Some(Traced { values: prepared.values, files, trace })
}

/// A random number generator that returns the same numbers in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end.max(1)
    }
}

/// Returns the values of the first render: the chart's defaults, or its test values in `ci/` if it does not render with the
/// defaults. Odd seeds also turn on some switches that are off, if the chart still renders.
fn base(chart: &Chart, environment: &Environment, numbers: &mut Numbers, seed: u64) -> Option<(Map, Traced)> {
    let tested = chart.files.iter().filter(|file| file.path.starts_with("ci/") && file.path.ends_with(".yaml"));
    let tested = tested.filter_map(|file| {
        let text = std::str::from_utf8(&file.bytes).ok()?;
        mim_chart::yaml::read_values(&Source::rendered(&file.path, text)).ok()
    });
    let mut candidates = std::iter::once(Map::new()).chain(tested);
    let (user, base) = candidates.find_map(|user| Some((user.clone(), traced(chart, &user, environment)?)))?;
    if seed.is_multiple_of(2) {
        return Some((user, base));
    }
    let is_off = |path: &ValuePath| matches!(path.get(&base.values).map(|node| &node.value), Some(Value::Bool(false)));
    let off: Vec<ValuePath> = ValuePath::leaves(&base.values).filter(is_off).collect();
    for _ in 0..8 {
        let mut more = user.clone();
        off.iter().filter(|_| numbers.below(4) == 0).for_each(|path| put(&mut more, path, Value::Bool(true)));
        if let Some(traced) = traced(chart, &more, environment) {
            return Some((more, traced));
        }
    }
    Some((user, base))
}

/// Returns different values of the same kind, and null.
fn other_values(value: Option<&Value>) -> Vec<Value> {
    let text = |text: &str| Value::String(text.to_owned());
    match value {
        Some(Value::Bool(value)) => vec![Value::Bool(!value)],
        Some(Value::Int(number)) => vec![Value::Int(number + 1), Value::Int(0), Value::Null],
        Some(Value::Float(number)) => vec![Value::Float(number + 1.0), Value::Float(0.0), Value::Null],
        Some(Value::String(value)) if value.is_empty() => vec![text("other"), text("a.b/c:d")],
        Some(Value::String(value)) => vec![text(&format!("{value}x")), text("other"), text(""), Value::Null],
        Some(Value::List(items)) if items.is_empty() => {
            let mut map = Map::new();
            map.insert("name", Default::default(), Node::generated(text("other")));
            vec![Value::List(vec![Node::generated(Value::Map(map))]), Value::List(vec![Node::generated(text("other"))])]
        }
        Some(Value::List(items)) => {
            let mut more = items.clone();
            more.extend(items.first().cloned());
            vec![Value::List(Vec::new()), Value::List(more)]
        }
        Some(Value::Map(map)) if map.is_empty() => {
            let mut map = Map::new();
            map.insert("other", Default::default(), Node::generated(text("value")));
            vec![Value::Map(map)]
        }
        Some(Value::Map(_)) => vec![Value::Null],
        None | Some(Value::Null) => vec![text("other"), Value::Bool(true), Value::Int(3)],
    }
}

/// Returns the paths of the values to change, including those in lists.
fn leaves(values: &Map) -> Vec<ValuePath> {
    let mut found = Vec::new();
    for path in ValuePath::leaves(values) {
        if let Some(Value::List(items)) = path.get(values).map(|node| &node.value) {
            for (index, item) in items.iter().enumerate() {
                let with = |rest: &[Step]| ValuePath::new([path.steps(), &[Step::Item(index)], rest].concat());
                match &item.value {
                    Value::Map(map) => found.extend(ValuePath::leaves(map).map(|leaf| with(leaf.steps()))),
                    _ => found.push(with(&[])),
                }
            }
        }
        found.push(path);
    }
    found
}

/// Changes the value at a path. Lists on the path are copied from the values first.
fn change(user: &mut Map, path: &ValuePath, value: Value, values: &Map) {
    let steps = path.steps();
    let Some(at) = steps.iter().position(|step| matches!(step, Step::Item(_))) else { return put(user, path, value) };
    let list = ValuePath::new(steps[..at].to_vec());
    let Some(mut changed) = list.get(values).map(|node| node.value.clone()) else { return };
    let Step::Item(index) = steps[at] else { return };
    let Value::List(items) = &mut changed else { return };
    match (&mut items[index].value, &steps[at + 1..]) {
        (item, []) => *item = value,
        (Value::Map(map), rest) => put(map, &ValuePath::new(rest.to_vec()), value),
        _ => return,
    }
    put(user, &list, changed);
}

/// Changes the value at a path of keys.
fn put(user: &mut Map, path: &ValuePath, value: Value) {
    let keys: Vec<&str> = path
        .steps()
        .iter()
        .filter_map(|step| if let Step::Key(key) = step { Some(key.as_str()) } else { None })
        .collect();
    let (last, above) = keys.split_last().expect("a key");
    let mut map = user;
    for key in above {
        if map.get(key).is_none_or(|node| node.value.as_map().is_none()) {
            map.insert(*key, Default::default(), Node::generated(Value::Map(Map::new())));
        }
        map = map.get_mut(key).and_then(|node| node.value.as_map_mut()).expect("a map");
    }
    map.insert(*last, Default::default(), Node::generated(value));
}

/// Returns the paths at which two trees of values differ. Changes in the copies of global values for subcharts are returned as
/// paths in the root, where they were set.
fn changed(a: &Map, b: &Map) -> Vec<ValuePath> {
    let mut found = Vec::new();
    compare(&Value::Map(a.clone()), &Value::Map(b.clone()), &mut Vec::new(), &mut found);
    let is_global = |step: &Step| matches!(step, Step::Key(key) if key == "global");
    let copy_of = |path: &ValuePath| {
        let at = path.steps().iter().position(is_global).filter(|at| *at > 0)?;
        Some(ValuePath::new(path.steps()[at..].to_vec()))
    };
    let set: Vec<ValuePath> = found.iter().filter(|path| copy_of(path).is_none()).cloned().collect();
    found.retain(|path| {
        copy_of(path).is_none_or(|global| !set.iter().any(|set| set.is_prefix_of(&global) || global.is_prefix_of(set)))
    });
    found
}

fn compare(a: &Value, b: &Value, at: &mut Vec<Step>, found: &mut Vec<ValuePath>) {
    match (a, b) {
        (Value::Map(a), Value::Map(b)) => {
            let keys: BTreeSet<&str> = a.keys().chain(b.keys()).collect();
            for key in keys {
                at.push(Step::Key(key.to_owned()));
                match (a.get(key), b.get(key)) {
                    (Some(a), Some(b)) => compare(&a.value, &b.value, at, found),
                    _ => found.push(ValuePath::new(at.clone())),
                }
                at.pop();
            }
        }
        (Value::List(a), Value::List(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                at.push(Step::Item(index));
                compare(&a.value, &b.value, at, found);
                at.pop();
            }
        }
        _ if mim_chart::json::write(a) == mim_chart::json::write(b) => {}
        _ => found.push(ValuePath::new(at.clone())),
    }
}

/// The result of the trials with a chart.
#[derive(Default)]
pub struct Verdict {
    /// The number of changes, and of lines that they changed.
    pub trials: usize,
    pub lines: usize,
    unexplained: Vec<String>,
    /// The number of pairs of a line and a value that it shows, and how many of these lines changed with the value.
    shown: usize,
    changing: usize,
    /// For each line, the number of values that decide whether or how it is written.
    deciding: Vec<usize>,
}

impl Verdict {
    /// Adds the result of other trials.
    pub fn add(&mut self, other: Verdict) {
        self.trials += other.trials;
        self.lines += other.lines;
        self.unexplained.extend(other.unexplained);
        self.shown += other.shown;
        self.changing += other.changing;
        self.deciding.extend(other.deciding);
    }
}

/// Returns the line numbers (from 1) that are removed from the old text, and those that are added in the new one.
fn differing(old: &str, new: &str) -> (Vec<usize>, Vec<usize>) {
    let [old, new] = [old, new].map(|text| text.lines().collect::<Vec<_>>());
    let stretches = align(&old, &new);
    let changed = stretches.into_iter().filter(|stretch| !stretch.is_same);
    changed.fold((Vec::new(), Vec::new()), |(mut removed_lines, mut added_lines), stretch| {
        removed_lines.extend(stretch.old.map(|at| at + 1));
        added_lines.extend(stretch.new.map(|at| at + 1));
        (removed_lines, added_lines)
    })
}

/// Changes the values of a chart at random, and checks the lines that change.
pub fn try_chart(name: &str, chart: &Chart, seed: u64) -> Verdict {
    let mut verdict = Verdict::default();
    // With a seed, generated keys are always the same.
    let environment = Environment { seed: Some("test".into()), ..Environment::default() };
    let mut numbers = Numbers(seed);
    numbers.below(2);
    let Some((user, base)) = base(chart, &environment, &mut numbers, seed) else { return verdict };
    let all = leaves(&base.values);
    // For each changed value, the lines that changed.
    let mut tried: HashMap<ValuePath, BTreeSet<(String, usize)>> = HashMap::new();
    for _ in 0..TRIALS {
        if all.is_empty() {
            break;
        }
        let path = all[numbers.below(all.len())].clone();
        let mut choices = other_values(path.get(&base.values).map(|node| &node.value));
        let mut more = Vec::new();
        if numbers.below(4) == 0 {
            // Change a second value at the same time.
            let second = all[numbers.below(all.len())].clone();
            if !second.is_prefix_of(&path) && !path.is_prefix_of(&second) {
                let choices = other_values(second.get(&base.values).map(|node| &node.value));
                let value = choices[numbers.below(choices.len())].clone();
                more.push((second, value));
            }
        } else if numbers.below(6) == 0 {
            // Add a key beside the value.
            let parent = path.parent().unwrap_or_default();
            let value = path.get(&base.values).map(|node| node.value.clone()).unwrap_or_default();
            choices = vec![value.clone()];
            more.push((parent.key("added"), value));
        } else if numbers.below(8) == 0 && path.steps().len() > 1 {
            // Delete the whole map.
            let parent = path.parent().expect("a parent");
            choices = vec![Value::Null];
            more.push((parent, choices[0].clone()));
        }
        for value in choices {
            let mut user_values = user.clone();
            change(&mut user_values, &path, value, &base.values);
            for (path, value) in &more {
                change(&mut user_values, path, value.clone(), &base.values);
            }
            let Some(other) = traced(chart, &user_values, &environment) else { continue };
            let paths = changed(&base.values, &other.values);
            verdict.trials += 1;
            let single = more.is_empty();
            let touched = try_pair(name, &base, &other, &paths, &mut verdict);
            if single {
                tried.entry(path.clone()).or_default().extend(touched);
            }
        }
    }
    for (path, touched) in &tried {
        for file in base.files.keys() {
            for (line, how) in base.trace.dependents(path).lines_of(file) {
                if how == Dependence::Shown {
                    verdict.shown += 1;
                    let changes = touched.contains(&(file.clone(), line));
                    verdict.changing += usize::from(changes);
                    if !changes && std::env::var_os("TRACE_SHOW").is_some() {
                        let text = base.files[file].text.lines().nth(line - 1).unwrap_or_default();
                        println!("  {file}:{line} shows {path}, which does not change it: {text}");
                    }
                }
            }
        }
    }
    for (path, file) in &base.files {
        for line in 1..=file.text.lines().count() {
            let origin = base.trace.line(path, line).unwrap_or_else(|| panic!("{name}: {path}:{line} is known"));
            if !file.text.lines().nth(line - 1).unwrap_or_default().trim().is_empty() {
                assert!(origin.place.is_some(), "{name}: {path}:{line} has a place");
                verdict.deciding.push(origin.deciding.len());
            }
        }
    }
    verdict
}

/// Checks each line that differs. Returns the differing lines of `base`.
fn try_pair(
    name: &str,
    base: &Traced,
    other: &Traced,
    paths: &[ValuePath],
    verdict: &mut Verdict,
) -> Vec<(String, usize)> {
    let names = |traced: &Traced, file: &str, line: usize| {
        let origin = traced.trace.line(file, line)?;
        let all = origin.shown.iter().chain(&origin.deciding);
        let mut meant = all.filter(|known| is_changed(known, paths, base, other));
        meant.next().cloned()
    };
    let mut touched = Vec::new();
    let files: BTreeSet<&String> = base.files.keys().chain(other.files.keys()).collect();
    for path in files {
        // A disabled subchart has no files.
        let text = |traced: &Traced| traced.files.get(path).map(|file| file.text.clone()).unwrap_or_default();
        let (old, new) = (text(base), text(other));
        let (removed_lines, added_lines) = differing(&old, &new);
        let sides = [(base, other, old, removed_lines, "-"), (other, base, new, added_lines, "+")];
        for (traced, opposite, file, lines, sign) in sides {
            for line in lines {
                let text = file.lines().nth(line - 1).unwrap_or_default();
                if sign == "-" {
                    touched.push((path.clone(), line));
                }
                if text.trim().is_empty() {
                    continue;
                }
                verdict.lines += 1;
                let names_one = |line: usize| names(traced, path, line).is_some();
                if !names_one(line) && !is_kept(traced, opposite, path, line, names_one) {
                    let paths: Vec<String> = paths.iter().take(4).map(ToString::to_string).collect();
                    let origin = traced.trace.line(path, line);
                    let origin = origin.map(|origin| {
                        format!(
                            "{:?}/{:?}",
                            origin.shown.iter().map(shown).collect::<Vec<_>>(),
                            origin.deciding.iter().map(shown).collect::<Vec<_>>()
                        )
                    });
                    verdict
                        .unexplained
                        .push(format!("{name}: {path}:{line} {sign}{text} for {paths:?}; names {origin:?}"));
                }
            }
        }
    }
    touched
}

fn shown(used: &UsedPath) -> String {
    format!(
        "{}{}",
        used.path,
        match used.aspect {
            Aspect::Whole => "",
            Aspect::Keys => " (keys)",
            Aspect::Emptiness => " (emptiness)",
        }
    )
}

/// Whether a value that a line depends on differs between both renders.
fn is_changed(used: &UsedPath, changed: &[ValuePath], base: &Traced, other: &Traced) -> bool {
    if !changed.iter().any(|path| path.is_prefix_of(&used.path) || used.path.is_prefix_of(path)) {
        return false;
    }
    let keys = |traced: &Traced| -> Option<Vec<String>> {
        let of_map = |map: &Map| map.keys().map(str::to_owned).collect::<Vec<_>>();
        if used.path.steps().is_empty() {
            return Some(of_map(&traced.values));
        }
        match used.path.get(&traced.values).map(|node| &node.value) {
            Some(Value::Map(map)) => Some(of_map(map)),
            Some(Value::List(items)) => Some((0..items.len()).map(|index| index.to_string()).collect()),
            _ => None,
        }
    };
    let (old, new) = (keys(base), keys(other));
    match used.aspect {
        Aspect::Whole => true,
        Aspect::Keys => old.is_none() || old != new,
        Aspect::Emptiness => old.is_none() || old.map(|keys| keys.is_empty()) != new.map(|keys| keys.is_empty()),
    }
}

/// Whether another alignment would have kept this line: the other file also has it from the same place, as often as this file
/// without those that name a changed value. In a loop, the documents of two iterations may begin with equal lines.
fn is_kept(traced: &Traced, other: &Traced, path: &str, line: usize, names: impl Fn(usize) -> bool) -> bool {
    if !traced.files.contains_key(path) || !other.files.contains_key(path) {
        return false;
    }
    let known = |traced: &Traced, line: usize| {
        let text = traced.files[path].text.lines().nth(line - 1).unwrap_or_default().to_owned();
        let origin = traced.trace.line(path, line)?;
        Some((text, format!("{:?}{:?}", origin.place, origin.calls)))
    };
    let wanted = known(traced, line);
    let equal = |traced: &Traced| -> Vec<usize> {
        let lines = traced.files[path].text.lines().count();
        (1..=lines).filter(|line| known(traced, *line) == wanted).collect()
    };
    let (here, there) = (equal(traced), equal(other));
    here.iter().filter(|line| !names(**line)).count() <= there.len()
}

impl Verdict {
    /// Checks that at least 70 % of the values that lines show change these lines.
    pub fn expect_precision(&self) {
        let Verdict { changing, shown, .. } = self;
        assert!(changing * 10 >= shown * 7, "{changing} of {shown} shown values change their line");
    }

    /// Prints the figures, and checks that each line that changed names a value that changed.
    pub fn report(mut self) {
        self.deciding.sort_unstable();
        let median = self.deciding.get(self.deciding.len() / 2).copied().unwrap_or_default();
        println!(
            "{} trials, {} lines changed, {} unexplained; {} of {} shown values change their line; {median} deciding values at the median",
            self.trials,
            self.lines,
            self.unexplained.len(),
            self.changing,
            self.shown
        );
        let shown = if std::env::var_os("TRACE_SHOW").is_some() { usize::MAX } else { 10 };
        let list: Vec<&String> = self.unexplained.iter().take(shown).collect();
        assert!(self.unexplained.is_empty(), "{list:#?}");
    }
}

fn charts_below(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("Chart.yaml").is_file() {
        found.push(folder.to_owned());
        return;
    }
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    entries.iter().filter(|path| path.is_dir()).for_each(|path| charts_below(path, found));
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn lines_of_charts_name_the_values_that_change_them() {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases");
    let folders = std::env::var("TRACE_CHARTS").unwrap_or_else(|_| own.to_owned());
    let seed = std::env::var("TRACE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let mut charts = Vec::new();
    folders
        .split(':')
        .filter(|folder| !folder.is_empty())
        .for_each(|folder| charts_below(Path::new(folder), &mut charts));
    let mut all = Verdict::default();
    for path in &charts {
        let Ok(chart) = Chart::read(path) else { continue };
        let verdict = try_chart(&path.display().to_string(), &chart, seed);
        println!(
            "{}: {} trials, {} lines, {} unexplained, shown {} changing {}",
            path.display(),
            verdict.trials,
            verdict.lines,
            verdict.unexplained.len(),
            verdict.shown,
            verdict.changing
        );
        all.add(verdict);
    }
    assert!(all.lines > 0, "no line of {} charts changed", charts.len());
    all.report();
}
