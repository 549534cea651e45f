//! Runs templates.
//!
//! Control flow is kept on an explicit stack ([`Frame`]), so templates may call each other as often as Go allows.
//! Expressions recurse on the native stack, whose room is checked where they nest.

mod call;
mod evaluate;
mod include;
mod items;
mod operand;
mod random_calls;
mod range;
mod untaken;

use std::collections::HashMap;
use std::sync::Arc;

use self::items::Items;
use self::operand::Operand;
use super::ast::{Children, Control, Node, NodeId, Parsed};
use super::call::Function;
use super::errors::{ExecError, FnError, Place};
use super::host::Host;
use super::limits::Limits;
use super::node_text::node_text;
use super::set::{Template, TemplateSet};
use super::trace::{Off, OutputPart, Site, Tracer};
use super::value::{Text, Value};
use crate::engine::scope::RandomCalls;
use crate::go::fmt::{Dialect, Printer};
use crate::go::strconv::quote_double;
use crate::go::utf8;

/// How deeply calls of `{{ template }}` may nest, as in Go.
const MAX_DEPTH: usize = 100_000;

/// The functions that templates can call, and the methods of values.
#[derive(Clone, Copy)]
pub struct Library {
    /// Returns the function with a number.
    pub function: fn(u16) -> &'static Function,
    /// Returns a method by the name of the type and its own.
    pub method: fn(type_name: &str, name: &[u8]) -> Option<&'static Function>,
    /// The names of the functions, for parsing texts that are passed to `tpl`.
    pub names: super::parse::Functions,
}

/// Runs the templates of a set. The tracer `T` follows where values and output come from.
pub struct Exec<T: Tracer = Off> {
    set: TemplateSet,
    library: Library,
    limits: Limits,
    host: Host,
    /// The output so far. `include` and `tpl` take their own part off the end.
    out: Vec<u8>,
    /// The variables of all running templates, innermost last.
    variables: Vec<Variable<T::Mark>>,
    frames: Vec<Frame<T>>,
    /// The number of frames of the templates around the innermost call of `include` or `tpl`.
    outer_frames: usize,
    /// The node that Go would name in an error at this point.
    error_node: NodeId,
    /// The number of open calls of `{{ template }}`.
    depth: usize,
    /// Vectors for the arguments of calls, kept for reuse.
    argument_pool: Vec<Arguments<T::Mark>>,
    /// The number of open calls of `include`, by name.
    includes: HashMap<Text, u32, ahash::RandomState>,
    /// The texts that `tpl` has parsed.
    texts: HashMap<Text, Arc<Parsed>, ahash::RandomState>,
    /// Whether refusals of `required` and `fail` are noted instead of ending the render.
    notes_refusals: bool,
    refusals: Vec<Refusal>,
    /// See [`Exec::end_files_after`].
    random_calls: Option<usize>,
    trace: T,
}

/// A noted refusal, with the chart's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// `required` of nil.
    Missing(String),
    /// `required` of an empty string.
    Empty(String),
    /// `fail`
    Fail(String),
}

struct Variable<M> {
    name: u32,
    operand: Operand<M>,
}

/// The arguments of a call and their marks.
#[derive(Default)]
struct Arguments<M> {
    values: Vec<Value>,
    marks: Vec<M>,
}

impl<M> Arguments<M> {
    fn push(&mut self, value: Value, mark: M) {
        self.values.push(value);
        self.marks.push(mark);
    }
}

/// A running template.
struct Context<T: Tracer> {
    parsed: Arc<Parsed>,
    name: Text,
    dot: Operand<T::Mark>,
    /// The index of its first variable on the stack.
    base: usize,
}

impl<T: Tracer> Context<T> {
    /// The place of a node.
    fn site(&self, node: NodeId) -> Site<'_> {
        Site { parsed: &self.parsed, offset: self.parsed.offset(node) }
    }
}

/// What remains to be done once the frames above are finished.
enum Frame<T: Tracer> {
    /// A sequence of nodes, and the index of the next one.
    List { nodes: Children, next: usize },
    /// The end of an `if` or `with`: drops variables and restores the dot.
    Leave { mark: usize, dot: Option<Operand<T::Mark>>, part: OutputPart<T> },
    /// The end of the `else` branch of a loop. As in Go, a `break` in that branch leaves only this loop.
    Else { mark: usize, part: OutputPart<T> },
    /// A running loop.
    Range(Box<Loop<T>>),
    /// The end of a template called by `{{ template }}`: returns to the caller.
    Return(Box<Context<T>>, T::Scope),
}

struct Loop<T: Tracer> {
    control: Control,
    items: Items,
    /// The value that the loop iterates over.
    subject: Operand<T::Mark>,
    /// For a map: the marks of its values when the loop began. `iterations` is the number of iterations begun since.
    marks: Vec<T::Mark>,
    iterations: usize,
    /// For a map: the current key.
    key: Option<Text>,
    /// The number of variables before and after the pipeline.
    before: usize,
    after: usize,
    dot: Operand<T::Mark>,
    /// The part of the output that the loop writes, and the tracer's context inside each iteration.
    part: OutputPart<T>,
    inner: T::Scope,
}

/// The error that ended a template. Its place is added by [`Exec::located`].
#[derive(Default)]
struct Fail {
    message: String,
    /// Whether a field of nil was read.
    is_nil_field: bool,
    cause: Option<FnError>,
}

type Result<T> = std::result::Result<T, Box<Fail>>;

fn fail(message: impl Into<String>) -> Box<Fail> {
    Box::new(Fail { message: message.into(), ..Fail::default() })
}

impl From<FnError> for Box<Fail> {
    fn from(error: FnError) -> Self {
        Box::new(Fail { cause: Some(error), ..Fail::default() })
    }
}

impl<T: Tracer + Default> Exec<T> {
    /// Creates an evaluator for the templates of a set.
    pub fn new(set: TemplateSet, library: Library, limits: Limits, host: Host, notes_refusals: bool) -> Exec<T> {
        Exec {
            set,
            library,
            limits,
            host,
            out: Vec::new(),
            variables: Vec::new(),
            frames: Vec::new(),
            outer_frames: 0,
            error_node: NodeId(0),
            depth: 0,
            argument_pool: Vec::new(),
            includes: HashMap::default(),
            texts: HashMap::default(),
            notes_refusals,
            refusals: Vec::new(),
            random_calls: None,
            trace: T::default(),
        }
    }
}

impl<T: Tracer> Exec<T> {
    /// Runs the template of a file with `data` as its dot, and removes `<no value>` from its output.
    ///
    /// # Errors
    /// The error of the template.
    pub fn render(&mut self, name: &Text, data: Value) -> std::result::Result<Vec<u8>, Box<ExecError>> {
        self.out.clear();
        self.includes.clear();
        self.host.begin_file(name);
        let Some(template) = self.set.get(name) else { return Ok(Vec::new()) };
        self.execute(template, Operand::new(data))?;
        let written = std::mem::take(&mut self.out);
        let Some(cleaned) = without_no_value(&written) else { return Ok(written) };
        if T::IS_ON {
            memchr::memmem::find_iter(&written, NO_VALUE).for_each(|at| self.trace.removed(at, NO_VALUE.len()));
        }
        Ok(cleaned)
    }

    /// Runs a template with `data` as its dot, and returns its output unchanged.
    ///
    /// # Errors
    /// The error of the template.
    pub fn render_text(&mut self, template: Template, data: Value) -> std::result::Result<Vec<u8>, Box<ExecError>> {
        self.execute(template, Operand::new(data))?;
        Ok(std::mem::take(&mut self.out))
    }

    /// The tracer.
    pub fn trace(&mut self) -> &mut T {
        &mut self.trace
    }

    /// Returns the tracer at the end of a run.
    pub fn into_trace(self) -> T {
        self.trace
    }

    /// The budgets of the run.
    pub fn limits(&mut self) -> &mut Limits {
        &mut self.limits
    }

    /// Returns the refusals noted since the last call.
    pub fn take_refusals(&mut self) -> Vec<Refusal> {
        std::mem::take(&mut self.refusals)
    }

    /// Returns the random calls noted since the last call.
    pub fn take_random(&mut self) -> RandomCalls {
        self.host.take_random_calls()
    }

    /// Stops each file once this many random calls were made and a complete line shows a random value.
    pub fn end_files_after(&mut self, random_calls: usize) {
        self.random_calls = Some(random_calls);
    }

    /// Runs a template, which appends to the output.
    fn execute(&mut self, template: Template, dot: Operand<T::Mark>) -> std::result::Result<(), Box<ExecError>> {
        let (frames, variables, at, depth) = (self.frames.len(), self.variables.len(), self.error_node, self.depth);
        self.depth = 0;
        let outer_frames = std::mem::replace(&mut self.outer_frames, frames);
        let mut context = self.begin(template, dot);
        let result = self.run(&mut context, frames);
        let result = result.map_err(|fail| self.located(&context, *fail));
        self.frames.truncate(frames);
        self.outer_frames = outer_frames;
        self.variables.truncate(variables);
        (self.error_node, self.depth) = (at, depth);
        result
    }

    /// Begins a template, whose only variable is `$`.
    fn begin(&mut self, template: Template, dot: Operand<T::Mark>) -> Context<T> {
        let Template { parsed, name, root } = template;
        let base = self.variables.len();
        self.variables.push(Variable { name: 0, operand: dot.clone() });
        self.error_node = root;
        self.push_list(&parsed, root);
        Context { parsed, name, dot, base }
    }

    fn push_list(&mut self, parsed: &Parsed, list: NodeId) {
        if let Node::List(nodes) = parsed.node(list) {
            self.frames.push(Frame::List { nodes, next: 0 });
        }
    }

    fn located(&self, context: &Context<T>, fail: Fail) -> Box<ExecError> {
        let parsed = &context.parsed;
        let start = parsed.offset(self.error_node);
        let (line, byte) = parsed.line_and_byte(start);
        let text = node_text(parsed, self.error_node);
        Box::new(ExecError {
            location: format!("{}:{line}:{byte}", parsed.name.lossy()),
            executing: context.name.lossy().into_owned(),
            place: Place { source: parsed.origin.source().cloned(), tpl_text: parsed.origin.text(), start, end: start },
            value: self.value_path(parsed),
            context: text,
            message: fail.message,
            is_nil_field: fail.is_nil_field,
            cause: fail.cause,
        })
    }

    /// The keys after `.Values` or `$.Values` in the node that Go would name.
    fn value_path(&self, parsed: &Parsed) -> Vec<String> {
        let fields = match parsed.node(self.error_node) {
            Node::Field(fields) => fields,
            Node::Variable(variable, fields) if variable.name == 0 => fields,
            _ => return Vec::new(),
        };
        let mut names = parsed.fields(fields);
        match names.next() {
            Some(b"Values") => names.map(|key| utf8::to_text(key).into_owned()).collect(),
            _ => Vec::new(),
        }
    }

    /// Runs until only `base` frames are left.
    fn run(&mut self, context: &mut Context<T>, base: usize) -> Result<()> {
        // A separate handle, since `context` changes while nodes are read.
        let mut parsed = Arc::clone(&context.parsed);
        while self.frames.len() > base {
            let node = match self.frames.last_mut() {
                Some(Frame::List { nodes, next }) => {
                    let node = parsed.children(*nodes).get(*next).copied();
                    *next += 1;
                    node
                }
                Some(Frame::Range(_)) => {
                    self.next_iteration(context)?;
                    continue;
                }
                _ => None,
            };
            match node {
                Some(node) => self.walk(context, &parsed, node)?,
                None => self.leave(context),
            }
            if !Arc::ptr_eq(&parsed, &context.parsed) {
                parsed = Arc::clone(&context.parsed);
            }
            if T::IS_ON && base == 0 && self.is_done_with_random()? {
                break;
            }
        }
        Ok(())
    }

    /// Whether the rest of a file is not needed: all random calls were made, and neither a variable nor a map or list
    /// holds a random value that could still be written.
    fn is_done_with_random(&mut self) -> Result<bool> {
        let is_called = self.random_calls.is_some_and(|calls| self.host.random_call_count() >= calls);
        if !is_called || self.trace.keeps_random() || !self.trace.has_random_line(&self.out) {
            return Ok(false);
        }
        // There may be many variables, and a loop may check them in each iteration.
        self.limits.step(self.variables.len() as u64)?;
        Ok(!self.variables.iter().any(|variable| self.trace.is_random(variable.operand.mark)))
    }

    /// Ends the innermost frame.
    fn leave(&mut self, context: &mut Context<T>) {
        match self.frames.pop() {
            None | Some(Frame::List { .. }) => {}
            Some(Frame::Leave { mark, dot, part }) => {
                self.variables.truncate(mark);
                if let Some(dot) = dot {
                    context.dot = dot;
                }
                self.trace.leave(&self.out, part);
            }
            Some(Frame::Else { mark, part }) => {
                self.variables.truncate(mark);
                self.trace.leave(&self.out, part);
            }
            Some(Frame::Range(ended)) => {
                self.variables.truncate(ended.before);
                context.dot = ended.dot;
                self.trace.leave(&self.out, ended.part);
            }
            Some(Frame::Return(caller, scope)) => {
                self.variables.truncate(context.base);
                self.depth -= 1;
                self.host.leave_call();
                *context = *caller;
                self.trace.restore(scope);
            }
        }
    }

    fn walk(&mut self, context: &mut Context<T>, parsed: &Parsed, id: NodeId) -> Result<()> {
        self.error_node = id;
        match parsed.node(id) {
            Node::Text { end } => {
                let text = parsed.text(id, end);
                self.trace.text(self.out.len(), text, context.site(id));
                return self.write(text);
            }
            Node::Action { pipe } => {
                self.limits.step(1)?;
                let operand = self.pipeline(context, pipe)?;
                if let Node::Pipe { variables, .. } = parsed.node(pipe)
                    && variables.is_empty()
                {
                    self.error_node = id;
                    let from = self.out.len();
                    self.print(&operand.value)?;
                    self.trace.printed(from, &self.out, context.site(id), &operand.value, operand.mark);
                }
            }
            node @ (Node::If(control) | Node::With(control)) => {
                let mark = self.variables.len();
                let operand = self.pipeline(context, control.pipe)?;
                let is_true = operand.value.is_true();
                let part = self.enter(context, id, control, is_true, &operand.value, operand.mark)?;
                if let Some(list) = taken_list(control, is_true) {
                    let sets_dot = is_true && matches!(node, Node::With(_));
                    let dot = sets_dot.then(|| std::mem::replace(&mut context.dot, operand));
                    self.frames.push(Frame::Leave { mark, dot, part });
                    self.push_list(parsed, list);
                } else {
                    self.variables.truncate(mark);
                    self.trace.leave(&self.out, part);
                }
            }
            Node::Range(control) => self.begin_range(context, id, control)?,
            Node::Break => {
                self.skips_loop(context)?;
                self.leave_to(context, |frame| matches!(frame, Frame::Range(_) | Frame::Else { .. }));
                self.leave(context);
            }
            Node::Continue => {
                self.skips_loop(context)?;
                self.leave_to(context, |frame| matches!(frame, Frame::Range(_)));
            }
            Node::Template(call) => {
                self.limits.step(1)?;
                let name = parsed.name(call.name);
                let Some(template) = self.set.get(name) else {
                    return Err(fail(format!("template {} not defined", quote_double(&name.lossy()))));
                };
                if self.depth == MAX_DEPTH {
                    return Err(fail(format!("exceeded maximum template depth ({MAX_DEPTH})")));
                }
                let dot = match call.pipe {
                    Some(pipe) => self.pipeline(context, pipe)?,
                    None => Operand::new(Value::Invalid),
                };
                self.depth += 1;
                self.host.set_position(parsed.offset(id));
                self.host.enter_call(self.iterations());
                // The frame that returns to the caller goes below those of the called template.
                let place = self.frames.len();
                let called = self.begin(template, dot);
                let caller = std::mem::replace(context, called);
                let scope = self.trace.scope();
                if T::IS_ON {
                    self.trace.call(caller.site(id), name);
                }
                self.frames.insert(place, Frame::Return(Box::new(caller), scope));
            }
            // A list contains no other nodes.
            _ => {}
        }
        Ok(())
    }

    /// Ends all frames inside the innermost one that matches.
    fn leave_to(&mut self, context: &mut Context<T>, is_it: fn(&Frame<T>) -> bool) {
        while self.frames.last().is_some_and(|frame| !is_it(frame)) {
            self.leave(context);
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.limits.spend(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// Writes a value as `{{ value }}` prints it.
    fn print(&mut self, value: &Value) -> Result<()> {
        match value {
            Value::Str(text) => self.write(text),
            Value::Invalid | Value::Nil => self.write(NO_VALUE),
            Value::Object(object) => match object.printed() {
                Some(text) => self.write(text.as_bytes()),
                None => self.print_any(value),
            },
            _ => self.print_any(value),
        }
    }

    fn print_any(&mut self, value: &Value) -> Result<()> {
        let start = self.out.len();
        let mut printer = Printer::new(&mut self.out, self.limits.bytes_left(), Dialect::GO);
        printer.value(value).map_err(|error| fail(error.message()))?;
        self.limits.spend(self.out.len() - start)?;
        Ok(())
    }
}

/// The list to run, if any.
fn taken_list(control: Control, condition: bool) -> Option<NodeId> {
    if condition { Some(control.list) } else { control.else_list }
}

/// The text printed for a missing value.
const NO_VALUE: &[u8] = b"<no value>";

/// Removes `<no value>` from a text, as Helm does with the output of a file or of `tpl`; `None` if there is none.
fn without_no_value(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() < NO_VALUE.len() {
        return None;
    }
    let mut kept: Option<Vec<u8>> = None;
    let mut rest = text;
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'<', &rest[from..]).map(|at| from + at) {
        if rest[at..].starts_with(NO_VALUE) {
            kept.get_or_insert_default().extend_from_slice(&rest[..at]);
            rest = &rest[at + NO_VALUE.len()..];
            from = 0;
        } else {
            from = at + 1;
        }
    }
    let mut kept = kept?;
    kept.extend_from_slice(rest);
    Some(kept)
}
