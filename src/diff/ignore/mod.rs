//! Decides which changes to ignore, by built-in rules and by rules of the user.
//!
//! A user's rule is `[KIND[,KIND...]:]PATH` or `[KIND[,KIND...]:]/REGEX/`. A path is written as in the output of a comparison
//! (`spec.template.spec.containers[name=web].image`) and covers the field with everything in it. A regular expression is searched
//! for in the path as it is printed.
//!
//! | file | content |
//! |---|---|
//! | `built_in` | rules for changes that come with every version of a chart |
//! | `pattern` | paths with wildcards |

mod built_in;
mod pattern;

use regex::{Regex, RegexBuilder};

use self::pattern::Pattern;
use super::compare::{Change, ChangeKind};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::kubernetes::{FieldPath, Id};
use crate::yaml::Value;

/// The maximum number of rules, because every change is compared with every rule.
const MAX_RULES: usize = 1000;
/// The depth to which added and removed maps are searched.
const DEEPEST: usize = 8;
/// The maximum size of a compiled regular expression, in bytes.
const MAX_REGEX_BYTES: usize = 1 << 20;

/// The rules of a comparison. The first rule that covers a change applies.
#[derive(Debug, Clone, Default)]
pub struct IgnoreRules {
    rules: Vec<Rule>,
    /// The path of the file of rules, and the number of rules in it.
    file: Option<(String, usize)>,
}

#[derive(Debug, Clone)]
struct Rule {
    /// The rule's name where ignored changes are counted.
    name: String,
    /// The kinds that it applies to, or all kinds if empty. Case does not matter.
    kinds: Vec<String>,
    covers: Covers,
}

#[derive(Debug, Clone)]
enum Covers {
    BuiltIn(built_in::BuiltIn),
    Path(Pattern),
    Regex(Regex),
}

impl IgnoreRules {
    /// Returns the built-in rules.
    pub fn built_in() -> IgnoreRules {
        let rule = |(name, rule): &(&str, built_in::BuiltIn)| Rule {
            name: (*name).to_owned(),
            kinds: Vec::new(),
            covers: Covers::BuiltIn(*rule),
        };
        IgnoreRules { rules: built_in::RULES.iter().map(rule).collect(), file: None }
    }

    /// Adds the rule at a place in a file or flag.
    ///
    /// # Errors
    /// The rule is invalid, or there are too many rules.
    pub fn add(&mut self, place: &Span) -> Result<(), Diagnostic> {
        if self.rules.len() >= MAX_RULES {
            return Err(refuse(place, format!("there are more than {MAX_RULES} ignore rules")));
        }
        self.rules.push(rule(place)?);
        Ok(())
    }

    /// Adds the rules of a file, one per line. Empty lines and lines that start with `#` are skipped.
    ///
    /// # Errors
    /// All lines that are not valid rules.
    pub fn add_file(&mut self, source: &Source) -> Result<(), Vec<Diagnostic>> {
        let mut errors = Vec::new();
        let mut count = 0;
        let mut start = 0;
        for line in source.text().split_inclusive('\n') {
            let text = line.trim();
            if !text.is_empty() && !text.starts_with('#') {
                let at = start + (line.len() - line.trim_start().len());
                match self.add(&source.span(at..at + text.len())) {
                    Ok(()) => count += 1,
                    Err(error) => errors.push(error),
                }
            }
            start += line.len();
        }
        self.file = Some((source.name().to_owned(), count));
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Returns rules that cover nothing, but still name the file.
    #[must_use]
    pub fn without_effect(self) -> IgnoreRules {
        IgnoreRules { rules: Vec::new(), ..self }
    }

    /// Returns the path of the file of rules, and the number of rules in it.
    pub fn file(&self) -> Option<(&str, usize)> {
        self.file.as_ref().map(|(path, count)| (path.as_str(), *count))
    }

    /// Returns the names of the rules.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.name.as_str())
    }

    /// Whether there are no rules.
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Returns the index of the rule that covers a change. An added or removed map is covered if a rule covers every entry in it;
    /// the index is that of the first entry.
    pub(super) fn covering(&self, id: &Id, change: &Change) -> Option<usize> {
        match &change.kind {
            ChangeKind::Added(value) | ChangeKind::Removed(value) => {
                self.covering_value(id, &change.path, value, DEEPEST)
            }
            ChangeKind::Changed(..) | ChangeKind::Reordered => self.of_path(id, &change.path, Some(&change.kind)),
        }
    }

    fn covering_value(&self, id: &Id, path: &FieldPath, value: &Value, depth: usize) -> Option<usize> {
        if let Some(rule) = self.of_path(id, path, None) {
            return Some(rule);
        }
        let map = value.as_map().filter(|map| !map.is_empty() && depth > 0)?;
        let mut rules = map.iter().map(|(key, node)| self.covering_value(id, &path.field(key), &node.value, depth - 1));
        let first = rules.next()??;
        rules.all(|rule| rule.is_some()).then_some(first)
    }

    fn of_path(&self, id: &Id, path: &FieldPath, kind: Option<&ChangeKind>) -> Option<usize> {
        let mut printed = None;
        self.rules.iter().position(|rule| {
            let is_kind = rule.kinds.is_empty() || rule.kinds.iter().any(|kind| id.kind.eq_ignore_ascii_case(kind));
            is_kind
                && match &rule.covers {
                    Covers::BuiltIn(rule) => rule.covers(path, kind),
                    Covers::Path(pattern) => pattern.covers(path),
                    Covers::Regex(regex) => regex.is_match(printed.get_or_insert_with(|| path.to_string())),
                }
        })
    }
}

const HELP: &str = "a rule is a path as printed by diff (spec.replicas, metadata.annotations[\"example.com/x\"], spec.template.spec.containers[*].image) or a regular expression (/checksum/), optionally preceded by the kinds that it applies to: Deployment,StatefulSet:spec.replicas";

fn refuse(place: &Span, message: String) -> Diagnostic {
    Diagnostic::error("ignore", message).at(place.clone(), "").help(HELP)
}

fn rule(place: &Span) -> Result<Rule, Diagnostic> {
    let text = place.text();
    let is_kind = |kind: &str| !kind.is_empty() && kind.chars().all(|c| c.is_ascii_alphanumeric());
    let (kinds, rest) = match text.split_once(':') {
        Some((kinds, rest)) if kinds.split(',').all(|kind| is_kind(kind.trim())) => {
            (kinds.split(',').map(|kind| kind.trim().to_owned()).collect(), rest.trim_start())
        }
        _ => (Vec::new(), text),
    };
    let covers = match rest.strip_prefix('/') {
        Some(regex) => {
            let Some(regex) = regex.strip_suffix('/').filter(|regex| !regex.is_empty()) else {
                return Err(refuse(place, format!("{text:?}: a regular expression must be enclosed in slashes")));
            };
            let compiled = RegexBuilder::new(regex).size_limit(MAX_REGEX_BYTES).build();
            Covers::Regex(compiled.map_err(|error| {
                let reason = error.to_string();
                let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                refuse(place, format!("{text:?}: {reason}"))
            })?)
        }
        None => Covers::Path(Pattern::parse(rest).map_err(|reason| refuse(place, format!("{text:?}: {reason}")))?),
    };
    Ok(Rule { name: text.to_owned(), kinds, covers })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(texts: &[&str]) -> IgnoreRules {
        let mut rules = IgnoreRules::default();
        for text in texts {
            rules.add(&Source::flag("--ignore", *text).whole()).unwrap();
        }
        rules
    }

    fn covers(rules: &IgnoreRules, object_kind: &str, path: &[&str], kind: ChangeKind) -> bool {
        let id = Id { kind: object_kind.to_owned(), ..Id::default() };
        rules
            .covering(&id, &Change { path: FieldPath::of_fields(path), kind, causes: Vec::new(), origin: None })
            .is_some()
    }

    fn changed() -> ChangeKind {
        ChangeKind::Changed(Value::Int(1), Value::Int(2))
    }

    fn added(text: &str) -> ChangeKind {
        ChangeKind::Added(Value::Map(crate::yaml::read_values(&Source::file("v", text)).unwrap()))
    }

    #[test]
    fn a_rule_can_be_limited_to_kinds() {
        let rules = rules(&["Deployment,statefulset: spec.replicas", "Job:/^spec\\.back/"]);
        assert!(covers(&rules, "StatefulSet", &["spec", "replicas"], changed()));
        assert!(!covers(&rules, "ReplicaSet", &["spec", "replicas"], changed()));
        assert!(covers(&rules, "Job", &["spec", "backoffLimit"], changed()));
        assert!(!covers(&rules, "Job", &["x", "spec.back"], changed()));
    }

    #[test]
    fn an_added_map_is_covered_if_all_its_fields_are() {
        let rules = rules(&["metadata.annotations.a", "metadata.annotations[\"example.com/b\"]"]);
        let covers = |text: &str| covers(&rules, "X", &["metadata", "annotations"], added(text));
        assert!(covers("{a: 1, example.com/b: 2}"));
        assert!(!covers("{a: 1, c: 2}"));
        assert!(!covers("{}"));
    }

    #[test]
    fn invalid_rules_are_refused() {
        let reason = |text: &str| rule(&Source::flag("--ignore", text).whole()).unwrap_err().message;
        assert_eq!(reason("/a"), "\"/a\": a regular expression must be enclosed in slashes");
        assert_eq!(reason("/(/"), "\"/(/\": unclosed group");
        assert_eq!(reason("a["), "\"a[\": '[' is not closed");
        assert_eq!(reason("Deployment:"), "\"Deployment:\": the path is missing");
        assert!(reason("/(a{1000}){1000}/").contains("size"), "{}", reason("/(a{1000}){1000}/"));
    }
}
