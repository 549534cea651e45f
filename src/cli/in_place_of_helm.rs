//! Lets mim-chart stand in for Helm in programs that call `helm`.

use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::engine::BuildInfo;
use crate::version::parse_version;

/// The variable that makes mim-chart report a version of Helm, and names that version.
const VARIABLE: &str = "MIM_CHART_AS_HELM";

/// Returns the build of Helm that `version` reports, or `None` if mim-chart is called by its own name. The variable takes
/// precedence over the name: `0` and `false` turn this off.
///
/// # Errors
/// The variable is neither a switch nor a version.
pub(super) fn reported_build() -> Result<Option<BuildInfo>, Diagnostic> {
    let value = std::env::var_os(VARIABLE).unwrap_or_default();
    match value.to_string_lossy().trim() {
        "" => Ok(is_called_helm().then_some(BuildInfo::HELM)),
        "0" | "false" => Ok(None),
        "1" | "true" | "4.2.4" | "v4.2.4" => Ok(Some(BuildInfo::HELM)),
        version => build_of(version).map(Some),
    }
}

/// Whether the program was called as `helm`.
pub(super) fn is_called_helm() -> bool {
    let program = std::env::args_os().next().unwrap_or_default();
    Path::new(&program).file_stem().is_some_and(|name| name == "helm")
}

fn build_of(version: &str) -> Result<BuildInfo, Diagnostic> {
    let number = version.strip_prefix('v').unwrap_or(version);
    let is_whole = number.split(['-', '+']).next().is_some_and(|numbers| numbers.split('.').count() == 3);
    if is_whole && parse_version(number).is_ok() {
        return Ok(BuildInfo::of_version(format!("v{number}")));
    }
    let error = Diagnostic::error("usage", format!("invalid version {version:?} in {VARIABLE}"));
    Err(error.help(format!("{VARIABLE}=1 reports Helm v4.2.4, {VARIABLE}=v3.19.0 reports v3.19.0")))
}
