//! Finds the effects that an untaken part of a template would have had.

use super::computed::Computed;
use crate::engine::gotpl::ast::{Children, Control, Node, NodeId, Parsed};
use crate::engine::gotpl::value::Text;

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

/// Whether a template seems to change an object, because it passes one to such a function. One that it passes through a variable
/// of its own is not noticed.
pub fn seems_to_change_objects(parsed: &Parsed) -> bool {
    let is_object = |id: &NodeId| match parsed.node(*id) {
        Node::Field(_) => true,
        Node::Variable(variable, fields) => variable.name == 0 && !fields.is_empty(),
        _ => false,
    };
    let changes_object = |operands: &[NodeId]| {
        parsed.called_function(operands).is_some_and(|name| CHANGING.contains(&name))
            && operands.get(1).is_some_and(is_object)
    };
    parsed.nodes().any(|node| matches!(node, Node::Command(operands) if changes_object(parsed.children(operands))))
}

/// The effects of a part of a template other than its output.
pub(super) fn effects(parsed: &Parsed, list: NodeId) -> Vec<Effect> {
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
struct AssignedValue {
    /// The number of its name.
    name: u32,
    /// The possible values.
    values: Vec<KnownValue>,
    /// Whether it was declared outside of the part, so it may still hold its old value.
    is_assigned: bool,
}

/// The value of a variable.
#[derive(Clone, Copy, PartialEq)]
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
            for value in self.values_of(map, depth) {
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
        let values = self.values_of_commands(commands, depth);
        for &variable in self.parsed.children(variables) {
            if let Node::Variable(variable, _) = self.parsed.node(variable) {
                self.variables.push(AssignedValue { name: variable.name, values: values.clone(), is_assigned });
            }
        }
    }

    /// The possible values of a node.
    fn values_of(&self, id: NodeId, depth: Depth) -> Vec<KnownValue> {
        match self.parsed.node(id) {
            Node::Variable(variable, _) => {
                let mut all = Vec::new();
                for assigned in self.variables.iter().rev().filter(|assigned| assigned.name == variable.name) {
                    all.extend(&assigned.values);
                    if !assigned.is_assigned {
                        return few(all);
                    }
                }
                all.push(KnownValue::PartOf(id));
                few(all)
            }
            Node::Dot | Node::Field(_) if !depth.in_other_dot => vec![KnownValue::PartOf(id)],
            Node::Pipe { commands, .. } => self.values_of_commands(commands, depth),
            Node::Nil | Node::Bool(_) | Node::Number(_) | Node::String(_) => vec![KnownValue::New],
            // A function without arguments, as in `.labels | default dict`.
            Node::Identifier { .. } => vec![KnownValue::New],
            _ => vec![KnownValue::Unknown],
        }
    }

    fn values_of_commands(&self, commands: Children, depth: Depth) -> Vec<KnownValue> {
        let commands = self.parsed.children(commands).iter();
        let value = commands.fold(None, |piped, &command| Some(self.values_of_command(command, piped, depth)));
        value.unwrap_or_else(|| vec![KnownValue::Unknown])
    }

    /// The possible results of a command whose last argument is `piped`.
    fn values_of_command(&self, command: NodeId, piped: Option<Vec<KnownValue>>, depth: Depth) -> Vec<KnownValue> {
        /// Functions that return their first argument or a part of it.
        const OF_FIRST: [&str; 6] = ["index", "get", "first", "last", "set", "unset"];
        /// Functions that return any of their arguments, a part of one, or a list of parts.
        const OF_ANY: [&str; 10] =
            ["default", "coalesce", "ternary", "dig", "required", "list", "values", "pluck", "concat", "append"];
        let operands = self.parsed.operands(command);
        let [first, arguments @ ..] = operands else { return vec![KnownValue::Unknown] };
        let Some(name) = self.parsed.called_function(operands) else { return self.values_of(*first, depth) };
        let of_first = OF_FIRST.contains(&name) || CHANGING.contains(&name);
        match arguments.first() {
            Some(argument) if of_first => self.values_of(*argument, depth),
            None if of_first => piped.unwrap_or_else(|| vec![KnownValue::Unknown]),
            _ if OF_ANY.contains(&name) => {
                let written = arguments.iter().flat_map(|argument| self.values_of(*argument, depth));
                few(written.chain(piped.into_iter().flatten()).collect())
            }
            // Any other function creates a new value.
            _ => vec![KnownValue::New],
        }
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
        matches!(self.values_of(id, depth)[..], [KnownValue::PartOf(node)] if node == id)
    }
}

/// Removes duplicates. Too many values count as unknown, so that expressions cannot multiply them.
fn few(values: Vec<KnownValue>) -> Vec<KnownValue> {
    const MAX: usize = 8;
    let mut few: Vec<KnownValue> = Vec::new();
    for value in values {
        if !few.contains(&value) {
            few.push(value);
        }
    }
    if few.len() > MAX || few.contains(&KnownValue::Unknown) { vec![KnownValue::Unknown] } else { few }
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
