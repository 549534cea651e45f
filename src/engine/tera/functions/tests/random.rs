//! Calls with arbitrary arguments: no call panics, and both forms of a call have the same result.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::super::{Function, functions};
use super::render;

/// Texts that have a meaning for some function, often an invalid one.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\n",
    "a",
    "ä",
    "😀",
    "\u{301}",
    "a b-c_D",
    "HTTPServer2xx",
    "0",
    "-1",
    "007",
    "0x1F",
    "1_000",
    "1e400",
    "inf",
    "3.70",
    "9223372036854775808",
    "(",
    "[a",
    "a*|b",
    "(?P<n>a)(b)?",
    "\\d+",
    "\\",
    "$1${n}$",
    "${",
    "%s %d",
    "%5.*[2]v|%!",
    "%#v%%%",
    "%[9]d",
    "1.2.3-a+b",
    ">=1.2 <2 || ~1.x",
    "1 - 2",
    "^",
    "v",
    "a: [1, {b: c}]",
    "- &a x\n- *a",
    "a: *b",
    "{\"a\": [1, null]}",
    "[1,",
    "a = 1\n[b]",
    "a = [",
    "http://u:p%40@[::1]:80/x%zz?q#f",
    ":",
    "//",
    "../a/./b.c",
    "YQ==",
    "Y=Q",
    "ME======",
    "**/*.{a,b}",
    "[!a-c]",
    "{{ x }}",
    "{{ 1 | fail }}",
    "{%",
    "{{ 'a' | tpl }}",
    "<&'\">",
    "string",
    "map",
    "Values",
    "apps/v1",
];

/// Integers, including some that values cannot hold.
const NUMBERS: &[&str] =
    &["0", "1", "-1", "3", "-7", "64", "9223372036854775807", "-9223372036854775807", "4294967296"];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![3 => prop::sample::select(TEXTS).prop_map(str::to_owned), 1 => "\\PC{0,12}", 1 => "[a-c%$(){}\\[\\]*+?.|\\\\^: \n-]{0,10}"]
}

fn value() -> impl Strategy<Value = Json> {
    let scalar = prop_oneof![
        1 => Just(Json::Null),
        1 => any::<bool>().prop_map(Json::from),
        2 => (-20i32..20).prop_map(Json::from),
        1 => any::<f64>().prop_filter_map("a number of JSON", |number| number.is_finite().then(|| json!(number))),
        5 => text().prop_map(Json::from),
    ];
    scalar.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((text(), inner), 0..4)
                .prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

/// An argument: a value, or a number literal in the template.
#[derive(Debug, Clone)]
enum Argument {
    Of(Json),
    Literal(&'static str),
}

fn argument() -> impl Strategy<Value = Argument> {
    prop_oneof![
        4 => value().prop_map(Argument::Of),
        1 => prop::sample::select(NUMBERS).prop_map(Argument::Literal),
    ]
}

/// Returns an argument of the type that a parameter with this name is likely to expect.
fn fitting(parameter: &str) -> BoxedStrategy<Argument> {
    let map = prop::collection::vec((text(), value()), 0..4);
    match parameter {
        "map" | "files" | "parts" | "with" => {
            map.prop_map(|entries| Argument::Of(Json::Object(entries.into_iter().collect()))).boxed()
        }
        "items" | "values" | "lists" | "versions" | "keys" | "args" | "unwanted" => {
            prop::collection::vec(value(), 0..6).prop_map(|items| Argument::Of(Json::from(items))).boxed()
        }
        "maps" => prop::collection::vec(map.prop_map(|entries| Json::Object(entries.into_iter().collect())), 0..3)
            .prop_map(|maps| Argument::Of(Json::from(maps)))
            .boxed(),
        "width" | "length" | "count" | "start" | "end" | "stop" | "step" | "first" | "last" | "size" | "places"
        | "left" | "right" | "n" | "by" | "less" | "others" => {
            prop::sample::select(NUMBERS).prop_map(Argument::Literal).boxed()
        }
        "test" => any::<bool>().prop_map(|test| Argument::Of(Json::from(test))).boxed(),
        _ => text().prop_map(|text| Argument::Of(Json::from(text))).boxed(),
    }
}

/// Returns a function, with arguments for some of its parameters.
fn call() -> impl Strategy<Value = (&'static Function, Vec<(&'static str, Argument)>)> {
    let functions = functions().filter(|function| !function.is_refused());
    prop::sample::select(functions.collect::<Vec<_>>()).prop_flat_map(|function| {
        let arguments = function.parameters.iter().map(|parameter| {
            let name = if *parameter == "..." { "further" } else { parameter.trim_end_matches('?') };
            let chance = if parameter.ends_with('?') { 0.5 } else { 0.98 };
            let argument = prop_oneof![3 => fitting(name), 1 => argument()];
            prop::option::weighted(chance, argument).prop_map(move |argument| Some((name, argument?)))
        });
        let arguments: Vec<_> = arguments.collect();
        arguments.prop_map(move |arguments| (function, arguments.into_iter().flatten().collect()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn no_call_panics((function, arguments) in call()) {
        let mut values = serde_json::Map::new();
        let mut written = Vec::new();
        for (index, (name, argument)) in arguments.into_iter().enumerate() {
            let expression = match argument {
                Argument::Literal(number) => number.to_owned(),
                Argument::Of(value) => {
                    values.insert(format!("a{index}"), value);
                    format!("Values.a{index}")
                }
            };
            written.push((name, expression));
        }
        let kwargs = |arguments: &[(&str, String)]| {
            arguments.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(", ")
        };
        let values = Json::Object(values);
        let files = || [("a.txt".to_owned(), b"x\ny".to_vec()), ("b".to_owned(), vec![0xff, 0xfe])];
        let name = function.name;
        let called = format!("{{% set x = {name}({}) %}}{{{{ x | toJson }}}}|{{{{ x }}}}", kwargs(&written));
        let answer = render(&called, &values, files());
        prop_assert_eq!(&answer, &render(&called, &values, files()), "two runs of {} differ", &called);
        if let Some((first, piped)) = written.first()
            && function.first_parameter() == Some(first)
        {
            // A filter binds more tightly than a sign.
            let filter = format!("{{% set x = ({piped}) | {name}({}) %}}{{{{ x | toJson }}}}|{{{{ x }}}}", kwargs(&written[1..]));
            prop_assert_eq!(answer.ok(), render(&filter, &values, files()).ok(), "{} is not {}", filter, called);
        }
    }
}
