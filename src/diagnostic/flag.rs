//! Shortens a flag in a message to the assignments that matter.

use std::ops::Range;

use super::shown::{Hidden, Shown};
use super::source::Source;

/// Returns the shown form of a flag with some places in it: the assignments that contain them, `...` for the others, and
/// masks for hidden parts.
pub(super) fn shown_flag(source: &Source, places: &[Range<usize>]) -> Shown {
    let mut elided: Vec<Hidden> = Vec::new();
    let parts = source.parts();
    for (index, part) in parts.iter().enumerate() {
        let is_last = index + 1 == parts.len();
        let holds = |place: &Range<usize>| {
            // A place at a comma belongs to the assignment in front of it.
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
    Shown::new(source.text(), 0..source.text().len(), &hidden)
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
    fn a_long_flag_is_cut_to_the_labeled_assignments() {
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
