//! Functions on paths.

use tera::Value;

use super::Function;
use super::call::{Answer, Call};

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

fn base(path: &str) -> &str {
    if path.is_empty() {
        return ".";
    }
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() { "/" } else { trimmed.rsplit('/').next().unwrap_or(trimmed) }
}

fn dir(path: &str) -> String {
    clean(path.rfind('/').map_or("", |slash| &path[..=slash]))
}

fn ext(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rfind('.').map_or("", |point| &name[point..])
}

/// Go's `path.Clean`: `.` and empty parts go, `..` takes the part before it away.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match (part, parts.last()) {
            ("..", Some(&last)) if last != ".." => drop(parts.pop()),
            ("..", _) if rooted => {}
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}
