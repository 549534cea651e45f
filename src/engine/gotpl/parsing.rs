//! Parses all files of a tree of charts: identical files only once, and large trees on two threads.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use super::ast::{Origin, Parsed};
use super::errors::ParseError;
use super::parse::{Functions, parse};
use super::value::Text;
use crate::{heap, stack};

/// A file that is to be parsed.
#[derive(Debug)]
pub(super) struct Unparsed {
    /// Its path, starting with the root chart's name.
    pub(super) name: Text,
    /// Its text.
    pub(super) origin: Origin,
}

/// How many opening braces, two for each action, take longer to parse than a thread takes to start. Text between
/// actions costs little.
const WORTH_A_THREAD: usize = 2_000;

/// How many files of the same length a file is compared with.
const MAX_ALIKE: usize = 4;

type Outcome = Result<Arc<Parsed>, ParseError>;

/// Parses files. The results are in the same order.
pub(super) fn parse_all(files: Vec<Unparsed>, functions: Functions) -> Vec<Outcome> {
    let originals = originals(&files);
    let is_original = |&at: &usize| originals[at] == at;
    let braces = |at: usize| memchr::memchr_iter(b'{', files[at].origin.bytes()).count();
    let total: usize = (0..files.len()).filter(is_original).map(braces).sum();
    let mut parsed: Vec<Option<Outcome>> = match total > WORTH_A_THREAD {
        true => on_two_threads(&files, &originals, functions),
        false => files.iter().map(|_| None).collect(),
    };
    for (at, file) in files.iter().enumerate() {
        if parsed[at].is_some() {
            continue;
        }
        let copy = match &parsed[originals[at]] {
            Some(Ok(original)) => original.renamed(&file.name, &file.origin).map(|parsed| Ok(Arc::new(parsed))),
            _ => None,
        };
        parsed[at] = Some(copy.unwrap_or_else(|| parse_one(file, functions)));
    }
    parsed.into_iter().flatten().collect()
}

fn parse_one(file: &Unparsed, functions: Functions) -> Outcome {
    parse(&file.name, file.origin.clone(), functions).map(Arc::new)
}

/// Returns, for each file, the index of the first file with the same text: subcharts contain copies of library charts.
fn originals(files: &[Unparsed]) -> Vec<usize> {
    let mut known: HashMap<usize, Vec<usize>, ahash::RandomState> = HashMap::default();
    let original = |(at, file): (usize, &Unparsed)| {
        let text = file.origin.bytes();
        let alike = known.entry(text.len()).or_default();
        match alike.iter().find(|&&known| files[known].origin.bytes() == text) {
            Some(&original) => original,
            None => {
                if alike.len() < MAX_ALIKE {
                    alike.push(at);
                }
                at
            }
        }
    };
    files.iter().enumerate().map(original).collect()
}

/// Parses the files that are not copies, on this thread and a second one. If that can't be started, this thread does
/// all the work.
fn on_two_threads(files: &[Unparsed], originals: &[usize], functions: Functions) -> Vec<Option<Outcome>> {
    let parsed: Vec<OnceLock<Outcome>> = files.iter().map(|_| OnceLock::new()).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(at) else { return };
            if originals[at] == at {
                parsed[at].get_or_init(|| parse_one(file, functions));
            }
        }
    };
    std::thread::scope(|scope| {
        let other = stack::spawn(scope, stack::TEMPLATES, || {
            heap::grow_at_once();
            work();
        });
        work();
        if let Ok(other) = other
            && let Err(panic) = other.join()
        {
            std::panic::resume_unwind(panic);
        }
    });
    parsed.into_iter().map(OnceLock::into_inner).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::engine::gotpl::functions;

    fn file(name: &str, text: &str) -> Unparsed {
        Unparsed { name: name.into(), origin: Origin::File(Source::file(name, text)) }
    }

    #[test]
    fn files_keep_their_order_with_any_number_of_threads() {
        let large = "{{ .Values.a }} text\n".repeat(WORTH_A_THREAD / 8);
        let mut files =
            vec![file("a", "{{ if }}"), file("b", "x"), file("c", "x"), file("d", "{{ define \"e\" }}{{ end }}")];
        files.extend((0..8).map(|n| file(&format!("large{n}"), &format!("{large}{n}"))));
        files.extend([file("e", "{{ define \"e\" }}{{ end }}"), file("f", "{{ end }}")]);
        let outcomes: Vec<String> = parse_all(files, functions::NAMES)
            .into_iter()
            .map(|parsed| match parsed {
                Ok(parsed) => parsed.main().name.lossy().into_owned(),
                Err(error) => format!("{}: {}", error.name, error.message),
            })
            .collect();
        let large: Vec<String> = (0..8).map(|n| format!("large{n}")).collect();
        assert_eq!(outcomes[..4], ["a: missing value for if", "b", "c", "d"]);
        assert_eq!(outcomes[4..12], large);
        assert_eq!(outcomes[12..], ["e", "f: unexpected {{end}}"]);
    }
}
