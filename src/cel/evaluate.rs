//! Evaluates trees (the CEL specification, "Evaluation").

use std::sync::Arc;

use super::arithmetic::{binary, negative};
use super::ast::{Expr, Macro, MacroKind, Node};
use super::compare::{lookup, order};
use super::error::Error;
use super::run::Run;
use super::value::{List, Map, Value};

/// Evaluates an expression; `variables` holds the values by slot.
pub(super) fn evaluate<'a>(
    expr: &'a Expr,
    variables: Vec<Option<Value<'a>>>,
    run: &mut Run<'_>,
) -> Result<Value<'a>, Error> {
    Scope { variables }.value(expr, run)
}

struct Scope<'a> {
    /// The values of the variables by slot. A variable of the whole expression may have none.
    variables: Vec<Option<Value<'a>>>,
}

type Outcome<'a> = Result<Value<'a>, Error>;

impl<'a> Scope<'a> {
    fn value(&mut self, expr: &'a Expr, run: &mut Run<'_>) -> Outcome<'a> {
        run.take(1)?;
        Ok(match &expr.node {
            Node::Null => Value::Null,
            Node::Bool(value) => Value::Bool(*value),
            Node::Int(number) => Value::Int(*number),
            Node::Uint(number) => Value::Uint(*number),
            Node::Double(number) => Value::Double(*number),
            Node::String(text) => Value::String(super::value::Text::Data(text)),
            Node::Bytes(bytes) => {
                run.take_bytes(bytes.len())?;
                Value::Bytes(bytes.as_slice().into())
            }
            Node::Type(name) => Value::Type(name),
            Node::Local(slot) => match self.variables.get(*slot) {
                Some(Some(value)) => value.clone(),
                _ => return Err(Error::fails("no such attribute(s)")),
            },
            Node::List(items) => self.list(items, run)?,
            Node::Map(entries) => self.map(entries, run)?,
            Node::Select(operand, field, is_optional) => {
                let operand = self.value(operand, run)?;
                self.member(&operand, &Value::String(super::value::Text::Data(field)), *is_optional, run)?
            }
            Node::Index(operand, index, is_optional) => {
                let operand = self.value(operand, run)?;
                let index = self.value(index, run)?;
                self.member(&operand, &index, *is_optional, run)?
            }
            Node::Has(operand, field) => {
                let operand = self.value(operand, run)?;
                Value::Bool(has(&operand, field, run)?)
            }
            Node::Call(function, arguments) => {
                let mut values = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    values.push(self.value(argument, run)?);
                }
                (function.call)(&values, run)?
            }
            Node::And(parts) => self.decided(parts, false, run)?,
            Node::Or(parts) => self.decided(parts, true, run)?,
            Node::Conditional(parts) => {
                let [condition, then, otherwise] = &**parts;
                match self.value(condition, run)? {
                    Value::Bool(true) => self.value(then, run)?,
                    Value::Bool(false) => self.value(otherwise, run)?,
                    _ => return Err(Error::overload()),
                }
            }
            Node::Not(operand) => match self.value(operand, run)? {
                Value::Bool(value) => Value::Bool(!value),
                _ => return Err(Error::overload()),
            },
            Node::Negative(operand) => negative(&self.value(operand, run)?)?,
            Node::Binary(operator, operands) => {
                let [left, right] = &**operands;
                let left = self.value(left, run)?;
                let right = self.value(right, run)?;
                binary(*operator, &left, &right, run)?
            }
            Node::Macro(operand) => self.expand(operand, run)?,
        })
    }

    fn list(&mut self, parts: &'a [(Expr, bool)], run: &mut Run<'_>) -> Outcome<'a> {
        let mut items = Vec::with_capacity(parts.len());
        for (part, is_optional) in parts {
            match (self.value(part, run)?, is_optional) {
                (value, false) => items.push(value),
                (Value::Optional(Some(value)), true) => items.push((*value).clone()),
                (Value::Optional(None), true) => {}
                _ => return Err(Error::overload()),
            }
        }
        Ok(Value::list(items))
    }

    fn map(&mut self, parts: &'a [(Expr, Expr, bool)], run: &mut Run<'_>) -> Outcome<'a> {
        let mut entries = Vec::with_capacity(parts.len());
        for (key, value, is_optional) in parts {
            let key = self.value(key, run)?;
            let value = match (self.value(value, run)?, is_optional) {
                (value, false) => value,
                (Value::Optional(Some(value)), true) => (*value).clone(),
                (Value::Optional(None), true) => continue,
                _ => return Err(Error::overload()),
            };
            insert(&mut entries, key, value, run)?;
        }
        Ok(Value::Map(Map::Made(Arc::new(entries))))
    }

    /// Evaluates `operand[key]` or `operand.key`. If the access is optional, a missing member is not an error.
    fn member(&mut self, container: &Value<'a>, key: &Value<'a>, is_optional: bool, run: &mut Run<'_>) -> Outcome<'a> {
        if let Value::Optional(inner) = container {
            return match inner {
                None => Ok(Value::Optional(None)),
                Some(inner) => self.member(inner, key, true, run),
            };
        }
        match (found(container, key, run), is_optional) {
            (Ok(Some(value)), true) => Ok(Value::some(value)),
            (Ok(None), true) => Ok(Value::Optional(None)),
            (Ok(Some(value)), false) => Ok(value),
            (Ok(None), false) => Err(Error::fails(match key {
                Value::String(text) => format!("no such key: {}", text.as_str()),
                Value::Int(number) if matches!(container, Value::List(_)) => format!("index out of bounds: {number}"),
                other => format!("no such key: {}", super::functions::shown(other)),
            })),
            (Err(error), _) => Err(error),
        }
    }

    /// Evaluates `&&` (decided by a false) or `||` (by a true). If any operand decides the result,
    /// errors of the others are dropped.
    fn decided(&mut self, parts: &'a [Expr], by: bool, run: &mut Run<'_>) -> Outcome<'a> {
        let mut failed = None;
        for part in parts {
            match self.value(part, run) {
                Ok(Value::Bool(value)) if value == by => return Ok(Value::Bool(by)),
                Ok(Value::Bool(_)) => {}
                Ok(_) => failed = failed.or(Some(Error::overload())),
                Err(error @ Error::Fails(_)) => failed = failed.or(Some(error)),
                Err(fatal) => return Err(fatal),
            }
        }
        failed.map_or(Ok(Value::Bool(!by)), Err)
    }

    /// Evaluates with the variables of a macro in scope.
    fn with(&mut self, expr: &'a Expr, element: &Element<'a>, run: &mut Run<'_>) -> Outcome<'a> {
        let outer = self.variables.len();
        self.variables.push(Some(element.0.clone()));
        self.variables.extend(element.1.clone().map(Some));
        let value = self.value(expr, run);
        self.variables.truncate(outer);
        value
    }

    fn is_true(&mut self, expr: &'a Expr, element: &Element<'a>, run: &mut Run<'_>) -> Result<bool, Error> {
        match self.with(expr, element, run)? {
            Value::Bool(value) => Ok(value),
            _ => Err(Error::overload()),
        }
    }

    fn expand(&mut self, macro_call: &'a Macro, run: &mut Run<'_>) -> Outcome<'a> {
        let range = self.value(&macro_call.range, run)?;
        if let MacroKind::OptionalMap | MacroKind::OptionalFlatMap = macro_call.kind {
            return self.optional(macro_call, &range, run);
        }
        let elements = elements(&range, macro_call.is_double, run)?;
        match macro_call.kind {
            MacroKind::All | MacroKind::Exists => self.quantified(macro_call, elements, run),
            MacroKind::ExistsOne => {
                let mut count = 0;
                for element in elements {
                    count += usize::from(self.is_true(&macro_call.body, &element?, run)?);
                }
                Ok(Value::Bool(count == 1))
            }
            MacroKind::Filter => {
                let mut kept = Vec::new();
                for element in elements {
                    let element = element?;
                    if self.is_true(&macro_call.body, &element, run)? {
                        kept.push(element.0);
                    }
                }
                Ok(Value::list(kept))
            }
            MacroKind::SortBy => self.sorted(macro_call, elements, run),
            _ => self.transformed(macro_call, elements, run),
        }
    }

    fn optional(&mut self, macro_call: &'a Macro, range: &Value<'a>, run: &mut Run<'_>) -> Outcome<'a> {
        let Value::Optional(inner) = range else { return Err(Error::overload()) };
        let Some(inner) = inner else { return Ok(Value::Optional(None)) };
        let value = self.with(&macro_call.body, &((**inner).clone(), None), run)?;
        match (macro_call.kind, value) {
            (MacroKind::OptionalMap, value) => Ok(Value::some(value)),
            (_, value @ Value::Optional(_)) => Ok(value),
            _ => Err(Error::overload()),
        }
    }

    fn quantified(
        &mut self,
        macro_call: &'a Macro,
        elements: Vec<ElementResult<'a>>,
        run: &mut Run<'_>,
    ) -> Outcome<'a> {
        let by = macro_call.kind == MacroKind::Exists;
        let mut failed = None;
        for element in elements {
            match element.and_then(|element| self.is_true(&macro_call.body, &element, run)) {
                Ok(value) if value == by => return Ok(Value::Bool(by)),
                Ok(_) => {}
                Err(error @ Error::Fails(_)) => failed = failed.or(Some(error)),
                Err(fatal) => return Err(fatal),
            }
        }
        failed.map_or(Ok(Value::Bool(!by)), Err)
    }

    fn transformed(
        &mut self,
        macro_call: &'a Macro,
        elements: Vec<ElementResult<'a>>,
        run: &mut Run<'_>,
    ) -> Outcome<'a> {
        let (mut items, mut entries) = (Vec::new(), Vec::new());
        for element in elements {
            let element = element?;
            if let Some(filter) = &macro_call.filter
                && !self.is_true(filter, &element, run)?
            {
                continue;
            }
            let value = self.with(&macro_call.body, &element, run)?;
            match (macro_call.kind, value) {
                (MacroKind::Map, value) => items.push(value),
                (MacroKind::TransformMap, value) => entries.push((element.0, value)),
                (_, Value::Map(Map::Made(more))) => {
                    for (key, value) in more.iter() {
                        insert(&mut entries, key.clone(), value.clone(), run)?;
                    }
                }
                _ => return Err(Error::overload()),
            }
        }
        Ok(if macro_call.kind == MacroKind::Map {
            Value::list(items)
        } else {
            Value::Map(Map::Made(Arc::new(entries)))
        })
    }

    fn sorted(&mut self, macro_call: &'a Macro, elements: Vec<ElementResult<'a>>, run: &mut Run<'_>) -> Outcome<'a> {
        let mut keyed = Vec::with_capacity(elements.len());
        for element in elements {
            let element = element?;
            keyed.push((self.with(&macro_call.body, &element, run)?, element.0));
        }
        super::functions::sort(&mut keyed, run)?;
        Ok(Value::list(keyed.into_iter().map(|(_, value)| value).collect()))
    }
}

/// The values of a macro's variables: an element, or a key and a value.
type Element<'a> = (Value<'a>, Option<Value<'a>>);
type ElementResult<'a> = Result<Element<'a>, Error>;

fn elements<'a>(range: &Value<'a>, is_double: bool, run: &mut Run<'_>) -> Result<Vec<ElementResult<'a>>, Error> {
    match range {
        Value::List(list) => {
            run.take(list.len())?;
            let with_index = |(at, item): (usize, Outcome<'a>)| {
                let item = item?;
                Ok(if is_double {
                    (Value::Int(i64::try_from(at).unwrap_or(i64::MAX)), Some(item))
                } else {
                    (item, None)
                })
            };
            Ok(list.iter().enumerate().map(with_index).collect())
        }
        Value::Map(map) => {
            run.take(map.len())?;
            let mut found = Vec::with_capacity(map.len());
            for key in map.keys() {
                let value = if is_double { lookup(map, &key, run)? } else { None };
                found.push(Ok((key, value)));
            }
            Ok(found)
        }
        _ => Err(Error::overload()),
    }
}

fn insert<'a>(
    entries: &mut Vec<(Value<'a>, Value<'a>)>,
    key: Value<'a>,
    value: Value<'a>,
    run: &mut Run<'_>,
) -> Result<(), Error> {
    if !matches!(key, Value::String(_) | Value::Int(_) | Value::Uint(_) | Value::Bool(_)) {
        return Err(Error::fails("unsupported key type"));
    }
    for (known, _) in entries.iter() {
        run.take(1)?;
        if order(known, &key).is_ok_and(|order| order == Some(std::cmp::Ordering::Equal)) {
            return Err(Error::fails(format!("insert failed: key {} already exists", super::functions::shown(&key))));
        }
    }
    entries.push((key, value));
    Ok(())
}

/// Returns the item of a list at an index, or the value of a key in a map.
fn found<'a>(container: &Value<'a>, key: &Value<'a>, run: &mut Run<'_>) -> Result<Option<Value<'a>>, Error> {
    match (container, key) {
        (Value::Map(map), key) => lookup(map, key, run),
        (Value::List(list), key) => item(list, key),
        _ => Err(Error::overload()),
    }
}

fn item<'a>(list: &List<'a>, index: &Value<'a>) -> Result<Option<Value<'a>>, Error> {
    let index = match index {
        Value::Int(index) => usize::try_from(*index).ok(),
        Value::Uint(index) => usize::try_from(*index).ok(),
        Value::Double(index) if index.fract() == 0.0 && *index >= 0.0 && *index < 1e9 => Some(*index as usize),
        _ => return Err(Error::fails("unsupported index")),
    };
    index.and_then(|index| list.get(index)).transpose()
}

/// Whether an object has a field or a map has a key.
fn has(container: &Value<'_>, field: &str, run: &mut Run<'_>) -> Result<bool, Error> {
    match container {
        Value::Map(map) => Ok(lookup(map, &Value::String(super::value::Text::Data(field)), run)?.is_some()),
        Value::Optional(None) => Ok(false),
        Value::Optional(Some(inner)) => has(inner, field, run),
        _ => Err(Error::overload()),
    }
}
