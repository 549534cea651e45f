//! The charts of a tree, in the order in which engines process them.

use super::scope::Scope;
use crate::chart::{Chart, EngineKind};
use crate::yaml::Map;

/// A chart in a tree.
#[derive(Debug, Clone)]
pub(super) struct Member<'a> {
    /// Its path from the root chart's name on: `mongooseim`, `mongooseim/charts/db`.
    pub(super) path: String,
    /// The names of the subcharts on the way from the root; empty for the root.
    pub(super) names: Vec<&'a str>,
    /// The chart.
    pub(super) chart: &'a Chart,
    /// Its part of the tree's values.
    pub(super) values: &'a Map,
}

impl<'a> Member<'a> {
    /// Whether it is the root of the tree.
    pub(super) fn is_root(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether its templates are rendered: those of a library chart exist only for use by others.
    pub(super) fn is_rendered(&self) -> bool {
        !self.chart.is_library()
    }

    /// Returns the scope of its templates.
    pub(super) fn scope(&self, of_tree: &Scope<'a>) -> Scope<'a> {
        Scope { chart: self.chart, values: self.values, ..*of_tree }
    }

    /// Whether the rendered file `path` is one of its templates.
    pub(super) fn owns(&self, path: &str) -> bool {
        path.strip_prefix(self.path.as_str()).is_some_and(|rest| rest.starts_with("/templates/"))
    }

    /// Returns the chart and its values, by its `names`, in another tree of the same charts.
    pub(super) fn in_tree<'b>(names: &[String], chart: &'b Chart, values: &'b Map) -> Option<(&'b Chart, &'b Map)> {
        let subchart =
            |chart: &'b Chart, name: &String| chart.subcharts.iter().find(|subchart| subchart.metadata.name == *name);
        names
            .iter()
            .try_fold((chart, values), |(chart, values), name| Some((subchart(chart, name)?, part(values, name))))
    }
}

/// Returns all charts of a tree, subcharts before the chart that they belong to.
pub(super) fn members<'a>(chart: &'a Chart, values: &'a Map) -> Vec<Member<'a>> {
    let mut all = Vec::new();
    add(&mut all, chart, values, chart.metadata.name.clone(), &mut Vec::new());
    all
}

fn add<'a>(all: &mut Vec<Member<'a>>, chart: &'a Chart, values: &'a Map, path: String, names: &mut Vec<&'a str>) {
    for subchart in &chart.subcharts {
        let name = &subchart.metadata.name;
        names.push(name);
        add(all, subchart, part(values, name), format!("{path}/charts/{name}"), names);
        names.pop();
    }
    all.push(Member { path, names: names.clone(), chart, values });
}

/// Returns the values of a subchart; empty if they are not a map.
fn part<'a>(values: &'a Map, name: &str) -> &'a Map {
    static NONE: std::sync::LazyLock<Map> = std::sync::LazyLock::new(Map::new);
    values.get(name).and_then(|node| node.value.as_map()).unwrap_or(&NONE)
}

/// Groups the members by kind, in their order. A kind without templates is left out, unless it is the root chart's.
pub(super) fn by_kind<'a>(members: Vec<Member<'a>>) -> Vec<(EngineKind, Vec<Member<'a>>)> {
    let mut kinds: Vec<(EngineKind, Vec<Member<'a>>)> = Vec::new();
    for member in members {
        let kind = member.chart.engine();
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, members)) => members.push(member),
            None => kinds.push((kind, vec![member])),
        }
    }
    kinds.retain(|(_, members)| members.iter().any(|member| member.is_root() || !member.chart.templates.is_empty()));
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::File;

    fn chart(files: &[(&str, &str)]) -> Chart {
        let file = |(path, text): &(&str, &str)| File::new(*path, text.as_bytes().to_vec());
        Chart::from_files(files.iter().map(file).collect()).expect("a chart")
    }

    #[test]
    fn subcharts_come_before_their_parent_with_their_own_values() {
        let chart = chart(&[
            ("Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\nengine: tera\n"),
            ("values.yaml", "db: {user: u}\n"),
            ("templates/a.yaml", ""),
            ("charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n"),
            ("charts/db/templates/a.yaml", ""),
            ("charts/db/charts/x/Chart.yaml", "apiVersion: v2\nname: x\nversion: 1.0.0\ntype: library\nengine: tera\n"),
        ]);
        let members = members(&chart, &chart.values);
        let paths: Vec<_> =
            members.iter().map(|member| (member.path.as_str(), member.is_root(), member.is_rendered())).collect();
        assert_eq!(paths, [("c/charts/db/charts/x", false, false), ("c/charts/db", false, true), ("c", true, true)]);
        assert!(members[1].values.get("user").is_some() && members[0].values.is_empty());
        assert!(members[1].owns("c/charts/db/templates/a.yaml") && !members[2].owns("c/charts/db/templates/a.yaml"));
        let kinds: Vec<_> = by_kind(members).into_iter().map(|(kind, members)| (kind, members.len())).collect();
        assert_eq!(kinds, [(EngineKind::Tera, 2), (EngineKind::GoTemplate, 1)]);
    }
}
