//! Charts from where they are kept.

use std::path::Path;

use super::directory::read_chart;
use super::embedded::{BUILT_IN_CHART, embedded_chart};
use super::walk::Links;
use crate::chart::Chart;
use crate::diagnostic::Diagnostics;

impl Chart {
    /// Reads the chart in a directory, without the files that its `.helmignore` leaves out, or in an archive. Symbolic links that
    /// lead out of the directory are errors.
    ///
    /// # Errors
    /// There is no chart, or it can't be read: all that is wrong with its files.
    pub fn read(path: impl AsRef<Path>) -> Result<Chart, Diagnostics> {
        Ok(Chart::from_files(read_chart(path.as_ref(), Links::Inside)?)?)
    }

    /// The chart for MongooseIM, which is part of the crate.
    ///
    /// # Errors
    /// It is invalid, which the tests of the crate rule out.
    pub fn built_in() -> Result<Chart, Diagnostics> {
        Ok(Chart::from_files(embedded_chart(BUILT_IN_CHART).unwrap_or_default())?)
    }
}
