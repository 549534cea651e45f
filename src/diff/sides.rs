//! Compares two sides, each a list of objects.

use super::difference::{Comparison, Difference, Status};
use super::fold::{Subject, fold};
use super::ignore::IgnoreRules;
use super::impact::changed::Changed;
use super::impact::rules::Rules;
use super::live::is_created_by_cluster;
use super::pair::{Pair, pair, repeated};
use super::stored::{Version, written_changes};
use crate::diagnostic::Diagnostic;
use crate::kubernetes::Object;
use crate::parallel;
use crate::secrets::{Gathering, Secrets, may_hold_secrets};
use crate::yaml::{self, Map, Value};

/// Adds the secrets in objects. The objects' names, namespaces and kinds are public.
pub fn gather_secrets<'o>(objects: impl Iterator<Item = &'o Object> + Clone, gathering: &mut Gathering) {
    for object in objects.clone() {
        [&object.id.name, &object.id.namespace, &object.id.kind].into_iter().for_each(|text| gathering.public(text));
    }
    for object in objects.filter(|object| object.text().is_none_or(may_hold_secrets)) {
        gathering.object(&object.fields());
    }
}

/// Returns a warning for each object that occurs more than once on a side.
pub fn duplicate_warnings(objects: &[Object], namespace: &str) -> Vec<Diagnostic> {
    let again = repeated(objects, namespace);
    let warn = |(first, second): (&Object, &Object)| {
        let message = format!(
            "{} is defined twice: its definitions are compared one by one, and the last one that is applied wins",
            second.id
        );
        Diagnostic::warning("twice", message).at(second.place().clone(), "").at(first.place().clone(), "the first")
    };
    again.into_iter().map(warn).collect()
}

/// Compares two sides. All secrets that `secrets` knows are masked in the result. `namespace` applies to objects that declare
/// none.
///
/// ```
/// use mim_chart::diagnostic::Source;
/// use mim_chart::diff::compare_sides;
/// use mim_chart::kubernetes::read_objects;
/// use mim_chart::secrets::Secrets;
///
/// let side = |replicas: u32| {
///     let text = format!("apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: a}}\nspec: {{replicas: {replicas}}}\n");
///     read_objects(&Source::file("m.yaml", text), "m.yaml").unwrap()
/// };
/// let compared = compare_sides(&side(1), &side(3), &Secrets::default(), "default");
/// assert_eq!(compared.summary(), "1 changed, 0 unchanged");
/// assert_eq!(compared.differences[0].impacts[0].text(), "scales 1 → 3");
/// ```
pub fn compare_sides(old: &[Object], new: &[Object], secrets: &Secrets, namespace: &str) -> Comparison {
    compare_ignoring(old, new, secrets, namespace, &IgnoreRules::default())
}

/// Compares like [`compare_sides`], but without the changes that `rules` cover. They are counted in [`Comparison::ignored`].
pub fn compare_ignoring<'o>(
    old: &'o [Object],
    new: &'o [Object],
    secrets: &'o Secrets,
    namespace: &'o str,
    rules: &IgnoreRules,
) -> Comparison {
    let mut comparison = Comparison::default();
    let mut pairs = Vec::new();
    let compare = |batch: &&[Pair<'o>]| compare_pairs(batch, secrets, namespace);
    let all = pair(old, new, namespace);
    for (differences, unchanged) in parallel::map(&all.chunks(PAIRS_AT_A_TIME).collect::<Vec<_>>(), compare) {
        comparison.unchanged += unchanged;
        for (pair, difference) in differences {
            comparison.differences.push(difference);
            pairs.push(pair);
        }
    }
    let subjects: Vec<(&Difference, &Pair<'_>)> = comparison.differences.iter().zip(&pairs).collect();
    let all_changed: Vec<Changed<'_>> =
        subjects.iter().map(|(difference, pair)| changed(difference, pair, secrets)).collect();
    let of_kubernetes = Rules::new(&all_changed, new);
    let judge = |subject: &(&Difference, &Pair<'_>)| {
        // A new `Changed` for each object, so that its fields are dropped afterwards.
        let (difference, pair) = *subject;
        let impacts = of_kubernetes.impacts(&changed(difference, pair, secrets));
        let ignored_changes =
            Subject { difference, impacts: &impacts, pair, rules, secrets }.ignored_changes(&of_kubernetes);
        (impacts, ignored_changes)
    };
    let judged = |batch: &&[_]| batch.iter().map(judge).collect::<Vec<_>>();
    let judged = parallel::map(&subjects.chunks(DIFFERENCES_AT_A_TIME).collect::<Vec<_>>(), judged);
    let (impacts, ignored_changes): (Vec<_>, Vec<_>) = judged.into_iter().flatten().unzip();
    for (difference, impacts) in comparison.differences.iter_mut().zip(impacts) {
        difference.impacts = impacts;
    }
    fold(&mut comparison, ignored_changes, rules);
    comparison
}

fn changed<'a>(difference: &'a Difference, pair: &Pair<'a>, secrets: &'a Secrets) -> Changed<'a> {
    Changed::new(difference, (pair.old, pair.new), secrets)
}

/// The number of pairs, and of differences, that a thread handles at a time.
const PAIRS_AT_A_TIME: usize = 256;
const DIFFERENCES_AT_A_TIME: usize = 32;

/// Returns the differences between pairs, and the number of unchanged pairs.
fn compare_pairs<'o>(pairs: &[Pair<'o>], secrets: &Secrets, namespace: &str) -> (Vec<(Pair<'o>, Difference)>, usize) {
    let mut differences = Vec::new();
    let mut unchanged = 0;
    for pair in pairs {
        if pair.new.is_none() && pair.old.is_some_and(is_created_by_cluster) {
            continue;
        }
        if [pair.old, pair.new].into_iter().flatten().all(holds_nothing) {
            continue;
        }
        match difference(pair, secrets, namespace) {
            Some(difference) => differences.push((*pair, difference)),
            None => unchanged += 1,
        }
    }
    (differences, unchanged)
}

/// Whether a document has only comments, so that nothing is applied.
fn holds_nothing(object: &Object) -> bool {
    object.id.kind.is_empty() && object.id.name.is_empty() && object.fields().is_empty()
}

fn difference(pair: &Pair<'_>, secrets: &Secrets, namespace: &str) -> Option<Difference> {
    let either = pair.new.or(pair.old)?;
    let mut difference = Difference {
        status: Status::Changed,
        id: either.id.clone(),
        origin: either.origin.clone(),
        old_name: None,
        changes: Vec::new(),
        causes: Vec::new(),
        impacts: Vec::new(),
        line: None,
        old_text: String::new(),
        new_text: String::new(),
    };
    match (pair.old, pair.new) {
        (Some(old), Some(new)) => {
            if old.text().is_some_and(|text| new.text().is_some_and(|other| text.trim_end() == other.trim_end())) {
                return None;
            }
            let (old_fields, new_fields) = (old.fields(), new.fields());
            if old_fields.is_empty() && new_fields.is_empty() {
                // A document with only comments is not an object.
                return None;
            }
            let (mut before, after) = (secrets.masked(&old_fields), secrets.masked(&new_fields));
            secrets.mask_counterparts(&mut before, &after);
            let version = Version { fields: &before, id: &old.id, is_live: old.is_live };
            let next = Version { fields: &after, id: &new.id, is_live: false };
            difference.changes = written_changes(&version, &next, namespace);
            if pair.is_rename {
                difference.status = Status::Renamed;
                difference.old_name = Some(old.id.name.clone());
            } else if difference.changes.is_empty() {
                if old.is_live {
                    return None;
                }
                difference.status = Status::Rewritten;
            }
            (difference.old_text, difference.new_text) =
                match (text_of(old, &old_fields, &before, secrets), text_of(new, &new_fields, &after, secrets)) {
                    (Some(old), Some(new)) => (old, new),
                    // If one text is a document and the other one is written from fields, every line would differ.
                    _ => (written(&before), written(&after)),
                };
        }
        (None, Some(new)) => {
            difference.status = Status::Added;
            difference.new_text = masked_text(new, secrets);
        }
        (Some(old), None) => {
            difference.status = Status::Removed;
            difference.old_text = masked_text(old, secrets);
        }
        (None, None) => return None,
    }
    Some(difference)
}

/// Returns the text of an object for people to compare: the document as it is written, with its secrets masked. `None` if the
/// object has no text, or if masking would change anything else.
fn text_of(object: &Object, fields: &Map, masked: &Map, secrets: &Secrets) -> Option<String> {
    object.text()?;
    let text = secrets.text_of(object.span.source()?, object.span.range(), fields, masked)?;
    Some(text.trim_end().to_owned() + "\n")
}

fn masked_text(object: &Object, secrets: &Secrets) -> String {
    let fields = object.fields();
    let masked = secrets.masked(&fields);
    text_of(object, &fields, &masked, secrets).unwrap_or_else(|| written(&masked))
}

/// Writes fields as YAML.
fn written(fields: &Map) -> String {
    yaml::write_pretty(&Value::Map(fields.clone())).trim_end().to_owned() + "\n"
}
