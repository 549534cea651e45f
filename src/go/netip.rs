//! IP addresses as Go's `net/netip` reads them, with its messages.

use super::strconv::quote_bytes;

/// Whether an address has four bytes or sixteen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `10.0.0.1`
    V4,
    /// `fd00::1`, with or without a zone.
    V6,
}

/// Returns the family of an address (`netip.ParseAddr`).
///
/// ```
/// use mim_chart::go::netip::{Family, family};
/// assert_eq!(family(b"fe80::1%eth0"), Ok(Family::V6));
/// assert_eq!(family(b"10.0.0.01").unwrap_err(), r#"ParseAddr("10.0.0.01"): IPv4 field has octet with leading zero"#);
/// ```
///
/// # Errors
/// Go's message.
pub fn family(text: &[u8]) -> Result<Family, String> {
    let whole = Whole(text);
    match text.iter().find(|byte| b".:%".contains(byte)) {
        Some(b'.') => whole.check_v4(text).map(|()| Family::V4),
        Some(b':') => whole.check_v6().map(|()| Family::V6),
        Some(_) => whole.error("missing IPv6 address", b""),
        None => whole.error("unable to parse IP", b""),
    }
}

/// The whole address, which messages quote.
struct Whole<'t>(&'t [u8]);

impl Whole<'_> {
    fn error<T>(&self, message: &str, at: &[u8]) -> Result<T, String> {
        let place = if at.is_empty() { String::new() } else { format!(" (at {})", quote_bytes(at)) };
        Err(format!("ParseAddr({}): {message}{place}", quote_bytes(self.0)))
    }

    /// Checks a four-byte address, which may also be the end of a sixteen-byte one.
    fn check_v4(&self, part: &[u8]) -> Result<(), String> {
        let mut dots = 0;
        let mut field: Option<u32> = None;
        for (at, &byte) in part.iter().enumerate() {
            match byte {
                b'0'..=b'9' if field == Some(0) => return self.error("IPv4 field has octet with leading zero", b""),
                b'0'..=b'9' => {
                    let value = field.unwrap_or(0) * 10 + u32::from(byte - b'0');
                    if value > 255 {
                        return self.error("IPv4 field has value >255", b"");
                    }
                    field = Some(value);
                }
                b'.' if field.is_none() || at + 1 == part.len() => {
                    return self.error("IPv4 field must have at least one digit", &part[at..]);
                }
                b'.' if dots == 3 => return self.error("IPv4 address too long", b""),
                b'.' => {
                    dots += 1;
                    field = None;
                }
                _ => return self.error("unexpected character", &part[at..]),
            }
        }
        if dots < 3 { self.error("IPv4 address too short", b"") } else { Ok(()) }
    }

    fn check_v6(&self) -> Result<(), String> {
        const GROUPS: usize = 8;
        let mut rest = self.0;
        if let Some(sign) = rest.iter().position(|byte| *byte == b'%') {
            if sign + 1 == rest.len() {
                return self.error("zone must be a non-empty string", b"");
            }
            rest = &rest[..sign];
        }
        let mut has_ellipsis = false;
        if let Some(behind) = rest.strip_prefix(b"::") {
            if behind.is_empty() {
                return Ok(());
            }
            (has_ellipsis, rest) = (true, behind);
        }
        let mut groups = 0;
        while groups < GROUPS {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
            match digits {
                0 => return self.error("each colon-separated field must have at least one digit", rest),
                1..=4 => {}
                _ => return self.error("each group must have 4 or less digits", rest),
            }
            if rest.get(digits) == Some(&b'.') {
                if !has_ellipsis && groups != GROUPS - 2 {
                    return self.error("embedded IPv4 address must replace the final 2 fields of the address", rest);
                }
                if groups > GROUPS - 2 {
                    return self.error("too many hex fields to fit an embedded IPv4 at the end of the address", rest);
                }
                self.check_v4(rest)?;
                groups += 2;
                rest = b"";
                break;
            }
            groups += 1;
            rest = &rest[digits..];
            match rest {
                [] => break,
                [b':'] => return self.error("colon must be followed by more characters", rest),
                [b':', b':', ..] if has_ellipsis => return self.error("multiple :: in address", &rest[1..]),
                [b':', b':', behind @ ..] => {
                    has_ellipsis = true;
                    rest = behind;
                    if rest.is_empty() {
                        break;
                    }
                }
                [b':', behind @ ..] => rest = behind,
                _ => return self.error("unexpected character, want colon", rest),
            }
        }
        match (rest, groups < GROUPS, has_ellipsis) {
            ([], true, false) => self.error("address string too short", b""),
            ([], false, true) => self.error("the :: must expand to at least one field of zeros", b""),
            ([], ..) => Ok(()),
            _ => self.error("trailing garbage after address", rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_both_families() {
        for text in ["::", "::1", "1::", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1::8%z"] {
            assert_eq!(family(text.as_bytes()), Ok(Family::V6), "{text}");
        }
        assert_eq!(family(b"0.10.255.1"), Ok(Family::V4));
    }

    #[test]
    fn address_errors_name_the_place() {
        let message = |text: &str| family(text.as_bytes()).unwrap_err().split_once("): ").unwrap().1.to_owned();
        assert_eq!(message("1:2x"), r#"unexpected character, want colon (at "x")"#);
        assert_eq!(message("1::2::3"), r#"multiple :: in address (at ":3")"#);
        assert_eq!(message("1:2:3:4:5:6:7:8:9"), r#"trailing garbage after address (at "9")"#);
        assert_eq!(message("1:2:3:4:5:6:7::8"), "the :: must expand to at least one field of zeros");
        assert_eq!(message("1.2.3.4.5"), "IPv4 address too long");
        assert_eq!(message("1:2"), "address string too short");
    }
}
