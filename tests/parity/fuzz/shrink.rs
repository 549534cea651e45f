//! Shrinks a case as long as both sides differ on it.

use crate::Case;

/// Returns the smallest case found for which `differs` holds.
pub fn shrink(mut case: Case, mut differs: impl FnMut(&Case) -> bool) -> Case {
    loop {
        let before = case.clone();
        let mut at = 0;
        while at < case.flags.len() {
            let mut smaller = case.clone();
            smaller.flags.remove(at);
            if differs(&smaller) {
                case = smaller;
            } else {
                at += 1;
            }
        }
        for at in 0..case.flags.len() {
            if case.flags[at].0 == "-f" {
                continue;
            }
            let text = case.flags[at].1.clone();
            let smallest = shorten(&text, |text| {
                let mut smaller = case.clone();
                smaller.flags[at].1 = text.to_owned();
                differs(&smaller)
            });
            case.flags[at].1 = smallest;
        }
        let used: Vec<String> = case.files.keys().cloned().collect();
        for name in used {
            let mut without = case.clone();
            without.files.remove(&name);
            if !case.flags.iter().any(|(_, argument)| argument.contains(&name)) && differs(&without) {
                case = without;
                continue;
            }
            let text = case.files[&name].clone();
            let smallest = shorten(&text, |text| {
                let mut smaller = case.clone();
                smaller.files.insert(name.clone(), text.to_owned());
                differs(&smaller)
            });
            case.files.insert(name, smallest);
        }
        if case == before {
            return case;
        }
    }
}

/// Cuts as much as possible out of the text, long pieces first.
fn shorten(text: &str, mut differs: impl FnMut(&str) -> bool) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let mut length = chars.len().max(1);
    loop {
        let mut at = 0;
        while at < chars.len() {
            let end = (at + length).min(chars.len());
            let shorter: Vec<char> = chars[..at].iter().chain(&chars[end..]).copied().collect();
            if differs(&shorter.iter().collect::<String>()) {
                chars = shorter;
            } else {
                at += length;
            }
        }
        if length == 1 {
            return chars.into_iter().collect();
        }
        length = (length / 2).max(1);
    }
}
