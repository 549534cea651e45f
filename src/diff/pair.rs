//! Which object of one side is which of the other.

use std::collections::{HashMap, VecDeque};

use super::fingerprint::{Fingerprint, Fingerprints};
use crate::kubernetes::Object;
use crate::kubernetes::Schema;

/// An object on both sides, or on one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair<'o> {
    pub(super) old: Option<&'o Object>,
    pub(super) new: Option<&'o Object>,
    /// Whether the two have other names and are the same otherwise.
    pub(super) is_rename: bool,
}

/// Pairs objects by the group of their API, kind, namespace and name; the version of the API does not count. What is left
/// and is the same but for its metadata was renamed. Those of the new side come first, in its order.
pub(super) fn pair<'o>(old: &'o [Object], new: &'o [Object], namespace: &str) -> Vec<Pair<'o>> {
    let mut free: HashMap<Identity<'o>, Vec<usize>> = HashMap::new();
    for (at, object) in old.iter().enumerate() {
        free.entry(identity(object, namespace)).or_default().push(at);
    }
    free.values_mut().for_each(|places| places.reverse());
    let mut taken = vec![false; old.len()];
    let mut pairs = Vec::with_capacity(new.len());
    for object in new {
        let at = free.get_mut(&identity(object, namespace)).and_then(Vec::pop);
        if let Some(at) = at {
            taken[at] = true;
        }
        pairs.push(Pair { old: at.map(|at| &old[at]), new: Some(object), is_rename: false });
    }
    // By what they hold, so that many that come and many that go take no more time than the sum of both.
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
    let gone = old.iter().zip(taken).filter(|(_, taken)| !taken);
    pairs.extend(gone.map(|(object, _)| Pair { old: Some(object), new: None, is_rename: false }));
    pairs
}

type Identity<'o> = (&'o str, &'o str, String, &'o str);

fn identity<'o>(object: &'o Object, namespace: &str) -> Identity<'o> {
    let id = &object.id;
    let in_none =
        Schema::built_in().kind(&id.api_version, &id.kind).is_some_and(|kind| kind.is_namespaced == Some(false));
    let namespace = match id.namespace.as_str() {
        _ if in_none => String::new(),
        "" => namespace.to_owned(),
        own => own.to_owned(),
    };
    (id.group(), &id.kind, namespace, &id.name)
}

/// The group, kind and namespace that objects have in common of which one is the other under a new name.
type Kind<'o> = (&'o str, &'o str, &'o str);

fn kind(object: &Object) -> Kind<'_> {
    (object.id.group(), &object.id.kind, &object.id.namespace)
}

/// What an object holds besides its head, as a fingerprint; `None` if there is nothing.
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
    fn objects_are_paired_by_what_they_call_themselves() {
        assert_eq!(
            reported(
                "apiVersion: policy/v1beta1\nkind: P\nmetadata: {name: a}\n---\nkind: S\nmetadata: {name: gone}",
                "kind: S\nmetadata: {name: new}\n---\napiVersion: policy/v1\nkind: P\nmetadata: {name: a, namespace: default}"
            ),
            ["- is S/new", "P/a is default/P/a", "S/gone is -"]
        );
    }

    #[test]
    fn the_same_under_another_name_is_renamed() {
        assert_eq!(
            reported("kind: S\nmetadata: {name: a}\nspec: {x: 1}", "kind: S\nmetadata: {name: b}\nspec: {x: 1}"),
            ["S/a as S/b"]
        );
        assert_eq!(reported("kind: S\nmetadata: {name: a}", "kind: S\nmetadata: {name: b}").len(), 2);
    }

    #[test]
    fn of_several_that_are_alike_each_is_renamed_once() {
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
