use proptest::prelude::*;

use super::*;
use crate::yaml::construct::construct;
use crate::yaml::read_document_strictly;
use crate::yaml::sample_documents::document;
use crate::yaml::syntax::Document;

/// Reads a text with the full parser; `None` if it is invalid.
fn whole(source: &Source) -> Option<Node> {
    construct(Document::parse(source.text()).ok()?, source, 0).ok()
}

/// Formats a node with the places of all nodes and keys.
fn placed(node: &Node) -> String {
    let place = |span: &Span| format!("{:?}", span.range());
    let inside = match &node.value {
        Value::List(items) => items.iter().map(placed).collect::<Vec<_>>().join(", "),
        Value::Map(map) => {
            let entry = |(key, entry): (&str, &Entry)| format!("{key:?}@{} {}", place(&entry.key), placed(&entry.node));
            map.entries().map(entry).collect::<Vec<_>>().join(", ")
        }
        scalar => format!("{scalar:?}"),
    };
    format!("{}@{}({inside})", node.value.type_name(), place(&node.span))
}

/// Whether the fast reader accepts a text; its result must match the full parser's.
fn check(text: &str) -> bool {
    let source = Source::file("a.yaml", text);
    let found = read_plain(&source, 0, text);
    if let Some((node, repeats_keys)) = &found {
        assert_eq!(Some(placed(node)), whole(&source).as_ref().map(placed), "{text:?}");
        assert_eq!(*repeats_keys, read_document_strictly(&source).is_err(), "{text:?}");
    }
    found.is_some()
}

#[test]
fn common_documents_take_the_fast_path() {
    for text in [
        "# c\n---  # d\na: 1\n\n# b\nb: # c\n  c: ~\n  d:\n  e:\n  - 1\n  -\n  - - x\n    - q: z\n      'u': v\n  f: {}\n",
        "a: some text\n  that goes on\n\n  and on # c\nb: 'it''s'\nc: \"\\u00e9 \\n\"\nd: 'on\n  two lines' # c\n",
        "a: |\n  x\n   y\n\nb: >-\n  folded\n  text\n\n\nc: |+\n  z\n\n",
        "a: [1, \"b\", c.d] # c\nb: {c: 100m, 'd': {e: []}, \"f\": true,}\n# a\ttab\n",
        "a:\n  {}\nb:\n    text\n  # c\nc:\n- d\n-\n  'e'\nf:\n  |\n  g\nh:\n  i\n  j\n",
        "- a: 1\n  b: 2\n- c\n-   d: 3\n    e: 4\n-\n  f: 5\n",
        "a: yes\nb: 0x10\nc: 1.50\nd: 2001-01-01\ne: -1\nf: 1_000\nµ: ×\na: again\nk1: a\nk2: a\nk3: a\nk4: a\nk5: a\n",
    ] {
        assert!(check(text), "{text:?}");
        assert!(check(text.trim_end()), "{text:?}");
    }
}

#[test]
fn unusual_documents_need_the_full_parser() {
    for text in [
        "",
        "# c\n",
        "a",
        "a: b: c",
        "a: &x 1",
        "a: *x",
        "a: !!int 1",
        "1: a",
        "~: a",
        "<<: a",
        "a: .inf",
        " a: b",
        "a: b\n---\nc: d",
        "a: b\n...\n",
        "---\n---\na: b",
        "--- a: b",
        "---\n--- a: b",
        "a:\tb",
        "a: b\tc",
        "a:\n\tb: c",
        "a: b\n c: d",
        "a: [b\nc]",
        "a: {b: c: d}",
        "a: {<<: b}",
        "a: {y: b}",
        "a: 'x",
        "a: 'x\n---\n'",
        "a: \"\\q\"",
        "a: 'b' c",
        "a: - b",
        "? a",
        "a:\n- b\nc\n",
        "- a\nb: c",
        "a: |x\n",
        "a: b\rc",
        "a: b\u{2028}c",
        "\u{feff}a: b",
    ] {
        assert!(!check(text), "{text:?}");
    }
    assert!(!check(&format!("{{a: b}}\n{}: b\n", "k".repeat(600))));
    assert!(!check(&format!("a: {{{}: b}}\n", "k".repeat(600))));
    assert!(!check(&(0..600).map(|depth| " ".repeat(depth) + "a:\n").collect::<String>()));
}

#[test]
fn a_document_keeps_its_place_in_the_text_around_it() {
    let source = Source::file("a.yaml", "x: 1\n---\na: [b]\n");
    let node = read_plain(&source, 9, &source.text()[9..]).unwrap().0;
    assert_eq!(node.value.as_map().unwrap().get("a").unwrap().span.text(), "[b]");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6000))]

    #[test]
    fn values_and_places_are_those_of_the_full_parser(text in document()) {
        check(&text);
    }
}
