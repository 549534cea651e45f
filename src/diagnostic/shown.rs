//! What is shown of a text: parts of it may be hidden, and of a flag only the assignments that matter are shown.

use std::ops::Range;

use super::{Source, SourceKind};

/// A part of a text, and what is shown in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// The bytes of the text.
    pub range: Range<usize>,
    /// What is shown instead.
    pub mask: String,
}

impl Hidden {
    /// In the order of the text; of those that overlap the first stays and grows.
    pub(super) fn sorted(mut all: Vec<Hidden>) -> Vec<Hidden> {
        all.sort_by_key(|hidden| (hidden.range.start, std::cmp::Reverse(hidden.range.end)));
        let mut sorted: Vec<Hidden> = Vec::with_capacity(all.len());
        for hidden in all.into_iter().filter(|hidden| !hidden.range.is_empty()) {
            match sorted.last_mut() {
                Some(last) if hidden.range.start < last.range.end => {
                    last.range.end = last.range.end.max(hidden.range.end);
                }
                _ => sorted.push(hidden),
            }
        }
        sorted
    }
}

/// A part of a text as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What is shown.
    pub text: String,
    /// The bytes of the text that it stands for.
    range: Range<usize>,
    /// Hidden parts: their bytes in the text, and in what is shown.
    hidden: Vec<(Range<usize>, Range<usize>)>,
}

impl Shown {
    /// The bytes `range` of a text; `hidden` is sorted, and its ranges lie on character boundaries.
    pub(super) fn of(text: &str, range: Range<usize>, hidden: &[Hidden]) -> Shown {
        let mut shown = Shown { text: String::with_capacity(range.len()), range: range.clone(), hidden: Vec::new() };
        let mut at = range.start;
        for part in hidden.iter().filter(|part| part.range.start < range.end && range.start < part.range.end) {
            let within = part.range.start.max(range.start)..part.range.end.min(range.end);
            shown.text.push_str(&text[at..within.start]);
            let from = shown.text.len();
            shown.text.push_str(&part.mask);
            at = within.end;
            shown.hidden.push((within, from..shown.text.len()));
        }
        shown.text.push_str(&text[at..range.end]);
        shown
    }

    /// Where the bytes `range` of the text are in what is shown. A part of something hidden is all of it.
    pub(super) fn place(&self, range: Range<usize>) -> Range<usize> {
        let start = self.offset(range.start, true);
        start..self.offset(range.end, range.is_empty()).max(start)
    }

    fn offset(&self, at: usize, is_start: bool) -> usize {
        let at = at.clamp(self.range.start, self.range.end);
        let before =
            self.hidden.iter().take_while(|(of_text, _)| of_text.start < at || is_start && of_text.start == at);
        match before.last() {
            None => at - self.range.start,
            Some((of_text, shown)) if at < of_text.end => {
                if is_start {
                    shown.start
                } else {
                    shown.end
                }
            }
            Some((of_text, shown)) => shown.end + at - of_text.end,
        }
    }
}

/// The assignments in a flag of the `--set` family; any other source is one part.
pub(super) fn parts(source: &Source) -> Vec<Range<usize>> {
    let text = source.text();
    let has_several = matches!(source.name(), "--set" | "--set-string" | "--set-json" | "--set-file");
    if source.kind() != SourceKind::Flag || !has_several {
        return std::iter::once(0..text.len()).collect();
    }
    let is_json = source.name() == "--set-json";
    let (mut parts, mut start, mut depth, mut quoted, mut escaped) = (Vec::new(), 0, 0_usize, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' if is_json => quoted = !quoted,
            _ if quoted => {}
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            // What has no key belongs to the value before it: somebody forgot to escape the comma.
            ',' if depth == 0 && has_key(&text[at + 1..]) => {
                parts.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(start..text.len());
    parts
}

/// Whether an assignment begins here.
fn has_key(rest: &str) -> bool {
    rest.find(['=', ',']).is_some_and(|at| rest[at..].starts_with('='))
}

/// The assignment that holds a byte of a flag.
pub(super) fn part_of(source: &Source, at: usize) -> Range<usize> {
    let parts = parts(source);
    parts.iter().find(|part| at <= part.end).cloned().unwrap_or(0..source.text().len())
}

/// A flag as it is shown around some places in it: the assignments that hold them, `...` for others, its hidden parts masked.
pub(super) fn shown_flag(source: &Source, places: &[Range<usize>]) -> Shown {
    let mut elided: Vec<Hidden> = Vec::new();
    let parts = parts(source);
    for (index, part) in parts.iter().enumerate() {
        let is_last = index + 1 == parts.len();
        let holds = |place: &Range<usize>| {
            // A place at a comma belongs to what stands before it.
            part.start <= place.start && (place.start <= part.end || is_last)
                || place.start < part.end && part.start < place.end
        };
        if !places.iter().any(holds) {
            match elided.last_mut() {
                Some(last) if last.range.end + 1 == part.start => last.range.end = part.end,
                _ => elided.push(Hidden { range: part.clone(), mask: "...".to_owned() }),
            }
        }
    }
    let hidden = Hidden::sorted(elided.into_iter().chain(source.hidden().iter().cloned()).collect());
    Shown::of(source.text(), 0..source.text().len(), &hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_in_what_is_shown() {
        let source = Source::file("v.yaml", "password: hunter2 # old\n");
        let source = source.hiding([Hidden { range: 10..17, mask: "(secret)".to_owned() }]);
        let shown = source.shown(0..23);
        assert_eq!(shown.text, "password: (secret) # old");
        assert_eq!(shown.place(10..17), 10..18);
        assert_eq!(shown.place(12..13), 10..18);
        assert_eq!(shown.place(18..23), 19..24);
        assert_eq!(shown.place(0..8), 0..8);
        assert_eq!(source.shown(12..14).text, "(secret)");
    }

    #[test]
    fn a_flag_is_cut_to_the_assignments_that_matter() {
        let shown = |name: &str, text: &str, place: &str| {
            let at = text.find(place).unwrap();
            shown_flag(&Source::flag(name, text), std::slice::from_ref(&(at..at + place.len()))).text
        };
        assert_eq!(shown("--set", "a=1,b=2,c=3", "2"), "...,b=2,...");
        assert_eq!(shown("--set", "a=1,b=2,c=3", "a"), "a=1,...");
        assert_eq!(shown("--set", "a={1,x=2},b=2", "b"), "...,b=2");
        assert_eq!(shown("--set", r"a=1\,x=2,b=2", "b"), "...,b=2");
        assert_eq!(shown("--set", "a=1,x,b=2", "x"), "a=1,x,...");
        assert_eq!(shown("--set-json", r#"a={"x":",b="},c=[1,2]"#, "c"), "...,c=[1,2]");
        assert_eq!(shown("--set-literal", "a=1,b=2", "b"), "a=1,b=2");
        assert_eq!(shown("--kube-version", "a=1,b=2", "b"), "a=1,b=2");
    }
}
