//! Origins of values, and of the parts of lists and maps.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::paths::{PathId, Paths, SetId};
use super::pieces::Pieces;
use super::written_texts::WrittenTexts;
use crate::engine::gotpl::value::{Text, Value};
use crate::engine::used::Aspect;

/// The number of an [`Origin`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Mark(u32);

impl Mark {
    /// Comes from no value but from a template's own text, or from the release.
    pub(super) const NONE: Mark = Mark(0);
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Origin {
    /// The path of the value that it is, with everything inside.
    pub(super) path: Option<PathId>,
    /// The values that it shows.
    pub(super) shown: SetId,
    /// The values that decided that it is this one.
    pub(super) deciders: SetId,
    /// The pieces of a text that templates wrote.
    pub(super) text: Option<TextId>,
}

/// The number of a text's [`Pieces`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TextId(u32);

/// The origins of parts of a map or list that do not come from where the container does.
struct PartOrigins {
    /// Keeps the container alive, since it is identified by its address.
    _container: Value,
    parts: HashMap<Part, Mark, ahash::RandomState>,
    /// The values that decided about single parts, in addition to the parts' marks.
    part_deciders: HashMap<Part, SetId, ahash::RandomState>,
    /// The values that decided which keys there are, whatever their names.
    key_deciders: SetId,
    /// The values that decided whether certain keys exist. Those keys are in `parts` or `part_deciders`.
    named_key_deciders: SetId,
    /// The values that decided about every part, for example whether it was replaced.
    every_part_deciders: SetId,
    /// The maps that missing keys would have come from.
    absent: Vec<Absent>,
}

/// A map that another map was copied or merged from. A key that neither has would have come from it.
#[derive(Clone, PartialEq)]
struct Absent {
    mark: Mark,
    /// The keys that would not have been copied.
    except: Rc<[Text]>,
}

impl PartOrigins {
    fn new(container: Value) -> PartOrigins {
        PartOrigins {
            _container: container,
            parts: HashMap::default(),
            part_deciders: HashMap::default(),
            key_deciders: SetId::EMPTY,
            named_key_deciders: SetId::EMPTY,
            every_part_deciders: SetId::EMPTY,
            absent: Vec::new(),
        }
    }

    /// The values that decided which parts there are, or about all of them.
    fn deciders(&self, paths: &mut Paths) -> SetId {
        let keys = paths.union(self.key_deciders, self.named_key_deciders);
        paths.union(keys, self.every_part_deciders)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Key(Text),
    Item(usize),
}

/// How many levels of nested values are followed.
pub(super) const MAX_LEVELS: usize = 1_000;

/// How many things may be kept: pieces of texts, origins of values, parts of maps and lists. A run that needs more has no trace.
const MAX_KEPT: usize = 4_000_000;

/// How many maps merged into one are kept apart. If there are more, they count as deciding about all its keys.
const MAX_MERGED: usize = 16;

/// Everything that is known about values.
pub(super) struct Marks {
    pub(super) paths: Paths,
    origins: Vec<Origin>,
    numbers: HashMap<Origin, Mark, ahash::RandomState>,
    texts: Vec<Rc<Pieces>>,
    kept: usize,
    part_origins: HashMap<usize, PartOrigins, ahash::RandomState>,
    pub(super) written: WrittenTexts<Mark>,
    /// Whether a random value was put into a map or a list.
    keeps_random: bool,
}

impl Default for Marks {
    fn default() -> Self {
        Marks {
            paths: Paths::default(),
            origins: vec![Origin::default()],
            numbers: HashMap::from_iter([(Origin::default(), Mark::NONE)]),
            texts: Vec::new(),
            kept: 0,
            part_origins: HashMap::default(),
            written: WrittenTexts::default(),
            keeps_random: false,
        }
    }
}

impl Marks {
    /// Counts things that are kept.
    pub(super) fn spend(&mut self, count: usize) {
        self.kept = self.kept.saturating_add(count);
    }

    /// Whether the limit is exceeded. Nothing more is kept then.
    pub(super) fn is_spent(&self) -> bool {
        self.kept + self.origins.len() + self.paths.size() > MAX_KEPT
    }

    /// Leaves room for this many more things.
    #[cfg(test)]
    pub(super) fn leave_room(&mut self, room: usize) {
        self.kept = MAX_KEPT - self.origins.len() - self.paths.size() - room;
    }

    /// The mark of an origin.
    pub(super) fn mark(&mut self, origin: Origin) -> Mark {
        if self.is_spent() {
            return self.numbers.get(&origin).copied().unwrap_or_default();
        }
        let next = Mark(self.origins.len() as u32);
        *self.numbers.entry(origin).or_insert_with(|| {
            self.origins.push(origin);
            next
        })
    }

    /// The origin of a mark.
    pub(super) fn origin(&self, mark: Mark) -> Origin {
        self.origins[mark.0 as usize]
    }

    /// The mark of the value at a path.
    pub(super) fn at(&mut self, path: PathId) -> Mark {
        self.mark(Origin { path: Some(path), ..Origin::default() })
    }

    /// The mark of a value that shows these values.
    pub(super) fn showing(&mut self, shown: SetId, deciders: SetId) -> Mark {
        self.mark(Origin { path: None, shown, deciders, text: None })
    }

    /// Adds deciding values to a mark.
    pub(super) fn with_deciders(&mut self, mark: Mark, by: SetId) -> Mark {
        if by == SetId::EMPTY {
            return mark;
        }
        let origin = self.origin(mark);
        let deciders = self.paths.union(origin.deciders, by);
        self.mark(Origin { deciders, ..origin })
    }

    /// Keeps the pieces of a text; `None` if the limit is exceeded.
    pub(super) fn add_text(&mut self, pieces: Pieces) -> Option<TextId> {
        self.spend(pieces.pieces.len() + 1);
        if self.is_spent() {
            return None;
        }
        self.texts.push(Rc::new(pieces));
        Some(TextId(self.texts.len() as u32 - 1))
    }

    /// The pieces of a text.
    pub(super) fn text(&self, id: TextId) -> Rc<Pieces> {
        Rc::clone(&self.texts[id.0 as usize])
    }

    /// The values that a value shows itself, without parts that come from elsewhere.
    pub(super) fn shown_by_itself(&mut self, mark: Mark) -> SetId {
        let origin = self.origin(mark);
        match origin.path {
            Some(path) => {
                let only = self.paths.only(path);
                self.paths.union(origin.shown, only)
            }
            None => origin.shown,
        }
    }

    /// The values that decided that a value is the one it is.
    pub(super) fn deciders(&mut self, mark: Mark) -> SetId {
        let origin = self.origin(mark);
        match origin.text {
            Some(text) => self.paths.union(origin.deciders, self.texts[text.0 as usize].deciders),
            None => origin.deciders,
        }
    }

    /// The values that a value shows itself, and those that decided about it.
    pub(super) fn own_influences(&mut self, mark: Mark) -> SetId {
        let own = self.shown_by_itself(mark);
        let deciders = self.deciders(mark);
        self.paths.union(own, deciders)
    }

    /// The values that a value shows with everything inside it, and those that decided about it.
    pub(super) fn shown_and_deciders(&mut self, value: &Value, mark: Mark) -> (SetId, SetId) {
        let mut shown = self.shown_by_itself(mark);
        let mut deciders = self.deciders(mark);
        if !self.part_origins.is_empty() && matches!(value, Value::Map(_) | Value::List(_)) {
            let mut seen = HashSet::new();
            self.add_parts(value, &mut shown, &mut deciders, &mut seen, MAX_LEVELS);
            // Loops may do this with large values again and again.
            self.spend(seen.len() / 4);
        }
        (shown, deciders)
    }

    fn add_parts(
        &mut self,
        value: &Value,
        shown: &mut SetId,
        deciders: &mut SetId,
        seen: &mut HashSet<usize>,
        levels: usize,
    ) {
        let identity = identity(value);
        let Some(levels) = levels.checked_sub(1).filter(|_| identity != 0 && seen.insert(identity)) else { return };
        if let Some(record) = self.part_origins.get(&identity) {
            let more = record.deciders(&mut self.paths);
            self.paths.extend(deciders, more);
            let parts: Vec<(Part, Mark)> = record.parts.iter().map(|(part, mark)| (part.clone(), *mark)).collect();
            for (part, mark) in parts {
                if part.get(value).is_some() {
                    let own = self.shown_by_itself(mark);
                    self.paths.extend(shown, own);
                    let more = self.deciders(mark);
                    self.paths.extend(deciders, more);
                }
            }
        }
        match value {
            Value::Map(map) => {
                for (_, value) in map.snapshot() {
                    self.add_parts(&value, shown, deciders, seen, levels);
                }
            }
            Value::List(list) => {
                for value in list.items() {
                    self.add_parts(value, shown, deciders, seen, levels);
                }
            }
            _ => {}
        }
    }

    /// The mark of a map's entry.
    pub(super) fn entry(&mut self, container: &Value, container_mark: Mark, key: &[u8]) -> Mark {
        let part = || Part::Key(Text::from(key));
        match self.part(container, container_mark, part) {
            Ok(mark) => mark,
            Err(origin) => {
                let path = origin.path.map(|path| self.paths.key(path, key));
                self.mark(Origin { path, text: None, ..origin })
            }
        }
    }

    /// The mark of an item of a list.
    pub(super) fn item(&mut self, container: &Value, container_mark: Mark, index: usize) -> Mark {
        match self.part(container, container_mark, || Part::Item(index)) {
            Ok(mark) => mark,
            Err(origin) => {
                let path = origin.path.map(|path| self.paths.item(path, index));
                self.mark(Origin { path, text: None, ..origin })
            }
        }
    }

    /// The mark of a part that comes from elsewhere, or the origin of its container with all that decided about the part.
    fn part(&mut self, container: &Value, container_mark: Mark, part: impl Fn() -> Part) -> Result<Mark, Origin> {
        let mut origin = self.origin(container_mark);
        origin.deciders = self.deciders(container_mark);
        if self.part_origins.is_empty() {
            return Err(origin);
        }
        let Some(record) = self.part_origins.get(&identity(container)) else { return Err(origin) };
        let part = part();
        let (known, keys) = (record.parts.get(&part).copied(), record.key_deciders);
        let mut by = self.paths.union(origin.deciders, record.every_part_deciders);
        if let Some(deciders) = record.part_deciders.get(&part) {
            self.paths.extend(&mut by, *deciders);
        }
        if let Part::Key(key) = &part
            && !record.absent.is_empty()
            && part.get(container).is_none()
        {
            for absent in record.absent.clone() {
                if !absent.except.contains(key) {
                    let deciders = self.absent_key_deciders(absent.mark, key);
                    self.paths.extend(&mut by, deciders);
                }
            }
        }
        if matches!(part, Part::Item(_)) {
            // The index of an item depends on which items precede it.
            self.paths.extend(&mut by, keys);
        }
        match known {
            Some(mark) => Ok(self.with_deciders(mark, by)),
            None => {
                origin.deciders = self.paths.union(by, keys);
                Err(origin)
            }
        }
    }

    /// The values that would matter to the value of a key that a map does not have.
    fn absent_key_deciders(&mut self, map: Mark, key: &Text) -> SetId {
        let origin = self.origin(map);
        let path = origin.path.map(|path| self.paths.key(path, key));
        let mark = self.mark(Origin { path, text: None, ..origin });
        self.own_influences(mark)
    }

    /// The mark of the keys of a map or the length of a list.
    pub(super) fn shape(&mut self, container: &Value, container_mark: Mark) -> Mark {
        self.aspect(container, container_mark, Aspect::Keys)
    }

    /// The mark of an aspect of a map or list. For any other value, that is the whole value.
    fn aspect(&mut self, container: &Value, container_mark: Mark, aspect: Aspect) -> Mark {
        let origin = self.origin(container_mark);
        let own = match (origin.path, container) {
            (Some(path), Value::Map(_) | Value::List(_)) => {
                let path = self.paths.aspect(path, aspect);
                let only = self.paths.only(path);
                self.paths.union(origin.shown, only)
            }
            _ => self.shown_by_itself(container_mark),
        };
        let mut deciders = self.deciders(container_mark);
        if let Some(record) = self.part_origins.get(&identity(container)) {
            let more = record.deciders(&mut self.paths);
            self.paths.extend(&mut deciders, more);
        }
        self.showing(own, deciders)
    }

    /// The values that matter to the truth of a value: those that it shows itself, and those that decided about it and its keys.
    pub(super) fn truth(&mut self, value: &Value, mark: Mark) -> SetId {
        let truth = self.truth_mark(value, mark);
        self.own_influences(truth)
    }

    /// The mark of the truth of a value.
    pub(super) fn truth_mark(&mut self, value: &Value, mark: Mark) -> Mark {
        self.aspect(value, mark, Aspect::Emptiness)
    }

    /// The values that matter to the keys of a map or the length of a list.
    pub(super) fn keys(&mut self, value: &Value, mark: Mark) -> SetId {
        let shape = self.shape(value, mark);
        self.own_influences(shape)
    }

    /// Sets the origin of a part of a map or list.
    pub(super) fn set_part(&mut self, container: &Value, part: Part, mark: Mark) {
        self.spend(1);
        self.keeps_random |= self.is_random(mark);
        self.update(container, |record, _| {
            record.parts.insert(part, mark);
        });
    }

    /// Whether a value shows anything random.
    pub(super) fn is_random(&self, mark: Mark) -> bool {
        self.paths.has_random(self.origin(mark).shown)
    }

    /// Whether a random value was put into a map or a list, from where it can be printed at any time.
    pub(super) fn keeps_random(&self) -> bool {
        self.keeps_random
    }

    /// Adds values that decided which keys a container has.
    pub(super) fn add_key_deciders(&mut self, container: &Value, by: SetId) {
        self.update(container, |record, paths| paths.extend(&mut record.key_deciders, by));
    }

    /// Adds values that decided about every part of a container.
    pub(super) fn add_every_part_deciders(&mut self, container: &Value, by: SetId) {
        self.update(container, |record, paths| paths.extend(&mut record.every_part_deciders, by));
    }

    /// Adds values that decided about a key: whether it exists, and its value.
    pub(super) fn add_part_deciders(&mut self, container: &Value, key: &Text, by: SetId) {
        if by == SetId::EMPTY {
            return;
        }
        self.update(container, |record, paths| {
            paths.extend(record.part_deciders.entry(Part::Key(key.clone())).or_default(), by);
            paths.extend(&mut record.named_key_deciders, by);
        });
    }

    /// Adds values that decided whether some key exists. The key itself has its own record.
    pub(super) fn add_named_key_deciders(&mut self, container: &Value, by: SetId) {
        self.update(container, |record, paths| paths.extend(&mut record.named_key_deciders, by));
    }

    /// Records that keys which a map does not have would have come from `source`, except these.
    pub(super) fn record_absent_source(
        &mut self,
        container: &Value,
        source: &Value,
        source_mark: Mark,
        except: &[Text],
    ) {
        let mut origin = self.origin(source_mark);
        let mut more = Vec::new();
        let mut part_deciders = Vec::new();
        origin.deciders = self.deciders(source_mark);
        if let Some(record) = self.part_origins.get(&identity(source)) {
            more.clone_from(&record.absent);
            part_deciders.extend(record.part_deciders.iter().map(|(part, by)| (part.clone(), *by)));
            self.kept = self.kept.saturating_add(part_deciders.len());
            let by = self.paths.union(record.key_deciders, record.every_part_deciders);
            self.paths.extend(&mut origin.deciders, by);
        }
        for (part, by) in part_deciders {
            if let Part::Key(key) = &part
                && part.get(source).is_none()
                && !except.contains(key)
            {
                self.add_part_deciders(container, key, by);
            }
        }
        let mark = self.mark(Origin { text: None, ..origin });
        if mark != Mark::NONE {
            more.push(Absent { mark, except: except.into() });
        }
        if more.is_empty() {
            return;
        }
        let mut too_many = Vec::new();
        self.update(container, |record, _| {
            more.retain(|absent| !record.absent.contains(absent));
            record.absent.extend(more);
            if record.absent.len() > MAX_MERGED {
                too_many = std::mem::take(&mut record.absent);
            }
        });
        for absent in too_many {
            let by = self.own_influences(absent.mark);
            self.add_key_deciders(container, by);
        }
    }

    /// Adds values that decided about all parts of all maps in a value.
    pub(super) fn add_nested_deciders(&mut self, value: &Value, by: SetId) {
        /// Further maps count as unchanged.
        const MAX: usize = 10_000;
        let mut rest = vec![value.clone()];
        let mut seen = HashSet::new();
        while let Some(value) = rest.pop() {
            if seen.len() == MAX || !seen.insert(identity(&value)) {
                continue;
            }
            match &value {
                Value::Map(map) => {
                    self.add_every_part_deciders(&value, by);
                    rest.extend(map.snapshot().into_iter().map(|(_, value)| value));
                }
                Value::List(list) => rest.extend(list.items().iter().cloned()),
                _ => {}
            }
        }
    }

    /// Changes what is known about a map or list. Does nothing for another value, or if the limit is exceeded.
    fn update(&mut self, container: &Value, change: impl FnOnce(&mut PartOrigins, &mut Paths)) {
        let identity = identity(container);
        if identity == 0 || self.is_spent() {
            return;
        }
        let record = self.part_origins.entry(identity).or_insert_with(|| PartOrigins::new(container.clone()));
        change(record, &mut self.paths);
    }

    /// Gives the parts of a copy the origins that the parts of the original have.
    pub(super) fn copied(&mut self, original: &Value, copy: &Value) {
        let mut rest = vec![(original.clone(), copy.clone())];
        let mut seen = HashSet::new();
        while let Some((original, copy)) = rest.pop() {
            let (from, to) = (identity(&original), identity(&copy));
            if self.part_origins.is_empty() || from == 0 || from == to || !seen.insert(to) {
                continue;
            }
            if let Some(record) = self.part_origins.get(&from) {
                let (parts, part_deciders, absent) =
                    (record.parts.clone(), record.part_deciders.clone(), record.absent.clone());
                let deciders = (record.key_deciders, record.named_key_deciders, record.every_part_deciders);
                self.spend(parts.len() + part_deciders.len() + absent.len());
                self.update(&copy, |record, _| {
                    record.absent.extend(absent);
                    record.parts.extend(parts);
                    record.part_deciders.extend(part_deciders);
                    (record.key_deciders, record.named_key_deciders, record.every_part_deciders) = deciders;
                });
            }
            match (&original, &copy) {
                (Value::Map(a), Value::Map(b)) => {
                    let parts = a.snapshot().into_iter().filter_map(|(key, value)| Some((value, b.get(&key)?)));
                    rest.extend(parts);
                }
                (Value::List(a), Value::List(b)) => {
                    rest.extend(a.items().iter().cloned().zip(b.items().iter().cloned()));
                }
                _ => {}
            }
        }
    }
}

impl Part {
    fn get(&self, container: &Value) -> Option<Value> {
        match (self, container) {
            (Part::Key(key), Value::Map(map)) => map.get(key),
            (Part::Item(index), Value::List(list)) => list.items().get(*index).cloned(),
            _ => None,
        }
    }
}

/// Identifies a map or list; 0 for any other value.
fn identity(value: &Value) -> usize {
    match value {
        Value::Map(map) => map.identity(),
        Value::List(list) => list.identity(),
        _ => 0,
    }
}
