//! Arguments and flags that commands share, and readers for the files that they name.

pub(super) mod chart_argument;
pub(super) mod cluster_flags;
pub(super) mod flags;
pub(super) mod helm_flags;
pub(super) mod lookup_flag;
pub(super) mod manifest_input;
pub(super) mod pflag;
pub(super) mod post_renderer;
pub(super) mod rendering;
pub(super) mod secrets;
pub(super) mod side_flags;
pub(super) mod source_date;
pub(super) mod values_at_revision;
pub(super) mod values_input;
