//! `include` and `tpl`: functions that run another template while one is running.

use std::sync::Arc;

use super::operand::Operand;
use super::{Exec, Refusal, without_no_value};
use crate::engine::environment::Environment;
use crate::engine::gotpl::ast::{Origin, Parsed};
use crate::engine::gotpl::call::{Evaluate, RefusalRef};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::parse;
use crate::engine::gotpl::set::Template;
use crate::engine::gotpl::trace::Tracer;
use crate::engine::gotpl::value::{Text, Value};
use crate::engine::sprig::crypto::Memory;
use crate::engine::sprig::random::Random;
use crate::go::strconv::quote_bytes;

/// How many calls of `include` with the same name may be nested, as in Helm.
const MAX_INCLUDES: u32 = 1_000;

/// How many calls of `tpl` may be nested. In Helm, endless nesting only stops when memory runs out.
const MAX_TEXTS: usize = 10_000;

impl<T: Tracer> Evaluate for Exec<T> {
    fn include(&mut self, name: &Text, data: Value) -> Result<Value, FnError> {
        self.limits.check_stack()?;
        let open = self.includes.entry(name.clone()).or_default();
        if *open > MAX_INCLUDES {
            let name = name.lossy();
            let message = format!("rendering template has a nested reference name: {name}: unable to execute template");
            return Err(FnError::Message(message));
        }
        *open += 1;
        let result = match self.set.get(name) {
            Some(template) => self.captured(template, data, false).map_err(FnError::Include),
            None => Err(FnError::NoTemplate(name.clone())),
        };
        self.leave_include(name);
        result.map(Value::Str)
    }

    fn tpl(&mut self, text: &Text, data: Value) -> Result<Value, FnError> {
        let cleaned = |text: Text| without_no_value(&text).map_or(text, Text::from);
        if !text.windows(2).any(|pair| pair == b"{{") {
            return Ok(Value::Str(cleaned(text.clone())));
        }
        self.limits.check_stack()?;
        if self.set.depth() >= MAX_TEXTS {
            return Err(FnError::Limit(format!(
                "rendering template has a nested reference: tpl calls itself more than {MAX_TEXTS} levels deep"
            )));
        }
        let parsed = self.parsed(text)?;
        self.set.push(Arc::clone(&parsed));
        let result = self.captured(Template::main(&parsed), data, true);
        self.set.pop();
        match result {
            Ok(written) => Ok(Value::Str(cleaned(written))),
            Err(error) => {
                let prefix = format!("error during tpl function execution for {}: ", quote_bytes(text));
                Err(FnError::Tpl(prefix, error))
            }
        }
    }

    fn note_refusal(&mut self, refused: RefusalRef<'_>) -> bool {
        if self.notes_refusals {
            self.refusals.push(match refused {
                RefusalRef::Missing(sentence) => Refusal::Missing(sentence.to_owned()),
                RefusalRef::Empty(sentence) => Refusal::Empty(sentence.to_owned()),
                RefusalRef::Fail(sentence) => Refusal::Fail(sentence.to_owned()),
            });
        }
        self.notes_refusals
    }

    fn spend(&mut self, bytes: usize) -> Result<(), FnError> {
        self.limits.spend(bytes)
    }

    fn work(&mut self, steps: u64) -> Result<(), FnError> {
        self.limits.step(steps)
    }

    fn steps_left(&self) -> u64 {
        self.limits.steps_left()
    }

    fn spend_costly(&mut self, calls: u32) -> Result<(), FnError> {
        self.limits.spend_costly(calls)
    }

    fn bytes_left(&self) -> usize {
        self.limits.bytes_left()
    }

    fn environment(&self) -> &Environment {
        self.host.environment()
    }

    fn memory(&self) -> Arc<Memory> {
        self.host.memory()
    }

    fn random(&mut self) -> Result<Random, FnError> {
        self.host.random()
    }
}

impl<T: Tracer> Exec<T> {
    /// Runs a template and returns what it writes instead of leaving it in the output.
    fn captured(
        &mut self,
        template: Template,
        data: Value,
        is_text: bool,
    ) -> Result<Text, Box<crate::engine::gotpl::errors::ExecError>> {
        // In Go's reflection, a nil interface outside of a container is no value: a template that is passed nil has no data.
        let data = if data.is_nil() { Value::Invalid } else { data };
        let start = self.out.len();
        let (begun, mark) = self.trace.begin(start, &template.name, is_text);
        self.host.enter_call(self.iterations());
        let result = self.execute(template, Operand::marked(data, mark));
        self.host.leave_call();
        let written = Text::from(&self.out[start..]);
        self.trace.end(&self.out, start, begun);
        self.out.truncate(start);
        result.map(|()| written)
    }

    fn leave_include(&mut self, name: &Text) {
        match self.includes.get_mut(name) {
            Some(open) if *open > 1 => *open -= 1,
            _ => {
                self.includes.remove(name);
            }
        }
    }

    /// Parses a text as a template, once for equal texts.
    fn parsed(&mut self, text: &Text) -> Result<Arc<Parsed>, FnError> {
        if let Some(parsed) = self.texts.get(text) {
            return Ok(Arc::clone(parsed));
        }
        self.spend_parsed(text.len())?;
        let parsed = parse::parse(&"gotpl".into(), Origin::Text(text.clone()), self.library.names);
        let parsed = parsed.map_err(|error| {
            FnError::TplParse(format!("cannot parse template {}: ", quote_bytes(text)), Box::new(error))
        })?;
        let parsed = Arc::new(parsed);
        self.texts.insert(text.clone(), Arc::clone(&parsed));
        Ok(parsed)
    }
}
