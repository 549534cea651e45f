//! A comparison as a patch of the manifests' texts.

use std::fmt::Write;

use super::lines::{Line, hunks};
use super::{Comparison, Difference, Status};

/// Writes a comparison as a unified diff: one file an object, named by namespace, kind and name.
pub fn write_unified(comparison: &Comparison, context: usize) -> String {
    let mut text = String::new();
    for difference in &comparison.differences {
        one(difference, context, &mut text);
    }
    text
}

fn one(difference: &Difference, context: usize, text: &mut String) {
    let id = &difference.id;
    let file = |name: &str| {
        let namespace = if id.namespace.is_empty() { String::new() } else { format!("{}/", id.namespace) };
        format!("{namespace}{}/{name}.yaml", id.kind)
    };
    let old_name = difference.old_name.as_deref().unwrap_or(&id.name);
    let old = if difference.status == Status::Added { "/dev/null".to_owned() } else { format!("a/{}", file(old_name)) };
    let new =
        if difference.status == Status::Removed { "/dev/null".to_owned() } else { format!("b/{}", file(&id.name)) };
    let hunks = hunks(&difference.old_text, &difference.new_text, context);
    if hunks.is_empty() {
        return;
    }
    // Writing to a String can't fail.
    let _ = writeln!(text, "--- {old}\n+++ {new}");
    for hunk in hunks {
        let range =
            |(start, count): (usize, usize)| if count == 1 { start.to_string() } else { format!("{start},{count}") };
        let _ = writeln!(text, "@@ -{} +{} @@", range(hunk.old), range(hunk.new));
        for line in hunk.lines {
            let (sign, line) = match line {
                Line::Same(line) => (' ', line),
                Line::Old(line) => ('-', line),
                Line::New(line) => ('+', line),
            };
            let _ = writeln!(text, "{sign}{line}");
        }
    }
}
