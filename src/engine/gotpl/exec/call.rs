//! Calls of functions and methods, with the checks of argument counts and types that Go makes.

use super::evaluate::CallArguments;
use super::operand::Operand;
use super::{Arguments, Context, Exec, Fail, Result, fail};
use crate::engine::gotpl::ast::{Node, NodeId};
use crate::engine::gotpl::call::{Args, Evaluation, Function, Param};
use crate::engine::gotpl::node_text::node_text;
use crate::engine::gotpl::trace::Tracer;
use crate::engine::gotpl::value::Value;

impl<T: Tracer> Exec<T> {
    /// Calls a function by its number. An error that the function returns is located at `node`.
    pub(super) fn call_function(
        &mut self,
        context: &Context<T>,
        function: u16,
        node: NodeId,
        call_arguments: CallArguments<'_, T::Mark>,
    ) -> Result<Operand<T::Mark>> {
        let function = (self.library.function)(function);
        check_count(function, function.params.len(), &call_arguments)?;
        match function.evaluation {
            Evaluation::WhileTrue => self.and_or(context, false, call_arguments),
            Evaluation::WhileFalse => self.and_or(context, true, call_arguments),
            Evaluation::All | Evaluation::WithText => self.call(context, function, None, node, call_arguments),
        }
    }

    pub(super) fn call_method(
        &mut self,
        context: &Context<T>,
        method: &'static Function,
        receiver: Operand<T::Mark>,
        node: NodeId,
        call_arguments: CallArguments<'_, T::Mark>,
    ) -> Result<Operand<T::Mark>> {
        check_count(method, method.params.len(), &call_arguments)?;
        self.call(context, method, Some(receiver), node, call_arguments)
    }

    fn call(
        &mut self,
        context: &Context<T>,
        function: &'static Function,
        receiver: Option<Operand<T::Mark>>,
        node: NodeId,
        call_arguments: CallArguments<'_, T::Mark>,
    ) -> Result<Operand<T::Mark>> {
        self.limits.step(1)?;
        let mut arguments = self.argument_pool.pop().unwrap_or_default();
        let filled = self.arguments(context, function, receiver, call_arguments, &mut arguments);
        if function.is_random {
            self.begin_random_call(context, function, node)?;
        }
        self.host.set_position(context.parsed.offset(node));
        let result = filled.and_then(|()| {
            let Arguments { values, marks } = &arguments;
            self.limits.step(reading(values))?;
            if T::IS_ON {
                self.trace.calling(context.site(node), function.name, values, marks);
            }
            let result = (function.run)(self, Args(values));
            let result = result.map_err(|error| {
                self.error_node = node;
                Box::new(Fail {
                    message: format!("error calling {}: ", function.name),
                    cause: Some(error),
                    ..Fail::default()
                })
            })?;
            let mut mark = self.trace.returned(function.name, values, marks, &result);
            if function.is_random {
                mark = self.trace.random(mark);
            }
            Ok(Operand::marked(result, mark))
        });
        arguments.values.clear();
        arguments.marks.clear();
        self.argument_pool.push(arguments);
        result
    }

    fn arguments(
        &mut self,
        context: &Context<T>,
        function: &Function,
        receiver: Option<Operand<T::Mark>>,
        call_arguments: CallArguments<'_, T::Mark>,
        all: &mut Arguments<T::Mark>,
    ) -> Result<()> {
        if let Some(receiver) = receiver {
            all.push(receiver.value, receiver.mark);
        }
        for (index, &argument) in call_arguments.arguments.iter().enumerate() {
            let operand = self.argument(context, function.param(index), argument)?;
            all.push(operand.value, operand.mark);
        }
        if let Some(last) = call_arguments.last {
            all.push(validated(last.value.clone(), function.param(call_arguments.arguments.len()))?, last.mark);
        }
        if function.evaluation == Evaluation::WithText {
            let written = match (call_arguments.arguments.first(), all.values.first()) {
                (Some(&first), _) => Value::str(node_text(&context.parsed, first)),
                (None, Some(Value::Str(text))) => Value::Str(text.clone()),
                (None, value) => Value::str(format!("<{} Value>", value.map_or("invalid", Value::go_type))),
            };
            all.push(written, T::Mark::default());
        }
        Ok(())
    }

    /// Calls `and` or `or`, which stop at the argument that decides the result.
    fn and_or(
        &mut self,
        context: &Context<T>,
        is_or: bool,
        call_arguments: CallArguments<'_, T::Mark>,
    ) -> Result<Operand<T::Mark>> {
        self.limits.step(1)?;
        let before = self.trace.scope();
        let result = self.chosen(context, is_or, call_arguments);
        self.trace.restore(before);
        result
    }

    fn chosen(
        &mut self,
        context: &Context<T>,
        is_or: bool,
        call_arguments: CallArguments<'_, T::Mark>,
    ) -> Result<Operand<T::Mark>> {
        let mut operand = Operand::new(Value::Invalid);
        let mut decided = T::Mark::default();
        for (index, &argument) in call_arguments.arguments.iter().enumerate() {
            operand = self.argument(context, Param::Reflect, argument)?;
            // The arguments before this one decided that it is evaluated.
            operand.mark = self.trace.chosen_by(operand.mark, &Value::Invalid, decided);
            if operand.value.is_true() == is_or {
                self.skips(context, &call_arguments.arguments[index + 1..], &operand)?;
                return Ok(operand);
            }
            decided = self.trace.truth(&operand.value, operand.mark);
            let mut scope = self.trace.scope();
            self.trace.add_decision(&mut scope, &operand.value, operand.mark);
            self.trace.restore(scope);
        }
        Ok(match call_arguments.last {
            Some(last) => {
                Operand::marked(last.value.clone(), self.trace.chosen_by(last.mark, &Value::Invalid, decided))
            }
            None => operand,
        })
    }

    /// Evaluates an argument for a parameter.
    fn argument(&mut self, context: &Context<T>, param: Param, id: NodeId) -> Result<Operand<T::Mark>> {
        self.error_node = id;
        let parsed = &*context.parsed;
        let expected = |what: &str| Err(fail(format!("expected {what}; found {}", node_text(parsed, id))));
        let literal = match parsed.node(id) {
            Node::Nil => {
                let zero = param.zero().ok_or_else(|| fail(format!("cannot assign nil to {}", param.go_type())));
                return zero.map(Operand::new);
            }
            literal @ (Node::Bool(_) | Node::Number(_) | Node::String(_)) => literal,
            _ => {
                let operand = self.untyped_argument(context, id)?;
                return Ok(Operand::marked(validated(operand.value, param)?, operand.mark));
            }
        };
        let value = match (param, literal) {
            (Param::Any | Param::Reflect, Node::Number(number)) => self.constant(context, id, number),
            (Param::Any | Param::Reflect | Param::Bool, Node::Bool(value)) => Ok(Value::Bool(value)),
            (Param::Any | Param::Reflect | Param::Str, Node::String(string)) => {
                Ok(Value::Str(parsed.string(string).clone()))
            }
            (Param::Bool, _) => expected("bool"),
            (Param::Str, _) => expected("string"),
            (Param::Int, Node::Number(number)) => match parsed.number(number).int {
                Some(int) => Ok(Value::Int(int)),
                None => expected("integer"),
            },
            (Param::Duration, Node::Number(number)) if parsed.number(number).int.is_some() => {
                Ok(Value::Int64(parsed.number(number).int.unwrap_or_default()))
            }
            (Param::Int | Param::Duration, _) => expected("integer"),
            (Param::Uint32, Node::Number(number)) => match parsed.number(number).uint {
                // Go keeps the lower 32 bits.
                Some(number) => Ok(Value::Int64(i64::from(number as u32))),
                None => expected("unsigned integer"),
            },
            (Param::Uint32, _) => expected("unsigned integer"),
            (Param::Float, Node::Number(number)) => match parsed.number(number).float {
                Some(float) => Ok(Value::Float(float)),
                None => expected("float"),
            },
            (Param::Float, _) => expected("float"),
            _ => Err(fail(format!("can't handle {} for arg of type {}", node_text(parsed, id), param.go_type()))),
        };
        value.map(Operand::new)
    }

    /// Evaluates an argument that is not a literal, whatever its type.
    pub(super) fn untyped_argument(&mut self, context: &Context<T>, id: NodeId) -> Result<Operand<T::Mark>> {
        self.error_node = id;
        match context.parsed.node(id) {
            Node::Dot => Ok(context.dot.clone()),
            Node::Field(fields) => self.field_node(context, id, fields, CallArguments::NOTHING),
            Node::Variable(variable, fields) => {
                self.variable_node(context, id, (variable, fields), CallArguments::NOTHING)
            }
            Node::Pipe { .. } => {
                self.limits.check_stack()?;
                self.pipeline(context, id)
            }
            Node::Identifier { function } => self.call_function(context, function, id, CallArguments::NOTHING),
            Node::Chain { receiver, fields } => self.chain(context, id, receiver, fields, CallArguments::NOTHING),
            _ => Ok(Operand::new(Value::Invalid)),
        }
    }
}

/// The steps that a function takes to read its arguments, if they are long texts.
fn reading(values: &[Value]) -> u64 {
    /// Shorter texts take no noticeable time.
    const LONG: usize = 4096;
    const BYTES_OF_A_STEP: usize = 32;
    let long: usize = values.iter().map(Value::text_length).filter(|&length| length > LONG).sum();
    (long / BYTES_OF_A_STEP) as u64
}

/// Checks that a call has as many arguments as the function expects.
fn check_count<M>(function: &Function, wanted: usize, call_arguments: &CallArguments<'_, M>) -> Result<()> {
    let name = function.name;
    let written = call_arguments.arguments.len();
    let all = written + usize::from(call_arguments.last.is_some());
    if function.variadic {
        if all < wanted - 1 {
            let at_least = wanted - 1;
            return Err(fail(format!("wrong number of args for {name}: want at least {at_least} got {written}")));
        }
    } else if all != wanted {
        return Err(fail(format!("wrong number of args for {name}: want {wanted} got {all}")));
    }
    Ok(())
}

/// Converts an argument to the type of the parameter, or fails with Go's message.
fn validated(value: Value, param: Param) -> Result<Value> {
    match value {
        Value::Invalid => param.zero().ok_or_else(|| fail(format!("invalid value; expected {}", param.go_type()))),
        Value::Nil if matches!(param, Param::Any | Param::Reflect) => Ok(Value::Nil),
        Value::Nil => Err(fail(format!("wrong type for value; expected {}; got interface {{}}", param.go_type()))),
        Value::Object(object) if param == Param::Any => {
            Ok(object.as_interface_argument().unwrap_or(Value::Object(object)))
        }
        value => param.assign(value).map_err(|value| {
            fail(format!("wrong type for value; expected {}; got {}", param.go_type(), value.go_type()))
        }),
    }
}
