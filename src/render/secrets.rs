//! Finds the secrets in a chart and in the values that it is rendered with.

use super::schemas::Schemas;
use crate::chart::Chart;
use crate::secrets::Gathering;
use crate::values::{self, FileReader, Layer, merge_defaults, merge_layers};
use crate::yaml::Map;

/// Collects the secrets in layers of values and in the chart's values merged with them. Errors are ignored, as other steps
/// report them: secrets are collected from what can be read.
pub fn secrets_of(chart: Option<&Chart>, layers: &[Layer], reader: &dyn FileReader) -> Gathering {
    let user = merge_layers(layers, reader).ok();
    let mut gathering = secrets_of_values(chart, user.as_ref());
    // A value that a later layer replaces is a secret as well.
    let schemas = chart.map(Schemas::new);
    let documents = schemas.as_ref().map(Schemas::documents).unwrap_or_default();
    for layer in layers {
        if let Ok(values) = merge_layers(std::slice::from_ref(layer), reader) {
            gathering.values(&values, &documents);
        }
    }
    gathering
}

/// Like [`secrets_of`], with the user's values merged already.
pub fn secrets_of_values(chart: Option<&Chart>, user: Option<&Map>) -> Gathering {
    let mut gathering = Gathering::default();
    let empty = Map::new();
    let user = user.unwrap_or(&empty);
    let Some(chart) = chart else {
        gathering.values(user, &[]);
        return gathering;
    };
    let mut chart = chart.clone();
    let is_processed = chart.process_dependencies(user).is_ok();
    let schemas = Schemas::new(&chart);
    let documents = schemas.documents();
    if !is_processed {
        // The values may be too large to merge: use those of the user and of the chart itself.
        gathering.defaults(&chart.values, &documents);
        gathering.values(user, &documents);
        return gathering;
    }
    let tree = chart.values_tree();
    if let Ok(defaults) = merge_defaults(&tree) {
        gathering.defaults(&defaults.values, &documents);
    }
    match values::coalesce(&tree, user.clone()) {
        Ok(coalesced) => gathering.values(&coalesced.values, &documents),
        Err(_) => gathering.values(user, &documents),
    }
    gathering
}
