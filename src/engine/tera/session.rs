//! A tree of charts rendered many times: its templates are parsed only once.

use std::sync::Arc;

use ::tera::Tera;

use super::budget::Spent;
use super::chart::{Ready, as_written, render_one};
use super::loading::check_loaded;
use super::objects::{self, Needed};
use super::run::Run;
use super::templates::Templates;
use crate::diagnostic::Source;
use crate::engine::language::LoadedTemplates;
use crate::engine::scope::{RandomCalls, Rendered, Scope};
use crate::engine::tree::Member;

/// The templates of a tree of charts, ready to be rendered.
pub(super) struct TeraSession {
    charts: Vec<SessionChart>,
}

/// The templates of one chart of the tree.
struct SessionChart {
    /// The names of the subcharts on the way from the root.
    names: Vec<String>,
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
    /// Loads the templates of charts; `None` if they cannot be loaded.
    pub(super) fn new(members: &[Member<'_>]) -> Option<TeraSession> {
        let mut session = TeraSession { charts: Vec::new() };
        members.iter().filter(|member| member.is_rendered()).try_for_each(|member| session.add(member))?;
        Some(session)
    }

    fn add(&mut self, member: &Member<'_>) -> Option<()> {
        let mut templates = Templates::new(member.chart, &member.path);
        templates.load();
        check_loaded(&templates).ok()?;
        let Ready { run, tera, needed } = Ready::new(member.chart, &templates, false, as_written).ok()?;
        let one = |name: &str| {
            let source = templates.source(name)?;
            Some(SessionTemplate { name: name.to_owned(), path: templates.path(name), source })
        };
        let found = templates.rendered_and_loaded().into_iter().filter_map(one).collect();
        let base_path = templates.base_path.clone();
        let names = member.names.iter().map(|name| (*name).to_owned()).collect();
        self.charts.push(SessionChart { names, base_path, templates: found, run, tera, needed });
        Some(())
    }

    /// Renders the templates; `None` if there is any error.
    fn try_render(&self, scope: &Scope<'_>, spent: &mut Spent) -> Option<Vec<Rendered>> {
        let mut rendered = Vec::new();
        for chart in &self.charts {
            let (member, values) = Member::in_tree(&chart.names, scope.chart, scope.values)?;
            let part = Scope { chart: member, values, ..*scope };
            let objects = objects::objects(&part, chart.names.is_empty(), &chart.needed).ok()?;
            chart.run.see(scope.release);
            for SessionTemplate { name, path, source } in &chart.templates {
                let text = render_one(&chart.tera, &chart.run, &objects, &chart.base_path, name, spent).ok()?;
                let notes = name.ends_with("NOTES.txt");
                let (path, template) = (path.clone(), source.clone());
                rendered.push(Rendered { path, template, text, bytes: None, notes, random: RandomCalls::default() });
            }
        }
        Some(rendered)
    }
}

impl LoadedTemplates for TeraSession {
    fn render(&self, scope: &Scope<'_>) -> Option<Vec<Rendered>> {
        let mut spent = Spent::default();
        let rendered = self.try_render(scope, &mut spent);
        let (steps, bytes) = spent.steps_and_bytes();
        scope.release.environment.work.add(steps, bytes);
        if rendered.is_none() {
            for chart in &self.charts {
                chart.run.take_kept();
            }
        }
        rendered
    }
}
