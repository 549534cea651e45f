//! `printf`.

use crate::engine::gotpl::call::Evaluate;
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::Value;
use crate::go::fmt::{Dialect, Error, Printer};

/// `fmt.Sprintf`
pub(super) fn format(run: &mut dyn Evaluate, format: &[u8], args: &[Value]) -> Result<Vec<u8>, FnError> {
    let mut out = Vec::new();
    let printed = Printer::new(&mut out, run.room(), Dialect::GO).printf(format, args);
    printed.map_err(|error| {
        FnError::Limit(match error {
            Error::TooLong => "the printed text would be too long".to_owned(),
            Error::TooDeep => "a value nests too deeply to be printed, or contains itself".to_owned(),
        })
    })?;
    run.spend(out.len())?;
    Ok(out)
}
