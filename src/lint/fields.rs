//! Fields as Go's JSON decoder finds them.

use crate::yaml::{Map, Node};

/// A field of a map as Go finds it: in any case, of several spellings the last in byte order.
pub(super) fn field<'m>(map: &'m Map, name: &str) -> Option<&'m Node> {
    let spelled = map.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
    spelled.max_by_key(|(key, _)| *key).map(|(_, node)| node)
}
