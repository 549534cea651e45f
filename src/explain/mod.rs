//! Where a value comes from and what it touches: `why`, and values without effect.
//!
//! | file | what it does |
//! |---|---|
//! | `value_sources` | the layers that give a value, and the one that wins |
//! | `experiment` | the chart rendered with other values |
//! | `candidates` | which other values are worth trying |
//! | `effects` | what changed in the output |
//! | `documents` | the manifests where they stand in the output |
//! | `traced` | the output with where each line comes from |
//! | `line`, `line_text` | where a line or a field comes from |
//! | `line_map` | the same of all lines, for other programs |
//! | `images`, `images_text` | the images of a render, and the values that set them |
//! | `api_versions` | API versions that templates asked for, and what is left out without them |
//! | `preconditions` | which value has to be another one first |
//! | `hidden` | the answers with what is secret masked |
//! | `causes`, `differing`, `attribution`, `traced_causes` | which values made a difference between two sets of manifests |
//! | `template_text` | lines of templates, with what is secret hidden |
//! | `origins` | which lines of templates, and which calls and values, lines and differences come from |
//! | `upgrade`, `renamed` | what another version of a chart does with the values of its user |
//! | `unused` | values that no experiment gave any effect |
//! | `text`, `json` | the answers, for people and for programs |
//!
//! A render takes about a millisecond, so that it is tried out, not guessed from the templates, what a value does. What
//! was not tried may have an effect: that none was found is not a proof.

mod api_versions;
mod attribution;
mod candidates;
mod causes;
mod differing;
mod documents;
mod effects;
mod experiment;
mod hidden;
mod images;
mod images_text;
mod json;
mod line;
mod line_map;
mod line_text;
mod origins;
mod preconditions;
mod renamed;
mod template_text;
mod text;
mod traced;
mod traced_causes;
mod unused;
mod upgrade;
mod value_sources;

use crate::diagnostic::{Diagnostic, nearest};
use crate::engine::{Mentioned, Rendered};
use crate::parallel;
use crate::secrets::Secrets;
use crate::values::{FileReader, Layer, Step, ValuePath, find_elsewhere};
use crate::yaml::Node;

pub use api_versions::api_version_notes;
pub use causes::add_causes;
pub use differing::Before;
pub use effects::{Effect, EffectKind, Line, Source};
pub use experiment::{Change, Experiments, Subject};
pub use hidden::{hide, hide_unused};
pub use images::{UsedImage, images};
pub use images_text::{images_json, images_names, images_text};
pub use json::{explanation_json, unused_json};
pub use line::{ExplainedLine, LineExplanation, Wanted, WrittenLine, explain_line};
pub use line_map::line_map;
pub use line_text::{line_json, line_text};
pub use origins::{LineOrigins, LineSource, SideTrace, add_origins, add_template_lines};
pub use preconditions::{Gate, GatePart};
pub use text::{explanation_text, unused_text};
pub use unused::{Scanned, SwitchedOffSubchart, Unused, unused};
pub use upgrade::{Version, is_another_chart, upgrade};
pub use value_sources::{SetBy, ValueSource};

use experiment::{Experiment, Outcome};
use traced::TracedOutput;

/// What is to be said of one value.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// Which value.
    pub path: ValuePath,
    /// What templates see; `None` if it is not set.
    pub value: Option<Node>,
    /// Who gave it, the strongest first.
    pub setters: Vec<ValueSource>,
    /// Whether the chart's schema describes it.
    pub described: bool,
    /// The names that may be meant instead, if nothing sets it.
    pub near: Vec<String>,
    /// The changes of it that were tried and are allowed.
    pub tried: Vec<Change>,
    /// What changes in the output.
    pub effects: Vec<Effect>,
    /// Whether the effects are those of the trace of a render: all there are. Otherwise they were found by experiment.
    pub is_traced: bool,
    /// Whether no line depends on the value, and it decided that there are none.
    pub leaves_out: bool,
    /// The subchart that the value is for and the values that switch that off, if they do.
    pub switched_off: Option<SwitchedOffSubchart>,
    /// Where templates mention the value, if the chart's engine traces.
    pub mentions: Mentioned,
    /// Changes that the templates refuse, with the reason.
    pub refused: Vec<(Change, String)>,
    /// If nothing changes: a value that has to be another one first.
    pub gate: Option<Gate>,
    /// What deserves a word about the values as they are.
    pub warnings: Vec<Diagnostic>,
}

impl Explanation {
    /// Whether nothing is known of the value: nothing sets it, no schema describes it, and no change of it matters.
    pub fn is_unknown(&self) -> bool {
        self.value.is_none()
            && self.setters.is_empty()
            && !self.described
            && self.effects.is_empty()
            && self.mentions.places.is_empty()
            && self.switched_off.is_none()
            && self.refused.is_empty()
            && self.gate.is_none()
    }
}

/// Explains the value at a path: who set it, and, by experiment, what it changes in the output. Lines of the output are
/// masked as `secrets` says; [`hide`] masks the rest.
///
/// # Errors
/// All that keeps the chart from being rendered.
pub fn explain(
    subject: Subject<'_>,
    path: &ValuePath,
    layers: &[Layer],
    reader: &dyn FileReader,
    secrets: &Secrets,
) -> Result<Explanation, Vec<Diagnostic>> {
    let experiment = Experiment::new(subject)?;
    let values = &experiment.prepared.values;
    let setters = value_sources::setters(path, layers, reader, &experiment.prepared.chart, values)?;
    let traced = TracedOutput::about(path, &experiment);
    let (effects, refused, tried) = match &traced {
        Some(output) => (output.effects(path, secrets), Vec::new(), Vec::new()),
        None => {
            let Trials { changed, refused, tried } = Trials::of(&experiment, path);
            (effects::effects(&experiment.rendered, &changed, secrets), refused, tried)
        }
    };
    let is_traced = traced.is_some();
    let leaves_out = effects.is_empty() && traced.as_ref().is_some_and(|output| output.trace.uses(path));
    let mentions = if is_traced { experiment.mentions().of(path) } else { Mentioned::default() };
    let mut gate = None;
    // No other value makes the chart use a value that it does not know.
    if effects.is_empty() && refused.is_empty() && !tried.is_empty() && experiment.knows(path) {
        gate = preconditions::gates(&experiment, &[(path.clone(), tried.clone())]).pop().flatten();
    }
    let value = path.get(values).cloned();
    let mut near = if value.is_none() && setters.is_empty() { near_names(&experiment, path) } else { Vec::new() };
    // Templates use what is commented out in values.yaml.
    near.retain(|name| *name != path.to_string());
    let described = experiment.describes(path);
    let warnings = experiment.prepared.warnings.clone();
    let is_of_no_use = effects.is_empty() && !leaves_out;
    let switched_off = is_of_no_use.then(|| SwitchedOffSubchart::around(path, &experiment.prepared.chart)).flatten();
    Ok(Explanation {
        path: path.clone(),
        value,
        setters,
        described,
        near,
        tried,
        effects,
        is_traced,
        leaves_out,
        switched_off,
        mentions,
        refused,
        gate,
        warnings,
    })
}

/// What came of the changes of one value.
struct Trials {
    changed: Vec<(Change, Vec<Rendered>)>,
    refused: Vec<(Change, String)>,
    tried: Vec<Change>,
}

impl Trials {
    fn of(experiment: &Experiment<'_>, path: &ValuePath) -> Trials {
        let (removals, changes): (Vec<_>, Vec<_>) =
            experiment.changes(path).into_iter().partition(|change| change.value.is_none());
        let mut trials = Trials { changed: Vec::new(), refused: Vec::new(), tried: Vec::new() };
        trials.run(experiment, changes);
        if trials.changed.is_empty() && trials.refused.is_empty() {
            // Taken away, a value is missed by whatever is beside it: it is tried only where nothing else tells more.
            trials.run(experiment, removals);
        }
        trials
    }

    fn run(&mut self, experiment: &Experiment<'_>, changes: Vec<Change>) {
        let outcomes = parallel::map(&changes, |change| experiment.try_values(&[change]));
        for (change, outcome) in changes.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Invalid => continue,
                // That a template can't do without the value says little: most can't.
                Outcome::Refused(_) if change.value.is_none() => continue,
                Outcome::Refused(errors) => {
                    let reason = errors.first().map(|error| error.message.clone()).unwrap_or_default();
                    self.refused.push((change.clone(), reason));
                }
                Outcome::Rendered(rendered) => {
                    if !experiment::same(&experiment.rendered, &rendered) {
                        self.changed.push((change.clone(), rendered));
                    }
                }
            }
            self.tried.push(change);
        }
    }
}

/// Names that are set and nearly are the one that is not: beside it, or elsewhere.
fn near_names(experiment: &Experiment<'_>, path: &ValuePath) -> Vec<String> {
    let values = &experiment.prepared.values;
    let mut above = ValuePath::default();
    for step in path.steps() {
        let Step::Key(key) = step else { return Vec::new() };
        let map = if above.steps().is_empty() {
            Some(values)
        } else {
            above.get(values).and_then(|node| node.value.as_map())
        };
        let Some(map) = map else { return Vec::new() };
        if map.get(key).is_some() {
            above = above.key(key);
            continue;
        }
        let known = experiment.names_at(&above);
        let near = nearest(key, map.keys().chain(known.iter().map(String::as_str)));
        let elsewhere = || find_elsewhere(key, values);
        let rest = &path.steps()[above.steps().len() + 1..];
        let with_rest = |near: &str| {
            let near = above.key(near);
            let whole = ValuePath::of([near.steps(), rest].concat());
            if whole.get(values).is_some() { whole } else { near }
        };
        return near.map(|near| with_rest(near).to_string()).or_else(elsewhere).into_iter().collect();
    }
    Vec::new()
}
