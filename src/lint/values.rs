//! Rules for values.yaml.

use super::report::{Report, Rule};
use super::subject::{Group, Subject};
use crate::chart::Entry;
use crate::diagnostic::{Diagnostic, Source};
use crate::json_schema::{self, Schema};
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
    // Helm's `lint` looks at the top level alone: subcharts have no part in it, and nulls of the defaults stay.
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
        // A directory of this name is not a schema either, and Helm ignores it.
        Err(_) => return,
    };
    if let Some((text, error)) = check_schema(&schema, &values) {
        report.add(SCHEMA.broken(FILE, text).because_of(&error));
    }
}

/// Only the first document counts here.
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

/// What Helm says of values that a schema refuses, and the same as a diagnostic.
fn check_schema(source: &Source, values: &Map) -> Option<(String, Diagnostic)> {
    let schema = match Schema::parse(source) {
        Ok(schema) => schema,
        Err(error) => return Some((error.message.clone(), error)),
    };
    let refused = json_schema::check_one(&schema, values)?;
    Some((format!("{}\n", refused.message), refused))
}
