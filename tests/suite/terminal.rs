//! Tests colors and progress, which only appear on a terminal. `script` from util-linux provides one; without it, the tests print
//! that they are skipped and pass.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::command::shell_command;
use crate::support::files::write;

/// Returns what a command prints on a terminal, with standard output and standard error combined, or `None` without `script`.
fn on_a_terminal(line: &str, environment: &[(&str, &str)]) -> Option<String> {
    on_a_terminal_in(Path::new("."), line, environment)
}

fn on_a_terminal_in(folder: &Path, line: &str, environment: &[(&str, &str)]) -> Option<String> {
    let found = shell_command("sh", "script --version", folder).output().expect("a shell");
    if !String::from_utf8_lossy(&found.stdout).contains("util-linux") {
        println!("skipped: there is no script of util-linux here");
        return None;
    }
    let mut command = shell_command("sh", &format!("script -qec '{line}' /dev/null"), folder);
    command.env("TERM", "xterm").envs(environment.iter().copied()).stdin(std::process::Stdio::null());
    Some(String::from_utf8_lossy(&command.output().expect("script runs").stdout).into_owned())
}

/// Returns what a command prints into pipes: standard output and standard error.
fn in_a_pipe(line: &str, environment: &[(&str, &str)]) -> (String, String) {
    let mut command = shell_command("sh", line, Path::new("."));
    let output = command.env("TERM", "xterm").envs(environment.iter().copied()).output().expect("a shell");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// Commands with colored results.
const COLORED: [&str; 4] = [
    "mim-chart lint",
    "mim-chart why replicaCount",
    "mim-chart values --origins",
    "mim-chart values --unused --set image.tagg=4",
];

/// Whether the text changes colors. Removing a progress line does not count.
fn is_colored(text: &str) -> bool {
    text.contains("\x1b[0m")
}

#[test]
fn results_are_coloured_on_a_terminal_unless_disabled() {
    for line in COLORED {
        let Some(text) = on_a_terminal(line, &[]) else { return };
        assert!(is_colored(&text), "{line}: {text}");
        for environment in
            [&[("NO_COLOR", "1")][..], &[("TERM", "dumb")], &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]]
        {
            let text = on_a_terminal(line, environment).expect("script");
            assert!(!is_colored(&text), "{line} with {environment:?}: {text}");
        }
        let text = on_a_terminal(&format!("{line} --color=never"), &[]).expect("script");
        assert!(!is_colored(&text), "{line} --color=never: {text}");
    }
}

#[test]
fn results_in_pipes_are_coloured_on_request() {
    for line in COLORED {
        let (text, _) = in_a_pipe(line, &[]);
        assert!(!is_colored(&text), "{line}: {text}");
        let (text, _) = in_a_pipe(&format!("{line} --color=always"), &[]);
        assert!(is_colored(&text), "{line} --color=always: {text}");
        // Values may be written to a file, so they have no colors.
        let (text, _) = in_a_pipe(line, &[("CLICOLOR_FORCE", "1")]);
        assert_eq!(is_colored(&text), line != "mim-chart values --origins", "{line} with CLICOLOR_FORCE: {text}");
    }
}

#[test]
fn machine_readable_output_is_never_coloured() {
    for line in [
        "mim-chart template --color=always",
        "mim-chart show values --color=always",
        "mim-chart show functions --color=always",
        "mim-chart completion bash --color=always",
        "mim-chart lint --output json --color=always",
        "mim-chart lint --output sarif --color=always",
        "mim-chart lint --output github --color=always",
        "mim-chart lint --output junit --color=always",
        "mim-chart why replicaCount --output json --color=always",
        "mim-chart values --unused --set image.tagg=4 --output json --color=always",
        "mim-chart template --set x=1 --message-format=json --color=always 2>&1 >/dev/null",
        "mim-chart template --set replicaCount=x --message-format=json --color=always 2>&1",
    ] {
        let (text, _) = in_a_pipe(line, &[]);
        assert!(!text.is_empty() && !text.contains('\x1b'), "{line}: {text}");
    }
}

/// Returns what `diff` prints on a terminal about a difference with more lines than fit in a pipe.
fn diff_on_a_terminal(flags: &str, environment: &[(&str, &str)]) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let object = |number| format!("kind: ConfigMap\napiVersion: v1\nmetadata: {{name: number-{number}}}\n---\n");
    write(&folder.path().join("old.yaml"), "kind: List\napiVersion: v1\nitems: []\n");
    write(&folder.path().join("new.yaml"), &(1..=3000).map(object).collect::<String>());
    let line = format!("mim-chart diff old.yaml new.yaml --detailed-exitcode {flags}; echo exit code $?");
    on_a_terminal_in(folder.path(), &line, environment)
}

#[test]
fn differences_are_shown_by_the_pager_that_the_environment_names() {
    for environment in [
        &[("MIM_CHART_PAGER", "sed s/^/PAGED/"), ("PAGER", "false")][..],
        &[("PAGER", "X=PAGED sh -c \"sed s/^/\\$X/\"")],
    ] {
        let Some(text) = diff_on_a_terminal("", environment) else { return };
        assert!(text.contains("PAGED\x1b[32m\x1b[1m+ ConfigMap number-3000 (v1)"), "{environment:?}: {text}");
        assert!(text.ends_with("exit code 2\r\n"), "{text}");
    }
}

#[test]
fn the_pager_can_be_disabled() {
    let paged = ("PAGER", "sed s/^/PAGED/");
    for (flags, environment) in [
        ("--no-pager", &[paged][..]),
        ("", &[paged, ("MIM_CHART_PAGER", "")]),
        ("", &[paged, ("MIM_CHART_PAGER", "cat")]),
        ("", &[paged, ("TERM", "dumb")]),
        ("| cat", &[paged]),
        ("", &[("PAGER", "no-such-pager")]),
        ("", &[("PAGER", "no-such-pager --with arguments")]),
    ] {
        let Some(text) = diff_on_a_terminal(flags, environment) else { return };
        assert!(!text.contains("PAGED"), "{flags} {environment:?}: {text}");
        assert!(text.contains("number-3000"), "{flags} {environment:?}: {text}");
        let code = if flags == "| cat" { 0 } else { 2 };
        assert!(text.ends_with(&format!("exit code {code}\r\n")), "{text}");
    }
}

#[test]
fn a_pager_may_end_before_the_text_does() {
    for (pager, wanted) in
        [("head -1", "number-1 (v1)"), ("exit 3", "exit code"), ("kill -INT $PPID; tail -1", "3000 added")]
    {
        let Some(text) = diff_on_a_terminal("", &[("PAGER", pager)]) else { return };
        assert!(text.contains(wanted) && text.ends_with("exit code 2\r\n"), "{pager}: {text}");
        assert!(!text.contains("error"), "{pager}: {text}");
    }
}

#[test]
fn less_leaves_at_once_if_everything_fits() {
    let line = "mim-chart diff --from-set replicaCount=1 --to-set replicaCount=1 mongooseim mongooseim";
    let Some(text) = on_a_terminal(line, &[]) else { return };
    assert!(text.contains("no differences, 5 unchanged"), "{text}");
}

/// Creates a chart that loops over this many items.
fn slow_chart(folder: &Path, times: usize) {
    let chart = folder.join("slow");
    write(&chart.join("Chart.yaml"), "apiVersion: v2\nname: slow\nversion: 1.0.0\nengine: tera\n");
    write(&chart.join("values.yaml"), "size: 1\n");
    let template = format!(
        "size: {{{{ Values.size }}}}\n{{% for i in range(end={times}) %}}{{% if i < 0 %}}x{{% endif %}}{{% endfor %}}\n"
    );
    write(&chart.join("templates/a.yaml"), &template);
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn long_work_shows_progress_on_a_terminal_only() {
    const LINE: &str = "mim-chart why size slow";
    const SHOWN: &str = "trying values: ";
    let folder = tempfile::tempdir().expect("a folder");
    // The first is slow enough for a debug build, the last is close to the most items that a template can loop over.
    for times in [20_000, 80_000, 320_000, 1_280_000, 4_900_000] {
        slow_chart(folder.path(), times);
        let begun = Instant::now();
        let Some(text) = on_a_terminal_in(folder.path(), LINE, &[]) else { return };
        assert!(text.contains("size: 1"), "{text}");
        if begun.elapsed() < Duration::from_secs(2) {
            assert!(begun.elapsed() > Duration::from_secs(1) || !text.contains(SHOWN), "{text}");
            continue;
        }
        assert!(text.contains(SHOWN), "{text}");
        // The progress line is removed before the answer is printed.
        let after = text.rsplit(SHOWN).next().expect("text");
        assert!(after.contains("\x1b[2K"), "{text}");
        for (line, environment) in
            [(LINE, ("TERM", "dumb")), ("mim-chart why size slow --message-format=json", ("TERM", "xterm"))]
        {
            let text = on_a_terminal_in(folder.path(), line, &[environment]).expect("script");
            assert!(text.contains("size: 1") && !text.contains(SHOWN), "{line}: {text}");
        }
        let output = shell_command("sh", LINE, folder.path()).env("TERM", "xterm").output().expect("a shell");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        return;
    }
    panic!("no chart was slow enough");
}

#[test]
fn charts_cannot_control_the_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let chart = folder.path().join("c");
    write(&chart.join("Chart.yaml"), "apiVersion: v2\nname: c\nversion: 1.0.0\n");
    write(&chart.join("README.md"), "\x1b[31mred\x1b[0m\n::error::readme\n");
    write(&chart.join("templates/x\x1b[31m\n::error::pw.yaml"), "kind: A\n");
    let commands =
        ["show readme c", "show all c", "show templates c", "template c", "template c --line-map map.json", "values c"];
    for arguments in commands {
        let line = format!("mim-chart {arguments}");
        let Some(text) = on_a_terminal_in(folder.path(), &line, &[]) else { return };
        let commands: Vec<&str> = text.lines().filter(|line| line.trim_start().starts_with("::")).collect();
        assert!(!text.contains("\x1b[31m") && commands.is_empty(), "{line}: {text:?}");
        let mut command = shell_command("sh", &line, folder.path());
        let piped = command.output().expect("a shell").stdout;
        assert_eq!(piped.contains(&0x1b), arguments != "values c", "{line}");
    }
}
