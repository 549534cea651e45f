//! Tests that every value has an effect: changing it changes the output. Also tests that
//! values.yaml and values.schema.json agree.

use std::fmt::Write as _;

use serde_json::Value;

use super::invariants;
use super::rendering::{flags, read, render, root, run};
use super::{configuration_table, values_table};

fn json_of(name: &str) -> Value {
    let text = std::fs::read_to_string(root().join("charts/mongooseim").join(name)).expect("a file of the chart");
    serde_yaml::from_str(&text).expect("YAML")
}

/// Whether a path begins with a prefix, in which `*` matches any name.
fn begins(path: &[String], prefix: &str) -> bool {
    let prefix: Vec<&str> = prefix.split('.').collect();
    prefix.len() <= path.len() && prefix.iter().zip(path).all(|(step, name)| *step == "*" || step == name)
}

/// The values that must be set for a value to have an effect. The first matching row is used.
#[rustfmt::skip]
const CONTEXTS: &[(&str, &[&str])] = &[
    ("existingCookieSecret.key", &["existingCookieSecret.name=c"]),
    ("nodeCookie", &[]),
    ("rdbms.password", &["persistentDatabase=rdbms"]),
    ("rdbms.existingSecret.key", &["persistentDatabase=rdbms", "rdbms.existingSecret.name=d"]),
    ("rdbms", &["persistentDatabase=rdbms", "tlsCertSecret=t"]),
    ("volatileDatabase", &["persistentDatabase=rdbms"]),
    ("certs", &["tlsCertSecret=t"]),
    ("listeners.c2s.tls", &["tlsCertSecret=t"]),
    ("listeners.c2s.expose.nodePort", &["nodeport.enabled=true", "listeners.s2s.expose.nodePort=true"]),
    ("listeners.c2s.expose.loadBalancer", &["listeners.s2s.expose.loadBalancer=true"]),
    ("listeners.c2s.enabled", &["loadBalancer.enabled=false"]),
    ("listeners.c2s.type", &["nodeport.enabled=true", "listeners.c2s.options=null"]),
    ("listeners.c2s-tls.type", &["listeners.c2s-tls.enabled=true", "tlsCertSecret=t", "nodeport.enabled=true", "listeners.c2s-tls.options=null"]),
    ("listeners.bosh-ws.type", &["listeners.bosh-ws.handlers=null", "listeners.bosh-ws.options=null"]),
    ("listeners.bosh-wss.type", &["listeners.bosh-wss.enabled=true", "tlsCertSecret=t", "listeners.bosh-wss.handlers=null", "listeners.bosh-wss.options=null"]),
    ("listeners.gql-admin.type", &["listeners.gql-admin.enabled=true", "listeners.gql-admin.handlers=null", "listeners.gql-admin.options=null"]),
    ("listeners.gql-dom-admin.type", &["listeners.gql-dom-admin.enabled=true", "listeners.gql-dom-admin.handlers=null", "listeners.gql-dom-admin.options=null"]),
    ("listeners.gql-user.type", &["listeners.gql-user.enabled=true", "listeners.gql-user.handlers=null", "listeners.gql-user.options=null"]),
    ("listeners.prometheus.type", &["listeners.prometheus.enabled=true", "listeners.prometheus.handlers=null", "listeners.prometheus.options=null"]),
    ("listeners.gql-admin", &["listeners.gql-admin.enabled=true", "json:listeners.gql-admin.username=\"u\"", "json:listeners.gql-admin.password=\"p\"",
        "listeners.gql-admin.address=0.0.0.0", "nodeport.enabled=true", "tlsCertSecret=t"]),
    ("listeners.*.enabled", &["tlsCertSecret=t"]),
    ("listeners.c2s", &["nodeport.enabled=true"]),
    ("listeners.c2s-tls", &["listeners.c2s-tls.enabled=true", "tlsCertSecret=t", "nodeport.enabled=true"]),
    ("listeners.s2s", &["tlsCertSecret=t", "nodeport.enabled=true"]),
    ("listeners.bosh-ws", &["tlsCertSecret=t", "nodeport.enabled=true"]),
    ("listeners.bosh-wss", &["listeners.bosh-wss.enabled=true", "tlsCertSecret=t", "nodeport.enabled=true"]),
    ("listeners.gql-dom-admin", &["listeners.gql-dom-admin.enabled=true", "tlsCertSecret=t", "nodeport.enabled=true"]),
    ("listeners.gql-user", &["listeners.gql-user.enabled=true", "tlsCertSecret=t", "nodeport.enabled=true"]),
    ("listeners.prometheus", &["listeners.prometheus.enabled=true", "tlsCertSecret=t", "nodeport.enabled=true"]),
    ("nodeport", &["nodeport.enabled=true"]),
    ("ipFamilies", &["ipFamilyPolicy=PreferDualStack"]),
    ("livenessProbe", &["livenessProbe.enabled=true"]),
    ("startupProbe", &["startupProbe.enabled=true"]),
    ("serviceAccount.automount", &[]),
    ("serviceAccount", &["serviceAccount.create=true"]),
    ("podDisruptionBudget", &["podDisruptionBudget.enabled=true"]),
    ("networkPolicy", &["networkPolicy.enabled=true"]),
    ("serviceMonitor", &["serviceMonitor.enabled=true", "listeners.prometheus.enabled=true"]),
];

/// A different value where [`other`] does not find one.
#[rustfmt::skip]
const SAMPLES: &[(&str, &str)] = &[
    ("hosts", r#"["a.example"]"#),
    ("modules", r#"{"mod_time":{}}"#),
    ("rdbms.options", r#"{"query_timeout":7}"#),
    ("listeners.s2s.options.shaper", r#""normal""#),
    ("listeners.*.options.shaper", r#""fast""#),
    ("imagePullSecrets", r#"[{"name":"x"}]"#),
    ("mongooseimVersion", "\"6.5.0\""),
    ("image.digest", r#""sha256:0123456789abcdef0123456789abcdef""#),
    ("clusterDomain", r#""k8s.example""#),
    ("certs.*", r#""/absolute.pem""#),
    ("listeners.s2s.type", r#""c2s""#),
    ("listeners.*.type", r#""s2s""#),
    ("listeners.*.address", r#""0.0.0.1""#),
    ("listeners.*.handlers.*.schema_endpoint", r#""user""#),
    ("listeners.bosh-wss.tls", r#""none""#),
    ("listeners.c2s-tls.tls", r#""starttls""#),
    ("listeners.*.tls", r#""tls""#),
    ("secretPlaceholders", r#"{"A":{"name":"b","key":"c"}}"#),
    ("mimConfig", r#""[general]\n""#),
    ("extraMimConfig", r#""[modules.mod_time]\n""#),
    ("loadBalancer.sourceRanges", r#"["192.0.2.0/24"]"#),
    ("nodeport.nodePorts", r#"{"c2s":32000}"#),
    ("ipFamilies", r#"["IPv6"]"#),
    ("persistence.accessModes", r#"["ReadWriteMany"]"#),
    ("persistence.retentionPolicy", r#"{"whenScaled":"Delete"}"#),
    ("lifecycle.preStop.exec.command", r#"["sleep"]"#),
    ("topologySpreadConstraints", r#"[{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule"}]"#),
    ("extraVolumeMounts", r#"[{"name":"x","mountPath":"/x"}]"#),
    ("extraDeploy", r#"[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"}}]"#),
    ("podDisruptionBudget.*", "2"),
    ("fullnameOverride", r#""x""#),
];

/// Returns a different value of the same type.
fn other(path: &[String], value: &Value, schema: Option<&Value>) -> Value {
    if path.last().is_some_and(|key| key == "enabled" || key == "create") {
        return Value::Bool(value != &Value::Bool(true));
    }
    if let Some((_, sample)) =
        SAMPLES.iter().find(|(prefix, _)| begins(path, prefix) && prefix.split('.').count() == path.len())
    {
        return serde_json::from_str(sample).expect("JSON");
    }
    let words = schema.and_then(|schema| schema["enum"].as_array());
    if let Some(word) = words.and_then(|words| words.iter().find(|word| *word != value && *word != "")) {
        return word.clone();
    }
    match value {
        Value::Bool(value) => Value::Bool(!value),
        Value::Number(number) => (number.as_i64().expect("a whole number") + 1).into(),
        Value::String(_) => "another".into(),
        Value::Array(_) => serde_json::json!([{"name": "another"}]),
        _ => serde_json::json!({"another": "value"}),
    }
}

/// Returns the schema of a property, through `$ref` and `allOf`.
fn property<'a>(document: &'a Value, schema: &'a Value, key: &str) -> Option<&'a Value> {
    let schema = schema["allOf"].get(0).unwrap_or(schema);
    let schema =
        schema["$ref"].as_str().and_then(|target| document.pointer(target.trim_start_matches('#'))).unwrap_or(schema);
    schema["properties"]
        .get(key)
        .or(schema["additionalProperties"].as_object().map(|_| &schema["additionalProperties"]))
}

type Visit<'a> = &'a mut dyn FnMut(&[String], &Value, Option<&Value>);

/// Visits every value that is not a map with keys.
fn leaves(document: &Value, value: &Value, schema: Option<&Value>, path: &mut Vec<String>, visit: Visit<'_>) {
    match value.as_object() {
        Some(map) if !map.is_empty() => {
            for (key, value) in map {
                path.push(key.clone());
                leaves(document, value, schema.and_then(|schema| property(document, schema, key)), path, visit);
                path.pop();
            }
        }
        _ => visit(path, value, schema),
    }
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn changing_any_value_changes_the_output() {
    let schema = json_of("values.schema.json");
    let mut silent = Vec::new();
    let mut seen = 0;
    leaves(&schema, &json_of("values.yaml"), Some(&schema), &mut Vec::new(), &mut |path, value, schema| {
        let dotted = path.join(".");
        let context = CONTEXTS.iter().find(|(prefix, _)| begins(path, prefix)).map_or(&[][..], |(_, sets)| *sets);
        let context: Vec<&str> =
            context.iter().copied().filter(|set| !set.starts_with(&format!("{dotted}="))).collect();
        let key = path.iter().map(|key| key.replace('.', "\\.")).collect::<Vec<_>>().join(".");
        let changed = format!("json:{key}={}", other(path, value, schema));
        let before = render(&context).text;
        let after = render(&[context.as_slice(), &[changed.as_str()]].concat()).text;
        seen += 1;
        if before == after {
            silent.push(format!("{changed} with {context:?}"));
        }
    });
    assert!(seen > 200, "{seen} values");
    assert!(silent.is_empty(), "changes that don't show:\n{}", silent.join("\n"));
}

/// `files` tests the values that contain files.
#[test]
fn every_value_is_documented_with_its_effect() {
    let all = values_table::sets().chain(configuration_table::sets()).chain([
        "nodeCookie=",
        "mimConfig=",
        "vmConfig=",
        "appConfig=",
        "vmDistConfig=",
    ]);
    let keys: Vec<&str> =
        all.map(|set| set.split_once('=').map_or(set, |(key, _)| key.rsplit(':').next().unwrap_or(key))).collect();
    let mut missing = Vec::new();
    let values = json_of("values.yaml");
    leaves(&Value::Null, &values, None, &mut Vec::new(), &mut |path, _, _| {
        let dotted = path.join(".");
        let below =
            |key: &str| key.strip_prefix(&dotted).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        if path[0] != "listeners" && !keys.iter().any(|key| below(key)) {
            missing.push(dotted);
        }
    });
    assert!(missing.is_empty(), "{missing:?}");
}

/// A value that a user deletes with null is treated as empty, or an error names it.
#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn missing_values_are_errors_not_crashes() {
    let values = json_of("values.yaml");
    let mut wrong = String::new();
    let mut check = |key: &str| {
        let taken = format!("{key}=null");
        let mut sets = vec![
            taken.as_str(),
            "tlsCertSecret=t",
            "persistentDatabase=rdbms",
            "volatileDatabase=mnesia",
            "loadBalancer.enabled=false",
        ];
        sets.dedup_by_key(|set| set.split('=').next().unwrap_or("").to_owned());
        sets.retain(|set| *set == taken || !set.starts_with(key));
        let output = run(&[vec!["template".to_owned()], flags(&sets)].concat());
        if output.status.success() {
            let rendered = read(String::from_utf8(output.stdout).expect("UTF-8"));
            invariants::check(&rendered, &sets);
            return;
        }
        let printed = String::from_utf8_lossy(&output.stderr);
        let name = key.rsplit('.').next().unwrap_or(key);
        if !printed.contains(name) || printed.contains("not defined") || printed.contains("undefined") {
            let _ = writeln!(wrong, "{key}=null: {printed}");
        }
    };
    for (key, value) in values.as_object().expect("a map") {
        check(key);
        for inner in value.as_object().into_iter().flatten().map(|(inner, _)| inner) {
            check(&format!("{key}.{inner}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn each_schema(schema: &Value, path: &str, visit: &mut dyn FnMut(&str, &Value)) {
    for key in ["properties", "definitions"] {
        for (name, property) in schema[key].as_object().into_iter().flatten() {
            let path = format!("{path}.{name}");
            visit(&path, property);
            each_schema(property, &path, visit);
        }
    }
    for key in ["items", "additionalProperties"] {
        if schema[key].is_object() {
            each_schema(&schema[key], &format!("{path}.*"), visit);
        }
    }
}

#[test]
fn the_schema_describes_every_value() {
    let schema = json_of("values.schema.json");
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    each_schema(&schema, "", &mut |path, property| {
        let meaning = property["description"].as_str().unwrap_or("");
        let definition = path.matches('.').count() == 1 && schema["definitions"].get(&path[1..]).is_some();
        assert!(definition || (meaning.ends_with('.') && meaning.len() > 5), "{path} is not described: {meaning:?}");
        assert!(property["type"].is_string() || property["type"].is_array(), "{path} has no type");
        let secret =
            path.to_lowercase().contains("password") && property["type"] != "object" || path.ends_with(".nodeCookie");
        let secret = secret && !path.contains("existing") && !path.contains("Placeholders");
        assert_eq!(property.get("writeOnly") == Some(&Value::Bool(true)), secret, "{path}: writeOnly");
    });
    for toml in ["mimConfig", "extraMimConfig"] {
        assert_eq!(schema["properties"][toml]["contentMediaType"], "application/toml");
    }
}

/// Defaults are in both files. In the schema, the default of a map is given by its properties, or as a whole if the map is open.
#[test]
fn the_schema_has_the_defaults_of_the_values() {
    fn compare(path: &str, value: &Value, schema: &Value, wrong: &mut String) {
        if let Some(default) = schema.get("default") {
            if default != value {
                let _ = writeln!(wrong, "{path}: {value} in values.yaml, {default} in the schema");
            }
            return;
        }
        let (Some(map), Some(properties)) = (value.as_object(), schema["properties"].as_object()) else {
            let _ = writeln!(wrong, "{path}: the schema has no default");
            return;
        };
        let keys = |map: &serde_json::Map<String, Value>| map.keys().cloned().collect::<Vec<_>>();
        if keys(map) != keys(properties) {
            let _ = writeln!(wrong, "{path}: {:?} in values.yaml, {:?} in the schema", keys(map), keys(properties));
        }
        for (key, value) in map {
            compare(&format!("{path}.{key}"), value, &schema["properties"][key], wrong);
        }
    }
    let mut wrong = String::new();
    compare("", &json_of("values.yaml"), &json_of("values.schema.json"), &mut wrong);
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn values_yaml_is_commented() {
    let text = std::fs::read_to_string(root().join("charts/mongooseim/values.yaml")).expect("values.yaml");
    let comments = text.lines().filter(|line| line.trim_start().starts_with('#')).count();
    assert!(comments > 60, "{comments} lines of comments");
    for line in text.lines() {
        assert!(line.chars().count() <= 120, "{line}");
    }
}
