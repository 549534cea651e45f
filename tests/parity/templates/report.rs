//! Counts comparisons and differences, and prints each kind of difference once.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::compare::{difference, general, signature};
use crate::helm::Helm;
use crate::shrink::shrink;
use crate::{Answer, Case, ours};

/// The number of kinds of differences that are shrunk; further ones are only counted.
const MAX_KINDS: usize = 60;

/// Counts, and differences by signature.
pub struct Report {
    begun: Instant,
    /// The time at which shrinking stops.
    end: Instant,
    /// The total time for shrinking.
    longest: Duration,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    cases: u64,
    errors: u64,
    died: u64,
    random: u64,
    different: u64,
    kinds: BTreeMap<String, u64>,
    /// The time spent on shrinking.
    shrinking: Duration,
    /// The counts of Helm's errors, without the parts that depend on the case.
    helms_errors: BTreeMap<String, u64>,
    /// The signatures of cases before shrinking, with those after it, so that each signature is shrunk only once.
    shrunk: BTreeMap<String, String>,
}

impl Report {
    /// Creates an empty report. At most a quarter of the time is used for shrinking, so that most of it goes into charts.
    pub fn new(time: Duration) -> Report {
        let begun = Instant::now();
        Report { begun, end: begun + time, longest: time / 4, counts: Mutex::default() }
    }

    /// Returns the remaining time for shrinking a difference.
    fn patience(&self) -> Duration {
        let left = self.longest.saturating_sub(self.counts().shrinking);
        left.min(self.end.saturating_duration_since(Instant::now()))
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Compares the answers to a case. A new kind of difference is shrunk and printed.
    pub fn add(&self, number: u64, case: &Case, helms: Option<&Answer>, ours: &Answer, helm: &mut Helm) {
        let Some(helms) = helms else {
            let mut counts = self.counts();
            counts.cases += 1;
            counts.died += 1;
            return;
        };
        {
            let mut counts = self.counts();
            counts.cases += 1;
            if let Err(error) = helms {
                counts.errors += 1;
                *counts.helms_errors.entry(general(error)).or_default() += 1;
            }
        }
        if difference(helms, ours).is_none() {
            return;
        }
        let before = signature(case, helms, ours);
        {
            let mut counts = self.counts();
            let kind = counts.shrunk.get(&before).cloned();
            let too_many = counts.kinds.len() >= MAX_KINDS;
            if let Some(kind) = kind.or_else(|| too_many.then(|| "others".to_owned())) {
                counts.different += 1;
                *counts.kinds.entry(kind).or_default() += 1;
                return;
            }
        }
        if differs_always(case, helm).is_none() {
            self.counts().random += 1;
            return;
        }
        let begun = Instant::now();
        let smallest = shrink(case.clone(), self.patience(), |case| {
            helm.ask_one(case).is_some_and(|helms| difference(&helms, &ours::render(case)).is_some())
        });
        self.counts().shrinking += begun.elapsed();
        // Shrinking may have led to a case that Helm answers randomly.
        let (smallest, (kind, text)) = match differs_always(&smallest, helm) {
            Some(found) => (smallest, found),
            None => match differs_always(case, helm) {
                Some(found) => (case.clone(), found),
                None => return,
            },
        };
        let mut counts = self.counts();
        counts.different += 1;
        counts.shrunk.insert(before, kind.clone());
        let seen = counts.kinds.entry(kind.clone()).or_default();
        *seen += 1;
        if *seen == 1 {
            println!("DIFFERENT case {number}: {kind}");
            for (path, text) in smallest.files.iter().filter(|(path, _)| path != "Chart.yaml") {
                println!("  {path}: {text:?}");
            }
            println!("{text}");
        }
    }

    /// Prints the counts, with Helm's most frequent errors. Returns the exit code: 1 if more than
    /// `most` in ten thousand cases differ.
    pub fn print(&self, most_errors: usize, most: u64) -> i32 {
        let counts = self.counts();
        let seconds = self.begun.elapsed().as_secs_f64();
        let mut kinds: Vec<_> = counts.kinds.iter().collect();
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (kind, count) in kinds {
            println!("{count:8} {kind}");
        }
        let mut errors: Vec<_> = counts.helms_errors.iter().collect();
        errors.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (error, count) in errors.iter().take(most_errors) {
            println!("{count:8} times Helm says: {error}");
        }
        let Counts { cases, errors, died, random, different, .. } = &*counts;
        println!(
            "{cases} charts ({:.0} a second), {errors} of them errors in Helm, {random} left out because Helm answers at random, \
             {died} of which Helm's process died; {different} differ",
            *cases as f64 / seconds
        );
        i32::from(different.saturating_mul(10_000) > cases.saturating_mul(most) || *cases == 0)
    }
}

/// Returns the kind of a difference and both answers, or `None` if Helm's answers vary.
fn differs_always(case: &Case, helm: &mut Helm) -> Option<(String, String)> {
    let ours = ours::render(case);
    let (mut answers, ()) = helm.ask(&vec![case.clone(); 6], || ());
    // Addresses are random too, but the same as long as the process runs.
    helm.restart();
    answers.push(helm.ask_one(case));
    let first = answers.first()?.as_ref()?;
    if answers.iter().any(|answer| answer.as_ref() != Some(first)) || ours::render(case) != ours {
        return None;
    }
    Some((signature(case, first, &ours), difference(first, &ours)?))
}
