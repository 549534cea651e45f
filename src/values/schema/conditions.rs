//! The keywords that combine schemas, those that refer to one found on the way, and what is left over.

use super::evaluate::Evaluation;
use super::instance::{Instance, View};
use super::place::Place;
use super::shape::Step;
use super::uri::{percent_decode, split_fragment};
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
        let mut reasons = Vec::new();
        for schema in schemas(self.keywords.all_of) {
            reasons.extend(self.same(schema, false).err().map(|reason| *reason));
            if self.quiet && !reasons.is_empty() {
                break;
            }
        }
        if !reasons.is_empty() {
            self.fail_because(reasons, || "'allOf' failed".to_owned());
        }
    }

    fn check_any_of(&mut self) {
        let mut reasons = Vec::new();
        let mut matched = false;
        for schema in schemas(self.keywords.any_of) {
            match self.same(schema, false) {
                Err(reason) => reasons.push(*reason),
                Ok(()) => {
                    matched = true;
                    // What the other branches look at counts only if somebody asks what is left.
                    if !self.unevaluated.contains(&true) {
                        break;
                    }
                }
            }
        }
        if !matched && !schemas(self.keywords.any_of).is_empty() {
            self.fail_because(reasons, || "'anyOf' failed".to_owned());
        }
    }

    fn check_one_of(&mut self) {
        let branches = schemas(self.keywords.one_of);
        let mut reasons = Vec::new();
        let mut matched = None;
        for (number, schema) in branches.iter().enumerate() {
            match (self.same(schema, matched.is_some()), matched) {
                (Err(reason), None) => reasons.push(*reason),
                (Err(_), Some(_)) => {}
                (Ok(()), None) => matched = Some(number),
                (Ok(()), Some(first)) => {
                    return self
                        .fail(|| format!("'oneOf' failed, subschemas {}, {} matched", count(first), count(number)));
                }
            }
        }
        if matched.is_none() && !branches.is_empty() {
            self.fail_because(reasons, || "'oneOf' failed, none matched".to_owned());
        }
    }

    pub(super) fn check_dynamic_references(&mut self) {
        if let Some(reference) = self.keywords.recursive_reference
            && let Some(target) = self.registry.target(reference)
        {
            let target = if target.resource.is_recursive { self.outermost_recursive(target) } else { target };
            let finding = self.follow(Some(target), "$recursiveRef");
            self.add(finding);
        }
        if let Some(reference) = self.keywords.dynamic_reference
            && let Some(target) = self.registry.target(reference)
        {
            let target = self.outermost_dynamic(reference, target);
            let finding = self.follow(Some(target), "$dynamicRef");
            self.add(finding);
        }
    }

    /// The outermost resource of the dynamic scope with `$recursiveAnchor` (2019-09 Core, 8.2.4.2).
    fn outermost_recursive(&self, target: Place<'s>) -> Place<'s> {
        let mut outermost = target;
        let mut frame = Some(self.frame);
        while let Some(current) = frame {
            if current.place.resource.is_recursive {
                outermost = current.place.resource_root().unwrap_or(outermost);
            }
            frame = current.parent;
        }
        outermost
    }

    /// The outermost schema of the dynamic scope with the same `$dynamicAnchor` (2020-12 Core, 8.2.3.2).
    fn outermost_dynamic(&self, reference: &Node, target: Place<'s>) -> Place<'s> {
        let Some(name) = reference.value.as_str().and_then(|text| percent_decode(split_fragment(text).1)) else {
            return target;
        };
        let declared = target.node.value.as_map().and_then(|map| map.get("$dynamicAnchor")?.value.as_str());
        if name.is_empty() || declared != Some(name.as_str()) {
            return target;
        }
        let mut outermost = target;
        let mut frame = Some(self.frame);
        while let Some(current) = frame {
            let anchor = current.place.resource.anchors.get(&name).filter(|anchor| anchor.is_dynamic);
            if let Some(anchor) = anchor {
                outermost = Place::root(current.place.document).descend(&anchor.path).unwrap_or(outermost);
            }
            frame = current.parent;
        }
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
            let finding = self.member(schema, Instance::from(node), Step::Key(name));
            found.extend(finding.err().map(|violation| (name, violation)));
        }
        self.add_sorted(found);
    }
}

fn schemas(keyword: Option<&Node>) -> &[Node] {
    keyword.and_then(|keyword| keyword.value.as_list()).unwrap_or_default()
}
