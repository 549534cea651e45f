//! Merges the user's layers of values over a chart's defaults and checks the result.
//!
//! Every [node](crate::yaml::Node) keeps the place it came from, so that a later error can point to where its
//! value was written.

mod budget;
mod coalesce;
mod file_reader;
mod globals;
mod go_value;
mod layers;
mod merging;
mod origins;
mod path;
mod strvals;
mod toml_values;
mod unknown;

pub use budget::MAX_TOTAL_BYTES;
pub use coalesce::{Coalesced, coalesce, coalesce_tables, merge_defaults, merge_tables};
pub use file_reader::{FileReader, NoFiles, given_file};
pub use go_value::display;
pub use layers::{Layer, LayerKind, ReplacedList, merge_layers, merge_layers_noting, merge_steps, replaced_lists};
pub use merging::ValuesTree;
pub use origins::write_with_origins;
pub use path::{Step, ValuePath};
pub use strvals::{SetFlag, is_text};
pub use toml_values::check_toml;
pub use unknown::{UnknownValue, find_elsewhere, unknown_values};
