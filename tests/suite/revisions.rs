//! Tests hand-made git revisions: nothing in them is written to disk, and none takes much time or memory.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use crate::support::command::{LITTLE_MEMORY, limited_shell, shell_command};
use crate::support::files::write;

/// Creates a repository with a chart in `c`, and defines `commit`, which creates a commit whose chart has more entries.
const SETUP: &str = r#"
git() { command git -c user.name=a -c user.email=a@example.com "$@"; }
git init -q -b main && git add . && git commit -qm one
chart=$(git rev-parse HEAD:c/Chart.yaml); empty=$(printf '' | git hash-object -w --stdin)
commit() {
  tree=$(printf '%b\n' "100644 blob $chart\tChart.yaml" "$@" | git mktree --missing)
  git commit-tree -m x "$(printf '040000 tree %s\tc\n' "$tree" | git mktree)"
}
"#;

fn repository(folder: &Path) {
    write(&folder.join("c/Chart.yaml"), "apiVersion: v2\nname: c\nversion: 1.0.0\nengine: tera\n");
}

fn bash(folder: &Path, script: &str) -> Output {
    shell_command("bash", &format!("{SETUP}{script}"), folder).output().expect("a shell")
}

/// Checks that `diff --rev` fails on a commit that `script` creates, with little memory.
fn refused(script: &str, reason: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    repository(folder.path());
    let made = bash(folder.path(), &format!("{script}\ngit tag made $made"));
    assert!(made.status.success(), "{made:?}");
    let start = Instant::now();
    let output = limited_shell("mim-chart diff --rev made ./c", folder.path(), LITTLE_MEMORY);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains(reason), "{stderr}");
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn directories_with_too_many_files_are_refused() {
    let many = r#"t=$(for n in $(seq 100000); do printf "100644 blob $empty\tf$n\n"; done | git mktree)
        made=$(commit "040000 tree $t\tmany")"#;
    refused(many, "made:c contains more than 50000 files");
    let branches = r#"t=$(printf "100644 blob $empty\tf\n" | git mktree)
        for level in $(seq 10); do t=$(for n in $(seq 10); do printf "040000 tree $t\t$n\n"; done | git mktree); done
        made=$(commit "040000 tree $t\tbranches")"#;
    refused(branches, "made:c contains more than 50000 files");
    let links = r#"t=$(printf "100644 blob $empty\tf\n" | git mktree); e=''
        for n in $(seq 20); do
          l=$(printf "../$((n + 1))" | git hash-object -w --stdin)
          d=$(printf "120000 blob $l\ta\n120000 blob $l\tb\n" | git mktree); e="$e\n040000 tree $d\t$n"; done
        made=$(commit "${e#??}" "040000 tree $t\t21")"#;
    refused(links, "made:c contains more than 50000 files");
}

#[test]
fn files_that_are_large_together_are_refused() {
    let script = r#"head -c 5000000 /dev/zero > zeros; z=$(git hash-object -w zeros)
        t=$(for n in $(seq 22); do printf "100644 blob $z\tf$n\n"; done | git mktree)
        made=$(commit "040000 tree $t\tlarge")"#;
    refused(script, "the files of made:c are larger than 104857600 bytes in total");
}

#[test]
fn directories_nested_too_deep_are_refused() {
    let script = r#"t=$(printf "100644 blob $empty\tf\n" | git mktree)
        for level in $(seq 120); do t=$(printf "040000 tree $t\td\n" | git mktree); done
        made=$(commit "040000 tree $t\td")"#;
    refused(script, "is more than 100 directories deep");
}

#[test]
fn a_revision_is_never_written_to_the_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    repository(folder.path());
    fs::create_dir(folder.path().join("tmp")).expect("a folder");
    let script = r#"list() { find . | sort; }; before=$(list)
        TMPDIR=$PWD/tmp mim-chart diff --rev HEAD ./c
        [ "$before" = "$(list)" ] && echo nothing written"#;
    let output = bash(folder.path(), script);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "no differences, 0 unchanged\nnothing written\n", "{output:?}");
}
