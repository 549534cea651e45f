//! Tests `--output html` of `diff` and `template`: the structure of the page, and that nothing from a
//! chart becomes markup or script.

use std::path::Path;

use base64::Engine;
use regex::Regex;
use sha2::{Digest, Sha256};

use crate::support::command::{run, stdout};
use crate::support::files::write;

/// Removes the style and the script, which are the same in all pages.
fn frame(page: &str) -> String {
    let own = Regex::new("(?s)<style>.*</style>|<script>.*</script>|sha256-[^&]*").expect("a pattern");
    own.replace_all(page, "").into_owned()
}

/// Returns the content of an element.
fn part<'p>(page: &'p str, element: &str) -> &'p str {
    let start = page.find(&format!("<{element}>")).expect("an element") + element.len() + 2;
    &page[start..page.rfind(&format!("</{element}>")).expect("its end")]
}

/// Returns the data of the objects in a page.
fn data(page: &str) -> Vec<serde_json::Value> {
    let blocks = page.split("<script type=\"application/json\">").skip(1);
    blocks.map(|block| serde_json::from_str(block.split("</script>").next().expect("an end")).expect("JSON")).collect()
}

fn chart(folder: &Path) {
    let chart = folder.join("web");
    write(&chart.join("Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    write(&chart.join("values.yaml"), "team: red\npassword: hunter2-hunter2\nextra: 'a: {{ .Values.team }}'\n");
    write(
        &chart.join("templates/_helpers.tpl"),
        "{{- define \"web.labels\" -}}\nteam: {{ .Values.team }}\n{{- end }}\n",
    );
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  labels:\n    {{- include \"web.labels\" . | nindent 4 }}\ndata:\n  same: text\n  {{ tpl .Values.extra . }}\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: web\nstringData:\n  password: {{ .Values.password }}\n  token: literal-in-template\n  key: {{ default \"literal-default\" .Values.none }}\n";
    write(&chart.join("templates/config.yaml"), config);
}

#[test]
fn a_page_has_impacts_and_the_origin_of_each_line() {
    let folder = tempfile::tempdir().expect("a folder");
    chart(folder.path());
    let page = stdout(folder.path(), &["diff", "web", "--to-set", "team=blue,password=swordfish-9", "-o", "html"]);
    insta::assert_snapshot!("diff", frame(&page));
    let page = stdout(folder.path(), &["template", "shop", "web", "--output", "html"]);
    insta::assert_snapshot!("template", frame(&page));
}

#[test]
fn a_browser_runs_the_script_of_the_page_and_loads_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = stdout(folder.path(), &["template", "--output", "html"]);
    for (element, directive) in [("style", "style-src"), ("script", "script-src")] {
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(part(&page, element)));
        assert!(page.contains(&format!("{directive} &#39;sha256-{hash}&#39;")), "{element}: {hash}");
    }
    assert!(page.contains("content=\"default-src &#39;none&#39;;"));
    let own = format!("{}{}", part(&page, "style"), part(&page, "script"));
    for forbidden in
        ["http:", "https:", " src=", "@import", "url(", "innerHTML", "insertAdjacentHTML", "document.write", "eval("]
    {
        assert!(!own.contains(forbidden), "{forbidden}");
    }
}

/// Texts that would end an element, an attribute, a data block or a comment, or that a browser would run.
const HOSTILE: [&str; 7] = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' autofocus onfocus='alert(1)",
    "<!-- <script>",
    "]]></style><svg onload=alert(1)>",
    "&lt;b&gt; \u{202e}\u{1b}[2J\u{2028}",
];

#[test]
fn text_of_manifests_is_escaped() {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = |version: &str| -> String {
        let object = |text: &&str| {
            let quoted = serde_json::to_string(&format!("{text}{version}")).expect("JSON");
            let name = serde_json::to_string(text).expect("JSON");
            format!(
                "apiVersion: {name}\nkind: {name}\nmetadata: {{name: {name}, namespace: {name}, annotations: {{{name}: {quoted}}}}}\nspec: {quoted}\n# {text}\n---\n"
            )
        };
        HOSTILE[..6].iter().map(object).collect()
    };
    let name = "</title><script>alert(1)<%2fscript>.yaml";
    write(&folder.path().join(name), &manifest("1"));
    write(&folder.path().join("new.yaml"), &manifest("2"));
    let output = run(folder.path(), &["diff", name, "new.yaml", "-o", "html"]);
    let page = String::from_utf8(output.stdout).expect("UTF-8");
    is_harmless(&page);
    assert_eq!(data(&page).len(), 6, "{page}");
}

#[test]
fn text_of_charts_is_escaped() {
    let folder = tempfile::tempdir().expect("a folder");
    let web = folder.path().join("web");
    write(&web.join("Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    let quoted: Vec<String> = HOSTILE.iter().map(|text| serde_json::to_string(text).expect("JSON")).collect();
    write(&web.join("values.yaml"), &format!("texts: [{}]\n\"<b>\": {{\"</script>\": 1}}\n", quoted.join(", ")));
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n{{- range $i, $text := .Values.texts }}\n  t{{ $i }}: {{ toJson $text }}{{/* </script><script>alert(1)</script> */}}\n{{- end }}\n  key: {{ index .Values \"<b>\" \"</script>\" | quote }}\n";
    write(&web.join("templates/</script><b>.yaml"), template);
    write(&web.join("templates/a<img src=x>.yaml"), template);
    for arguments in
        [&["template", "web", "--output", "html"][..], &["diff", "web", "--to-set", "texts={a}", "-o", "html"]]
    {
        let page = stdout(folder.path(), arguments);
        is_harmless(&page);
        assert!(page.contains("\\u003c/script\\u003e"), "the texts are in the page");
    }
}

/// Checks that a page contains only our own elements and attributes.
fn is_harmless(page: &str) {
    let frame = frame(page);
    let tags = Regex::new("<[^>]*>").expect("a pattern");
    let own = Regex::new(
        "^<(!DOCTYPE html|/?(html|head|body|title|header|h1|h2|p|nav|div|input|button|details|summary|ul|li|a|span|b|small|main|section|code|script|noscript|dialog|dl|dt|dd|kbd|form|meta)( (class|id|href|lang|charset|http-equiv|content|name|type|placeholder|aria-[a-z]+|autocomplete|spellcheck|tabindex|title|method)=\"[^\"<>]*\"| hidden| open)*)>$",
    )
    .expect("a pattern");
    for tag in tags.find_iter(&frame) {
        assert!(own.is_match(tag.as_str()), "{}", tag.as_str());
    }
    let outside = tags.replace_all(&frame, "");
    assert!(!outside.contains(['<', '>']), "{outside}");
    assert!(!frame.contains(['\u{1b}', '\u{202e}', '\u{2028}']));
    assert_eq!(page.matches("<script>").count(), 1);
    assert_eq!(page.matches("</title>").count(), 1);
    data(page);
}

#[test]
fn secrets_are_masked_in_pages() {
    let folder = tempfile::tempdir().expect("a folder");
    chart(folder.path());
    // A default of a chart is not a secret.
    write(&folder.path().join("mine.yaml"), "password: coral-reef-77\n");
    let to = ["--to-set", "password=swordfish-9,extra=pass: swordfish-9", "-o", "html"];
    for arguments in [
        &["template", "web", "-f", "mine.yaml", "--output", "html"][..],
        &[&["diff", "web", "-f", "mine.yaml"][..], &to].concat(),
    ] {
        let page = stdout(folder.path(), arguments);
        for secret in ["coral-reef-77", "swordfish-9", "Y29yYWwtcmVlZi03N", "literal-in-template", "literal-default"] {
            assert!(!page.contains(secret), "{arguments:?} shows {secret}: {}", frame(&page));
        }
        let open = stdout(folder.path(), &[arguments, &["--show-secrets"]].concat());
        assert!(open.contains("coral-reef-77"), "{arguments:?}");
    }
}

#[test]
fn very_long_texts_and_very_many_objects_are_bounded() {
    let folder = tempfile::tempdir().expect("a folder");
    let object = |number: usize, text: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{number}}}\ndata:\n  text: {text}\n---\n")
    };
    let long = "x".repeat(3_000_000);
    write(&folder.path().join("old.yaml"), "kind: List\napiVersion: v1\nitems: []\n");
    write(
        &folder.path().join("new.yaml"),
        &(object(0, &long) + &(1..1200).map(|at| object(at, "a")).collect::<String>()),
    );
    let page = stdout(folder.path(), &["diff", "old.yaml", "new.yaml", "-o", "html"]);
    assert!(page.len() < 2_000_000, "{}", page.len());
    assert!(page.contains("(2998008 more bytes)"), "{}", &page[..10_000]);
    assert_eq!(page.matches("class=\"chunk later\"").count(), 2);
    assert_eq!(page.matches("<section ").count(), 1200);
}
