//! Where lines come from, checked with experiments and in detail on charts of the tests.

use std::path::Path;

use mim_chart::chart::Chart;
use mim_chart::engine::Environment;
use mim_chart::yaml::Map;

use crate::traced_charts::{Verdict, traced, try_chart};

/// Returns the result of changing the values of a test chart with this many seeds.
fn tried(name: &str, seeds: u64) -> Verdict {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/trace").join(name);
    let chart = Chart::read(folder).expect("a chart");
    let mut all = Verdict::default();
    (0..seeds).for_each(|seed| all.add(try_chart(name, &chart, seed)));
    all
}

/// A chart with common idioms: helpers, merged and copied maps, texts passed to `tpl`, YAML that is written and parsed again,
/// variables and maps that branches change, and loops with `break`.
#[test]
fn lines_name_the_values_that_change_them() {
    let all = tried("idioms", 4);
    assert!(all.trials >= 150 && all.lines >= 500, "{} trials, {} lines", all.trials, all.lines);
    all.expect_precision();
    all.report();
}

/// Maps under several names, parts of maps, merged maps, and missing keys.
#[test]
fn lines_name_the_values_of_their_maps() {
    let all = tried("maps", 8);
    assert!(all.trials >= 300 && all.lines >= 600, "{} trials, {} lines", all.trials, all.lines);
    all.report();
}

/// Files that other files include, by a name that is computed, and that set values.
#[test]
fn lines_name_the_values_that_decide_whether_a_file_is_included() {
    let all = tried("included", 8);
    assert!(all.trials >= 100 && all.lines >= 100, "{} trials, {} lines", all.trials, all.lines);
    all.report();
}

/// Random values in loops, and one that is kept in the values.
#[test]
fn lines_name_the_values_that_change_random_values() {
    let all = tried("random", 8);
    assert!(all.trials >= 100 && all.lines >= 100, "{} trials, {} lines", all.trials, all.lines);
    all.report();
}

/// Values that are written as JSON with several lines.
#[test]
fn lines_of_json_name_the_values_that_they_print() {
    let all = tried("json", 6);
    assert!(all.trials >= 100 && all.lines >= 200, "{} trials, {} lines", all.trials, all.lines);
    all.expect_precision();
    all.report();
}

/// YAML and JSON that is written and parsed again, as a whole and in parts.
#[test]
fn lines_of_parsed_text_name_the_values_written_into_it() {
    let all = tried("read", 6);
    assert!(all.trials >= 100 && all.lines >= 200, "{} trials, {} lines", all.trials, all.lines);
    all.report();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/trace/read");
    let files = mim_chart::io::read_chart(&folder, mim_chart::io::Links::Inside).expect("a chart");
    let chart = Chart::from_files(files).expect("a chart");
    let traced = traced(&chart, &Map::new(), &Environment::default()).expect("a trace");
    let file = &traced.files["read/templates/read.yaml"];
    let shown = |text: &str| -> Vec<String> {
        let at = file.text.lines().position(|line| line == text).expect("a line");
        let origin = traced.trace.line(&file.path, at + 1).expect("an origin");
        origin.shown.iter().map(|used| used.path.to_string()).collect()
    };
    for (line, keys) in [
        ("        shell: bash", "probe.exec.shell"),
        ("      periodSeconds: 2", "probe.periodSeconds"),
        ("      extra: \"true\"", "extra"),
        ("      team: one", "labels.team"),
        ("    - name: metrics", "ports[1].name"),
        ("      number: 9090", "ports[1].number"),
        ("    fixed: 1", ""),
        ("      app: read", ""),
        ("app: read", ""),
        ("period: 2", "probe.periodSeconds"),
        ("port: 9090", "ports[1].number"),
        ("timeout: 3", "probe.timeoutSeconds"),
        ("path: \"/healthz\"", "probe.httpGet.path"),
        ("tier: two", "labels.tier"),
        ("second: beta", "words[1]"),
    ] {
        assert_eq!(shown(line).join(" "), keys, "{line}");
    }
}

/// A template that is not called would call itself with a new map each time.
#[test]
fn templates_that_would_call_themselves_without_end_are_not_followed_without_end() {
    let file = |path: &str, text: &str| mim_chart::chart::File::new(path, text.as_bytes().to_vec());
    let chart = Chart::from_files(vec![
        file("Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n"),
        file("values.yaml", "deep: false\nshown: one\n"),
        file(
            "templates/_a.tpl",
            "{{ define \"deep\" }}{{ include \"deep\" (dict \"one\" . \"two\" .) }}{{ include (print \"de\" \"ep\") (dict \"a\" .) }}\
             {{ $_ := set .one \"a\" 1 }}{{ end }}",
        ),
        file(
            "templates/a.yaml",
            "{{ range until 1000 }}{{ if $.Values.deep }}{{ include \"deep\" (dict \"one\" $) }}{{ end }}{{ end }}\n\
             shown: {{ .Values.shown }}\n",
        ),
    ])
    .expect("a chart");
    let traced = traced(&chart, &Map::new(), &Environment::default()).expect("a trace");
    let origin = traced.trace.line("c/templates/a.yaml", 2).expect("an origin");
    // Nobody knows which maps it would change.
    assert!(origin.deciding.iter().any(|used| used.path.to_string() == "deep"), "{origin:?}");
}

/// `trim` removes all white space of Unicode, even line breaks behind a no-break space.
#[test]
fn lines_of_a_trimmed_text_are_counted_from_its_first_line() {
    let file = |path: &str, text: &str| mim_chart::chart::File::new(path, text.as_bytes().to_vec());
    let chart = Chart::from_files(vec![
        file("Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n"),
        file("values.yaml", "a: one\nb: two\n"),
        file(
            "templates/_a.tpl",
            "{{ define \"x\" }}\u{a0}\n\u{85}\n a: {{ .Values.a }}\nb: {{ .Values.b }}\n{{ end }}",
        ),
        file("templates/a.yaml", "{{ include \"x\" . | trim }}\n"),
    ])
    .expect("a chart");
    let traced = traced(&chart, &Map::new(), &Environment::default()).expect("a trace");
    let shown = |line: usize| -> Vec<String> {
        let origin = traced.trace.line("c/templates/a.yaml", line).expect("an origin");
        origin.shown.iter().map(|used| used.path.to_string()).collect()
    };
    assert_eq!(traced.files["c/templates/a.yaml"].text.trim_end(), "a: one\nb: two");
    assert_eq!((shown(1), shown(2)), (vec!["a".to_owned()], vec!["b".to_owned()]));
}

#[test]
fn the_line_map_describes_the_printed_output() {
    let folder = tempfile::tempdir().expect("a folder");
    let chart = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/trace/idioms");
    let map = folder.path().join("map.json");
    let mut command = crate::support::command::mim_chart(folder.path());
    command.args(["template", "x"]).arg(&chart).args(["--include-crds", "--line-map"]).arg(&map);
    let output = command.output().expect("a run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    let lines: Vec<&str> = printed.lines().collect();
    let map: serde_json::Value = serde_json::from_slice(&std::fs::read(map).expect("the map")).expect("JSON");
    assert_eq!(map["version"], 2);
    let documents = map["documents"].as_array().expect("documents");
    assert!(documents.len() > 3);
    let (mut named, mut calls) = (0, 0);
    for document in documents {
        let source = format!("# Source: {}", document["source"].as_str().expect("a source"));
        let of_document = document["lines"].as_array().expect("lines");
        let first = of_document[0]["line"].as_u64().expect("a number") as usize;
        assert_eq!((lines[first - 3], lines[first - 2]), ("---", source.as_str()), "{first}");
        for line in of_document {
            let number = line["line"].as_u64().expect("a number") as usize;
            let is_blank = lines[number - 1].trim().is_empty();
            assert!(is_blank || line["template"]["line"].is_u64() || line["template"]["tpl"].is_u64(), "{line}");
            for set in ["shown", "deciding"].into_iter().filter_map(|name| line[name].as_u64()) {
                let set = map["sets"][set as usize].as_array().expect("a set");
                assert!(!set.is_empty(), "{line}");
                for value in set {
                    assert!(map["values"][value.as_u64().expect("a number") as usize]["key"].is_string(), "{line}");
                    named += 1;
                }
            }
            let mut call = line["call"].as_u64();
            while let Some(number) = call {
                let found = &map["calls"][number as usize];
                assert!(found["line"].is_u64() || found["tpl"].is_u64(), "{found}");
                call = found["outer"].as_u64();
                assert!(call.is_none_or(|outer| outer < number), "{found}");
                calls += 1;
            }
        }
        let name = document["name"].as_str().expect("a name");
        let all: Vec<&str> = lines[first - 1..first - 1 + of_document.len()].to_vec();
        assert!(all.iter().any(|line| line.contains(name)), "{name}: {all:?}");
    }
    assert!(named > 50 && calls > 5, "{named} values, {calls} calls");
}
