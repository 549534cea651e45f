//! Runs the cases in `tests/cases/cli/{success,errors,warnings}/NAME`. `command` is the user's command line,
//! which runs in a folder with the other files. `output.snap` is the expected output and exit code, which were
//! reviewed before they were accepted.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::command::{shell, transcript};

fn folders(kind: &str) -> Vec<PathBuf> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/cli").join(kind);
    let mut folders: Vec<PathBuf> =
        fs::read_dir(&top).expect("the cases").map(|entry| entry.expect("a case").path()).collect();
    folders.sort();
    folders
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}

fn run(kind: &str, expect_failure: Option<bool>) {
    let folders = folders(kind);
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let failures: Vec<String> = std::thread::scope(|scope| {
        let run = || {
            let taken = std::iter::from_fn(|| folders.get(next.fetch_add(1, Ordering::Relaxed)));
            taken.filter_map(|folder| failure(folder, expect_failure)).collect::<Vec<_>>()
        };
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        running.into_iter().flat_map(|thread| thread.join().expect("cases run")).collect()
    });
    assert!(failures.is_empty(), "cases whose output changed: {failures:?}");
}

/// Returns the name of a case whose output or exit code differs from the recorded one.
fn failure(folder: &Path, expect_failure: Option<bool>) -> Option<String> {
    let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
    let scratch = tempfile::tempdir().expect("a temporary folder");
    copy(folder, scratch.path());
    let command = fs::read_to_string(folder.join("command")).expect("a command");
    let output = shell(&command, scratch.path());
    if expect_failure.is_some_and(|fails| fails != (output.status.code() != Some(0))) {
        return Some(format!("{name} (exit code {:?})", output.status.code()));
    }
    let shown = transcript(&output, scratch.path());
    let outcome = std::panic::catch_unwind(|| {
        insta::with_settings!({
            snapshot_path => folder,
            prepend_module_to_snapshot => false,
            omit_expression => true,
            description => command.trim(),
        }, {
            insta::assert_snapshot!("output", shown);
        });
    });
    outcome.is_err().then_some(name)
}

#[test]
fn success_snapshots() {
    run("success", Some(false));
}

#[test]
fn error_snapshots() {
    run("errors", Some(true));
}

#[test]
fn warning_snapshots() {
    run("warnings", None);
}
