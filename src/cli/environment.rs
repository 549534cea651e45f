//! The environment of a render: time, time zones, variables, and objects for `lookup`.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::chart;
use crate::cli::arguments::lookup_flag::LookupFlag;
use crate::cli::arguments::source_date::source_date;
use crate::diagnostic::Diagnostic;
use crate::engine::Environment;
use crate::io::SystemZones;

/// Returns the time, the system's time zones, the random seed, and the objects of `--lookup`. The time is SOURCE_DATE_EPOCH if
/// it is set; otherwise, with a seed, it is a fixed one.
///
/// # Errors
/// An invalid SOURCE_DATE_EPOCH, or errors in the objects.
pub(super) fn environment(seed: Option<&str>, lookup: &LookupFlag) -> Result<Environment, Vec<Diagnostic>> {
    let source_date = source_date().map_err(|error| vec![error])?;
    let now = match (source_date, seed) {
        (Some(seconds), _) => (seconds as i64, 0),
        (None, Some(_)) => (chart::DEFAULT_MODIFICATION_TIME as i64, 0),
        (None, None) => clock(),
    };
    let zones = Arc::new(SystemZones::default());
    let variables = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    Ok(Environment {
        now,
        zones,
        seed: seed.map(Arc::from),
        ignores_call_sites: false,
        notes_random_calls: false,
        memory: Arc::default(),
        variables: Some(Arc::new(variables)),
        objects: lookup.objects()?,
        missing_versions: None,
        work: Arc::default(),
        needs_dns: false,
    })
}

/// Returns an environment in which renders differ only by the chart and its values, for commands that compare renders.
///
/// # Errors
/// An invalid SOURCE_DATE_EPOCH, or errors in the objects.
pub(super) fn reproducible(lookup: &LookupFlag) -> Result<Environment, Vec<Diagnostic>> {
    environment(Some("mim-chart"), lookup)
}

/// Like [`reproducible`], for two versions of a chart: random functions return the same even if their calls move in the
/// templates.
///
/// # Errors
/// Those of [`reproducible`].
pub(super) fn reproducible_across_versions(lookup: &LookupFlag) -> Result<Environment, Vec<Diagnostic>> {
    Ok(Environment { ignores_call_sites: true, ..reproducible(lookup)? })
}

fn clock() -> (i64, u32) {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => (since.as_secs() as i64, since.subsec_nanos()),
        Err(before) => (-(before.duration().as_secs() as i64), 0),
    }
}
