//! Tests of the help texts, at several widths of the terminal, of the global flags, and of the choice of a stack.

use clap::Command;

use super::{command, names_input, shown_command};

/// Returns all commands, each with the names that lead to it.
fn all_commands() -> Vec<(String, Command)> {
    let mut whole = shown_command().disable_help_subcommand(true);
    whole.build();
    let mut found = vec![(String::new(), whole)];
    let mut next = 0;
    while let Some((name, command)) = found.get(next) {
        let below: Vec<_> =
            command.get_subcommands().map(|below| (format!("{name} {}", below.get_name()), below.clone())).collect();
        found.extend(below);
        next += 1;
    }
    found
}

#[test]
fn help_fits_the_terminal() {
    for (name, command) in all_commands() {
        for width in [60, 80, 120] {
            let mut command = command.clone().term_width(width);
            for help in [command.render_help().to_string(), command.render_long_help().to_string()] {
                // Examples are command lines to copy, so they are not wrapped.
                let described = help.split("\nExamples:\n").next().unwrap_or(&help);
                let too_long: Vec<&str> = described.lines().filter(|line| line.chars().count() > width).collect();
                assert!(too_long.is_empty(), "mim-chart{name} at {width} columns: {too_long:#?}");
            }
        }
    }
}

#[test]
fn every_usage_names_the_program_and_its_flags_alike() {
    for (name, mut command) in all_commands() {
        let usage = command.render_usage().to_string();
        for line in usage.trim_start_matches("Usage:").lines().map(str::trim) {
            assert!(line.starts_with(&format!("mim-chart{name} ")) && line.ends_with(" [flags]"), "{name}: {usage}");
        }
    }
}

#[test]
fn global_flags_are_shown_where_they_do_something() {
    let with = |flag: &str| -> Vec<String> {
        let commands = all_commands().into_iter().filter(|(_, command)| {
            command.get_arguments().any(|argument| argument.get_id() == flag && !argument.is_hide_set())
        });
        commands.map(|(name, _)| name).collect()
    };
    assert_eq!(with("namespace"), ["", " template", " diff", " lint", " values", " why", " images"]);
    assert_eq!(with("debug"), ["", " template", " lint"]);
    for without in [" validate", " version", " completion", " man"] {
        assert!(!with("follow_symlinks").iter().any(|name| name == without), "{without}");
    }
    assert_eq!(with("color").len(), all_commands().len());
}

#[test]
fn every_command_accepts_every_global_flag() {
    for (name, _) in all_commands() {
        let mut arguments = vec!["mim-chart"];
        arguments.extend(name.split_whitespace());
        arguments.extend(["-n", "x", "--debug", "--follow-symlinks", "--color=never", "--message-format=text"]);
        for command in [command(), shown_command()] {
            let parsed = command.try_get_matches_from(&arguments);
            let unknown = parsed.err().filter(|error| error.kind() == clap::error::ErrorKind::UnknownArgument);
            assert!(unknown.is_none(), "{arguments:?}: {unknown:?}");
        }
    }
}

#[test]
fn only_arguments_that_certainly_name_input_are_parsed_on_the_large_stack() {
    let names = |line: &str| names_input(&line.split(' ').map(Into::into).collect::<Vec<_>>());
    for line in ["mim-chart template chart", "mim-chart template --debug r ./chart", "mim-chart diff old.yaml new.yaml"]
    {
        assert!(names(line), "{line}");
    }
    for line in [
        "mim-chart",
        "mim-chart template",
        "mim-chart template --set a=b",
        "mim-chart show values",
        "mim-chart completion bash",
    ] {
        assert!(!names(line), "{line}");
    }
}
