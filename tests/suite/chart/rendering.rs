//! Runs the command on the built-in chart, and finds things in its output.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;
use std::sync::{Mutex, PoisonError};

use serde_yaml::Value;

use crate::support::{command, configurations};

/// Returns the folder of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs `mim-chart` with these arguments in the repository's folder.
pub fn run<S: AsRef<str>>(arguments: &[S]) -> Output {
    command::run(root(), arguments)
}

/// Returns the flags for values: `--set` for `key=value`, or the flag before a colon (`json:`, `string:`, `file:`, `literal:`).
pub fn flags<S: AsRef<str>>(sets: &[S]) -> Vec<String> {
    let mut arguments = Vec::new();
    for set in sets {
        let set = set.as_ref();
        let named = ["json", "string", "file", "literal"]
            .iter()
            .find_map(|kind| Some((format!("--set-{kind}"), set.strip_prefix(&format!("{kind}:"))?)));
        let (flag, argument) = named.unwrap_or(("--set".to_owned(), set));
        arguments.extend([flag, argument.to_owned()]);
    }
    arguments
}

/// A printed object.
#[derive(Debug, Clone)]
pub struct Object {
    /// The template that it comes from, without the chart's name.
    pub source: String,
    pub value: Value,
}

impl Object {
    pub fn kind(&self) -> &str {
        self.text("kind")
    }

    pub fn name(&self) -> &str {
        self.text("metadata name")
    }

    /// Returns the value at a path, see [`at`].
    pub fn at(&self, path: &str) -> Option<&Value> {
        at(&self.value, path)
    }

    /// Returns the text at a path.
    pub fn text(&self, path: &str) -> &str {
        self.at(path).and_then(Value::as_str).unwrap_or_else(|| panic!("no text at {path} of {:?}", self.value))
    }

    /// Returns the list at a path, or an empty list if there is none.
    pub fn list(&self, path: &str) -> &[Value] {
        self.at(path).and_then(Value::as_sequence).map_or(&[], Vec::as_slice)
    }
}

/// Returns the value at a path of keys and indices, separated by spaces. `key=value` selects the list item with that field.
pub fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split(' ').filter(|step| !step.is_empty()).try_fold(value, |value, step| match value {
        Value::Sequence(items) => match step.split_once('=') {
            Some((key, wanted)) => items.iter().find(|item| item.get(key).and_then(Value::as_str) == Some(wanted)),
            None => items.get(step.parse::<usize>().ok()?),
        },
        _ => value.get(step),
    })
}

/// The output of a run.
#[derive(Debug, Clone)]
pub struct Rendered {
    pub text: String,
    pub objects: Vec<Object>,
}

impl Rendered {
    /// Finds the object of this kind and name.
    pub fn find(&self, kind: &str, name: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.kind() == kind && object.name() == name)
    }

    /// Returns the object of this kind and name, which must exist.
    pub fn get(&self, kind: &str, name: &str) -> &Object {
        self.find(kind, name).unwrap_or_else(|| panic!("no {kind} {name} in\n{}", self.text))
    }

    /// Returns the objects of a kind.
    pub fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Object> {
        self.objects.iter().filter(move |object| object.kind() == kind)
    }

    /// Returns the only StatefulSet.
    pub fn stateful_set(&self) -> &Object {
        self.all("StatefulSet").next().expect("a StatefulSet")
    }

    /// Returns a configuration file, from the ConfigMap or the Secret.
    pub fn file(&self, name: &str) -> Option<String> {
        let full = self.stateful_set().name();
        let open = self.get("ConfigMap", full).at("data").and_then(|data| data.get(name));
        let closed = self.get("Secret", full).at("data").and_then(|data| data.get(name));
        assert!(open.is_none() || closed.is_none(), "{name} is in the ConfigMap and in the Secret");
        let closed = closed.map(|text| decode(text.as_str().expect("base64")));
        open.map(|text| text.as_str().expect("a text").to_owned()).or(closed)
    }

    /// Keeps mongooseim.toml for `tests/mongooseim/parser`, for the version in the image's tag.
    fn keep_configuration(&self) {
        let Some(sets) = self.all("StatefulSet").next() else { return };
        let image = sets.text("spec template spec containers name=mongooseim image");
        if let (Some((_, version)), Some(text)) = (image.rsplit_once(':'), self.file("mongooseim.toml")) {
            configurations::keep(version, &text);
        }
    }

    /// Returns mongooseim.toml, parsed.
    pub fn toml(&self) -> toml::Table {
        let text = self.file("mongooseim.toml").expect("mongooseim.toml");
        text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"))
    }
}

/// Decodes base64.
pub fn decode(text: &str) -> String {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).expect("base64");
    String::from_utf8(bytes).expect("UTF-8")
}

/// Renders the chart with more arguments.
pub fn render_with<S: AsRef<str>>(arguments: &[S]) -> Rendered {
    let output = run(&[&["template"], arguments.iter().map(AsRef::as_ref).collect::<Vec<_>>().as_slice()].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    read(String::from_utf8(output.stdout).expect("UTF-8"))
}

/// Renders the chart with these values, see [`flags`]. The output is cached; a separate test checks that two runs print the same.
pub fn render<S: AsRef<str>>(sets: &[S]) -> Rendered {
    static KNOWN: Mutex<BTreeMap<Vec<String>, Rendered>> = Mutex::new(BTreeMap::new());
    let arguments = flags(sets);
    if let Some(rendered) = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&arguments) {
        return rendered.clone();
    }
    let rendered = render_with(&arguments);
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(arguments, rendered.clone());
    rendered
}

/// Returns the error message of the command, which must refuse these values.
pub fn refusal<S: AsRef<str>>(sets: &[S]) -> String {
    let output = run(&[vec!["template".to_owned()], flags(sets)].concat());
    assert_eq!(
        output.status.code(),
        Some(1),
        "{:?} is not refused",
        sets.iter().map(AsRef::as_ref).collect::<Vec<_>>()
    );
    assert!(output.stdout.is_empty(), "half a result is printed");
    String::from_utf8(output.stderr).expect("UTF-8")
}

/// Parses printed manifests, document by document.
pub fn read(text: String) -> Rendered {
    let mut objects = Vec::new();
    for document in format!("\n{text}").split("\n---\n").skip(1) {
        let source = document.lines().next().and_then(|line| line.strip_prefix("# Source: mongooseim/"));
        let source = source.unwrap_or_else(|| panic!("no source line in\n{document}")).to_owned();
        let value = serde_yaml::from_str(document).unwrap_or_else(|error| panic!("{error}\n{document}"));
        objects.push(Object { source, value });
    }
    let rendered = Rendered { text, objects };
    rendered.keep_configuration();
    rendered
}
