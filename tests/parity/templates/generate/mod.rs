//! Charts that a grammar makes: templates that reach execution mostly, values of all kinds, subcharts; some are broken by a change of
//! their text.

mod chance;
mod chart;
mod expressions;
mod functions;
mod literals;
mod statements;

use self::chance::Chance;
use self::functions::Function;
use crate::Case;

/// Names of templates. The body of one uses only names after it, so that no template calls itself.
const NAMES: &[&str] = &["t0", "t1", "t 2", "c.t3", "t4"];

/// Writes the templates of one case.
struct Writer<'c> {
    grammar: &'c Grammar,
    chance: &'c mut Chance,
    /// The family most functions are of.
    focus: &'static str,
    /// Whether nearly all functions are of that family.
    is_only: bool,
    /// Variables in scope, with the kind of their value.
    variables: Vec<(String, char)>,
    /// Names that the file defines already: twice is an error.
    defined: Vec<&'static str>,
    /// Names of templates from this number on may be used.
    rank: usize,
    /// How many loops there are around.
    loops: usize,
    /// How many templates inside texts of templates there are around.
    nesting: usize,
    /// Whether the dot is the data of the chart.
    dot_is_root: bool,
    /// Whether neither variables nor fields may be used.
    fresh: bool,
}

/// The names that `--only` takes: families of functions, and `syntax`.
pub fn families() -> Vec<&'static str> {
    let mut families = functions::families();
    families.push("syntax");
    families
}

/// Whether `--only` takes the name.
pub fn is_family(name: &str) -> bool {
    families().contains(&name)
}

/// What charts are made of.
pub struct Grammar {
    functions: Vec<Function>,
    families: Vec<&'static str>,
    only: Option<String>,
}

impl Grammar {
    /// All functions but those of the families in `without`; most of the family `only`.
    pub fn new(only: Option<&str>, without: &[String]) -> Grammar {
        let is_in = |family: &str| !without.iter().any(|left_out| left_out == family);
        Grammar {
            functions: functions::all().into_iter().filter(|function| is_in(function.family)).collect(),
            families: functions::families().into_iter().filter(|family| is_in(family)).collect(),
            only: only.map(str::to_owned),
        }
    }

    /// Whether the functions of a family are called.
    fn has(&self, family: &str) -> bool {
        self.families.contains(&family)
    }

    /// The case with a number.
    pub fn case(&self, seed: u64, number: u64) -> Case {
        let mut chance = Chance::new(seed, number);
        let named = self.only.as_ref().and_then(|only| self.families.iter().find(|family| *family == only));
        let focus = named.unwrap_or(&self.families[chance.below(self.families.len())]);
        // Half of the charts test functions, the others syntax.
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
