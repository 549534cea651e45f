//! Decodes YAML files to text: UTF-8, or UTF-16 where go-yaml reads it; anything else is an error, as in go-yaml.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Source};

use super::bytes::{CONTROL_CHARACTERS, NotText, text_of_bytes, text_of_lines};
use super::read::split_documents;

/// Decodes a file that is read as one document, such as Chart.yaml.
///
/// # Errors
/// Helm's message for invalid bytes, with their place.
pub fn document_file(name: &str, bytes: Vec<u8>) -> Result<Source, Diagnostic> {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Ok(Source::file(name, text)),
        Err(error) => error.into_bytes(),
    };
    match text_of_bytes(&bytes) {
        Ok(text) => Ok(Source::transcoded(name, text.into_owned(), bytes)),
        Err(error) => Err(explained(name, bytes, &error, "")),
    }
}

/// Decodes a values file. Helm splits the bytes into lines at `\n` and looks for `---` at the start of each before it
/// decodes: of UTF-16 files, only big-endian ones that end in a line break are readable, and only their first
/// document counts.
///
/// # Errors
/// As for [`document_file`].
pub fn values_file(name: &str, bytes: Vec<u8>) -> Result<Source, Diagnostic> {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Ok(Source::file(name, text)),
        Err(error) => error.into_bytes(),
    };
    match text_of_lines(&bytes) {
        Ok(mut text) => {
            let (documents, _) = split_documents(&Source::file(name, text.as_str()), 0);
            text.truncate(documents.first().map_or(text.len(), |first| first.end));
            Ok(Source::transcoded(name, text, bytes))
        }
        Err(error) => Err(explained(name, bytes, &error, "cannot unmarshal yaml document: ")),
    }
}

/// Checks that a part of a file is UTF-8. In the text of a [transcoded](Source::is_transcoded) source, each invalid byte
/// takes one byte, so that offsets apply to both.
///
/// # Errors
/// As for [`document_file`].
pub fn check_part(source: &Source, range: &Range<usize>) -> Result<(), Diagnostic> {
    if !source.is_transcoded() {
        return Ok(());
    }
    match text_of_bytes(&source.bytes()[range.clone()]) {
        Ok(_) => Ok(()),
        Err(NotText { message, at }) => {
            let at = range.start + at;
            Err(Diagnostic::error("yaml-syntax", format!("error converting YAML to JSON: yaml: {message}"))
                .at(source.span(at..at + 1), "this byte is not UTF-8"))
        }
    }
}

fn explained(name: &str, bytes: Vec<u8>, error: &NotText, prefix: &str) -> Diagnostic {
    let is_utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let source = Source::file_of_bytes(name, bytes);
    let label = match error.message {
        _ if is_utf16 => "the file is UTF-16",
        CONTROL_CHARACTERS => "YAML does not allow this character",
        _ => "this byte is not UTF-8",
    };
    Diagnostic::error("yaml-syntax", format!("{prefix}error converting YAML to JSON: yaml: {}", error.message))
        .at(source.span(error.at..error.at + 1), label)
        .help("save the file as UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::read_values;

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect()
    }

    fn printed(bytes: &[u8]) -> String {
        match values_file("v.yaml", bytes.to_vec()) {
            Ok(source) => crate::yaml::write(&crate::yaml::Value::Map(read_values(&source).unwrap())).unwrap(),
            Err(error) => error.message.rsplit("yaml: ").next().unwrap().to_owned(),
        }
    }

    #[test]
    fn utf16_values_files_are_read_as_in_helm() {
        let big = |text: &str| printed(&utf16(text, u16::to_be_bytes));
        let little = |text: &str| printed(&utf16(text, u16::to_le_bytes));
        assert_eq!(big("a: é☃𝄞x\nb: [1, two]\n"), "a: \"é☃\\U0001D11Ex\"\nb:\n- 1\n- two");
        assert_eq!(big("a: 1\r\nb: 2\r\n"), "a: 1\nb: 2");
        assert_eq!(big("a: 1\n---\nb: 2\n"), "a: 1");
        for text in ["a: 1\n", "a: 1", ""] {
            assert_eq!(little(text), "incomplete UTF-16 character", "{text:?}");
        }
        for text in ["a: 1", ""] {
            assert_eq!(big(text), "incomplete UTF-16 character", "{text:?}");
        }
    }

    #[test]
    fn binary_values_files_have_helms_message() {
        let rows: [(&[u8], &str); 5] = [
            (b"a: caf\xe9", "incomplete UTF-8 octet sequence"),
            (b"a: caf\xe9\n", "incomplete UTF-8 octet sequence"),
            (b"a: caf\xe9 au lait\n", "invalid trailing UTF-8 octet"),
            (b"\0a\0:\0 \0\xe9\0\n", "control characters are not allowed"),
            (b"\xff\xfea\0:\0 \0\0\xd8x\0\n\0", "expected low surrogate area"),
        ];
        for (bytes, message) in rows {
            assert_eq!(printed(bytes), message, "{bytes:?}");
        }
    }
}
