//! A cursor over text that recognizes YAML 1.1's five line breaks and counts lines and columns.

/// A place in the text being scanned. Lines and columns count from 0, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mark {
    /// The byte offset.
    pub offset: usize,
    /// The line number, counting YAML's line breaks.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// A position in a text, with tests for the characters there. Beyond the end every byte reads as 0.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'t> {
    pub(super) text: &'t str,
    pub(super) mark: Mark,
    /// Whether `\r\r\n` is one line break, because Helm's line reader removes a `\r` from the end of each line.
    pub(super) by_line: bool,
    /// How often a byte was read, to detect endless loops.
    #[cfg(test)]
    looks: std::cell::Cell<usize>,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Cursor {
            text,
            mark: Mark::default(),
            by_line: false,
            #[cfg(test)]
            looks: Default::default(),
        }
    }

    /// Returns the byte `ahead` bytes after the position.
    #[inline]
    pub(super) fn byte(&self, ahead: usize) -> u8 {
        #[cfg(test)]
        self.count_look();
        self.text.as_bytes().get(self.mark.offset + ahead).copied().unwrap_or(0)
    }

    /// Panics once a test has read so many bytes that it must be in an endless loop.
    #[cfg(test)]
    fn count_look(&self) {
        const LOOKS_PER_BYTE: usize = 40;
        let looks = self.looks.get() + 1;
        assert!(looks <= LOOKS_PER_BYTE * (self.text.len() + 8), "reading does not end: {:?}", self.text);
        self.looks.set(looks);
    }

    /// Whether the text ends here. YAML does not allow NUL, so one may end the text as well.
    #[inline]
    pub(super) fn at_end(&self) -> bool {
        self.byte(0) == 0
    }

    /// Returns the length in bytes of the line break at `ahead`; 0 if there is none.
    #[inline]
    pub(super) fn break_length(&self, ahead: usize) -> usize {
        match self.byte(ahead) {
            b'\n' => 1,
            b'\r' if self.byte(ahead + 1) == b'\n' => 2,
            b'\r' if self.by_line && self.byte(ahead + 1) == b'\r' && self.byte(ahead + 2) == b'\n' => 3,
            b'\r' => 1,
            0xC2 if self.byte(ahead + 1) == 0x85 => 2,
            0xE2 if self.byte(ahead + 1) == 0x80 && matches!(self.byte(ahead + 2), 0xA8 | 0xA9) => 3,
            _ => 0,
        }
    }

    /// Whether there is a line break at the position.
    #[inline]
    pub(super) fn at_break(&self) -> bool {
        self.break_length(0) > 0
    }

    /// Whether there is a space or a tab at the position.
    #[inline]
    pub(super) fn at_blank(&self) -> bool {
        matches!(self.byte(0), b' ' | b'\t')
    }

    /// Whether there is a line break or the end of the text at `ahead`.
    #[inline]
    pub(super) fn ends_line(&self, ahead: usize) -> bool {
        self.byte(ahead) == 0 || self.break_length(ahead) > 0
    }

    /// Whether there is white space, a line break or the end of the text at `ahead`.
    #[inline]
    pub(super) fn ends_word(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), b' ' | b'\t') || self.ends_line(ahead)
    }

    /// Whether `---` or `...` is at the position, at the start of a line and followed by white space or the end.
    pub(super) fn at_document_indicator(&self) -> bool {
        self.mark.column == 0
            && matches!(self.byte(0), b'-' | b'.')
            && self.byte(0) == self.byte(1)
            && self.byte(1) == self.byte(2)
            && self.ends_word(3)
    }

    /// Skips one character, which must not be a line break.
    #[inline]
    pub(super) fn skip(&mut self) {
        self.mark.offset += match self.byte(0) {
            0..=0x7F => 1,
            0x80..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xFF => 4,
        };
        self.mark.column += 1;
    }

    /// Skips one character and appends it to `out`.
    #[inline]
    pub(super) fn read(&mut self, out: &mut String) {
        let start = self.mark.offset;
        self.skip();
        out.push_str(self.text.get(start..self.mark.offset).unwrap_or_default());
    }

    /// Skips a line break, if there is one.
    #[inline]
    pub(super) fn skip_line(&mut self) {
        let length = self.break_length(0);
        if length > 0 {
            self.mark = Mark { offset: self.mark.offset + length, line: self.mark.line + 1, column: 0 };
        }
    }

    /// Skips a line break and appends it to `out` as YAML 1.1 normalizes it: U+2028 and U+2029 are kept, all others
    /// become line feeds.
    pub(super) fn read_line(&mut self, out: &mut String) {
        match (self.break_length(0), self.byte(0)) {
            (0, _) => return,
            (length, 0xE2) => {
                out.push_str(self.text.get(self.mark.offset..self.mark.offset + length).unwrap_or_default())
            }
            _ => out.push('\n'),
        }
        self.skip_line();
    }

    /// Skips spaces and tabs.
    pub(super) fn skip_blanks(&mut self) {
        while self.at_blank() {
            self.skip();
        }
    }

    /// Skips a comment, up to the end of its line.
    pub(super) fn skip_comment(&mut self) {
        if self.byte(0) == b'#' {
            self.skip_to_line_end();
        }
    }

    /// Skips to the end of the line.
    pub(super) fn skip_to_line_end(&mut self) {
        loop {
            self.skip_run(|byte| matches!(byte, b' '..=b'~' | b'\t'));
            if self.ends_line(0) {
                return;
            }
            self.skip();
        }
    }

    /// Skips bytes for which `is_of_run` returns true; it must accept only ASCII characters and no line break.
    #[inline]
    pub(super) fn skip_run(&mut self, is_of_run: impl Fn(u8) -> bool) {
        let rest = self.text.as_bytes().get(self.mark.offset..).unwrap_or_default();
        let length = rest.iter().take_while(|&&byte| is_of_run(byte)).count();
        self.mark.offset += length;
        self.mark.column += length;
    }

    /// Reads a word of letters, digits, `_` and `-`; it may be empty.
    pub(super) fn word(&mut self) -> &'t str {
        let start = self.mark.offset;
        while matches!(self.byte(0), b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'-') {
            self.skip();
        }
        &self.text[start..self.mark.offset]
    }

    /// Returns the text from `start` to the position.
    pub(super) fn since(&self, start: Mark) -> &'t str {
        &self.text[start.offset..self.mark.offset]
    }
}
