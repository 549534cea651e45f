//! Functions on the object `Files` and on `Capabilities.APIVersions`, which in Helm are methods.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tera::Value;
use tera::value::Key;

use super::Function;
use super::glob::Glob;
use super::call::{Answer, Call, Failure};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "Get",
        &["files", "path"],
        "`Files | Get(path=…)`: the text of a file of the chart, \"\" if there is none.",
        |call| {
            let content = call.map("files")?.get(&Key::Str(call.text("path")?));
            Ok(Value::from(content.map(Value::to_string).unwrap_or_default()))
        },
    ),
    Function::new("GetBytes", &["files", "path"], "The same as `Get`.", |call| {
        let content = call.map("files")?.get(&Key::Str(call.text("path")?));
        Ok(Value::from(content.map(Value::to_string).unwrap_or_default()))
    }),
    Function::new("Glob", &["files", "pattern"], "`Files | Glob(pattern=…)`: the files whose paths match: `*` and `?` within a folder, `**` across, `[ab]`, `{a,b}`.", |call| {
        let pattern = Glob::parse(call.text("pattern")?);
        let mut found: Vec<(&Key<'static>, &Value)> = call.map("files")?.iter().collect();
        found.retain(|(path, _)| pattern.as_ref().is_none_or(|pattern| pattern.matches(path.as_str().unwrap_or(""))));
        found.sort_by_key(|(path, _)| *path);
        Ok(Value::from(found.into_iter().map(|(path, value)| (path.clone(), value.clone())).collect::<tera::Map>()))
    }),
    Function::new("Lines", &["files", "path"], "`Files | Lines(path=…)`: the lines of a file of the chart.", lines),
    Function::new(
        "AsConfig",
        &["files"],
        "`Files | Glob(pattern=…) | AsConfig`: YAML for a ConfigMap's `data`: base name and content.",
        |call| by_base_name(call, |value| value.to_string()),
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

fn lines(call: &Call<'_>) -> Answer {
    let Some(content) = call.map("files")?.get(&Key::Str(call.text("path")?)) else {
        return Ok(Value::from(Vec::<Value>::new()));
    };
    let text = content.to_string();
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Value::from(text.split('\n').map(Value::from).collect::<Vec<_>>()))
}

fn by_base_name(call: &Call<'_>, content: impl Fn(&Value) -> String) -> Answer {
    let mut files: Vec<(&Key<'static>, &Value)> = call.map("files")?.iter().collect();
    files.sort_by_key(|(path, _)| *path);
    let mut data = crate::yaml::Map::new();
    for (path, value) in files {
        let path = path.as_str().unwrap_or("");
        let name = path.rsplit('/').next().unwrap_or(path);
        data.insert(name, Default::default(), crate::yaml::Node::generated(crate::yaml::Value::String(content(value))));
    }
    crate::yaml::write(&crate::yaml::Value::Map(data)).map(Value::from).map_err(|error| Failure::call(error.to_string()))
}
