//! Tests that evaluate expressions.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Error, Field, Kind, Limits, ListType, Program, Refusal, Shape, Value, Variable, Wanted, escaped};
use crate::diagnostic::Source;
use crate::yaml;

/// Evaluates an expression over `self` and returns its value as text, or `error: ...` if it fails.
fn value(text: &str, data: &yaml::Node, shape: &Shape) -> String {
    let program = match Program::parse(text, &["self"]) {
        Ok(program) => program,
        Err(error) => return format!("syntax: {error}"),
    };
    let own = Value::from_data(data, shape).expect("data of its type");
    match program.evaluate(vec![own], &Limits::default()) {
        Ok(Value::Bool(value)) => value.to_string(),
        Ok(other) => super::functions::shown(&other),
        Err(Error::Fails(message)) => format!("error: {message}"),
        Err(error) => format!("{error:?}"),
    }
}

fn plain(text: &str) -> String {
    value(text, &yaml::Node::default(), &Shape { kind: Kind::Unknown, is_nullable: true })
}

fn assert_true(expressions: &[&str]) {
    for text in expressions {
        assert_eq!(plain(text), "true", "{text}");
    }
}

#[test]
fn operators() {
    assert_true(&[
        "1 + 2 * 3 == 7 && -7 / 2 == -3 && -7 % 2 == -1",
        "1 == 1.0 && 1u == 1 && 2.5 > 2 && 'a' < 'b' && !(1 == '1')",
        "[1, 2] + [3] == [1, 2, 3] && 'a' + 'b' == 'ab' && b'a' + b'b' == b'ab'",
        "2 in [1, 2] && 'a' in {'a': 1} && !('b' in {'a': 1})",
        "true || 1 / 0 == 1",
        "1 / 0 == 1 || true",
        "!(1 / 0 == 1 && false)",
        "(false ? 1 / 0 : 2) == 2",
        "{'a': 1, 'b': [1]} == {'b': [1.0], 'a': 1}",
        "{1: 'a'}[1u] == 'a' && [1, 2][1] == 2 && {'a': {'b': 3}}.a.b == 3",
        "null == null && !(null == 1) && -9223372036854775808 < 0",
        "type(1) == int && type('') == string && type([]) == list && type(type(1)) == type && type(null) == null_type",
        "has({'a': 1}.a) && !has({'a': 1}.b)",
    ]);
    for (text, error) in [
        ("1 / 0", "division by zero"),
        ("1 % 0", "modulus by zero"),
        ("9223372036854775807 + 1", "integer overflow"),
        ("[1][1]", "index out of bounds: 1"),
        ("{'a': 1}.b", "no such key: b"),
        ("1 + 1.0", "no such overload"),
        ("1 / 0 == 1 || false", "division by zero"),
        ("[1, 0].all(x, 1 / x > 0)", "division by zero"),
        ("{'a': 1, 'a': 2}", "insert failed: key a already exists"),
    ] {
        assert_eq!(plain(text), format!("error: {error}"), "{text}");
    }
}

#[test]
fn macros() {
    assert_true(&[
        "[1, 2, 3].all(x, x > 0) && [1, 2, 3].exists(x, x == 2) && [1, 2, 3].exists_one(x, x > 2)",
        "[1, 2, 3].map(x, x * 2) == [2, 4, 6] && [1, 2, 3].map(x, x > 1, x * 2) == [4, 6] && [1, 2].filter(x, x > 1) == [2]",
        "{'a': 1, 'b': 2}.all(k, k in ['a', 'b']) && {'a': 1}.map(k, k) == ['a']",
        "[0, 2].exists(x, 4 / x == 2)",
        "[1, 2].all(i, v, i + 1 == v) && {'a': 1}.all(k, v, k == 'a' && v == 1) && [5, 6].existsOne(i, v, v == 6 && i == 1)",
        "[1, 2].transformList(i, v, i + v) == [1, 3] && [1, 2].transformList(i, v, i > 0, v) == [2]",
        "{'a': 1}.transformMap(k, v, v + 1) == {'a': 2} && ['x'].transformMapEntry(i, v, {v: i}) == {'x': 0}",
        "[[1, 2], [3]].all(x, x.all(y, y > 0 && size(x) > 0))",
        "[3, 1, 2].sortBy(x, -x) == [3, 2, 1]",
    ]);
}

#[test]
fn texts() {
    assert_true(&[
        "'hello'.contains('ll') && 'hello'.startsWith('he') && 'hello'.endsWith('lo') && size('héllo') == 5",
        "'hello'.matches('^h.*o$') && matches('hello', 'l+') && !'hello'.matches('x')",
        "'abc'.charAt(1) == 'b' && 'abc'.charAt(3) == '' && 'hello'.indexOf('l') == 2 && 'hello'.indexOf('l', 3) == 3",
        "'hello'.lastIndexOf('l') == 3 && 'hello'.lastIndexOf('l', 2) == 2 && 'hello'.indexOf('x') == -1",
        "'a-b-c'.replace('-', '.') == 'a.b.c' && 'a-b-c'.replace('-', '.', 1) == 'a.b-c'",
        "'a,b,c'.split(',') == ['a', 'b', 'c'] && 'a,b,c'.split(',', 2) == ['a', 'b,c'] && 'abc'.split('') == ['a', 'b', 'c']",
        "'tacocat'.substring(4) == 'cat' && 'tacocat'.substring(0, 4) == 'taco' && ' a '.trim() == 'a'",
        "['a', 'b'].join('-') == 'a-b' && ['a', 'b'].join() == 'ab' && 'aB'.lowerAscii() == 'ab' && 'aB'.upperAscii() == 'AB'",
        "'%s %d %s'.format(['a', 3, [1, 'b']]) == 'a 3 [1, \"b\"]' && '%.2f%%'.format([1234.567]) == '1,234.57%' && '%x'.format([255]) == 'ff'",
        "strings.quote('a\"b') == '\"a\\\\\"b\"'",
        "'abc 123'.find('[0-9]+') == '123' && '123 abc 456'.findAll('[0-9]+') == ['123', '456'] && '1 2 3'.findAll('[0-9]', 2) == ['1', '2']",
        "int('12') == 12 && double('1.5') == 1.5 && string(1.5) == '1.5' && string(true) == 'true' && bool('true') && uint(3) == 3u",
        "string(duration('90s')) == '90s' && string(b'abc') == 'abc' && bytes('a') == b'a'",
    ]);
    assert_eq!(plain("'a'.matches('(')"), "error: error parsing regexp: missing closing ): `(`");
    assert_eq!(plain("'abc'.substring(4)"), "error: index out of range: 4");
}

#[test]
fn lists_and_sets() {
    assert_true(&[
        "[1, 2, 2].isSorted() && ![2, 1].isSorted() && [1, 2].sum() == 3 && [1.5, 2.5].sum() == 4.0 && [3, 1].min() == 1 && [3, 1].max() == 3",
        "[1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2 && [1].indexOf(5) == -1",
        "[1, 2, 3, 4].slice(1, 3) == [2, 3] && [1, [2, [3]]].flatten() == [1, 2, [3]] && [1, [2, [3]]].flatten(2) == [1, 2, 3]",
        "[2, 1].sort() == [1, 2] && [1, 2].reverse() == [2, 1] && [1, 1, 2].distinct() == [1, 2] && lists.range(3) == [0, 1, 2]",
        "sets.contains([1, 2], [2]) && sets.equivalent([1, 2], [2, 1, 1]) && sets.intersects([1], [1, 2]) && !sets.intersects([1], [2])",
    ]);
    assert_eq!(plain("[].max()"), "error: max called on empty list");
}

#[test]
fn optionals() {
    assert_true(&[
        "optional.of(1).hasValue() && !optional.none().hasValue() && optional.of(1).value() == 1 && optional.none().orValue(2) == 2",
        "optional.ofNonZeroValue('').or(optional.of('a')).value() == 'a'",
        "{'a': {'b': 1}}.?a.?b.orValue(0) == 1 && {'a': 1}.?b.orValue(0) == 0 && [1][?3].orValue(7) == 7 && {'a': {'b': 1}}.?a.b.orValue(0) == 1",
        "optional.of(2).optMap(x, x * 2).value() == 4 && !optional.none().optMap(x, x).hasValue()",
        "optional.of({'a': 1}).optFlatMap(m, m.?a).value() == 1",
        "[?optional.of(1), ?optional.none(), 2] == [1, 2] && {?'a': optional.none()} == {}",
        "[1, 2].first().value() == 1 && [1, 2].last().value() == 2 && !has({'a': {}}.?a.b)",
        "[optional.of(1), optional.none()].unwrapOpt() == [1]",
    ]);
}

#[test]
fn times() {
    assert_true(&[
        "duration('1h30m').getMinutes() == 90 && duration('1h') + duration('30m') == duration('90m') && duration('1s') < duration('1m')",
        "timestamp('2026-01-02T03:04:05Z').getFullYear() == 2026 && timestamp('2026-01-02T03:04:05Z').getMonth() == 0 && timestamp('2026-01-02T03:04:05Z').getDate() == 2",
        "timestamp('2026-01-02T03:04:05Z').getHours('+02:00') == 5 && timestamp('2026-01-02T23:00:00Z') + duration('2h') > timestamp('2026-01-03T00:00:00Z')",
        "timestamp('2026-01-02T00:00:00Z') - timestamp('2026-01-01T00:00:00Z') == duration('24h')",
        "string(timestamp('2026-01-02T03:04:05.5Z')) == '2026-01-02T03:04:05.5Z'",
    ]);
    assert_eq!(
        plain("timestamp('2026-01-02T00:00:00Z').getHours('Europe/Paris')"),
        "Unsupported(\"the time zone \\\"Europe/Paris\\\" is not supported\")"
    );
}

#[test]
fn libraries_of_kubernetes() {
    assert_true(&[
        "isURL('https://example.com:80/a?b=1&b=2') && !isURL('../a') && url('https://example.com:80/a?b=1&b=2').getPort() == '80'",
        "url('https://example.com:80/a b').getEscapedPath() == '/a%20b' && url('https://e.com/?k=a&k=b').getQuery() == {'k': ['a', 'b']}",
        "url('https://[::1]:80/').getHostname() == '::1' && url('https://[::1]:80/').getHost() == '[::1]:80' && url('/path').getScheme() == ''",
        "isIP('127.0.0.1') && !isIP('127.0.0.01') && !isIP('::ffff:1.2.3.4') && ip('::1').family() == 6 && ip('127.0.0.1').isLoopback()",
        "ip.isCanonical('2001:db8::abcd') && !ip.isCanonical('2001:DB8::ABCD') && ip('192.168.0.1').isGlobalUnicast()",
        "isCIDR('10.0.0.1/8') && !isCIDR('10.0.0.0/33') && cidr('192.168.0.0/24').containsIP('192.168.0.1') && cidr('192.168.0.0/16').containsCIDR('192.168.10.0/24')",
        "cidr('192.168.0.1/24').masked() == cidr('192.168.0.0/24') && cidr('192.168.0.0/24').prefixLength() == 24 && string(cidr('10.0.0.0/8').ip()) == '10.0.0.0'",
        "quantity('50k').add(quantity('20k')) == quantity('70k') && quantity('50M').isLessThan(quantity('50Mi')) && sign(quantity('-1')) == -1",
        "isQuantity('1.3Gi') && !isQuantity('200K') && quantity('50k').asInteger() == 50000 && quantity('50k').sub(20000).asApproximateFloat() == 30000.0",
        "semver('1.2.3').isGreaterThan(semver('0.1.2')) && semver('v1.0', true).major() == 1 && !isSemver('1.0') && isSemver('1.0.0-rc.1+b')",
        "!format.dns1123Label().validate('my-name').hasValue() && format.dns1123Label().validate('My').hasValue() && format.named('uuid').hasValue()",
        "type(ip('::1')) == net.IP && type(duration('1s')) == google.protobuf.Duration",
    ]);
}

#[test]
fn parse_errors_name_the_cause() {
    for (text, error) in [
        ("self.", "Syntax error: mismatched input '<EOF>'"),
        ("selff", "undeclared reference to 'selff' (in container '')"),
        ("authorizer.path('/')", "undeclared reference to 'authorizer' (in container '')"),
        ("foo(1)", "undeclared reference to 'foo' (in container '')"),
        ("size()", "found no matching overload for 'size'"),
        ("has(self)", "invalid argument to has() macro"),
        ("1 +", "Syntax error: mismatched input '<EOF>'"),
        ("namespace", "reserved identifier: namespace"),
        ("Object{a: 1}", "objects cannot be created here"),
    ] {
        assert_eq!(plain(text), format!("syntax: {error}"), "{text}");
    }
}

fn data(text: &str) -> yaml::Node {
    yaml::read_document(&Source::file("data.yaml", text)).expect("YAML")
}

fn object(fields: &[(&str, Kind)]) -> Kind {
    let field = |(name, kind): &(&str, Kind)| Field {
        escaped: escaped(name).expect("a name"),
        name: (*name).to_owned(),
        shape: Arc::new(Shape::new(kind.clone())),
    };
    Kind::Object(fields.iter().map(field).collect())
}

#[test]
fn data_has_the_types_of_its_schema() {
    let list = |kind: Kind, list_type: ListType| Kind::List(Arc::new(Shape::new(kind)), list_type);
    let shape = Shape::new(object(&[
        ("count", Kind::Int),
        ("ratio", Kind::Double),
        ("port", Kind::IntOrString),
        ("name.of-it", Kind::String),
        ("namespace", Kind::String),
        ("wait", Kind::Duration),
        ("since", Kind::DateTime),
        ("day", Kind::Date),
        ("key", Kind::Bytes),
        ("set", list(Kind::Int, ListType::Set)),
        (
            "items",
            list(object(&[("name", Kind::String), ("value", Kind::Int)]), ListType::Map(vec!["name".to_owned()])),
        ),
        ("labels", Kind::Map(Arc::new(Shape::new(Kind::String)))),
        ("empty", Kind::String),
    ]));
    let node = data(
        "count: 9007199254740993\nratio: 2\nport: 80\nname.of-it: x\nnamespace: n1\nwait: 1h\nsince: 2026-01-02T03:04:05Z\nday: \"2026-01-02\"\n\
         key: YWJj\nset: [1, 2]\nitems: [{name: a, value: 1}, {name: b, value: 2}]\nlabels: {a.b: c}\nother: 1\nempty: null\n",
    );
    for text in [
        "self.count == 9007199254740993 && self.ratio / 4.0 == 0.5 && self.port == 80 && type(self.ratio) == double",
        "self.name__dot__of__dash__it == 'x' && self.__namespace__ == 'n1' && self.labels['a.b'] == 'c'",
        "self.wait == duration('60m') && self.since.getHours() == 3 && self.day.getFullYear() == 2026 && self.key == b'abc'",
        "self.set == [2, 1] && self.set + [2, 3] == [1, 2, 3] && size(self.set + [1]) == 2",
        "self.items + self.items == self.items && self.items.map(i, i.name) == ['a', 'b'] && has(self.items[0].value)",
        "!has(self.empty) && has(self.count) && !('other' in self) && self.labels.all(k, v, k == 'a.b' && v == 'c')",
    ] {
        assert_eq!(value(text, &node, &shape), "true", "{text}");
    }
    assert_eq!(value("self.missing", &node, &shape), "error: no such key: missing");
}

#[test]
fn steps_are_limited() {
    let limits = Limits::new(10_000, 1_000);
    let run = |text: &str| Program::parse(text, &[]).expect("a program").evaluate(Vec::new(), &limits).map(|_| ());
    assert_eq!(run("lists.range(2000).size() > 0"), Err(Error::Steps));
    assert_eq!(run("lists.range(100).all(x, lists.range(100).all(y, x + y >= 0))"), Err(Error::Steps));
    // `&&` and `||` drop other errors, but not an exceeded step limit.
    assert_eq!(run("lists.range(2000).size() > 0 || true"), Err(Error::Steps));
    assert_eq!(run("1 == 1"), Ok(()));
    for _ in 0..20 {
        let _ = run("lists.range(2000).size() > 0");
    }
    assert_eq!(run("1 == 1"), Err(Error::Steps));
}

#[test]
fn depth_is_limited() {
    let nested = |count: usize| format!("{}1{}", "(".repeat(count), ")".repeat(count));
    assert!(Program::parse(&nested(90), &[]).is_ok() && Program::parse(&nested(30_000), &[]).is_err());
    assert!(Program::parse(&format!("1{}", "+1".repeat(30_000)), &[]).is_err());
    assert!(Program::parse(&format!("true{}", " && true".repeat(10_000)), &[]).is_ok());
    assert!(Program::parse(&"!".repeat(30_000), &[]).is_err());
    assert!(Program::parse(&format!("self{}", ".a".repeat(30_000)), &["self"]).is_err());
}

/// The parts that random expressions are built from.
const PARTS: &[&str] = &[
    "self",
    "x",
    "1",
    "-1",
    "9223372036854775807",
    "2u",
    "1.5",
    "'a'",
    "'%d %s'",
    "b'a'",
    "null",
    "true",
    "[1, 2]",
    "[]",
    "{'a': 1}",
    "{}",
    "(",
    ")",
    "[",
    "]",
    ".",
    ".?",
    "[?",
    ",",
    " + ",
    " - ",
    " * ",
    " / ",
    " % ",
    " == ",
    " < ",
    " in ",
    " && ",
    " || ",
    "!",
    " ? ",
    " : ",
    ".a",
    ".size()",
    ".all(x, x)",
    ".map(x, x)",
    ".map(x, [x, x])",
    ".exists(i, x, x == i)",
    ".sortBy(x, x)",
    ".filter(x, true)",
    ".substring(1)",
    ".indexOf('a')",
    ".split('')",
    ".replace('', 'a')",
    ".matches('a*')",
    ".findAll('')",
    ".format([1])",
    ".flatten()",
    ".slice(0, 1)",
    ".sum()",
    ".max()",
    ".charAt(1)",
    ".lastIndexOf('a', 0)",
    "duration('1h')",
    "timestamp(0)",
    "quantity('1')",
    "ip('::1')",
    "cidr('::/0')",
    "url('/a')",
    "semver('1.0.0')",
    ".getHours('+01:00')",
    ".masked()",
    ".add(1)",
    ".getQuery()",
    "optional.of(1)",
    ".orValue(1)",
    "lists.range(3)",
    "int(",
    "string(",
    "type(",
];

proptest! {
    #[test]
    fn evaluating_any_expression_does_not_panic(parts in prop::collection::vec(prop::sample::select(PARTS), 1..14)) {
        let text: String = parts.concat();
        if let Ok(program) = Program::parse(&text, &["self"]) {
            let _ = program.evaluate(vec![Value::Int(1)], &Limits::new(100_000, 100_000)).map(|value| super::functions::shown(&value));
            let shape = Shape::new(Kind::Int);
            let _ = program.check(&[Variable::Data(&shape)], Wanted::Bool);
        }
    }
}

fn refusal(text: &str, shape: &Shape) -> String {
    let variable = Variable::Data(shape);
    match Program::parse(text, &["self"]).expect("a program").check(&[variable], Wanted::Bool) {
        Ok(()) => String::new(),
        Err(Refusal::Types(error)) => error.in_text(text),
        Err(Refusal::InvalidConstant(reason)) => reason,
        Err(Refusal::Result(_)) => "not a boolean".to_owned(),
    }
}

#[test]
fn types_are_checked_before_anything_is_evaluated() {
    let shape = Shape::new(object(&[
        ("count", Kind::Int),
        ("port", Kind::IntOrString),
        ("names", Kind::List(Arc::new(Shape::new(Kind::String)), ListType::Atomic)),
    ]));
    for (text, error) in [
        ("self.count + 1 > 2 && self.port == 'http' && self.names.all(n, n.size() < self.count)", ""),
        ("self.foo == 1", "ERROR: <input>:1:5: undefined field 'foo'"),
        (
            "true &&\n  self.count + 'a' == 'b'",
            "ERROR: <input>:2:14: found no matching overload for '_+_' applied to '(int, string)'",
        ),
        ("self.count", "not a boolean"),
        ("self.names.exists(n, n)", "ERROR: <input>:1:22: expected type 'bool' but found 'string'"),
        (
            "'ä' == 'b' && self.names.matches('a')",
            "ERROR: <input>:1:33: found no matching overload for 'matches' applied to 'list(string).(string)'",
        ),
        ("['a'][0].matches('(')", "ERROR: <input>:1:18: invalid matches argument"),
        ("int('a') == 1", "type conversion error from 'string' to 'int'"),
    ] {
        assert_eq!(refusal(text, &shape), error, "{text}");
    }
}

#[test]
fn checks_are_limited() {
    let shape = Shape::new(Kind::Int);
    let doubled = format!("[1]{}.size() == 1", ".map(x, {'a': [x]}).map(x, {[x]: x})".repeat(90));
    assert_eq!(refusal(&doubled, &shape), "");
    let open = format!("[{}].size() == 1", vec!["[]"; 10_000].join(", "));
    assert_eq!(refusal(&open, &shape), "");
}
