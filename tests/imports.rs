//! Checks the dependencies between modules: they follow one order, from `cli` down to `go`, and only `io` and `cli` access the
//! outside world.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The top-level modules of `src`. Each may use those after it.
const ORDER: &[&str] = &[
    "cli",
    "io",
    "validate",
    "lint",
    "page",
    "explain",
    "diff",
    "render",
    "engine",
    "chart",
    "manifest",
    "secrets",
    "values",
    "json_schema",
    "cel",
    "kubernetes",
    "report",
    "json_path",
    "json",
    "yaml",
    "diagnostic",
    "alignment",
    "version",
    "parallel",
    "second_thread",
    "remaining",
    "stack",
    "heap",
    "go",
];

/// Paths and macros that access files, the environment, the clock, the terminal, the network or other processes.
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

/// Methods of paths that query the file system.
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

/// Returns all sources: the top-level module, the path from `src`, and the code without tests and comments.
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

/// Removes comments, and tests from the `#[cfg(test)]` at the end of a file on. Line numbers stay the same.
fn code_of(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    let line = |line: &str| if line.trim_start().starts_with("//") { "\n".to_owned() } else { format!("{line}\n") };
    text[..end].lines().map(line).collect()
}

/// Returns every path in the code that begins with `crate`, `super` or `std`, with groups in braces expanded. `depth` is the
/// level of the module below the crate. Paths whose `super` leads to the crate's root are returned with `crate`, other `super`
/// paths are left out.
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

/// Expands one path, or each path of a group. Returns the code after it.
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
        // Skips the rest of a member: `as name`, `*`, whitespace.
        rest = rest.find(['{', ',', '}', ';']).map_or("", |at| &rest[at..]);
    }
    rest.strip_prefix('}').unwrap_or(rest)
}

/// Returns the level of a source's module below the crate: 2 for `values/strvals/mod.rs`, which is `crate::values::strvals`.
fn depth(path: &str) -> usize {
    path.trim_end_matches("/mod.rs").split('/').count()
}

/// Returns the top-level modules that a source refers to.
fn imported(path: &str, code: &str) -> BTreeSet<String> {
    let paths = paths(code, depth(path));
    paths.iter().filter_map(|path| path.strip_prefix("crate::")?.split("::").next().map(str::to_owned)).collect()
}

#[test]
fn paths_are_found_in_all_notations() {
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
fn only_io_and_cli_access_the_outside_world() {
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

/// Whether a word occurs in the code by itself: `print!` does not occur in `eprint!`.
fn mentions(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
}

#[test]
fn only_the_engine_names_tera() {
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
    const MAX_LENGTH: usize = 560;
    let long: Vec<String> = sources()
        .into_iter()
        .filter_map(|(_, path, _)| {
            let full = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(&path);
            let lines = fs::read_to_string(full).expect("a source file").lines().count();
            (lines > MAX_LENGTH).then(|| format!("{path}: {lines} lines"))
        })
        .collect();
    assert!(long.is_empty(), "files beyond {MAX_LENGTH} lines: {}", long.join(", "));
}

/// A source file as a module: the modules that it uses, and its re-exports.
struct Module {
    /// The path of the file from `src`.
    file: String,
    /// The module's path: `["diff", "impact"]` for `crate::diff::impact`.
    path: Vec<String>,
    /// The code without `pub use`.
    code: String,
    /// The names that `use` brings in, which child modules can use too: each name with the path that it refers to.
    re_exports: Vec<(String, Vec<String>)>,
}

/// A path in one module that leads to another.
struct Use {
    /// The index of the used module.
    target: usize,
    /// The line of the path, from 1.
    line: usize,
    /// The path as written, if it goes through a re-export of a parent module; it should lead directly to the target.
    via_re_export: Option<String>,
}

fn modules() -> Vec<Module> {
    let is_test = |path: &str| path.ends_with("tests.rs") || path.contains("/tests/");
    let files = sources().into_iter().filter(|(module, path, _)| module != "lib" && module != "main" && !is_test(path));
    files
        .map(|(_, file, code)| {
            let path: Vec<String> =
                file.trim_end_matches(".rs").trim_end_matches("/mod").split('/').map(str::to_owned).collect();
            let (code, re_exports) = without_passed_on(&code, &path);
            Module { file, path, code, re_exports }
        })
        .collect()
}

/// Returns the code without `pub use` statements, and the names that all `use` statements bring in. Private ones count too,
/// because child modules can use them.
fn without_passed_on(code: &str, own: &[String]) -> (String, Vec<(String, Vec<String>)>) {
    let (mut rest, mut kept, mut re_exports) = (code, String::new(), Vec::new());
    let begins = ["\nuse ", "\npub use ", "\npub(super) use ", "\npub(crate) use "];
    while let Some(start) = begins.iter().filter_map(|begin| rest.find(begin)).min() {
        let Some(length) = rest[start..].find(';') else { break };
        let statement = &rest[start..start + length];
        let is_public = statement.starts_with("\npub");
        kept.push_str(&rest[..start]);
        match is_public {
            true => kept.extend(statement.chars().filter(|c| *c == '\n')),
            false => kept.extend([statement, ";"]),
        }
        rest = &rest[start + length + 1..];
        let written = statement.split_once("use ").map_or("", |(_, written)| written);
        let mut leaves = Vec::new();
        spread("", written, &mut leaves);
        for path in leaves.iter().map(|leaf| absolute(leaf, own)) {
            if let Some(name) = path.last().cloned() {
                re_exports.push((name, path));
            }
        }
    }
    (kept + rest, re_exports)
}

/// Returns a path in a module as a path from the crate's root.
fn absolute(written: &str, own: &[String]) -> Vec<String> {
    let mut path = own.to_vec();
    for (at, part) in written.split("::").filter(|part| !part.is_empty()).enumerate() {
        match part {
            "crate" if at == 0 => path.clear(),
            "super" => drop(path.pop()),
            "self" => {}
            _ => path.push(part.to_owned()),
        }
    }
    path
}

/// Returns every path in a module that leads into the crate, with its byte offset.
fn written_paths(module: &Module, all: &[Module]) -> Vec<(usize, Vec<String>)> {
    let inside_a_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '.';
    let code = &module.code;
    let find = |first: &str, base: &[String]| -> Vec<(usize, Vec<String>)> {
        let mut found = Vec::new();
        for (start, _) in code.match_indices(&format!("{first}::")) {
            // `pub(in path)` does not use the path.
            if code[..start].ends_with(inside_a_path) || code[..start].ends_with("(in ") {
                continue;
            }
            let mut leaves = Vec::new();
            spread("", &code[start..], &mut leaves);
            found.extend(leaves.iter().map(|leaf| (start, absolute(leaf, base))));
        }
        found
    };
    let mut found = find("crate", &module.path);
    found.extend(find("super", &module.path));
    found.extend(find("self", &module.path));
    // Modules that have a name in this module: children, and those that a `use` brings in.
    let mut names: Vec<(String, Vec<String>)> = all
        .iter()
        .filter(|other| other.path.len() == module.path.len() + 1 && other.path.starts_with(&module.path))
        .map(|child| (child.path.last().expect("a name").clone(), module.path.clone()))
        .collect();
    for (_, path) in &found {
        if let Some((name, above)) = path.split_last()
            && all.iter().any(|other| other.path == *path)
        {
            names.push((name.clone(), above.to_vec()));
        }
    }
    for (name, base) in names {
        found.extend(find(&name, &base));
    }
    found
}

/// Returns the uses of modules in the same top-level folder.
fn uses(module: &Module, all: &[Module]) -> Vec<Use> {
    let mut found: Vec<Use> = Vec::new();
    for (start, written) in written_paths(module, all) {
        let mut path = written.clone();
        let mut via_re_export = None;
        let target = loop {
            let owner = |length: &usize| all.iter().position(|other| other.path == path[..*length]);
            let Some(length) = (1..=path.len()).rev().find(|length| owner(length).is_some()) else { break None };
            let target = owner(&length).expect("found above");
            let Some(name) = path.get(length) else {
                // The whole module is used. For a parent module, the uses of its members are found where their names are used.
                break (!all[target].file.ends_with("mod.rs")).then_some(target);
            };
            let Some((_, meant)) = all[target].re_exports.iter().find(|(known, _)| known == name) else {
                break Some(target);
            };
            if module.path.starts_with(&all[target].path) {
                via_re_export = Some(written.join("::"));
            }
            path = [meant, &path[length + 1..]].concat();
        };
        let Some(target) = target else { continue };
        if all[target].path[0] != module.path[0] && via_re_export.is_none() || all[target].file == module.file {
            continue;
        }
        let line = module.code[..start].matches('\n').count() + 1;
        found.push(Use { target, line, via_re_export });
    }
    found
}

#[test]
fn import_cycles_are_found_in_all_notations() {
    let module = |file: &str, code: &str| {
        let path: Vec<String> =
            file.trim_end_matches(".rs").trim_end_matches("/mod").split('/').map(str::to_owned).collect();
        let (code, re_exports) = without_passed_on(&format!("\n{code}"), &path);
        Module { file: file.to_owned(), path, code, re_exports }
    };
    let all = [
        module("a/mod.rs", "mod b;\nmod c;\npub use b::{B, other};\nfn run() { c::run(); }\n"),
        module("a/b.rs", "use crate::a::c;\nfn other() { c::run(); }\n"),
        module("a/c.rs", "use super::{B, own};\nuse crate::d::D;\n"),
        module("d.rs", "use crate::a;\n"),
    ];
    let imports_of = |at: usize| -> Vec<(String, usize, bool)> {
        let found = uses(&all[at], &all).into_iter();
        found.map(|found| (all[found.target].file.clone(), found.line, found.via_re_export.is_some())).collect()
    };
    assert_eq!(imports_of(0), [("a/c.rs".to_owned(), 5, false)]);
    assert!(imports_of(1).iter().all(|(file, ..)| file == "a/c.rs"), "{:?}", imports_of(1));
    assert_eq!(imports_of(2), [("a/b.rs".to_owned(), 2, true), ("a/mod.rs".to_owned(), 2, false)]);
    assert_eq!(imports_of(3), []);
}

#[test]
fn files_import_from_the_defining_file() {
    let all = modules();
    let mut wrong = Vec::new();
    for module in &all {
        for found in uses(module, &all) {
            if let Some(written) = found.via_re_export {
                let target = &all[found.target];
                wrong.push(format!(
                    "src/{}:{}: crate::{written} is only passed on there: import it from crate::{} (src/{})",
                    module.file,
                    found.line,
                    target.path.join("::"),
                    target.file
                ));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_files_import_each_other() {
    let all = modules();
    let edges: Vec<Vec<Use>> = all.iter().map(|module| uses(module, &all)).collect();
    let reached: Vec<BTreeSet<usize>> = (0..all.len())
        .map(|from| {
            let (mut seen, mut waiting) = (BTreeSet::new(), vec![from]);
            while let Some(at) = waiting.pop() {
                waiting.extend(edges[at].iter().map(|edge| edge.target).filter(|target| seen.insert(*target)));
            }
            seen
        })
        .collect();
    let mut wrong = Vec::new();
    for (from, module) in all.iter().enumerate().filter(|(from, _)| reached[*from].contains(from)) {
        for edge in edges[from].iter().filter(|edge| reached[edge.target].contains(&from)) {
            wrong.push(format!("src/{}:{} uses src/{}", module.file, edge.line, all[edge.target].file));
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(
        wrong.is_empty(),
        "these files import each other in a circle; move what both need into a file below, or pass it as an argument:\n{}",
        wrong.join("\n")
    );
}
