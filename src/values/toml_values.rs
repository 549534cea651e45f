//! Checks values that contain TOML according to their schema (`contentMediaType: application/toml`): an error in one would
//! otherwise appear only when the pods start.

use toml::de::DeTable;
use toml_parser::decoder::Encoding;
use toml_parser::parser::{Event, EventKind};

use crate::diagnostic::Diagnostic;
use crate::json_schema::SchemaView;
use crate::yaml::Map;
use crate::yaml::Node;
use crate::yaml::Value;
use crate::yaml::locate_in_scalar;

/// Parses every string that the schema declares as TOML. A syntax error is an error at the line and column where the user
/// wrote it; syntax of TOML 1.1 that TOML 1.0 does not have is a warning, since current servers read 1.0.
pub fn check_toml(values: &Map, schema: &Node) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if let Some(view) = SchemaView::of_document(schema) {
        check_map(values, view, &mut Vec::new(), &mut found);
    }
    found
}

fn check_map(values: &Map, schema: SchemaView<'_>, path: &mut Vec<String>, found: &mut Vec<Diagnostic>) {
    for (key, node) in values.iter() {
        let Some(property) = schema.property(key) else { continue };
        path.push(key.to_owned());
        match &node.value {
            Value::Map(map) => check_map(map, property, path, found),
            Value::String(text) if property.content_media_type() == Some("application/toml") => {
                check_text(text, node, &path.join("."), found);
            }
            _ => {}
        }
        path.pop();
    }
}

fn check_text(text: &str, node: &Node, name: &str, found: &mut Vec<Diagnostic>) {
    let (_, errors) = DeTable::parse_recoverable(text);
    for (index, error) in errors.iter().enumerate() {
        let start = |error: &toml::de::Error| error.span().map_or(0, |range| range.start);
        let at = start(error);
        // An open quote also leaves the surrounding list open: of several errors at one place, the innermost, reported
        // last, is used.
        if errors[index + 1..].iter().any(|later| start(later) == at) {
            continue;
        }
        let message = format!("{name} is not TOML: {}", error.message().lines().collect::<Vec<_>>().join("; "));
        let error = Diagnostic::error("toml-syntax", message);
        if is_file_name(text) {
            let help = format!("to use the content of the file: --set-file {name}={}", text.trim());
            found.push(error.at(node.span.clone(), "this looks like a file name").help(help));
            return;
        }
        found.push(
            error
                .at(locate_in_scalar(&node.span, at), "here")
                .help("use --skip-schema-validation to pass the text on unchanged"),
        );
    }
    if errors.is_empty() {
        for (at, what) in only_in_1_1(text) {
            found.push(
                Diagnostic::warning("toml-1.1", format!("{name} uses {what}, which only TOML 1.1 allows"))
                    .at(locate_in_scalar(&node.span, at), "")
                    .help("a server that reads TOML 1.0 rejects its configuration"),
            );
        }
    }
}

/// Whether a text that is not TOML is more likely a file name: a line without inner white space that ends in an extension
/// or contains a slash.
fn is_file_name(text: &str) -> bool {
    let name = text.trim();
    let is_of_a_name = |c: char| c.is_alphanumeric() || "_-./~+@".contains(c);
    let extension = name.rsplit('/').next().and_then(|last| last.rsplit_once('.')).map(|(_, extension)| extension);
    !name.is_empty()
        && name.chars().all(is_of_a_name)
        && (name.contains('/') || extension.is_some_and(|extension| !extension.is_empty()))
}

/// Returns the constructs that TOML 1.1 added to 1.0, with the byte offset of each: line breaks, comments and trailing
/// commas in inline tables, the escapes `\e` and `\x`, and times without seconds. `text` must be valid TOML 1.1.
fn only_in_1_1(text: &str) -> Vec<(usize, &'static str)> {
    let source = toml_parser::Source::new(text);
    let tokens = source.lex().into_vec();
    let mut finder = Finder { text, open: Vec::new(), last_comma: None, found: Vec::new() };
    let mut receiver = |event: Event| finder.see(&event);
    toml_parser::parser::parse_document(&tokens, &mut receiver, &mut ());
    finder.found
}

struct Finder<'a> {
    text: &'a str,
    /// The open brackets: whether each is an inline table, and whether a line break in it has been reported.
    open: Vec<(bool, bool)>,
    /// The offset of a comma that nothing has followed yet.
    last_comma: Option<usize>,
    found: Vec<(usize, &'static str)>,
}

impl Finder<'_> {
    fn see(&mut self, event: &Event) {
        let at = event.span().start();
        match event.kind() {
            EventKind::InlineTableOpen => self.open.push((true, false)),
            EventKind::ArrayOpen => self.open.push((false, false)),
            EventKind::InlineTableClose => {
                if let Some(comma) = self.last_comma.take() {
                    self.found.push((comma, "a trailing comma in an inline table"));
                }
                self.open.pop();
            }
            EventKind::ArrayClose => {
                self.open.pop();
            }
            EventKind::Newline | EventKind::Comment => {
                if let Some((true, reported @ false)) = self.open.last_mut() {
                    *reported = true;
                    self.found.push((at, "an inline table over several lines"));
                }
                return;
            }
            EventKind::Whitespace => return,
            EventKind::Scalar | EventKind::SimpleKey => self.scalar(event),
            _ => {}
        }
        self.last_comma = (event.kind() == EventKind::ValueSep).then_some(at);
    }

    fn scalar(&mut self, event: &Event) {
        let at = event.span().start();
        let Some(raw) = self.text.get(at..event.span().end()) else { return };
        match event.encoding() {
            Some(Encoding::BasicString | Encoding::MlBasicString) => {
                let mut bytes = raw.bytes().enumerate();
                while let Some((index, byte)) = bytes.next() {
                    if byte == b'\\' && matches!(bytes.next(), Some((_, b'e' | b'x'))) {
                        self.found.push((at + index, "the escape \\e or \\x"));
                    }
                }
            }
            None if event.kind() == EventKind::Scalar && has_time_without_seconds(raw) => {
                self.found.push((at, "a time without seconds"));
            }
            _ => {}
        }
    }
}

/// Whether a bare value is a time, or a date with a time, that has only hours and minutes.
fn has_time_without_seconds(raw: &str) -> bool {
    let time = match raw.split_once(['T', 't', ' ']) {
        Some((_, time)) => time,
        None if raw.as_bytes().get(2) == Some(&b':') => raw,
        None => return false,
    };
    // The offset follows the time: `07:32Z`, `07:32+01:00`.
    let time = time.split(['Z', 'z', '+', '-']).next().unwrap_or(time);
    time.matches(':').count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    const SCHEMA: &str =
        r#"{"properties": {"conf": {"type": "string", "contentMediaType": "application/toml"}, "text": {}}}"#;

    fn check(values: &str) -> Vec<String> {
        let schema = crate::json::read(&Source::file("s.json", SCHEMA), 0..SCHEMA.len()).unwrap();
        let values = crate::yaml::read_values(&Source::file("v.yaml", values)).unwrap();
        let reported = check_toml(&values, &schema).into_iter();
        reported.map(|found| format!("{:?} {} {}", found.severity, found.labels[0].span, found.message)).collect()
    }

    #[test]
    fn an_error_is_shown_where_the_user_wrote_it() {
        let reported = check("text: '['\nconf: |\n  [general]\n    loglevel = warning\n  hosts = [\"a\"]\n");
        assert_eq!(reported.len(), 1, "{reported:?}");
        assert!(reported[0].starts_with("Error v.yaml:4:16 conf is not TOML: "), "{reported:?}");
        assert_eq!(check("conf: |\n  [general]\n  loglevel = \"warning\"\n"), [""; 0]);
    }

    #[test]
    fn a_file_name_is_recognized() {
        for name in ["own.toml", "conf/own.toml", "./own", "../größe.conf\n", "/etc/own.toml", "own.prod.toml"] {
            assert!(is_file_name(name), "{name}");
        }
        for text in ["", "general", "[general]", "a = 1", "own.", "a b.toml", "a.toml\nb.toml", "loglevel: x.y"] {
            assert!(!is_file_name(text), "{text}");
        }
    }

    #[test]
    fn constructs_of_toml_1_1_are_warned_about() {
        for (text, at) in [
            ("a = {b = 1,}", 10),
            ("a = {\n b = 1}", 5),
            ("a = {b = 1 # c\n}", 11),
            (r#"a = "\e""#, 5),
            (r#"a = "\x41""#, 5),
            (r#""\e" = 1"#, 1),
            ("a = 07:32", 4),
            ("a = 1979-05-27T07:32Z", 4),
            ("a = 1979-05-27 07:32", 4),
            ("a = [{b = 1, }]", 11),
        ] {
            let found = only_in_1_1(text);
            assert_eq!(found.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [at], "{text}: {found:?}");
        }
    }

    #[test]
    fn toml_1_0_is_accepted() {
        for text in [
            "a = {b = 1, c = {d = 2}}",
            "a = [\n 1, # one\n 2,\n]",
            r#"a = "\\e \\x \n""#,
            r"a = '\e'",
            "a = 07:32:00",
            "a = 1979-05-27T07:32:00+01:00",
            "a = 1979-05-27",
            "a = {b = [1,\n2,]}",
            "a = 1.5e3",
            "a = {}",
            "t = \"07:32\"",
        ] {
            assert_eq!(only_in_1_1(text), [], "{text}");
        }
    }
}
