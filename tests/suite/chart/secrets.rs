//! Tests that secrets are only in Secrets, and that the script that fills existing Secrets into the files accepts any password.

use std::process::{Command, Output};

use super::configuration_table::ODD;
use super::rendering::{refusal, render, root};

/// Values with which mongooseim.toml contains a secret.
const HOLD_SECRETS: &[&[&str]] = &[
    &["persistentDatabase=rdbms"],
    &["listeners.gql-admin.enabled=true", "listeners.gql-admin.username=u", "listeners.gql-admin.password=p"],
    &["json:listeners.x={\"enabled\":true,\"type\":\"component\",\"port\":8888,\"password\":\"p\"}"],
    &["tlsCertSecret=t", "listeners.c2s.options.tls.password=p"],
    &["configInSecret=true"],
    &["json:modules.mod_own={\"api_key\":\"k\"}"],
    &["json:modules.mod_own={\"nested\":{\"secret\":\"k\"}}"],
    &["json:modules.mod_own={\"nested\":[{\"secret\":\"k\"}]}"],
    &["json:extraMimConfig=\"[auth.jwt]\\n  secret.value = \\\"k\\\"\""],
    &["json:extraMimConfig=\"[outgoing_pools.redis.default.connection]\\npassword=\\\"k\\\"\""],
    &["json:mimConfig=\"[outgoing_pools.redis.default.connection]\\n\\\"password\\\"\\t= \\\"k\\\"\""],
    &["json:mimConfig=\"s2s.shared = \\\"k\\\"\""],
    &["json:mimConfig=\"x = {a = 1, password = \\\"k\\\"}\""],
];

const HOLD_NONE: &[&[&str]] = &[
    &[],
    &["tlsCertSecret=t", "listeners.bosh-wss.enabled=true"],
    &["persistentDatabase=rdbms", "rdbms.existingSecret.name=d"],
    &["listeners.gql-admin.enabled=true"],
    &["json:mimConfig=\"[auth.password]\\nformat = \\\"scram\\\"\\n# password = none\\n\""],
];

#[test]
fn a_configuration_with_a_password_is_only_in_the_secret() {
    for sets in HOLD_SECRETS {
        let rendered = render(sets);
        assert!(rendered.get("ConfigMap", "mongooseim").at("data mongooseim.toml").is_none(), "{sets:?}");
        assert!(rendered.get("Secret", "mongooseim").at("data mongooseim.toml").is_some(), "{sets:?}");
    }
    for sets in HOLD_NONE {
        let rendered = render(sets);
        assert!(rendered.get("ConfigMap", "mongooseim").at("data mongooseim.toml").is_some(), "{sets:?}");
        assert!(rendered.get("Secret", "mongooseim").at("data mongooseim.toml").is_none(), "{sets:?}");
    }
}

#[test]
fn vm_args_is_always_in_the_secret() {
    for sets in [&[][..], &["vmConfig=-name x"], &["configInSecret=true"], &["existingCookieSecret.name=c"]] {
        let rendered = render(sets);
        assert!(rendered.get("Secret", "mongooseim").at("data vm.args").is_some());
        assert!(!rendered.text.contains("setcookie"));
    }
}

#[test]
fn a_cookie_that_vm_args_cannot_hold_is_not_repeated_in_the_error() {
    for cookie in ["with space", "x\ny", "-x", "+x", "a'b", "a\"b", "a\\b", "$x", "a#b", "a*b", "{{x}}", "żółć", ""]
    {
        let printed = refusal(&[format!("json:nodeCookie={}", serde_json::to_string(cookie).expect("JSON"))]);
        assert!(printed.contains("nodeCookie: the cookie is invalid in vm.args"), "{printed}");
    }
}

/// Runs the script on files. Each secret is a name and its content.
fn add_defaults(files: &[(&str, &str)], secrets: &[(&str, &str)]) -> (Output, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to) = (folder.path().join("templates"), folder.path().join("member"));
    for path in [&from, &to] {
        std::fs::create_dir(path).expect("a folder");
    }
    for (name, text) in files {
        std::fs::write(from.join(name), text).expect("a file");
    }
    let script =
        std::fs::read_to_string(root().join("charts/mongooseim/files/fill-in-secrets.sh")).expect("the script");
    let mut command = Command::new("bash");
    command.args(["-c", &script]).env("TEMPLATES", &from).env("MEMBER", &to);
    command.env("SECRETS", secrets.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" "));
    command.envs(secrets.iter().map(|(name, secret)| (format!("SECRET_{name}"), secret)));
    let output = command.output().expect("bash");
    let read = |name: &str| std::fs::read_to_string(to.join(name)).unwrap_or_default();
    (output, files.iter().map(|(name, _)| read(name)).collect())
}

#[test]
fn passwords_are_filled_in_verbatim() {
    let more = [
        "&",
        "a&b\\&",
        "\\1\\0",
        "/",
        "s/a/b/",
        "|",
        "!!",
        "*",
        "[a-z]",
        "__ERLANG_COOKIE__",
        "__RDBMS_PASSWORD__",
        "${HOME}",
        "\\",
        "\\\\\"",
        "%n",
        "-n",
        "-e",
    ];
    let odd = ODD.iter().filter(|text| !text.contains(|c: char| c.is_ascii_control()));
    for password in odd.chain(&more) {
        let toml = "a = 1\n[x]\npassword = \"__RDBMS_PASSWORD__\"\nagain = \"<__RDBMS_PASSWORD__>\"\n\n";
        let (output, read) = add_defaults(
            &[("mongooseim.toml", toml), ("vm.args", "-x __RDBMS_PASSWORD__")],
            &[("RDBMS_PASSWORD", password)],
        );
        assert!(output.status.success(), "{password}: {}", String::from_utf8_lossy(&output.stderr));
        let config: toml::Table = read[0].parse().unwrap_or_else(|error| panic!("{password}: {error}"));
        assert_eq!(config["x"]["password"].as_str(), Some(*password));
        assert_eq!(config["x"]["again"].as_str(), Some(format!("<{password}>").as_str()));
        assert!(read[0].ends_with("\n\n"), "{:?}", read[0]);
        assert_eq!(read[1], format!("-x {password}"));
    }
}

#[test]
fn files_without_placeholders_stay_byte_for_byte() {
    for text in ["", "\n", "a\r\nb", "ends\n\n\n", "  $x `y` \\ 'z' \"\n", "żółć 😀", "__OTHER__", "-x\t \n"] {
        let (output, read) = add_defaults(&[("app.config", text), ("vm.args", text)], &[("ERLANG_COOKIE", "abc")]);
        assert!(output.status.success());
        assert_eq!(read, [text, text]);
    }
}

#[test]
fn each_secret_fills_its_placeholder() {
    let files = [
        ("vm.args", "-name x\n-setcookie __ERLANG_COOKIE__\n"),
        ("mongooseim.toml", "a = \"__A__\"\nb = \"__B__ __A__\"\n"),
    ];
    let (output, read) = add_defaults(&files, &[("ERLANG_COOKIE", "cookie\n"), ("A", "one"), ("B", "two \"2\"")]);
    assert!(output.status.success());
    assert_eq!(read[0], "-name x\n-setcookie cookie\n");
    let config: toml::Table = read[1].parse().expect("TOML");
    assert_eq!((config["a"].as_str(), config["b"].as_str()), (Some("one"), Some("two \"2\" one")));
}

#[test]
fn a_secret_may_look_like_a_placeholder() {
    let files = [
        ("mongooseim.toml", "a = \"__A__\"\nb = \"__B__\"\nc = \"__A__B__\"\nd = \"____A____\"\n"),
        ("vm.args", "__A____B__A__"),
    ];
    let (output, read) = add_defaults(&files, &[("A", "__B__"), ("B", "__A__"), ("A__B", "long")]);
    assert!(output.status.success());
    assert_eq!(read[0], "a = \"__B__\"\nb = \"__A__\"\nc = \"long\"\nd = \"____B____\"\n");
    assert_eq!(read[1], "__B____A__A__");
}

#[test]
fn invalid_secrets_stop_the_pod_and_are_not_printed() {
    let cases = [
        ("ERLANG_COOKIE", "with space", "A cookie has only"),
        ("ERLANG_COOKIE", "-x", "A cookie has only"),
        ("ERLANG_COOKIE", "two\nlines", "control character"),
        ("RDBMS_PASSWORD", "two\nlines", "control character"),
        ("RDBMS_PASSWORD", "bell\u{7}", "control character"),
        ("RDBMS_PASSWORD", "", "is empty"),
        ("RDBMS_PASSWORD", "\n", "is empty"),
    ];
    for (name, secret, printed) in cases {
        let (output, _) = add_defaults(&[("vm.args", "__X__")], &[(name, secret)]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && stderr.contains(printed), "{name}={secret:?}: {stderr}");
        assert!(secret.trim().is_empty() || !stderr.contains(secret.trim()), "{stderr}");
    }
}

#[test]
fn the_pod_runs_that_script() {
    let rendered = render(&["existingCookieSecret.name=c"]);
    let script =
        std::fs::read_to_string(root().join("charts/mongooseim/files/fill-in-secrets.sh")).expect("the script");
    let command = rendered.stateful_set().list("spec template spec initContainers 0 command").to_vec();
    assert_eq!(command, ["bash".into(), "-c".into(), serde_yaml::Value::String(script)]);
}
