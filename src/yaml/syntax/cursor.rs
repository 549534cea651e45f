//! Walking over text the way YAML 1.1 sees it: its five line breaks, and lines and columns counted along the way.

/// A place in the text being scanned. Lines and columns count from 0, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mark {
    /// The byte.
    pub offset: usize,
    /// The line, as YAML counts lines.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// A position in a text with what YAML asks about the characters there. Beyond the end every byte is 0.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'t> {
    pub(super) text: &'t str,
    pub(super) mark: Mark,
    /// Whether `\r\r\n` is one line break: it comes from a line reader that takes a `\r` off the line's end.
    pub(super) by_line: bool,
    /// How often a byte was looked at: whatever loops without going on shows up here.
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

    /// The byte `ahead` bytes after the position.
    #[inline]
    pub(super) fn byte(&self, ahead: usize) -> u8 {
        #[cfg(test)]
        self.count_look();
        self.text.as_bytes().get(self.mark.offset + ahead).copied().unwrap_or(0)
    }

    /// Ends a test that would not end by itself.
    #[cfg(test)]
    fn count_look(&self) {
        const LOOKS_PER_BYTE: usize = 40;
        let looks = self.looks.get() + 1;
        assert!(looks <= LOOKS_PER_BYTE * (self.text.len() + 8), "reading does not end: {:?}", self.text);
        self.looks.set(looks);
    }

    /// Whether nothing follows. A NUL is not allowed in YAML, so it may as well end the text.
    #[inline]
    pub(super) fn at_end(&self) -> bool {
        self.byte(0) == 0
    }

    /// How many bytes the line break at `ahead` has; 0 if there is none.
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

    /// Whether a line break is here.
    #[inline]
    pub(super) fn at_break(&self) -> bool {
        self.break_length(0) > 0
    }

    /// Whether a space or a tab is here.
    #[inline]
    pub(super) fn at_blank(&self) -> bool {
        matches!(self.byte(0), b' ' | b'\t')
    }

    /// Whether a line break or the end is at `ahead`.
    #[inline]
    pub(super) fn ends_line(&self, ahead: usize) -> bool {
        self.byte(ahead) == 0 || self.break_length(ahead) > 0
    }

    /// Whether white space, a line break or the end is at `ahead`.
    #[inline]
    pub(super) fn ends_word(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), b' ' | b'\t') || self.ends_line(ahead)
    }

    /// Whether `---` or `...` is here at the start of a line, with nothing attached.
    pub(super) fn at_document_indicator(&self) -> bool {
        self.mark.column == 0
            && matches!(self.byte(0), b'-' | b'.')
            && self.byte(0) == self.byte(1)
            && self.byte(1) == self.byte(2)
            && self.ends_word(3)
    }

    /// Goes one character on, which is not a line break.
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

    /// Goes one character on and adds it to `out`.
    #[inline]
    pub(super) fn read(&mut self, out: &mut String) {
        let start = self.mark.offset;
        self.skip();
        out.push_str(self.text.get(start..self.mark.offset).unwrap_or_default());
    }

    /// Goes over a line break, if one is here.
    #[inline]
    pub(super) fn skip_line(&mut self) {
        let length = self.break_length(0);
        if length > 0 {
            self.mark = Mark { offset: self.mark.offset + length, line: self.mark.line + 1, column: 0 };
        }
    }

    /// Goes over a line break and adds it to `out` as YAML 1.1 normalizes it: the two Unicode separators stay, all
    /// others are line feeds.
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

    /// Goes over spaces and tabs.
    pub(super) fn skip_blanks(&mut self) {
        while self.at_blank() {
            self.skip();
        }
    }

    /// Goes over a comment, up to the end of its line.
    pub(super) fn skip_comment(&mut self) {
        if self.byte(0) == b'#' {
            self.skip_to_line_end();
        }
    }

    /// Goes to the end of the line.
    pub(super) fn skip_to_line_end(&mut self) {
        loop {
            self.skip_run(|byte| matches!(byte, b' '..=b'~' | b'\t'));
            if self.ends_line(0) {
                return;
            }
            self.skip();
        }
    }

    /// Goes over bytes of which `is_of_run` is true, which holds of ASCII characters alone and of no line break.
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

    /// The text from `start` to the position.
    pub(super) fn since(&self, start: Mark) -> &'t str {
        &self.text[start.offset..self.mark.offset]
    }
}
