//! Detects charts that seem to be written in Tera but do not declare it.

use super::Chart;
use super::engine_kind::EngineKind;
use super::file::Template;
use crate::diagnostic::{Diagnostic, Span};

/// The words that begin a Tera tag.
const TERA_TAGS: [&str; 9] = ["if", "for", "set", "set_global", "include", "import", "extends", "block", "macro"];

/// The texts that begin a Go template action, apart from fields and variables.
const GO_ACTIONS: [&str; 9] = ["/*", "if ", "range ", "with ", "define ", "end", "include ", "template ", "block "];

impl Chart {
    /// Returns a warning for every chart in the tree that declares no engine but has Tera templates.
    pub fn undeclared_tera_charts(&self) -> Vec<Diagnostic> {
        let of_subcharts = self.subcharts.iter().flat_map(Chart::undeclared_tera_charts);
        self.undeclared_tera().into_iter().chain(of_subcharts).collect()
    }

    fn undeclared_tera(&self) -> Option<Diagnostic> {
        let is_named = self.metadata.place("engine") != Span::generated();
        if self.engine() != EngineKind::GoTemplate || is_named {
            return None;
        }
        let place = self.templates.iter().find_map(tera_tag)?;
        let message = format!(
            "{} looks like a Tera template, but Chart.yaml of {} sets no engine: it is parsed as a Go template",
            place.source().map(|source| source.name().to_owned()).unwrap_or_default(),
            self.metadata.name
        );
        let warning = Diagnostic::warning("engine-not-named", message).at(place, "a Tera tag");
        Some(warning.help("for a chart in Tera, add `engine: tera` to Chart.yaml"))
    }
}

/// Returns the first Tera tag in a template without Go template actions.
fn tera_tag(template: &Template) -> Option<Span> {
    let text = template.source.text();
    // All templates are searched: `%` is rarer than `{`, and a single byte is found faster than two.
    let percents = memchr::memchr_iter(b'%', text.as_bytes()).filter_map(|at| at.checked_sub(1));
    let start = percents.filter(|&at| text.as_bytes()[at] == b'{').find(|&at| {
        let word = text[at + 2..].trim_start_matches('-').trim_start();
        TERA_TAGS.iter().any(|tag| word.strip_prefix(tag).is_some_and(|rest| rest.starts_with([' ', '\t', '\n'])))
    })?;
    let end = text[start..].find("%}").map_or(start + 2, |length| start + length + 2);
    (!has_go_actions(text)).then(|| template.source.span(start..end))
}

fn has_go_actions(text: &str) -> bool {
    text.match_indices("{{").any(|(at, _)| {
        let inner = text[at + 2..].trim_start_matches('-').trim_start();
        inner.starts_with(['.', '$']) || GO_ACTIONS.iter().any(|action| inner.starts_with(action))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    fn tag(text: &str) -> Option<String> {
        let template = Template { path: "templates/a.yaml".into(), source: Source::file("templates/a.yaml", text) };
        tera_tag(&template).map(|span| span.text().to_owned())
    }

    #[test]
    fn tera_tags_are_found_in_templates_without_go_actions() {
        assert_eq!(tag("{{ Values.a }}\n{%- if Values.b %}x{% endif %}").unwrap(), "{%- if Values.b %}");
        assert_eq!(tag("{% for x in y %}{{ x | upper }}{% endfor %}").unwrap(), "{% for x in y %}");
        assert_eq!(tag("{% set\n a = 1 %}").unwrap(), "{% set\n a = 1 %}");
    }

    #[test]
    fn go_templates_with_tera_tags_in_text_are_not_reported() {
        assert_eq!(tag("{{- range .Values.x }}{% if a %}{{ end }}"), None);
        assert_eq!(tag("a: {{ .Release.Name }} # {% if a %}"), None);
        assert_eq!(tag("curl -w '%{http_code}' {%iffy%} {% else"), None);
    }
}
