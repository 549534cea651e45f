//! Reports errors in the command line itself, with the messages of Helm's flag parser (pflag, cobra).

use std::ffi::OsString;
use std::io::{IsTerminal, Write};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};

use super::helm_commands;
use crate::cli::arguments::flags::{ColorMode, MessageFormat};
use crate::cli::output::console::{unwritable, wants_colors};
use crate::diagnostic::nearest;
use crate::diagnostic::{Diagnostic, TextStyle, printable, write_json, write_text};
use crate::io::write_to_stdout;

/// Prints help and versions on standard output and returns 0, or prints an error and returns 1. `command_line` returns the whole
/// command.
pub(super) fn report(error: &Error, arguments: &[OsString], command_line: fn() -> Command) -> u8 {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let help = error.render();
        let color = wants_colors(ColorMode::of_arguments(arguments), || std::io::stdout().is_terminal());
        let text = if color { help.ansi().to_string() } else { help.to_string() };
        match write_to_stdout(&[&text]) {
            Ok(()) => return 0,
            Err(error) => return report_error(Diagnostic::error("output", unwritable(&error)), arguments),
        }
    }
    report_error(diagnose(error, arguments, command_line), arguments)
}

fn report_error(diagnostic: Diagnostic, arguments: &[OsString]) -> u8 {
    let text = match MessageFormat::of_arguments(arguments) {
        MessageFormat::Text => {
            let color = wants_colors(ColorMode::of_arguments(arguments), || std::io::stderr().is_terminal());
            write_text(&[diagnostic], TextStyle { color, width: None })
        }
        MessageFormat::Json => write_json(&[diagnostic]),
    };
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
    1
}

fn diagnose(error: &Error, arguments: &[OsString], command_line: fn() -> Command) -> Diagnostic {
    let context = |kind| context_text(error, kind);
    let argument = printable(&context(ContextKind::InvalidArg).unwrap_or_default()).into_owned();
    let diagnostic = Diagnostic::error("usage", message(error, &argument));
    match error.kind() {
        ErrorKind::UnknownArgument => match context(ContextKind::SuggestedArg) {
            Some(near) => diagnostic.help(format!("did you mean {near}?")),
            None => diagnostic.help("run the command with --help to see its flags"),
        },
        ErrorKind::InvalidSubcommand => unknown_command(error, diagnostic, arguments, command_line),
        ErrorKind::InvalidValue => match near_value(error, &argument, arguments) {
            Some(near) => diagnostic.help(format!("did you mean {near}?")),
            None => diagnostic,
        },
        _ => diagnostic,
    }
}

/// Returns the possible value that is closest to an invalid one: with its flag, or with its command if it is an argument.
fn near_value(error: &Error, argument: &str, arguments: &[OsString]) -> Option<String> {
    let Some(ContextValue::Strings(choices)) = error.get(ContextKind::ValidValue) else { return None };
    let value = context_text(error, ContextKind::InvalidValue)?;
    let near = nearest(&value, choices.iter().map(String::as_str))?;
    if argument.starts_with('-') {
        return Some(format!("{} {near}", flag_name(argument)));
    }
    let before = arguments.iter().skip(1).map(|word| word.to_string_lossy());
    let command: Vec<_> = before.take_while(|word| *word != value).filter(|word| !word.starts_with('-')).collect();
    Some(format!("`mim-chart {} {near}`", printable(&command.join(" "))))
}

/// Adds advice for an unknown command: what to use instead of a command of Helm, or a similar name.
fn unknown_command(
    error: &Error,
    mut diagnostic: Diagnostic,
    arguments: &[OsString],
    command_line: fn() -> Command,
) -> Diagnostic {
    let name = context_text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
    if let Some(advice) = helm_commands::advise(&name, arguments, command_line) {
        diagnostic.help.extend(advice);
        return diagnostic;
    }
    if let Some(meant) = helm_commands::meant_by(&name, arguments, command_line) {
        return diagnostic.help(format!("{meant} is a Helm command: `mim-chart {meant}` shows the equivalent"));
    }
    match context_text(error, ContextKind::SuggestedSubcommand) {
        Some(near) => diagnostic.help(format!("did you mean {near}?")),
        None => diagnostic.help("run mim-chart --help to see the commands"),
    }
}

fn message(error: &Error, argument: &str) -> String {
    let value = context_text(error, ContextKind::InvalidValue).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => match argument.strip_prefix('-') {
            Some(short) if !short.starts_with('-') => {
                let first = short.chars().next().map(String::from).unwrap_or_default();
                format!("unknown shorthand flag: '{first}' in {argument}")
            }
            Some(_) => format!("unknown flag: {}", argument.split('=').next().unwrap_or(argument)),
            None => format!("unexpected argument: {argument}"),
        },
        ErrorKind::InvalidSubcommand => {
            let name = context_text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            format!("unknown command \"{}\" for \"mim-chart\"", printable(&name))
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("flag needs an argument: {}", flag_name(argument)),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            let cause = if cause.is_empty() { possible_values(error) } else { cause };
            if !argument.starts_with('-') {
                let name = argument.trim_matches(['[', ']', '<', '>', '.']);
                return format!("invalid argument {value:?} for {name}: {cause}");
            }
            format!("invalid argument {value:?} for \"{}\" flag: {cause}", flag_name(argument))
        }
        // Other errors have clap's own message, without its decoration.
        _ => {
            let text = error.to_string();
            let first = text.split("\n\n").next().unwrap_or(&text);
            first.strip_prefix("error: ").unwrap_or(first).trim_end().to_owned()
        }
    }
}

/// Returns the flag's name without the placeholder for its value: `--set <KEY=VALUE>` → `--set`.
fn flag_name(argument: &str) -> &str {
    argument.split([' ', '[', '=']).next().unwrap_or(argument)
}

fn possible_values(error: &Error) -> String {
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) => format!("must be one of: {}", values.join(", ")),
        _ => "not understood".to_owned(),
    }
}

fn context_text(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        _ => None,
    }
}
