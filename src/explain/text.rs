//! Prints explanations as text.

use std::fmt::Write;

use super::Explanation;
use super::effects::Effect;
use super::effects::EffectKind;
use super::effects::Line;
use super::experiment::Change;
use super::preconditions::Gate;
use super::preconditions::GatePart;
use super::unused::{Scanned, SwitchedOffSubchart};
use super::value_sources::SetBy;
use super::value_sources::ValueSource;
use crate::diagnostic::{Paint, Span, counted, printable};
use crate::engine::Dependence;
use crate::yaml::Value;

/// The length at which values are cut.
const MAX_VALUE_LENGTH: usize = 60;
/// The length at which lines of the output are cut.
const MAX_LINE_LENGTH: usize = 100;
/// The most lines of one manifest that are shown. Further ones are only counted.
const MAX_LINES: usize = 8;
/// The most lines of a traced render that are shown. Further ones are only counted.
const MAX_TRACED: usize = 24;
/// The length at which lines are cut that have a place beside them.
const MAX_TRACED_LENGTH: usize = 60;
/// The number of places in templates that are named even if the screen is full.
const MIN_MENTIONS: usize = 5;
/// The most manifests and names that are shown. Further ones are only counted.
const MAX_ENTRIES: usize = 12;

/// Returns the output of `why`: who set the value, and what it changes. `all` shows everything, otherwise about a screen.
pub fn explanation_text(explanation: &Explanation, all: bool, paint: Paint) -> String {
    let mut out = String::new();
    let path = printable(&explanation.path.to_string()).into_owned();
    let path = paint.bold(&path);
    // Writing to a String can't fail.
    let _ = match &explanation.value {
        Some(node) => writeln!(out, "{path} is {}", shown(&node.value)),
        None if explanation.setters.is_empty() => writeln!(out, "{path} is not set, and nothing defines it"),
        None => writeln!(out, "{path} is not set"),
    };
    if !explanation.near.is_empty() {
        let _ = writeln!(out, "did you mean {}?", printable(&explanation.near.join(" or ")));
    }
    write_setters(&explanation.setters, paint, &mut out);
    out.push('\n');
    if explanation.is_traced {
        write_traced(explanation, all, paint, &mut out);
    } else {
        write_effects(explanation, paint, &mut out);
    }
    write_refusals(&explanation.refused, &mut out);
    out
}

/// Writes one refusal as an example; the others usually come from the same rule.
fn write_refusals(refused: &[(Change, String)], out: &mut String) {
    let Some(((change, reason), rest)) = refused.split_first() else { return };
    let more = match rest.len() {
        0 => String::new(),
        count => format!(" (and {count} more that were tried)"),
    };
    let _ = writeln!(out, "The chart refuses {}{more}:\n  {}", assignment(change), printable(first_line(reason)));
}

fn write_setters(setters: &[ValueSource], paint: Paint, out: &mut String) {
    if setters.is_empty() {
        return;
    }
    let several = if setters.len() > 1 { ", highest precedence first" } else { "" };
    let _ = writeln!(out, "\nSet by{several}:");
    let places: Vec<String> =
        setters.iter().map(|setter| cut_start(&setter.place.to_string(), MAX_VALUE_LENGTH)).collect();
    let width = places.iter().map(|place| place.chars().count()).max().unwrap_or_default();
    for (setter, place) in setters.iter().zip(places) {
        let place = format!("{place:width$}");
        let (mark, place) =
            if setter.wins { (paint.green("*"), paint.green(&place)) } else { (" ".into(), place.into()) };
        let value = match (&setter.value, &setter.by) {
            (Some(value), _) => shown(value),
            (None, SetBy::Chart(_)) => "null".to_owned(),
            (None, _) => "null removes it".to_owned(),
        };
        let by = match &setter.by {
            SetBy::Chart(name) => format!("  (default of {})", printable(name)),
            SetBy::Elsewhere => "  (a global value of a parent chart)".to_owned(),
            SetBy::File | SetBy::Flag => String::new(),
        };
        let _ = writeln!(out, "  {mark} {place}  {value}{}", paint.dim(&by));
    }
}

fn write_effects(explanation: &Explanation, paint: Paint, out: &mut String) {
    let Explanation { effects, tried, refused, gate, .. } = explanation;
    let tries = match &tried[..] {
        [] => String::new(),
        [only] => format!("1 change was tried: {}", assignment(only)),
        [first, ..] => format!("{} changes were tried, such as {}", tried.len(), assignment(first)),
    };
    match (effects.len(), gate) {
        _ if tried.is_empty() => {
            out.push_str("Its effect is unknown: no other value was found that the schema allows.\n");
        }
        (0, Some(gate)) => {
            let _ = writeln!(out, "No effect with these values: {tries}.\n{}", gate_text(gate, ""));
        }
        (0, None) if refused.is_empty() => {
            let _ = writeln!(out, "No effect was found: {tries}. Other changes may have one.");
        }
        (0, None) => {}
        (count, _) => {
            let _ = writeln!(out, "Changes {} of the output ({tries}):", counted(count, "manifest"));
            for effect in effects.iter().take(MAX_ENTRIES) {
                write_effect(effect, paint, out);
            }
            if let Some(more @ 1..) = count.checked_sub(MAX_ENTRIES) {
                let _ = writeln!(out, "  and {more} more");
            }
        }
    }
}

fn write_effect(effect: &Effect, paint: Paint, out: &mut String) {
    let name = format!("{} {}", effect.id.kind, effect.id.name);
    let name = printable(name.trim());
    let path = printable(&effect.path);
    let _ = match &effect.kind {
        EffectKind::Gone(change) => {
            writeln!(out, "  {}, {path}: removed with {}", paint.red(&format!("- {name}")), assignment(change))
        }
        EffectKind::New(change) => {
            writeln!(out, "  {}, {path}: added with {}", paint.green(&format!("+ {name}")), assignment(change))
        }
        EffectKind::Lines(lines) => {
            let _ = writeln!(out, "  {}, {path}", paint.bold(&name));
            let width = lines.last().map_or(1, |line| line.number.to_string().len());
            for Line { number, text, is_new, .. } in lines.iter().take(MAX_LINES) {
                let number = format!("{number:width$}");
                let (number, text) = (paint.dim(&number), cut(text, MAX_LINE_LENGTH));
                let _ = match is_new {
                    true => writeln!(out, "    {number} {}", paint.green(&format!("+ {text}"))),
                    false => writeln!(out, "    {number} | {text}"),
                };
            }
            match lines.len().checked_sub(MAX_LINES) {
                Some(more @ 1..) => writeln!(out, "    and {}", counted(more, "more line")),
                _ => Ok(()),
            }
        }
    };
}

/// Writes the lines that depend on a value, according to the trace of the render.
fn write_traced(explanation: &Explanation, all: bool, paint: Paint, out: &mut String) {
    let Explanation { effects, mentions, .. } = explanation;
    let lines = |effect: &Effect, wanted: Dependence| -> Vec<Line> {
        let EffectKind::Lines(lines) = &effect.kind else { return Vec::new() };
        let is_wanted = |line: &&Line| line.source.as_ref().is_some_and(|source| source.dependence == wanted);
        lines.iter().filter(is_wanted).cloned().collect()
    };
    let mut room = if all { usize::MAX } else { MAX_TRACED };
    for (dependence, verb) in [(Dependence::Shown, "Printed on"), (Dependence::Decided, "Affects")] {
        let found: Vec<(&Effect, Vec<Line>)> = effects
            .iter()
            .map(|effect| (effect, lines(effect, dependence)))
            .filter(|(_, lines)| !lines.is_empty())
            .collect();
        let count: usize = found.iter().map(|(_, lines)| lines.len()).sum();
        if count == 0 {
            continue;
        }
        let line_count = counted(count, "line");
        if room == 0 {
            let them = if count == 1 { "it" } else { "them" };
            let _ = writeln!(out, "{verb} {line_count} of the output; --all shows {them}");
            continue;
        }
        let _ = writeln!(out, "{verb} {line_count} of the output:");
        let mut left_out = 0;
        for (effect, lines) in found {
            if room == 0 {
                left_out += lines.len();
                continue;
            }
            let name = object_name(effect, paint);
            room = room.saturating_sub(1);
            if !all && effect.line_count == lines.len() && lines.len() > 1 {
                let which = if lines.len() == 2 { "both".to_owned() } else { format!("all {}", lines.len()) };
                let _ = writeln!(out, "  {name}: {which} lines");
                continue;
            }
            let _ = writeln!(out, "  {name}");
            let stretches = stretches(&lines, dependence == Dependence::Decided && !all);
            let width = lines.last().map_or(1, |line| line.number.to_string().len());
            for (first, count) in stretches {
                if room == 0 {
                    left_out += count;
                    continue;
                }
                room -= 1;
                let number = format!("{:width$}", first.number);
                let more = match count - 1 {
                    0 => String::new(),
                    1 => "  (and the line below)".to_owned(),
                    more => format!("  (and the {more} lines below)"),
                };
                let place = first.source.as_ref().and_then(|source| source.place.as_ref());
                let place = place.map(|place| format!("  {}", paint.dim(&printable(&place.to_string()))));
                let text = cut_middle(first.text.trim_end(), MAX_TRACED_LENGTH);
                let _ = writeln!(out, "    {} | {text}{}{more}", paint.dim(&number), place.unwrap_or_default());
            }
        }
        if left_out > 0 {
            let _ = writeln!(out, "  and {}; --all shows them", counted(left_out, "more line"));
        }
    }
    let uses = if mentions.is_certain { "use" } else { "may use" };
    let mut mentions = match (effects.is_empty(), mentions.is_certain) {
        (true, _) => mentions.places.clone(),
        (false, true) => elsewhere(&mentions.places, effects),
        (false, false) => Vec::new(),
    };
    let line =
        |place: &Span| place.source().map(|source| (source.name().to_owned(), source.position(place.start()).line));
    mentions.dedup_by_key(|place| line(place));
    let most = if all { usize::MAX } else { room.clamp(MIN_MENTIONS, MAX_ENTRIES) };
    if let Some(subchart) = &explanation.switched_off {
        let _ = writeln!(out, "{}", switched_off_text(subchart));
    }
    let title = match (effects.is_empty(), mentions.is_empty(), explanation.leaves_out) {
        (true, true, _) if explanation.switched_off.is_some() => return,
        (true, true, _) => "No line of the output depends on it, and no template uses it.\n".to_owned(),
        (true, false, true) => format!("It omits part of the output. Templates {uses} it at:\n"),
        (true, false, false) => {
            format!("No line of the output depends on it with these values. Templates {uses} it at:\n")
        }
        (false, true, _) => return,
        (false, false, _) => "Other templates use it at:\n".to_owned(),
    };
    let mut title = title.as_str();
    for place in mentions.iter().take(most) {
        out.push_str(std::mem::take(&mut title));
        let _ = writeln!(out, "  {}  {}", printable(&place.to_string()), paint.dim(&text_around(place)));
    }
    out.push_str(title);
    if let Some(more @ 1..) = mentions.len().checked_sub(most) {
        let _ = writeln!(out, "  and {}; --all shows them", counted(more, "more place"));
    }
}

/// Returns the line around a place. If it is too long, the part before the place is shortened.
fn text_around(place: &Span) -> String {
    let Some(source) = place.source() else { return String::new() };
    let range = source.line_range(source.position(place.start()).line);
    let line = source.text()[range.clone()].trim_start();
    let before = place.start().saturating_sub(range.end - line.len());
    let before = line.get(..before).map_or(0, |before| before.chars().count());
    let line = line.trim_end();
    let left_out =
        if line.chars().count() > MAX_TRACED_LENGTH { before.saturating_sub(MAX_TRACED_LENGTH / 3) } else { 0 };
    let rest: String = line.chars().skip(left_out).collect();
    match left_out {
        0 => cut(&rest, MAX_TRACED_LENGTH),
        _ => format!("...{}", cut(&rest, MAX_TRACED_LENGTH - 3)),
    }
}

/// Returns the kind and the name of an object, and its template; only the template if it has neither.
fn object_name(effect: &Effect, paint: Paint) -> String {
    let name = format!("{} {}", effect.id.kind, effect.id.name);
    match printable(name.trim()) {
        name if name.is_empty() => printable(&effect.path).into_owned(),
        name => format!("{}, {}", paint.bold(&name), printable(&effect.path)),
    }
}

/// Returns the places in templates none of whose lines depend on the value. Partials are left out, since any line may call
/// them, and so are texts of values.
fn elsewhere(mentions: &[Span], effects: &[Effect]) -> Vec<Span> {
    let is_other = |place: &&Span| {
        let Some(name) = place.source().map(|source| source.name()) else { return true };
        let file = name.rsplit('/').next().unwrap_or(name);
        let is_named = |effect: &Effect| effect.path.split_once('/').is_some_and(|(_, path)| name.ends_with(path));
        let is_template = name.starts_with("templates/") || name.contains("/templates/");
        is_template && !file.starts_with('_') && file != "NOTES.txt" && !effects.iter().any(is_named)
    };
    mentions.iter().filter(is_other).cloned().collect()
}

/// Groups consecutive lines: returns the first line of each group and its length. Without `joined`, each line is a group.
fn stretches(lines: &[Line], joined: bool) -> Vec<(&Line, usize)> {
    let mut found: Vec<(&Line, usize)> = Vec::new();
    for line in lines {
        match found.last_mut() {
            Some((first, count)) if joined && first.number + *count == line.number => *count += 1,
            _ => found.push((line, 1)),
        }
    }
    found
}

/// Returns the output of `values --unused`: one paragraph per value.
pub fn unused_text(scanned: &Scanned, paint: Paint) -> String {
    let mut out = String::new();
    if scanned.unused.is_empty() {
        let _ = match scanned.scanned {
            0 => writeln!(out, "no value is set"),
            1 => writeln!(out, "the 1 value that is set has an effect"),
            count => writeln!(out, "all {count} values that are set have an effect"),
        };
    }
    for unused in &scanned.unused {
        let (path, place) = (unused.path.to_string(), unused.node.span.to_string());
        let (path, place) = (printable(&path), printable(&place));
        let _ = writeln!(out, "{} = {}, {}", paint.bold(&path), shown(&unused.node.value), paint.dim(&place));
        if unused.is_traced {
            out.push_str(&match (&unused.mentions.places[..], &unused.switched_off) {
                (_, Some(subchart)) => format!("  {}\n", switched_off_text(subchart)),
                ([], None) => "  No template uses it.\n".to_owned(),
                ([first, rest @ ..], None) => {
                    let more = match rest.len() {
                        0 => String::new(),
                        more => format!(" and {}", counted(more, "more place")),
                    };
                    let place = first.to_string();
                    let used = if unused.mentions.is_certain { "used" } else { "may be used" };
                    format!("  No effect with these values; {used} at {}{more}.\n", printable(&place))
                }
            });
            continue;
        }
        let were = if unused.tried == 1 { "was" } else { "were" };
        let changes = counted(unused.tried, "change");
        let gate = unused.gate.as_ref().map(|gate| format!("\n  {}", gate_text(gate, "  "))).unwrap_or_default();
        let _ = writeln!(out, "  No effect: {changes} {were} tried.{gate}");
    }
    if scanned.left_out > 0 {
        let were = if scanned.left_out == 1 { "was" } else { "were" };
        let _ = writeln!(out, "{} {were} not tried", counted(scanned.left_out, "more value"));
    }
    out
}

/// Says which values disable the subchart that a value is for.
fn switched_off_text(subchart: &SwitchedOffSubchart) -> String {
    let by: Vec<String> = subchart.by.iter().map(|path| format!("{path} is false")).collect();
    format!("The subchart {} is disabled: {}.", printable(&subchart.name), printable(&by.join(", ")))
}

/// Says which other values must change for a value to have an effect; several of them are a list, indented by `indent`.
fn gate_text(gate: &Gate, indent: &str) -> String {
    if gate.parts.len() > 1 {
        let now = |part: &GatePart| match part.now.span.source() {
            Some(_) => format!("now {}, {}", shown(&part.now.value), part.now.span),
            None => format!("now {}", shown(&part.now.value)),
        };
        let line = |part: &GatePart| format!("\n{indent}  {} ({})", assignment(&part.change), now(part));
        return format!("It has one with all of these changes:{}", gate.parts.iter().map(line).collect::<String>());
    }
    let part = |part: &GatePart| {
        let needed = part.change.value.as_ref().map_or("not set".to_owned(), shown);
        let place = if part.now.span.source().is_some() { format!(" ({})", part.now.span) } else { String::new() };
        format!("{} is {needed}; now it is {}{place}", printable(&part.change.path.to_string()), shown(&part.now.value))
    };
    format!("It has one if {}.", gate.parts.iter().map(part).collect::<String>())
}

/// Formats a change as in `--set`.
fn assignment(change: &Change) -> String {
    let value = match &change.value {
        None => "null".to_owned(),
        Some(Value::String(text)) if !text.is_empty() && !text.contains(char::is_whitespace) => text.clone(),
        Some(value) => crate::json::write_raw(value),
    };
    format!("{}={}", printable(&change.path.to_string()), cut(&value, MAX_VALUE_LENGTH))
}

/// Formats a value on one line.
pub(super) fn shown(value: &Value) -> String {
    let text = crate::json::write_raw(value);
    match value {
        Value::String(_) => cut_middle(&text, MAX_VALUE_LENGTH),
        _ => cut(&text, MAX_VALUE_LENGTH),
    }
}

/// Formats a text on one line, cut at the end if it is too long.
pub(super) fn cut(text: &str, longest: usize) -> String {
    let text = printable(text);
    if text.chars().count() <= longest {
        return text.into_owned();
    }
    let kept: String = text.chars().take(longest.saturating_sub(3)).collect();
    format!("{kept}...")
}

/// Formats a text on one line, cut in the middle if it is too long: the tag of an image is at the end.
fn cut_middle(text: &str, longest: usize) -> String {
    let text = printable(text);
    let count = text.chars().count();
    if count <= longest {
        return text.into_owned();
    }
    let end = longest / 3;
    let start: String = text.chars().take(longest - 3 - end).collect();
    start + "..." + &text.chars().skip(count - end).collect::<String>()
}

/// Formats a place on one line, cut at the start if it is too long: the file and the line are at the end.
fn cut_start(text: &str, longest: usize) -> String {
    let text = printable(text);
    let Some(more @ 1..) = text.chars().count().checked_sub(longest) else { return text.into_owned() };
    format!("...{}", text.chars().skip(more + 3).collect::<String>())
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
