//! The keys of a chart's values, for completion: `mim-chart __keys [--assign] -- WORD [WORDS OF THE COMMAND LINE]`.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;

use crate::chart::Chart;
use crate::cli::arguments::chart_argument::built_in_name;
use crate::diagnostic::Source;
use crate::io;
use crate::values::{ValuePath, merge_defaults};
use crate::yaml::{Map, Node, Value};

/// The word that asks for keys; no command of its own.
pub(in crate::cli) const WORD: &str = "__keys";

/// The most keys that are offered, and the most items of a list.
const MAX: usize = 1_000;
const MAX_ITEMS: usize = 20;

/// Prints the keys that a word may become, one a line, for the arguments behind [`WORD`]. Where there is no chart there are none:
/// a shell that completes has no use for errors.
pub(in crate::cli) fn print(arguments: &[OsString]) {
    let mut words: Vec<String> = arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let Some(end) = words.iter().position(|word| word == "--") else { return };
    let is_assigned = words[..end].iter().any(|word| word == "--assign");
    words.drain(..=end);
    let Some((word, line)) = words.split_first() else { return };
    let Some(values) = chart(line).and_then(|chart| merge_defaults(&chart.values_tree()).ok()) else { return };
    let mut text = offered(word, &values.values, is_assigned).join("\n");
    if !text.is_empty() {
        text.push('\n');
        // A shell that has gone needs no answer.
        let _ = std::io::stdout().write_all(text.as_bytes());
    }
}

/// The chart that a command line names: the last word that is one, else the built-in chart.
fn chart(line: &[String]) -> Option<Chart> {
    let is_chart = |word: &&String| {
        let path = Path::new(word.as_str());
        path.join("Chart.yaml").is_file() || path.is_file() && (word.ends_with(".tgz") || word.ends_with(".tar.gz"))
    };
    let files = match line.iter().rev().find(is_chart) {
        Some(word) => io::read_chart(Path::new(word), io::Links::Inside).ok()?,
        None => {
            let named = line.iter().find_map(|word| built_in_name(word));
            io::embedded_chart(named.unwrap_or(io::BUILT_IN_CHART))?
        }
    };
    Chart::from_files(files).ok()
}

/// What a word may become: the keys of the map that it leads into, each with what comes behind it. `is_assigned` is for `--set`,
/// where values follow, and where several keys may stand in one word.
fn offered(word: &str, values: &Map, is_assigned: bool) -> Vec<String> {
    let start = if is_assigned { last_unescaped(word, ',').map_or(0, |at| at + 1) } else { 0 };
    let (before, word) = word.split_at(start);
    if is_assigned && word.contains('=') {
        return Vec::new();
    }
    let above = last_unescaped(word, '.').map(|at| ValuePath::parse(&Source::flag("KEY", &word[..at])));
    let (above, map) = match above {
        None => (ValuePath::default(), Some(values)),
        Some(Ok(above)) => {
            let map = above.get(values).and_then(|node| node.value.as_map());
            (above, map)
        }
        Some(Err(_)) => return Vec::new(),
    };
    let mut found = Vec::new();
    for (key, node) in map.into_iter().flat_map(Map::iter) {
        let path = above.key(key).to_string();
        let is_plain = !key.is_empty() && !key.chars().any(char::is_control);
        if found.len() < MAX && is_plain && path.starts_with(word) {
            found.extend(continued(&path, node, is_assigned).into_iter().map(|path| format!("{before}{path}")));
        }
    }
    found
}

/// A key with what comes behind it: a dot before keys of a map, an equals sign before a value.
fn continued(path: &str, node: &Node, is_assigned: bool) -> Vec<String> {
    let leaf = || if is_assigned { format!("{path}=") } else { path.to_owned() };
    match &node.value {
        Value::Map(map) if !map.is_empty() => vec![format!("{path}.")],
        Value::List(items) if items.iter().any(|item| item.value.as_map().is_some()) => {
            let items = (0..items.len().min(MAX_ITEMS)).map(|index| format!("{path}[{index}]."));
            std::iter::once(leaf()).chain(items).collect()
        }
        _ => vec![leaf()],
    }
}

/// Where a character stands last without a backslash before it.
fn last_unescaped(text: &str, wanted: char) -> Option<usize> {
    let mut is_escaped = false;
    let mut last = None;
    for (at, c) in text.char_indices() {
        if c == wanted && !is_escaped {
            last = Some(at);
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(word: &str, is_assigned: bool) -> Vec<String> {
        let text =
            "image: {tag: '', name: web}\nreplicas: 1\nhosts: [{name: a}, {name: b}]\n'a.b/c': {d: 1}\nimages: []\n";
        let values = crate::yaml::read_values(&Source::file("values.yaml", text)).unwrap();
        offered(word, &values, is_assigned)
    }

    #[test]
    fn keys_lead_on_to_keys_and_values() {
        assert_eq!(keys("im", true), ["image.", "images="]);
        assert_eq!(keys("im", false), ["image.", "images"]);
        assert_eq!(keys("image.", true), ["image.tag=", "image.name="]);
        assert_eq!(keys("image.t", false), ["image.tag"]);
        assert_eq!(keys("h", true), ["hosts=", "hosts[0].", "hosts[1]."]);
        assert_eq!(keys("hosts[1].", true), ["hosts[1].name="]);
        assert_eq!(keys("a", true), [r"a\.b/c."]);
        assert_eq!(keys(r"a\.b/c.", true), [r"a\.b/c.d="]);
    }

    #[test]
    fn several_keys_may_stand_in_one_word_of_set() {
        assert_eq!(keys("replicas=2,image.n", true), ["replicas=2,image.name="]);
        assert_eq!(keys("replicas=2", true), [""; 0]);
        assert_eq!(keys("nothing.", true), [""; 0]);
        assert_eq!(keys("a..", true), [""; 0]);
    }
}
