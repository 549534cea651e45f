//! Constructors of [`Chart`] that read a directory, an archive or the built-in chart.

use std::path::Path;

use super::directory::read_chart;
use super::embedded::{BUILT_IN_CHART, embedded_chart};
use super::walk::Links;
use crate::chart::Chart;
use crate::diagnostic::Diagnostics;

impl Chart {
    /// Reads the chart in a directory, without the files that its `.helmignore` excludes, or in an archive. Symbolic links that
    /// lead out of the directory are errors.
    ///
    /// # Errors
    /// There is no chart, or it cannot be read: all errors in its files.
    pub fn read(path: impl AsRef<Path>) -> Result<Chart, Diagnostics> {
        Ok(Chart::from_files(read_chart(path.as_ref(), Links::Inside)?)?)
    }

    /// Returns the chart for MongooseIM, which is part of the crate.
    ///
    /// # Errors
    /// The chart is invalid, which the crate's tests rule out.
    pub fn built_in() -> Result<Chart, Diagnostics> {
        Ok(Chart::from_files(embedded_chart(BUILT_IN_CHART).unwrap_or_default())?)
    }
}
