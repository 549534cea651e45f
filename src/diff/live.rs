//! Differences to objects from a cluster that nobody made: what the API server put there itself.

use super::compare::{Change, What};
use super::fingerprint::is_equal;
use crate::diagnostic::Source;
use crate::kubernetes::{ObjectType, PathStep, Schema, ServerDefault, Type, server_default};
use crate::yaml::{self, Map};

/// Whether a difference to an object from a cluster is one that the API server made: a field that a manifest does not
/// have, with the value that the server puts there.
pub(super) fn is_made_by_the_server(change: &Change, object: &Map, of: Option<&ObjectType>) -> bool {
    let What::Removed(value) = &change.what else { return false };
    let Some((PathStep::Field(field), above)) = change.path.0.split_last() else { return false };
    let Some(of) = type_at(of, above) else { return false };
    match server_default(of, field) {
        None => false,
        // A headless Service's clusterIP is somebody's will.
        Some(_) if matches!(field.as_str(), "clusterIP" | "clusterIPs") => {
            object.at(["spec", "clusterIP"]).is_none_or(|node| node.value.as_str() != Some("None"))
        }
        Some(ServerDefault::Any) => true,
        Some(ServerDefault::Json(json)) => {
            let read = yaml::read_document(&Source::file("default", json));
            read.is_ok_and(|node| is_equal(&node.value, value))
        }
    }
}

fn type_at<'s>(of: Option<&'s ObjectType>, steps: &[PathStep]) -> Option<&'s ObjectType> {
    let schema = Schema::built_in();
    let mut at = of?;
    let mut steps = steps.iter().peekable();
    while let Some(step) = steps.next() {
        let PathStep::Field(name) = step else { return None };
        let mut of = &at.field(name)?.of;
        while let Some(PathStep::Item(_) | PathStep::Index(_)) = steps.peek() {
            steps.next();
            let Type::List(items) = of else { return None };
            of = items;
        }
        let Type::Object(name) = of else { return None };
        at = schema.object_type(name)?;
    }
    Some(at)
}
