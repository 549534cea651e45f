//! What a part of a template would have done that was not run.

use std::collections::HashSet;

use crate::engine::gotpl::ast::{Children, Control, Node, NodeId, Parsed};
use crate::engine::gotpl::set::TemplateSet;
use crate::engine::gotpl::value::{Map, Text, Value};

/// Something that a part of a template does beside writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// It gives a variable from outside another value: the node of the variable.
    Assigns(NodeId),
    /// It changes a map.
    Changes(Change),
    /// It leaves a loop that is around it.
    Leaves,
    /// It calls a template: its name, and the node that names the data, where that is one of the same place.
    Calls(Text, Option<NodeId>),
}

/// A map that is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The node that names the map, or what it is a part of, where that is a value of the same place.
    pub map: Option<NodeId>,
    /// Whether it may be a part of it.
    pub is_part: bool,
    /// The key that is set or taken away, if it is known and the only one.
    pub key: Option<Text>,
}

/// The functions that change a map which they are given.
const CHANGING: [&str; 6] = ["set", "unset", "merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite"];

/// What a part of a template does beside writing.
pub fn effects(parsed: &Parsed, list: NodeId) -> Vec<Effect> {
    let mut found = Finder { parsed, effects: Vec::new(), declared: Vec::new() };
    found.node(list, Depth::default());
    found.effects
}

/// Where a node is within the part.
#[derive(Clone, Copy, Default)]
struct Depth {
    in_loop: bool,
    /// Whether the dot is another one there.
    in_other_dot: bool,
}

struct Finder<'a> {
    parsed: &'a Parsed,
    effects: Vec<Effect>,
    /// The variables that the part declares, by the numbers of their names, with what they hold.
    declared: Vec<(u32, Holds)>,
}

/// What a variable holds.
#[derive(Clone, Copy)]
enum Holds {
    /// Something that was made there.
    New,
    /// What a node names, or a part of it.
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
        self.node(control.pipe, outside);
        if let Node::Pipe { variables, commands, assigns: false } = self.parsed.node(control.pipe) {
            self.declare(variables, commands, outside);
        }
        self.node(control.list, inside);
        if let Some(otherwise) = control.otherwise {
            self.node(otherwise, outside);
        }
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
                let data = call.pipe.and_then(|pipe| self.only_operand(pipe));
                let data = data.filter(|data| self.names_something(*data, depth));
                self.effects.push(Effect::Calls(self.parsed.name(call.name).clone(), data));
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
                if !assigns {
                    self.declare(variables, commands, depth);
                }
            }
            Node::Command(operands) => self.command(operands, depth),
            Node::Chain { of, .. } => self.node(of, depth),
            _ => {}
        }
    }

    fn command(&mut self, operands: Children, depth: Depth) {
        self.nodes(operands, depth);
        let Some((&first, arguments)) = self.parsed.children(operands).split_first() else { return };
        let Node::Identifier { function } = self.parsed.node(first) else { return };
        let name = (self.parsed.function_names)(function);
        if CHANGING.contains(&name) {
            let holds = arguments.first().map_or(Holds::New, |argument| self.holds(*argument, depth));
            let map = match holds {
                Holds::New => return,
                Holds::PartOf(node) => Some(node),
                Holds::Unknown => None,
            };
            let key = arguments.get(1).filter(|_| matches!(name, "set" | "unset"));
            let key = key.and_then(|key| match self.parsed.node(*key) {
                Node::String(text) => Some(self.parsed.string(text).clone()),
                _ => None,
            });
            let is_part = map != arguments.first().copied();
            self.effects.push(Effect::Changes(Change { map, is_part, key }));
        } else if name == "include"
            && let Some(&template) = arguments.first()
            && let Node::String(text) = self.parsed.node(template)
        {
            let data = arguments.get(1).copied().filter(|data| self.names_something(*data, depth));
            self.effects.push(Effect::Calls(self.parsed.string(text).clone(), data));
        }
    }

    /// Keeps what variables hold that are declared with a pipeline.
    fn declare(&mut self, variables: Children, commands: Children, depth: Depth) {
        let holds = match self.parsed.children(commands).last() {
            Some(&command) => self.command_holds(command, depth),
            None => Holds::Unknown,
        };
        for &variable in self.parsed.children(variables) {
            if let Node::Variable(variable, _) = self.parsed.node(variable) {
                self.declared.push((variable.name, holds));
            }
        }
    }

    /// What the value of a node is.
    fn holds(&self, id: NodeId, depth: Depth) -> Holds {
        match self.parsed.node(id) {
            Node::Variable(variable, _) => {
                let own = self.declared.iter().rev().find(|(name, _)| *name == variable.name);
                own.map_or(Holds::PartOf(id), |(_, holds)| *holds)
            }
            Node::Dot | Node::Field(_) if !depth.in_other_dot => Holds::PartOf(id),
            Node::Pipe { commands, .. } => match self.parsed.children(commands).last() {
                Some(&command) => self.command_holds(command, depth),
                None => Holds::Unknown,
            },
            _ => Holds::Unknown,
        }
    }

    fn command_holds(&self, command: NodeId, depth: Depth) -> Holds {
        /// These give their first argument, or a part of it.
        const OF_FIRST: [&str; 6] = ["index", "get", "first", "last", "set", "unset"];
        /// These give one of their arguments, or a part of one.
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
        let Node::Command(operands) = self.parsed.node(command) else { return Holds::Unknown };
        let [first, arguments @ ..] = self.parsed.children(operands) else { return Holds::Unknown };
        let Node::Identifier { function } = self.parsed.node(*first) else { return self.holds(*first, depth) };
        let name = (self.parsed.function_names)(function);
        if OF_FIRST.contains(&name) || CHANGING.contains(&name) {
            return arguments.first().map_or(Holds::Unknown, |argument| self.holds(*argument, depth));
        }
        // Everything else makes a new value.
        if OF_ANY.contains(&name) || matches!(name, "values" | "pluck" | "concat" | "append") {
            return Holds::Unknown;
        }
        Holds::New
    }

    /// Whether a node names a value of the place where the part begins.
    fn names_something(&self, id: NodeId, depth: Depth) -> bool {
        matches!(self.holds(id, depth), Holds::PartOf(node) if node == id)
    }

    /// The only operand of a pipeline.
    fn only_operand(&self, pipe: NodeId) -> Option<NodeId> {
        let Node::Pipe { commands, .. } = self.parsed.node(pipe) else { return None };
        let [command] = self.parsed.children(commands) else { return None };
        let Node::Command(operands) = self.parsed.node(*command) else { return None };
        let [operand] = self.parsed.children(operands) else { return None };
        Some(*operand)
    }
}

/// Whether a template, or one that it calls, changes a map that it did not make.
pub fn changes_maps(set: &TemplateSet, name: &Text) -> bool {
    let mut seen = HashSet::new();
    let mut rest = vec![name.clone()];
    while let Some(name) = rest.pop() {
        let Some(template) = set.get(&name).filter(|_| seen.insert(name)) else { continue };
        for effect in effects(&template.parsed, template.root) {
            match effect {
                Effect::Changes(_) => return true,
                Effect::Calls(name, _) => rest.push(name),
                Effect::Assigns(_) | Effect::Leaves => {}
            }
        }
    }
    false
}

/// What templates would do to the values that they are given.
pub struct Changed {
    /// Maps that they might change, or of which they might change a part.
    pub maps: Vec<(Value, Change)>,
    /// Whether they might change others, too.
    pub is_unknown: bool,
}

/// What a template, or one that it calls, would change of the data that it would be given: `None` where that is not known.
pub fn changes_of(set: &TemplateSet, name: &Text, data: Option<&Value>) -> Changed {
    let mut changed = Changed { maps: Vec::new(), is_unknown: false };
    let mut seen = HashSet::new();
    let mut rest: Vec<(Text, Option<Value>)> = vec![(name.clone(), data.cloned())];
    while let Some((name, data)) = rest.pop() {
        let identity = data.as_ref().and_then(Value::as_map).map_or(0, Map::identity);
        if !seen.insert((name.clone(), identity)) {
            continue;
        }
        let Some(template) = set.get(&name) else { continue };
        let parsed = &template.parsed;
        for effect in effects(parsed, template.root) {
            match effect {
                Effect::Changes(change) => match change.map.and_then(|node| part_of(parsed, node, data.as_ref())) {
                    Some(map) => changed.maps.push((map, change)),
                    None => changed.is_unknown |= change.map.is_none() || data.is_none(),
                },
                Effect::Calls(name, node) => {
                    let inner = node.and_then(|node| part_of(parsed, node, data.as_ref()));
                    rest.push((name, inner));
                }
                Effect::Assigns(_) | Effect::Leaves => {}
            }
        }
    }
    changed
}

/// The part of the data of a template that a node names: `.a.b`, `$`, `$.a`.
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
