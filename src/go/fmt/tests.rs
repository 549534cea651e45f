//! What Go 1.26 prints for values with verbs and flags.

use std::borrow::Cow;

use super::{Dialect, Error, GoValue, Printer, View, display};

#[derive(Debug, Clone)]
enum V {
    Nil,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Complex(f64, f64),
    String(&'static [u8]),
    Bytes(&'static [u8]),
    List(Vec<V>),
    Map(Vec<(&'static [u8], V)>),
    Duration(i64),
    /// A `*main.ver` with a `String` method, and the value it points to.
    Version,
    VersionTarget,
}

use V::*;

impl GoValue for V {
    type Key = &'static [u8];

    fn view(&self) -> View<'_, V> {
        match self {
            Nil => View::Nil,
            Bool(truth) => View::Bool(*truth),
            Int(number) | Duration(number) => View::Int(*number),
            Uint(number) => View::Uint(*number),
            Float(number) => View::Float(*number),
            Complex(real, imaginary) => View::Complex(*real, *imaginary),
            String(text) => View::String(text),
            Bytes(bytes) => View::Bytes(bytes),
            List(items) => View::List(Cow::Borrowed(items)),
            Map(entries) => View::Map(entries.clone()),
            Version => View::Pointer(VersionTarget),
            VersionTarget => View::Struct(vec![("Major", Uint(1)), ("Pre", String(b"x"))]),
        }
    }

    fn go_type(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Nil => "<nil>",
            Bool(_) => "bool",
            Int(_) => "int",
            Uint(_) => "uint64",
            Float(_) => "float64",
            Complex(..) => "complex128",
            String(_) => "string",
            Bytes(_) => "[]uint8",
            List(_) => "[]interface {}",
            Map(_) => "map[string]interface {}",
            Duration(_) => "time.Duration",
            Version => "*main.ver",
            VersionTarget => "main.ver",
        })
    }

    fn string_method(&self) -> Option<Cow<'_, [u8]>> {
        match self {
            Duration(90_000_000_000) => Some(Cow::Borrowed(b"1m30s")),
            Duration(_) => Some(Cow::Borrowed(b"1s")),
            Version => Some(Cow::Borrowed(b"1.x")),
            _ => None,
        }
    }
}

fn printf(format: &str, args: &[V]) -> Vec<u8> {
    let mut out = Vec::new();
    Printer::new(&mut out, 1_000_000, Dialect::GO).printf(format.as_bytes(), args).unwrap();
    out
}

/// The values of `tests/cases/go/printf.txt`, by their numbers there.
fn arguments() -> Vec<V> {
    vec![
        Nil,
        Bool(true),
        Int(0),
        Int(65),
        Int(-5),
        Int(i64::MIN),
        Uint(255),
        Float(3.0),
        Float(-0.0),
        Float(1e6),
        Float(1_234_567.891),
        Float(1e-7),
        Float(0.1),
        Float(f64::INFINITY),
        Float(f64::NAN),
        Complex(1.0, -2.5),
        String(b""),
        String(b"hi"),
        String(b"a\"\n\xe2\x98\x83\xff`"),
        Bytes(b"\x01z"),
        List(vec![Int(1), String(b"a"), Nil, Float(1.5)]),
        List(vec![]),
        Map(vec![(b"a", Int(1)), (b"b", List(vec![Bool(false)]))]),
        Map(vec![(b"a", Nil), (b"b", Bytes(b"x"))]),
        Duration(90_000_000_000),
        Version,
        List(vec![Duration(1_000_000_000), Version]),
    ]
}

#[test]
fn verbs_and_flags_print_as_recorded_from_go() {
    let arguments = arguments();
    for line in include_str!("../../../tests/cases/go/printf.txt").lines() {
        let mut parts = line.split('\t');
        let mut part = || parts.next().unwrap();
        let (argument, format, printed) = (&arguments[part().parse::<usize>().unwrap()], part(), part());
        let found = printf(format, std::slice::from_ref(argument));
        assert_eq!(found.escape_ascii().to_string(), printed, "{format:?} {argument:?}");
    }
}

#[test]
fn formats_with_errors_print_as_in_go() {
    for (format, args, printed) in [
        ("%d", &[][..], "%!d(MISSING)"),
        ("%d", &[Int(1), Int(2)], "1%!(EXTRA int=2)"),
        ("%d", &[Int(1), Nil, Duration(1)], "1%!(EXTRA <nil>, time.Duration=1s)"),
        ("a%", &[], "a%!(NOVERB)"),
        ("%!", &[Int(1)], "%!!(int=1)"),
        ("%é", &[Int(1)], "%!é(int=1)"),
        ("%5%|", &[], "%|"),
        ("%[2]d %[1]d", &[Int(1), Int(2)], "2 1"),
        ("%[3]d", &[Int(1)], "%!d(BADINDEX)"),
        ("%[x]d", &[Int(1)], "%!d(BADINDEX)"),
        ("%[1", &[Int(1)], "%!(NOVERB)"),
        ("%[2]5d", &[Int(1), Int(2)], "%!d(BADINDEX)"),
        ("%[2]*[1]d|", &[Int(2), Int(5)], "    2|"),
        ("%*d|", &[Int(-4), Int(2)], "2   |"),
        ("%*d|", &[String(b"x"), Int(2)], "%!(BADWIDTH)2|"),
        ("%.*f", &[Int(-1), Float(2.0)], "%!(BADPREC)2.000000"),
        ("%.*f", &[Int(1), Float(2.0)], "2.0"),
        ("%99999999999d", &[Int(1)], "%!(NOVERB)%!(EXTRA int=1)"),
        ("%ld", &[Int(5)], "%!l(int=5)d"),
        ("%5.1f|", &[Int(2)], "%!f(int=    2)|"),
    ] {
        assert_eq!(std::string::String::from_utf8(printf(format, args)).unwrap(), printed, "{format}");
    }
}

#[test]
fn print_separates_what_is_not_a_string() {
    let print = |values: &[V], line: bool| {
        let mut out = Vec::new();
        let mut printer = Printer::new(&mut out, 100, Dialect::GO);
        if line { printer.println(values) } else { printer.print(values) }.unwrap();
        std::string::String::from_utf8(out).unwrap()
    };
    let (a, b) = (String(b"a"), String(b"b"));
    let values = [Int(1), a.clone(), Int(2), Int(3), b.clone(), a, Nil, Nil];
    assert_eq!(print(&values, false), "1a2 3ba<nil> <nil>");
    assert_eq!(print(&[Int(1), b, Nil], true), "1 b <nil>\n");
}

#[test]
fn size_and_depth_are_limited() {
    let mut out = b"before".to_vec();
    assert_eq!(Printer::new(&mut out, 8, Dialect::GO).printf(b"%20d", &[Int(1)]), Err(Error::TooLong));
    assert_eq!(Printer::new(&mut out, 8, Dialect::GO).printf(b"%.999999f", &[Float(1.0)]), Err(Error::TooLong));
    assert!(out.len() <= 14);
    // The stack size of a program's main thread, which is larger than a test thread's.
    let on_main_stack = std::thread::Builder::new().stack_size(8 << 20).spawn(|| {
        let deep = (0..2_000).fold(Nil, |inner, _| List(vec![inner]));
        assert_eq!(display(&deep, usize::MAX, Dialect::GO).map(|text| text.len()), Ok(4_005));
        let mut out = Vec::new();
        assert_eq!(Printer::new(&mut out, 1 << 20, Dialect::GO).printf(b"%+v", &[deep]), Err(Error::TooDeep));
    });
    on_main_stack.unwrap().join().unwrap();
}

#[test]
fn a_dialect_changes_floats_and_the_verbs_of_integers() {
    let dialect = Dialect { float_exponent_from: 21, whole_floats_are_ints: true };
    let mut out = Vec::new();
    let args = [Float(1_234_567.5), Int(2), Float(1e21), Float(1e20)];
    Printer::new(&mut out, 100, dialect).printf(b"%v %.1f %v %g", &args).unwrap();
    assert_eq!(out, b"1234567.5 2.0 1e+21 1e+20");
}
