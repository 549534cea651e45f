//! The schemas of a tree of charts, and the values they are about.

use crate::chart::Chart;
use crate::diagnostic::Diagnostic;
use crate::values::schema::{self, Schema};
use crate::values::{Map, Node, SchemaView, Step, Value, ValuePath, check_toml};

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
    /// All that are no schema.
    pub fn parse(chart: &Chart) -> Result<Schemas, Vec<Diagnostic>> {
        let mut schemas = Schemas { found: Vec::new() };
        let mut errors = Vec::new();
        schemas.add(chart, &mut Vec::new(), &mut errors);
        if errors.is_empty() { Ok(schemas) } else { Err(errors) }
    }

    fn add(&mut self, chart: &Chart, path: &mut Vec<String>, errors: &mut Vec<Diagnostic>) {
        let name = &chart.metadata.name;
        match chart.schema.as_ref().map(Schema::parse) {
            Some(Ok(schema)) => self.found.push(Found { chart: name.clone(), path: path.clone(), schema }),
            Some(Err(error)) => errors.push(schema::in_frame(name, error)),
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
            view.at_path(&path.below(found.path.len()))
        })
    }

    /// The texts of all values that a schema marks as `writeOnly`, numbers as text.
    pub fn write_only_texts(&self, values: &Map) -> Vec<String> {
        let mut texts = Vec::new();
        for found in &self.found {
            let part = match found.path.as_slice() {
                [] => Some(values),
                path => values.at(path.iter().map(String::as_str)).and_then(|node| node.value.as_map()),
            };
            let (Some(part), Some(view)) = (part, SchemaView::of_document(found.schema.document())) else { continue };
            for (key, node) in part.iter() {
                gather_write_only(&below(&view.alternatives(), |view| view.property(key)), &node.value, &mut texts);
            }
        }
        texts
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
        let mut told = schema::check(&parts);
        told.extend(parts.iter().flat_map(|(_, schema, values)| check_toml(values, schema.document())));
        told.into_iter().partition(Diagnostic::is_error)
    }
}

fn below<'s>(
    views: &[SchemaView<'s>],
    step: impl Fn(&SchemaView<'s>) -> Option<SchemaView<'s>>,
) -> Vec<SchemaView<'s>> {
    views.iter().filter_map(step).flat_map(SchemaView::alternatives).collect()
}

fn gather_write_only(views: &[SchemaView<'_>], value: &Value, texts: &mut Vec<String>) {
    let is_secret = views.iter().any(SchemaView::is_write_only);
    match value {
        Value::Map(map) => {
            for (key, node) in map.iter() {
                gather_write_only(&below(views, |view| view.property(key)), &node.value, texts);
            }
        }
        Value::List(items) => {
            let of_items = below(views, SchemaView::items);
            items.iter().for_each(|item| gather_write_only(&of_items, &item.value, texts));
        }
        Value::String(text) if is_secret => texts.push(text.clone()),
        Value::Int(_) | Value::Float(_) if is_secret => texts.push(crate::json::write(value)),
        _ => {}
    }
}
