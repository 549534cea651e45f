//! Traces where output comes from: the line of a template that wrote it, the values that it shows, and the values that
//! decided about it.
//!
//! A value *is shown* where its content is written. A value *decides* where a condition, a loop or a key depends on it.
//!
//! Execution is generic over a [`Tracer`]. With [`Off`], nothing is recorded and nothing is paid for it. A [`Recorder`]
//! attaches a mark to each value that templates work with, and records a piece for each stretch of output.
//!
//! | file | what it does |
//! |---|---|
//! | `recorder` | records marks and pieces while templates run |
//! | `paths` | paths of values, and sets of them |
//! | `marks` | origins of values, and of the parts of lists and maps |
//! | `flow` | the origin of a function's result |
//! | `merge` | the origins in a merged map |
//! | `pieces` | stretches of output, and of texts that functions change |
//! | `written`, `written_texts` | the lines of values written as YAML, and the origins of values read from them |
//! | `untaken` | the effects that a part of a template would have had, had it been run |
//! | `known_effects` | the same for the templates that it calls |
//! | `computed` | names and data of templates that such a part calls |
//! | `finish` | converts the recording into the [`Trace`](crate::engine::trace::Trace) that other modules use |

mod computed;
mod finish;
mod flow;
mod known_effects;
mod marks;
mod merge;
mod paths;
mod pieces;
mod recorder;
mod untaken;
mod written;
mod written_texts;

use std::rc::Rc;
use std::sync::Arc;

use super::ast::{NodeId, Parsed};
use super::set::TemplateSet;
use super::value::{Text, Value};

pub use self::finish::FilePieces;
pub use self::known_effects::Changed;
pub use self::recorder::Recorder;
pub use self::untaken::{Change, Effect, seems_to_change_objects, text_changes_maps};

/// Follows values while templates run. By default, all methods do nothing.
pub trait Tracer: Sized {
    /// The origin of a value.
    type Mark: Copy + Default + 'static;
    /// The context of a place: the decisions that led to it, and the calls around it.
    type Scope: Copy + Default + 'static;
    /// What is known about an [`OutputPart`] when it begins.
    type PartStart: Default + 'static;
    /// What is known about the output of `include` or `tpl` when it begins.
    type TextStart: Default + 'static;
    /// Whether anything is recorded.
    const IS_ON: bool;

    /// Returns the mark of a map's entry, or of a field.
    fn entry(&mut self, _container: &Value, _container_mark: Self::Mark, _key: &[u8]) -> Self::Mark {
        Self::Mark::default()
    }

    /// Returns the mark of an item of a list.
    fn item(&mut self, _list: &Value, _list_mark: Self::Mark, _index: usize) -> Self::Mark {
        Self::Mark::default()
    }

    /// Returns the mark of the keys of a map or the length of a list.
    fn shape(&mut self, _container: &Value, _container_mark: Self::Mark) -> Self::Mark {
        Self::Mark::default()
    }

    /// Returns the mark of the truth of a value.
    fn truth(&mut self, _value: &Value, _mark: Self::Mark) -> Self::Mark {
        Self::Mark::default()
    }

    /// Returns the mark of a value that is assigned to a variable here.
    fn assigned(&mut self, mark: Self::Mark) -> Self::Mark {
        mark
    }

    /// Returns the mark of a value that was chosen because of another value.
    fn chosen_by(&mut self, mark: Self::Mark, _by: &Value, _by_mark: Self::Mark) -> Self::Mark {
        mark
    }

    /// Records that text of a template is about to be written at an output position.
    fn text(&mut self, _at: usize, _text: &[u8], _site: Site<'_>) {}

    /// Records that a value was written, from an output position up to the end of the output.
    fn printed(&mut self, _from: usize, _out: &[u8], _site: Site<'_>, _value: &Value, _mark: Self::Mark) {}

    /// Begins a part of the output that a value decided about. `other` is the alternative that was not taken.
    fn enter(&mut self, _at: usize, _site: Site<'_>, _by: &Value, _mark: Self::Mark, _other: Ends) -> OutputPart<Self> {
        OutputPart::default()
    }

    /// Ends the part that [`enter`](Self::enter) began. Further output no longer depends on its decision.
    fn leave(&mut self, _out: &[u8], _part: OutputPart<Self>) {}

    /// The current context.
    fn scope(&self) -> Self::Scope {
        Self::Scope::default()
    }

    /// Returns to an earlier context.
    fn restore(&mut self, _scope: Self::Scope) {}

    /// Adds a decision to a context.
    fn add_decision(&mut self, _scope: &mut Self::Scope, _by: &Value, _mark: Self::Mark) {}

    /// Returns the mark of a variable that an untaken part would have assigned to.
    fn untaken_assignment(&mut self, mark: Self::Mark, _by: &Value, _by_mark: Self::Mark) -> Self::Mark {
        mark
    }

    /// Records that an untaken part would have changed a map. `None` is an unknown map.
    fn untaken_change(&mut self, _map: Option<(&Value, &Change)>, _by: &Value, _by_mark: Self::Mark) {}

    /// Records a call by `{{ template }}`.
    fn call(&mut self, _site: Site<'_>, _name: &Text) {}

    /// Records that a function is about to be called.
    fn calling(&mut self, _site: Site<'_>, _name: &str, _values: &[Value], _marks: &[Self::Mark]) {}

    /// Returns the mark of a function's result.
    fn returned(&mut self, _name: &str, _values: &[Value], _marks: &[Self::Mark], _result: &Value) -> Self::Mark {
        Self::Mark::default()
    }

    /// Returns the mark of a value that is different in each run.
    fn random(&mut self, mark: Self::Mark) -> Self::Mark {
        mark
    }

    /// The changes to `data` that a template would make, directly or through templates that it calls.
    fn changes_of(&mut self, _set: &TemplateSet, _name: &Text, _data: Option<&Value>) -> Changed {
        Changed::default()
    }

    /// Begins the output of `include` or `tpl`, during the call of that function. Returns what
    /// [`end`](Self::end) needs, and the mark of the data.
    fn begin(&mut self, _at: usize, _name: &Text, _is_text: bool) -> (Self::TextStart, Self::Mark) {
        Default::default()
    }

    /// Whether a value is different in each run.
    fn is_random(&self, _mark: Self::Mark) -> bool {
        false
    }

    /// Whether a random value is in a map or a list, from where it can be printed at any time.
    fn keeps_random(&self) -> bool {
        false
    }

    /// Whether a complete line of the output shows a random value.
    fn has_random_line(&mut self, _out: &[u8]) -> bool {
        false
    }

    /// Records that a stretch of the output was removed.
    fn removed(&mut self, _at: usize, _length: usize) {}

    /// The effects of a part of a template other than its output, computed once.
    fn effects(&mut self, _parsed: &Arc<Parsed>, _list: NodeId) -> Rc<[Effect]> {
        Rc::new([])
    }

    /// Ends the output of `include` or `tpl` that [`begin`](Self::begin) began at the output position `from`.
    fn end(&mut self, _out: &[u8], _from: usize, _start: Self::TextStart) {}
}

/// A part of the output that a value decided about.
pub struct OutputPart<T: Tracer> {
    /// The context after the part.
    pub outer: T::Scope,
    start: T::PartStart,
}

impl<T: Tracer> Default for OutputPart<T> {
    fn default() -> Self {
        OutputPart { outer: T::Scope::default(), start: T::PartStart::default() }
    }
}

/// The tracer that records nothing.
#[derive(Debug, Default)]
pub struct Off;

impl Tracer for Off {
    type Mark = ();
    type Scope = ();
    type PartStart = ();
    type TextStart = ();
    const IS_ON: bool = false;
}

/// A place in a running template.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// The text.
    pub parsed: &'a Arc<Parsed>,
    /// The offset in it.
    pub offset: usize,
}

/// How the output of a part of a template begins and ends, as far as that is known without running it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ends {
    /// Whether it is empty or begins with a line break.
    pub begins_with_break: bool,
    /// Whether it is empty or ends with a line break.
    pub ends_with_break: bool,
}

impl Ends {
    /// The ends of an empty output.
    pub const NOTHING: Ends = Ends { begins_with_break: true, ends_with_break: true };
    /// The ends of an unknown output.
    pub const UNKNOWN: Ends = Ends { begins_with_break: false, ends_with_break: false };
}
