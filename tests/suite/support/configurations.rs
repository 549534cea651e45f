//! Keeps MongooseIM configurations from tests, so that `tests/mongooseim/parser` can check them with MongooseIM's own parser.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

/// The environment variable with the folder to write them to.
const FOLDER: &str = "KEEP_CONFIGURATIONS";

/// Whether configurations are kept. If so, tests should create more of them.
pub fn are_kept() -> bool {
    std::env::var_os(FOLDER).is_some()
}

/// Writes a configuration for a version to the folder, if there is one.
pub fn keep(version: &str, text: &str) {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let folder = PathBuf::from(folder).join(version);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(format!("{:016x}.toml", hasher.finish())), text).expect("a file");
}
