//! Forbids words that have a plainer equivalent. CONTRIBUTING.md has the list.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Patterns that must not occur, and what to write instead.
const PHRASES: &[(&str, &str)] = &[
    (r"\btold\b", "reported"),
    (r"\banew\b", "again, new"),
    (r"\bin passing\b", "in its log"),
    (r"\bby chance\b", "random"),
    (r"\bworked off\b", "processed"),
    (r"\bmended?\b", "fixed"),
    (r"\bslip of the finger\b", "typo"),
    (r"\bwhoever\b", "anyone who"),
    (r"\bpass(es|ed)? over\b", "ignore, skip"),
    (r"\w's words\b", "message"),
    (r"\bgrave\b", "severe"),
    (r"\blies\b", "is"),
    (r"\bway out\b|\bwayOut\b", "remedy"),
    (r"\bleftOut\b", "skipped"),
    (r"\bgravity\b", "level"),
    (r"\bin other words\b", "in another form"),
    (r"\bsays? nothing of\b", "does not mention"),
    (r"\bgets? through\b", "connects"),
    (r"\bwith a word\b", "with a note"),
    (r"\bhears? only\b", "is only reachable"),
    (r"\beverybody else\b", "others"),
];

/// The files and folders that are checked.
const READ: &[&str] = &["src", "tests", "templates", "charts", ".ci", "README.md", "CHANGELOG.md", "SECURITY.md"];

/// Exceptions: recorded answers, inputs of tests, and this list.
const NOT_READ: &[&str] = &["tests/cases", "tests/cluster/fixtures", "tests/suite/prose.rs"];

#[test]
fn sources_and_documents_use_plain_words() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    READ.iter().for_each(|name| find(top, &top.join(name), &mut files));
    assert!(files.len() > 300, "only {} files were found", files.len());
    let phrases: Vec<_> =
        PHRASES.iter().map(|(phrase, plain)| (Regex::new(phrase).expect("a pattern"), plain)).collect();
    let mut wrong = Vec::new();
    for path in files {
        // Files that are not text are skipped.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for (number, line) in text.lines().enumerate() {
            for (phrase, plain) in phrases.iter().filter(|(phrase, _)| phrase.is_match(line)) {
                let shown = path.strip_prefix(top).unwrap_or(&path).display();
                wrong.push(format!("{shown}:{}: {phrase}: write: {plain}\n    {}", number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\nCONTRIBUTING.md lists what to say instead", wrong.join("\n"));
}

fn find(top: &Path, path: &Path, found: &mut Vec<PathBuf>) {
    let shown = path.strip_prefix(top).unwrap_or(path);
    if NOT_READ.iter().any(|name| Path::new(name) == shown) || shown.ends_with("target") {
        return;
    }
    let Ok(entries) = fs::read_dir(path) else { return found.push(path.to_owned()) };
    entries.flatten().for_each(|entry| find(top, &entry.path(), found));
}
