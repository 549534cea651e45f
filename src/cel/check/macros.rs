//! Infers the types of macros. cel-go expands them to loops before it checks them (`parser/macro.go`, `ext/comprehensions.go`,
//! `ext/lists.go`, `cel/library.go`).

use super::checker::Checker;
use super::signatures::{self, CONDITIONAL, INSERT, SORT_BY};
use super::types::{BOOL, INT, Type};
use crate::cel::ast::{Expr, Macro, MacroKind, Operator};

impl<'s> Checker<'s> {
    /// Infers the type of a macro.
    pub(super) fn expand(&mut self, macro_call: &Macro, at: usize) -> Type<'s> {
        let range = self.infer(&macro_call.range);
        match macro_call.kind {
            MacroKind::OptionalMap | MacroKind::OptionalFlatMap => self.optional_map(macro_call, range, at),
            MacroKind::SortBy => {
                let keys = self.loop_over(macro_call, &range, at);
                self.call("@sortByAssociatedKeys", SORT_BY, vec![range, keys], true, at)
            }
            _ => self.loop_over(macro_call, &range, at),
        }
    }

    fn optional_map(&mut self, macro_call: &Macro, target: Type<'s>, at: usize) -> Type<'s> {
        let condition = self.call("hasValue", &["optional_type(V) -> bool"], vec![target.clone()], true, at);
        let value = self.call("value", &["optional_type(V) -> V"], vec![target], true, at);
        let body = self.with(&[value], |checker| checker.infer(&macro_call.body));
        let body = self.bindings.known(&body);
        let then = match macro_call.kind {
            MacroKind::OptionalMap => Type::optional(body),
            _ => body,
        };
        let otherwise = Type::optional(self.bindings.open());
        self.call("_?_:_", CONDITIONAL, vec![condition, then, otherwise], false, at)
    }

    /// Checks with more variables in scope.
    fn with<T>(&mut self, variables: &[Type<'s>], check: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.variables.len();
        self.variables.extend_from_slice(variables);
        let outcome = check(self);
        self.variables.truncate(outer);
        outcome
    }

    /// Returns the types of the variables of a loop over `range`, whose type is `type_`.
    fn variables_of(&mut self, range: &Expr, type_: &Type<'s>, is_double: bool) -> Vec<Type<'s>> {
        let type_ = self.bindings.known(type_);
        match &type_ {
            Type::List(item) if is_double => vec![INT, (**item).clone()],
            Type::List(item) => vec![(**item).clone()],
            Type::Map(entry) if is_double => vec![entry.0.clone(), entry.1.clone()],
            Type::Map(entry) => vec![entry.0.clone()],
            Type::Dyn | Type::Error | Type::Open(_) => {
                self.fits(&Type::Dyn, &type_);
                vec![Type::Dyn; 1 + usize::from(is_double)]
            }
            _ => {
                let what = "cannot be range of a comprehension (must be list, map, or dynamic)";
                self.error(range.at, format!("expression of type '{type_}' {what}"));
                vec![Type::Error; 1 + usize::from(is_double)]
            }
        }
    }

    fn loop_over(&mut self, macro_call: &Macro, range: &Type<'s>, at: usize) -> Type<'s> {
        // The accumulator's type at the start of the loop.
        let made = match macro_call.kind {
            MacroKind::All | MacroKind::Exists => BOOL,
            MacroKind::ExistsOne => INT,
            MacroKind::TransformMap | MacroKind::TransformMapEntry => {
                Type::map(self.bindings.open(), self.bindings.open())
            }
            _ => Type::list(self.bindings.open()),
        };
        let variables = self.variables_of(&macro_call.range, range, macro_call.is_double);
        let first = variables.first().cloned().unwrap_or(Type::Dyn);
        let step = self.with(&variables, |checker| checker.step(macro_call, made.clone(), first, at));
        if !self.fits(&made, &step) {
            self.mismatch(at, &made, &step);
        }
        if macro_call.kind == MacroKind::ExistsOne { BOOL } else { self.bindings.known(&made) }
    }

    /// Returns the accumulator's type after one iteration.
    fn step(&mut self, macro_call: &Macro, made: Type<'s>, first: Type<'s>, at: usize) -> Type<'s> {
        let condition = match (&macro_call.filter, macro_call.kind) {
            (Some(filter), _) => Some(self.infer(filter)),
            (None, MacroKind::Filter) => Some(self.infer(&macro_call.body)),
            _ => None,
        };
        let (add, additions) = signatures::of_operator(Operator::Add);
        let step = match macro_call.kind {
            MacroKind::All | MacroKind::Exists => {
                let body = self.infer(&macro_call.body);
                if !self.fits(&body, &BOOL) {
                    self.mismatch(macro_call.body.at, &BOOL, &body);
                    return Type::Error;
                }
                BOOL
            }
            MacroKind::ExistsOne => {
                let body = self.infer(&macro_call.body);
                return self.call("_?_:_", CONDITIONAL, vec![body, INT, INT], false, at);
            }
            MacroKind::Filter => self.call(add, additions, vec![made.clone(), Type::list(first)], false, at),
            MacroKind::TransformMap => {
                let body = self.infer(&macro_call.body);
                self.call("cel.@mapInsert", INSERT, vec![made.clone(), first, body], false, at)
            }
            MacroKind::TransformMapEntry => {
                let body = self.infer(&macro_call.body);
                self.call("cel.@mapInsert", INSERT, vec![made.clone(), body], false, at)
            }
            _ => {
                let body = self.infer(&macro_call.body);
                self.call(add, additions, vec![made.clone(), Type::list(body)], false, at)
            }
        };
        match condition {
            Some(condition) => self.call("_?_:_", CONDITIONAL, vec![condition, step, made], false, at),
            None => step,
        }
    }
}
