//! Explains where a value comes from and what it affects (`why`), and finds values without effect.
//!
//! | file | what it does |
//! |---|---|
//! | `value_sources` | the layers that set a value, and the one that wins |
//! | `experiment` | renders the chart with other values |
//! | `candidates` | which other values are worth trying |
//! | `effects` | what changed in the output |
//! | `documents` | the manifests with their positions in the output |
//! | `traced` | the output with the origin of each line |
//! | `line`, `line_text` | where a line or a field comes from |
//! | `line_map` | where all lines come from, for other programs |
//! | `images`, `images_text` | the images of a render, and the values that set them |
//! | `api_versions` | API versions that templates asked for, and how the output would differ with them |
//! | `preconditions` | which value must change before another has an effect |
//! | `hidden` | masks secrets in explanations |
//! | `causes`, `differing`, `attribution`, `traced_causes` | which values caused a difference between two sets of manifests |
//! | `template_text` | lines of templates with secrets masked |
//! | `origins` | the template lines, calls and values that lines and differences come from |
//! | `upgrade`, `renamed` | what another version of a chart does with the user's values |
//! | `unused` | values without effect |
//! | `text`, `json` | explanations as text and as JSON |
//!
//! A render takes about a millisecond, so the effect of a value is tried out rather than guessed from the templates. A value
//! without an effect in any experiment may still have one that was not tried.

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

use crate::diagnostic::{Diagnostic, counted, nearest};
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

/// All that is known about one value.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The path of the value.
    pub path: ValuePath,
    /// The value that templates see; `None` if it is not set.
    pub value: Option<Node>,
    /// The layers that set it, the strongest first.
    pub setters: Vec<ValueSource>,
    /// Whether the chart's schema describes it.
    pub is_described: bool,
    /// Similar names that may be meant, if nothing sets this one.
    pub near: Vec<String>,
    /// The valid changes that were tried.
    pub tried: Vec<Change>,
    /// How the output depends on it.
    pub effects: Vec<Effect>,
    /// Whether the effects come from the trace of a render and are complete. Otherwise they were found by experiment.
    pub is_traced: bool,
    /// Whether no line depends on the value because it decided that there are none.
    pub leaves_out: bool,
    /// The disabled subchart that the value is for, if there is one.
    pub switched_off: Option<SwitchedOffSubchart>,
    /// Where templates mention the value, if the chart's engine traces.
    pub mentions: Mentioned,
    /// Changes that the templates refuse, with the reason.
    pub refused: Vec<(Change, String)>,
    /// If the value has no effect: other values that must change first.
    pub gate: Option<Gate>,
    /// Warnings and notes about the values as they are.
    pub warnings: Vec<Diagnostic>,
}

impl Explanation {
    /// Whether nothing is known about the value: nothing sets it, no schema describes it, and no change to it matters.
    pub fn is_unknown(&self) -> bool {
        self.value.is_none()
            && self.setters.is_empty()
            && !self.is_described
            && self.effects.is_empty()
            && self.mentions.places.is_empty()
            && self.switched_off.is_none()
            && self.refused.is_empty()
            && self.gate.is_none()
    }
}

/// Explains the value at `path`: who set it, and what it changes in the output. Lines of the output are masked according to
/// `secrets`; [`hide`] masks the rest.
///
/// # Errors
/// All errors that keep the chart from being rendered.
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
    let mut untried = 0;
    let (effects, refused, tried) = match &traced {
        Some(output) => (output.effects(path, secrets), Vec::new(), Vec::new()),
        None => {
            let Trials { changed, refused, tried, left_out } = Trials::new(&experiment, path);
            untried = left_out;
            (effects::effects(&experiment.rendered, &changed, secrets), refused, tried)
        }
    };
    let is_traced = traced.is_some();
    let leaves_out = effects.is_empty() && traced.as_ref().is_some_and(|output| output.trace.uses(path));
    let mentions = if is_traced { experiment.mentions().mentioned(path) } else { Mentioned::default() };
    let mut gate = None;
    // If the chart doesn't know the value, no other value makes it matter.
    let may_have_gate = effects.is_empty() && refused.is_empty() && !tried.is_empty() && !experiment.is_exhausted();
    if may_have_gate && experiment.knows(path) {
        gate = preconditions::gates(&experiment, &[(path.clone(), tried.clone())]).pop().flatten();
    }
    let value = path.get(values).cloned();
    let mut near = if value.is_none() && setters.is_empty() { near_names(&experiment, path) } else { Vec::new() };
    // A template may use a value that is only commented out in values.yaml.
    near.retain(|name| *name != path.to_string());
    let is_described = experiment.describes(path);
    let mut warnings = experiment.prepared.warnings.clone();
    warnings.extend(untried_warning(path, untried));
    let is_of_no_use = effects.is_empty() && !leaves_out;
    let switched_off = is_of_no_use.then(|| SwitchedOffSubchart::around(path, &experiment.prepared.chart)).flatten();
    Ok(Explanation {
        path: path.clone(),
        value,
        setters,
        is_described,
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

/// The results of trying the changes of one value.
struct Trials {
    changed: Vec<(Change, Vec<Rendered>)>,
    refused: Vec<(Change, String)>,
    tried: Vec<Change>,
    /// How many changes were not tried because the renders do too much work.
    left_out: usize,
}

/// How many changes are tried before the work that they did is looked at.
const BATCH: usize = 16;

/// Returns a warning about changes that were not tried.
fn untried_warning(path: &ValuePath, untried: usize) -> Option<Diagnostic> {
    let were = if untried == 1 { "was" } else { "were" };
    let changes = counted(untried, "change");
    let message = format!("{changes} of {path} {were} not tried, because rendering this chart takes long");
    (untried > 0).then(|| Diagnostic::warning("untried", message).help("ask about a single value instead of a map"))
}

impl Trials {
    fn new(experiment: &Experiment<'_>, path: &ValuePath) -> Trials {
        let (removals, changes): (Vec<_>, Vec<_>) =
            experiment.changes(path).into_iter().partition(|change| change.value.is_none());
        let mut trials = Trials { changed: Vec::new(), refused: Vec::new(), tried: Vec::new(), left_out: 0 };
        trials.run(experiment, changes);
        if trials.changed.is_empty() && trials.refused.is_empty() {
            // Removing a value affects everything that depends on it being there, so it is tried only if nothing else showed an
            // effect.
            trials.run(experiment, removals);
        }
        trials
    }

    fn run(&mut self, experiment: &Experiment<'_>, changes: Vec<Change>) {
        let mut rest = changes.into_iter();
        while rest.len() > 0 {
            if experiment.is_exhausted() {
                self.left_out += rest.len();
                return;
            }
            self.run_batch(experiment, rest.by_ref().take(BATCH).collect());
        }
    }

    fn run_batch(&mut self, experiment: &Experiment<'_>, changes: Vec<Change>) {
        let outcomes = parallel::map(&changes, |change| experiment.try_values(&[change]));
        for (change, outcome) in changes.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Invalid => continue,
                // That a template fails without the value says little: most do.
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

/// Returns similar names that are set, beside the missing key or elsewhere.
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
            let whole = ValuePath::new([near.steps(), rest].concat());
            if whole.get(values).is_some() { whole } else { near }
        };
        return near.map(|near| with_rest(near).to_string()).or_else(elsewhere).into_iter().collect();
    }
    Vec::new()
}
