//! A run of the templates of a tree of charts: the objects that they see, and the evaluator.

use std::collections::HashMap;

use super::errors::ExecError;
use super::exec::Exec;
use super::objects::{self, ChartObjects, Shared};
use super::trace::Tracer;
use super::value::{Text, Value, Watch};
use crate::chart::Chart;
use crate::diagnostic::Source;
use crate::engine::capabilities::Capabilities;
use crate::engine::scope::{RandomCalls, Release, Rendered};
use crate::yaml::Map;

/// The inputs of a run.
pub(super) struct RunScope<'a> {
    pub(super) chart: &'a Chart,
    pub(super) values: &'a Map,
    pub(super) release: &'a Release,
    pub(super) capabilities: &'a Capabilities,
    /// Whether `required` and `fail` are noted instead of ending the render.
    pub(super) notes_refusals: bool,
}

/// A file with a template.
pub(super) struct File {
    /// Its path, starting with the root chart's name.
    pub(super) path: String,
    /// The path of its chart.
    pub(super) chart: String,
    /// The names of the subcharts from the root to its chart.
    pub(super) names: Vec<String>,
    pub(super) source: Source,
}

impl File {
    /// Converts the bytes that the file's template wrote.
    pub(super) fn rendered(&self, bytes: Vec<u8>, random: RandomCalls) -> Rendered {
        let (text, bytes) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let source = Source::rendered_of_bytes("", error.into_bytes());
                (source.text().to_owned(), Some(source.bytes().to_vec()))
            }
        };
        Rendered {
            path: self.path.clone(),
            template: self.source.clone(),
            text,
            bytes,
            notes: self.path.ends_with("NOTES.txt"),
            random,
        }
    }
}

/// A run of all templates.
pub(super) struct Run<T: Tracer> {
    /// The objects of each chart, by its path.
    charts: HashMap<String, ChartObjects, ahash::RandomState>,
    watch: Watch,
    pub(super) exec: Exec<T>,
}

impl<T: Tracer> Run<T> {
    /// Begins a run with the objects of a scope.
    pub(super) fn new(scope: &RunScope<'_>, exec: Exec<T>) -> Run<T> {
        let shared = Shared::new(scope.release, scope.capabilities);
        let charts = objects::charts(scope.chart, scope.values, &shared);
        let charts = charts.into_iter().map(|objects| (objects.path.clone(), objects)).collect();
        Run { charts, watch: shared.watch, exec }
    }

    /// The objects of a file's chart; `None` if the tree does not contain the chart.
    pub(super) fn objects(&self, file: &File) -> Option<&ChartObjects> {
        self.charts.get(&file.chart)
    }

    /// Sets the object `Template` of a file's chart. Returns the objects, or `None` if the tree does not contain the chart.
    pub(super) fn enter(&self, file: &File) -> Option<&ChartObjects> {
        let objects = self.objects(file)?;
        objects.dot.insert("Template".into(), objects::template(&file.path, &objects.path, &self.watch));
        Some(objects)
    }

    /// Removes the object `Template` of a file's chart.
    pub(super) fn leave(&self, file: &File) {
        if let Some(objects) = self.objects(file) {
            objects.dot.remove(b"Template");
        }
    }

    /// Runs a file; `None` if the tree does not contain its chart.
    pub(super) fn file(&mut self, file: &File) -> Option<Result<Vec<u8>, Box<ExecError>>> {
        let dot = self.enter(file)?.dot.clone();
        self.watch.take();
        Some(self.exec.render(&Text::from(file.path.as_str()), Value::Map(dot)))
    }

    /// Whether the file that ran last has changed an object, so later files may render differently.
    pub(super) fn has_changed_objects(&self) -> bool {
        self.watch.take()
    }
}
