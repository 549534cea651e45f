//! What is secret in a run of a command. It is looked for only once something is to be printed.

use super::chart_argument::locate;
use super::console::Console;
use super::flags::GlobalFlags;
use crate::diagnostic::Diagnostic;
use crate::render;
use crate::values::{FileReader, Layer};

use super::Failure;

/// A chart and the values that it is rendered with.
pub(super) struct Subject<'a> {
    /// The chart as it was named.
    pub(super) chart: Option<&'a str>,
    pub(super) layers: &'a [Layer],
    pub(super) reader: &'a dyn FileReader,
    pub(super) global: &'a GlobalFlags,
}

impl Subject<'_> {
    /// Lets the console know what is secret if there is something to print.
    pub(super) fn learn(&self, console: &mut Console, diagnostics: &[Diagnostic]) {
        if !diagnostics.is_empty() {
            self.learn_now(console);
        }
    }

    pub(super) fn learn_now(&self, console: &mut Console) {
        console.learn(|| {
            // It was read before; what is wrong with it was said.
            let chart = locate(self.chart, self.global).and_then(|located| located.chart()).ok();
            render::secrets_of(chart.as_ref(), self.layers, self.reader).finish()
        });
    }

    /// The same if a command failed.
    pub(super) fn learn_of<T>(&self, console: &mut Console, result: Result<T, Failure>) -> Result<T, Failure> {
        if let Err(Failure::Told(diagnostics)) = &result {
            self.learn(console, diagnostics);
        }
        result
    }
}
