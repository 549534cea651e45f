//! Helm's side: a process that renders charts with Helm's own packages.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use mim_chart::go::utf8;
use serde::Deserialize;

use crate::{Answer, Case};

/// The time limit for one chart. No chart from the grammar takes a second.
const PATIENCE: Duration = Duration::from_secs(10);

/// A line of the process's output. Texts are in base64.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    files: BTreeMap<String, String>,
    error: Option<String>,
}

/// The process, which is restarted when it ends.
pub struct Helm {
    program: String,
    process: Option<Process>,
}

struct Process {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Helm {
    /// Uses the program of Helm's side at a path.
    pub fn new(program: &str) -> Helm {
        Helm { program: program.to_owned(), process: None }
    }

    fn start(&mut self) -> Process {
        self.process.take().unwrap_or_else(|| {
            let mut command = Command::new(&self.program);
            // Standard error is dropped, because a stack overflow prints megabytes.
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut child = command.spawn().expect("Helm's side starts");
            let (stdin, stdout) = (child.stdin.take().expect("its input"), child.stdout.take().expect("its output"));
            Process { child, stdin, stdout: BufReader::with_capacity(1 << 20, stdout) }
        })
    }

    /// Returns the answers to the cases, in order, with `None` for a case that killed the process.
    /// `meanwhile` runs while Helm works.
    pub fn ask<T>(&mut self, cases: &[Case], meanwhile: impl FnOnce() -> T) -> (Vec<Option<Answer>>, T) {
        let mut answers = Vec::with_capacity(cases.len());
        let first = self.ask_some(cases, &mut answers, meanwhile);
        while answers.len() < cases.len() {
            // The first case without an answer killed the process.
            answers.push(None);
            let rest = &cases[answers.len()..];
            if !rest.is_empty() {
                self.ask_some(rest, &mut answers, || ());
            }
        }
        (answers, first)
    }

    /// Returns the answer to one case.
    pub fn ask_one(&mut self, case: &Case) -> Option<Answer> {
        self.ask(std::slice::from_ref(case), || ()).0.pop().flatten()
    }

    /// Ends the process. The next question starts another one.
    pub fn restart(&mut self) {
        if let Some(Process { mut child, stdin, .. }) = self.process.take() {
            drop(stdin);
            let _ = child.wait();
        }
    }

    fn ask_some<T>(&mut self, cases: &[Case], answers: &mut Vec<Option<Answer>>, meanwhile: impl FnOnce() -> T) -> T {
        let Process { mut child, mut stdin, mut stdout } = self.start();
        let mut input = String::new();
        for case in cases {
            input.push_str(&serde_json::to_string(&case.files).expect("a case is JSON"));
            input.push('\n');
        }
        let wanted = cases.len();
        let (result, lives, stdin, stdout) = std::thread::scope(|scope| {
            let writer = scope.spawn(move || {
                // A dead process does not read its input, which the reader notices.
                let _ = stdin.write_all(input.as_bytes()).and_then(|()| stdin.flush());
                stdin
            });
            let (sender, receiver) = channel();
            let reader = scope.spawn(move || {
                let mut line = String::new();
                for _ in 0..wanted {
                    line.clear();
                    match stdout.read_line(&mut line) {
                        Ok(length) if length > 0 => {
                            let answer: Line = serde_json::from_str(&line).expect("an answer is JSON");
                            if sender.send(decoded(answer)).is_err() {
                                break;
                            }
                        }
                        _ => break,
                    }
                }
                stdout
            });
            let result = meanwhile();
            let mut lives = true;
            for _ in 0..wanted {
                match receiver.recv_timeout(PATIENCE) {
                    Ok(answer) => answers.push(Some(answer)),
                    Err(_) => {
                        let _ = child.kill();
                        lives = false;
                        break;
                    }
                }
            }
            drop(receiver);
            (result, lives, writer.join().expect("the writer"), reader.join().expect("the reader"))
        });
        if lives {
            self.process = Some(Process { child, stdin, stdout });
        } else {
            let _ = child.wait();
        }
        result
    }
}

impl Drop for Helm {
    fn drop(&mut self) {
        self.restart();
    }
}

fn decoded(line: Line) -> Answer {
    match line.error {
        Some(error) => Err(text_of(&error)),
        None => Ok(line.files.into_iter().map(|(path, text)| (path, text_of(&text))).collect()),
    }
}

/// Decodes base64. As on our side, bytes that are not UTF-8 become U+FFFD.
fn text_of(base64: &str) -> String {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bytes = Vec::with_capacity(base64.len() / 4 * 3);
    for group in base64.as_bytes().chunks(4) {
        let padding = group.iter().filter(|byte| **byte == b'=').count();
        let number = group.iter().fold(0, |number, byte| number << 6 | if *byte == b'=' { 0 } else { digit(*byte) });
        bytes.extend(&number.to_be_bytes()[1..4 - padding]);
    }
    utf8::to_text(&bytes).into_owned()
}
