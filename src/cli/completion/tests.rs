//! The scripts in the shells they are for: every command, flag and flag value of the program is offered.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command as Process, Stdio};

use clap::builder::PossibleValue;
use clap::{Arg, Command, CommandFactory, ValueEnum};
use clap_complete::Shell;

use super::{hide_idle, script};
use crate::cli::CommandLine;

/// A command line up to the cursor, and what has to be among the answers.
struct Case {
    line: String,
    offered: Vec<String>,
}

/// A command line for every command's subcommands, flags and values of flags; commands by all their names.
fn cases() -> Vec<Case> {
    let mut whole = hide_idle(CommandLine::command());
    whole.build();
    let mut cases = Vec::new();
    add_cases(&whole, "mim-chart", &mut cases);
    assert!(cases.len() > 150, "only {} cases", cases.len());
    cases
}

fn add_cases(command: &Command, line: &str, cases: &mut Vec<Case>) {
    let mut add = |words: String, offered: Vec<String>| cases.push(Case { line: format!("{line} {words}"), offered });
    let below = || command.get_subcommands().filter(|below| below.get_name() != "help");
    let names = below().flat_map(Command::get_name_and_visible_aliases).map(str::to_owned);
    add(String::new(), names.collect());
    let flags = command.get_opts().chain(command.get_arguments().filter(|argument| takes_nothing(argument)));
    for flag in flags.filter(|flag| !flag.is_hide_set()) {
        for long in flag.get_long_and_visible_aliases().unwrap_or_default() {
            add(format!("--{}", &long[..long.len() - 1]), vec![format!("--{long}")]);
        }
    }
    for flag in command.get_opts() {
        let values = values_of(flag);
        let Some((long, first)) = flag.get_long().zip(values.first()) else { continue };
        let (first, start) = (vec![first.clone()], &first[..1]);
        add(format!("--{long} "), values.clone());
        add(format!("--{long} {start}"), first.clone());
        add(format!("--{long}={start}"), first.clone());
        if let Some(short) = flag.get_short() {
            add(format!("-{short} {start}"), first);
        }
    }
    for values in command.get_positionals().map(values_of).filter(|values| !values.is_empty()) {
        add(String::new(), values);
    }
    for name in
        below().flat_map(|below| below.get_name_and_visible_aliases().into_iter().map(move |name| (below, name)))
    {
        add_cases(name.0, &format!("{line} {}", name.1), cases);
    }
}

fn takes_nothing(argument: &Arg) -> bool {
    !argument.is_positional() && !argument.get_action().takes_values()
}

fn values_of(argument: &Arg) -> Vec<String> {
    let shown = |value: &PossibleValue| !value.is_hide_set();
    argument
        .get_possible_values()
        .iter()
        .filter(|value| shown(value))
        .map(|value| value.get_name().to_owned())
        .collect()
}

/// What bash offers: the script's function is called with the words as readline splits them.
const BASH: &str = include_str!("tests/offered.bash");

/// What zsh offers: in its line editor, with the function that adds matches replaced by one that also prints them.
const ZSH: &str = r#"
zmodload zsh/zpty
inner() {
    autoload -Uz compinit && compinit -u -D
    source $1
    zmodload zsh/zutil
    typeset -ga input=("${(@f)$(<$2)}")
    compadd() {
        local -a hits arguments=("$@")
        local flags=${arguments[1,(i)(-|--)]}
        if [[ " $flags" == *' -'[a-zA-Z]#(O|A|D)* ]]; then builtin compadd "$@"; return; fi
        builtin compadd -A hits "$@"
        (( $#hits )) && print -rl -- "offered "${^hits} >>$answers
        builtin compadd "$@"
    }
    offer() { _main_complete; compstate[insert]=; compstate[list]= }
    zle -C offer complete-word offer
    walk() {
        local line
        for line in $input; do
            print -r -- "line $line" >>$answers
            BUFFER=$line CURSOR=$#line
            zle offer
        done
        exit
    }
    zle -N walk
    bindkey '^X' walk
}
zpty shell "answers=$3 zsh -f -i"
zpty -w shell "$(functions inner); setopt extendedglob; PS1=; answers=$3; inner $1 $2; print read''y"
zpty -r shell seen '*ready*'
zpty -w -n shell $'\x18'
while zpty -r shell seen; do :; done
cat $3
"#;

/// What fish offers, by its own command for that.
const FISH: &str = include_str!("tests/offered.fish");

/// Runs a shell with arguments and input; `None` if there is no such shell here.
fn output(shell: &str, arguments: &[&str], input: &str) -> Option<String> {
    let mut command = Process::new(shell);
    command.args(arguments).env("TERM", "dumb").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut running) = command.spawn() else {
        println!("skipped: there is no {shell} here");
        return None;
    };
    std::io::Write::write_all(&mut running.stdin.take()?, input.as_bytes()).expect("the shell reads its input");
    let output = running.wait_with_output().expect("the shell ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{shell}: {errors}");
    Some(String::from_utf8(output.stdout).expect("UTF-8"))
}

/// Checks that `shell`, driven by `driver`, offers what the cases say.
fn completes(shell: Shell, driver: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let [driver_file, completion, lines, answers] = ["driver", "completion", "lines", "answers"].map(path);
    let cases = cases();
    let input: String = cases.iter().map(|case| format!("{}\n", case.line)).collect();
    fs::write(&completion, script(shell, CommandLine::command())).expect("a file");
    fs::write(&lines, &input).expect("a file");
    fs::write(&driver_file, driver).expect("a file");
    let name = shell.to_string();
    let arguments = [&driver_file, &completion, &lines, &answers].map(|argument| argument.as_str());
    let quiet: &[&str] = if shell == Shell::Bash { &[] } else { &["-f"] };
    let quiet = if shell == Shell::Fish { &["--no-config"] } else { quiet };
    let Some(output) = output(&name, &[quiet, &arguments].concat(), &input) else { return };
    let mut answered = output.split("line ").skip(1);
    let mut missing = Vec::new();
    for case in &cases {
        let answer = answered.next().unwrap_or_default();
        let mut shown = answer.lines();
        assert_eq!(shown.next().map(str::trim_end), Some(case.line.trim_end()), "{name}: {output}");
        // `--output=json` is offered as a whole in some shells, its value alone in others.
        let offered: BTreeSet<&str> = shown
            .filter_map(|line| line.strip_prefix("offered "))
            .flat_map(|word| [word, word.split_once('=').map_or(word, |(_, value)| value), word.trim_end_matches('=')])
            .collect();
        let not_offered: Vec<_> = case.offered.iter().filter(|word| !offered.contains(word.as_str())).collect();
        if !not_offered.is_empty() {
            missing.push(format!("{:?} does not offer {not_offered:?}", case.line));
        }
    }
    assert!(missing.is_empty(), "{name}:\n{}", missing.join("\n"));
}

#[test]
fn bash_completes_every_command_flag_and_value() {
    completes(Shell::Bash, BASH);
}

#[test]
fn zsh_completes_every_command_flag_and_value() {
    completes(Shell::Zsh, ZSH);
}

#[test]
fn fish_completes_every_command_flag_and_value() {
    completes(Shell::Fish, FISH);
}

#[test]
fn every_offered_shell_has_a_script_with_every_command() {
    for shell in Shell::value_variants() {
        let script = script(*shell, CommandLine::command());
        let names = CommandLine::command();
        for command in names.get_subcommands() {
            assert!(script.contains(command.get_name()), "{shell} does not know {}", command.get_name());
        }
    }
}
