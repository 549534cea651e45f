//! What Go's standard library does where Helm's output shows it. Nothing here imports anything of ours.
//!
//! | file | Go package |
//! |---|---|
//! | `error` | messages of the operating system's errors |
//! | [`float`] | `strconv.FormatFloat`, floats of `encoding/json` |
//! | `path` | `path`, `path/filepath` |
//! | [`strconv`] | `strconv`: quoted text |
//! | [`url`] | `net/url` |

mod error;
pub mod float;
pub mod path;
pub mod strconv;
pub mod url;

pub use error::os_error;
