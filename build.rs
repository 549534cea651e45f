//! Puts the stock templates of the folder `templates` and the charts of the folder `charts` into tables that the
//! binary is built with, and tells the code whether it is optimized.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    println!("cargo::rustc-check-cfg=cfg(optimized)");
    if env::var("OPT_LEVEL").is_ok_and(|level| level != "0") {
        println!("cargo::rustc-cfg=optimized");
    }
    write_table(&root.join("templates"), "include_str!", &out.join("stock_templates.rs"))?;
    write_table(&root.join("charts"), "include_bytes!", &out.join("charts.rs"))
}

/// Writes a slice of pairs, name below `folder` and content, in the order in which a directory chart is read.
fn write_table(folder: &Path, include: &str, to: &Path) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut found = Vec::new();
    collect(folder, "", &mut found)?;
    let mut table = String::from("&[\n");
    // The README beside the stock templates is for people; a chart's own is part of the chart.
    let is_part = |name: &str| include == "include_bytes!" || !name.ends_with(".md");
    for (name, path) in found.into_iter().filter(|(name, _)| is_part(name)) {
        // Writing to a String can't fail.
        let _ = writeln!(table, "    ({name:?}, {include}({:?})),", path.display().to_string());
    }
    table.push_str("]\n");
    fs::write(to, table)
}

/// The files below a folder, with their names from there on; folders and files of one folder in byte order.
fn collect(folder: &Path, prefix: &str, found: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        let name = format!("{prefix}{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), found)?;
        } else {
            found.push((name, path));
        }
    }
    Ok(())
}
