//! Orders map keys as go-yaml does when it writes them.

use std::cmp::Ordering;

use crate::go::utf8::is_letter;

/// Compares two keys in the order of `toYaml`: numbers inside keys compare by value, and letters sort after everything else.
///
/// ```
/// use mim_chart::yaml::natural_order;
/// let mut keys = vec!["a10", "b", "a2", "B", "10", "a-b", "a"];
/// keys.sort_by(|a, b| natural_order(a, b));
/// assert_eq!(keys, ["10", "B", "a", "a-b", "a2", "a10", "b"]);
/// ```
pub fn natural_order(a: &str, b: &str) -> Ordering {
    compare(a, b, false)
}

/// Compares two keys in the order of go-yaml v3, which `toYamlPretty` uses: like [`natural_order`], except that letters
/// sort first after a digit.
pub(super) fn natural_order_v3(a: &str, b: &str) -> Ordering {
    compare(a, b, true)
}

fn compare(a: &str, b: &str, letters_first_after_digits: bool) -> Ordering {
    let common: usize = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).map(|(x, _)| x.len_utf8()).sum();
    let (rest_a, rest_b) = (&a[common..], &b[common..]);
    let (Some(x), Some(y)) = (rest_a.chars().next(), rest_b.chars().next()) else {
        return rest_a.len().cmp(&rest_b.len());
    };
    match (is_letter(x), is_letter(y)) {
        (true, true) => return x.cmp(&y),
        (letter, true) | (letter @ true, _) => {
            let letters_first = letters_first_after_digits && a[..common].ends_with(is_digit);
            return if letter == letters_first { Ordering::Less } else { Ordering::Greater };
        }
        (false, false) => {}
    }
    // A zero inside a number is not a leading zero: 101 and 11 compare by value, 1 and 01 by length.
    let inside_number = (x == '0' || y == '0')
        && a[..common].chars().rev().take_while(|&digit| is_digit(digit)).any(|digit| digit != '0');
    let (value_a, length_a) = digits(rest_a, i64::from(inside_number));
    let (value_b, length_b) = digits(rest_b, i64::from(inside_number));
    value_a.cmp(&value_b).then(length_a.cmp(&length_b)).then(x.cmp(&y))
}

/// Returns the value of the leading digits of a text, continuing from `start`, and their count.
fn digits(text: &str, start: i64) -> (i64, usize) {
    text.chars().take_while(|&digit| is_digit(digit)).fold((start, 0), |(value, length), digit| {
        (value.wrapping_mul(10).wrapping_add(i64::from(u32::from(digit)) - i64::from(u32::from('0'))), length + 1)
    })
}

/// Whether a character is a decimal digit in any script, as in Go's `unicode.IsDigit`.
fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
        || !character.is_ascii() && {
            let code = u32::from(character);
            ZEROS
                .binary_search_by(|&zero| {
                    if code < zero {
                        Ordering::Greater
                    } else if code > zero + 9 {
                        Ordering::Less
                    } else {
                        Ordering::Equal
                    }
                })
                .is_ok()
        }
}

/// The digit zero of each script (general category Nd); the digits 1 to 9 follow each.
const ZEROS: &[u32] = &[
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20,
    0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0,
    0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0,
    0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0,
    0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
];

/// Sorts by key, with a merge sort. The order is not transitive for some keys (`a2`, `a10`, `a1b`), as in go-yaml; the
/// standard library's sort may panic on such an order, whereas this one returns some order.
pub(super) fn sort_by_key<T>(mut items: Vec<(&str, T)>, order: fn(&str, &str) -> Ordering) -> Vec<(&str, T)> {
    if items.is_sorted_by(|(a, _), (b, _)| order(a, b) != Ordering::Greater) {
        return items;
    }
    let right = sort_by_key(items.split_off(items.len() / 2), order);
    let left = sort_by_key(items, order);
    let mut sorted = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some((a, _)), Some((b, _))) = (left.peek(), right.peek()) {
        let next = if order(a, b) == Ordering::Greater { right.next() } else { left.next() };
        sorted.extend(next);
    }
    sorted.extend(left);
    sorted.extend(right);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_as_in_go_yaml() {
        let sorted = ["", "_", "1", "2", "10", "A", "Z", "a b", "a-b", "a.b", "a1", "a01", "a001", "a2", "a10", "ab"];
        let shuffled = sorted.iter().rev().map(|&key| (key, ())).collect();
        let keys: Vec<&str> = sort_by_key(shuffled, natural_order).into_iter().map(|(key, ())| key).collect();
        assert_eq!(keys, sorted);
    }

    #[test]
    fn only_unicode_letters_are_letters() {
        assert_eq!(natural_order("\u{36f}", "a"), Ordering::Less);
        assert!(is_letter('é') && is_letter('中') && !is_letter('ⓐ') && !is_letter('\u{345}') && !is_letter('Ⅷ'));
    }

    #[test]
    fn digits_of_every_script_are_digits() {
        assert_eq!(natural_order("a٢", "a١٠"), Ordering::Less);
        assert!(!is_digit('²') && is_digit('٩'));
    }
}
