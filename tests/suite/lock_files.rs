//! Tests the lock files of the other crates in this repository, which are built with `--locked`.

use std::path::Path;

#[test]
fn crates_of_the_tests_lock_all_dependencies() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| -> toml::Table {
        let text = std::fs::read_to_string(top.join(path)).expect(path);
        text.parse().expect(path)
    };
    let manifest = read("Cargo.toml");
    let of_systems = manifest["target"].as_table().expect("targets").values().map(|system| &system["dependencies"]);
    let tables = std::iter::once(&manifest["dependencies"]).chain(of_systems);
    let wanted: Vec<&String> = tables.flat_map(|table| table.as_table().expect("dependencies").keys()).collect();
    for lock in ["tests/fuzz/Cargo.lock", "tests/parity/fuzz/Cargo.lock", "tests/parity/templates/Cargo.lock"] {
        let locked = read(lock);
        let packages = locked["package"].as_array().expect("packages");
        let own = packages.iter().find(|package| package["name"].as_str() == Some("mim-chart")).expect(lock);
        // The version follows the name if there are several versions of a crate.
        let names = own["dependencies"].as_array().expect(lock).iter().filter_map(|name| name.as_str());
        let names: Vec<&str> = names.filter_map(|name| name.split(' ').next()).collect();
        let missing: Vec<&String> = wanted.iter().copied().filter(|name| !names.contains(&name.as_str())).collect();
        assert!(missing.is_empty(), "{lock} lacks {missing:?}: run `cargo metadata` in its folder");
    }
}
