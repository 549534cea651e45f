//! Finds the effects that an untaken part of a template would have had.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::computed::Computed;
use crate::engine::gotpl::ast::{Children, Control, Node, NodeId, Parsed};
use crate::engine::gotpl::set::TemplateSet;
use crate::engine::gotpl::value::{Map, Text, Value};

/// An effect of a part of a template other than its output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// It assigns to a variable: the node of the variable.
    Assigns(NodeId),
    /// It changes a map.
    Changes(Change),
    /// It leaves a surrounding loop.
    Leaves,
    /// It calls a template: its name, and the data, if it can be computed where the part begins.
    Calls(Computed, Option<Computed>),
    /// It runs the text that a node names.
    Runs(NodeId),
}

/// A change to a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The node whose value is the map or contains it, if that has the same value where the part begins.
    pub map: Option<NodeId>,
    /// Whether the map may be only a part of that value.
    pub is_part: bool,
    /// The keys that are set or removed, if they are known.
    pub keys: Option<Vec<Text>>,
    /// Whether maps at these keys are changed in turn instead of being replaced.
    pub is_merge: bool,
}

/// The functions that change a map passed to them.
const CHANGING: [&str; 6] = ["set", "unset", "merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite"];

/// The effects of a part of a template other than its output.
fn effects(parsed: &Parsed, list: NodeId) -> Vec<Effect> {
    let mut found = Finder { parsed, effects: Vec::new(), variables: Vec::new() };
    found.node(list, Depth::default());
    found.effects
}

/// The surroundings of a node within the part.
#[derive(Clone, Copy, Default)]
struct Depth {
    in_loop: bool,
    /// Whether the dot differs from the one at the beginning of the part.
    in_other_dot: bool,
}

struct Finder<'a> {
    parsed: &'a Parsed,
    effects: Vec<Effect>,
    /// The variables that the part declares or assigns to, in order.
    variables: Vec<AssignedValue>,
}

/// A variable that the part sets.
#[derive(Clone, Copy)]
struct AssignedValue {
    /// The number of its name.
    name: u32,
    value: KnownValue,
    /// Whether it was declared outside of the part, so it may still hold its old value.
    is_assigned: bool,
}

/// The value of a variable.
#[derive(Clone, Copy)]
enum KnownValue {
    /// A new value, created in the part.
    New,
    /// The value of a node, or a part of it.
    PartOf(NodeId),
    Unknown,
}

impl Finder<'_> {
    fn nodes(&mut self, nodes: Children, depth: Depth) {
        for &node in self.parsed.children(nodes) {
            self.node(node, depth);
        }
    }

    fn control(&mut self, control: Control, outside: Depth, inside: Depth) {
        let before = self.variables.len();
        self.node(control.pipe, outside);
        self.node(control.list, inside);
        if let Some(else_list) = control.else_list {
            self.node(else_list, outside);
        }
        // Variables that were declared inside no longer exist.
        let after = self.variables.split_off(before);
        self.variables.extend(after.into_iter().filter(|assigned| assigned.is_assigned));
    }

    fn node(&mut self, id: NodeId, depth: Depth) {
        match self.parsed.node(id) {
            Node::Action { pipe } => self.node(pipe, depth),
            Node::List(nodes) => self.nodes(nodes, depth),
            Node::If(control) => self.control(control, depth, depth),
            Node::With(control) => self.control(control, depth, Depth { in_other_dot: true, ..depth }),
            Node::Range(control) => self.control(control, depth, Depth { in_loop: true, in_other_dot: true }),
            Node::Break | Node::Continue if !depth.in_loop => self.effects.push(Effect::Leaves),
            Node::Template(call) => {
                let name = Computed::Text(self.parsed.name(call.name).clone());
                let data = call.pipe.and_then(|pipe| self.computed(pipe, depth));
                self.effects.push(Effect::Calls(name, data));
                if let Some(pipe) = call.pipe {
                    self.node(pipe, depth);
                }
            }
            Node::Pipe { variables, commands, assigns } => {
                if assigns {
                    let assigned = self.parsed.children(variables).iter().map(|variable| Effect::Assigns(*variable));
                    self.effects.extend(assigned);
                }
                self.nodes(commands, depth);
                self.assign_variables(variables, commands, assigns, depth);
            }
            Node::Command(operands) => self.command(operands, depth),
            Node::Chain { receiver, .. } => self.node(receiver, depth),
            _ => {}
        }
    }

    fn command(&mut self, operands: Children, depth: Depth) {
        self.nodes(operands, depth);
        let operands = self.parsed.children(operands);
        let Some(name) = self.parsed.called_function(operands) else { return };
        let arguments = &operands[1..];
        if CHANGING.contains(&name) {
            let Some(&map) = arguments.first() else { return };
            let is_merge = !matches!(name, "set" | "unset");
            let keys = if is_merge { self.merged_keys(&arguments[1..]) } else { self.literals(arguments.get(1)) };
            for value in self.possible_values(map, depth) {
                let named = match value {
                    KnownValue::New => continue,
                    KnownValue::PartOf(node) => Some(node),
                    KnownValue::Unknown => None,
                };
                let is_part = named != Some(map);
                self.effects.push(Effect::Changes(Change { map: named, is_part, keys: keys.clone(), is_merge }));
            }
        } else if name == "include"
            && let Some(&template) = arguments.first()
            && let Some(callee) = self.computed(template, depth)
        {
            let data = arguments.get(1).and_then(|data| self.computed(*data, depth));
            self.effects.push(Effect::Calls(callee, data));
        } else if name == "tpl"
            && let Some(&text) = arguments.first()
            && self.names_something(text, depth)
        {
            self.effects.push(Effect::Runs(text));
        }
    }

    /// The strings, if all nodes are string literals.
    fn literals<'n>(&self, nodes: impl IntoIterator<Item = &'n NodeId>) -> Option<Vec<Text>> {
        let text = |node: &NodeId| self.parsed.string_literal(*node).cloned();
        nodes.into_iter().map(text).collect::<Option<Vec<Text>>>().filter(|keys| !keys.is_empty())
    }

    /// The keys of maps that are created where they are merged: `merge $ (dict "a" 1)`.
    fn merged_keys(&self, sources: &[NodeId]) -> Option<Vec<Text>> {
        let mut keys = Vec::new();
        for source in sources {
            let [command] = self.parsed.commands(*source) else { return None };
            let operands = self.parsed.operands(*command);
            if self.parsed.called_function(operands) != Some("dict") {
                return None;
            }
            keys.extend(self.literals(operands[1..].iter().step_by(2))?);
        }
        Some(keys).filter(|keys| !keys.is_empty())
    }

    /// Records the new values of the variables that a pipeline sets.
    fn assign_variables(&mut self, variables: Children, commands: Children, is_assigned: bool, depth: Depth) {
        let value = match self.parsed.children(commands).last() {
            Some(&command) => self.value_of_command(command, depth),
            None => KnownValue::Unknown,
        };
        for &variable in self.parsed.children(variables) {
            if let Node::Variable(variable, _) = self.parsed.node(variable) {
                self.variables.push(AssignedValue { name: variable.name, value, is_assigned });
            }
        }
    }

    /// The possible values of a node.
    fn possible_values(&self, id: NodeId, depth: Depth) -> Vec<KnownValue> {
        let Node::Variable(variable, _) = self.parsed.node(id) else { return vec![self.value_of(id, depth)] };
        let mut all = Vec::new();
        for assigned in self.variables.iter().rev().filter(|assigned| assigned.name == variable.name) {
            all.push(assigned.value);
            if !assigned.is_assigned {
                return all;
            }
        }
        all.push(KnownValue::PartOf(id));
        all
    }

    /// The value of a node.
    fn value_of(&self, id: NodeId, depth: Depth) -> KnownValue {
        match self.parsed.node(id) {
            Node::Variable(..) => match self.possible_values(id, depth)[..] {
                [only] => only,
                _ => KnownValue::Unknown,
            },
            Node::Dot | Node::Field(_) if !depth.in_other_dot => KnownValue::PartOf(id),
            Node::Pipe { commands, .. } => match self.parsed.children(commands).last() {
                Some(&command) => self.value_of_command(command, depth),
                None => KnownValue::Unknown,
            },
            _ => KnownValue::Unknown,
        }
    }

    fn value_of_command(&self, command: NodeId, depth: Depth) -> KnownValue {
        /// Functions that return their first argument or a part of it.
        const OF_FIRST: [&str; 6] = ["index", "get", "first", "last", "set", "unset"];
        /// Functions that return any of their arguments or a part of one.
        const OF_ANY: [&str; 10] = [
            "default",
            "coalesce",
            "ternary",
            "dig",
            "required",
            "merge",
            "mustMerge",
            "mergeOverwrite",
            "mustMergeOverwrite",
            "list",
        ];
        let operands = self.parsed.operands(command);
        let [first, arguments @ ..] = operands else { return KnownValue::Unknown };
        let Some(name) = self.parsed.called_function(operands) else { return self.value_of(*first, depth) };
        if OF_FIRST.contains(&name) || CHANGING.contains(&name) {
            return arguments.first().map_or(KnownValue::Unknown, |argument| self.value_of(*argument, depth));
        }
        // Any other function creates a new value.
        if OF_ANY.contains(&name) || matches!(name, "values" | "pluck" | "concat" | "append") {
            return KnownValue::Unknown;
        }
        KnownValue::New
    }

    /// How the value of a node is computed where the part begins; `None` if it is unknown there.
    fn computed(&self, id: NodeId, depth: Depth) -> Option<Computed> {
        match self.parsed.node(id) {
            Node::String(_) => self.parsed.string_literal(id).cloned().map(Computed::Text),
            Node::Bool(_) | Node::Number(_) => Some(Computed::NoMap),
            Node::Dot | Node::Field(_) | Node::Variable(..) => {
                self.names_something(id, depth).then_some(Computed::Node(id))
            }
            Node::Pipe { .. } => self.computed_by_pipe(id, depth),
            _ => None,
        }
    }

    fn computed_by_pipe(&self, pipe: NodeId, depth: Depth) -> Option<Computed> {
        /// Functions that return texts.
        const OF_TEXTS: [&str; 12] = [
            "include",
            "tpl",
            "print",
            "printf",
            "quote",
            "squote",
            "toString",
            "toYaml",
            "trunc",
            "trimSuffix",
            "lower",
            "upper",
        ];
        /// Loops can compute data very often.
        const MAX_ENTRIES: usize = 32;
        let (&last, before) = self.parsed.commands(pipe).split_last()?;
        let operands = self.parsed.operands(last);
        let Some(name) = self.parsed.called_function(operands) else {
            let [operand] = operands else { return None };
            return self.computed(*operand, depth).filter(|_| before.is_empty());
        };
        let arguments = &operands[1..];
        let joined = |texts: &[NodeId]| -> Option<Box<[Computed]>> {
            texts.iter().map(|text| self.computed(*text, depth)).collect()
        };
        let computed = match (name, arguments) {
            _ if !before.is_empty() => None,
            ("print", parts) => joined(parts).map(Computed::Joined),
            ("printf", [format, parts @ ..]) => {
                let (format, parts) = (self.parsed.string_literal(*format)?, joined(parts));
                parts.and_then(|parts| formatted(format, &parts)).map(Computed::Joined)
            }
            ("dict", entries) if entries.len() <= 2 * MAX_ENTRIES => {
                let entry = |entry: &[NodeId]| {
                    let [key, value] = entry else { return None };
                    Some((self.parsed.string_literal(*key)?.clone(), self.computed(*value, depth)?))
                };
                return entries.chunks(2).map(entry).collect::<Option<_>>().map(Computed::Map);
            }
            _ => None,
        };
        computed.or_else(|| OF_TEXTS.contains(&name).then_some(Computed::NoMap))
    }

    /// Whether a node has the same value where the part begins.
    fn names_something(&self, id: NodeId, depth: Depth) -> bool {
        matches!(self.value_of(id, depth), KnownValue::PartOf(node) if node == id)
    }
}

/// The parts that `printf` joins, if its format contains no verb but `%s`.
fn formatted(format: &Text, values: &[Computed]) -> Option<Box<[Computed]>> {
    let format = std::str::from_utf8(format).ok()?;
    let texts: Vec<&str> = format.split("%s").collect();
    if texts.len() != values.len() + 1 || texts.iter().any(|text| text.contains('%')) {
        return None;
    }
    let text = |text: &str| Computed::Text(text.into());
    let more = values.iter().zip(&texts[1..]).flat_map(|(value, after)| [value.clone(), text(after)]);
    Some(std::iter::once(text(texts[0])).chain(more).collect())
}

/// Whether a text may change maps if `tpl` runs it, since an action contains the name of such a function. Long texts
/// are not read and always may: loops can check them very often.
pub fn text_changes_maps(text: &[u8]) -> bool {
    const MAX_LENGTH: usize = 64 * 1024;
    if text.len() > MAX_LENGTH {
        return true;
    }
    // All the names contain one of these. Most texts contain neither, which is quick to find out.
    if !["set", "erge"].iter().any(|part| memchr::memmem::find(text, part.as_bytes()).is_some()) {
        return false;
    }
    let text = String::from_utf8_lossy(text);
    let mut actions = text.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap_or_default());
    actions.any(|action| action.split(|c: char| !c.is_alphanumeric()).any(|word| CHANGING.contains(&word)))
}

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
            for effect in self.effects(parsed, template.root).iter() {
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
