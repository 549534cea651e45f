//! Functions on the object `Files` and on `Capabilities.APIVersions`, which in Helm are methods.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tera::Value;
use tera::value::Key;

use super::Function;
use super::call::{Answer, Call, Failure};
use super::glob::{Fault, Glob};
use crate::yaml;

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
    Function::new("Lines", &["files", "path"], "`Files | Lines(path=…)`: the lines of a file of the chart.", lines),
    Function::new(
        "AsConfig",
        &["files"],
        "`Files | Glob(pattern=…) | AsConfig`: YAML for a ConfigMap's `data`: base name and content.",
        |call| by_base_name(call, Value::to_string),
    ),
    Function::new("AsSecrets", &["files"], "The same for a Secret's `data`: contents in base64.", |call| {
        by_base_name(call, |value| match value.as_bytes() {
            Some(bytes) => STANDARD.encode(bytes),
            None => STANDARD.encode(value.to_string()),
        })
    }),
    Function::new(
        "Has",
        &["versions", "version"],
        "`Capabilities.APIVersions | Has(version=…)`: whether the cluster serves this API version.",
        |call| {
            let version = call.text("version")?;
            Ok(Value::from(call.list("versions")?.iter().any(|served| served.as_str() == Some(version))))
        },
    ),
];

/// A text, or bytes where it is none: `b64enc` and the digests take both.
fn get(call: &Call<'_>) -> Answer {
    let content = call.map("files")?.get(&Key::Str(call.text("path")?));
    Ok(content.cloned().unwrap_or_else(|| Value::from("")))
}

/// The files in the order of their paths.
fn sorted<'a>(call: &Call<'a>) -> Result<Vec<(&'a Key<'static>, &'a Value)>, Failure> {
    let mut files: Vec<_> = call.map("files")?.iter().collect();
    files.sort_unstable_by_key(|(path, _)| *path);
    Ok(files)
}

/// As in Helm, a pattern that is malformed matches every path.
fn glob(call: &Call<'_>) -> Answer {
    let pattern = call.text("pattern")?;
    let glob = match Glob::parse(pattern) {
        Ok(glob) => Some(glob),
        Err(Fault::Malformed) => None,
        Err(Fault::TooDeep) => return Err(Failure::call("the alternatives of the pattern nest too deeply")),
    };
    let mut found = tera::Map::new();
    for (path, content) in sorted(call)? {
        let text = path.as_str().unwrap_or("");
        call.spend_work(pattern.len().saturating_mul(text.len()) / 64)?;
        if glob.as_ref().is_none_or(|glob| glob.matches(text)) {
            found.insert(path.clone(), content.clone());
        }
    }
    Ok(Value::from(found))
}

fn lines(call: &Call<'_>) -> Answer {
    let content = call.map("files")?.get(&Key::Str(call.text("path")?)).map(Value::to_string).unwrap_or_default();
    if content.is_empty() {
        return Ok(Value::from(Vec::<Value>::new()));
    }
    let text = content.strip_suffix('\n').unwrap_or(&content);
    call.spend_items(text.matches('\n').count())?;
    Ok(Value::from(text.split('\n').map(Value::from).collect::<Vec<_>>()))
}

fn by_base_name(call: &Call<'_>, content: impl Fn(&Value) -> String) -> Answer {
    let mut data = yaml::Map::new();
    for (path, value) in sorted(call)? {
        let path = path.as_str().unwrap_or("");
        let name = path.rsplit('/').next().unwrap_or(path);
        data.insert(name, Default::default(), yaml::Node::generated(yaml::Value::String(content(value))));
    }
    yaml::write(&yaml::Value::Map(data)).map(Value::from).map_err(|error| Failure::call(error.to_string()))
}
