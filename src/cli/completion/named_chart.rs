//! Finds the chart on a command line that is not complete yet.

use std::path::Path;

use super::position::Position;
use crate::chart::Chart;
use crate::cli::arguments::chart_argument::{built_in_name, is_path};
use crate::io;

/// Returns the argument that names the chart whose values a flag sets, or of which a key is asked. `line` is the whole command line,
/// and `flag` the id of the flag. Without such an argument, a command uses its default.
pub(super) fn argument<'p>(line: &'p Position<'_>, flag: Option<&str>) -> Option<&'p str> {
    let arguments: Vec<&str> = line.arguments.iter().map(String::as_str).collect();
    match line.command.get_name() {
        "diff" => of_side(line, &arguments, flag.is_some_and(|flag| flag.starts_with("from_"))),
        "template" => after_name(&arguments),
        "why" if line.has_flag("line") => arguments.first().copied(),
        // An object and a field of it, then the chart.
        "why" if arguments.len() > 2 || flag.is_some() && arguments.first()?.contains('/') => arguments.get(2).copied(),
        "why" => arguments.get(1).copied(),
        "lint" | "package" => arguments.last().copied(),
        _ => arguments.first().copied(),
    }
    .or_else(|| Some(".").filter(|here| line.command.get_name() == "lint" && is_chart(Path::new(here))))
}

/// Returns the chart of a side of `diff`.
fn of_side<'p>(line: &'p Position<'_>, arguments: &[&'p str], is_old: bool) -> Option<&'p str> {
    let old = line.value("from_chart").or(line.value("from"));
    let new = line.value("to_chart").or(line.value("to"));
    let has_values = ["from_values", "to_values", "from_set", "to_set"].iter().any(|id| line.has_flag(id));
    let has_sides = old.is_some() || new.is_some() || line.has_flag("rev");
    // As in `SideFlags::sides`: two arguments are the sides only if no flag is about one of them.
    let (left, right) = match *arguments {
        [left, right] if !has_sides && !has_values => (Some(left), Some(right)),
        [_, left, right] if !has_sides => (Some(left), Some(right)),
        _ => (after_name(arguments), after_name(arguments)),
    };
    if is_old { old.or(left) } else { new.or(right) }
}

/// Returns the chart among arguments that may start with the name of a release.
fn after_name<'p>(arguments: &[&'p str]) -> Option<&'p str> {
    arguments.get(1).or(arguments.first()).copied()
}

/// Reads the chart that an argument names, or the built-in chart without one. Returns `None` if there is no such chart.
pub(super) fn read(argument: Option<&str>) -> Option<Chart> {
    let Some(written) = argument else { return Chart::from_files(io::embedded_chart(io::BUILT_IN_CHART)?).ok() };
    let variable = |name: &str| std::env::var(name).ok();
    let name = if is_path(written) { written.to_owned() } else { expanded(written, &variable) };
    let files = match is_path(&name) {
        true if is_chart(Path::new(&name)) => io::read_chart(Path::new(&name), io::Links::Inside).ok()?,
        true => return None,
        false => io::embedded_chart(built_in_name(&name)?)?,
    };
    Chart::from_files(files).ok()
}

fn is_chart(path: &Path) -> bool {
    path.join("Chart.yaml").is_file() || io::is_archive_name(&path.to_string_lossy()) && path.is_file()
}

/// Expands `~`, `$NAME` and `${NAME}`, which the shell has not done yet. Anything else stays, unknown variables too.
fn expanded(word: &str, variable: &dyn Fn(&str) -> Option<String>) -> String {
    let mut text = String::new();
    let mut rest = word;
    if let (Some(below), Some(home)) = (word.strip_prefix('~'), variable("HOME"))
        && (below.is_empty() || below.starts_with('/'))
    {
        text.push_str(&home);
        rest = below;
    }
    while let Some(at) = rest.find('$') {
        text.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (name, end) = match after.strip_prefix('{').and_then(|braced| braced.split_once('}')) {
            Some((name, _)) => (name, name.len() + 2),
            None => {
                let end = after.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(after.len());
                (&after[..end], end)
            }
        };
        match Some(name).filter(|name| is_name(name)).and_then(variable) {
            Some(value) => text.push_str(&value),
            None => text.push_str(&rest[at..=at + end]),
        }
        rest = &after[end..];
    }
    text + rest
}

fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::completed_command;

    fn chart_of(line: &str, flag: Option<&str>) -> Option<String> {
        let mut root = completed_command();
        root.build();
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        argument(&Position::after(&root, &words), flag).map(str::to_owned)
    }

    #[test]
    fn only_the_chart_argument_is_asked() {
        let check = |line: &str, flag: &str, wanted: &str| {
            assert_eq!(chart_of(line, Some(flag)).as_deref(), Some(wanted).filter(|name| !name.is_empty()), "{line}");
        };
        check("template x one -n two --set k", "set", "one");
        check("template two one --set k", "set", "one");
        check("template one --set k", "set", "one");
        check("template --set k", "set", "");
        check("values one -f two --set k", "set", "one");
        check("lint one two --set k", "set", "two");
        check("why image one --set k", "set", "one");
        check("why Pod/x spec one --set k", "set", "one");
        check("why Pod/x spec --set k", "set", "");
        check("why --line 3 one --set k", "set", "one");
        check("diff a one two --from-set k", "from_set", "one");
        check("diff a one two --to-set k", "to_set", "two");
        check("diff one two --set k", "set", "two");
        // With values for one side, two arguments are a name and a chart.
        check("diff a one --from-set k", "from_set", "one");
        check("diff web --from-chart two --set k", "set", "web");
        check("diff web --from-chart=two --from-set k", "from_set", "two");
        check("diff --from-chart two --to-chart web --to-set k", "to_set", "web");
        assert_eq!(chart_of("why image. one", None).as_deref(), Some("one"));
    }

    #[test]
    fn variables_and_tilde_are_expanded_and_nothing_else() {
        let variable = |name: &str| match name {
            "HOME" => Some("/h".to_owned()),
            "A_1" => Some("x".to_owned()),
            _ => None,
        };
        for (word, wanted) in [
            ("~", "/h"),
            ("~/c", "/h/c"),
            ("~root/c", "~root/c"),
            ("$HOME/c$A_1", "/h/cx"),
            ("a${A_1}b", "axb"),
            ("$(pwd)/${A_1:-b}`c`", "$(pwd)/${A_1:-b}`c`"),
            ("$NONE/$", "$NONE/$"),
            ("$1ü${", "$1ü${"),
        ] {
            assert_eq!(expanded(word, &variable), wanted);
        }
    }

    #[test]
    fn a_chart_that_is_missing_is_not_replaced() {
        assert!(read(None).is_some());
        assert!(read(Some("mongoose/mongooseim")).is_some());
        for name in ["./typo", "", "/", "$NONE"] {
            assert!(read(Some(name)).is_none(), "{name}");
        }
    }
}
