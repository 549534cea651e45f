//! Tests the scripts of `completion` in real shells, with the program that completes the keys of a chart's values.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::support::command::{binary, stdout};

/// Command lines up to the cursor, and the completions that must be offered for each.
const LINES: [(&str, &[&str]); 7] = [
    ("mim-chart template web ./web --set im", &["image."]),
    ("mim-chart template web ./web --set replicas=2,image.t", &["replicas=2,image.tag="]),
    ("mim-chart template web ./web --set-string=image.", &["image.tag=", "image.name="]),
    ("mim-chart why image. ./web", &[]),
    ("mim-chart why replicaC", &["replicaCount"]),
    ("mim-chart lint --set replicaC", &["replicaCount="]),
    ("mim-chart lint mongoos", &["mongooseim"]),
];

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let chart = folder.path().join("web");
    std::fs::create_dir(&chart).expect("a folder");
    std::fs::write(chart.join("Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n").expect("a file");
    std::fs::write(chart.join("values.yaml"), "image: {tag: a, name: b}\nreplicas: 1\n").expect("a file");
    folder
}

/// Returns what a shell prints for the lines, or `None` if the shell is not installed.
fn offered(shell: &str, arguments: &[&str], driver: &str) -> Option<String> {
    let folder = folder();
    let script = stdout(folder.path(), &["completion", shell]);
    std::fs::write(folder.path().join("script"), script).expect("a file");
    std::fs::write(folder.path().join("driver"), driver).expect("a file");
    let mut path = binary().parent().expect("a folder").as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let mut command = Command::new(shell);
    command
        .args(arguments)
        .args(["driver", "./script"])
        .current_dir(folder.path())
        .env("PATH", path)
        .env("TERM", "dumb");
    let running = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut running) = running else {
        println!("skipped: there is no {shell} here");
        return None;
    };
    let lines: String = LINES.iter().map(|(line, _)| format!("{line}\n")).collect();
    running.stdin.take()?.write_all(lines.as_bytes()).expect("the shell reads its input");
    let output = running.wait_with_output().expect("the shell ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{shell}: {errors}");
    Some(String::from_utf8(output.stdout).expect("UTF-8"))
}

fn check(shell: &str, output: &str) {
    for ((line, wanted), answer) in LINES.iter().zip(output.split("line ").skip(1)) {
        let offered: Vec<&str> = answer.lines().filter_map(|line| line.strip_prefix("offered ")).collect();
        for word in *wanted {
            // Some shells offer the whole word, others only the part that they consider a word.
            let is_it = |offered: &str| offered.len() > 3 && (word.ends_with(offered) || offered.ends_with(word));
            assert!(offered.iter().any(|offered| is_it(offered)), "{shell}: {line:?} offers {offered:?}");
        }
    }
    assert_eq!(output.matches("line ").count(), LINES.len(), "{output}");
}

#[test]
fn bash_completes_keys_of_values() {
    let driver = include_str!("../../src/cli/completion/tests/offered.bash");
    if let Some(output) = offered("bash", &[], driver) {
        check("bash", &output);
    }
}

#[test]
fn fish_completes_keys_of_values() {
    let driver = include_str!("../../src/cli/completion/tests/offered.fish");
    if let Some(output) = offered("fish", &["--no-config"], driver) {
        check("fish", &output);
    }
}

#[test]
fn keys_are_those_of_the_chart_that_is_named() {
    let folder = folder();
    let keys = |arguments: &[&str]| stdout(folder.path(), &[&["__keys"], arguments].concat());
    assert_eq!(keys(&["--assign", "--", "i", "template", "web"]), "image.\n");
    assert_eq!(keys(&["--name", "--", "image.", "why", "image.", "web"]), "image.tag\nimage.name\n");
    assert_eq!(keys(&["--name", "--", "replicaC", "why"]), "replicaCount\n");
    assert_eq!(keys(&["--name", "--", "x", "why", "x", "missing.tgz"]), "");
    assert_eq!(keys(&[]), "");
}

#[test]
fn keys_of_values_that_nest_thousands_of_levels_are_offered() {
    const LEVELS: usize = 9_500;
    let folder = folder();
    let values = format!("a: {}1{}\n", "{a: ".repeat(LEVELS), "}".repeat(LEVELS));
    std::fs::write(folder.path().join("web/values.yaml"), values).expect("a file");
    assert_eq!(stdout(folder.path(), &["__keys", "--name", "--", "", "why", "", "web"]), "a.\n");
}
