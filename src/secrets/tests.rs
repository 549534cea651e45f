use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;

use super::*;
use crate::diagnostic::{Diagnostic, Source, TextStyle, write_json, write_text};
use crate::yaml::{Node, Value};
use crate::yaml::{read_document, read_values};

fn read(text: &str) -> Map {
    read_values(&Source::file("v.yaml", text)).unwrap()
}

fn secrets_of_objects(texts: &[&str]) -> Secrets {
    let mut gathering = Gathering::default().numbered();
    for text in texts {
        gathering.object(&read(text));
    }
    gathering.finish()
}

fn holding(secret: &str) -> Secrets {
    let text = crate::json::write(&Value::String(secret.to_owned()));
    secrets_of_objects(&[&format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData: {{a: {text}}}\n")])
}

/// The paths of secret values.
fn marked(values: &str, schema: &str) -> Vec<String> {
    let schema = read_document(&Source::file("s.json", schema)).unwrap();
    let values = read(values);
    let found = write_only::marked(&values, &[(&[], &schema)]);
    let mut paths = HashMap::new();
    values.iter().for_each(|(key, node)| add_paths(node, ValueId::default().key(key), key.to_owned(), &mut paths));
    found.secret.iter().map(|(id, _)| paths[id].clone()).collect()
}

/// Adds the paths of a value and of everything in it.
fn add_paths(node: &Node, id: ValueId, path: String, paths: &mut HashMap<ValueId, String>) {
    match &node.value {
        Value::Map(map) => {
            map.iter().for_each(|(key, node)| add_paths(node, id.key(key), format!("{path}.{key}"), paths));
        }
        Value::List(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(at, node)| add_paths(node, id.item(at), format!("{path}[{at}]"), paths));
        }
        _ => {}
    }
    paths.insert(id, path);
}

#[test]
fn write_only_is_found_anywhere_in_a_schema() {
    for (values, schema, wanted) in [
        ("a: x", "properties: {a: {writeOnly: true}}", vec!["a"]),
        ("a: {b: x, c: [1, {d: true}]}", "properties: {a: {writeOnly: true}}", vec!["a.b", "a.c[0]", "a.c[1].d"]),
        ("a: [x, y]", "properties: {a: {writeOnly: true}}", vec!["a[0]", "a[1]"]),
        ("a: [x, y]", "properties: {a: {prefixItems: [{}, {writeOnly: true}]}}", vec!["a[1]"]),
        ("a: [x, y]", "properties: {a: {items: [{}, {writeOnly: true}]}}", vec!["a[1]"]),
        ("a: [x, y]", "properties: {a: {items: {writeOnly: true}}}", vec!["a[0]", "a[1]"]),
        ("a: [x]", "properties: {a: {contains: {writeOnly: true}}}", vec!["a[0]"]),
        ("a: [x]", "properties: {a: {unevaluatedItems: {writeOnly: true}}}", vec!["a[0]"]),
        ("a: [x]", "properties: {a: {items: [], additionalItems: {writeOnly: true}}}", vec!["a[0]"]),
        ("a: x", "additionalProperties: {writeOnly: true}", vec!["a"]),
        ("a: x", "unevaluatedProperties: {writeOnly: true}", vec!["a"]),
        ("ab: x\ncd: y", "patternProperties: {'^a': {writeOnly: true}}", vec!["ab"]),
        ("a: x", "dependentSchemas: {z: {properties: {a: {writeOnly: true}}}}", vec!["a"]),
        ("a: x", "dependencies: {z: {properties: {a: {writeOnly: true}}}}", vec!["a"]),
        ("a: x", "then: {properties: {a: {writeOnly: true}}}", vec!["a"]),
        ("a: x", "if: {properties: {a: {writeOnly: true}}}", vec!["a"]),
        ("a: x", "else: {allOf: [{anyOf: [{oneOf: [{properties: {a: {writeOnly: true}}}]}]}]}", vec!["a"]),
        ("a: x", "properties: {a: {$ref: '#/$defs/s'}}\n$defs: {s: {writeOnly: true}}", vec!["a"]),
        ("a: x", "properties: {a: {$ref: '#/$defs/a~1b%25'}}\n$defs: {'a/b%': {writeOnly: true}}", vec!["a"]),
        ("a: x", "properties: {a: {$ref: '#/$defs/s', writeOnly: true}}\n$defs: {s: {}}", vec!["a"]),
        ("a: x", "properties: {a: {$ref: '#s'}}\n$defs: {s: {$anchor: s, writeOnly: true}}", vec!["a"]),
        ("a: x", "properties: {a: {$dynamicRef: '#s'}}\n$defs: {s: {$dynamicAnchor: s, writeOnly: true}}", vec!["a"]),
        (
            "a: x",
            "properties: {a: {$ref: s.json}}\n$defs: {s: {$id: 'https://x.org/s.json', writeOnly: true}}",
            vec!["a"],
        ),
        ("a: {a: {p: x}}", "properties: {a: {$ref: '#'}, p: {writeOnly: true}}", vec!["a.a.p"]),
        ("a: {a: {p: x}}", "properties: {a: {$recursiveRef: '#'}, p: {writeOnly: true}}", vec!["a.a.p"]),
        ("a: x", "$ref: '#/$defs/s'\n$defs: {s: {$ref: '#/$defs/s', properties: {a: {writeOnly: true}}}}", vec!["a"]),
        ("a: x", "writeOnly: true", vec!["a"]),
        ("a: x", "properties: {a: {writeOnly: false}}", vec![]),
        ("a: x", "properties: {b: {writeOnly: true}}", vec![]),
        ("a: null", "properties: {a: {writeOnly: true}}", vec![]),
    ] {
        assert_eq!(marked(values, schema), wanted, "{schema}");
    }
}

#[test]
fn keys_decide_without_a_schema() {
    let values = "password: x\ntokens: y\ntoken: 5\nsecret: {a: b}\napiKey: ''\nextraEnv: [{name: DB_PASSWORD, value: z}, \
                  {name: USER, value: u}, {name: A_TOKEN, value: $(B)}]\npasswords: [a]\ncookie: [c]\n";
    assert_eq!(marked(values, "{}"), ["password", "token", "extraEnv[0].value", "cookie[0]"]);
    // A schema that marks secrets, and describes this value without marking it, overrides the key's name.
    let schema = "properties: {tlsSecret: {}, token: {}, password: {writeOnly: true}}";
    assert_eq!(marked("tlsSecret: x\ntoken: a\npassword: b", schema), ["token", "password"]);
    assert_eq!(marked("tlsSecret: x", "properties: {tlsSecret: {}}"), ["tlsSecret"]);
}

#[test]
fn equal_secrets_share_a_number() {
    let secret = |data: &str| format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\n{data}\n");
    let objects = [
        secret("stringData: {a: hunter2222, b: hunter3333}"),
        secret(&format!("data: {{a: {}}}", STANDARD.encode("hunter2222"))),
    ];
    let secrets = secrets_of_objects(&[&objects[0], &objects[1]]);
    assert_eq!(secrets.mask("a = \"hunter2222\", HUNTER3333"), "a = \"(secret 1)\", (secret 2)");
    let shown = |object: &str| crate::json::write(&Value::Map(secrets.masked(&read(object))));
    assert!(shown(&objects[0]).contains(r#""stringData":{"a":"(secret 1)","b":"(secret 2)"}"#));
    assert!(shown(&objects[1]).contains(r#""data":{"a":"(secret 1)"}"#));
}

#[test]
fn short_and_common_secrets_are_not_masked_elsewhere() {
    let secrets = secrets_of_objects(&[
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: '3', b: spec, c: 'true', d: e, e: ' ', f: '', g: info}\n",
    ]);
    let other = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: e}\nspec:\n  replicas: 3\n  paused: true\n  \
                 strategy: {type: e}\n  spec: a spec of 3\n  count: '3'\n  on: 'true'\n  blank: ' '\n";
    assert_eq!(secrets.masked(&read(other)), read(other));
    let source = Source::file("m.yaml", other);
    let text = secrets.text_of(&source, 0..other.len(), &read(other), &secrets.masked(&read(other)));
    assert_eq!(text.as_deref(), Some(other));
    assert_eq!(secrets.mask("spec of info: 3"), "spec of info: 3");
    assert_eq!(secrets.mask("info"), "(secret 7)");
    assert_eq!(secrets.mask("level = \"info\""), "level = \"(secret 7)\"");
    let mut error =
        Diagnostic::error("schema", "unknown field \"spec\"").at(source.span(72..76), "spec is e").help("info 3 true");
    let before = error.clone();
    secrets.hide([&mut error]);
    assert_eq!((error.message, error.help), (before.message, before.help));
    assert_eq!(error.labels[0].text, "spec is e");
    assert_eq!(error.labels[0].span.shown(), before.labels[0].span.text());
}

#[test]
fn keys_are_not_masked() {
    let secrets = holding("persistence");
    let object = "kind: X\npersistence: {size: persistence}\n\"persistence\": 1\n".replace("\"persistence\": 1\n", "");
    let masked = secrets.masked(&read(&object));
    assert_eq!(crate::json::write(&Value::Map(masked.clone())), r#"{"kind":"X","persistence":{"size":"(secret 1)"}}"#);
    let source = Source::file("m.yaml", object.as_str());
    let text = secrets.text_of(&source, 0..object.len(), &read(&object), &masked);
    assert_eq!(text.as_deref(), Some("kind: X\npersistence: {size: (secret 1)}\n"));
}

#[test]
fn defaults_and_names_are_public() {
    let mut gathering = Gathering::default().numbered();
    let schema = read_document(&Source::file("s.json", "properties: {nodeCookie: {writeOnly: true}}")).unwrap();
    gathering.defaults(&read("nodeCookie: mongooseim\nother: postgresql\n"), &[(&[], &schema)]);
    gathering.public("my-release");
    gathering.object(&read(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: my-release}\nstringData: {cookie: mongooseim, a: my-release, b: postgresql}\n",
    ));
    gathering.values(&read("nodeCookie: mongooseim\n"), &[(&[], &schema)]);
    let secrets = gathering.finish();
    let text = "mongooseim my-release postgresql";
    assert_eq!(secrets.mask(text), text);
    assert_eq!(secrets.masked_values(&read("nodeCookie: mongooseim")), read("nodeCookie: mongooseim"));
    assert_eq!(secrets.masked_values(&read("nodeCookie: another1")), read("nodeCookie: (secret)"));
}

#[test]
fn keys_of_an_object_mark_secrets() {
    let object = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: {api-token: abcd}}\nspec:\n  containers:\n  - env:\n    - \
                  {name: DB_PASSWORD, value: x1}\n    - {name: PASSWORD, valueFrom: {secretKeyRef: {name: s, key: password}}}\n    - \
                  {name: USER, value: x2}\n  volumes: [{secret: {secretName: s}}]\n";
    let secrets = secrets_of_objects(&[object]);
    let shown = crate::json::write(&Value::Map(secrets.masked(&read(object))));
    assert!(shown.contains(r#"{"api-token":"(secret 1)"}"#), "{shown}");
    assert!(shown.contains(r#"{"name":"DB_PASSWORD","value":"(secret 2)"}"#), "{shown}");
    assert!(shown.contains(r#""secretKeyRef":{"key":"password","name":"s"}"#), "{shown}");
    assert!(shown.contains(r#"{"name":"USER","value":"x2"}"#) && shown.contains(r#""secretName":"s""#), "{shown}");
}

#[test]
fn numbers_with_secret_keys_are_masked() {
    let values = "password: 1234\npin: {password: 5222}\ntoken: [12.5]\ncookie: true\nport: 1234\nenv: [{name: API_KEY, value: 77}]\n";
    assert_eq!(marked(values, "{}"), ["password", "pin.password", "token[0]", "env[0].value"]);
    let mut gathering = Gathering::default();
    gathering.values(&read(values), &[]);
    let secrets = gathering.finish();
    let shown = crate::json::write(&Value::Map(secrets.masked_values(&read(values))));
    assert_eq!(
        shown,
        r#"{"cookie":true,"env":[{"name":"API_KEY","value":"(secret)"}],"password":"(secret)","pin":{"password":"(secret)"},"port":1234,"token":["(secret)"]}"#
    );
    // Ports, replicas and other numbers stay, whatever the secrets are.
    let object = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec:\n  ports: [{port: 5222, targetPort: 1234}]\n  replicas: 77\n  password: 42\n";
    let masked = secrets.masked(&read(object));
    let shown = crate::json::write(&Value::Map(masked.clone()));
    assert!(
        shown.contains(r#""spec":{"password":"(secret)","ports":[{"port":5222,"targetPort":1234}],"replicas":77}"#)
    );
    let source = Source::file("m.yaml", object);
    let text = secrets.text_of(&source, 0..object.len(), &read(object), &masked);
    assert_eq!(text, Some(object.replace("password: 42", "password: (secret)")));
    // A long number is found anywhere.
    let secrets = secrets_of_objects(&["apiVersion: v1\nkind: X\nmetadata: {name: x}\nspec: {token: 1029384756}\n"]);
    assert_eq!(secrets.mask("x=1029384756;"), "x=(secret 1);");
    assert_eq!(
        crate::json::write(&Value::Map(secrets.masked(&read("kind: Other\na: 1029384756")))),
        r#"{"a":"(secret 1)","kind":"Other"}"#
    );
}

#[test]
fn secrets_only_on_the_old_side_are_masked() {
    let new = ["apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n"];
    let secrets = secrets_of_objects(&new);
    for (old, hidden) in [
        ("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {any: b2xkc2Vj}\n", "b2xkc2Vj"),
        ("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {any: oldsec}\n", "oldsec"),
        ("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {any: 4711}\n", "4711"),
        ("kind: Pod\nspec: {containers: [{env: [{name: DB_PASSWORD, value: oldsec}]}]}\n", "oldsec"),
        ("kind: ConfigMap\ndata: {a: b, DB_PASSWORD: oldsec}\n", "oldsec"),
        ("kind: ConfigMap\ndata: {app.conf: \"user = x\\npassword = oldsec\\n\"}\n", "oldsec"),
        ("kind: ConfigMap\ndata: {app.json: '{\"db\": {\"password\": \"oldsec\"}}'}\n", "oldsec"),
        ("kind: Other\nspec: {auth: {token: 4711}}\n", "4711"),
    ] {
        let masked = secrets.masked(&read(old));
        let shown = crate::json::write(&Value::Map(masked.clone()));
        assert!(!shown.contains(hidden), "{shown}");
        let source = Source::file("m.yaml", old);
        let text = secrets.text_of(&source, 0..old.len(), &read(old), &masked);
        assert!(text.is_none_or(|text| !text.contains(hidden)), "{old}");
    }
}

#[test]
fn short_secrets_are_masked_in_the_charts_messages() {
    let file = Source::file("v.yaml", "password: abc12\n");
    let mut gathering = Gathering::default();
    gathering.values(&read_values(&file).unwrap(), &[]);
    let secrets = gathering.finish();
    let hidden = |code: &'static str, message: &str, is_marked: bool| {
        let mut reported = Diagnostic::error(code, message);
        if is_marked {
            reported = reported.at(file.span(10..15), "");
        }
        secrets.hide([&mut reported]);
        reported.message
    };
    assert_eq!(hidden("template", "password abc12 is too short", true), "password (secret) is too short");
    assert_eq!(hidden("template", "xabc12 and abc12x stay", true), "xabc12 and abc12x stay");
    assert_eq!(hidden("template", "\"abc12\" is too short, abc12", false), "\"(secret)\" is too short, abc12");
    assert_eq!(hidden("fail", "funcMap fail: 'abc12' is short", false), "funcMap fail: '(secret)' is short");
    // Our own sentences may contain the same word.
    assert_eq!(hidden("schema", "got abc12", true), "got abc12");
    assert_eq!(hidden("yaml-value", "unknown field \"abc12\"", false), "unknown field \"abc12\"");
}

#[test]
fn lists_of_objects_are_searched() {
    let list =
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: eA==}}\n";
    let shown = crate::json::write(&Value::Map(Secrets::default().masked(&read(list))));
    assert!(shown.contains(r#""data":{"a":"(secret)"}"#), "{shown}");
}

#[test]
fn keys_alone_mask_secrets_in_an_excerpt() {
    let file = Source::file("v.yaml", "db:\n  password: hunter2: x\nuser: y\n");
    let flag = Source::flag("--set", "db.password=abc,def,user=x");
    let json = Source::flag("--set-json", r#"{"password": "hunter2", "a": }"#);
    let at = json.text().find("}").unwrap();
    let mut error = Diagnostic::error("schema", "failed parsing --set data: key \"def\" has no value")
        .at(file.span(22..23), "")
        .at(flag.span(16..19), "")
        .at(json.span(at..at + 1), "");
    Secrets::default().hide([&mut error]);
    insta::assert_snapshot!(write_text(std::slice::from_ref(&error), TextStyle::default()), @r#"
    error: failed parsing --set data: key "(secret)" has no value
     --> v.yaml:2:13
      |
    2 |   password: (secret)
      |             ^^^^^^^^
      |
     :::
      | --set db.password=(secret),...
      |                   --------
      |
     :::
      | --set-json {"password": (secret), "a": }
      |                                        -
    "#);
    let shown = write_json(&[error]);
    assert!(!shown.contains("hunter2") && !shown.contains("def") && !shown.contains("abc"), "{shown}");
}

#[test]
fn show_secrets_disables_masking() {
    let object = read("apiVersion: v1\nkind: Secret\ndata: {a: aHVudGVyMg==}\npassword: x\n");
    let shown = crate::json::write(&Value::Map(Secrets::shown().masked(&object)));
    assert_eq!(shown, r#"{"apiVersion":"v1","data":{"a":"hunter2"},"kind":"Secret","password":"x"}"#);
    assert_eq!(Secrets::shown().mask("hunter2"), "hunter2");
}

#[test]
fn folded_and_indented_secrets_are_found() {
    let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\nAASCBKcwggSjAgEAAoIBAQC7\n-----END KEY-----\n";
    let secrets = holding(key);
    let indented = key.replace('\n', "\n      ");
    assert_eq!(secrets.mask(&format!("a:\n      {indented}b: 1")), "a:\n      (secret 1)\n      b: 1");
    assert_eq!(secrets.mask("x MIIEvQIBADANBgkqhkiG9w0BAQEF y"), "x (secret 1) y");
    let phrase = holding("correct horse battery");
    assert_eq!(phrase.mask("a: correct horse\n   battery"), "a: (secret 1)");
}

/// All spellings of a secret that must be masked.
fn spellings(secret: &str) -> Vec<(&'static str, String)> {
    let json = |text: &str| crate::json::write(&Value::String(text.to_owned()));
    let yaml = |text: &str| crate::yaml::write(&Value::String(text.to_owned())).unwrap();
    let url = |text: &str, all: bool| {
        let byte = |byte: u8| {
            if byte.is_ascii_alphanumeric() && !all { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        };
        text.bytes().map(byte).collect::<String>()
    };
    vec![
        ("raw", secret.to_owned()),
        ("json", json(secret)),
        ("json twice", json(&json(secret))),
        ("yaml", yaml(secret)),
        ("single quotes", secret.replace('\'', "''")),
        ("upper case", secret.to_ascii_uppercase()),
        ("lower case", secret.to_ascii_lowercase()),
        ("url", url(secret, false)),
        ("url, all", url(secret, true).to_ascii_lowercase()),
        ("html", secret.replace('&', "&amp;").replace('"', "&#34;").replace('<', "&lt;").replace('>', "&gt;")),
        ("hex", secret.bytes().map(|byte| format!("{byte:02x}")).collect()),
        ("base64", STANDARD.encode(secret)),
        ("base64 with a line break", STANDARD.encode(format!("{secret}\n"))),
        ("base64 of URLs", URL_SAFE_NO_PAD.encode(secret)),
        ("base64 behind 1", STANDARD.encode(format!("u{secret}"))),
        ("base64 behind 2", STANDARD.encode(format!("u:{secret}"))),
        ("base64 behind 3", STANDARD.encode(format!("us:{secret}@host"))),
        ("base64 of JSON", STANDARD.encode(format!("{{\"a\":{}}}", json(secret)))),
        ("base64 twice", STANDARD.encode(STANDARD.encode(format!("u:{secret}")))),
        ("base64 in a URL", url(&STANDARD.encode(secret), false)),
    ]
}

proptest! {
    #[test]
    fn every_spelling_of_a_long_secret_is_masked(
        secret in "[ -~]{8,40}".prop_filter("", |text| text.trim().len() >= 8),
        before in "[a-z :=/-]{0,8}",
        after in "[a-z ,;&-]{0,8}",
    ) {
        let secret = secret.trim();
        let secrets = holding(secret);
        for (name, spelling) in spellings(secret) {
            let text = format!("{before}\"{spelling}\"{after}");
            let masked = secrets.mask(&text);
            prop_assert!(masked.contains("(secret 1)"), "{}: {} in {}", name, masked, text);
            let inside = spelling.trim_matches(['"', '\'']);
            prop_assert!(!masked.contains(inside), "{}: {} in {}", name, masked, text);
        }
    }

    #[test]
    fn a_short_secret_is_masked_as_a_whole_value(secret in "[a-z]{2}[a-z0-9!.]{2,5}") {
        prop_assume!(!matches!(secret.as_str(), "true" | "false" | "null" | "none"));
        let secrets = holding(&secret);
        for (name, spelling) in spellings(&secret) {
            if name.contains("behind") || name.contains("JSON") || name == "base64 twice" {
                continue;
            }
            let masked = secrets.mask(&spelling);
            prop_assert!(masked.contains("(secret 1)") && masked.len() <= 16, "{}: {} in {}", name, masked, spelling);
        }
        let word = format!("x{secret}x and {secret}");
        prop_assert_eq!(secrets.mask(&word), word);
    }

    #[test]
    fn text_without_secrets_is_unchanged(text in "[a-zA-Z0-9 .:/=_\"'-]{0,200}") {
        let secrets = holding("~~~~not in there~~~~");
        prop_assert_eq!(secrets.mask(&text), text);
    }

    #[test]
    fn masking_any_text_ends(secret in any::<String>(), text in any::<String>()) {
        let secrets = holding(&secret);
        secrets.mask(&text);
        secrets.masked_lines(&text);
        let source = Source::file("v.yaml", text.as_str());
        for range in [0..text.len(), text.len() / 2..text.len()] {
            let mut error = Diagnostic::error("schema", text.as_str()).at(source.span(range), text.as_str());
            secrets.hide([&mut error]);
            write_text(std::slice::from_ref(&error), TextStyle::default());
            write_json(&[error]);
        }
    }
}

#[test]
fn values_and_flags_are_masked_together() {
    let flag = Source::flag("--set", "db.password=hunter2,db.user=x");
    let mut db = Map::new();
    db.insert("password", flag.span(3..11), Node::new(Value::String("hunter2".into()), flag.span(12..19)));
    db.insert("user", flag.span(20..27), Node::new(Value::String("x".into()), flag.span(28..29)));
    let mut values = Map::new();
    values.insert("db", flag.span(0..2), Node::new(Value::Map(db), flag.span(0..2)));
    let mut gathering = Gathering::default();
    gathering.values(&values, &[]);
    let masked = gathering.finish().masked_values(&values);
    let shown = crate::values::write_with_origins(&masked, &[]).unwrap();
    insta::assert_snapshot!(shown, @"
    db: # --set db.password=(secret)
      password: (secret) # --set db.password=(secret)
      user: x # --set db.user=x
    ");
}

#[test]
fn names_that_hold_a_secret_are_shown() {
    let mut gathering = Gathering::default();
    gathering.public("r-postgresql");
    gathering.object(&read("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {user: postgres}\n"));
    let secrets = gathering.finish();
    for shown in ["Service/r-postgresql: spec", "see r-postgresql.", "host: r-postgresql", "(r-postgresql)"] {
        assert_eq!((secrets.mask_in_sentence(shown), secrets.mask(shown)), (shown.to_owned(), shown.to_owned()));
    }
    for (text, masked) in [
        ("Service/r-postgresql: \"postgres\"", "Service/r-postgresql: \"(secret)\""),
        ("r-postgresql-x", "r-(secret)ql-x"),
        ("postgres://r-postgresql", "(secret)://r-postgresql"),
    ] {
        assert_eq!(secrets.mask_in_sentence(text), masked);
    }
    let manifest = Source::file("m.yaml", "{kind: Service, metadata: {name: r-postgresql, namespace: postgres}}\n");
    let mut error = Diagnostic::error("value", "Service/r-postgresql: \"postgres\"").at(manifest.whole(), "");
    secrets.hide([&mut error]);
    let shown = write_text(&[error], TextStyle::default());
    assert!(shown.contains("name: r-postgresql, namespace: (secret)"), "{shown}");
    assert!(shown.contains("Service/r-postgresql: \"(secret)\""), "{shown}");
}
