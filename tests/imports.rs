//! Who may import whom: the data goes one way, from `diagnostic` to `cli`, and only `io` and `cli` touch the world.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Every module at the top of `src`, and what it may use of the others. `render` and `engine` are files and folders alike.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("diagnostic", &[]),
    ("glob", &[]),
    ("go_text", &[]),
    ("yaml", &["diagnostic", "go_text"]),
    ("json", &["yaml", "diagnostic", "go_text"]),
    ("values", &["json", "yaml", "diagnostic", "go_text"]),
    ("chart", &["values", "json", "yaml", "diagnostic", "glob", "go_text"]),
    ("engine", &["chart", "values", "json", "yaml", "diagnostic", "glob", "go_text"]),
    ("manifest", &["yaml", "diagnostic", "glob", "go_text"]),
    ("render", &["engine", "manifest", "chart", "values", "json", "yaml", "diagnostic"]),
    ("lint", &["render", "engine", "manifest", "chart", "values", "json", "yaml", "diagnostic", "glob", "go_text"]),
    ("io", &["chart", "diagnostic", "values"]),
    ("cli", &["*"]),
];

/// What touches files, the environment, the clock, the terminal or other processes.
const WORLD: &[&str] = &[
    "std::fs",
    "std::env",
    "std::process",
    "SystemTime",
    "Instant",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "io::stdin",
    "io::stdout",
    "io::stderr",
    "println!",
    "print!",
    "eprintln!",
    "eprint!",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
];

fn source_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            source_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// All sources: the module at the top of `src` that each belongs to, its path, and its code without tests and comments.
fn sources() -> Vec<(String, String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    source_files(&src, &mut files);
    files
        .into_iter()
        .map(|path| {
            let below = path.strip_prefix(&src).expect("below src").to_string_lossy().into_owned();
            let module = below.split(['/', '.']).next().expect("a first part").to_owned();
            let text = fs::read_to_string(&path).expect("a source file");
            (module, below, code_of(&text))
        })
        .collect()
}

/// What is compiled into the program: no comments, and nothing from `#[cfg(test)]` on, which stands last in every file.
fn code_of(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end].lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

/// The modules that a source names: `crate::values::…`, `crate::{io, render}`, `mim_chart::…`.
fn imported(code: &str) -> BTreeSet<String> {
    let word = |text: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("").to_owned();
    let mut found = BTreeSet::new();
    for (_, rest) in code.match_indices("crate::").map(|(at, prefix)| (at, &code[at + prefix.len()..])) {
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group.split('}').next().unwrap_or("").split(',').map(|name| word(name.trim()))),
            None => {
                found.insert(word(rest));
            }
        }
    }
    found.remove("");
    found
}

#[test]
fn modules_import_only_what_stands_before_them() {
    let mut wrong = Vec::new();
    let known: Vec<&str> = MAY_IMPORT.iter().map(|(module, _)| *module).collect();
    for (module, path, code) in sources() {
        if module == "main" || module == "lib" {
            continue;
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(known, _)| *known == module) else {
            wrong.push(format!("{path}: no rule for the module {module}"));
            continue;
        };
        for name in imported(&code) {
            let is_module = known.contains(&name.as_str());
            if is_module && name != module && *allowed != ["*"] && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{path} imports {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_io_and_cli_touch_the_world() {
    let mut wrong = Vec::new();
    for (module, path, code) in sources() {
        if matches!(module.as_str(), "io" | "cli" | "main") || path.ends_with("tests.rs") {
            continue;
        }
        wrong.extend(WORLD.iter().filter(|word| mentions(&code, word)).map(|word| format!("{path} uses {word}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a word stands in the code on its own: `print!` is not in `eprint!`.
fn mentions(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
}

#[test]
fn tera_stays_behind_the_engine() {
    for (_, path, code) in sources() {
        let names = code.lines().any(|line| {
            let line = line.trim_start();
            line.starts_with("use tera::") || line.contains("::tera::") || line.contains(" tera::")
        });
        assert!(!names || path.starts_with("engine/"), "{path} names Tera's types");
    }
}

#[test]
fn files_do_one_thing() {
    const LONGEST: usize = 560;
    let long: Vec<String> = sources()
        .into_iter()
        .filter_map(|(_, path, _)| {
            let full = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(&path);
            let lines = fs::read_to_string(full).expect("a source file").lines().count();
            (lines > LONGEST).then(|| format!("{path}: {lines} lines"))
        })
        .collect();
    assert!(long.is_empty(), "files beyond {LONGEST} lines: {}", long.join(", "));
}
