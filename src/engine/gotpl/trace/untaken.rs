//! What a part of a template would have done that was not run.

use std::collections::HashSet;

use crate::engine::gotpl::ast::{Children, Control, Node, NodeId, Parsed};
use crate::engine::gotpl::set::TemplateSet;
use crate::engine::gotpl::value::Text;

/// Something that a part of a template does beside writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// It gives a variable from outside another value: the node of the variable.
    Assigns(NodeId),
    /// It changes a map: the node that names the map, where that is one of the same place.
    Changes(Option<NodeId>),
    /// It leaves a loop that is around it.
    Leaves,
    /// It calls a template: its name; unknown where that is not a text.
    Calls(Option<Text>),
}

/// The functions that change a map which they are given.
const CHANGING: [&str; 6] = ["set", "unset", "merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite"];

/// What a part of a template does beside writing.
pub fn effects(parsed: &Parsed, list: NodeId) -> Vec<Effect> {
    let mut found = Finder { parsed, effects: Vec::new() };
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
}

impl Finder<'_> {
    fn nodes(&mut self, nodes: Children, depth: Depth) {
        for &node in self.parsed.children(nodes) {
            self.node(node, depth);
        }
    }

    fn control(&mut self, control: Control, outside: Depth, inside: Depth) {
        self.node(control.pipe, outside);
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
                self.effects.push(Effect::Calls(Some(self.parsed.name(call.name).clone())));
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
            let container = arguments.first().copied().filter(|argument| match self.parsed.node(*argument) {
                Node::Variable(..) => true,
                Node::Dot | Node::Field(_) => !depth.in_other_dot,
                _ => false,
            });
            // A map that was just made is nobody's else.
            let is_new = arguments.first().is_some_and(|argument| self.is_made(*argument));
            if !is_new {
                self.effects.push(Effect::Changes(container));
            }
        } else if name == "include" {
            let template = arguments.first().and_then(|argument| match self.parsed.node(*argument) {
                Node::String(text) => Some(self.parsed.string(text).clone()),
                _ => None,
            });
            self.effects.push(Effect::Calls(template));
        }
    }

    /// Whether a node makes a new map: `(dict ...)`, `(deepCopy ...)`, or what `merge` gives of one.
    fn is_made(&self, id: NodeId) -> bool {
        let Node::Pipe { commands, .. } = self.parsed.node(id) else { return false };
        let Some(&last) = self.parsed.children(commands).last() else { return false };
        let Node::Command(operands) = self.parsed.node(last) else { return false };
        let [first, rest @ ..] = self.parsed.children(operands) else { return false };
        let Node::Identifier { function } = self.parsed.node(*first) else { return false };
        match (self.parsed.function_names)(function) {
            name if CHANGING.contains(&name) => rest.first().is_some_and(|argument| self.is_made(*argument)),
            "dict" | "deepCopy" | "mustDeepCopy" | "fromYaml" | "fromJson" | "pick" | "omit" | "include" | "tpl" => {
                true
            }
            _ => false,
        }
    }
}

/// Whether a template, or one that it calls, changes maps that it may have been given.
pub fn changes_data(set: &TemplateSet, name: &Text) -> bool {
    let mut seen = HashSet::new();
    let mut rest = vec![name.clone()];
    while let Some(name) = rest.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let Some(template) = set.get(&name) else { continue };
        for effect in effects(&template.parsed, template.root) {
            match effect {
                Effect::Changes(Some(node)) => match template.parsed.node(node) {
                    // Most variables hold maps that the template makes itself.
                    Node::Variable(variable, _) if variable.name != 0 => {}
                    _ => return true,
                },
                Effect::Changes(None) => return true,
                Effect::Calls(Some(name)) => rest.push(name),
                _ => {}
            }
        }
    }
    false
}
