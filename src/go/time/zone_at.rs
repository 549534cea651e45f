//! The state of a time zone at an instant: its abbreviation and its offset.

use std::sync::Arc;

/// The state of a time zone at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneAt {
    /// The abbreviation, such as `CET`.
    pub name: Arc<[u8]>,
    /// Seconds east of UTC.
    pub offset: i64,
    /// Whether it is daylight saving time.
    pub is_dst: bool,
    /// When this state began, in seconds since 1970.
    pub(super) start: i64,
    /// When it ends.
    pub(super) end: i64,
}
