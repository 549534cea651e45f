//! The template engines that a chart can declare.

/// The engine that renders a chart's templates, from the field `engine` of Chart.yaml.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EngineKind {
    /// `tera`
    Tera,
    /// `gotpl`, Helm's own engine, which is the default.
    #[default]
    GoTemplate,
}
