//! Completes a word of the command line. This is all that completion knows about commands, flags and their values.

use clap::{Arg, ArgAction, Command};

use super::answer::{Answer, Candidate, Files};
use super::assignment;
use super::keys;
use super::named_chart;
use super::position::{Position, takes_next_word};
use super::templates;
use crate::chart::Chart;
use crate::io;
use crate::values::SetFlag;

/// The kind of value that a flag or a positional argument takes.
enum Values<'c> {
    /// One that can't be guessed, such as a name.
    Unknown,
    /// One of the values that clap lists, if any.
    Listed(&'c Arg),
    /// `true` and `false`.
    Boolean,
    /// A file, after a part of the word with this many characters.
    Files(Files, usize),
    /// Files with commas between them.
    FileList,
    /// The name of a built-in chart, or a file.
    Charts(Files),
    /// A key of the chart's values.
    Key,
    /// A key of the chart's values, `=` and a value.
    Assignment(SetFlag),
    /// The path of a template in the chart.
    Template,
}

/// Reads the chart whose values the flag with this id sets, or that an argument is about.
type ReadChart<'a> = dyn Fn(Option<&str>) -> Option<Chart> + 'a;

/// Completes `word` between `words`, the words from the program's name to the cursor, and `after`. `read` reads the chart that an
/// argument names. It is called only if the answer depends on it.
pub(super) fn complete(
    root: &Command,
    words: &[String],
    word: &str,
    after: &[String],
    read: &dyn Fn(Option<&str>) -> Option<Chart>,
) -> Answer {
    let position = Position::after(root, words);
    let chart = |flag: Option<&str>| {
        let line = Position::after(root, &[words, &[word.to_owned()], after].concat());
        read(named_chart::argument(&line, flag))
    };
    let chart: &ReadChart<'_> = &chart;
    if let Some(flag) = position.open_flag {
        return value_of(flag, word, chart);
    }
    match word.strip_prefix('-').filter(|_| !position.flags_ended) {
        Some("") => flags(&position, word),
        Some(rest) => match rest.strip_prefix('-') {
            Some(long) => match long.split_once('=') {
                Some((name, value)) => {
                    let Some(flag) = position.long(name) else { return Answer::default() };
                    let kept = word.chars().count() - value.chars().count();
                    value_of(flag, value, chart).keeping(kept)
                }
                None => flags(&position, word),
            },
            None => short_flags(&position, word, chart),
        },
        None => argument(&position, word, chart),
    }
}

/// Returns the names of flags that start with the word.
fn flags(position: &Position<'_>, word: &str) -> Answer {
    let mut answer = Answer::default();
    for flag in position.open_flags() {
        let description = flag.get_help().map(ToString::to_string).unwrap_or_default();
        let short = flag.get_short().map(|name| format!("-{name}"));
        let long = flag.get_long_and_visible_aliases().unwrap_or_default();
        for name in short.into_iter().chain(long.into_iter().map(|name| format!("--{name}"))) {
            answer.offer(word, Candidate::whole(name, &description));
        }
    }
    answer
}

/// Completes short flags in one word, the last of which may have its value there: `-ojson`, `-udrendered`.
fn short_flags(position: &Position<'_>, word: &str, chart: &ReadChart<'_>) -> Answer {
    let mut rest = word.chars();
    rest.next();
    let mut last = None;
    while let Some(name) = rest.next() {
        let Some(flag) = position.short(name) else { return Answer::default() };
        last = Some(flag);
        let value = rest.as_str();
        if takes_next_word(flag) && !value.is_empty() {
            let value = value.strip_prefix('=').unwrap_or(value);
            let kept = word.chars().count() - value.chars().count();
            return value_of(flag, value, chart).keeping(kept);
        }
    }
    // The word is complete, and a space follows.
    let mut answer = Answer::default();
    if let Some(flag) = last.filter(|flag| !flag.is_hide_set()) {
        let description = flag.get_help().map(ToString::to_string).unwrap_or_default();
        answer.offer(word, Candidate::whole(word, &description));
    }
    answer
}

/// Completes the name of a command or a positional argument. If neither can follow, flags are offered for an empty word.
fn argument(position: &Position<'_>, word: &str, chart: &ReadChart<'_>) -> Answer {
    let mut answer = Answer::default();
    if position.arguments.is_empty() {
        for command in position.command.get_subcommands().filter(|command| !command.is_hide_set()) {
            let description = command.get_about().map(ToString::to_string).unwrap_or_default();
            for name in command.get_name_and_visible_aliases() {
                answer.offer(word, Candidate::whole(name, &description));
            }
        }
    }
    if position.command.has_subcommands() {
        return answer;
    }
    match of_argument(position) {
        Some(values) => values_of(&values, word, &|| chart(None)),
        None if word.is_empty() && !position.flags_ended => flags(position, "--"),
        None => answer,
    }
}

/// Completes the value of a flag.
fn value_of(flag: &Arg, word: &str, chart: &ReadChart<'_>) -> Answer {
    values_of(&of_flag(flag, word), word, &|| chart(Some(flag.get_id().as_str())))
}

/// Returns the kind of value that a flag takes, which the placeholder in its help shows.
fn of_flag<'c>(flag: &'c Arg, word: &str) -> Values<'c> {
    if matches!(flag.get_action(), ArgAction::SetTrue) {
        return Values::Boolean;
    }
    match (flag.get_id().as_str(), value_name(flag)) {
        ("starter", _) | (_, "CHART") => Values::Charts(Files::Charts),
        ("show_only", _) => Values::Template,
        // `--api-versions @FILE`
        ("api_versions", _) if word.starts_with('@') => Values::Files(Files::Any, 1),
        ("values" | "from_values" | "to_values", _) => Values::FileList,
        (_, "FILE" | "PATH" | "PROGRAM" | "[FILE:]LINE") => Values::Files(Files::Any, 0),
        (_, "DIR") => Values::Files(Files::Directories, 0),
        ("set_string", _) => Values::Assignment(SetFlag::Text),
        (_, "KEY=VALUE") => Values::Assignment(SetFlag::Typed),
        (_, "KEY=JSON") => Values::Assignment(SetFlag::Json),
        (_, "KEY=TEXT") => Values::Assignment(SetFlag::Literal),
        (_, "KEY=FILE") => Values::Assignment(SetFlag::File),
        _ => Values::Listed(flag),
    }
}

/// Returns the kind of the next positional argument, or `None` if the command takes no more.
fn of_argument<'c>(position: &Position<'c>) -> Option<Values<'c>> {
    let mut left = position.arguments.len();
    let mut positionals = position.command.get_positionals();
    let argument = loop {
        let argument = positionals.next()?;
        let most = argument.get_num_args().map_or(1, |range| range.max_values());
        if left < most {
            break argument;
        }
        left -= most;
    };
    let is_object = position.arguments.first().is_some_and(|first| first.contains('/'));
    Some(match (value_name(argument), position.command.get_name(), left) {
        ("NAME CHART", "diff", 0..=2) => Values::Charts(Files::Any),
        ("NAME CHART", "template", 0..=1) => Values::Charts(Files::Charts),
        ("KEY CHART", _, 0) if position.has_flag("line") => Values::Charts(Files::Charts),
        ("KEY CHART", _, _) if position.has_flag("line") => return None,
        ("KEY CHART", _, 0) => Values::Key,
        ("KEY CHART", _, 1) if is_object => Values::Unknown,
        ("KEY CHART", _, 2) if is_object => Values::Charts(Files::Charts),
        ("KEY CHART", _, 1) => Values::Charts(Files::Charts),
        ("NAME CHART" | "KEY CHART", ..) => return None,
        ("CHART" | "PATH", ..) => Values::Charts(Files::Charts),
        ("FILE", ..) => Values::Files(Files::Any, 0),
        // The name of a new chart may follow a path.
        ("NAME", _, 0) => Values::Files(Files::Directories, 0),
        ("NAME", ..) => return None,
        _ => Values::Listed(argument),
    })
}

fn value_name(argument: &Arg) -> &str {
    match argument.get_value_names() {
        Some([name]) => name.as_str(),
        _ => "",
    }
}

fn values_of(values: &Values<'_>, word: &str, chart: &dyn Fn() -> Option<Chart>) -> Answer {
    let mut answer = Answer::default();
    match values {
        Values::Unknown => {}
        Values::Listed(argument) => {
            for value in argument.get_possible_values().iter().filter(|value| !value.is_hide_set()) {
                let description = value.get_help().map(ToString::to_string).unwrap_or_default();
                answer.offer(word, Candidate::whole(value.get_name(), &description));
            }
        }
        Values::Boolean => {
            ["true", "false"].into_iter().for_each(|value| answer.offer(word, Candidate::whole(value, "")))
        }
        Values::Files(files, kept) => return Answer::of_files(*files).keeping(*kept),
        Values::FileList => {
            let start = word.rfind(',').map_or(0, |at| at + 1);
            return Answer::of_files(Files::Any).keeping(word[..start].chars().count());
        }
        Values::Charts(files) => {
            answer.files = *files;
            io::embedded_charts().for_each(|name| answer.offer(word, Candidate::whole(name, "The built-in chart")));
        }
        Values::Key => {
            if let Some(chart) = chart() {
                keys::offer(&mut answer, word, &chart, false);
            }
        }
        Values::Assignment(flag) => return assignment::complete(word, *flag, chart),
        Values::Template => {
            if let Some(chart) = chart() {
                templates::offer(&mut answer, word, &chart);
            }
        }
    }
    answer
}
