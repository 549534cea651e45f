//! Finds the lines on which a field of a document is written.
//!
//! A field that is written as an alias (`*name`) is on the lines of the alias and on those of its anchor.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::rc::Rc;

use crate::diagnostic::{Diagnostic, Source, Span};
use crate::values::{Step, ValuePath};
use crate::yaml::{self, Alias, Node, Value};

/// A parsed document with the places of its aliases.
#[derive(Debug)]
pub struct FieldLines {
    source: Source,
    node: Node,
    aliases: Vec<Alias>,
    /// The children of maps and lists, by the offset of the map or list; filled on demand.
    known: RefCell<HashMap<usize, Rc<Children>, ahash::RandomState>>,
}

impl FieldLines {
    /// Reads a document that was rendered from the template at `path`.
    ///
    /// # Errors
    /// The text is not valid YAML.
    pub fn read(path: &str, text: &str) -> Result<FieldLines, Diagnostic> {
        let source = Source::rendered(path, text);
        let node = yaml::read_document(&source)?;
        Ok(FieldLines { source, node, aliases: yaml::aliases(text), known: RefCell::default() })
    }

    /// Reads the document in `range` of a source.
    ///
    /// # Errors
    /// The text is not valid YAML.
    pub fn read_at(source: &Source, range: Range<usize>) -> Result<FieldLines, Diagnostic> {
        let mut aliases = yaml::aliases(source.text().get(range.clone()).unwrap_or_default());
        for Alias { at, target } in &mut aliases {
            *at += range.start;
            *target = target.start + range.start..target.end + range.start;
        }
        Ok(FieldLines {
            source: source.clone(),
            node: yaml::read_document_at(source, range)?,
            aliases,
            known: RefCell::default(),
        })
    }

    /// Returns the parsed document.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// Returns the lines (from 0) of the field at a path, without duplicates: first the lines of the aliases that lead to the
    /// field, then the lines on which it is written, then the lines of the anchors that its aliases refer to. `None` if nothing
    /// is at the path.
    pub fn field_lines(&self, path: &ValuePath) -> Option<Vec<usize>> {
        let mut found = Vec::new();
        let mut lines = 0..self.source.line_count();
        let mut node = &self.node;
        for step in path.steps() {
            let (Child { at, is_merged, is_alias, node: next }, children) = self.child(node, step)?;
            let line = self.line(at);
            let end = if is_merged {
                // The field came in through a merge key: the line of that key counts too.
                let merged = self.aliases.iter().filter(|alias| alias.target.contains(&at));
                found.extend(merged.map(|alias| self.line(alias.at)).filter(|line| lines.contains(line)));
                if is_alias { line + 1 } else { self.lines(&next.span).end }
            } else {
                // A merge key is not among the children, and may follow the value.
                let most = if self.aliases.is_empty() || is_alias { lines.end } else { self.lines(&next.span).end };
                children.next_place_after(at).map_or(most, |behind| self.line(behind).min(most))
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

    /// Returns the given lines (from 0), followed by the lines of the anchors that the aliases in them refer to, without
    /// duplicates.
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

    /// Returns the child that a step leads to in a map or a list, and all children of that map or list.
    fn child<'n>(&self, node: &'n Node, step: &Step) -> Option<(Child<'n>, Rc<Children>)> {
        let children = || {
            let mut known = self.known.borrow_mut();
            Rc::clone(known.entry(node.span.start()).or_insert_with(|| Rc::new(self.children(node))))
        };
        match (step, &node.value) {
            (Step::Key(key), Value::Map(map)) => {
                let entry = map.entry(key)?;
                let children = children();
                let at = entry.key.start();
                let is_merged = !node.span.range().contains(&at) || children.is_in_value(at);
                // An anchor is always written before its aliases.
                let is_alias = entry.node.span.start() < at;
                Some((Child { at, is_merged, is_alias, node: &entry.node }, children))
            }
            (Step::Item(index), Value::List(items)) => {
                let node = items.get(*index)?;
                let children = children();
                let (at, is_alias) = *children.items.get(*index)?;
                Some((Child { at, is_merged: false, is_alias, node }, children))
            }
            _ => None,
        }
    }

    fn children(&self, node: &Node) -> Children {
        let mut children = Children::default();
        match &node.value {
            Value::Map(map) => {
                let own = node.span.range();
                // Without aliases, no key can be inside another key's value.
                if !self.aliases.is_empty() {
                    let values = map.entries().map(|(_, entry)| entry.node.span.range());
                    children.values = values.filter(|value| value.start > own.start).collect();
                    children.values.sort_by_key(|value| value.start);
                    let mut end = 0;
                    for value in &mut children.values {
                        end = value.end.max(end);
                        value.end = end;
                    }
                }
                let keys = map.entries().map(|(_, entry)| entry.key.start());
                let own_keys = keys.filter(|at| own.contains(at) && !children.is_in_value(*at)).collect();
                children.places = own_keys;
            }
            Value::List(items) => {
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
                    children.items.push((at, is_alias));
                }
                children.places = children.items.iter().map(|(at, _)| *at).collect();
            }
            _ => {}
        }
        children.places.sort_unstable();
        children
    }
}

/// The children of a map or a list, by their places in the text.
#[derive(Debug, Default)]
struct Children {
    /// The offsets of its own keys or items, ascending.
    places: Vec<usize>,
    /// The ranges of a map's values, by their starts. Each range is extended to the furthest end so far, so that ends ascend too.
    values: Vec<Range<usize>>,
    /// The offset of each item of a list, and whether the item is an alias.
    items: Vec<(usize, bool)>,
}

impl Children {
    fn is_in_value(&self, at: usize) -> bool {
        let before = self.values.partition_point(|value| value.start <= at);
        before.checked_sub(1).is_some_and(|last| self.values[last].end > at)
    }

    /// Returns the first place after `at`.
    fn next_place_after(&self, at: usize) -> Option<usize> {
        self.places.get(self.places.partition_point(|place| *place <= at)).copied()
    }
}

/// A child of a map or a list.
struct Child<'n> {
    /// The offset of its key, or of the list item.
    at: usize,
    /// Whether it belongs to another map, which a merge key (`<<`) brings in.
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
        FieldLines::read("x", text).expect("a document").field_lines(&path)
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
