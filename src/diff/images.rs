//! Compares the container images of two sides.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write;

use super::cause::Cause;
use super::changed_value::cause_lines;
use super::compare::Change;
use super::difference::{Comparison, Status};
use super::json::cause;
use crate::diagnostic::{Paint, counted, printable, printable_json};
use crate::json::{self, Object as Fields};
use crate::kubernetes::{FieldPath, Id, ImageField, Object, images_of};
use crate::secrets::Secrets;
use crate::yaml::Value;

/// The images that change between two sides.
#[derive(Debug, Default)]
pub struct ImageChanges {
    /// The changes: fields with the same old and the same new image are one change.
    changes: Vec<ImageChange>,
    /// Images that only the new side has, and images that only the old side has.
    new: BTreeSet<String>,
    gone: BTreeSet<String>,
    /// The number of fields that have the same image on both sides.
    unchanged: usize,
}

/// Fields that changed from one image to another.
#[derive(Debug)]
struct ImageChange {
    /// The old image; `None` if the fields are new.
    old: Option<String>,
    /// The new image; `None` if the fields were removed.
    new: Option<String>,
    fields: Vec<Place>,
}

#[derive(Debug)]
struct Place {
    id: Id,
    path: FieldPath,
    role: &'static str,
    causes: Vec<Cause>,
}

type Key<'o> = (&'o str, &'o str, &'o str, &'o str, String);

/// Compares the images of two sides. `comparison` compares the same sides and has causes; `namespace` applies to objects that
/// declare none.
pub fn image_changes(
    (old, new): (&[Object], &[Object]),
    comparison: &Comparison,
    secrets: &Secrets,
    namespace: &str,
) -> ImageChanges {
    // The old names of renamed objects.
    let renamed: HashMap<(&str, &str, &str, &str), &str> = comparison
        .differences
        .iter()
        .filter(|difference| difference.status == Status::Renamed)
        .filter_map(|difference| {
            let id = &difference.id;
            Some((
                (id.group(), id.kind.as_str(), in_namespace(id, namespace), id.name.as_str()),
                difference.old_name.as_deref()?,
            ))
        })
        .collect();
    let mut before: HashMap<Key<'_>, String> = HashMap::new();
    let mut order: Vec<(&Id, ImageField)> = Vec::new();
    for object in old {
        for field in images_of(object) {
            before.insert(key(&object.id, &field.path, &object.id.name, namespace), field.image.clone());
            order.push((&object.id, field));
        }
    }
    let mut builder = Builder::new(comparison, secrets);
    let (mut kept, mut of_new) = (HashSet::new(), HashSet::new());
    for object in new {
        let id = &object.id;
        let identity = (id.group(), id.kind.as_str(), in_namespace(id, namespace), id.name.as_str());
        let old_name = renamed.get(&identity).copied().unwrap_or(&id.name);
        for field in images_of(object) {
            let key = key(id, &field.path, old_name, namespace);
            let old = before.get(&key).cloned();
            kept.insert(key);
            of_new.insert(field.image.clone());
            if old.as_ref() == Some(&field.image) {
                builder.found.unchanged += 1;
            } else {
                let image = field.image.clone();
                builder.add(old, Some(image), id, field);
            }
        }
    }
    let of_old: HashSet<&String> = order.iter().map(|(_, field)| &field.image).collect();
    let masked = |image: &String| secrets.mask(image);
    builder.found.new = of_new.iter().filter(|image| !of_old.contains(image)).map(masked).collect();
    builder.found.gone = of_old.into_iter().filter(|image| !of_new.contains(*image)).map(masked).collect();
    for (id, field) in order {
        if !kept.contains(&key(id, &field.path, &id.name, namespace)) {
            builder.add(Some(field.image.clone()), None, id, field);
        }
    }
    builder.found
}

fn in_namespace<'o>(id: &'o Id, namespace: &'o str) -> &'o str {
    if id.namespace.is_empty() { namespace } else { &id.namespace }
}

fn key<'o>(id: &'o Id, path: &FieldPath, name: &'o str, namespace: &'o str) -> Key<'o> {
    (id.group(), &id.kind, in_namespace(id, namespace), name, path.to_string())
}

/// Builds an [`ImageChanges`].
struct Builder<'c> {
    comparison: HashMap<&'c Id, Vec<&'c Change>>,
    secrets: &'c Secrets,
    known: HashMap<(Option<String>, Option<String>), usize>,
    found: ImageChanges,
}

impl<'c> Builder<'c> {
    fn new(comparison: &'c Comparison, secrets: &'c Secrets) -> Self {
        let by_object =
            comparison.differences.iter().map(|difference| (&difference.id, difference.changes.iter().collect()));
        Builder { comparison: by_object.collect(), secrets, known: HashMap::new(), found: ImageChanges::default() }
    }

    fn add(&mut self, old: Option<String>, new: Option<String>, id: &Id, field: ImageField) {
        let [old, new] = [old, new].map(|image| image.map(|image| self.secrets.mask(&image)));
        let at = *self.known.entry((old.clone(), new.clone())).or_insert_with(|| {
            self.found.changes.push(ImageChange { old, new, fields: Vec::new() });
            self.found.changes.len() - 1
        });
        let mut causes: Vec<Cause> = Vec::new();
        let of_object = self.comparison.get(id).map_or(&[][..], Vec::as_slice);
        let parts = |path: &FieldPath| field.parts.iter().any(|part| part.meets(path));
        for of_change in of_object.iter().filter(|change| parts(&change.path)).flat_map(|change| &change.causes) {
            if !causes.contains(of_change) {
                causes.push(of_change.clone());
            }
        }
        let place = Place { id: id.clone(), path: field.path, role: field.role.name(), causes };
        self.found.changes[at].fields.push(place);
    }
}

impl ImageChange {
    fn word(&self) -> &'static str {
        match (&self.old, &self.new) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        }
    }
}

impl ImageChanges {
    /// Whether no image changes.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Returns `2 images changed, 1 added, 5 unchanged`, which counts fields.
    fn summary(&self) -> String {
        let count = |word: &str| {
            let of_word = self.changes.iter().filter(|change| change.word() == word);
            of_word.map(|change| change.fields.len()).sum::<usize>()
        };
        let counts = ["changed", "added", "removed"].map(|word| (count(word), word));
        let mut parts: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
        if parts.is_empty() {
            parts.push("no images changed".to_owned());
        }
        parts.push(format!("{} unchanged", self.unchanged));
        parts.join(", ")
    }
}

/// Writes the text output of `diff --images`.
pub fn image_changes_text(found: &ImageChanges, paint: Paint) -> String {
    /// The maximum number of fields that are listed for a change.
    const MAX: usize = 20;
    let mut out = String::new();
    for change in &found.changes {
        let line = match (&change.old, &change.new) {
            (None, Some(new)) => format!("+ {new}"),
            (Some(old), None) => format!("- {old}"),
            (old, new) => {
                format!("~ {} → {}", old.as_deref().unwrap_or_default(), new.as_deref().unwrap_or_default())
            }
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(out, "{}", paint.bold(&printable(&line)));
        for place in change.fields.iter().take(MAX) {
            let _ = writeln!(out, "    {} {}", printable(&place.id.to_string()), printable(&place.path.to_string()));
            for line in cause_lines(&place.causes) {
                let _ = writeln!(out, "      {}", paint.dim(&line));
            }
        }
        if let Some(more @ 1..) = change.fields.len().checked_sub(MAX) {
            let _ = writeln!(out, "    and in {} more", counted(more, "field"));
        }
    }
    if !found.changes.is_empty() {
        out.push('\n');
    }
    let _ = writeln!(out, "{}", found.summary());
    out
}

/// Writes the output of `diff --images --output json`: one object.
///
/// Its fields are `summary`, `new` and `gone` (images that only one side has), `unchanged` (the number of fields), and `changes`:
/// `change` (`changed`, `added`, `removed`), `old`, `new`, `fields` (`apiVersion`, `kind`, `namespace`, `name`, `path`, `role` as
/// in `images`, `causes`).
pub fn image_changes_json(found: &ImageChanges) -> String {
    let mut top = Fields::new();
    top.text("summary", &found.summary());
    top.list("new", found.new.iter().cloned().map(Value::String));
    top.list("gone", found.gone.iter().cloned().map(Value::String));
    top.count("unchanged", found.unchanged);
    top.list("changes", found.changes.iter().map(change_json));
    format!("{}\n", printable_json(&json::write(&top.into_value())))
}

fn change_json(change: &ImageChange) -> Value {
    let mut fields = Fields::new();
    fields.text("change", change.word());
    fields.optional_text("old", change.old.as_ref());
    fields.optional_text("new", change.new.as_ref());
    let place = |place: &Place| {
        let mut fields = Fields::new();
        let id = &place.id;
        for (key, text) in
            [("apiVersion", &id.api_version), ("kind", &id.kind), ("namespace", &id.namespace), ("name", &id.name)]
        {
            fields.text(key, text);
        }
        fields.text("path", &place.path.to_string());
        fields.text("role", place.role);
        fields.list("causes", place.causes.iter().map(cause));
        fields.into_value()
    };
    fields.list("fields", change.fields.iter().map(place));
    fields.into_value()
}
