//! Findings of checks in machine-readable formats: JSON, SARIF, GitHub annotations, JUnit XML.

mod finding;
mod github;
mod json;
mod junit;
mod location;
mod sarif;

pub use finding::{Finding, ordinals};
pub use github::write_github;
pub use json::write_json;
pub use junit::write_junit;
pub use location::Workspace;
pub use sarif::write_sarif;
