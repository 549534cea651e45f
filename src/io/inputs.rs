//! Reads the inputs of value flags: files, and standard input once.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fs::File;
use std::io::Read;

use super::limited::read_at_most;
use super::missing::advice;
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::go::os_error;
use crate::values::{FileReader, MAX_TOTAL_BYTES, given_file};
use crate::yaml;

/// The maximum size of a file that a flag or an argument names, in bytes. Helm has no limit, but Kubernetes objects are limited
/// to about 1.5 MiB, and a limit keeps a wrong file name from using up all memory.
pub const MAX_INPUT_BYTES: u64 = 16 * 1024 * 1024;

/// Reads the files that flags name, and standard input (`-`) once.
#[derive(Default)]
pub struct Inputs {
    stdin_reader: RefCell<Option<String>>,
    /// The total size of the text files read so far, in bytes.
    total: Cell<u64>,
    /// The contents of pipes: they can be read only once, but several sides of a comparison may need them.
    pipes: RefCell<HashMap<String, Vec<u8>>>,
}

impl Inputs {
    /// Creates a reader that has not read anything yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the values file that `-f` names. `given_by` is the place of the flag.
    ///
    /// # Errors
    /// Helm's message with the place of the flag. Text that is not UTF-8 is shown with its own place.
    pub fn read_values(&self, path: &str, given_by: &Span) -> Result<Source, Diagnostic> {
        self.text(path, given_by, VALUES)
    }

    /// Reads a text file. `help` says which file the flag or argument expects.
    ///
    /// # Errors
    /// Those of [`Self::read_values`].
    pub fn read_text(&self, path: &str, given_by: &Span, help: &str) -> Result<Source, Diagnostic> {
        self.text(path, given_by, Expected { code: "input-file", one: "a text file", all: "text files", help })
    }

    fn text(&self, path: &str, given_by: &Span, expected: Expected<'_>) -> Result<Source, Diagnostic> {
        let path = if path.trim() == "-" { "-" } else { path };
        let bytes = self.bytes(path, given_by, expected).map_err(|error| error.at(given_by.clone(), ""))?;
        self.total.set(self.total.get() + bytes.len() as u64);
        if self.total.get() > MAX_TOTAL_BYTES {
            let message = format!("{} together are larger than {} MiB", expected.all, MAX_TOTAL_BYTES >> 20);
            return Err(Diagnostic::error(expected.code, message).at(given_by.clone(), "exceeded by this one"));
        }
        yaml::values_file(path, bytes).map_err(|mut error| {
            error.message.insert_str(0, &format!("failed to parse {path}: "));
            error
        })
    }

    /// Reads a file, or standard input. Errors have no place.
    fn bytes(&self, path: &str, given_by: &Span, expected: Expected<'_>) -> Result<Vec<u8>, Diagnostic> {
        if path == "-" {
            return self.standard_input(given_by, expected);
        }
        if ["http://", "https://", "oci://"].iter().any(|scheme| path.starts_with(scheme)) {
            let message = format!("cannot fetch {path}: mim-chart never accesses the network");
            return Err(Diagnostic::error(expected.code, message).help("download the file and pass its path"));
        }
        if let Some(known) = self.pipes.borrow().get(path) {
            return Ok(known.clone());
        }
        let file = File::open(path).map_err(|error| expected.unreadable("open", path, &error))?;
        let is_pipe = file.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
        let bytes = read_limited(file, path, expected)?;
        if is_pipe {
            self.pipes.borrow_mut().insert(path.to_owned(), bytes.clone());
        }
        Ok(bytes)
    }

    fn standard_input(&self, given_by: &Span, expected: Expected<'_>) -> Result<Vec<u8>, Diagnostic> {
        let flag = given_by.to_string();
        if let Some(first) = self.stdin_reader.borrow().as_deref() {
            let message = format!("standard input was already read for {first}");
            return Err(Diagnostic::error(expected.code, message).help("pass one of the two as a file"));
        }
        *self.stdin_reader.borrow_mut() = Some(flag);
        read_limited(std::io::stdin().lock(), "standard input", expected)
    }
}

impl FileReader for Inputs {
    fn read(&self, path: &str, given_by: &Span) -> Result<Source, Diagnostic> {
        let bytes = self.bytes(path, given_by, GIVEN)?;
        Ok(given_file(path.to_owned(), bytes, given_by))
    }
}

/// The file that a flag or an argument expects.
#[derive(Clone, Copy)]
struct Expected<'a> {
    /// The code of errors.
    code: &'static str,
    /// What it is, in messages about its size.
    one: &'static str,
    /// The same in the plural.
    all: &'static str,
    /// What to pass.
    help: &'a str,
}

const VALUES: Expected<'static> = Expected {
    code: "values-file",
    one: "a values file",
    all: "values files",
    help: "a YAML file, or `-` for standard input; paths start at the current directory",
};

/// The file of `--set-file`.
const GIVEN: Expected<'static> = Expected {
    code: "set-syntax",
    one: "a file of --set-file",
    all: "files of --set-file",
    help: "KEY=PATH, with a path from the current directory",
};

impl Expected<'_> {
    /// Describes an error of the operating system, with advice about the path.
    fn unreadable(self, action: &str, path: &str, error: &std::io::Error) -> Diagnostic {
        let found = Diagnostic::error(self.code, format!("{action} {path}: {}", os_error(error)));
        advice(path, error, self.help).into_iter().fold(found, Diagnostic::help)
    }
}

/// Reads at most [`MAX_INPUT_BYTES`], so that even an endless input ends.
fn read_limited(from: impl Read, name: &str, expected: Expected<'_>) -> Result<Vec<u8>, Diagnostic> {
    let read = read_at_most(from, MAX_INPUT_BYTES).map_err(|error| expected.unreadable("read", name, &error))?;
    read.ok_or_else(|| {
        let limit = MAX_INPUT_BYTES / (1024 * 1024);
        let message = format!("{name} is larger than {limit} MiB, the maximum size of {}", expected.one);
        Diagnostic::error(expected.code, message)
    })
}
