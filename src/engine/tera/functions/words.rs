//! Functions on the words of a text: breaking it into lines, abbreviating it, and taking initials.

use tera::Value;

use super::call::Function;
use super::go_value::{DIALECT, text_of};
use crate::engine::sprig::wrap;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("initials", &["text"], "The first letter of every word.", |call| {
        Ok(Value::from(wrap::initials(call.text("text")?.as_bytes(), DIALECT.cut)))
    }),
    Function::new("plural", &["count", "one", "many"], "`one` if the count is 1, else `many`.", |call| {
        let word = if call.whole("count")? == 1 { "one" } else { "many" };
        Ok(Value::from(call.text(word)?))
    }),
    Function::new("wrap", &["text", "width"], "Broken into lines of at most `width` bytes, between words.", |call| {
        let (text, width) = (call.text("text")?, call.whole("width")?);
        Ok(Value::from(text_of(wrap::wrap(text.as_bytes(), width, DIALECT.cut, &mut call.limits())?)))
    }),
    Function::new(
        "wrapWith",
        &["text", "width", "separator"],
        "`wrap` with a custom line break; breaks long words.",
        |call| {
            let (text, width, separator) = (call.text("text")?, call.whole("width")?, call.text("separator")?);
            let (text, separator) = (text.as_bytes(), separator.as_bytes());
            Ok(Value::from(text_of(wrap::wrap_with(text, width, separator, DIALECT.cut, &mut call.limits())?)))
        },
    ),
    Function::new("abbrev", &["text", "width"], "Cut to `width` bytes with `...` at the end.", |call| {
        let (text, width) = (call.text("text")?, call.whole("width")?);
        Ok(Value::from(text_of(wrap::abbrev(text.as_bytes(), width, DIALECT.cut))))
    }),
    Function::new("abbrevboth", &["text", "left", "right"], "Cut with `...` at both ends.", |call| {
        let (text, left, right) = (call.text("text")?, call.whole("left")?, call.whole("right")?);
        Ok(Value::from(text_of(wrap::abbrev_both(text.as_bytes(), left, right, DIALECT.cut))))
    }),
];
