//! Searches the texts of templates for the keys of values, which takes much less time than finding all mentions in them.

use memchr::memmem::Finder;

use super::switches::switches;
use crate::chart::Chart;
use crate::values::{Step, ValuePath};
use crate::yaml::{Map, Node, Value};

/// Whether [`Mentions::names`](super::Mentions::names) may be true for a value. `false` is certain: no template of the
/// chart, of its subcharts or among its values contains the value's last key. `true` means that only finding all mentions
/// can tell.
pub fn may_be_named(chart: &Chart, values: &Map, path: &ValuePath) -> bool {
    let mut last = "";
    for step in path.steps() {
        match step {
            Step::Key(key) => last = key,
            // Mentions have no items of lists.
            Step::Item(_) => return false,
        }
    }
    let searched = Searched(Finder::new(last));
    switches(chart).iter().flat_map(|switches| &switches.values).any(|value| path.is_prefix_of(value))
        || searched.is_in_chart(chart, last)
        || searched.is_in_values(values)
}

struct Searched<'k>(Finder<'k>);

impl Searched<'_> {
    /// Whether a chart, enabled or not, has the key in its name or in a template.
    fn is_in_chart(&self, chart: &Chart, key: &str) -> bool {
        chart.metadata.name == key
            || chart.templates.iter().any(|template| self.is_in_template(template.source.bytes()))
            || chart.subcharts.iter().any(|subchart| self.is_in_chart(subchart, key))
            || chart.switched_off.iter().any(|switched_off| {
                switched_off.dependency.key() == key
                    || switched_off.charts.iter().any(|chart| self.is_in_chart(chart, key))
            })
    }

    /// Whether a string among the values is a template with the key.
    fn is_in_values(&self, values: &Map) -> bool {
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

    /// Whether a template contains the key as a field or as a quoted string, which may have escape sequences.
    fn is_in_template(&self, text: &[u8]) -> bool {
        let begins = |at: usize| at.checked_sub(1).is_some_and(|before| matches!(text[before], b'.' | b'"' | b'`'));
        self.0.find_iter(text).any(begins) || has_escaped_characters(text)
    }
}

/// Whether a text may contain a character written by its number, as in `"\u0061"`.
fn has_escaped_characters(text: &[u8]) -> bool {
    let mut escapes = memchr::memchr_iter(b'\\', text);
    escapes.any(|at| matches!(text.get(at + 1), Some(b'x' | b'u' | b'U' | b'0'..=b'7')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Template;
    use crate::diagnostic::Source;

    fn is_found(template: &str, values: &str, path: &str) -> bool {
        let source = Source::file("t.yaml", template);
        let mut chart = Chart::default();
        chart.templates.push(Template { path: "templates/t.yaml".to_owned(), source });
        let values = crate::yaml::read_values(&Source::file("v.yaml", values)).unwrap();
        may_be_named(&chart, &values, &ValuePath::parse(&Source::flag("KEY", path)).unwrap())
    }

    #[test]
    fn a_key_is_found_wherever_a_template_may_name_it() {
        for template in ["{{ .Values.a.key }}", "{{ index .Values \"a\" `key` }}", "{{ .key }}", "{{ \"\\u006bey\" }}"]
        {
            assert!(is_found(template, "{}", "a.key"), "{template}");
        }
        assert!(is_found("", "text: '{{ .Values.a.key }}'", "a.key"));
    }

    #[test]
    fn a_key_that_no_template_can_name_is_not_found() {
        for template in ["", "key: {{ .Values.a }}", "{{ .Values.a.monkey }}"] {
            assert!(!is_found(template, "text: .key", "a.key"), "{template}");
        }
        assert!(!is_found("{{ range .Values.a }}{{ .key }}{{ end }}", "{}", "a[0].key"));
    }
}
