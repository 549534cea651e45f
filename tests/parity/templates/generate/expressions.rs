//! Generates operands and pipelines. Most are of the wanted kind; some are not, so that errors are compared too.
//!
//! The kinds are those of the function table: `s` string, `i` int, `n` any number, `f` float64, `b` bool, `l` list, `m` map, `z`
//! map of strings, `a` anything, `t` time, `V` version; `S`, `I` and `O` small literal numbers (for lengths and counts, the last
//! for indexes); `k` key, `r` regular expression, `R` replacement, `v` version text, `c` constraint, `h` layout, `H` moment, `E`
//! duration, `Z` zone, `p` path, `u` URL, `U` parts of a URL, `Y` YAML, `J` JSON, `T` TOML, `x` base64, `F` format, `o` type, `M`
//! map that may be changed, `D` map whose parts are in no other map, `q` value to put into a map, `N` name of a template, `W`
//! text of a template, `d` data.
//!
//! No map is ever put inside itself, which would crash Helm's process, and nothing grows with each iteration of a loop.

use super::Writer;
use super::functions::Function;
use super::literals;

impl<'c> Writer<'c> {
    /// Generates the text between `{{` and `}}`.
    pub fn pipeline(&mut self, kind: char, depth: usize) -> String {
        if depth > 0 && !self.chance.one_in(5) {
            return self.call(kind, depth);
        }
        let atom = self.atom(kind);
        // Go only accepts nil as an argument.
        if atom == "nil" && !self.chance.one_in(20) { "(index (list nil) 0)".to_owned() } else { atom }
    }

    /// Generates one argument.
    pub fn operand(&mut self, kind: char, depth: usize) -> String {
        if kind == 'W' || kind == 'N' || kind == 'd' || depth == 0 || self.chance.below(5) < 3 {
            return self.atom(kind);
        }
        let call = format!("({})", self.call(kind, depth));
        match self.chance.below(30) {
            0 => format!("{call}.{}", self.chance.pick(&["a", "b", "s", "nope", "a.b"])),
            1 => format!("({call})"),
            _ => call,
        }
    }

    /// Generates a call of a function that returns the kind; sometimes its last argument is piped into it.
    fn call(&mut self, kind: char, depth: usize) -> String {
        if matches!(kind, 'S' | 'I' | 'O' | 'q' | 'D' | 'F' | 'k') {
            return self.atom(kind);
        }
        let Some(function) = self.function(kind) else { return self.atom(kind) };
        if let Some(sorted) = self.sorted(function, depth) {
            return sorted;
        }
        let mut arguments = self.arguments(function, depth - 1);
        if self.chance.one_in(80) {
            match self.chance.one_in(2) {
                true => drop(arguments.pop()),
                false => arguments.push(self.atom('a')),
            }
        }
        let piped = if self.chance.one_in(3) { arguments.pop_if(|last| last != "nil") } else { None };
        let mut out = String::new();
        if let Some(piped) = piped {
            // A pipeline can begin with a call without parentheses.
            let is_whole = piped.starts_with('(') && piped.find(')') == Some(piped.len() - 1);
            out.push_str(if is_whole { &piped[1..piped.len() - 1] } else { &piped });
            out.push_str(self.chance.pick(&[" | ", " | ", "|", " |\n  "]));
        }
        out.push_str(function.name);
        for argument in arguments {
            out.push(' ');
            out.push_str(&argument);
        }
        out
    }

    /// Calls `keys` or `values`, whose order is random in Helm, and sorts the result.
    fn sorted(&mut self, function: &Function, depth: usize) -> Option<String> {
        if function.family != "dicts" || function.result != 'l' || self.chance.one_in(2) {
            return None;
        }
        let map = self.operand('m', depth - 1);
        Some(match self.chance.one_in(2) {
            true => format!("keys {map} | sortAlpha"),
            false => format!("values {map} | toStrings | sortAlpha"),
        })
    }

    fn function(&mut self, kind: char) -> Option<&'c Function> {
        let table = &self.grammar.functions;
        let focus = self.focus;
        let fits = |function: &&Function, any: bool| any || function.result == kind;
        let has = |any: bool| table.iter().filter(|function| function.family == focus).filter(|f| fits(f, any)).count();
        let is_any = kind == 'a';
        let of_focus = has(is_any);
        if of_focus > 0 && (self.is_only || self.chance.below(4) < 3) {
            let number = self.chance.below(of_focus);
            return table.iter().filter(|function| function.family == focus).filter(|f| fits(f, is_any)).nth(number);
        }
        if self.is_only && !matches!(kind, 'm' | 'l' | 's') {
            return None;
        }
        let count = table.iter().filter(|f| fits(f, is_any)).count();
        let number = self.chance.below(count);
        table.iter().filter(|f| fits(f, is_any)).nth(number)
    }

    fn arguments(&mut self, function: &Function, depth: usize) -> Vec<String> {
        let mut out = Vec::new();
        let letters: Vec<char> = function.parameters.chars().collect();
        for (at, letter) in letters.iter().enumerate() {
            let repeats = letters.get(at + 1) == Some(&'*');
            let count = if *letter == '*' {
                0
            } else if repeats {
                self.chance.below(4)
            } else {
                1
            };
            for _ in 0..count {
                out.push(self.argument(*letter, depth));
            }
        }
        out
    }

    fn argument(&mut self, kind: char, depth: usize) -> String {
        // Some kinds must be right: a string instead of a time means the current time, and a map must not become part of itself.
        let is_strict = matches!(kind, 't' | 'M' | 'D' | 'q' | 'N' | 'W' | 'd');
        if !is_strict && self.chance.one_in(40) {
            return match kind {
                'S' | 'I' | 'O' => self
                    .chance
                    .pick(&["\"x\"", "nil", "1.5", ".Values.nope", "true", "\"3\"", "2.0", "(dict)", ".Values.i"])
                    .to_owned(),
                _ => self.operand('a', depth.min(1)),
            };
        }
        self.operand(kind, depth)
    }

    /// Generates a literal, a variable or a field of the kind.
    pub fn atom(&mut self, kind: char) -> String {
        match kind {
            'a' => {
                let kind =
                    ['s', 'n', 'f', 'b', 'l', 'm', 'i', 's', '0', 'l', 'm', '?', 't', 'V'][self.chance.below(14)];
                return self.atom(kind);
            }
            't' if !self.grammar.has("dates") => return "1600000000".to_owned(),
            'V' if !self.grammar.has("semver") => return "\"1.2.3\"".to_owned(),
            't' => return self.time(),
            'V' => return format!("(semver {})", literals::literal(self.chance, 'v').unwrap_or_default()),
            'q' => {
                let kind = ['s', 'n', 'b', 'f', 's'][self.chance.below(5)];
                let literal = literals::literal(self.chance, kind).unwrap_or_default();
                return match self.chance.below(6) {
                    0 => format!("(list {literal})"),
                    1 => format!("(dict \"k\" {literal})"),
                    2 => "nil".to_owned(),
                    _ => literal,
                };
            }
            'M' => return self.mutable_map(),
            'D' => {
                return match self.chance.below(3) {
                    0 => "(deepCopy .Values.mm)".to_owned(),
                    _ => self.literal_map(2),
                };
            }
            'N' => return self.template_name(),
            'W' => return self.template_text(),
            'd' => return self.data(),
            'U' => {
                let url = literals::literal(self.chance, 'u').unwrap_or_default();
                return match self.chance.below(3) {
                    0 => self.literal_map(1),
                    1 => {
                        format!("(dict \"scheme\" {} \"host\" \"h\" \"path\" \"p\" \"query\" \"q=1\")", self.atom('s'))
                    }
                    _ => format!("(urlParse {url})"),
                };
            }
            _ => {}
        }
        if !self.fresh {
            if self.chance.one_in(3)
                && let Some(variable) = self.variable(kind)
            {
                return variable;
            }
            if self.chance.one_in(2)
                && let Some(field) = self.field(kind)
            {
                return field;
            }
        }
        match kind {
            'l' => self.literal_list(2),
            'm' | 'z' => self.literal_map(2),
            '0' => "nil".to_owned(),
            '?' => "\"odd\"".to_owned(),
            _ => literals::literal(self.chance, kind).unwrap_or_else(|| "\"x\"".to_owned()),
        }
    }

    fn variable(&mut self, kind: char) -> Option<String> {
        let fits = |of: char| of == kind || matches!(kind, '?' | 's') && of == 'a';
        let fitting: Vec<&(String, char)> =
            self.variables.iter().filter(|(name, of)| fits(*of) && self.kind_of(name) == Some(*of)).collect();
        let number = self.chance.below(fitting.len());
        fitting.get(number).map(|(name, _)| name.clone())
    }

    /// Returns the kind of a variable, as of its innermost declaration.
    pub fn kind_of(&self, name: &str) -> Option<char> {
        self.variables.iter().rev().find(|(known, _)| known == name).map(|(_, kind)| *kind)
    }

    fn field(&mut self, kind: char) -> Option<String> {
        let fields: &[&str] = match kind {
            's' => &[
                ".Values.s",
                ".Values.s2",
                ".Values.m.s",
                ".Release.Name",
                ".Chart.Name",
                ".Template.Name",
                ".Chart.AppVersion",
                ".Values.global.g",
                ".Capabilities.KubeVersion.Version",
                ".Template.BasePath",
                ".Release.Service",
                "(.Files.Get \"f.txt\")",
            ],
            'f' | 'n' => &[".Values.i", ".Values.f", ".Values.big", ".Values.m.n", ".Values.z"],
            'b' => &[".Values.yep", ".Values.nay", ".Release.IsInstall", "(.Capabilities.APIVersions.Has \"apps/v1\")"],
            'l' => &[
                ".Values.l",
                ".Values.ls",
                ".Values.ll",
                ".Values.le",
                ".Values.lm",
                ".Values.m.l",
                "(.Files.Lines \"f.txt\")",
                ".Chart.Keywords",
            ],
            'm' => &[".Values.m", ".Values.mm", ".Values.me", ".Values.mm.x", ".Values.m", ".Chart.Annotations"],
            'i' => &[".Release.Revision"],
            '0' => &[
                ".Values.nope",
                ".Values.m.nope",
                "(.Values.nope).x",
                ".Values.nope.x",
                ".nope",
                "(index .Values.ln 0)",
            ],
            '?' => &[
                ".Capabilities.KubeVersion",
                ".Release",
                ".Values",
                ".Chart.Maintainers",
                ".Files",
                ".Capabilities.APIVersions",
                ".Chart",
                ".Capabilities.HelmVersion",
                "(.Files.Glob \"*.txt\")",
                "(.Files.Glob \"*.txt\").AsConfig",
                "(.Files.GetBytes \"f.txt\")",
                ".Subcharts",
                ".Template",
                "(.Files.Glob \"**\").AsSecrets",
                ".Capabilities.Nope",
                ".Values.s.x",
                ".Files.Nope",
                ".Capabilities.KubeVersion.String",
                "(print .Capabilities.KubeVersion)",
                ".Chart.IsRoot",
                ".Subcharts.s.Chart.Name",
            ],
            _ => return None,
        };
        let field = self.chance.pick(fields).to_owned();
        // Inside `with` and `range` the root is `$` and the dot is something else. Users get this wrong
        // too, so it is generated sometimes.
        if self.dot_is_root && !self.chance.one_in(8) || !self.dot_is_root && self.chance.one_in(12) {
            return Some(field);
        }
        if !self.dot_is_root && self.chance.one_in(6) {
            return Some(".".to_owned());
        }
        Some(match field.strip_prefix('(') {
            Some(_) => field.replacen("(.", "($.", 1).replacen(" .Values", " $.Values", 1),
            None => format!("${field}"),
        })
    }

    fn time(&mut self) -> String {
        if !self.fresh
            && self.chance.one_in(3)
            && let Some(variable) = self.variable('t')
        {
            return variable;
        }
        let moment = self.chance.pick(&["2021-03-04", "2020-02-29", "1999-12-31", "0001-01-01", "2021-02-30"]);
        match self.chance.below(8) {
            0 => "1600000000".to_owned(),
            1 => "(int64 1600000000)".to_owned(),
            2 => "0".to_owned(),
            3 => format!(
                "(dateModify {} (toDate \"2006-01-02\" \"{moment}\"))",
                literals::literal(self.chance, 'E').unwrap_or_default()
            ),
            _ => format!("(toDate \"2006-01-02\" \"{moment}\")"),
        }
    }

    fn mutable_map(&mut self) -> String {
        if self.chance.one_in(2)
            && let Some(variable) = self.variable('m')
        {
            return variable;
        }
        let root = if self.dot_is_root { "" } else { "$" };
        match self.chance.below(6) {
            0 => format!("{root}.Values.m"),
            1 => format!("{root}.Values.me"),
            2 => format!("{root}.Values.mm.x"),
            3 => format!("(deepCopy {root}.Values.mm)"),
            4 => "(dict)".to_owned(),
            _ => self.literal_map(2),
        }
    }

    fn literal_list(&mut self, depth: usize) -> String {
        let mut out = String::from("(list");
        for _ in 0..self.chance.below(4) {
            out.push(' ');
            out.push_str(&self.literal_element(depth));
        }
        out + ")"
    }

    fn literal_map(&mut self, depth: usize) -> String {
        let mut out = String::from("(dict");
        for _ in 0..self.chance.below(4) {
            let key = literals::key(self.chance);
            out.push(' ');
            out.push_str(&literals::quoted(self.chance, key));
            out.push(' ');
            out.push_str(&self.literal_element(depth));
        }
        out + ")"
    }

    fn literal_element(&mut self, depth: usize) -> String {
        match self.chance.below(8) {
            0 if depth > 0 => self.literal_list(depth - 1),
            1 if depth > 0 => self.literal_map(depth - 1),
            2 => "nil".to_owned(),
            _ => {
                let kind = ['s', 's', 'i', 'n', 'b', 'f'][self.chance.below(6)];
                literals::literal(self.chance, kind).unwrap_or_default()
            }
        }
    }

    /// Picks the name of a template that does not lead back to this one.
    fn template_name(&mut self) -> String {
        if self.chance.one_in(30) {
            return self.chance.pick(&["\"nope\"", ".Values.s", "\"\"", "nil", "1"]).to_owned();
        }
        match super::NAMES.get(self.rank..).filter(|names| !names.is_empty()) {
            Some(names) => format!("\"{}\"", self.chance.pick(names)),
            None => "\"leaf\"".to_owned(),
        }
    }

    /// Generates a text for `tpl`.
    fn template_text(&mut self) -> String {
        if self.nesting > 1 || self.chance.one_in(4) {
            let text = self.chance.pick(&[
                "plain",
                "{{ .Values.s }}",
                "{{ upper \"a\" }}{{ .nope }}",
                "{{",
                "{{ nope }}",
                "",
                "{{ $ }}",
                "{{ . }}",
            ]);
            return literals::quoted(self.chance, text);
        }
        if !self.fresh && self.chance.one_in(4) {
            return if self.dot_is_root { ".Values.t" } else { "$.Values.t" }.to_owned();
        }
        let text = self.inner_text();
        literals::quoted(self.chance, &text)
    }

    fn data(&mut self) -> String {
        match self.chance.below(12) {
            0 => self.literal_map(1),
            1 => "nil".to_owned(),
            2 => self.atom('s'),
            3 | 4 => ".".to_owned(),
            _ => if self.dot_is_root { "." } else { "$" }.to_owned(),
        }
    }
}
