//! Checks of expressions against types before they are evaluated, as the API server makes them when it takes a
//! CustomResourceDefinition (k8s.io/apiextensions-apiserver, `pkg/apiserver/schema/cel/compilation.go`; cel-go, `checker`). What is not
//! known is allowed.
//!
//! | file | what it does |
//! |---|---|
//! | `types` | the types |
//! | `unify` | which types fit which |
//! | `signatures` | what functions and operators take |
//! | `checker`, `macros` | the types of the parts of an expression |
//! | `literals` | arguments that are written out |

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

/// Why the API server refuses an expression that can be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Its types do not fit.
    Types(SyntaxError),
    /// No program can be made of it.
    NotMade(String),
    /// It has this type, and not one that it has to have.
    Result(String),
}

/// A variable of an expression.
#[derive(Debug, Clone, Copy)]
pub enum Variable<'s> {
    /// Data.
    Data(&'s Shape),
    /// Data that may be missing, and says so.
    Optional(&'s Shape),
    /// What expressions of admission ask about the rights of users.
    Authorizer,
}

/// What an expression has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A boolean.
    Bool,
    /// A text.
    String,
    /// A text, or null.
    StringOrNull,
    /// Anything.
    Any,
}

/// The name that the type of `self` has in messages; the API server makes a new one each time.
const OWN: &str = "selfType";
/// The steps that all arguments of an expression may take that are written out, and one of them.
const STEPS: [u64; 2] = [100_000, 10_000];

/// Checks an expression.
pub(super) fn check(expr: &Expr, variables: &[Variable<'_>], wanted: Wanted) -> Result<(), Refusal> {
    let types = variables.iter().map(|variable| match variable {
        Variable::Data(shape) => Type::of_data(shape, OWN),
        Variable::Optional(shape) => Type::optional(Type::of_data(shape, OWN)),
        Variable::Authorizer => types::AUTHORIZER,
    });
    let mut checker = Checker::new(types.collect());
    let limits = Limits::new(STEPS[0], STEPS[1]);
    let found = checker.of(expr);
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
    literals::not_made(expr, &limits).map_or(Ok(()), |reason| Err(Refusal::NotMade(reason)))
}
