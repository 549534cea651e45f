//! Tests every module and every listener by itself with each choice of databases: the configuration is valid by the reference, or
//! a message names the value to set.

use std::collections::BTreeMap;
use std::fs;
use std::process::Output;

use super::rendering::{flags, read, run};
use crate::support::command::mim_chart;

const REFERENCE: &str = include_str!("../../../src/lint/mongooseim/reference.txt");
const CHOICES: &[&[&str]] = &[
    &["volatileDatabase=mnesia", "persistentDatabase=mnesia"],
    &["volatileDatabase=mnesia", "persistentDatabase=rdbms"],
    &["volatileDatabase=cets", "persistentDatabase=rdbms"],
];
const VERSIONS: [&str; 2] = ["6.6.0", "6.8.1"];

/// The keys without which a module does not work.
#[rustfmt::skip]
const KEYS: &[(&str, &str)] = &[
    ("mod_event_pusher", r#"{"push":{}}"#),
    ("mod_external_filter", r#"{"pool_tag":"web"}"#),
    ("mod_global_distrib", r#"{"global_host":"a.example","local_host":"b.example"}"#),
    ("mod_http_upload", r#"{"s3":{"bucket_url":"https://s3.example","region":"eu","access_key_id":"a","secret_access_key":"s"}}"#),
    ("mod_mam", r#"{"pm":{}}"#),
    ("mod_pubsub_old", r#"{"plugins":["pep"]}"#),
];

fn number(version: &str) -> Vec<u32> {
    version.split('.').map(|part| part.parse().expect("a number")).collect()
}

/// Returns the modules of a version.
fn modules(version: &str) -> Vec<&'static str> {
    let of_modules = REFERENCE.split("\n@modules\n").nth(1).expect("modules").split("\n@").next().unwrap();
    let heads = of_modules.lines().filter(|line| line.starts_with(" mod_"));
    let is_in = |line: &&str| {
        line.split(' ').all(|word| match (word.strip_prefix(">="), word.strip_prefix('<')) {
            (Some(since), _) => number(version) >= number(since),
            (_, Some(until)) => number(version) < number(until),
            _ => true,
        })
    };
    let mut names: Vec<_> = heads.filter(is_in).filter_map(|line| line.split_whitespace().next()).collect();
    names.dedup();
    names
}

fn sentence(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Checks that `validate-config` accepts configurations of a version. The keys are file names.
pub fn check(version: &str, files: &BTreeMap<String, String>) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let mut command = mim_chart(folder.path());
    command.args(["validate-config", "--mongooseim-version", version]).args(files.keys());
    let output = command.output().expect("mim-chart runs");
    assert!(output.status.success(), "{version}: {}", String::from_utf8_lossy(&output.stdout));
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn every_module_works_or_says_which_value_to_set() {
    for version in VERSIONS {
        let mut accepted = BTreeMap::new();
        for module in modules(version) {
            // These are started by other modules and do not belong in a configuration.
            if module.starts_with("mod_mam_") || module == "mod_muc_light_cache" {
                continue;
            }
            let keys = KEYS.iter().find(|(name, _)| *name == module).map_or("{}", |(_, keys)| keys);
            for (at, choice) in CHOICES.iter().enumerate() {
                let tag = format!("image.tag={version}");
                let mut sets = vec![tag, format!("json:modules={{\"{module}\":{keys}}}")];
                sets.extend(choice.iter().map(|set| (*set).to_owned()));
                let output = run(&[vec!["template".to_owned()], flags(&sets)].concat());
                if output.status.success() {
                    let rendered = read(String::from_utf8(output.stdout).expect("UTF-8"));
                    accepted.insert(format!("{module}-{at}.toml"), rendered.file("mongooseim.toml").expect("a file"));
                } else {
                    let printed = sentence(&output);
                    let has_value = printed.contains("set persistentDatabase=rdbms")
                        || printed.contains("set volatileDatabase=mnesia");
                    assert!(
                        printed.contains(&format!("modules.{module}")) && has_value,
                        "{version} {sets:?}: {printed}"
                    );
                }
            }
            let works = (0..CHOICES.len()).any(|at| accepted.contains_key(&format!("{module}-{at}.toml")));
            assert!(works, "{version}: {module} works on no choice of databases");
        }
        assert!(accepted.len() > 100, "{}", accepted.len());
        check(version, &accepted);
    }
}

#[test]
fn every_listener_works_on_each_choice_of_databases() {
    let listeners =
        ["c2s", "c2s-tls", "s2s", "bosh-ws", "bosh-wss", "gql-admin", "gql-dom-admin", "gql-user", "prometheus"];
    for version in VERSIONS {
        let mut files = BTreeMap::new();
        for (at, choice) in CHOICES.iter().enumerate() {
            for listener in listeners {
                let others = listeners.iter().filter(|other| **other != listener);
                let mut sets: Vec<String> = choice.iter().map(|set| (*set).to_owned()).collect();
                sets.extend(others.map(|other| format!("listeners.{other}.enabled=false")));
                sets.extend([
                    format!("listeners.{listener}.enabled=true"),
                    format!("image.tag={version}"),
                    "tlsCertSecret=tls".to_owned(),
                    "loadBalancer.enabled=false".to_owned(),
                    "readinessProbe.enabled=false".to_owned(),
                ]);
                let output = run(&[vec!["template".to_owned()], flags(&sets)].concat());
                assert!(output.status.success(), "{version} {sets:?}: {}", sentence(&output));
                let rendered = read(String::from_utf8(output.stdout).expect("UTF-8"));
                files.insert(format!("{listener}-{at}.toml"), rendered.file("mongooseim.toml").expect("a file"));
            }
        }
        check(version, &files);
    }
}
