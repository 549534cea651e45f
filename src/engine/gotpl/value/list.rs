//! Lists: shared, with the type of their elements and the room that Go's slices have behind them.

use std::cell::OnceCell;
use std::rc::Rc;

use super::{Value, drop_deep};
use crate::go::slice::{Element, appended};

/// The type of a list.
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
    /// `[]map[string]interface {}`: tables of TOML.
    Maps,
    /// `[]uint8`: a nil one, since any other is [`super::Value::Bytes`].
    Bytes,
    /// `common.VersionSet`, which is a `[]string` with a method.
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

    /// What an element is in Go's memory.
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

    /// What an element is that was never set.
    fn zero(self) -> Value {
        match self {
            ListKind::Any | ListKind::Maps | ListKind::Bytes => Value::Nil,
            ListKind::Strings | ListKind::Versions => Value::str(""),
            ListKind::Ints => Value::Int(0),
            ListKind::Lists => Value::List(List::nil(ListKind::Any)),
        }
    }
}

/// A list; cloning shares the items. A nil list has no items, and JSON shows it as `null`.
#[derive(Debug, Clone)]
pub struct List {
    kind: ListKind,
    items: Option<Rc<Items>>,
}

/// What the clones of a list share.
#[derive(Debug)]
struct Items {
    items: Vec<Value>,
    /// How many items there is room for, these included.
    capacity: usize,
    /// What is known to be in the room behind the items, where this list is a part of a longer one.
    beyond: Vec<Value>,
    /// The items in order, once `sortAlpha` has sorted them in place.
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
    /// A list of a type, without room for more. What it is made of has to be of the type of its elements.
    pub fn new(kind: ListKind, items: Vec<Value>) -> List {
        List::with_capacity(kind, items, 0)
    }

    /// A list with room for so many items.
    pub fn with_capacity(kind: ListKind, items: Vec<Value>, capacity: usize) -> List {
        let capacity = capacity.max(items.len());
        List { kind, items: Some(Rc::new(Items { items, capacity, beyond: Vec::new(), sorted: OnceCell::new() })) }
    }

    /// A list with the room that appending the items one by one makes.
    pub fn appended(kind: ListKind, items: Vec<Value>) -> List {
        let capacity = appended(0, items.len(), kind.element());
        List::with_capacity(kind, items, capacity)
    }

    /// A nil list of a type.
    pub const fn nil(kind: ListKind) -> List {
        List { kind, items: None }
    }

    /// The type.
    pub fn kind(&self) -> ListKind {
        self.kind
    }

    /// Whether it is nil, not merely empty.
    pub fn is_nil(&self) -> bool {
        self.items.is_none()
    }

    /// The items.
    pub fn items(&self) -> &[Value] {
        self.items.as_ref().map_or(&[], |items| items.items())
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items().len()
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.items().is_empty()
    }

    /// How many items there is room for.
    pub fn capacity(&self) -> usize {
        self.items.as_ref().map_or(0, |items| items.capacity)
    }

    /// The items from `start` to before `end`, which may be in the room behind them.
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

    /// Sorts the items of a `[]string` for all who share them.
    pub fn sort(&self) {
        if let Some(items) = &self.items {
            items.sorted.get_or_init(|| {
                let mut sorted = items.items.clone();
                sorted.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
                sorted
            });
        }
    }

    /// What tells two lists apart that hold the same items: an address, 0 for a nil list.
    pub fn identity(&self) -> usize {
        self.items.as_ref().map_or(0, |items| Rc::as_ptr(items).addr())
    }

    /// The items themselves if nobody shares them.
    pub(super) fn into_unshared(self) -> Option<Vec<Value>> {
        let mut items = Rc::try_unwrap(self.items?).ok()?;
        let mut all = std::mem::take(&mut items.items);
        all.append(&mut items.beyond);
        Some(all)
    }
}
