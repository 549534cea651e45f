//! The answer to a shell: candidates for the word at the cursor, and whether files are offered too.

use crate::diagnostic::{is_hidden, printable};

/// The maximum number of candidates in an answer.
pub(super) const MAX_CANDIDATES: usize = 1_000;
/// The maximum length of a description in characters. Shells cut it to the width of the terminal anyway.
const MAX_DESCRIPTION: usize = 200;

/// What is offered for a word.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// The candidates. Each starts with the word, without the characters that are kept.
    pub(super) candidates: Vec<Candidate>,
    /// The files that the shell adds.
    pub(super) files: Files,
    /// How many characters at the start of the word are kept, so that candidates and files replace only the rest: for
    /// `--output=js` those of `--output=`.
    pub(super) kept: usize,
}

/// Completes a word, given the words before it and after it.
pub(super) type Complete<'a> = dyn Fn(&[String], &str, &[String]) -> Answer + 'a;

/// A word that is offered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The text.
    pub(super) text: String,
    /// A description in one line, safe to print, without tabs. It may be empty.
    pub(super) description: String,
    /// Whether the word is complete, so that a space follows it. `image.` and `replicaCount=` are not.
    pub(super) is_whole: bool,
}

/// The kind of files that the shell adds: it knows how to expand `~` and how to quote names.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Files {
    /// None.
    #[default]
    None,
    /// Files and directories.
    Any,
    /// Directories.
    Directories,
    /// Directories, and archives of charts (`.tgz`, `.tar.gz`).
    Charts,
}

impl Answer {
    /// Returns an answer without candidates.
    pub(super) fn of_files(files: Files) -> Answer {
        Answer { files, ..Answer::default() }
    }

    /// Returns the same answer for a word that starts with this many more characters.
    pub(super) fn keeping(self, kept: usize) -> Answer {
        Answer { kept: self.kept + kept, ..self }
    }

    /// Adds a candidate if it starts with the word and has no invisible characters, which could change the terminal.
    pub(super) fn offer(&mut self, word: &str, candidate: Candidate) {
        let text = &candidate.text;
        if self.candidates.len() < MAX_CANDIDATES
            && text.starts_with(word)
            && !text.is_empty()
            && !text.contains(is_hidden)
        {
            self.candidates.push(candidate);
        }
    }
}

impl Candidate {
    /// Returns a complete word. Its description is the first line of the given text, which may come from a chart.
    pub(super) fn whole(text: impl Into<String>, description: &str) -> Candidate {
        Candidate { text: text.into(), description: one_line(description), is_whole: true }
    }

    /// Returns an incomplete word, which the user continues.
    pub(super) fn open(text: impl Into<String>, description: &str) -> Candidate {
        Candidate { is_whole: false, ..Candidate::whole(text, description) }
    }
}

/// Returns the first line of a text, safe to print and of limited length.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.trim().lines().next().unwrap_or_default().split_whitespace().collect();
    let line = printable(&words.join(" ")).into_owned();
    match line.char_indices().nth(MAX_DESCRIPTION) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_one_harmless_line() {
        assert_eq!(Candidate::whole("x", " a\tb\nc").description, "a b");
        assert_eq!(Candidate::whole("x", "\u{1b}[2J\u{202e}").description, r"\x1b[2J\u{202e}");
        assert_eq!(Candidate::whole("x", &"ä".repeat(300)).description.chars().count(), MAX_DESCRIPTION + 1);
    }

    #[test]
    fn words_that_cannot_be_shown_are_not_offered() {
        let mut answer = Answer::default();
        for text in ["a\u{1b}[2J", "a\n", "", "b", "ab"] {
            answer.offer("a", Candidate::whole(text, ""));
        }
        assert_eq!(answer.candidates, [Candidate::whole("ab", "")]);
    }

    #[test]
    fn candidates_are_bounded() {
        let mut answer = Answer::default();
        (0..2 * MAX_CANDIDATES).for_each(|number| answer.offer("", Candidate::whole(number.to_string(), "")));
        assert_eq!(answer.candidates.len(), MAX_CANDIDATES);
    }
}
