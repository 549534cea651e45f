//! Masks lines of templates so that they can be shown beside their output.

use crate::secrets::{MASK, Secrets};

/// Masks a line of a template. If `is_secret`, its output is masked as well: then only its key and its actions are shown,
/// without the strings in them.
pub(super) fn template_text(line: &str, is_secret: bool, secrets: &Secrets) -> String {
    if !is_secret {
        return secrets.mask(line);
    }
    let first = line.find("{{").unwrap_or(line.len());
    let key = line[..first].find(':').map_or("", |end| &line[..end + 1]);
    let mut shown = key.to_owned();
    let mut rest = &line[key.len()..];
    let mut has_actions = false;
    while let Some(start) = rest.find("{{") {
        let end = rest[start..].find("}}").map_or(rest.len(), |end| start + end + 2);
        shown.push(' ');
        push_without_texts(&mut shown, &rest[start..end]);
        rest = &rest[end..];
        has_actions = true;
    }
    if !has_actions {
        shown.push(' ');
        shown.push_str(MASK);
    }
    shown.trim().to_owned()
}

/// Appends an action without the contents of its quoted strings.
fn push_without_texts(out: &mut String, action: &str) {
    let mut quote = None;
    let mut is_escaped = false;
    for c in action.chars() {
        match quote {
            None => {
                out.push(c);
                if matches!(c, '"' | '`' | '\'') {
                    quote = Some(c);
                }
            }
            Some(_) if is_escaped => is_escaped = false,
            Some('"' | '\'') if c == '\\' => is_escaped = true,
            Some(open) if c == open => {
                out.push('…');
                out.push(c);
                quote = None;
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_with_secrets_are_hidden() {
        let secret = |line| template_text(line, true, &Secrets::default());
        assert_eq!(secret("password: hunter2"), "password: (secret)");
        assert_eq!(secret("hunter2"), "(secret)");
        assert_eq!(secret("password: a{{ .Values.b | quote }}c"), "password: {{ .Values.b | quote }}");
        assert_eq!(secret(r#"p: {{ default "hun\"ter2" .a }}{{ `x` }}"#), "p: {{ default \"…\" .a }} {{ `…` }}");
        assert_eq!(secret("p: {{ default \"hunter2"), "p: {{ default \"");
        assert_eq!(secret("{{- include \"a\" . }}"), "{{- include \"…\" . }}");
        assert_eq!(template_text("a: {{ \"b\" }}", false, &Secrets::default()), "a: {{ \"b\" }}");
    }
}
