//! Standard output and standard error. Commands print only through this module.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::io::{IsTerminal, Write};

use anyhow::anyhow;

use super::progress::Progress;
use crate::cli::arguments::flags::{ColorMode, GlobalFlags, MessageFormat};
use crate::diagnostic::{
    Diagnostic, Paint, Severity, TextStyle, limited, printable_lines, printable_styled_lines, write_json, write_text,
};
use crate::go::os_error;
use crate::io::{Pager, write_to_stdout};
use crate::secrets::Secrets;
use crate::yaml;

/// Prints results and diagnostics.
pub(in crate::cli) struct Console {
    /// Whether standard output is a terminal, once it was checked.
    is_terminal: OnceCell<bool>,
    mode: ColorMode,
    format: MessageFormat,
    /// The secrets to mask in diagnostics.
    secrets: Secrets,
}

impl Console {
    /// Returns a console with the settings of the global flags.
    pub(in crate::cli) fn new(global: &GlobalFlags) -> Self {
        let secrets = if global.show_secrets { Secrets::shown() } else { Secrets::default() };
        Console { is_terminal: OnceCell::new(), mode: global.color, format: global.message_format, secrets }
    }

    /// Whether text is printed in color.
    pub(in crate::cli) fn colors_output(&self) -> bool {
        wants_colors(self.mode, || self.is_read_by_a_person())
    }

    /// Whether YAML is printed in color. If it isn't printed to a terminal, it may end up in a file, so CLICOLOR_FORCE is
    /// ignored.
    fn colors_documents(&self) -> bool {
        self.colors_output() && (self.mode == ColorMode::Always || self.is_read_by_a_person())
    }

    /// Prints text, with characters escaped that could do harm on a terminal or in the log of a CI system.
    ///
    /// # Errors
    /// Standard output can't be written; the error has the system's message.
    pub(in crate::cli) fn print(&mut self, text: &str) -> anyhow::Result<()> {
        self.print_unchanged(&self.printable(text))
    }

    /// Like [`Console::print`], but through a pager if standard output is a capable terminal.
    ///
    /// # Errors
    /// Standard output can't be written; the error has the system's message.
    pub(in crate::cli) fn print_in_pages(&mut self, text: &str) -> anyhow::Result<()> {
        let pager = if self.is_read_by_a_person() && !is_dumb() { Pager::of_environment() } else { None };
        match pager {
            Some(pager) if pager.show(&self.printable(text)) => Ok(()),
            _ => self.print(text),
        }
    }

    fn printable<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.colors_output() { printable_styled_lines(text) } else { printable_lines(text) }
    }

    /// Prints a file, manifests or a page unchanged, but on a terminal escapes everything that could do harm, including colors.
    ///
    /// # Errors
    /// Standard output can't be written; the error has the system's message.
    pub(in crate::cli) fn print_document(&mut self, text: &str) -> anyhow::Result<()> {
        self.print_parts(&[text])
    }

    /// Like [`Console::print_document`], for the parts of a document.
    ///
    /// # Errors
    /// Standard output can't be written; the error has the system's message.
    pub(in crate::cli) fn print_parts(&mut self, parts: &[&str]) -> anyhow::Result<()> {
        if self.is_read_by_a_person() {
            self.print_unchanged(&printable_lines(&parts.concat()))
        } else {
            self.write_parts(parts)
        }
    }

    /// Like [`Console::print_document`], for YAML, with colors if enabled.
    ///
    /// # Errors
    /// Standard output can't be written; the error has the system's message.
    pub(in crate::cli) fn print_yaml(&mut self, text: &str) -> anyhow::Result<()> {
        if !self.colors_documents() {
            return self.print_document(text);
        }
        let text = if self.is_read_by_a_person() { printable_lines(text) } else { Cow::Borrowed(text) };
        self.print_unchanged(&yaml::colored(&text, Paint::new(true)))
    }

    /// Prints the result of a command unchanged. It is not an error if the reader closes a pipe early.
    ///
    /// # Errors
    /// Standard output can't be written; the error has the system's message.
    pub(in crate::cli) fn print_unchanged(&mut self, text: &str) -> anyhow::Result<()> {
        self.write_parts(&[text])
    }

    fn write_parts(&self, parts: &[&str]) -> anyhow::Result<()> {
        write_to_stdout(parts).map_err(|error| anyhow!(unwritable(&error)))
    }

    /// Whether standard output is a terminal.
    pub(in crate::cli) fn is_read_by_a_person(&self) -> bool {
        *self.is_terminal.get_or_init(|| std::io::stdout().is_terminal())
    }

    /// Returns the width for lines: COLUMNS, or the terminal's width, or that of `diff -y`.
    pub(in crate::cli) fn width(&self) -> usize {
        const DEFAULT: usize = 130;
        const WIDEST: usize = 2_000;
        let given = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let of_terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        given.or_else(of_terminal).filter(|width| (1..=WIDEST).contains(width)).unwrap_or(DEFAULT)
    }

    /// Sets the secrets to mask from now on. `find` is not called with `--show-secrets`.
    pub(in crate::cli) fn set_secrets(&mut self, find: impl FnOnce() -> Secrets) {
        if !self.secrets.is_open() {
            self.secrets = find();
        }
    }

    /// Returns the secrets that are masked.
    pub(in crate::cli) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Shows the progress of long work, if standard error is a terminal that can redraw a line.
    pub(in crate::cli) fn progress(&self) -> Progress {
        if self.format == MessageFormat::Text && !is_dumb() && std::io::stderr().is_terminal() {
            Progress::shown()
        } else {
            Progress::hidden()
        }
    }

    /// Prints diagnostics on standard error, with secrets masked.
    pub(in crate::cli) fn print_diagnostics(&mut self, diagnostics: &[Diagnostic]) {
        let mut diagnostics = limited(diagnostics).to_vec();
        self.secrets.hide(&mut diagnostics);
        self.write_error(&match self.format {
            MessageFormat::Text => {
                let color = wants_colors(self.mode, || std::io::stderr().is_terminal());
                write_text(&diagnostics, TextStyle { color, width: None })
            }
            MessageFormat::Json => write_json(&diagnostics),
        });
    }

    /// Formats findings as text, for commands whose result they are.
    pub(in crate::cli) fn report(&self, findings: &[Diagnostic]) -> String {
        write_text(&limited(findings), TextStyle { color: self.colors_output(), width: None })
    }

    /// Prints plain text on standard error, escaped like [`Console::print`].
    pub(in crate::cli) fn note(&mut self, text: &str) {
        self.write_error(&printable_lines(text));
    }

    /// Errors are ignored: there is nowhere to report that standard error fails.
    fn write_error(&self, text: &str) {
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    /// Prints the warnings of a successful run. With `strict`, a warning fails the run.
    pub(in crate::cli) fn warn(&mut self, diagnostics: &[Diagnostic], strict: bool) -> Result<(), Vec<Diagnostic>> {
        if strict && diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Warning) {
            let mut diagnostics = diagnostics.to_vec();
            diagnostics.push(Diagnostic::error("strict", "warnings are treated as errors because of --strict"));
            return Err(diagnostics);
        }
        if !diagnostics.is_empty() {
            self.print_diagnostics(diagnostics);
        }
        Ok(())
    }
}

/// Whether the terminal can only print lines, or its type is unknown. Windows sets no type.
fn is_dumb() -> bool {
    std::env::var_os("TERM").map_or(cfg!(not(windows)), |term| term == "dumb")
}

/// Returns the message for standard output that can't be written.
pub(in crate::cli) fn unwritable(error: &std::io::Error) -> String {
    format!("cannot write to standard output: {}", os_error(error))
}

/// Decides about colors by the flag or, without one, by the environment (<https://no-color.org>,
/// <https://bixense.com/clicolors>).
pub(in crate::cli) fn wants_colors(mode: ColorMode, is_terminal: impl FnOnce() -> bool) -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match mode {
        ColorMode::Always => true,
        ColorMode::Never => false,
        ColorMode::Auto if is_set("NO_COLOR") => false,
        ColorMode::Auto
            if is_set("CLICOLOR_FORCE") && std::env::var_os("CLICOLOR_FORCE").is_none_or(|on| on != "0") =>
        {
            true
        }
        ColorMode::Auto => is_terminal() && !is_dumb(),
    }
}
