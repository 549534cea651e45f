//! Random values without a seed: each is different, in each run.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::support::command::stdout;

/// Writes a file below a folder, with the folders around it.
fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
    fs::write(path, text).expect("a new file");
}

/// Writes a chart with a random value in every kind of place.
fn write_chart(folder: &Path) {
    let chart = |name: &str| format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n");
    let dependencies =
        "dependencies:\n- {name: db, version: 1.0.0, alias: one}\n- {name: db, version: 1.0.0, alias: two}\n";
    write(folder, "c/Chart.yaml", &(chart("c") + dependencies));
    write(folder, "c/charts/db/Chart.yaml", &chart("db"));
    write(folder, "c/charts/db/templates/t.yaml", "subchart: {{ randAlphaNum 20 }}\n");
    // Two charts of one name: their files have the same paths.
    for directory in ["same", "same-too"] {
        write(folder, &format!("c/charts/{directory}/Chart.yaml"), &chart("same"));
        write(folder, &format!("c/charts/{directory}/templates/t.yaml"), "same: {{ randAlphaNum 20 }}\n");
    }
    write(folder, "c/templates/_t.tpl", "{{ define \"t\" }}{{ randAlphaNum 20 }}{{ end }}");
    for name in ["a", "b"] {
        let text = "included: {{ include \"t\" . }}\nagain: {{ include \"t\" . }}\n\
                    text: {{ tpl \"{{ randAlphaNum 20 }}\" . }}\nother: {{ tpl \"{{ randAlphaNum 20 }} \" . }}\n\
                    {{ range until 3 }}\nloop{{ . }}: {{ randAlphaNum 20 }}\n{{ end }}\nuuid: {{ uuidv4 }}\n";
        write(folder, &format!("c/templates/{name}.yaml"), text);
    }
}

fn values(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let manifests = stdout(folder, arguments);
    let lines = manifests.lines().filter(|line| !line.starts_with(['#', '-']));
    lines.filter_map(|line| Some(line.split_once(": ")?.1.trim().to_owned())).collect()
}

#[test]
fn all_random_values_of_two_runs_differ() {
    let folder = tempfile::tempdir().expect("a folder");
    write_chart(folder.path());
    let template = ["template", "r", "./c"];
    let all = [values(folder.path(), &template), values(folder.path(), &template)].concat();
    assert_eq!(all.len(), 2 * (2 + 2 + 2 * 8), "{all:?}");
    let distinct: HashSet<&String> = all.iter().collect();
    assert_eq!(distinct.len(), all.len(), "{all:?}");
}

#[test]
fn a_run_that_is_traced_prints_the_same_values_under_a_seed() {
    let folder = tempfile::tempdir().expect("a folder");
    write_chart(folder.path());
    let plain = values(folder.path(), &["template", "r", "./c", "--seed", "x"]);
    let traced = values(folder.path(), &["template", "r", "./c", "--seed", "x", "--line-map", "map.json"]);
    assert_eq!(plain, traced);
    assert_eq!(plain.iter().collect::<HashSet<_>>().len(), plain.len(), "{plain:?}");
}

#[test]
fn a_random_value_under_a_seed_does_not_depend_on_other_calls_of_its_template() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n");
    write(folder.path(), "c/templates/_t.tpl", "{{ define \"t\" }}{{ randAlphaNum 20 }}{{ end }}");
    for call in ["{{ include \"t\" . }}", "{{ template \"t\" . }}", "{{ tpl .Values.text . }}"] {
        let text = format!("{{{{ if .Values.first }}}}\nfirst: {call}\n{{{{ end }}}}\nsecond: {call}\n");
        write(folder.path(), "c/values.yaml", "text: '{{ include \"t\" . }}'\n");
        write(folder.path(), "c/templates/a.yaml", &text);
        let template = |first: &str| values(folder.path(), &["template", "r", "./c", "--seed", "x", "--set", first]);
        let (both, one) = (template("first=true"), template("first=false"));
        assert_ne!(both[0], both[1], "{call}");
        assert_eq!(both[1..], one, "{call}");
    }
}

#[test]
fn a_random_value_under_a_seed_does_not_depend_on_other_iterations_of_its_loop() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n");
    write(folder.path(), "c/templates/_t.tpl", "{{ define \"t\" }}{{ randAlphaNum 20 }}{{ end }}");
    for call in ["{{ randAlphaNum 20 }}", "{{ include \"t\" . }}", "{{ range until 1 }}{{ template \"t\" . }}{{ end }}"]
    {
        let text = format!("{{{{ range .Values.users }}}}\nuser: {call}\n{{{{ end }}}}\n");
        write(folder.path(), "c/templates/a.yaml", &text);
        let template = |users: &str| {
            values(folder.path(), &["template", "r", "./c", "--seed", "x", "--set-json", &format!("users={users}")])
        };
        let (two, three) = (template(r#"{"b":1,"c":1}"#), template(r#"{"a":1,"b":1,"c":1}"#));
        assert_eq!(three.iter().collect::<HashSet<_>>().len(), 3, "{call}: {three:?}");
        assert_eq!(three[1..], two, "{call}");
        assert_eq!(template("[1,2,3]")[..2], template("[1,2]"), "{call}");
    }
}
