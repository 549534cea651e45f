//! What commands print: messages, results, progress, tables, findings.

pub(super) mod console;
pub(super) mod findings_format;
pub(super) mod progress;
pub(super) mod table;
