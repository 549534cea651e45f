//! Finds which values and templates the text of a template mentions, whether a render runs that part or not.

use std::ops::Range;

use super::ast::{Children, Fields, Node, NodeId, Origin, Parsed};
use super::functions;
use super::lex::{Lexer, TokenKind};
use super::parse::parse;
use crate::diagnostic::Span;
use crate::go::utf8;

/// The mentions in one template: the body of a file, or a template that it defines.
#[derive(Debug, Default)]
pub(super) struct TemplateMentions {
    /// The keys after `Values`: `.Values.a.b`, `$.Values.a.b`, `.context.Values.a.b`, `index .Values "a" "b"`.
    pub(super) values: Vec<(Vec<String>, Span)>,
    /// Other fields and strings. They may be keys of values under another name (`$v.a.b` after `$v := .Values`).
    pub(super) possible_keys: Vec<(Vec<String>, Span)>,
    /// Whether the values as a whole are bound to another name or passed to a function.
    pub(super) passes_values_on: bool,
    /// The first place that prints all values or ranges over them.
    pub(super) uses_all: Option<Span>,
    /// The names of the templates that it calls.
    pub(super) calls: Vec<String>,
    /// Whether it calls templates by computed names.
    pub(super) computes_calls: bool,
}

/// Functions whose result contains the whole map that they are passed.
const WHOLE_MAP_FUNCTIONS: &[&str] = &[
    "toYaml",
    "mustToYaml",
    "toYamlPretty",
    "toJson",
    "mustToJson",
    "toPrettyJson",
    "mustToPrettyJson",
    "toRawJson",
    "mustToRawJson",
    "toToml",
    "mustToToml",
    "keys",
    "values",
    "print",
    "printf",
    "println",
    "toString",
    "quote",
];

/// The methods of Helm's type `Values`.
const METHODS: &[&str] = &["AsMap", "Encode", "PathValue", "Table", "YAML"];

/// Returns the mentions of each template in a text, in order. `place` converts a byte range of the text into a span.
pub(super) fn of_text(parsed: &Parsed, place: &dyn Fn(Range<usize>) -> Span) -> Vec<TemplateMentions> {
    let of_tree = |root| {
        let mut collector = Collector { parsed, place, found: TemplateMentions::default() };
        collector.walk(root);
        collector.found
    };
    parsed.trees.iter().map(|tree| of_tree(tree.root)).collect()
}

/// Parses a string that may itself be a template; `None` if it can't be parsed.
pub(super) fn template_text(text: &str) -> Option<Parsed> {
    parse(&"gotpl".into(), Origin::Text(text.into()), functions::NAMES).ok()
}

/// Returns the string literals in the actions of a text, as they are written; `None` if the text can't be split into tokens.
pub(in crate::engine) fn string_literals(text: &[u8]) -> Option<Vec<&[u8]>> {
    let mut lexer = Lexer::new(text);
    let mut literals = Vec::new();
    loop {
        let token = lexer.next_token();
        match token.kind {
            TokenKind::Eof => return Some(literals),
            TokenKind::Error => return None,
            TokenKind::String | TokenKind::RawString => {
                literals.push(&text[token.start as usize..token.end as usize]);
            }
            _ => {}
        }
    }
}

struct Collector<'a> {
    parsed: &'a Parsed,
    place: &'a dyn Fn(Range<usize>) -> Span,
    found: TemplateMentions,
}

impl Collector<'_> {
    fn walk(&mut self, root: NodeId) {
        let mut rest = vec![root];
        while let Some(id) = rest.pop() {
            match self.parsed.node(id) {
                Node::Action { pipe } => rest.push(pipe),
                Node::If(control) | Node::With(control) | Node::Range(control) => {
                    rest.extend(control.else_list);
                    rest.push(control.list);
                    let is_range = matches!(self.parsed.node(id), Node::Range(_));
                    let operand = self.parsed.only_operand(control.pipe).filter(|_| is_range);
                    match operand.filter(|operand| self.is_all_values(*operand)) {
                        Some(operand) => self.use_all(operand),
                        None => rest.push(control.pipe),
                    }
                }
                Node::Template(invocation) => {
                    self.found.calls.push(utf8::to_text(self.parsed.name(invocation.name)).into_owned());
                    rest.extend(invocation.pipe);
                }
                Node::List(children) => rest.extend(self.parsed.children(children).iter().rev()),
                Node::Pipe { commands, .. } => self.pipe(commands, &mut rest),
                Node::Command(children) => self.command(children, &mut rest),
                Node::Chain { receiver, fields } => {
                    self.fields(fields);
                    rest.push(receiver);
                }
                Node::Field(fields) | Node::Variable(_, fields) => self.fields(fields),
                Node::String(index) => self.string(id, index),
                _ => {}
            }
        }
    }

    fn pipe(&mut self, commands: Children, rest: &mut Vec<NodeId>) {
        let commands = self.parsed.children(commands).to_vec();
        let is_whole = |command: NodeId| {
            let function = self.parsed.called_function(self.parsed.operands(command));
            function.is_some_and(|name| WHOLE_MAP_FUNCTIONS.contains(&name))
        };
        let printed = match commands[..] {
            [first, second, ..] if is_whole(second) => match self.parsed.operands(first) {
                [operand] if self.is_all_values(*operand) => Some(*operand),
                _ => None,
            },
            _ => None,
        };
        let walked = match printed {
            Some(all) => {
                self.use_all(all);
                &commands[1..]
            }
            None => &commands[..],
        };
        rest.extend(walked.iter().rev());
    }

    fn command(&mut self, children: Children, rest: &mut Vec<NodeId>) {
        let children = self.parsed.children(children).to_vec();
        match (self.parsed.called_function(&children), &children[..]) {
            (Some("index" | "get" | "hasKey"), [_, map, keys @ ..]) if self.values_keys(*map).is_some() => {
                let mut path = self.values_keys(*map).unwrap_or_default();
                let literal = |id: &NodeId| self.parsed.string_literal(*id).map(|text| text.lossy().into_owned());
                let known: Vec<String> = keys.iter().map_while(literal).collect();
                rest.extend(keys.iter().skip(known.len()).rev());
                path.extend(known);
                let place = self.place_of(*map);
                self.mention(path, place);
            }
            (Some("include"), [_, callee, arguments @ ..]) => {
                match self.parsed.string_literal(*callee) {
                    Some(name) => self.found.calls.push(name.lossy().into_owned()),
                    None => {
                        self.found.computes_calls |= !self.names_a_file(*callee);
                        rest.push(*callee);
                    }
                }
                rest.extend(arguments.iter().rev());
            }
            (Some(function), [_, arguments @ ..]) if WHOLE_MAP_FUNCTIONS.contains(&function) => {
                for argument in arguments.iter().rev() {
                    match self.is_all_values(*argument) {
                        true => self.use_all(*argument),
                        false => rest.push(*argument),
                    }
                }
            }
            _ => rest.extend(children.iter().rev()),
        }
    }

    fn fields(&mut self, fields: Fields) {
        let names = self.names(fields);
        let place = (self.place)(fields.range());
        match keys_after_values(&names) {
            Some(keys) => self.mention(keys, place),
            None if names.is_empty() => {}
            None => self.found.possible_keys.push((names, place)),
        }
    }

    /// Notes a mention of the value at `keys`; without keys, of all values.
    fn mention(&mut self, keys: Vec<String>, place: Span) {
        self.found.passes_values_on |= keys.first().is_none_or(|first| METHODS.contains(&first.as_str()));
        self.found.values.push((keys, place));
    }

    fn use_all(&mut self, operand: NodeId) {
        let place = self.place_of(operand);
        self.mention(Vec::new(), place.clone());
        self.found.uses_all.get_or_insert(place);
    }

    /// Notes a string, which may be a key, a path, or a template to pass to `tpl`.
    fn string(&mut self, id: NodeId, index: u32) {
        let text = utf8::to_text(self.parsed.string(index)).into_owned();
        let place = self.place_of(id);
        let is_template = text.contains("{{");
        if is_template && let Some(parsed) = template_text(&text) {
            for inner in of_text(&parsed, &|_| place.clone()) {
                self.found.add(inner);
            }
            return;
        }
        self.found.passes_values_on |= text == "Values" || is_template && text.contains("Values");
        let is_key = |c: char| c.is_alphanumeric() || "-_/%".contains(c);
        let keys: Vec<String> = text.split(|c| !is_key(c)).filter(|key| !key.is_empty()).map(str::to_owned).collect();
        if !keys.is_empty() {
            self.found.possible_keys.push((keys, place));
        }
    }

    fn is_all_values(&self, operand: NodeId) -> bool {
        self.values_keys(operand).is_some_and(|keys| keys.is_empty())
    }

    /// The keys after `Values` if the operand reads a value.
    fn values_keys(&self, operand: NodeId) -> Option<Vec<String>> {
        match self.parsed.node(operand) {
            Node::Field(fields) | Node::Variable(_, fields) | Node::Chain { fields, .. } => {
                keys_after_values(&self.names(fields))
            }
            _ => None,
        }
    }

    /// Whether the name of a template is the path of a file, as in `(print $.Template.BasePath "/configmap.yaml")`.
    fn names_a_file(&self, callee: NodeId) -> bool {
        let mut rest = vec![callee];
        while let Some(id) = rest.pop() {
            match self.parsed.node(id) {
                Node::Pipe { commands, .. } => rest.extend(self.parsed.children(commands)),
                Node::Command(children) => rest.extend(self.parsed.children(children)),
                Node::Field(fields) | Node::Variable(_, fields)
                    if self.names(fields).iter().any(|name| name == "BasePath") =>
                {
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    fn names(&self, fields: Fields) -> Vec<String> {
        self.parsed.fields(fields).map(|name| utf8::to_text(name).into_owned()).collect()
    }

    fn place_of(&self, id: NodeId) -> Span {
        let range = match self.parsed.node(id) {
            Node::Field(fields) | Node::Variable(_, fields) | Node::Chain { fields, .. } => fields.range(),
            Node::String(index) => {
                let start = self.parsed.offset(id);
                start..start + self.parsed.string_text(index).len()
            }
            _ => self.parsed.offset(id)..self.parsed.offset(id),
        };
        (self.place)(range)
    }
}

impl TemplateMentions {
    fn add(&mut self, other: TemplateMentions) {
        self.values.extend(other.values);
        self.possible_keys.extend(other.possible_keys);
        self.passes_values_on |= other.passes_values_on;
        self.uses_all = self.uses_all.take().or(other.uses_all);
        self.calls.extend(other.calls);
        self.computes_calls |= other.computes_calls;
    }
}

/// The keys after `Values` in a chain of names, with the subcharts in front of it (`.Subcharts.db.Values.port`).
fn keys_after_values(names: &[String]) -> Option<Vec<String>> {
    let at = names.iter().position(|name| name == "Values")?;
    let subcharts = names[..at].windows(2).filter(|pair| pair[0] == "Subcharts").map(|pair| pair[1].clone());
    Some(subcharts.chain(names[at + 1..].iter().cloned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    fn found(text: &str) -> TemplateMentions {
        let source = Source::file("a.yaml", text);
        let parsed = parse(&"a.yaml".into(), Origin::File(source.clone()), functions::NAMES).unwrap();
        let mut all = TemplateMentions::default();
        of_text(&parsed, &|range| source.span(range)).into_iter().for_each(|of_tree| all.add(of_tree));
        all
    }

    fn dotted(mentions: &[(Vec<String>, Span)]) -> String {
        mentions.iter().map(|(keys, _)| keys.join(".")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn value_keys_are_found_in_all_notations() {
        for (text, keys) in [
            ("{{ .Values.a.b }}{{ $.Values.c }}", "a.b c"),
            ("{{ .context.Values.a.b }}{{ (first .list).Values.c }}", "a.b c"),
            ("{{ if false }}{{ index $.Values \"a\" \"b\" }}{{ end }}", "a.b"),
            ("{{ index .Values.a .key }}{{ get .Values \"c\" }}", "a c"),
            ("{{ .Subcharts.db.Values.port }}", "db.port"),
            ("{{ tpl \"{{ .Values.a }}\" $ }}", "a"),
            ("{{ define \"t\" }}{{ .Values.a }}{{ end }}", "a"),
        ] {
            let found = found(text);
            assert_eq!((dotted(&found.values), found.passes_values_on), (keys.to_owned(), false), "{text}");
        }
    }

    #[test]
    fn values_bound_to_a_variable_are_noticed() {
        for (text, others) in [
            ("{{ with .Values }}{{ .a.b }}{{ end }}", "a.b"),
            ("{{ $v := .Values }}{{ $v.a }}", "a"),
            ("{{ dig \"a\" \"b\" \"c\" .Values }}", "a b c"),
            ("{{ pluck \"a.b\" .Values }}", "a.b"),
            ("{{ tpl (printf \"{{ .Values.%s.b \" .x) $ }}", "x Values.%s.b"),
        ] {
            let found = found(text);
            assert!(found.passes_values_on && found.uses_all.is_none(), "{text}");
            let sorted = |text: &str| {
                let mut words: Vec<&str> = text.split(' ').collect();
                words.sort_unstable();
                words.join(" ")
            };
            assert_eq!(sorted(&dotted(&found.possible_keys)), sorted(others), "{text}");
        }
    }

    #[test]
    fn printing_or_ranging_over_all_values_is_noticed() {
        for text in ["{{ toYaml .Values }}", "{{ .Values | toJson }}", "{{ range $k, $v := .Values }}{{ end }}"] {
            assert!(found(text).uses_all.is_some(), "{text}");
        }
    }

    #[test]
    fn called_templates_are_found_unless_their_name_is_computed() {
        let text = "{{ include \"a\" . }}{{ template \"b\" }}{{ include (print $.Template.BasePath \"/c.yaml\") . }}";
        let known = found(text);
        assert_eq!((known.calls.join(" "), known.computes_calls), ("a b".to_owned(), false));
        assert!(found("{{ include (printf \"%s.a\" .b) . }}").computes_calls);
    }
}
