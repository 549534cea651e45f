//! Valid names of releases.

use crate::diagnostic::Diagnostic;
use crate::go::strconv::quote_double;
use crate::kubernetes::names::has_subdomain_form;

/// The pattern in Helm's message; [`is_release_name`] checks the same.
const PATTERN: &str = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
/// The greatest length in bytes. Kubernetes limits names to 63; Helm leaves room for suffixes.
const MAX_LENGTH: usize = 53;

/// Whether `name` is a valid release name (Helm's rule): parts of lower-case letters, digits and inner dashes, joined by dots,
/// at most 53 bytes.
///
/// ```
/// use mim_chart::render::is_release_name;
/// assert!(is_release_name("mim-2.eu"));
/// assert!(!is_release_name("Foo_Bar"));
/// assert!(!is_release_name("-x"));
/// ```
pub fn is_release_name(name: &str) -> bool {
    name.len() <= MAX_LENGTH && has_subdomain_form(name)
}

/// Checks the name of a release.
///
/// # Errors
/// Helm's message, with a name that would be valid, if there is one nearby.
pub(super) fn check(name: &str) -> Result<(), Diagnostic> {
    if is_release_name(name) {
        return Ok(());
    }
    let reason = if name.is_empty() {
        "no name provided".to_owned()
    } else {
        format!("invalid release name, must match regex {PATTERN} and the length must not be longer than {MAX_LENGTH}")
    };
    let error = Diagnostic::error(
        "release-name",
        format!("release name check failed: release name {}: {reason}", quote_double(name)),
    );
    Err(match suggestion(name) {
        Some(near) => error.help(format!("use {near}, for example")),
        None => error.help("use lowercase letters, digits, dashes and dots"),
    })
}

/// Returns the nearest valid name, if there is one.
fn suggestion(name: &str) -> Option<String> {
    let allowed = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' { c } else { '-' };
    let near: String = name.to_lowercase().chars().map(allowed).take(MAX_LENGTH).collect();
    let near = near.trim_matches(['-', '.']);
    is_release_name(near).then(|| near.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid_as_in_helm() {
        for name in ["a", "a-b", "a.b", "0", "a--b", &"a".repeat(53)] {
            assert!(is_release_name(name), "{name}");
        }
        for name in ["", "A", "a_b", "-a", "a-", "a..b", ".a", "a.-b", "ä", &"a".repeat(54)] {
            assert!(!is_release_name(name), "{name}");
        }
    }

    #[test]
    fn a_refused_name_gets_a_suggestion() {
        assert_eq!(check("Foo_Bar").unwrap_err().help, ["use foo-bar, for example"]);
        assert_eq!(check("---").unwrap_err().help, ["use lowercase letters, digits, dashes and dots"]);
    }
}
