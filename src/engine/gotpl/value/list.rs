//! Lists: immutable, shared, with the type of their elements.

use std::rc::Rc;

use super::{Value, drop_deep};

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
}

/// A list; cloning shares the items. A nil list has no items, and JSON shows it as `null`.
#[derive(Debug, Clone)]
pub struct List {
    kind: ListKind,
    items: Option<Rc<Items>>,
}

/// What the clones of a list share.
#[derive(Debug)]
pub(super) struct Items(pub(super) Vec<Value>);

impl Drop for Items {
    fn drop(&mut self) {
        drop_deep(&mut self.0);
    }
}

impl List {
    /// A list of a type. What it is made of has to be of the type of its elements.
    pub fn new(kind: ListKind, items: Vec<Value>) -> List {
        List { kind, items: Some(Rc::new(Items(items))) }
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
        self.items.as_ref().map_or(&[], |items| &items.0)
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items().len()
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.items().is_empty()
    }

    /// What tells two lists apart that hold the same items: an address, 0 for a nil list.
    pub fn identity(&self) -> usize {
        self.items.as_ref().map_or(0, |items| Rc::as_ptr(items).addr())
    }

    /// The items themselves if nobody shares them.
    pub(super) fn into_unshared(self) -> Option<Vec<Value>> {
        let mut items = Rc::try_unwrap(self.items?).ok()?;
        Some(std::mem::take(&mut items.0))
    }
}
