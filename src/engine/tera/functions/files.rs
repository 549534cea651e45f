//! Functions on the object `Files` and on `Capabilities.APIVersions`, which are methods in Helm.

use std::borrow::Cow;

use tera::Value;
use tera::value::Key;

use super::call::{Answer, Call, Failure, Function};
use super::go_value::value_of_bytes;
use crate::engine::sprig::files::{PathPattern, as_config, as_secrets, lines};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "Get",
        &["files", "path"],
        "`Files | Get(path=…)`: the content of a file of the chart, \"\" if there is none.",
        get,
    ),
    Function::new("GetBytes", &["files", "path"], "The same as `Get`.", get),
    Function::new(
        "Glob",
        &["files", "pattern"],
        "`Files | Glob(pattern=…)`: the files whose paths match: `*` and `?` within a folder, `**` across, `[ab]`, `[a-z]`, `{a,b}`.",
        glob,
    ),
    Function::new("Lines", &["files", "path"], "`Files | Lines(path=…)`: the lines of a file of the chart.", lines_of),
    Function::new(
        "AsConfig",
        &["files"],
        "`Files | Glob(pattern=…) | AsConfig`: YAML for a ConfigMap's `data`: base name and content.",
        |call| {
            let files = contents(call)?;
            Ok(Value::from(as_config(files.iter().map(|(path, content)| (*path, content.as_ref())))?))
        },
    ),
    Function::new("AsSecrets", &["files"], "The same for a Secret's `data`: contents in base64.", |call| {
        let files = contents(call)?;
        Ok(Value::from(as_secrets(files.iter().map(|(path, content)| (*path, content.as_ref())))?))
    }),
    Function::new(
        "Has",
        &["versions", "version"],
        "`Capabilities.APIVersions | Has(version=…)`: whether the cluster serves this API version.",
        |call| {
            let version = call.text("version")?;
            let is_served = call.list("versions")?.iter().any(|served| served.as_str() == Some(version));
            if !is_served {
                call.run.note_missing_version(version);
            }
            Ok(Value::from(is_served))
        },
    ),
];

/// Returns a text, or bytes if the content is not text; `b64enc` and the digests accept both.
fn get(call: &Call<'_>) -> Answer {
    let content = call.map("files")?.get(&Key::Str(call.text("path")?));
    Ok(content.cloned().unwrap_or_else(|| Value::from("")))
}

/// Returns the files, sorted by path.
fn sorted<'a>(call: &Call<'a>) -> Result<Vec<(&'a Key<'static>, &'a Value)>, Failure> {
    let mut files: Vec<_> = call.map("files")?.iter().collect();
    files.sort_unstable_by_key(|(path, _)| *path);
    Ok(files)
}

fn glob(call: &Call<'_>) -> Answer {
    let pattern = PathPattern::parse(call.text("pattern")?)?;
    let mut found = tera::Map::new();
    for (path, content) in sorted(call)? {
        if pattern.matches(path.as_str().unwrap_or(""), &mut call.limits())? {
            found.insert(path.clone(), content.clone());
        }
    }
    Ok(Value::from(found))
}

fn lines_of(call: &Call<'_>) -> Answer {
    let content = call.map("files")?.get(&Key::Str(call.text("path")?)).map(bytes_of).unwrap_or_default();
    let lines = lines(&content, &mut call.limits())?;
    Ok(Value::from(lines.into_iter().map(|line| value_of_bytes(line.to_vec())).collect::<Vec<_>>()))
}

/// Paths and contents.
type Contents<'a> = Vec<(&'a str, Cow<'a, [u8]>)>;

fn contents<'a>(call: &Call<'a>) -> Result<Contents<'a>, Failure> {
    Ok(sorted(call)?.into_iter().map(|(path, content)| (path.as_str().unwrap_or(""), bytes_of(content))).collect())
}

/// Returns the bytes of a file; for any other value that a template put there, returns its text.
fn bytes_of(content: &Value) -> Cow<'_, [u8]> {
    match (content.as_bytes(), content.as_str()) {
        (Some(bytes), _) => Cow::Borrowed(bytes),
        (None, Some(text)) => Cow::Borrowed(text.as_bytes()),
        (None, None) => Cow::Owned(content.to_string().into_bytes()),
    }
}
