//! Answers the questions of the scripts, which are hidden commands.
//!
//! `__complete [--after=N] WORD...` completes the last word, or the last before the `N` words after the cursor. The answer has the
//! form of Helm's `__complete` (cobra): each line has a candidate, a tab and its description, and the last line is `:` and a number
//! with flags for the shell. So Helm's own scripts work too if the program is called as `helm`. `__completeNoDesc` leaves out the
//! descriptions. `__completeBash` is for bash only, see [`bash`].

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::Write as _;

use clap::Command;

use super::answer::{Answer, Complete, Files};
use super::bash;
use super::complete::complete;
use super::named_chart;

/// The start of the hidden commands.
pub(super) const WORD: &str = "__complete";

/// No space follows a candidate.
const NO_SPACE: usize = 2;
/// The shell adds no files.
const NO_FILES: usize = 4;
/// The shell adds directories.
const DIRECTORIES: usize = 16;
/// The shell adds directories and archives of charts. Cobra does not have this flag.
const CHARTS: usize = 64;
/// The unit of [`Answer::kept`], above all flags of cobra.
const KEPT: usize = 256;

/// A question that a script asks.
pub(in crate::cli) struct Request {
    is_of_bash: bool,
    /// Whether to leave out descriptions.
    is_brief: bool,
    words: Vec<String>,
}

impl Request {
    /// Parses a command line (the program's name first). Returns `None` if it is not a question of a script.
    pub(in crate::cli) fn parse(arguments: &[OsString]) -> Option<Request> {
        let form = arguments.get(1)?.to_str()?.strip_prefix(WORD)?;
        let (is_of_bash, is_brief) = match form {
            "" => (false, false),
            "NoDesc" => (false, true),
            "Bash" => (true, false),
            "NoDescBash" => (true, true),
            _ => return None,
        };
        let words = arguments[2..].iter().map(|word| word.to_string_lossy().into_owned()).collect();
        Some(Request { is_of_bash, is_brief, words })
    }

    /// Prints the answer. `root` is the whole command line.
    pub(in crate::cli) fn answer(&self, mut root: Command) {
        root.build();
        let of_words =
            |words: &[String], word: &str, after: &[String]| complete(&root, words, word, after, &named_chart::read);
        let text = match self.is_of_bash {
            true => bash::answer(&self.words, self.is_brief, &of_words),
            false => self.about_words(&of_words),
        };
        // If the shell is gone, nobody needs the answer.
        let _ = std::io::stdout().write_all(text.as_bytes());
    }

    /// Returns the answer for words without quotes.
    fn about_words(&self, of_words: &Complete<'_>) -> String {
        let words = self.words.as_slice();
        let after = words.first().and_then(|word| word.strip_prefix("--after=")?.parse::<usize>().ok());
        let words = if after.is_some() { &words[1..] } else { words };
        let (words, after) = words.split_at(words.len().saturating_sub(after.unwrap_or(0)));
        let (word, words) = words.split_last().map_or(("", words), |(word, words)| (word.as_str(), words));
        // Windows PowerShell can't pass an empty word. Its script passes two quotes instead.
        let word = if word == "\"\"" { "" } else { word };
        written(&of_words(words, word, after), self.is_brief)
    }
}

fn written(answer: &Answer, is_brief: bool) -> String {
    let mut text = String::new();
    for candidate in &answer.candidates {
        text.push_str(&candidate.text);
        if !is_brief && !candidate.description.is_empty() {
            text.push('\t');
            text.push_str(&candidate.description);
        }
        text.push('\n');
    }
    let mut number = match answer.files {
        Files::None => NO_FILES,
        Files::Any => 0,
        Files::Directories => DIRECTORIES,
        Files::Charts => CHARTS,
    };
    if answer.candidates.iter().any(|candidate| !candidate.is_whole) {
        number += NO_SPACE;
    }
    number += KEPT * answer.kept;
    // Writing to a String can't fail.
    let _ = writeln!(text, ":{number}");
    text
}
