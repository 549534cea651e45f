//! Maps items in parallel, on all processors.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::stack;

/// Calls `call` for each item; the results are in the order of the items.
pub fn map<T: Sync, R: Send>(items: &[T], call: impl Fn(&T) -> R + Sync) -> Vec<R> {
    map_on(usize::MAX, items, call)
}

/// The same on at most `most` processors, for work that takes little longer than threads take to start.
pub fn map_on<T: Sync, R: Send>(most: usize, items: &[T], call: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let most = most.min(items.len());
    let workers = if most < 2 { 1 } else { std::thread::available_parallelism().map_or(1, usize::from).min(most) };
    if workers < 2 {
        return items.iter().map(call).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return done };
            done.push((at, call(item)));
        }
    };
    let mut results: Vec<(usize, R)> = std::thread::scope(|scope| {
        let spawn = |_| stack::spawn(scope, stack::DEEPEST, work);
        let threads: Vec<_> = (1..workers).filter_map(|number| spawn(number).ok()).collect();
        let mut results = work();
        for thread in threads {
            match thread.join() {
                Ok(done) => results.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    });
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_are_in_the_order_of_the_items() {
        let numbers: Vec<u64> = (0..100).collect();
        let squares = super::map(&numbers, |number| number * number);
        assert_eq!(squares, numbers.iter().map(|number| number * number).collect::<Vec<_>>());
        assert_eq!(super::map(&[] as &[u64], |number| *number), [0u64; 0]);
    }
}
