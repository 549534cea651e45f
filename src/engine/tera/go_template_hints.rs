//! Recognizes Go's template syntax in a Tera template, and translates it to Tera.

use super::functions::functions;
use super::scan::{inside, split_word};

/// Objects that templates see; in Go's syntax, a dot precedes them.
const OBJECTS: [&str; 7] = ["Values", "Release", "Chart", "Files", "Capabilities", "Template", "Subcharts"];

/// Functions whose first argument in Go is the one that is piped in here; for all others it is the last.
const SUBJECT_FIRST: [&str; 16] = [
    "append",
    "get",
    "hasKey",
    "index",
    "merge",
    "mergeOverwrite",
    "mod",
    "omit",
    "pick",
    "prepend",
    "round",
    "set",
    "slice",
    "sub",
    "unset",
    "without",
];

/// Returns what to do about a tag in Go's syntax; `None` if it is not. `is_known` returns whether a name is a function.
pub(super) fn advise(tag: &str, is_known: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    if !tag.starts_with("{{") || !looks_like_go(inside(tag), is_known) {
        return None;
    }
    Some(vec![match translate(inside(tag)) {
        Some(tera) => format!("in Tera: {tera}"),
        None => "in Tera, objects have no leading dot (`Values.name`), arguments have names (`nindent(width=4)`), and statements are written in `{% … %}`"
            .to_owned(),
    }])
}

fn looks_like_go(code: &str, is_known: impl Fn(&str) -> bool) -> bool {
    if code.starts_with("/*") || code.contains(":=") {
        return true;
    }
    let Some(tokens) = tokens(code) else { return false };
    let keyword = matches!(
        tokens.first(),
        Some(Token::Name(
            "if" | "else" | "end" | "range" | "with" | "define" | "template" | "block" | "break" | "continue"
        ))
    );
    let dotted = tokens.iter().any(|token| matches!(token, Token::Field(_) | Token::Variable(_)));
    // A function next to its argument: `default "x"`, `toYaml Values`.
    let side_by_side = tokens.windows(2).enumerate().any(|(at, pair)| {
        let starts_command = at == 0 || matches!(tokens[at - 1], Token::Pipe | Token::Open);
        let argument = matches!(pair[1], Token::Literal(_) | Token::Open)
            || matches!(pair[1], Token::Name(name) if !is_word(name));
        starts_command && argument && matches!(pair[0], Token::Name(name) if name == "include" || is_known(name))
            // `name(…)` is a call in Tera.
            && !(pair[1] == Token::Open && code.contains(&format!("{}(", pair[0].text())))
    });
    // `range` is a function here, called with its arguments in parentheses.
    (keyword && tokens.len() != 1 && !code.starts_with("range("))
        || matches!(tokens[..], [Token::Name("end" | "else")])
        || dotted
        || side_by_side
}

/// Whether Tera uses a word between operands.
fn is_word(name: &str) -> bool {
    matches!(name, "and" | "or" | "not" | "is" | "in" | "if" | "else")
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Token<'a> {
    /// A function, a keyword, or a Tera object with its fields.
    Name(&'a str),
    /// `.a.b`, or only `.`.
    Field(&'a str),
    /// `$`, `$x`, `$.a.b`.
    Variable(&'a str),
    Literal(&'a str),
    Open,
    Close,
    Pipe,
    Comma,
    /// `:=` or `=`
    Assign,
}

impl<'a> Token<'a> {
    fn text(self) -> &'a str {
        match self {
            Token::Name(text) | Token::Field(text) | Token::Variable(text) | Token::Literal(text) => text,
            _ => "",
        }
    }
}

/// Splits a Go expression into tokens; `None` if it contains any other character.
fn tokens(code: &str) -> Option<Vec<Token<'_>>> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = |more: fn(char) -> bool| rest[1..].find(|c| !more(c)).map_or(rest.len(), |end| end + 1);
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '|' => (Token::Pipe, 1),
            ',' => (Token::Comma, 1),
            ':' if rest.starts_with(":=") => (Token::Assign, 2),
            '=' if !rest.starts_with("==") => (Token::Assign, 1),
            '"' | '`' => {
                let end = string_end(rest)?;
                (Token::Literal(&rest[..end]), end)
            }
            '.' => {
                let end = word(|c| c.is_alphanumeric() || c == '_' || c == '.');
                (Token::Field(&rest[..end]), end)
            }
            '$' => {
                let end = word(|c| c.is_alphanumeric() || c == '_' || c == '.');
                (Token::Variable(&rest[..end]), end)
            }
            c if c.is_ascii_digit() || (c == '-' && rest[1..].starts_with(|c: char| c.is_ascii_digit())) => {
                let end = word(|c| c.is_ascii_alphanumeric() || c == '.');
                (Token::Literal(&rest[..end]), end)
            }
            c if is_name(c) => {
                let end = rest.find(|c| !is_name(c) && c != '.').unwrap_or(rest.len());
                (Token::Name(&rest[..end]), end)
            }
            _ => return None,
        };
        found.push(token);
        rest = rest[length..].trim_start();
    }
    Some(found)
}

/// Returns the end of the string literal that a text begins with.
fn string_end(text: &str) -> Option<usize> {
    let quote = text.chars().next()?;
    let mut escaped = false;
    text.char_indices().skip(1).find_map(|(at, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && quote == '"' && !escaped;
        closes.then_some(at + 1)
    })
}

/// Translates a whole tag to Tera.
fn translate(code: &str) -> Option<String> {
    if let Some(comment) = code.strip_prefix("/*") {
        return Some(format!("{{# {} #}}", comment.trim_end_matches("*/").trim()));
    }
    let (word, rest) = split_word(code);
    match word {
        "end" if rest.is_empty() => return Some("{% endif %}, {% endfor %} or {% endcomponent %}".to_owned()),
        "else" if rest.is_empty() => return Some("{% else %}".to_owned()),
        "else" => return Some(format!("{{% elif {} %}}", expression(rest.strip_prefix("if")?)?)),
        "if" | "with" => return Some(format!("{{% if {} %}}", expression(rest)?)),
        "range" => return loop_over(rest),
        "define" => return Some(format!("{{% component {}(@Values) %}}", component(rest)?)),
        "template" => return Some(format!("{{{{ <{}/> }}}}", component(rest.split_whitespace().next()?)?)),
        _ => {}
    }
    let tokens = tokens(code)?;
    if let [Token::Variable(name), Token::Assign, ..] = tokens[..] {
        return Some(format!("{{% set {} = {} %}}", name.strip_prefix('$')?, Parser::whole(&tokens[2..])?));
    }
    Some(format!("{{{{ {} }}}}", Parser::whole(&tokens)?))
}

fn expression(code: &str) -> Option<String> {
    Parser::whole(&tokens(code)?)
}

fn loop_over(code: &str) -> Option<String> {
    let tokens = tokens(code)?;
    let (names, over) = match tokens[..] {
        [Token::Variable(key), Token::Comma, Token::Variable(value), Token::Assign, ..] => {
            (format!("{}, {}", key.strip_prefix('$')?, value.strip_prefix('$')?), &tokens[4..])
        }
        [Token::Variable(value), Token::Assign, ..] => (value.strip_prefix('$')?.to_owned(), &tokens[2..]),
        _ => ("item".to_owned(), &tokens[..]),
    };
    let empty = if names.contains(',') { "{}" } else { "[]" };
    Some(format!("{{% for {names} in {} or {empty} %}}", Parser::whole(over)?))
}

/// Converts a quoted name to that of a component.
fn component(quoted: &str) -> Option<String> {
    let name = quoted.trim().strip_prefix('"')?.strip_suffix('"')?;
    let sound = |c: char| c.is_alphanumeric() || c == '.';
    Some(name.chars().map(|c| if sound(c) { c } else { '_' }).collect())
}

/// Translates expressions: a pipeline of commands, each a function with arguments.
struct Parser<'a, 't> {
    tokens: &'t [Token<'a>],
    at: usize,
}

impl Parser<'_, '_> {
    fn whole(tokens: &[Token<'_>]) -> Option<String> {
        let mut parser = Parser { tokens, at: 0 };
        let text = parser.pipeline(0)?;
        (parser.at == tokens.len()).then_some(text)
    }

    fn pipeline(&mut self, depth: usize) -> Option<String> {
        let mut value = self.command(None, depth)?;
        while self.tokens.get(self.at) == Some(&Token::Pipe) {
            self.at += 1;
            value = self.command(Some(value), depth)?;
        }
        Some(value)
    }

    fn command(&mut self, piped: Option<String>, depth: usize) -> Option<String> {
        if let Some(Token::Name(name)) = self.tokens.get(self.at).copied()
            && !OBJECTS.contains(&name.split('.').next().unwrap_or(name))
        {
            self.at += 1;
            let mut arguments = Vec::new();
            while let Some(argument) = self.operand(depth)? {
                arguments.push(argument);
            }
            arguments.extend(piped);
            return call(name, arguments);
        }
        let value = self.operand(depth)??;
        // A value that is not a function accepts nothing from a pipe, and no arguments.
        (piped.is_none() && self.operand(depth)?.is_none()).then_some(value)
    }

    /// Translates one argument; `Some(None)` if none follows.
    fn operand(&mut self, depth: usize) -> Option<Option<String>> {
        const MAX_DEPTH: usize = 32;
        let Some(token) = self.tokens.get(self.at).copied() else { return Some(None) };
        let text = match token {
            Token::Field(".") => "item".to_owned(),
            Token::Field(path) => {
                let path = path.strip_prefix('.')?;
                if OBJECTS.contains(&path.split('.').next()?) { path.to_owned() } else { format!("item.{path}") }
            }
            Token::Variable("$") => return None,
            Token::Variable(path) => path.trim_start_matches(['$', '.']).to_owned(),
            Token::Literal(text) => text.to_owned(),
            Token::Name(name) if matches!(name, "true" | "false") || name.contains('.') => name.to_owned(),
            Token::Name(_) => call(token.text(), Vec::new())?,
            Token::Open if depth < MAX_DEPTH => {
                self.at += 1;
                let inner = self.pipeline(depth + 1)?;
                if self.tokens.get(self.at) != Some(&Token::Close) {
                    return None;
                }
                let simple = inner.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '"'));
                if simple { inner } else { format!("({inner})") }
            }
            _ => return Some(None),
        };
        self.at += 1;
        Some(Some(text))
    }
}

/// Translates a call to Tera.
fn call(name: &str, mut arguments: Vec<String>) -> Option<String> {
    let operator = match name {
        "eq" => "==",
        "ne" => "!=",
        "lt" => "<",
        "le" => "<=",
        "gt" => ">",
        "ge" => ">=",
        "and" | "or" => name,
        _ => "",
    };
    if !operator.is_empty() {
        return (arguments.len() >= 2).then(|| arguments.join(&format!(" {operator} ")));
    }
    match (name, &arguments[..]) {
        ("not", [value]) => return Some(format!("not {value}")),
        ("nil", []) => return Some("null".to_owned()),
        ("include", [component_name, ..]) => return Some(format!("<{}/>", component(component_name)?)),
        ("list", items) => return Some(format!("[{}]", items.join(", "))),
        ("dict", pairs) if pairs.len() % 2 == 0 => {
            let pairs: Vec<String> = pairs.chunks(2).map(|pair| format!("{}: {}", pair[0], pair[1])).collect();
            return Some(format!("{{{}}}", pairs.join(", ")));
        }
        ("printf", [format, values @ ..]) => return Some(format!("{format} | printf(args=[{}])", values.join(", "))),
        _ => {}
    }
    let function = functions().find(|function| function.name == name)?;
    let parameters: Vec<&str> = function.parameters.iter().filter(|name| !name.ends_with('?')).copied().collect();
    if parameters.len() != arguments.len() || parameters.contains(&"...") || arguments.is_empty() {
        return None;
    }
    let subject = if SUBJECT_FIRST.contains(&name) { arguments.remove(0) } else { arguments.pop()? };
    let named: Vec<String> =
        parameters[1..].iter().zip(arguments).map(|(name, value)| format!("{name}={value}")).collect();
    Some(if named.is_empty() {
        format!("{subject} | {name}")
    } else {
        format!("{subject} | {name}({})", named.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tera(tag: &str) -> Option<String> {
        let known = |name: &str| functions().any(|function| function.name == name);
        let help = advise(tag, known)?.pop()?;
        Some(help.strip_prefix("in Tera: ").map_or_else(|| "?".to_owned(), str::to_owned))
    }

    #[test]
    fn go_syntax_is_explained_in_tera() {
        for (go, expected) in [
            ("{{ .Values.name }}", "{{ Values.name }}"),
            ("{{- .Release.Name -}}", "{{ Release.Name }}"),
            ("{{ toYaml .Values.x | nindent 4 }}", "{{ Values.x | toYaml | nindent(width=4) }}"),
            ("{{ default \"x\" .Values.y | quote }}", "{{ Values.y | default(value=\"x\") | quote }}"),
            ("{{- if .Values.x }}", "{% if Values.x %}"),
            ("{{ if and (eq .Values.a 1) (not .Values.b) }}", "{% if (Values.a == 1) and (not Values.b) %}"),
            ("{{ else if .Values.x }}", "{% elif Values.x %}"),
            ("{{ else }}", "{% else %}"),
            ("{{- end }}", "{% endif %}, {% endfor %} or {% endcomponent %}"),
            ("{{ range .Values.hosts }}", "{% for item in Values.hosts or [] %}"),
            ("{{ range $k, $v := .Values.m }}", "{% for k, v in Values.m or {} %}"),
            ("{{ $x := .Values.a }}", "{% set x = Values.a %}"),
            ("{{ include \"web.labels\" . | nindent 4 }}", "{{ <web.labels/> | nindent(width=4) }}"),
            ("{{ template \"web.name\" . }}", "{{ <web.name/> }}"),
            ("{{ define \"web-x.name\" }}", "{% component web_x.name(@Values) %}"),
            ("{{/* why */}}", "{# why #}"),
            ("{{ printf \"%s-%d\" .Release.Name 3 }}", "{{ \"%s-%d\" | printf(args=[Release.Name, 3]) }}"),
            ("{{ . }}", "{{ item }}"),
            ("{{ .name }}", "{{ item.name }}"),
            ("{{ $.Values.a }}", "{{ Values.a }}"),
            ("{{ Values.name | default \"x\" }}", "{{ Values.name | default(value=\"x\") }}"),
            ("{{ get .Values.m \"k\" }}", "{{ Values.m | get(key=\"k\") }}"),
            ("{{ dig \"a\" \"b\" 1 .Values }}", "?"),
        ] {
            assert_eq!(tera(go).as_deref(), Some(expected), "{go}");
        }
    }

    #[test]
    fn tera_syntax_gets_no_hint() {
        for tag in [
            "{{ Values.name }}",
            "{{ Values.a | default(value=\"x\") }}",
            "{{ quote(value=1) }}",
            "{{ a if b else c }}",
            "{{ <x a={1}/> }}",
            "{{ Values[\"a\"] }}",
            "{{ a ~ b }}",
            "{{ not a }}",
            "{% if .x %}",
            "{{ range(end=3) }}",
            "{{ x.y is defined }}",
            "{{ a == b }}",
            "{{ [1, 2] }}",
            "{{ 'a' }}",
        ] {
            assert_eq!(tera(tag), None, "{tag}");
        }
    }
}
