//! Type checks for expressions, as the API server does them when it accepts a CustomResourceDefinition
//! (k8s.io/apiextensions-apiserver, `pkg/apiserver/schema/cel/compilation.go`; cel-go, `checker`). If a check cannot decide, it
//! allows the expression.
//!
//! | file | what it does |
//! |---|---|
//! | `types` | the types |
//! | `unify` | whether types fit each other |
//! | `signatures` | the signatures of functions and operators |
//! | `checker`, `macros` | infer the types of expressions |
//! | `literals` | validates literal arguments |

mod checker;
mod literals;
mod macros;
mod signatures;
mod types;
mod unify;

use super::ast::Expr;
use super::error::SyntaxError;
use super::run::Limits;
use super::shape::Shape;
use checker::Checker;
use types::Type;

/// Why the API server rejects an expression that parses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Its types do not fit.
    Types(SyntaxError),
    /// No program can be built from it: a literal conversion or pattern is invalid.
    InvalidConstant(String),
    /// It has this type instead of the wanted one.
    Result(String),
}

/// The type of a variable.
#[derive(Debug, Clone, Copy)]
pub enum Variable<'s> {
    /// Data of this type.
    Data(&'s Shape),
    /// Data wrapped in an optional, because it may be missing.
    Optional(&'s Shape),
    /// The authorizer, through which admission expressions ask for the rights of users.
    Authorizer,
}

/// The result type that an expression must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A boolean.
    Bool,
    /// A string.
    String,
    /// A string or null.
    StringOrNull,
    /// Any type.
    Any,
}

/// The type name of `self` in messages. The API server generates one each time.
const OWN: &str = "selfType";
/// The maximum number of steps for evaluating all constants in an expression.
const MAX_STEPS: u64 = 100_000;
/// The maximum number of steps for evaluating one constant.
const MAX_STEPS_OF_A_CONSTANT: u64 = 10_000;

/// Type-checks an expression.
pub(super) fn check(expr: &Expr, variables: &[Variable<'_>], wanted: Wanted) -> Result<(), Refusal> {
    let types = variables.iter().map(|variable| match variable {
        Variable::Data(shape) => Type::of_data(shape, OWN),
        Variable::Optional(shape) => Type::optional(Type::of_data(shape, OWN)),
        Variable::Authorizer => types::AUTHORIZER,
    });
    let mut checker = Checker::new(types.collect());
    let limits = Limits::new(MAX_STEPS, MAX_STEPS_OF_A_CONSTANT);
    let found = checker.infer(expr);
    if checker.errors.is_empty() {
        checker.literals(expr, &limits);
    }
    let found = checker.bindings.closed(&found);
    if checker.bindings.gave_up() {
        return Ok(());
    }
    if let Some(first) = checker.errors.into_iter().min_by_key(|error| error.at) {
        return Err(Refusal::Types(first));
    }
    let is_wanted = match wanted {
        Wanted::Bool => found == types::BOOL,
        Wanted::String => found == types::STRING,
        Wanted::StringOrNull => found == types::STRING || found == types::NULL,
        Wanted::Any => true,
    };
    if !is_wanted {
        return Err(Refusal::Result(found.to_string()));
    }
    literals::invalid_constant(expr, &limits).map_or(Ok(()), |reason| Err(Refusal::InvalidConstant(reason)))
}
