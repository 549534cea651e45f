//! Generates charts from a grammar: most templates run without syntax errors, values are of all kinds, and some charts have
//! subcharts. Some texts are broken by a random change.

mod chance;
mod chart;
mod expressions;
mod functions;
mod literals;
mod statements;

use self::chance::Chance;
use self::functions::Function;
use crate::Case;

/// The names of templates. The body of a template uses only names after its own, so that no template calls itself.
const NAMES: &[&str] = &["t0", "t1", "t 2", "c.t3", "t4"];

/// Generates the templates of one case.
struct Writer<'c> {
    grammar: &'c Grammar,
    chance: &'c mut Chance,
    /// The family that most functions are from.
    focus: &'static str,
    /// Whether nearly all functions are from that family.
    is_only: bool,
    /// The variables in scope, with the kinds of their values.
    variables: Vec<(String, char)>,
    /// The names that the file already defines. A duplicate is an error.
    defined: Vec<&'static str>,
    /// The index of the first template name that may be used.
    rank: usize,
    /// The number of enclosing loops.
    loops: usize,
    /// The number of enclosing template texts.
    nesting: usize,
    /// Whether the dot is the chart's data.
    dot_is_root: bool,
    /// Whether variables and fields may not be used.
    fresh: bool,
}

/// Returns the names that `--only` accepts: families of functions, and `syntax`.
pub fn families() -> Vec<&'static str> {
    let mut families = functions::families();
    families.push("syntax");
    families
}

/// Whether `--only` accepts the name.
pub fn is_family(name: &str) -> bool {
    families().contains(&name)
}

/// The functions that charts can use.
pub struct Grammar {
    functions: Vec<Function>,
    families: Vec<&'static str>,
    only: Option<String>,
}

impl Grammar {
    /// Creates a grammar with all functions except those of the families in `without`, mostly with those of the family `only`.
    pub fn new(only: Option<&str>, without: &[String]) -> Grammar {
        let is_in = |family: &str| !without.iter().any(|left_out| left_out == family);
        Grammar {
            functions: functions::all().into_iter().filter(|function| is_in(function.family)).collect(),
            families: functions::families().into_iter().filter(|family| is_in(family)).collect(),
            only: only.map(str::to_owned),
        }
    }

    /// Whether functions of a family are used.
    fn has(&self, family: &str) -> bool {
        self.families.contains(&family)
    }

    /// Generates the case with a number.
    pub fn case(&self, seed: u64, number: u64) -> Case {
        let mut chance = Chance::new(seed, number);
        let named = self.only.as_ref().and_then(|only| self.families.iter().find(|family| *family == only));
        let focus = named.unwrap_or(&self.families[chance.below(self.families.len())]);
        // Half of the charts test functions, the other half syntax.
        let is_only = self.only.as_ref().map_or_else(|| chance.one_in(2), |only| only != "syntax");
        let mut writer = Writer {
            grammar: self,
            chance: &mut chance,
            focus,
            is_only,
            variables: Vec::new(),
            defined: Vec::new(),
            rank: 0,
            loops: 0,
            nesting: 0,
            dot_is_root: true,
            fresh: false,
        };
        chart::chart(&mut writer)
    }
}
