use proptest::prelude::*;
use serde_json::Value as Json;

use crate::diagnostic::Source;
use crate::json::{read, read_prefix, write, write_pretty, write_raw};
use crate::yaml::{Entry, Map, Node, Value};

/// Compares with the recorded results of Go's `json.Unmarshal` and `json.Decoder`.
#[test]
fn text_is_read_as_go_reads_it() {
    let cases: Vec<Json> = serde_json::from_str(include_str!("../../tests/cases/json/go.json")).unwrap();
    let text = |case: &Json, field: &str| case.get(field).and_then(Json::as_str).map(str::to_owned);
    for case in cases {
        let input = text(&case, "input").unwrap();
        let source = Source::flag("--set-json", input.as_str());
        match read(&source, 0..input.len()) {
            Ok(node) => assert_eq!(Some(write(&node.value)), text(&case, "value"), "{input}"),
            Err(error) => assert_eq!(Some(error.message), text(&case, "error"), "{input}"),
        }
        match read_prefix(&source, 0) {
            Ok((node, end)) => {
                assert_eq!(Some(write(&node.value)), text(&case, "prefix"), "{input}");
                assert_eq!(Some(end as u64), case["rest"].as_u64(), "{input}");
            }
            Err(error) => assert_eq!(Some(error.message), text(&case, "prefix_error"), "{input}"),
        }
    }
}

#[test]
fn every_node_and_key_has_its_place() {
    let source = Source::flag("--set-json", r#"x={"a": [1, "bä"]} rest"#);
    let (node, end) = read_prefix(&source, 2).unwrap();
    assert_eq!(&source.text()[end..], " rest");
    let map = node.value.as_map().unwrap();
    assert_eq!(map.entry("a").unwrap().key.text(), "\"a\"");
    let list = map.get("a").unwrap();
    assert_eq!(list.span.text(), "[1, \"bä\"]");
    assert_eq!(list.value.as_list().unwrap()[1].span.text(), "\"bä\"");
    assert_eq!(node.span.text(), r#"{"a": [1, "bä"]}"#);
}

#[test]
fn deep_text_is_an_error_not_a_crash() {
    let text = "[".repeat(20_000);
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(move || {
        let error = read(&Source::flag("--set-json", text), 0..20_000).unwrap_err();
        assert_eq!(error.message, "invalid character '[' exceeded max depth");
        assert_eq!(error.labels[0].span.start(), 10_000);
    });
    thread.unwrap().join().unwrap();
}

#[test]
fn styles_of_writing() {
    let source = Source::flag("--set-json", r#"{"b":[],"a":{"x":[1,"<&>"]},"c":{}}"#);
    let (node, _) = read_prefix(&source, 0).unwrap();
    assert_eq!(write(&node.value), r#"{"a":{"x":[1,"\u003c\u0026\u003e"]},"b":[],"c":{}}"#);
    assert_eq!(write_raw(&node.value), r#"{"a":{"x":[1,"<&>"]},"b":[],"c":{}}"#);
    let pretty = "{\n  \"a\": {\n    \"x\": [\n      1,\n      \"\\u003c\\u0026\\u003e\"\n    ]\n  },\n  \"b\": [],\n  \"c\": {}\n}";
    assert_eq!(write_pretty(&node.value), pretty);
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(Value::Float),
        any::<i32>().prop_map(|value| Value::Float(f64::from(value))),
        any::<String>().prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6)
                .prop_map(|items| Value::List(items.into_iter().map(Node::generated).collect())),
            prop::collection::hash_map(any::<String>(), inner, 0..6).prop_map(|entries| {
                let entry = |value| Entry { node: Node::generated(value), ..Entry::default() };
                Value::Map(entries.into_iter().map(|(key, value)| (key, entry(value))).collect::<Map>())
            }),
        ]
    })
}

/// Whether serde_json read the same value; its floats may differ in the last digit.
fn agrees(ours: &Value, theirs: &Json) -> bool {
    match (ours, theirs) {
        (Value::Null, Json::Null) => true,
        (Value::Bool(ours), Json::Bool(theirs)) => ours == theirs,
        (Value::Float(ours), Json::Number(theirs)) => {
            theirs.as_f64().is_some_and(|theirs| (ours - theirs).abs() <= 1e-14 * ours.abs())
        }
        (Value::String(ours), Json::String(theirs)) => ours == theirs,
        (Value::List(ours), Json::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| agrees(&ours.value, theirs))
        }
        (Value::Map(ours), Json::Object(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().all(|(key, ours)| theirs.get(key).is_some_and(|theirs| agrees(&ours.value, theirs)))
        }
        _ => false,
    }
}

/// Found by the property test below.
#[test]
fn a_large_negative_float_reads_back() {
    let value = Value::List(vec![Node::generated(Value::Float(-1.257_017_164_714_594_2e253))]);
    let text = write(&value);
    let length = text.len();
    assert_eq!(read(&Source::flag("--set-json", text), 0..length).unwrap().value, value);
}

proptest! {
    #[test]
    fn written_values_read_back(value in value()) {
        for text in [write(&value), write_raw(&value), write_pretty(&value)] {
            let length = text.len();
            let node = read(&Source::flag("--set-json", text), 0..length).unwrap();
            prop_assert_eq!(&node.value, &value);
        }
    }

    #[test]
    fn an_independent_reader_agrees(value in value()) {
        let theirs: Json = serde_json::from_str(&write(&value)).unwrap();
        prop_assert!(agrees(&value, &theirs), "{theirs}");
    }

    #[test]
    fn reading_does_not_panic(text in r#"[\[\]{}:,"\\ua-f0-9eE+.\-truefalsn é\n]{0,40}"#, start in 0usize..50) {
        let source = Source::flag("--set-json", text);
        let _ = read(&source, start..start + 20);
        let _ = read_prefix(&source, start);
    }
}
