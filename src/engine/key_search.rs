//! Searches the texts of templates for the keys of a value, which takes much less time than finding all mentions in them.

use memchr::memmem::Finder;

use super::gotpl::string_literals;
use super::switches::switches;
use crate::chart::Chart;
use crate::values::{Step, ValuePath};
use crate::yaml::{Map, Node, Value};

/// Whether [`Mentions::names`](super::Mentions::names) may be true for a value. `false` is certain: nothing that may be a
/// template contains all keys of the value, and no subchart is enabled by it. `true` means that all mentions must be found to
/// know.
pub fn may_be_named(chart: &Chart, values: &Map, path: &ValuePath) -> bool {
    // Mentions have no items of lists.
    if path.steps().iter().any(|step| matches!(step, Step::Item(_))) {
        return false;
    }
    if switches(chart).iter().flat_map(|switches| &switches.values).any(|value| path.is_prefix_of(value)) {
        return true;
    }
    Searched::exactly(chart, path).is_none_or(|searched| searched.is_in_chart(chart) || searched.is_in_values(values))
}

/// Whether templates can only write a key as it is. Quotes and control characters are escaped in strings, and U+FFFD stands for
/// bytes that are not UTF-8.
fn is_plain(key: &str) -> bool {
    !key.chars().any(|c| c.is_control() || matches!(c, '\\' | '"' | '`' | '\u{fffd}'))
}

/// Adds the names of a chart's subcharts, enabled or not.
fn add_names<'c>(chart: &'c Chart, names: &mut Vec<&'c str>) {
    for subchart in &chart.subcharts {
        names.push(&subchart.metadata.name);
        add_names(subchart, names);
    }
    for switched_off in &chart.switched_off {
        names.push(switched_off.dependency.key());
        for chart in &switched_off.charts {
            names.push(&chart.metadata.name);
            add_names(chart, names);
        }
    }
}

/// Searches for the keys of a value.
pub(super) struct Searched<'k>(Vec<Finder<'k>>);

impl<'k> Searched<'k> {
    /// Searches for the keys of a value, except for those that may be the name of a subchart: its own templates do not name
    /// it. `None` if a key may be written in many ways.
    pub(super) fn exactly(chart: &Chart, path: &'k ValuePath) -> Option<Searched<'k>> {
        let keys =
            path.steps().iter().filter_map(|step| if let Step::Key(key) = step { Some(key.as_str()) } else { None });
        if !keys.clone().all(is_plain) {
            return None;
        }
        let mut charts = Vec::new();
        add_names(chart, &mut charts);
        Some(Searched(keys.filter(|key| !charts.contains(key)).map(Finder::new).collect()))
    }

    /// Keeps only the first key. All templates that mention a part of the value, or a map that contains it, contain this key.
    pub(super) fn only_first(mut self) -> Searched<'k> {
        self.0.truncate(1);
        self
    }

    /// Whether a template of a chart, enabled or not, or of its subcharts may name the value.
    fn is_in_chart(&self, chart: &Chart) -> bool {
        chart.templates.iter().any(|template| self.is_in_template(template.source.bytes()))
            || self.is_in_subcharts(chart)
    }

    /// Whether a template of a subchart, enabled or not, contains the keys. If another chart calls it, it names a value of that
    /// chart.
    pub(super) fn is_in_subcharts(&self, chart: &Chart) -> bool {
        chart.subcharts.iter().any(|subchart| self.is_in_chart(subchart))
            || chart
                .switched_off
                .iter()
                .flat_map(|switched_off| &switched_off.charts)
                .any(|chart| self.is_in_chart(chart))
    }

    /// Whether a string among the values is a template that may name the value.
    pub(super) fn is_in_values(&self, values: &Map) -> bool {
        let mut rest: Vec<&Node> = values.iter().map(|(_, node)| node).collect();
        while let Some(node) = rest.pop() {
            match &node.value {
                Value::Map(map) => rest.extend(map.iter().map(|(_, node)| node)),
                Value::List(items) => rest.extend(items),
                Value::String(text) if text.contains("{{") && self.is_in_template(text.as_bytes()) => return true,
                _ => {}
            }
        }
        false
    }

    /// Whether a template contains all keys as fields or as strings.
    pub(super) fn is_in_template(&self, text: &[u8]) -> bool {
        let begins = |at: usize| at.checked_sub(1).is_some_and(|before| matches!(text[before], b'.' | b'"' | b'`'));
        self.0.iter().all(|key| key.find_iter(text).any(begins)) || has_rewritten_characters(text)
    }
}

/// Whether a string in a template may contain characters that are written in another way.
fn has_rewritten_characters(text: &[u8]) -> bool {
    // Scripts and regular expressions in the text between actions contain such escape sequences too.
    may_be_rewritten(text) && string_literals(text).is_none_or(|literals| literals.into_iter().any(may_be_rewritten))
}

/// Whether a text may contain characters that are written by their number, as in `"\u0061"`, or with carriage returns between them,
/// which Go ignores in raw strings.
fn may_be_rewritten(text: &[u8]) -> bool {
    let mut escapes = memchr::memchr_iter(b'\\', text);
    escapes.any(|at| matches!(text.get(at + 1), Some(b'x' | b'u' | b'U' | b'0'..=b'7')))
        || memchr::memchr(b'\r', text).is_some_and(|_| memchr::memchr(b'`', text).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Dependency, SwitchedOff, Template};
    use crate::diagnostic::Source;

    fn is_found(template: &str, values: &str, path: &str) -> bool {
        let source = Source::file("t.yaml", template);
        let mut chart = Chart::default();
        chart.templates.push(Template { path: "templates/t.yaml".to_owned(), source });
        let values = crate::yaml::read_values(&Source::file("v.yaml", values)).unwrap();
        may_be_named(&chart, &values, &ValuePath::parse(&Source::flag("KEY", path)).unwrap())
    }

    #[test]
    fn a_value_is_found_wherever_a_template_may_name_it() {
        for template in [
            "{{ .Values.a.key }}",
            "{{ index .Values \"a\" `key` }}",
            "{{ .a }}{{ .key }}",
            "{{ index .Values \"a\" \"\\u006bey\" }}",
            "{{ index .Values.a `k\rey` }}",
            "{{ tpl `{{ index .Values \"a\" \"\\u006bey\" }}` . }}",
            "{{ index .Values \"a\" \"\\u006bey\" ",
        ] {
            assert!(is_found(template, "{}", "a.key"), "{template}");
        }
        assert!(is_found("", "text: '{{ .Values.a.key }}'", "a.key"));
        for key in ["a.say\"hi", "a.win\\\\path", "a.tab\tkey", "a.k\u{fffd}ey"] {
            assert!(is_found("", "{}", key), "{key}");
        }
    }

    #[test]
    fn a_value_that_no_template_can_name_is_not_found() {
        let between_actions = "{{ .Values.b }} sed 's/\\x41//' \r `{{ .Values.c }}`";
        for template in ["", "key: {{ .Values.a }}", "{{ .Values.a.monkey }}", "{{ .key }}", between_actions] {
            assert!(!is_found(template, "text: .a.key", "a.key"), "{template}");
        }
        assert!(!is_found("{{ range .Values.a }}{{ .key }}{{ end }}", "{}", "a[0].key"));
    }

    #[test]
    fn values_of_subcharts_are_found_in_templates_that_do_not_name_the_subchart() {
        let template = |text: &str| Template { path: "templates/t.yaml".to_owned(), source: Source::file("t", text) };
        let mut db = Chart::default();
        db.metadata.name = "db".to_owned();
        db.templates.push(template("{{ .Values.port }}"));
        let found = |chart: &Chart, path: &str| {
            may_be_named(chart, &Map::new(), &ValuePath::parse(&Source::flag("KEY", path)).unwrap())
        };
        let mut chart = Chart::default();
        chart.subcharts.push(db.clone());
        assert!(found(&chart, "db.port") && found(&chart, "db") && !found(&chart, "db.host"));
        let name = "db".to_owned();
        let dependency = Dependency { name, condition: "cache.enabled".to_owned(), ..Dependency::default() };
        let chart = Chart {
            switched_off: vec![SwitchedOff { dependency, by: Vec::new(), charts: vec![db] }],
            ..Chart::default()
        };
        assert!(found(&chart, "db.port") && !found(&chart, "db.host"));
        assert!(found(&chart, "cache") && found(&chart, "cache.enabled") && !found(&chart, "cache.size"));
    }
}
