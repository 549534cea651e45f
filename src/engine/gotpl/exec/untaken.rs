//! Traces decisions between parts of a template, and the effects that the part not taken would have had.

use super::operand::Operand;
use super::{Context, Exec, Frame, Result};
use crate::engine::gotpl::ast::{Control, Node, NodeId, Parsed, first_field};
use crate::engine::gotpl::trace::{Changed, Effect, Ends, OutputPart, Tracer, text_changes_maps};
use crate::engine::gotpl::value::Value;

impl<T: Tracer> Exec<T> {
    /// Records that a value decided between the list of a control action and the alternative. Returns the part to end
    /// with [`Tracer::leave`].
    pub(super) fn enter(
        &mut self,
        context: &Context<T>,
        id: NodeId,
        control: Control,
        is_taken: bool,
        by: &Value,
        mark: T::Mark,
    ) -> Result<OutputPart<T>> {
        if !T::IS_ON {
            return Ok(OutputPart::default());
        }
        let untaken = if is_taken { control.else_list } else { Some(control.list) };
        let taken = if is_taken { Some(control.list) } else { control.else_list };
        let ends = match taken {
            // If the taken list leaves the loop, the alternative is the rest of the loop, whose ends are unknown.
            Some(list)
                if context.parsed.leaves_loops
                    && self.trace.effects(&context.parsed, list).contains(&Effect::Leaves) =>
            {
                Ends::UNKNOWN
            }
            _ => untaken.map_or(Ends::NOTHING, |list| ends(&context.parsed, list)),
        };
        let mut part = self.trace.enter(self.out.len(), context.site(id), by, mark, ends);
        if let Some(list) = untaken {
            self.limits.step(1)?;
            self.record_untaken_effects(context, list, by, mark, &mut part.outer)?;
        }
        Ok(part)
    }

    /// Records that everything a list would have changed depends on the value that decided against running it.
    fn record_untaken_effects(
        &mut self,
        context: &Context<T>,
        list: NodeId,
        by: &Value,
        mark: T::Mark,
        outer: &mut T::Scope,
    ) -> Result<()> {
        for effect in self.trace.effects(&context.parsed, list).iter() {
            match effect {
                Effect::Assigns(variable) => {
                    let Node::Variable(variable, _) = context.parsed.node(*variable) else { continue };
                    // Variables that the list itself declares do not exist here.
                    let Ok(slot) = self.slot(context, variable) else { continue };
                    let old = self.variables[slot].operand.mark;
                    self.variables[slot].operand.mark = self.trace.untaken_assignment(old, by, mark);
                }
                Effect::Changes(change) => {
                    let map = change.map.and_then(|node| self.named(context, node));
                    self.trace.untaken_change(map.as_ref().map(|map| (map, change)), by, mark);
                }
                Effect::Calls(name, data) => {
                    let named = |node: NodeId| self.named(context, node);
                    let Some(Value::Str(name)) = name.value(&named) else { continue };
                    let data = data.as_ref().and_then(|data| data.value(&named));
                    let Changed { maps, is_unknown, steps } = self.trace.changes_of(&self.set, &name, data.as_ref());
                    self.limits.step(steps)?;
                    maps.iter().for_each(|(map, change)| self.trace.untaken_change(Some((map, change)), by, mark));
                    if is_unknown {
                        self.trace.untaken_change(None, by, mark);
                    }
                }
                Effect::Runs(text) => {
                    if let Some(Value::Str(text)) = self.named(context, *text)
                        && text_changes_maps(&text)
                    {
                        self.trace.untaken_change(None, by, mark);
                    }
                }
                Effect::Leaves => self.might_leave(by, mark, outer),
            }
        }
        Ok(())
    }

    /// Records that `break` or `continue` skips the rest of a loop's body, whose effects depend on what led here.
    pub(super) fn skips_loop(&mut self, context: &Context<T>) -> Result<()> {
        if !T::IS_ON {
            return Ok(());
        }
        let innermost = self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Range(around) => Some(around.control.list),
            _ => None,
        });
        if let Some(list) = innermost {
            let mut scope = self.trace.scope();
            self.record_untaken_effects(context, list, &Value::Invalid, T::Mark::default(), &mut scope)?;
        }
        Ok(())
    }

    /// Records that `and` or `or` does not evaluate these arguments.
    pub(super) fn skips(&mut self, context: &Context<T>, arguments: &[NodeId], by: &Operand<T::Mark>) -> Result<()> {
        if T::IS_ON {
            let mut scope = self.trace.scope();
            for &argument in arguments {
                self.record_untaken_effects(context, argument, &by.value, by.mark, &mut scope)?;
            }
        }
        Ok(())
    }

    /// Records that the loop might have been left here, so the rest of the iteration depends on the decision.
    fn might_leave(&mut self, by: &Value, mark: T::Mark, outer: &mut T::Scope) {
        self.trace.add_decision(outer, by, mark);
        for frame in self.frames.iter_mut().rev() {
            match frame {
                Frame::Leave { part, .. } | Frame::Else { part, .. } => {
                    self.trace.add_decision(&mut part.outer, by, mark);
                }
                Frame::Range(around) => {
                    self.trace.add_decision(&mut around.inner, by, mark);
                    return;
                }
                Frame::Return(..) => return,
                Frame::List { .. } => {}
            }
        }
    }

    /// Looks up the value that a variable or a chain of fields names, without calling anything.
    fn named(&self, context: &Context<T>, node: NodeId) -> Option<Value> {
        let (Operand { value, .. }, fields) = match context.parsed.node(node) {
            Node::Dot => return Some(context.dot.value.clone()),
            Node::Field(fields) => (context.dot.clone(), fields),
            Node::Variable(variable, fields) => {
                (self.variables[self.slot(context, variable).ok()?].operand.clone(), fields)
            }
            _ => return None,
        };
        let mut value = value;
        let mut rest = context.parsed.fields_text(fields);
        while let Some((name, after)) = first_field(rest) {
            rest = after;
            value = value.as_map()?.get(name)?;
        }
        Some(value)
    }
}

/// How the output of a list begins and ends.
fn ends(parsed: &Parsed, list: NodeId) -> Ends {
    let Node::List(nodes) = parsed.node(list) else { return Ends::NOTHING };
    let nodes = parsed.children(nodes);
    let (Some(first), Some(last)) = (nodes.first(), nodes.last()) else { return Ends::NOTHING };
    let text = |node: NodeId| match parsed.node(node) {
        Node::Text { end } => Some(parsed.text(node, end)),
        _ => None,
    };
    let breaks_first = |node: NodeId| match parsed.node(node) {
        Node::Action { pipe } => ends_with_nindent(parsed, pipe),
        _ => false,
    };
    Ends {
        begins_with_break: text(*first).map_or_else(|| breaks_first(*first), |text| text.first() == Some(&b'\n')),
        ends_with_break: text(*last).is_some_and(|text| text.last() == Some(&b'\n')),
    }
}

/// Whether a pipeline ends with `nindent`, whose output begins with a line break.
fn ends_with_nindent(parsed: &Parsed, pipe: NodeId) -> bool {
    let Some(&last) = parsed.commands(pipe).last() else { return false };
    parsed.called_function(parsed.operands(last)) == Some("nindent")
}
