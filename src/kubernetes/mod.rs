//! Kubernetes' rules for objects: types and fields, names, quantities, versions, and what a cluster adds to an object.
//!
//! | file | content |
//! |---|---|
//! | `schema` | kinds, with their fields, types and list keys, as a real API server publishes them |
//! | `schema.gz` | the data of the schema, written by `tests/cluster/record_openapi` |
//! | `id`, `object`, `refusal` | identities of objects; reads objects from documents; errors for documents that are not objects |
//! | `sequence` | consecutive JSON objects, and content after the first object of a document |
//! | `kind_names` | names of kinds that kubectl accepts |
//! | `field_path` | paths to fields |
//! | `formats` | string formats in CustomResourceDefinitions |
//! | `images` | finds the container images in an object |
//! | `quantity`, `names` | the syntax of quantities, names, labels and keys |
//! | `version`, `deprecations` | versions of Kubernetes, and API versions that they deprecate |
//! | `defaults` | the defaults of the API server, and values that it treats as missing |
//! | `live` | reduces objects from a cluster to what a user applied |

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

pub use defaults::{add_defaults, is_default, is_nothing, is_server_assigned};
pub use deprecations::{deprecation, is_removed};
pub use field_path::{FieldPath, FieldPaths, PathStep, is_at_or_below};
pub use formats::{has_format, is_known_format};
pub use id::Id;
pub use images::{ImageField, ImageRole, images_of};
pub use kind_names::kind_named;
pub use live::as_applied;
pub use object::{Object, Refused, Stream, read_objects, read_stored_stream, read_stream, read_stream_with_known};
pub use quantity::{is_quantity, quantity};
pub use schema::{Field, Kind, ObjectType, Schema, Type};
pub use version::{DEFAULT_API_VERSIONS, KubeVersion};
