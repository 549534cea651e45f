//! The data of one object for the page's script: its old and new text, how their lines correspond, and where each line comes
//! from.
//!
//! A page may have many objects, so the names of the fields are short:
//!
//! - `a`, `b`: the old and the new text. `t` is a list of lines, `o` the index of each line's origin in `p`, or -1.
//! - `r`: rows `[old line, new line]`, -1 for none; with a third number, the first of that many rows of unchanged lines.
//! - `f`: names of files.
//! - `v`: values: key, value, and the file or flag that set it.
//! - `p`: origins: file (-1 for a text that `tpl` ran), line, text of the template line, calls (name, file, line), values that
//!   are shown, values that decide.

use std::collections::HashMap;
use std::sync::Arc;

use super::script_json::ScriptJson;
use crate::alignment::align;
use crate::diagnostic::{SourceKind, counted};
use crate::diff::{Origin, pairs_of_lines};
use crate::engine::{Aspect, TemplateLine, UsedValue};
use crate::explain::LineOrigins;
use crate::json;
use crate::yaml::Value;

/// The most calls, and the most values of either kind, that an origin lists.
const MAX: usize = 40;

/// The text of an object, with its secrets masked.
#[derive(Default)]
pub struct ShownText {
    /// The text.
    pub text: String,
    /// Where its lines come from, if known.
    pub origins: Option<LineOrigins>,
}

/// Returns the data of an object. If it exists on only one side, the other text is empty.
pub(super) fn data(old: &ShownText, new: &ShownText) -> ScriptJson {
    let mut tables = Tables::default();
    let mut texts = ScriptJson::default();
    texts.raw("\"a\":");
    text(&mut texts, old, &mut tables);
    texts.raw(",\"b\":");
    text(&mut texts, new, &mut tables);
    let mut out = ScriptJson::default();
    out.raw("{\"r\":");
    rows(&mut out, &old.text, &new.text);
    out.raw(",\"f\":").list(&tables.files, |out, file| _ = out.line(file));
    out.raw(",\"v\":").list(&tables.values, |out, used| value(out, used));
    out.raw(",\"p\":[");
    out.append(&tables.origins);
    out.raw("],");
    out.append(&texts);
    out.raw("}");
    out
}

/// File names and values, each stored once for all lines.
#[derive(Default)]
struct Tables {
    files: Vec<String>,
    known_files: HashMap<String, usize>,
    values: Vec<Arc<UsedValue>>,
    known_values: HashMap<*const UsedValue, usize>,
    origins: ScriptJson,
    count: usize,
}

impl Tables {
    fn file(&mut self, name: &str) -> usize {
        if let Some(known) = self.known_files.get(name) {
            return *known;
        }
        self.files.push(name.to_owned());
        self.known_files.insert(name.to_owned(), self.files.len() - 1);
        self.files.len() - 1
    }

    fn value(&mut self, used: &Arc<UsedValue>) -> usize {
        *self.known_values.entry(Arc::as_ptr(used)).or_insert_with(|| {
            self.values.push(used.clone());
            self.values.len() - 1
        })
    }

    fn place(&mut self, place: &TemplateLine) -> (Option<usize>, usize) {
        match place {
            TemplateLine::File(span) => match span.source().zip(span.position()) {
                Some((source, position)) => (Some(self.file(source.name())), position.line),
                None => (None, 0),
            },
            TemplateLine::Text { line, .. } => (None, *line),
        }
    }

    fn origin(&mut self, origin: &Origin) {
        let mut out = ScriptJson::default();
        if self.count > 0 {
            out.raw(",");
        }
        self.count += 1;
        let (file, line) = self.place(&origin.place);
        out.raw("[").optional_number(file).raw(",").number(line).raw(",").line(&origin.template).raw(",");
        out.list(origin.calls.iter().take(MAX), |out, call| {
            let (file, line) = self.place(&call.place);
            out.raw("[").line(call.name.as_deref().unwrap_or("tpl")).raw(",").optional_number(file).raw(",");
            out.number(line).raw("]");
        });
        for values in [&origin.shown, &origin.deciding] {
            out.raw(",").list(values.iter().take(MAX), |out, used| _ = out.number(self.value(used)));
        }
        out.raw("]");
        self.origins.append(&out);
    }
}

/// Writes one side: its lines, and for each line the index of its origin.
fn text(out: &mut ScriptJson, shown: &ShownText, tables: &mut Tables) {
    let before = tables.count;
    out.raw("{\"t\":").list(shown.text.lines(), |out, line| _ = out.line(line)).raw(",\"o\":[");
    if let Some(origins) = &shown.origins {
        origins.origins.iter().for_each(|origin| tables.origin(origin));
        for (at, line) in origins.lines.iter().enumerate() {
            if at > 0 {
                out.raw(",");
            }
            out.optional_number(line.map(|number| before + number));
        }
    }
    out.raw("]}");
}

fn rows(out: &mut ScriptJson, old: &str, new: &str) {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut rows: Vec<(Option<usize>, Option<usize>, Option<usize>)> = Vec::new();
    for stretch in align(&old, &new) {
        let (before, after) = (stretch.old.start, stretch.new.start);
        if stretch.is_same {
            rows.push((Some(before), Some(after), Some(stretch.old.len())));
            continue;
        }
        let pairs = pairs_of_lines(&old[stretch.old], &new[stretch.new]).into_iter();
        rows.extend(pairs.map(|(old, new)| (old.map(|at| before + at), new.map(|at| after + at), None)));
    }
    out.list(rows, |out, (old, new, count)| {
        out.raw("[").optional_number(old).raw(",").optional_number(new);
        count.iter().for_each(|count| _ = out.raw(",").number(*count));
        out.raw("]");
    });
}

fn value(out: &mut ScriptJson, used: &UsedValue) {
    let aspect = match (used.aspect, &used.value) {
        (Aspect::Whole, _) => "",
        (Aspect::Keys, Some(Value::List(_))) => ", how many items it has",
        (Aspect::Keys, _) => ", which keys it has",
        (Aspect::Emptiness, _) => ", whether it is empty",
    };
    let value = match &used.value {
        None => "not set".to_owned(),
        Some(Value::Map(map)) => format!("a map of {}", counted(map.len(), "key")),
        Some(Value::List(items)) => format!("a list of {}", counted(items.len(), "item")),
        Some(value) => json::write(value),
    };
    let key = used.path.to_string();
    let place = used.place.as_ref().and_then(|place| {
        let source = place.source()?;
        Some(match source.kind() {
            SourceKind::Flag => source.name().to_owned(),
            _ => format!("{}:{}", source.shown_name(), place.position().map_or(1, |position| position.line)),
        })
    });
    out.raw("[").line(if key.is_empty() { "all values" } else { &key });
    out.raw(",").line(&(value + aspect)).raw(",").line(&place.unwrap_or_default()).raw("]");
}
