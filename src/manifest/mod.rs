//! From what templates gave to manifests: split into documents, identified, put in the order in which they are to be
//! applied, hooks set apart, and written as Helm writes them.

mod document;
mod field_lines;
mod fields;
mod hook;
mod identify;
mod layout;
mod order;
mod post_render;
mod show_only;
mod write;

use crate::diagnostic::{Diagnostic, Source};
use crate::yaml::{Repeated, check_part, split_manifests};

pub use document::Manifest;
pub use field_lines::FieldLines;
pub use fields::{place_of_field, value_path};
pub use hook::Hook;
pub use layout::{Files, Layout, files, is_object_file};
pub use post_render::{from_post_renderer, to_post_renderer};
pub use show_only::{keep_shown, shown, write_shown};
pub use write::{with_hooks, write};

/// All manifests of a run.
#[derive(Debug, Clone, Default)]
pub struct Manifests {
    /// The ordinary ones, in Helm's install order.
    pub manifests: Vec<Manifest>,
    /// The hooks, in the same order.
    pub hooks: Vec<Manifest>,
    /// What was left out, and keys that are written twice in a map, in a sentence each.
    pub notes: Vec<Diagnostic>,
}

/// A rendered document that is not a manifest.
#[derive(Debug, Clone)]
pub struct ManifestError {
    /// The template's path.
    pub path: String,
    /// The error; its place is in the rendered text.
    pub diagnostic: Diagnostic,
    /// The line of the rendered text (from 1) at which it shows.
    pub rendered_line: usize,
}

impl Manifests {
    /// Reads what templates gave: pairs of a template's path and its text, in the byte order of the paths.
    ///
    /// # Errors
    /// The first broken document of every text, as Helm says it.
    pub fn read(rendered: impl IntoIterator<Item = (String, String)>) -> Result<Manifests, Vec<ManifestError>> {
        let sources: Vec<Source> = rendered.into_iter().map(|(path, text)| Source::rendered(path, text)).collect();
        Manifests::of(&sources)
    }

    /// The same for texts that are named by their templates' paths.
    ///
    /// # Errors
    /// As for [`Manifests::read`].
    pub fn of(rendered: &[Source]) -> Result<Manifests, Vec<ManifestError>> {
        let mut all = Manifests::default();
        let mut errors = Vec::new();
        for source in rendered {
            if let Err(error) = all.read_one(source.name(), source) {
                errors.push(*error);
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        order::sort(&mut all.manifests);
        order::sort(&mut all.hooks);
        Ok(all)
    }

    fn read_one(&mut self, path: &str, source: &Source) -> Result<(), Box<ManifestError>> {
        for range in split_manifests(source.text()) {
            let head = check_part(source, &range).and_then(|()| identify::read_head(source, range.clone()));
            let head = head.map_err(|error| {
                Box::new(ManifestError {
                    path: path.to_owned(),
                    rendered_line: error.labels.first().and_then(|label| label.span.position()).map_or(1, |at| at.line),
                    diagnostic: Diagnostic {
                        message: format!("YAML parse error on {path}: {}", error.message),
                        ..error
                    },
                })
            })?;
            self.notes.extend(head.repeated.iter().map(Repeated::warning));
            let hook = match Hook::of(&head) {
                Ok(hook) => hook,
                Err(raw) => {
                    self.notes.push(hook::unknown(&raw, source.span(range)));
                    continue;
                }
            };
            let manifest = Manifest { path: path.to_owned(), id: head.id, hook, span: source.span(range) };
            if manifest.hook.is_some() { self.hooks.push(manifest) } else { self.manifests.push(manifest) }
        }
        Ok(())
    }

    /// Takes the hooks out that only `helm test` runs.
    pub fn remove_tests(&mut self) {
        self.hooks.retain(|manifest| !manifest.hook.as_ref().is_some_and(Hook::is_test));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> Result<Manifests, Vec<ManifestError>> {
        Manifests::read(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())))
    }

    #[test]
    fn documents_are_ordered_by_kind_and_hooks_set_apart() {
        let all = read(&[
            ("c/templates/a.yaml", "kind: StatefulSet\n---\nkind: Zebra\n---\n# only a comment\n---\nkind: Service\n"),
            ("c/templates/b.yaml", "kind: Job\nmetadata:\n  annotations: {helm.sh/hook: 'pre-install, TEST'}\n"),
            ("c/templates/c.yaml", "kind: Secret\n"),
        ])
        .unwrap();
        let kinds: Vec<_> = all.manifests.iter().map(|manifest| manifest.id.kind.as_str()).collect();
        assert_eq!(kinds, ["Secret", "Service", "StatefulSet", "", "Zebra"]);
        assert_eq!(all.hooks[0].hook.as_ref().unwrap().events, ["pre-install", "test"]);
    }

    #[test]
    fn every_broken_file_is_reported_with_its_line() {
        let errors =
            read(&[("c/a.yaml", "kind: A\n---\nkind: B\n  x: [\n"), ("c/b.yaml", "- 1\n"), ("c/c.yaml", "kind: C")])
                .unwrap_err();
        let reported: Vec<_> = errors.iter().map(|error| (error.path.as_str(), error.rendered_line)).collect();
        assert_eq!(reported, [("c/a.yaml", 4), ("c/b.yaml", 1)]);
        assert!(
            errors[0].diagnostic.message.starts_with("YAML parse error on c/a.yaml: error converting YAML to JSON")
        );
        assert!(errors[1].diagnostic.message.ends_with("cannot unmarshal array into Go value of type util.SimpleHead"));
    }
}
