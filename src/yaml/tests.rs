use proptest::prelude::*;

use crate::diagnostic::{Diagnostic, Source};
use crate::yaml::{Entry, Map, Node, Value, read_document, read_document_at, read_values, write, write_pretty};

fn read(text: &str) -> Map {
    read_values(&Source::file("v.yaml", text)).unwrap()
}

fn error(text: &str) -> Diagnostic {
    read_values(&Source::file("v.yaml", text)).unwrap_err().remove(0)
}

/// Lists each node and key with its place and the text there, in document order.
fn places(map: &Map) -> Vec<String> {
    fn visit(node: &Node, out: &mut Vec<String>) {
        out.push(format!("{} {:?}", node.span, node.span.text()));
        match &node.value {
            Value::List(items) => items.iter().for_each(|item| visit(item, out)),
            Value::Map(map) => {
                for (_, entry) in map.entries() {
                    out.push(format!("{} {:?}:", entry.key, entry.key.text()));
                    visit(&entry.node, out);
                }
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    for (_, entry) in map.entries() {
        out.push(format!("{} {:?}:", entry.key, entry.key.text()));
        visit(&entry.node, &mut out);
    }
    out.iter().map(|line| line.trim_start_matches("v.yaml:").to_owned()).collect()
}

#[test]
fn every_node_and_key_has_its_place() {
    let map = read("a: 1 # c\nb:\n  - 'x'\n  - {c: [y, \"z\"]}\nd: !!str 5\ne:\n  f: |\n    text\n\n  g:\nh: &k v\n");
    assert_eq!(
        places(&map),
        [
            "1:1 \"a\":",
            "1:4 \"1\"",
            "2:1 \"b\":",
            "3:3 \"- 'x'\\n  - {c: [y, \\\"z\\\"]}\"",
            "3:5 \"'x'\"",
            "4:5 \"{c: [y, \\\"z\\\"]}\"",
            "4:6 \"c\":",
            "4:9 \"[y, \\\"z\\\"]\"",
            "4:10 \"y\"",
            "4:13 \"\\\"z\\\"\"",
            "5:1 \"d\":",
            "5:10 \"5\"",
            "6:1 \"e\":",
            "7:3 \"f: |\\n    text\\n\\n  g:\"",
            "7:3 \"f\":",
            "7:6 \"|\\n    text\"",
            "10:3 \"g\":",
            "10:5 \"\"",
            "11:1 \"h\":",
            "11:7 \"v\"",
        ]
    );
}

#[test]
fn places_are_those_of_the_bytes_on_disk() {
    let with_mark = read("\u{feff}a: ä\r\nb: 'ö' \r\n---\r\nc: |\r\n  x\r\n  y\r\nd: z");
    assert_eq!(
        places(&with_mark),
        [
            "1:2 \"a\":",
            "1:5 \"ä\"",
            "2:1 \"b\":",
            "2:4 \"'ö'\"",
            "4:1 \"c\":",
            "4:4 \"|\\r\\n  x\\r\\n  y\"",
            "7:1 \"d\":",
            "7:4 \"z\"",
        ]
    );
    assert_eq!(with_mark.get("c").unwrap().value, Value::String("x\ny\n".into()));
}

#[test]
fn a_separator_ends_a_document_even_in_a_block_scalar() {
    let map = read("a: |\n  x\n---\nb: 1\n");
    assert_eq!(places(&map), ["1:1 \"a\":", "1:4 \"|\\n  x\"", "4:1 \"b\":", "4:4 \"1\""]);
}

#[test]
fn documents_are_merged_deeply_and_null_is_a_value() {
    let map = read("a: {b: 1, c: 2}\nl: [1, 2]\np: {x: 1}\nm: ~\n---\na: {c: 3}\nl: [3]\np: ~\nm: {z: 1}\n");
    assert_eq!(write(&Value::Map(map.clone())).unwrap(), "a:\n  b: 1\n  c: 3\nl:\n- 3\nm:\n  z: 1\np: null");
    assert_eq!(map.at(["a", "b"]).unwrap().span.to_string(), "v.yaml:1:8");
    assert_eq!(map.at(["a", "c"]).unwrap().span.to_string(), "v.yaml:6:8");
}

#[test]
fn errors_of_several_documents_are_reported_together() {
    let errors = read_values(&Source::file("v.yaml", "a: [\n---\nb: 1\n---\n- c\n---\nd: 1\n--- e\n")).unwrap_err();
    let lines: Vec<_> = errors.iter().map(|error| error.labels[0].span.to_string()).collect();
    assert_eq!(lines, ["v.yaml:1:5", "v.yaml:5:1", "v.yaml:8:5"]);
}

#[test]
fn a_part_of_a_text_keeps_its_places() {
    let source = Source::rendered("x.yaml", "junk: [\n---\na: {b: c}\n---\nmore: ]");
    let node = read_document_at(&source, 12..22).unwrap();
    assert_eq!(node.value.as_map().unwrap().at(["a", "b"]).unwrap().span.to_string(), "x.yaml:3:8");
    let error = read_document_at(&source, 22..999).unwrap_err();
    assert_eq!(error.labels[0].span.to_string(), "x.yaml:5:7");
    assert_eq!(error.message, "error converting YAML to JSON: yaml: line 5: did not find expected node content");
}

#[test]
fn an_alias_has_the_place_of_its_anchor() {
    let map = read("a: &x [1]\nb: *x\nc:\n  <<: {d: 2}\n");
    assert_eq!(map.get("b").unwrap().span.to_string(), "v.yaml:1:7");
    assert_eq!(map.at(["c", "d"]).unwrap().span.to_string(), "v.yaml:4:11");
}

#[test]
fn an_empty_document_is_null() {
    for text in ["", "# c\n", "---\n", "...\n---\n"] {
        let read = read_document(&Source::file("x", text));
        if text.starts_with("...") { assert!(read.is_err()) } else { assert_eq!(read.unwrap().value, Value::Null) }
    }
}

/// Checks the labels and the help of common errors.
#[test]
fn common_errors_are_explained() {
    for (text, place, second, help) in [
        ("a:\n\tb: c\n", "2:1 \"\\t\"", "", "replace the tab"),
        ("a:\n  b: c\n\td: e\n", "3:1 \"\\t\"", "", "replace the tab"),
        ("a: 'x\nb: y\n", "2:5 \"\"", "1:4 \"'\" quote opened here", "close the quote"),
        ("a: [x, y\nb: z\n", "2:2 \":\"", "1:4 \"[\" opened here", "close the '['"),
        ("a: {x: 1\n\n\n", "1:9 \"\"", "1:4 \"{\" opened here", "close the '{'"),
        ("a: b: c\n", "1:5 \":\"", "", "must be quoted"),
        ("a: 1\n  b: 2\n", "2:4 \":\"", "", "indented more"),
        ("a: 1\nb:2\nc: 3\n", "2:1 \"b:2\"", "", "`b: 2`"),
        ("b:2\n", "1:1 \"b:2\"", "", "`b: 2`"),
        ("a: {{ x }}\n", "1:5 \"{ x }\"", "", "'{{ x }}'"),
        ("{{ x }}: 1\n", "1:2 \"{ x }\"", "", "'{{ x }}'"),
        ("a:\n  {{- x }}\n", "2:5 \"-\"", "", "'{{ x }}'"),
        ("a: \"x\" y\n", "1:8 \"y\"", "1:1 \"a\" the keys of this map start here", "closing quote"),
        ("a:\n  b: 1\n c: 2\n", "3:2 \"c\"", "1:1 \"a\" the keys of this map start here", "same column"),
        ("a:\n  - b\n - c\n", "3:2 \"-\"", "1:1 \"a\" the keys of this map start here", "same column"),
        ("a: @b\n", "1:4 \"@\"", "", "cannot start with '@'"),
        ("a: *b\n", "1:4 \"*b\"", "", "alias"),
        ("a: \"\\d\"\n", "1:5 \"\\\\\"", "1:4 \"\\\"\" quote opened here", "'\\\\'"),
        ("a: - b\n", "1:4 \"-\"", "", "line after its key"),
        ("a: .inf\n", "1:4 \".inf\"", "", "no such number"),
        ("- a\n", "1:1 \"- a\"", "", "`key: value`"),
        ("~: 1\n", "1:1 \"~\"", "", "quote"),
        ("a: \u{7}\n", "1:4 \"\\u{7}\"", "", "\\x07"),
    ] {
        let error = error(text);
        let label = |index: usize| {
            let label = error.labels.get(index);
            label.map_or(String::new(), |label| format!("{} {:?} {}", label.span, label.span.text(), label.text))
        };
        assert!(label(0).starts_with(&format!("v.yaml:{place}")), "{text:?}: {error:#?}");
        assert_eq!(label(1).trim_start_matches("v.yaml:"), second, "{text:?}");
        assert!(error.help.iter().any(|line| line.contains(help)), "{text:?}: {:?}", error.help);
    }
}

#[test]
fn keys_of_two_types_are_both_converted_to_json() {
    let unsupported = |text: &str| error(text).message.contains("unsupported map key of type: %!s(<nil>)");
    assert!(unsupported("1:\n  null:\n! 1:"));
    assert!(unsupported("1: {~: 1}\n\"1\": 2"));
    assert!(unsupported("a: {\"true\": {~: 1}, yes: 2}"));
    assert!(unsupported("<<: {1: {~: 1}}\n\"1\": 2"));
    for replaced in
        ["1: {~: 1}\n1: 2", "1: {~: 1}\n\"1\": 2\n1: 3", "a: {1: {~: 1}, \"1\": 2}\na: 3", "1: {~: 1}\n0x1: 2"]
    {
        assert!(!format!("{:?}", read(replaced)).contains("hidden"), "{replaced}");
    }
}

#[test]
fn limits_hold() {
    let deep = |levels: usize| format!("a: {}{}\n", "[".repeat(levels), "]".repeat(levels));
    let big_stack = |run: fn(String) -> Option<String>, text: String| {
        let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(move || run(text)).unwrap();
        thread.join().unwrap()
    };
    let message = |text: String| {
        let read = read_values(&Source::file("v.yaml", text));
        read.err().map(|errors| errors[0].message.trim_start_matches("cannot unmarshal yaml document: ").to_owned())
    };
    assert_eq!(big_stack(message, deep(9_999)), None);
    let json = "error unmarshaling JSON: while decoding JSON: invalid character '[' exceeded max depth";
    assert_eq!(big_stack(message, deep(10_000)).unwrap(), json);
    let yaml = "error converting YAML to JSON: yaml: line 1: exceeded max depth of 10000";
    assert_eq!(big_stack(message, deep(10_001)).unwrap(), yaml);
    let blocks = format!("a:\n {}x\n", "- ".repeat(10_001));
    assert_eq!(big_stack(message, blocks).unwrap(), yaml.replace("line 1:", "line 2:"));
}

#[test]
fn aliases_stay_bounded() {
    let mut text = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for level in 1..12 {
        let items = vec![format!("*a{}", level - 1); 9].join(",");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    assert!(error(&text).message.ends_with("yaml: document contains excessive aliasing"));
}

#[test]
fn the_number_of_values_is_limited() {
    let text = format!("a: [{}]\n", "x,".repeat(2_000_001));
    let message = error(&text).message;
    assert!(message.ends_with("yaml: document has more than 2000000 values"), "{message}");
}

/// Generates values that a values file can contain.
fn value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        "[ -~]{0,12}",
        "[a-z0-9 :#\\-\\[\\]{}'\"|>&*!%@?,\n\t]{0,30}",
        "([a-z]{1,9} ){8,20}[a-z]",
        "(yes|no|on|y|~|null|true|[0-9_]{1,4}|0x[0-9a-f]{2}|[0-9]:[0-9]{2}|[0-9.e+-]{1,6}|<<|=)",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<f64>().prop_filter("finite", |value| value.is_finite() && *value != 0.0).prop_map(Value::Float),
        any::<i32>().prop_map(|value| Value::Float(f64::from(value))),
        text.prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let key = prop_oneof!["[a-z]{1,6}", "[ -~]{0,12}", any::<String>()];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6)
                .prop_map(|items| Value::List(items.into_iter().map(Node::generated).collect())),
            prop::collection::hash_map(key, inner, 0..6).prop_map(|entries| {
                let entry = |value| Entry { node: Node::generated(value), ..Entry::default() };
                Value::Map(entries.into_iter().map(|(key, value)| (key, entry(value))).collect::<Map>())
            }),
        ]
    })
}

/// Whether go-yaml reads back the same text that it wrote. It folds or indents Unicode line breaks, and it writes the key
/// `<<` without quotes.
fn survives(text: &str) -> bool {
    !text.contains(['\u{85}', '\u{2028}', '\u{2029}']) && text != "<<"
}

/// Whether go-yaml v2 reads back the same text that v3 wrote: v3 writes text with tabs after `|`, where v2 does not
/// always accept them.
fn survives_v3(text: &str) -> bool {
    survives(text) && !(text.contains('\t') && text.contains('\n'))
}

fn all(value: &Value, sound: fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => sound(text),
        Value::List(items) => items.iter().all(|item| all(&item.value, sound)),
        Value::Map(map) => map.iter().all(|(key, node)| sound(key) && all(&node.value, sound)),
        _ => true,
    }
}

/// Converts a value to the independent reader's type.
fn theirs(value: &Value) -> serde_yaml::Value {
    match value {
        Value::Null => serde_yaml::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value as f64).into(),
        Value::Float(value) => (*value).into(),
        Value::String(text) => text.as_str().into(),
        Value::List(items) => serde_yaml::Value::Sequence(items.iter().map(|item| theirs(&item.value)).collect()),
        Value::Map(map) => {
            let entries = map.iter().map(|(key, node)| (key.into(), theirs(&node.value)));
            serde_yaml::Value::Mapping(entries.collect())
        }
    }
}

/// Converts all numbers to floats, because the independent reader distinguishes integers.
fn as_floats(value: serde_yaml::Value) -> serde_yaml::Value {
    match value {
        serde_yaml::Value::Number(number) => number.as_f64().unwrap_or(f64::NAN).into(),
        serde_yaml::Value::Sequence(items) => serde_yaml::Value::Sequence(items.into_iter().map(as_floats).collect()),
        serde_yaml::Value::Mapping(map) => {
            serde_yaml::Value::Mapping(map.into_iter().map(|(key, value)| (key, as_floats(value))).collect())
        }
        value => value,
    }
}

/// Cases found by the property tests below.
#[test]
fn white_space_and_unclosed_braces_are_read() {
    let text = |text: &str| Value::String(text.to_owned());
    for value in [Value::List(vec![Node::generated(Value::List(vec![Node::generated(text("\t\n"))]))]), text("\n")] {
        let written = write(&value).unwrap() + "\n";
        assert_eq!(read_document(&Source::file("x", written)).unwrap().value, value);
    }
    // go-yaml writes the key `<<` without quotes and reads it back as a merge of a value that is not a map.
    let mut map = Map::new();
    map.insert("<<", crate::diagnostic::Span::generated(), Node::generated(Value::Null));
    let written = write(&Value::Map(map)).unwrap();
    assert_eq!(written, "<<: null");
    assert!(read_document(&Source::file("x", written)).is_err());
    assert!(read_document(&Source::file("x", "{")).is_err());
}

proptest! {
    #[test]
    fn written_values_read_back(value in value()) {
        prop_assume!(all(&value, survives));
        // `toYaml` omits the final line break, which `|+` needs.
        if let Ok(text) = write(&value).map(|text| text + "\n") {
            let node = read_document(&Source::file("x", text.as_str())).map_err(|error| TestCaseError::fail(format!("{error:?}\n{text}")))?;
            prop_assert_eq!(&node.value, &value, "{}", text);
        }
    }

    #[test]
    fn the_pretty_form_reads_back(value in value()) {
        prop_assume!(all(&value, survives_v3));
        let text = write_pretty(&value) + "\n";
        let node = read_document(&Source::file("x", text.as_str())).map_err(|error| TestCaseError::fail(format!("{error:?}\n{text}")))?;
        prop_assert_eq!(&node.value, &value, "{}", text);
    }

    #[test]
    fn an_independent_reader_agrees(value in value()) {
        prop_assume!(all(&value, survives));
        let pretty = all(&value, survives_v3).then(|| write_pretty(&value));
        for text in write(&value).into_iter().chain(pretty) {
            let read: serde_yaml::Value = serde_yaml::from_str(&format!("{text}\n")).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
            prop_assert_eq!(as_floats(read), theirs(&value), "{}", text);
        }
    }

    #[test]
    fn reading_does_not_panic(text in "([-?:,\\[\\]{}#&*!|>'\"%@`~ \t\n\r.0-9a-y\\\\é\u{85}\u{2028}\u{feff}]|\n  |- |: |---\n|\n---\n|<<: |\\*x|&x |!!int |!<|\\|2\n|\r\n){0,60}") {
        let source = Source::file("x", text.as_str());
        if let Err(errors) = read_values(&source) {
            for error in errors {
                prop_assert!(!error.message.is_empty() && !error.labels.is_empty());
            }
        }
        let _ = read_document_at(&source, 3..text.len() / 2 + 1);
    }

    // In tests the cursor counts its reads of bytes, so an endless loop fails here.
    #[test]
    fn reading_ends(text in "[-?:,\\[\\]{}#&*!|>'\"%@`~<=\\\\ \\t\n\r.0-2ab\u{85}\u{2028}\u{feff}]{0,12}", tail in "(\n|\r\n|\r|)") {
        let source = Source::file("x", text + &tail);
        let _ = read_values(&source);
        let _ = read_document(&source);
    }

    #[test]
    fn located_bytes_are_inside_the_text(text in "(\\||>|'|\"|a)[-a-z'\"\\\\ \n\tux0-9|>+]{0,30}", offset in 0usize..40) {
        let source = Source::file("x", text);
        let found = crate::yaml::locate_in_scalar(&source.whole(), offset);
        prop_assert!(found.range().end <= source.text().len());
    }
}
