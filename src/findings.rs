//! What checks found, in the forms that programs read: JSON, SARIF, GitHub's annotations, JUnit's XML.

mod location;

use std::collections::HashMap;
use std::fmt::Write;

use crate::diagnostic::{
    Diagnostic, Severity, SourceKind, Span, is_hidden, printable, printable_json, printable_lines,
};
use crate::json;
use crate::yaml::{Map, Node, Value};

pub use location::Workspace;

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What it is wrong with: an object (`StatefulSet/mongooseim`), or a chart.
    pub object: String,
    /// Where within: the path of a field, or of a file of the chart. Empty for the whole.
    pub path: String,
    /// What is to be told of it; its labels are the places.
    pub told: Diagnostic,
    /// The file that it is about, where no label tells it.
    pub file: Option<String>,
}

impl Finding {
    /// Adds a sentence that says what to do.
    pub fn help(&mut self, text: impl Into<String>) {
        self.told.help.push(text.into());
    }

    /// The file, line and column. None without a place.
    fn place(&self) -> Option<(String, usize, usize)> {
        let labels = self.told.labels.iter().map(|label| &label.span);
        let files = labels.filter(|span| span.source().is_some_and(|source| source.kind() == SourceKind::File));
        match files.clone().find(|span| !is_standard_input(span)).or_else(|| files.clone().next()) {
            Some(span) => {
                let position = span.position()?;
                Some((span.source()?.name().to_owned(), position.line, position.column))
            }
            None => self.file.clone().map(|file| (file, 1, 1)),
        }
    }

    /// The file as a repository has it, with the line and column where they are known. Standard input is in no repository: there
    /// it is the template that the text came from, if that is told.
    fn place_in(&self, workspace: &Workspace) -> Option<(String, Option<(usize, usize)>)> {
        let labels = self.told.labels.iter().map(|label| &label.span);
        let is_file = |span: &&Span| {
            span.source().is_some_and(|source| source.kind() == SourceKind::File) && !is_standard_input(span)
        };
        let Some(span) = labels.clone().find(is_file) else {
            let file = self.file.as_ref().filter(|file| *file != STANDARD_INPUT)?;
            return Some((workspace.path_of(file), None));
        };
        let position = span.position()?;
        Some((workspace.path_of(span.source()?.name()), Some((position.line, position.column))))
    }
}

/// The name of standard input on a command line.
const STANDARD_INPUT: &str = "-";

fn is_standard_input(span: &Span) -> bool {
    span.source().is_some_and(|source| source.name() == STANDARD_INPUT)
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let mut map = Map::new();
    for (key, value) in fields {
        map.insert(key, Span::generated(), Node::generated(value));
    }
    Value::Map(map)
}

fn list(items: impl Iterator<Item = Value>) -> Value {
    Value::List(items.map(Node::generated).collect())
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// One JSON object: how many errors and warnings, and `findings` with `severity`, `rule`, `object`, `path`, `message`,
/// `file`, `line`, `column`, `help`.
pub fn write_json(findings: &[Finding]) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.told.severity == severity).count() as i64;
    let one = |finding: &Finding| {
        let (file, line, column) = finding.place().unwrap_or_default();
        object([
            ("severity", text(word(finding.told.severity))),
            ("rule", text(finding.told.code)),
            ("object", text(&finding.object)),
            ("path", text(&finding.path)),
            ("message", text(&finding.told.message)),
            ("file", text(&file)),
            ("line", Value::Int(line as i64)),
            ("column", Value::Int(column as i64)),
            ("help", list(finding.told.help.iter().map(|help| text(help)))),
        ])
    };
    let top = object([
        ("errors", Value::Int(count(Severity::Error))),
        ("warnings", Value::Int(count(Severity::Warning))),
        ("findings", list(findings.iter().map(one))),
    ]);
    format!("{}\n", printable_json(&json::write(&top)))
}

/// SARIF 2.1.0, as code hosts take it. Paths are those of the repository in `workspace`.
pub fn write_sarif(findings: &[Finding], workspace: &Workspace) -> String {
    let level = |severity| match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let result = |finding: &Finding| {
        let location = finding.place_in(workspace).map(|(file, at)| {
            let mut physical = Map::new();
            let mut add = |key: &str, value| physical.insert(key, Span::generated(), Node::generated(value));
            add("artifactLocation", object([("uri", text(&location::uri(&file)))]));
            if let Some((line, column)) = at {
                let position = [("startLine", Value::Int(line as i64)), ("startColumn", Value::Int(column as i64))];
                add("region", object(position));
            }
            object([("physicalLocation", Value::Map(physical))])
        });
        object([
            ("ruleId", text(finding.told.code)),
            ("level", text(level(finding.told.severity))),
            ("message", object([("text", text(&finding.told.message))])),
            ("locations", list(location.into_iter())),
        ])
    };
    let mut rules: Vec<&str> = findings.iter().map(|finding| finding.told.code).collect();
    rules.sort_unstable();
    rules.dedup();
    let driver = object([
        ("name", text("mim-chart")),
        ("version", text(env!("CARGO_PKG_VERSION"))),
        ("rules", list(rules.into_iter().map(|rule| object([("id", text(rule))])))),
    ]);
    let run = object([
        ("tool", object([("driver", driver)])),
        ("columnKind", text("unicodeCodePoints")),
        ("results", list(findings.iter().map(result))),
    ]);
    let top = object([
        ("$schema", text("https://json.schemastore.org/sarif-2.1.0.json")),
        ("version", text("2.1.0")),
        ("runs", list(std::iter::once(run))),
    ]);
    format!("{}\n", printable_json(&json::write(&top)))
}

/// Workflow commands that GitHub Actions shows beside the lines of a change. Paths are those of the repository in
/// `workspace`.
pub fn write_github(findings: &[Finding], workspace: &Workspace) -> String {
    let mut out = String::new();
    for finding in findings {
        let command = match finding.told.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let at = finding.place_in(workspace).map(|(file, at)| {
            let position = at.map(|(line, column)| format!("line={line},col={column},")).unwrap_or_default();
            format!("file={},{position}", escaped(&file, true))
        });
        // Writing to a String can't fail.
        let _ = writeln!(
            out,
            "::{command} {}title={}::{}",
            at.unwrap_or_default(),
            escaped(finding.told.code, true),
            escaped(&finding.told.message, false)
        );
    }
    out
}

/// What would end a workflow command, or one of its properties, early, and what is not to be printed at all.
fn escaped(text: &str, is_property: bool) -> String {
    let text = if is_property { printable(text) } else { printable_lines(text) };
    let text = text.replace('%', "%25").replace('\n', "%0A");
    if is_property { text.replace(':', "%3A").replace(',', "%2C") } else { text }
}

/// JUnit's XML: a test case for each object, failed if it has errors. `command` names the suite.
pub fn write_junit(command: &str, objects: &[String], findings: &[Finding]) -> String {
    let mut by_object: HashMap<&str, Vec<&Finding>> = HashMap::new();
    for finding in findings {
        by_object.entry(&finding.object).or_default().push(finding);
    }
    let of = |object: &str| by_object.get(object).map_or(&[][..], Vec::as_slice);
    let is_error = |finding: &&Finding| finding.told.is_error();
    let failed = objects.iter().filter(|object| of(object).iter().any(is_error)).count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuite name=\"mim-chart {command}\" tests=\"{}\" failures=\"{failed}\">", objects.len());
    for object in objects {
        let found = of(object);
        let _ = write!(out, "  <testcase classname=\"{command}\" name=\"{}\"", xml(object));
        if found.is_empty() {
            out.push_str("/>\n");
            continue;
        }
        out.push_str(">\n");
        let lines: Vec<String> = found
            .iter()
            .map(|finding| {
                let at =
                    finding.place().map(|(file, line, column)| format!("{file}:{line}:{column}: ")).unwrap_or_default();
                format!("{at}{}: {}", word(finding.told.severity), finding.told.message)
            })
            .collect();
        if let Some(first) = found.iter().find(|finding| is_error(finding)) {
            let _ = writeln!(
                out,
                "    <failure message=\"{}\">{}</failure>",
                xml(&first.told.message),
                xml(&lines.join("\n"))
            );
        } else {
            let _ = writeln!(out, "    <system-out>{}</system-out>", xml(&lines.join("\n")));
        }
        out.push_str("  </testcase>\n");
    }
    out.push_str("</testsuite>\n");
    out
}

/// Text in which nothing is XML; characters that XML does not have, and hidden ones, are escaped.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push(c),
            c if c == '\u{fffe}' || c == '\u{ffff}' => {}
            // XML has no control characters; what is hidden is shown as in text.
            c if is_hidden(c) => out.push_str(&printable(c.encode_utf8(&mut [0; 4]))),
            c => out.push(c),
        }
    }
    out
}
