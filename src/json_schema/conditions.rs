//! Checks the keywords that combine schemas, the dynamic references, and `unevaluated...`.

use super::costs::MEMBERS_A_STEP;
use super::evaluate::Evaluation;
use super::instance::{Instance, View};
use super::place::Place;
use super::shape::Step;
use super::uri::{percent_decode, split_fragment};
use super::violation::Violations;
use super::wording::count;
use crate::yaml::{Map, Node};

impl<'s> Evaluation<'_, 's, '_> {
    pub(super) fn check_conditions(&mut self) {
        if let Some(negation) = self.keywords.negation
            && self.same(negation, true).is_ok()
        {
            self.fail(|| "'not' failed".to_owned());
        }
        self.check_all_of();
        self.check_any_of();
        self.check_one_of();
        let Some(condition) = self.keywords.condition else { return };
        let branch = match self.same(condition, true) {
            Ok(()) => self.keywords.consequence,
            Err(_) => self.keywords.alternative,
        };
        if let Some(branch) = branch {
            let finding = self.same(branch, false);
            self.add(finding);
        }
    }

    fn check_all_of(&mut self) {
        let mut reasons = Violations::default();
        for schema in schemas(self.keywords.all_of) {
            if let Err(reason) = self.same(schema, false) {
                reasons.push(*reason);
            }
            if self.quiet && !reasons.is_empty() || self.session.is_stopped() {
                break;
            }
        }
        if !reasons.is_empty() {
            self.fail_combination(reasons, || "'allOf' failed".to_owned());
        }
    }

    fn check_any_of(&mut self) {
        let mut reasons = Violations::default();
        let mut matched = false;
        for schema in schemas(self.keywords.any_of) {
            if self.session.is_stopped() {
                break;
            }
            match self.same(schema, false) {
                Err(reason) => reasons.push(*reason),
                Ok(()) => {
                    matched = true;
                    // The other branches matter only if someone needs to know which members are unevaluated.
                    if !self.unevaluated.contains(&true) {
                        break;
                    }
                }
            }
        }
        if matched {
            self.forget(&reasons);
        } else if !schemas(self.keywords.any_of).is_empty() {
            self.fail_combination(reasons, || "'anyOf' failed".to_owned());
        }
    }

    fn check_one_of(&mut self) {
        let branches = schemas(self.keywords.one_of);
        let mut reasons = Violations::default();
        let mut matched = None;
        for (number, schema) in branches.iter().enumerate() {
            if self.session.is_stopped() {
                break;
            }
            match (self.same(schema, matched.is_some()), matched) {
                (Err(reason), None) => reasons.push(*reason),
                (Err(_), Some(_)) => {}
                (Ok(()), None) => matched = Some(number),
                (Ok(()), Some(first)) => {
                    self.forget(&reasons);
                    return self
                        .fail(|| format!("'oneOf' failed, subschemas {}, {} matched", count(first), count(number)));
                }
            }
        }
        if matched.is_some() {
            self.forget(&reasons);
        } else if !branches.is_empty() {
            self.fail_combination(reasons, || "'oneOf' failed, none matched".to_owned());
        }
    }

    pub(super) fn check_dynamic_references(&mut self) {
        if let Some(reference) = self.keywords.recursive_reference
            && let Some(target) = self.target(reference)
        {
            let target = if target.resource.is_recursive { self.outermost_recursive(target) } else { target };
            let finding = self.follow(Some(target), "$recursiveRef");
            self.add(finding);
        }
        if let Some(reference) = self.keywords.dynamic_reference
            && let Some(target) = self.target(reference)
        {
            let target = self.outermost_dynamic(reference, target);
            let finding = self.follow(Some(target), "$dynamicRef");
            self.add(finding);
        }
    }

    /// Returns the root of the outermost resource in the dynamic scope with `$recursiveAnchor` (2019-09 Core, 8.2.4.2).
    fn outermost_recursive(&self, target: Place<'s>) -> Place<'s> {
        let outermost = self.outermost(|place| place.resource.is_recursive);
        outermost.and_then(|place| place.resource_root()).unwrap_or(target)
    }

    /// Returns the outermost schema in the dynamic scope with the same `$dynamicAnchor` (2020-12 Core, 8.2.3.2).
    fn outermost_dynamic(&self, reference: &Node, target: Place<'s>) -> Place<'s> {
        let Some(name) = reference.value.as_str().and_then(|text| percent_decode(split_fragment(text).1)) else {
            return target;
        };
        let declared = target.node.value.as_map().and_then(|map| map.get("$dynamicAnchor")?.value.as_str());
        if name.is_empty() || declared != Some(name.as_str()) {
            return target;
        }
        let anchor = |place: Place<'s>| place.resource.anchors.get(&name).filter(|anchor| anchor.is_dynamic);
        let outermost = self.outermost(|place| anchor(place).is_some());
        let found = outermost.and_then(|place| Place::root(place.document).descend(&anchor(place)?.path));
        found.unwrap_or(target)
    }

    /// Returns the outermost place that satisfies `is_meant`, among the schemas that led here.
    fn outermost(&self, is_meant: impl Fn(Place<'s>) -> bool) -> Option<Place<'s>> {
        let mut outermost: Option<Place<'s>> = None;
        let mut frame = Some(self.frame);
        let mut passed = 0;
        while let Some(current) = frame {
            // Most schemas are in the same resource as those that led to them.
            let is_known = outermost.is_some_and(|place| std::ptr::eq(place.resource, current.place.resource));
            if !is_known && is_meant(current.place) {
                outermost = Some(current.place);
            }
            frame = current.parent;
            passed += 1;
        }
        let path = outermost.map_or(0, |place| place.resource.path.len());
        self.charge((passed + path) / MEMBERS_A_STEP);
        outermost
    }

    pub(super) fn check_unevaluated(&mut self) {
        match self.instance.view {
            View::Map(map) => {
                if let Some(schema) = self.keywords.unevaluated_properties {
                    self.check_unevaluated_properties(map, schema);
                }
            }
            View::List(items) => {
                if let Some(schema) = self.keywords.unevaluated_items {
                    for (number, _) in
                        std::mem::take(&mut self.unevaluated).into_iter().enumerate().filter(|(_, left)| *left)
                    {
                        if self.is_decided() {
                            break;
                        }
                        let finding = self.member(schema, Instance::from(&items[number]), Step::Index(number));
                        self.add(finding);
                    }
                }
            }
            _ => {}
        }
    }

    fn check_unevaluated_properties(&mut self, map: &Map, schema: &'s Node) {
        let unevaluated = std::mem::take(&mut self.unevaluated);
        let mut found = Vec::new();
        for ((name, node), _) in map.iter().zip(unevaluated).filter(|(_, left)| *left) {
            if self.is_decided() || self.quiet && !found.is_empty() {
                break;
            }
            let finding = self.member(schema, Instance::from(node), Step::Key(name));
            self.keep(&mut found, name, finding);
        }
        self.add_sorted(found);
    }
}

fn schemas(keyword: Option<&Node>) -> &[Node] {
    keyword.and_then(|keyword| keyword.value.as_list()).unwrap_or_default()
}
