//! Pages for a browser: a comparison or a render as one HTML file that needs nothing else.
//!
//! | file | what it does |
//! |---|---|
//! | `frame` | the page around its objects: head, summary, navigation |
//! | `section` | an object: what happens to it, and why |
//! | `data` | the text of an object with where its lines come from, for the script |
//! | `html`, `script_json` | text that stays text, in HTML and in a block of data |
//! | `style.css`, `script.js` | how it looks, and what keys do |
//!
//! What comes from charts, values and manifests is only ever text: in HTML it is escaped, and the script reads it as data and
//! puts it into the page as text. A policy in the page lets a browser run this script, use this style, and load nothing.

mod data;
mod frame;
mod html;
mod script_json;
mod section;

pub use data::ShownText;
pub use frame::{Head, write_page};
pub use section::Shown;
