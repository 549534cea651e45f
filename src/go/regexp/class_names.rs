//! The names of Unicode classes that Go accepts.

/// The categories, their aliases and the scripts of Go's package `unicode` (Unicode 15), as Go compares them: without case,
/// spaces, hyphens and underscores. Go finds no script with several words, such as `Old_Italic`, because it removes the
/// underscore only from the name that it looks for.
///
/// The `regex` crate knows all of them, and compares them in the same way. Its sets are those of a newer version of Unicode.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "adlam", "ahom", "arabic", "armenian", "ascii", "avestan", "balinese", "bamum", "batak", "bengali", "bhaiksuki",
    "bopomofo", "brahmi", "braille", "buginese", "buhid", "c", "carian", "casedletter", "cc", "cf", "chakma", "cham",
    "cherokee", "chorasmian", "closepunctuation", "cn", "cntrl", "co", "combiningmark", "common",
    "connectorpunctuation", "control", "coptic", "cuneiform", "currencysymbol", "cypriot", "cyrillic",
    "dashpunctuation", "decimalnumber", "deseret", "devanagari", "digit", "dogra", "duployan", "elbasan", "elymaic",
    "enclosingmark", "ethiopic", "finalpunctuation", "format", "georgian", "glagolitic", "gothic", "grantha", "greek",
    "gujarati", "gurmukhi", "han", "hangul", "hanunoo", "hatran", "hebrew", "hiragana", "inherited",
    "initialpunctuation", "javanese", "kaithi", "kannada", "katakana", "kawi", "kharoshthi", "khmer", "khojki",
    "khudawadi", "l", "lao", "latin", "lc", "lepcha", "letter", "letternumber", "limbu", "lineseparator", "lisu",
    "ll", "lm", "lo", "lowercaseletter", "lt", "lu", "lycian", "lydian", "m", "mahajani", "makasar", "malayalam",
    "mandaic", "manichaean", "marchen", "mark", "mathsymbol", "mc", "me", "medefaidrin", "miao", "mn", "modi",
    "modifierletter", "modifiersymbol", "mongolian", "mro", "multani", "myanmar", "n", "nabataean", "nandinagari",
    "nd", "newa", "nko", "nl", "no", "nonspacingmark", "number", "nushu", "ogham", "openpunctuation", "oriya",
    "osage", "osmanya", "other", "otherletter", "othernumber", "otherpunctuation", "othersymbol", "p", "palmyrene",
    "paragraphseparator", "pc", "pd", "pe", "pf", "phoenician", "pi", "po", "privateuse", "ps", "punct",
    "punctuation", "rejang", "runic", "s", "samaritan", "saurashtra", "sc", "separator", "sharada", "shavian",
    "siddham", "sinhala", "sk", "sm", "so", "sogdian", "soyombo", "spaceseparator", "spacingmark", "sundanese",
    "symbol", "syriac", "tagalog", "tagbanwa", "takri", "tamil", "tangsa", "tangut", "telugu", "thaana", "thai",
    "tibetan", "tifinagh", "tirhuta", "titlecaseletter", "toto", "ugaritic", "unassigned", "uppercaseletter", "vai",
    "vithkuqi", "wancho", "yezidi", "yi", "z", "zl", "zp", "zs",
];

/// Returns the class with a name, or its complement, in the syntax of the `regex` crate.
pub(super) fn find(name: &str, negated: bool) -> Option<String> {
    let letters = name.chars().filter(|c| !"_- ".contains(*c));
    let name: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    let (negated, name) = match &*name {
        "any" => (negated, "any"),
        "assigned" => (!negated, "cn"),
        // No text contains surrogates, and the crate has no such class.
        "cs" | "surrogate" => (!negated, "any"),
        name => (negated, *NAMES.get(NAMES.binary_search(&name).ok()?)?),
    };
    Some(format!("\\{}{{{name}}}", if negated { 'P' } else { 'p' }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_known_to_the_crate() {
        assert!(NAMES.is_sorted());
        for name in NAMES {
            assert!(regex::Regex::new(&format!("\\p{{{name}}}")).is_ok(), "{name}");
        }
    }
}
