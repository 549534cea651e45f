//! Functions on paths.

use tera::Value;

use super::call::{Answer, Call, Function};
use crate::go::path::{base, clean, dir, ext};
use crate::go::utf8::to_text;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base", &["path"], "The last part of a path.", |call| changed(call, |path| base(path).to_vec())),
    Function::new("osBase", &["path"], "The same as `base`.", |call| changed(call, |path| base(path).to_vec())),
    Function::new("dir", &["path"], "The path without its last part, cleaned.", |call| changed(call, dir)),
    Function::new("osDir", &["path"], "The same as `dir`.", |call| changed(call, dir)),
    Function::new("clean", &["path"], "The shortest equivalent path.", |call| changed(call, clean)),
    Function::new("osClean", &["path"], "The same as `clean`.", |call| changed(call, clean)),
    Function::new("ext", &["path"], "The extension, with its dot.", |call| changed(call, |path| ext(path).to_vec())),
    Function::new("osExt", &["path"], "The same as `ext`.", |call| changed(call, |path| ext(path).to_vec())),
    Function::new("isAbs", &["path"], "Whether the path begins with `/`.", is_abs),
    Function::new("osIsAbs", &["path"], "The same as `isAbs`.", is_abs),
];

/// Returns the path after `change`, as text.
fn changed(call: &Call<'_>, change: fn(&[u8]) -> Vec<u8>) -> Answer {
    Ok(Value::from(&*to_text(&change(call.text("path")?.as_bytes()))))
}

fn is_abs(call: &Call<'_>) -> Answer {
    Ok(Value::from(call.text("path")?.starts_with('/')))
}
