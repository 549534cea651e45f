//! The lines of fields in a document. Where one is written as an alias of an anchor, they are those of both.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::diagnostic::{Diagnostic, Source, Span};
use crate::values::{Step, ValuePath};
use crate::yaml::{self, Alias, Node, Value};

/// A document, and where its aliases are.
#[derive(Debug)]
pub struct FieldLines {
    source: Source,
    node: Node,
    aliases: Vec<Alias>,
}

impl FieldLines {
    /// Reads a document that the template at a path gave.
    ///
    /// # Errors
    /// It is no YAML.
    pub fn read(path: &str, text: &str) -> Result<FieldLines, Diagnostic> {
        let source = Source::rendered(path, text);
        let node = yaml::read_document(&source)?;
        Ok(FieldLines { source, node, aliases: yaml::aliases(text) })
    }

    /// Reads the document that a part of a source is.
    ///
    /// # Errors
    /// It is no YAML.
    pub fn read_at(source: &Source, range: Range<usize>) -> Result<FieldLines, Diagnostic> {
        let mut aliases = yaml::aliases(source.text().get(range.clone()).unwrap_or_default());
        for Alias { at, target } in &mut aliases {
            *at += range.start;
            *target = target.start + range.start..target.end + range.start;
        }
        Ok(FieldLines { source: source.clone(), node: yaml::read_document_at(source, range)?, aliases })
    }

    /// The document.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// The lines (from 0) of what is at a path, each once: those where it is written, after the aliases that lead there, and then what
    /// the aliases in them name. `None` if nothing is at the path.
    pub fn of(&self, path: &ValuePath) -> Option<Vec<usize>> {
        let mut found = Vec::new();
        let mut lines = 0..self.source.line_count();
        let mut node = &self.node;
        for step in path.steps() {
            let (children, index) = self.children(node, step)?;
            let Child { at, is_merged, is_alias, node: next } = children[index];
            let line = self.line(at);
            let end = if is_merged {
                // A merge key has brought it along.
                let merged = self.aliases.iter().filter(|alias| alias.target.contains(&at));
                found.extend(merged.map(|alias| self.line(alias.at)).filter(|line| lines.contains(line)));
                if is_alias { line + 1 } else { self.lines(&next.span).end }
            } else {
                // A merge key, which is not among the children, may be behind the value.
                let most = if self.aliases.is_empty() || is_alias { lines.end } else { self.lines(&next.span).end };
                let behind = children.iter().filter(|child| !child.is_merged && child.at > at).map(|child| child.at);
                behind.min().map_or(most, |at| self.line(at).min(most))
            };
            lines = line..end.max(line + 1);
            if is_alias {
                found.extend(lines);
                lines = self.lines(&next.span);
            }
            node = next;
        }
        found.extend(self.with_anchors(lines));
        let mut seen = BTreeSet::new();
        found.retain(|line| seen.insert(*line));
        Some(found)
    }

    /// Lines (from 0), and then those of what aliases in them name, each once.
    pub fn with_anchors(&self, lines: Range<usize>) -> Vec<usize> {
        let mut lines: Vec<usize> = lines.collect();
        if self.aliases.is_empty() {
            return lines;
        }
        let mut seen: BTreeSet<usize> = lines.iter().copied().collect();
        let mut named = BTreeSet::new();
        let mut next = 0;
        while let Some(&line) = lines.get(next) {
            next += 1;
            let first = self.aliases.partition_point(|alias| self.line(alias.at) < line);
            let of_line = self.aliases[first..].iter().take_while(|alias| self.line(alias.at) == line);
            for alias in of_line.filter(|alias| named.insert(alias.target.start)) {
                lines.extend(self.lines_of(&alias.target).filter(|line| seen.insert(*line)));
            }
        }
        lines
    }

    fn line(&self, at: usize) -> usize {
        self.source.position(at).line - 1
    }

    fn lines(&self, span: &Span) -> Range<usize> {
        let written = span.text().trim_end().len();
        self.lines_of(&(span.start()..span.start() + written))
    }

    fn lines_of(&self, range: &Range<usize>) -> Range<usize> {
        let last = range.end.saturating_sub(1).max(range.start);
        self.line(range.start)..self.line(last) + 1
    }

    /// Values of a map that are within it, in the order of the text; each ends where it or one before it does. Without aliases no key is
    /// in one of them.
    fn values_within(&self, values: impl Iterator<Item = Range<usize>>, map: &Range<usize>) -> Vec<Range<usize>> {
        if self.aliases.is_empty() {
            return Vec::new();
        }
        let mut values: Vec<Range<usize>> = values.filter(|value| value.start > map.start).collect();
        values.sort_by_key(|value| value.start);
        let mut end = 0;
        for value in &mut values {
            end = value.end.max(end);
            value.end = end;
        }
        values
    }

    /// What a map or a list holds, and which of it a step leads to.
    fn children<'n>(&self, node: &'n Node, step: &Step) -> Option<(Vec<Child<'n>>, usize)> {
        match (step, &node.value) {
            (Step::Key(key), Value::Map(map)) => {
                let index = map.keys().position(|known| known == key)?;
                let own = node.span.range();
                let values = self.values_within(map.entries().map(|(_, entry)| entry.node.span.range()), &own);
                let children = map.entries().map(|(_, entry)| {
                    let at = entry.key.start();
                    let before = values.partition_point(|value| value.start <= at);
                    let is_in_value = before.checked_sub(1).is_some_and(|last| values[last].end > at);
                    // An anchor comes before its aliases.
                    let is_alias = entry.node.span.start() < at;
                    Child { at, is_merged: is_in_value || !own.contains(&at), is_alias, node: &entry.node }
                });
                Some((children.collect(), index))
            }
            (Step::Item(index), Value::List(items)) => {
                let mut children = Vec::with_capacity(items.len());
                let mut end = node.span.start();
                for item in items {
                    let start = item.span.start();
                    let aliases = &self.aliases[self.aliases.partition_point(|alias| alias.at < end)..];
                    let mut named = aliases.iter().filter(|alias| alias.target.start == start);
                    let (at, is_alias) = match if start < end { named.next() } else { None } {
                        Some(alias) => (alias.at, true),
                        None => (start, false),
                    };
                    end = if is_alias { at + 1 } else { item.span.range().end.max(at + 1) };
                    children.push(Child { at, is_merged: false, is_alias, node: item });
                }
                (*index < children.len()).then_some((children, *index))
            }
            _ => None,
        }
    }
}

/// What a map or a list holds.
#[derive(Clone, Copy)]
struct Child<'n> {
    /// Where its key is written, or the item.
    at: usize,
    /// Whether it is in another map, which was merged into this one.
    is_merged: bool,
    /// Whether the value is written as an alias.
    is_alias: bool,
    node: &'n Node,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, path: &str) -> Option<Vec<usize>> {
        let path = ValuePath::parse(&Source::flag("FIELD", path)).expect("a path");
        FieldLines::read("x", text).expect("a document").of(&path)
    }

    #[test]
    fn fields_are_where_they_are_written() {
        let text = "a: 1\nb:\n  c: |\n    x\n    y\n  d: [1,\n    2]\ne: {f: 1, g: 2}\n";
        assert_eq!(lines(text, "a"), Some(vec![0]));
        assert_eq!(lines(text, "b"), Some(vec![1, 2, 3, 4, 5, 6]));
        assert_eq!(lines(text, "b.c"), Some(vec![2, 3, 4]));
        assert_eq!(lines(text, "b.d[1]"), Some(vec![6]));
        assert_eq!(lines(text, "e.f"), Some(vec![7]));
        assert_eq!(lines(text, "b.x"), None);
    }

    #[test]
    fn an_alias_has_its_line_and_those_of_its_anchor() {
        let text = "a: &x 1\nb: &y\n  c: 1\n  d: 2\ne: *x\nf: *y\ng:\n- *x\n- *x\n- 3\n- *y\n";
        assert_eq!(lines(text, "a"), Some(vec![0]));
        assert_eq!(lines(text, "e"), Some(vec![4, 0]));
        assert_eq!(lines(text, "f"), Some(vec![5, 2, 3]));
        assert_eq!(lines(text, "f.d"), Some(vec![5, 3]));
        assert_eq!(lines(text, "g[0]"), Some(vec![7, 0]));
        assert_eq!(lines(text, "g[1]"), Some(vec![8, 0]));
        assert_eq!(lines(text, "g[2]"), Some(vec![9]));
        assert_eq!(lines(text, "g[3].c"), Some(vec![10, 2]));
        assert_eq!(lines(text, "g"), Some(vec![6, 7, 8, 9, 10, 0, 2, 3]));
    }

    #[test]
    fn a_merged_field_has_the_line_of_the_merge_key_and_its_own() {
        let text = "a: &x\n  b: 1\n  c: 2\nd:\n  <<: *x\n  c: 3\ne:\n  f: 4\n  <<: [*x]\n";
        assert_eq!(lines(text, "d.b"), Some(vec![4, 1]));
        assert_eq!(lines(text, "d.c"), Some(vec![5]));
        assert_eq!(lines(text, "e.c"), Some(vec![8, 2]));
        assert_eq!(lines(text, "e.f"), Some(vec![7]));
        assert_eq!(lines("a: &x {b: 1}\n<<: *x\nd: 2\n", "b"), Some(vec![1, 0]));
    }
}
