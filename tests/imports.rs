//! Who may import whom: the data goes one way, from `diagnostic` to `cli`, and only `io` and `cli` touch the world.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Every module at the top of `src`: each may use those that come after it.
const ORDER: &[&str] = &[
    "cli",
    "io",
    "validate",
    "lint",
    "explain",
    "diff",
    "render",
    "engine",
    "chart",
    "manifest",
    "secrets",
    "values",
    "json_schema",
    "kubernetes",
    "report",
    "json_path",
    "json",
    "yaml",
    "diagnostic",
    "alignment",
    "version",
    "go",
];

/// What touches files, the environment, the clock, the terminal, the network or other processes.
const WORLD: &[&str] = &[
    "std::fs",
    "std::env",
    "std::process",
    "std::time::SystemTime",
    "std::time::Instant",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "std::io::IsTerminal",
    "fs::",
    "env::",
    "process::",
    "io::stdin",
    "io::stdout",
    "io::stderr",
    "SystemTime",
    "Instant",
    "println!",
    "print!",
    "eprintln!",
    "eprint!",
    "dbg!",
    "thread::sleep",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
];

/// Methods of paths that ask the file system.
const WORLD_METHODS: &[&str] =
    &[".exists()", ".is_file()", ".is_dir()", ".is_symlink()", ".metadata()", ".read_dir()", ".canonicalize()"];

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

/// Every path in the code that begins with `crate`, `super` or `std`, groups in braces spread out. `super` is followed up
/// from a module that lies `depth` levels below the crate: one that leads to the top begins with `crate`.
fn paths(code: &str, depth: usize) -> Vec<String> {
    let mut found = Vec::new();
    for start in ["crate::", "super::", "std::"].iter().flat_map(|first| code.match_indices(first).map(|(at, _)| at)) {
        let inside_a_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        if code[..start].ends_with(inside_a_path) {
            continue;
        }
        let mut rest = &code[start..];
        let mut levels = 0;
        while let Some(after) = rest.strip_prefix("super::") {
            (rest, levels) = (after, levels + 1);
        }
        let prefix = match levels {
            0 => "",
            _ if levels == depth => "crate::",
            _ => continue,
        };
        spread(prefix, rest, &mut found);
    }
    found
}

/// One path, or with a group one for each of its members. Gives what follows it.
fn spread<'c>(prefix: &str, code: &'c str, found: &mut Vec<String>) -> &'c str {
    let end = code.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').unwrap_or(code.len());
    let path = format!("{prefix}{}", &code[..end]);
    let mut rest = &code[end..];
    if !path.ends_with("::") || !rest.starts_with('{') {
        found.push(path);
        return rest;
    }
    while let Some(member) = rest.strip_prefix(['{', ',']) {
        rest = spread(&path, member.trim_start(), found);
        // What is left of a member: `as name`, `*`, white space.
        rest = rest.find(['{', ',', '}', ';']).map_or("", |at| &rest[at..]);
    }
    rest.strip_prefix('}').unwrap_or(rest)
}

/// How many levels below the crate a source's module lies: `values/strvals/mod.rs` is `crate::values::strvals`.
fn depth(path: &str) -> usize {
    path.trim_end_matches("/mod.rs").split('/').count()
}

/// The modules at the top of `src` that a source names.
fn imported(path: &str, code: &str) -> BTreeSet<String> {
    let paths = paths(code, depth(path));
    paths.iter().filter_map(|path| path.strip_prefix("crate::")?.split("::").next().map(str::to_owned)).collect()
}

#[test]
fn paths_are_found_however_they_are_written() {
    let code = "use crate::{yaml::{Map, Node as N}, json};\nuse super::io::words;\nlet x = crate::glob::matches;\n\
                use std::{fs::File, io::{self, Write}};\nuse super::super::engine::Scope;\nstd::env::var(\"x\")";
    let names = |path: &str| imported(path, code).into_iter().collect::<Vec<_>>();
    assert_eq!(names("json/mod.rs"), ["glob", "io", "json", "yaml"]);
    assert_eq!(names("json/read.rs"), ["engine", "glob", "json", "yaml"]);
    assert_eq!(names("values/strvals/parser.rs"), ["glob", "json", "yaml"]);
    let std: Vec<_> = paths(code, 1).into_iter().filter(|path| path.starts_with("std")).collect();
    assert_eq!(std, ["std::fs::File", "std::io::self", "std::io::Write", "std::env::var"]);
}

#[test]
fn folders_import_only_those_after_them() {
    let mut wrong = Vec::new();
    for (module, path, code) in sources() {
        if module == "main" || module == "lib" {
            continue;
        }
        let Some(own) = ORDER.iter().position(|known| *known == module) else {
            wrong.push(format!("src/{path}: add the module `{module}` to ORDER in tests/imports.rs"));
            continue;
        };
        for name in imported(&path, &code) {
            if ORDER[..own].contains(&name.as_str()) {
                wrong.push(format!(
                    "src/{path} imports `{name}`, which comes before `{module}`: move what both need below"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_io_and_cli_touch_the_world() {
    let mut wrong = Vec::new();
    for (module, path, code) in sources() {
        if matches!(module.as_str(), "io" | "cli" | "main") || path.ends_with("tests.rs") || path.contains("/tests/") {
            continue;
        }
        let names = paths(&code, depth(&path)).join("\n") + "\n" + &code;
        let world = WORLD.iter().filter(|word| mentions(&names, word));
        let methods = WORLD_METHODS.iter().filter(|method| code.contains(**method));
        wrong.extend(world.chain(methods).map(|word| format!("{path} uses {word}")));
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
