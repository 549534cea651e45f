//! Unification: whether types fit each other, and what that determines for open types (cel-go, `checker/types.go`).

use std::rc::Rc;

use super::types::{NULL, Type};

/// The step limit of checking an expression.
const STEPS: usize = 100_000;
/// The maximum number of types in a type.
const MAX_WEIGHT: usize = 500;
/// The maximum nesting depth of types.
const MAX_DEPTH: usize = 500;

/// The types bound to open types so far.
#[derive(Debug, Default)]
pub(super) struct Bindings<'s> {
    bound: Vec<Option<Type<'s>>>,
    /// Earlier bindings, for rolling back.
    log: Vec<(usize, Option<Type<'s>>)>,
    steps: usize,
    depth: usize,
}

impl<'s> Bindings<'s> {
    pub(super) fn open(&mut self) -> Type<'s> {
        self.bound.push(None);
        Type::Open(self.bound.len() - 1)
    }

    /// Whether a limit was exceeded: then nothing is known.
    pub(super) fn gave_up(&self) -> bool {
        self.steps > STEPS
    }

    fn give_up(&mut self) {
        self.steps = STEPS + 1;
    }

    /// Runs a step one level deeper, or gives up at a limit.
    fn deeper<T>(&mut self, given_up: T, inner: impl FnOnce(&mut Self) -> T) -> T {
        self.steps += 1;
        if self.depth >= MAX_DEPTH {
            self.give_up();
        }
        if self.gave_up() {
            return given_up;
        }
        self.depth += 1;
        let outcome = inner(self);
        self.depth -= 1;
        outcome
    }

    fn bind(&mut self, open: usize, to: Type<'s>) {
        if let Some(place) = self.bound.get_mut(open) {
            self.log.push((open, place.replace(to)));
        }
    }

    fn bound(&self, open: usize) -> Option<Type<'s>> {
        self.bound.get(open).cloned().flatten()
    }

    /// Whether the given types fit the expected ones, one by one. If they do not, no open type is bound.
    pub(super) fn fit(&mut self, given: &[Type<'s>], expected: &[Type<'s>]) -> bool {
        let start = self.log.len();
        let fits = given.len() == expected.len()
            && given.iter().zip(expected).all(|(given, expected)| self.fits(given, expected));
        if !fits {
            for (open, before) in self.log.drain(start..).rev() {
                if let Some(place) = self.bound.get_mut(open) {
                    *place = before;
                }
            }
        }
        self.log.clear();
        fits
    }

    fn fits(&mut self, one: &Type<'s>, other: &Type<'s>) -> bool {
        self.deeper(true, |bindings| bindings.fits_by_kind(one, other))
    }

    fn fits_by_kind(&mut self, one: &Type<'s>, other: &Type<'s>) -> bool {
        if let Type::Open(open) = other {
            match self.can_be(one, *open) {
                (true, _) => return true,
                (false, true) => return false,
                (false, false) => {}
            }
        }
        match (one, other) {
            (Type::Open(open), other) => self.can_be(other, *open).0,
            (Type::Dyn | Type::Error, _) | (_, Type::Dyn | Type::Error) => true,
            (one, other) if *one == NULL => other.takes_null(),
            (one, other) if *other == NULL => one.takes_null(),
            (Type::Meta(_), Type::Meta(_)) => true,
            (Type::Optional(one), Type::Optional(other)) | (Type::List(one), Type::List(other)) => {
                self.fits(one, other)
            }
            (Type::Map(one), Type::Map(other)) => self.fits(&one.0, &other.0) && self.fits(&one.1, &other.1),
            (one, other) => one == other,
        }
    }

    /// Returns whether an open type can be `one`, and whether it was bound before.
    fn can_be(&mut self, one: &Type<'s>, open: usize) -> (bool, bool) {
        if *one == Type::Open(open) {
            return (true, true);
        }
        if let Some(known) = self.bound(open) {
            if *one == known {
                return (true, true);
            }
            if !self.fits(one, &known) {
                return (false, true);
            }
            let general = most_general(one, &known);
            if !self.has(&general, open) {
                self.bind(open, general);
            }
            return (true, true);
        }
        let is_free = !self.has(one, open);
        if is_free {
            self.bind(open, one.clone());
        }
        (is_free, false)
    }

    /// Whether an open type occurs in a type.
    fn has(&mut self, type_: &Type<'s>, open: usize) -> bool {
        self.deeper(true, |bindings| match type_ {
            Type::Open(other) if *other == open => true,
            Type::Open(other) => bindings.bound(*other).is_some_and(|known| bindings.has(&known, open)),
            Type::Optional(type_) | Type::List(type_) | Type::Meta(Some(type_)) => bindings.has(type_, open),
            Type::Map(type_) => bindings.has(&type_.0, open) || bindings.has(&type_.1, open),
            _ => false,
        })
    }

    /// Replaces the open types in a type by the types bound to them.
    pub(super) fn known(&mut self, type_: &Type<'s>) -> Type<'s> {
        let known = self.deeper(Type::Dyn, |bindings| match type_ {
            Type::Open(open) => match bindings.bound(*open) {
                Some(bound) => bindings.known(&bound),
                None => type_.clone(),
            },
            Type::Optional(type_) => Type::optional(bindings.known(type_)),
            Type::List(type_) => Type::list(bindings.known(type_)),
            Type::Meta(Some(type_)) => Type::Meta(Some(Rc::new(bindings.known(type_)))),
            Type::Map(type_) => Type::map(bindings.known(&type_.0), bindings.known(&type_.1)),
            other => other.clone(),
        });
        if known.weight(MAX_WEIGHT) >= MAX_WEIGHT {
            self.give_up();
        }
        known
    }

    /// Replaces the open types in a type by their bindings, and unbound ones by `dyn`.
    pub(super) fn closed(&mut self, type_: &Type<'s>) -> Type<'s> {
        fn without_open<'s>(type_: Type<'s>) -> Type<'s> {
            let inner = |type_: Rc<Type<'s>>| Rc::new(without_open((*type_).clone()));
            match type_ {
                Type::Open(_) => Type::Dyn,
                Type::Optional(type_) => Type::Optional(inner(type_)),
                Type::List(type_) => Type::List(inner(type_)),
                Type::Meta(Some(type_)) => Type::Meta(Some(inner(type_))),
                Type::Map(type_) => Type::map(without_open(type_.0.clone()), without_open(type_.1.clone())),
                other => other,
            }
        }
        let known = self.known(type_);
        if self.gave_up() { Type::Dyn } else { without_open(known) }
    }
}

/// Returns the more general of two types that fit each other.
pub(super) fn most_general<'s>(one: &Type<'s>, other: &Type<'s>) -> Type<'s> {
    if says_less(one, other) { one.clone() } else { other.clone() }
}

fn says_less(one: &Type<'_>, other: &Type<'_>) -> bool {
    match (one, other) {
        (Type::Dyn | Type::Open(_), _) => true,
        (_, Type::Dyn | Type::Open(_)) => false,
        (Type::Optional(one), Type::Optional(other)) | (Type::List(one), Type::List(other)) => says_less(one, other),
        (Type::Map(one), Type::Map(other)) => says_less(&one.0, &other.0) && says_less(&one.1, &other.1),
        (Type::Meta(_), Type::Meta(_)) => true,
        (one, other) => one == other,
    }
}
