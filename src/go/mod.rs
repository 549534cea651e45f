//! The parts of Go's standard library whose behavior shows in Helm's output. Nothing here uses other modules of this
//! crate.
//!
//! | file | Go package |
//! |---|---|
//! | `error` | messages of operating system errors |
//! | [`expand`] | `os`: `Expand` |
//! | [`fmt`] | `fmt`: `%v`, `printf` |
//! | [`float`] | `strconv.FormatFloat`, floats of `encoding/json` |
//! | [`glob`] | `path/filepath`: `Match` |
//! | [`json`] | `encoding/json`: strings |
//! | [`netip`] | `net/netip`: `ParseAddr` |
//! | [`number`] | `strconv.ParseInt`, `strconv.ParseFloat` |
//! | `path` | `path`, `path/filepath` |
//! | [`regexp`] | `regexp` |
//! | [`mod@slice`] | `runtime`: the capacity of slices |
//! | [`time`] | `time`: instants, layouts, durations, zones |
//! | [`strconv`] | `strconv`: quoted text |
//! | [`utf8`] | `unicode/utf8` |
//! | [`url`] | `net/url` |

mod error;
pub mod expand;
pub mod float;
pub mod fmt;
pub mod glob;
pub mod json;
pub mod netip;
pub mod number;
pub mod path;
pub mod regexp;
pub mod slice;
pub mod strconv;
pub mod time;
pub mod url;
pub mod utf8;

pub use error::os_error;
