//! Templates of the built-in chart that its values disable as a whole, and that are therefore not parsed.
//!
//! Every template of any other chart is parsed, as in Helm, because it may be invalid. Those of the program are valid:
//! tests parse them all.

use crate::engine::tree::Member;
use crate::yaml::Value;

/// Templates that render [`TEXT`], without evaluating anything else, if `enabled` in this part of the values is false.
const SWITCHES: [(&str, &str); 4] = [
    ("mongoose-networkpolicy.yaml", "networkPolicy"),
    ("mongoose-pdb.yaml", "podDisruptionBudget"),
    ("mongoose-servicemonitor.yaml", "serviceMonitor"),
    ("mongoose-svc-nodeport.yaml", "nodeport"),
];

/// The output of a template that is disabled.
pub(super) const TEXT: &str = "\n";

/// Returns the templates of a chart that are disabled.
pub(super) fn switched_off(member: &Member<'_>) -> Vec<&'static str> {
    if !member.chart.is_built_in {
        return Vec::new();
    }
    let is_off = |part: &str| member.values.at([part, "enabled"]).is_some_and(|node| node.value == Value::Bool(false));
    SWITCHES.into_iter().filter(|(_, part)| is_off(part)).map(|(template, _)| template).collect()
}

#[cfg(test)]
mod tests {
    use crate::chart::Chart;
    use crate::engine::{Capabilities, Release, Scope, Session, render};
    use crate::yaml::Map;

    /// Renders all templates of the built-in chart, with one of its switches set if it is given.
    fn rendered(switch: Option<(&str, bool)>, is_parsed: bool) -> Vec<(String, String)> {
        let chart = Chart::built_in().unwrap();
        let mut values: Map = chart.values.clone();
        if let Some((part, is_on)) = switch {
            let part = values.get_mut(part).unwrap().value.as_map_mut().unwrap();
            part.get_mut("enabled").unwrap().value = super::Value::Bool(is_on);
        }
        let (release, capabilities) = (Release::install("r", "n"), Capabilities::default());
        let scope =
            Scope { chart: &chart, values: &values, release: &release, capabilities: &capabilities, refusals: None };
        let rendered = if is_parsed { Session::new(&chart).unwrap().render(&scope) } else { render(&scope) };
        rendered.unwrap().into_iter().map(|rendered| (rendered.path, rendered.text)).collect()
    }

    #[test]
    fn disabled_templates_are_skipped_with_the_same_output() {
        let chart = Chart::built_in().unwrap();
        for (template, part) in super::SWITCHES {
            assert_eq!(chart.values.at([part, "enabled"]).unwrap().value, super::Value::Bool(false));
            let left = (format!("mongooseim/templates/{template}"), super::TEXT.to_owned());
            assert!(rendered(None, true).contains(&left));
        }
        assert_eq!(rendered(None, false), rendered(None, true));
        for part in ["networkPolicy", "podDisruptionBudget"] {
            assert_eq!(rendered(Some((part, true)), false), rendered(Some((part, true)), true));
            assert_ne!(rendered(Some((part, true)), false), rendered(None, true));
        }
    }
}
