//! Rules for values.yaml.

use super::report::{Report, Rule};
use super::subject::{Group, Subject};
use crate::chart::Entry;
use crate::diagnostic::{Diagnostic, Source};
use crate::json_schema::{self, ChartValues, Schema};
use crate::values::coalesce_tables;
use crate::yaml::{self, Map, Value};

const FILE: &str = "values.yaml";
const SCHEMA_FILE: &str = "values.schema.json";

const EXISTS: Rule = Rule::info("values-file");
const FORMAT: Rule = Rule::error("values-file-format");
const SCHEMA: Rule = Rule::error("values-schema");

pub(super) const GROUP: Group = Group { part: FILE, rules: &[&[&EXISTS, &FORMAT, &SCHEMA]], check };

fn check(subject: &Subject<'_>, report: &mut Report) {
    let entry = &subject.folder.values;
    if matches!(entry, Entry::Missing) {
        return report.add(EXISTS.broken(FILE, "file does not exist"));
    }
    let defaults = match entry.text(&format!("{}/{FILE}", subject.folder.path)).and_then(|source| read(&source)) {
        Ok(defaults) => defaults,
        Err(error) => {
            let text = format!("unable to parse YAML: {}", error.message);
            return report.add(FORMAT.broken(FILE, text).because_of(&error));
        }
    };
    // Helm's `lint` merges only the top level: subcharts are not involved, and nulls in the defaults stay.
    let mut values = subject.request.values.clone();
    report.notes.extend(coalesce_tables(&mut values, &defaults));
    let path = format!("{}/{SCHEMA_FILE}", subject.folder.path);
    let schema = match &subject.folder.schema {
        Entry::Missing => return,
        schema => schema.text(&path),
    };
    let schema = match schema {
        Ok(schema) if schema.text().is_empty() || subject.request.skip_schema_validation => return,
        Ok(schema) => schema,
        // Helm also ignores a directory of this name.
        Err(_) => return,
    };
    let schema = Schema::parse(&schema);
    let name = subject.folder.path.as_str();
    let chart = ChartValues { name, path: &[], schema: schema.as_ref(), values: &values };
    if let Some(rejection) = json_schema::check_chart(&chart) {
        report.add(SCHEMA.rejected(FILE, &rejection.diagnostic(), vec![rejection]));
    }
}

/// Reads values.yaml. Only its first document counts.
fn read(source: &Source) -> Result<Map, Diagnostic> {
    let document = yaml::read_document(source)?;
    match document.value {
        Value::Map(map) => Ok(map),
        Value::Null => Ok(Map::new()),
        other => {
            let message = format!(
                "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of type common.Values",
                other.type_name()
            );
            Err(Diagnostic::error("yaml-value", message).at(document.span, ""))
        }
    }
}
