//! Finds similar names for "did you mean ...?".

/// Returns the known name most similar to `key`: at most a third of the letters differ, ignoring case, or it is the only
/// name that starts with `key`. Very long names are ignored, and of very many names only the first are compared.
///
/// ```
/// use mim_chart::diagnostic::nearest;
/// assert_eq!(nearest("replicaCout", ["image", "replicaCount"]), Some("replicaCount"));
/// assert_eq!(nearest("repo", ["tag", "repository"]), Some("repository"));
/// assert_eq!(nearest("zzz", ["image"]), None);
/// ```
pub fn nearest<'a>(key: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const SHORTEST_BEGINNING: usize = 3;
    /// In bytes. Comparing two names takes time proportional to the product of their lengths, and longer names
    /// are hardly typos.
    const MAX_LENGTH: usize = 200;
    const MAX_NAMES: usize = 10_000;
    if key.len() > MAX_LENGTH {
        return None;
    }
    let lower = key.to_lowercase();
    let letters = key.chars().count();
    let allowed = (letters / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    let mut longer = Vec::new();
    for name in names.into_iter().take(MAX_NAMES).filter(|name| name.len() <= MAX_LENGTH) {
        let lower_name = name.to_lowercase();
        let distance = strsim::damerau_levenshtein(&lower, &lower_name);
        let near = distance <= allowed && distance < name.chars().count();
        if near && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
        if letters >= SHORTEST_BEGINNING && lower_name.starts_with(&lower) {
            longer.push(name);
        }
    }
    match (best, &longer[..]) {
        (Some((_, name)), _) => Some(name),
        (None, [name]) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn very_long_names_get_no_suggestion() {
        let long = "x".repeat(1_000_000);
        assert_eq!(nearest(&long, [long.as_str()].into_iter()), None);
        assert_eq!(nearest("image", [long.as_str(), "images"].into_iter()), Some("images"));
    }
}
