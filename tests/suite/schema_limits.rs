//! Tests schemas that would need more work, memory or messages than the limits allow.

use std::fs;
use std::path::Path;

use mim_chart::diagnostic::{Diagnostic, Source};
use mim_chart::json;
use mim_chart::json_schema::{Budget, Schema, Violation, lines};

use crate::support::command::{LITTLE_MEMORY, limited_shell};

fn schema(text: &str) -> Result<Schema, Diagnostic> {
    Schema::parse(&Source::file("values.schema.json", text))
}

fn check(schema_text: &str, instance: &str, budget: &Budget) -> Result<Vec<Violation>, Diagnostic> {
    let source = Source::file("values.json", instance);
    let instance = json::read(&source, 0..source.text().len()).expect("JSON");
    schema(schema_text)?.validate(&instance, budget)
}

/// Returns definitions `a0` to `aLEVELS`, each of which refers to the next where `link` has NEXT. The last one is `last`.
fn chain(levels: usize, link: &str, last: &str) -> String {
    let next = |level: usize| link.replace("NEXT", &format!("{{\"$ref\": \"#/$defs/a{}\"}}", level + 1));
    let definitions: Vec<String> = (0..levels).map(|level| format!("\"a{level}\": {}", next(level))).collect();
    format!("{{\"$ref\": \"#/$defs/a0\", \"$defs\": {{{}, \"a{levels}\": {last}}}}}", definitions.join(",\n"))
}

/// Returns a value inside `levels` nested maps.
fn nested(levels: usize, value: &str) -> String {
    format!("{}{value}{}", "{\"x\": ".repeat(levels), "}".repeat(levels))
}

#[test]
fn nested_applicators_are_evaluated_in_bounded_time() {
    let object = r#"{"type": "object"}"#;
    let failing = r#"{"required": ["z"]}"#;
    for (link, last, is_valid) in [
        (r#"{"allOf": [NEXT, NEXT]}"#, object, true),
        (r#"{"allOf": [NEXT, NEXT]}"#, failing, false),
        (r#"{"anyOf": [NEXT, NEXT]}"#, failing, false),
        (r#"{"oneOf": [NEXT, NEXT]}"#, failing, false),
        (r#"{"not": {"not": {"allOf": [NEXT, NEXT]}}}"#, object, true),
        (r#"{"not": {"anyOf": [NEXT, NEXT]}}"#, object, true),
        (r#"{"if": NEXT, "then": NEXT, "else": NEXT}"#, failing, false),
        (r#"{"dependentSchemas": {"x": NEXT, "y": NEXT}}"#, failing, false),
        (r#"{"allOf": [NEXT, NEXT], "unevaluatedProperties": NEXT}"#, r#"{"type": ["object", "integer"]}"#, true),
        (
            r#"{"properties": {"x": NEXT}, "patternProperties": {"x": NEXT}}"#,
            r#"{"type": ["object", "integer"]}"#,
            true,
        ),
    ] {
        let instance = r#"{"x": 1, "y": {"x": 1}}"#;
        let found = check(&chain(30, link, last), instance, &Budget::default()).expect("an end");
        assert_eq!(found.is_empty(), is_valid, "{link}");
        assert!(lines(&found).len() < 1 << 20, "{link}");
    }
    let twice = chain(30, r#"{"properties": {"x": NEXT}, "patternProperties": {"x": NEXT}}"#, failing);
    assert!(!check(&twice, &nested(30, "{}"), &Budget::default()).expect("an end").is_empty());
    let contains = chain(30, r#"{"contains": {"allOf": [NEXT, NEXT]}}"#, r#"{"type": "string"}"#);
    let lists = format!("{}1{}", "[".repeat(30), "]".repeat(30));
    assert!(!check(&contains, &lists, &Budget::default()).expect("an end").is_empty());
}

#[test]
fn the_list_of_violations_ends_with_the_number_omitted() {
    let schema = chain(30, r#"{"allOf": [NEXT, NEXT]}"#, r#"{"required": ["z"]}"#);
    let text = lines(&check(&schema, "{}", &Budget::default()).expect("an end"));
    let listed = text.lines().filter(|line| line.trim_start().starts_with("- at ")).count() as u64;
    assert!((1000..2100).contains(&listed), "{listed}");
    // The first `allOf`, two below it, four below these: 2^31 - 1 lines.
    let more = (1u64 << 31) - 1 - listed;
    let last = text.lines().last().expect("a line").replace(',', "");
    assert_eq!(last, format!("- {more} more violations are not listed"));

    let endless = chain(100, r#"{"anyOf": [NEXT, NEXT]}"#, r#"{"required": ["z"]}"#);
    let text = lines(&check(&endless, "{}", &Budget::default()).expect("an end"));
    assert!(text.ends_with("\n- more violations than can be counted are not listed\n"), "{text}");

    let items: Vec<String> = (0..1003).map(|number| number.to_string()).collect();
    let instance = format!("[{}]", items.join(", "));
    let text = lines(&check(r#"{"items": {"type": "string"}}"#, &instance, &Budget::default()).expect("an end"));
    assert_eq!(text.lines().count(), 1001);
    assert!(text.ends_with("- at '/999': got number, want string\n- 3 more violations are not listed\n"));
}

#[test]
fn discarded_violations_do_not_count() {
    for branches in [
        r#""anyOf": [{"type": "string"}, {"minimum": 0}]"#,
        r#""oneOf": [{"type": "string"}, {"minimum": 0}]"#,
        r#""if": {"type": "string"}, "else": {"minimum": 0}"#,
    ] {
        let mut items: Vec<String> = (0..5000).map(|number| number.to_string()).collect();
        items.push("-1".to_owned());
        let instance = format!("[{}]", items.join(", "));
        let found = check(&format!("{{\"items\": {{{branches}}}}}"), &instance, &Budget::default()).expect("an end");
        assert!(lines(&found).contains("minimum: got -1, want 0"), "{branches}: {}", lines(&found));
    }
}

#[test]
fn endless_evaluation_is_an_error_at_the_schema() {
    let schema = chain(30, r#"{"allOf": [NEXT, NEXT]}"#, r#"{"type": "object"}"#);
    let error = check(&schema, "{}", &Budget::new(1000, u64::MAX)).expect_err("a limit");
    assert_eq!(error.message, "the schema is too complex: checking the values takes more than 1,000 steps");
    assert!(error.labels[0].span.to_string().starts_with("values.schema.json:"), "{error:?}");
    // `not` does not turn the error into a success.
    let schema = format!("{{\"not\": {schema}, \"$defs\": {{}}}}").replace("#/$defs", "#/not/$defs");
    check(&schema, "{}", &Budget::new(1000, u64::MAX)).expect_err("a limit");
}

/// Runs a test on a stack for deep JSON, as the program has it.
fn with_a_large_stack(test: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let run = std::thread::Builder::new().stack_size(256 << 20).spawn_scoped(scope, test).expect("a thread");
        run.join().expect("no panic");
    });
}

#[test]
fn deep_schemas_and_references_are_errors() {
    with_a_large_stack(deep_schemas);
}

fn deep_schemas() {
    let too_deep = "the schema is nested too deeply: more than 2,000 levels";
    let references = chain(3000, "NEXT", r#"{"type": "object"}"#);
    assert_eq!(check(&references, "{}", &Budget::default()).expect_err("a limit").message, too_deep);
    let not = format!("{}true{}", r#"{"not": "#.repeat(3000), "}".repeat(3000));
    assert_eq!(schema(&not).expect_err("a limit").message, too_deep);
    let recursive = r##"{"$ref": "#/$defs/n", "$defs": {"n": {"properties": {"x": {"$ref": "#/$defs/n"}}}}}"##;
    assert_eq!(check(recursive, &nested(3000, "1"), &Budget::default()).expect_err("a limit").message, too_deep);
    assert!(check(recursive, &nested(900, "1"), &Budget::default()).expect("an end").is_empty());
}

#[test]
fn comparisons_and_patterns_have_limits() {
    let numbers: Vec<String> = (0..2000).map(|number| format!("\"k{number}\": 1")).collect();
    let numbers = format!("{{{}}}", numbers.join(", "));
    let long = format!("1.{}1", "0".repeat(100_000));
    let text = "a".repeat(100_000);
    for (schema, instance) in [
        (format!("{{\"additionalProperties\": {{\"const\": {long}}}}}"), numbers),
        (r#"{"pattern": "^(\\p{L}a){1,900}$"}"#.to_owned(), format!("\"{text}\"")),
    ] {
        check(&schema, &instance, &Budget::new(300_000, 0)).expect_err("a limit");
    }
    let error = check(r#"{"pattern": "^(\\p{L}\\p{N}){1,1000}$"}"#, r#""x""#, &Budget::default()).expect_err("a limit");
    assert!(
        error.message.starts_with("cannot use a pattern of the schema: error parsing regexp: expression too large")
    );
    for pattern in [r"\\pL".repeat(100_000), "{".repeat(200_000) + "}", format!("[{}a]", "[:".repeat(100_000))] {
        schema(&format!("{{\"pattern\": \"{pattern}\"}}")).expect("a pattern");
    }
    let long = format!("{{\"pattern\": \"{}\"}}", r"\\pL".repeat(100_000));
    let error = check(&long, r#""x""#, &Budget::default()).expect_err("a limit");
    assert!(error.message.ends_with("expression too large: 300000 bytes, and at most 32768 are compiled"), "{error:?}");
    let items: Vec<String> = (0..20_000).map(|number| (number + (1u64 << 62)).to_string()).collect();
    check(r#"{"uniqueItems": true}"#, &format!("[{}]", items.join(", ")), &Budget::default()).expect("an end");
}

#[test]
fn references_into_deep_resources_are_counted() {
    with_a_large_stack(deep_resources);
}

fn deep_resources() {
    let references = vec![r##"{"$ref": "#q"}"##; 20_000].join(", ");
    let deep = format!(
        r#"{}{{"$id": "http://x/y", "allOf": [{references}], "$defs": {{"a": {{"$anchor": "q"}}}}}}{}"#,
        r#"{"allOf": ["#.repeat(1500),
        "]}".repeat(1500)
    );
    let error = schema(&deep).expect_err("a limit");
    assert_eq!(error.message, "the schema is too complex: reading it takes more than 5,000,000 steps");
    let ids: Vec<String> = (0..20_000).map(|n| format!("\"a{n}\": {{\"$id\": \"http://x/{n}\"}}")).collect();
    let references: Vec<String> = (0..20_000).map(|n| format!("{{\"$ref\": \"http://x/{n}\"}}")).collect();
    let many = format!("{{\"$defs\": {{{}}}, \"allOf\": [{}]}}", ids.join(", "), references.join(", "));
    schema(&many).expect("a schema");
}

fn limited(line: &str, folder: &Path) -> (Option<i32>, String) {
    let output = limited_shell(line, folder, LITTLE_MEMORY);
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn charts_with_hostile_schemas_use_little_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::create_dir_all(folder.join("c/templates")).expect("a folder");
    fs::write(folder.join("c/Chart.yaml"), "apiVersion: v2\nname: c\nversion: 1.0.0\nengine: tera\n").expect("written");
    let failing = r#"{"required": ["z"]}"#;
    let names: Vec<String> = (0..5000).map(|n| format!("\"name{n}\": {{}}")).collect();
    let names = names.join(", ");
    for (schema, words) in [
        (chain(30, r#"{"allOf": [NEXT, NEXT]}"#, failing), "more violations are not listed"),
        (chain(30, r#"{"oneOf": [NEXT, NEXT]}"#, failing), "more violations are not listed"),
        (chain(3000, r#"{"allOf": [NEXT]}"#, failing), "nested too deeply"),
        (format!("{{\"properties\": {{{names}}}, \"additionalProperties\": false}}"), "not allowed"),
        (
            format!("{{\"properties\": {{{}}}}}", names.replace("{}", r#"{"type": 1}"#)),
            "more violations are not listed",
        ),
    ] {
        fs::write(folder.join("c/values.schema.json"), &schema).expect("written");
        let values: String = (0..2000).map(|n| format!("nome{n}: 1\n")).collect();
        fs::write(folder.join("values.yaml"), values).expect("written");
        for command in ["template c -f values.yaml", "lint c -f values.yaml"] {
            let (code, stderr) =
                limited(&format!("mim-chart {command} 2>&1 >/dev/null | tee all >&2; exit ${{PIPESTATUS[0]}}"), folder);
            assert_eq!(code, Some(1), "{command} {words}: {stderr:.500}");
            if command.starts_with("template") {
                assert!(stderr.contains(words), "{words}: {stderr:.500}");
            }
            assert!(stderr.len() < 8 << 20, "{words}: {}", stderr.len());
        }
    }
    fs::write(folder.join("c/values.schema.json"), format!("{{\"properties\": {{{names}}}}}")).expect("written");
    let (code, stderr) = limited("mim-chart template c -f values.yaml", folder);
    assert_eq!(code, Some(0), "{stderr:.500}");
    assert!(stderr.contains("did you mean name0?") && stderr.len() < 1 << 20, "{stderr:.500}");
}

#[test]
fn custom_kinds_with_hostile_schemas_use_little_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    // Structural schemas do not allow `$ref`, but a file may still contain it.
    let schema = chain(30, r#"{"allOf": [NEXT, NEXT]}"#, r#"{"required": ["z"]}"#)
        .replace("#/$defs", "#/definitions")
        .replace("$defs", "definitions");
    let definition = format!(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: as.x.example}}\n\
         spec:\n  group: x.example\n  scope: Namespaced\n  names: {{kind: A, plural: as}}\n  versions:\n  - name: v1\n    \
         served: true\n    storage: true\n    schema:\n      openAPIV3Schema: {}\n",
        schema.replace('\n', " ")
    );
    fs::write(folder.join("crds.yaml"), definition).expect("written");
    fs::write(folder.join("a.yaml"), "apiVersion: x.example/v1\nkind: A\nmetadata: {name: a}\n").expect("written");
    let (code, stderr) = limited("mim-chart validate --crds crds.yaml a.yaml > out", folder);
    let found = fs::read_to_string(folder.join("out")).expect("findings") + &stderr;
    assert_eq!(code, Some(1), "{found:.500}");
    assert!(found.contains("more violations are not listed"), "{found:.2000}");
}
