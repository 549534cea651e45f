//! How experiments change the output: manifests, and lines in them.

use std::collections::BTreeMap;

use super::documents::{Document, documents};
use super::experiment::Change;
use crate::alignment::align;
use crate::diagnostic::Span;
use crate::engine::{Dependence, Rendered};
use crate::kubernetes::Id;
use crate::manifest::Manifest;
use crate::secrets::Secrets;

/// A manifest that depends on a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// The identity of the object.
    pub id: Id,
    /// The template's path, as in the output.
    pub path: String,
    /// The number of its lines.
    pub line_count: usize,
    /// How it changes.
    pub kind: EffectKind,
}

/// How a manifest changes with a value.
#[derive(Debug, Clone, PartialEq)]
pub enum EffectKind {
    /// Some of its lines change, in the order of the output.
    Lines(Vec<Line>),
    /// This change removes it.
    Gone(Change),
    /// This change adds it.
    New(Change),
}

/// Where a line comes from, and how it depends on a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Whether the line shows the value, or the value decided about the line.
    pub dependence: Dependence,
    /// The line of the template.
    pub place: Option<Span>,
}

/// A line that depends on a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number in the whole output, from 1. A line that would be added has the number it would get.
    pub number: usize,
    /// Its current text, or the text that would be added.
    pub text: String,
    /// Whether the line would be added.
    pub is_new: bool,
    /// Where it comes from, if the chart's engine traces lines. Otherwise the line was found by experiment.
    pub source: Option<Source>,
}

/// Compares a render with the renders after each change. Returns the effects in the order of the output, removed or changed
/// manifests first, new ones last. Output that can't be parsed counts as empty.
pub(super) fn effects(base: &[Rendered], altered: &[(Change, Vec<Rendered>)], secrets: &Secrets) -> Vec<Effect> {
    let base = documents(base);
    let mut lines: BTreeMap<usize, Touched> = BTreeMap::new();
    let mut gone: BTreeMap<usize, &Change> = BTreeMap::new();
    let mut new: Vec<(&Change, Manifest)> = Vec::new();
    for (change, rendered) in altered {
        let other = documents(rendered);
        let mut free: Vec<&Manifest> = other.iter().map(|document| &document.manifest).collect();
        let mut unmatched = Vec::new();
        for (number, Document { manifest, .. }) in base.iter().enumerate() {
            match free.iter().position(|other| is_same_object(manifest, other)) {
                Some(at) => compare(manifest, free.remove(at), lines.entry(number).or_default(), secrets),
                None => unmatched.push((number, manifest)),
            }
        }
        // An object of the same kind from the same template, but with another name, is the same manifest renamed.
        for (number, manifest) in unmatched {
            let renamed = |other: &&Manifest| other.path == manifest.path && other.id.kind == manifest.id.kind;
            match free.iter().position(renamed) {
                Some(at) => compare(manifest, free.remove(at), lines.entry(number).or_default(), secrets),
                None => {
                    gone.entry(number).or_insert(change);
                }
            }
        }
        for manifest in free {
            if !new.iter().any(|(_, known)| is_same_object(known, manifest)) {
                new.push((change, manifest.clone()));
            }
        }
    }
    let effect = |manifest: &Manifest, kind| Effect {
        id: manifest.id.clone(),
        path: manifest.path.clone(),
        line_count: manifest.text().lines().count(),
        kind,
    };
    let mut found = Vec::new();
    for (number, document) in base.iter().enumerate() {
        let manifest = &document.manifest;
        if let Some(change) = gone.get(&number) {
            found.push(effect(manifest, EffectKind::Gone((*change).clone())));
        }
        let touched = lines.get(&number).filter(|touched| !touched.is_empty());
        if let Some(touched) = touched {
            let line = |(at, text): (&(usize, bool), &String)| {
                let (at, is_there) = *at;
                Line { number: document.first_line() + at, text: text.clone(), is_new: !is_there, source: None }
            };
            found.push(effect(manifest, EffectKind::Lines(touched.iter().map(line).collect())));
        }
    }
    found.extend(new.into_iter().map(|(change, manifest)| effect(&manifest, EffectKind::New(change.clone()))));
    found
}

fn is_same_object(a: &Manifest, b: &Manifest) -> bool {
    a.id.kind == b.id.kind && a.id.name == b.id.name && a.id.namespace == b.id.namespace && a.id.group() == b.id.group()
}

/// Lines of a manifest: the key is the index (from 0) and whether the line exists now (added ones come before existing ones),
/// the value is the text.
type Touched = BTreeMap<(usize, bool), String>;

/// Adds the lines of `a` that differ in `b`, and the first line of each group that only `b` has.
fn compare(a: &Manifest, b: &Manifest, touched: &mut Touched, secrets: &Secrets) {
    if a.text() == b.text() {
        return;
    }
    let [old, new] = [a, b].map(|manifest| manifest.text().lines().collect::<Vec<_>>());
    let [shown_old, shown_new] = [a, b].map(|manifest| secrets.masked_lines(manifest.text()));
    for stretch in align(&old, &new).into_iter().filter(|stretch| !stretch.is_same) {
        if stretch.old.is_empty() {
            let line = || shown_new[stretch.new.start].clone();
            touched.entry((stretch.old.start, false)).or_insert_with(line);
        }
        touched.extend(stretch.old.map(|at| ((at, true), shown_old[at].clone())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::engine::RandomCalls;
    use crate::manifest::Manifests;
    use crate::values::ValuePath;
    use crate::yaml::Value;

    fn rendered(texts: &[(&str, &str)]) -> Vec<Rendered> {
        let one = |(path, text): &(&str, &str)| Rendered {
            path: (*path).to_owned(),
            template: Source::file("t", ""),
            text: (*text).to_owned(),
            bytes: None,
            notes: false,
            random: RandomCalls::default(),
        };
        texts.iter().map(one).collect()
    }

    fn change() -> Change {
        let path = ValuePath::parse(&Source::flag("KEY", "a")).unwrap();
        Change { path, value: Some(Value::Bool(true)) }
    }

    #[test]
    fn lines_are_those_of_the_whole_output() {
        let base = rendered(&[
            ("c/a", "kind: Service\nmetadata:\n  name: a\nspec: {}\n"),
            ("c/b", "kind: Secret\nmetadata: {name: s}\nx: 1\ny: 2\n"),
        ]);
        let other = rendered(&[
            ("c/a", "kind: Service\nmetadata:\n  name: b\nspec: {}\n"),
            ("c/b", "kind: Secret\nmetadata: {name: s}\nx: 1\ny: 3\n"),
        ]);
        let text = crate::manifest::write(
            &Manifests::read(base.iter().map(|r| (r.path.clone(), r.text.clone()))).unwrap(),
            &[],
        );
        let found = effects(&base, &[(change(), other)], &Secrets::shown());
        let lines: Vec<&str> = text.lines().collect();
        let mut shown = Vec::new();
        for effect in &found {
            let EffectKind::Lines(touched) = &effect.kind else { panic!("{effect:?}") };
            for Line { number, text, is_new, .. } in touched {
                assert!(!is_new);
                assert_eq!(lines[number - 1], text);
                shown.push(text.as_str());
            }
        }
        assert_eq!(shown, ["y: 2", "  name: a"]);
    }

    #[test]
    fn a_new_line_has_its_future_number() {
        let base = rendered(&[("c/a", "kind: Secret\nx: 1\n")]);
        let other = rendered(&[("c/a", "kind: Secret\nw: 0\nv: 0\nx: 1\ny: 2\n")]);
        let found = effects(&base, &[(change(), other)], &Secrets::shown());
        let line = |number, text: &str| Line { number, text: text.to_owned(), is_new: true, source: None };
        assert_eq!(found[0].kind, EffectKind::Lines(vec![line(4, "w: 0"), line(5, "y: 2")]));
    }

    #[test]
    fn added_and_removed_manifests_are_effects() {
        let one = ("c/a", "kind: Service\nmetadata: {name: a}\n");
        let two = ("c/b", "kind: Secret\nmetadata: {name: b}\n");
        let both = effects(&rendered(&[one]), &[(change(), rendered(&[one, two]))], &Secrets::shown());
        assert!(matches!(&both[..], [Effect { kind: EffectKind::New(_), .. }]));
        let none = effects(
            &rendered(&[one, two]),
            &[(change(), rendered(&[one])), (change(), rendered(&[one, two]))],
            &Secrets::shown(),
        );
        assert!(matches!(&none[..], [Effect { kind: EffectKind::Gone(_), path, .. }] if path == "c/b"));
    }
}
