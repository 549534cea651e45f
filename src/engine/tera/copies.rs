//! Copies of stock templates in charts, which then render the same with another version of this program.

use super::stock::stock_templates;
use super::templates::Templates;
use crate::chart::{Chart, Template};
use crate::diagnostic::Source;

/// Adds copies of the stock templates that a chart uses to its templates. Those that a library uses are added to the
/// charts that depend on it, because they are looked up there.
pub(in crate::engine) fn add_stock_templates(chart: &mut Chart) {
    if chart.is_library() {
        return;
    }
    let mut templates = Templates::new(chart, "");
    templates.load();
    // What a text passed to `tpl` refers to is not known in advance.
    let renders_texts = templates.references().any(|references| references.calls.contains(&"tpl"));
    let copies: Vec<Template> = stock_templates()
        .into_iter()
        .filter(|(name, _)| templates.uses_stock(name, renders_texts))
        .map(|(name, text)| {
            let path = format!("templates/{name}");
            Template { source: Source::file(path.as_str(), text), path }
        })
        .collect();
    chart.templates.extend(copies);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::File;
    use crate::engine::add_stock_templates;
    use crate::engine::tera::stock::STOCK;

    fn chart(files: &[(&str, &str)]) -> Chart {
        let file = |(path, text): &(&str, &str)| File::new(*path, text.as_bytes().to_vec());
        let mut chart = Chart::from_files(files.iter().map(file).collect()).unwrap();
        add_stock_templates(&mut chart);
        chart
    }

    fn copies(chart: &Chart) -> Vec<&str> {
        let copy = |template: &'_ Template| template.path.starts_with("templates/stock/");
        chart.templates.iter().filter(|template| copy(template)).map(|template| template.path.as_str()).collect()
    }

    const WEB: (&str, &str) = ("Chart.yaml", "name: web\nversion: 1.0.0\nengine: tera\n");

    #[test]
    fn templates_used_indirectly_are_copied_too() {
        let service = ("templates/a.yaml", "{% extends \"stock/service-headless.yaml\" %}");
        let wanted = ["_metadata.yaml", "service-headless.yaml", "service.yaml"];
        assert_eq!(copies(&chart(&[WEB, service])), wanted.map(|name| format!("templates/stock/{name}")));
        assert_eq!(copies(&chart(&[WEB, ("templates/a.yaml", "kind: X")])), [""; 0]);
        assert_eq!(copies(&chart(&[("Chart.yaml", "name: web\nversion: 1.0.0\n"), service])), [""; 0]);
    }

    #[test]
    fn a_charts_own_templates_are_not_replaced() {
        let chart = chart(&[
            WEB,
            ("templates/a.yaml", "{% extends \"stock/configmap.yaml\" %}"),
            ("templates/stock/configmap.yaml", "mine: {{ <fullname/> }}"),
        ]);
        assert_eq!(copies(&chart), ["templates/stock/configmap.yaml", "templates/stock/_metadata.yaml"]);
        assert_eq!(chart.templates[1].source.text(), "mine: {{ <fullname/> }}");
    }

    #[test]
    fn tpl_may_use_every_template() {
        let chart = chart(&[WEB, ("templates/a.yaml", "{{ tpl(text=Values.text) }}")]);
        assert_eq!(copies(&chart).len(), STOCK.len());
    }

    #[test]
    fn subcharts_have_their_own_copies_and_libraries_use_those_of_their_users() {
        let chart = chart(&[
            WEB,
            ("templates/a.yaml", "{% include \"_secret.yaml\" %}"),
            ("charts/db/Chart.yaml", "name: db\nversion: 1.0.0\nengine: tera\n"),
            ("charts/db/templates/a.yaml", "{% extends \"stock/serviceaccount.yaml\" %}"),
            ("charts/lib/Chart.yaml", "name: lib\nversion: 1.0.0\nengine: tera\ntype: library\n"),
            ("charts/lib/templates/_secret.yaml", "{% extends \"stock/secret.yaml\" %}"),
        ]);
        assert_eq!(copies(&chart), ["templates/stock/_metadata.yaml", "templates/stock/secret.yaml"]);
        let db = copies(&chart.subcharts[0]);
        assert_eq!(db, ["templates/stock/_metadata.yaml", "templates/stock/serviceaccount.yaml"]);
        assert_eq!(copies(&chart.subcharts[1]), [""; 0]);
    }
}
