//! Prints one value for a verb and its flags, or Go's error if the verb does not apply: `%!d(string=x)`.

use super::printer::{Error, Flags, Printer};
use super::value::{GoValue, View};
use crate::go::strconv::{can_backquote, quote_bytes, quote_bytes_ascii};
use crate::go::utf8;

/// The address printed for every pointer: in Go it differs from run to run, here it is always the same.
pub(super) const ADDRESS: u64 = 0xc0_0000_0000;

/// The address of the local time zone, which is always the same in Helm v4.2.4 for Linux on amd64.
const LOCAL_ZONE: u64 = 0x525_8700;

impl Printer<'_> {
    /// Prints an argument of `printf` or `print`.
    pub(super) fn argument(&mut self, verb: char, flags: Flags, value: &impl GoValue) -> Result<(), Error> {
        match verb {
            'v' if !self.without_methods && flags == Flags::default() => self.value(value),
            'v' | 'T' if matches!(value.view(), View::Nil) => self.pad(flags, b"<nil>"),
            'T' => self.pad(flags, cut(value.go_type().as_bytes(), flags)),
            // Templates have no errors to wrap, and addresses would differ from run to run.
            'w' | 'p' => self.bad_verb(verb, flags, value),
            _ if matches!(value.view(), View::Nil) => self.bad_verb(verb, flags, value),
            _ => self.part(verb, flags, value, true),
        }
    }

    /// Prints a value: an argument itself if `top` is set, otherwise a value inside another one.
    fn part(&mut self, verb: char, flags: Flags, value: &impl GoValue, top: bool) -> Result<(), Error> {
        if !self.without_methods {
            if flags.go_syntax {
                if let Some(text) = value.go_string_method() {
                    return self.pad(flags, cut(&text, flags));
                }
            } else if matches!(verb, 'v' | 's' | 'q' | 'x' | 'X')
                && let Some(text) = value.string_method()
            {
                return self.text(verb, flags, &text).map(drop);
            }
        }
        let fits = match value.view() {
            _ if flags.go_syntax && value.is_nil_container() => {
                let type_name = value.go_type();
                let type_name = if top && type_name == "[]uint8" { "[]byte" } else { &type_name };
                self.push(type_name.as_bytes())?;
                self.push(b"(nil)")?;
                true
            }
            View::Nil => {
                self.push(if flags.go_syntax { b"interface {}(nil)" } else { b"<nil>" })?;
                true
            }
            View::Bool(truth) if matches!(verb, 't' | 'v') => {
                self.pad(flags, if truth { b"true" } else { b"false" })?;
                true
            }
            View::Bool(_) => false,
            View::Int(number) if self.dialect.whole_floats_are_ints && "eEfFgG".contains(verb) => {
                self.float(verb, flags, number as f64)?
            }
            View::Uint(number) if self.dialect.whole_floats_are_ints && "eEfFgG".contains(verb) => {
                self.float(verb, flags, number as f64)?
            }
            View::Int(number) => self.integer(verb, flags, number < 0, number.unsigned_abs())?,
            View::Uint(number) if verb == 'v' && flags.go_syntax => self.hexadecimal(flags, number)?,
            View::Uint(number) => self.integer(verb, flags, false, number)?,
            View::Float(number) => self.float(verb, flags, number)?,
            View::Complex(real, imaginary) => self.complex(verb, flags, real, imaginary)?,
            View::String(text) => self.text(verb, flags, text)?,
            View::Bytes(bytes) if matches!(verb, 's' | 'q' | 'x' | 'X') => self.text(verb, flags, bytes)?,
            View::Bytes(bytes) => {
                let type_name = if top { "[]byte".into() } else { value.go_type() };
                self.bytes(verb, flags, bytes, &type_name)?;
                true
            }
            View::List(items) => {
                self.list(verb, flags, value, &items)?;
                true
            }
            View::Map(entries) => {
                self.map(verb, flags, value, &entries)?;
                true
            }
            View::Struct(fields) => {
                self.fields(verb, flags, value, &fields)?;
                true
            }
            View::Pointer(target) if top && target.view().holds_others() => {
                self.push(b"&")?;
                self.deeper(|printer| printer.part(verb, flags, &target, false))?;
                true
            }
            View::NilPointer if verb == 'v' && !flags.go_syntax => {
                self.pad(flags, b"<nil>")?;
                true
            }
            View::NilPointer => self.address(verb, flags, value, 0)?,
            View::Pointer(_) if value.go_type() == "*time.Location" => self.address(verb, flags, value, LOCAL_ZONE)?,
            View::Pointer(_) | View::Func => self.address(verb, flags, value, ADDRESS)?,
        };
        if fits { Ok(()) } else { self.bad_verb(verb, flags, value) }
    }

    fn list<V: GoValue>(&mut self, verb: char, flags: Flags, list: &V, items: &[V]) -> Result<(), Error> {
        self.open(flags, list, b"[")?;
        for (index, item) in items.iter().enumerate() {
            self.separator(flags, index)?;
            self.deeper(|printer| printer.part(verb, flags, item, false))?;
        }
        self.push(close(flags))
    }

    fn map<V: GoValue>(&mut self, verb: char, flags: Flags, map: &V, entries: &[(V::Key, V)]) -> Result<(), Error> {
        self.open(flags, map, b"map[")?;
        for (index, (key, value)) in entries.iter().enumerate() {
            self.separator(flags, index)?;
            self.key(verb, flags, key.as_ref())?;
            self.push(b":")?;
            self.deeper(|printer| printer.part(verb, flags, value, false))?;
        }
        self.push(close(flags))
    }

    fn fields<V: GoValue>(
        &mut self,
        verb: char,
        flags: Flags,
        value: &V,
        fields: &[(&'static str, V)],
    ) -> Result<(), Error> {
        self.open(flags, value, b"{")?;
        for (index, (name, value)) in fields.iter().enumerate() {
            self.separator(flags, index)?;
            if flags.field_names || flags.go_syntax {
                self.push(name.as_bytes())?;
                self.push(b":")?;
            }
            self.deeper(|printer| printer.part(verb, flags, value, false))?;
        }
        self.push(b"}")
    }

    fn address(&mut self, verb: char, flags: Flags, value: &impl GoValue, address: u64) -> Result<bool, Error> {
        match verb {
            'v' if flags.go_syntax => {
                let shown = if address == 0 { "nil".to_owned() } else { format!("{address:#x}") };
                self.push(format!("({})({shown})", value.go_type()).as_bytes())?;
                Ok(true)
            }
            'v' => self.hexadecimal(flags, address),
            'b' | 'o' | 'd' | 'x' | 'X' => self.integer(verb, flags, false, address),
            _ => Ok(false),
        }
    }

    fn open(&mut self, flags: Flags, value: &impl GoValue, plain: &[u8]) -> Result<(), Error> {
        if !flags.go_syntax {
            return self.push(plain);
        }
        self.push(value.go_type().as_bytes())?;
        self.push(b"{")
    }

    fn separator(&mut self, flags: Flags, index: usize) -> Result<(), Error> {
        match (index, flags.go_syntax) {
            (0, _) => Ok(()),
            (_, true) => self.push(b", "),
            (_, false) => self.push(b" "),
        }
    }

    fn key(&mut self, verb: char, flags: Flags, key: &[u8]) -> Result<(), Error> {
        if self.text(verb, flags, key)? {
            return Ok(());
        }
        self.bad(verb, "string", |printer| printer.text('v', flags, key).map(drop))
    }

    /// Prints a `[]byte` as a list of numbers.
    fn bytes(&mut self, verb: char, flags: Flags, bytes: &[u8], type_name: &str) -> Result<(), Error> {
        if flags.go_syntax {
            self.push(type_name.as_bytes())?;
        }
        self.push(if flags.go_syntax { b"{" } else { b"[" })?;
        for (index, &byte) in bytes.iter().enumerate() {
            self.separator(flags, index)?;
            let number = u64::from(byte);
            let fits = if flags.go_syntax {
                self.hexadecimal(flags, number)?
            } else {
                self.integer(verb, flags, false, number)?
            };
            if !fits {
                self.bad(verb, "uint8", |printer| printer.integer('v', flags, false, number).map(drop))?;
            }
        }
        self.push(close(flags))
    }

    fn bad_verb(&mut self, verb: char, flags: Flags, value: &impl GoValue) -> Result<(), Error> {
        self.bad(verb, "", |printer| printer.typed(flags, value))
    }

    /// Prints `%!d(string=x)`. `write` prints the part after the name of the type.
    fn bad(
        &mut self,
        verb: char,
        type_name: &str,
        write: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.push(b"%!")?;
        self.push(verb.encode_utf8(&mut [0; 4]).as_bytes())?;
        self.push(b"(")?;
        if !type_name.is_empty() {
            self.push(type_name.as_bytes())?;
            self.push(b"=")?;
        }
        let outer = std::mem::replace(&mut self.without_methods, true);
        write(self)?;
        self.without_methods = outer;
        self.push(b")")
    }

    /// Prints a value with its type, as Go shows arguments that do not fit.
    pub(super) fn typed(&mut self, flags: Flags, value: &impl GoValue) -> Result<(), Error> {
        if matches!(value.view(), View::Nil) {
            return self.push(b"<nil>");
        }
        self.push(value.go_type().as_bytes())?;
        self.push(b"=")?;
        self.part('v', flags, value, true)
    }

    /// Prints a string; returns false if the verb does not apply to strings.
    fn text(&mut self, verb: char, flags: Flags, text: &[u8]) -> Result<bool, Error> {
        match verb {
            'v' if flags.go_syntax => self.quoted(flags, text)?,
            's' | 'v' => self.pad(flags, cut(text, flags))?,
            'q' => self.quoted(flags, text)?,
            'x' | 'X' => self.hexadecimal_bytes(verb, flags, text)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Prints `%q`. `%#q` uses back quotes where possible, `%+q` only ASCII.
    fn quoted(&mut self, flags: Flags, text: &[u8]) -> Result<(), Error> {
        let text = cut(text, flags);
        self.check_room(text.len())?;
        if flags.sharp && can_backquote(text) {
            return self.pad(flags, &[b"`", text, b"`"].concat());
        }
        let quoted = if flags.plus { quote_bytes_ascii(text) } else { quote_bytes(text) };
        self.pad(flags, quoted.as_bytes())
    }

    /// Prints `%x` of a text: its bytes, separated by spaces for `% x`.
    fn hexadecimal_bytes(&mut self, verb: char, flags: Flags, text: &[u8]) -> Result<(), Error> {
        let text = &text[..flags.precision.map_or(text.len(), |precision| precision.min(text.len()))];
        self.check_room(text.len().saturating_mul(2))?;
        let digits: &[u8; 16] = if verb == 'x' { b"0123456789abcdef" } else { b"0123456789ABCDEF" };
        let mut out = Vec::with_capacity(2 * text.len());
        for (index, byte) in text.iter().enumerate() {
            if index > 0 && flags.space {
                out.push(b' ');
            }
            if flags.sharp && (index == 0 || flags.space) {
                out.extend([b'0', verb as u8]);
            }
            out.extend([digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]);
        }
        self.pad(flags, &out)
    }
}

fn close(flags: Flags) -> &'static [u8] {
    if flags.go_syntax { b"}" } else { b"]" }
}

/// Returns as many characters as the precision allows.
fn cut(text: &[u8], flags: Flags) -> &[u8] {
    flags.precision.map_or(text, |precision| utf8::first_chars(text, precision))
}
