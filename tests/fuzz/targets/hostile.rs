//! Puts a text in every place of manifests that outsiders can name, and checks that it has no effect in any output format.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mim_chart::diagnostic::{Diagnostic, Source, TextStyle, is_hidden, write_json, write_text};
use mim_chart::diff::{self, TextOptions, compare_sides};
use mim_chart::kubernetes::{Object, read_objects};
use mim_chart::secrets::Secrets;
use mim_chart::kubernetes::KubeVersion;
use mim_chart::report;
use mim_chart::validate::{Request, validate};

/// Quotes a text and escapes everything but ASCII.
fn quoted(text: &str) -> String {
    let escaped = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        ' '..='~' => c.to_string(),
        c => format!("\\U{:08x}", u32::from(c)),
    };
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

/// Creates manifests in which everything that has a name has this one; `number` distinguishes the two sides.
fn objects(text: &str, number: u8) -> Vec<Object> {
    let (name, other) = (quoted(text), quoted(&format!("{number}\n{text}")));
    let metadata = format!("metadata: {{name: {name}, namespace: {name}, labels: {{{name}: {other}}}}}");
    let manifests = [
        format!("apiVersion: v1\nkind: ConfigMap\n{metadata}\ndata: {{a: '{number}', {name}: {name}, b: {other}}}\n"),
        format!("apiVersion: v1\nkind: Pod\n{metadata}\nspec: {{{name}: {number}, containers: [{{name: {name}, image: {other}}}]}}\n"),
        format!("apiVersion: {name}\nkind: {name}\nmetadata: {{name: {other}}}\n"),
    ];
    read_objects(&Source::file(format!("{text}.yaml"), manifests.join("---\n")), text).unwrap_or_default()
}

/// Checks that there are no control or hidden characters, and no commands for CI systems except at the
/// beginning of a line of annotations.
fn check(text: &str, is_annotations: bool) {
    assert!(!text.contains(|c| is_hidden(c) && c != '\n' && c != '\t'), "{text:?}");
    for line in text.split('\n') {
        let command = line.trim_start();
        let is_meant = is_annotations && ["::error ", "::warning ", "::notice "].iter().any(|start| line.starts_with(start));
        let is_command = command.starts_with("::") && !command.starts_with(":::") && command[2..].contains("::");
        assert!(is_meant || !is_command, "{line:?}");
        assert!(!line.contains("##["), "{line:?}");
    }
}

/// Checks that each line of a patch belongs to a file header, a hunk header or a manifest, and that hunks have as many lines as
/// their headers say.
fn check_patch(patch: &str) {
    let mut left = (0usize, 0usize);
    for line in patch.split_terminator('\n') {
        if left == (0, 0) {
            let path = line.strip_prefix("--- ").or_else(|| line.strip_prefix("+++ "));
            let is_other = ["diff --git ", "rename from ", "rename to "].iter().any(|start| line.starts_with(start));
            if let Some(hunk) = line.strip_prefix("@@ ") {
                let mut ranges = hunk.split(' ').map(|range| {
                    let range = range.trim_start_matches(['-', '+']);
                    range.split_once(',').map_or(Some(1), |(_, count)| count.parse().ok())
                });
                left = ranges.next().flatten().zip(ranges.next().flatten()).expect("two ranges");
            } else {
                assert!(path.is_some() || is_other, "{line:?}");
                let parts = path.unwrap_or("/dev/null").trim_matches('"').split('/');
                assert!(parts.clone().count() <= 4 && parts.skip(1).all(|part| !part.starts_with('.')), "{line:?}");
            }
            continue;
        }
        match line.as_bytes().first() {
            Some(b' ') => left = (left.0 - 1, left.1 - 1),
            Some(b'-') => left.0 -= 1,
            Some(b'+') => left.1 -= 1,
            _ => panic!("{line:?}"),
        }
    }
    assert_eq!(left, (0, 0));
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (old, new) = (objects(text, 1), objects(text, 2));
    for (old, new) in [(&[][..], &new[..]), (&old, &new), (&old, &[])] {
        let comparison = compare_sides(old, new, &Secrets::shown(), "default");
        check(&diff::write_text(&comparison, TextOptions { color: false, context: 3 }), false);
        check(&mim_chart::diagnostic::printable_lines(&diff::write_markdown(&comparison, 3, 60_000)), false);
        check(&diff::write_json(&comparison), false);
        check_patch(&diff::write_unified(&comparison, 3));
    }
    let request = Request { kube_version: &KubeVersion::default(), strict: true, custom_kinds: &[] };
    let found = validate(&new, &request);
    let names: Vec<String> = new.iter().map(|object| object.id.to_string()).collect();
    check(&report::write_json(&found), false);
    check(&report::write_sarif(&found, &report::Workspace::default()), false);
    check(&report::write_github(&found, &report::Workspace::default()), true);
    check(&mim_chart::diagnostic::printable_lines(&report::write_junit("validate", &names, &found)), false);
    let source = Source::file(text, text);
    let flag = Source::flag("--set", text);
    let mut reported: Vec<Diagnostic> = found.into_iter().map(|finding| finding.diagnostic).collect();
    reported.push(Diagnostic::error("schema", text).at(source.span(1..2), text).at(flag.whole(), text).help(text));
    check(&write_text(&reported, TextStyle::default()), false);
    check(&write_json(&reported), false);
});
