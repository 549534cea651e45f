//! Masks secrets in diagnostics: in the excerpts that they show, and in their messages.

use std::ops::Range;

use ahash::AHashMap;

use super::finder::{LONG_ENOUGH, is_distinctive};
use super::lines::{self, is_text};
use super::places::identity;
use super::{Secrets, spellings};
use crate::diagnostic::{Diagnostic, Hidden, Label, Source, SourceKind, Span};
use crate::yaml::{Node, Value};

/// The number of lines of a place in which secrets are masked. No output form shows more than 200 characters of a place.
const MAX_LINES: usize = 200;

/// The codes of diagnostics whose message may be written by the chart: template errors, `fail` and `required`.
const SENTENCES_OF_CHARTS: [&str; 3] = ["template", "fail", "required"];

/// Masks places in sources, and remembers what it found in each source.
pub(super) struct Excerpts<'s> {
    secrets: &'s Secrets,
    flags: AHashMap<usize, Source>,
    /// What to hide in documents, by the text's identity and the document's start.
    documents: AHashMap<(usize, usize), Option<Vec<Hidden>>>,
    /// The offsets of the line breaks in front of `---` lines, by the text's identity.
    separators: AHashMap<usize, Vec<usize>>,
}

impl Secrets {
    /// Masks secrets in diagnostics: in the lines and flags that they show, and in their messages.
    pub fn hide<'d>(&self, diagnostics: impl IntoIterator<Item = &'d mut Diagnostic>) {
        if self.is_open {
            return;
        }
        let mut excerpts = Excerpts::new(self);
        for diagnostic in diagnostics {
            excerpts.diagnostic(diagnostic);
        }
    }

    /// Returns the same place with its secrets hidden, if it is in a flag.
    pub fn hide_span(&self, span: &Span) -> Span {
        if self.is_open { span.clone() } else { Excerpts::new(self).flag_span(span) }
    }

    /// Masks long secrets in one of our own sentences.
    pub fn mask_in_sentence(&self, sentence: &str) -> String {
        let mut sentence = sentence.to_owned();
        if !self.is_open {
            Excerpts::new(self).mask_sentence(&mut sentence, &[]);
        }
        sentence
    }

    /// Masks secrets in rendered text: documents separated by `---` lines.
    pub fn masked_documents(&self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut document = String::new();
        for line in text.split_inclusive('\n').chain(["---"]) {
            if line.starts_with("---") {
                masked.extend(self.masked_lines(&document).into_iter().flat_map(|line| [line, "\n".to_owned()]));
                document.clear();
                masked.push_str(if line == "---" { "" } else { line });
            } else {
                document.push_str(line);
            }
        }
        masked
    }

    /// Returns a manifest's lines with their secrets masked, as many lines as the text has.
    pub fn masked_lines(&self, text: &str) -> Vec<String> {
        if self.is_open {
            return text.lines().map(str::to_owned).collect();
        }
        let source = Source::rendered("", text);
        let hidden = self
            .hidden_in_document(&source, 0..text.len())
            .unwrap_or_else(|| self.hidden_by_lines(&source, &(0..text.len())));
        let source = source.hiding(by_line(text, hidden));
        let mut shown: Vec<String> = source.shown(0..text.len()).text.lines().map(str::to_owned).collect();
        shown.resize(text.lines().count(), String::new());
        shown
    }

    /// Returns what to hide in some lines of a source that cannot be parsed.
    fn hidden_by_lines(&self, source: &Source, range: &Range<usize>) -> Vec<Hidden> {
        let text = source.text();
        let mut hidden = Vec::new();
        let hide = |range: Range<usize>, mask: String| Hidden { range, mask };
        let mut at = range.start;
        for line in text[range.clone()].split_inclusive('\n') {
            let line_range = at..at + line.trim_end_matches(['\n', '\r']).len();
            at += line.len();
            let plain = |range: &Range<usize>| self.public.contains(text[range.clone()].trim_matches(['"', '\'']));
            let by_key = lines::hidden_in(text, line_range).into_iter();
            hidden.extend(by_key.filter(|range| !plain(range)).map(|range| hide(range, self.mask_of(None))));
        }
        for found in self.found_in(&text[range.clone()]) {
            hidden
                .push(hide(range.start + found.range.start..range.start + found.range.end, self.mask_of(found.number)));
        }
        hidden
    }
}

impl<'s> Excerpts<'s> {
    pub(super) fn new(secrets: &'s Secrets) -> Self {
        Excerpts { secrets, flags: AHashMap::new(), documents: AHashMap::new(), separators: AHashMap::new() }
    }

    fn diagnostic(&mut self, diagnostic: &mut Diagnostic) {
        let mut texts: Vec<String> = Vec::new();
        let mut done: Vec<(Source, Source)> = Vec::new();
        for at in 0..diagnostic.labels.len() {
            let Some(source) = diagnostic.labels[at].span.source().cloned() else { continue };
            let masked = match done.iter().find(|(known, _)| *known == source) {
                Some((_, masked)) => masked.clone(),
                None => {
                    let of_source = |label: &&Label| label.span.source() == Some(&source);
                    let spans: Vec<&Span> =
                        diagnostic.labels.iter().filter(of_source).map(|label| &label.span).collect();
                    let hidden = self.hidden(&source, &spans);
                    texts.extend(hidden_texts_at(&source, &spans, &hidden));
                    let masked = if hidden.is_empty() { source.clone() } else { source.hiding(hidden) };
                    done.push((source, masked.clone()));
                    masked
                }
            };
            let label = &mut diagnostic.labels[at];
            label.span = label.span.in_source(&masked);
        }
        for (source, masked) in done.iter().filter(|(source, _)| source.kind() == SourceKind::Flag) {
            if !source.text().is_empty() && diagnostic.message.contains(source.text()) {
                let shown = masked.shown(0..source.text().len()).text;
                diagnostic.message = diagnostic.message.replace(source.text(), &shown);
            }
        }
        self.mask_sentence(&mut diagnostic.message, &texts);
        if SENTENCES_OF_CHARTS.contains(&diagnostic.code) {
            self.mask_short_secrets(&mut diagnostic.message, &texts);
        }
        for label in &mut diagnostic.labels {
            self.mask_sentence(&mut label.text, &texts);
        }
        for help in &mut diagnostic.help {
            self.mask_sentence(help, &texts);
        }
    }

    /// Returns what to hide in the lines of a source that contain the given places.
    fn hidden(&mut self, source: &Source, spans: &[&Span]) -> Vec<Hidden> {
        let secrets = self.secrets;
        let known = spans.first().map_or(&[][..], |span| secrets.places.in_source_of(span));
        let mut hidden: Vec<Hidden> = known
            .iter()
            .map(|(range, number)| Hidden { range: range.clone(), mask: secrets.mask_of(Some(*number)) })
            .collect();
        if source.kind() == SourceKind::Flag {
            hidden.extend(self.hidden_in_flag(source));
            return hidden;
        }
        let text = source.text();
        for span in spans {
            let first = source.position(span.start()).line;
            let last = source.position(span.range().end).line.min(first + MAX_LINES);
            let lines = source.line_range(first).start..source.line_range(last).end;
            let mut at = lines.start;
            loop {
                let identity = identity(span).unwrap_or_default();
                let separators = self.separators.entry(identity);
                let separators = separators
                    .or_insert_with(|| text.match_indices(SEPARATOR).map(|(separator, _)| separator).collect());
                let document = document_around(text, separators, at);
                let part = at..lines.end.min(document.end).max(at);
                let of_text = (identity, document.start);
                let end = document.end;
                let known = self.documents.entry(of_text);
                match known.or_insert_with(|| secrets.hidden_in_document(source, document)) {
                    Some(found) => {
                        let is_shown =
                            |hidden: &&Hidden| hidden.range.start < part.end && part.start < hidden.range.end;
                        hidden.extend(found.iter().filter(is_shown).cloned());
                    }
                    None => hidden.extend(secrets.hidden_by_lines(source, &part)),
                }
                if end >= lines.end {
                    break;
                }
                // The separator line itself holds no secrets.
                at = end + text[end..].find('\n').map_or(text.len() - end, |length| length + 1);
                if at >= lines.end {
                    break;
                }
            }
        }
        by_line(text, hidden)
    }

    fn hidden_in_flag(&self, source: &Source) -> Vec<Hidden> {
        let secrets = self.secrets;
        let text = source.text();
        let mut hidden = Vec::new();
        let is_json = source.name() == "--set-json";
        if is_json {
            let found = lines::values_in(text).into_iter();
            hidden.extend(found.map(|range| Hidden { range, mask: secrets.mask_of(None) }));
        }
        if is_json || matches!(source.name(), "--set" | "--set-string" | "--set-literal" | "--from-set" | "--to-set") {
            for part in source.parts() {
                let assignment = &text[part.clone()];
                let Some(sign) = assignment.find('=') else { continue };
                let key = assignment[..sign].trim_end_matches(|c: char| matches!(c, '[' | ']') || c.is_ascii_digit());
                let value = part.start + sign + 1..part.end;
                let is_named = secrets.names_a_secret(key.rsplit('.').next().unwrap_or(key));
                // A list in braces: `--set 'passwords={a,b}'`.
                let is_list = !is_json && text[value.clone()].starts_with('{');
                if is_named && (is_list || is_text(&text[value.clone()])) {
                    hidden.push(Hidden { range: value, mask: secrets.mask_of(None) });
                }
            }
        }
        for found in secrets.found_in(text) {
            hidden.push(Hidden { range: found.range, mask: secrets.mask_of(found.number) });
        }
        hidden
    }

    /// Hides secrets in the flags that set the values.
    pub(super) fn hide_in_flags(&mut self, node: &mut Node) {
        node.span = self.flag_span(&node.span);
        match &mut node.value {
            Value::Map(map) => map.iter_mut().for_each(|(_, node)| self.hide_in_flags(node)),
            Value::List(items) => items.iter_mut().for_each(|node| self.hide_in_flags(node)),
            _ => {}
        }
    }

    fn flag_span(&mut self, span: &Span) -> Span {
        let (Some(source), Some(identity)) = (span.source(), identity(span)) else { return span.clone() };
        if source.kind() != SourceKind::Flag {
            return span.clone();
        }
        if !self.flags.contains_key(&identity) {
            let hidden = self.hidden(source, &[span]);
            self.flags.insert(identity, source.hiding(hidden));
        }
        span.in_source(&self.flags[&identity])
    }

    /// Masks secrets in one of our own sentences: the given strings in quotes, and long secrets anywhere.
    fn mask_sentence(&self, sentence: &mut String, texts: &[String]) {
        let mask = self.secrets.mask_of(None);
        for text in texts {
            for quote in ["'", "\"", "`"] {
                let quoted = format!("{quote}{text}{quote}");
                if sentence.contains(&quoted) {
                    *sentence = sentence.replace(&quoted, &format!("{quote}{mask}{quote}"));
                }
            }
            // The part of a value after a comma, which was read as a key.
            let assignment = format!("write {text}=VALUE");
            if sentence.contains(&assignment) {
                *sentence = sentence.replace(&assignment, "write KEY=VALUE");
            }
            let mut at = 0;
            while text.len() >= LONG_ENOUGH
                && let Some(start) = sentence[at..].find(text.as_str())
            {
                let range = at + start..at + start + text.len();
                at = range.end;
                if !self.secrets.is_in_a_name(sentence, &range) {
                    at = range.start + mask.len();
                    sentence.replace_range(range, &mask);
                }
            }
        }
        let mut found = self.secrets.finder.find_long_ones(sentence);
        found.retain(|found| !self.secrets.is_in_a_name(sentence, &found.range));
        for found in found.into_iter().rev() {
            sentence.replace_range(found.range, &self.secrets.mask_of(found.number));
        }
    }
}

impl Excerpts<'_> {
    /// Masks short secrets in a sentence that a chart wrote: in quotes, and as whole words if they are among `texts`, the
    /// values that the sentence is about. In our own sentences, short secrets may be ordinary words.
    fn mask_short_secrets(&self, sentence: &mut String, texts: &[String]) {
        let quoted = |at: usize| sentence[..at].ends_with(['"', '\'', '`']);
        let mut found: Vec<_> = self.secrets.finder.find(sentence).into_iter().collect();
        found.retain(|found| quoted(found.range.start));
        for found in found.into_iter().rev() {
            sentence.replace_range(found.range, &self.secrets.mask_of(found.number));
        }
        let is_of_a_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        for text in texts.iter().filter(|text| is_distinctive(text.as_bytes())) {
            let mask = self.secrets.mask_of(None);
            let mut at = 0;
            while let Some(length) = sentence[at..].find(text.as_str()) {
                let (start, end) = (at + length, at + length + text.len());
                // A period may end the sentence, or belong to a longer word.
                let after = sentence[end..].trim_start_matches(['.', '-']);
                let is_whole = !sentence[..start].ends_with(is_of_a_word)
                    && !sentence[end..].starts_with(|c: char| is_of_a_word(c) && !matches!(c, '.' | '-'))
                    && (after.len() == sentence.len() - end || !after.starts_with(is_of_a_word));
                if is_whole {
                    sentence.replace_range(start..end, &mask);
                }
                at = if is_whole { start + mask.len() } else { end };
            }
        }
    }
}

/// The start of a separator line, with the line break in front of it.
const SEPARATOR: &str = "\n---";

/// Returns the document that contains the line that begins at `at`.
fn document_around(text: &str, separators: &[usize], at: usize) -> Range<usize> {
    let before = separators.partition_point(|separator| separator + SEPARATOR.len() <= at);
    let start = before.checked_sub(1).map(|before| separators[before] + 1);
    let start = start.map_or(0, |at| at + text[at..].find('\n').map_or(0, |end| end + 1));
    let after = separators.partition_point(|separator| *separator < at);
    let end = separators.get(after).map_or(text.len(), |separator| separator + 1);
    start.min(at)..end
}

/// Returns the hidden strings at some places, which a message may repeat.
fn hidden_texts_at(source: &Source, spans: &[&Span], hidden: &[Hidden]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut add = |text: &str| {
        let text = text.trim().trim_matches(['"', '\'']);
        let resolved = spellings::views(text.as_bytes()).into_iter().next();
        let resolved = resolved.and_then(|view| String::from_utf8(view.bytes).ok());
        texts.extend([Some(text.to_owned()), resolved].into_iter().flatten().filter(|text| !text.is_empty()));
    };
    for Hidden { range, .. } in hidden {
        for span in spans {
            let marked = span.range();
            if marked.start <= range.end && range.start <= marked.end {
                add(&source.text()[range.clone()]);
                let within = marked.start.max(range.start)..marked.end.min(range.end);
                add(&source.text()[within.start..within.end.max(within.start)]);
            }
        }
    }
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    texts.dedup();
    texts
}

/// Splits hidden ranges that span several lines, so that the number of lines stays the same.
fn by_line(text: &str, hidden: Vec<Hidden>) -> Vec<Hidden> {
    let mut separate = Vec::with_capacity(hidden.len());
    for Hidden { range, mask } in hidden {
        let mut at = range.start;
        for line in text[range].split_inclusive('\n') {
            let body = line.trim_end_matches(['\n', '\r']);
            let indent = if at == 0 || text[..at].ends_with('\n') { body.len() - body.trim_start().len() } else { 0 };
            if body.len() > indent {
                separate.push(Hidden { range: at + indent..at + body.len(), mask: mask.clone() });
            }
            at += line.len();
        }
    }
    separate
}
