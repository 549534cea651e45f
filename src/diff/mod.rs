//! Two sets of manifests compared: which objects come, go and change, in which fields, and what that does in a cluster.
//!
//! | file | what it does |
//! |---|---|
//! | `difference`, `cause`, `origin`, `upgrade` | the outcome, as data |
//! | `sides` | compares two sides |
//! | `stored` | two versions of an object with the server's defaults |
//! | `moved` | objects in API versions that are gone |
//! | `live` | what the API server made up, and keeps |
//! | `pair` | which object of one side is which of the other |
//! | `compare` | the fields of two versions of an object |
//! | `fingerprint` | short names of values, for lists and objects that may have moved |
//! | `ignore`, `fold`, `noise` | changes that are noise, and a comparison and texts without them |
//! | `group`, `together` | the same change in many objects, and in many places of one |
//! | `impact` | what a change does, by Kubernetes' rules |
//! | `images` | the container images that change |
//! | `lines`, `change_lines` | text compared line by line, and a change in lines |
//! | `title` | what an object is called |
//! | `text`, `side_by_side`, `markdown`, `json`, `unified`, `findings` | the answer in several forms |

mod cause;
mod change_lines;
mod compare;
mod difference;
mod findings;
mod fingerprint;
mod fold;
mod group;
mod ignore;
mod images;
mod impact;
mod json;
mod lines;
mod live;
mod markdown;
mod moved;
mod noise;
mod origin;
mod pair;
mod side_by_side;
mod sides;
mod stored;
mod text;
mod title;
mod together;
mod unified;
mod upgrade;

pub use cause::Cause;
pub use change_lines::change_line;
pub use compare::{Change, What};
pub use difference::{Comparison, Difference, Ignored, IgnoredBy, Status};
pub use findings::findings;
pub use ignore::IgnoreRules;
pub use images::{ImageChanges, image_changes, image_changes_json, image_changes_text};
pub use impact::{Impact, ImpactLevel};
pub use json::write_json;
pub use lines::pairs_of_lines;
pub use markdown::write_markdown;
pub use noise::old_text_of_shown;
pub use origin::Origin;
pub use side_by_side::write_side_by_side;
pub use sides::{compare_ignoring, compare_sides, gather_secrets, given_twice};
pub use stored::changes;
pub use text::{Note, TextOptions, cause_lines, notes, write_text};
pub use unified::write_unified;
pub use upgrade::{MovedDefault, UnusedValue, Upgrade};
