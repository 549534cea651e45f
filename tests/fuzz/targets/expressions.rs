//! Parses and evaluates a CEL expression over an object.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mim_chart::cel::{Kind, Limits, Program, Shape, Value};
use mim_chart::yaml::Node;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(program) = Program::parse(text, &["self", "oldSelf"]) else { return };
    let (node, shape) = (Node::default(), Shape { kind: Kind::Unknown, is_nullable: true });
    let Ok(own) = Value::from_data(&node, &shape) else { return };
    let _ = program.evaluate(vec![own], &Limits::new(100_000, 100_000));
});
