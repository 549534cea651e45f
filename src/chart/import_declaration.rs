//! What a dependency's `import-values` asks for.

/// What a chart takes over from a dependency's default values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportValues {
    /// The path in the dependency's values; `exports.NAME` for the short form.
    pub child: String,
    /// The path in the chart's own values; `.` for their top.
    pub parent: String,
    /// Whether it is written in the short form, as a name under `exports`.
    pub is_short: bool,
}
