use super::*;
use crate::go::regexp::Regexp;

fn matches(pattern: &str, text: &str) -> bool {
    Regexp::parse(pattern).unwrap().is_match(text.as_bytes())
}

#[test]
fn patterns_match_as_in_go() {
    assert!(matches(r"^\d+$", "12") && !matches(r"^\d+$", "١٢"));
    assert!(matches(r"^\w$", "a") && !matches(r"^\w$", "ä"));
    assert!(matches(r"^\D$", "ä"));
    assert!(matches(r"^[\w.-]+$", "a.b-c_1"));
    assert!(matches(r"^[\d\S]$", "x"));
    assert!(matches(r"^[a[b]$", "[") && matches("^[]a]$", "]") && matches("^[a&&b]+$", "&&"));
    assert!(matches("a{", "a{") && matches("a{,2}", "a{,2}") && matches("^a{2}$", "aa"));
    assert!(matches(r"^\Qa.b\E$", "a.b") && !matches(r"^\Qa.b\E$", "axb"));
    assert!(matches(r"^\x41\x{42}\103$", "ABC"));
    assert!(matches(r"\<a\>", "<a>"));
    assert!(matches(r"^[[:alpha:]]+$", "abc"));
    assert!(matches("^[+--]$", ",") && matches("^[a-b-c]+$", "-c") && matches(r"^[\d-z]+$", "1-z"));
    assert!(matches(r"(?i)^ab$", "AB") && matches("(?P<x>a)(?<y>b)", "ab"));
    assert!(matches(r"^\pL\p{Greek}\P{Lu}$", "äαa"));
    assert!(matches(r"^\p{Letter}+$", "π"));
    assert!(matches("^(?ii)a$", "A") && matches("^(?iis-s:a.)$", "Ab") && !matches("^(?i-i:a)$", "A"));
    assert!(matches(r"^a\Q\E*$", "aa"));
    assert!(matches(r"\bfoo\b", "a foo b") && matches(r"a\Bb", "ab") && !matches(r"a\B-", "a-"));
    assert!(!matches("^a$", "a\n"));
    assert!(matches("", "x") && matches("a||b", ""));
}

/// Recorded from Go's `regexp.Compile`.
#[test]
fn errors_are_gos() {
    for (pattern, said) in [
        ("a(b", "missing closing ): `a(b`"),
        ("a)b", "unexpected ): `a)b`"),
        ("*a", "missing argument to repetition operator: `*`"),
        ("(|+)", "missing argument to repetition operator: `+`"),
        ("a**", "invalid nested repetition operator: `**`"),
        ("a{2}{3}", "invalid nested repetition operator: `{2}{3}`"),
        ("[abc", "missing closing ]: `[abc`"),
        ("[z-a]", "invalid character class range: `z-a`"),
        ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
        (r"\y", r"invalid escape sequence: `\y`"),
        (r"\1", r"invalid escape sequence: `\1`"),
        ("a\\", "trailing backslash at end of expression: ``"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?!a)", "invalid or unsupported Perl syntax: `(?!`"),
        ("(?<=a)", "invalid named capture: `(?<=a)`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("a{3,2}", "invalid repeat count: `{3,2}`"),
        ("(?P<n", "invalid named capture: `(?P<n`"),
        ("(?P<>a)", "invalid named capture: `(?P<>`"),
        ("(?i", "invalid or unsupported Perl syntax: `(?i`"),
        ("(?x)", "invalid or unsupported Perl syntax: `(?x`"),
        ("(?i-)", "invalid or unsupported Perl syntax: `(?i-)`"),
        ("(?P=n)", "invalid or unsupported Perl syntax: `(?P`"),
        ("(?:", "missing closing ): `(?:`"),
        ("(a{100}){100}", "invalid repeat count: `{100}`"),
        ("a*??", "invalid nested repetition operator: `*??`"),
        (r"[a-\d]", r"invalid escape sequence: `\d`"),
        (r"\x{}", r"invalid escape sequence: `\x{}`"),
        (r"\x{110000}", r"invalid escape sequence: `\x{110000`"),
        (r"\x{1100000}", r"invalid escape sequence: `\x{110000`"),
        (r"\x{4g}", r"invalid escape sequence: `\x{4g`"),
        (r"\p", r"invalid character class range: `\p`"),
        (r"\p{Foo}", r"invalid character class range: `\p{Foo}`"),
        ("*?", "missing argument to repetition operator: `*?`"),
        ("a|{2}?", "missing argument to repetition operator: `{2}?`"),
        ("a{2}*?", "invalid nested repetition operator: `{2}*?`"),
        ("(?<", "invalid or unsupported Perl syntax: `(?<`"),
        ("(?P<", "invalid or unsupported Perl syntax: `(?P`"),
        ("(?--i)", "invalid or unsupported Perl syntax: `(?--`"),
        ("(?i-:", "invalid or unsupported Perl syntax: `(?i-:`"),
        ("(?-i-s)", "invalid or unsupported Perl syntax: `(?-i-`"),
        (r"\Q\E*", "missing argument to repetition operator: `*`"),
        ("[[:[:alpha:]]", "invalid character class range: `[:[:alpha:]`"),
        ("[[:^^alpha:]]", "invalid character class range: `[:^^alpha:]`"),
        ("(a{100}){100}?", "invalid repeat count: `{100}?`"),
        ("a{100}(?i){11}", "invalid repeat count: `{11}`"),
        (r"a{100}\Q\E*\Q\E{11}", "invalid repeat count: `{11}`"),
        ("((a{0,}){1000}){2}", "invalid repeat count: `{2}`"),
        ("(?i)*", "missing argument to repetition operator: `*`"),
        ("a|(?i)*", "missing argument to repetition operator: `*`"),
        (r"[\x{d801}-\x{d800}]", r"invalid character class range: `\x{d801}-\x{d800}`"),
    ] {
        assert_eq!(check(pattern), Err(format!("error parsing regexp: {said}")), "{pattern}");
    }
}

#[test]
fn unicode_classes_have_the_names_of_go() {
    for name in [
        "Greek",
        "greek",
        "GREEK",
        " gr_ee-k ",
        "L",
        "l",
        "LC",
        "lc",
        "L  l",
        "any",
        "ASCII",
        "Assigned",
        "Cn",
        "Unassigned",
        "Cs",
        "surrogate",
        "Cased Letter",
        "^cased-letter",
        "PUNCT",
        "digit",
        "cntrl",
        "N_ko",
        "Kawi",
        "_L",
        "Private_Use",
    ] {
        assert_eq!(check(&format!(r"\p{{{name}}}")), Ok(()), "{name}");
        assert!(Regexp::parse(&format!(r"\p{{{name}}}[\P{{{name}}}]")).is_ok(), "{name}");
    }
    for name in [
        "",
        "^",
        "-",
        "^^L",
        "Alphabetic",
        "Lowercase",
        "Grek",
        "IsGreek",
        "Is Greek",
        "gc=L",
        "sc=Greek",
        "L&",
        "Garay",
        "Old_Italic",
        "OldItalic",
        "SignWriting",
        "Signwriting",
        "Gréek",
        "Space",
        "Other Foo",
        "scriptextensions",
    ] {
        let message = format!(r"error parsing regexp: invalid character class range: `\p{{{name}}}`");
        assert_eq!(check(&format!(r"\p{{{name}}}")), Err(message), "{name}");
    }
    assert!(matches(r"^\pl\p{^lu}$", "ab") && check(r"\p-").is_err() && check(r"\p_L").is_err());
    assert!(matches(r"^\p{ASCII}\P{ascii}\p{Assigned}\P{Cn}$", "aéaa") && !matches(r"\P{Any}", "a"));
    assert!(!matches(r"\p{Cs}|[\p{Cs}]", "\u{fffd}a") && matches(r"^\P{Cs}[^\p{Surrogate}](?i)\p{^cs}$", "\u{fffd}ab"));
    assert!(matches(r"(?i)^\p{Lu}$", "a") && !matches(r"(?i)^\P{Lu}$", "a"));
}

#[test]
fn surrogates_match_nothing() {
    assert!(!matches(r"\x{d800}", "\u{fffd}") && matches(r"^a\x{dfff}*b$", "ab"));
    assert!(!matches(r"[\x{d800}]", "\u{fffd}") && matches(r"^[\x{d800}a]$", "a"));
    assert!(matches(r"^[^\x{d800}-\x{dfff}]+$", "\u{d7ff}\u{e000}"));
    assert!(matches(r"^[\x{d7ff}-\x{d800}][\x{d900}-\x{e001}][\x{d000}-\x{f000}]$", "\u{d7ff}\u{e000}\u{e000}"));
}

/// Flags and empty quotations are not operands, so a repetition applies to what is before them.
#[test]
fn repetitions_apply_to_the_last_operand() {
    let found = |pattern: &str, text: &str| {
        let regexp = Regexp::parse(pattern).unwrap();
        String::from_utf8(regexp.find(text.as_bytes()).unwrap().to_vec()).unwrap()
    };
    for (pattern, text, said) in [
        ("a(?i)*", "aaA", "aa"),
        ("a(?i)*B", "Aab", "ab"),
        ("a*(?i)*", "aaA", "aa"),
        (r"a*\Q\E?", "aaa", "aaa"),
        (r"a*\Q\E??", "aaa", ""),
        (r"a{2}\Q\E?", "aaa", "aa"),
        (r"a(?i)\Q\E(?s)+b", "aaB", "aaB"),
        ("a(?i)?(?-i)?a", "aaA", "aa"),
        ("a(?U)+", "aaa", "a"),
        ("(?U)a+", "aaa", "a"),
        ("(?U)a+?", "aaa", "aaa"),
        ("(?U:a+)a*", "aaaa", "aaaa"),
        ("(?:(?U)a+)b|a+", "aaaa", "aaaa"),
        ("(?U)(?-U:a+)", "aaa", "aaa"),
        ("(?U)(?U-U)a+", "aaa", "aaa"),
        ("((a{1000}){0}){2}", "a", ""),
    ] {
        assert_eq!(found(pattern, text), said, "{pattern}");
    }
    assert!(!matches("(?:a(?i))+b", "aaB"));
}

/// Recorded from Go's `regexp.Compile`. Go's messages contain the bytes.
#[test]
fn invalid_bytes_are_errors_in_gos_order() {
    for (pattern, said) in [
        (b"a(\xfe", "invalid UTF-8: `\u{fffd}`"),
        (b")\xfe", "unexpected ): `)\u{fffd}`"),
        (b"a**\xfe", "invalid nested repetition operator: `**`"),
        (b"*\xfe", "missing argument to repetition operator: `*`"),
        (b"\xfe(", "invalid UTF-8: `\u{fffd}(`"),
        (b"x{1001}\xfe", "invalid repeat count: `{1001}`"),
        (b"a{2\xfe}", "invalid UTF-8: `\u{fffd}}`"),
        (b"[\xfe", "invalid UTF-8: `\u{fffd}`"),
        (b"[a-\xfe]", "invalid UTF-8: `\u{fffd}]`"),
        (b"[z-a\xfe]", "invalid character class range: `z-a`"),
        (b"[[:\xfe:]]\xff", "invalid character class range: `[:\u{fffd}:]`"),
        (b"[[:\xfe]]", "invalid UTF-8: `\u{fffd}]]`"),
        (b"(?P<\xfe>a)", "invalid UTF-8: `\u{fffd}`"),
        (b"(?P<n\xfe", "invalid UTF-8: `\u{fffd}`"),
        (b"(?<a-\xfe>b\xff)", "invalid UTF-8: `\u{fffd}`"),
        (b"(?P<a->\xfe)", "invalid named capture: `(?P<a->`"),
        (b"(?i\xfe)", "invalid UTF-8: `\u{fffd})`"),
        (b"(?x\xfe)", "invalid or unsupported Perl syntax: `(?x`"),
        (b"\\\xfe", "invalid UTF-8: `\u{fffd}`"),
        (b"\\y\xfe", "invalid escape sequence: `\\y`"),
        (b"\\p\xfe", "invalid UTF-8: `\u{fffd}`"),
        (b"\\p{L\xfe}a", "invalid UTF-8: `\u{fffd}`"),
        (b"\\p{L\xfe", "invalid UTF-8: `\u{fffd}`"),
        (b"\\p{Foo}\xfe", "invalid character class range: `\\p{Foo}`"),
        (b"\\x\xfe", "invalid UTF-8: `\u{fffd}`"),
        (b"\\xg\xfe", "invalid UTF-8: `\u{fffd}`"),
        (b"\\x{4\xfe}", "invalid UTF-8: `\u{fffd}}`"),
        (b"\\x{g\xfe", "invalid escape sequence: `\\x{g`"),
        (b"\\Qa(\xfe\\E(", "invalid UTF-8: `\u{fffd}`"),
        (b"\\Q(\xfe(", "invalid UTF-8: `\u{fffd}(`"),
        (b"a\xe2\x98(\xe2\x98\x83)\xc3", "invalid UTF-8: `\u{fffd}\u{fffd}(\u{2603})\u{fffd}`"),
    ] as [(&[u8], &str); _]
    {
        let shown = pattern.escape_ascii();
        assert_eq!(translate(pattern), Err(format!("error parsing regexp: {said}")), "{shown}");
    }
}

proptest::proptest! {
    /// Every pattern that passes the check compiles, so a chart cannot have one that fails only later.
    #[test]
    fn a_checked_pattern_compiles(pattern in r"[ab\\\[\](){}*+?|^$.,:0-3dDwpQE<>P=!i-]{0,12}") {
        if check(&pattern).is_ok() {
            proptest::prop_assert!(Regexp::parse(&pattern).is_ok(), "{:?} -> {:?}", pattern, translate(pattern.as_bytes()));
        }
    }
}
