//! Runs `{{ range }}` loops.

use super::items::Items;
use super::operand::Operand;
use super::{Context, Exec, Frame, Loop, Result, Variable, fail};
use crate::engine::gotpl::ast::{Control, Node, NodeId};
use crate::engine::gotpl::call::ITEM;
use crate::engine::gotpl::trace::Tracer;
use crate::engine::gotpl::value::{List, ListKind, Value};
use crate::go::fmt::{Dialect, display};

impl<T: Tracer> Exec<T> {
    pub(super) fn begin_range(&mut self, context: &Context<T>, id: NodeId, control: Control) -> Result<()> {
        let before = self.variables.len();
        let Operand { value, mark, .. } = self.pipeline(context, control.pipe)?;
        let after = self.variables.len();
        let (declares, number_of) = match context.parsed.node(control.pipe) {
            Node::Pipe { variables, assigns, .. } => (!assigns, variables.len()),
            _ => (false, 0),
        };
        debug_assert!(!declares || after - before >= number_of);
        let numbers = |end: i64, as_value: fn(i64) -> Value| Items::Numbers { next: 0, end, as_value };
        let items = match &value {
            Value::Invalid | Value::Nil => Items::List(List::nil(ListKind::Any), 0),
            Value::List(list) => Items::List(list.clone(), 0),
            Value::Bytes(bytes) => Items::Bytes(bytes.clone(), 0),
            Value::Map(map) => {
                self.limits.spend(map.len().saturating_mul(ITEM))?;
                Items::Map(map.snapshot().into_iter(), map.kind().holds_any())
            }
            Value::Int(_) | Value::Int64(_) | Value::Uint8(_) | Value::Uint64(_) if number_of > 1 => {
                return Err(fail(format!("can't use {} to iterate over more than one variable", self.shown(&value))));
            }
            Value::Int(end) => numbers(*end, Value::Int),
            Value::Int64(end) => numbers(*end, Value::Int64),
            Value::Uint8(end) => numbers((*end).into(), |number| Value::Uint8(number as u8)),
            Value::Uint64(end) => {
                numbers(i64::try_from(*end).unwrap_or(i64::MAX), |number| Value::Uint64(number as u64))
            }
            Value::Object(object) if object.int().is_some() => numbers(object.int().unwrap_or(0), Value::Int64),
            other => return Err(fail(format!("range can't iterate over {}", self.shown(other)))),
        };
        let is_empty = match &items {
            Items::Numbers { end, .. } => *end <= 0,
            Items::List(list, _) => list.is_empty(),
            Items::Bytes(bytes, _) => bytes.is_empty(),
            Items::Map(entries, _) => entries.len() == 0,
        };
        let shape = self.trace.shape(&value, mark);
        let part = self.enter(context, id, control, !is_empty, &value, shape)?;
        if is_empty {
            match control.else_list {
                Some(list) => {
                    self.frames.push(Frame::Else { mark: before, part });
                    self.push_list(&context.parsed, list);
                }
                None => {
                    self.variables.truncate(before);
                    self.trace.leave(&self.out, part);
                }
            }
            return Ok(());
        }
        let dot = context.dot.clone();
        let inner = self.trace.scope();
        // The loop may change the map, but iterates over the entries from before.
        let marks = match &value {
            Value::Map(map) if T::IS_ON => {
                map.keys().iter().map(|key| self.trace.entry(&value, mark, key)).collect::<Vec<_>>()
            }
            _ => Vec::new(),
        };
        let subject = Operand::marked(value, mark);
        self.frames.push(Frame::Range(Box::new(Loop {
            control,
            items,
            subject,
            marks,
            iterations: 0,
            key: None,
            before,
            after,
            dot,
            part,
            inner,
        })));
        Ok(())
    }

    /// Formats a value as `%v` does, for messages.
    fn shown(&self, value: &Value) -> String {
        const MAX: usize = 1 << 16;
        display(value, MAX, Dialect::GO)
            .map_or_else(|error| error.message().to_owned(), |text| String::from_utf8_lossy(&text).into_owned())
    }

    /// Begins the next iteration of the innermost loop, or ends the loop.
    pub(super) fn next_iteration(&mut self, context: &mut Context<T>) -> Result<()> {
        self.limits.step(1)?;
        let Some(Frame::Range(current)) = self.frames.last_mut() else { return Ok(()) };
        self.variables.truncate(current.after);
        let (control, after) = (current.control, current.after);
        self.trace.restore(current.inner);
        let Some((index, element, is_interface)) = current.items.next() else {
            self.leave(context);
            return Ok(());
        };
        let subject = &current.subject;
        let mark = match &index {
            Value::Int(index) => self.trace.item(&subject.value, subject.mark, *index as usize),
            Value::Str(_) => current.marks.get(current.iterations).copied().unwrap_or_default(),
            _ => subject.mark,
        };
        current.iterations += 1;
        current.key = if let Value::Str(key) = &index { Some(key.clone()) } else { None };
        let element = Operand { value: element, is_interface, mark };
        let index = Operand::marked(index, self.trace.shape(&subject.value, subject.mark));
        if let Node::Pipe { variables, assigns, .. } = context.parsed.node(control.pipe) {
            match (context.parsed.children(variables), assigns) {
                ([], _) => {}
                (&[one], true) => self.assign(context, one, element.clone())?,
                (&[first, second, ..], true) => {
                    self.assign(context, first, index)?;
                    self.assign(context, second, element.clone())?;
                }
                ([_], false) => self.set_variable(after - 1, element.clone()),
                ([..], false) => {
                    self.set_variable(after - 1, element.clone());
                    self.set_variable(after - 2, index);
                }
            }
        }
        context.dot = element;
        self.push_list(&context.parsed, control.list);
        Ok(())
    }

    fn set_variable(&mut self, slot: usize, operand: Operand<T::Mark>) {
        if let Some(Variable { operand: old, .. }) = self.variables.get_mut(slot) {
            *old = operand;
        }
    }
}
