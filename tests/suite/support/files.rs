//! Creates files, folders and archives for tests.

use std::fs;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

/// Writes a file, and creates its parent folders.
pub fn write(path: &Path, content: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("folders are made");
    fs::write(path, content).expect("a file is written");
}

/// Packs the contents of `folder` as a gzipped tar archive, in the folder `name`, or at the top if that is empty.
pub fn pack(folder: &Path, name: &str, archive: &Path) {
    fs::create_dir_all(archive.parent().expect("a folder")).expect("folders are made");
    let file = fs::File::create(archive).expect("an archive");
    let mut builder = tar::Builder::new(GzEncoder::new(file, Compression::fast()));
    builder.append_dir_all(PathBuf::from(name), folder).expect("files");
    builder.into_inner().expect("an archive").finish().expect("an archive");
}
