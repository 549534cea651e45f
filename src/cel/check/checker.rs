//! Infers the types of an expression, from the inside out (cel-go, `checker/checker.go`).

use std::collections::HashMap;

use super::signatures::{self, CONDITIONAL, INDEX, NEGATIVE, NOT, OPTIONAL_INDEX};
use super::types::{BOOL, INT, NULL, STRING, Type};
use super::unify::{Bindings, most_general};
use crate::cel::ast::{Expr, Node};
use crate::cel::error::SyntaxError;
use crate::cel::functions::Form;
use crate::cel::shape::Field;

/// The type check of one expression.
pub(super) struct Checker<'s> {
    /// The types of the variables by slot.
    pub(super) variables: Vec<Type<'s>>,
    pub(super) bindings: Bindings<'s>,
    pub(super) errors: Vec<SyntaxError>,
    /// For each list the types of its elements, and for each map those of its keys and of its values, with byte offsets: each
    /// group must be uniform.
    pub(super) alike: Vec<Vec<(usize, Type<'s>)>>,
    /// The nesting depth in calls of `format`.
    formats: usize,
    /// The types of the expressions inside arguments of `format`.
    types: HashMap<*const Expr, Type<'s>>,
}

impl<'s> Checker<'s> {
    pub(super) fn new(variables: Vec<Type<'s>>) -> Checker<'s> {
        Checker {
            variables,
            bindings: Bindings::default(),
            errors: Vec::new(),
            alike: Vec::new(),
            formats: 0,
            types: HashMap::new(),
        }
    }

    pub(super) fn error(&mut self, at: usize, message: String) {
        self.errors.push(SyntaxError { at, message });
    }

    pub(super) fn mismatch(&mut self, at: usize, expected: &Type<'s>, found: &Type<'s>) {
        self.error(at, format!("expected type '{expected}' but found '{found}'"));
    }

    pub(super) fn fits(&mut self, one: &Type<'s>, other: &Type<'s>) -> bool {
        self.bindings.fit(std::slice::from_ref(one), std::slice::from_ref(other))
    }

    /// Returns the type of an expression inside an argument of `format`. Types that are still open are `dyn`.
    pub(super) fn type_of(&mut self, expr: &Expr) -> Type<'s> {
        match self.types.get(&std::ptr::from_ref(expr)).cloned() {
            Some(type_) => self.bindings.closed(&type_),
            None => Type::Dyn,
        }
    }

    /// Infers the type of an expression.
    pub(super) fn infer(&mut self, expr: &Expr) -> Type<'s> {
        let type_ = self.of_node(expr);
        if self.formats > 0 {
            self.types.insert(expr, type_.clone());
        }
        type_
    }

    fn of_node(&mut self, expr: &Expr) -> Type<'s> {
        let at = expr.at;
        match &expr.node {
            Node::Null => NULL,
            Node::Bool(_) => BOOL,
            Node::Int(_) => INT,
            Node::Uint(_) => Type::Leaf("uint"),
            Node::Double(_) => Type::Leaf("double"),
            Node::String(_) => STRING,
            Node::Bytes(_) => Type::Leaf("bytes"),
            Node::Type(name) => Type::of_name(name),
            Node::Local(slot) => self.variables.get(*slot).cloned().unwrap_or(Type::Dyn),
            Node::List(items) => self.list(items),
            Node::Map(entries) => self.map(entries),
            Node::Select(operand, field, is_optional) => {
                let operand = self.infer(operand);
                self.field(&operand, field, *is_optional, at)
            }
            Node::Has(operand, field) => {
                let operand = self.infer(operand);
                self.field(&operand, field, false, at);
                BOOL
            }
            Node::Index(operand, index, is_optional) => {
                let arguments = vec![self.infer(operand), self.infer(index)];
                let (name, signatures) = if *is_optional { ("_[?_]", OPTIONAL_INDEX) } else { ("_[_]", INDEX) };
                self.call(name, signatures, arguments, false, at)
            }
            Node::Call(function, arguments) => {
                let is_format = usize::from(function.name == "format");
                self.formats += is_format;
                let types: Vec<Type<'s>> = arguments.iter().map(|argument| self.infer(argument)).collect();
                self.formats -= is_format;
                self.call(function.name, function.signatures, types, function.form == Form::Member, at)
            }
            Node::And(parts) | Node::Or(parts) => self.all_bool(parts),
            Node::Conditional(parts) => {
                let types = parts.iter().map(|part| self.infer(part)).collect();
                self.call("_?_:_", CONDITIONAL, types, false, at)
            }
            Node::Not(operand) => {
                let operand = self.infer(operand);
                self.call("!_", NOT, vec![operand], false, at)
            }
            Node::Negative(operand) => {
                let operand = self.infer(operand);
                self.call("-_", NEGATIVE, vec![operand], false, at)
            }
            Node::Binary(operator, operands) => {
                let types = operands.iter().map(|operand| self.infer(operand)).collect();
                let (name, signatures) = signatures::of_operator(*operator);
                self.call(name, signatures, types, false, at)
            }
            Node::Macro(operand) => self.expand(operand, at),
        }
    }

    fn all_bool(&mut self, parts: &[Expr]) -> Type<'s> {
        let types: Vec<Type<'s>> = parts.iter().map(|part| self.infer(part)).collect();
        let mut is_wrong = false;
        for (part, found) in parts.iter().zip(&types) {
            if !self.fits(found, &BOOL) {
                self.mismatch(part.at, &BOOL, found);
                is_wrong = true;
            }
        }
        if is_wrong { Type::Error } else { BOOL }
    }

    /// Infers the result of a call: the result of the overloads that fit, or `dyn` if these differ.
    pub(super) fn call(
        &mut self,
        name: &str,
        signatures: &[&str],
        mut given: Vec<Type<'s>>,
        is_member: bool,
        at: usize,
    ) -> Type<'s> {
        let mut result: Option<Type<'s>> = None;
        for signature in signatures {
            let Some(signature) = signatures::read(signature, &mut self.bindings) else { continue };
            if !self.bindings.fit(&given, &signature.arguments) {
                continue;
            }
            let own = self.bindings.known(&signature.result);
            result = Some(match result {
                None => own,
                Some(known) if known == own || matches!(known, Type::Dyn) => known,
                Some(_) => Type::Dyn,
            });
        }
        if let Some(result) = result {
            return result;
        }
        for type_ in &mut given {
            *type_ = self.bindings.closed(type_);
        }
        let mut shown: Vec<String> = given.iter().map(Type::to_string).collect();
        let receiver = if is_member && !shown.is_empty() { format!("{}.", shown.remove(0)) } else { String::new() };
        let applied = format!("{receiver}({})", shown.join(", "));
        self.error(at, format!("found no matching overload for '{name}' applied to '{applied}'"));
        Type::Error
    }

    fn field(&mut self, type_: &Type<'s>, name: &str, is_optional: bool, at: usize) -> Type<'s> {
        let known = self.bindings.known(type_);
        let (target, is_optional) = match known {
            Type::Optional(inner) => ((*inner).clone(), true),
            other => (other, is_optional),
        };
        let result = match &target {
            Type::Map(type_) => type_.1.clone(),
            Type::Object(place, fields) => match fields.iter().find(|field| is_named(field, name)) {
                Some(field) => Type::of_data(&field.shape, &format!("{place}.{name}")),
                None => {
                    self.error(at, format!("undefined field '{name}'"));
                    Type::Error
                }
            },
            Type::Open(_) => {
                self.fits(&Type::Dyn, &target);
                Type::Dyn
            }
            Type::Dyn | Type::Error => Type::Dyn,
            // The server declares this as a variable with a dot in its name.
            Type::Leaf("kubernetes.authorization.Authorizer") if name == "requestResource" => {
                Type::Leaf("kubernetes.authorization.ResourceCheck")
            }
            Type::Leaf(name) if name.starts_with("kubernetes.") => {
                self.error(at, format!("unexpected failed resolution of '{name}'"));
                Type::Error
            }
            other => {
                self.error(at, format!("type '{other}' does not support field selection"));
                Type::Dyn
            }
        };
        let result = if is_optional { Type::optional(result) } else { result };
        self.bindings.known(&result)
    }

    /// Combines the type of the elements so far with the type of the next. Differing types are reported elsewhere.
    fn joined(&mut self, before: Option<Type<'s>>, found: Type<'s>) -> Type<'s> {
        let Some(before) = before else { return found };
        if self.fits(&before, &found) { most_general(&before, &found) } else { Type::Dyn }
    }

    /// Unwraps the type of an element marked optional with `?`.
    fn inner(&mut self, found: Type<'s>, is_optional: bool, at: usize) -> Type<'s> {
        match found {
            Type::Optional(inner) if is_optional => (*inner).clone(),
            Type::Dyn => Type::Dyn,
            other if is_optional => {
                self.mismatch(at, &Type::optional(other.clone()), &other);
                other
            }
            other => other,
        }
    }

    fn list(&mut self, items: &[(Expr, bool)]) -> Type<'s> {
        let (mut type_, mut found) = (None, Vec::with_capacity(items.len()));
        for (item, is_optional) in items {
            let own = self.infer(item);
            let own = self.inner(own, *is_optional, item.at);
            found.push((item.at, own.clone()));
            type_ = Some(self.joined(type_, own));
        }
        self.require_same_type(found);
        Type::list(type_.unwrap_or_else(|| self.bindings.open()))
    }

    fn map(&mut self, entries: &[(Expr, Expr, bool)]) -> Type<'s> {
        let (mut key_type, mut value_type, mut keys, mut values) = (None, None, Vec::new(), Vec::new());
        for (key, value, is_optional) in entries {
            let own = self.infer(key);
            keys.push((key.at, own.clone()));
            key_type = Some(self.joined(key_type, own));
            let own = self.infer(value);
            let own = self.inner(own, *is_optional, value.at);
            values.push((value.at, own.clone()));
            value_type = Some(self.joined(value_type, own));
        }
        self.require_same_type(keys);
        self.require_same_type(values);
        let key = key_type.unwrap_or_else(|| self.bindings.open());
        Type::map(key, value_type.unwrap_or_else(|| self.bindings.open()))
    }

    /// Requires that elements have the same type, except in arguments of `format`.
    fn require_same_type(&mut self, types: Vec<(usize, Type<'s>)>) {
        if self.formats == 0 && types.len() > 1 {
            self.alike.push(types);
        }
    }
}

/// Whether a field has this name in expressions. A reserved word may also be written unescaped.
fn is_named(field: &Field, name: &str) -> bool {
    let word = || field.escaped.strip_prefix("__")?.strip_suffix("__");
    field.escaped == name || field.name == name && word() == Some(name)
}
