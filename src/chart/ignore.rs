//! The rules of `.helmignore`, which exclude files of a chart directory.

use std::cell::Cell;
use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Source};
use crate::go::glob::{BadPattern, Glob};

/// The maximum number of patterns in a `.helmignore`.
const MAX_PATTERNS: usize = 10_000;
/// The maximum length of a pattern in bytes, which is that of a path on Linux.
const MAX_PATTERN_BYTES: usize = 4096;
/// The maximum number of invalid lines that are reported.
const MAX_ERRORS: usize = 20;
/// The maximum number of character comparisons for all files of a chart: about a second of work.
const MAX_STEPS: u64 = 200_000_000;

/// A set of ignore rules. Each rule can only exclude paths, so their order does not matter.
#[derive(Debug, Default)]
pub struct IgnoreRules {
    /// Patterns without wildcards, which are looked up instead of tried one by one: those for the last name in a path, and
    /// those for the whole path.
    literal_names: Literals,
    literal_paths: Literals,
    globs: Vec<Rule>,
    /// The number of character comparisons so far.
    steps: Cell<u64>,
}

/// Names or paths that are ignored.
#[derive(Debug, Default)]
struct Literals {
    always: BTreeSet<String>,
    directories: BTreeSet<String>,
}

impl Literals {
    fn ignore(&self, text: &str, is_directory: bool) -> bool {
        self.always.contains(text) || is_directory && self.directories.contains(text)
    }
}

#[derive(Debug)]
struct Rule {
    pattern: Glob,
    /// `!pattern`: every path that does not match is ignored (Helm's surprising interpretation).
    negated: bool,
    /// A trailing `/`: the rule applies only to directories.
    directories_only: bool,
    /// A `/` at the start or inside: the pattern applies to the whole path, otherwise to its last name.
    whole_path: bool,
}

impl IgnoreRules {
    /// Parses a `.helmignore`, and adds Helm's built-in rule that ignores dotfiles directly in `templates/`.
    ///
    /// # Errors
    /// Helm's message for every invalid line; too many patterns.
    pub fn parse(source: &Source) -> Result<IgnoreRules, Vec<Diagnostic>> {
        let mut rules = IgnoreRules::default();
        let mut errors = Vec::new();
        let mut count = 0;
        let text = source.text();
        let mut at = 0;
        for line in text.split('\n') {
            let pattern = line.trim_start_matches('\u{feff}').trim();
            let start = at + line.find(pattern).unwrap_or(0);
            at += line.len() + 1;
            if pattern.is_empty() || pattern.starts_with('#') {
                continue;
            }
            let refuse = |message: &str| {
                Diagnostic::error("helmignore", message).at(source.span(start..start + pattern.len()), "")
            };
            count += 1;
            if count > MAX_PATTERNS {
                errors.push(refuse(&format!("more than {MAX_PATTERNS} patterns")).help("ignore whole directories"));
                break;
            }
            if pattern.len() > MAX_PATTERN_BYTES {
                errors.push(refuse(&format!("pattern is longer than {MAX_PATTERN_BYTES} bytes")));
            } else if pattern.contains("**") {
                errors.push(refuse("double-star (**) syntax is not supported"));
            } else if rules.add(pattern).is_err() {
                errors.push(refuse("syntax error in pattern"));
            }
            if errors.len() >= MAX_ERRORS {
                break;
            }
        }
        if errors.is_empty() { Ok(rules.with_built_in()) } else { Err(errors) }
    }

    /// Returns the rules for a chart without a `.helmignore`.
    pub fn built_in() -> IgnoreRules {
        IgnoreRules::default().with_built_in()
    }

    fn with_built_in(mut self) -> IgnoreRules {
        if self.add("templates/.?*").is_err() {
            unreachable!("the pattern has no brackets");
        }
        self
    }

    fn add(&mut self, line: &str) -> Result<(), BadPattern> {
        let rule = Rule::parse(line)?;
        match rule.pattern.literal().filter(|_| !rule.negated) {
            Some(text) => {
                let literals = if rule.whole_path { &mut self.literal_paths } else { &mut self.literal_names };
                if rule.directories_only { &mut literals.directories } else { &mut literals.always }.insert(text);
            }
            None => self.globs.push(rule),
        }
        Ok(())
    }

    /// Whether a path below the chart's folder is ignored. The contents of an ignored directory are ignored, too, which is
    /// up to the caller.
    ///
    /// # Errors
    /// Matching all paths so far has taken too many character comparisons.
    pub fn ignores(&self, path: &str, is_directory: bool) -> Result<bool, Diagnostic> {
        let name = path.rsplit('/').next().unwrap_or(path);
        if self.literal_names.ignore(name, is_directory) || self.literal_paths.ignore(path, is_directory) {
            return Ok(true);
        }
        let path: Vec<char> = path.chars().collect();
        let name = &path[path.iter().rposition(|&c| c == '/').map_or(0, |slash| slash + 1)..];
        let mut steps = self.steps.get();
        let mut ignored = false;
        for rule in &self.globs {
            if steps > MAX_STEPS {
                return Err(Diagnostic::error(
                    "helmignore",
                    "matching the patterns against the files of this chart takes too long",
                )
                .help("use fewer patterns, or patterns with fewer wildcards, and ignore whole directories"));
            }
            let matches = rule.pattern.matches(if rule.whole_path { &path } else { name }, &mut steps);
            let counts = is_directory || !rule.directories_only;
            ignored = if rule.negated { !counts || !matches } else { counts && matches };
            if ignored {
                break;
            }
        }
        self.steps.set(steps);
        Ok(ignored)
    }
}

impl Rule {
    fn parse(line: &str) -> Result<Rule, BadPattern> {
        let (negated, pattern) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
        let (directories_only, pattern) = pattern.strip_suffix('/').map_or((false, pattern), |rest| (true, rest));
        let whole_path = pattern.contains('/');
        let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
        Ok(Rule { pattern: Glob::parse(pattern)?, negated, directories_only, whole_path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> IgnoreRules {
        IgnoreRules::parse(&Source::file(".helmignore", text)).unwrap()
    }

    fn ignores(rules: &IgnoreRules, path: &str, is_directory: bool) -> bool {
        rules.ignores(path, is_directory).unwrap()
    }

    #[test]
    fn patterns_are_read_as_in_helm() {
        let rules = rules("# comment\n  *.bak  \n/only-top.txt\nsub/a.txt\nlogs/\n\n./never.txt\n");
        for path in ["a.bak", "deep/down/a.bak", "only-top.txt", "sub/a.txt", "templates/.hidden"] {
            assert!(ignores(&rules, path, false), "{path}");
        }
        for path in ["deep/only-top.txt", "x/sub/a.txt", "logs", "never.txt", "templates/sub/.hidden", "templates/a"] {
            assert!(!ignores(&rules, path, false), "{path}");
        }
        assert!(ignores(&rules, "logs", true));
        assert!(ignores(&rules, "deep/logs", true));
    }

    #[test]
    fn a_negated_pattern_ignores_everything_else() {
        assert!(ignores(&rules("!a.txt"), "Chart.yaml", false));
        assert!(!ignores(&rules("!a.txt"), "a.txt", false));
        assert!(ignores(&rules("!dir/"), "dir", false));
        assert!(!ignores(&rules("!dir/"), "dir", true));
    }

    #[test]
    fn broken_lines_are_refused_together() {
        let errors = IgnoreRules::parse(&Source::file(".helmignore", "a/**/b\n[x\n")).unwrap_err();
        let shown: Vec<_> = errors.iter().map(|error| (error.message.as_str(), error.labels[0].span.text())).collect();
        assert_eq!(shown, [("double-star (**) syntax is not supported", "a/**/b"), ("syntax error in pattern", "[x")]);
    }

    #[test]
    fn patterns_without_wildcards_are_compared_literally() {
        let rules = rules("a.txt\n\\*x\n/top\nonly/\nin/side/\n");
        for (path, is_directory) in
            [("d/a.txt", false), ("*x", false), ("top", true), ("d/only", true), ("in/side", true)]
        {
            assert!(ignores(&rules, path, is_directory), "{path}");
        }
        for (path, is_directory) in
            [("yx", false), ("d/top", true), ("only", false), ("d/in/side", true), ("side", true)]
        {
            assert!(!ignores(&rules, path, is_directory), "{path}");
        }
    }

    #[test]
    fn patterns_are_limited_in_number_and_length() {
        let errors = |text: String| IgnoreRules::parse(&Source::file(".helmignore", text)).unwrap_err();
        let many: String = (0..10_001).map(|n| format!("a{n}\n")).collect();
        assert_eq!(errors(many)[0].message, "more than 10000 patterns");
        assert_eq!(errors("x".repeat(4097))[0].message, "pattern is longer than 4096 bytes");
        assert_eq!(errors("[\n".repeat(500)).len(), MAX_ERRORS);
    }

    #[test]
    fn matching_is_bounded() {
        let patterns: String = (0..9_999).map(|n| format!("*a*a*a*b{n}c\n")).collect();
        let rules = rules(&patterns);
        let name = format!("{}c", "a".repeat(200));
        rules.steps.set(MAX_STEPS - 1_000_000);
        assert!(!ignores(&rules, "a", false));
        let refused = (0..1000).find_map(|_| rules.ignores(&name, false).err());
        assert_eq!(refused.unwrap().message, "matching the patterns against the files of this chart takes too long");
    }

    #[test]
    fn many_patterns_without_wildcards_cost_nothing() {
        let patterns: String = (0..10_000).map(|n| format!("name-{n}\n")).collect();
        let rules = rules(&patterns);
        (0..1000).for_each(|n| assert!(!ignores(&rules, &format!("templates/other-{n}"), false)));
        assert!(rules.steps.get() < 20_000);
    }
}
