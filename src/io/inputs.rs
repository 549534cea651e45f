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

/// The maximum size of a values file, in bytes. Helm has no limit, but Kubernetes objects are limited to about 1.5 MiB, and a
/// limit keeps a wrong file name from using up all memory.
pub const MAX_INPUT_BYTES: u64 = 16 * 1024 * 1024;

/// Reads the files that flags name, and standard input (`-`) once.
#[derive(Default)]
pub struct Inputs {
    stdin_reader: RefCell<Option<String>>,
    /// The total size of the values files read so far, in bytes.
    values_bytes: Cell<u64>,
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
        self.read_text(path, given_by, "a YAML file, or `-` for standard input; paths start at the current directory")
    }

    /// Reads a file that is not a values file. `expected` says which file the flag or argument expects.
    ///
    /// # Errors
    /// Those of [`Self::read_values`].
    pub fn read_text(&self, path: &str, given_by: &Span, expected: &str) -> Result<Source, Diagnostic> {
        let path = if path.trim() == "-" { "-" } else { path };
        let bytes = self.bytes(path, given_by, expected).map_err(|problem| {
            let error = Diagnostic::error("values-file", problem.message).at(given_by.clone(), "");
            problem.help.into_iter().fold(error, Diagnostic::help)
        })?;
        self.values_bytes.set(self.values_bytes.get() + bytes.len() as u64);
        if self.values_bytes.get() > MAX_TOTAL_BYTES {
            let message = format!("values files together are larger than {} MiB", MAX_TOTAL_BYTES >> 20);
            return Err(Diagnostic::error("values-file", message).at(given_by.clone(), "exceeded by this one"));
        }
        yaml::values_file(path, bytes).map_err(|mut error| {
            error.message.insert_str(0, &format!("failed to parse {path}: "));
            error
        })
    }

    fn bytes(&self, path: &str, given_by: &Span, expected: &str) -> Result<Vec<u8>, Problem> {
        if path == "-" {
            return self.standard_input(given_by, expected);
        }
        if ["http://", "https://", "oci://"].iter().any(|scheme| path.starts_with(scheme)) {
            return Err(Problem::new(format!("cannot fetch {path}: mim-chart never accesses the network"))
                .help("download the file and pass its path"));
        }
        if let Some(known) = self.pipes.borrow().get(path) {
            return Ok(known.clone());
        }
        let file = File::open(path).map_err(|error| Problem::of_path("open", path, &error, expected))?;
        let is_pipe = file.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
        let bytes = read_limited(file, path, expected)?;
        if is_pipe {
            self.pipes.borrow_mut().insert(path.to_owned(), bytes.clone());
        }
        Ok(bytes)
    }

    fn standard_input(&self, given_by: &Span, expected: &str) -> Result<Vec<u8>, Problem> {
        let flag = given_by.to_string();
        if let Some(first) = self.stdin_reader.borrow().as_deref() {
            return Err(Problem::new(format!("standard input was already read for {first}"))
                .help("pass one of the two as a file"));
        }
        *self.stdin_reader.borrow_mut() = Some(flag);
        read_limited(std::io::stdin().lock(), "standard input", expected)
    }
}

impl FileReader for Inputs {
    fn read(&self, path: &str, given_by: &Span) -> Result<Source, String> {
        let bytes = self.bytes(path, given_by, "a file").map_err(|problem| problem.message)?;
        Ok(given_file(path.to_owned(), bytes, given_by))
    }
}

/// Why an input cannot be read, in Helm's form if Helm has a message for it.
struct Problem {
    message: String,
    help: Option<String>,
}

impl Problem {
    fn new(message: String) -> Self {
        Problem { message, help: None }
    }

    /// Describes an error of the operating system, with advice about the path.
    fn of_path(action: &str, path: &str, error: &std::io::Error, expected: &str) -> Self {
        Problem { message: format!("{action} {path}: {}", os_error(error)), help: advice(path, error, expected) }
    }

    fn help(self, text: &str) -> Self {
        Problem { help: Some(text.to_owned()), ..self }
    }
}

/// Reads at most [`MAX_INPUT_BYTES`], so that even an endless input ends.
fn read_limited(from: impl Read, name: &str, expected: &str) -> Result<Vec<u8>, Problem> {
    let read = read_at_most(from, MAX_INPUT_BYTES);
    read.map_err(|error| Problem::of_path("read", name, &error, expected))?.ok_or_else(|| {
        let limit = MAX_INPUT_BYTES / (1024 * 1024);
        Problem::new(format!("{name} is larger than {limit} MiB, the maximum size of a values file"))
    })
}
