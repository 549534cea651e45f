//! What a render takes from the world around it.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::chart;
use crate::cli::arguments::source_date::source_date;
use crate::diagnostic::Diagnostic;
use crate::engine::Environment;
use crate::io::SystemZones;

/// The time, the system's time zones, and the seed of `--seed`. The time is that of SOURCE_DATE_EPOCH if it is set; under a
/// seed it is always the same one.
///
/// # Errors
/// SOURCE_DATE_EPOCH is not a valid time.
pub(super) fn environment(seed: Option<&str>) -> Result<Environment, Diagnostic> {
    let now = match (source_date()?, seed) {
        (Some(seconds), _) => (seconds as i64, 0),
        (None, Some(_)) => (chart::DEFAULT_MODIFICATION_TIME as i64, 0),
        (None, None) => clock(),
    };
    Ok(Environment { now, zones: Arc::new(SystemZones::default()), seed: seed.map(Arc::from), memory: Arc::default() })
}

/// A world in which renders of a chart differ in nothing but what the chart and its values make of it: for commands that
/// compare renders.
///
/// # Errors
/// SOURCE_DATE_EPOCH is not a valid time.
pub(super) fn reproducible() -> Result<Environment, Diagnostic> {
    environment(Some("mim-chart"))
}

fn clock() -> (i64, u32) {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => (since.as_secs() as i64, since.subsec_nanos()),
        Err(before) => (-(before.duration().as_secs() as i64), 0),
    }
}
