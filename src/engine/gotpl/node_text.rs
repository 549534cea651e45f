//! Writes nodes back as Go does, for the `<...>` in errors.

use super::ast::{Children, Control, Fields, Node, NodeId, Parsed};
use crate::go::strconv::quote_double;

/// Longer texts are cut: Go writes the whole node, which may be as large as the template.
const MAX_LENGTH: usize = 1 << 16;

/// A part that is still to be written.
enum Part {
    Node(NodeId),
    Text(&'static str),
    Fields(Fields),
}

/// Returns a node as Go writes it back.
pub fn node_text(parsed: &Parsed, id: NodeId) -> String {
    let mut out: Vec<u8> = Vec::new();
    let mut rest = vec![Part::Node(id)];
    while let Some(part) = rest.pop() {
        if out.len() > MAX_LENGTH {
            break;
        }
        match part {
            Part::Text(text) => out.extend_from_slice(text.as_bytes()),
            Part::Fields(fields) => write_fields(parsed, fields, &mut out),
            Part::Node(id) => write_node(parsed, id, &mut out, &mut rest),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn write_fields(parsed: &Parsed, fields: Fields, out: &mut Vec<u8>) {
    out.extend_from_slice(parsed.fields_text(fields));
}

fn write_node(parsed: &Parsed, id: NodeId, out: &mut Vec<u8>, rest: &mut Vec<Part>) {
    // `rest` is a stack, so the parts are pushed in reverse order.
    match parsed.node(id) {
        Node::Text { end } => out.extend_from_slice(parsed.text(id, end)),
        Node::Action { pipe } => rest.extend([Part::Text("}}"), Part::Node(pipe), Part::Text("{{")]),
        Node::If(control) => write_control("{{if ", control, rest),
        Node::With(control) => write_control("{{with ", control, rest),
        Node::Range(control) => write_control("{{range ", control, rest),
        Node::Break => out.extend_from_slice(b"{{break}}"),
        Node::Continue => out.extend_from_slice(b"{{continue}}"),
        Node::Template(call) => {
            out.extend_from_slice(b"{{template ");
            out.extend_from_slice(quote_double(&parsed.name(call.name).lossy()).as_bytes());
            rest.push(Part::Text("}}"));
            rest.extend(call.pipe.into_iter().flat_map(|pipe| [Part::Node(pipe), Part::Text(" ")]));
        }
        Node::List(children) => rest.extend(parsed.children(children).iter().rev().map(|&id| Part::Node(id))),
        Node::Pipe { variables, commands, assigns } => {
            separated(parsed, commands, " | ", rest);
            if !variables.is_empty() {
                rest.push(Part::Text(if assigns { " = " } else { " := " }));
                separated(parsed, variables, ", ", rest);
            }
        }
        Node::Command(arguments) => {
            for (index, &id) in parsed.children(arguments).iter().enumerate().rev() {
                operand(parsed, id, rest);
                if index > 0 {
                    rest.push(Part::Text(" "));
                }
            }
        }
        Node::Field(fields) => write_fields(parsed, fields, out),
        Node::Variable(variable, fields) => {
            out.extend_from_slice(parsed.variable_name(variable.name));
            write_fields(parsed, fields, out);
        }
        Node::Chain { receiver, fields } => {
            rest.push(Part::Fields(fields));
            operand(parsed, receiver, rest);
        }
        Node::Identifier { function } => out.extend_from_slice((parsed.function_names)(function).as_bytes()),
        Node::Dot => out.push(b'.'),
        Node::Nil => out.extend_from_slice(b"nil"),
        Node::Bool(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
        Node::Number(number) => out.extend_from_slice(parsed.number_text(number)),
        Node::String(string) => out.extend_from_slice(parsed.string_text(string)),
    }
}

fn write_control(start: &'static str, control: Control, rest: &mut Vec<Part>) {
    rest.push(Part::Text("{{end}}"));
    rest.extend(control.else_list.into_iter().flat_map(|list| [Part::Node(list), Part::Text("{{else}}")]));
    rest.extend([Part::Node(control.list), Part::Text("}}"), Part::Node(control.pipe), Part::Text(start)]);
}

fn separated(parsed: &Parsed, children: Children, separator: &'static str, rest: &mut Vec<Part>) {
    for (index, &id) in parsed.children(children).iter().enumerate().rev() {
        rest.push(Part::Node(id));
        if index > 0 {
            rest.push(Part::Text(separator));
        }
    }
}

/// Pushes an argument. A pipeline is put in parentheses.
fn operand(parsed: &Parsed, id: NodeId, rest: &mut Vec<Part>) {
    if matches!(parsed.node(id), Node::Pipe { .. }) {
        rest.extend([Part::Text(")"), Part::Node(id), Part::Text("(")]);
    } else {
        rest.push(Part::Node(id));
    }
}
