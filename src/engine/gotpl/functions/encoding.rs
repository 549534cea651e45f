//! sprig's encodings and checksums. As in sprig, decoding a malformed text returns the error's message.

use super::strings::counted_string;
use crate::engine::gotpl::call::{Evaluate, Function, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::Value;
use crate::engine::sprig::{self, encoding};

const STR: &[Param] = &[Param::Str];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("b64enc", STR, |run, args| counted_string(run, encoding::base64(args.bytes(0)))),
    Function::new("b64dec", STR, |run, args| decoded(run, encoding::from_base64(args.bytes(0)))),
    Function::new("b32enc", STR, |run, args| counted_string(run, encoding::base32(args.bytes(0)))),
    Function::new("b32dec", STR, |run, args| decoded(run, encoding::from_base32(args.bytes(0)))),
    Function::new("sha1sum", STR, |run, args| summed(run, args.bytes(0), encoding::sha1)),
    Function::new("sha256sum", STR, |run, args| summed(run, args.bytes(0), encoding::sha256)),
    Function::new("sha512sum", STR, |run, args| summed(run, args.bytes(0), encoding::sha512)),
    Function::new("adler32sum", STR, |run, args| summed(run, args.bytes(0), encoding::adler32)),
];

fn decoded(run: &mut dyn Evaluate, decoded: Result<Vec<u8>, sprig::Error>) -> Result<Value, FnError> {
    match decoded {
        Ok(bytes) => counted_string(run, bytes),
        Err(error) => counted_string(run, error.to_string()),
    }
}

fn summed(run: &mut dyn Evaluate, bytes: &[u8], sum: fn(&[u8]) -> String) -> Result<Value, FnError> {
    run.spend(bytes.len() / 4)?;
    counted_string(run, sum(bytes))
}
