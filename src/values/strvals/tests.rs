use proptest::prelude::*;

use super::super::budget::ValuesBudget;
use super::{SetFlag, apply};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::values::FileReader;
use crate::yaml::{Map, Node, Value};

/// A reader whose files contain their own path.
struct Paths;

impl FileReader for Paths {
    fn read(&self, path: &str, given_by: &Span) -> Result<Source, Diagnostic> {
        match path {
            "missing" => Err(Diagnostic::error("set-syntax", "open missing: no such file or directory")),
            _ => Ok(Source::file_given_by(path, path, given_by.clone())),
        }
    }
}

fn applied(flag: SetFlag, arguments: &[&str]) -> Result<Map, Diagnostic> {
    let mut values = Map::new();
    for argument in arguments {
        apply(&Source::flag("--set", *argument), flag, &mut values, &Paths, &ValuesBudget::default())?;
    }
    Ok(values)
}

fn set(argument: &str) -> Map {
    applied(SetFlag::Typed, &[argument]).unwrap()
}

fn refused(flag: SetFlag, argument: &str) -> Diagnostic {
    applied(flag, &[argument]).unwrap_err()
}

/// Returns the value at a path; numbers are indexes.
fn place<'m>(map: &'m Map, path: &[&str]) -> &'m Node {
    let mut node = map.get(path[0]).unwrap();
    for step in &path[1..] {
        node = match &node.value {
            Value::List(items) => &items[step.parse::<usize>().unwrap()],
            Value::Map(map) => map.get(step).unwrap(),
            other => panic!("{other:?} leads nowhere"),
        };
    }
    node
}

#[test]
fn every_value_and_key_has_its_place_in_the_flag() {
    let map = set("a.b[1].c=x,d={1,\\,y},e=null");
    assert_eq!(place(&map, &["a", "b", "1", "c"]).span.range(), 9..10);
    assert_eq!(place(&map, &["a", "b", "1"]).span.text(), "1");
    assert_eq!(place(&map, &["d"]).span.text(), "{1,\\,y}");
    assert_eq!(place(&map, &["d", "1"]).span.text(), "\\,y");
    assert_eq!(place(&map, &["d", "1"]).value, Value::String(",y".into()));
    assert_eq!(place(&map, &["e"]).span.text(), "null");
    assert_eq!(map.entry("d").unwrap().key.text(), "d");
}

#[test]
fn a_value_from_a_file_has_its_place_there() {
    let map = applied(SetFlag::File, &["a={x.toml}"]).unwrap();
    let node = place(&map, &["a", "0"]);
    assert_eq!(node.span.to_string(), "x.toml:1:1");
    assert_eq!(node.span.source().unwrap().given_by().unwrap().text(), "x.toml");
}

#[test]
fn a_later_flag_builds_on_earlier_ones() {
    let map = applied(SetFlag::Typed, &["a[0].b=1", "a[0].c=2,a[2]=x"]).unwrap();
    assert_eq!(map, set("a[0].b=1,a[0].c=2,a[2]=x"));
    assert_eq!(place(&map, &["a", "0", "b"]).span.to_string(), "--set a[0].b=1");
}

#[test]
fn the_list_of_an_empty_key_keeps_its_length() {
    let values = |argument: &str| {
        let place = Span::default();
        let mut values = Map::new();
        let list = Value::List(vec![Node::new(Value::Int(1), place.clone())]);
        values.insert(String::new(), place.clone(), Node::new(list, place));
        apply(&Source::flag("--set", argument), SetFlag::Typed, &mut values, &Paths, &ValuesBudget::default()).unwrap();
        crate::json::write(&Value::Map(values))
    };
    assert_eq!(values("[0]=2"), r#"{"":[2]}"#);
    assert_eq!(values("[1]=2"), r#"{"":[1]}"#);
    assert_eq!(values("[5].a=2"), r#"{"":[1]}"#);
    assert_eq!(values("[0].a=2"), r#"{"":[{"a":2}]}"#);
}

#[test]
fn an_error_is_shown_where_it_is() {
    for (flag, argument, message, wrong) in [
        (SetFlag::Typed, "a=1,b", "key \"b\" has no value", "b"),
        (SetFlag::Typed, "a=1,b,c=2", "key \"b\" has no value (cannot end with ,)", "b"),
        (SetFlag::Typed, "a=1,b={x,y", "list must terminate with '}'", "{x,y"),
        (SetFlag::Typed, "a[b]=1", "error parsing index: strconv.Atoi: parsing \"b\": invalid syntax", "b"),
        (SetFlag::Typed, "a[18446744073709551616x]=1", "parsing \"18446744073709551616x\": value out of range", "184"),
        (SetFlag::Typed, "a[9223372036854775808x]=1", "parsing \"9223372036854775808x\": invalid syntax", "922"),
        (SetFlag::Typed, "a[-1]=1", "negative -1 index not allowed", "-1"),
        (SetFlag::Typed, "a[65537]=1", "index of 65537 is greater than maximum supported index of 65536", "65537"),
        (SetFlag::Typed, "a[0]x=1", "unexpected data at end of array index: ['x']", "x"),
        (SetFlag::Typed, "a=1,a.b=2", "interface {} is int64, not map[string]interface {}", "a"),
        (SetFlag::Typed, "x.y.=1", "key map \"y\" has no value", "y"),
        (SetFlag::File, "a=x,b=missing", "open missing: no such file or directory", "missing"),
        (SetFlag::Literal, "a", "key \"a\" has no value", "a"),
    ] {
        let error = refused(flag, argument);
        assert!(error.message.contains(message), "{argument}: {}", error.message);
        assert!(error.labels[0].span.text().starts_with(wrong), "{argument}: {:?}", error.labels[0].span.text());
    }
    let json = refused(SetFlag::Json, "a=1,b=[1,x]");
    assert_eq!(json.message, "failed parsing --set data a=1,b=[1,x]");
    assert_eq!((json.labels[0].span.text(), json.labels[0].span.start()), ("x", 9));
    assert_eq!(json.labels[0].text, "invalid character 'x' looking for beginning of value");
}

#[test]
fn a_flag_may_end_before_its_value() {
    assert_eq!(set("a[1].b="), set("a[0]"));
    assert_eq!(set("a.="), Map::new());
    assert_eq!(applied(SetFlag::Literal, &["a[0].b="]).unwrap(), set("a[0].b=,"));
}

#[test]
fn no_flag_is_too_deep_for_the_stack() {
    let deep = |part: &str, times: usize| format!("a{}=1", part.repeat(times));
    let message = |argument: String| {
        let run = move || applied(SetFlag::Typed, &[&argument]).err().map(|error| error.message);
        std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap().join().unwrap()
    };
    let too_deep =
        "failed parsing --set data: value name nested level is greater than maximum supported nested level of";
    assert_eq!(message(deep("[0]", 1_000)), None);
    assert_eq!(message(deep("[0].a", 1_000)), None);
    assert_eq!(message(deep("[0]", 1_001)).unwrap(), format!("{too_deep} 1000"));
    assert_eq!(message(deep("[0].a", 40_000)).unwrap(), format!("{too_deep} 1000"));
    assert_eq!(message(deep(".a", 30)), None);
    assert_eq!(message(deep(".a", 31)).unwrap(), format!("{too_deep} 30"));
}

const FLAGS: [SetFlag; 5] = [SetFlag::Typed, SetFlag::Text, SetFlag::Json, SetFlag::File, SetFlag::Literal];

/// Generates arguments with many special characters.
fn argument() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-c]",
        4 => Just("=".to_owned()),
        6 => "[\\[\\].,{}\\\\\" \n=]",
        2 => "\\[[0-2]\\]",
        1 => "[0-9+-]{1,20}",
        1 => "(true|null|missing|\\[1,2\\]|\\{\"a\":1\\})",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Calls `see` with every value of a tree and its key or index, including the top-level keys.
fn visit(map: &Map, see: &mut dyn FnMut(&Span, &Node)) {
    fn node(key: &Span, found: &Node, see: &mut dyn FnMut(&Span, &Node)) {
        see(key, found);
        match &found.value {
            Value::List(items) => items.iter().for_each(|item| node(&item.span, item, see)),
            Value::Map(map) => visit(map, see),
            _ => {}
        }
    }
    map.entries().for_each(|(_, entry)| node(&entry.key, &entry.node, see));
}

/// Escapes the characters of a text that are special in a flag.
fn escaped(text: &str) -> String {
    let special = |c: char| "=[].,{}\\".contains(c);
    text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

/// Generates the path and the value of an assignment.
fn assignment() -> impl Strategy<Value = (Vec<String>, String)> {
    let name = "[a-z=.,\\[\\\\é☃ ]{1,6}";
    let value = "[a-z0-9=.,{}\\[\\\\é☃ \n]{0,8}";
    (prop::collection::vec(name, 1..4), value.prop_map(String::from))
}

fn written((path, value): &(Vec<String>, String)) -> String {
    let names: Vec<String> = path.iter().map(|name| escaped(name)).collect();
    format!("{}={}", names.join("."), escaped(value))
}

proptest! {
    #[test]
    fn any_flag_is_applied_or_refused_with_a_place(
        arguments in prop::collection::vec(argument(), 1..4),
        flag in prop::sample::select(FLAGS.to_vec()),
    ) {
        let mut values = Map::new();
        for argument in &arguments {
            let source = Source::flag("--set", argument.as_str());
            if let Err(error) = apply(&source, flag, &mut values, &Paths, &ValuesBudget::default()) {
                let place = &error.labels[0].span;
                prop_assert_eq!(place.source(), Some(&source));
                prop_assert!(place.range().end <= argument.len());
            }
        }
    }

    #[test]
    fn every_place_is_in_the_flag_and_holds_what_was_typed(
        argument in argument(),
        flag in prop::sample::select(FLAGS.to_vec()),
    ) {
        let source = Source::flag("--set", argument.as_str());
        let mut values = Map::new();
        let _ = apply(&source, flag, &mut values, &Paths, &ValuesBudget::default());
        let mut faults = Vec::new();
        visit(&values, &mut |key, node| {
            let typed = node.span.text();
            let right = match (&node.value, flag) {
                // In this test the text of a file is its path.
                (Value::String(text), SetFlag::File) if !text.is_empty() => typed == text,
                (Value::String(text), SetFlag::Literal) => typed == text,
                (Value::String(text), SetFlag::Typed | SetFlag::Text) => unescaped(typed) == *text,
                (Value::Bool(value), _) => unescaped(typed).eq_ignore_ascii_case(&value.to_string()),
                (Value::Int(value), _) => unescaped(typed).parse() == Ok(*value),
                _ => true,
            };
            let inside = flag == SetFlag::File || node.span.source() == Some(&source);
            if !right || !inside || key.source().is_none() {
                faults.push(format!("{typed:?} for {:?}", node.value));
            }
        });
        prop_assert!(faults.is_empty(), "{}: {:?}", argument, faults);
    }

    #[test]
    fn escaped_text_is_read_verbatim(assignment in assignment()) {
        let argument = written(&assignment);
        let values = applied(SetFlag::Text, &[&argument]).map_err(|error| TestCaseError::fail(error.message))?;
        let (path, value) = &assignment;
        let node = values.at(path.iter().map(String::as_str)).ok_or_else(|| TestCaseError::fail("no such value"))?;
        prop_assert_eq!(&node.value, &Value::String(value.clone()));
        prop_assert_eq!(node.span.text(), escaped(value));
        prop_assert_eq!(node.span.range().end, argument.len());
    }

    #[test]
    fn independent_keys_commute(
        (sorted, shuffled) in prop::collection::btree_map("[a-z=.,é]{1,4}", assignment(), 1..6)
            .prop_map(|entries| {
                let below = |(top, (mut path, value)): (String, (Vec<String>, String))| {
                    path.insert(0, top);
                    written(&(path, value))
                };
                entries.into_iter().map(below).collect::<Vec<_>>()
            })
            .prop_flat_map(|arguments| (Just(arguments.clone()), Just(arguments).prop_shuffle())),
        flag in prop::sample::select(vec![SetFlag::Typed, SetFlag::Text]),
    ) {
        // A flag that ends in `=` stops before the lists and maps around the key are stored.
        let joined = |arguments: &[String]| arguments.join(",") + ",";
        let [first, second] = [&sorted, &shuffled].map(|arguments| applied(flag, &[&joined(arguments)]).ok());
        prop_assert!(first.is_some());
        prop_assert_eq!(&first, &second);
        let apart: Vec<String> = shuffled.iter().map(|argument| argument.clone() + ",").collect();
        let apart: Vec<&str> = apart.iter().map(String::as_str).collect();
        prop_assert_eq!(first, applied(flag, &apart).ok());
    }
}

/// Removes the escapes from a text: every backslash escapes the next character.
fn unescaped(typed: &str) -> String {
    let mut text = String::new();
    let mut characters = typed.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => text.extend(characters.next()),
            c => text.push(c),
        }
    }
    text
}
