//! Tests that every key that the chart writes into mongooseim.toml is written once, whatever is set for it: a user's value is
//! either used, or refused by name.

use toml::Value;

use super::rendering::{flags, read, render, run};

/// Values with which the chart writes everything that it can.
const ALL: &[&str] = &[
    "persistentDatabase=rdbms",
    "volatileDatabase=cets",
    "rdbms.port=5432",
    "tlsCertSecret=tls",
    "ipFamilies={IPv6}",
    "listeners.c2s-tls.enabled=true",
    "listeners.bosh-wss.enabled=true",
    "listeners.gql-admin.enabled=true",
    "listeners.gql-admin.username=admin",
    "listeners.gql-admin.password=secret",
    "listeners.gql-dom-admin.enabled=true",
    "listeners.gql-user.enabled=true",
    "listeners.prometheus.enabled=true",
    "json:listeners.jingle={\"enabled\":true,\"type\":\"component\",\"port\":8888,\"password\":\"secret\"}",
    "json:modules={\"mod_muc\":{},\"mod_muc_light\":{},\"mod_pubsub_old\":{},\"mod_event_pusher\":{\"push\":{}}}",
    "image.tag=6.8.0",
];
/// The listeners in the chart's values, by port.
const LISTENERS: &[(i64, &str)] = &[
    (5222, "c2s"),
    (5223, "c2s-tls"),
    (5269, "s2s"),
    (5280, "bosh-ws"),
    (5285, "bosh-wss"),
    (5551, "gql-admin"),
    (5541, "gql-dom-admin"),
    (5561, "gql-user"),
    (9091, "prometheus"),
    (8888, "jingle"),
];

fn json(value: &Value) -> String {
    serde_json::to_string(value).expect("JSON")
}

/// Collects the paths and values of everything in a table, except tables with content.
fn leaves(table: &toml::Table, path: &str, found: &mut Vec<(String, Value)>) {
    for (key, value) in table {
        let path = format!("{path}.{key}");
        match value {
            Value::Table(inner) if !inner.is_empty() => leaves(inner, &path, found),
            value => found.push((path, value.clone())),
        }
    }
}

/// Returns each key in the configuration that values can also set: the path of the value, and the content.
fn values_of(config: &toml::Table) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (kind, sections) in config["listen"].as_table().expect("listeners") {
        for section in sections.as_array().expect("a list") {
            let section = section.as_table().expect("a section");
            let port = section["port"].as_integer().expect("a port");
            let name = LISTENERS.iter().find(|(known, _)| *known == port).expect("a listener").1;
            let mut rest = section.clone();
            let handlers = rest.remove("handlers");
            leaves(&rest, &format!("listeners.{name}.options"), &mut found);
            for (handler, items) in handlers.iter().filter_map(Value::as_table).flatten() {
                let item = items[0].as_table().expect("a handler");
                leaves(item, &format!("listeners.{name}.handlers.{handler}"), &mut found);
            }
            assert!(["c2s", "s2s", "http", "component"].contains(&kind.as_str()));
        }
    }
    let connection = config["outgoing_pools"]["rdbms"]["default"]["connection"].as_table().expect("a connection");
    leaves(connection, "rdbms.options", &mut found);
    leaves(config["modules"].as_table().expect("modules"), "modules", &mut found);
    found
}

#[test]
fn a_key_that_values_also_set_is_used_or_refused() {
    let config = render(ALL).toml();
    let all = values_of(&config);
    assert!(all.len() > 100, "{}", all.len());
    // Set all at once: those that the chart writes itself are refused together, by name.
    let set = |(path, value): &(String, Value)| format!("json:{path}={}", json(value));
    let sets = |used: &[(String, Value)]| {
        let given: Vec<String> = used.iter().map(set).collect();
        let own = ALL.iter().map(|set| (*set).to_owned());
        [&[vec!["template".to_owned()], flags(&own.collect::<Vec<_>>()), flags(&given)].concat()[..]].concat()
    };
    let output = run(&sets(&all));
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    let (refused, used): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(path, _)| printed.contains(&format!("{path}: ")));
    let written_by_the_chart = |path: &str| {
        let key = path.rsplit('.').next().unwrap_or_default();
        let is_option = path.contains(".options.") && path.matches('.').count() == 3;
        let is_connection = path.starts_with("rdbms.options.") && path.matches('.').count() == 2;
        is_option && ["port", "ip_address", "ip_version"].contains(&key)
            || path == "listeners.jingle.options.password"
            || path.starts_with("listeners.gql-admin.handlers.") && ["username", "password"].contains(&key)
            || is_connection && key != "tls"
    };
    for (path, _) in &refused {
        assert!(written_by_the_chart(path), "{path} is refused");
    }
    for (path, _) in &used {
        assert!(!written_by_the_chart(path), "{path} is not refused:\n{printed}");
    }
    // With the remaining ones, the file is the same. The TOML parser is strict, so no key is duplicated.
    let output = run(&sets(&used));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(read(String::from_utf8(output.stdout).expect("UTF-8")).toml(), config);
}

#[test]
fn a_section_of_extra_mim_config_that_the_chart_writes_is_refused() {
    let config = render(ALL).toml();
    let mut heads = Vec::new();
    for (name, value) in &config {
        let Some(table) = value.as_table() else { continue };
        if name == "listen" {
            continue;
        }
        heads.push(name.clone());
        let inner = table.iter().filter(|(_, value)| value.is_table());
        heads.extend(inner.map(|(key, _)| format!("{name}.{key}")));
    }
    heads.push("outgoing_pools.rdbms.default.connection".to_owned());
    assert!(heads.len() > 30, "{heads:?}");
    let written = render(ALL).file("mongooseim.toml").expect("a file");
    for head in heads.iter().filter(|head| written.lines().any(|line| line.trim() == format!("[{head}]"))) {
        let mut sets: Vec<String> = ALL.iter().map(|set| (*set).to_owned()).collect();
        sets.push(format!("extraMimConfig=[{head}]"));
        let output = run(&[vec!["template".to_owned()], flags(&sets)].concat());
        let printed = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && printed.contains("extraMimConfig: "), "{head}: {printed}");
    }
}

#[test]
fn empty_sections_are_kept() {
    let sets = [
        "persistentDatabase=rdbms",
        "json:modules={\"mod_mam\":{\"pm\":{},\"muc\":{\"cache_users\":null}},\"mod_time\":{\"iqdisc\":null}}",
        "json:listeners.c2s.options.tls={}",
        "json:rdbms.options={\"tls\":{\"server_name_indication\":{}}}",
    ];
    let config = render(&sets).toml();
    let mam = config["modules"]["mod_mam"].as_table().expect("mod_mam");
    assert!(mam["pm"].as_table().is_some_and(toml::Table::is_empty), "{mam:?}");
    assert!(mam["muc"].as_table().is_some_and(toml::Table::is_empty), "{mam:?}");
    assert!(config["modules"]["mod_time"].as_table().is_some_and(toml::Table::is_empty));
    assert!(config["listen"]["c2s"][0]["tls"].as_table().is_some_and(toml::Table::is_empty));
    let connection = &config["outgoing_pools"]["rdbms"]["default"]["connection"];
    assert!(connection["tls"]["server_name_indication"].as_table().is_some_and(toml::Table::is_empty));
}
