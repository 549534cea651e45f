//! Rules that depend on the paths of templates.

use std::cmp::Ordering;

/// Compares paths in the order in which Helm parses and runs the files of all charts in a tree: the deepest path first,
/// and of equally deep ones the last in byte order.
pub(super) fn helm_order(a: &str, b: &str) -> Ordering {
    let depth = |path: &str| path.bytes().filter(|&byte| byte == b'/').count();
    (depth(b), b).cmp(&(depth(a), a))
}

/// Whether a template exists only for use by others: its file name begins with `_`.
pub(super) fn is_partial(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.starts_with('_'))
}
