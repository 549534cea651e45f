//! Compares calls of every function of Go templates with Helm's results in `cases/go_templates/calls.json`.
//!
//! `CASE=strings` runs the rows whose id begins with `strings`. Where Helm fails, our message must begin with Helm's text.

use std::sync::{Arc, LazyLock};

use mim_chart::chart::{Chart, File};
use mim_chart::diagnostic::Severity;
use mim_chart::engine::{self, Capabilities, Environment, Release, Scope};
use mim_chart::go::time::{Zone, Zones};
use mim_chart::io::SystemZones;
use mim_chart::render::prepare_merged;
use serde_json::Value;

use crate::support::recorded::{self, text};

/// The system's time zones, with UTC as the local zone.
#[derive(Debug, Default)]
struct LocalUtc(SystemZones);

impl Zones for LocalUtc {
    fn load(&self, name: &str) -> Option<Zone> {
        self.0.load(name)
    }

    fn local(&self) -> Zone {
        static LOCAL: LazyLock<Zone> = LazyLock::new(Zone::local_utc);
        LOCAL.clone()
    }
}

#[test]
fn calls_return_the_results_of_helm() {
    let rows = recorded::cases("go_templates/calls.json", 50);
    let chart = recorded::object("go_templates/calls_chart.json");
    let wanted = std::env::var("CASE").unwrap_or_default();
    let calls: Vec<&Value> = rows
        .iter()
        .filter(|row| text(&row["id"]).starts_with(&wanted))
        .flat_map(|row| row["calls"].as_array().into_iter().flatten())
        .collect();
    assert!(!wanted.is_empty() || calls.len() >= 4_000, "{} calls", calls.len());
    let all = |calls: &[&Value]| calls.iter().filter_map(|call| difference(&chart, call)).collect::<Vec<_>>();
    let (first, second) = calls.split_at(calls.len() / 2);
    let wrong = std::thread::scope(|scope| {
        let second = scope.spawn(|| all(second));
        let mut wrong = all(first);
        wrong.extend(second.join().expect("no panic"));
        wrong
    });
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), calls.len(), wrong.join("\n"));
}

fn difference(chart: &Value, call: &Value) -> Option<String> {
    let written = text(&call["call"]);
    let ours = answer(chart, written);
    match (call["out"].as_str(), call["error"].as_str(), &ours) {
        (Some(helms), _, Ok(ours)) if helms == ours => return None,
        (_, Some(helms), Err(ours)) if ours.starts_with(helms.strip_prefix("Error: ").unwrap_or(helms)) => return None,
        _ => {}
    }
    let helms = call["out"].as_str().map_or_else(|| format!("error {}", call["error"]), |out| format!("{out:?}"));
    Some(format!("{written}\n  Helm {helms}\n  ours {ours:?}"))
}

/// Returns the result of a call, or the message of the first error.
fn answer(chart: &Value, call: &str) -> Result<String, String> {
    let file = |path: &str, text: &str| File::new(path, text.as_bytes().to_vec());
    let mut files = vec![
        file("Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n"),
        file("templates/_0.tpl", &format!("{{{{ define \"call0\" }}}}{call}{{{{ end }}}}")),
        file("templates/t.yaml", "call0: {{ include \"call0\" . | toRawJson }}\n"),
    ];
    files.extend(chart.as_object().into_iter().flatten().map(|(path, content)| file(path, text(content))));
    let first_error = |errors: Vec<mim_chart::Diagnostic>| {
        let mut errors = errors.into_iter().filter(|error| error.severity == Severity::Error);
        errors.next().map_or_else(|| "failed without an error".to_owned(), |error| error.message)
    };
    let chart = Chart::from_files(files).map_err(first_error)?;
    let prepared = prepare_merged(chart, Default::default(), None, false).map_err(first_error)?;
    let mut release = Release::install("r", "default");
    release.environment = Environment { zones: Arc::new(LocalUtc::default()), ..Environment::default() };
    let capabilities = Capabilities::default();
    let (chart, values) = (&prepared.chart, &prepared.values);
    let scope = Scope { chart, values, release: &release, capabilities: &capabilities, refusals: None };
    let rendered = engine::render(&scope).map_err(first_error)?;
    let text =
        rendered.into_iter().find(|rendered| rendered.path == "c/templates/t.yaml").map(|rendered| rendered.text);
    let line = text.unwrap_or_default();
    let json = line.strip_prefix("call0: ").unwrap_or_default();
    Ok(serde_json::from_str(json).expect("a text as JSON"))
}
