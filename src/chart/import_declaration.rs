//! The entries of a dependency's `import-values`.

/// A table that a chart imports from a dependency's default values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportValues {
    /// The path in the dependency's values; `exports.NAME` for the short form.
    pub child: String,
    /// The path in the chart's own values; `.` for the root.
    pub parent: String,
    /// Whether it was declared in the short form, as a name under `exports`.
    pub is_short: bool,
}
