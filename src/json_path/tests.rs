//! Tests of what Helm's recorded results (`tests/suite/show.rs`) do not show: reasons, places, order, bounds.

use proptest::prelude::*;

use super::*;

const VALUES: &str = "{c: {z: 1, a: 2}, list: [x, [y]], num: 80, text: ab, nothing: ~}";

fn print(template: &str) -> Printed {
    let values = crate::yaml::read_values(&Source::file("values.yaml", VALUES)).unwrap();
    JsonPath::parse(&Source::flag("--jsonpath", template)).unwrap().print(&values)
}

#[test]
fn maps_are_traversed_in_key_order() {
    assert_eq!(print("{.c.*}").text, "2 1");
    assert_eq!(print("{.c..}").text, r#"{"a":2,"z":1}"#);
    assert_eq!(print("{..z}").stopped, None);
}

#[test]
fn the_reason_for_stopping_is_reported() {
    let reason = |template: &str| print(template).stopped.unwrap();
    assert_eq!(reason("{.c.x}"), "x is not found");
    assert_eq!(reason("{.list[2]}"), "array index out of bounds: index 2, length 2");
    assert_eq!(reason("{.list[0:5]}"), "array index out of bounds: index 4, length 2");
    assert_eq!(reason("{.list[1:0]}"), "starting index 1 is greater than ending index 0");
    assert_eq!(reason("{.list[0:1:0]}"), "step must be > 0");
    assert_eq!(reason("{.c[0]}"), "map[string]interface {} is not array or slice");
    assert_eq!(reason("{.num[?(@.x)]}"), "80 is not array or slice and cannot be filtered");
    assert_eq!(reason("{.list[?(@==1)]}"), "incompatible types for comparison");
    assert_eq!(reason("{.list[?(@==@.x)]}"), "x is not found");
    assert_eq!(reason("{end}"), "not in range, nothing to end");
    assert_eq!(reason("{c}"), "unrecognized identifier c");
    assert_eq!(reason("{.list[?(@.x<true)]}"), "x is not found");
}

#[test]
fn an_error_is_shown_where_it_is() {
    let place = |template: &str| {
        let error = JsonPath::parse(&Source::flag("--jsonpath", template)).unwrap_err();
        error.labels[0].span.text().to_owned()
    };
    assert_eq!(place("{.a}{.list[x].b}"), "[x]");
    assert_eq!(place("{.a!}{!}"), "!");
    assert_eq!(place("{.a} {1.2.3}"), "1.2.3");
    assert_eq!(place("{.a[?(@.b)}"), "@.b)}");
}

#[test]
fn multiplying_steps_are_limited() {
    let template = format!("{{range $}}{}{{end}}", "{[..,..]}".repeat(2));
    assert!(JsonPath::parse(&Source::flag("--jsonpath", template)).is_err());
    let nested = format!("a: {}1{}", "[".repeat(26), "]".repeat(26));
    let values = crate::yaml::read_values(&Source::file("values.yaml", nested)).unwrap();
    let path = JsonPath::parse(&Source::flag("--jsonpath", format!("{{.a{}}}", "[0,0]".repeat(25)))).unwrap();
    assert_eq!(path.print(&values).stopped.unwrap(), "more than 10000000 items");
}

proptest! {
    #[test]
    fn no_template_panics(template in "[{}\\[\\]().*@$?:,'\"\\\\<=>! a-cx0-9ä\n-]{0,24}") {
        for template in [template.clone(), format!("{{{template}}}"), format!("{{range .list[*]}}{{{template}}}{{end}}")] {
            if let Ok(path) = JsonPath::parse(&Source::flag("--jsonpath", template)) {
                let values = crate::yaml::read_values(&Source::file("values.yaml", VALUES)).unwrap();
                let printed = path.print(&values);
                prop_assert!(printed.stopped.is_none() || printed.text.is_empty());
            }
        }
    }
}
