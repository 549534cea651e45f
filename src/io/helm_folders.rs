//! The folders in which Helm stores what a user has installed.

use std::path::PathBuf;

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Returns Helm's data folder: HELM_DATA_HOME, or `helm` in XDG_DATA_HOME or in `~/.local/share`.
pub fn helm_data_folder() -> Option<PathBuf> {
    variable("HELM_DATA_HOME")
        .or_else(|| Some(variable("XDG_DATA_HOME")?.join("helm")))
        .or_else(|| Some(variable("HOME")?.join(".local/share/helm")))
}

/// Returns the plugin folders: those in HELM_PLUGINS, or `plugins` in the data folder.
pub(super) fn plugin_folders() -> Vec<PathBuf> {
    match std::env::var_os("HELM_PLUGINS").filter(|folders| !folders.is_empty()) {
        Some(folders) => std::env::split_paths(&folders).filter(|folder| !folder.as_os_str().is_empty()).collect(),
        None => helm_data_folder().map(|folder| folder.join("plugins")).into_iter().collect(),
    }
}
