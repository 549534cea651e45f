//! `--output` of commands whose result is findings.

use std::path::{MAIN_SEPARATOR, PathBuf};

use clap::{Args, ValueEnum};

use super::console::Console;
use crate::cli::failure::Failure;
use crate::diagnostic::{Diagnostic, Severity, counted};
use crate::report::{self, Finding, Workspace};

/// The format of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum FindingsFormat {
    /// Plain text.
    Text,
    /// One JSON object.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// GitHub Actions annotations.
    Github,
    /// JUnit XML.
    Junit,
}

/// The flag.
#[derive(Debug, Args)]
pub(in crate::cli) struct FindingsOutput {
    /// Format of the findings
    #[arg(short, long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(in crate::cli) output: FindingsFormat,
}

impl FindingsOutput {
    /// Ends a command that checked `objects`: prints the findings and a summary, which starts with `checked` and counts errors
    /// and warnings. Secrets in the findings must be masked already.
    ///
    /// # Errors
    /// There are errors, or warnings with `strict`, or standard output can't be written.
    pub(in crate::cli) fn conclude(
        &self,
        command: &'static str,
        objects: &[String],
        findings: &[Finding],
        checked: &str,
        strict: bool,
        console: &mut Console,
    ) -> Result<(), Failure> {
        self.print(&self.write(command, objects, findings, console), console)?;
        let count = |severity| findings.iter().filter(|finding| finding.diagnostic.severity == severity).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        let summary = format!("{checked}: {}, {}", counted(errors, "error"), counted(warnings, "warning"));
        if errors > 0 || strict && warnings > 0 {
            return Err(Diagnostic::error(command, summary).into());
        }
        if self.is_text() {
            console.print(&format!("{summary}\n"))?;
        }
        Ok(())
    }

    /// Whether the format is text.
    pub(in crate::cli) fn is_text(&self) -> bool {
        self.output == FindingsFormat::Text
    }

    /// Prints the text that [`FindingsOutput::write`] returned. GitHub Actions must be able to parse workflow commands, so they
    /// are not escaped.
    ///
    /// # Errors
    /// Standard output can't be written; the error has the system's message.
    pub(in crate::cli) fn print(&self, text: &str, console: &mut Console) -> anyhow::Result<()> {
        if self.output == FindingsFormat::Github { console.print_unchanged(text) } else { console.print(text) }
    }

    /// Formats the findings of `command`, which checked `objects`.
    pub(in crate::cli) fn write(
        &self,
        command: &str,
        objects: &[String],
        all: &[Finding],
        console: &Console,
    ) -> String {
        match self.output {
            FindingsFormat::Text => {
                console.report(&all.iter().map(|finding| finding.diagnostic.clone()).collect::<Vec<_>>())
            }
            FindingsFormat::Json => report::write_json(all),
            FindingsFormat::Sarif => report::write_sarif(all, &workspace()),
            FindingsFormat::Github => report::write_github(all, &workspace()),
            FindingsFormat::Junit => report::write_junit(command, objects, all),
        }
    }
}

/// Returns the repository of a GitHub Actions workflow; its steps may run in a subdirectory.
pub(in crate::cli) fn workspace() -> Workspace {
    let shown = |path: PathBuf| path.to_string_lossy().replace(MAIN_SEPARATOR, "/");
    let root = std::env::var_os("GITHUB_WORKSPACE").map(PathBuf::from).filter(|root| root.is_absolute());
    let current = std::env::current_dir().unwrap_or_default();
    // The current directory may have been reached through a symbolic link.
    let root = root.map(|root| if current.starts_with(&root) { root } else { root.canonicalize().unwrap_or(root) });
    Workspace { root: root.map(shown).unwrap_or_default(), current: shown(current) }
}
