//! What experiments changed in the output: manifests, and lines of it.

use std::collections::BTreeMap;

use super::documents::{Document, documents};
use super::experiment::Change;
use crate::alignment::align;
use crate::diagnostic::Span;
use crate::engine::{Dependence, Rendered};
use crate::kubernetes::Id;
use crate::manifest::Manifest;
use crate::secrets::Secrets;

/// A manifest that changes with a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// What it calls itself.
    pub id: Id,
    /// The template's path, as in the output.
    pub path: String,
    /// How many lines it has.
    pub line_count: usize,
    /// How it changes.
    pub kind: EffectKind,
}

/// How a manifest changes with a value.
#[derive(Debug, Clone, PartialEq)]
pub enum EffectKind {
    /// Lines of it change, in the order of the output.
    Lines(Vec<Line>),
    /// It is gone with this change.
    Gone(Change),
    /// It is new with this change.
    New(Change),
}

/// Where a line comes from, as far as it depends on a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Whether it shows the value, or the value decided about it.
    pub dependence: Dependence,
    /// The line of the template.
    pub place: Option<Span>,
}

/// A line that changes with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number in the whole output, from 1; of a new one the number that it would have.
    pub number: usize,
    /// Its text as it is now; of a new one that which comes there.
    pub text: String,
    /// Whether it is new.
    pub is_new: bool,
    /// Where it comes from, if the chart's engine knows it. Without it the line was found by experiment.
    pub source: Option<Source>,
}

/// Compares what was rendered with what each change gave. One entry a manifest, in the order of the output; new ones at
/// the end. Texts that are not manifests count as nothing.
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
        // One of another name from the same template is the same manifest, renamed.
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
                Line { number: document.first_line + at, text: text.clone(), is_new: !is_there, source: None }
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

/// Lines of a manifest, by their numbers in it from 0 and whether they are there (new ones come before those), and their
/// texts.
type Touched = BTreeMap<(usize, bool), String>;

/// Adds the lines of `a` that are others in `b`, and the first of those that `b` has more of.
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
    fn a_new_line_has_the_number_that_it_would_have() {
        let base = rendered(&[("c/a", "kind: Secret\nx: 1\n")]);
        let other = rendered(&[("c/a", "kind: Secret\nw: 0\nv: 0\nx: 1\ny: 2\n")]);
        let found = effects(&base, &[(change(), other)], &Secrets::shown());
        let line = |number, text: &str| Line { number, text: text.to_owned(), is_new: true, source: None };
        assert_eq!(found[0].kind, EffectKind::Lines(vec![line(4, "w: 0"), line(5, "y: 2")]));
    }

    #[test]
    fn manifests_come_and_go() {
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
