//! Prints the images of a render as text, as names and as JSON.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::images::UsedImage;
use super::json::write_object;
use crate::diagnostic::{Paint, printable};
use crate::engine::{TemplateLine, UsedValue, put_origin, put_place};
use crate::json::Object;
use crate::secrets::Secrets;
use crate::yaml::Value;

/// Returns the output of `images`: every image once, in alphabetical order, with its fields and the values that it consists of.
pub fn images_text(images: &[UsedImage], secrets: &Secrets, paint: Paint) -> String {
    let mut out = String::new();
    for name in names(images) {
        // Writing to a String can't fail.
        let _ = writeln!(out, "{}", paint.bold(&printable(&secrets.mask(name))));
        for image in images.iter().filter(|image| image.field.image == name) {
            let _ =
                writeln!(out, "  {} {}", printable(&image.id.to_string()), printable(&image.field.path.to_string()));
            let mut value = |used: &UsedValue, how: &str| {
                let place = used.place.as_ref().map(|place| format!("  {}", paint.dim(&printable(&place.to_string()))));
                let _ = writeln!(out, "    {}{}{how}", printable(&used.path.to_string()), place.unwrap_or_default());
            };
            image.values.iter().for_each(|used| value(used, ""));
            image.deciding.iter().for_each(|used| value(used, "  (decides)"));
            if image.values.is_empty() && image.deciding.is_empty() {
                let place = image.place.as_ref().map_or_else(|| image.template.clone(), TemplateLine::to_string);
                let _ = writeln!(out, "    {}", paint.dim(&format!("no value: {}", printable(&place))));
            }
        }
    }
    out
}

/// Returns the output of `images --output name`: every image once, one per line.
pub fn images_names(images: &[UsedImage], secrets: &Secrets) -> String {
    names(images).into_iter().map(|name| secrets.mask(name) + "\n").collect()
}

fn names(images: &[UsedImage]) -> BTreeSet<&str> {
    images.iter().map(|image| image.field.image.as_str()).collect()
}

/// Returns the output of `images --output json`: one object.
///
/// `images` are in the order of the output. Each has `image`, `role` (`container`, `initContainer`, `ephemeralContainer`,
/// `volume`, or `field` of a custom resource), `apiVersion`, `kind`, `name`, `namespace`, `path`, `source` (the template, as in
/// the output), `template` (`file`, `line` and `column`, if known), `values` (`key`, and `place` if known), and in the same
/// form `deciding`: values that are not part of the image but decide about it (an `image.tag` that is not set).
pub fn images_json(images: &[UsedImage], secrets: &Secrets) -> String {
    let mut fields = Object::new();
    let image = |image: &UsedImage| {
        let mut fields = Object::new();
        fields.text("image", &secrets.mask(&image.field.image));
        fields.text("role", image.field.role.name());
        let id = &image.id;
        for (key, text) in
            [("apiVersion", &id.api_version), ("kind", &id.kind), ("name", &id.name), ("namespace", &id.namespace)]
        {
            fields.text(key, text);
        }
        fields.text("path", &image.field.path.to_string());
        fields.text("source", &image.template);
        put_origin(&mut fields, image.place.as_ref(), &[]);
        fields.list("values", image.values.iter().map(value));
        fields.list("deciding", image.deciding.iter().map(value));
        fields.into_value()
    };
    fields.list("images", images.iter().map(image));
    write_object(fields)
}

fn value(used: &UsedValue) -> Value {
    let mut fields = Object::new();
    fields.text("key", &used.path.to_string());
    if let Some(place) = &used.place {
        put_place(&mut fields, place);
    }
    fields.into_value()
}
