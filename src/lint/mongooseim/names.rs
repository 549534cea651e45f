//! Host names and addresses, as MongooseIM and Erlang read them.

use std::net::{IpAddr, Ipv4Addr};

/// Whether a string is a domain that can be served: nodeprep (RFC 6122, appendix A), which MongooseIM applies to it, accepts it.
/// Characters added to Unicode after the version that the RFC uses are accepted.
pub(super) fn is_host(text: &str) -> bool {
    const MAX: usize = 1023;
    let is_refused = |c: char| {
        let next = REFUSED.partition_point(|(first, _)| *first <= c);
        next.checked_sub(1).and_then(|at| REFUSED.get(at)).is_some_and(|(_, last)| c <= *last)
    };
    // Nodeprep removes these.
    let is_removed =
        |c: char| "\u{ad}\u{34f}\u{1806}\u{2060}\u{feff}".contains(c) || ('\u{200b}'..='\u{200d}').contains(&c);
    let kept: Vec<char> = text.chars().filter(|c| !is_removed(*c)).collect();
    let is_right_to_left =
        |c: &char| matches!(c, '\u{5d0}'..='\u{5ea}' | '\u{621}'..='\u{63a}' | '\u{641}'..='\u{64a}');
    let mixes_directions = kept.iter().any(is_right_to_left)
        && (kept.iter().any(char::is_ascii_alphabetic)
            || [kept.first(), kept.last()].into_iter().flatten().any(char::is_ascii_digit));
    !kept.is_empty() && text.len() <= MAX && !kept.iter().copied().any(is_refused) && !mixes_directions
}

/// Whether Erlang accepts a string as a domain name.
pub(super) fn is_domain(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('.') && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

/// Parses an address as Erlang does, including the forms of `inet_aton`, such as `127.1` and `0x7f000001`, and IPv6 with a zone.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    let plain = text.split_once('%').map_or(text, |(plain, _)| if plain.contains(':') { plain } else { text });
    if let Ok(address) = plain.parse::<IpAddr>() {
        return Some(address);
    }
    let parts: Vec<u32> = text.split('.').map(number).collect::<Option<_>>()?;
    let (last, bytes) = parts.split_last()?;
    let width = 32_u32.checked_sub(8 * u32::try_from(bytes.len()).ok()?).filter(|width| *width > 0)?;
    if bytes.iter().any(|byte| *byte > 255) || u64::from(*last) >= 1 << width {
        return None;
    }
    let high = bytes.iter().zip([24, 16, 8]).map(|(byte, shift)| byte << shift).sum::<u32>();
    Some(Ipv4Addr::from(high | last).into())
}

fn number(text: &str) -> Option<u32> {
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if text.len() > 1 && text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    if digits.starts_with('+') { None } else { u32::from_str_radix(digits, radix).ok() }
}

/// The ranges of characters that nodeprep rejects, or maps to some that it rejects.
const REFUSED: &[(char, char)] = &[
    ('\u{0}', '\u{20}'),
    ('\u{22}', '\u{22}'),
    ('\u{26}', '\u{27}'),
    ('\u{2f}', '\u{2f}'),
    ('\u{3a}', '\u{3a}'),
    ('\u{3c}', '\u{3c}'),
    ('\u{3e}', '\u{3e}'),
    ('\u{40}', '\u{40}'),
    ('\u{7f}', '\u{a0}'),
    ('\u{a8}', '\u{a8}'),
    ('\u{af}', '\u{af}'),
    ('\u{b4}', '\u{b4}'),
    ('\u{b8}', '\u{b8}'),
    ('\u{2d8}', '\u{2dd}'),
    ('\u{37a}', '\u{37a}'),
    ('\u{384}', '\u{385}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{1fbd}', '\u{1fbd}'),
    ('\u{1fbf}', '\u{1fc1}'),
    ('\u{1fcd}', '\u{1fcf}'),
    ('\u{1fdd}', '\u{1fdf}'),
    ('\u{1fed}', '\u{1fee}'),
    ('\u{1ffd}', '\u{1ffe}'),
    ('\u{2000}', '\u{200a}'),
    ('\u{200e}', '\u{200f}'),
    ('\u{2017}', '\u{2017}'),
    ('\u{2028}', '\u{202f}'),
    ('\u{203e}', '\u{203e}'),
    ('\u{205f}', '\u{205f}'),
    ('\u{2061}', '\u{2063}'),
    ('\u{206a}', '\u{206f}'),
    ('\u{2100}', '\u{2101}'),
    ('\u{2105}', '\u{2106}'),
    ('\u{2a74}', '\u{2a74}'),
    ('\u{2ff0}', '\u{2ffb}'),
    ('\u{3000}', '\u{3000}'),
    ('\u{309b}', '\u{309c}'),
    ('\u{e000}', '\u{f8ff}'),
    ('\u{fc5e}', '\u{fc63}'),
    ('\u{fdd0}', '\u{fdef}'),
    ('\u{fdfa}', '\u{fdfb}'),
    ('\u{fe49}', '\u{fe4c}'),
    ('\u{fe55}', '\u{fe55}'),
    ('\u{fe60}', '\u{fe60}'),
    ('\u{fe64}', '\u{fe65}'),
    ('\u{fe6b}', '\u{fe6b}'),
    ('\u{fe70}', '\u{fe70}'),
    ('\u{fe72}', '\u{fe72}'),
    ('\u{fe74}', '\u{fe74}'),
    ('\u{fe76}', '\u{fe76}'),
    ('\u{fe78}', '\u{fe78}'),
    ('\u{fe7a}', '\u{fe7a}'),
    ('\u{fe7c}', '\u{fe7c}'),
    ('\u{fe7e}', '\u{fe7e}'),
    ('\u{ff02}', '\u{ff02}'),
    ('\u{ff06}', '\u{ff07}'),
    ('\u{ff0f}', '\u{ff0f}'),
    ('\u{ff1a}', '\u{ff1a}'),
    ('\u{ff1c}', '\u{ff1c}'),
    ('\u{ff1e}', '\u{ff1e}'),
    ('\u{ff20}', '\u{ff20}'),
    ('\u{ffe3}', '\u{ffe3}'),
    ('\u{fff9}', '\u{ffff}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{1fffe}', '\u{1ffff}'),
    ('\u{2fffe}', '\u{2ffff}'),
    ('\u{3fffe}', '\u{3ffff}'),
    ('\u{4fffe}', '\u{4ffff}'),
    ('\u{5fffe}', '\u{5ffff}'),
    ('\u{6fffe}', '\u{6ffff}'),
    ('\u{7fffe}', '\u{7ffff}'),
    ('\u{8fffe}', '\u{8ffff}'),
    ('\u{9fffe}', '\u{9ffff}'),
    ('\u{afffe}', '\u{affff}'),
    ('\u{bfffe}', '\u{bffff}'),
    ('\u{cfffe}', '\u{cffff}'),
    ('\u{dfffe}', '\u{dffff}'),
    ('\u{e0001}', '\u{e0001}'),
    ('\u{e0020}', '\u{e007f}'),
    ('\u{efffe}', '\u{10ffff}'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_what_nodeprep_accepts() {
        for host in
            ["a", "localhost", "Chat.Example", "größe.example", "例え.jp", "a_b", "a\u{ad}", "\u{5d0}\u{5d1}", "[::1"]
        {
            assert_eq!(is_host(host), !host.contains(':'), "{host}");
        }
        for host in
            ["", "a b", "a@b", "a/b", "a:1", "a\u{3000}b", "a\u{ff20}b", "\u{ad}", "\u{5d0}a", "\u{5d0}1", "\u{2100}"]
        {
            assert!(!is_host(host), "{host}");
        }
        assert!(!is_host(&"a".repeat(1024)));
    }

    #[test]
    fn addresses_have_the_spellings_that_erlang_reads() {
        for (text, expected) in [
            ("127.0.0.1", Some("127.0.0.1")),
            ("127.1", Some("127.0.0.1")),
            ("0x7f.1", Some("127.0.0.1")),
            ("0", Some("0.0.0.0")),
            ("010.0.0.1", Some("8.0.0.1")),
            ("2130706433", Some("127.0.0.1")),
            ("0:0:0:0:0:0:0:1", Some("::1")),
            ("fe80::1%eth0", Some("fe80::1")),
            ("1.2.3.256", None),
            ("1.2.3.4.5", None),
            ("256.1", None),
            ("example.com", None),
            ("", None),
            ("1..2", None),
        ] {
            assert_eq!(address(text).map(|address| address.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn refused_characters_are_in_order() {
        assert!(REFUSED.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }
}
