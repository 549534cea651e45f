//! Reads inputs that may be endless.

use std::io::Read;

/// Reads an input to its end; `None` if it has more than `limit` bytes, of which no more are read.
pub(super) fn read_at_most(from: impl Read, limit: u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    from.take(limit + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_beyond_the_limit_are_not_read() {
        assert_eq!(read_at_most(&b"abc"[..], 3).unwrap().as_deref(), Some(&b"abc"[..]));
        assert_eq!(read_at_most(&b"abc"[..], 2).unwrap(), None);
        assert_eq!(read_at_most(std::io::repeat(0), 2).unwrap(), None);
    }
}
