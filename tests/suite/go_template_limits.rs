//! Tests hostile Go templates with little memory: they end with an error that names the limit, where
//! Helm would run forever or crash.

#![cfg(unix)]

use std::fs;
use std::path::Path;

use crate::support::command::limited_shell;

/// The address space of every run here, in KiB: templates can use 1.5 GiB, and run on a stack of 256 MiB.
const MEMORY: u32 = 3_000_000;

/// Builds a map with a nesting depth of one million.
const DEEP: &str = r#"{{- $deep := dict }}{{- range $i := until 1000000 }}{{- $deep = dict "a" $deep }}{{- end }}"#;

/// Builds a map that contains itself.
const SELF: &str = r#"{{- $map := dict "x" 1 }}{{- $_ := set $map "a" $map }}"#;

fn run(folder: &Path, template: &str) -> (Option<i32>, String, String) {
    fs::create_dir_all(folder.join("c/templates")).expect("a folder");
    fs::write(folder.join("c/Chart.yaml"), "apiVersion: v2\nname: c\nversion: 1.0.0\n").expect("written");
    fs::write(folder.join("c/templates/t.yaml"), template).expect("written");
    let output = limited_shell("mim-chart template r c", folder, MEMORY);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// Checks what a template prints after its `# Source:` line.
fn prints(template: &str, wanted: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, stdout, stderr) = run(folder.path(), template);
    assert_eq!(code, Some(0), "{template}: {stderr}");
    assert_eq!(stdout, format!("---\n# Source: c/templates/t.yaml\n{wanted}\n"), "{template}");
}

/// Checks that a template fails with an error that contains the given text.
fn fails(template: &str, wanted: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, stdout, stderr) = run(folder.path(), template);
    assert_eq!((code, stdout.as_str()), (Some(1), ""), "{template}: {stderr}");
    assert!(stderr.contains(wanted), "{template}: {stderr}");
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn values_a_million_levels_deep_are_built_printed_compared_and_dropped() {
    prints(&format!("{DEEP}a: {{{{ print $deep | len }}}}"), "a: 7000005");
    prints(&format!("{DEEP}a: {{{{ has $deep (list $deep) }}}}{{{{ kindOf $deep }}}}"), "a: truemap");
    for (call, wanted) in [
        ("toJson $deep", "the value nests too deeply to be written"),
        ("deepCopy $deep", "the value nests too deeply to be copied"),
    ] {
        fails(&format!("{DEEP}a: {{{{ {call} }}}}"), wanted);
    }
}

#[test]
fn traversing_a_recursive_map_is_an_error() {
    for (call, wanted) in [
        ("$map", "a map that contains itself cannot be printed"),
        ("print $map", "a map that contains itself cannot be printed"),
        ("printf \"%v\" $map", "a map that contains itself cannot be printed"),
        ("printf \"%+v\" $map", "nests too deeply to be printed, or contains itself"),
        ("quote $map", "a map that contains itself cannot be printed"),
        ("join \",\" (list $map)", "a map that contains itself cannot be printed"),
        ("eq $map $map", "contains itself"),
        ("toJson $map", "the value nests too deeply to be written"),
        ("toPrettyJson $map", "the value nests too deeply to be written"),
        ("toYaml $map", "the value nests too deeply to be written"),
        ("toToml $map", "the value nests too deeply to be written"),
        ("deepCopy $map", "the value nests too deeply to be copied, or contains itself"),
        ("mustDeepCopy $map", "the value nests too deeply to be copied, or contains itself"),
    ] {
        fails(&format!("{SELF}a: {{{{ {call} }}}}"), wanted);
    }
}

#[test]
fn a_recursive_map_can_be_used_without_traversing_it() {
    for call in ["merge (dict) $map | len", "mergeOverwrite (dict \"a\" (dict \"a\" 1)) $map | len", "len $map"] {
        prints(&format!("{SELF}a: {{{{ {call} }}}}"), "a: 2");
    }
    prints(&format!("{SELF}a: {{{{ deepEqual $map $map }}}}"), "a: true");
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn endless_loops_end_at_the_limit_of_steps() {
    fails("{{ range 1000000000000000000 }}{{ end }}", "the templates do not terminate: more than 50000000 steps");
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn endless_texts_and_lists_end_at_the_limit_of_bytes() {
    let wanted = "the templates produce more than 1536 MiB";
    for template in [
        "{{ repeat 9000000000 \"abc\" }}",
        "{{ range until 1000000000 }}{{ end }}",
        "{{ range 1000000000000000000 }}{{ repeat 1000000 \"abc\" }}{{ end }}",
    ] {
        fails(template, wanted);
    }
    let doubling = "{{ $a := repeat 1000000 \"abc\" }}{{ range 10000 }}{{ $a = print $a $a }}{{ end }}";
    fails(doubling, "the templates do not terminate");
}

#[test]
fn keys_and_password_hashes_in_a_loop_are_limited() {
    let wanted = "the templates generate more than 4000 keys and password hashes";
    fails("{{ range 1000000 }}{{ derivePassword 1 \"long\" \"a\" \"b\" \"c\" }}{{ end }}", wanted);
    fails("{{ range 1000000 }}{{ genPrivateKey \"ed25519\" }}{{ end }}", wanted);
    let with_key =
        "{{ $key := genPrivateKey \"ed25519\" }}{{ range 1000000 }}{{ $ca := genCAWithKey \"a\" 1 $key }}{{ end }}";
    fails(with_key, wanted);
}

#[test]
fn functions_of_megabytes_in_a_loop_end_at_the_limit_of_steps() {
    let wanted = "the templates do not terminate: more than 50000000 steps";
    let template =
        "{{ $text := repeat 10000000 \"a\" }}{{ range 1000000 }}{{ $x := hasPrefix \"xyz\" $text }}{{ end }}";
    fails(template, wanted);
}

/// A hundred strings of one megabyte that only differ at their ends.
const LONG: &str = "{{ $text := repeat 1000000 \"a\" }}{{ $list := list }}{{ range $i := 100 }}{{ $list = append $list (print $text $i) }}{{ end }}";

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn long_texts_that_are_compared_in_a_loop_end_at_the_limit_of_bytes() {
    for call in ["sortAlpha $list", "uniq $list", "without $list (print $text 99)", "has (print $text 99) $list"] {
        let template = format!("{LONG}{{{{ range 1000000 }}}}{{{{ $x := {call} }}}}{{{{ end }}}}");
        fails(&template, "the templates produce more than 1536 MiB");
    }
    let template = format!("{LONG}{{{{ range 1000000 }}}}{{{{ $x := deepEqual $list (concat $list) }}}}{{{{ end }}}}");
    fails(&template, "the templates produce more than 1536 MiB");
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn searches_in_a_loop_end_at_the_limit_of_steps() {
    let wanted = "the templates do not terminate: more than 50000000 steps";
    // A match could read the text to its end, so each counts for a part of the text, even if these read little.
    for call in [
        "regexMatch \"a\" $text",
        "regexReplaceAll \"a\" $text \"\"",
        "regexReplaceAllLiteral \"a\" $text \"\"",
        "regexFindAll \"a\" $text -1",
        "regexSplit \"a\" $text -1",
    ] {
        let template = format!(
            "{{{{ $text := repeat 1000000 \"a\" }}}}{{{{ range 1000000 }}}}{{{{ $x := {call} }}}}{{{{ end }}}}"
        );
        fails(&template, wanted);
    }
    prints("a: {{ regexReplaceAll \"a\" (repeat 50000 \"a\") \"\" | len }}", "a: 0");
}

/// Matches that end early are not counted as if each had read the whole text.
#[test]
fn a_long_text_may_have_many_matches() {
    let text = "{{ $text := repeat 20000 \"  \\\"some\\\": \\\"words of a dashboard, 50 bytes a line\\\"\\n\" }}";
    for (expression, wanted) in [("\\n", 980_000), ("\\s+", 780_000), ("wo?rds", 900_000)] {
        let call = format!("a: {{{{ regexReplaceAll {expression:?} $text \"\" | len }}}}");
        prints(&format!("{text}{call}"), &format!("a: {wanted}"));
    }
}

#[test]
fn characters_are_trimmed_in_linear_time() {
    let trimmed = "{{ trimAll (print (repeat 1000000 \"b\") \"a\") (repeat 1000000 \"a\") | len }}";
    prints(&format!("a: {trimmed}"), "a: 0");
}
