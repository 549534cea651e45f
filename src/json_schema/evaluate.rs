//! Evaluates a schema against an instance, in Helm's order and with Helm's grouping of violations.
//!
//! A schema that finds one violation passes it on unchanged; one that finds several wraps them in a group named
//! `validation failed`. `$ref` passes a single violation on, too.

use super::budget::Budget;
use super::costs::{BYTES_A_STEP, COMPARED_A_STEP, FRAMES_A_STEP, KEYWORDS_A_STEP, MEMBERS_A_STEP};
use super::draft::Draft;
use super::instance::{Instance, View, equal};
use super::keywords::Keywords;
use super::memo::{Detail, Key};
use super::number::Number;
use super::path::{Path, identity};
use super::place::{Locations, Place};
use super::registry::Registry;
use super::session::{Session, Stop};
use super::shape::Step;
use super::types::{self, Types};
use super::violation::{Finding, Violation, Violations};
use super::wording::quote;
use super::{format, stack};
use crate::diagnostic::nearest;
use crate::diagnostic::{Diagnostic, Span};
use crate::go::strconv::quote_double;
use crate::yaml::{Map, Node, Value};

/// A schema being evaluated, linked to those that led to it: the dynamic scope.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'f, 's> {
    pub(super) place: Place<'s>,
    /// The referring keyword that led here; empty if it was not a reference.
    keyword: &'static str,
    /// The depth in the instance.
    level: usize,
    /// The number of schemas that led here.
    depth: usize,
    /// The number of the sequence of resources that led here (see [`Session::scope`]).
    scope: u32,
    pub(super) parent: Option<&'f Frame<'f, 's>>,
}

/// The evaluation of one schema object against one instance.
pub(super) struct Evaluation<'e, 's, 'i> {
    pub(super) session: &'e Session<'s>,
    pub(super) frame: &'e Frame<'e, 's>,
    pub(super) keywords: Keywords<'s>,
    pub(super) draft: Draft,
    pub(super) instance: Instance<'i>,
    pub(super) at: &'e Path<'e>,
    /// Whether only the verdict matters, not the violations.
    pub(super) quiet: bool,
    /// For each member of the instance, whether no keyword has evaluated it yet; empty if that is not needed.
    pub(super) unevaluated: Vec<bool>,
    pub(super) violations: Violations,
}

/// Returns the violations of an instance, as the entries of Helm's list.
///
/// # Errors
/// If the evaluation is aborted.
pub(super) fn evaluate_root(
    registry: &Registry,
    instance: Instance<'_>,
    budget: &Budget,
) -> Result<Vec<Violation>, Box<Diagnostic>> {
    let Some(document) = registry.documents.first() else { return Ok(Vec::new()) };
    let session = Session::new(registry, budget);
    let frame = Frame { place: Place::root(document), keyword: "", level: 0, depth: 0, scope: 0, parent: None };
    let finding = evaluate(&session, &frame, instance, &Path::Root, false, false);
    if let Some(error) = session.error() {
        return Err(error);
    }
    let mut violations = match finding {
        Ok(_) => return Ok(Vec::new()),
        Err(violation) if violation.is_group => {
            let Violation { mut children, omitted, .. } = *violation;
            children.extend((omitted > 0).then(|| Violation::omitted(omitted)));
            children
        }
        Err(violation) => vec![*violation],
    };
    let rest = Violation::rest(&violations);
    violations.retain(|violation| !violation.is_omitted());
    violations.extend(rest);
    Ok(violations)
}

/// Creates an instance from a map.
pub(super) fn of_map<'i>(map: &'i Map, span: &'i Span) -> Instance<'i> {
    Instance { view: View::Map(map), span }
}

fn evaluate(
    session: &Session<'_>,
    frame: &Frame<'_, '_>,
    instance: Instance<'_>,
    at: &Path<'_>,
    quiet: bool,
    track_unevaluated: bool,
) -> Finding {
    let node = frame.place.node;
    let schema = match &node.value {
        Value::Bool(_) | Value::Map(_) if !session.charge(1, &node.span) => return Err(Box::default()),
        Value::Bool(true) => return Ok(start(&Keywords::default(), frame, instance, track_unevaluated)),
        Value::Bool(false) => return Err(violation(session, instance, at, quiet, || "false schema".to_owned())),
        Value::Map(map) => map,
        _ => return Ok(Vec::new()),
    };
    let key = || Key {
        schema: identity(node),
        instance: std::ptr::from_ref(instance.span).addr(),
        scope: frame.scope,
        track_unevaluated,
    };
    session.remembered(key, quiet, || {
        if stack::begins_at(frame.depth) {
            session.charge(stack::STEPS_OF_A_STACK, &node.span);
        }
        let finding = stack::nested(frame.depth, || {
            let dialect = frame.place.resource.dialect;
            let keywords = Keywords::collect(schema, dialect);
            session.charge(schema.len() / KEYWORDS_A_STEP, &node.span);
            let unevaluated = start(&keywords, frame, instance, track_unevaluated);
            session.charge(unevaluated.len() / MEMBERS_A_STEP, &node.span);
            let (draft, violations) = (dialect.draft, Violations::default());
            Evaluation { session, frame, keywords, draft, instance, at, quiet, unevaluated, violations }.run()
        });
        finding.unwrap_or_else(|refused| {
            session.stop(Stop::Nesting(refused), &node.span);
            Err(Box::default())
        })
    })
}

/// Returns the initial list of unevaluated members (see [`Evaluation::unevaluated`]).
fn start(keywords: &Keywords<'_>, frame: &Frame<'_, '_>, instance: Instance<'_>, track_unevaluated: bool) -> Vec<bool> {
    let looked_at = match instance.view {
        View::Map(_) if track_unevaluated || keywords.unevaluated_properties.is_some() => {
            if keywords.additional_properties.is_some() { return Vec::new() } else { 0 }
        }
        View::List(_) if track_unevaluated || keywords.unevaluated_items.is_some() => {
            let list = |node: Option<&Node>| node.and_then(|node| node.value.as_list()).map(<[Node]>::len);
            let (prefix, rest) = if frame.place.resource.dialect.draft >= Draft::Draft2020 {
                (keywords.prefix_items, keywords.items)
            } else if list(keywords.items).is_some() {
                (keywords.items, keywords.additional_items)
            } else {
                (None, keywords.items)
            };
            if rest.is_some() { return Vec::new() } else { list(prefix).unwrap_or(0) }
        }
        _ => return Vec::new(),
    };
    (0..instance.len()).map(|member| member >= looked_at).collect()
}

/// Creates a violation without reasons. Its message is only built if it is listed.
fn violation(
    session: &Session<'_>,
    instance: Instance<'_>,
    at: &Path<'_>,
    quiet: bool,
    message: impl FnOnce() -> String,
) -> Box<Violation> {
    match session.detail(quiet) {
        Detail::Verdict => Box::default(),
        Detail::Count => Box::new(Violation::omitted(1)),
        Detail::Messages => Box::new(listed(session, instance, at, message)),
    }
}

fn listed(session: &Session<'_>, instance: Instance<'_>, at: &Path<'_>, message: impl FnOnce() -> String) -> Violation {
    let violation = Violation {
        instance_path: at.names(),
        message: message(),
        instance_span: instance.span.clone(),
        ..Violation::default()
    };
    session.budget().list(&violation);
    violation
}

impl<'s> Evaluation<'_, 's, '_> {
    fn run(mut self) -> Finding {
        if let Some(earlier) = self.earlier_visit() {
            return Err(self.violation(|| self.describe_cycle(earlier)));
        }
        if let Some(finding) = self.follow_lone_reference() {
            return finding;
        }
        if let Some(types) = self.keywords.types.and_then(Types::of_keyword)
            && !types.contain(self.instance)
        {
            let mut violation =
                self.violation(|| format!("got {}, want {}", types::name_of(self.instance), types.names()));
            if !violation.message.is_empty() {
                violation.help = self.suggest_member(types, &violation.instance_path);
            }
            return Err(violation);
        }
        self.check_constant()?;
        if let Some(candidates) = self.keywords.enumeration.and_then(|candidates| candidates.value.as_list())
            && !candidates.iter().any(|candidate| self.equals(candidate))
        {
            return Err(self.outside_enumeration(candidates));
        }
        if let (Some(format), View::Text(text)) =
            (self.keywords.format.and_then(|f| f.value.as_str()), self.instance.view)
            && self.asserts_formats()
            && self.charge(text.len() / BYTES_A_STEP)
        {
            match self.session.registry.own_formats {
                Some(has_format) if !has_format(format, text) => {
                    return Err(self.violation(|| format!("must be of type {format}: {}", quote(text))));
                }
                Some(_) => {}
                None => {
                    if let Err(reason) = format::check(format, text) {
                        return Err(self.violation(|| format!("{} is not valid {format}: {reason}", quote(text))));
                    }
                }
            }
        }
        if let Some(target) = self.referred() {
            let finding = self.follow(Some(target), "$ref");
            self.add(finding);
        }
        match self.instance.view {
            View::Map(map) => self.check_object(map),
            View::List(items) => self.check_array(items),
            View::Text(text) => self.check_string(text),
            View::Number(number) => self.check_number(number),
            View::Null | View::Bool(_) => {}
        }
        if !self.is_decided() {
            self.check_dynamic_references();
            self.check_conditions();
            self.check_unevaluated();
        }
        let mut found = std::mem::take(&mut self.violations);
        let omitted = found.omitted();
        match (found.len(), found.listed.len()) {
            (0, _) => Ok(self.unevaluated),
            (1, 0) => Err(Box::new(Violation::omitted(omitted))),
            (1, _) => Err(found.listed.pop().map(Box::new).unwrap_or_default()),
            (_, 0) => Err(Box::new(Violation::omitted(omitted.saturating_add(1)))),
            (_, 1) if !self.quiet && !self.session.budget().groups_more() => {
                let mut one = found.listed.pop().unwrap_or_default();
                one.omitted = one.omitted.saturating_add(omitted).saturating_add(1);
                Err(Box::new(one))
            }
            _ => {
                let group = self.group(|| "validation failed".to_owned());
                Err(Box::new(Violation { children: found.listed, is_group: true, omitted, ..group }))
            }
        }
    }

    /// Creates a violation that groups listed ones; it is listed as well.
    fn group(&self, message: impl FnOnce() -> String) -> Violation {
        if self.quiet { Violation::default() } else { listed(self.session, self.instance, self.at, message) }
    }

    /// Whether further checks cannot change the result: because a violation was found and only the verdict matters, or
    /// because the evaluation was aborted.
    pub(super) fn is_decided(&self) -> bool {
        self.quiet && !self.violations.is_empty() || self.session.is_stopped()
    }

    /// Charges steps of work. Returns whether the evaluation continues.
    pub(super) fn charge(&self, steps: usize) -> bool {
        steps == 0 || self.session.charge(steps, &self.frame.place.node.span)
    }

    /// Whether the instance equals a value of the schema.
    fn equals(&self, other: &Node) -> bool {
        let mut work = 0;
        let equal = equal(self.instance, other, &mut work);
        self.charge(work / COMPARED_A_STEP) && equal
    }

    /// Whether a pattern matches somewhere in a text.
    pub(super) fn matches(&self, pattern: &str, text: &str) -> bool {
        let mut charge = |steps| if self.charge(steps) { Ok(()) } else { Err(()) };
        match self.session.registry.patterns.is_match(pattern, text, &mut charge) {
            Ok(Ok(found)) => found,
            Err(()) => false,
            Ok(Err(reason)) => {
                self.session.stop(Stop::Pattern(reason), &self.frame.place.node.span);
                false
            }
        }
    }

    /// Follows a `$ref` up to draft 7, where all keywords beside it are ignored; except that Helm also checks `const`.
    fn follow_lone_reference(&mut self) -> Option<Finding> {
        if self.draft >= Draft::Draft2019 {
            return None;
        }
        let target = self.referred()?;
        let finding = self.check_constant().and_then(|()| self.follow(Some(target), "$ref"));
        Some(finding.map(|()| std::mem::take(&mut self.unevaluated)))
    }

    fn referred(&self) -> Option<Place<'s>> {
        self.keywords.reference.and_then(|reference| self.target(reference))
    }

    /// Returns the schema that a referring keyword leads to.
    pub(super) fn target(&self, reference: &Node) -> Option<Place<'s>> {
        let (target, steps) = self.session.registry.target(reference)?;
        self.charge(steps / COMPARED_A_STEP).then_some(target)
    }

    fn check_constant(&self) -> Result<(), Box<Violation>> {
        match self.keywords.constant {
            Some(constant) if !self.equals(constant) => Err(self.violation(|| match displayed(constant) {
                Some(wanted) => format!("value must be {wanted}"),
                None => "'const' failed".to_owned(),
            })),
            _ => Ok(()),
        }
    }

    fn asserts_formats(&self) -> bool {
        use super::draft::Vocabularies;
        self.session.registry.asserts_formats
            || self.session.registry.own_formats.is_some()
            || self.frame.place.resource.dialect.knows(Draft::Draft4, Draft::Draft2020, Vocabularies::FORMAT_ASSERTION)
    }

    fn outside_enumeration(&self, candidates: &[Node]) -> Box<Violation> {
        let mut outside = self.violation(|| {
            let wanted: Option<Vec<String>> = candidates.iter().map(displayed).collect();
            match wanted.as_deref() {
                Some([one]) => format!("value must be {one}"),
                Some(wanted) => format!("value must be one of {}", wanted.join(", ")),
                None => "'enum' failed".to_owned(),
            }
        });
        if let View::Text(text) = self.instance.view
            && !outside.message.is_empty()
        {
            let near = nearest(text, candidates.iter().filter_map(|candidate| candidate.value.as_str()));
            outside.help = near.map(|near| format!("did you mean {}?", quote(near)));
        }
        outside
    }

    /// Returns the enclosing frame that evaluates the same schema against the same instance, if there is one.
    fn earlier_visit(&self) -> Option<&Frame<'_, 's>> {
        let own = identity(self.frame.place.node);
        let mut earlier = self.frame.parent;
        let mut passed = 0;
        while let Some(frame) = earlier.filter(|frame| frame.level == self.frame.level) {
            if identity(frame.place.node) == own {
                self.session.count_cycle();
                return Some(frame);
            }
            earlier = frame.parent;
            passed += 1;
        }
        self.charge(passed / FRAMES_A_STEP);
        None
    }

    fn describe_cycle(&self, earlier: &Frame<'_, '_>) -> String {
        let mut locations = Locations::default();
        let [own, first] = [self.frame, earlier].map(|frame| keyword_location(frame, &mut locations));
        let place = locations.location(self.frame.place);
        self.charge(locations.len());
        format!("both {own} and {first} resolve to {} causing reference cycle", quote_double(&place))
    }

    // Helpers for the other files of this module.

    pub(super) fn violation(&self, message: impl FnOnce() -> String) -> Box<Violation> {
        violation(self.session, self.instance, self.at, self.quiet, message)
    }

    pub(super) fn fail(&mut self, message: impl FnOnce() -> String) {
        let violation = self.violation(message);
        self.violations.push(*violation);
    }

    pub(super) fn fail_because(&mut self, reasons: Violations, message: impl FnOnce() -> String) {
        self.fail_with(reasons, false, message);
    }

    /// Like [`Self::fail_because`] for `allOf`, `anyOf` and `oneOf`: the reasons come from alternative schemas.
    pub(super) fn fail_combination(&mut self, reasons: Violations, message: impl FnOnce() -> String) {
        self.fail_with(reasons, true, message);
    }

    fn fail_with(&mut self, reasons: Violations, is_combination: bool, message: impl FnOnce() -> String) {
        let omitted = reasons.omitted();
        let children = reasons.listed;
        if children.is_empty() || self.quiet {
            let mut violation = self.violation(message);
            violation.omitted = violation.omitted.saturating_add(omitted);
            self.violations.push(*violation);
        } else if self.session.budget().groups_more() {
            let violation = Violation { children, omitted, is_combination, ..self.group(message) };
            self.violations.push(violation);
        } else {
            children.into_iter().for_each(|child| self.violations.push(child));
            self.violations.push(Violation::omitted(omitted.saturating_add(1)));
        }
    }

    /// Drops reasons that are not shown.
    pub(super) fn forget(&self, reasons: &Violations) {
        self.session.forget(&reasons.listed);
    }

    pub(super) fn add(&mut self, finding: Result<(), Box<Violation>>) {
        if let Err(violation) = finding {
            self.violations.push(*violation);
        }
    }

    /// Adds the violations found under several keys, in the order of the keys; Helm's order is random.
    pub(super) fn add_sorted(&mut self, mut found: Vec<(&str, Box<Violation>)>) {
        found.sort_by_key(|(key, _)| *key);
        found.into_iter().for_each(|(_, violation)| self.violations.push(*violation));
    }

    /// Keeps the violation found under a key for [`Self::add_sorted`]; one that is not listed needs no order and is
    /// added at once.
    pub(super) fn keep<'k>(
        &mut self,
        found: &mut Vec<(&'k str, Box<Violation>)>,
        key: &'k str,
        finding: Result<(), Box<Violation>>,
    ) {
        match finding {
            Ok(()) => {}
            Err(violation) if violation.is_omitted() => self.violations.push(*violation),
            Err(violation) => found.push((key, violation)),
        }
    }

    /// Evaluates a subschema against the same instance.
    pub(super) fn same(&mut self, schema: &'s Node, quiet: bool) -> Result<(), Box<Violation>> {
        self.same_at(self.frame.place.below(schema), "", quiet)
    }

    fn same_at(&mut self, place: Place<'s>, keyword: &'static str, quiet: bool) -> Result<(), Box<Violation>> {
        let Frame { level, depth, .. } = *self.frame;
        let frame =
            Frame { place, keyword, level, depth: depth + 1, scope: self.scope(place), parent: Some(self.frame) };
        self.charge(self.unevaluated.len() / MEMBERS_A_STEP);
        let track_unevaluated = self.unevaluated.contains(&true);
        let left = evaluate(self.session, &frame, self.instance, self.at, self.quiet || quiet, track_unevaluated)?;
        for (member, own) in self.unevaluated.iter_mut().enumerate() {
            *own &= left.get(member).copied().unwrap_or(false);
        }
        Ok(())
    }

    /// Evaluates a subschema against a member of the instance.
    pub(super) fn member(&self, schema: &'s Node, member: Instance<'_>, step: Step<'_>) -> Result<(), Box<Violation>> {
        self.member_at(schema, member, &Path::Step(self.at, step), self.quiet)
    }

    pub(super) fn member_at(
        &self,
        schema: &'s Node,
        member: Instance<'_>,
        at: &Path<'_>,
        quiet: bool,
    ) -> Result<(), Box<Violation>> {
        let place = self.frame.place.below(schema);
        let (level, depth) = (self.frame.level + 1, self.frame.depth + 1);
        let frame = Frame { place, keyword: "", level, depth, scope: self.scope(place), parent: Some(self.frame) };
        evaluate(self.session, &frame, member, at, quiet, false).map(drop)
    }

    fn scope(&self, place: Place<'s>) -> u32 {
        let (own, next) = (self.frame.place.resource, place.resource);
        if std::ptr::eq(own, next) {
            return self.frame.scope;
        }
        self.session.scope(self.frame.scope, std::ptr::from_ref(next).addr())
    }

    /// Evaluates the target of a reference.
    pub(super) fn follow(&mut self, target: Option<Place<'s>>, keyword: &'static str) -> Result<(), Box<Violation>> {
        let Some(target) = target else { return Ok(()) };
        self.same_at(target, keyword, false).map_err(|found| {
            if !found.is_group {
                return found;
            }
            // The violations in a group may be deeper in the instance, but the reference is at this place.
            let Violation { instance_path, instance_span, .. } = *self.violation(String::new);
            Box::new(Violation { is_group: false, instance_path, instance_span, ..*found })
        })
    }
}

/// Returns the keywords that led to a frame, as a JSON pointer.
fn keyword_location<'s>(frame: &Frame<'_, 's>, locations: &mut Locations<'s>) -> String {
    let mut steps = Vec::new();
    let mut at = frame;
    while let Some(parent) = at.parent {
        if at.keyword.is_empty() {
            let (own, outer) = (locations.location(at.place), locations.location(parent.place));
            steps.push(own.strip_prefix(&outer).unwrap_or_default().to_owned());
        } else {
            steps.push(format!("/{}", at.keyword));
        }
        at = parent;
    }
    steps.reverse();
    steps.concat()
}

/// Formats a value for a message; `None` for lists and maps.
fn displayed(value: &Node) -> Option<String> {
    Some(match &value.value {
        Value::Null => "<nil>".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::String(text) => quote(text),
        Value::Int(_) | Value::Float(_) => Number::of_schema(value)?.written().into_owned(),
        Value::List(_) | Value::Map(_) => return None,
    })
}
