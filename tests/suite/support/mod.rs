//! Helpers of several tests: running the program, recorded cases, files and archives.

pub mod command;
pub mod configurations;
pub mod files;
pub mod recorded;
