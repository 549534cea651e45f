//! Standard output and standard error: the only place that writes to them.

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

/// Where results and diagnostics go.
pub(in crate::cli) struct Console {
    /// Whether standard output is a terminal, once that was asked.
    is_terminal: OnceCell<bool>,
    mode: ColorMode,
    format: MessageFormat,
    /// What is masked in diagnostics.
    secrets: Secrets,
}

impl Console {
    /// A console that writes as the global flags say.
    pub(in crate::cli) fn new(global: &GlobalFlags) -> Self {
        let secrets = if global.show_secrets { Secrets::shown() } else { Secrets::default() };
        Console { is_terminal: OnceCell::new(), mode: global.color, format: global.message_format, secrets }
    }

    /// Whether text for people is written with colours.
    pub(in crate::cli) fn colors_output(&self) -> bool {
        wants_colors(self.mode, || self.is_read_by_a_person())
    }

    /// Whether YAML is written with colours: elsewhere than on a terminal it may become a file, so that CLICOLOR_FORCE does
    /// not count.
    fn colors_documents(&self) -> bool {
        self.colors_output() && (self.mode == ColorMode::Always || self.is_read_by_a_person())
    }

    /// Writes text for people, with what could do harm on a terminal or in the log of a CI system escaped.
    ///
    /// # Errors
    /// Standard output can't be written; the system's message.
    pub(in crate::cli) fn print(&mut self, text: &str) -> anyhow::Result<()> {
        self.print_unchanged(&self.printable(text))
    }

    /// Writes text for people as [`Console::print`] does, page by page where a person reads it at a terminal that can do that.
    ///
    /// # Errors
    /// Standard output can't be written; the system's message.
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

    /// Writes a file, manifests or a page: byte for byte, but on a terminal with everything escaped that could do harm there, colours
    /// too.
    ///
    /// # Errors
    /// Standard output can't be written; the system's message.
    pub(in crate::cli) fn print_document(&mut self, text: &str) -> anyhow::Result<()> {
        if self.is_read_by_a_person() {
            self.print_unchanged(&printable_lines(text))
        } else {
            self.print_unchanged(text)
        }
    }

    /// Writes YAML as [`Console::print_document`] does, with colours where they are wanted.
    ///
    /// # Errors
    /// Standard output can't be written; the system's message.
    pub(in crate::cli) fn print_yaml(&mut self, text: &str) -> anyhow::Result<()> {
        if !self.colors_documents() {
            return self.print_document(text);
        }
        let text = if self.is_read_by_a_person() { printable_lines(text) } else { Cow::Borrowed(text) };
        self.print_unchanged(&yaml::colored(&text, Paint::new(true)))
    }

    /// Writes the result of a command byte for byte. A reader that has gone away is not an error: the reader decides how much to read.
    ///
    /// # Errors
    /// Standard output can't be written; the system's message.
    pub(in crate::cli) fn print_unchanged(&mut self, text: &str) -> anyhow::Result<()> {
        write_to_stdout(text.as_bytes()).map_err(|error| anyhow!(unwritable(&error)))
    }

    /// Whether results are read by a person at a terminal.
    pub(in crate::cli) fn is_read_by_a_person(&self) -> bool {
        *self.is_terminal.get_or_init(|| std::io::stdout().is_terminal())
    }

    /// How wide lines may be: as COLUMNS says, or the terminal, else as those of `diff -y`.
    pub(in crate::cli) fn width(&self) -> usize {
        const DEFAULT: usize = 130;
        const WIDEST: usize = 2_000;
        let given = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let of_terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        given.or_else(of_terminal).filter(|width| (1..=WIDEST).contains(width)).unwrap_or(DEFAULT)
    }

    /// What is masked in diagnostics from now on; without `--show-secrets` `find` is called for it.
    pub(in crate::cli) fn learn(&mut self, find: impl FnOnce() -> Secrets) {
        if !self.secrets.is_open() {
            self.secrets = find();
        }
    }

    /// What is masked.
    pub(in crate::cli) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Shows the progress of long work where a person may wait for it: on a terminal that can take a line back.
    pub(in crate::cli) fn progress(&self) -> Progress {
        if self.format == MessageFormat::Text && !is_dumb() && std::io::stderr().is_terminal() {
            Progress::shown()
        } else {
            Progress::hidden()
        }
    }

    /// Prints diagnostics on standard error, with what is secret in them masked.
    pub(in crate::cli) fn tell(&mut self, diagnostics: &[Diagnostic]) {
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

    /// Findings as text that is a command's result.
    pub(in crate::cli) fn report(&self, findings: &[Diagnostic]) -> String {
        write_text(&limited(findings), TextStyle { color: self.colors_output(), width: None })
    }

    /// Writes plain text to standard error, escaped as [`Console::print`] does.
    pub(in crate::cli) fn note(&mut self, text: &str) {
        self.write_error(&printable_lines(text));
    }

    /// There is nowhere to report that standard error itself fails.
    fn write_error(&self, text: &str) {
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    /// Prints warnings of a run that has a result. With `strict` a warning fails the run.
    pub(in crate::cli) fn warn(&mut self, diagnostics: &[Diagnostic], strict: bool) -> Result<(), Vec<Diagnostic>> {
        if strict && diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Warning) {
            let mut diagnostics = diagnostics.to_vec();
            diagnostics.push(Diagnostic::error("strict", "warnings are errors because of --strict"));
            return Err(diagnostics);
        }
        if !diagnostics.is_empty() {
            self.tell(diagnostics);
        }
        Ok(())
    }
}

/// Whether the terminal can do no more than print, or nothing is known of it.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term == "dumb")
}

/// The message about standard output that can't be written.
pub(in crate::cli) fn unwritable(error: &std::io::Error) -> String {
    format!("cannot write to standard output: {}", os_error(error))
}

/// What the flag asks for; without it, what the environment says (<https://no-color.org>, <https://bixense.com/clicolors>).
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
        ColorMode::Auto => is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
    }
}
