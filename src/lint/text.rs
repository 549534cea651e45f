//! The report on several charts, as Helm prints it and as findings for programs.

use std::fmt::Write as _;

use super::repeated::without_repeated;
use super::report::{Finding, Report};
use crate::diagnostic::{Diagnostic, Paint, Severity, SourceKind, printable, printable_lines};
use crate::report;

/// A linted chart.
#[derive(Debug)]
pub struct Linted {
    /// The path as given by the user.
    pub path: String,
    /// The report, or why the chart could not be linted.
    pub outcome: Result<Report, String>,
}

/// How to print, and what fails.
#[derive(Debug, Clone, Copy, Default)]
pub struct Form {
    /// Whether a warning fails a chart.
    pub strict: bool,
    /// Whether to omit informational findings, and charts without a warning.
    pub quiet: bool,
    /// Whether to print the place of each finding, if it is known.
    pub places: bool,
    /// The colors of the terminal.
    pub paint: Paint,
}

/// The printed report.
#[derive(Debug, PartialEq, Eq)]
pub struct Printed {
    /// The charts with their findings.
    pub text: String,
    /// How many charts were linted, and how many failed; `None` if there is nothing to summarize.
    pub summary: Option<String>,
    /// Whether any chart failed.
    pub failed: bool,
}

/// Prints the report.
pub fn print(charts: &[Linted], form: Form) -> Printed {
    let mut text = String::new();
    let mut failed = 0;
    let mut has_warnings = false;
    for chart in charts {
        let severe = match &chart.outcome {
            Ok(report) => report.has(Severity::Warning),
            Err(_) => true,
        };
        has_warnings |= severe;
        if form.quiet && !severe {
            continue;
        }
        let heading = format!("==> Linting {}", printable(&chart.path));
        text.push_str(&form.paint.bold(&heading));
        text.push('\n');
        match &chart.outcome {
            Ok(report) => {
                let shown = |finding: &&Finding| !form.quiet || finding.diagnostic.severity != Severity::Info;
                report.findings.iter().filter(shown).for_each(|finding| line(finding, form, &mut text));
                let fails = if form.strict { Severity::Warning } else { Severity::Error };
                failed += usize::from(report.has(fails));
            }
            Err(reason) => {
                let word = form.paint.severity(Severity::Error, "Error");
                text.push_str(&format!("{word} {}\n", printable_lines(reason)));
                failed += 1;
            }
        }
        text.push('\n');
    }
    let summary = format!("{} chart(s) linted, {failed} chart(s) failed", charts.len());
    let summary = (failed > 0 || !form.quiet || has_warnings).then_some(summary);
    Printed { text, summary, failed: failed > 0 }
}

/// Returns the findings of all charts as data, without informational ones if `quiet`. A chart that
/// cannot be linted is a finding too.
pub fn findings(charts: &[Linted], quiet: bool) -> Vec<report::Finding> {
    let mut all = Vec::new();
    let ordinals = report::ordinals(charts.iter().map(|chart| chart.path.as_str()));
    for (chart, nth) in charts.iter().zip(ordinals) {
        let object = &chart.path;
        match &chart.outcome {
            Err(reason) => all.push(report::Finding {
                object: object.clone(),
                nth,
                path: String::new(),
                diagnostic: Diagnostic::error("chart", reason.as_str()),
                file: None,
            }),
            Ok(report) => {
                let once = without_repeated(&report.findings).into_iter();
                let shown = once.filter(|finding| !quiet || finding.diagnostic.severity != Severity::Info);
                all.extend(shown.map(|Finding { file, diagnostic, .. }| report::Finding {
                    object: object.clone(),
                    nth,
                    path: file,
                    diagnostic: Diagnostic { message: diagnostic.message.trim_end().to_owned(), ..diagnostic },
                    file: None,
                }));
            }
        }
    }
    all
}

fn line(finding: &Finding, form: Form, text: &mut String) {
    let word = match finding.diagnostic.severity {
        Severity::Error => "[ERROR]",
        Severity::Warning => "[WARNING]",
        Severity::Info => "[INFO]",
    };
    let word = form.paint.severity(finding.diagnostic.severity, word);
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{word} {}: {}", printable(&finding.file), printable_lines(&finding.diagnostic.message));
    let written = finding
        .diagnostic
        .labels
        .iter()
        .find(|label| label.span.source().is_some_and(|source| source.kind() != SourceKind::Rendered));
    if let Some(label) = written.filter(|_| form.places) {
        let _ = writeln!(text, "{}", form.paint.dim(&format!("    at {}", printable(&label.span.to_string()))));
        for label in finding.diagnostic.related() {
            let at = format!("    {}: {}", label.text, label.span);
            let _ = writeln!(text, "{}", form.paint.dim(&printable(&at)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    fn chart(path: &str, findings: &[(Severity, &str)]) -> Linted {
        let source = Source::file("c/Chart.yaml", "a: 1\nb: 2\n");
        let finding = |(severity, message): &(Severity, &str)| Finding {
            file: "Chart.yaml".to_owned(),
            diagnostic: Diagnostic::new(*severity, "templates", *message).at(source.span(5..6), ""),
            rejections: Vec::new(),
        };
        let findings = findings.iter().map(finding).collect();
        Linted { path: path.to_owned(), outcome: Ok(Report { findings, notes: vec![] }) }
    }

    #[test]
    fn quiet_omits_everything_but_warnings() {
        let charts = [
            chart("a", &[(Severity::Info, "one")]),
            chart("b", &[(Severity::Info, "two"), (Severity::Warning, "three")]),
        ];
        let printed = print(&charts, Form { quiet: true, ..Form::default() });
        assert_eq!(printed.text, "==> Linting b\n[WARNING] Chart.yaml: three\n\n");
        assert_eq!((printed.summary.as_deref(), printed.failed), (Some("2 chart(s) linted, 0 chart(s) failed"), false));
        assert_eq!(print(&charts[..1], Form { quiet: true, ..Form::default() }).summary, None);
        assert!(print(&charts, Form { strict: true, ..Form::default() }).failed);
    }

    #[test]
    fn severities_have_their_colours() {
        let form = Form { paint: Paint::new(true), ..Form::default() };
        let printed = print(&[chart("a", &[(Severity::Warning, "x")])], form);
        assert_eq!(printed.text, "\x1b[1m==> Linting a\x1b[0m\n\x1b[1;33m[WARNING]\x1b[0m Chart.yaml: x\n\n");
    }

    #[test]
    fn places_follow_on_lines_of_their_own() {
        let printed = print(&[chart("a", &[(Severity::Error, "x")])], Form { places: true, ..Form::default() });
        assert_eq!(printed.text, "==> Linting a\n[ERROR] Chart.yaml: x\n    at c/Chart.yaml:2:1\n\n");
    }
}
