//! Distributes manifests over files, for `--output-dir`.

use std::collections::HashSet;

use super::Manifests;
use super::document::Manifest;
use super::write::{push, write};

/// How manifests are grouped into files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// One file for each template, at the template's path, as in `helm template --output-dir`.
    #[default]
    Template,
    /// One file for each object: `kind-name.yaml`.
    Object,
    /// One file `manifest.yaml` for all of them, as in Argo CD's hydrator.
    Hydrator,
}

/// The files to write.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// The path and the full text of each file, in the order of the output.
    pub files: Vec<(String, String)>,
    /// The path of the file for each document: a path occurs once for every document in that file.
    pub documents: Vec<String>,
}

/// The maximum length of a file name, without a suffix that makes it unique. File systems allow 255 bytes.
const MAX_LENGTH: usize = 200;

/// Returns the files of a layout. `crds` are pairs of path and text.
pub fn files(all: &Manifests, crds: &[(String, String)], layout: Layout) -> Files {
    let mut files = Files::default();
    match layout {
        Layout::Hydrator => files.add("manifest.yaml".to_owned(), write(all, crds)),
        Layout::Template => {
            for (path, text) in documents(all, crds) {
                match files.files.iter_mut().find(|(known, _)| known == path) {
                    Some((_, whole)) => {
                        push(whole, path, text);
                        files.documents.push(path.to_owned());
                    }
                    None => files.add(path.to_owned(), document(path, text)),
                }
            }
        }
        Layout::Object => {
            // Some file systems are not case-sensitive.
            let mut taken = HashSet::new();
            for (path, text) in crds {
                let definition = Manifests::read([(path.clone(), text.clone())]).unwrap_or_default();
                match &definition.manifests[..] {
                    [] => files.add(free(&mut taken, &["crd".to_owned()]), document(path, text)),
                    known => known.iter().for_each(|manifest| files.add_object(manifest, &mut taken)),
                }
            }
            all.iter().for_each(|manifest| files.add_object(manifest, &mut taken));
        }
    }
    files
}

/// Whether a file of this name and content is one that [`Layout::Object`] would write for a chart.
pub fn is_object_file(name: &str, text: &str, chart: &str) -> bool {
    let is_of_chart = text.strip_prefix("---\n# Source: ").is_some_and(|rest| rest.starts_with(&format!("{chart}/")));
    if !is_of_chart {
        return false;
    }
    let Ok(known) = Manifests::read([(String::new(), text.to_owned())]) else { return false };
    let mut documents = known.iter();
    match (documents.next(), documents.next(), name.strip_suffix(".yaml")) {
        (Some(manifest), None, Some(stem)) => {
            let stem = stem.to_lowercase();
            names(manifest).iter().any(|name| {
                let rest = stem.strip_prefix(&name.to_lowercase()[..]);
                rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix('.').is_some_and(is_number))
            })
        }
        _ => false,
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<usize>().is_ok()
}

fn documents<'a>(all: &'a Manifests, crds: &'a [(String, String)]) -> impl Iterator<Item = (&'a str, &'a str)> {
    let crds = crds.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    crds.chain(all.iter().map(|manifest| (manifest.path.as_str(), manifest.text())))
}

fn document(path: &str, text: &str) -> String {
    let mut whole = String::new();
    push(&mut whole, path, text);
    whole
}

impl Files {
    fn add(&mut self, path: String, text: String) {
        self.documents.push(path.clone());
        self.files.push((path, text));
    }

    fn add_object(&mut self, manifest: &Manifest, taken: &mut HashSet<String>) {
        let path = free(taken, &names(manifest));
        self.add(path, document(&manifest.path, manifest.text()));
    }
}

/// Returns the first name that is not taken, or the last one with a number if all are.
fn free(taken: &mut HashSet<String>, names: &[String]) -> String {
    let last = names.last().cloned().unwrap_or_default();
    let numbered = (2_usize..).map(|number| format!("{last}.{number}"));
    let mut free = names.iter().cloned().chain(numbered).filter(|name| taken.insert(name.to_lowercase()));
    free.next().unwrap_or(last) + ".yaml"
}

/// The candidate names of an object's file, without `.yaml`. Each is more specific than the one before it, for objects that share
/// a name.
fn names(manifest: &Manifest) -> Vec<String> {
    let id = &manifest.id;
    let kind = if id.kind.is_empty() { "object" } else { &id.kind };
    let mut name = part(&kind.to_lowercase());
    if !id.name.is_empty() {
        name = format!("{name}-{}", part(&id.name));
    }
    name.truncate(MAX_LENGTH);
    let mut names = vec![name];
    for more in [id.namespace.as_str(), id.group()].into_iter().filter(|more| !more.is_empty()) {
        let mut longer = format!("{}.{}", names[names.len() - 1], part(more));
        longer.truncate(MAX_LENGTH);
        names.push(longer);
    }
    names
}

/// Replaces characters that are not safe in file names on every system.
fn part(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.chars().map(|c| if is_plain(c) { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifests(texts: &[&str]) -> Manifests {
        let texts = texts.iter().enumerate().map(|(at, text)| (format!("c/templates/{at}.yaml"), (*text).to_owned()));
        Manifests::read(texts).unwrap()
    }

    #[test]
    fn each_object_has_its_own_file() {
        let all = manifests(&[
            "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n---\nkind: Service\nmetadata: {name: WEB}",
            "apiVersion: x/v1\nkind: Service\nmetadata: {name: web, namespace: chat}",
            "apiVersion: x/v2\nkind: Service\nmetadata: {name: web, namespace: chat}",
            "apiVersion: x/v2\nkind: Service\nmetadata: {name: web, namespace: chat}",
            "kind: ClusterRole\nmetadata: {name: \"system:../a b\"}",
            "kind: Job\nmetadata: {generateName: x-}",
        ]);
        let Files { files, documents } = files(&all, &[], Layout::Object);
        let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
        let expected = [
            "clusterrole-system-..-a-b.yaml",
            "job.yaml",
            "service-WEB.2.yaml",
            "service-web.chat.x.yaml",
            "service-web.chat.yaml",
            "service-web.chat.x.2.yaml",
            "service-web.yaml",
        ];
        let mut sorted = paths.clone();
        sorted.sort_unstable();
        let mut wanted = expected.to_vec();
        wanted.sort_unstable();
        assert_eq!(sorted, wanted);
        assert_eq!(documents, paths);
        for (path, text) in &files {
            assert!(is_object_file(path, text, "c"), "{path}");
            assert!(!is_object_file(path, text, "d"), "{path}");
            assert!(!is_object_file("mine.yaml", text, "c"));
        }
        assert!(!is_object_file("service-web.yaml", "kind: Service\nmetadata: {name: web}\n", "c"));
    }

    #[test]
    fn the_hydrator_has_one_file() {
        let all = manifests(&["kind: A\nmetadata: {name: a}", "kind: B\nmetadata: {name: b}"]);
        let files = files(&all, &[], Layout::Hydrator);
        assert_eq!(files.files, [("manifest.yaml".to_owned(), write(&all, &[]))]);
    }
}
