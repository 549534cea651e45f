//! What Kubernetes knows of objects: their types and fields, names, quantities, versions, and what a cluster adds.
//!
//! | file | what it holds |
//! |---|---|
//! | `schema` | kinds, their fields and types, the keys of lists, as a real API server publishes them |
//! | `schema.gz` | the same as data, written by `tests/cluster/record_openapi` |
//! | `id`, `object`, `refusal` | what identifies an object; objects read from documents; why a document is not one |
//! | `sequence` | JSON objects side by side, and what follows the first object of a document |
//! | `kind_names` | kinds as people write them for kubectl |
//! | `field_path` | paths to fields |
//! | `formats` | formats of text in CustomResourceDefinitions |
//! | `images` | the container images that an object names |
//! | `quantity`, `names` | what quantities, names, labels and keys look like |
//! | `version`, `deprecations` | versions of Kubernetes, and API versions that it deprecated |
//! | `defaults` | what the API server fills in, and what counts as nothing |
//! | `live` | what of an object of a cluster somebody applied |

mod defaults;
mod deprecations;
mod field_path;
mod formats;
mod id;
mod images;
mod kind_names;
mod live;
pub mod names;
mod object;
mod quantity;
mod refusal;
mod schema;
mod sequence;
mod version;

pub use defaults::{fill_in, is_filled_in, is_made_up, is_nothing};
pub use deprecations::{deprecation, is_gone};
pub use field_path::{FieldPath, FieldPaths, PathStep, is_at_or_below};
pub use formats::{has_format, is_known_format};
pub use id::Id;
pub use images::{ImageField, ImageRole, images_of};
pub use kind_names::kind_named;
pub use live::as_applied;
pub use object::{Object, Refused, Stream, read_objects, read_stored_stream, read_stream, read_stream_beside};
pub use quantity::{is_quantity, quantity};
pub use schema::{Field, Kind, ObjectType, Schema, Type};
pub use version::{DEFAULT_API_VERSIONS, KubeVersion};
