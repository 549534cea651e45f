//! Tests values in combination: every pair of choices occurs at least once, and the invariants hold for every run.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::invariants;
use super::rendering::render;

/// Factors with independent choices, each with the values that it sets. `tests/cluster/run` reads them too.
static FACTORS: LazyLock<Vec<Vec<Vec<String>>>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../cases/combinations/factors.json"))
        .expect("a list of lists of lists of texts")
});

/// The index of the choice for each factor.
type Run = Vec<usize>;

fn pairs(run: &Run) -> impl Iterator<Item = [usize; 4]> + '_ {
    (0..run.len()).flat_map(move |a| (a + 1..run.len()).map(move |b| [a, run[a], b, run[b]]))
}

/// Returns runs that together contain every pair of choices, and at least `least` of them. The first run is the default. They are
/// the same on every machine.
fn runs(least: usize) -> Vec<Run> {
    let mut missing: BTreeSet<[usize; 4]> = BTreeSet::new();
    for (a, first) in FACTORS.iter().enumerate() {
        for (b, second) in FACTORS.iter().enumerate().skip(a + 1) {
            for i in 0..first.len() {
                missing.extend((0..second.len()).map(|j| [a, i, b, j]));
            }
        }
    }
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut runs: Vec<Run> = vec![vec![0; FACTORS.len()]];
    loop {
        let last = runs.last().expect("a run");
        for pair in pairs(last) {
            missing.remove(&pair);
        }
        if missing.is_empty() && runs.len() >= least {
            return runs;
        }
        // From some random runs with one missing pair, take the one with the most missing pairs.
        let wanted = missing.iter().next().copied();
        let candidates = (0..40).map(|_| {
            let mut run: Run = FACTORS.iter().map(|choices| next(choices.len())).collect();
            if let Some([a, i, b, j]) = wanted {
                (run[a], run[b]) = (i, j);
            }
            run
        });
        let best = candidates.max_by_key(|run| pairs(run).filter(|pair| missing.contains(pair)).count());
        runs.push(best.expect("a run"));
    }
}

fn sets(run: &Run) -> Vec<&'static str> {
    run.iter().zip(FACTORS.iter()).flat_map(|(choice, factor)| factor[*choice].iter().map(String::as_str)).collect()
}

/// Returns the values of each run.
pub fn all() -> Vec<Vec<&'static str>> {
    runs(64).iter().map(sets).collect()
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn combinations_of_values_render_valid_objects() {
    let runs = all();
    assert!(runs.len() >= 60, "{} runs", runs.len());
    let mut wrong = Vec::new();
    for sets in &runs {
        if let Err(panic) = std::panic::catch_unwind(|| invariants::check(&render(sets), sets)) {
            let printed = panic
                .downcast_ref::<String>()
                .cloned()
                .or(panic.downcast_ref::<&str>().map(|printed| (*printed).to_owned()));
            wrong.push(format!("{sets:?}\n  {}", printed.unwrap_or_default()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), runs.len(), wrong.join("\n"));
}

#[test]
fn every_choice_renders_on_its_own() {
    for (factor, choices) in FACTORS.iter().enumerate() {
        for choice in 1..choices.len() {
            let mut run = vec![0; FACTORS.len()];
            run[factor] = choice;
            let sets = sets(&run);
            invariants::check(&render(&sets), &sets);
        }
    }
}
