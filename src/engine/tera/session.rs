//! One chart rendered many times: its templates are parsed once.

use std::sync::Arc;

use ::tera::Tera;

use super::budget::Spent;
use super::loading::check_loaded;
use super::objects::{self, Needed};
use super::run::Run;
use super::templates::Templates;
use super::{Ready, TeraEngine, as_written, has_templates, render_one};
use crate::chart::{Chart, EngineKind};
use crate::diagnostic::{Diagnostic, Source};
use crate::engine::{Engine, Rendered, Scope, Session};
use crate::yaml::Map;

/// The templates of a tree of charts, ready to be rendered.
pub(super) struct TeraSession {
    charts: Vec<SessionChart>,
}

/// The templates of one chart of the tree.
struct SessionChart {
    /// The names of the subcharts on the way from the root.
    way: Vec<String>,
    /// The path of its `templates` folder.
    base_path: String,
    templates: Vec<SessionTemplate>,
    run: Arc<Run>,
    tera: Tera,
    needed: Needed,
}

struct SessionTemplate {
    name: String,
    path: String,
    source: Source,
}

impl TeraSession {
    /// Loads the templates of a chart and its subcharts; `None` if they can't be.
    pub(super) fn new(chart: &Chart) -> Option<TeraSession> {
        let mut session = TeraSession { charts: Vec::new() };
        session.add(chart, &chart.metadata.name, &mut Vec::new())?;
        Some(session)
    }

    fn add(&mut self, chart: &Chart, path: &str, way: &mut Vec<String>) -> Option<()> {
        for subchart in chart.subcharts.iter().filter(|subchart| has_templates(subchart)) {
            if subchart.engine() != EngineKind::Tera {
                return None;
            }
            let name = &subchart.metadata.name;
            way.push(name.clone());
            self.add(subchart, &format!("{path}/charts/{name}"), way)?;
            way.pop();
        }
        if chart.metadata.kind == "library" {
            return Some(());
        }
        let mut templates = Templates::new(chart, path);
        templates.load();
        check_loaded(&templates).ok()?;
        let Ready { run, tera, needed } = Ready::new(chart, &templates, false, as_written).ok()?;
        let one = |name: &str| {
            let source = templates.source(name)?;
            Some(SessionTemplate { name: name.to_owned(), path: templates.path(name), source })
        };
        let found = templates.rendered_and_loaded().into_iter().filter_map(one).collect();
        let base_path = templates.base_path.clone();
        self.charts.push(SessionChart { way: way.clone(), base_path, templates: found, run, tera, needed });
        Some(())
    }

    /// What the templates give; `None` if anything is wrong.
    fn try_render(&self, scope: &Scope<'_>) -> Option<Vec<Rendered>> {
        let mut rendered = Vec::new();
        let mut spent = Spent::default();
        for chart in &self.charts {
            let empty = Map::new();
            let mut part = *scope;
            for name in &chart.way {
                part.chart = part.chart.subcharts.iter().find(|subchart| subchart.metadata.name == *name)?;
                part.values = part.values.get(name).and_then(|node| node.value.as_map()).unwrap_or(&empty);
            }
            let objects = objects::objects(&part, chart.way.is_empty(), chart.needed).ok()?;
            for SessionTemplate { name, path, source } in &chart.templates {
                let text = render_one(&chart.tera, &chart.run, &objects, &chart.base_path, name, &mut spent).ok()?;
                let notes = name.ends_with("NOTES.txt");
                rendered.push(Rendered { path: path.clone(), template: source.clone(), text, notes });
            }
        }
        rendered.sort_by(|a, b| a.path.cmp(&b.path));
        Some(rendered)
    }
}

impl Session for TeraSession {
    fn render(&self, scope: &Scope<'_>) -> Result<Vec<Rendered>, Vec<Diagnostic>> {
        // Mistakes are told by the way that knows how.
        match self.try_render(scope) {
            Some(rendered) => Ok(rendered),
            None => {
                for chart in &self.charts {
                    chart.run.take_kept();
                }
                TeraEngine.render(scope)
            }
        }
    }
}
