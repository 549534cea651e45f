//! Tests little memory, full disks and closed pipes: endless input results in an error instead of using up the machine, files
//! that cannot be written completely are not written at all, and nothing is written outside the chosen directory.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use crate::support::command::{LITTLE_MEMORY, limited_shell, shell_command};

fn run(line: &str, folder: &Path) -> Output {
    shell_command("bash", line, folder).output().expect("a shell")
}

/// Runs a line with little memory. It must fail with an error that contains `words`, or succeed if there are none.
fn limited(line: &str, folder: &Path, words: Option<&str>) {
    let output = limited_shell(line, folder, LITTLE_MEMORY);
    let stderr = String::from_utf8_lossy(&output.stderr);
    match words {
        Some(words) => {
            assert_eq!(output.status.code(), Some(1), "{line}: {stderr}");
            assert!(stderr.contains(words), "{line}: {stderr}");
            assert!(output.stdout.is_empty(), "{line}");
        }
        None => assert!(output.status.success(), "{line}: {stderr}"),
    }
}

fn chart(folder: &Path, template: &str) {
    fs::create_dir_all(folder.join("c/templates")).expect("a folder");
    fs::write(folder.join("c/Chart.yaml"), "apiVersion: v2\nname: c\nversion: 1.0.0\nengine: tera\n").expect("written");
    fs::write(folder.join("c/templates/t.yaml"), template).expect("written");
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn metadata_with_many_keys_is_read_in_time() {
    let folder = tempfile::tempdir().expect("a folder");
    chart(folder.path(), "a: {{ values.a }}\n");
    let keys: String = (0..300_000).map(|number| format!("k{number}: 1\n")).collect();
    let metadata = format!("apiVersion: v2\nname: c\nversion: 1.0.0\nengine: tera\n{keys}");
    fs::write(folder.path().join("c/Chart.yaml"), metadata).expect("written");
    let start = Instant::now();
    limited("mim-chart values c", folder.path(), None);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn trying_values_of_a_slow_chart_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let template = "a: {{ \"x\" | repeat(count=40000000) | trunc(length=1) }}{{ Values.a.k0 }}\n";
    chart(folder.path(), template);
    let values: String = (0..100).map(|number| format!("  k{number}: {number}\n")).collect();
    fs::write(folder.path().join("c/values.yaml"), format!("a:\n{values}")).expect("written");
    let output = run("mim-chart why a c", folder.path());
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{messages}");
    assert!(messages.contains("warning: 108 changes of a were not tried"), "{messages}");
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn values_that_keep_growing_are_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let bomb: String = std::iter::once("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned())
        .chain((1..12).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(", "))))
        .collect();
    fs::write(folder.join("bomb.yaml"), bomb).expect("written");
    limited("mim-chart template -f bomb.yaml", folder, Some("yaml: document contains excessive aliasing"));
    for (name, open, close) in [("lists", "[", "]"), ("maps", "{a: ", "}")] {
        let text = format!("a: {}{}\n", open.repeat(200_000), close.repeat(200_000));
        fs::write(folder.join(format!("{name}.yaml")), text).expect("written");
        limited(
            &format!("mim-chart template -f {name}.yaml"),
            folder,
            Some("yaml: line 1: exceeded max depth of 10000"),
        );
    }
    fs::write(folder.join("large.yaml"), "x".repeat(17 << 20)).expect("written");
    limited("mim-chart template -f large.yaml", folder, Some("error: large.yaml is larger than 16 MiB"));
    fs::write(folder.join("many.yaml"), format!("a: [{}]\n", "x,".repeat(3_000_000))).expect("written");
    limited("mim-chart template -f many.yaml", folder, Some("yaml: document has more than 2000000 values"));
    limited("mim-chart template -f /dev/zero", folder, Some("error: /dev/zero is larger than 16 MiB"));
    limited("yes 'a: 1' | mim-chart template -f -", folder, Some("error: standard input is larger than 16 MiB"));
}

#[test]
fn expensive_flags_are_errors_or_succeed() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    limited("mim-chart values --set 'rdbms.options.a[65536]=1' > values", folder, None);
    limited(
        "mim-chart template --set 'a[65537]=1'",
        folder,
        Some("index of 65537 is greater than maximum supported index of 65536"),
    );
    limited(
        "mim-chart template --set 'a[1000000000000]=1'",
        folder,
        Some("index of 1000000000000 is greater than maximum supported index of 65536"),
    );
    let deep = "[0]".repeat(20_000);
    let nested = |levels| format!("value name nested level is greater than maximum supported nested level of {levels}");
    limited(&format!("mim-chart template --set 'a{deep}=1'"), folder, Some(&nested(1000)));
    let keys: Vec<String> = (0..15_000).map(|n| format!("k{n}")).collect();
    limited(&format!("mim-chart template --set '{}=1'", keys.join(".")), folder, Some(&nested(30)));
    let json = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    limited(&format!("mim-chart template --set-json 'a={json}'"), folder, Some("exceeded max depth"));
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn many_flags_share_one_limit() {
    let folder = tempfile::tempdir().expect("a folder");
    let indexes: Vec<String> = (0..300).map(|number| format!("a{number}[65000]=1")).collect();
    let sentence = "the indexes of all flags together add more than 1000000 list items";
    limited(&format!("mim-chart template --set '{}'", indexes.join(",")), folder.path(), Some(sentence));
    limited(&format!("mim-chart template --set '{}'", indexes.join("' --set '")), folder.path(), Some(sentence));
    let nested = "[65000]".repeat(100);
    limited(&format!("mim-chart template --set 'a{nested}=1'"), folder.path(), Some(sentence));
    fs::write(folder.path().join("text"), vec![b'x'; 15 << 20]).expect("a file");
    fs::write(folder.path().join("comment.yaml"), vec![b'#'; 15 << 20]).expect("a file");
    let files = |flag: &str| -> String {
        (0..6).map(|number| format!(" {}", flag.replace('N', &number.to_string()))).collect()
    };
    let texts = format!("mim-chart template{}", files("--set-file kN=text"));
    limited(&texts, folder.path(), Some("values files and --set-file files together are larger than 64 MiB"));
    let values = format!("mim-chart template{}", files("-f comment.yaml"));
    limited(&values, folder.path(), Some("values files together are larger than 64 MiB"));
    fs::write(folder.path().join("many.yaml"), format!("a: [{}]\n", "1,".repeat(4_000_000))).expect("a file");
    let sentence = "document has more than 2000000 values";
    limited("mim-chart template -f many.yaml", folder.path(), Some(sentence));
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn endless_templates_are_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    for (template, words) in [
        (
            "{% for a in range(end=100000) %}{% for b in range(end=100000) %}x{% endfor %}{% endfor %}",
            "t.yaml:1:45): error calling range: the template loops over more than 5000000 items",
        ),
        (
            "{% set_global x = 'xxxxxxxxxxxxxxxx' %}{% for a in range(end=100000) %}{{ x }}{{ x | repeat(count=1000) }}{% endfor %}",
            "t.yaml:1:82): the template's values grow beyond 128 MiB",
        ),
        (
            "{{ '{{ t | tpl(t=t) }}' | tpl(t='{{ t | tpl(t=t) }}') }}",
            "t.yaml:1:27): error calling tpl: rendering template has a nested reference",
        ),
        ("{% include 't.yaml' %}", "t.yaml:1:1): templates include each other in a cycle: t.yaml → t.yaml"),
        ("{{ range(end=1000000000000) }}", "t.yaml:1:4): error calling range: the template loops over more than"),
        ("{{ 'x' | repeat(count=100000000000) }}", "t.yaml:1:10): error calling repeat: the result would be larger"),
        ("{{ until(count=1000000000000) | toYaml }}", "t.yaml:1:4): error calling until: the template loops over"),
    ] {
        chart(folder, template);
        limited("mim-chart template c", folder, Some(words));
    }
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn results_of_operators_are_limited() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let text = "{% set_global s = 'x' | repeat(count=16000000) %}";
    let list = "{% set_global s = ['x'] %}";
    let grow = "the template's values grow beyond 128 MiB";
    let large = "the value is larger than 64 MiB";
    let deep = "values are nested deeper than 1000 levels";
    for (start, turn, words) in [
        (text, "{% set_global s = s ~ s %}", grow),
        (text, "{% set_global s = [s, s] ~ '' %}", grow),
        (text, "{% set_global s = {'a': s, 'b': s} ~ s %}", grow),
        (text, "{% set_global s %}{{ s }}{{ s }}{% endset %}", grow),
        (text, "{% set_global s %}{% filter upper %}{{ s }}{{ s }}{% endfilter %}{% endset %}", grow),
        (text, "{% set_global s = <twice a={s}/> %}", grow),
        (text, "{% set_global s %}{% <body> %}{{ s }}{% </body> %}{% endset %}", grow),
        (text, "{% set_global s = s | escape_html %}", grow),
        (text, "{% set t = s[0] %}", grow),
        (text, "{% set t = s[::-1] %}", grow),
        (text, "{% if s == s ~ '' %}{% endif %}", grow),
        (text, "{% if 'y' in s %}{% endif %}", grow),
        (text, "{% for c in s %}{% break %}{% endfor %}", grow),
        (text, "{{ tpl(text='{% set s = s ~ s %}', s=s) }}", grow),
        (list, "{% set_global s = [...s, ...s] %}", grow),
        (list, "{% set_global s = [s, s] %}", large),
        (list, "{% set_global s = {'a': s, 'b': s} %}", large),
        (list, "{% set_global s = dict(a=s, b=s) %}", large),
        (list, "{% set_global s = [s] %}", deep),
        (list, "{% set_global s = {'a': s} %}", deep),
        (list, "{% set_global s = {...{}, 'a': s} %}", deep),
        (list, "{% set_global s = [] | append(item=s) %}", deep),
        (list, "{% set_global s = [s for x in [1]] %}", deep),
        (list, "{% set_global s = __tera_context %}", grow),
    ] {
        let components = "{% component twice(a) %}{{ a }}{{ a }}{% endcomponent %}\
                          {% component body() %}{{ body }}{{ body }}{% endcomponent %}";
        chart(folder, &format!("{components}{start}{{% for i in range(end=5000) %}}{turn}{{% endfor %}}"));
        limited("mim-chart template c", folder, Some(words));
    }
    for (template, words) in [
        (
            "{% set l = until(count=100000) %}{% set t = [[1 for a in l] for b in l] %}",
            "the template does not terminate",
        ),
        ("{% set t = until(count=1000000) | unique %}", grow),
        ("{{ 10 ** 1000000000 }}", "unable to perform 10 ** 1000000000"),
        (
            "{% set s = 'x' | repeat(count=20000000) %}{{ s }}{{ s }}{{ s }}{{ s }}",
            "the template writes more than 64 MiB",
        ),
        ("{{ fail(message='x' | repeat(count=60000000)) }}", "t.yaml:1:4): xxx"),
        ("{{ throw(message='x' | repeat(count=60000000)) }}", "t.yaml:1:4): xxx"),
        ("{{ '- a\n' | repeat(count=4000000) }}", "yaml: document has more than 2000000 values"),
        (&"{{a}}".repeat(200_000), "the chart's templates have more than 100000 tags"),
        (&format!("{{% set x = a{} %}}", "[0]".repeat(100_000)), "the expression is too complex"),
    ] {
        chart(folder, template);
        limited("mim-chart template c", folder, Some(words));
    }
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn templates_that_grow_exponentially_are_limited() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let names = |kind: &str, depth: usize, first: &str, next: &dyn Fn(usize) -> String| {
        for level in 0..depth {
            let text = if level == 0 { first.to_owned() } else { next(level - 1) };
            fs::write(folder.join(format!("c/templates/_{kind}{level}")), text).expect("written");
        }
    };
    chart(folder, "{% extends '_super59' %}");
    names("super", 60, "{% block b %}xxxxxxxx{% endblock %}", &|below| {
        format!("{{% extends '_super{below}' %}}{{% block b %}}{{{{ super() }}}}{{{{ super() }}}}{{% endblock %}}")
    });
    limited("mim-chart template c", folder, Some("the template's values grow beyond 128 MiB"));
    chart(folder, "{% include '_twice59' %}");
    names("twice", 60, "x", &|below| format!("{{% include '_twice{below}' %}}{{% include '_twice{below}' %}}"));
    limited("mim-chart template c", folder, Some("the template does not terminate"));
    chart(folder, "{% include '_row999' %}");
    names("row", 1000, "x", &|below| format!("{{% include '_row{below}' %}}"));
    limited("mim-chart template c", folder, Some("more than 100 templates include or extend each other in a row"));
    for number in 0..20 {
        let text = "{{ 'x' | repeat(count=60000000) }}";
        fs::write(folder.join(format!("c/templates/many{number}.yaml")), text).expect("written");
    }
    limited("mim-chart template c", folder, Some("the template writes more than 64 MiB"));
}

/// Thousands of nested levels have a secret each: printing the path of every one would take a gigabyte.
#[test]
fn secrets_at_every_level_of_deep_values_fit() {
    const LEVELS: usize = 4_900;
    let folder = tempfile::tempdir().expect("a folder");
    let open: String = (0..LEVELS).map(|n| format!("{{password: x{n}, a: ")).collect();
    fs::write(folder.path().join("v.yaml"), format!("a: {open}1{}\n", "}".repeat(LEVELS))).expect("written");
    for line in ["template -f v.yaml", "lint -f v.yaml", "values --unused -f v.yaml"] {
        let output = limited_shell(&format!("mim-chart {line}"), folder.path(), LITTLE_MEMORY);
        let printed = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        assert!(printed.contains("values are nested deeper than 1000 levels"), "{line}: {printed:.500}");
    }
}

/// Thousands of patterns with wildcards are matched with hundreds of long file names.
#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn patterns_that_take_too_long_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let chart = folder.path().join("c");
    fs::create_dir(&chart).expect("a folder");
    fs::write(chart.join("Chart.yaml"), "apiVersion: v2\nname: c\nversion: 1.0.0\n").expect("written");
    let patterns: String = (0..9_000).map(|n| format!("*a*a*a*b{n}c\n")).collect();
    fs::write(chart.join(".helmignore"), patterns).expect("written");
    for n in 0..300 {
        fs::write(chart.join(format!("{}{n}c", "a".repeat(120))), "").expect("written");
    }
    limited(
        "mim-chart template ./c",
        folder.path(),
        Some("matching the patterns against the files of this chart takes too long"),
    );
}

/// Mistakes are listed up to a limit, each with its line, and many mistakes do not make a file slow.
#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn configurations_with_many_mistakes_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let general = "[general]\nhosts = [\"a\"]\ndefault_server_domain = \"a\"\n";
    let many = |section: &str| {
        format!("{general}{}", (0..20_000).map(|n| section.replace('N', &n.to_string())).collect::<String>())
    };
    for (name, section) in [
        ("modules", "[modules.mod_xN]\na = 1\n"),
        ("hosts", "[[host_config]]\nhost = \"aN\"\n[host_config.modules.mod_muc]\naccess = \"bN\"\n"),
        ("listeners", "[[listen.c2s]]\nport = 5222\nshaper = \"sN\"\n"),
    ] {
        fs::write(folder.path().join(format!("{name}.toml")), many(section)).expect("written");
        let begun = std::time::Instant::now();
        let output = run(&format!("mim-chart validate-config {name}.toml"), folder.path());
        assert!(output.status.code().is_some_and(|code| code < 2), "{name}");
        assert!(begun.elapsed().as_secs() < 60, "{name}: {:?}", begun.elapsed());
    }
}

/// The time per field does not grow with the number of fields, even if each has a mistake.
#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn definitions_and_policies_of_many_fields_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.x.io}\nspec:\n  group: x.io\n  scope: Namespaced\n  \
        names: {plural: as, singular: a, kind: A, listKind: AList}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    \
        schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n";
    let policy = "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: p}\nspec:\n  \
        validations: [{expression: 'true'}]\n  variables:\n";
    for (name, head, line) in [
        ("types", definition, "          pN: {type: foo, x-kubernetes-validations: [{rule: 'self == 1'}]}\n"),
        (
            "rules",
            definition,
            "          pN: {type: integer, default: 1, x-kubernetes-validations: [{rule: 'self == 1'}]}\n",
        ),
        ("variables", policy, "  - {name: vN, expression: 'true'}\n"),
    ] {
        let lines: String = (0..20_000).map(|n| line.replace('N', &n.to_string())).collect();
        fs::write(folder.path().join(format!("{name}.yaml")), format!("{head}{lines}")).expect("written");
        let begun = std::time::Instant::now();
        let output = run(&format!("mim-chart validate {name}.yaml"), folder.path());
        assert!(output.status.code().is_some_and(|code| code < 2), "{name}");
        assert!(begun.elapsed().as_secs() < 60, "{name}: {:?}", begun.elapsed());
    }
}

#[test]
fn a_full_disk_leaves_an_error_and_no_half_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    for line in ["mim-chart template > /dev/full", "mim-chart values > /dev/full", "mim-chart lint > /dev/full"] {
        let output = run(line, folder);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{line}");
        assert!(stderr.contains("cannot write to standard output: no space left on device"), "{line}: {stderr}");
    }
    // Files cannot grow beyond 1 KiB here, as if the disk were full.
    let output = run("trap '' XFSZ; ulimit -f 1; mim-chart template --output-dir out", folder);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("file too large"), "{stderr}");
    let whole = run("mim-chart template --output-dir whole", folder);
    assert!(whole.status.success());
    for path in files_below(&folder.join("out")) {
        let same = folder.join("whole").join(path.strip_prefix(folder.join("out")).expect("below"));
        assert_eq!(fs::read(&path).expect("a file"), fs::read(same).expect("the whole file"), "{}", path.display());
    }
    let output = run("trap '' XFSZ; ulimit -f 1; mim-chart create big && mim-chart package big", folder);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(!folder.join("big-0.1.0.tgz").exists());
}

fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("old.yaml"), "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n")
        .expect("written");
    for command in ["template", "values --origins", "show all", "lint", "diff --from old.yaml", "show templates"] {
        let output = run(&format!("set -o pipefail; mim-chart {command} | true"), folder.path());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {stderr}");
        assert!(!stderr.contains("panicked") && !stderr.contains("roken pipe"), "{command}: {stderr}");
    }
}

#[test]
fn nothing_is_written_outside_the_chosen_directory() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    chart(folder, "kind: A\n");
    for name in ["..", "../x", "/tmp/x", "a/../../x", "."] {
        let text = format!("apiVersion: v2\nname: {name:?}\nversion: 1.0.0\nengine: tera\n");
        fs::write(folder.join("c/Chart.yaml"), text).expect("written");
        let output = run(
            "mkdir -p deep/er; cd deep/er; mim-chart template ../../c --output-dir out; mim-chart package ../../c",
            folder,
        );
        assert_ne!(output.status.code(), Some(0), "{name}: {output:?}");
        let written = files_below(folder);
        assert_eq!(written.len(), 2, "{name}: {written:?}");
    }
    // A link in the output directory is not followed, and nothing is created at its target before the error.
    chart(folder, "kind: A\n");
    fs::create_dir_all(folder.join("elsewhere")).expect("a folder");
    let is_untouched = || fs::read_dir(folder.join("elsewhere")).expect("a folder").next().is_none();
    for (place, flags) in [
        ("out1/c", "--output-dir out1"),
        ("out2/c/templates", "--output-dir out2 --prune-output"),
        ("out3/r", "--output-dir out3 --release-name"),
        ("out4/r/c", "--output-dir out4 --release-name --prune-output"),
    ] {
        let link = folder.join(place);
        fs::create_dir_all(link.parent().expect("a folder")).expect("a folder");
        std::os::unix::fs::symlink(folder.join("elsewhere"), &link).expect("a link");
        let output = run(&format!("mim-chart template r c {flags}"), folder);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(is_untouched(), "{place}: {stderr}");
        assert_eq!(output.status.code(), Some(1), "{place}: {stderr}");
        assert!(stderr.contains(" would be outside the output directory"), "{place}: {stderr}");
    }
    // The same for links in a chart's existing directory.
    fs::create_dir_all(folder.join("web")).expect("a folder");
    std::os::unix::fs::symlink(folder.join("elsewhere"), folder.join("web/templates")).expect("a link");
    for line in ["mim-chart create web", "mim-chart create web --starter mongooseim"] {
        let output = run(line, folder);
        assert!(is_untouched(), "{line}: {output:?}");
        assert_eq!(output.status.code(), Some(1), "{line}: {output:?}");
        assert_eq!(fs::read_dir(folder.join("web")).expect("a folder").count(), 1, "{line}");
    }
    fs::create_dir_all(folder.join("db")).expect("a folder");
    fs::write(folder.join("db/Chart.yaml"), "apiVersion: v2\nname: db\nversion: 1.0.0\n").expect("written");
    let declared = "dependencies: [{name: db, version: 1.0.0, repository: 'file://../db'}]\n";
    let text = format!("apiVersion: v2\nname: c\nversion: 1.0.0\n{declared}");
    fs::write(folder.join("c/Chart.yaml"), text).expect("written");
    std::os::unix::fs::symlink(folder.join("elsewhere"), folder.join("c/charts")).expect("a link");
    for command in ["dependency build", "dependency update"] {
        let output = run(&format!("mim-chart {command} c"), folder);
        assert!(is_untouched(), "{command}: {output:?}");
        assert_eq!(output.status.code(), Some(1), "{command}: {output:?}");
    }
}
