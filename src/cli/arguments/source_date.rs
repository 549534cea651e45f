//! Reads `SOURCE_DATE_EPOCH`, the time for reproducible builds (<https://reproducible-builds.org/specs/source-date-epoch/>).

use crate::chart::MAX_SECONDS;
use crate::diagnostic::{Diagnostic, Source};

const VARIABLE: &str = "SOURCE_DATE_EPOCH";

/// Returns the time in SOURCE_DATE_EPOCH, in seconds since 1970, or `None` if the variable is unset or empty.
///
/// # Errors
/// The variable is not a number of seconds up to the year 9999.
pub(in crate::cli) fn source_date() -> Result<Option<u64>, Diagnostic> {
    let Some(given) = std::env::var_os(VARIABLE).filter(|given| !given.is_empty()) else { return Ok(None) };
    let text = given.to_string_lossy();
    match text.parse() {
        Ok(seconds) if seconds <= MAX_SECONDS && text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Some(seconds)),
        _ => Err(Diagnostic::error("source-date", format!("invalid {VARIABLE} {text:?}"))
            .at(Source::flag(VARIABLE, text).whole(), "expected seconds since 1970, up to the year 9999")
            .help("set it to a number, such as the time of the last commit: git log -1 --format=%ct")),
    }
}
