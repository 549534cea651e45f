//! Completes the `KEY=VALUE` of `--set` and similar flags: keys of the chart's values, then the values that the schema lists.

use super::answer::{Answer, Candidate, Files};
use super::keys::{self, last_unescaped};
use crate::chart::Chart;
use crate::diagnostic::Source;
use crate::json_schema::SchemaView;
use crate::render::Schemas;
use crate::values::ValuePath;
use crate::yaml::Value;

/// How a flag reads the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As a number, a boolean, null or text: `--set`.
    Typed,
    /// As text: `--set-string`.
    Text,
    /// As JSON: `--set-json`.
    Json,
    /// As the name of a file: `--set-file`.
    File,
    /// As it is, commas too: `--set-literal`.
    Literal,
}

/// Completes the last assignment in a word. Except for `--set-literal`, commas separate assignments.
pub(super) fn complete(word: &str, form: Form, chart: &dyn Fn() -> Option<Chart>) -> Answer {
    let start = match form {
        Form::Literal => 0,
        _ => last_unescaped(word, ',').map_or(0, |at| at + 1),
    };
    let Some((key, value)) = word[start..].split_once('=') else {
        let mut answer = Answer::default();
        if let Some(chart) = chart() {
            keys::offer(&mut answer, &word[start..], &chart, true);
        }
        for candidate in &mut answer.candidates {
            candidate.text.insert_str(0, &word[..start]);
        }
        return answer;
    };
    if form == Form::File {
        return Answer::of_files(Files::Any).keeping(word.chars().count() - value.chars().count());
    }
    let mut answer = Answer::default();
    let path = ValuePath::parse(&Source::flag("KEY", key));
    let Some((chart, path)) = path.ok().and_then(|path| Some((chart()?, path))) else { return answer };
    let schemas = Schemas::parse(&chart);
    let before = &word[..word.len() - value.len()];
    for text in schemas.at(&path).map(|schema| choices(schema, form)).unwrap_or_default() {
        answer.offer(word, Candidate::whole(format!("{before}{text}"), ""));
    }
    answer
}

/// Returns the values that a schema lists, as they are written in the flag's argument.
fn choices(schema: SchemaView<'_>, form: Form) -> Vec<String> {
    let mut found = Vec::new();
    let mut add = |text: Option<String>| found.extend(text.filter(|text| !found.contains(text)));
    for view in schema.alternatives() {
        view.choices().into_iter().for_each(|value| add(written(value, form)));
        if view.types().contains(&"boolean") && !view.is_choice() {
            [true, false].into_iter().for_each(|value| add(written(&Value::Bool(value), form)));
        }
    }
    found
}

/// Writes a value in a flag's argument, or returns `None` if the flag can't set this value.
fn written(value: &Value, form: Form) -> Option<String> {
    match (value, form) {
        (Value::Bool(value), Form::Typed | Form::Json) => Some(value.to_string()),
        (Value::Int(number), Form::Typed | Form::Json) => Some(number.to_string()),
        // Numbers in JSON are all of one type.
        (Value::Float(number), Form::Typed | Form::Json) if number.fract() == 0.0 && number.abs() < 1e15 => {
            Some(number.to_string())
        }
        (Value::String(text), Form::Text) => Some(text.replace('\\', "\\\\").replace(',', "\\,")),
        (Value::String(text), Form::Typed) if !has_another_type(text) => written(value, Form::Text),
        (Value::String(text), Form::Literal) => Some(text.clone()),
        (Value::String(text), Form::Json) if !text.contains(['"', '\\']) => Some(format!("\"{text}\"")),
        _ => None,
    }
}

/// Whether `--set` reads a text as a value of another type.
fn has_another_type(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "true" | "false" | "null")
        || text.parse::<i64>().is_ok()
        || text.starts_with('{')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::File;

    fn chart() -> Option<Chart> {
        let schema = r##"{"properties": {
            "image": {"properties": {"pullPolicy": {"enum": ["Always", "Never"]}, "tag": {"type": "string"}}},
            "debug": {"type": ["boolean", "null"]},
            "level": {"anyOf": [{"enum": [1, 2]}, {"enum": ["1", "a,b", "a\u001b"]}, {"$ref": "#/properties/debug"}]}}}"##;
        let file = |path: &str, text: &str| File::new(path, text.as_bytes().to_vec());
        Chart::from_files(vec![
            file("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
            file("values.yaml", "image: {tag: a}\ndebug: false\n"),
            file("values.schema.json", schema),
        ])
        .ok()
    }

    fn offered(word: &str, form: Form) -> Vec<String> {
        complete(word, form, &chart).candidates.into_iter().map(|candidate| candidate.text).collect()
    }

    #[test]
    fn values_are_those_of_the_schema() {
        assert_eq!(offered("image.pullPolicy=", Form::Typed), ["image.pullPolicy=Always", "image.pullPolicy=Never"]);
        assert_eq!(offered("debug=true,image.pullPolicy=N", Form::Text), ["debug=true,image.pullPolicy=Never"]);
        assert_eq!(offered("debug=", Form::Typed), ["debug=true", "debug=false"]);
        assert_eq!(offered("debug=", Form::Text), [""; 0]);
        assert_eq!(offered("image.tag=", Form::Typed), [""; 0]);
        assert_eq!(offered("nothing=", Form::Typed), [""; 0]);
    }

    #[test]
    fn values_are_written_as_the_flag_reads_them() {
        assert_eq!(offered("level=", Form::Typed), ["level=1", "level=2", r"level=a\,b", "level=true", "level=false"]);
        assert_eq!(offered("level=", Form::Text), ["level=1", r"level=a\,b"]);
        assert_eq!(offered("level=a", Form::Literal), ["level=a,b"]);
        assert_eq!(offered("image.pullPolicy=\"A", Form::Json), ["image.pullPolicy=\"Always\""]);
    }

    #[test]
    fn keys_come_first_and_files_after_them() {
        assert_eq!(offered("im", Form::Literal), ["image."]);
        assert_eq!(offered("debug=true,im", Form::Typed), ["debug=true,image."]);
        assert_eq!(complete("debug=x,größe=./a", Form::File, &chart), Answer::of_files(Files::Any).keeping(14));
    }
}
