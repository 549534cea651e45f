//! Writes one object of a page: what it is, what happens to it, and why.

use super::data::{ShownText, data};
use super::html::Html;
use crate::diff::{Cause, Change, Difference, Impact, ImpactLevel, Status, cause_lines, change_line};
use crate::kubernetes::Id;

/// The most changes that are listed for an object. Further ones are only counted; its text shows them.
const MAX_CHANGES: usize = 200;
/// The length at which a change is cut, in characters. The text of the object has the whole line.
const MAX_LENGTH: usize = 300;

/// An object to show.
pub struct Shown<'a> {
    /// The identity of the object.
    pub(super) id: &'a Id,
    /// The template or the file that it comes from.
    pub(super) origin: &'a str,
    /// How it differs; `None` if nothing is compared.
    pub(super) difference: Option<&'a Difference>,
}

impl<'a> Shown<'a> {
    /// Returns an object that differs.
    pub fn difference(difference: &'a Difference) -> Shown<'a> {
        Shown { id: &difference.id, origin: &difference.origin, difference: Some(difference) }
    }

    /// Returns an object that is not compared.
    pub fn object(id: &'a Id, origin: &'a str) -> Shown<'a> {
        Shown { id, origin, difference: None }
    }
}

/// How much space is left on a page.
pub(super) struct PageBudget {
    /// Bytes left for impacts.
    pub(super) impacts: usize,
    /// Bytes left for changes and their causes.
    pub(super) changes: usize,
    /// Bytes left for texts.
    pub(super) texts: usize,
}

/// Returns the name and the sign of an object's status.
pub(super) fn status(difference: Option<&Difference>) -> (&'static str, &'static str) {
    match difference.map(|difference| difference.status) {
        None => ("rendered", ""),
        Some(Status::Added) => ("added", "+"),
        Some(Status::Removed) => ("removed", "−"),
        Some(Status::Changed) => ("changed", "~"),
        Some(Status::Renamed) => ("renamed", "~"),
        Some(Status::Rewritten) => ("rewritten", "·"),
    }
}

/// Writes an object. If its changes don't fit into `budget`, only their impacts are written; if its impacts or its text don't
/// fit, a note is written instead.
pub(super) fn section(
    html: &mut Html,
    number: usize,
    shown: &Shown<'_>,
    texts: &[ShownText; 2],
    budget: &mut PageBudget,
) {
    let Shown { id, origin, difference } = shown;
    let (word, sign) = status(*difference);
    html.raw("<section class=\"object ")
        .raw(word)
        .raw("\" id=\"o")
        .number(number)
        .raw("\">\n<h2><button type=\"button\" aria-expanded=\"false\">");
    if !sign.is_empty() {
        html.raw("<span class=\"sign\" title=\"").raw(word).raw("\">").raw(sign).raw("</span> ");
    }
    html.raw("<span class=\"kind\">").text(&id.kind).raw("</span> <b>").text(&id.name).raw("</b>");
    if !id.namespace.is_empty() {
        html.raw(" <span class=\"namespace\">in ").text(&id.namespace).raw("</span>");
    }
    html.raw("</button></h2>\n<p class=\"about\">").text(&id.api_version).raw(" · ").text(origin);
    if let Some(old_name) = difference.and_then(|difference| difference.old_name.as_ref()) {
        html.raw(" · was ").text(old_name);
    }
    html.raw("</p>\n");
    if let Some(difference) = difference {
        let mut about = Html::default();
        impacts(&mut about, &difference.impacts);
        if about.len() <= budget.impacts {
            budget.impacts -= about.len();
            html.part(&about);
        } else {
            html.raw("<p class=\"cut\">The impacts are omitted: the page would be too large.</p>\n");
        }
        let mut about = Html::default();
        causes(&mut about, &difference.causes);
        changes(&mut about, &difference.changes);
        if about.len() <= budget.changes {
            budget.changes -= about.len();
            html.part(&about);
        }
    }
    let data = data(&texts[0], &texts[1]);
    if data.as_str().len() <= budget.texts {
        budget.texts -= data.as_str().len();
        html.raw("<script type=\"application/json\">").data(&data).raw("</script>\n");
    } else {
        html.raw("<p class=\"cut\">The text is omitted: the page would be too large.</p>\n");
    }
    html.raw("</section>\n");
}

fn impacts(html: &mut Html, impacts: &[Impact]) {
    if impacts.is_empty() {
        return;
    }
    html.raw("<ul class=\"impacts\">\n");
    for impact in impacts {
        html.raw("<li class=\"").raw(impact.level.name()).raw("\"><span class=\"mark\">");
        html.raw(match impact.level {
            ImpactLevel::Info => "·</span> ",
            ImpactLevel::Warning => "!</span> ",
            ImpactLevel::Rejected => "✗</span> ",
        });
        html.text(&impact.text());
        if let Some(remedy) = &impact.remedy {
            html.raw("<small>help: ").text(remedy).raw("</small>");
        }
        html.raw("</li>\n");
    }
    html.raw("</ul>\n");
}

fn causes(html: &mut Html, causes: &[Cause]) {
    for line in cause_lines(causes) {
        html.raw("<p class=\"why\">").text(&line).raw("</p>\n");
    }
}

fn changes(html: &mut Html, changes: &[Change]) {
    if changes.is_empty() {
        return;
    }
    html.raw("<ul class=\"changes\">\n");
    for change in changes.iter().take(MAX_CHANGES) {
        let (sign, line) = change_line(change);
        let (class, sign) = match sign {
            '+' => ("new", "+"),
            '-' => ("old", "−"),
            _ => ("both", "~"),
        };
        html.raw("<li class=\"").raw(class).raw("\"><code>").raw(sign).raw(" ");
        match line.char_indices().nth(MAX_LENGTH) {
            Some((end, _)) => html.text(&line[..end]).raw("…"),
            None => html.text(&line),
        };
        html.raw("</code>");
        for line in cause_lines(&change.causes) {
            html.raw("<small class=\"why\">").text(&line).raw("</small>");
        }
        if let Some(origin) = &change.origin {
            html.raw("<small class=\"at\">at ").text(&origin.text()).raw("</small>");
        }
        html.raw("</li>\n");
    }
    if let Some(more @ 1..) = changes.len().checked_sub(MAX_CHANGES) {
        html.raw("<li>and ").number(more).raw(" more</li>\n");
    }
    html.raw("</ul>\n");
}
