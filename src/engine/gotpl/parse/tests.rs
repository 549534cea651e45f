use super::*;
use crate::engine::gotpl::node_text::node_text;

fn number(name: &[u8]) -> Option<u16> {
    (0..2).find(|&number| FUNCTIONS.name_of(number).as_bytes() == name)
}

trait NameOf {
    fn name_of(&self, number: u16) -> &'static str;
}

impl NameOf for Functions {
    fn name_of(&self, number: u16) -> &'static str {
        (self.name)(number)
    }
}

const FUNCTIONS: Functions = Functions { number, name: |number| ["print", "upper"][usize::from(number)] };

fn parsed(text: &str) -> Result<Parsed, ParseError> {
    parse(&"t".into(), Origin::Text(text.into()), FUNCTIONS)
}

#[test]
fn messages_are_those_of_go() {
    for (text, message) in [
        ("{{ if true }}x", "t:1: unexpected EOF"),
        ("{{ end }}", "t:1: unexpected {{end}}"),
        ("{{ else }}", "t:1: unexpected {{else}}"),
        ("{{ block \"a\" . }}\n{{ else }}", "t:1: unexpected {{else}} in block clause"),
        ("{{ if true }}{{ else }}{{ else }}{{ end }}", "t:1: expected end; found {{else}}"),
        ("{{ range . }}{{ else if true }}{{ end }}", "t:1: unexpected <if> in input"),
        ("{{ if . }}{{ else with true }}{{ end }}", "t:1: unexpected <with> in input"),
        ("{{ break }}", "t:1: {{break}} outside {{range}}"),
        ("{{ range . }}{{ else }}{{ continue }}{{ end }}", "t:1: {{continue}} outside {{range}}"),
        ("{{ range . }}{{ break 1 }}{{ end }}", "t:1: unexpected \"1\" in {{break}}"),
        ("{{ if true }}{{ define \"a\" }}{{ end }}{{ end }}", "t:1: unexpected <define> in command"),
        ("{{ define x }}{{ end }}", "t:1: unexpected \"x\" in define clause"),
        ("{{ template $t }}", "t:1: unexpected \"$t\" in template clause"),
        ("{{ }}", "t:1: missing value for command"),
        ("{{ () }}", "t:1: missing value for parenthesized pipeline"),
        ("{{ if }}{{ end }}", "t:1: missing value for if"),
        ("{{ | upper }}", "t:1: unexpected \"|\" in command"),
        ("{{ 1 | 2 }}", "t:1: non executable command in pipeline stage 2"),
        ("{{ upper(\"a\") }}", "t:1: unexpected \"(\" in operand"),
        ("{{ \"a\".x }}", "t:1: unexpected . after term \"\\\"a\\\"\""),
        ("\n{{ nope }}", "t:2: function \"nope\" not defined"),
        ("a\n{{ `x\ny`\n}}\n{{ nope }}", "t:5: function \"nope\" not defined"),
        ("{{ $x }}", "t:1: undefined variable \"$x\""),
        ("{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}", "t:1: undefined variable \"$x\""),
        ("{{ $x, $y := 1 }}", "t:1: too many declarations in command"),
        ("{{ range $a, $b, $c := . }}{{ end }}", "t:1: too many declarations in range"),
        ("{{ range $i, := . }}{{ end }}", "t:1: range can only initialize variables"),
        ("{{ 'ab' }}", "t:1: malformed character constant: 'ab'"),
        ("{{ \"\\q\" }}", "t:1: invalid syntax"),
        ("{{ \"a\"\n\n", "t:3: unclosed action started at t:1"),
        ("{{ \"a\"\n\n\"b", "t:3: unterminated quoted string in action started at t:1"),
        (
            "{{ define \"a\" }}x{{ end }}{{ define \"a\" }}y{{ end }}",
            "t:1: template: multiple definition of template \"a\"",
        ),
        ("{{ abcdefghijkl.x ; }}", "t:1: function \"abcdefghijkl\" not defined"),
        ("{{ . \"abcdefghijkl\" ; }}", "t:1: unexpected \";\" in operand"),
    ] {
        let error = parsed(text).expect_err(text);
        assert_eq!(error.text(), format!("template: {message}"), "{text}");
    }
}

#[test]
fn nodes_are_written_back_as_go_writes_them() {
    for (text, written) in [
        ("{{ $x := (print 1 \"a\" `b` 'c' | upper) }}", "{{$x := (print 1 \"a\" `b` 'c' | upper)}}"),
        (
            "{{ if .a.b }}x{{ else if $.c }}y{{ else }}z{{ end }}",
            "{{if .a.b}}x{{else}}{{if $.c}}y{{else}}z{{end}}{{end}}",
        ),
        ("{{ range $i, $e := . }}{{ break }}{{ end }}", "{{range $i, $e := .}}{{break}}{{end}}"),
        ("{{ (print .).a.b nil }}", "{{(print .).a.b nil}}"),
        ("{{ template \"a\" . }}", "{{template \"a\" .}}"),
        ("{{ with $x := print.y }}{{ $x = 2 }}{{ end }}", "{{with $x := print.y}}{{$x = 2}}{{end}}"),
    ] {
        let parsed = parsed(text).expect(text);
        assert_eq!(node_text(&parsed, parsed.main().root), written);
    }
}

#[test]
fn chains_of_fields_begin_at_their_second_field() {
    let parsed = parsed("{{ .Values.x.y }}").unwrap();
    let at =
        parsed.nodes.iter().position(|node| matches!(node, Node::Field(fields) if parsed.fields(*fields).count() == 3));
    assert_eq!(parsed.offsets[at.unwrap()], 10);
}

#[test]
fn variables_of_branches_that_were_not_taken_have_no_slot() {
    let parsed = parsed("{{ $a := 1 }}{{ if $a }}{{ $x := 2 }}{{ else }}{{ $x }}{{ $a }}{{ end }}").unwrap();
    let slots: Vec<_> = parsed
        .nodes
        .iter()
        .filter_map(|node| match node {
            Node::Variable(variable, _) => {
                Some((parsed.variable_name(variable.name).lossy().into_owned(), variable.slot))
            }
            _ => None,
        })
        .collect();
    assert_eq!(slots[3], ("$x".to_owned(), None));
    assert_eq!(slots[4], ("$a".to_owned(), Some(1)));
}

#[test]
fn deep_nesting_needs_no_stack() {
    let depth = 50_000;
    let text = "{{ if . }}".repeat(depth) + &"{{ end }}".repeat(depth);
    assert_eq!(parsed(&text).unwrap().trees.len(), 1);
}

#[test]
fn the_file_comes_last_and_empty_definitions_do_not_replace_others() {
    let parsed =
        parsed("{{ define \"a\" }}x{{ end }}{{ define \"a\" }} {{/* c */}}{{ end }}{{ block \"b\" . }}y{{ end }}")
            .unwrap();
    let names: Vec<_> = parsed.trees.iter().map(|tree| tree.name.lossy().into_owned()).collect();
    assert_eq!(names, ["a", "b", "t"]);
    assert!(!parsed.trees[0].is_empty);
}

#[test]
fn many_names_in_many_definitions_take_linear_time() {
    let names: String = (0..60_000).map(|n| format!("{{{{ $a{n} := 1 }}}}")).collect();
    let definitions: String =
        (0..20_000).map(|n| format!("{{{{ define \"{n}\" }}}}{{{{ $a59999 := 1 }}}}{{{{ end }}}}")).collect();
    assert_eq!(parsed(&(names + &definitions)).unwrap().trees.len(), 20_001);
}
