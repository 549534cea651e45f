//! Differences to objects from a cluster that nobody made: what the API server made up itself.

use super::compare::{Change, What};
use crate::kubernetes::{ObjectType, PathStep, Schema, Type, is_made_up};
use crate::yaml::Map;

/// Whether a difference to an object from a cluster is one that the API server made: a field that a manifest does not
/// have, and which the server fills with what it finds fit.
pub(super) fn is_made_by_the_server(change: &Change, object: &Map, of: Option<&ObjectType>) -> bool {
    let What::Removed(_) = &change.what else { return false };
    let Some((PathStep::Field(field), above)) = change.path.0.split_last() else { return false };
    let Some(of) = type_at(of, above) else { return false };
    if matches!(field.as_str(), "clusterIP" | "clusterIPs") && object.text_at(&["spec", "clusterIP"]) == Some("None") {
        // A headless Service is somebody's will.
        return false;
    }
    is_made_up(of, field)
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
