//! Splits the templates of a chart into two parts that take about equally long to load and render.

use std::cmp::Reverse;

use ahash::AHashMap;

use super::templates::Templates;

/// The work of rendering a template, per byte of its own tags and of those of all templates that it refers to.
const RENDERING: usize = 1;

/// The work of parsing a byte of a tag.
const PARSING: usize = 2;

/// A chart is not split if its rendered templates refer to more templates than this in total: counting them would take too long.
const MAX_NEEDED: usize = 100_000;

/// How much work takes longer than a thread takes to start.
const WORTH_A_THREAD: usize = PARSING * 4_000;

/// Splits the rendered templates into two parts, each with what it refers to. `None` if a second thread would not make the chart faster:
/// what both refer to is loaded twice.
pub(super) fn halves<'a>(templates: &mut Templates<'a>) -> Option<[Templates<'a>; 2]> {
    let bytes: Vec<usize> = templates.references().map(|found| found.tags.bytes).collect();
    if bytes.iter().sum::<usize>() * PARSING < WORTH_A_THREAD {
        return None;
    }
    let needs = Needs::new(&templates.loaded_with_referred(), bytes);
    let (mut needed, mut count) = (Vec::new(), 0);
    let mut is_found = vec![false; needs.bytes.len()];
    for name in templates.rendered_and_loaded() {
        let found = needs.of(name, &mut is_found);
        count += found.len();
        if count > MAX_NEEDED {
            return None;
        }
        needed.push((name, found));
    }
    let whole = needed.iter().fold(Part::new(&needs), |mut whole, (name, needed)| {
        whole.add(name, needed);
        whole
    });
    // The largest first, so that small ones fill up the part that has less.
    needed.sort_by_key(|(_, needed)| Reverse(needs.bytes(needed)));
    let mut parts = [Part::new(&needs), Part::new(&needs)];
    for (name, needed) in &needed {
        let [first, second] = parts.each_ref().map(|part| part.work_with(needed));
        parts[usize::from(second < first)].add(name, needed);
    }
    let longest = parts.iter().map(|part| part.work).max()?;
    let is_worth = whole.work.saturating_sub(longest) >= WORTH_A_THREAD && longest <= whole.work / 5 * 3;
    is_worth.then(|| parts.map(|part| templates.part(part.names)))
}

/// What each loaded template needs.
struct Needs {
    numbers: AHashMap<String, usize>,
    /// The numbers of the templates that each one refers to.
    referred: Vec<Vec<usize>>,
    /// The bytes of each one's tags.
    bytes: Vec<usize>,
}

impl Needs {
    fn new(loaded: &[(String, Vec<String>)], bytes: Vec<usize>) -> Needs {
        let numbers: AHashMap<String, usize> =
            loaded.iter().enumerate().map(|(number, (name, _))| (name.clone(), number)).collect();
        let number = |name: &String| numbers.get(name).copied();
        let referred = loaded.iter().map(|(_, referred)| referred.iter().filter_map(number).collect()).collect();
        Needs { numbers, referred, bytes }
    }

    /// Returns the numbers of a template and of all that it refers to, directly or not. `is_found` has an entry for each template, which is
    /// `false` before and after.
    fn of(&self, name: &str, is_found: &mut [bool]) -> Vec<usize> {
        let mut found: Vec<usize> = self.numbers.get(name).copied().into_iter().collect();
        found.iter().for_each(|&number| is_found[number] = true);
        let mut next = 0;
        while let Some(&number) = found.get(next) {
            next += 1;
            for &other in &self.referred[number] {
                if !std::mem::replace(&mut is_found[other], true) {
                    found.push(other);
                }
            }
        }
        found.iter().for_each(|&number| is_found[number] = false);
        found
    }

    fn bytes(&self, numbers: &[usize]) -> usize {
        numbers.iter().map(|&number| self.bytes[number]).sum()
    }
}

/// Templates that one thread renders.
struct Part<'n, 'a> {
    needs: &'n Needs,
    names: Vec<&'a str>,
    /// Whether it needs each template.
    is_loaded: Vec<bool>,
    work: usize,
}

impl<'n, 'a> Part<'n, 'a> {
    fn new(needs: &'n Needs) -> Part<'n, 'a> {
        Part { needs, names: Vec::new(), is_loaded: vec![false; needs.bytes.len()], work: 0 }
    }

    /// Returns its work if it also rendered a template that needs these.
    fn work_with(&self, needed: &[usize]) -> usize {
        let missing = needed.iter().filter(|&&number| !self.is_loaded[number]);
        let parsing: usize = missing.map(|&number| self.needs.bytes[number]).sum();
        self.work + parsing * PARSING + self.needs.bytes(needed) * RENDERING
    }

    fn add(&mut self, name: &'a str, needed: &[usize]) {
        self.work = self.work_with(needed);
        self.names.push(name);
        needed.iter().for_each(|&number| self.is_loaded[number] = true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Chart, Template};
    use crate::diagnostic::Source;

    fn chart(templates: &[(String, String)]) -> Chart {
        let mut chart = Chart::default();
        for (name, text) in templates {
            let path = format!("templates/{name}");
            chart.templates.push(Template { source: Source::file(&path, text.as_str()), path });
        }
        chart
    }

    /// The names of the templates that are rendered in each part, and of all that are loaded for it.
    fn split(chart: &Chart) -> Option<[(Vec<String>, Vec<String>); 2]> {
        let mut templates = Templates::new(chart, "c");
        templates.load();
        let names = |part: Templates<'_>| {
            let rendered = part.rendered_and_loaded().into_iter().map(str::to_owned).collect();
            (rendered, part.loaded().map(|(name, _)| name.to_owned()).collect())
        };
        halves(&mut templates).map(|parts| parts.map(names))
    }

    #[test]
    fn each_rendered_template_is_in_one_part_with_what_it_refers_to() {
        let tag = |length: usize| format!("{{{{ '{}' }}}}", "x".repeat(length));
        let mut all = vec![
            ("_part.yaml".to_owned(), format!("{{% component part() %}}{}{{% endcomponent %}}", tag(100))),
            ("_text.yaml".to_owned(), "{{ <part/> }}".to_owned()),
            ("large.yaml".to_owned(), tag(30_000)),
        ];
        all.extend((0..50).map(|n| (format!("{n:02}.yaml"), format!("{{% include '_text.yaml' %}}{}", tag(400)))));
        let [(first, _), (second, with)] = split(&chart(&all)).unwrap();
        assert_eq!(first, ["large.yaml"]);
        assert_eq!(second.len(), 50);
        assert!(with.contains(&"_text.yaml".to_owned()) && with.contains(&"_part.yaml".to_owned()));
        let small: Vec<_> = all.into_iter().filter(|(name, _)| name != "large.yaml").collect();
        let [(first, _), (second, _)] = split(&chart(&small)).unwrap();
        assert_eq!((first.len(), second.len()), (25, 25));
        assert!(split(&chart(&small[..8])).is_none());
    }

    #[test]
    fn a_chart_whose_templates_share_most_of_the_work_is_not_split() {
        let large = format!("{{{{ '{}' }}}}", "x".repeat(100_000));
        let shared = "{% include '_part.yaml' %}";
        for other in ["b", shared] {
            let all = [("_part.yaml", large.as_str()), ("a.yaml", shared), ("b.yaml", other)];
            assert!(split(&chart(&all.map(|(name, text)| (name.to_owned(), text.to_owned())))).is_none());
        }
    }
}
