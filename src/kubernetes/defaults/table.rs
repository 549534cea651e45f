//! The recorded defaults of fields.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::computed::generated;
use crate::diagnostic::Source;
use crate::kubernetes::schema::{Schema, Type};
use crate::yaml::{self, Value};

/// The output of `tests/cluster/record_defaults`, which describes its form.
const RECORD: &str = include_str!("recorded.txt");

/// The default of a field.
#[derive(Debug)]
pub(super) struct Default {
    /// The field.
    pub(super) field: &'static str,
    /// The value.
    pub(super) value: Value,
    /// The conditions for the default: `name=value`, `name` or `!name`. `in` is the kind of the whole object, `as` is the field
    /// that contains this object.
    pub(super) conditions: Vec<&'static str>,
}

/// All recorded defaults, by type.
pub(super) struct Table {
    by_type: HashMap<&'static str, Vec<Default>>,
    /// The types that get defaults even if the whole object is missing.
    filled: HashSet<&'static str>,
}

impl Table {
    /// Returns the recorded table, which is parsed on first use.
    pub(super) fn recorded() -> &'static Table {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| Table::parse(RECORD))
    }

    /// Returns the defaults of a type's fields. Unconditional ones come first, because others may depend on them.
    pub(super) fn defaults(&self, name: &str) -> &[Default] {
        self.by_type.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether an object of a type gets defaults even if it is missing.
    pub(super) fn is_filled(&self, name: &str) -> bool {
        self.filled.contains(name)
    }

    fn parse(record: &'static str) -> Table {
        let mut by_type: HashMap<&'static str, Vec<Default>> = HashMap::new();
        for (name, default) in record.lines().filter_map(line) {
            by_type.entry(name).or_default().push(default);
        }
        by_type.values_mut().for_each(|defaults| defaults.sort_by_key(|default| !default.conditions.is_empty()));
        let mut filled: HashSet<&'static str> = by_type.keys().copied().collect();
        // Adds the types that contain such a type, transitively. Types are recursive only through pointers.
        loop {
            let holders: Vec<&'static str> = Schema::built_in()
                .types()
                .filter(|object| !filled.contains(object.name))
                .filter(|object| {
                    object.fields.iter().any(|field| {
                        !field.is_pointer && matches!(field.type_, Type::Object(name) if filled.contains(name))
                    })
                })
                .map(|object| object.name)
                .collect();
            if holders.is_empty() {
                return Table { by_type, filled };
            }
            filled.extend(holders);
        }
    }
}

fn line(line: &'static str) -> Option<(&'static str, Default)> {
    let (name, rest) = line.split_once(' ')?;
    let (field, rest) = rest.split_once(' ')?;
    let (json, conditions) = rest.split_once(" if ").unwrap_or((rest, ""));
    let value = generated(&yaml::read_document(&Source::file("default", json)).ok()?.value);
    Some((name, Default { field, value, conditions: conditions.split(',').filter(|each| !each.is_empty()).collect() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_for_an_existing_field() {
        assert!(RECORD.starts_with(&format!("Kubernetes {}\n", Schema::built_in().version())));
        let lines: Vec<_> = RECORD.lines().skip(1).collect();
        assert!(lines.len() > 100, "{}", lines.len());
        for text in lines {
            let (name, default) = line(text).unwrap_or_else(|| panic!("{text}"));
            let type_ = Schema::built_in().object_type(name).unwrap_or_else(|| panic!("{text}"));
            assert!(type_.field(default.field).is_some(), "{text}");
            for condition in default.conditions {
                let field = condition.trim_start_matches('!').split('=').next().unwrap_or_default();
                assert!(matches!(field, "in" | "as") || type_.field(field).is_some(), "{text}");
            }
        }
    }
}
