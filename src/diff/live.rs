//! What the API server made up itself, and keeps.

use super::compare::{Change, What};
use crate::kubernetes::{ObjectType, PathStep, Schema, Type, is_made_up};
use crate::yaml::Map;

/// Whether the API server keeps what a manifest no longer says: in a Service addresses, ports and families of addresses; in any object from
/// a cluster whatever it made up itself.
pub(super) fn is_kept(change: &Change, object: &Map, of: Option<&ObjectType>, is_live: bool) -> bool {
    let What::Removed(_) = &change.what else { return false };
    let Some((PathStep::Field(field), above)) = change.path.0.split_last() else { return false };
    let Some(of) = type_at(of, above) else { return false };
    let is_address = matches!(field.as_str(), "clusterIP" | "clusterIPs");
    let is_service = of.name.ends_with("core.v1.ServiceSpec") || of.name.ends_with("core.v1.ServicePort");
    if is_address && object.text_at(&["spec", "clusterIP"]) == Some("None") || !is_live && (is_address || !is_service) {
        // A headless Service is somebody's will, and so is an address that was asked for.
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
