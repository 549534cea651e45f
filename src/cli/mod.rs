//! The command line: one file per command, and the arguments and output that commands share.
//!
//! Flags are parsed as in Helm (pflag): the last value of a repeated scalar flag wins, a value may start with `--`, booleans
//! accept a value only after `=`, and usage errors exit with 1.

mod arguments;
mod completion;
mod create;
mod dependency;
mod diff;
mod environment;
mod failure;
mod helm_commands;
mod images;
mod in_place_of_helm;
mod lint;
mod man;
mod output;
mod package;
mod show;
mod template;
mod usage;
mod validate;
mod validate_config;
mod values;
mod version;
mod why;

#[cfg(test)]
mod tests;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::diagnostic::Diagnostic;
use crate::heap;
use crate::stack;
use arguments::flags::{self, GlobalFlags};
use arguments::{helm_flags, pflag};
use failure::Failure;
use output::console::Console;

/// Render Helm-style charts into Kubernetes manifests. The MongooseIM chart is built in.
#[derive(Debug, Parser)]
#[command(
    name = "mim-chart",
    bin_name = "mim-chart",
    override_usage = "mim-chart COMMAND [flags]",
    version,
    about,
    after_help = "Examples:\n  \
        mim-chart template --set replicaCount=3 | kubectl apply -f -\n  \
        mim-chart template mim ./mychart -f values.yaml -n chat\n  \
        mim-chart values --set replicaCount=3 --origins"
)]
struct CommandLine {
    #[command(flatten)]
    global: GlobalFlags,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Template(Box<template::Template>),
    Diff(Box<diff::Diff>),
    Validate(validate::Validate),
    ValidateConfig(validate_config::ValidateConfig),
    Lint(Box<lint::Lint>),
    Values(Box<values::Values>),
    Why(Box<why::Why>),
    Images(Box<images::Images>),
    Show(Box<show::Show>),
    Create(create::Create),
    Package(package::Package),
    Dependency(dependency::Dependency),
    Version(version::Version),
    Completion(completion::Completion),
    Man(man::Man),
}

impl Command {
    /// Whether the command reads input of unknown depth: files, JSON, or charts other than the built-in one. Everything else is
    /// at most some thirty levels deep, so the current stack is enough.
    fn reads_deep_input(&self) -> bool {
        match self {
            Command::Template(template) => template.reads_deep_input(),
            Command::Values(values) => values.reads_deep_input(),
            Command::Show(show) => show.reads_deep_input(),
            Command::Version(_) | Command::Completion(_) | Command::Man(_) => false,
            _ => true,
        }
    }
}

/// Runs the command line `arguments` (the program's name first). Returns the exit code: 0 for success, 1 for failures, and 2 if
/// `diff --detailed-exitcode` found differences.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    run_then(arguments, |code| code)
}

/// Like [`run`], but exits the process, from the thread that ran the command: this saves the time to clean it up.
pub fn run_and_exit(arguments: impl IntoIterator<Item = OsString>) -> ! {
    let exit = |code: u8| -> ! { std::process::exit(code.into()) };
    exit(run_then(arguments, |code| exit(code)))
}

fn run_then(arguments: impl IntoIterator<Item = OsString>, then: impl FnOnce(u8) -> u8 + Send) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let arguments = arguments.as_slice();
    if let Some(request) = completion::request::Request::parse(arguments) {
        stack::call_or_here(&[stack::RUN, stack::DEEPEST], || request.answer(completed_command()));
        return 0;
    }
    if names_input(arguments) {
        return stack::call_or_here(&[stack::COMMAND, stack::DEEPEST], || {
            heap::grow_at_once();
            parse_and_run(arguments, then)
        });
    }
    parse_and_run(arguments, then)
}

/// Whether the arguments certainly name a chart or a file, so that the command needs the large stack. The thread that has it also
/// parses the arguments then: it can use that memory again, while that of this thread would be lost.
fn names_input(arguments: &[OsString]) -> bool {
    let is_flag = |argument: &OsString| argument.as_encoded_bytes().starts_with(b"-");
    let command = arguments.get(1).and_then(|command| command.to_str());
    matches!(command, Some("template" | "values" | "diff" | "validate" | "lint" | "images"))
        && arguments.windows(2).skip(1).any(|pair| !pair.iter().any(is_flag))
}

fn parse_and_run(arguments: &[OsString], then: impl FnOnce(u8) -> u8 + Send) -> u8 {
    let parsed = try_help(arguments).map_or_else(|| parse(arguments), Err);
    let parsed = parsed.and_then(|matches| Ok((CommandLine::from_arg_matches(&matches)?, matches)));
    let (line, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return usage::report(&error, arguments, command_with_helm_flags),
    };
    let reads_deep_input = line.command.as_ref().is_some_and(Command::reads_deep_input);
    if !reads_deep_input || stack::has_room(stack::RUN) {
        return then(run_command(line, &matches));
    }
    stack::call_or_here(&[stack::RUN, stack::DEEPEST], || {
        heap::grow_at_once();
        then(run_command(line, &matches))
    })
}

/// Returns the help that the arguments ask for, or `None`. The command without Helm's flags is enough to parse them.
fn try_help(arguments: &[OsString]) -> Option<clap::Error> {
    let asks = |argument: &OsString| argument == "--help" || argument == "-h" || argument == "help";
    let error = arguments.iter().any(asks).then(|| shown_command().try_get_matches_from(arguments).err())??;
    (error.kind() == ErrorKind::DisplayHelp).then_some(error)
}

/// Parses the arguments. Help is returned as an error.
fn parse(arguments: &[OsString]) -> Result<ArgMatches, clap::Error> {
    if let Some(parsed) = try_parse_command(arguments) {
        return Ok(parsed);
    }
    command().try_get_matches_from(arguments).or_else(|error| match error.kind() {
        ErrorKind::UnknownArgument => {
            let again = command_with_helm_flags().try_get_matches_from(arguments);
            again.or_else(|error| match error.kind() {
                ErrorKind::DisplayHelp => {
                    let shown = helm_flags::add_to(flags::hide_idle(CommandLine::command()));
                    pflag::as_pflag(shown).try_get_matches_from(arguments)
                }
                _ => Err(error),
            })
        }
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            shown_command().try_get_matches_from(arguments)
        }
        _ => Err(error),
    })
}

/// Parses the arguments of a frequently used command without setting up the other commands, which takes as long as rendering a
/// small chart. `None` if there is an error or help is asked for: the whole command line is parsed then.
fn try_parse_command(arguments: &[OsString]) -> Option<ArgMatches> {
    let new_command = clap::Command::new;
    let command = match arguments.get(1)?.to_str()? {
        "template" => template::Template::augment_args(new_command("template")),
        "values" => values::Values::augment_args(new_command("values")),
        "validate" => validate::Validate::augment_args(new_command("validate")),
        "diff" => diff::Diff::augment_args(new_command("diff")),
        "lint" => lint::Lint::augment_args(new_command("lint")),
        "why" => why::Why::augment_args(new_command("why")),
        "version" => version::Version::augment_args(new_command("version")),
        "completion" => completion::Completion::augment_args(new_command("completion")),
        _ => return None,
    };
    let mut command_line =
        pflag::as_pflag(GlobalFlags::augment_args(clap::Command::new("mim-chart")).subcommand(command));
    let matches = command_line.try_get_matches_from_mut(arguments).ok();
    // Dropping it would take as long again.
    std::mem::forget(command_line);
    matches
}

fn run_command(line: CommandLine, matches: &ArgMatches) -> u8 {
    let mut console = Console::new(&line.global);
    match helm_flags::examine(matches) {
        Ok(warnings) => console.print_diagnostics(&warnings),
        Err(errors) => {
            console.print_diagnostics(&errors);
            return 1;
        }
    }
    let result = match line.command {
        Some(Command::Template(template)) => template.run(&line.global, &mut console),
        Some(Command::Diff(diff)) => diff.run(&line.global, &mut console),
        Some(Command::Validate(validate)) => validate.run(&mut console),
        Some(Command::ValidateConfig(validate)) => validate.run(&mut console),
        Some(Command::Lint(lint)) => lint.run(&line.global, &mut console),
        Some(Command::Values(values)) => values.run(&line.global, &mut console),
        Some(Command::Why(why)) => why.run(&line.global, &mut console),
        Some(Command::Images(images)) => images.run(&line.global, &mut console),
        Some(Command::Show(show)) => show.run(&line.global, &mut console),
        Some(Command::Create(create)) => create.run(&line.global, &mut console),
        Some(Command::Package(package)) => package.run(&line.global, &mut console),
        Some(Command::Dependency(dependency)) => dependency.run(&line.global, &mut console),
        Some(Command::Version(version)) => version.run(&mut console),
        Some(Command::Completion(completion)) => completion.run(&mut console),
        Some(Command::Man(man)) => man.run(shown_command()),
        None => print_help(None, &mut console).map_err(Failure::from),
    };
    let result = match result {
        Err(Failure::NeedsHelp(name)) => print_help(Some(name), &mut console).map_err(Failure::from),
        other => other,
    };
    match result {
        Ok(()) => return 0,
        Err(Failure::Diagnostics(diagnostics)) => console.print_diagnostics(&diagnostics),
        Err(Failure::DifferencesFound) => return 2,
        Err(Failure::NeedsHelp(_)) => return 0,
        Err(Failure::Io(error)) => console.print_diagnostics(&[Diagnostic::error("output", format!("{error:#}"))]),
    }
    1
}

/// Prints the short help of a subcommand, or of the whole command.
fn print_help(name: Option<&str>, console: &mut Console) -> anyhow::Result<()> {
    let mut command_line = shown_command();
    command_line.build();
    let command = match name {
        Some(name) => command_line.find_subcommand_mut(name),
        None => Some(&mut command_line),
    };
    let help = command.map(clap::Command::render_help).unwrap_or_default();
    let help = if console.colors_output() { help.ansi().to_string() } else { help.to_string() };
    console.print(&help)
}

/// Returns the whole command, with Helm's flags that have no effect here.
fn command_with_helm_flags() -> clap::Command {
    pflag::as_pflag(helm_flags::add_to(CommandLine::command()))
}

/// Returns the whole command with its own flags.
fn command() -> clap::Command {
    pflag::as_pflag(CommandLine::command())
}

/// Returns the whole command as help and manual pages show it.
pub fn shown_command() -> clap::Command {
    pflag::as_pflag(flags::hide_idle(CommandLine::command()))
}

/// Returns the whole command as completion walks it: booleans take no value, and Helm's flags are known, but hidden.
fn completed_command() -> clap::Command {
    helm_flags::add_to(flags::hide_idle(CommandLine::command()))
}
