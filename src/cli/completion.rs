//! `mim-chart completion SHELL`

pub(super) mod keys;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use clap::{Arg, Args, Command, ValueHint};
use clap_complete::Shell;

use crate::cli::arguments::flags::hide_idle;
use crate::cli::failure::Failure;
use crate::cli::output::console::Console;

/// The name that is completed.
const PROGRAM: &str = "mim-chart";

/// Print the completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    source <(mim-chart completion bash)\n  \
    mim-chart completion zsh > \"${fpath[1]}/_mim-chart\"\n  \
    mim-chart completion fish | source")]
pub(super) struct Completion {
    /// Shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

impl Completion {
    pub(super) fn run(&self, command: Command, console: &mut Console) -> Result<(), Failure> {
        Ok(console.print_unchanged(&script(self.shell, command))?)
    }
}

/// The script that completes commands, flags and flag values in `shell`.
fn script(shell: Shell, command: Command) -> String {
    // The command without pflag's optional values of booleans: shells would take the next word for such a value.
    let mut command = with_value_hints(hide_idle(command));
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, PROGRAM, &mut script);
    let script =
        String::from_utf8(script).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    match shell {
        Shell::Bash => with_keys_in_bash(&corrected_for_bash(&script), &command),
        Shell::Zsh => with_keys_in_zsh(&script),
        Shell::Fish => script + &missing_in_fish(&command) + &keys_in_fish(&command),
        _ => script,
    }
}

/// What the flags that take values of the chart call them.
const KEYS: [&str; 4] = ["KEY=VALUE", "KEY=JSON", "KEY=FILE", "KEY=TEXT"];

/// The commands that take a chart, or a path of one.
fn commands_of_charts(command: &Command) -> impl Iterator<Item = &Command> {
    let takes_a_chart =
        |argument: &Arg| argument.get_value_names().into_iter().flatten().any(|name| name.contains("CHART"));
    command
        .get_subcommands()
        .filter(move |below| below.get_name() == "lint" || below.get_positionals().any(takes_a_chart))
}

fn takes_keys(flag: &Arg) -> bool {
    flag.get_value_names().into_iter().flatten().any(|name| KEYS.contains(&name.as_str()))
}

fn with_keys_in_bash(script: &str, command: &Command) -> String {
    let names: Vec<&str> = commands_of_charts(command).map(Command::get_name).collect();
    let flags = command.get_subcommands().flat_map(Command::get_opts).filter(|flag| takes_keys(flag));
    let flags: BTreeSet<String> = flags.filter_map(Arg::get_long).map(|name| format!("--{name}")).collect();
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let keys = include_str!("completion/keys.bash")
        .replace("CHART_COMMANDS", &names.join(" | "))
        .replace("KEY_FLAGS", &flags.join(" | "));
    let registered = "\nif [[ \"${BASH_VERSINFO[0]}\"";
    let with_keys = replaced(script, registered, &format!("{keys}{registered}"), 1);
    replaced(&with_keys, "complete -F _mim__chart ", "complete -F _mim__chart__keys ", usize::MAX)
}

/// The text with the first so many places of a part replaced, as [`str::replacen`] does, but in a tenth of the time: scripts are long.
fn replaced(text: &str, part: &str, with: &str, most: usize) -> String {
    let mut replaced = String::with_capacity(text.len() + with.len());
    let mut done = 0;
    for at in memchr::memmem::find_iter(text.as_bytes(), part).take(most) {
        replaced.push_str(&text[done..at]);
        replaced.push_str(with);
        done = at + part.len();
    }
    replaced.push_str(&text[done..]);
    replaced
}

fn with_keys_in_zsh(script: &str) -> String {
    let mut with_keys = String::with_capacity(script.len());
    for line in script.lines() {
        let default = |name: &str| line.strip_suffix(&format!(":{name}:_default' \\"));
        let assigned = KEYS.iter().find_map(|name| Some((name, default(name)?)));
        let line = match assigned {
            Some((name, rest)) => format!("{rest}:{name}:{{_mim-chart_keys --assign}}' \\"),
            None if line.starts_with("'::") || line.starts_with("'*::") => {
                // With two colons zsh takes no word behind the first argument for a flag.
                let line = line.replacen("'*::", "'*:", 1).replace(":_default' \\", ":_mim-chart_words' \\");
                line.replace("The charts:_files' \\", "The charts:_mim-chart_words' \\")
            }
            None => line.to_owned(),
        };
        with_keys.push_str(&line);
        with_keys.push('\n');
    }
    let registered = "\nif [ \"$funcstack[1]\"";
    with_keys.replacen(registered, &format!("{}{registered}", include_str!("completion/keys.zsh")), 1)
}

fn keys_in_fish(command: &Command) -> String {
    let mut lines = include_str!("completion/keys.fish").to_owned();
    for below in command.get_subcommands() {
        let names: Vec<&str> = below.get_name_and_visible_aliases();
        let condition = format!("-n \"__fish_mim_chart_using_subcommand {}\"", names.join(" "));
        for name in below.get_opts().filter(|flag| takes_keys(flag)).filter_map(Arg::get_long) {
            lines.push_str(&format!(
                "complete -c {PROGRAM} {condition} -l {name} -x -a \"(__fish_mim_chart_keys --assign)\"\n"
            ));
        }
        if below.get_name() == "why" {
            lines.push_str(&format!("complete -c {PROGRAM} {condition} -a \"(__fish_mim_chart_keys --name)\"\n"));
        }
    }
    for below in commands_of_charts(command) {
        let names = below.get_name_and_visible_aliases().join(" ");
        lines.push_str(&format!(
            "complete -c {PROGRAM} -n \"__fish_mim_chart_using_subcommand {names}\" -a mongooseim\n"
        ));
    }
    lines
}

/// Says which flags take files and which take text that no shell can guess, by the names of their values.
fn with_value_hints(command: Command) -> Command {
    let hinted = |argument: Arg| match argument.get_value_names() {
        Some([name]) => match name.as_str() {
            "FILE" | "PATH" => argument.value_hint(ValueHint::FilePath),
            "DIR" => argument.value_hint(ValueHint::DirPath),
            "NAME" | "NAMESPACE" | "VERSION" | "CONSTRAINT" | "REV" | "LINES" | "BYTES" => {
                argument.value_hint(ValueHint::Other)
            }
            _ => argument,
        },
        _ => argument,
    };
    command.mut_args(hinted).mut_subcommands(with_value_hints)
}

/// Corrects what clap_complete 4.6 gets wrong for bash.
fn corrected_for_bash(script: &str) -> String {
    // The hyphen of the program's name is written in two ways, so that no branch of a subcommand is ever taken.
    let script = replaced(script, "mim__subcmd__chart", "mim__chart", usize::MAX);
    // In `--output=te` bash takes the equals sign for the previous word.
    let previous_word = "    prev=\"$3\"\n";
    let of_equals_sign =
        "    if [[ \"${prev}\" == \"=\" ]]; then\n        prev=\"${COMP_WORDS[COMP_CWORD-2]}\"\n    fi\n";
    replaced(&script, previous_word, &format!("{previous_word}{of_equals_sign}"), 1)
}

/// What clap_complete 4.6 leaves out for fish: values of global flags before the command, and values of arguments.
fn missing_in_fish(command: &Command) -> String {
    let mut lines = String::new();
    let mut add = |condition: &str, argument: &Arg| {
        let values = argument.get_possible_values();
        let names: Vec<&str> =
            values.iter().filter(|value| !value.is_hide_set()).map(|value| value.get_name()).collect();
        if !names.is_empty() {
            lines.push_str(&format!("complete -c {PROGRAM} {condition} -f -a \"{}\"\n", names.join(" ")));
        }
    };
    for flag in command.get_opts() {
        for name in flag.get_long_and_visible_aliases().unwrap_or_default() {
            add(&format!("-l {name} -r"), flag);
        }
    }
    for below in command.get_subcommands() {
        let names: Vec<&str> = below.get_name_and_visible_aliases();
        let condition = format!("-n \"__fish_mim_chart_using_subcommand {}\"", names.join(" "));
        below.get_positionals().for_each(|argument| add(&condition, argument));
    }
    lines
}
