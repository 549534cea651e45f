//! The schemas of a tree of charts, and the values they are about.

use crate::chart::Chart;
use crate::diagnostic::Diagnostic;
use crate::json_schema::{self, Schema, SchemaView};
use crate::secrets::ChartSchema;
use crate::values::{Step, ValuePath, check_toml};
use crate::yaml::{Map, Node};

/// The schemas of a chart and of its subcharts, parents first.
pub struct Schemas {
    found: Vec<Found>,
}

struct Found {
    chart: String,
    /// The names of the subcharts on the way from the root.
    path: Vec<String>,
    schema: Schema,
}

impl Schemas {
    /// Parses every values.schema.json of the tree.
    ///
    /// # Errors
    /// Everything that is not a schema.
    pub fn parse(chart: &Chart) -> Result<Schemas, Vec<Diagnostic>> {
        let mut schemas = Schemas { found: Vec::new() };
        let mut errors = Vec::new();
        schemas.add(chart, &mut Vec::new(), &mut errors);
        if errors.is_empty() { Ok(schemas) } else { Err(errors) }
    }

    /// Those of the tree that can be parsed.
    pub fn readable(chart: &Chart) -> Schemas {
        let mut schemas = Schemas { found: Vec::new() };
        schemas.add(chart, &mut Vec::new(), &mut Vec::new());
        schemas
    }

    fn add(&mut self, chart: &Chart, path: &mut Vec<String>, errors: &mut Vec<Diagnostic>) {
        let name = &chart.metadata.name;
        match chart.schema.as_ref().map(Schema::parse) {
            Some(Ok(schema)) => self.found.push(Found { chart: name.clone(), path: path.clone(), schema }),
            Some(Err(error)) => errors.push(json_schema::in_frame(name, error)),
            None => {}
        }
        for subchart in &chart.subcharts {
            path.push(subchart.metadata.name.clone());
            self.add(subchart, path, errors);
            path.pop();
        }
    }

    /// The root chart's schema document.
    pub fn of_root(&self) -> Option<&Node> {
        self.found.first().filter(|found| found.path.is_empty()).map(|found| found.schema.document())
    }

    /// What the schemas say of the value at a path: the outermost chart that describes it.
    pub fn at(&self, path: &ValuePath) -> Option<SchemaView<'_>> {
        self.found.iter().find_map(|found| {
            let steps = path.steps();
            let is_above = |(at, name): (usize, &String)| steps.get(at) == Some(&Step::Key(name.clone()));
            let holds = found.path.len() <= steps.len() && found.path.iter().enumerate().all(is_above);
            let view = SchemaView::of_document(found.schema.document()).filter(|_| holds)?;
            steps[found.path.len()..].iter().try_fold(view, |view, step| {
                view.alternatives().into_iter().find_map(|view| match step {
                    Step::Key(key) => view.property(key),
                    Step::Item(_) => view.items(),
                })
            })
        })
    }

    /// The schema documents, each with the names of the subcharts on the way to its chart.
    pub fn documents(&self) -> Vec<ChartSchema<'_>> {
        self.found.iter().map(|found| (found.path.as_slice(), found.schema.document())).collect()
    }

    /// Checks the coalesced values of the whole tree: errors, and warnings.
    pub fn check(&self, values: &Map) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
        let part = |found: &'_ Found| {
            if found.path.is_empty() {
                return Some(values);
            }
            values.at(found.path.iter().map(String::as_str))?.value.as_map()
        };
        let parts: Vec<(String, &Schema, &Map)> =
            self.found.iter().filter_map(|found| Some((found.chart.clone(), &found.schema, part(found)?))).collect();
        let mut reported = json_schema::check(&parts);
        reported.extend(parts.iter().flat_map(|(_, schema, values)| check_toml(values, schema.document())));
        reported.into_iter().partition(Diagnostic::is_error)
    }
}
