//! Checks the keywords for lists.

use super::costs::COMPARED_A_STEP;
use super::draft::Draft;
use super::evaluate::Evaluation;
use super::instance::{Instance, duplicates};
use super::number::keyword_as_count;
use super::shape::Step;
use super::violation::Violations;
use super::wording::count;
use crate::yaml::Node;

impl<'s> Evaluation<'_, 's, '_> {
    pub(super) fn check_array(&mut self, items: &[Node]) {
        let size = items.len();
        if let Some(least) = keyword_as_count(self.keywords.min_items).filter(|&least| size < least) {
            self.fail(|| format!("minItems: got {}, want {}", count(size), count(least)));
        }
        if let Some(most) = keyword_as_count(self.keywords.max_items).filter(|&most| size > most) {
            self.fail(|| format!("maxItems: got {}, want {}", count(size), count(most)));
        }
        if self.keywords.unique_items.is_some_and(|unique| unique.value.as_bool() == Some(true))
            && let Some((first, second)) = self.duplicates(items)
        {
            self.fail(|| format!("items at {} and {} are equal", count(first), count(second)));
        }
        if self.draft >= Draft::Draft2020 {
            self.check_items_after_prefix(items);
        } else {
            self.check_items(items);
        }
        if let Some(schema) = self.keywords.contains {
            self.check_contains(items, schema);
        }
    }

    /// Returns the indices of the first two equal items.
    fn duplicates(&self, items: &[Node]) -> Option<(usize, usize)> {
        let mut charged = 0;
        duplicates(items, &mut |work| {
            let steps = work / COMPARED_A_STEP;
            let more = steps - charged;
            charged = steps;
            self.charge(more)
        })
    }

    fn check_each(&mut self, items: &[Node], first: usize, mut schema: impl FnMut(usize) -> Option<&'s Node>) {
        for (number, item) in items.iter().enumerate().skip(first) {
            let Some(schema) = schema(number) else { break };
            let finding = self.member(schema, Instance::from(item), Step::Index(number));
            self.add(finding);
            if self.is_decided() {
                break;
            }
        }
    }

    /// Checks `prefixItems` and `items` of 2020-12.
    fn check_items_after_prefix(&mut self, items: &[Node]) {
        let prefix = self.keywords.prefix_items.and_then(|prefix| prefix.value.as_list()).unwrap_or_default();
        self.check_each(items, 0, |number| prefix.get(number));
        if let Some(schema) = self.keywords.items {
            self.check_each(items, prefix.len(), |_| Some(schema));
        }
    }

    /// Checks `items` and `additionalItems` of the earlier drafts.
    fn check_items(&mut self, items: &[Node]) {
        let Some(schema) = self.keywords.items else { return };
        let Some(prefix) = schema.value.as_list() else {
            return self.check_each(items, 0, |_| Some(schema));
        };
        self.check_each(items, 0, |number| prefix.get(number));
        let Some(additional) = self.keywords.additional_items else { return };
        match additional.value.as_bool() {
            Some(true) => {}
            Some(false) if items.len() > prefix.len() => {
                let number = count(items.len() - prefix.len());
                self.fail(|| format!("last {number} additionalItem(s) not allowed"));
            }
            Some(false) => {}
            None => self.check_each(items, prefix.len(), |_| Some(additional)),
        }
    }

    fn check_contains(&mut self, items: &[Node], schema: &'s Node) {
        let mut reasons = Violations::default();
        let mut matched = Vec::new();
        for (number, item) in items.iter().enumerate() {
            if self.session.is_stopped() {
                return;
            }
            match self.member(schema, Instance::from(item), Step::Index(number)) {
                Err(reason) => reasons.push(*reason),
                Ok(()) => {
                    matched.push(number);
                    if self.draft >= Draft::Draft2020
                        && let Some(unevaluated) = self.unevaluated.get_mut(number)
                    {
                        *unevaluated = false;
                    }
                }
            }
        }
        let places = |matched: &[usize]| matched.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
        match keyword_as_count(self.keywords.min_contains) {
            None if matched.is_empty() => {
                self.fail_because(reasons, || "no items match contains schema".to_owned());
            }
            Some(least) if matched.len() < least => self.fail_because(reasons, || {
                let least = count(least);
                if matched.is_empty() {
                    format!("min {least} items required to match contains schema, but none matched")
                } else {
                    let (found, at) = (count(matched.len()), places(&matched));
                    format!("min {least} items required to match contains schema, but matched {found} items at {at}")
                }
            }),
            _ => self.forget(&reasons),
        }
        if let Some(most) = keyword_as_count(self.keywords.max_contains).filter(|&most| matched.len() > most) {
            self.fail(|| {
                let (most, found, at) = (count(most), count(matched.len()), places(&matched));
                format!("max {most} items required to match contains schema, but matched {found} items at {at}")
            });
        }
    }
}
