//! The rules of `.helmignore`, by which files of a chart directory are left out.

use crate::diagnostic::{Diagnostic, Source};
use crate::glob::{BadPattern, matches_glob};

/// The rules, in the order in which they are tried.
#[derive(Debug, Default)]
pub struct IgnoreRules(Vec<Rule>);

#[derive(Debug)]
struct Rule {
    pattern: String,
    /// `!pattern`: whatever does not match is ignored at once (Helm's surprising reading).
    negated: bool,
    /// A trailing `/`: directories only.
    directories_only: bool,
    /// A `/` at the start or inside: the pattern is for the whole path, otherwise for the last name in it.
    whole_path: bool,
}

impl IgnoreRules {
    /// Reads a `.helmignore`, and adds Helm's own rule that leaves dotfiles directly in `templates/` out.
    ///
    /// # Errors
    /// Every line that is no pattern, in Helm's words.
    pub fn parse(source: &Source) -> Result<IgnoreRules, Vec<Diagnostic>> {
        let mut rules = IgnoreRules::default();
        let mut errors = Vec::new();
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
            if pattern.contains("**") {
                errors.push(refuse("double-star (**) syntax is not supported"));
            } else {
                match Rule::parse(pattern) {
                    Ok(rule) => rules.0.push(rule),
                    Err(BadPattern) => errors.push(refuse("syntax error in pattern")),
                }
            }
        }
        if errors.is_empty() { Ok(rules.with_built_in()) } else { Err(errors) }
    }

    /// The rules of a chart without a `.helmignore`.
    pub fn built_in() -> IgnoreRules {
        IgnoreRules::default().with_built_in()
    }

    fn with_built_in(mut self) -> IgnoreRules {
        self.0.push(Rule {
            pattern: "templates/.?*".to_owned(),
            negated: false,
            directories_only: false,
            whole_path: true,
        });
        self
    }

    /// Whether a path below the chart's folder is left out. A directory that is takes its contents with it.
    pub fn ignores(&self, path: &str, is_directory: bool) -> bool {
        for rule in &self.0 {
            let matches = rule.matches(path);
            if rule.negated {
                if (rule.directories_only && !is_directory) || !matches {
                    return true;
                }
            } else if matches && (is_directory || !rule.directories_only) {
                return true;
            }
        }
        false
    }
}

impl Rule {
    fn parse(line: &str) -> Result<Rule, BadPattern> {
        let (negated, pattern) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
        let (directories_only, pattern) = pattern.strip_suffix('/').map_or((false, pattern), |rest| (true, rest));
        let whole_path = pattern.contains('/');
        let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
        matches_glob(pattern, "abc")?;
        Ok(Rule { pattern: pattern.to_owned(), negated, directories_only, whole_path })
    }

    fn matches(&self, path: &str) -> bool {
        let name = if self.whole_path { path } else { path.rsplit('/').next().unwrap_or(path) };
        matches_glob(&self.pattern, name).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> IgnoreRules {
        IgnoreRules::parse(&Source::file(".helmignore", text)).unwrap()
    }

    #[test]
    fn patterns_as_helm_reads_them() {
        let rules = rules("# comment\n  *.bak  \n/only-top.txt\nsub/a.txt\nlogs/\n\n./never.txt\n");
        for path in ["a.bak", "deep/down/a.bak", "only-top.txt", "sub/a.txt", "templates/.hidden"] {
            assert!(rules.ignores(path, false), "{path}");
        }
        for path in ["deep/only-top.txt", "x/sub/a.txt", "logs", "never.txt", "templates/sub/.hidden", "templates/a"] {
            assert!(!rules.ignores(path, false), "{path}");
        }
        assert!(rules.ignores("logs", true));
        assert!(rules.ignores("deep/logs", true));
    }

    #[test]
    fn a_negated_pattern_ignores_all_that_does_not_match() {
        assert!(rules("!a.txt").ignores("Chart.yaml", false));
        assert!(!rules("!a.txt").ignores("a.txt", false));
        assert!(rules("!dir/").ignores("dir", false));
        assert!(!rules("!dir/").ignores("dir", true));
    }

    #[test]
    fn broken_lines_are_refused_together() {
        let errors = IgnoreRules::parse(&Source::file(".helmignore", "a/**/b\n[x\n")).unwrap_err();
        let shown: Vec<_> = errors.iter().map(|error| (error.message.as_str(), error.labels[0].span.text())).collect();
        assert_eq!(shown, [("double-star (**) syntax is not supported", "a/**/b"), ("syntax error in pattern", "[x")]);
    }
}
