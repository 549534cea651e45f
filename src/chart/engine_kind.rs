//! Which engine a chart asks for.

/// Which engine renders a chart's templates: what the field `engine` of Chart.yaml says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EngineKind {
    /// `tera`
    Tera,
    /// `gotpl`, Helm's own, which is also meant where the field is absent.
    #[default]
    GoTemplate,
}
