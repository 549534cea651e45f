//! Which templates a chart needs: those it renders, and those they refer to, directly or not.

use std::collections::BTreeMap;

use ahash::AHashMap;

use super::scan::{References, defines_components, references};
use super::stock::{STOCK, stock_template};
use crate::chart::Chart;
use crate::diagnostic::Source;
use crate::engine::paths;

/// The templates that a chart can use, and those that it does use.
///
/// A name is looked up in the chart's own `templates/`, then among the stock templates (`stock/...`), then in the
/// library subcharts, nearest first. Components are looked up in the same order.
pub(super) struct Templates<'a> {
    /// The path of the chart's `templates` folder from the root chart's name on: `mongooseim/templates`.
    pub(super) base_path: String,
    own: BTreeMap<&'a str, &'a Source>,
    libraries: Vec<Library<'a>>,
    loaded: BTreeMap<String, Loaded<'a>>,
    /// The template that defines each component; filled when it is first needed.
    components: Option<AHashMap<&'a str, String>>,
    /// What was found in templates on that occasion.
    looked_through: AHashMap<String, References<'a>>,
}

/// A library subchart.
#[derive(Clone)]
struct Library<'a> {
    /// The path of its `templates` folder.
    base_path: String,
    templates: BTreeMap<&'a str, &'a Source>,
}

/// A template that is used, and its references.
struct Loaded<'a> {
    text: Text<'a>,
    references: References<'a>,
}

/// A template's text: a file of a chart, or one in the binary.
#[derive(Clone, Copy)]
enum Text<'a> {
    Chart(&'a Source),
    Stock(&'static str),
}

impl<'a> Text<'a> {
    fn as_str(self) -> &'a str {
        match self {
            Text::Chart(source) => source.text(),
            Text::Stock(text) => text,
        }
    }

    fn to_source(self, name: &str) -> Source {
        match self {
            Text::Chart(source) => source.clone(),
            Text::Stock(text) => Source::file(name, text),
        }
    }
}

impl<'a> Templates<'a> {
    /// Finds the templates of the chart at `path` (`mongooseim`, `mongooseim/charts/db`).
    pub(super) fn new(chart: &'a Chart, path: &str) -> Templates<'a> {
        let mut libraries = Vec::new();
        find_libraries(chart, path, &mut libraries);
        let mut own = by_name(chart);
        if chart.is_library() {
            own.retain(|name, _| is_partial(name));
        }
        Templates {
            base_path: format!("{path}/templates"),
            own,
            libraries,
            loaded: BTreeMap::new(),
            components: None,
            looked_through: AHashMap::new(),
        }
    }

    /// Returns the names of the templates that are rendered by themselves: all of the chart's own, except those whose
    /// file name begins with `_` and the chart's copies of stock templates.
    pub(super) fn rendered(&self) -> Vec<&'a str> {
        self.own.keys().copied().filter(|name| !is_partial(name)).collect()
    }

    /// Returns those of them that are loaded: all, unless faulty ones have been removed.
    pub(super) fn rendered_and_loaded(&self) -> Vec<&'a str> {
        self.rendered().into_iter().filter(|name| self.loaded.contains_key(*name)).collect()
    }

    /// Loads the rendered templates and everything they refer to.
    pub(super) fn load(&mut self) {
        self.load_these(self.rendered());
    }

    /// Loads the same, without some of the rendered templates.
    pub(super) fn load_without(&mut self, left_out: &[&str]) {
        self.load_these(self.rendered().into_iter().filter(|name| !left_out.contains(name)).collect());
    }

    /// Loads the same, with all partials, including those that nothing refers to.
    pub(super) fn load_with_partials(&mut self) {
        self.load_these(self.own.keys().copied().collect());
    }

    fn load_these(&mut self, names: Vec<&'a str>) {
        let mut waiting: Vec<(String, Text<'a>)> = names.into_iter().filter_map(|name| self.resolve(name)).collect();
        while let Some((name, text)) = waiting.pop() {
            if self.loaded.contains_key(&name) {
                continue;
            }
            let references = self.looked_through.remove(&name).unwrap_or_else(|| references(text.as_str()));
            waiting.extend(self.referred(&references));
            self.loaded.insert(name, Loaded { text, references });
        }
    }

    /// Returns the templates that these references name.
    fn referred(&mut self, references: &References<'a>) -> Vec<(String, Text<'a>)> {
        let mut found: Vec<_> = references.templates.iter().filter_map(|name| self.resolve(name)).collect();
        for component in &references.components {
            if !references.defines.contains(component) {
                found.extend(self.defining(component));
            }
        }
        found
    }

    /// Returns the names of the loaded templates, each with the names of those it refers to.
    pub(super) fn loaded_with_referred(&mut self) -> Vec<(String, Vec<String>)> {
        let loaded = std::mem::take(&mut self.loaded);
        let names = |found: Vec<(String, Text<'a>)>| found.into_iter().map(|(name, _)| name).collect();
        let found =
            loaded.iter().map(|(name, loaded)| (name.clone(), names(self.referred(&loaded.references)))).collect();
        self.loaded = loaded;
        found
    }

    /// Returns the same templates, with only these and everything they refer to loaded.
    pub(super) fn part(&self, names: Vec<&'a str>) -> Templates<'a> {
        let mut part = Templates {
            base_path: self.base_path.clone(),
            own: self.own.clone(),
            libraries: self.libraries.clone(),
            loaded: BTreeMap::new(),
            components: self.components.clone(),
            looked_through: self.loaded.iter().map(|(name, found)| (name.clone(), found.references.clone())).collect(),
        };
        part.load_these(names);
        part
    }

    /// Removes faulty templates from those that are loaded, and all that refer to them, directly or not.
    pub(super) fn take_out(&mut self, mut faulty: Vec<String>) {
        if faulty.is_empty() {
            return;
        }
        let loaded: Vec<(String, Text<'a>)> =
            self.loaded.iter().map(|(name, loaded)| (name.clone(), loaded.text)).collect();
        let mut referring: AHashMap<String, Vec<String>> = AHashMap::new();
        for (name, text) in loaded {
            let References { templates, components, .. } = references(text.as_str());
            let mut found: Vec<String> = templates.into_iter().filter_map(|name| self.loaded_name(name)).collect();
            found.extend(components.into_iter().filter_map(|name| self.defining(name)).map(|(name, _)| name));
            for other in found {
                referring.entry(other).or_default().push(name.clone());
            }
        }
        while let Some(name) = faulty.pop() {
            self.loaded.remove(&name);
            faulty.extend(referring.remove(&name).into_iter().flatten());
        }
    }

    /// Returns the names and texts of the loaded templates.
    pub(super) fn loaded(&self) -> impl Iterator<Item = (&str, &str)> {
        self.loaded.iter().map(|(name, loaded)| (name.as_str(), loaded.text.as_str()))
    }

    /// Resolves a reference to the name under which its template is loaded.
    pub(super) fn loaded_name(&self, reference: &str) -> Option<String> {
        self.resolve(reference).map(|(name, _)| name)
    }

    /// Returns the prefixes that Tera tries for a name it does not know. Components under them yield to others of the
    /// same name.
    pub(super) fn prefixes(&self) -> Vec<String> {
        (0..self.libraries.len()).map(library_prefix).chain(["stock/".to_owned()]).collect()
    }

    /// Returns the references of the loaded templates, in the order of [`Templates::loaded`].
    pub(super) fn references(&self) -> impl Iterator<Item = &References<'a>> {
        self.loaded.values().map(|loaded| &loaded.references)
    }

    /// Whether the chart uses a stock template, rather than its own copy; with `any`, whether it can use it.
    pub(super) fn uses_stock(&self, name: &str, any: bool) -> bool {
        !self.own.contains_key(name) && (any || self.loaded.contains_key(name))
    }

    /// Returns the names and sources of the loaded templates.
    pub(super) fn loaded_sources(&self) -> Vec<(String, Source)> {
        self.loaded.iter().map(|(name, loaded)| (name.clone(), loaded.text.to_source(name))).collect()
    }

    /// Returns the names and sources of all templates: the chart's own, those of libraries, and the stock templates.
    pub(super) fn all_sources(&self) -> Vec<(String, Source)> {
        self.everything().map(|(name, text)| (name.clone(), text.to_source(&name))).collect()
    }

    fn everything(&self) -> impl Iterator<Item = (String, Text<'a>)> {
        let own = self.own.iter().map(|(name, source)| ((*name).to_owned(), Text::Chart(source)));
        let libraries = self.libraries.iter().enumerate().flat_map(|(index, library)| {
            let prefix = library_prefix(index);
            library.templates.iter().map(move |(name, source)| (format!("{prefix}{name}"), Text::Chart(source)))
        });
        let stock = STOCK.iter().map(|(name, text)| (format!("stock/{name}"), Text::Stock(text)));
        own.chain(libraries).chain(stock.filter(|(name, _)| !self.own.contains_key(name.as_str())))
    }

    /// Returns the text of a template.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.find(name).map(Text::as_str)
    }

    /// Returns the name of the template that has a source.
    pub(super) fn name_of(&self, source: &Source) -> Option<String> {
        let found = self.everything().find(|(name, text)| match text {
            Text::Chart(own) => *own == source,
            Text::Stock(text) => source.name() == name && source.text() == *text,
        });
        found.map(|(name, _)| name)
    }

    /// Returns the components that can be called, wherever they are defined.
    pub(super) fn component_names(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.everything().flat_map(|(_, text)| references(text.as_str()).defines).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Returns the source of a template.
    pub(super) fn source(&self, name: &str) -> Option<Source> {
        self.find(name).map(|text| text.to_source(name))
    }

    /// Returns the template with exactly this name.
    fn find(&self, name: &str) -> Option<Text<'a>> {
        match self.split_library(name) {
            Some((library, name)) => library.templates.get(name).map(|source| Text::Chart(source)),
            None => {
                self.own.get(name).map(|source| Text::Chart(source)).or_else(|| stock_template(name).map(Text::Stock))
            }
        }
    }

    /// Returns the path of a template as Helm writes it: `mongooseim/templates/x.yaml`; stock templates are
    /// `stock/x.yaml`.
    pub(super) fn path(&self, name: &str) -> String {
        if let Some((library, name)) = self.split_library(name) {
            return format!("{}/{name}", library.base_path);
        }
        if self.own.contains_key(name) { format!("{}/{name}", self.base_path) } else { name.to_owned() }
    }

    /// Returns the names that an unknown one may have meant.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.own.keys().map(|name| (*name).to_owned()).chain(STOCK.iter().map(|(name, _)| format!("stock/{name}")))
    }

    fn split_library<'n>(&self, name: &'n str) -> Option<(&Library<'a>, &'n str)> {
        let (index, name) = name.strip_prefix(LIBRARY)?.split_once('/')?;
        Some((self.libraries.get(index.parse::<usize>().ok()?)?, name))
    }

    /// Returns the template that a name means, with the name under which it is loaded.
    fn resolve(&self, name: &str) -> Option<(String, Text<'a>)> {
        if let Some(source) = self.own.get(name) {
            return Some((name.to_owned(), Text::Chart(source)));
        }
        if let Some(text) = stock_template(name) {
            return Some((name.to_owned(), Text::Stock(text)));
        }
        self.libraries.iter().enumerate().find_map(|(index, library)| {
            let source = library.templates.get(name)?;
            Some((format!("{}{name}", library_prefix(index)), Text::Chart(source)))
        })
    }

    /// Returns the template that defines a component.
    fn defining(&mut self, component: &str) -> Option<(String, Text<'a>)> {
        if self.components.is_none() {
            self.components = Some(self.all_components());
        }
        let name = self.components.as_ref()?.get(component)?;
        match self.split_library(name) {
            Some((library, bare)) => Some((name.clone(), Text::Chart(library.templates.get(bare)?))),
            None => self.resolve(name),
        }
    }

    /// Returns the template that defines each component; of several, the nearest.
    fn all_components(&mut self) -> AHashMap<&'a str, String> {
        let mut components = AHashMap::new();
        for (name, text) in self.everything().collect::<Vec<_>>() {
            if !defines_components(text.as_str()) {
                continue;
            }
            let references = references(text.as_str());
            for component in &references.defines {
                components.entry(*component).or_insert_with(|| name.clone());
            }
            if !self.loaded.contains_key(&name) {
                self.looked_through.insert(name, references);
            }
        }
        components
    }
}

/// The prefix of the names under which templates of libraries are loaded; no file in a chart has such a name.
const LIBRARY: &str = "library:";

fn library_prefix(index: usize) -> String {
    format!("{LIBRARY}{index}/")
}

/// Whether a template exists only for use by others.
fn is_partial(name: &str) -> bool {
    name.starts_with("stock/") || paths::is_partial(name)
}

fn by_name(chart: &Chart) -> BTreeMap<&str, &Source> {
    let named = |template: &'_ crate::chart::Template| template.path.strip_prefix("templates/").is_some();
    chart
        .templates
        .iter()
        .filter(|template| named(template))
        .map(|template| (&template.path["templates/".len()..], &template.source))
        .collect()
}

/// Finds the library charts below a chart, level by level.
fn find_libraries<'a>(chart: &'a Chart, path: &str, found: &mut Vec<Library<'a>>) {
    let mut level: Vec<(&Chart, String)> = vec![(chart, path.to_owned())];
    while !level.is_empty() {
        let mut next = Vec::new();
        for (chart, path) in level {
            for subchart in &chart.subcharts {
                let path = format!("{path}/charts/{}", subchart.metadata.name);
                if subchart.is_library() {
                    found.push(Library { base_path: format!("{path}/templates"), templates: by_name(subchart) });
                }
                next.push((subchart, path));
            }
        }
        level = next;
    }
}
