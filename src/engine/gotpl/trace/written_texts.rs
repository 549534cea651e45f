//! Texts that values were written as, in JSON or YAML: a value read from such a text is a copy.

use std::collections::HashMap;

use crate::engine::gotpl::value::{Text, Value};

/// The longest text that is kept, and how many texts are kept.
const MAX_BYTES: usize = 1 << 20;
const MAX_TEXTS: usize = 256;

/// Texts, each with the map or list that was written as it, and the mark of that value.
#[derive(Debug)]
pub(super) struct WrittenTexts<M> {
    /// By the addresses of the texts: a clone is the same text, while an equal text may come from elsewhere.
    texts: HashMap<usize, (Text, Value, M), ahash::RandomState>,
}

impl<M> Default for WrittenTexts<M> {
    fn default() -> Self {
        WrittenTexts { texts: HashMap::default() }
    }
}

impl<M: Copy> WrittenTexts<M> {
    /// Keeps the value that a text was written from.
    pub(super) fn keep(&mut self, text: &Value, value: &Value, mark: M) {
        let (Value::Str(text), Value::Map(_) | Value::List(_)) = (text, value) else { return };
        if text.len() <= MAX_BYTES && self.texts.len() < MAX_TEXTS {
            self.texts.insert(text.as_ptr() as usize, (text.clone(), value.clone(), mark));
        }
    }

    /// The map or list that a text was written from, and its mark.
    pub(super) fn original(&self, text: &Value) -> Option<(Value, M)> {
        let Value::Str(text) = text else { return None };
        let (_, value, mark) = self.texts.get(&(text.as_ptr() as usize))?;
        Some((value.clone(), *mark))
    }

    /// Forgets all texts before maps change, since they may then differ from what was written.
    pub(super) fn forget(&mut self) {
        self.texts.clear();
    }
}
