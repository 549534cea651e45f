//! Reads and writes files, standard input and output, and the charts inside the binary. Only this module and the command line
//! access the outside world.

mod archive;
mod archive_file;
mod chart;
mod chart_directory;
mod charts_folder;
mod directory;
mod disk;
mod embedded;
mod folder;
mod git;
mod helm_folders;
mod helm_plugins;
mod inputs;
mod inside;
mod manifest_files;
mod missing;
mod output_directory;
mod pager;
mod post_renderer;
mod process;
mod rules_file;
mod standard_output;
mod tree;
mod walk;
mod whole_file;
mod zoneinfo;

pub use archive::is_chart_archive;
pub use archive_file::save_archive;
pub use chart_directory::write_chart;
pub use charts_folder::{DependencyFiles, read_charts_folder, save_dependencies};
pub use directory::read_chart;
pub use embedded::{BUILT_IN_CHART, embedded_chart, embedded_charts};
pub use folder::{charts_below, read_folder};
pub use git::{AtRevision, Objects, Revision, read_chart_at};
pub use helm_folders::helm_data_folder;
pub use inputs::{Inputs, MAX_INPUT_BYTES};
pub use manifest_files::{MAX_MANIFEST_BYTES, ManifestFile, read_manifest_files};
pub use missing::near_path;
pub use output_directory::{prune_crd_files, prune_files, prune_object_files, write_file, write_files};
pub use pager::Pager;
pub use post_renderer::{Kind as PostRendererKind, PostRenderer};
pub use rules_file::{read_rules_file, rules_source};
pub use standard_output::write_to_stdout;
pub use walk::Links;
pub use zoneinfo::SystemZones;
