//! Tests the scripts of `completion` in real shells: they offer every command, flag and value, and what the chart has.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command as Process, Stdio};

use clap::builder::PossibleValue;
use clap::{Arg, Command};

use crate::support::command::{binary, search_path, stdout};

/// A command line up to the cursor, and the words that must be offered.
struct Case {
    line: String,
    offered: Vec<String>,
}

/// Returns cases for the subcommands, flags and values of every command, under all its names, and those about charts.
fn cases() -> Vec<Case> {
    let mut whole = mim_chart::cli::shown_command();
    whole.build();
    let mut cases = Vec::new();
    add_cases(&whole, "mim-chart", &mut cases);
    assert!(cases.len() > 150, "only {} cases", cases.len());
    cases.extend(OF_CHARTS.iter().map(|(line, offered)| {
        let offered = offered.iter().map(|word| (*word).to_owned()).collect();
        Case { line: (*line).to_owned(), offered }
    }));
    cases
}

fn add_cases(command: &Command, line: &str, cases: &mut Vec<Case>) {
    let mut add = |words: String, offered: Vec<String>| cases.push(Case { line: format!("{line} {words}"), offered });
    let below = || command.get_subcommands().filter(|below| below.get_name() != "help");
    let names = below().flat_map(Command::get_name_and_visible_aliases).map(str::to_owned);
    add(String::new(), names.collect());
    let flags = command.get_arguments().filter(|argument| !argument.is_positional());
    for flag in flags.filter(|flag| !flag.is_hide_set()) {
        for long in flag.get_long_and_visible_aliases().unwrap_or_default() {
            add(format!("--{}", &long[..long.len() - 1]), vec![format!("--{long}")]);
        }
    }
    for flag in command.get_opts() {
        let values = values_of(flag);
        let Some((long, first)) = flag.get_long().zip(values.first()) else { continue };
        let (first, start) = (vec![first.clone()], &first[..1]);
        add(format!("--{long} "), values.clone());
        add(format!("--{long} {start}"), first.clone());
        add(format!("--{long}={start}"), first.clone());
        if let Some(short) = flag.get_short() {
            add(format!("-{short} {start}"), first);
        }
    }
    for values in command.get_positionals().map(values_of).filter(|values| !values.is_empty()) {
        add(String::new(), values);
    }
    for name in
        below().flat_map(|below| below.get_name_and_visible_aliases().into_iter().map(move |name| (below, name)))
    {
        add_cases(name.0, &format!("{line} {}", name.1), cases);
    }
}

fn values_of(argument: &Arg) -> Vec<String> {
    let shown = |value: &PossibleValue| !value.is_hide_set();
    argument
        .get_possible_values()
        .iter()
        .filter(|value| shown(value))
        .map(|value| value.get_name().to_owned())
        .collect()
}

/// Command lines about the chart in `./web`, and the words that must be offered for each.
const OF_CHARTS: [(&str, &[&str]); 16] = [
    ("mim-chart template web ./web --set im", &["image."]),
    ("mim-chart template web ./web --set replicas=2,image.t", &["replicas=2,image.tag="]),
    ("mim-chart template web ./web --set-string=image.", &["image.tag=", "image.name="]),
    ("mim-chart why image. ./web", &[]),
    ("mim-chart why replicaC", &["replicaCount"]),
    ("mim-chart lint --set replicaC", &["replicaCount="]),
    ("mim-chart lint mongoos", &["mongooseim"]),
    ("mim-chart template web ./web --set policy=", &["policy=Always", "policy=Never"]),
    ("mim-chart template web ./web --set=debug=t", &["debug=true"]),
    ("mim-chart template web ./web --set url=http:", &["url=http://a", "url=http://b"]),
    ("mim-chart template web ./web -s ", &["templates/pod.yaml", "templates/service.yaml"]),
    ("mim-chart template web ./web --set hosts", &["hosts=", "hosts[0]."]),
    ("mim-chart lint -oj", &["json", "junit"]),
    ("mim-chart template w", &["web"]),
    ("mim-chart template web -f./va", &["values.yaml"]),
    ("mim-chart create --starter we", &["web"]),
];

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let chart = folder.path().join("web");
    std::fs::create_dir_all(chart.join("templates")).expect("a folder");
    let write = |path: &Path, text: &str| std::fs::write(path, text).expect("a file");
    write(&chart.join("Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    let values =
        "image: {tag: a, name: b}\nreplicas: 1\npolicy: Always\ndebug: false\nurl: http://a\nhosts: [{name: a}]\n";
    write(&chart.join("values.yaml"), values);
    let schema = r#"{"properties": {"policy": {"enum": ["Always", "Never"]}, "debug": {"type": "boolean"},
        "url": {"enum": ["http://a", "http://b"]}, "replicas": {"description": "How many\tpods: \u001b[31m\nx"}}}"#;
    write(&chart.join("values.schema.json"), schema);
    for name in ["pod.yaml", "service.yaml", "_names.tpl", "NOTES.txt"] {
        write(&chart.join("templates").join(name), "");
    }
    write(&folder.path().join("values.yaml"), "");
    folder
}

/// Returns what the driver prints for the lines in a shell, or `None` if the shell is not installed.
fn output(shell: &str, arguments: &[&str], driver: &str, lines: &str) -> Option<String> {
    let folder = folder();
    let script = stdout(folder.path(), &["completion", shell]);
    for (name, text) in [("script", script.as_str()), ("driver", driver), ("lines", lines)] {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    let mut command = Process::new(shell);
    command
        .args(arguments)
        .args(["driver", "./script", "lines", "answers"])
        .current_dir(folder.path())
        .env("PATH", search_path())
        .env("TERM", "dumb");
    let running = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut running) = running else {
        println!("skipped: there is no {shell} here");
        return None;
    };
    running.stdin.take()?.write_all(lines.as_bytes()).expect("the shell reads its input");
    let output = running.wait_with_output().expect("the shell ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{shell}: {errors}");
    Some(String::from_utf8(output.stdout).expect("UTF-8"))
}

/// Returns the word in a line about a candidate: bash adds a space, or spaces and a description, and fish ends directories with a slash.
fn word(line: &str) -> Option<&str> {
    let word = line.strip_prefix("offered ")?;
    Some(word.split("  ").next().unwrap_or(word).trim_end().trim_end_matches('/'))
}

/// Checks that a shell offers the words of all cases.
fn completes(shell: &str, arguments: &[&str], driver: &str) {
    let cases = cases();
    let lines: String = cases.iter().map(|case| format!("{}\n", case.line)).collect();
    let Some(output) = output(shell, arguments, driver, &lines) else { return };
    let mut answered = output.split("line mim-chart").skip(1);
    let mut missing = Vec::new();
    for case in &cases {
        let answer = answered.next().unwrap_or_default();
        let mut shown = answer.lines();
        let line = shown.next().map(|line| format!("mim-chart{}", line.trim_end()));
        assert_eq!(line.as_deref(), Some(case.line.trim_end()), "{shell}: {output}");
        // Some shells offer `--output=json`, others only the part that they consider a word.
        let offered: BTreeSet<String> = shown.filter_map(word).map(|word| word.replace('\\', "")).collect();
        let is_offered = |wanted: &&String| {
            let typed = case.line.rsplit(' ').next().unwrap_or_default();
            offered.iter().any(|word| {
                let before = |whole: &str, part: &str| whole.strip_suffix(part).map(str::to_owned);
                let is_typed = |start: String| start.ends_with(['=', ':', 'o', '/']) && typed.contains(&start);
                word == *wanted || before(wanted, word).or_else(|| before(word, wanted)).is_some_and(is_typed)
            })
        };
        let not_offered: Vec<_> = case.offered.iter().filter(|wanted| !is_offered(wanted)).collect();
        if !not_offered.is_empty() {
            missing.push(format!("{:?} does not offer {not_offered:?} but {offered:?}", case.line));
        }
    }
    assert!(missing.is_empty(), "{shell}:\n{}", missing.join("\n"));
}

const BASH: &str = include_str!("completion/offered.bash");

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn bash_completes_every_command_flag_and_value() {
    completes("bash", &[], BASH);
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn zsh_completes_every_command_flag_and_value() {
    completes("zsh", &["-f"], include_str!("completion/offered.zsh"));
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn fish_completes_every_command_flag_and_value() {
    completes("fish", &["--no-config"], include_str!("completion/offered.fish"));
}

#[test]
fn zsh_inserts_candidates_and_files_as_they_are() {
    let inserted = |line: &str, wanted: &str| {
        let output = output("zsh", &["-f"], include_str!("completion/offered.zsh"), &format!("{line}\n"));
        let Some(output) = output else { return };
        let line = output.lines().find_map(|line| line.strip_prefix("inserted "));
        assert_eq!(line, Some(wanted), "{output}");
    };
    inserted("mim-chart template ./web --set im", "mim-chart template ./web --set image.");
    inserted("mim-chart template ./web --set image.t", "mim-chart template ./web --set image.tag=");
    inserted("mim-chart template ./web --set policy=A", "mim-chart template ./web --set policy=Always ");
    inserted(
        r"mim-chart template ./web --set-file hosts\[0\].name=val",
        r"mim-chart template ./web --set-file hosts\[0\].name=values.yaml ",
    );
    inserted("mim-chart template ./web --values=val", "mim-chart template ./web --values=values.yaml ");
}

#[test]
fn fish_keeps_the_word_before_a_file() {
    let offered = |line: &str, wanted: &str| {
        let output = output("fish", &["--no-config"], include_str!("completion/offered.fish"), &format!("{line}\n"));
        let Some(output) = output else { return };
        let offered: Vec<&str> = output.lines().filter_map(|line| line.strip_prefix("offered ")).collect();
        assert_eq!(offered, [wanted], "{line}");
    };
    offered(r"mim-chart template ./web --set-file sp\ ace=val", "sp ace=values.yaml");
    offered("mim-chart template ./web \"--values=val", "--values=values.yaml");
    offered("mim-chart template ./web --values=val", "--values=values.yaml");
    offered("mim-chart template ./web -f val", "values.yaml");
}

#[test]
fn bash_inserts_a_space_only_after_a_whole_word() {
    let offered = |line: &str| -> Vec<String> {
        let output = output("bash", &[], BASH, &format!("{line}\n")).expect("bash");
        output.lines().filter_map(|line| line.strip_prefix("offered ")).map(str::to_owned).collect()
    };
    assert_eq!(offered("mim-chart temp"), ["template "]);
    assert_eq!(offered("mim-chart lint --output=te"), ["text "]);
    assert_eq!(offered("mim-chart template ./web --set im"), ["image."]);
    assert_eq!(offered("mim-chart template ./web --set image.t"), ["image.tag="]);
    assert_eq!(offered("mim-chart template ./web --set policy=A"), ["Always "]);
    assert_eq!(offered("mim-chart template ./web --set 'policy=A"), ["policy=Always"]);
    assert_eq!(offered("mim-chart why ./web image.t"), [""]);
    assert_eq!(offered("mim-chart completion b"), ["bash "]);
    // Bash adds the spaces after names of files.
    assert_eq!(offered("mim-chart lint mongoos"), ["mongooseim"]);
    // If there are several words, they have descriptions.
    let described = offered("mim-chart template ./web --set-f a=b --set-");
    let starts = ["--set-string   (", "--set-json     (", "--set-file     (", "--set-literal  ("];
    assert_eq!(described.len(), starts.len(), "{described:?}");
    for (line, start) in described.iter().zip(starts) {
        assert!(line.starts_with(start) && line.ends_with(')') && line.chars().count() < 80, "{line}");
    }
}

/// Returns the answer of the program, as for Helm's scripts.
fn answer(folder: &Path, arguments: &[&str]) -> String {
    stdout(folder, &[&["__complete"], arguments].concat())
}

#[test]
fn answers_have_the_form_of_helms() {
    let folder = folder();
    let answer = |arguments: &[&str]| answer(folder.path(), arguments);
    assert_eq!(answer(&["template", "web", "--set", "replicas"]), "replicas=\tHow many pods: \\x1b[31m\n:6\n");
    assert_eq!(answer(&["template", "web", "--set", "deb"]), "debug=\tdefault: false\n:6\n");
    assert_eq!(answer(&["template", "web", "--set", "i"]), "image.\n:6\n");
    let text = answer(&["lint", "--output=te"]);
    assert!(text.starts_with("text\t") && text.ends_with("\n:2308\n"), "{text}");
    assert_eq!(answer(&["template", "-f", ""]), ":0\n");
    assert_eq!(answer(&["template", "--output-dir", ""]), ":16\n");
    assert_eq!(answer(&["template", "mong"]), "mongooseim\tThe built-in chart\n:64\n");
    assert_eq!(answer(&["template", "-n", ""]), ":4\n");
    assert_eq!(stdout(folder.path(), &["__completeNoDesc", "dependency", "li"]), "list\n:4\n");
    // An empty word as old versions of PowerShell can pass it.
    assert_eq!(answer(&["why", "\"\""]), answer(&["why", ""]));
}

#[test]
fn keys_are_those_of_the_chart_that_is_named() {
    let folder = folder();
    let keys = |arguments: &[&str]| stdout(folder.path(), &[&["__completeNoDesc"], arguments].concat());
    assert_eq!(keys(&["template", "web", "--set", "i"]), "image.\n:6\n");
    assert_eq!(keys(&["--after=1", "why", "image.", "web"]), "image.tag\nimage.name\n:4\n");
    assert_eq!(keys(&["template", "web", "mongooseim", "--set", "replicaC"]), "replicaCount=\n:6\n");
    assert_eq!(keys(&["template", "web", "--set-json", "hosts=[1,im"]), ":4\n");
    assert_eq!(keys(&["template", "./typo", "--set", "replicaC"]), ":4\n");
    assert_eq!(keys(&["why", "replicaC"]), "replicaCount\n:4\n");
    assert_eq!(keys(&["--after=1", "why", "x", "missing.tgz"]), ":4\n");
    assert!(keys(&[]).contains("template\n"));
}

#[test]
fn charts_that_cannot_be_read_have_no_keys() {
    let folder = folder();
    for (name, text) in [("Chart.yaml", "["), ("values.yaml", "a: [\u{1b}"), ("values.schema.json", "{")] {
        std::fs::create_dir_all(folder.path().join("broken")).expect("a folder");
        std::fs::write(folder.path().join("broken").join(name), text).expect("a file");
        assert_eq!(answer(folder.path(), &["template", "broken", "--set", "a"]), ":4\n", "{name}");
    }
}

#[test]
fn keys_of_values_that_nest_thousands_of_levels_are_offered() {
    const LEVELS: usize = 9_500;
    let folder = folder();
    let values = format!("a: {}1{}\n", "{a: ".repeat(LEVELS), "}".repeat(LEVELS));
    std::fs::write(folder.path().join("web/values.yaml"), values).expect("a file");
    assert_eq!(answer(folder.path(), &["--after=1", "why", "", "web"]), "a.\n:6\n");
}

#[test]
fn scripts_are_short_and_know_no_flags() {
    let folder = folder();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = stdout(folder.path(), &["completion", shell]);
        assert!(script.lines().count() < 60 && script.contains("__complete"), "{script}");
        assert!(!script.contains("--set") && !script.contains("mongooseim"), "{script}");
        let brief = stdout(folder.path(), &["completion", shell, "--no-descriptions"]);
        assert_eq!(brief, script.replace("__complete", "__completeNoDesc"));
    }
}

#[cfg(unix)]
#[test]
fn the_scripts_of_a_program_called_helm_complete_helm() {
    let folder = folder();
    let helm = folder.path().join("helm");
    std::os::unix::fs::symlink(binary(), &helm).expect("a link");
    let output = Process::new(&helm).args(["completion", "bash"]).output().expect("helm runs");
    let script = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(script.ends_with("-F _helm helm\n") && !script.contains("mim"), "{script}");
    let answer = answer(folder.path(), &["dep"]);
    let helms = Process::new(&helm).args(["__complete", "dep"]).output().expect("it runs");
    assert_eq!(answer.as_bytes(), helms.stdout);
}
