//! The configuration reference: the sections, keys and values that MongooseIM knows. It is parsed from `reference.txt`, which
//! describes its own syntax.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use semver::Version;

const TEXT: &str = include_str!("reference.txt");

/// All sections, of which `sections[root]` is the whole file.
#[derive(Debug)]
pub(super) struct Reference {
    sections: Vec<Section>,
    root: usize,
}

/// The entries of a section.
pub(super) type Section = Vec<Entry>;

/// A key, for a range of versions.
#[derive(Debug)]
pub(super) struct Entry {
    /// The key, or `*` for any key.
    pub(super) key: &'static str,
    pub(super) is_mandatory: bool,
    /// Set if the value is a list, whose items `kind` describes.
    pub(super) list: Option<ListRule>,
    pub(super) kind: Kind,
    pub(super) default: Option<&'static str>,
    pub(super) since: Option<Version>,
    pub(super) until: Option<Version>,
}

#[derive(Debug)]
pub(super) struct ListRule {
    pub(super) is_filled: bool,
    pub(super) is_unique: bool,
}

#[derive(Debug)]
pub(super) enum Kind {
    Section { index: usize, is_named: bool },
    Scalar { base: &'static str, rule: Rule },
}

/// The allowed values of a scalar.
#[derive(Debug)]
pub(super) enum Rule {
    Any,
    AnyOf(Vec<&'static str>),
    Range(i64, i64),
    /// A named form: `filled`, `ip`, `network`, `host`, `domain`, `subdomain`, `shaper`, `rule`, `module`, or a pool such as
    /// `http-pool`.
    Form(&'static str),
}

impl Entry {
    /// Whether a version knows the key.
    pub(super) fn is_in(&self, version: &Version) -> bool {
        self.since.as_ref().is_none_or(|since| version >= since)
            && self.until.as_ref().is_none_or(|until| version < until)
    }
}

impl Reference {
    /// Returns the reference. The first call parses it.
    pub(super) fn get() -> &'static Reference {
        static REFERENCE: OnceLock<Reference> = OnceLock::new();
        REFERENCE.get_or_init(|| Reference::read(TEXT))
    }

    pub(super) fn root(&self) -> &Section {
        self.section(self.root)
    }

    pub(super) fn section(&self, index: usize) -> &Section {
        self.sections.get(index).unwrap_or(&self.sections[self.root])
    }

    fn read(text: &'static str) -> Reference {
        let lines: Vec<&'static str> = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        let named = lines.iter().filter_map(|line| line.strip_prefix('@')).enumerate();
        let names: BTreeMap<&str, usize> = named.map(|(index, name)| (name, index)).collect();
        let mut sections: Vec<Section> = names.iter().map(|_| Section::new()).collect();
        // The enclosing sections of the current line, by depth.
        let mut open: Vec<usize> = Vec::new();
        for line in lines {
            if let Some(name) = line.strip_prefix('@') {
                open = vec![names[name]];
                continue;
            }
            let body = line.trim_start_matches(' ');
            open.truncate((line.len() - body.len()).max(1));
            let entry = entry(body, &names, sections.len());
            if let Kind::Section { index, .. } = entry.kind {
                if index == sections.len() {
                    sections.push(Section::new());
                }
                open.push(index);
            }
            let depth = line.len() - body.len();
            if let Some(section) = open.get(depth - 1).and_then(|owner| sections.get_mut(*owner)) {
                section.push(entry);
            }
        }
        Reference { sections, root: names.get("root").copied().unwrap_or(0) }
    }
}

/// Parses a line. `next` is the number that a new section would get.
fn entry(line: &'static str, names: &BTreeMap<&str, usize>, next: usize) -> Entry {
    let mut parts = line.split(' ');
    let key = parts.next().unwrap_or_default();
    let written = parts.next().unwrap_or_default();
    let (list, written) = match written.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((rules, rest)) => {
            let has = |word| rules.split(',').any(|rule| rule == word);
            (Some(ListRule { is_filled: has("filled"), is_unique: has("unique") }), rest)
        }
        None => (None, written),
    };
    let mut entry = Entry {
        key: key.trim_end_matches('!'),
        is_mandatory: key.ends_with('!'),
        list,
        kind: kind(written, names, next),
        default: None,
        since: None,
        until: None,
    };
    for part in parts {
        if let Some(version) = part.strip_prefix(">=") {
            entry.since = Version::parse(version).ok();
        } else if let Some(version) = part.strip_prefix('<') {
            entry.until = Version::parse(version).ok();
        } else if let Some(default) = part.strip_prefix('=') {
            entry.default = Some(default);
        } else if let ("named", Kind::Section { is_named, .. }) = (part, &mut entry.kind) {
            *is_named = true;
        }
    }
    entry
}

fn kind(written: &'static str, names: &BTreeMap<&str, usize>, next: usize) -> Kind {
    if written == "{}" {
        return Kind::Section { index: next, is_named: false };
    }
    if let Some(name) = written.strip_prefix('@') {
        return Kind::Section { index: names.get(name).copied().unwrap_or_default(), is_named: false };
    }
    if let Some((base, choices)) = written.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
        return Kind::Scalar { base, rule: Rule::AnyOf(choices.split(',').collect()) };
    }
    let Some((base, rule)) = written.split_once(':') else { return Kind::Scalar { base: written, rule: Rule::Any } };
    let rule = match rule.split_once("..") {
        Some((from, to)) => Rule::Range(from.parse().unwrap_or(i64::MIN), to.parse().unwrap_or(i64::MAX)),
        None => Rule::Form(rule),
    };
    Kind::Scalar { base, rule }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_reference_has_the_form_that_its_head_describes() {
        let names: Vec<&str> = TEXT.lines().filter_map(|line| line.strip_prefix('@')).collect();
        let mut last = 0;
        for line in TEXT.lines().filter(|line| !line.starts_with('#') && !line.starts_with('@')) {
            let depth = line.len() - line.trim_start().len();
            assert!(depth >= 1 && depth <= last.max(1) + 1, "{line:?}");
            last = depth;
            let mut parts = line.trim_start().split(' ');
            assert!(parts.next().is_some_and(|key| !key.is_empty()), "{line:?}");
            let written = parts.next().unwrap_or_default();
            let rest = written.split_once(']').map_or(written, |(_, rest)| rest);
            let base = rest.split(['(', ':']).next().unwrap_or_default();
            let is_section = rest == "{}" || rest.strip_prefix('@').is_some_and(|name| names.contains(&name));
            let bases = ["bool", "int", "float", "str", "int|infinity", "int|str"];
            assert!(is_section || bases.contains(&base), "{line:?}");
            if let Some((_, rule)) = rest.split_once(':') {
                let forms = [
                    "filled",
                    "ip",
                    "network",
                    "host",
                    "domain",
                    "subdomain",
                    "shaper",
                    "rule",
                    "module",
                    "http-pool",
                    "ldap-pool",
                    "redis-pool",
                ];
                assert!(rule.contains("..") || forms.contains(&rule), "{line:?}");
            }
            for part in parts {
                let version = part.strip_prefix(">=").or_else(|| part.strip_prefix('<'));
                let is_version = version.is_some_and(|version| Version::parse(version).is_ok());
                assert!(is_version || part == "named" || part.starts_with('='), "{line:?}");
            }
        }
    }

    #[test]
    fn keys_are_unique_in_each_version() {
        let versions = ["6.5.0", "6.6.0", "6.7.0", "6.8.0", "6.8.1", "6.9.0", "6.10.0", "6.11.0"];
        for section in &Reference::get().sections {
            for version in versions.map(|version| Version::parse(version).unwrap()) {
                let mut keys: Vec<&str> = section.iter().filter(|e| e.is_in(&version)).map(|e| e.key).collect();
                let count = keys.len();
                keys.sort_unstable();
                keys.dedup();
                assert_eq!(keys.len(), count, "{version} {keys:?}");
            }
        }
    }

    #[test]
    fn all_sections_and_keys_are_read() {
        let reference = Reference::get();
        let entries: usize = reference.sections.iter().map(Vec::len).sum();
        let lines = TEXT.lines().filter(|line| line.starts_with(' ')).count();
        assert_eq!(entries, lines);
        assert_eq!(reference.root().len(), 13);
    }
}
