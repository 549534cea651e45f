//! Renders charts of Go templates with Helm's own packages and with this library. Both must return the same texts, or our error
//! must begin with Helm's text. `run` in this folder builds Helm's side and runs this.
//!
//! `template-parity HELM_SIDE [--seed N] [--seconds N] [--count N] [--first N] [--only FAMILY] [--without FAMILY,...] [--jobs N]
//! [--from FILE] [--errors N] [--most N] [--print]` prints the seed, and fails if more than --most (default 0) of ten thousand
//! charts differ. `--seed N --first CASE --count 1` repeats one case. Differences are shrunk, and each kind is printed once.

mod compare;
mod generate;
mod helm;
mod ours;
mod report;
mod shrink;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use self::helm::Helm;
use self::report::Report;

/// The number of charts that are sent to Helm's side at once. The time limit is checked between batches.
const BATCH: u64 = 200;

/// A chart, as a list of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Pairs of a path and a text.
    pub files: Vec<(String, String)>,
}

/// The result of rendering a chart: texts by path, or an error.
pub type Answer = Result<BTreeMap<String, String>, String>;

struct Options {
    program: String,
    seed: u64,
    seconds: u64,
    count: u64,
    first: u64,
    jobs: usize,
    only: Option<String>,
    without: Vec<String>,
    from: Option<String>,
    errors: usize,
    prints: bool,
    /// The number of charts in ten thousand that may differ.
    most: u64,
}

fn options() -> Options {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().expect("the path of Helm's side");
    let clock = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(1, |now| now.as_nanos());
    let seed = (clock() % 1_000_000_000) as u64;
    let (count, seconds) = (u64::MAX, 300);
    let mut options = Options {
        program,
        seed,
        seconds,
        count,
        first: 0,
        jobs: 1,
        only: None,
        without: vec![],
        from: None,
        errors: 0,
        prints: false,
        most: 0,
    };
    while let Some(name) = arguments.next() {
        if name == "--print" {
            options.prints = true;
            continue;
        }
        let value = arguments.next().unwrap_or_else(|| panic!("{name} needs a value"));
        let number = || value.parse::<u64>().unwrap_or_else(|_| panic!("{name} needs a number"));
        match name.as_str() {
            "--seed" => options.seed = number(),
            "--seconds" => options.seconds = number(),
            "--count" => options.count = number(),
            "--first" => options.first = number(),
            "--jobs" => options.jobs = number() as usize,
            "--only" => options.only = Some(value),
            "--without" => options.without = value.split(',').map(str::to_owned).collect(),
            "--most" => options.most = number(),
            "--errors" => options.errors = number() as usize,
            "--from" => options.from = Some(value),
            _ => panic!("unknown flag {name}"),
        }
    }
    options
}

/// Reads the cases in a file: one per line, each a list of pairs of a path and a text.
fn cases_from(path: &str) -> Vec<Case> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let case =
        |line: &str| Case { files: serde_json::from_str(line).unwrap_or_else(|error| panic!("{path}: {error}")) };
    text.lines().filter(|line| !line.trim().is_empty()).map(case).collect()
}

fn main() {
    let mut options = options();
    let given = options.from.as_deref().map(cases_from);
    match &given {
        Some(cases) => options.count = cases.len() as u64,
        None => println!("seed {}", options.seed),
    }
    for family in options.only.iter().chain(&options.without) {
        assert!(generate::is_family(family), "families are {}", generate::families().join(", "));
    }
    let grammar = generate::Grammar::new(options.only.as_deref(), &options.without);
    let time = Duration::from_secs(options.seconds);
    let report = Report::new(time);
    let next = AtomicU64::new(0);
    let end = Instant::now() + time;
    let make = |number: u64| match &given {
        Some(cases) => cases[number as usize].clone(),
        None => grammar.case(options.seed, options.first + number),
    };
    std::thread::scope(|scope| {
        for _ in 0..options.jobs {
            scope.spawn(|| {
                let mut helm = Helm::new(&options.program);
                while Instant::now() < end {
                    let from = next.fetch_add(BATCH, Ordering::Relaxed);
                    let to = from.saturating_add(BATCH).min(options.count);
                    if from >= to {
                        break;
                    }
                    let cases: Vec<Case> = (from..to).map(make).collect();
                    if options.prints {
                        cases.iter().for_each(|case| {
                            println!("{}", serde_json::to_string(&case.files).expect("a case is JSON"))
                        });
                        continue;
                    }
                    let (answers, ours) = helm.ask(&cases, || cases.iter().map(ours::render).collect::<Vec<_>>());
                    for (number, case) in cases.iter().enumerate() {
                        let place = options.first + from + number as u64;
                        report.add(place, case, answers[number].as_ref(), &ours[number], &mut helm);
                    }
                }
            });
        }
    });
    if options.prints {
        return;
    }
    std::process::exit(report.print(options.errors, options.most));
}
