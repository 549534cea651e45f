//! Shrinks a case as long as both sides differ on it.

use std::time::{Duration, Instant};

use crate::Case;

/// The time limit for shrinking a case: an almost minimal case is good enough.
const PATIENCE: Duration = Duration::from_secs(4);

/// Returns the smallest case found within `patience` for which `differs` holds.
pub fn shrink(mut case: Case, patience: Duration, mut differs: impl FnMut(&Case) -> bool) -> Case {
    let end = Instant::now() + patience.min(PATIENCE);
    let mut differs = |case: &Case| Instant::now() < end && differs(case);
    loop {
        let before = case.clone();
        let mut at = 0;
        while at < case.files.len() {
            // A chart needs Chart.yaml, and half of one would be a different error.
            if case.files[at].0.ends_with("Chart.yaml") {
                at += 1;
                continue;
            }
            let mut smaller = case.clone();
            smaller.files.remove(at);
            if differs(&smaller) {
                case = smaller;
            } else {
                at += 1;
            }
        }
        for at in 0..case.files.len() {
            if case.files[at].0.ends_with("Chart.yaml") {
                continue;
            }
            let text = case.files[at].1.clone();
            // Values are cut by lines: half of a line would be a different error.
            let pieces: Vec<&str> = match case.files[at].0.ends_with("values.yaml") {
                true => text.split_inclusive('\n').collect(),
                false => text.split_inclusive(|_: char| true).collect(),
            };
            let smallest = shorten(pieces, |text| {
                let mut smaller = case.clone();
                text.clone_into(&mut smaller.files[at].1);
                differs(&smaller)
            });
            case.files[at].1 = smallest;
        }
        if case == before || Instant::now() >= end {
            return case;
        }
    }
}

/// Cuts as many pieces as possible out of the text, long runs first.
fn shorten(mut pieces: Vec<&str>, mut differs: impl FnMut(&str) -> bool) -> String {
    let mut length = pieces.len().max(1);
    loop {
        let mut at = 0;
        while at < pieces.len() {
            let end = (at + length).min(pieces.len());
            let shorter = [&pieces[..at], &pieces[end..]].concat();
            if differs(&shorter.concat()) {
                pieces = shorter;
            } else {
                at += length;
            }
        }
        if length == 1 {
            return pieces.concat();
        }
        length = (length / 2).max(1);
    }
}
