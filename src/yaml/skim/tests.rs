use proptest::prelude::*;

use super::*;
use crate::diagnostic::Source;
use crate::yaml::sample_documents::document;
use crate::yaml::{Value, read_document, read_document_strictly};

const KEYS: [&str; 3] = ["kind", "a", "metadata"];

/// Returns the values of [`KEYS`] as the full parser reads them.
fn read(text: &str) -> Option<Vec<Option<Value>>> {
    let node = read_document(&Source::file("a.yaml", text)).ok()?;
    let value = |key: &str| node.value.as_map().and_then(|map| map.get(key)).map(|node| node.value.clone());
    (node.value.is_null() || node.value.as_map().is_some()).then(|| KEYS.map(value).to_vec())
}

/// Whether the fast check accepts a text; its result must match the full parser's.
fn check(text: &str) -> bool {
    let found = entries_of(text, &KEYS);
    if let Some((entries, may_repeat_keys)) = &found {
        let is_strict = read_document_strictly(&Source::file("a.yaml", text)).is_ok();
        assert!(*may_repeat_keys || is_strict, "{text:?}");
        assert_eq!(read(entries), read(text), "{text:?}");
        assert!(read(text).is_some(), "{text:?}");
    }
    found.is_some()
}

#[test]
fn common_documents_take_the_fast_path() {
    for text in [
        "",
        "# nothing\n\n",
        "kind: A # c\nmetadata:\n  name: x\n  annotations: {}\nspec:\n- a: 1\n  b:\n  - c\n  -\n  - - d\n    - e\n",
        "spec:\n  description: some text\n    that goes on\n\n    and on\n  x: 'it''s\n    so: yes'\nkind: 'A'\n",
        "spec: |\n\n  a: b: c\n   x\n\n---x: |-\nkind: >+ # c\n  a\n\n\n",
        "a:\n  \"b c\": [get, \"list\", 1.5]\n  d: -1\n  e: \"a \\\"b\\\" \\n\"\n\"kind\": https://x:80/#y\n",
        "metadata: µ ×\n                 more than eight spaces\na: [ 'x', y ]\n",
        "a: {b: c, \"d\": 'e: f',g: 1.5 } # h\nkind: { }\nmetadata: {labels: x, }\n",
        "a: {\"b\":{\"c\":[1,-1.5,2e+06,true,null,\"\\u003c\"],\"d\":{}},\"e\":[[],[{\"f\":\"g\"}]]}\nkind: [{b: [c]}, d]\n",
        "a: \n  text\nkind:\n  [ ]\nmetadata:\n  |\n  x\n",
    ] {
        assert!(check(text) || text.contains("---"), "{text:?}");
    }
}

#[test]
fn possibly_repeated_keys_are_noticed() {
    let may_repeat = |text: &str| check(text).then(|| entries_of(text, &[]).unwrap().1);
    assert_eq!(may_repeat("a: {b: 1, c: 1}\nd: {b: 1}\n"), Some(false));
    assert_eq!(may_repeat("a: {b: 1, 'b': 2}\n"), Some(true));
    assert_eq!(may_repeat("a: {b: 1}\na: 2\n"), Some(true));
    let many = |extra: &str| {
        let keys: String = (0..100).map(|number| format!("  k{number}: 1\n")).collect();
        may_repeat(&format!("a:\n{keys}{extra}b:\n{keys}"))
    };
    assert_eq!(many(""), Some(false));
    assert_eq!(many("  k3: 1\n"), Some(true));
    assert_eq!(many("  k99: 1\n"), Some(true));
    assert_eq!(may_repeat("a: {\"b\":{\"c\":1},\"d\":[{\"b\":1},{\"b\":1}]}\n"), Some(false));
    assert_eq!(may_repeat("a: {\"b\":{\"c\":1,\"c\":1}}\n"), Some(true));
    assert_eq!(may_repeat("'a\"': 1\n\"a\\\"\": 2\n"), Some(true));
}

#[test]
fn unusual_documents_need_the_full_parser() {
    for text in [
        "a: b: c\n",
        "a: b\n  c: d\n",
        "a:\n  b: 1\n c: 2\n",
        "- a\n",
        "a: &x 1\n",
        "a: *x\n",
        "a: !!int 1\n",
        "1: a\n",
        "a: 'x\n",
        "a: [b\n",
        "a: 'b' c\n",
        "a: .inf\n",
        "a: -.inf\n",
        "~: a\n",
        "y: a\n",
        "<<: a\n",
        "a: b\n---\nc: d\n",
        "a:\tb\n",
        "a: |\n    \n  b\n",
        "a: 'x\n---\n'\n",
        "a: - b\n",
        "a:\n  b: c\n- d\n",
        "a: b\nc\n",
        " a: b\n",
        "a: \"\\q\"\n",
        "a: @b\n",
        "a: b\u{2028}c\n",
        "a: b\u{85}c\n",
        "a: b\u{feff}c\n",
        "a: {b: c: d}\n",
        "a: {b: c, d}\n",
        "a: {b:c}\n",
        "a: {b:{c: d}}\n",
        "a: {\"b\" : c}\n",
        "a: [b: c]\n",
        "a: {\"b\":\"\\ud800\"}\n",
        "a: {\"b\":\"\\u12\"}\n",
        "a: {\"b\":[1}]\n",
        "a: {\"b\":{\"c\":1}\n",
        "a: {1: c}\n",
        "a: {<<: c}\n",
        "a: {b: c d}\n",
        "a: {b: c,\n",
        "a: {b: c}\n  d: e\n",
        "a: b # c\n  d\n",
        "a: |2\n  b\n",
        "a\n",
        "? a\n",
    ] {
        assert!(!check(text), "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn documents_that_the_full_parser_refuses_are_not_accepted(text in document()) {
        check(&text);
    }
}
