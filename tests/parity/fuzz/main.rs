//! Merges random values with Helm's own packages and with this library. Both must accept the same values and return the same
//! result. `tests/parity/fuzz/run` builds Helm's side and runs this.
//!
//! `differential HELM_SIDE [--seed N] [--seconds N] [--cases N]` prints the seed. A case with different results is shrunk and
//! printed as JSON, in the form of `tests/cases/set`.

mod generate;
mod shrink;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use mim_chart::diagnostic::{Diagnostic, Source, Span};
use mim_chart::json;
use mim_chart::values::{FileReader, Layer, LayerKind, merge_layers};
use mim_chart::yaml::Value;
use serde::{Deserialize, Serialize};

/// Value flags, and the files that they name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Case {
    /// Pairs of a flag and its argument.
    pub flags: Vec<(&'static str, String)>,
    /// The texts of the files, with names such as `case:N`.
    pub files: BTreeMap<String, String>,
}

/// The answer of Helm's packages.
#[derive(Debug, Deserialize)]
struct Answer {
    values: Option<serde_json::Value>,
    error: Option<String>,
}

struct Helm {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    folder: PathBuf,
}

impl Helm {
    fn start(program: &str) -> Helm {
        // The folder is empty, because the flags of a case may name any file.
        let folder = std::env::temp_dir().join(format!("fuzz-parity-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("an empty folder");
        let mut child = Command::new(program)
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Helm's side");
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take().expect("its output"));
        Helm { child, stdin, stdout: BufReader::new(stdout), folder }
    }

    /// Returns the answers to several cases, in order.
    fn ask(&mut self, cases: &[Case]) -> Vec<Answer> {
        let mut stdin = self.stdin.take().expect("its input");
        let stdout = &mut self.stdout;
        std::thread::scope(|scope| {
            let writer = scope.spawn(move || {
                let mut text = String::new();
                for case in cases {
                    text.push_str(&serde_json::to_string(case).expect("a case is JSON"));
                    text.push('\n');
                }
                stdin.write_all(text.as_bytes()).and_then(|()| stdin.flush()).expect("Helm's side reads");
                stdin
            });
            let mut answers = Vec::with_capacity(cases.len());
            let mut line = String::new();
            for _ in cases {
                line.clear();
                stdout.read_line(&mut line).expect("Helm's side answers");
                answers.push(serde_json::from_str(&line).expect("an answer"));
            }
            self.stdin = Some(writer.join().expect("the writer"));
            answers
        })
    }
}

impl Drop for Helm {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.wait();
        let _ = std::fs::remove_dir(&self.folder);
    }
}

struct Files<'a>(&'a BTreeMap<String, String>);

impl FileReader for Files<'_> {
    fn read(&self, path: &str, _: &Span) -> Result<Source, Diagnostic> {
        if path.trim() == "-" {
            return Ok(Source::file(path, ""));
        }
        let missing = || Diagnostic::error("set-syntax", format!("open {path}: no such file or directory"));
        let text = self.0.get(path).ok_or_else(missing)?;
        Ok(Source::file(path, text.as_str()))
    }
}

/// Returns this library's answer: values as JSON, or an error.
fn ours(case: &Case) -> Result<String, String> {
    let layer = |(flag, argument): &(&'static str, String)| {
        let kind = match *flag {
            "-f" => LayerKind::File,
            "--set" => LayerKind::Set,
            "--set-string" => LayerKind::SetString,
            "--set-json" => LayerKind::SetJson,
            "--set-file" => LayerKind::SetFile,
            _ => LayerKind::SetLiteral,
        };
        let source = match kind {
            LayerKind::File => Source::file(argument.as_str(), case.files[argument].as_str()),
            _ => Source::flag(*flag, argument.as_str()),
        };
        Layer::new(kind, source)
    };
    let layers: Vec<Layer> = case.flags.iter().map(layer).collect();
    match merge_layers(&layers, &Files(&case.files)) {
        Ok(map) => Ok(json::write(&Value::Map(map))),
        Err(errors) => Err(errors.first().map(|error| error.message.clone()).unwrap_or_default()),
    }
}

/// Describes the difference between both answers, if there is one.
fn difference(case: &Case, helm: &Answer) -> Option<String> {
    // Numbers are compared as they are written: both sides write Go's JSON.
    match (ours(case), &helm.values, &helm.error) {
        (Ok(ours), Some(values), None) => {
            let same = serde_json::from_str::<serde_json::Value>(&ours).is_ok_and(|ours| ours == *values);
            (!same).then(|| format!("ours  {ours}\nHelm  {values}"))
        }
        // Panics of Helm's are not worth reproducing.
        (_, None, Some(error)) if error.starts_with("panic: ") => None,
        (Err(_), None, Some(_)) => None,
        (Ok(ours), _, error) => Some(format!("ours  {ours}\nHelm  error: {error:?}")),
        (Err(ours), values, _) => Some(format!("ours  error: {ours}\nHelm  {values:?}")),
    }
}

/// Returns the difference only if Helm's answers always have one. Of keys that become equal, such as 1
/// and 1.0, Helm keeps a random one.
fn always_differs(case: &Case, helm: &mut Helm) -> Option<String> {
    let cases = vec![case.clone(); 60];
    let answers = helm.ask(&cases);
    let all: Option<Vec<String>> = answers.iter().map(|answer| difference(case, answer)).collect();
    all?.pop()
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().expect("the path of Helm's side");
    let (mut seed, mut seconds, mut most) = (None, 300u64, u64::MAX);
    while let (Some(name), Some(value)) = (arguments.next(), arguments.next()) {
        let number: u64 = value.parse().expect("a number");
        match name.as_str() {
            "--seed" => seed = Some(number),
            "--seconds" => seconds = number,
            "--cases" => most = number,
            _ => panic!("unknown flag {name}"),
        }
    }
    let clock =
        || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(1, |now| now.as_nanos() as u64);
    let seed = seed.unwrap_or_else(|| clock() % 1_000_000_000);
    println!("seed {seed}");
    let mut helm = Helm::start(&program);
    let mut chance = generate::Chance::new(seed);
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut tried, mut refused, mut found) = (0u64, 0u64, 0u64);
    while tried < most && Instant::now() < end && found < 20 {
        let cases: Vec<Case> = (0..500).map(|_| generate::case(&mut chance)).collect();
        let answers = helm.ask(&cases);
        for (case, answer) in cases.iter().zip(&answers) {
            refused += u64::from(answer.error.is_some());
            if difference(case, answer).is_none() {
                continue;
            }
            if always_differs(case, &mut helm).is_none() {
                continue;
            }
            found += 1;
            println!("found {}", serde_json::to_string(case).expect("a case is JSON"));
            let smallest = shrink::shrink(case.clone(), |case| always_differs(case, &mut helm).is_some());
            let what = always_differs(&smallest, &mut helm).unwrap_or_default();
            println!("DIFFERENT {}\n{what}", serde_json::to_string(&smallest).expect("a case is JSON"));
        }
        tried += cases.len() as u64;
    }
    println!("{tried} cases, {refused} of them refused by Helm, {found} differ");
    drop(helm);
    std::process::exit(i32::from(found > 0));
}
