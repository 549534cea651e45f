//! Functions on paths.

use tera::Value;

use super::call::{Answer, Call, Function};
use crate::go::path::{base, clean, dir, ext};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base", &["path"], "The last part of a path.", |call| Ok(Value::from(base(call.text("path")?)))),
    Function::new("osBase", &["path"], "The same as `base`.", |call| Ok(Value::from(base(call.text("path")?)))),
    Function::new("dir", &["path"], "The path without its last part, cleaned.", |call| {
        Ok(Value::from(dir(call.text("path")?)))
    }),
    Function::new("osDir", &["path"], "The same as `dir`.", |call| Ok(Value::from(dir(call.text("path")?)))),
    Function::new("clean", &["path"], "The shortest path that means the same.", |call| {
        Ok(Value::from(clean(call.text("path")?)))
    }),
    Function::new("osClean", &["path"], "The same as `clean`.", |call| Ok(Value::from(clean(call.text("path")?)))),
    Function::new("ext", &["path"], "The extension, with its point.", |call| Ok(Value::from(ext(call.text("path")?)))),
    Function::new("osExt", &["path"], "The same as `ext`.", |call| Ok(Value::from(ext(call.text("path")?)))),
    Function::new("isAbs", &["path"], "Whether the path begins with `/`.", is_abs),
    Function::new("osIsAbs", &["path"], "The same as `isAbs`.", is_abs),
];

fn is_abs(call: &Call<'_>) -> Answer {
    Ok(Value::from(call.text("path")?.starts_with('/')))
}
