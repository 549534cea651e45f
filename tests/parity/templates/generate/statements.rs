//! Generates template texts with all forms of actions, nested.

use super::Writer;
use super::literals;

impl Writer<'_> {
    /// Generates some statements. Variables that they declare go out of scope at the end.
    pub fn body(&mut self, depth: usize) -> String {
        let known = self.variables.len();
        let mut out = String::new();
        for _ in 0..=self.chance.below(if depth > 1 { 4 } else { 3 }) {
            out.push_str(&self.statement(depth));
        }
        self.variables.truncate(known);
        out
    }

    /// Generates a template file: definitions and statements.
    pub fn file(&mut self) -> String {
        let mut out = String::new();
        if self.chance.one_in(4) {
            out.push_str(&self.definition());
        }
        for _ in 0..=self.chance.below(5) {
            if self.chance.one_in(12) {
                out.push_str(&self.definition());
            }
            out.push_str(&self.statement(3));
        }
        self.variables.clear();
        out
    }

    /// Generates a `define` of one of the names, whose body uses only later names.
    pub fn definition(&mut self) -> String {
        let rank = self.chance.below(super::NAMES.len());
        let name = super::NAMES[rank];
        if !self.may_define(name) {
            return self.text();
        }
        let body = self.aside(rank + 1, |writer| writer.body(2));
        let body = if self.chance.one_in(10) { self.chance.pick(&["", " \n", "{{/* x */}}"]).to_owned() } else { body };
        format!("{}{body}{}", self.action(&format!("define \"{name}\"")), self.action("end"))
    }

    /// Whether the file does not define the name yet. Marks it as defined.
    fn may_define(&mut self, name: &'static str) -> bool {
        if self.defined.contains(&name) {
            return self.chance.one_in(200);
        }
        self.defined.push(name);
        true
    }

    /// Generates the text of a template inside a template.
    pub fn inner_text(&mut self) -> String {
        self.nesting += 1;
        let rank = self.rank;
        let text = self.aside(rank, |writer| writer.body(1));
        self.nesting -= 1;
        text
    }

    /// Generates another template, in which this one's variables and loops are not in scope.
    fn aside(&mut self, rank: usize, write: impl FnOnce(&mut Self) -> String) -> String {
        let variables = std::mem::take(&mut self.variables);
        let defined = if self.nesting > 0 { Some(std::mem::take(&mut self.defined)) } else { None };
        let before = (self.rank, self.loops, self.dot_is_root, self.fresh);
        (self.rank, self.loops, self.dot_is_root) = (rank, 0, true);
        let text = write(self);
        (self.rank, self.loops, self.dot_is_root, self.fresh) = before;
        self.variables = variables;
        if let Some(defined) = defined {
            self.defined = defined;
        }
        text
    }

    /// Adds delimiters to an action, some of which trim.
    fn action(&mut self, inner: &str) -> String {
        let open = self.chance.pick(&["{{ ", "{{ ", "{{", "{{- ", "{{-\n", "{{  "]);
        let close = self.chance.pick(&[" }}", " }}", "}}", " -}}", "\n}}", "\t-}}"]);
        format!("{open}{inner}{close}")
    }

    fn statement(&mut self, depth: usize) -> String {
        if self.is_only && !self.chance.one_in(6) {
            return self.printed();
        }
        match self.chance.below(if depth == 0 { 9 } else { 22 }) {
            0 | 1 => self.text(),
            2..=5 => self.printed(),
            6 => self.declaration(),
            7 => self.assignment(),
            8 => match self.chance.below(4) {
                0 => self
                    .chance
                    .pick(&["{{/* comment */}}", "{{- /* a\n b */ -}}", "{{/**/}}", "{{/* {{ x }} */}}"])
                    .to_owned(),
                1 if self.loops > 0 => {
                    let word = self.chance.pick(&["break", "continue"]);
                    let condition = self.pipeline('b', 1);
                    format!("{}{}{}", self.action(&format!("if {condition}")), self.action(word), self.action("end"))
                }
                2 => self.changed_map(),
                _ => self.invocation(),
            },
            9..=12 => self.condition(depth - 1),
            13..=15 => self.with(depth - 1),
            16..=19 => self.range(depth - 1),
            20 => self.invocation(),
            _ => self.block(depth - 1),
        }
    }

    fn text(&mut self) -> String {
        self.chance
            .pick(&[
                "a: b\n",
                "\n",
                "  ",
                "x",
                "- é\n",
                "}}",
                "{ ",
                "\t\n  ",
                "key: ",
                "<no value>",
                "{ }",
                "\r\n",
                " text \n\n",
            ])
            .to_owned()
    }

    /// Generates an action that prints.
    fn printed(&mut self) -> String {
        let kind = ['a', 'a', 's', 'l', 'm', 'n', 'b', 'a'][self.chance.below(8)];
        let pipeline = self.pipeline(kind, 2);
        let pipeline = match self.chance.below(14) {
            0 => format!("{pipeline} | quote"),
            1 => format!("{pipeline} | toJson"),
            2 => format!("{pipeline} | printf \"%T %v\" 1"),
            3 => format!("{pipeline} | toYaml | nindent 2"),
            4 => format!("{pipeline} | typeOf"),
            _ => pipeline,
        };
        let newline = if self.chance.one_in(3) { "\n" } else { "" };
        self.action(&pipeline) + newline
    }

    fn new_variable(&mut self, kind: char) -> String {
        let name = self.chance.pick(&["$x", "$y", "$z", "$é", "$_1", "$"]).to_owned();
        let name = if name == "$" { "$v".to_owned() } else { name };
        self.variables.push((name.clone(), kind));
        name
    }

    fn declaration(&mut self) -> String {
        let kind = ['s', 'n', 'l', 'm', 'b', 'a', 't', 'f'][self.chance.below(8)];
        let fresh = self.fresh;
        // A value declared in a loop must not grow, and a map that is changed must not be part of another.
        self.fresh |= self.loops > 0 || kind == 'm';
        let value = self.pipeline(kind, if kind == 'm' { 0 } else { 1 });
        self.fresh = fresh;
        let value = if kind == 'm' && self.chance.one_in(3) {
            format!("merge (dict) {}.Values.m", if self.dot_is_root { "" } else { "$" })
        } else {
            value
        };
        let name = self.new_variable(kind);
        self.action(&format!("{name} := {value}"))
    }

    fn assignment(&mut self) -> String {
        let number = self.chance.below(self.variables.len());
        let Some((name, _)) = self.variables.get(number).cloned() else { return self.declaration() };
        let Some(kind) = self.kind_of(&name) else { return self.declaration() };
        let fresh = self.fresh;
        self.fresh = true;
        let value = self.pipeline(kind, if kind == 'm' { 0 } else { 1 });
        self.fresh = fresh;
        self.action(&format!("{name} = {value}"))
    }

    /// Generates a change of a map, and output that shows what other references see of it.
    fn changed_map(&mut self) -> String {
        let map = self.atom('M');
        let (key, value) = (literals::key(self.chance), self.atom('q'));
        let key = literals::quoted(self.chance, key);
        let call = match self.chance.below(3) {
            0 => format!("$_ := set {map} {key} {value}"),
            1 => format!("set {map} {key} {value} | toJson"),
            _ => format!("unset {map} {key}"),
        };
        self.action(&call)
    }

    fn condition(&mut self, depth: usize) -> String {
        let kind = if self.chance.one_in(2) { 'b' } else { 'a' };
        let known = self.variables.len();
        let mut condition = self.pipeline(kind, 2);
        if self.chance.one_in(8) {
            condition = format!("{} := {condition}", self.new_variable('a'));
        }
        let mut out = self.action(&format!("if {condition}")) + &self.body(depth);
        while self.chance.one_in(4) {
            let condition = self.pipeline(kind, 1);
            out += &(self.action(&format!("else if {condition}")) + &self.body(depth));
        }
        if self.chance.one_in(2) {
            out += &(self.action("else") + &self.body(depth));
        }
        self.forget(known);
        out + &self.action("end")
    }

    /// Drops the variables of a block that has ended.
    fn forget(&mut self, known: usize) {
        let known = known.min(self.variables.len());
        self.variables.truncate(known);
    }

    fn with(&mut self, depth: usize) -> String {
        let known = self.variables.len();
        let kind = ['m', 's', 'a', 'l', '0'][self.chance.below(5)];
        let mut value = self.pipeline(kind, 1);
        if self.chance.one_in(6) {
            value = format!("{} := {value}", self.new_variable('a'));
        }
        let mut out = self.action(&format!("with {value}")) + &self.below_dot(depth);
        if self.chance.one_in(8) {
            let value = self.pipeline('a', 1);
            out += &(self.action(&format!("else with {value}")) + &self.below_dot(depth));
        }
        if self.chance.one_in(3) {
            out += &(self.action("else") + &self.body(depth));
        }
        self.forget(known);
        out + &self.action("end")
    }

    /// Generates a body in which the dot is something else than the root.
    fn below_dot(&mut self, depth: usize) -> String {
        let before = self.dot_is_root;
        self.dot_is_root = false;
        let body = self.body(depth);
        self.dot_is_root = before;
        body
    }

    fn range(&mut self, depth: usize) -> String {
        let known = self.variables.len();
        let over = match self.chance.below(10) {
            0..=3 => self.pipeline('l', 1),
            4..=6 => self.atom('m'),
            7 => self
                .chance
                .pick(&["3", "0", "-1", "2.0", "\"abc\"", "true", "(int64 2)", "1.5", "nil", "(split \",\" \"a,b\")"])
                .to_owned(),
            8 => self.atom('0'),
            _ => self.chance.pick(&["(until 3)", "(untilStep 5 1 -2)", "(list)", "(chunk 2 (list 1 2 3))"]).to_owned(),
        };
        let header = match self.chance.below(6) {
            0 => format!("{} := {over}", self.new_variable('a')),
            1 | 2 => {
                let key = self.new_variable('a');
                let value = self.new_variable('a');
                format!("{key}, {value} := {over}")
            }
            3 if known > 0 && self.chance.one_in(3) => {
                let number = self.chance.below(known.min(self.variables.len()));
                format!("{} = {over}", self.variables[number].0)
            }
            _ => over,
        };
        self.loops += 1;
        let mut out = self.action(&format!("range {header}")) + &self.below_dot(if self.loops > 1 { 0 } else { depth });
        self.loops -= 1;
        if self.chance.one_in(3) {
            out += &(self.action("else") + &self.body(depth));
        }
        self.forget(known);
        out + &self.action("end")
    }

    fn invocation(&mut self) -> String {
        let name = self.atom('N');
        let data = self.atom('d');
        let action = match self.chance.below(5) {
            0 => format!("template {name}"),
            1 => format!("template {name} {data}"),
            2 => format!("include {name} {data}"),
            3 => format!("include {name} {data} | nindent 2"),
            _ => format!("include {name} {data} | fromYaml | toJson"),
        };
        self.action(&action)
    }

    fn block(&mut self, depth: usize) -> String {
        if self.rank + 1 >= super::NAMES.len() {
            return self.printed();
        }
        let rank = self.rank + self.chance.below(super::NAMES.len() - self.rank);
        let name = super::NAMES[rank];
        if !self.may_define(name) {
            return self.printed();
        }
        let data = self.atom('d');
        let body = self.aside(rank + 1, |writer| writer.body(depth.min(1)));
        format!("{}{body}{}", self.action(&format!("block \"{name}\" {data}")), self.action("end"))
    }
}
