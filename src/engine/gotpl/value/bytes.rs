//! Go's `[]byte`.

use std::cell::OnceCell;
use std::ops::Deref;
use std::rc::Rc;

use super::text::Text;
use crate::chart::Content;

/// Shared, immutable bytes, such as the content of a file. They are only copied when a template asks for their text.
#[derive(Debug, Clone)]
pub struct Bytes(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    content: Content,
    text: OnceCell<Text>,
}

impl Bytes {
    /// The bytes as a string, copied on first use and then shared.
    pub fn text(&self) -> &Text {
        self.0.text.get_or_init(|| Text::from(&self.0.content[..]))
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0.content
    }
}

impl From<Content> for Bytes {
    fn from(content: Content) -> Bytes {
        Bytes(Rc::new(Inner { content, text: OnceCell::new() }))
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Bytes {
        Content::from(bytes.to_vec()).into()
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Bytes) -> bool {
        **self == **other
    }
}
