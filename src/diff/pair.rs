//! Matches the objects of the old side with those of the new side.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use ahash::AHashMap;

use super::fingerprint::{Fingerprint, Fingerprints};
use crate::kubernetes::{Object, Schema};
use crate::yaml::{Map, Value};

/// An object on both sides, or on one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair<'o> {
    pub(super) old: Option<&'o Object>,
    pub(super) new: Option<&'o Object>,
    /// Whether the two have different names and are otherwise the same.
    pub(super) is_rename: bool,
}

/// Pairs objects by API group, kind, namespace and name.
///
/// The API version does not matter, and kinds that moved to another group are the same kind. A remaining object was renamed if it
/// is the same except for its metadata, or if only the hash at the end of its name differs. The objects of the new side come
/// first, in its order.
pub(super) fn pair<'o>(old: &'o [Object], new: &'o [Object], namespace: &'o str) -> Vec<Pair<'o>> {
    let mut free: AHashMap<Identity<'o>, Vec<usize>> = AHashMap::with_capacity(old.len());
    for (at, object) in old.iter().enumerate() {
        free.entry(identity(object, namespace)).or_default().push(at);
    }
    free.values_mut().for_each(|places| places.reverse());
    let mut taken = vec![false; old.len()];
    let mut pairs = Vec::with_capacity(new.len());
    let mut first: AHashMap<Identity<'o>, usize> = AHashMap::new();
    for object in new {
        let own = identity(object, namespace);
        // If the new side has an object more often than the old side, the old object is compared again.
        let at = free.get_mut(&own).and_then(Vec::pop).or_else(|| first.get(&own).copied());
        if let Some(at) = at {
            taken[at] = true;
            first.insert(own, at);
        }
        pairs.push(Pair { old: at.map(|at| &old[at]), new: Some(object), is_rename: false });
    }
    // Looked up by content, so that the time is linear in the number of objects.
    let mut renamed: HashMap<(Kind<'o>, Fingerprint), VecDeque<usize>> = HashMap::new();
    if pairs.iter().any(|pair| pair.old.is_none()) {
        for (at, object) in old.iter().enumerate().filter(|(at, _)| !taken[*at]) {
            if let Some(content) = content(object) {
                renamed.entry((kind(object), content)).or_default().push_back(at);
            }
        }
    }
    if !renamed.is_empty() {
        for pair in pairs.iter_mut().filter(|pair| pair.old.is_none()) {
            let Some(new) = pair.new else { continue };
            let Some(content) = content(new) else { continue };
            if let Some(at) = renamed.get_mut(&(kind(new), content)).and_then(VecDeque::pop_front) {
                taken[at] = true;
                (pair.old, pair.is_rename) = (Some(&old[at]), true);
            }
        }
    }
    pair_by_stem(old, &mut pairs, &mut taken);
    for (at, object) in old.iter().enumerate() {
        taken[at] |= first.contains_key(&identity(object, namespace));
    }
    let removed = old.iter().zip(taken).filter(|(_, taken)| !taken);
    pairs.extend(removed.map(|(object, _)| Pair { old: Some(object), new: None, is_rename: false }));
    pairs
}

/// Returns the objects that occur more than once, as pairs of the first occurrence and a later one. Hooks may occur repeatedly,
/// because they run at different times.
pub(super) fn repeated<'o>(objects: &'o [Object], namespace: &'o str) -> Vec<(&'o Object, &'o Object)> {
    let mut first = AHashMap::new();
    let mut found = Vec::new();
    for object in objects.iter().filter(|object| !object.id.name.is_empty()) {
        match first.entry(identity(object, namespace)) {
            Entry::Vacant(place) => drop(place.insert(object)),
            Entry::Occupied(known) if !is_hook(object) => found.push((*known.get(), object)),
            Entry::Occupied(_) => {}
        }
    }
    found
}

fn is_hook(object: &Object) -> bool {
    object.fields().at(["metadata", "annotations", "helm.sh/hook"]).is_some()
}

/// Pairs the remaining ConfigMaps and Secrets whose names end in a hash of their content, as with kustomize. If several have the
/// same stem, references in other objects decide: a new name belongs to the old name that was in the same field.
fn pair_by_stem<'o>(old: &'o [Object], pairs: &mut [Pair<'o>], taken: &mut [bool]) {
    let mut left: HashMap<(Kind<'o>, &str), VecDeque<usize>> = HashMap::new();
    let mut by_name: HashMap<(Kind<'o>, &str), usize> = HashMap::new();
    if pairs.iter().any(|pair| pair.old.is_none() && pair.new.and_then(stem).is_some()) {
        for (at, object) in old.iter().enumerate().filter(|(at, _)| !taken[*at]) {
            if let Some(stem) = stem(object) {
                left.entry((kind(object), stem)).or_default().push_back(at);
                by_name.insert((kind(object), &object.id.name), at);
            }
        }
    }
    if left.is_empty() {
        return;
    }
    let users: Vec<(&Object, &Object)> = pairs.iter().filter_map(|pair| pair.old.zip(pair.new)).collect();
    let mut places = HashMap::new();
    for (before, after) in users.into_iter().filter(|(before, after)| before.text() != after.text()) {
        named_instead(&before.fields(), &after.fields(), &mut places);
    }
    for pair in pairs.iter_mut().filter(|pair| pair.old.is_none()) {
        let Some((new, stem_of_new)) = pair.new.and_then(|new| Some((new, stem(new)?))) else { continue };
        let named = places.get(new.id.name.as_str()).into_iter().flatten();
        let named = named.filter_map(|name: &String| by_name.get(&(kind(new), name.as_str())).copied());
        let mut named = named.filter(|at| !taken[*at] && stem(&old[*at]) == Some(stem_of_new));
        let Some(at) = named.next().or_else(|| {
            let candidates = left.get_mut(&(kind(new), stem_of_new))?;
            std::iter::from_fn(|| candidates.pop_front()).find(|at| !taken[*at])
        }) else {
            continue;
        };
        taken[at] = true;
        (pair.old, pair.is_rename) = (Some(&old[at]), true);
    }
}

/// The length of the hashes that kustomize and kubectl append to names.
const KUSTOMIZE_LENGTH: usize = 10;
/// The characters of these hashes: hexadecimal digits, with those replaced that could make up words.
const KUSTOMIZE_DIGITS: &[u8] = b"2456789bcdfghkmt";

/// Returns the name of a ConfigMap or Secret without the hash at its end: one of kustomize, or 8 to 10 lower-case letters and
/// digits, with at least one of each.
fn stem(object: &Object) -> Option<&str> {
    if !matches!(object.id.kind.as_str(), "ConfigMap" | "Secret") {
        return None;
    }
    let (stem, hash) = object.id.name.rsplit_once('-')?;
    let has = |is: fn(&u8) -> bool| hash.bytes().any(|byte| is(&byte));
    let is_of_kustomize = hash.len() == KUSTOMIZE_LENGTH && hash.bytes().all(|byte| KUSTOMIZE_DIGITS.contains(&byte));
    let is_mixed = (8..=10).contains(&hash.len())
        && hash.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_lowercase);
    (is_of_kustomize || is_mixed).then_some(stem)
}

/// Collects, for each string in the new fields, the strings that were in the same places before.
fn named_instead(old: &Map, new: &Map, places: &mut HashMap<String, Vec<String>>) {
    for (key, node) in new.iter() {
        if let Some(before) = old.get(key) {
            named_instead_in(&before.value, &node.value, places);
        }
    }
}

fn named_instead_in(old: &Value, new: &Value, places: &mut HashMap<String, Vec<String>>) {
    match (old, new) {
        (Value::Map(old), Value::Map(new)) => named_instead(old, new, places),
        (Value::List(old), Value::List(new)) => {
            old.iter().zip(new).for_each(|(old, new)| named_instead_in(&old.value, &new.value, places));
        }
        (Value::String(old), Value::String(new)) if old != new => {
            places.entry(new.clone()).or_default().push(old.clone());
        }
        _ => {}
    }
}

type Identity<'o> = (&'o str, &'o str, &'o str, &'o str);

fn identity<'o>(object: &'o Object, namespace: &'o str) -> Identity<'o> {
    let id = &object.id;
    let in_none =
        Schema::built_in().kind(&id.api_version, &id.kind).is_some_and(|kind| kind.is_namespaced == Some(false));
    let namespace = match id.namespace.as_str() {
        _ if in_none => "",
        "" => namespace,
        own => own,
    };
    (group_today(object), &id.kind, namespace, &id.name)
}

/// Returns the group to which the API server has moved the kind of an object. It is the same object in both groups.
fn group_today(object: &Object) -> &str {
    match (object.id.group(), object.id.kind.as_str()) {
        ("extensions", "Deployment" | "DaemonSet" | "ReplicaSet") => "apps",
        ("extensions", "Ingress" | "NetworkPolicy") => "networking.k8s.io",
        ("extensions", "PodSecurityPolicy") => "policy",
        ("", "Event") => "events.k8s.io",
        (group, _) => group,
    }
}

/// The group, kind and namespace, which a renamed object keeps.
type Kind<'o> = (&'o str, &'o str, &'o str);

fn kind(object: &Object) -> Kind<'_> {
    (group_today(object), &object.id.kind, &object.id.namespace)
}

/// Returns the fingerprint of an object's content without its head and status; `None` if there is no content.
fn content(object: &Object) -> Option<Fingerprint> {
    let mut fields = object.fields().into_owned();
    fields.retain(|key, _| !matches!(key, "apiVersion" | "kind" | "metadata" | "status"));
    (!fields.is_empty()).then(|| Fingerprints::default().of_map(&fields))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    fn reported(old: &str, new: &str) -> Vec<String> {
        let read = |text: &str| crate::kubernetes::read_objects(&Source::file("m.yaml", text), "m").unwrap();
        let (old, new) = (read(old), read(new));
        let name = |object: Option<&Object>| object.map_or("-".to_owned(), |object| object.id.to_string());
        let word = |pair: &Pair<'_>| {
            format!("{} {} {}", name(pair.old), if pair.is_rename { "as" } else { "is" }, name(pair.new))
        };
        pair(&old, &new, "default").iter().map(word).collect()
    }

    #[test]
    fn objects_are_paired_by_kind_and_name() {
        assert_eq!(
            reported(
                "apiVersion: policy/v1beta1\nkind: P\nmetadata: {name: a}\n---\nkind: S\nmetadata: {name: gone}",
                "kind: S\nmetadata: {name: new}\n---\napiVersion: policy/v1\nkind: P\nmetadata: {name: a, namespace: default}"
            ),
            ["- is S/new", "P/a is default/P/a", "S/gone is -"]
        );
    }

    #[test]
    fn kinds_that_moved_to_another_group_are_the_same_objects() {
        let manifest =
            |version: &str, kind: &str| format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}");
        assert_eq!(
            reported(&manifest("extensions/v1beta1", "Ingress"), &manifest("networking.k8s.io/v1", "Ingress")),
            ["Ingress/a is Ingress/a"]
        );
        assert_eq!(
            reported(&manifest("extensions/v1beta1", "Deployment"), &manifest("apps/v1", "Deployment")).len(),
            1
        );
        assert_eq!(
            reported(&manifest("a.example.com/v1", "Ingress"), &manifest("networking.k8s.io/v1", "Ingress")).len(),
            2
        );
    }

    #[test]
    fn names_with_a_hash_suffix_are_paired_by_their_prefix() {
        let map = |name: &str, value: u8| {
            format!("kind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{a: '{value}'}}\n---\n")
        };
        assert_eq!(
            reported(&map("app-5gk8h7m2tf", 1), &map("app-9b4c2d6f8g", 2)),
            ["ConfigMap/app-5gk8h7m2tf as ConfigMap/app-9b4c2d6f8g"]
        );
        // Kustomize's hashes may consist of letters or of digits alone.
        assert_eq!(
            reported(&map("app-bcdfghkmtb", 1), &map("app-2456789245", 2)),
            ["ConfigMap/app-bcdfghkmtb as ConfigMap/app-2456789245"]
        );
        // A word is not a hash.
        assert_eq!(reported(&map("app-settings", 1), &map("app-password", 2)).len(), 2);
        let user =
            |one: &str, two: &str| format!("kind: Pod\nmetadata: {{name: p}}\nspec: {{one: {one}, two: {two}}}\n---\n");
        let old = map("app-1aaaaaaaaa", 1) + &map("app-2aaaaaaaaa", 2) + &user("app-1aaaaaaaaa", "app-2aaaaaaaaa");
        let new = map("app-4aaaaaaaaa", 4) + &map("app-3aaaaaaaaa", 3) + &user("app-3aaaaaaaaa", "app-4aaaaaaaaa");
        assert_eq!(
            reported(&old, &new),
            [
                "ConfigMap/app-2aaaaaaaaa as ConfigMap/app-4aaaaaaaaa",
                "ConfigMap/app-1aaaaaaaaa as ConfigMap/app-3aaaaaaaaa",
                "Pod/p is Pod/p"
            ]
        );
    }

    #[test]
    fn an_equal_object_with_another_name_is_renamed() {
        assert_eq!(
            reported("kind: S\nmetadata: {name: a}\nspec: {x: 1}", "kind: S\nmetadata: {name: b}\nspec: {x: 1}"),
            ["S/a as S/b"]
        );
        assert_eq!(reported("kind: S\nmetadata: {name: a}", "kind: S\nmetadata: {name: b}").len(), 2);
    }

    #[test]
    fn each_of_several_similar_objects_is_renamed_once() {
        let stream = |names: &[&str]| {
            let one =
                |name: &&str| format!("kind: S\nmetadata: {{name: {name}}}\nspec: {{x: 1, y: [a, {{b: c}}]}}\n---\n");
            names.iter().map(one).collect::<String>()
        };
        let renamed = reported(&stream(&["a", "b", "c"]), &stream(&["d", "c", "e", "f"]));
        assert_eq!(renamed, ["S/a as S/d", "S/c is S/c", "S/b as S/e", "- is S/f"]);
        let order = reported(
            "kind: S\nmetadata: {name: a}\nspec: {x: 1, y: 2}",
            "kind: S\nmetadata: {name: b}\nspec: {y: 2, x: 1}",
        );
        assert_eq!(order, ["S/a as S/b"]);
    }
}
