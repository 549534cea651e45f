//! Helm's side: a process that renders charts with Helm's own packages.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use mim_chart::go::utf8;
use serde::Deserialize;

use crate::{Answer, Case};

/// How long one chart may take. The grammar makes none that takes a second.
const PATIENCE: Duration = Duration::from_secs(10);

/// A line of the process. Texts are base64.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    files: BTreeMap<String, String>,
    error: Option<String>,
}

/// The process, started again when it ends.
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
    /// Helm's side at a path.
    pub fn new(program: &str) -> Helm {
        Helm { program: program.to_owned(), process: None }
    }

    fn start(&mut self) -> Process {
        self.process.take().unwrap_or_else(|| {
            let mut command = Command::new(&self.program);
            // What a stack overflow prints is megabytes.
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut child = command.spawn().expect("Helm's side starts");
            let (stdin, stdout) = (child.stdin.take().expect("its input"), child.stdout.take().expect("its output"));
            Process { child, stdin, stdout: BufReader::with_capacity(1 << 20, stdout) }
        })
    }

    /// The answers to the cases, in their order; `None` for a case of which the process died. `meanwhile` runs while Helm works.
    pub fn ask<T>(&mut self, cases: &[Case], meanwhile: impl FnOnce() -> T) -> (Vec<Option<Answer>>, T) {
        let mut answers = Vec::with_capacity(cases.len());
        let first = self.ask_some(cases, &mut answers, meanwhile);
        while answers.len() < cases.len() {
            // The process died of the first case without an answer.
            answers.push(None);
            let rest = &cases[answers.len()..];
            if !rest.is_empty() {
                self.ask_some(rest, &mut answers, || ());
            }
        }
        (answers, first)
    }

    /// The answer to one case.
    pub fn ask_one(&mut self, case: &Case) -> Option<Answer> {
        self.ask(std::slice::from_ref(case), || ()).0.pop().flatten()
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
                // A process that died does not read; the reader notices.
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
        if let Some(Process { mut child, stdin, .. }) = self.process.take() {
            drop(stdin);
            let _ = child.wait();
        }
    }
}

fn decoded(line: Line) -> Answer {
    match line.error {
        Some(error) => Err(text_of(&error)),
        None => Ok(line.files.into_iter().map(|(path, text)| (path, text_of(&text))).collect()),
    }
}

/// The text behind base64; each byte that is not UTF-8 becomes U+FFFD, as on our side.
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
