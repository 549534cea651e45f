//! Parses the signatures of functions and operators: `list(A), A -> int`. A capital letter is a type parameter.

use super::types::Type;
use super::unify::Bindings;
use crate::cel::ast::Operator;

/// A signature whose type parameters are open types.
pub(super) struct Signature<'s> {
    pub(super) arguments: Vec<Type<'s>>,
    pub(super) result: Type<'s>,
}

/// Parses a signature. Returns `None` if it is malformed.
pub(super) fn read<'s>(text: &str, bindings: &mut Bindings<'s>) -> Option<Signature<'s>> {
    let mut reader = Reader { rest: text, letters: Vec::new(), bindings };
    let mut arguments = Vec::new();
    while !reader.takes("->") {
        if !arguments.is_empty() && !reader.takes(",") {
            return None;
        }
        arguments.push(reader.one()?);
    }
    let result = reader.one()?;
    reader.rest.trim().is_empty().then_some(Signature { arguments, result })
}

struct Reader<'t, 'b, 's> {
    rest: &'t str,
    letters: Vec<(&'t str, Type<'s>)>,
    bindings: &'b mut Bindings<'s>,
}

impl<'t, 's> Reader<'t, '_, 's> {
    fn takes(&mut self, sign: &str) -> bool {
        let after = self.rest.trim_start().strip_prefix(sign);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn one(&mut self) -> Option<Type<'s>> {
        let text = self.rest.trim_start();
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !"._".contains(c)).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        self.rest = rest;
        if name.len() == 1 {
            return Some(self.letter(name));
        }
        if !self.takes("(") {
            return Type::named(name);
        }
        let first = self.one()?;
        let type_ = match name {
            "list" => Type::list(first),
            "optional_type" => Type::optional(first),
            "type" => Type::Meta(Some(first.into())),
            "map" if self.takes(",") => Type::map(first, self.one()?),
            _ => return None,
        };
        self.takes(")").then_some(type_)
    }

    fn letter(&mut self, name: &'t str) -> Type<'s> {
        if let Some((_, known)) = self.letters.iter().find(|(known, _)| *known == name) {
            return known.clone();
        }
        let open = self.bindings.open();
        self.letters.push((name, open.clone()));
        open
    }
}

/// Returns cel-go's name of an operator, and its overloads in cel-go's order, which decides between them.
pub(super) fn of_operator(operator: Operator) -> (&'static str, &'static [&'static str]) {
    match operator {
        Operator::Add => (
            "_+_",
            &[
                "bytes, bytes -> bytes",
                "double, double -> double",
                "duration, duration -> duration",
                "duration, timestamp -> timestamp",
                "timestamp, duration -> timestamp",
                "int, int -> int",
                "list(A), list(A) -> list(A)",
                "string, string -> string",
                "uint, uint -> uint",
            ],
        ),
        Operator::Subtract => (
            "_-_",
            &[
                "double, double -> double",
                "duration, duration -> duration",
                "int, int -> int",
                "timestamp, duration -> timestamp",
                "timestamp, timestamp -> duration",
                "uint, uint -> uint",
            ],
        ),
        Operator::Multiply => ("_*_", NUMBERS),
        Operator::Divide => ("_/_", NUMBERS),
        Operator::Remainder => ("_%_", &["int, int -> int", "uint, uint -> uint"]),
        Operator::Equal => ("_==_", &["A, A -> bool"]),
        Operator::NotEqual => ("_!=_", &["A, A -> bool"]),
        Operator::Less => ("_<_", ORDERED),
        Operator::LessOrEqual => ("_<=_", ORDERED),
        Operator::Greater => ("_>_", ORDERED),
        Operator::GreaterOrEqual => ("_>=_", ORDERED),
        Operator::In => ("@in", &["A, list(A) -> bool", "A, map(A, B) -> bool"]),
    }
}

const NUMBERS: &[&str] = &["double, double -> double", "int, int -> int", "uint, uint -> uint"];

/// The overloads of comparisons. Numbers of different types can be compared.
const ORDERED: &[&str] = &[
    "bool, bool -> bool",
    "int, int -> bool",
    "int, double -> bool",
    "int, uint -> bool",
    "uint, uint -> bool",
    "uint, double -> bool",
    "uint, int -> bool",
    "double, double -> bool",
    "double, int -> bool",
    "double, uint -> bool",
    "string, string -> bool",
    "bytes, bytes -> bool",
    "timestamp, timestamp -> bool",
    "duration, duration -> bool",
];

pub(super) const NOT: &[&str] = &["bool -> bool"];
pub(super) const NEGATIVE: &[&str] = &["double -> double", "int -> int"];
pub(super) const CONDITIONAL: &[&str] = &["bool, A, A -> A"];
pub(super) const INDEX: &[&str] = &[
    "list(A), int -> A",
    "map(A, B), A -> B",
    "optional_type(list(V)), int -> optional_type(V)",
    "optional_type(map(K, V)), K -> optional_type(V)",
];
pub(super) const OPTIONAL_INDEX: &[&str] = &[
    "list(V), int -> optional_type(V)",
    "optional_type(list(V)), int -> optional_type(V)",
    "map(K, V), K -> optional_type(V)",
    "optional_type(map(K, V)), K -> optional_type(V)",
];
/// The overloads by which `transformMap` and `transformMapEntry` build a map.
pub(super) const INSERT: &[&str] = &["map(K, V), K, V -> map(K, V)", "map(K, V), map(K, V) -> map(K, V)"];
/// The overloads by which `sortBy` sorts a list by a list of keys.
pub(super) const SORT_BY: &[&str] = &[
    "list(T), list(int) -> list(T)",
    "list(T), list(uint) -> list(T)",
    "list(T), list(double) -> list(T)",
    "list(T), list(bool) -> list(T)",
    "list(T), list(duration) -> list(T)",
    "list(T), list(timestamp) -> list(T)",
    "list(T), list(string) -> list(T)",
    "list(T), list(bytes) -> list(T)",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cel::functions;

    #[test]
    fn all_signatures_are_read() {
        let operators = [
            Operator::Add,
            Operator::Subtract,
            Operator::Multiply,
            Operator::Remainder,
            Operator::Equal,
            Operator::Less,
            Operator::In,
        ];
        let of_operators = operators.into_iter().flat_map(|operator| of_operator(operator).1);
        let others = [NOT, NEGATIVE, CONDITIONAL, INDEX, OPTIONAL_INDEX, INSERT, SORT_BY];
        let of_functions = functions::all().flat_map(|function| function.signatures);
        for signature in of_functions.chain(of_operators).chain(others.into_iter().flatten()) {
            let own = read(signature, &mut Bindings::default());
            assert!(own.is_some_and(|own| own.arguments.len() < 5), "{signature}");
        }
    }
}
