//! Paths to the fields of an object.

use std::collections::HashSet;
use std::fmt;

/// A step of a [`FieldPath`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathStep {
    /// A field of an object, or a key of a map.
    Field(String),
    /// The list item with these values in the key fields of the list.
    Item(Vec<(String, String)>),
    /// An item of a list without key fields, by its index from 0.
    Index(usize),
}

/// The path to a field: `spec.template.spec.containers[name=mongooseim].image`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldPath(pub Vec<PathStep>);

impl FieldPath {
    /// Creates a path of field names.
    pub fn of_fields(fields: &[&str]) -> FieldPath {
        FieldPath(fields.iter().map(|field| PathStep::Field((*field).to_owned())).collect())
    }

    /// Returns the path of a field below this one.
    #[must_use]
    pub fn field(&self, name: &str) -> FieldPath {
        self.with(PathStep::Field(name.to_owned()))
    }

    /// Returns the path with another step.
    #[must_use]
    pub fn with(&self, step: PathStep) -> FieldPath {
        let mut steps = self.0.clone();
        steps.push(step);
        FieldPath(steps)
    }

    /// Whether the path starts with these fields.
    pub fn is_below(&self, fields: &[&str]) -> bool {
        self.0.len() >= fields.len()
            && fields.iter().zip(&self.0).all(|(field, step)| matches!(step, PathStep::Field(name) if name == field))
    }

    /// Whether the path contains a field of this name.
    pub fn has_field(&self, field: &str) -> bool {
        self.0.iter().any(|step| matches!(step, PathStep::Field(name) if name == field))
    }

    /// Whether one of the two paths is a prefix of the other, or both are equal.
    pub fn meets(&self, other: &FieldPath) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a == b)
    }

    /// Returns the field name at a depth, from 0; `None` if the step is not a field.
    pub fn name(&self, depth: usize) -> Option<&str> {
        match self.0.get(depth) {
            Some(PathStep::Field(name)) => Some(name),
            _ => None,
        }
    }
}

/// A set of paths, to check whether other paths meet any of them.
#[derive(Debug)]
pub struct FieldPaths<'p> {
    all: HashSet<&'p [PathStep], ahash::RandomState>,
    /// The proper prefixes of the paths.
    around: HashSet<&'p [PathStep], ahash::RandomState>,
}

impl<'p> FieldPaths<'p> {
    /// Creates the set.
    pub fn new(paths: impl Iterator<Item = &'p FieldPath>) -> FieldPaths<'p> {
        let (mut all, mut around) = (HashSet::default(), HashSet::default());
        for FieldPath(steps) in paths {
            all.insert(&steps[..]);
            around.extend((0..steps.len()).map(|length| &steps[..length]));
        }
        FieldPaths { all, around }
    }

    /// Whether a path meets any path of the set.
    pub fn meet(&self, FieldPath(steps): &FieldPath) -> bool {
        self.around.contains(&steps[..]) || (0..=steps.len()).any(|length| self.all.contains(&steps[..length]))
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                PathStep::Field(name) if name.contains(['.', '[', ']', ' ']) || name.is_empty() => {
                    write!(f, "[{name:?}]")?
                }
                PathStep::Field(name) if at == 0 => write!(f, "{name}")?,
                PathStep::Field(name) => write!(f, ".{name}")?,
                PathStep::Item(keys) => {
                    let keys: Vec<String> = keys.iter().map(|(key, value)| format!("{key}={value}")).collect();
                    write!(f, "[{}]", keys.join(","))?;
                }
                PathStep::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Whether a path, as text, leads to a place or to something below it.
pub fn is_at_or_below(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_in_dotted_form() {
        let path = FieldPath::of_fields(&["spec", "containers"])
            .with(PathStep::Item(vec![("name".to_owned(), "web".to_owned())]))
            .field("image");
        assert_eq!(path.to_string(), "spec.containers[name=web].image");
        assert_eq!(FieldPath::of_fields(&["data", "a.toml"]).to_string(), "data[\"a.toml\"]");
        assert!(path.is_below(&["spec"]) && path.meets(&FieldPath::of_fields(&["spec"])));
        assert!(!path.meets(&FieldPath::of_fields(&["spec", "volumes"])));
        let all = [path, FieldPath::of_fields(&["status"])];
        let paths = FieldPaths::new(all.iter());
        let some: [&[&str]; 6] = [&[], &["spec"], &["spec", "volumes"], &["status"], &["status", "x"], &["x"]];
        for fields in some {
            let other = FieldPath::of_fields(fields);
            assert_eq!(paths.meet(&other), all.iter().any(|path| path.meets(&other)), "{other}");
        }
    }
}
