//! What Kubernetes' objects look like, as a real API server publishes it.
//!
//! | file | what it holds |
//! |---|---|
//! | `schema` | kinds, their fields and types, the keys of lists |
//! | `schema.gz` | the same as data, written by `tests/cluster/record_openapi` |

mod schema;

pub use schema::{Field, Kind, ObjectType, Schema, Type};
