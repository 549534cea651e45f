//! Answers bash: `__completeBash BEFORE AFTER TYPE BREAKS COLUMNS` gets the line before and after the cursor, and the variables
//! COMP_TYPE, COMP_WORDBREAKS and COLUMNS.
//!
//! Bash also splits words at the characters of COMP_WORDBREAKS, such as `=` and `:`, and does not remove quotes. It replaces the text
//! after the last of these characters with a candidate, unquoted. So the line is split here, and candidates are cut and quoted here.
//!
//! The first line of the answer is the kind of files that bash adds (`none`, `any`, `directories` or `charts`), a space, and the text
//! before their names. Each other line is a candidate, with the space that follows it.

use super::answer::{Answer, Candidate, Complete, Files};

/// The values of COMP_TYPE with which bash inserts candidates one after the other instead of listing them.
const INSERTED: [&str; 2] = ["37", "42"];
const DEFAULT_COLUMNS: usize = 80;

/// A command line up to the cursor, split into words.
#[derive(Debug, Default, PartialEq, Eq)]
struct Line {
    /// The words before the last one, without quotes.
    words: Vec<String>,
    /// The word at the cursor, without quotes.
    word: String,
    /// How many bytes at the start of the word bash does not replace.
    kept: usize,
    /// The quote that is still open at the cursor.
    quote: Option<char>,
    /// Whether the word is the file of a redirection, such as `> FILE`.
    redirects: bool,
}

/// Returns the answer for the arguments of `__completeBash`. `complete` completes its last word.
pub(super) fn answer(arguments: &[String], is_brief: bool, complete: &Complete<'_>) -> String {
    let argument = |index: usize| arguments.get(index).map_or("", String::as_str);
    let breaks = argument(3);
    let line = split(argument(0), breaks);
    let rest = argument(1);
    // The rest of the word at the cursor comes first.
    let skipped = usize::from(!rest.is_empty() && !rest.starts_with(char::is_whitespace));
    let after = split(rest, breaks);
    let last = Some(after.word).filter(|word| !word.is_empty());
    let after: Vec<String> = after.words.into_iter().chain(last).skip(skipped).collect();
    if line.redirects {
        return written(&line, &Answer::of_files(Files::Any), None);
    }
    let answer = complete(line.words.get(1..).unwrap_or_default(), &line.word, &after);
    let columns = argument(4).parse().ok().filter(|columns| *columns > 0).unwrap_or(DEFAULT_COLUMNS);
    let is_listed = answer.candidates.len() > 1 && !INSERTED.contains(&argument(2));
    written(&line, &answer, is_listed.then_some(if is_brief { 0 } else { columns }))
}

/// Splits a line into words as a shell does, but without expansions. Redirections are left out.
fn split(text: &str, breaks: &str) -> Line {
    let mut line = Line::default();
    let mut is_inside = false;
    // The value of `kept` if no quote is open.
    let mut kept = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (line.quote, c) {
            (None, ' ' | '\t' | '\n') => {
                if is_inside {
                    let word = std::mem::take(&mut line.word);
                    if !std::mem::take(&mut line.redirects) {
                        line.words.push(word);
                    }
                }
                (is_inside, kept) = (false, 0);
                continue;
            }
            (None, '<' | '>') if chars.peek() != Some(&'(') => {
                let word = std::mem::take(&mut line.word);
                let word = word.strip_suffix('&').unwrap_or(&word);
                let is_descriptor = word.chars().all(|c| c.is_ascii_digit());
                if !is_descriptor && !line.redirects {
                    line.words.push(word.to_owned());
                }
                while chars.next_if(|next| "<>&|".contains(*next)).is_some() {}
                (is_inside, kept, line.redirects) = (false, 0, true);
                continue;
            }
            (None, '\'' | '"') => (line.quote, line.kept) = (Some(c), line.word.len()),
            (Some(quote), _) if c == quote => line.quote = None,
            (None, '\\') => line.word.extend(chars.next()),
            (Some('"'), '\\') => match chars.next() {
                Some(next @ ('"' | '\\' | '$' | '`')) => line.word.push(next),
                Some(next) => line.word.extend(['\\', next]),
                None => {}
            },
            (None, _) if breaks.contains(c) => {
                line.word.push(c);
                // Readline replaces the characters of rl_special_prefixes too.
                kept = line.word.len() - usize::from("$@".contains(c));
            }
            _ => line.word.push(c),
        }
        is_inside = true;
    }
    if line.quote.is_none() {
        line.kept = kept;
    }
    line
}

/// Writes the answer. If `columns` is given, candidates are listed, with descriptions in lines of at most that many columns.
fn written(line: &Line, answer: &Answer, columns: Option<usize>) -> String {
    let end = line.word.char_indices().nth(answer.kept).map_or(line.word.len(), |(at, _)| at);
    // Bash keeps the part up to `line.kept` itself.
    let kept_of_files = line.word.get(line.kept..end).unwrap_or_default();
    let mut text = match answer.files {
        Files::None => "none".to_owned(),
        Files::Any => format!("any {kept_of_files}"),
        Files::Directories => format!("directories {kept_of_files}"),
        Files::Charts => format!("charts {kept_of_files}"),
    };
    text.push('\n');
    let replacing =
        |candidate: &Candidate| Some(format!("{}{}", &line.word[..end], candidate.text).get(line.kept..)?.to_owned());
    let words: Vec<(String, &Candidate)> = answer
        .candidates
        .iter()
        .filter_map(|candidate| Some((replacing(candidate)?, candidate)))
        .filter(|(word, _)| quoted(word, line.quote).is_some())
        .collect();
    // Bash inserts what candidates have in common. That must not end inside an escape, so the rest is listed without quotes.
    let shared = match columns {
        Some(_) => shared(words.iter().map(|(word, _)| word.as_str())),
        None => usize::MAX,
    };
    let words: Vec<(String, &Candidate)> = words
        .into_iter()
        .filter_map(|(word, candidate)| {
            let (start, rest) = word.split_at_checked(shared).unwrap_or((&word, ""));
            Some((quoted(start, line.quote)? + rest, candidate))
        })
        .collect();
    let longest = words.iter().map(|(word, _)| word.chars().count()).max().unwrap_or(0);
    // Bash adds the space after file names itself. Inside quotes, a space or a description would become part of the word.
    let is_plain = answer.files == Files::None && line.quote.is_none();
    for (word, candidate) in &words {
        text.push_str(word);
        match columns.filter(|_| is_plain) {
            Some(columns) => text.push_str(&description(word, candidate, longest, columns)),
            None if is_plain && candidate.is_whole => text.push(' '),
            None => {}
        }
        text.push('\n');
    }
    text
}

/// Returns how many bytes at their start texts have in common.
fn shared<'t>(mut texts: impl Iterator<Item = &'t str>) -> usize {
    let Some(mut start) = texts.next() else { return 0 };
    for text in texts {
        let same = start.chars().zip(text.chars()).take_while(|(a, b)| a == b);
        start = &start[..same.map(|(c, _)| c.len_utf8()).sum()];
    }
    start.len()
}

/// Returns the description after a word, padded so that all descriptions start in the same column.
fn description(word: &str, candidate: &Candidate, longest: usize, columns: usize) -> String {
    // Two spaces, two parentheses, and one column to spare.
    let room = columns.saturating_sub(longest + 5);
    let length = candidate.description.chars().count();
    let shown = match length {
        0 => return String::new(),
        _ if length <= room => candidate.description.clone(),
        _ if room < 10 => return String::new(),
        _ => candidate.description.chars().take(room - 1).chain(['…']).collect(),
    };
    format!("{}  ({shown})", " ".repeat(longest - word.chars().count()))
}

/// Quotes a word for its place after the open quote, if there is one. Returns `None` if it can't be written there.
fn quoted(word: &str, quote: Option<char>) -> Option<String> {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./:=@%+,^".contains(c) || !c.is_ascii();
    let needs_backslash = |c: char| match quote {
        None => !is_plain(c),
        _ => "\"\\$`".contains(c),
    };
    match quote {
        Some('\'') => return (!word.contains('\'')).then(|| word.to_owned()),
        // Bash expands it as history, and would keep a backslash.
        Some('"') if word.contains('!') => return None,
        _ => {}
    }
    let mut text = String::with_capacity(word.len());
    for c in word.chars() {
        if needs_backslash(c) {
            text.push('\\');
        }
        text.push(c);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BREAKS: &str = " \t\n\"'@><=;|&(:";

    fn line(text: &str) -> (Vec<String>, String, String) {
        let line = split(text, BREAKS);
        let replaced = line.word[line.kept..].to_owned();
        (line.words, line.word, replaced)
    }

    /// The answer for a line where these words are offered, each complete.
    fn answered(before: &str, offered: &[&str], kept: usize) -> String {
        let arguments = [before, "", "9", BREAKS, "40"].map(str::to_owned);
        answer(&arguments, false, &|_, _, _| {
            let candidates = offered.iter().map(|text| Candidate::whole(*text, &text.repeat(3))).collect();
            Answer { candidates, files: Files::None, kept }
        })
    }

    #[test]
    fn lines_are_split_and_unquoted_as_in_bash() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let check = |text: &str, before: &[&str], word: &str, replaced: &str| {
            assert_eq!(line(text), (words(before), word.to_owned(), replaced.to_owned()), "{text}");
        };
        check("m  why ", &["m", "why"], "", "");
        check("m --set a=b", &["m", "--set"], "a=b", "b");
        check("m --set=a=b:c", &["m"], "--set=a=b:c", "c");
        check(r"m a\ b\=c", &["m"], "a b=c", "a b=c");
        check("m 'a b' \"c=d", &["m", "a b"], "c=d", "c=d");
        check("m x='a b", &["m"], "x=a b", "a b");
        check("m x='a=b'c", &["m"], "x=a=bc", "a=bc");
        check(r#"m "a\"\n\\"#, &["m"], r#"a"\n\"#, r#"a"\n\"#);
        check("m '' ", &["m", ""], "", "");
        check("m a\\", &["m"], "a", "a");
        check("m a@b", &["m"], "a@b", "@b");
        check("m 2>x a >>y <z b", &["m", "a"], "b", "b");
        check("m a&> x", &["m", "a"], "x", "x");
        check("m --from <(x", &["m", "--from"], "<(x", "x");
    }

    #[test]
    fn a_candidate_takes_the_place_of_what_bash_replaces() {
        assert_eq!(answered("m --output=te", &["text"], 9), "none\ntext \n");
        assert_eq!(answered("m -ote", &["text"], 2), "none\n-otext \n");
        assert_eq!(answered("m --set a=1,b", &["a=1,bc"], 0), "none\n1,bc \n");
        assert_eq!(answered("m --set 'a=1,b", &["a=1,bc"], 0), "none\na=1,bc\n");
        assert_eq!(answered("m why h", &["h[0]"], 0), "none\nh\\[0\\] \n");
        assert_eq!(answered("m why \"h", &["h$\"]"], 0), "none\nh\\$\\\"]\n");
        assert_eq!(answered("m why 'h", &["h'"], 0), "none\n");
        // Bash would expand it as history.
        assert_eq!(answered("m why \"h", &["h!"], 0), "none\n");
        assert_eq!(answered("m why h", &["h!"], 0), "none\nh\\! \n");
        assert_eq!(answered("m --set a@b=c@d", &["a@b=c@de"], 0), "none\n@de \n");
    }

    #[test]
    fn what_candidates_have_in_common_ends_outside_escapes() {
        let brief = |offered: &[&str]| answered("m --set \"m=a", offered, 0);
        assert_eq!(brief(&["m=a b", "m=a\\,b"]), "none\nm=a b\nm=a\\,b\n");
        assert_eq!(brief(&["m=a$b", "m=a$c"]), "none\nm=a\\$b\nm=a\\$c\n");
        assert_eq!(brief(&["m=a!", "m=a$c"]), "none\nm=a\\$c\n");
    }

    #[test]
    fn descriptions_are_shown_beside_several_candidates() {
        assert_eq!(answered("m ", &["ab", "c"], 0), "none\nab  (ababab)\nc   (ccc)\n");
        let long = "x".repeat(15);
        assert_eq!(
            answered("m ", &["a", &long], 0),
            format!("none\na                (aaa)\n{long}  ({}…)\n", "x".repeat(19))
        );
    }

    #[test]
    fn files_follow_what_stays_of_the_word() {
        let ask = |before: &str, kept: usize| {
            let arguments = [before, "", "9", BREAKS, "40"].map(str::to_owned);
            answer(&arguments, false, &|_, _, _| Answer::of_files(Files::Any).keeping(kept))
        };
        assert_eq!(ask("m -fx", 2), "any -f\n");
        assert_eq!(ask("m --values=x", 9), "any \n");
        assert_eq!(ask("m -f x", 0), "any \n");
        assert_eq!(ask("m --api-versions @x", 1), "any @\n");
        for line in ["m >x", "m > x", "m 2>>", "m a &>", "m < "] {
            assert_eq!(ask(line, 9), "any \n", "{line}");
        }
    }
}
