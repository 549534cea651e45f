//! The schemas of a tree of charts, each with the part of the values that it describes.

use crate::chart::{Chart, SchemaFile};
use crate::diagnostic::Diagnostic;
use crate::json_schema::{self, ChartValues, Schema, SchemaError, SchemaView};
use crate::secrets::ChartSchema;
use crate::values::{Step, ValuePath, check_toml};
use crate::yaml::{Map, Node};

/// The schemas of a chart and of its subcharts, parents first.
pub struct Schemas {
    found: Vec<LocatedSchema>,
}

struct LocatedSchema {
    chart: String,
    /// The names of the subcharts on the path from the root chart.
    path: Vec<String>,
    schema: SchemaFile,
}

impl LocatedSchema {
    fn document(&self) -> Option<&Node> {
        self.schema.parsed().ok().map(Schema::document)
    }
}

impl Schemas {
    /// Finds every values.schema.json of the tree. As in Helm, an invalid schema is an error only when values are checked.
    pub fn new(chart: &Chart) -> Schemas {
        let mut schemas = Schemas { found: Vec::new() };
        schemas.add(chart, &mut Vec::new());
        schemas
    }

    fn add(&mut self, chart: &Chart, path: &mut Vec<String>) {
        if let Some(schema) = chart.schema.clone() {
            self.found.push(LocatedSchema { chart: chart.metadata.name.clone(), path: path.clone(), schema });
        }
        for subchart in &chart.subcharts {
            path.push(subchart.metadata.name.clone());
            self.add(subchart, path);
            path.pop();
        }
    }

    /// Returns the document of the root chart's schema.
    pub fn of_root(&self) -> Option<&Node> {
        self.found.first().filter(|found| found.path.is_empty())?.document()
    }

    /// Returns the schema of the value at `path`, from the outermost chart that describes it.
    pub fn at(&self, path: &ValuePath) -> Option<SchemaView<'_>> {
        self.found.iter().find_map(|found| {
            let steps = path.steps();
            let is_above = |(at, name): (usize, &String)| steps.get(at) == Some(&Step::Key(name.clone()));
            let is_below = found.path.len() <= steps.len() && found.path.iter().enumerate().all(is_above);
            let view = SchemaView::of_document(found.document()?).filter(|_| is_below)?;
            steps[found.path.len()..].iter().try_fold(view, |view, step| {
                view.alternatives().into_iter().find_map(|view| match step {
                    Step::Key(key) => view.property(key),
                    Step::Item(_) => view.items(),
                })
            })
        })
    }

    /// Returns the schema documents, each with the names of the subcharts on the path to its chart.
    pub fn documents(&self) -> Vec<ChartSchema<'_>> {
        self.found.iter().filter_map(|found| Some((found.path.as_slice(), found.document()?))).collect()
    }

    /// Checks the coalesced values of the whole tree. Returns errors and warnings.
    pub fn check(&self, values: &Map) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
        let checked = self.check_by_chart(values);
        let of_schemas = checked.rejected.iter().map(|error| {
            let error = error.diagnostic();
            Diagnostic { message: error.message.trim_end_matches('\n').to_owned(), ..error }
        });
        (of_schemas.chain(checked.errors).collect(), checked.warnings)
    }

    /// Like [`Schemas::check`], but keeps apart what the schema of each chart rejects.
    pub fn check_by_chart(&self, values: &Map) -> CheckedValues {
        let part = |found: &'_ LocatedSchema| {
            if found.path.is_empty() {
                return Some(values);
            }
            values.at(found.path.iter().map(String::as_str))?.value.as_map()
        };
        let parts = self.found.iter().filter_map(|found| {
            let (name, path, schema) = (found.chart.as_str(), found.path.as_slice(), found.schema.parsed());
            Some(ChartValues { name, path, schema, values: part(found)? })
        });
        let parts: Vec<ChartValues<'_>> = parts.collect();
        let (rejected, mut warnings) = json_schema::check(&parts);
        let readable = parts.iter().filter_map(|part| Some((part.schema.ok()?, part.values)));
        let of_toml = readable.flat_map(|(schema, values)| check_toml(values, schema.document()));
        let (errors, toml_warnings): (Vec<_>, Vec<_>) = of_toml.partition(Diagnostic::is_error);
        warnings.extend(toml_warnings);
        CheckedValues { rejected, errors, warnings }
    }
}

/// The result of checking the values of a tree of charts.
pub struct CheckedValues {
    /// The values that schemas reject.
    pub rejected: Vec<SchemaError>,
    /// Further errors: values that a schema declares as TOML, and that are not.
    pub errors: Vec<Diagnostic>,
    /// The warnings.
    pub warnings: Vec<Diagnostic>,
}
