//! Completes the `KEY=VALUE` of `--set` and similar flags: keys of the chart's values, then the values that the schema lists.

use super::answer::{Answer, Candidate, Files};
use super::keys;
use crate::chart::Chart;
use crate::diagnostic::Source;
use crate::json_schema::SchemaView;
use crate::render::Schemas;
use crate::values::{SetFlag, ValuePath, is_text};
use crate::yaml::Value;

/// Completes the last assignment in a word. Except for `--set-literal`, commas separate assignments.
pub(super) fn complete(word: &str, flag: SetFlag, chart: &dyn Fn() -> Option<Chart>) -> Answer {
    let (start, equals) = last_assignment(word, flag);
    let Some((key, value)) = equals.map(|at| (&word[start..at], &word[at + 1..])) else {
        let mut answer = Answer::default();
        if let Some(chart) = chart() {
            keys::offer(&mut answer, &word[start..], &chart, true);
        }
        if flag == SetFlag::Literal {
            // It knows no escapes.
            answer.candidates.retain(|candidate| !candidate.text.contains('\\'));
        }
        for candidate in &mut answer.candidates {
            candidate.text.insert_str(0, &word[..start]);
        }
        return answer;
    };
    if flag == SetFlag::File {
        return Answer::of_files(Files::Any).keeping(word.chars().count() - value.chars().count());
    }
    let mut answer = Answer::default();
    if flag == SetFlag::Literal && key.contains('\\') {
        return answer;
    }
    let path = ValuePath::parse(&Source::flag("KEY", key));
    let Some((chart, path)) = path.ok().and_then(|path| Some((chart()?, path))) else { return answer };
    let schemas = Schemas::new(&chart);
    let before = &word[..word.len() - value.len()];
    let texts = schemas.at(&path).map(|schema| choices(schema, flag)).unwrap_or_default();
    for text in texts.into_iter().filter(|text| !text.is_empty()) {
        answer.offer(word, Candidate::whole(format!("{before}{text}"), ""));
    }
    answer
}

/// Returns where the last assignment in a word starts, and where its equals sign is. Commas inside lists and JSON do not count.
fn last_assignment(word: &str, flag: SetFlag) -> (usize, Option<usize>) {
    let (mut start, mut equals) = (0, None);
    let (mut is_escaped, mut is_string, mut depth) = (false, false, 0_usize);
    for (at, c) in word.char_indices() {
        let was_escaped = is_escaped;
        // In JSON, only strings have escapes.
        let has_escapes = match flag {
            SetFlag::Literal => false,
            SetFlag::Json => equals.is_none() || is_string,
            _ => true,
        };
        is_escaped = has_escapes && c == '\\' && !was_escaped;
        match (c, equals) {
            _ if was_escaped => {}
            ('=', None) => equals = Some(at),
            (',', _) if depth == 0 && !is_string && flag != SetFlag::Literal => (start, equals) = (at + 1, None),
            ('"', Some(_)) if flag == SetFlag::Json => is_string = !is_string,
            ('[' | '{', Some(_)) if flag == SetFlag::Json && !is_string => depth += 1,
            (']' | '}', Some(_)) if flag == SetFlag::Json && !is_string => depth = depth.saturating_sub(1),
            ('{', Some(equals)) if matches!(flag, SetFlag::Typed | SetFlag::Text) && at == equals + 1 => depth = 1,
            ('}', Some(_)) if matches!(flag, SetFlag::Typed | SetFlag::Text) => depth = 0,
            _ => {}
        }
    }
    (start, equals)
}

/// Returns the values that a schema lists, as they are written in the flag's argument.
fn choices(schema: SchemaView<'_>, flag: SetFlag) -> Vec<String> {
    let mut found = Vec::new();
    let mut add = |text: Option<String>| found.extend(text.filter(|text| !found.contains(text)));
    for view in schema.alternatives() {
        view.choices().into_iter().for_each(|value| add(written(value, flag)));
        if view.types().contains(&"boolean") && !view.is_choice() {
            [true, false].into_iter().for_each(|value| add(written(&Value::Bool(value), flag)));
        }
    }
    found
}

/// Writes a value in a flag's argument, or returns `None` if the flag can't set this value.
fn written(value: &Value, flag: SetFlag) -> Option<String> {
    match (value, flag) {
        (Value::Bool(value), SetFlag::Typed | SetFlag::Json) => Some(value.to_string()),
        (Value::Int(number), SetFlag::Typed | SetFlag::Json) => Some(number.to_string()),
        // Numbers in JSON are all of one type.
        (Value::Float(number), SetFlag::Typed | SetFlag::Json) if number.fract() == 0.0 && number.abs() < 1e15 => {
            Some(number.to_string())
        }
        (Value::String(text), SetFlag::Text) => Some(text.replace('\\', "\\\\").replace(',', "\\,")),
        (Value::String(text), SetFlag::Typed) if !has_another_type(text) => written(value, SetFlag::Text),
        (Value::String(text), SetFlag::Literal) => Some(text.clone()),
        (Value::String(text), SetFlag::Json) if !text.contains(['"', '\\']) => Some(format!("\"{text}\"")),
        _ => None,
    }
}

/// Whether `--set` reads a text as a value of another type.
fn has_another_type(text: &str) -> bool {
    text.starts_with('{') || !is_text(text)
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

    fn offered(word: &str, flag: SetFlag) -> Vec<String> {
        complete(word, flag, &chart).candidates.into_iter().map(|candidate| candidate.text).collect()
    }

    #[test]
    fn values_are_those_of_the_schema() {
        assert_eq!(offered("image.pullPolicy=", SetFlag::Typed), ["image.pullPolicy=Always", "image.pullPolicy=Never"]);
        assert_eq!(offered("debug=true,image.pullPolicy=N", SetFlag::Text), ["debug=true,image.pullPolicy=Never"]);
        assert_eq!(offered("debug=", SetFlag::Typed), ["debug=true", "debug=false"]);
        assert_eq!(offered("debug=", SetFlag::Text), [""; 0]);
        assert_eq!(offered("image.tag=", SetFlag::Typed), [""; 0]);
        assert_eq!(offered("nothing=", SetFlag::Typed), [""; 0]);
    }

    #[test]
    fn values_are_written_as_the_flag_reads_them() {
        assert_eq!(
            offered("level=", SetFlag::Typed),
            ["level=1", "level=2", r"level=a\,b", "level=true", "level=false"]
        );
        assert_eq!(offered("level=", SetFlag::Text), ["level=1", r"level=a\,b"]);
        assert_eq!(offered("level=a", SetFlag::Literal), ["level=a,b"]);
        assert_eq!(offered("image.pullPolicy=\"A", SetFlag::Json), ["image.pullPolicy=\"Always\""]);
    }

    #[test]
    fn the_last_assignment_ends_the_word() {
        for (word, flag, start, equals) in [
            (r"a\=b=c", SetFlag::Typed, 0, Some(4)),
            (r"a\=b=c", SetFlag::Literal, 0, Some(2)),
            ("a=1,b", SetFlag::Typed, 4, None),
            (r"a=1\,b", SetFlag::Typed, 0, Some(1)),
            ("a={b,c", SetFlag::Typed, 0, Some(1)),
            ("a={b,c},d", SetFlag::Text, 8, None),
            ("a=x{b,c", SetFlag::Typed, 6, None),
            (r#"a=[1,{"b":2},c"#, SetFlag::Json, 0, Some(1)),
            (r#"a=["]\"",1],b="#, SetFlag::Json, 12, Some(13)),
            ("a=b,c", SetFlag::Literal, 0, Some(1)),
        ] {
            assert_eq!(last_assignment(word, flag), (start, equals), "{word}");
        }
    }

    #[test]
    fn keys_come_first_and_files_after_them() {
        assert_eq!(offered("im", SetFlag::Literal), ["image."]);
        assert_eq!(offered("debug=true,im", SetFlag::Typed), ["debug=true,image."]);
        assert_eq!(complete("debug=x,größe=./a", SetFlag::File, &chart), Answer::of_files(Files::Any).keeping(14));
    }
}
