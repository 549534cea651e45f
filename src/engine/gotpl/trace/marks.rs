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
    pub(super) deciding: SetId,
    /// The pieces of a text that templates wrote.
    pub(super) text: Option<TextId>,
}

/// The number of a text's [`Pieces`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TextId(u32);

/// The origins of parts of a map or list that do not come from where the container does.
struct Held {
    /// Keeps the container alive, since it is identified by its address.
    _container: Value,
    parts: HashMap<Part, Mark, ahash::RandomState>,
    /// The values that decided about single parts, in addition to the parts' marks.
    by_part: HashMap<Part, SetId, ahash::RandomState>,
    /// The values that decided which keys there are, whatever their names.
    keys: SetId,
    /// The values that decided whether certain keys exist. Those keys are in `parts` or `by_part`.
    some_keys: SetId,
    /// The values that decided about every part, for example whether it was replaced.
    all: SetId,
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

impl Held {
    /// The values that decided which parts there are, or about all of them.
    fn decided(&self, paths: &mut Paths) -> SetId {
        let keys = paths.union(self.keys, self.some_keys);
        paths.union(keys, self.all)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Key(Text),
    Item(usize),
}

/// How many levels of nested values are followed.
pub(super) const MOST_LEVELS: usize = 1_000;

/// How many things may be kept: pieces of texts, origins of values, parts of maps and lists. A run that needs more has no trace.
const MOST_KEPT: usize = 4_000_000;

/// How many maps merged into one are kept apart. If there are more, they count as deciding about all its keys.
const MOST_MERGED: usize = 16;

/// Everything that is known about values.
pub(super) struct Marks {
    pub(super) paths: Paths,
    origins: Vec<Origin>,
    numbers: HashMap<Origin, Mark, ahash::RandomState>,
    texts: Vec<Rc<Pieces>>,
    kept: usize,
    held: HashMap<usize, Held, ahash::RandomState>,
    pub(super) written: WrittenTexts<Mark>,
}

impl Default for Marks {
    fn default() -> Self {
        Marks {
            paths: Paths::default(),
            origins: vec![Origin::default()],
            numbers: HashMap::from_iter([(Origin::default(), Mark::NONE)]),
            texts: Vec::new(),
            kept: 0,
            held: HashMap::default(),
            written: WrittenTexts::default(),
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
        self.kept + self.origins.len() + self.paths.size() > MOST_KEPT
    }

    /// Leaves room for this many more things.
    #[cfg(test)]
    pub(super) fn leave_room(&mut self, room: usize) {
        self.kept = MOST_KEPT - self.origins.len() - self.paths.size() - room;
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
    pub(super) fn showing(&mut self, shown: SetId, deciding: SetId) -> Mark {
        self.mark(Origin { path: None, shown, deciding, text: None })
    }

    /// Adds deciding values to a mark.
    pub(super) fn deciding(&mut self, mark: Mark, by: SetId) -> Mark {
        if by == SetId::EMPTY {
            return mark;
        }
        let origin = self.origin(mark);
        let deciding = self.paths.union(origin.deciding, by);
        self.mark(Origin { deciding, ..origin })
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
    pub(super) fn own(&mut self, mark: Mark) -> SetId {
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
    pub(super) fn decided(&mut self, mark: Mark) -> SetId {
        let origin = self.origin(mark);
        match origin.text {
            Some(text) => self.paths.union(origin.deciding, self.texts[text.0 as usize].deciding),
            None => origin.deciding,
        }
    }

    /// The values that a value shows itself, and those that decided about it.
    pub(super) fn own_and_deciding(&mut self, mark: Mark) -> SetId {
        let own = self.own(mark);
        let deciding = self.decided(mark);
        self.paths.union(own, deciding)
    }

    /// The values that a value shows with everything inside it, and those that decided about it.
    pub(super) fn all(&mut self, value: &Value, mark: Mark) -> (SetId, SetId) {
        let mut shown = self.own(mark);
        let mut deciding = self.decided(mark);
        if !self.held.is_empty() && matches!(value, Value::Map(_) | Value::List(_)) {
            let mut seen = HashSet::new();
            self.add_held(value, &mut shown, &mut deciding, &mut seen, MOST_LEVELS);
            // Loops may do this with large values again and again.
            self.spend(seen.len() / 4);
        }
        (shown, deciding)
    }

    fn add_held(
        &mut self,
        value: &Value,
        shown: &mut SetId,
        deciding: &mut SetId,
        seen: &mut HashSet<usize>,
        levels: usize,
    ) {
        let identity = identity(value);
        let Some(levels) = levels.checked_sub(1).filter(|_| identity != 0 && seen.insert(identity)) else { return };
        if let Some(held) = self.held.get(&identity) {
            let decided = held.decided(&mut self.paths);
            *deciding = self.paths.union(*deciding, decided);
            let parts: Vec<(Part, Mark)> = held.parts.iter().map(|(part, mark)| (part.clone(), *mark)).collect();
            for (part, mark) in parts {
                if part.of(value).is_some() {
                    let own = self.own(mark);
                    *shown = self.paths.union(*shown, own);
                    let decided = self.decided(mark);
                    *deciding = self.paths.union(*deciding, decided);
                }
            }
        }
        match value {
            Value::Map(map) => {
                for (_, value) in map.snapshot() {
                    self.add_held(&value, shown, deciding, seen, levels);
                }
            }
            Value::List(list) => {
                for value in list.items() {
                    self.add_held(value, shown, deciding, seen, levels);
                }
            }
            _ => {}
        }
    }

    /// The mark of a map's entry.
    pub(super) fn entry(&mut self, container: &Value, of: Mark, key: &[u8]) -> Mark {
        let part = || Part::Key(Text::from(key));
        match self.part(container, of, part) {
            Ok(mark) => mark,
            Err(origin) => {
                let path = origin.path.map(|path| self.paths.key(path, key));
                self.mark(Origin { path, text: None, ..origin })
            }
        }
    }

    /// The mark of an item of a list.
    pub(super) fn item(&mut self, container: &Value, of: Mark, index: usize) -> Mark {
        match self.part(container, of, || Part::Item(index)) {
            Ok(mark) => mark,
            Err(origin) => {
                let path = origin.path.map(|path| self.paths.item(path, index));
                self.mark(Origin { path, text: None, ..origin })
            }
        }
    }

    /// The mark of a part that comes from elsewhere, or the origin of its container with all that decided about the part.
    fn part(&mut self, container: &Value, of: Mark, part: impl Fn() -> Part) -> Result<Mark, Origin> {
        let mut origin = self.origin(of);
        origin.deciding = self.decided(of);
        if self.held.is_empty() {
            return Err(origin);
        }
        let Some(held) = self.held.get(&identity(container)) else { return Err(origin) };
        let part = part();
        let (known, keys) = (held.parts.get(&part).copied(), held.keys);
        let mut by = self.paths.union(origin.deciding, held.all);
        if let Some(decided) = held.by_part.get(&part) {
            by = self.paths.union(by, *decided);
        }
        if let Part::Key(key) = &part
            && !held.absent.is_empty()
            && part.of(container).is_none()
        {
            for absent in held.absent.clone() {
                if !absent.except.contains(key) {
                    let decided = self.would_be(absent.mark, key);
                    by = self.paths.union(by, decided);
                }
            }
        }
        if matches!(part, Part::Item(_)) {
            // The index of an item depends on which items precede it.
            by = self.paths.union(by, keys);
        }
        match known {
            Some(mark) => Ok(self.deciding(mark, by)),
            None => {
                origin.deciding = self.paths.union(by, keys);
                Err(origin)
            }
        }
    }

    /// The values that would matter to the value of a key that a map does not have.
    fn would_be(&mut self, map: Mark, key: &Text) -> SetId {
        let origin = self.origin(map);
        let path = origin.path.map(|path| self.paths.key(path, key));
        let mark = self.mark(Origin { path, text: None, ..origin });
        self.own_and_deciding(mark)
    }

    /// The mark of the keys of a map or the length of a list.
    pub(super) fn shape(&mut self, container: &Value, of: Mark) -> Mark {
        self.aspect(container, of, Aspect::Keys)
    }

    /// The mark of an aspect of a map or list. For any other value, that is the whole value.
    fn aspect(&mut self, container: &Value, of: Mark, aspect: Aspect) -> Mark {
        let origin = self.origin(of);
        let own = match (origin.path, container) {
            (Some(path), Value::Map(_) | Value::List(_)) => {
                let path = self.paths.aspect(path, aspect);
                let only = self.paths.only(path);
                self.paths.union(origin.shown, only)
            }
            _ => self.own(of),
        };
        let mut deciding = self.decided(of);
        if let Some(held) = self.held.get(&identity(container)) {
            let decided = held.decided(&mut self.paths);
            deciding = self.paths.union(deciding, decided);
        }
        self.showing(own, deciding)
    }

    /// The values that matter to the truth of a value: those that it shows itself, and those that decided about it and its keys.
    pub(super) fn truth(&mut self, value: &Value, mark: Mark) -> SetId {
        let truth = self.truth_mark(value, mark);
        self.own_and_deciding(truth)
    }

    /// The mark of the truth of a value.
    pub(super) fn truth_mark(&mut self, value: &Value, mark: Mark) -> Mark {
        self.aspect(value, mark, Aspect::Emptiness)
    }

    /// The values that matter to the keys of a map or the length of a list.
    pub(super) fn keys(&mut self, value: &Value, mark: Mark) -> SetId {
        let shape = self.shape(value, mark);
        self.own_and_deciding(shape)
    }

    /// Sets the origin of a part of a map or list.
    pub(super) fn hold(&mut self, container: &Value, part: Part, mark: Mark) {
        self.spend(1);
        if let Some(held) = self.held_by(container) {
            held.parts.insert(part, mark);
        }
    }

    /// Adds values that decided which keys a container has.
    pub(super) fn decide_keys(&mut self, container: &Value, by: SetId) {
        let Some(before) = self.held_by(container).map(|held| held.keys) else { return };
        let keys = self.paths.union(before, by);
        if let Some(held) = self.held_by(container) {
            held.keys = keys;
        }
    }

    /// Adds values that decided about every part of a container.
    pub(super) fn decide_parts(&mut self, container: &Value, by: SetId) {
        let Some(before) = self.held_by(container).map(|held| held.all) else { return };
        let all = self.paths.union(before, by);
        if let Some(held) = self.held_by(container) {
            held.all = all;
        }
    }

    /// Adds values that decided about a key: whether it exists, and its value.
    pub(super) fn decide_key(&mut self, container: &Value, key: &Text, by: SetId) {
        if by == SetId::EMPTY {
            return;
        }
        let part = Part::Key(key.clone());
        let Some(held) = self.held_by(container) else { return };
        let before = held.by_part.get(&part).copied().unwrap_or_default();
        let decided = self.paths.union(before, by);
        if let Some(held) = self.held_by(container) {
            held.by_part.insert(part, decided);
        }
        self.decide_some_key(container, by);
    }

    /// Adds values that decided whether some key exists. The key itself has its own record.
    pub(super) fn decide_some_key(&mut self, container: &Value, by: SetId) {
        let Some(before) = self.held_by(container).map(|held| held.some_keys) else { return };
        let some_keys = self.paths.union(before, by);
        if let Some(held) = self.held_by(container) {
            held.some_keys = some_keys;
        }
    }

    /// Records that keys which a map does not have would have come from `source`, except these.
    pub(super) fn would_have(&mut self, container: &Value, source: &Value, of: Mark, except: &[Text]) {
        let mut origin = self.origin(of);
        let mut more = Vec::new();
        let mut by_part = Vec::new();
        origin.deciding = self.decided(of);
        if let Some(held) = self.held.get(&identity(source)) {
            more.clone_from(&held.absent);
            by_part.extend(held.by_part.iter().map(|(part, by)| (part.clone(), *by)));
            self.kept = self.kept.saturating_add(by_part.len());
            let by = self.paths.union(held.keys, held.all);
            origin.deciding = self.paths.union(origin.deciding, by);
        }
        for (part, by) in by_part {
            if let Part::Key(key) = &part
                && part.of(source).is_none()
                && !except.contains(key)
            {
                self.decide_key(container, key, by);
            }
        }
        let mark = self.mark(Origin { text: None, ..origin });
        if mark != Mark::NONE {
            more.push(Absent { mark, except: except.into() });
        }
        let Some(held) = self.held_by(container).filter(|_| !more.is_empty()) else { return };
        more.retain(|absent| !held.absent.contains(absent));
        held.absent.extend(more);
        if held.absent.len() > MOST_MERGED {
            for absent in std::mem::take(&mut held.absent) {
                let by = self.own_and_deciding(absent.mark);
                self.decide_keys(container, by);
            }
        }
    }

    /// Adds values that decided about all parts of all maps in a value.
    pub(super) fn decide_all_parts(&mut self, value: &Value, by: SetId) {
        /// Further maps count as unchanged.
        const MOST: usize = 10_000;
        let mut rest = vec![value.clone()];
        let mut seen = HashSet::new();
        while let Some(value) = rest.pop() {
            if seen.len() == MOST || !seen.insert(identity(&value)) {
                continue;
            }
            match &value {
                Value::Map(map) => {
                    self.decide_parts(&value, by);
                    rest.extend(map.snapshot().into_iter().map(|(_, value)| value));
                }
                Value::List(list) => rest.extend(list.items().iter().cloned()),
                _ => {}
            }
        }
    }

    fn held_by(&mut self, container: &Value) -> Option<&mut Held> {
        let identity = identity(container);
        if identity == 0 || self.is_spent() {
            return None;
        }
        Some(self.held.entry(identity).or_insert_with(|| Held {
            _container: container.clone(),
            parts: HashMap::default(),
            by_part: HashMap::default(),
            keys: SetId::EMPTY,
            some_keys: SetId::EMPTY,
            all: SetId::EMPTY,
            absent: Vec::new(),
        }))
    }

    /// Gives the parts of a copy the origins that the parts of the original have.
    pub(super) fn copied(&mut self, original: &Value, copy: &Value) {
        let mut rest = vec![(original.clone(), copy.clone())];
        let mut seen = HashSet::new();
        while let Some((original, copy)) = rest.pop() {
            let (from, to) = (identity(&original), identity(&copy));
            if self.held.is_empty() || from == 0 || from == to || !seen.insert(to) {
                continue;
            }
            if let Some(held) = self.held.get(&from) {
                let (parts, keys, some_keys, all) = (held.parts.clone(), held.keys, held.some_keys, held.all);
                let (by_part, absent) = (held.by_part.clone(), held.absent.clone());
                self.spend(parts.len() + by_part.len() + absent.len());
                if let Some(held) = self.held_by(&copy) {
                    held.absent.extend(absent);
                    held.parts.extend(parts);
                    held.by_part.extend(by_part);
                    (held.keys, held.some_keys, held.all) = (keys, some_keys, all);
                }
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
    fn of(&self, container: &Value) -> Option<Value> {
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
