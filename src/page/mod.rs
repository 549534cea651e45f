//! Pages for a browser: a comparison or a render as one self-contained HTML file.
//!
//! | file | what it does |
//! |---|---|
//! | `frame` | the page as a whole: head, summary, navigation |
//! | `section` | an object: what happens to it, and why |
//! | `data` | the text of an object and the origins of its lines, for the script |
//! | `html`, `script_json` | escaping of text, in HTML and in blocks of JSON |
//! | `style.css`, `script.js` | the layout, and what keys do |
//!
//! Charts, values and manifests are not trusted. Their text is escaped in HTML; the script reads it as JSON and inserts it only
//! as text. The page's Content-Security-Policy lets a browser run only this script, use only this style, and load nothing.

mod data;
mod frame;
mod html;
mod script_json;
mod section;

pub use data::ShownText;
pub use frame::{Head, write_page};
pub use section::Shown;
