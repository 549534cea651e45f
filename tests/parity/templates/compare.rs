//! Compares the answers of both sides, and classifies differences.

use crate::{Answer, Case};

/// Describes how our answer differs from Helm's, if it does. An error agrees if it begins with Helm's
/// text; explanations may follow.
pub fn difference(helm: &Answer, ours: &Answer) -> Option<String> {
    match (helm, ours) {
        (Err(helm), Err(ours)) if ours.starts_with(helm.trim_end()) => None,
        (Ok(helm), Ok(ours)) => {
            let path = helm.keys().chain(ours.keys()).find(|path| helm.get(*path) != ours.get(*path))?;
            let shown = |texts: &std::collections::BTreeMap<String, String>| match texts.get(path) {
                Some(text) => format!("{text:?}"),
                None => "not rendered".to_owned(),
            };
            Some(format!("  Helm {path}: {}\n  ours {path}: {}", shown(helm), shown(ours)))
        }
        _ => Some(format!("  Helm {}\n  ours {}", shown(helm), shown(ours))),
    }
}

fn shown(answer: &Answer) -> String {
    match answer {
        Ok(texts) => format!("renders {texts:?}"),
        Err(error) => format!("error {error:?}"),
    }
}

/// Returns a text that is the same for differences that probably have the same cause: the errors without quoted parts and
/// numbers, or, if both sides render, the functions that the templates call.
pub fn signature(case: &Case, helm: &Answer, ours: &Answer) -> String {
    match (helm, ours) {
        (Ok(_), Ok(_)) => format!("text: {}", names(case).join(" ")),
        (Ok(_), Err(ours)) => format!("ours fails: {}", general(ours)),
        (Err(helm), Ok(_)) => format!("Helm fails: {}", general(helm)),
        (Err(helm), Err(ours)) => format!("errors: {} / {}", general(helm), general(ours)),
    }
}

/// Returns the end of an error without numbers and quoted parts, but with the name of an unknown function.
pub fn general(error: &str) -> String {
    let last = error.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("").trim();
    let last = last.rsplit(">: ").next().unwrap_or(last);
    let last =
        if last.starts_with("parse error at (") { last.split_once("): ").map_or(last, |(_, rest)| rest) } else { last };
    if let Some(name) = last.find("function \"").map(|at| &last[at..]) {
        return name.to_owned();
    }
    let mut out = String::new();
    let mut quote = None;
    for character in last.chars() {
        match quote {
            Some(end) if character == end => quote = None,
            Some(_) => continue,
            None if character == '"' || character == '`' => quote = Some(character),
            None if character == '<' => quote = Some('>'),
            None if character.is_ascii_digit() => continue,
            None => {}
        }
        out.push(character);
    }
    out.chars().take(160).collect()
}

/// Returns the names in the actions of the templates, without keywords.
fn names(case: &Case) -> Vec<String> {
    let keywords = [
        "if", "else", "end", "with", "range", "define", "template", "block", "break", "continue", "nil", "true",
        "false",
    ];
    let mut found = Vec::new();
    for (_, text) in case.files.iter().filter(|(path, _)| path.contains("templates/")) {
        for action in text.split("{{").skip(1).filter_map(|part| part.split("}}").next()) {
            let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '.' | '$' | '"');
            for word in action.split(|character: char| !is_part(character)) {
                let is_name = word.starts_with(|first: char| first.is_alphabetic()) && !word.contains(['"', '.']);
                if is_name && !keywords.contains(&word) && !found.iter().any(|name| name == word) {
                    found.push(word.to_owned());
                }
            }
        }
    }
    found.sort();
    found
}
