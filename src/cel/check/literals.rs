//! Validates literal arguments: patterns, durations, timestamps, formats and conversions. cel-go checks them when it compiles an
//! expression (`cel/validator.go`, `ext/formatting.go`, `interpreter/decorators.go`).

use super::checker::Checker;
use super::types::Type;
use crate::cel::ast::{Expr, Node};
use crate::cel::error::Error;
use crate::cel::evaluate::evaluate;
use crate::cel::functions::{Form, Function};
use crate::cel::run::{Limits, Run};
use crate::go::regexp::Regexp;

/// The functions that cel-go evaluates during compilation if their argument is a constant.
const CONVERSIONS: [&str; 10] =
    ["bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "type", "uint"];

impl<'s> Checker<'s> {
    /// Reports invalid literals in an expression whose types are known.
    pub(super) fn literals(&mut self, expr: &Expr, limits: &Limits) {
        expr.each_part(&mut |part| {
            let Node::Call(function, arguments) = &part.node else { return };
            match (function.name, arguments.as_slice()) {
                // In the global form, cel-go checks the text instead of the pattern.
                ("matches", [text, pattern]) => {
                    let argument = if function.form == Form::Member { pattern } else { text };
                    if matches!(&argument.node, Node::String(pattern) if Regexp::parse(pattern).is_err()) {
                        self.error(argument.at, "invalid matches argument".to_owned());
                    }
                }
                ("duration", [argument @ Expr { node: Node::Int(_), .. }]) => {
                    self.error(argument.at, "invalid duration argument".to_owned());
                }
                ("duration" | "timestamp", [argument]) if argument.is_literal() && fails(part, limits).is_some() => {
                    self.error(argument.at, format!("invalid {} argument", function.name));
                }
                ("format", [Expr { node: Node::String(pattern), .. }, Expr { node: Node::List(items), .. }]) => {
                    if let Err((at, message)) = self.format(pattern, items, part.at) {
                        self.error(at, message);
                    }
                }
                _ => {}
            }
        });
        for types in std::mem::take(&mut self.alike) {
            let mut types =
                types.into_iter().map(|(at, type_)| (at, self.bindings.closed(&type_))).collect::<Vec<_>>().into_iter();
            let Some((_, first)) = types.next() else { continue };
            if let Some((at, other)) = types.find(|(_, type_)| *type_ != first) {
                self.mismatch(at, &first, &other);
            }
        }
    }

    /// Checks that the items of a list fit the clauses of a format.
    fn format(&mut self, pattern: &str, items: &[(Expr, bool)], at: usize) -> Result<(), (usize, String)> {
        let mut rest = pattern;
        let mut count = 0;
        while let Some(start) = rest.find('%') {
            rest = &rest[start + 1..];
            if let Some(after) = rest.strip_prefix('%') {
                rest = after;
                continue;
            }
            if rest.is_empty() {
                return Err((at, "unexpected end of string".to_owned()));
            }
            let Some((item, _)) = items.get(count) else { return Err((at, format!("index {count} out of range"))) };
            count += 1;
            let precision = rest.strip_prefix('.').map(|after| {
                rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
                &after[..after.len() - rest.len()]
            });
            let unread = |why: &str| {
                Err((at, format!("could not parse formatting clause: error while parsing precision: {why}")))
            };
            let Some(clause) = rest.chars().next() else { return unread("could not find end of precision specifier") };
            if precision == Some("") {
                return unread(
                    "error while converting precision to integer: strconv.Atoi: parsing \"\": invalid syntax",
                );
            }
            rest = &rest[clause.len_utf8()..];
            let type_ = self.type_of(item);
            let wrong = |what: &str, type_: &Type<'_>| {
                Err((item.at, format!("error during formatting: {what}, was given {}", name_of(type_))))
            };
            let is_one_of = |names: &[&str]| match &type_ {
                Type::Leaf(name) => names.contains(name),
                other => matches!(other, Type::Dyn),
            };
            match clause {
                's' => {
                    if let Some(type_) = self.not_a_text(item) {
                        return wrong(
                            "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps",
                            &type_,
                        );
                    }
                }
                'd' if !is_one_of(&["int", "uint"]) => {
                    return wrong("decimal clause can only be used on integers", &type_);
                }
                'f' if !is_one_of(&["double", "string"]) => {
                    return wrong("fixed-point clause can only be used on doubles", &type_);
                }
                'e' if !is_one_of(&["double", "string"]) => {
                    return wrong("scientific clause can only be used on doubles", &type_);
                }
                'b' if !is_one_of(&["int", "uint", "bool"]) => {
                    return wrong("only integers and bools can be formatted as binary", &type_);
                }
                'x' | 'X' if !is_one_of(&["int", "uint", "string", "bytes"]) => {
                    return wrong("only integers, byte buffers, and strings can be formatted as hex", &type_);
                }
                'o' if !is_one_of(&["int", "uint"]) => {
                    return wrong("octal clause can only be used on integers", &type_);
                }
                'd' | 'f' | 'e' | 'b' | 'x' | 'X' | 'o' => {}
                other => {
                    let reason = format!("unrecognized formatting clause \"{other}\"");
                    return Err((at, format!("could not parse formatting clause: {reason}")));
                }
            }
        }
        if items.len() > count {
            let given = items.len();
            return Err((at, format!("too many arguments supplied to string.format (expected {count}, got {given})")));
        }
        Ok(())
    }

    /// Returns the type of an expression that `%s` cannot format.
    fn not_a_text(&mut self, expr: &Expr) -> Option<Type<'s>> {
        let type_ = self.type_of(expr);
        let is_text = match &type_ {
            Type::Leaf(name) => !name.contains('.'),
            Type::Dyn | Type::List(_) | Type::Map(_) | Type::Meta(_) => true,
            _ => false,
        };
        if !is_text {
            return Some(type_);
        }
        match &expr.node {
            Node::List(items) => items.iter().find_map(|(item, _)| self.not_a_text(item)),
            Node::Map(entries) => {
                entries.iter().find_map(|(key, value, _)| self.not_a_text(key).or_else(|| self.not_a_text(value)))
            }
            _ => None,
        }
    }
}

/// Returns the name of a type without its parameters.
fn name_of(type_: &Type<'_>) -> String {
    let shown = type_.to_string();
    match type_ {
        Type::Object(..) => shown,
        _ => shown.split('(').next().unwrap_or_default().to_owned(),
    }
}

/// Evaluates a constant expression. Returns the error, if it fails.
fn fails(part: &Expr, limits: &Limits) -> Option<String> {
    match evaluate(part, Vec::new(), &mut Run::new(limits)) {
        Err(Error::Fails(reason)) => Some(reason),
        _ => None,
    }
}

/// Returns why cel-go cannot build a program from an expression: a constant conversion or pattern is invalid.
pub(super) fn invalid_constant(expr: &Expr, limits: &Limits) -> Option<String> {
    let mut found = None;
    expr.each_part(&mut |part| {
        let Node::Call(function, arguments) = &part.node else { return };
        let reason = match arguments.as_slice() {
            [argument] if is_conversion(function) && is_constant(argument) => fails(part, limits),
            [_, Expr { node: Node::String(pattern), .. }, ..]
                if matches!(function.name, "find" | "findAll" | "matches") =>
            {
                Regexp::parse(pattern).err().map(|reason| format!("error parsing regexp: {reason}"))
            }
            _ => None,
        };
        found = found.take().or(reason);
    });
    found
}

fn is_conversion(function: &Function) -> bool {
    function.form == Form::Global && CONVERSIONS.contains(&function.name)
}

fn is_constant(expr: &Expr) -> bool {
    match &expr.node {
        Node::List(items) => items.iter().all(|(item, is_optional)| !is_optional && is_constant(item)),
        Node::Map(entries) => {
            entries.iter().all(|(key, value, is_optional)| !is_optional && is_constant(key) && is_constant(value))
        }
        Node::Call(function, arguments) => is_conversion(function) && arguments.iter().all(is_constant),
        _ => expr.is_literal(),
    }
}
