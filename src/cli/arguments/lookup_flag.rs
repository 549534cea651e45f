//! `--lookup`: the objects that the template function `lookup` finds.

use std::sync::Arc;

use clap::Args;

use super::manifest_input::{NamedBy, stored_objects_of_files};
use crate::diagnostic::Diagnostic;
use crate::engine::ClusterObjects;
use crate::kubernetes::Object;

/// Objects of a cluster that templates may ask for.
#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
pub(in crate::cli) struct LookupFlag {
    /// Objects that the template function `lookup` finds: a file with the output of `kubectl get -o yaml`, a directory of such
    /// files, or `-` for standard input (repeatable)
    #[arg(long, value_name = "PATH")]
    lookup: Vec<String>,
}

impl LookupFlag {
    /// Whether the flag names files, which may nest deeply.
    pub(in crate::cli) fn reads_deep_input(&self) -> bool {
        !self.lookup.is_empty()
    }

    /// Reads the objects; `None` without the flag.
    ///
    /// # Errors
    /// Files that can't be read, and objects that `lookup` could not find.
    pub(in crate::cli) fn objects(&self) -> Result<Option<Arc<ClusterObjects>>, Vec<Diagnostic>> {
        if self.lookup.is_empty() {
            return Ok(None);
        }
        let objects = stored_objects_of_files(&self.lookup, NamedBy::LOOKUP)?;
        let errors: Vec<Diagnostic> = objects.iter().filter_map(unfindable).collect();
        if errors.is_empty() { Ok(Some(Arc::new(ClusterObjects::new(objects)))) } else { Err(errors) }
    }
}

/// Returns an error for an object that no call of `lookup` can name.
fn unfindable(object: &Object) -> Option<Diagnostic> {
    let missing = match (object.id.api_version.is_empty(), object.id.name.is_empty()) {
        (false, false) => return None,
        (true, _) => "apiVersion",
        (false, true) => "metadata.name",
    };
    let message = format!("{missing} is not set: `lookup` cannot find this object");
    let help = "pass the output of `kubectl get -o yaml`: each object has apiVersion, kind and metadata.name";
    Some(Diagnostic::error("lookup", message).at(object.place().clone(), "").help(help))
}
