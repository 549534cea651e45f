//! Letter case, and joining several words into one.

use tera::Value;

use super::call::Function;
use crate::engine::sprig::case;
use crate::go::utf8::to_text;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("upper", &["text"], "In capitals.", |call| Ok(Value::from(case::upper(call.text("text")?)))),
    Function::new("lower", &["text"], "In lowercase.", |call| Ok(Value::from(case::lower(call.text("text")?)))),
    Function::new("title", &["text"], "The first letter of every word in uppercase.", |call| {
        Ok(Value::from(case::title(call.text("text")?)))
    }),
    Function::new("untitle", &["text"], "The first letter after whitespace in lowercase.", |call| {
        Ok(Value::from(case::untitle(call.text("text")?)))
    }),
    Function::new("snakecase", &["text"], "Words in lowercase, joined by `_`.", |call| {
        Ok(Value::from(&*to_text(&case::snake_case(call.text("text")?.as_bytes()))))
    }),
    Function::new("kebabcase", &["text"], "Words in lowercase, joined by `-`.", |call| {
        Ok(Value::from(&*to_text(&case::kebab_case(call.text("text")?.as_bytes()))))
    }),
    Function::new("camelcase", &["text"], "Words joined without separators, each capitalized: `HttpServer`.", |call| {
        Ok(Value::from(case::camel_case(call.text("text")?)))
    }),
    Function::new("swapcase", &["text"], "Uppercase letters in lowercase, and the reverse.", |call| {
        Ok(Value::from(case::swap_case(call.text("text")?)))
    }),
];
