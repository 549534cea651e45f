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
    /// It has another type than it has to have.
    Result,
}

/// A variable of an expression.
#[derive(Debug, Clone, Copy)]
pub struct Variable<'s> {
    /// What it is.
    pub shape: &'s Shape,
    /// Whether it may be missing, and says so.
    pub is_optional: bool,
}

/// What an expression has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A boolean.
    Bool,
    /// A text.
    String,
}

/// The name that the type of `self` has in messages; the API server makes a new one each time.
const OWN: &str = "selfType";
/// The steps that all arguments of an expression may take that are written out, and one of them.
const STEPS: [u64; 2] = [100_000, 10_000];

/// Checks an expression.
pub(super) fn check(expr: &Expr, variables: &[Variable<'_>], wanted: Wanted) -> Result<(), Refusal> {
    let types = variables.iter().map(|variable| {
        let own = Type::of_data(variable.shape, OWN);
        if variable.is_optional { Type::optional(own) } else { own }
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
    let expected = if wanted == Wanted::Bool { types::BOOL } else { types::STRING };
    if found != expected {
        return Err(Refusal::Result);
    }
    literals::not_made(expr, &limits).map_or(Ok(()), |reason| Err(Refusal::NotMade(reason)))
}
