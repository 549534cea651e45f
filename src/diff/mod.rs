//! Compares two sets of manifests: which objects are added, removed and changed, in which fields, and the effects in a cluster.
//!
//! | file | content |
//! |---|---|
//! | `difference`, `cause`, `origin`, `upgrade` | the result, as data |
//! | `sides` | compares two sides |
//! | `pair` | matches the objects of both sides |
//! | `stored` | compares two versions of an object with the server's defaults |
//! | `moved` | converts objects of removed API versions |
//! | `live` | fields that the API server sets and keeps |
//! | `compare` | compares the fields of two versions of an object |
//! | `fingerprint` | hashes of values, to find moved items and renamed objects |
//! | `ignore`, `fold`, `noise` | ignore rules, and comparisons and documents without ignored changes |
//! | `group`, `together` | joins equal changes in many objects, and in many places of one object |
//! | `impact` | the effects of a change, by Kubernetes' rules |
//! | `images` | container images that change |
//! | `lines`, `change_lines` | compares text line by line, and writes a change as lines |
//! | `title` | the title of an object |
//! | `changed_value` | writes values that changed, and the values that caused a change |
//! | `notes` | remarks about a comparison as a whole |
//! | `text`, `side_by_side`, `markdown`, `json`, `unified`, `findings` | output forms |

mod cause;
mod change_lines;
mod changed_value;
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
mod notes;
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
pub use changed_value::cause_lines;
pub use compare::{Change, ChangeKind};
pub use difference::{Comparison, Difference, Ignored, IgnoredBy, Status};
pub use findings::findings;
pub use ignore::IgnoreRules;
pub use images::{ImageChanges, image_changes, image_changes_json, image_changes_text};
pub use impact::{Impact, ImpactLevel};
pub use json::write_json;
pub use lines::pairs_of_lines;
pub use markdown::write_markdown;
pub use noise::old_text_of_shown;
pub use notes::{Note, notes};
pub use origin::Origin;
pub use side_by_side::write_side_by_side;
pub use sides::{compare_ignoring, compare_sides, duplicate_warnings, gather_secrets};
pub use stored::changes;
pub use text::{TextOptions, write_text};
pub use unified::write_unified;
pub use upgrade::{ChangedDefault, UnusedValue, Upgrade};
