//! Parses all files of a tree of charts: identical files only once, and many of them on two threads.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::ast::{Origin, Parsed};
use super::errors::ParseError;
use super::parse::{Functions, parse};
use super::value::Text;
use crate::diagnostic::Source;
use crate::remaining::Remaining;
use crate::second_thread::SecondThread;

/// A file that is to be parsed.
#[derive(Debug)]
pub(super) struct Unparsed {
    /// Its path, starting with the root chart's name.
    pub(super) name: Text,
    /// Its text.
    pub(super) source: Source,
}

/// How many opening braces, two for each action, take longer to parse than a thread takes to start. Text between
/// actions costs little.
const WORTH_A_THREAD: usize = 2_000;

/// The same for a thread that parses while this one does something else, and for one that is running already.
const WORTH_PARSING_AHEAD: usize = 600;
const WORTH_A_JOB: usize = 100;

/// How many files of the same length a file is compared with.
const MAX_ALIKE: usize = 4;

type Outcome = Result<Arc<Parsed>, ParseError>;

/// Parses files. The results are in the same order. The texts that `ahead` has parsed are not parsed again.
pub(super) fn parse_all(files: &[Unparsed], functions: Functions, ahead: Option<&ParseAhead>) -> Vec<Outcome> {
    let sources: Vec<Source> = files.iter().map(|file| file.source.clone()).collect();
    let mut texts = ahead.map_or_else(|| vec![None; files.len()], |ahead| ahead.finish(&sources, functions));
    // Those of archives are known only now.
    let others: Vec<Source> =
        sources.iter().zip(&texts).filter(|(_, text)| text.is_none()).map(|(source, _)| source.clone()).collect();
    let started = ParseAhead::start(&others, functions, WORTH_A_THREAD, None);
    if let Some(started) = &started {
        let found = started.finish(&sources, functions);
        texts.iter_mut().zip(found).for_each(|(text, found)| *text = text.or(found));
    }
    let originals = originals(&sources);
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(files.len());
    for (at, file) in files.iter().enumerate() {
        let origin = Origin::File(file.source.clone());
        let ready = match outcomes.get(originals[at]) {
            Some(Ok(original)) => (**original).clone().rename(&file.name, &origin),
            Some(Err(_)) => None,
            None => texts[at].and_then(|text| text.take(functions)?.rename(&file.name, &origin)),
        };
        outcomes.push(match ready {
            Some(parsed) => Ok(Arc::new(parsed)),
            None => parse(&file.name, origin, functions).map(Arc::new),
        });
    }
    outcomes
}

/// Returns, for each source, the index of the first one with the same text: subcharts contain copies of library charts.
fn originals(sources: &[Source]) -> Vec<usize> {
    let mut known: HashMap<usize, Vec<usize>, ahash::RandomState> = HashMap::default();
    let original = |(at, source): (usize, &Source)| {
        let text = source.bytes();
        let alike = known.entry(text.len()).or_default();
        match alike.iter().find(|&&known| sources[known].bytes() == text) {
            Some(&original) => original,
            None => {
                if alike.len() < MAX_ALIKE {
                    alike.push(at);
                }
                at
            }
        }
    };
    sources.iter().enumerate().map(original).collect()
}

/// Texts that a second thread parses until they are needed, identical ones once.
#[derive(Debug, Clone)]
pub struct ParseAhead(Arc<Texts>);

#[derive(Debug)]
struct Texts {
    texts: Vec<Parsing>,
    /// The texts that no thread has begun.
    remaining: Remaining,
    /// The index of each source's text, by its identity.
    by_source: HashMap<usize, usize, ahash::RandomState>,
}

/// A text that is parsed without a name.
#[derive(Debug)]
struct Parsing {
    source: Source,
    /// The tree, until it is taken; `None` if the text is invalid.
    parsed: OnceLock<Mutex<Option<Parsed>>>,
}

impl ParseAhead {
    /// Starts to parse Go templates while the rest of their chart is read. `None` if that is not worth a thread, or there is no
    /// memory for one.
    pub(super) fn while_reading(
        sources: &[Source],
        functions: Functions,
        second: Option<SecondThread>,
    ) -> Option<ParseAhead> {
        let worth = if second.is_some() { WORTH_A_JOB } else { WORTH_PARSING_AHEAD };
        ParseAhead::start(sources, functions, worth, second)
    }

    /// Starts to parse texts if they have more opening braces than that is worth.
    fn start(
        sources: &[Source],
        functions: Functions,
        worth: usize,
        second: Option<SecondThread>,
    ) -> Option<ParseAhead> {
        let originals = originals(sources);
        let (mut texts, mut by_source, mut braces) = (Vec::new(), HashMap::default(), 0);
        for (source, &original) in sources.iter().zip(&originals) {
            let known = by_source.get(&sources[original].identity()).copied();
            let text = known.unwrap_or_else(|| {
                braces += memchr::memchr_iter(b'{', source.bytes()).count();
                texts.push(Parsing { source: source.clone(), parsed: OnceLock::new() });
                texts.len() - 1
            });
            by_source.insert(source.identity(), text);
        }
        if braces <= worth {
            return None;
        }
        let remaining = Remaining::new(texts.len());
        let ahead = ParseAhead(Arc::new(Texts { texts, remaining, by_source }));
        let texts = Arc::downgrade(&ahead.0);
        second.or_else(SecondThread::start)?.run(move || {
            // The chart may be invalid, so nobody needs its templates.
            while let Some(texts) = texts.upgrade()
                && let Some(at) = texts.remaining.first()
            {
                texts.texts[at].parse(functions);
            }
        });
        Some(ahead)
    }

    /// Helps to parse the texts of these sources, and returns them.
    fn finish(&self, sources: &[Source], functions: Functions) -> Vec<Option<&Parsing>> {
        let Texts { texts, by_source, .. } = &*self.0;
        let of_sources: Vec<Option<usize>> =
            sources.iter().map(|source| by_source.get(&source.identity()).copied()).collect();
        let mut is_needed = vec![false; texts.len()];
        of_sources.iter().flatten().for_each(|&at| is_needed[at] = true);
        while let Some(at) = self.0.remaining.last() {
            // A subchart may be disabled.
            if is_needed[at] {
                texts[at].parse(functions);
            }
        }
        of_sources.into_iter().map(|at| Some(&texts[at?])).collect()
    }
}

impl Parsing {
    /// Parses the text unless a thread has begun to; then waits for it.
    fn parse(&self, functions: Functions) -> &Mutex<Option<Parsed>> {
        let parse = || parse(&Text::default(), Origin::File(self.source.clone()), functions).ok();
        self.parsed.get_or_init(|| Mutex::new(parse()))
    }

    /// Takes the tree; `None` if the text is invalid, or the tree was taken before.
    fn take(&self, functions: Functions) -> Option<Parsed> {
        self.parse(functions).lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::gotpl::functions;

    fn file(name: &str, text: &str) -> Unparsed {
        Unparsed { name: name.into(), source: Source::file(name, text) }
    }

    #[test]
    fn files_keep_their_order_with_any_number_of_threads() {
        let large = "{{ .Values.a }} text\n".repeat(WORTH_A_THREAD / 8);
        let mut files =
            vec![file("a", "{{ if }}"), file("b", "x"), file("c", "x"), file("d", "{{ define \"e\" }}{{ end }}")];
        files.extend((0..8).map(|n| file(&format!("large{n}"), &format!("{large}{n}"))));
        files.extend([file("e", "{{ define \"e\" }}{{ end }}"), file("f", "{{ end }}")]);
        let large: Vec<String> = (0..8).map(|n| format!("large{n}")).collect();
        let sources: Vec<Source> = files.iter().map(|file| file.source.clone()).collect();
        // The texts of all files, and of some files and of one that is not needed.
        let all = ParseAhead::while_reading(&sources, functions::NAMES, None);
        let some = [&sources[5..], &[Source::file("x", "{{ 1 }}")]].concat();
        let some = ParseAhead::while_reading(&some, functions::NAMES, SecondThread::start());
        assert!(all.is_some() && some.is_some());
        for ahead in [None, all.as_ref(), some.as_ref(), all.as_ref()] {
            let outcomes: Vec<String> = parse_all(&files, functions::NAMES, ahead)
                .into_iter()
                .map(|parsed| match parsed {
                    Ok(parsed) => parsed.main().name.lossy().into_owned(),
                    Err(error) => format!("{}: {}", error.name, error.message),
                })
                .collect();
            assert_eq!(outcomes[..4], ["a: missing value for if", "b", "c", "d"]);
            assert_eq!(outcomes[4..12], large);
            assert_eq!(outcomes[12..], ["e", "f: unexpected {{end}}"]);
        }
    }

    #[test]
    fn the_deepest_templates_are_parsed_ahead() {
        let nested = |depth: usize| format!("{{{{ {}1{} }}}}", "(".repeat(depth), ")".repeat(depth));
        for depth in [10_000, 1_000_000] {
            let text = nested(depth) + &"{{ 1 }}".repeat(WORTH_PARSING_AHEAD);
            let ahead = ParseAhead::while_reading(&[Source::file("a", text)], functions::NAMES, None).unwrap();
            let parsed = ahead.0.texts[0].parsed.wait().lock().unwrap().is_some();
            assert_eq!(parsed, depth == 10_000);
        }
    }

    #[test]
    fn few_templates_are_not_worth_a_thread() {
        assert!(ParseAhead::while_reading(&[Source::file("a", "{{ 1 }}")], functions::NAMES, None).is_none());
    }
}
