//! Checks the keywords for maps.

use super::costs::MEMBERS_A_STEP;
use super::draft::Draft;
use super::evaluate::Evaluation;
use super::instance::{Instance, View};
use super::number::keyword_as_count;
use super::path::Path;
use super::shape::Step;
use super::violation::Violation;
use super::wording::{count, quote, quote_all};
use crate::diagnostic::nearest;
use crate::yaml::{Map, Node, Value};

/// The maximum number of disallowed names that are compared with the allowed ones.
const MAX_HINTS: usize = 20;

impl<'s> Evaluation<'_, 's, '_> {
    pub(super) fn check_object(&mut self, map: &Map) {
        let size = map.len();
        if let Some(least) = keyword_as_count(self.keywords.min_properties).filter(|&least| size < least) {
            self.fail(|| format!("minProperties: got {}, want {}", count(size), count(least)));
        }
        if let Some(most) = keyword_as_count(self.keywords.max_properties).filter(|&most| size > most) {
            self.fail(|| format!("maxProperties: got {}, want {}", count(size), count(most)));
        }
        if let Some(required) = self.keywords.required {
            self.check_required(map, required);
        }
        if self.is_decided() {
            return;
        }
        self.check_dependencies(map);
        self.check_properties(map);
        if self.draft == Draft::Draft4 {
            return;
        }
        self.check_property_names(map);
        self.check_dependents(map);
    }

    fn check_required(&mut self, map: &Map, required: &Node) {
        let missing = self.missing(map, required);
        if missing.is_empty() {
            return;
        }
        self.fail(|| {
            let noun = if missing.len() == 1 { "property" } else { "properties" };
            format!("missing {noun} {}", quote_all(missing))
        });
    }

    fn check_dependencies(&mut self, map: &Map) {
        let Some(dependencies) = self.keywords.dependencies.and_then(|node| node.value.as_map()) else { return };
        self.charge(dependencies.len() / MEMBERS_A_STEP);
        let mut found = Vec::new();
        for (name, dependency) in dependencies.iter().filter(|(name, _)| map.get(name).is_some()) {
            let finding = match &dependency.value {
                Value::List(_) => self.check_dependent_names(map, name, dependency),
                _ => self.same(dependency, false),
            };
            self.keep(&mut found, name, finding);
        }
        self.add_sorted(found);
    }

    fn check_dependent_names(&self, map: &Map, name: &str, required: &Node) -> Result<(), Box<Violation>> {
        let missing = self.missing(map, required);
        if missing.is_empty() {
            return Ok(());
        }
        Err(self.violation(|| format!("properties {} required, if {} exists", quote_all(missing), quote(name))))
    }

    fn check_properties(&mut self, map: &Map) {
        let members = |node: Option<&'s Node>| node.and_then(|node| node.value.as_map());
        let properties = members(self.keywords.properties);
        let patterns = members(self.keywords.pattern_properties);
        let additional = self.keywords.additional_properties;
        if properties.is_none() && patterns.is_none() && additional.is_none() {
            return;
        }
        self.charge(map.len() / MEMBERS_A_STEP);
        let mut found = Vec::new();
        let mut refused = Vec::new();
        for (number, (name, entry)) in map.entries().enumerate() {
            if self.is_decided() || self.quiet && !(found.is_empty() && refused.is_empty()) {
                break;
            }
            let member = Instance::from(&entry.node);
            let mut known = false;
            if let Some(schema) = properties.and_then(|properties| properties.get(name)) {
                known = true;
                let finding = self.member(schema, member, Step::Key(name));
                self.keep(&mut found, name, finding);
            }
            for (pattern, schema) in patterns.into_iter().flat_map(Map::iter) {
                if self.matches(pattern, name) {
                    known = true;
                    let finding = self.member(schema, member, Step::Key(name));
                    self.keep(&mut found, name, finding);
                }
            }
            match additional {
                Some(additional) if !known => {
                    known = true;
                    match additional.value.as_bool() {
                        Some(true) => {}
                        Some(false) => refused.push((name, entry.key.clone())),
                        None => {
                            let finding = self.member(additional, member, Step::Key(name));
                            self.keep(&mut found, name, finding);
                        }
                    }
                }
                _ => {}
            }
            if known && let Some(unevaluated) = self.unevaluated.get_mut(number) {
                *unevaluated = false;
            }
        }
        self.add_sorted(found);
        if !refused.is_empty() {
            refused.sort_by_key(|(name, _)| *name);
            let (names, culprits): (Vec<&str>, Vec<_>) = refused.into_iter().unzip();
            let mut violation =
                self.violation(|| format!("additional properties {} not allowed", quote_all(names.iter().copied())));
            if !violation.message.is_empty() {
                violation.culprits = culprits;
                violation.help = names.iter().take(MAX_HINTS).find_map(|name| {
                    let near = nearest(name, properties?.keys())?;
                    Some(format!("did you mean {} instead of {}?", quote(near), quote(name)))
                });
            }
            self.violations.push(*violation);
        }
    }

    /// Returns the names in a list that a map lacks.
    fn missing<'n>(&self, map: &Map, names: &'n Node) -> Vec<&'n str> {
        let names = names.value.as_list().unwrap_or_default();
        self.charge(names.len() / MEMBERS_A_STEP);
        names.iter().filter_map(|name| name.value.as_str()).filter(|name| map.get(name).is_none()).collect()
    }

    /// Checks `propertyNames`. Helm gives these violations no place: they are all `at ''`.
    fn check_property_names(&mut self, map: &Map) {
        let Some(schema) = self.keywords.property_names else { return };
        let mut found = Vec::new();
        for (name, entry) in map.entries() {
            let instance = Instance { view: View::Text(name), span: &entry.key };
            let Err(reason) = self.member_at(schema, instance, &Path::Root, self.quiet) else { continue };
            if self.quiet || self.session.is_stopped() {
                return self.violations.push(*reason);
            }
            if reason.is_omitted() {
                let omitted = reason.omitted.saturating_add(1);
                self.violations.push(Violation::omitted(omitted));
                continue;
            }
            let omitted = if reason.is_group { reason.omitted } else { 0 };
            let children = if reason.is_group { reason.children } else { vec![*reason] };
            let message = format!("invalid propertyName {}", quote(name));
            let violation =
                Violation { message, instance_span: entry.key.clone(), children, omitted, ..Violation::default() };
            self.session.budget().list(&violation);
            found.push((name, Box::new(violation)));
        }
        self.add_sorted(found);
    }

    fn check_dependents(&mut self, map: &Map) {
        let members = |node: Option<&'s Node>| node.and_then(|node| node.value.as_map());
        let of_dependents = [self.keywords.dependent_schemas, self.keywords.dependent_required];
        let count: usize = of_dependents.into_iter().filter_map(members).map(Map::len).sum();
        self.charge(count / MEMBERS_A_STEP);
        let mut found = Vec::new();
        for (name, schema) in members(self.keywords.dependent_schemas).into_iter().flat_map(Map::iter) {
            if map.get(name).is_some() {
                let finding = self.same(schema, false);
                self.keep(&mut found, name, finding);
            }
        }
        self.add_sorted(found);
        let mut found = Vec::new();
        for (name, required) in members(self.keywords.dependent_required).into_iter().flat_map(Map::iter) {
            if map.get(name).is_some() {
                let finding = self.check_dependent_names(map, name, required);
                self.keep(&mut found, name, finding);
            }
        }
        self.add_sorted(found);
    }
}
