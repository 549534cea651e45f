use super::*;

/// The tokens of a text with their texts, up to the end or an error.
fn tokens(text: &str) -> Vec<(TokenKind, String)> {
    let mut lexer = Lexer::new(text.as_bytes());
    let mut all = Vec::new();
    loop {
        let token = lexer.next_token();
        match token.kind {
            TokenKind::Eof => return all,
            TokenKind::Error => all.push((token.kind, lexer.error().unwrap().message().to_owned())),
            kind => all.push((kind, text[token.start as usize..token.end as usize].to_owned())),
        }
    }
}

fn last(text: &str) -> String {
    tokens(text).pop().expect("a token").1
}

#[test]
fn markers_trim_white_space() {
    assert_eq!(
        tokens("a \n{{- 3 -}}\n b"),
        [
            (TokenKind::Text, "a".into()),
            (TokenKind::LeftDelimiter, "{{".into()),
            (TokenKind::Number, "3".into()),
            (TokenKind::RightDelimiter, "}}".into()),
            (TokenKind::Text, "b".into())
        ]
    );
    assert_eq!(tokens("{{-3}}")[1], (TokenKind::Number, "-3".into()));
    assert_eq!(tokens("a{{- /* x */ -}} b").len(), 2);
}

#[test]
fn messages_are_those_of_go() {
    assert_eq!(last("{{ 3-}}"), "bad number syntax: \"3-\"");
    assert_eq!(last("{{ .a-b }}"), "bad character U+002D '-'");
    assert_eq!(last("{{/* a */ }}"), "comment ends before closing delimiter");
    assert_eq!(last("{{/* a"), "unclosed comment");
    assert_eq!(last("{{ \"a"), "unterminated quoted string");
    assert_eq!(last("{{ if"), "unclosed action");
    assert_eq!(last("{{ (1 }}"), "unclosed left paren");
    assert_eq!(last("{{ 12abc }}"), "bad number syntax: \"12a\"");
    assert_eq!(last("{{ \u{1} }}"), "unrecognized character in action: U+0001");
}

#[test]
fn identifiers_may_use_letters_and_digits_of_any_script() {
    assert_eq!(tokens("{{$h\u{e9}llo}}")[1], (TokenKind::Variable, "$h\u{e9}llo".into()));
    assert_eq!(tokens("{{.Values.1}}")[1], (TokenKind::Field, ".Values".into()));
}
