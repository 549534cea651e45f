//! Go's `printf`: what stands between a `%` and its verb, and which argument is meant. `verbs` writes the argument.

use tera::Value;

use super::Function;
use super::call::{Answer, Call, Failure};
use super::go_format::display;
use super::verbs::{self, Flags};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "printf",
        &["format", "args?"],
        "The format with `%s %d %v %q %05d %x %t %.2f %[1]s ...` filled in from `args`, a list or a single value.",
        printf,
    ),
    Function::new(
        "print",
        &["values"],
        "The values of a list as one text, spaces between those that are no strings.",
        print,
    ),
    Function::new(
        "println",
        &["values"],
        "The values of a list with spaces between and a line break at the end.",
        |call| {
            let texts: Vec<_> = call.one_or_more("values")?.iter().map(display).collect();
            Ok(Value::from(format!("{}\n", texts.join(" "))))
        },
    ),
];

fn print(call: &Call<'_>) -> Answer {
    let values = call.one_or_more("values")?;
    let mut out = String::new();
    for (index, value) in values.iter().enumerate() {
        if index > 0 && !value.is_string() && !values[index - 1].is_string() {
            out.push(' ');
        }
        out.push_str(&display(value));
    }
    Ok(Value::from(out))
}

/// Fills in a format as Go does, mistakes in it included: `%!d(string=x)`, `%!s(MISSING)`, `%!(EXTRA int=1)`.
fn printf(call: &Call<'_>) -> Answer {
    let format = call.text("format")?;
    let args = match call.optional("args") {
        Some(_) => call.one_or_more("args")?,
        None => &[],
    };
    let out = String::with_capacity(format.len());
    let mut formatter = Formatter { call, format, at: 0, args, next: 0, reordered: false, out };
    while let Some(length) = formatter.rest().find('%') {
        formatter.out.push_str(&formatter.rest()[..length]);
        formatter.at += length + 1;
        formatter.directive()?;
    }
    formatter.out.push_str(formatter.rest());
    formatter.report_extra();
    Ok(Value::from(formatter.out))
}

/// How many texts a value is printed as: the items of a list are padded one by one.
fn scalars(value: &Value) -> usize {
    let of_list = || Some(value.as_array()?.iter().map(scalars).sum());
    let of_map = || Some(value.as_map()?.values().map(|value| 1 + scalars(value)).sum());
    of_list().or_else(of_map).unwrap_or(1)
}

struct Formatter<'a> {
    call: &'a Call<'a>,
    format: &'a str,
    at: usize,
    args: &'a [Value],
    /// The argument that the next verb takes.
    next: usize,
    /// Whether the format chose an argument by its number; arguments left over are then no mistake.
    reordered: bool,
    out: String,
}

/// The largest width or precision of Go's.
const MAX_WIDTH: usize = 1_000_000;

impl<'a> Formatter<'a> {
    fn rest(&self) -> &'a str {
        &self.format[self.at..]
    }

    fn next_is(&mut self, sign: char) -> bool {
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len_utf8() } else { 0 };
        found
    }

    /// What follows a `%`.
    fn directive(&mut self) -> Result<(), Failure> {
        let mut flags = self.flags();
        let mut good_number = true;
        let mut numbered = self.argument_number(&mut good_number);
        if self.next_is('*') {
            match self.number_from_argument() {
                Some(width) => {
                    flags.width = Some(width.unsigned_abs() as usize);
                    // A negative width means the other side, which is not padded with zeros.
                    flags.minus |= width < 0;
                    flags.zero &= width >= 0;
                }
                None => self.out.push_str("%!(BADWIDTH)"),
            }
            numbered = false;
        } else {
            flags.width = self.number();
            good_number &= !(numbered && flags.width.is_some());
        }
        // A point at the very end is taken for a verb.
        if self.rest().len() > 1 && self.next_is('.') {
            good_number &= !numbered;
            numbered = self.argument_number(&mut good_number);
            if self.next_is('*') {
                flags.precision = self.number_from_argument().and_then(|precision| usize::try_from(precision).ok());
                if flags.precision.is_none() {
                    self.out.push_str("%!(BADPREC)");
                }
                numbered = false;
            } else {
                flags.precision = Some(self.number().unwrap_or(0));
            }
        }
        if !numbered {
            self.argument_number(&mut good_number);
        }
        let Some(verb) = self.rest().chars().next() else {
            self.out.push_str("%!(NOVERB)");
            return Ok(());
        };
        self.at += verb.len_utf8();
        match self.args.get(self.next) {
            _ if verb == '%' => self.out.push('%'),
            _ if !good_number => self.out.push_str(&format!("%!{verb}(BADINDEX)")),
            None => self.out.push_str(&format!("%!{verb}(MISSING)")),
            Some(value) => {
                self.next += 1;
                // Go's own syntax and plain values have no sign.
                flags.plus &= verb != 'v';
                let padding = flags.width.unwrap_or(0) + flags.precision.unwrap_or(0);
                self.call.check_size(self.out.len().saturating_add(padding.saturating_mul(scalars(value))))?;
                verbs::write(&mut self.out, verb, flags, value);
                self.call.check_size(self.out.len())?;
            }
        }
        Ok(())
    }

    fn flags(&mut self) -> Flags {
        let mut flags = Flags::default();
        while let Some(flag) = self.rest().chars().next() {
            match flag {
                '-' => flags.minus = true,
                '+' => flags.plus = true,
                '#' => flags.sharp = true,
                ' ' => flags.space = true,
                '0' => flags.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        flags
    }

    /// `[2]`: the second argument is meant next. Whether there was such a number, however good.
    fn argument_number(&mut self, good_number: &mut bool) -> bool {
        let Some(inner) = self.rest().strip_prefix('[') else { return false };
        self.reordered = true;
        let Some(length) = inner.find(']').filter(|_| self.rest().len() >= 3) else {
            *good_number = false;
            self.at += 1;
            return false;
        };
        self.at += length + 2;
        let digits = inner[..length].bytes().all(|byte| byte.is_ascii_digit());
        let number = inner[..length].parse::<usize>().ok().filter(|&number| digits && number <= 10 * MAX_WIDTH);
        match number {
            Some(number) if (1..=self.args.len()).contains(&number) => self.next = number - 1,
            _ => *good_number = false,
        }
        number.is_some()
    }

    /// A number of the format; one that is out of all bounds swallows what follows it.
    fn number(&mut self) -> Option<usize> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let mut number = None;
        for digit in self.rest()[..digits].chars() {
            if number > Some(MAX_WIDTH) {
                self.at = self.format.len();
                return None;
            }
            number = Some(number.unwrap_or(0) * 10 + digit.to_digit(10).unwrap_or(0) as usize);
        }
        self.at += digits;
        number
    }

    /// `*`: the number is an argument.
    fn number_from_argument(&mut self) -> Option<i64> {
        let value = self.args.get(self.next)?;
        self.next += 1;
        value.as_i64().filter(|number| number.unsigned_abs() <= MAX_WIDTH as u64)
    }

    /// Arguments that no verb took.
    fn report_extra(&mut self) {
        let extra = self.args.get(self.next..).unwrap_or_default();
        if self.reordered || extra.is_empty() {
            return;
        }
        let extra: Vec<String> = extra.iter().map(|value| verbs::typed(value, Flags::default())).collect();
        self.out.push_str(&format!("%!(EXTRA {})", extra.join(", ")));
    }
}
