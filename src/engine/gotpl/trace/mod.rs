//! Where output comes from: which line of a template gave it, which values it shows, and which values decided about it.
//!
//! Execution is generic over a [`Tracer`]. With [`Off`] nothing is kept and nothing is paid; a [`Recorder`] keeps a mark with each
//! value that templates work with, and a piece for each stretch of output.
//!
//! | file | what it does |
//! |---|---|
//! | `recorder` | what is kept while templates run |
//! | `paths` | paths of values, and sets of them |
//! | `marks` | where a value comes from; what lists and maps hold comes from |
//! | `flow` | what the result of a function comes from |
//! | `merge` | what a merged map comes from |
//! | `pieces` | stretches of output, also of texts that functions change |
//! | `written`, `written_texts` | lines of values that are written as YAML, and what is read from them again |
//! | `untaken` | what a part of a template would have done that was not run |
//! | `finish` | the lines of a file, for other parts of the program |

mod finish;
mod flow;
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

pub use self::recorder::Recorder;
pub use self::untaken::{Change, Changed, Effect, text_changes_maps};

/// What follows values on their way. All of it does nothing unless a tracer says otherwise.
pub trait Tracer: Sized {
    /// Where a value comes from.
    type Mark: Copy + Default + 'static;
    /// What counts for all that is written at a place: what decided that it is reached, and by which calls.
    type State: Copy + Default + 'static;
    /// Whether anything is kept.
    const IS_ON: bool;

    /// Where the value of a key of a map, or a field, comes from.
    fn entry(&mut self, _container: &Value, _of: Self::Mark, _key: &[u8]) -> Self::Mark {
        Self::Mark::default()
    }

    /// Where an item of a list comes from.
    fn item(&mut self, _list: &Value, _of: Self::Mark, _index: usize) -> Self::Mark {
        Self::Mark::default()
    }

    /// Where the keys of a map or the length of a list come from.
    fn shape(&mut self, _container: &Value, _of: Self::Mark) -> Self::Mark {
        Self::Mark::default()
    }

    /// What it comes from that a value is true or not.
    fn truth(&mut self, _value: &Value, _of: Self::Mark) -> Self::Mark {
        Self::Mark::default()
    }

    /// Where a value comes from once it is assigned to a variable at this place.
    fn assigned(&mut self, mark: Self::Mark) -> Self::Mark {
        mark
    }

    /// Where the chosen value comes from, after others decided about it.
    fn decided(&mut self, mark: Self::Mark, _by: &Value, _by_mark: Self::Mark) -> Self::Mark {
        mark
    }

    /// Text of a template is about to be written at a position of the output.
    fn text(&mut self, _at: usize, _text: &[u8], _site: Site<'_>) {}

    /// A value was written from a position of the output on.
    fn printed(&mut self, _from: usize, _out: &[u8], _site: Site<'_>, _value: &Value, _mark: Self::Mark) {}

    /// A value decides about what is written until [`leave`](Self::leave) is called with the state that this gives. `other`
    /// is what would be written otherwise.
    fn enter(&mut self, _at: usize, _site: Site<'_>, _by: &Value, _mark: Self::Mark, _other: Ends) -> Self::State {
        Self::State::default()
    }

    /// What is written from here on depends on what it depended on before.
    fn leave(&mut self, _out: &[u8], _before: Self::State) {}

    /// What counts now.
    fn state(&self) -> Self::State {
        Self::State::default()
    }

    /// Goes back to what counted before.
    fn restore(&mut self, _state: Self::State) {}

    /// Lets a state depend on what is decided by a value as well.
    fn add_to(&mut self, _state: &mut Self::State, _by: &Value, _mark: Self::Mark) {}

    /// What an untaken part would have assigned depends on what decided.
    fn with_decision(&mut self, mark: Self::Mark, _by: &Value, _by_mark: Self::Mark) -> Self::Mark {
        mark
    }

    /// Whether an untaken part would have changed a map depends on what decided.
    fn not_changed(&mut self, _map: Option<(&Value, &Change)>, _by: &Value, _by_mark: Self::Mark) {}

    /// A template is called by `{{ template }}`.
    fn call(&mut self, _site: Site<'_>, _name: &Text) {}

    /// A function is about to be called.
    fn calling(&mut self, _site: Site<'_>, _name: &str, _values: &[Value], _marks: &[Self::Mark]) {}

    /// Where the result of a function comes from.
    fn returned(&mut self, _name: &str, _values: &[Value], _marks: &[Self::Mark], _result: &Value) -> Self::Mark {
        Self::Mark::default()
    }

    /// Where a value comes from that is another one in each run.
    fn random(&mut self, mark: Self::Mark) -> Self::Mark {
        mark
    }

    /// What a template, or one that it calls, would change of this data.
    fn changes_of(&mut self, _set: &TemplateSet, _name: &Text, _data: Option<&Value>) -> Changed {
        Changed::default()
    }

    /// `include` or `tpl` begins, within the call of that function: the state to come back to, and the mark of the data.
    fn begin(&mut self, _at: usize, _name: &Text, _is_text: bool) -> (Self::State, Self::Mark) {
        Default::default()
    }

    /// Whether a value is another one in each run.
    fn is_random(&self, _mark: Self::Mark) -> bool {
        false
    }

    /// Whether what is written has a whole line that shows a random value.
    fn has_random_line(&mut self, _out: &[u8]) -> bool {
        false
    }

    /// Something was taken out of what was written.
    fn removed(&mut self, _at: usize, _length: usize) {}

    /// What a part of a template would do beside writing, which is found once.
    fn effects(&mut self, _parsed: &Arc<Parsed>, _list: NodeId) -> Rc<[Effect]> {
        Rc::new([])
    }

    /// `include` or `tpl` ended; what it wrote is at the end of the output.
    fn end(&mut self, _out: &[u8], _from: usize, _before: Self::State) {}
}

/// No trace.
#[derive(Debug, Default)]
pub struct Off;

impl Tracer for Off {
    type Mark = ();
    type State = ();
    const IS_ON: bool = false;
}

/// A place in a template that is run.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// The text.
    pub parsed: &'a Arc<Parsed>,
    /// Where in it.
    pub offset: usize,
}

/// How a part of a template begins and ends, as far as that is known without running it.
#[derive(Debug, Clone, Copy)]
pub struct Ends {
    /// Whether it writes nothing, or a line break first.
    pub begins_with_break: bool,
    /// Whether it writes nothing, or a line break last.
    pub ends_with_break: bool,
}

impl Ends {
    /// Of nothing.
    pub const NOTHING: Ends = Ends { begins_with_break: true, ends_with_break: true };
    /// Of something that is not known.
    pub const UNKNOWN: Ends = Ends { begins_with_break: false, ends_with_break: false };
}
