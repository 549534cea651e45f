//! How far past the end of a match a search must read before the match is certain.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind};

/// Returns how many bytes a search reads at most after the end of a match. With such a bound, all matches in a text are
/// found in linear time. `None` means that every match may read the rest of the text, as with `a.*b|a`.
pub(super) fn reads_ahead(pattern: &str, is_unicode: bool) -> Option<usize> {
    let parsed = ParserBuilder::new().unicode(is_unicode).utf8(false).build().parse(pattern).ok()?;
    lookahead(&parsed)
}

fn lookahead(hir: &Hir) -> Option<usize> {
    /// An assertion such as `\b` reads one character.
    const CHARACTER: usize = 4;
    if let Some(longest) = hir.properties().maximum_len() {
        return Some(longest.saturating_add(CHARACTER));
    }
    match hir.kind() {
        HirKind::Capture(capture) => lookahead(&capture.sub),
        // All repetitions belong to the match, except the first that fails.
        HirKind::Repetition(repetition) if repetition.sub.properties().minimum_len() != Some(0) => {
            Some(repetition.sub.properties().maximum_len()?.saturating_add(CHARACTER))
        }
        HirKind::Concat(parts) => {
            let (last, before) = parts.split_last()?;
            let before: Option<Vec<usize>> = before.iter().map(|part| part.properties().maximum_len()).collect();
            Some(before?.into_iter().fold(lookahead(last)?, usize::saturating_add))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookahead_is_bounded_unless_a_search_may_read_on() {
        for (pattern, ahead) in [
            ("\\n", 5),
            ("ta{1,3}rget", 12),
            ("[aeiou]+", 5),
            ("(x| )+?", 5),
            ("a\\s*", 6),
            ("(?:^|/)[^/]+", 6),
            ("a|bc", 6),
        ] {
            assert_eq!(reads_ahead(pattern, false), Some(ahead), "{pattern}");
        }
        for pattern in ["a.*b|a", "a[^b]*b", "(a*)*", "(a+b)+", "a*|b", ".*x"] {
            assert_eq!(reads_ahead(pattern, false), None, "{pattern}");
        }
        assert!(reads_ahead("[é-ü]+", true).is_some_and(|ahead| ahead < 10));
    }
}
