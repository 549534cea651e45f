//! Texts that are the JSON or YAML of values: what is read from them again is a copy.

use std::collections::HashMap;

use crate::engine::gotpl::value::{Text, Value};

/// Longer texts are not kept, and no more of them.
const MOST_BYTES: usize = 1 << 20;
const MOST_TEXTS: usize = 256;

/// Texts, each with the map or list that was written as it, and its mark.
#[derive(Debug)]
pub(super) struct WrittenTexts<M> {
    /// By where the texts are: a copy of the text is the same text, an equal one need not be.
    texts: HashMap<usize, (Text, Value, M), ahash::RandomState>,
}

impl<M> Default for WrittenTexts<M> {
    fn default() -> Self {
        WrittenTexts { texts: HashMap::default() }
    }
}

impl<M: Copy> WrittenTexts<M> {
    /// Keeps what a text was written from.
    pub(super) fn keep(&mut self, text: &Value, value: &Value, mark: M) {
        let (Value::Str(text), Value::Map(_) | Value::List(_)) = (text, value) else { return };
        if text.len() <= MOST_BYTES && self.texts.len() < MOST_TEXTS {
            self.texts.insert(text.as_ptr() as usize, (text.clone(), value.clone(), mark));
        }
    }

    /// The map or list that a text was written from, and its mark.
    pub(super) fn original(&self, text: &Value) -> Option<(Value, M)> {
        let Value::Str(text) = text else { return None };
        let (_, value, mark) = self.texts.get(&(text.as_ptr() as usize))?;
        Some((value.clone(), *mark))
    }

    /// Maps are about to change: what was written of them may no longer be what they are.
    pub(super) fn forget(&mut self) {
        self.texts.clear();
    }
}
