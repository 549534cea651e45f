//! Writes a render as an HTML page.

use crate::diagnostic::{Source, counted};
use crate::explain::{LineSource, SideTrace};
use crate::kubernetes::{Object, read_objects};
use crate::manifest::Manifest;
use crate::page::{Head, Shown, ShownText, write_page};
use crate::render::Render;
use crate::secrets::Secrets;

/// Writes a page of the CustomResourceDefinitions (pairs of path and text), followed by all manifests.
pub(super) fn page(render: &Render, crds: &[(String, String)], release: &str, secrets: &Secrets) -> String {
    let definitions = crds.iter().flat_map(|(path, text)| {
        // Invalid definitions are left out: the API server would reject them too.
        read_objects(&Source::file(path, text), path).unwrap_or_default()
    });
    let objects: Vec<Object> = definitions.chain(render.manifests.iter().map(Manifest::object)).collect();
    let metadata = &render.chart.metadata;
    let trace = SideTrace::of_render(render);
    let source = LineSource::new(&trace, secrets);
    let head = Head {
        title: format!("{release}: {} {}", metadata.name, metadata.version),
        summary: counted(objects.len(), "object"),
        notes: Vec::new(),
        is_traced: source.is_some(),
    };
    let shown: Vec<Shown<'_>> = objects.iter().map(|object| Shown::object(&object.id, &object.origin)).collect();
    write_page(&head, &shown, |number| {
        let object = &objects[number];
        let text = secrets.masked_lines(object.span.text()).join("\n");
        let origins = source.as_ref().and_then(|source| source.lines(&object.id, &text));
        [ShownText::default(), ShownText { text, origins }]
    })
}
