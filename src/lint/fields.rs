//! Looks up fields as Go's JSON decoder does.

use crate::yaml::{Map, Node};

/// Finds a field in any case. If there are several spellings, the last one in byte order is used.
pub(super) fn field<'m>(map: &'m Map, name: &str) -> Option<&'m Node> {
    let spelled = map.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
    spelled.max_by_key(|(key, _)| *key).map(|(_, node)| node)
}
