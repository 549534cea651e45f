//! Finds which values the templates of a tree of charts mention, including through the templates that they call.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::ast::{Origin, Parsed};
use super::functions;
use super::parse::parse;
use super::template_mentions::{TemplateMentions, of_text, template_text};
use crate::chart::{Chart, EngineKind};
use crate::diagnostic::{Source, Span};
use crate::engine::mentions::{Found, PassedValues};
use crate::engine::tree::Member;
use crate::go::utf8;
use crate::values::{Step, ValuePath};
use crate::yaml::{self, Map, Node};

/// How many mentions in templates of other charts are followed.
const MAX_FOREIGN_MENTIONS: usize = 500_000;

/// The templates of a tree of charts, and strings among its values that may be passed to `tpl`.
#[derive(Default)]
pub(super) struct TreeMentions {
    templates: Vec<Template>,
    /// The indices of the templates with a name.
    by_name: HashMap<String, Vec<usize>, ahash::RandomState>,
}

struct Template {
    /// The names of the subcharts from the root to its chart.
    names: Vec<String>,
    mentions: TemplateMentions,
}

impl TreeMentions {
    /// Adds a file of the chart that is reached by `names`.
    pub(super) fn add_file(&mut self, parsed: &Parsed, source: &Source, names: &[String]) {
        self.add(parsed, names, &|range| source.span(range));
    }

    /// Adds templates that a render with these values does not run as files: strings among the values, and the files of
    /// disabled subcharts.
    pub(super) fn add_members(&mut self, members: &[Member<'_>]) {
        for member in members {
            let names: Vec<String> = member.names.iter().map(|name| (*name).to_owned()).collect();
            self.add_values(member.values, &names);
            self.add_switched_off(member.chart, &names);
        }
    }

    fn add(&mut self, parsed: &Parsed, names: &[String], place: &dyn Fn(Range<usize>) -> Span) {
        for (tree, mentions) in parsed.trees.iter().zip(of_text(parsed, place)) {
            let name = utf8::to_text(&tree.name).into_owned();
            self.by_name.entry(name).or_default().push(self.templates.len());
            self.templates.push(Template { names: names.to_vec(), mentions });
        }
    }

    fn add_values(&mut self, values: &Map, names: &[String]) {
        let mut rest: Vec<&Node> = values.iter().map(|(_, node)| node).collect();
        while let Some(node) = rest.pop() {
            match &node.value {
                yaml::Value::Map(map) => rest.extend(map.iter().map(|(_, node)| node)),
                yaml::Value::List(items) => rest.extend(items),
                yaml::Value::String(text) if text.contains("{{") => {
                    if let Some(parsed) = template_text(text) {
                        self.add(&parsed, names, &|_| node.span.clone());
                    }
                }
                _ => {}
            }
        }
    }

    fn add_switched_off(&mut self, chart: &Chart, names: &[String]) {
        for switched_off in &chart.switched_off {
            let names: Vec<String> = names.iter().cloned().chain([switched_off.dependency.key().to_owned()]).collect();
            switched_off.charts.iter().for_each(|chart| self.add_chart(chart, &names));
        }
    }

    fn add_chart(&mut self, chart: &Chart, names: &[String]) {
        if chart.engine() == EngineKind::GoTemplate {
            for template in &chart.templates {
                let name = template.path.as_str().into();
                if let Ok(parsed) = parse(&name, Origin::File(template.source.clone()), functions::NAMES) {
                    self.add_file(&parsed, &template.source, names);
                }
            }
        }
        for subchart in &chart.subcharts {
            let names: Vec<String> = names.iter().cloned().chain([subchart.metadata.name.clone()]).collect();
            self.add_chart(subchart, &names);
        }
    }

    /// Returns the mentions of values in each chart, by its own templates and by those that they call.
    pub(super) fn finish(self) -> Found {
        let mut found = Found::default();
        let mut charts: Vec<&[String]> = Vec::new();
        let mut own: HashMap<&[String], Vec<usize>, ahash::RandomState> = HashMap::default();
        for (number, template) in self.templates.iter().enumerate() {
            own.entry(&template.names).or_insert_with(|| {
                charts.push(&template.names);
                Vec::new()
            });
            own.entry(&template.names).or_default().push(number);
        }
        for (keys, place) in self.templates.iter().flat_map(|template| &template.mentions.values) {
            if is_global(keys) {
                found.certain.push((ValuePath::new(steps(keys)), place.clone()));
            }
        }
        let mut mentions_left = MAX_FOREIGN_MENTIONS;
        for names in charts {
            let mut reached = own.get(names).cloned().unwrap_or_default();
            self.reach_called(&mut reached, names, &mut mentions_left);
            let mentions = || reached.iter().map(|number| &self.templates[*number].mentions);
            for (keys, place) in mentions().flat_map(|mentions| &mentions.values) {
                if !names.is_empty() || !is_global(keys) {
                    found.certain.push((ValuePath::new([steps(names), steps(keys)].concat()), place.clone()));
                }
            }
            if mentions().any(|mentions| mentions.passes_values_on) {
                found.passed_values.push(PassedValues {
                    names: steps(names),
                    keys: mentions().flat_map(|mentions| mentions.possible_keys.iter().cloned()).collect(),
                    uses_all: mentions().find_map(|mentions| mentions.uses_all.clone()),
                });
            }
        }
        found
    }

    /// Adds the templates of any chart that the reached templates call, directly or not.
    fn reach_called(&self, reached: &mut Vec<usize>, names: &[String], mentions_left: &mut usize) {
        let mut known: HashSet<usize, ahash::RandomState> = reached.iter().copied().collect();
        let mut at = 0;
        let mut has_all = false;
        while let Some(number) = reached.get(at) {
            at += 1;
            let mentions = &self.templates[*number].mentions;
            let called: Vec<usize> = if mentions.computes_calls && !std::mem::replace(&mut has_all, true) {
                self.by_name.values().flatten().copied().collect()
            } else {
                mentions.calls.iter().filter_map(|name| self.by_name.get(name)).flatten().copied().collect()
            };
            for number in called {
                let Template { names: of_template, mentions } = &self.templates[number];
                let size =
                    if of_template == names { 0 } else { 1 + mentions.values.len() + mentions.possible_keys.len() };
                if size <= *mentions_left && known.insert(number) {
                    *mentions_left -= size;
                    reached.push(number);
                }
            }
        }
        reached.sort_unstable();
    }
}

/// Whether the keys lead to a global value, which all charts share.
fn is_global(keys: &[String]) -> bool {
    keys.first().is_some_and(|first| first == "global")
}

fn steps(keys: &[String]) -> Vec<Step> {
    keys.iter().cloned().map(Step::Key).collect()
}
