//! Go slices: shared items with an element type and a capacity.

use std::cell::OnceCell;
use std::rc::Rc;

use super::{Value, drop_deep};
use crate::go::slice::{Element, appended};

/// The type of a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// `[]interface {}`
    Any,
    /// `[]string`
    Strings,
    /// `[]int`
    Ints,
    /// `[][]interface {}`
    Lists,
    /// `[]map[string]interface {}`: a TOML array of tables.
    Maps,
    /// `[]uint8`, only for the nil slice. Any other one is [`super::Value::Bytes`].
    Bytes,
    /// `common.VersionSet`, a `[]string` with a method.
    Versions,
}

impl ListKind {
    /// The name of the type as `%T` prints it.
    pub fn go_type(self) -> &'static str {
        match self {
            ListKind::Any => "[]interface {}",
            ListKind::Strings => "[]string",
            ListKind::Ints => "[]int",
            ListKind::Lists => "[][]interface {}",
            ListKind::Maps => "[]map[string]interface {}",
            ListKind::Bytes => "[]uint8",
            ListKind::Versions => "common.VersionSet",
        }
    }

    /// The layout of an element in Go's memory.
    pub fn element(self) -> Element {
        let (size, has_pointers) = match self {
            ListKind::Any | ListKind::Strings | ListKind::Versions => (16, true),
            ListKind::Ints => (8, false),
            ListKind::Lists => (24, true),
            ListKind::Maps => (8, true),
            ListKind::Bytes => (1, false),
        };
        Element { size, has_pointers }
    }

    /// The value of an element that was never set.
    fn zero(self) -> Value {
        match self {
            ListKind::Any | ListKind::Maps | ListKind::Bytes => Value::Nil,
            ListKind::Strings | ListKind::Versions => Value::str(""),
            ListKind::Ints => Value::Int(0),
            ListKind::Lists => Value::List(List::nil(ListKind::Any)),
        }
    }
}

/// A list. Clones share the items. A nil list has no items, and JSON shows it as `null`.
#[derive(Debug, Clone)]
pub struct List {
    kind: ListKind,
    items: Option<Rc<Items>>,
}

/// The data that the clones of a list share.
#[derive(Debug)]
struct Items {
    items: Vec<Value>,
    /// The number of items that fit into the slice, these included.
    capacity: usize,
    /// Known items in the capacity after the last item, if this is a part of a longer list.
    beyond: Vec<Value>,
    /// The sorted items, once `sortAlpha` has sorted them in place.
    sorted: OnceCell<Vec<Value>>,
}

impl Items {
    fn items(&self) -> &[Value] {
        self.sorted.get().unwrap_or(&self.items)
    }
}

impl Drop for Items {
    fn drop(&mut self) {
        drop_deep(&mut self.items);
        drop_deep(&mut self.beyond);
    }
}

impl List {
    /// Creates a list without spare capacity. The items must have the element type of `kind`.
    pub fn new(kind: ListKind, items: Vec<Value>) -> List {
        List::with_capacity(kind, items, 0)
    }

    /// Creates a list with at least this capacity.
    pub fn with_capacity(kind: ListKind, items: Vec<Value>, capacity: usize) -> List {
        let capacity = capacity.max(items.len());
        List { kind, items: Some(Rc::new(Items { items, capacity, beyond: Vec::new(), sorted: OnceCell::new() })) }
    }

    /// Creates a list with the capacity that appending the items one by one results in.
    pub fn appended(kind: ListKind, items: Vec<Value>) -> List {
        let capacity = appended(0, items.len(), kind.element());
        List::with_capacity(kind, items, capacity)
    }

    /// Creates a nil list.
    pub const fn nil(kind: ListKind) -> List {
        List { kind, items: None }
    }

    /// The type.
    pub fn kind(&self) -> ListKind {
        self.kind
    }

    /// Whether it is nil, as opposed to empty.
    pub fn is_nil(&self) -> bool {
        self.items.is_none()
    }

    /// The items.
    pub fn items(&self) -> &[Value] {
        self.items.as_ref().map_or(&[], |items| items.items())
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        self.items().len()
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.items().is_empty()
    }

    /// The number of items that fit into the slice.
    pub fn capacity(&self) -> usize {
        self.items.as_ref().map_or(0, |items| items.capacity)
    }

    /// Returns the items from `start` up to but not including `end`, which may be beyond the last item; `None` if it
    /// exceeds the capacity.
    pub fn part(&self, start: usize, end: usize) -> Option<List> {
        let capacity = self.capacity();
        if start > end || end > capacity {
            return None;
        }
        let beyond = self.items.as_ref().map_or(&[][..], |items| &items.beyond);
        let mut all = self.items().iter().chain(beyond).skip(start).cloned();
        let mut items: Vec<Value> = all.by_ref().take(end - start).collect();
        items.resize_with(end - start, || self.kind.zero());
        let (capacity, beyond) = (capacity - start, all.collect());
        Some(List { kind: self.kind, items: Some(Rc::new(Items { items, capacity, beyond, sorted: OnceCell::new() })) })
    }

    /// Sorts the items of a `[]string` in place, for all clones.
    pub fn sort(&self) {
        if let Some(items) = &self.items {
            items.sorted.get_or_init(|| {
                let mut sorted = items.items.clone();
                sorted.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
                sorted
            });
        }
    }

    /// An address that distinguishes lists with equal items; 0 for a nil list.
    pub fn identity(&self) -> usize {
        self.items.as_ref().map_or(0, |items| Rc::as_ptr(items).addr())
    }

    /// Returns the items if no clone shares them.
    pub(super) fn into_unshared(self) -> Option<Vec<Value>> {
        let mut items = Rc::try_unwrap(self.items?).ok()?;
        let mut all = std::mem::take(&mut items.items);
        all.append(&mut items.beyond);
        Some(all)
    }
}
