//! Writes findings as JUnit XML.

use std::collections::HashMap;
use std::fmt::Write;

use super::finding::{Finding, ordinals, severity_name};
use crate::diagnostic::{is_hidden, printable};

/// Writes JUnit XML with a test case for each object, failed if the object has errors. `command` names the suite.
pub fn write_junit(command: &str, objects: &[String], findings: &[Finding]) -> String {
    let mut by_object: HashMap<(&str, usize), Vec<&Finding>> = HashMap::new();
    for finding in findings {
        by_object.entry((&finding.object, finding.nth)).or_default().push(finding);
    }
    let is_error = |finding: &&Finding| finding.diagnostic.is_error();
    let ordinals = ordinals(objects.iter().map(String::as_str));
    let identities = objects.iter().map(String::as_str).zip(ordinals);
    let found: Vec<Vec<&Finding>> =
        identities.map(|identity| by_object.remove(&identity).unwrap_or_default()).collect();
    let failed = found.iter().filter(|found| found.iter().any(is_error)).count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuite name=\"mim-chart {command}\" tests=\"{}\" failures=\"{failed}\">", objects.len());
    for (object, found) in objects.iter().zip(found) {
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
                let mut line =
                    format!("{at}{}: {}", severity_name(finding.diagnostic.severity), finding.diagnostic.message);
                for (file, row, column, text) in finding.related() {
                    let _ = write!(line, "\n    {text}: {file}:{row}:{column}");
                }
                line
            })
            .collect();
        if let Some(first) = found.iter().find(|finding| is_error(finding)) {
            let _ = writeln!(
                out,
                "    <failure message=\"{}\">{}</failure>",
                xml(&first.diagnostic.message),
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

/// Escapes text for XML. Hidden characters, and those that XML doesn't allow, are shown as escapes.
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
            // XML doesn't allow these two, although they are not hidden.
            '\u{fffe}' | '\u{ffff}' => out.extend(c.escape_unicode()),
            // XML doesn't allow control characters; they are shown as in terminal output.
            c if is_hidden(c) => out.push_str(&printable(c.encode_utf8(&mut [0; 4]))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;

    #[test]
    fn characters_that_xml_does_not_allow_are_shown_as_escapes() {
        assert_eq!(xml("a\u{1}\u{fffe}<\u{ffff}\n"), "a\\x01\\u{fffe}&lt;\\u{ffff}&#10;");
    }

    #[test]
    fn objects_with_the_same_name_have_their_own_findings() {
        let finding = |nth: usize, text: &str| Finding {
            object: "A/a".to_owned(),
            nth,
            path: String::new(),
            diagnostic: Diagnostic::warning("type", text),
            file: None,
        };
        let objects = ["A/a", "B/b", "A/a"].map(str::to_owned);
        let written =
            write_junit("validate", &objects, &[finding(2, "none"), finding(1, "second"), finding(0, "first")]);
        let out: Vec<&str> =
            written.lines().filter(|line| line.contains("<system-out>") || line.contains("name=\"B/b")).collect();
        assert_eq!(out.len(), 3, "{written}");
        assert!(out[0].contains("first") && out[2].contains("second"), "{written}");
    }
}
