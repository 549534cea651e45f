//! The effects of parts of templates, computed once each, and followed through the templates that they call.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::computed::Computed;
use super::untaken::{Change, Effect, effects};
use crate::engine::gotpl::ast::{Node, NodeId, Parsed};
use crate::engine::gotpl::set::TemplateSet;
use crate::engine::gotpl::value::{Map, Text, Value};

/// The address of a text, and the index of a node in it.
type PartId = (usize, u32);

/// The text, kept so that its address is not reused, and the effects of the part.
type KnownPart = (Arc<Parsed>, Rc<[Effect]>);

/// The effects of parts of templates, computed once each.
#[derive(Default)]
pub struct KnownEffects {
    of_parts: HashMap<PartId, KnownPart, ahash::RandomState>,
    /// Whether a template changes maps, by its name.
    changing: HashMap<Text, bool, ahash::RandomState>,
}

impl KnownEffects {
    /// The effects of a part of a template other than its output.
    pub fn effects(&mut self, parsed: &Arc<Parsed>, list: NodeId) -> Rc<[Effect]> {
        let key = (Arc::as_ptr(parsed).addr(), list.0);
        let found = || (Arc::clone(parsed), effects(parsed, list).into());
        Rc::clone(&self.of_parts.entry(key).or_insert_with(found).1)
    }

    /// Whether a template may change a map that it did not create, directly or through templates that it calls.
    pub fn changes_maps(&mut self, set: &TemplateSet, name: &Text) -> bool {
        if let Some(known) = self.changing.get(name) {
            return *known;
        }
        let mut seen = HashSet::new();
        let mut rest = vec![name.clone()];
        while let Some(next) = rest.pop() {
            let is_known = self.changing.get(&next).copied();
            let changes = match (is_known, set.get(&next)) {
                (Some(known), _) => known,
                (None, Some(template)) if seen.insert(next) => {
                    let effects = self.effects(&template.parsed, template.root);
                    let called = effects.iter().filter_map(|effect| match effect {
                        Effect::Calls(Computed::Text(name), _) => Some(name.clone()),
                        _ => None,
                    });
                    rest.extend(called);
                    // The data determines which template has a computed name.
                    let may_change = |effect: &Effect| match effect {
                        Effect::Changes(_) => true,
                        Effect::Calls(name, _) => !matches!(name, Computed::Text(_)),
                        _ => false,
                    };
                    effects.iter().any(may_change)
                }
                _ => false,
            };
            if changes {
                self.changing.insert(name.clone(), true);
                return true;
            }
        }
        // Nothing that it calls changes a map either.
        self.changing.extend(seen.into_iter().map(|name| (name, false)));
        self.changing.insert(name.clone(), false);
        false
    }

    /// The changes that a template would make to its data, directly or through templates that it calls. `None` is unknown data.
    pub fn changes_of(&mut self, set: &TemplateSet, name: &Text, data: Option<&Value>) -> Changed {
        /// A template that calls itself with a new map each time would never end.
        const MAX_CALLS: usize = 200;
        let mut changed = Changed::default();
        // The data is kept, since maps are identified by their addresses.
        let mut seen: HashMap<(Text, usize), Option<Value>, ahash::RandomState> = HashMap::default();
        let mut rest: Vec<(Text, Option<Value>)> = vec![(name.clone(), data.cloned())];
        while let Some((name, data)) = rest.pop() {
            let identity = data.as_ref().and_then(Value::as_map).map_or(0, Map::identity);
            if !self.changes_maps(set, &name) || seen.insert((name.clone(), identity), data.clone()).is_some() {
                continue;
            }
            if seen.len() > MAX_CALLS {
                changed.is_unknown = true;
                break;
            }
            let Some(template) = set.get(&name) else { continue };
            let parsed = &template.parsed;
            let named = |node: NodeId| part_of(parsed, node, data.as_ref());
            let effects = self.effects(parsed, template.root);
            changed.steps += 1 + effects.len() as u64;
            for effect in effects.iter() {
                match effect {
                    Effect::Changes(change) => match change.map.and_then(named) {
                        Some(map) => changed.maps.push((map, change.clone())),
                        None => changed.is_unknown |= change.map.is_none() || data.is_none(),
                    },
                    Effect::Calls(name, inner) => {
                        if let Some(Value::Str(name)) = name.value(&named) {
                            rest.push((name, inner.as_ref().and_then(|inner| inner.value(&named))));
                        }
                    }
                    Effect::Assigns(_) | Effect::Leaves | Effect::Runs(_) => {}
                }
            }
        }
        changed
    }
}

/// The changes that templates would make to the data passed to them.
#[derive(Default)]
pub struct Changed {
    /// Maps that they might change, entirely or in a part.
    pub maps: Vec<(Value, Change)>,
    /// Whether they might change other maps too.
    pub is_unknown: bool,
    /// The steps that it took to find out.
    pub steps: u64,
}

/// The part of a template's data that a node names: `.a.b`, `$`, `$.a`.
fn part_of(parsed: &Parsed, node: NodeId, data: Option<&Value>) -> Option<Value> {
    let fields = match parsed.node(node) {
        Node::Dot => return data.cloned(),
        Node::Field(fields) => fields,
        Node::Variable(variable, fields) if variable.name == 0 => fields,
        _ => return None,
    };
    let mut value = data?.clone();
    for name in parsed.fields(fields) {
        value = value.as_map()?.get(name)?;
    }
    Some(value)
}
