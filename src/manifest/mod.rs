//! Turns the output of templates into manifests.
//!
//! Rendered files are split into documents, each document is identified, hooks are separated, and both are sorted into Helm's
//! install order. The other files write manifests in Helm's forms (whole, `--show-only`, `--output-dir`), send them through a
//! post-renderer, and find fields in them.

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
use crate::parallel;
use crate::yaml::{RepeatedKey, check_part, split_manifests};

pub use document::Manifest;
pub use field_lines::FieldLines;
pub use fields::{place_of_field, value_path};
pub use hook::Hook;
pub use layout::{Files, Layout, files, is_object_file};
pub use post_render::{from_post_renderer, to_post_renderer};
pub use show_only::{retain_selected, select_documents, write_selected};
pub use write::{with_hooks, write, written_lines, written_parts};

/// How many bytes take longer to read than a thread takes to start.
const WORTH_A_THREAD: usize = 200_000;

/// All manifests of a render.
#[derive(Debug, Clone, Default)]
pub struct Manifests {
    /// The manifests that are not hooks, in Helm's install order.
    pub manifests: Vec<Manifest>,
    /// The hooks, in the same order.
    pub hooks: Vec<Manifest>,
    /// Warnings: documents that were skipped because of an unknown hook, and keys that occur twice in a map.
    pub notes: Vec<Diagnostic>,
}

/// An error in a rendered document that makes it invalid as a manifest.
#[derive(Debug, Clone)]
pub struct ManifestError {
    /// The template's path.
    pub path: String,
    /// The error, with a place in the rendered text.
    pub diagnostic: Diagnostic,
    /// The line of the error in the rendered text, from 1.
    pub rendered_line: usize,
}

impl ManifestError {
    /// Adds a text in front of the message of an error with a place in the rendered text.
    fn new(path: &str, introduction: &str, error: Diagnostic) -> ManifestError {
        let rendered_line = error.labels.first().and_then(|label| label.span.position()).map_or(1, |at| at.line);
        let message = format!("{introduction}: {}", error.message);
        ManifestError { path: path.to_owned(), diagnostic: Diagnostic { message, ..error }, rendered_line }
    }
}

impl Manifests {
    /// Reads the output of templates: pairs of a template's path and its text, in byte order of the paths.
    ///
    /// # Errors
    /// The first invalid document of every file, with Helm's message.
    pub fn read(rendered: impl IntoIterator<Item = (String, String)>) -> Result<Manifests, Vec<ManifestError>> {
        let sources: Vec<Source> = rendered.into_iter().map(|(path, text)| Source::rendered(path, text)).collect();
        Manifests::from_rendered(&sources)
    }

    /// Reads sources that are named by their templates' paths, like [`Manifests::read`].
    ///
    /// # Errors
    /// See [`Manifests::read`].
    pub fn from_rendered(rendered: &[Source]) -> Result<Manifests, Vec<ManifestError>> {
        let length: usize = rendered.iter().map(|source| source.text().len()).sum();
        let read = parallel::map_on(1 + length / WORTH_A_THREAD, rendered, Manifests::of_file);
        let mut all = Manifests::default();
        let mut errors = Vec::new();
        for of_file in read {
            match of_file {
                Ok(of_file) => {
                    all.manifests.extend(of_file.manifests);
                    all.hooks.extend(of_file.hooks);
                    all.notes.extend(of_file.notes);
                }
                Err(error) => errors.push(*error),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        order::sort(&mut all.manifests);
        order::sort(&mut all.hooks);
        Ok(all)
    }

    /// Reads the manifests of one file.
    fn of_file(source: &Source) -> Result<Manifests, Box<ManifestError>> {
        let path = source.name();
        let mut of_file = Manifests::default();
        for range in split_manifests(source.text()) {
            let head = check_part(source, &range).and_then(|()| identify::read_head(source, range.clone()));
            let refuse = |error| Box::new(ManifestError::new(path, &format!("YAML parse error on {path}"), error));
            let head = head.map_err(refuse)?;
            of_file.notes.extend(head.repeated.iter().map(RepeatedKey::warning));
            let hook = match Hook::parse(&head) {
                Ok(hook) => hook,
                Err(raw) => {
                    of_file.notes.push(hook::unknown(&raw, source.span(range)));
                    continue;
                }
            };
            let manifest = Manifest { path: path.to_owned(), id: head.id, hook, span: source.span(range) };
            if manifest.hook.is_some() { of_file.hooks.push(manifest) } else { of_file.manifests.push(manifest) }
        }
        Ok(of_file)
    }

    /// Returns the manifests, then the hooks.
    pub fn iter(&self) -> impl Iterator<Item = &Manifest> {
        self.manifests.iter().chain(&self.hooks)
    }

    /// Removes the hooks that only `helm test` runs.
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
    fn documents_are_ordered_by_kind_and_hooks_are_separate() {
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
