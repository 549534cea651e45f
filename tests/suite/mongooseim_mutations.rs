//! Tests that mistakes in a MongooseIM configuration are reported on the right line. Each mistake is one change of a valid file.

use std::collections::BTreeMap;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use serde_json::Value;

use crate::support::command::mim_chart;
use crate::support::configurations;

const VALID: &str = include_str!("../cases/mongooseim/valid.toml");
const VERSION: &str = "6.8.1";

/// A changed file, and the lines (from 1) one of which must have a finding.
struct Mutation {
    what: String,
    text: String,
    lines: RangeInclusive<usize>,
    version: &'static str,
}

/// A line `key = value # marks`.
struct Pair<'a> {
    indent: &'a str,
    key: &'a str,
    value: &'a str,
    marks: &'a str,
}

fn pair(line: &str) -> Option<Pair<'_>> {
    let (written, marks) = line.split_once(" # ").unwrap_or((line, ""));
    let (key, value) = written.split_once(" = ")?;
    let trimmed = key.trim_start();
    (!trimmed.starts_with('#')).then(|| Pair { indent: &key[..key.len() - trimmed.len()], key: trimmed, value, marks })
}

/// Returns the file with a line replaced or removed.
fn with_line(number: usize, line: Option<&str>) -> String {
    let lines = VALID.lines().enumerate();
    let changed = lines.filter_map(|(at, old)| if at == number { line } else { Some(old) });
    changed.map(|line| format!("{line}\n")).collect()
}

/// Returns the lines of the section that contains a line, from its header to the line before the next header.
fn section(number: usize) -> RangeInclusive<usize> {
    let lines: Vec<&str> = VALID.lines().collect();
    let is_head = |line: &str| line.trim_start().starts_with('[');
    let first = (0..=number).rev().find(|at| is_head(lines[*at])).unwrap_or(0);
    let next = (number + 1..lines.len()).find(|at| is_head(lines[*at])).unwrap_or(lines.len());
    first + 1..=next
}

/// Returns one change of each kind for each line to which it applies.
fn of_lines() -> Vec<Mutation> {
    let mut all = Vec::new();
    for (number, line) in VALID.lines().enumerate() {
        let mut add = |what: &str, new: Option<String>, lines: Option<RangeInclusive<usize>>| {
            all.push(Mutation {
                what: format!("{what}: {}", line.trim()),
                text: with_line(number, new.as_deref()),
                lines: lines.unwrap_or(number + 1..=number + 1),
                version: VERSION,
            });
        };
        if line.trim_start().starts_with('[') {
            let names = ["shaper.", "outgoing_pools.", "acl"];
            let is_free = names.iter().any(|name| line.trim_start_matches([' ', '[']).starts_with(name));
            if !is_free {
                let end = line.find(']').expect("a head ends");
                add("unknown section", Some(format!("{}_x{}", &line[..end], &line[end..])), None);
            }
            continue;
        }
        let Some(Pair { indent, key, value, marks }) = pair(line) else { continue };
        let has = |mark: char| marks.split(' ').any(|word| word == mark.to_string());
        let is_of_access = value.contains("acl = ");
        if !is_of_access && !key.contains('.') {
            add("unknown key", Some(format!("{indent}{key}_x = {value}")), None);
        }
        if has('m') {
            add("missing key", None, Some(section(number)));
        }
        let other = match value.chars().next() {
            Some('"') => "17",
            Some('[') | Some('t' | 'f') => "\"yes\"",
            _ => "\"ten\"",
        };
        if !has('s') {
            add("wrong type", Some(format!("{indent}{key} = {other}")), None);
            add("a section for a value", Some(format!("{indent}{key} = {{a = 1}}")), None);
        }
        if has('e') {
            let wrong = if value.starts_with('"') { "\"nonsense\"" } else { "7" };
            add("unknown choice", Some(format!("{indent}{key} = {wrong}")), None);
        }
        if has('f') {
            add("wrong form", Some(format!("{indent}{key} = \"a b\"")), None);
        }
        if value.parse::<i64>().is_ok() && !has('n') {
            add("out of range", Some(format!("{indent}{key} = -1")), None);
        }
        if value.starts_with("[\"") {
            add("an item of another type", Some(format!("{indent}{key} = [1]")), None);
        }
        if value.starts_with('"') {
            add("a literal tab", Some(format!("{indent}{key} = {}", value.replacen('"', "\"\t", 1))), None);
        }
    }
    all
}

/// A part of the valid file, its replacement, and how many lines after the first changed one the finding is expected.
#[rustfmt::skip]
const PARTS: &[(&str, &str, usize)] = &[
    ("hosts = [\"chat.example\", ", "hosts = [\"Talk.example\", ", 0),
    ("hosts = [\"chat.example\", ", "hosts = [\"user@chat.example\", ", 0),
    ("hosts = [\"chat.example\", ", "hosts = [\"\", ", 0),
    ("  access = \"muc\"", "  access = \"muk\"", 0),
    ("  access_create = \"muc_create\"", "  access_create = \"nobody\"", 0),
    ("  access = \"register\"", "  access = \"registered\"", 0),
    ("= \"max_user_offline_messages\"", "= \"max_messages\"", 0),
    ("  shaper = \"normal\"", "  shaper = \"slow\"", 0),
    ("    shaper = \"fast\"", "    shaper = \"fats\"", 0),
    ("methods = [\"rdbms\", \"jwt\"]", "methods = [\"rdbms\", \"ldap\"]", 0),
    ("methods = [\"rdbms\", \"jwt\"]", "methods = [\"rdbms\", \"oauth\"]", 0),
    ("[modules.mod_version]", "[modules.mod_muc_log]", 0),
    ("[modules.mod_version]", "[modules.mod_jingle_sip]", 0),
    ("[modules.mod_version]", "[modules.mod_versoin]", 0),
    ("[modules.mod_version]", "[modules.mod_bosh]", 0),
    ("[modules.mod_version]", "[modules.mod_websockets]", 0),
    ("handlers.mongoose_bosh_handler", "handlers.mod_bosh", 0),
    ("handlers.mongoose_websocket_handler", "handlers.mod_websockets", 0),
    ("handlers.mongoose_graphql_handler", "handlers.mongoose_admin_api", 0),
    ("handlers.mongoose_prometheus_handler", "handlers.mongoose_client_api", 0),
    ("[[listen.s2s]]", "[[listen.s2c]]", 0),
    ("[[listen.s2s]]", "[listen.s2s]", 0),
    ("[[listen.s2s]]", "[[listen.telnet]]", 0),
    ("[services.service_domain_db]", "[services.service_domains]", 0),
    ("[services.service_domain_db]", "[services.service_translations]", 0),
    ("[internal_databases.mnesia]", "[internal_databases.redis]", 0),
    ("[outgoing_pools.rdbms.default]", "[outgoing_pools.rdbs.default]", 0),
    ("[outgoing_pools.redis.global_distrib]", "[outgoing_pools.reddis.global_distrib]", 0),
    ("  port = 5269 # m\n  shaper", "  port = 5222\n  ip_address = \"127.1\"\n  shaper", 0),
    ("  port = 5269 # m\n  shaper", "  port = 5222\n  ip_address = \"0x7f.0.0.1\"\n  shaper", 0),
    ("  ip_version = 4 # e", "  ip_version = 4\n  ip_address = \"::1\"", 1),
    ("  port = 5222 # m\n  ip_address = \"127.0.0.1\"", "  port = 5222\n  ip_address = \"::1\"", 0),
    ("ip_address = \"127.0.0.1\"", "ip_address = \"127.0.0.256\"", 0),
    ("ip_address = \"127.0.0.1\"", "ip_address = \"localhost\"", 0),
    ("address = \"127.0.0.0/8\"", "address = \"127.0.0.0/33\"", 0),
    ("address = \"127.0.0.0/8\"", "address = \"::/129\"", 0),
    ("address = \"127.0.0.0/8\"", "address = \"home/8\"", 0),
    ("port = 5432", "port = 65536", 0),
    ("port = 5280 # m", "port = 70000", 0),
    ("max_rate = 1000 # m", "max_rate = 0", 0),
    ("workers = 50", "workers = 0", 0),
    ("hash = [\"sha256\"]", "hash = [\"sha256\", \"sha256\"]", 0),
    ("hash = [\"sha256\"]", "hash = [\"md5\"]", 0),
    ("hash = [\"sha256\"]", "hash = []", 0),
    ("versions = [\"v1\"]", "versions = [\"v1\", \"v1\"]", 0),
    ("versions = [\"v1\"]", "versions = []", 0),
    ("ip_versions = [4]", "ip_versions = [4, 5]", 0),
    ("ip_versions = [4]", "ip_versions = []", 0),
    ("allowed_categories = [\"checkAuth\"]", "allowed_categories = [\"everything\"]", 0),
    ("sasl_mechanisms = [\"scram_sha256\"]", "sasl_mechanisms = [\"scram_md5\"]", 0),
    ("plugins = [\"flat\", \"pep\"]", "plugins = [\"flat\", \"pip\"]", 0),
    ("  secret.value = \"secret\"", "  secret.vault = \"secret\"", 0),
    ("connection.reconnect.attempts", "connection.reconnect.tries", 0),
    ("connection.confirms_enabled = true", "connection.max_worker_queue_len = 5", 0),
    ("  [host_config.general]", "  [host_config.listen]", 0),
    ("  [host_config.general]", "  [host_config.shaper]", 0),
    ("  buffer_max = 40", "  buffer.max_size = 40", 0),
    ("[modules.mod_version]\n  os_info = true", "1.2 = 3\n[modules.mod_version]", 0),
    ("  os_info = true", "  os_info = True", 0),
    ("  os_info = true", "  os_info = true\n  os_info = true", 1),
    ("  os_info = true", "  os_info true", 0),
    ("  os_info = true", "  os_info = \"", 0),
    ("[modules.mod_vcard]\n", "[modules.mod_roster]\n", 0),
    ("c2s = [{acl = \"all\", value = \"allow\"}]", "c2s = [{acl = \"all\"}]", 0),
    ("c2s = [{acl = \"all\", value = \"allow\"}]", "c2s = [{value = \"allow\"}]", 0),
    ("c2s = [{acl = \"all\", value = \"allow\"}]", "c2s = {acl = \"all\", value = \"allow\"}", 0),
    ("c2s = [{acl = \"all\", value = \"allow\"}]", "c2s = [{acl = \"all\", value = true}]", 0),
    ("  local = [{}]", "  local = [{usr = \"a\"}]", 0),
    ("  local = [{}]", "  local = [{user = 1}]", 0),
    ("  local = [{}]", "  local = \"all\"", 0),
    ("server = \"chat.example\" # m f", "server = \"chat_ example\"", 0),
    ("# Valid for", "\u{feff}# Valid for", 0),
];

/// Mistakes for other versions, which are added to a minimal file, and the line on which a finding is expected.
#[rustfmt::skip]
const OF_VERSIONS: &[(&str, &str, usize)] = &[
    ("6.5.0", "[modules.mod_blocklist]", 4),
    ("6.5.0", "[modules.mod_broadcast]", 4),
    ("6.5.0", "[services.service_bosh]", 4),
    ("6.5.0", "[services.service_traffic]", 4),
    ("6.5.0", "[[listen.http]]\nport = 1\n[[listen.http.handlers.mongoose_bosh_handler]]\nhost = \"_\"\npath = \"/\"", 6),
    ("6.5.0", "[modules.mod_caps]\nversions = [\"v1\"]", 5),
    ("6.6.0", "[modules.mod_bosh]", 4),
    ("6.6.0", "[modules.mod_caps]\nbackend = \"cets\"", 5),
    ("6.6.0", "[modules.mod_muc]\nbackend = \"rdbms\"\nonline_backend = \"cets\"", 6),
    ("6.6.0", "[internal_databases.cets]\nbackend = \"file\"\nnode_list_file = \"/n\"\n[general_x]", 7),
    ("6.6.0", "[outgoing_pools.rdbms.default.connection]\ndriver = \"odbc\"", 5),
    ("6.6.0", "[outgoing_pools.rdbms.default.connection]\ndriver = \"pgsql\"\nsettings = \"DSN\"", 6),
    ("6.6.0", "[modules.mod_pubsub_old]", 4),
    ("6.7.0", "[modules.mod_caps]\ncache_size = 1", 5),
    ("6.7.0", "[modules.mod_caps]\nbackend = \"mnesia\"", 5),
    ("6.7.0", "[modules.mod_caps]", 4),
    ("6.7.0", "[modules.mod_pubsub]\nplugins = [\"pep\"]", 4),
    ("6.7.0", "[modules.mod_jingle_sip]", 4),
    ("6.7.0", "[modules.mod_muc.default_room]\nlogging = true\n[modules.mod_muc_light]\npromote_on_last_owner_leave = true", 7),
    ("6.8.0", "[modules.mod_pubsub]\nplugins = [\"pep\"]", 5),
    ("6.8.0", "[modules.mod_pubsub_old]\nplugins = [\"pep\"]", 4),
    ("6.8.0", "[modules.mod_muc_log]", 4),
    ("6.8.0", "[modules.mod_pubsub.default_node_config]\nmax_items = 1", 4),
    ("6.8.0", "[modules.mod_csi.buffer]\nmax_size = 1", 4),
    ("6.8.0", "[auth.jwt]\nalgorithm = \"HS384\"\nusername_key = \"u\"\nsecret.value = \"s\"", 5),
    ("6.8.0", "[modules.mod_keystore]\n[internal_databases.cets]\nbackend = \"file\"\nnode_list_file = \"/n\"", 4),
    ("6.8.1", "[modules.mod_muc_light]\nlegacy_mode = true", 5),
    ("6.8.1", "[modules.mod_mam.pm]", 4),
    ("6.8.1", "[modules.mod_inbox]", 4),
    ("6.8.1", "[modules.mod_auth_token]", 4),
    ("6.8.1", "[modules.mod_pubsub]", 4),
    ("6.9.0", "[modules.mod_csi]\nbuffer_max = 10", 5),
    ("6.9.0", "[modules.mod_roster]\nversionning = true", 5),
    ("6.9.0", "[moduls]", 4),
    ("6.10.0", "[auth.jwt]\nalgorithm = \"HS386\"\nusername_key = \"u\"\nsecret.value = \"s\"", 5),
    ("6.11.0", "[modules.mod_push_service_mongoosepush]\nmax_http_connections = 1", 5),
];

fn mutations() -> Vec<Mutation> {
    let mut all = of_lines();
    for (old, new, after) in PARTS {
        assert!(VALID.contains(old), "{old}");
        let line = VALID[..VALID.find(old).unwrap()].matches('\n').count() + 1 + after;
        let text = VALID.replacen(old, new, 1);
        all.push(Mutation { what: format!("{old} -> {new}"), text, lines: line..=line, version: VERSION });
    }
    for (version, more, line) in OF_VERSIONS {
        let text = format!("[general]\nhosts = [\"a\"]\ndefault_server_domain = \"a\"\n{more}\n");
        all.push(Mutation { what: format!("{version}: {more}"), text, lines: *line..=*line, version });
    }
    all
}

/// Returns the findings in each file, as line and message.
fn findings(folder: &Path, version: &str, files: &[String]) -> BTreeMap<String, Vec<(usize, String)>> {
    let mut command = mim_chart(folder);
    command.args(["validate-config", "--output", "json", "--mongooseim-version", version]).args(files);
    let output = command.output().expect("mim-chart runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut found = BTreeMap::<String, Vec<(usize, String)>>::new();
    for finding in report["findings"].as_array().expect("findings") {
        let line = finding["line"].as_u64().unwrap_or_default() as usize;
        let message = finding["message"].as_str().unwrap_or_default().to_owned();
        found.entry(finding["file"].as_str().unwrap().to_owned()).or_default().push((line, message));
    }
    found
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn mistakes_are_found_on_their_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("valid.toml"), VALID).unwrap();
    configurations::keep(VERSION, VALID);
    assert_eq!(findings(folder.path(), VERSION, &["valid.toml".to_owned()]), BTreeMap::new());
    let mutations = mutations();
    let mut missed = Vec::new();
    let versions = mutations.iter().map(|mutation| mutation.version).collect::<std::collections::BTreeSet<_>>();
    for version in versions {
        let of_version: Vec<_> = mutations.iter().filter(|mutation| mutation.version == version).collect();
        let names: Vec<String> = (0..of_version.len()).map(|at| format!("{at}.toml")).collect();
        for (name, mutation) in names.iter().zip(&of_version) {
            fs::write(folder.path().join(name), &mutation.text).unwrap();
            configurations::keep(version, &mutation.text);
        }
        let found = findings(folder.path(), version, &names);
        for (name, mutation) in names.iter().zip(&of_version) {
            let found = found.get(name).map_or(&[][..], Vec::as_slice);
            if !found.iter().any(|(line, _)| mutation.lines.contains(line)) {
                missed.push(format!("{} (line {:?}): {found:?}", mutation.what, mutation.lines));
            }
        }
    }
    let count = mutations.len();
    println!("{count} mistakes, {} not found on their lines\n{}", missed.len(), missed.join("\n"));
    assert!(count >= 300, "{count}");
    assert!(missed.len() * 20 <= count, "{} of {count} missed:\n{}", missed.len(), missed.join("\n"));
}
