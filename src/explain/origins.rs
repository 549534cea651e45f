//! Finds where the lines of objects come from, for renders whose engine can trace.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::documents::{Document, in_output};
use super::line::{hidden, used_value};
use super::template_text::template_text;
use super::traced::TracedOutput;
use crate::alignment::align;
use crate::diagnostic::SourceKind;
use crate::diff::{ChangeKind, Comparison, Difference, Origin, Status};
use crate::engine::{self, LineOrigin, Scope, TemplateLine, UsedPath, UsedValue, sort_deciding};
use crate::kubernetes::{FieldPath, Id, Object};
use crate::manifest::{FieldLines, value_path};
use crate::render::Render;
use crate::secrets::Secrets;

/// The most lines of one change whose values are named.
const MAX_LINES: usize = 200;

/// A rendered side. It is traced on first use.
pub struct SideTrace<'a> {
    scope: Scope<'a>,
    output: OnceCell<Option<TracedOutput>>,
}

impl<'a> SideTrace<'a> {
    /// Returns a side that was rendered with `scope`.
    pub fn new(scope: Scope<'a>) -> SideTrace<'a> {
        SideTrace { scope, output: OnceCell::new() }
    }

    /// Returns the side of a render, with its own trace.
    pub fn of_render(render: &'a Render) -> SideTrace<'a> {
        let traced = |trace| TracedOutput::new(in_output(&render.manifests, &[]), trace);
        SideTrace { scope: render.scope(), output: OnceCell::from(render.trace().map(traced)) }
    }

    /// Returns the traced output; `None` if the chart's engine can't trace.
    pub(super) fn output(&self) -> Option<&TracedOutput> {
        self.output.get_or_init(|| engine::trace(&self.scope).map(TracedOutput::of_render)).as_ref()
    }
}

/// Adds to each change of a comparison where it comes from: on the new side, or on the old side if the field was removed or the
/// new side was not rendered.
pub fn add_origins(
    comparison: &mut Comparison,
    (old, new): (Option<&SideTrace<'_>>, Option<&SideTrace<'_>>),
    secrets: &Secrets,
) {
    if comparison.differences.iter().all(|difference| difference.status == Status::Rewritten) {
        return;
    }
    // Objects that are only added need no trace of the old side.
    let needs_old = new.is_none() || comparison.differences.iter().any(removes_anything);
    let old = old.filter(|_| needs_old).and_then(|old| LineSource::new(old, secrets));
    let new = new.and_then(|new| LineSource::new(new, secrets));
    for difference in &mut comparison.differences {
        let before = old.as_ref().and_then(|old| old.object(&difference.old_id()));
        let after = new.as_ref().and_then(|new| new.object(&difference.id));
        difference.line = [&after, &before].into_iter().flatten().find_map(|object| object.origin([0].into_iter()));
        let lines = |text: &'_ str| -> HashSet<String> { text.lines().map(str::to_owned).collect() };
        let (old_lines, new_lines) = (lines(&difference.old_text), lines(&difference.new_text));
        let (before, after) = ((&before, &new_lines), (&after, &old_lines));
        for change in &mut difference.changes {
            let sides = if matches!(change.kind, ChangeKind::Removed(_)) { [before, after] } else { [after, before] };
            let of_side = |(object, other): (&Option<TracedObject<'_>>, &HashSet<String>)| {
                object.as_ref()?.of_field(&change.path, other)
            };
            change.origin = sides.into_iter().find_map(of_side).map(Box::new);
        }
    }
}

/// A side and its objects.
pub type SideObjects<'a> = (Option<&'a SideTrace<'a>>, &'a [Object]);

/// Adds template lines to the changes of sides whose engine can't trace: from the new side, or from the old side if the field
/// was removed or the new side was not rendered. Finding a line takes several renders, so only the first changes get one.
pub fn add_template_lines(comparison: &mut Comparison, old: SideObjects<'_>, new: SideObjects<'_>) {
    const MAX: usize = 50;
    let (old, new) = (Untraced::new(old), Untraced::new(new));
    if old.is_none() && new.is_none() {
        return;
    }
    let mut tried = 0;
    for difference in &mut comparison.differences {
        let (before, after) = (difference.old_id(), difference.id.clone());
        for change in difference.changes.iter_mut().filter(|change| change.origin.is_none()) {
            let (side, id) = match (&new, &old) {
                (Some(new), _) if !matches!(change.kind, ChangeKind::Removed(_)) => (new, &after),
                (_, Some(old)) => (old, &before),
                _ => continue,
            };
            tried += 1;
            if tried > MAX {
                return;
            }
            change.origin = side.line_of(id, &change.path).map(Box::new);
        }
    }
}

/// A side whose engine can't trace.
struct Untraced<'a> {
    side: &'a SideTrace<'a>,
    objects: HashMap<&'a Id, &'a Object>,
}

impl<'a> Untraced<'a> {
    fn new((side, objects): SideObjects<'a>) -> Option<Untraced<'a>> {
        let side = side.filter(|side| side.output().is_none())?;
        Some(Untraced { side, objects: objects.iter().map(|object| (&object.id, object)).collect() })
    }

    fn line_of(&self, id: &Id, path: &FieldPath) -> Option<Origin> {
        let object = self.objects.get(id)?;
        let source = object.span.source().filter(|source| source.kind() == SourceKind::Rendered)?;
        let fields = FieldLines::read_at(source, object.span.range()).ok()?;
        let line = *fields.field_lines(&value_path(fields.node(), path))?.first()?;
        let span = engine::locate(&self.side.scope, source.name(), line + 1)?;
        Some(Origin {
            place: TemplateLine::File(span),
            template: String::new(),
            calls: Vec::new(),
            shown: Vec::new(),
            deciding: Vec::new(),
        })
    }
}

fn removes_anything(difference: &Difference) -> bool {
    difference.status == Status::Removed
        || difference.changes.iter().any(|change| matches!(change.kind, ChangeKind::Removed(_)))
}

/// Where each line of a text comes from.
#[derive(Debug, Default)]
pub struct LineOrigins {
    /// The origins; consecutive lines share one.
    pub origins: Vec<Origin>,
    /// For each line, the index of its origin.
    pub lines: Vec<Option<usize>>,
}

/// The objects of a side and where their lines come from.
pub struct LineSource<'a> {
    output: &'a TracedOutput,
    documents: HashMap<&'a Id, &'a Document>,
    scope: &'a Scope<'a>,
    secrets: &'a Secrets,
    /// Values that were looked up before: many lines depend on the same ones.
    known: RefCell<HashMap<UsedPath, Arc<UsedValue>>>,
}

/// An object of a side.
struct TracedObject<'l> {
    source: &'l LineSource<'l>,
    document: &'l Document,
    fields: OnceCell<Option<FieldLines>>,
    /// Its lines, and the same lines with secrets masked.
    own: Vec<&'l str>,
    masked: Vec<String>,
}

impl<'a> LineSource<'a> {
    /// Returns the objects of a side, masked by `secrets`; `None` if the chart's engine can't trace.
    pub fn new(side: &'a SideTrace<'_>, secrets: &'a Secrets) -> Option<LineSource<'a>> {
        let output = side.output()?;
        let documents = output.documents.iter().rev().map(|document| (&document.manifest.id, document)).collect();
        Some(LineSource { output, documents, scope: &side.scope, secrets, known: RefCell::default() })
    }

    /// Returns where the lines of an object come from. `text` is the object as shown: lines in it may be masked or missing.
    pub fn lines(&self, id: &Id, text: &str) -> Option<LineOrigins> {
        let object = self.object(id)?;
        let shown: Vec<&str> = text.lines().collect();
        let masked: Vec<&str> = object.masked.iter().map(String::as_str).collect();
        let mut found = LineOrigins { origins: Vec::new(), lines: vec![None; shown.len()] };
        for stretch in align(&masked, &shown) {
            // Lines that differ belong to a masked value, which has the same number of lines or fewer.
            for (line, shown) in stretch.old.zip(stretch.new) {
                let Some(origin) = object.origin([line].into_iter()) else { continue };
                if found.origins.last() != Some(&origin) {
                    found.origins.push(origin);
                }
                found.lines[shown] = Some(found.origins.len() - 1);
            }
        }
        Some(found)
    }

    fn object<'l>(&'l self, id: &Id) -> Option<TracedObject<'l>>
    where
        'a: 'l,
    {
        let document = *self.documents.get(id)?;
        let text = document.manifest.text();
        let masked = self.secrets.masked_lines(text);
        Some(TracedObject { source: self, document, fields: OnceCell::new(), own: text.lines().collect(), masked })
    }

    fn used(&self, used: UsedPath) -> Arc<UsedValue> {
        let mut known = self.known.borrow_mut();
        let value = known
            .entry(used)
            .or_insert_with_key(|used| Arc::new(used_value(used.clone(), self.scope.values, self.secrets)));
        value.clone()
    }
}

impl TracedObject<'_> {
    fn fields(&self) -> Option<&FieldLines> {
        let manifest = &self.document.manifest;
        self.fields.get_or_init(|| FieldLines::read(&manifest.path, manifest.text()).ok()).as_ref()
    }

    /// Returns the origin of those lines of a field that the other side doesn't have or, if there are none, of all its lines.
    fn of_field(&self, field: &FieldPath, other: &HashSet<String>) -> Option<Origin> {
        let fields = self.fields()?;
        let lines = fields.field_lines(&value_path(fields.node(), field))?;
        let differs = |line: &usize| self.masked.get(*line).is_some_and(|text| !other.contains(text));
        self.origin(lines.iter().copied().filter(differs)).or_else(|| self.origin(lines.iter().copied()))
    }

    /// Returns the combined origin of some lines (from 0).
    fn origin(&self, lines: impl Iterator<Item = usize>) -> Option<Origin> {
        let source = self.source;
        let (mut shown, mut deciding, mut masked): (Vec<UsedPath>, Vec<UsedPath>, Vec<UsedPath>) = Default::default();
        let mut place = None;
        for line in lines.take(MAX_LINES) {
            let Some(origin) = source.output.origin(self.document, line) else { continue };
            let LineOrigin { place: of_line, calls, shown: by_line, deciding: by, .. } = origin;
            let is_masked = self.own.get(line).copied() != self.masked.get(line).map(String::as_str);
            place = place.or_else(|| Some((of_line?, calls, is_masked)));
            // If a line is masked, the values that it prints are secret too.
            if is_masked {
                masked.extend(by_line.iter().cloned());
            }
            shown.extend(by_line);
            deciding.extend(by);
        }
        let (place, calls, is_masked) = place?;
        let template = match &place {
            TemplateLine::File(span) => template_text(span.text(), is_masked, source.secrets),
            TemplateLine::Text { text, .. } => template_text(text, is_masked, source.secrets),
        };
        shown.sort();
        shown.dedup();
        sort_deciding(&mut deciding, &shown);
        let of_shown = |used: UsedPath| match masked.contains(&used) {
            true => Arc::new(hidden(UsedValue::clone(&source.used(used)), &masked)),
            false => source.used(used),
        };
        Some(Origin {
            place,
            template,
            calls,
            shown: shown.into_iter().map(of_shown).collect(),
            deciding: deciding.into_iter().map(|used| source.used(used)).collect(),
        })
    }
}
