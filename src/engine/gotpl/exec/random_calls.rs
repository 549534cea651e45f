//! What distinguishes the calls of random functions from each other.

use super::{Context, Exec, Frame, Loop, Result};
use crate::engine::gotpl::ast::NodeId;
use crate::engine::gotpl::call::Function;
use crate::engine::gotpl::host::mix;
use crate::engine::gotpl::trace::Tracer;
use crate::engine::gotpl::value::Text;

impl<T: Tracer> Exec<T> {
    /// Records that a random function is about to be called.
    pub(super) fn begin_random_call(&mut self, context: &Context<T>, function: &Function, node: NodeId) -> Result<()> {
        let included = self.included_file().cloned();
        if self.host.notes_calls() {
            self.host.note_call(function.name, included.as_ref());
        }
        if self.host.ignores_call_sites() {
            self.limits.step(self.frames.len() as u64)?;
            let iterations = digest(self.frames.iter());
            self.host.set_written_place(function.name, included, written_name(&self.out), iterations);
        } else {
            let iterations = self.iterations();
            self.host.set_call_site(&context.name, context.parsed.offset(node), iterations);
        }
        Ok(())
    }

    /// Returns a digest of the iterations in the loops of the running template; 0 outside of loops.
    pub(super) fn iterations(&self) -> u64 {
        let own = self.frames[self.outer_frames..].iter().rev();
        digest(own.take_while(|frame| !matches!(frame, Frame::Return(..))))
    }

    /// The included file that is running, if it is one that is also rendered on its own. Of several, the first by name.
    fn included_file(&self) -> Option<&Text> {
        self.includes.keys().filter(|name| self.set.is_rendered_file(name)).min()
    }
}

fn digest<'f, T: Tracer + 'f>(frames: impl Iterator<Item = &'f Frame<T>>) -> u64 {
    frames.fold(0, |digest, frame| match frame {
        Frame::Range(open) => mix(digest, open.iteration()),
        _ => digest,
    })
}

impl<T: Tracer> Loop<T> {
    /// A digest of the current iteration's key or index.
    fn iteration(&self) -> u64 {
        /// Keys are shorter in practice. Reading all of a longer one in each iteration would take time.
        const MAX_LENGTH: usize = 256;
        match &self.key {
            // It does not depend on which other keys there are.
            Some(key) => key.iter().take(MAX_LENGTH).fold(1, |digest, byte| mix(digest, u64::from(*byte))),
            None => self.iterations as u64,
        }
    }
}

/// The name that the last line of the output gives to what follows, as `password` for `  password: `. White space after the
/// line, such as that of a called template, does not matter.
fn written_name(out: &[u8]) -> &[u8] {
    /// Lines are shorter in practice, but a loop can write without line breaks.
    const MAX_LENGTH: usize = 1024;
    let out = out[out.len().saturating_sub(MAX_LENGTH)..].trim_ascii_end();
    let line = out.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let Some(end) = line.iter().rposition(|byte| matches!(byte, b':' | b'=')) else { return &[] };
    let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'');
    let end = line[..end].iter().rposition(|byte| !is_quote(byte)).map_or(0, |last| last + 1);
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/');
    let start = line[..end].iter().rposition(|byte| !is_part(byte)).map_or(0, |before| before + 1);
    &line[start..end]
}

#[cfg(test)]
mod tests {
    use super::written_name;

    #[test]
    fn a_value_is_named_by_its_line() {
        let long = format!("password:{}", " ".repeat(2000));
        for (out, name) in [
            ("", ""),
            ("---\n", ""),
            ("a: 1\nstringData:\n  password: ", "password"),
            ("a: 1\n  tls.crt:\n\n\t", "tls.crt"),
            ("stringData: {password: x, id: ", "id"),
            ("{\"a\": 1, \"b\" : \"x\", \"c\": \"", "c"),
            ("  - name: web-", "name"),
            ("KEY=", "KEY"),
            (": ", ""),
            ("ü: ", ""),
            (&long, ""),
        ] {
            assert_eq!(written_name(out.as_bytes()), name.as_bytes(), "{out}");
        }
    }
}
