//! Parses tokens into trees, by operator precedence (the CEL specification, "Syntax").

use super::ast::{Expr, Macro, MacroKind, Node, Operator};
use super::cursor::Cursor;
use super::error::SyntaxError;
use super::functions::{self, Form};
use super::lex::Token;
use super::macros;
use super::types;

/// The maximum height of an expression's tree.
const MAX_HEIGHT: usize = 400;
/// The maximum nesting depth of brackets.
const MAX_NESTING: usize = 100;

/// An expression and the height of its tree.
struct Tree {
    expr: Expr,
    height: usize,
}

/// Parses an expression that may refer to `variables`, whose positions become slots. Also returns which of
/// them the expression refers to.
pub(super) fn parse(text: &str, variables: &[&str]) -> Result<(Expr, Vec<bool>), SyntaxError> {
    let scope = variables.iter().map(|&name| name.to_owned()).collect();
    let used = vec![false; variables.len()];
    let mut parser = Parser { cursor: Cursor::new(text)?, nesting: 0, scope, used };
    let tree = parser.expression()?;
    match parser.cursor.peek() {
        Token::End => Ok((tree.expr, parser.used)),
        _ => parser.cursor.unexpected(),
    }
}

struct Parser {
    cursor: Cursor,
    nesting: usize,
    /// The names of the variables in scope, by slot.
    scope: Vec<String>,
    /// Whether the expression refers to each variable of the whole expression.
    used: Vec<bool>,
}

/// The beginning of an expression. A name may be the first part of a longer, dotted name.
enum Start {
    Tree(Tree),
    Name(String, usize),
}

type Parsed = Result<Tree, SyntaxError>;

impl Parser {
    /// Builds a tree over subtrees of these heights, unless it becomes too high.
    fn tree(&self, node: Node, at: usize, heights: &[usize]) -> Parsed {
        let height = 1 + heights.iter().copied().max().unwrap_or(0);
        if height > MAX_HEIGHT {
            return self
                .cursor
                .error(self.cursor.at(), format!("the expression is nested more than {MAX_HEIGHT} deep"));
        }
        Ok(Tree { expr: Expr { node, at }, height })
    }

    /// Parses an expression with more variables in scope.
    fn with_variables(&mut self, variables: &[String]) -> Parsed {
        let outer = self.scope.len();
        self.scope.extend_from_slice(variables);
        let tree = self.expression();
        self.scope.truncate(outer);
        tree
    }

    fn expression(&mut self) -> Parsed {
        if self.nesting >= MAX_NESTING {
            return self.cursor.error(self.cursor.at(), format!("brackets are nested more than {MAX_NESTING} deep"));
        }
        self.nesting += 1;
        let tree = self.conditional();
        self.nesting -= 1;
        tree
    }

    fn conditional(&mut self) -> Parsed {
        let condition = self.any()?;
        let at = self.cursor.at();
        if !self.cursor.takes("?") {
            return Ok(condition);
        }
        let then = self.any()?;
        self.cursor.expect(":")?;
        let otherwise = self.expression()?;
        let heights = [condition.height, then.height, otherwise.height];
        self.tree(Node::Conditional(Box::new([condition.expr, then.expr, otherwise.expr])), at, &heights)
    }

    fn any(&mut self) -> Parsed {
        self.list_of("||", Parser::all, Node::Or)
    }

    fn all(&mut self) -> Parsed {
        self.list_of("&&", Parser::relation, Node::And)
    }

    fn list_of(&mut self, sign: &str, part: fn(&mut Parser) -> Parsed, build: fn(Vec<Expr>) -> Node) -> Parsed {
        let first = part(self)?;
        let at = self.cursor.at();
        if !matches!(self.cursor.peek(), Token::Sign(found) if *found == sign) {
            return Ok(first);
        }
        let (mut parts, mut height) = (vec![first.expr], first.height);
        while self.cursor.takes(sign) {
            let part = part(self)?;
            height = height.max(part.height);
            parts.push(part.expr);
        }
        self.tree(build(parts), at, &[height])
    }

    fn relation(&mut self) -> Parsed {
        let operators = [
            ("==", Operator::Equal),
            ("!=", Operator::NotEqual),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        let mut left = self.sum()?;
        loop {
            let at = self.cursor.at();
            let is_in = matches!(self.cursor.peek(), Token::Identifier(name) if name == "in");
            let operator = if is_in {
                self.cursor.take();
                Some(Operator::In)
            } else {
                operators.iter().find(|(sign, _)| self.cursor.takes(sign)).map(|(_, operator)| *operator)
            };
            let Some(operator) = operator else { return Ok(left) };
            let right = self.sum()?;
            left = self.binary(operator, at, left, right)?;
        }
    }

    fn binary(&mut self, operator: Operator, at: usize, left: Tree, right: Tree) -> Parsed {
        self.tree(Node::Binary(operator, Box::new([left.expr, right.expr])), at, &[left.height, right.height])
    }

    fn sum(&mut self) -> Parsed {
        self.chain(&[("+", Operator::Add), ("-", Operator::Subtract)], Parser::product)
    }

    fn product(&mut self) -> Parsed {
        let operators = [("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Remainder)];
        self.chain(&operators, Parser::unary)
    }

    fn chain(&mut self, operators: &[(&str, Operator)], part: fn(&mut Parser) -> Parsed) -> Parsed {
        let mut left = part(self)?;
        loop {
            let at = self.cursor.at();
            let Some((_, operator)) = operators.iter().find(|(sign, _)| self.cursor.takes(sign)) else {
                return Ok(left);
            };
            let right = part(self)?;
            left = self.binary(*operator, at, left, right)?;
        }
    }

    fn unary(&mut self) -> Parsed {
        let (mut count, at) = (0, self.cursor.at());
        if self.cursor.takes("!") {
            count += 1;
            while self.cursor.takes("!") {
                count += 1;
            }
            let inner = self.member()?;
            return if count % 2 == 0 {
                Ok(inner)
            } else {
                self.tree(Node::Not(Box::new(inner.expr)), at, &[inner.height])
            };
        }
        while self.cursor.takes("-") {
            count += 1;
        }
        let literal = match self.cursor.peek() {
            Token::Least if count % 2 == 1 => Some(Node::Int(i64::MIN)),
            Token::Int(number) if count % 2 == 1 => Some(Node::Int(-number)),
            Token::Double(number) if count % 2 == 1 => Some(Node::Double(-number)),
            _ => None,
        };
        if let Some(literal) = literal {
            self.cursor.take();
            let tree = self.tree(literal, at, &[])?;
            return self.members(Start::Tree(tree));
        }
        let inner = self.member()?;
        if count % 2 == 0 { Ok(inner) } else { self.tree(Node::Negative(Box::new(inner.expr)), at, &[inner.height]) }
    }

    fn member(&mut self) -> Parsed {
        let start = self.primary()?;
        self.members(start)
    }

    fn primary(&mut self) -> Result<Start, SyntaxError> {
        let at = self.cursor.at();
        let node = match self.cursor.take() {
            Token::Int(number) => Node::Int(number),
            Token::Uint(number) => Node::Uint(number),
            Token::Double(number) => Node::Double(number),
            Token::String(text) => Node::String(text),
            Token::Bytes(bytes) => Node::Bytes(bytes),
            Token::Least => return self.cursor.error(at, "invalid int literal"),
            Token::Identifier(name) => return self.name(name, at),
            Token::Sign(".") => {
                let at = self.cursor.at();
                return match self.cursor.take() {
                    Token::Identifier(name) => self.name(name, at),
                    _ => self.cursor.error(at, "Syntax error: expected a name"),
                };
            }
            Token::Sign("(") => {
                let inner = self.expression()?;
                self.cursor.expect(")")?;
                return Ok(Start::Tree(inner));
            }
            Token::Sign("[") => return self.list(at, false).map(Start::Tree),
            Token::Sign("[?") => return self.list(at, true).map(Start::Tree),
            Token::Sign("{") => return self.map(at, false).map(Start::Tree),
            Token::Sign("{?") => return self.map(at, true).map(Start::Tree),
            _ => {
                self.cursor.step_back();
                return self.cursor.unexpected();
            }
        };
        self.tree(node, at, &[]).map(Start::Tree)
    }

    fn name(&mut self, name: String, at: usize) -> Result<Start, SyntaxError> {
        let constant = match name.as_str() {
            "true" => Some(Node::Bool(true)),
            "false" => Some(Node::Bool(false)),
            "null" => Some(Node::Null),
            "in" => return self.cursor.error(at, "Syntax error: mismatched input 'in'"),
            "as" | "break" | "const" | "continue" | "else" | "for" | "function" | "if" | "import" | "let" | "loop"
            | "package" | "namespace" | "return" | "var" | "void" | "while" => {
                return self.cursor.error(at, format!("reserved identifier: {name}"));
            }
            _ => None,
        };
        if let Some(constant) = constant {
            return self.tree(constant, at, &[]).map(Start::Tree);
        }
        let open = self.cursor.at();
        if self.cursor.takes("(") {
            return self.global(&name, open).map(Start::Tree);
        }
        match self.scope.iter().rposition(|known| *known == name) {
            Some(slot) => {
                if let Some(used) = self.used.get_mut(slot) {
                    *used = true;
                }
                self.tree(Node::Local(slot), at, &[]).map(Start::Tree)
            }
            None => Ok(Start::Name(name, at)),
        }
    }

    /// Parses a call without a receiver, after its opening parenthesis.
    fn call(&mut self, name: &str, at: usize) -> Parsed {
        let (arguments, height) = self.arguments()?;
        self.call_of(name, Form::Global, arguments, height, at)
    }

    fn call_of(&self, name: &str, form: Form, arguments: Vec<Expr>, height: usize, at: usize) -> Parsed {
        match functions::find(name, form, arguments.len()) {
            Ok(function) => self.tree(Node::Call(function, arguments), at, &[height]),
            Err(reason) => self.cursor.error(at, reason),
        }
    }

    /// Parses the arguments of a call and the closing parenthesis. Also returns the height of the highest argument.
    fn arguments(&mut self) -> Result<(Vec<Expr>, usize), SyntaxError> {
        let (mut arguments, mut height) = (Vec::new(), 0);
        while !self.cursor.takes(")") {
            if !arguments.is_empty() {
                self.cursor.expect(",")?;
            }
            let argument = self.expression()?;
            height = height.max(argument.height);
            arguments.push(argument.expr);
        }
        Ok((arguments, height))
    }

    /// Parses the selections, indices and calls after the beginning of an expression.
    fn members(&mut self, mut start: Start) -> Parsed {
        loop {
            let is_optional = matches!(self.cursor.peek(), Token::Sign(".?" | "[?"));
            let at = self.cursor.at();
            if self.cursor.takes(".") || self.cursor.takes(".?") {
                let name = match self.cursor.take() {
                    // These are not names even where other reserved words are allowed.
                    Token::Identifier(name) if !["in", "true", "false", "null"].contains(&name.as_str()) => name,
                    _ => {
                        self.cursor.step_back();
                        return self.cursor.unexpected();
                    }
                };
                start = self.selected(start, name, is_optional, at)?;
            } else if self.cursor.takes("[") || self.cursor.takes("[?") {
                let receiver = self.known(start)?;
                let index = self.expression()?;
                self.cursor.expect("]")?;
                let heights = [receiver.height, index.height];
                let node = Node::Index(Box::new(receiver.expr), Box::new(index.expr), is_optional);
                start = Start::Tree(self.tree(node, at, &heights)?);
            } else if matches!((&start, self.cursor.peek()), (Start::Name(..), Token::Sign("{"))) {
                return self.cursor.error(at, "objects cannot be created here");
            } else {
                return self.known(start);
            }
        }
    }

    fn selected(&mut self, start: Start, name: String, is_optional: bool, at: usize) -> Result<Start, SyntaxError> {
        let open = self.cursor.at();
        let is_call = !is_optional && self.cursor.takes("(");
        let receiver = match start {
            Start::Name(first, first_at) => {
                let whole = format!("{first}.{name}");
                if is_call && functions::has_global(&whole) {
                    return self.call(&whole, open).map(Start::Tree);
                }
                if !is_call && !is_optional && types::has_prefix(&whole) {
                    return Ok(Start::Name(whole, first_at));
                }
                self.known(Start::Name(first, first_at))?
            }
            Start::Tree(tree) => tree,
        };
        if is_call {
            return self.method(receiver, &name, open).map(Start::Tree);
        }
        let height = receiver.height;
        self.tree(Node::Select(Box::new(receiver.expr), name, is_optional), at, &[height]).map(Start::Tree)
    }

    /// Parses a call on a receiver, after its opening parenthesis.
    fn member_call(&mut self, receiver: Tree, name: &str, at: usize) -> Parsed {
        let (mut arguments, height) = self.arguments()?;
        arguments.insert(0, receiver.expr);
        self.call_of(name, Form::Member, arguments, height.max(receiver.height), at)
    }

    /// Resolves a bare name. Variables are already resolved, so it must be a type name.
    fn known(&self, start: Start) -> Parsed {
        match start {
            Start::Tree(tree) => Ok(tree),
            Start::Name(name, at) => match types::named(&name) {
                Some(known) => self.tree(Node::Type(known), at, &[]),
                None => self.cursor.error(at, format!("undeclared reference to '{name}' (in container '')")),
            },
        }
    }

    fn list(&mut self, at: usize, mut is_optional: bool) -> Parsed {
        let (mut items, mut height) = (Vec::new(), 0);
        loop {
            if !is_optional && self.cursor.takes("]") {
                return self.tree(Node::List(items), at, &[height]);
            }
            let item = self.expression()?;
            height = height.max(item.height);
            items.push((item.expr, is_optional));
            if !self.cursor.takes(",") {
                self.cursor.expect("]")?;
                return self.tree(Node::List(items), at, &[height]);
            }
            is_optional = self.cursor.takes("?");
        }
    }

    fn map(&mut self, at: usize, mut is_optional: bool) -> Parsed {
        let (mut entries, mut height) = (Vec::new(), 0);
        loop {
            if !is_optional && self.cursor.takes("}") {
                return self.tree(Node::Map(entries), at, &[height]);
            }
            let key = self.expression()?;
            self.cursor.expect(":")?;
            let value = self.expression()?;
            height = height.max(key.height).max(value.height);
            entries.push((key.expr, value.expr, is_optional));
            if !self.cursor.takes(",") {
                self.cursor.expect("}")?;
                return self.tree(Node::Map(entries), at, &[height]);
            }
            is_optional = self.cursor.takes("?");
        }
    }

    /// Parses a macro or call without a receiver, after its opening parenthesis.
    fn global(&mut self, name: &str, at: usize) -> Parsed {
        if name != "has" {
            return self.call(name, at);
        }
        let argument = self.expression()?;
        self.cursor.expect(")")?;
        match argument.expr.node {
            Node::Select(receiver, field, false) => self.tree(Node::Has(receiver, field), at, &[argument.height]),
            _ => self.cursor.error(at, "invalid argument to has() macro"),
        }
    }

    /// Parses a macro or call on a receiver, after its opening parenthesis.
    fn method(&mut self, receiver: Tree, name: &str, at: usize) -> Parsed {
        let start = self.cursor.place();
        let [single, double] = [false, true].map(|is_double| macros::of_name(name, is_double));
        let is_macro = single.is_some() || double.is_some();
        let Some(first) = is_macro.then(|| self.cursor.takes_variable()).flatten() else {
            return self.member_call(receiver, name, at);
        };
        // Two variables where the macro allows them: `all(x, y, ...)`, but not `map(x, x > 1, y)`.
        match (single, double) {
            (_, Some(kind)) if let Some(second) = self.cursor.takes_variable() => {
                self.macro_of(receiver, name, kind, &[first, second], at)
            }
            (Some(kind), _) => self.macro_of(receiver, name, kind, &[first], at),
            _ => {
                self.cursor.return_to(start);
                self.member_call(receiver, name, at)
            }
        }
    }

    /// Parses the rest of a macro, after its variables.
    fn macro_of(
        &mut self,
        receiver: Tree,
        name: &str,
        (kind, [least, most]): (MacroKind, [usize; 2]),
        variables: &[String],
        at: usize,
    ) -> Parsed {
        let (mut parts, mut height) = (Vec::new(), receiver.height);
        loop {
            let part = self.with_variables(variables)?;
            height = height.max(part.height);
            parts.push(part.expr);
            if self.cursor.takes(")") {
                break;
            }
            self.cursor.expect(",")?;
        }
        let count = parts.len();
        let mut parts = parts.into_iter();
        let (filter, body) = match (parts.next(), parts.next()) {
            (first, Some(body)) => (first, body),
            (Some(body), None) => (None, body),
            (None, None) => return self.cursor.unexpected(),
        };
        if count < least || count > most {
            return self.cursor.error(at, format!("found no matching overload for '{name}'"));
        }
        let is_double = variables.len() > 1;
        self.tree(Node::Macro(Box::new(Macro { kind, range: receiver.expr, is_double, body, filter })), at, &[height])
    }
}
