//! Finds the container images in an object.

use super::field_path::{FieldPath, PathStep};
use super::object::Object;
use crate::yaml::{Map, Node, Value};

/// What an image is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImageRole {
    /// A container.
    Container,
    /// An init container.
    InitContainer,
    /// An ephemeral container.
    EphemeralContainer,
    /// An image that is mounted as a volume.
    Volume,
    /// A field of a custom resource that looks like an image.
    Field,
}

impl ImageRole {
    /// Returns the role's name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            ImageRole::Container => "container",
            ImageRole::InitContainer => "initContainer",
            ImageRole::EphemeralContainer => "ephemeralContainer",
            ImageRole::Volume => "volume",
            ImageRole::Field => "field",
        }
    }
}

/// An image in a field of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageField {
    /// The image as it is written. If it is a map with repository and tag, both are joined.
    pub image: String,
    /// What it is used for.
    pub role: ImageRole,
    /// The path of the field, or of the map.
    pub path: FieldPath,
    /// The fields that hold the image: the field itself, or the fields of the map.
    pub parts: Vec<FieldPath>,
}

/// Returns the images of an object in the order in which they are written.
///
/// These are the images of containers in pod specs anywhere in the object. In custom resources, they also include whatever looks
/// like an image: strings and lists under names such as `image`, `baseImage` and `images`, and maps of a repository with a tag.
pub fn images_of(object: &Object) -> Vec<ImageField> {
    let mut found = Vec::new();
    if object.id.kind != "CustomResourceDefinition" {
        let mut search = Search { is_custom: is_custom(object.id.group()), found: &mut found };
        search.map(&object.fields(), &FieldPath::default());
    }
    found
}

/// Whether an API group is not one of Kubernetes' own.
fn is_custom(group: &str) -> bool {
    const OWN: &[&str] = &[
        "admissionregistration",
        "apiextensions",
        "apiregistration",
        "authentication",
        "authorization",
        "certificates",
        "coordination",
        "discovery",
        "events",
        "flowcontrol.apiserver",
        "internal.apiserver",
        "networking",
        "node",
        "rbac.authorization",
        "resource",
        "scheduling",
        "storage",
        "storagemigration",
    ];
    group.contains('.') && !group.strip_suffix(".k8s.io").is_some_and(|name| OWN.contains(&name))
}

struct Search<'f> {
    is_custom: bool,
    found: &'f mut Vec<ImageField>,
}

impl Search<'_> {
    fn map(&mut self, map: &Map, path: &FieldPath) {
        for (key, node) in map.iter() {
            let field = path.field(key);
            match (key, &node.value) {
                ("containers", Value::List(items)) => self.containers(items, &field, ImageRole::Container),
                ("initContainers", Value::List(items)) => self.containers(items, &field, ImageRole::InitContainer),
                ("ephemeralContainers", Value::List(items)) => {
                    self.containers(items, &field, ImageRole::EphemeralContainer);
                }
                ("volumes", Value::List(items)) => self.volumes(items, &field),
                _ if self.is_custom && names_images(key) => self.field(node, &field, key),
                _ => self.node(node, &field),
            }
        }
    }

    fn node(&mut self, node: &Node, path: &FieldPath) {
        match &node.value {
            Value::Map(map) => self.map(map, path),
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.node(item, &path.with(PathStep::Index(index)));
                }
            }
            _ => {}
        }
    }

    fn containers(&mut self, items: &[Node], path: &FieldPath, role: ImageRole) {
        for (index, item) in items.iter().enumerate() {
            let path = path.with(step(items, index));
            match item.value.as_map().and_then(|container| container.text_at(&["image"])) {
                Some(image) if !image.is_empty() => self.add(image, role, path.field("image")),
                _ => self.node(item, &path),
            }
        }
    }

    fn volumes(&mut self, items: &[Node], path: &FieldPath) {
        for (index, item) in items.iter().enumerate() {
            let path = path.with(step(items, index));
            match item.value.as_map().and_then(|volume| volume.text_at(&["image", "reference"])) {
                Some(image) if !image.is_empty() => {
                    self.add(image, ImageRole::Volume, path.field("image").field("reference"));
                }
                _ => self.node(item, &path),
            }
        }
    }

    /// Adds the images in a field whose name says that it holds images.
    fn field(&mut self, node: &Node, path: &FieldPath, key: &str) {
        match &node.value {
            Value::String(text) if is_image(text, key == "image") => self.add(text, ImageRole::Field, path.clone()),
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    let path = path.with(PathStep::Index(index));
                    match &item.value {
                        Value::String(text) if is_image(text, false) => self.add(text, ImageRole::Field, path),
                        _ => self.node(item, &path),
                    }
                }
            }
            Value::Map(map) => match of_parts(map, path) {
                Some(field) => self.found.push(field),
                None => self.map(map, path),
            },
            _ => {}
        }
    }

    fn add(&mut self, image: &str, role: ImageRole, path: FieldPath) {
        self.found.push(ImageField { image: image.to_owned(), role, parts: vec![path.clone()], path });
    }
}

/// Returns the step to a list item: by its name if that is unique, otherwise by its index.
fn step(items: &[Node], index: usize) -> PathStep {
    let name = |item: &Node| item.value.as_map()?.text_at(&["name"]).map(str::to_owned);
    match items.get(index).and_then(name) {
        Some(own) if items.iter().filter(|item| name(item).as_ref() == Some(&own)).count() == 1 => {
            PathStep::Item(vec![("name".to_owned(), own)])
        }
        _ => PathStep::Index(index),
    }
}

fn names_images(key: &str) -> bool {
    matches!(key, "image" | "images") || key.ends_with("Image") || key.ends_with("Images")
}

/// Returns the image in a map such as `{registry: docker.io, repository: library/nginx, tag: "1.27", digest: ""}`.
fn of_parts(map: &Map, path: &FieldPath) -> Option<ImageField> {
    let mut parts = Vec::new();
    let mut part = |keys: &[&'static str]| {
        let (key, text) = keys.iter().find_map(|key| Some((*key, text(&map.get(key)?.value)?)))?;
        parts.push(path.field(key));
        Some(text)
    };
    let repository = part(&["repository", "name"])?;
    let (registry, tag, digest) = (part(&["registry"]), part(&["tag", "version"]), part(&["digest", "sha"]));
    let mut image = registry.map(|registry| registry + "/").unwrap_or_default() + &repository;
    if let Some(tag) = &tag {
        image = format!("{image}:{tag}");
    }
    if let Some(digest) = &digest {
        let algorithm = if digest.contains(':') { "" } else { "sha256:" };
        image = format!("{image}@{algorithm}{digest}");
    }
    let is_whole = tag.is_some() || digest.is_some() || repository.contains('/');
    (is_whole && is_image(&image, true)).then(|| ImageField {
        image,
        role: ImageRole::Field,
        path: path.clone(),
        parts,
    })
}

/// Returns a string or number as text, unless it is empty.
fn text(value: &Value) -> Option<String> {
    crate::yaml::decode::text_of(&Node::generated(value.clone())).filter(|text| !text.is_empty())
}

/// Whether a string is a reference to an image. A reference without registry, folder, tag and digest counts only if
/// `may_be_plain`.
fn is_image(text: &str, may_be_plain: bool) -> bool {
    const MAX_LENGTH: usize = 512;
    let (name, digest) = text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest)));
    let is_digest = |digest: &str| {
        let hex = digest.split_once(':').map_or("", |(_, hex)| hex);
        hex.len() >= 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let after_folders = name.rfind('/').map_or(0, |slash| slash + 1);
    let (name, tag) = match name[after_folders..].find(':') {
        Some(colon) => (&name[..after_folders + colon], Some(&name[after_folders + colon + 1..])),
        None => (name, None),
    };
    let is_tag = |tag: &str| {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        (1..=128).contains(&tag.len()) && tag.bytes().all(is_allowed) && !tag.starts_with(['.', '-'])
    };
    let mut folders: Vec<&str> = name.split('/').collect();
    let is_registry = |first: &str| first.contains(['.', ':']) || first == "localhost";
    if folders.len() > 1 && is_registry(folders[0]) {
        folders.remove(0);
    }
    let is_folder = |folder: &&str| {
        let is_allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'.' | b'-');
        let is_end = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
        folder.bytes().all(is_allowed) && is_end(folder.bytes().next()) && is_end(folder.bytes().next_back())
    };
    text.len() <= MAX_LENGTH
        && digest.is_none_or(is_digest)
        && tag.is_none_or(is_tag)
        && folders.iter().all(is_folder)
        && (may_be_plain || tag.is_some() || digest.is_some() || text.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::kubernetes::read_objects;

    fn images(text: &str) -> Vec<String> {
        let objects = read_objects(&Source::rendered("a", text), "a").unwrap();
        let shown = |field: ImageField| format!("{} {} {}", field.role.name(), field.image, field.path);
        objects.iter().flat_map(images_of).map(shown).collect()
    }

    #[test]
    fn pods_have_images_wherever_they_are_described() {
        let cron_job = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec: {jobTemplate: {spec: {template: {spec: {\
             containers: [{name: a, image: nginx}, {name: b, image: 'x:1'}], initContainers: [{image: busybox}], volumes: [{name: v, image: {reference: 'z:2'}}]}}}}}\n";
        assert_eq!(
            images(cron_job),
            [
                "container nginx spec.jobTemplate.spec.template.spec.containers[name=a].image",
                "container x:1 spec.jobTemplate.spec.template.spec.containers[name=b].image",
                "initContainer busybox spec.jobTemplate.spec.template.spec.initContainers[0].image",
                "volume z:2 spec.jobTemplate.spec.template.spec.volumes[name=v].image.reference",
            ]
        );
    }

    #[test]
    fn fields_of_custom_resources_look_like_images() {
        let custom = "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: a}\nspec:\n  image: quay.io/prometheus/prometheus:v3\n  \
             baseImage: quay.io/x\n  pullImage: always\n  images: [a/b, no]\n  thanos: {image: {registry: r.io, repository: t/t, tag: 1, digest: ''}}\n  \
             containers: [{name: extra, image: e:1}]\n  values: {image: {repository: nginx, tag: '1.27'}}\n  initImage: {pullPolicy: Always}\n";
        assert_eq!(
            images(custom),
            [
                "field quay.io/prometheus/prometheus:v3 spec.image",
                "field quay.io/x spec.baseImage",
                "field a/b spec.images[0]",
                "field r.io/t/t:1 spec.thanos.image",
                "container e:1 spec.containers[name=extra].image",
                "field nginx:1.27 spec.values.image",
            ]
        );
        let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {image: 'nginx:1'}\n";
        assert_eq!(images(config), [""; 0]);
    }

    #[test]
    fn references_have_a_grammar() {
        for image in ["nginx", "localhost:5000/a/b_c:v1.2", "a.b/c@sha256:0123456789abcdef0123456789abcdef", "x--y/z:A"]
        {
            assert!(is_image(image, true), "{image}");
        }
        for text in ["", "A/b", "a:", "a b", "http://x/y", "a@sha256:1", "-a", "/a", "{{ x }}", "a:b:c"] {
            assert!(!is_image(text, true), "{text}");
        }
    }
}
