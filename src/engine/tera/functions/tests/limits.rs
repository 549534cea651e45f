//! What no call may do, however strange its arguments: crash, run forever, or exhaust the memory.

use serde_json::{Value as Json, json};

use super::render;

/// Renders on a stack as large as that of a program's main thread; the stacks of test threads are smaller.
fn outcome(template: &str, values: &Json) -> Result<String, String> {
    let (template, values) = (template.to_owned(), values.clone());
    let thread = std::thread::Builder::new().stack_size(8 << 20);
    thread.spawn(move || render(&template, &values, [])).unwrap().join().expect("no call panics")
}

#[track_caller]
fn refused(template: &str, values: &Json, message: &str) {
    let error = outcome(template, values).expect_err(template);
    assert!(error.contains(message), "{template}: {error}");
}

/// Uses up most of the items that a template may loop over, so that the limit is reached quickly.
const ALL_BUT_SPENT: &str = "{% set_global x = until(count=4900000) %}{% set_global x = [] %}";

#[test]
fn extreme_numbers_do_not_panic() {
    let values = json!({"text": "a b\näöü", "list": [1, 2, 3], "min": "-9223372036854775808"});
    const MIN: &str = "(Values.min | int)";
    for call in [
        "Values.text | trunc(length=N)",
        "Values.text | substr(start=N, end=M)",
        "Values.text | substr(start=0, end=N)",
        "Values.text | abbrev(width=N)",
        "Values.text | abbrevboth(left=N, right=M)",
        "Values.text | wrap(width=N)",
        "Values.text | wrapWith(width=N, separator='-')",
        "Values.text | splitn(separator='', count=N)",
        "Values.text | regexFindAll(regex='', count=N)",
        "Values.text | regexSplit(regex='', count=N)",
        "1.5 | round(places=N)",
        "N | round(places=M)",
        "Values.list | slice(start=N, end=M)",
        "Values.list | chunk(size=N)",
        "Values.list | index(key=N)",
        "Values.text | index(key=N)",
        "N | add(to=M) | mul(by=M) | sub(less=N) | add1 | max(others=M)",
        "N | div(by=M)",
        "N | mod(by=M)",
        "N | addf(to=M) | mulf(by=M) | divf(by=N)",
        "N | plural(one='a', many='b')",
        "'%*d|%.*f|%c|%q|%U|%x' | printf(args=[N, 1, M, 0.1, N, M, N, M])",
        "untilStep(start=N, stop=N, step=M)",
        "seq(first=N, last=N, step=M)",
        "range(end=N, start=N, step_by=M)",
    ] {
        for n in ["9223372036854775807", MIN, "0", "-1"] {
            for m in ["9223372036854775807", MIN, "1", "-1"] {
                let call = call.replace('N', n).replace('M', m);
                // Both a value and an error are fine.
                let _ = outcome(&format!("{{{{ {call} | toJson }}}}"), &values);
            }
        }
    }
}

#[test]
fn lists_are_limited() {
    let none = json!({});
    for call in [
        "until(count=9223372036854775807)",
        "until(count=-9223372036854775807)",
        "untilStep(start=0, stop=9223372036854775807, step=1)",
        "seq(first=1, last=9223372036854775807)",
        "seq(first=9223372036854775807, last=-9223372036854775807)",
        "range(end=9223372036854775807)",
        "range(start=-9223372036854775807, end=9223372036854775807)",
        "'a' | repeat(count=6000000) | splitList(separator='')",
        "'a' | repeat(count=6000000) | splitList(separator='a')",
        "'a' | repeat(count=6000000) | split(separator='')",
    ] {
        refused(&format!("{{{{ {call} | len }}}}"), &none, "the template loops over more than 5000000 items");
    }
    for call in ["regexFindAll(regex='', count=-1)", "regexSplit(regex='', count=-1)"] {
        let template = format!("{ALL_BUT_SPENT}{{{{ 'a' | repeat(count=200000) | {call} | len }}}}");
        refused(&template, &none, "the template loops over more than 5000000 items");
    }
    // A list that grows in a loop is copied in every turn.
    for growth in ["x | append(item=i)", "x | prepend(item=i)", "concat(lists=[x, [i]])"] {
        let turn = format!("{{% set_global x = {growth} %}}");
        let template = format!("{ALL_BUT_SPENT}{{% for i in range(end=50000) %}}{turn}{{% endfor %}}");
        refused(&template, &none, "the template loops over more than 5000000 items");
    }
    let doubling =
        "{% set_global x = [1] %}{% for i in range(end=60) %}{% set_global x = concat(lists=[x, x]) %}{% endfor %}";
    refused(doubling, &none, "the template loops over more than 5000000 items");
}

#[test]
fn searching_long_lists_is_limited() {
    let none = json!({});
    for call in ["x | uniq", "x | without(unwanted=x)", "x | has(item=-1)"] {
        let turn = format!("{{% set y = {call} %}}");
        let template = format!(
            "{ALL_BUT_SPENT}{{% set_global x = until(count=20000) %}}{{% for i in range(end=1000) %}}{turn}{{% endfor %}}"
        );
        refused(&template, &none, "the template loops over more than 5000000 items");
    }
}

#[test]
fn texts_are_limited() {
    let values = json!({"k": "x".repeat(1000), "m": "y".repeat(1_000_000), "lines": "\n".repeat(1_000_000)});
    for call in [
        "Values.k | repeat(count=9223372036854775807)",
        "Values.m | repeat(count=1000)",
        "Values.k | indent(width=9223372036854775807)",
        "Values.lines | nindent(width=1000)",
        "Values.m | replace(from='', to=Values.k)",
        "Values.m | replace(from='y', to=Values.m)",
        "Values.m | regexReplaceAll(regex='', to=Values.k)",
        "Values.m | regexReplaceAll(regex='y+', to='$0' | repeat(count=1000000))",
        "Values.m | regexReplaceAllLiteral(regex='y', to=Values.k)",
        "until(count=100000) | join(separator=Values.k)",
        "Values.m | wrapWith(width=1, separator=Values.k)",
    ] {
        refused(&format!("{{{{ {call} | len }}}}"), &values, "the result would be larger than 64 MiB");
    }
    let growing = [
        ("x | squote | repeat(count=2)", "the template's values grow beyond 128 MiB"),
        ("cat(values=[x, x])", "the value is larger than 64 MiB"),
    ];
    for (growth, message) in growing {
        let turn = format!("{{% set_global x = {growth} %}}");
        let start = "{% set_global x = '\\\\' | repeat(count=5000000) %}";
        refused(&format!("{start}{{% for i in range(end=100) %}}{turn}{{% endfor %}}"), &values, message);
    }
}

#[test]
fn widths_of_printf_are_limited() {
    let values = json!({"list": vec![1; 1000]});
    assert_eq!(outcome("{{ '%999999999d' | printf(args=[1]) }}", &values).unwrap(), "%!(NOVERB)%!(EXTRA int=1)");
    assert_eq!(
        outcome("{{ '%.999999999f' | printf(args=[1.5]) }}", &values).unwrap(),
        "%!(NOVERB)%!(EXTRA float64=1.5)"
    );
    assert_eq!(outcome("{{ '%*d' | printf(args=[9223372036854775807, 1]) }}", &values).unwrap(), "%!(BADWIDTH)1");
    for (format, args, length) in [
        ("%1000000d", "1", 1_000_000),
        ("%.1000000f", "1.5", 1_000_002),
        ("%.1000000e", "1.5", 1_000_006),
        ("%.1000000g", "1.5", 3),
        ("%.1000000d", "-1", 1_000_001),
        ("%.1000000U", "1", 1_000_002),
        ("%01000000.2f", "1.5", 1_000_000),
    ] {
        let template = format!("{{{{ '{format}' | printf(args=[{args}]) | len }}}}");
        assert_eq!(outcome(&template, &values).unwrap(), length.to_string(), "{format}");
    }
    let too_large = "the result would be larger than 64 MiB";
    refused("{{ '%1000000d' | printf(args=[Values.list]) }}", &values, too_large);
    refused("{{ '%1000000d' | repeat(count=100) | printf(args=Values.list) }}", &values, too_large);
}

#[test]
fn values_too_large_to_traverse_are_refused() {
    let doubled = "{% set_global x = 'x' | repeat(count=1000000) %}{% for i in range(end=40) %}{% set_global x = [x, {'k': x}] %}{% endfor %}";
    let nested = "{% set_global x = 1 %}{% for i in range(end=1100) %}{% set_global x = [x] %}{% endfor %}";
    let nested_maps = "{% set_global x = {} %}{% for i in range(end=1100) %}{% set_global x = dict(k=x) %}{% endfor %}";
    for (start, message) in [(doubled, "is larger than 64 MiB"), (nested, "nested deeper than 1000 levels")] {
        for call in [
            "x | toYaml",
            "x | toYamlPretty",
            "x | toJson",
            "x | toRawJson",
            "x | toPrettyJson",
            "x | toToml",
            "x | quote",
            "x | toString",
            "x | html",
            "x | urlquery",
            "x | join(separator='')",
            "x | toStrings",
            "x | sortAlpha",
            "x | uniq",
            "x | without(unwanted=1)",
            "x | has(item=1)",
            "[1] | has(item=x)",
            "[1] | without(unwanted=x)",
            "deepEqual(a=x, b=x)",
            "cat(values=x)",
            "print(values=x)",
            "println(values=x)",
            "'%v' | printf(args=[x])",
            "'%d %s' | printf(args=x)",
            "'a' | printf(args=x)",
            "dict(k=x) | merge(with=dict(k=x))",
            "dict() | mergeOverwrite(with=[dict(k=x)])",
            "dict(k=1) | omit(keys=x)",
            "dict(k=1) | dig(keys=x, default=1)",
            "x | toDecimal",
        ] {
            refused(&format!("{start}{{% set y = {call} %}}"), &json!({}), message);
        }
    }
    for call in ["x | merge(with=x)", "x | toToml", "dict() | merge(with=x)"] {
        refused(&format!("{nested_maps}{{% set y = {call} %}}"), &json!({}), "nested deeper than 1000 levels");
    }
}

#[test]
fn oversized_documents_are_refused() {
    let bomb =
        (1..30).fold("a0: &a0 x\n".to_owned(), |text, n| format!("{text}a{n}: &a{n} [*a{}, *a{}]\n", n - 1, n - 1));
    let values = json!({
        "brackets": "[".repeat(100_000),
        "closed": format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)),
        "maps": format!("{}1{}", "{\"a\":".repeat(5_000), "}".repeat(5_000)),
        "lists": format!("a = {}{}", "[".repeat(5_000), "]".repeat(5_000)),
        "dotted": format!("{}a = 1", "a.".repeat(5_000)),
        "tables": format!("[{}a]", "a.".repeat(5_000)),
        "indented": (0..3_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>(),
        "bomb": bomb,
    });
    // Documents that need a separate stack are not read endlessly.
    let reading = "{% for i in range(end=1000) %}{% set x = '{' | repeat(count=70) | fromJson %}{% endfor %}";
    refused(&format!("{ALL_BUT_SPENT}{reading}"), &values, "the template loops over more than 5000000 items");
    let too_deep = "nested deeper than 1000 levels";
    for (call, message) in [
        ("Values.closed | mustFromJson", too_deep),
        ("Values.closed | fromJsonArray", too_deep),
        ("Values.closed | fromYamlArray", too_deep),
        ("Values.maps | fromJson", too_deep),
        ("Values.maps | fromYaml", too_deep),
        ("Values.indented | fromYaml", too_deep),
        ("Values.brackets | mustFromJson", "exceeded max depth"),
    ] {
        refused(&format!("{{{{ {call} | len }}}}"), &values, message);
    }
    for (call, message) in [
        ("Values.brackets | fromJson", "exceeded max depth"),
        ("Values.brackets | fromYaml", "exceeded max depth of 10000"),
        ("Values.bomb | fromYaml", "document contains excessive aliasing"),
        ("Values.lists | fromToml", "recursion"),
        ("Values.dotted | fromToml", "recursion limit"),
        ("Values.tables | fromToml", "recursion limit"),
    ] {
        let complaint = outcome(&format!("{{% set read = {call} %}}{{{{ read.Error }}}}"), &values).expect(call);
        assert!(complaint.contains(message), "{call}: {complaint}");
    }
}

#[test]
fn oversized_expressions_and_patterns_are_refused() {
    let values = json!({"nested": "(".repeat(100_000) + &")".repeat(100_000), "braces": "{".repeat(100_000), "stars": "**a".repeat(2_000)});
    refused("{{ 'a' | regexMatch(regex='(a{1000}){1000}') }}", &values, "invalid repeat count");
    refused(
        "{{ 'a' | regexMatch(regex='(\\\\pL{500}){2}(\\\\pL{500}){2}(\\\\pL{500}){2}(\\\\pL{500}){2}') }}",
        &values,
        "expression too large",
    );
    refused("{{ 'a' | regexMatch(regex=Values.nested) }}", &values, "error parsing regexp");
    refused("{{ Files | Glob(pattern=Values.braces) }}", &values, "nest too deeply");
    assert_eq!(outcome("{{ Files | Glob(pattern=Values.stars) | len }}", &values).unwrap(), "0");
    // Every turn of the loop compiles a different expression.
    let many = "{% for i in range(end=1000000) %}{{ 'a' | regexMatch(regex='a' ~ i) }}{% endfor %}";
    refused(many, &values, "the template loops over more than 5000000 items");
    let one = "{% for i in range(end=20000) %}{% if 'a' | regexMatch(regex='b') %}x{% endif %}{% endfor %}";
    assert_eq!(outcome(one, &values).unwrap(), "");
}

#[test]
fn functions_of_time_and_randomness_are_refused() {
    for call in [
        "now()",
        "now() | date",
        "'x' | toDate",
        "randAlphaNum(value=9)",
        "uuidv4()",
        "genCA(value='x', days=1)",
        "'x' | bcrypt",
    ] {
        refused(&format!("{{{{ {call} }}}}"), &json!({}), "this function is not available");
    }
}
