//! What a release may be called.

use crate::diagnostic::Diagnostic;
use crate::go::strconv::quote_double;
use crate::kubernetes::names::has_subdomain_form;

/// The pattern of Helm's message, which is what [`is_release_name`] checks.
const PATTERN: &str = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
/// The greatest length in bytes: Helm leaves room for the suffixes of Kubernetes names, which end at 63.
const MAX_LENGTH: usize = 53;

/// Whether `name` may name a release: parts of lower-case letters, digits and inner dashes, joined by dots, 53 bytes
/// at most (Helm's rule).
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

/// Checks a release's name.
///
/// # Errors
/// Helm's message, and what would be allowed instead.
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
        Some(near) => error.help(format!("{near} would do")),
        None => error.help("use lower-case letters, digits, dashes and dots"),
    })
}

/// The nearest name that is allowed, if there is one.
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
    fn names_as_helm_allows_them() {
        for name in ["a", "a-b", "a.b", "0", "a--b", &"a".repeat(53)] {
            assert!(is_release_name(name), "{name}");
        }
        for name in ["", "A", "a_b", "-a", "a-", "a..b", ".a", "a.-b", "ä", &"a".repeat(54)] {
            assert!(!is_release_name(name), "{name}");
        }
    }

    #[test]
    fn a_refused_name_comes_with_one_that_would_do() {
        assert_eq!(check("Foo_Bar").unwrap_err().help, ["foo-bar would do"]);
        assert_eq!(check("---").unwrap_err().help, ["use lower-case letters, digits, dashes and dots"]);
    }
}
