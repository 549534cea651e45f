//! Writes values that changed: `replicaCount: 1 → 3`.

use super::cause::Cause;
use crate::diagnostic::printable;

/// Returns `image.tag: "1.25" → "1.27"`.
pub(super) fn changed_value(key: &str, old: Option<&String>, new: Option<&String>) -> String {
    let [old, new] = [old, new].map(|value| value.map_or("not set", String::as_str));
    let (old, new) = shortened_pair(old, new);
    format!("{key}: {old} → {new}")
}

/// Returns a line for each cause. If there are many, the rest is only counted.
pub fn cause_lines(causes: &[Cause]) -> Vec<String> {
    const MAX: usize = 6;
    let shown = if causes.len() > MAX { MAX - 1 } else { causes.len() };
    let mut lines: Vec<String> = causes[..shown].iter().map(|cause| format!("because {}", cause_text(cause))).collect();
    if shown < causes.len() {
        lines.push(format!("and because of {} more values", causes.len() - shown));
    }
    lines
}

/// Returns `replicaCount: 1 → 3, values/prod.yaml:4`.
fn cause_text(cause: &Cause) -> String {
    let place = if cause.place.is_empty() { String::new() } else { format!(", {}", cause.place) };
    let text = changed_value(&cause.key, cause.old.as_ref(), cause.new.as_ref()) + &place;
    printable(&text).into_owned()
}

/// Shortens two values. If they would look the same, they start shortly before their first difference.
fn shortened_pair(old: &str, new: &str) -> (String, String) {
    const BEFORE: usize = 8;
    let same = old.char_indices().zip(new.chars()).take_while(|((_, a), b)| a == b).count();
    let (old_short, new_short) = (shortened(old), shortened(new));
    if old_short != new_short || same <= BEFORE {
        return (old_short, new_short);
    }
    let from = |text: &str| format!("…{}", shortened(&text.chars().skip(same - BEFORE).collect::<String>()));
    (from(old), from(new))
}

fn shortened(text: &str) -> String {
    const MAX_LENGTH: usize = 40;
    if text.chars().count() <= MAX_LENGTH {
        return text.to_owned();
    }
    let head: String = text.chars().take(MAX_LENGTH - 1).collect();
    format!("{head}…")
}
