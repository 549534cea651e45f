//! Writes a whole page: the head, the summary, the navigation, and all objects.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::data::ShownText;
use super::html::Html;
use super::section::{PageBudget, Shown, section, status};
use crate::diff::Note;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The size limit for the impacts of all objects, in bytes.
const MAX_IMPACTS: usize = 4 << 20;
/// The size limit for the changes and causes of all objects, in bytes. Each change becomes about ten elements.
const MAX_CHANGES: usize = 4 << 20;
/// The size limit for the texts of all objects, in bytes. They become elements only when a reader opens them.
const MAX_TEXTS: usize = 48 << 20;
/// With more objects than this, the groups in the navigation start folded.
const MAX_OPEN: usize = 200;
/// The number of objects in a chunk. Chunks after the first are laid out only when the reader gets there.
const CHUNK: usize = 500;

/// What a page shows at its top.
#[derive(Debug, Default)]
pub struct Head {
    /// The title: what is compared or rendered.
    pub title: String,
    /// How many objects there are, by status.
    pub summary: String,
    /// Notes about the whole page.
    pub notes: Vec<Note>,
    /// Whether the page knows where lines come from.
    pub is_traced: bool,
}

/// Writes a page of objects. `texts` returns the old and the new text of the object with that index; it is called once for
/// each, in order.
pub fn write_page(head: &Head, shown: &[Shown<'_>], mut texts: impl FnMut(usize) -> [ShownText; 2]) -> String {
    let mut html = Html::default();
    html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; style-src &#39;sha256-",
    );
    html.text(&hash(STYLE)).raw("&#39;; script-src &#39;sha256-").text(&hash(SCRIPT));
    html.raw("&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    html.text(&head.title).raw("</title>\n<style>").raw(STYLE).raw("</style>\n</head>\n<body>\n");
    html.raw("<header>\n<h1>").text(&head.title).raw("</h1>\n<p class=\"summary\">").text(&head.summary).raw("</p>\n");
    head.notes.iter().for_each(|note| write_note(&mut html, note));
    if head.is_traced {
        html.raw("<p class=\"note\">Click a line, or press Enter, to see where it comes from.</p>\n");
    }
    html.raw("<noscript><p class=\"note\">The text of the objects is shown by a script, which does not run here.</p></noscript>\n</header>\n");
    navigation(&mut html, shown);
    html.raw("<main tabindex=\"-1\">\n");
    let mut budget = PageBudget { impacts: MAX_IMPACTS, changes: MAX_CHANGES, texts: MAX_TEXTS };
    for (chunk, part) in shown.chunks(CHUNK).enumerate() {
        html.raw(if chunk == 0 { "<div class=\"chunk\">\n" } else { "<div class=\"chunk later\">\n" });
        for (at, shown) in part.iter().enumerate() {
            let number = chunk * CHUNK + at;
            section(&mut html, number, shown, &texts(number), &mut budget);
        }
        html.raw("</div>\n");
    }
    html.raw("<p id=\"end\"></p>\n<p class=\"none\" hidden>No object matches the filter.</p>\n</main>\n");
    html.raw(KEYS).raw("<script>").raw(SCRIPT).raw("</script>\n</body>\n</html>\n");
    html.finish()
}

/// A note with more details than this starts folded.
const MAX_DETAILS: usize = 5;

fn write_note(html: &mut Html, note: &Note) {
    let class = if note.is_warning { "note warning" } else { "note" };
    if note.details.is_empty() {
        html.raw("<p class=\"").raw(class).raw("\">").text(&note.text).raw("</p>\n");
        return;
    }
    html.raw("<details class=\"").raw(class).raw(if note.details.len() > MAX_DETAILS { "\">" } else { "\" open>" });
    html.raw("<summary>").text(&note.text).raw("</summary>\n<ul>\n");
    for detail in &note.details {
        html.raw("<li>").text(detail).raw("</li>\n");
    }
    html.raw("</ul>\n</details>\n");
}

const KEYS: &str = "<dialog id=\"keys\" aria-label=\"Keys\">
<dl>
<dt><kbd>j</kbd> <kbd>n</kbd></dt><dd>next object</dd>
<dt><kbd>k</kbd> <kbd>p</kbd></dt><dd>previous object</dd>
<dt><kbd>Enter</kbd></dt><dd>open the text of an object; on a line: where it comes from</dd>
<dt><kbd>↓</kbd> <kbd>↑</kbd></dt><dd>next and previous line of the text</dd>
<dt><kbd>o</kbd></dt><dd>open or close all listed texts, up to a hundred</dd>
<dt><kbd>/</kbd></dt><dd>filter by kind, name, namespace, template</dd>
<dt><kbd>Esc</kbd></dt><dd>leave the filter or the line</dd>
<dt><kbd>?</kbd></dt><dd>this list</dd>
</dl>
<form method=\"dialog\"><button>Close</button></form>
</dialog>
";

fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

/// Writes the navigation: the objects by namespace and kind.
fn navigation(html: &mut Html, listed: &[Shown<'_>]) {
    let mut groups: Vec<(&str, &str, Vec<usize>)> = Vec::new();
    let mut known: HashMap<(&str, &str), usize> = HashMap::new();
    for (number, shown) in listed.iter().enumerate() {
        let (namespace, kind) = (shown.id.namespace.as_str(), shown.id.kind.as_str());
        let at = *known.entry((namespace, kind)).or_insert_with(|| {
            groups.push((namespace, kind, Vec::new()));
            groups.len() - 1
        });
        groups[at].2.push(number);
    }
    let mut namespaces: Vec<&str> = Vec::new();
    for (namespace, ..) in &groups {
        if !namespaces.contains(namespace) {
            namespaces.push(namespace);
        }
    }
    html.raw("<nav aria-label=\"Objects\">\n<div class=\"tools\">");
    html.raw("<input type=\"search\" id=\"filter\" placeholder=\"Filter (press /)\" aria-label=\"Filter objects\" autocomplete=\"off\" spellcheck=\"false\">");
    html.raw("<button type=\"button\" id=\"objects\" aria-expanded=\"false\">Objects</button>");
    html.raw("<button type=\"button\" id=\"help\" aria-label=\"Keys\">?</button></div>\n<div class=\"tree\">\n");
    for namespace in &namespaces {
        if namespaces.len() > 1 {
            html.raw("<h2>").text(if namespace.is_empty() { "no namespace" } else { namespace }).raw("</h2>\n");
        }
        for (_, kind, numbers) in groups.iter().filter(|(known, ..)| known == namespace) {
            html.raw(if listed.len() > MAX_OPEN { "<details><summary>" } else { "<details open><summary>" });
            html.text(kind).raw(" <small>").number(numbers.len()).raw("</small></summary>\n<ul>\n");
            for &number in numbers {
                let (word, sign) = status(listed[number].difference);
                html.raw("<li><a class=\"").raw(word).raw("\" href=\"#o").number(number).raw("\">");
                if !sign.is_empty() {
                    html.raw("<span class=\"sign\">").raw(sign).raw("</span> ");
                }
                html.text(&listed[number].id.name).raw("</a></li>\n");
            }
            html.raw("</ul></details>\n");
        }
    }
    html.raw("</div>\n</nav>\n");
}
