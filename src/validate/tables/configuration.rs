//! ConfigMaps and Secrets of `v1`.

use super::place::{Place, Row, Rule, row};
use crate::diagnostic::Source;
use crate::json;
use crate::kubernetes::names;
use crate::validate::fields::text;
use crate::validate::form::{KEY, decode_base64};
use crate::yaml::{Map, Value};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("core.v1.ConfigMap", "", Rule::Whole(|at| keys(at, &["data", "binaryData"]))),
    row("core.v1.ConfigMap", "", Rule::Whole(configuration)),
    row("core.v1.Secret", "", Rule::Whole(|at| keys(at, &["data", "stringData"]))),
    row("core.v1.Secret", "", Rule::Whole(secret)),
];

fn keys(at: &mut Place<'_, '_, '_>, fields: &[&str]) {
    for field in fields {
        let Some(map) = at.map(field) else { continue };
        for (key, entry) in map.entries().filter(|(key, _)| !names::is_config_key(key)) {
            let path = at.path.field(field).field(key);
            at.invalid_key(&path, key, &entry.key, KEY);
        }
    }
}

/// The maximum size of the data of a ConfigMap or Secret, in bytes.
const MAX: usize = 1024 * 1024;

/// Returns the size of the values of a map; base64 counts as decoded.
fn size(map: Option<&Map>, is_encoded: bool) -> usize {
    let texts = map.into_iter().flat_map(Map::iter).filter_map(|(_, node)| node.value.as_str());
    texts.map(|text| if is_encoded { text.trim_end_matches('=').len() * 3 / 4 } else { text.len() }).sum()
}

fn configuration(at: &mut Place<'_, '_, '_>) {
    let (data, binary) = (at.map("data"), at.map("binaryData"));
    for (key, node) in data.into_iter().flat_map(Map::iter) {
        if binary.is_some_and(|binary| binary.get(key).is_some()) {
            let path = at.path.field("data").field(key);
            let key = crate::yaml::Node::new(Value::String(key.to_owned()), node.span.clone());
            at.invalid_at(&path, &key, "duplicate of key present in binaryData");
        }
    }
    if size(data, false) + size(binary, true) > MAX {
        let path = at.path.field("data");
        at.too_long(&path, MAX);
    }
}

fn secret(at: &mut Place<'_, '_, '_>) {
    let (data, texts) = (at.map("data"), at.map("stringData"));
    if size(data, true) + size(texts, false) > MAX {
        let path = at.path.field("data");
        at.too_long(&path, MAX);
    }
    let is_there = |key: &str| [data, texts].iter().flatten().any(|map| map.get(key).is_some());
    let is_full = |key: &str| [data, texts].iter().flatten().any(|map| !text(map, key).is_empty());
    let path = at.path.field("data");
    let need = |keys: &[&str], at: &mut Place<'_, '_, '_>| {
        for key in keys {
            at.required_at(&path.field(key), "");
        }
    };
    match at.text("type") {
        "kubernetes.io/tls" => {
            let keys: Vec<&str> = ["tls.crt", "tls.key"].into_iter().filter(|key| !is_there(key)).collect();
            need(&keys, at);
        }
        "kubernetes.io/dockerconfigjson" => docker(".dockerconfigjson", at),
        "kubernetes.io/dockercfg" => docker(".dockercfg", at),
        "kubernetes.io/basic-auth" if !is_there("username") && !is_there("password") => {
            need(&["username", "password"], at);
        }
        "kubernetes.io/ssh-auth" if !is_full("ssh-privatekey") => need(&["ssh-privatekey"], at),
        "kubernetes.io/service-account-token" => {
            let name = at.fields.at(["metadata", "annotations", "kubernetes.io/service-account.name"]);
            if name.and_then(|node| node.value.as_str()).is_none_or(str::is_empty) {
                let path = at.path.field("metadata").field("annotations").field("kubernetes.io/service-account.name");
                at.required_at(&path, "");
            }
        }
        _ => {}
    }
}

/// The configuration of a registry must be a JSON object. Its content is secret and not shown.
fn docker(key: &str, at: &mut Place<'_, '_, '_>) {
    let encoded = at.map("data").map(|map| text(map, key));
    let plain = at.map("stringData").and_then(|map| map.get(key)).map(|node| node.value.as_str().unwrap_or_default());
    let path = at.path.field("data").field(key);
    let is_there = ["data", "stringData"].iter().any(|field| at.map(field).is_some_and(|map| map.get(key).is_some()));
    if !is_there {
        at.required_at(&path, "");
        return;
    }
    let decoded = match (plain, encoded) {
        (Some(plain), _) => plain.as_bytes().to_vec(),
        (None, Some(encoded)) => {
            let Some(decoded) = decode_base64(encoded) else { return };
            decoded
        }
        (None, None) => return,
    };
    let is_object = std::str::from_utf8(&decoded)
        .ok()
        .and_then(|text| json::read(&Source::file(key, text), 0..text.len()).ok())
        .is_some_and(|node| matches!(node.value, Value::Map(_) | Value::Null));
    if !is_object {
        at.redacted(&path, "must be a JSON object");
    }
}
