//! Where checks are added, and that they do not change the output.

use proptest::prelude::*;
use tera::{Context, Kwargs, State, Tera, Value};

use super::super::additions::TICK;
use super::super::functions::is_function;
use super::super::instrument::{Start, with_checks};
use super::*;

/// Returns a template with its additions under short names, without those that count turns.
fn measured(template: &str) -> String {
    let mut insertions = Vec::new();
    measure(template, 0..template.len(), template.starts_with("{{"), is_function, &mut insertions);
    insertions.sort_by_key(|insertion| insertion.at);
    let mut text = template.to_owned();
    for insertion in insertions.iter().rev() {
        text.insert_str(insertion.at, &insertion.text);
    }
    text.replace("__mim_chart_", "")
}

#[test]
fn operands_of_operators_are_measured() {
    for (template, expected) in [
        ("{% set s = s ~ t.u ~ 'x' %}", "{% set s = s | copy  ~ t.u | copy  ~ 'x' %}"),
        ("{% set l = [...l, a or b, 1] %}", "{% set l = [...l | spread , a | read  or b | read , 1] | literal  %}"),
        ("{% set m = {\"a\": m, ...n} %}", "{% set m = {\"a\": m | read , ...n | spread } | literal  %}"),
        ("{% if a.b == c and d not in e %}", "{% if a.b | read  == c | read  and d | read  not in e | read  %}"),
        ("{% if a and not b or c is defined %}", "{% if a and not b or c is defined %}"),
        ("{% if a is containing(pat=x) %}", "{% if a | read is containing(pat=x | copy ) %}"),
        ("{% for k, v in m %}", "{% for k, v in m | loop  %}"),
        (
            "{% set x = [i for i in l if i == 1] %}",
            "{% set x = [i | read  for i in l | comprehension  if i | read  == 1] | literal  %}",
        ),
        ("{% set x = a if b else c %}", "{% set x = a if b else c %}"),
        ("{% set x = (a or b) ~ c %}", "{% set x = (a or b) | copy  ~ c | copy  %}"),
        ("{% set x = -(a ~ b) %}", "{% set x = -(a | copy  ~ b | copy ) %}"),
        ("{% set x = __tera_context %}", "{% set x = __tera_context | copy  %}"),
        ("{% <c a={x ~ y} b=\"1\" {...m}> %}", "{% <c a={x | copy  ~ y | copy } b=\"1\" {...m | spread }> %}"),
        ("{% set x = <c a={<d/>}/> %}", "{% set x = <c a={<d/> | copy }/> | copy  %}"),
        ("{% include 'a ~ b' %}", "{% include 'a ~ b' %}"),
    ] {
        assert_eq!(measured(template), expected);
    }
}

#[test]
fn indexes_and_filters_are_measured() {
    for (template, expected) in [
        ("{% set x = a.b[0].c[i + 1] %}", "{% set x = a.b[(0) | index(of=a.b) ].c[(i + 1) | index(of=a.b[0].c) ] %}"),
        (
            "{% set x = s[:2] ~ s[1:] %}",
            "{% set x = s[none | index(slice_of=s) :2] | copy  ~ s[(1) | index(slice_of=s) :] | copy  %}",
        ),
        ("{% set x = f(v=a ~ b)[0] %}", "{% set x = f(v=a | copy  ~ b | copy )| filter [0] %}"),
        ("{% if -(a)[0] %}", "{% if -(a)[0] %}"),
        ("{% set x = a | escape_html | upper %}", "{% set x = a | filter | escape_html | upper %}"),
        (
            "{% filter escape_html | unknown(a=b) %}",
            "{% filter filter | escape_html | filter | unknown(a=b | copy ) %}",
        ),
        ("{% set x | escape_html %}", "{% set x | filter | escape_html %}"),
    ] {
        assert_eq!(measured(template), expected);
    }
}

#[test]
fn printed_values_are_measured() {
    for (template, expected) in [
        ("{{- a.b }}", "{{- print(value=a.b) }}{{- a.b }}"),
        ("{{ a[0] }}", "{{ a[(0) | index(of=a) ] | copy  }}"),
        ("{{ super() }}", "{{ super() | copy  }}"),
        ("{{ a | quote }}", "{{ a | quote | copy  }}"),
        ("{{ <c a={b} d/> }}", "{{ <c a={b} d/> }}"),
        ("{{ (a.b if a else c) }}", "{{ (a.b | copy  if a | copy  else c | copy ) | copy  }}"),
        ("{{ 'text' }}", "{{ 'text' }}"),
        ("{{ a ~ -b }}", "{{ a | copy  ~ -b }}"),
        ("{{ __tera_context['a'] }}", "{{ unreadable() }}{{ __tera_context['a'] }}"),
    ] {
        assert_eq!(measured(template), expected);
    }
}

fn tera() -> Tera {
    let mut tera = Tera::default();
    tera.autoescape_on(Vec::<&str>::new());
    for name in [COPY, READ, SPREAD, LITERAL, FILTER, LOOP, COMPREHENSION, INDEX] {
        tera.register_filter(name, |value: &Value, _: Kwargs, _: &State| value.clone());
    }
    for name in [TICK, PRINT] {
        tera.register_function(name, |_: Kwargs, _: &State| Value::from(""));
    }
    tera.register_function(UNREADABLE, |_: Kwargs, _: &State| Value::from("unreadable"));
    tera
}

fn render(template: &str) -> Option<String> {
    let mut tera = tera();
    let source = format!("{{% component c(a=1, ...rest) %}}<{{{{ a }}}}>{{% endcomponent %}}{template}");
    tera.add_raw_template("t", &source).ok()?;
    let mut context = Context::new();
    context.insert("a", "xyz");
    context.insert("b", &[1, 2, 3]);
    context.insert("m", &std::collections::BTreeMap::from([("k", vec!["p", "q"])]));
    context.insert("n", &2);
    tera.render("t", &context).ok()
}

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("a"),
        Just("b"),
        Just("m"),
        Just("n"),
        Just("m.k"),
        Just("m.k[1]"),
        Just("b[n]"),
        Just("'s'"),
        Just("1"),
        Just("true"),
        Just("nope"),
        Just("<c/>"),
        Just("a[::-1]"),
        Just("b[:n]"),
        Just("m?.x"),
        Just("range(end=2)"),
        Just("[]"),
        Just("{}"),
        Just("none"),
    ];
    leaf.prop_map(str::to_owned).prop_recursive(4, 24, 3, |inner| {
        let operator = prop_oneof![
            Just("~"),
            Just("=="),
            Just("!="),
            Just("<"),
            Just(">="),
            Just("in"),
            Just("not in"),
            Just("and"),
            Just("or"),
            Just("+"),
            Just("-"),
            Just("*"),
            Just("~ -"),
            Just("and not"),
        ];
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.clone().prop_map(|a| format!("-{a}")),
            inner.clone().prop_map(|a| format!("not {a}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, ...{b},]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{'x': {a}, ...{b} , 'y': [{b}]}}")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("{a} if {b} else {c}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a} for i in {b} if i]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a})[{b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("b[{a}:{b}]")),
            inner.clone().prop_map(|a| format!("{a} | str")),
            inner.clone().prop_map(|a| format!("{a} | default(value={a}) | length")),
            inner.clone().prop_map(|a| format!("{a} is defined")),
            inner.clone().prop_map(|a| format!("{a} is not containing(pat={a})")),
            inner.prop_map(|a| format!("<c a={{{a}}} />")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn checks_change_no_output(expression in expression()) {
        for template in [
            format!("x\n {{{{- {expression} -}}}} \ny"),
            format!("{{% set x = {expression} %}}{{{{ x }}}}"),
            format!("{{% for x in {expression} -%}} {{{{ x }}}} {{% endfor %}}"),
            format!("{{% if {expression} %}}1{{% endif %}}"),
            format!("{{% <c a={{{expression}}}> %}}{{{{ a }}}}{{% </c> %}}"),
            format!("{{% filter default(value={expression}) | upper %}}{{{{ a }}}}{{% endfilter %}}"),
        ] {
            prop_assert_eq!(render(&with_checks(&template, Start::Counted, is_function).text), render(&template), "{}", with_checks(&template, Start::Counted, is_function).text);
        }
    }
}
