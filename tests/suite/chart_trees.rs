//! Tests that trees of charts that multiply when they are unpacked, aliased or merged fail with an error that names the limit,
//! with little memory and in every command that reads charts.

#![cfg(unix)]

use std::fs;
use std::path::Path;

use crate::support::command::{LITTLE_MEMORY, limited_shell};
use crate::support::files::{pack, write};

fn metadata(name: &str) -> String {
    format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\nengine: tera\n")
}

/// Runs the program with little memory. It must fail with a message that contains `sentence`.
fn rejected(folder: &Path, arguments: &str, sentence: &str) {
    let output = limited_shell(&format!("mim-chart {arguments}"), folder, LITTLE_MEMORY);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let shown = format!("{stderr}{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(output.status.code(), Some(1), "{arguments}: {shown}");
    assert!(shown.contains(sentence), "{arguments}: {shown}");
}

/// Packs a chart with `count` copies of the archive `inner` as `NAME.tgz`.
fn archive_of_archives(folder: &Path, name: &str, inner: Option<&str>, count: usize) {
    let chart = folder.join("work");
    let _ = fs::remove_dir_all(&chart);
    write(&chart.join("Chart.yaml"), &metadata(name));
    if let Some(inner) = inner {
        fs::create_dir_all(chart.join("charts")).expect("a folder");
        for number in 0..count {
            fs::copy(folder.join(inner), chart.join(format!("charts/c{number}.tgz"))).expect("a copy");
        }
    }
    pack(&chart, "c", &folder.join(format!("{name}.tgz")));
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn archives_of_archives_have_a_limit_in_every_command() {
    let folder = tempfile::tempdir().expect("a folder");
    archive_of_archives(folder.path(), "l0", None, 0);
    for level in 1..=6 {
        archive_of_archives(folder.path(), &format!("l{level}"), Some(&format!("l{}.tgz", level - 1)), 10);
    }
    let sentence = "the tree of charts has more than 10000 charts";
    for command in
        ["template", "values", "show chart", "lint", "dependency list", "why replicaCount", "diff --from x.yaml x"]
    {
        fs::write(folder.path().join("x.yaml"), "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n")
            .expect("a file");
        rejected(folder.path(), &format!("{command} l6.tgz"), sentence);
    }
}

#[test]
fn archives_of_zeros_have_a_limit() {
    let folder = tempfile::tempdir().expect("a folder");
    let chart = folder.path().join("zeros");
    write(&chart.join("Chart.yaml"), &metadata("zeros"));
    for number in 0..10 {
        fs::write(chart.join(format!("file{number}")), vec![0; 5 << 20]).expect("a file");
    }
    pack(&chart, "zeros", &folder.path().join("zeros.tgz"));
    archive_of_archives(folder.path(), "top", Some("zeros.tgz"), 50);
    rejected(
        folder.path(),
        "template top.tgz",
        "the tree of charts has more than 128 MiB of files in archives and copies",
    );
}

#[test]
fn deep_archives_have_a_limit() {
    let folder = tempfile::tempdir().expect("a folder");
    archive_of_archives(folder.path(), "d0", None, 0);
    for level in 1..=60 {
        archive_of_archives(folder.path(), &format!("d{level}"), Some(&format!("d{}.tgz", level - 1)), 1);
    }
    rejected(folder.path(), "template d60.tgz", "the tree of charts is nested more than 50 charts deep");
}

#[test]
fn aliases_below_aliases_have_a_limit() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut path = folder.path().join("l0");
    for level in 0..7 {
        let aliases = |number| format!("- {{name: l{}, version: 1.0.0, alias: a{number}}}\n", level + 1);
        let dependencies: String = (0..10).map(aliases).collect();
        let dependencies = if level == 6 { String::new() } else { format!("dependencies:\n{dependencies}") };
        write(&path.join("Chart.yaml"), &format!("{}{dependencies}", metadata(&format!("l{level}"))));
        path = path.join(format!("charts/l{}", level + 1));
    }
    let sentence = "the tree of charts has more than 10000 charts\n --> l0/charts";
    rejected(folder.path(), "template l0", sentence);
    rejected(folder.path(), "values l0", sentence);
}

#[test]
fn values_that_every_chart_gets_have_a_limit() {
    let folder = tempfile::tempdir().expect("a folder");
    let top = folder.path().join("top");
    let globals: String = (0..20_000).map(|number| format!("  k{number}: x\n")).collect();
    write(&top.join("Chart.yaml"), &metadata("top"));
    write(&top.join("values.yaml"), &format!("global:\n{globals}"));
    for number in 0..300 {
        write(&top.join(format!("charts/s{number}/Chart.yaml")), &metadata(&format!("s{number}")));
    }
    rejected(
        folder.path(),
        "template top",
        "the tree of charts has more than 2000000 values, merged over all its charts",
    );
}

#[test]
fn only_some_of_many_missing_dependencies_are_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let dependencies = "- {name: s, version: \">=1\"}\n".repeat(20_000);
    write(&folder.path().join("c/Chart.yaml"), &format!("{}dependencies:\n{dependencies}", metadata("c")));
    write(&folder.path().join("c/charts/s/Chart.yaml"), &metadata("s"));
    rejected(folder.path(), "template c", "validation: 19979 more dependencies were not checked");
}

#[test]
fn six_hundred_subcharts_on_two_levels_render() {
    let folder = tempfile::tempdir().expect("a folder");
    let top = folder.path().join("top");
    write(&top.join("Chart.yaml"), &metadata("top"));
    write(&top.join("values.yaml"), "global: {registry: example.com}\n");
    for number in 0..300 {
        let below = top.join(format!("charts/s{number}"));
        write(&below.join("Chart.yaml"), &metadata(&format!("s{number}")));
        write(&below.join("charts/t/Chart.yaml"), &metadata("t"));
        write(&below.join("charts/t/templates/a.yaml"), "kind: A\nx: {{ Values.global.registry }}\n");
    }
    let output = limited_shell("mim-chart template top | grep -c example.com", folder.path(), LITTLE_MEMORY);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "300\n", "{}", String::from_utf8_lossy(&output.stderr));
}
