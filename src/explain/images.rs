//! Finds the images in a render, and the values that set them.

use std::collections::BTreeMap;

use super::documents::{Document, in_output, rendered_manifests};
use super::line::used_value;
use super::traced::TracedOutput;
use crate::engine::{Aspect, Scope, TemplateLine, UsedPath, UsedValue};
use crate::kubernetes::{Id, ImageField, images_of};
use crate::manifest::{FieldLines, Manifests, value_path};
use crate::render::Render;
use crate::secrets::Secrets;
use crate::values::{Step, ValuePath};
use crate::yaml::{self, Value};

/// An image in a render.
#[derive(Debug, Clone)]
pub struct UsedImage {
    /// The image and the field that names it.
    pub field: ImageField,
    /// The object with the field.
    pub id: Id,
    /// The template's path, as in the output.
    pub template: String,
    /// The line of the template, if known.
    pub place: Option<TemplateLine>,
    /// The values that the image consists of.
    pub values: Vec<UsedValue>,
    /// Values for parts of an image (such as `image.tag`) that decide about it: if they were set, they would be part of it.
    pub deciding: Vec<UsedValue>,
}

/// Returns the images of a render in the order of the output. Their values come from the trace. If the chart's engine can't
/// trace, they come from experiments: values whose text occurs in an image and that change it.
pub fn images(render: &Render, secrets: &Secrets) -> Vec<UsedImage> {
    let documents = in_output(&render.manifests, &[]);
    let output = render.trace().map(|trace| TracedOutput::new(Vec::new(), trace));
    let mut found = Vec::new();
    for document in &documents {
        for field in images_of(&document.manifest.object()) {
            let Origin { place, shown, deciding } = match &output {
                Some(output) => origin(output, document, &field),
                None => Origin::default(),
            };
            let used = |path| used_value(UsedPath::whole(path), &render.values, secrets);
            found.push(UsedImage {
                field,
                id: document.manifest.id.clone(),
                template: document.manifest.path.clone(),
                place,
                values: shown.into_iter().map(used).collect(),
                deciding: deciding.into_iter().map(used).collect(),
            });
        }
    }
    if output.is_none() {
        add_by_experiment(render, &mut found, secrets);
    }
    found
}

/// Where a field comes from.
#[derive(Default)]
struct Origin {
    place: Option<TemplateLine>,
    shown: Vec<ValuePath>,
    deciding: Vec<ValuePath>,
}

/// Returns the template line of a field, the values that its lines show, and those that decide about them.
fn origin(output: &TracedOutput, document: &Document, field: &ImageField) -> Origin {
    let mut found = Origin::default();
    let text = document.manifest.text();
    let Ok(fields) = FieldLines::read(&document.manifest.path, text) else { return found };
    for part in &field.parts {
        let lines = fields.field_lines(&value_path(fields.node(), part)).unwrap_or_default();
        for origin in lines.into_iter().filter_map(|line| output.origin(document, line)) {
            found.place = found.place.take().or(origin.place);
            for path in origin.shown.into_iter().map(|used| used.path) {
                if !found.shown.contains(&path) {
                    found.shown.push(path);
                }
            }
            // Only whole values count here: they decide which image it is, not whether there is one.
            let deciding = origin.deciding.into_iter().filter(|used| used.aspect == Aspect::Whole);
            for path in deciding.map(|used| used.path).filter(names_a_part) {
                if !found.deciding.contains(&path) {
                    found.deciding.push(path);
                }
            }
        }
    }
    found.deciding.retain(|path| !found.shown.contains(path));
    found
}

/// Whether the last key of a path names a part of an image.
fn names_a_part(path: &ValuePath) -> bool {
    const PARTS: [&str; 6] = ["digest", "image", "imageRegistry", "registry", "repository", "tag"];
    matches!(path.steps().last(), Some(Step::Key(key)) if PARTS.contains(&key.as_str()))
}

/// The most values that are tried.
const MAX_EXPERIMENTS: usize = 64;

/// Finds by experiment which values change which images. If the chart refuses to render with another value, the value counts
/// for all images that contain its text.
fn add_by_experiment(render: &Render, images: &mut [UsedImage], secrets: &Secrets) {
    let candidates = ValuePath::leaves(&render.values).filter_map(|path| {
        let text = yaml::decode::text_of(path.get(&render.values)?)?;
        let is_tried = match text.is_empty() {
            true => names_a_part(&path),
            false => images.iter().any(|image| is_part(&text, &image.field.image)),
        };
        is_tried.then_some((path, text))
    });
    let candidates: Vec<(ValuePath, String)> = candidates.take(MAX_EXPERIMENTS).collect();
    let before = fields_of(&render.manifests);
    for (path, text) in candidates {
        let mut values = render.values.clone();
        let Some(node) = path.get_mut(&mut values) else { continue };
        node.value = Value::String(format!("{text}{}", if text.is_empty() { "x" } else { "-x" }));
        let scope = Scope { values: &values, ..render.scope() };
        let after = rendered_manifests(&scope).as_ref().map(fields_of);
        for image in images.iter_mut() {
            let key = (image.id.clone(), image.field.path.to_string());
            let depends = match &after {
                Some(after) => after.get(&key).is_some_and(|image| before.get(&key) != Some(image)),
                None => !text.is_empty() && is_part(&text, &image.field.image),
            };
            if depends {
                let list = if text.is_empty() { &mut image.deciding } else { &mut image.values };
                list.push(used_value(UsedPath::whole(path.clone()), &render.values, secrets));
            }
        }
    }
}

fn fields_of(manifests: &Manifests) -> BTreeMap<(Id, String), String> {
    let fields = manifests.iter().flat_map(|manifest| {
        let fields = images_of(&manifest.object()).into_iter();
        fields.map(|field| ((manifest.id.clone(), field.path.to_string()), field.image))
    });
    fields.collect()
}

/// Whether a text is one or more whole parts of an image: its registry, a path segment, its tag or its digest.
fn is_part(text: &str, image: &str) -> bool {
    let is_end = |byte: Option<u8>| byte.is_none_or(|byte| matches!(byte, b'/' | b':' | b'@'));
    image.match_indices(text).any(|(at, _)| {
        is_end(at.checked_sub(1).map(|before| image.as_bytes()[before]))
            && is_end(image.as_bytes().get(at + text.len()).copied())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_parts_are_matched_as_a_whole() {
        let image = "docker.io/library/nginx:1.27@sha256:ab";
        for part in [image, "docker.io", "library/nginx", "nginx", "1.27", "sha256:ab", "nginx:1.27"] {
            assert!(is_part(part, image), "{part}");
        }
        for text in ["docker", "ngin", "27", "1", "x"] {
            assert!(!is_part(text, image), "{text}");
        }
    }
}
