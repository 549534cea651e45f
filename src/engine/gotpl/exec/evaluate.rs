//! Evaluates pipelines, commands, fields and variables.

use super::operand::Operand;
use super::{Context, Exec, Fail, Result, Variable, fail};
use crate::engine::gotpl::ast::{self, Fields, Node, NodeId, first_field};
use crate::engine::gotpl::node_text::node_text;
use crate::engine::gotpl::number::Number;
use crate::engine::gotpl::trace::Tracer;
use crate::engine::gotpl::value::{Kind, ListKind, MapKind, Value};
use crate::go::utf8;

/// The arguments of a command or field.
#[derive(Clone, Copy)]
pub(super) struct CallArguments<'a, M> {
    /// The arguments written after it.
    pub(super) arguments: &'a [NodeId],
    /// The value of the preceding command in the pipeline, which is the last argument.
    pub(super) last: Option<&'a Operand<M>>,
}

impl<M: Copy + 'static> CallArguments<'_, M> {
    pub(super) const NOTHING: CallArguments<'static, M> = CallArguments { arguments: &[], last: None };

    fn is_nothing(self) -> bool {
        self.arguments.is_empty() && self.last.is_none()
    }
}

impl<T: Tracer> Exec<T> {
    /// Evaluates a pipeline and pushes the variables that it declares.
    pub(super) fn pipeline(&mut self, context: &Context<T>, id: NodeId) -> Result<Operand<T::Mark>> {
        self.error_node = id;
        let Node::Pipe { variables, commands, assigns } = context.parsed.node(id) else {
            return Ok(Operand::new(Value::Invalid));
        };
        let parsed = &*context.parsed;
        let mut value: Option<Operand<T::Mark>> = None;
        for &command in parsed.children(commands) {
            value = Some(self.command(context, command, value.as_ref())?.unwrapped());
        }
        let value = value.unwrap_or_default();
        for &variable in parsed.children(variables) {
            let operand = Operand::marked(value.value.clone(), value.mark);
            if assigns {
                self.assign(context, variable, operand)?;
            } else if let Node::Variable(variable, _) = parsed.node(variable) {
                self.variables.push(Variable { name: variable.name, operand });
            }
        }
        Ok(value)
    }

    /// Assigns to an existing variable.
    pub(super) fn assign(&mut self, context: &Context<T>, id: NodeId, operand: Operand<T::Mark>) -> Result<()> {
        let Node::Variable(variable, _) = context.parsed.node(id) else { return Ok(()) };
        let slot = self.slot(context, variable)?;
        let mark = self.trace.assigned(operand.mark);
        self.variables[slot].operand = Operand { mark, ..operand };
        Ok(())
    }

    /// Returns the index of a variable on the stack.
    pub(super) fn slot(&self, context: &Context<T>, variable: ast::Variable) -> Result<usize> {
        let found = if context.parsed.is_dynamic {
            let own = &self.variables[context.base..];
            own.iter().rposition(|known| known.name == variable.name).map(|at| context.base + at)
        } else {
            variable.slot.map(|slot| context.base + slot as usize).filter(|slot| *slot < self.variables.len())
        };
        found
            .ok_or_else(|| fail(format!("undefined variable: {}", context.parsed.variable_name(variable.name).lossy())))
    }

    fn command(
        &mut self,
        context: &Context<T>,
        id: NodeId,
        last: Option<&Operand<T::Mark>>,
    ) -> Result<Operand<T::Mark>> {
        let parsed = &*context.parsed;
        let Node::Command(operands) = parsed.node(id) else { return Ok(Operand::default()) };
        let Some((&first, arguments)) = parsed.children(operands).split_first() else {
            return Ok(Operand::default());
        };
        let call_arguments = CallArguments { arguments, last };
        match parsed.node(first) {
            Node::Field(fields) => self.field_node(context, first, fields, call_arguments),
            Node::Chain { receiver, fields } => self.chain(context, first, receiver, fields, call_arguments),
            Node::Identifier { function } => {
                self.error_node = first;
                self.call_function(context, function, id, call_arguments)
            }
            Node::Pipe { .. } => {
                self.check_not_called(context, first, call_arguments)?;
                self.pipeline(context, first)
            }
            Node::Variable(variable, fields) => self.variable_node(context, first, (variable, fields), call_arguments),
            literal => {
                self.error_node = first;
                self.check_not_called(context, first, call_arguments)?;
                match literal {
                    Node::Bool(value) => Ok(Operand::new(Value::Bool(value))),
                    Node::Dot => Ok(context.dot.clone()),
                    Node::Nil => Err(fail("nil is not a command")),
                    Node::Number(number) => Ok(Operand::new(self.constant(context, first, number)?)),
                    Node::String(string) => Ok(Operand::new(Value::Str(parsed.string(string).clone()))),
                    _ => Ok(Operand::default()),
                }
            }
        }
    }

    /// Returns the value of a number where no type is required.
    pub(super) fn constant(&mut self, context: &Context<T>, id: NodeId, number: u32) -> Result<Value> {
        self.error_node = id;
        let parsed = &context.parsed;
        let constant: &Number = parsed.number(number);
        constant.value().map_err(|_| fail(format!("{} overflows int", utf8::to_text(parsed.number_text(number)))))
    }

    fn check_not_called(
        &self,
        context: &Context<T>,
        first: NodeId,
        call_arguments: CallArguments<'_, T::Mark>,
    ) -> Result<()> {
        if call_arguments.is_nothing() {
            return Ok(());
        }
        let parsed = &context.parsed;
        Err(fail(format!("can't give argument to non-function {}", node_text(parsed, first))))
    }

    pub(super) fn field_node(
        &mut self,
        context: &Context<T>,
        id: NodeId,
        fields: Fields,
        call_arguments: CallArguments<'_, T::Mark>,
    ) -> Result<Operand<T::Mark>> {
        self.error_node = id;
        self.fields(context, context.dot.clone(), id, fields, call_arguments)
    }

    pub(super) fn chain(
        &mut self,
        context: &Context<T>,
        id: NodeId,
        receiver: NodeId,
        fields: Fields,
        call_arguments: CallArguments<'_, T::Mark>,
    ) -> Result<Operand<T::Mark>> {
        self.error_node = id;
        if context.parsed.node(receiver) == Node::Nil {
            return Err(fail(format!("indirection through explicit nil in {}", node_text(&context.parsed, id))));
        }
        let receiver = self.untyped_argument(context, receiver)?;
        self.fields(context, receiver, id, fields, call_arguments)
    }

    pub(super) fn variable_node(
        &mut self,
        context: &Context<T>,
        id: NodeId,
        (variable, fields): (ast::Variable, Fields),
        call_arguments: CallArguments<'_, T::Mark>,
    ) -> Result<Operand<T::Mark>> {
        self.error_node = id;
        let slot = self.slot(context, variable)?;
        let operand = self.variables[slot].operand.clone();
        if fields.is_empty() {
            self.check_not_called(context, id, call_arguments)?;
            return Ok(operand);
        }
        self.fields(context, operand, id, fields, call_arguments)
    }

    /// Evaluates a chain of fields such as `.a.b.c` on a receiver. The arguments go to the last field.
    fn fields(
        &mut self,
        context: &Context<T>,
        mut receiver: Operand<T::Mark>,
        id: NodeId,
        fields: Fields,
        call_arguments: CallArguments<'_, T::Mark>,
    ) -> Result<Operand<T::Mark>> {
        let parsed = &*context.parsed;
        let mut rest = parsed.fields_text(fields);
        while let Some((name, after)) = first_field(rest) {
            let call_arguments = if after.is_empty() { call_arguments } else { CallArguments::NOTHING };
            rest = after;
            receiver = self.field(context, receiver, id, name, call_arguments)?;
        }
        Ok(receiver)
    }

    fn field(
        &mut self,
        context: &Context<T>,
        receiver: Operand<T::Mark>,
        id: NodeId,
        name: &[u8],
        call_arguments: CallArguments<'_, T::Mark>,
    ) -> Result<Operand<T::Mark>> {
        let Operand { value, is_interface, mark } = receiver;
        let type_name = if is_interface { "interface {}" } else { value.go_type() };
        match &value {
            Value::Invalid => return Ok(Operand::marked(Value::Invalid, self.trace.entry(&value, mark, name))),
            Value::Nil => {
                let message = format!("nil pointer evaluating interface {{}}.{}", utf8::to_text(name));
                return Err(Box::new(Fail { message, is_nil_field: true, ..Fail::default() }));
            }
            _ => {}
        }
        if has_methods(&value)
            && let Some(method) = (self.library.method)(value.go_type(), name)
        {
            return self.call_method(context, method, Operand::marked(value, mark), id, call_arguments);
        }
        match &value {
            Value::Map(map) => {
                if !call_arguments.is_nothing() {
                    return Err(fail(format!("{} is not a method but has arguments", utf8::to_text(name))));
                }
                let kind = map.kind();
                let found = map.get(name).unwrap_or_else(|| kind.zero());
                let mark = self.trace.entry(&value, mark, name);
                Ok(Operand { value: found, is_interface: kind.holds_any(), mark })
            }
            Value::Object(object) if let Some(field) = object.field(name) => {
                if !call_arguments.is_nothing() {
                    return Err(fail(format!(
                        "{} has arguments but cannot be invoked as function",
                        utf8::to_text(name)
                    )));
                }
                Ok(Operand::marked(field, mark))
            }
            _ => Err(fail(format!("can't evaluate field {} in type {type_name}", utf8::to_text(name)))),
        }
    }
}

/// Whether the type of a value can have methods.
fn has_methods(value: &Value) -> bool {
    match value {
        Value::Map(map) => matches!(map.kind(), MapKind::Values | MapKind::Files),
        Value::List(list) => list.kind() == ListKind::Versions,
        Value::Object(object) => object.kind() != Kind::Invalid,
        _ => false,
    }
}
