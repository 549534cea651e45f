//! Aligns two sequences: which items both have, and which were removed or added.
//!
//! The algorithm is Myers' in linear space, as in GNU diff and git: items that only one side has are set aside first, and a
//! search that gets too expensive is cut off at the farthest point it has reached. The result of a search that was cut off is
//! correct, but not always the shortest. The limit depends only on the lengths, so the same input always has the same result.
//!
//! E. Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1 (1986).

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

/// The number of steps for all searches together. Up to 8,192 items in all, no search is cut off.
const STEPS: usize = 1 << 25;
/// The least number of changes that a search looks ahead, however long the sequences are.
const MIN_REACH: usize = 32;
/// How many items the groups of changes may be moved along, per item of both sequences.
const MOVES_PER_ITEM: usize = 8;

/// A pair of ranges: either the same items on both sides, or old items and the new ones in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The items of the old sequence.
    pub old: Range<usize>,
    /// The items of the new sequence.
    pub new: Range<usize>,
    /// Whether both ranges have the same items.
    pub is_same: bool,
}

/// Returns the stretches of two sequences in order, unchanged and changed ones alternating. Time and memory are linear in the
/// lengths.
///
/// ```
/// use mim_chart::alignment::align;
///
/// let stretches = align(&["a", "b", "c"], &["a", "x", "y", "c"]);
/// let changed: Vec<_> = stretches.into_iter().filter(|stretch| !stretch.is_same).collect();
/// assert_eq!((changed.len(), changed[0].old.clone(), changed[0].new.clone()), (1, 1..2, 1..3));
/// ```
pub fn align<T: Hash + Eq>(old: &[T], new: &[T]) -> Vec<Stretch> {
    aligned(old, new, STEPS).0
}

/// Returns the stretches, and the number of steps it took to find them; the searches take about `limit` steps at most.
fn aligned<T: Hash + Eq>(old: &[T], new: &[T], limit: usize) -> (Vec<Stretch>, usize) {
    let (old, new) = numbered(old, new);
    let mut removed = vec![false; old.len()];
    let mut added = vec![false; new.len()];
    let mut steps = mark_changes((&old, &new), (&mut removed, &mut added), limit);
    let mut moves = MOVES_PER_ITEM * (old.len() + new.len());
    let most = moves;
    move_down(&old, &mut removed, &added, &mut moves);
    move_down(&new, &mut added, &removed, &mut moves);
    steps += most - moves;
    (stretches(&removed, &added), steps)
}

/// Replaces items by numbers: equal items have the same number.
fn numbered<T: Hash + Eq>(old: &[T], new: &[T]) -> (Vec<u32>, Vec<u32>) {
    let mut numbers: HashMap<&T, u32> = HashMap::with_capacity(old.len());
    let mut number = |item| {
        let next = numbers.len() as u32;
        *numbers.entry(item).or_insert(next)
    };
    (old.iter().map(&mut number).collect(), new.iter().map(&mut number).collect())
}

/// Marks the old items that were removed and the new items that were added. Returns the number of steps.
fn mark_changes((old, new): (&[u32], &[u32]), (removed, added): (&mut [bool], &mut [bool]), limit: usize) -> usize {
    let common = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old[common..].iter().rev().zip(new[common..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_range, new_range) = (common..old.len() - tail, common..new.len() - tail);
    let most = old.iter().chain(new).max().map_or(0, |&number| number as usize + 1);
    let on_both = {
        let mut sides = vec![0_u8; most];
        old[old_range.clone()].iter().for_each(|&number| sides[number as usize] |= 1);
        new[new_range.clone()].iter().for_each(|&number| sides[number as usize] |= 2);
        move |number: u32| sides[number as usize] == 3
    };
    // Items that only one side has are changes; the search needs only the rest.
    let set_aside = |items: &[u32], range: Range<usize>, changed: &mut [bool]| {
        let mut kept = Kept { items: Vec::new(), places: Vec::new() };
        for at in range {
            if on_both(items[at]) {
                kept.items.push(items[at]);
                kept.places.push(at);
            } else {
                changed[at] = true;
            }
        }
        kept
    };
    let old = set_aside(old, old_range, removed);
    let new = set_aside(new, new_range, added);
    let mut search = Search::new(&old.items, &new.items, limit);
    search.run(|at| removed[old.places[at]] = true, |at| added[new.places[at]] = true);
    search.steps
}

/// The items that both sides have, and their indices in the whole sequence.
struct Kept {
    items: Vec<u32>,
    places: Vec<usize>,
}

/// A range of both sequences that is still to be compared.
#[derive(Debug, Clone)]
struct Part {
    old: Range<usize>,
    new: Range<usize>,
}

/// Myers' search, from both ends at once. A diagonal is the old index minus the new index.
struct Search<'i> {
    old: &'i [u32],
    new: &'i [u32],
    /// The farthest old index reached on each diagonal by the search from the start of a part.
    forward: Vec<isize>,
    /// The same for the search from the end.
    backward: Vec<isize>,
    /// The most changes that a search looks ahead.
    reach: usize,
    steps: usize,
}

impl<'i> Search<'i> {
    fn new(old: &'i [u32], new: &'i [u32], limit: usize) -> Search<'i> {
        let items = old.len() + new.len();
        let reach = (limit / items.max(1)).max(MIN_REACH);
        Search { old, new, forward: vec![0; items + 3], backward: vec![0; items + 3], reach, steps: 0 }
    }

    fn run(&mut self, mut goes: impl FnMut(usize), mut comes: impl FnMut(usize)) {
        let mut parts = vec![Part { old: 0..self.old.len(), new: 0..self.new.len() }];
        while let Some(part) = parts.pop() {
            let Part { old, new } = self.without_common_ends(part);
            if old.is_empty() || new.is_empty() {
                old.for_each(&mut goes);
                new.for_each(&mut comes);
                continue;
            }
            let (at_old, at_new) = self.split(&old, &new);
            let is_corner = (at_old, at_new) == (0, 0) || (at_old, at_new) == (old.len(), new.len());
            if is_corner {
                old.for_each(&mut goes);
                new.for_each(&mut comes);
                continue;
            }
            let (at_old, at_new) = (old.start + at_old, new.start + at_new);
            parts.push(Part { old: at_old..old.end, new: at_new..new.end });
            parts.push(Part { old: old.start..at_old, new: new.start..at_new });
        }
    }

    fn without_common_ends(&mut self, part: Part) -> Part {
        let Part { mut old, mut new } = part;
        while !old.is_empty() && !new.is_empty() && self.old[old.start] == self.new[new.start] {
            (old.start, new.start) = (old.start + 1, new.start + 1);
            self.steps += 1;
        }
        while !old.is_empty() && !new.is_empty() && self.old[old.end - 1] == self.new[new.end - 1] {
            (old.end, new.end) = (old.end - 1, new.end - 1);
            self.steps += 1;
        }
        Part { old, new }
    }

    /// Returns a point on a short path through two ranges that are not empty and differ at both ends.
    fn split(&mut self, old: &Range<usize>, new: &Range<usize>) -> (usize, usize) {
        let (a, b) = (&self.old[old.clone()], &self.new[new.clone()]);
        let (n, m) = (a.len() as isize, b.len() as isize);
        // Diagonals run from -m to n. One more at each end is read, but never reached.
        let at = |diagonal: isize| (diagonal + m + 1) as usize;
        let (forward, backward) = (&mut self.forward, &mut self.backward);
        let end = n - m;
        let is_odd = end & 1 != 0;
        let (mut forward_from, mut forward_to) = (0, 0);
        let (mut backward_from, mut backward_to) = (end, end);
        (forward[at(0)], backward[at(end)]) = (0, n);
        for _ in 0..self.reach {
            grow(&mut forward_from, &mut forward_to, -m, n, |outside| forward[at(outside)] = -1);
            for diagonal in (forward_from..=forward_to).rev().step_by(2) {
                let (before, after) = (forward[at(diagonal - 1)], forward[at(diagonal + 1)]);
                let start = if before < after { after } else { before + 1 };
                let mut x = start;
                while x < n && x - diagonal < m && a[x as usize] == b[(x - diagonal) as usize] {
                    x += 1;
                }
                self.steps += (x - start) as usize + 1;
                forward[at(diagonal)] = x;
                if is_odd && (backward_from..=backward_to).contains(&diagonal) && backward[at(diagonal)] <= x {
                    return (x as usize, (x - diagonal) as usize);
                }
            }
            grow(&mut backward_from, &mut backward_to, -m, n, |outside| backward[at(outside)] = isize::MAX);
            for diagonal in (backward_from..=backward_to).rev().step_by(2) {
                let (before, after) = (backward[at(diagonal - 1)], backward[at(diagonal + 1)]);
                let start = if before < after { before } else { after - 1 };
                let mut x = start;
                while x > 0 && x > diagonal && a[x as usize - 1] == b[(x - diagonal) as usize - 1] {
                    x -= 1;
                }
                self.steps += (start - x) as usize + 1;
                backward[at(diagonal)] = x;
                if !is_odd && (forward_from..=forward_to).contains(&diagonal) && x <= forward[at(diagonal)] {
                    return (x as usize, (x - diagonal) as usize);
                }
            }
        }
        // Too many changes for the shortest path: go on from the farthest point that either search has reached.
        let inside = |(x, y): &(isize, isize)| (0..=n).contains(x) && (0..=m).contains(y);
        let points = |from: isize, to: isize, places: &[isize]| -> Vec<(isize, isize)> {
            let point = |diagonal: isize| (places[at(diagonal)], places[at(diagonal)] - diagonal);
            (from..=to).step_by(2).map(point).filter(inside).collect()
        };
        let farthest = points(forward_from, forward_to, forward).into_iter().max_by_key(|(x, y)| x + y);
        let nearest = points(backward_from, backward_to, backward).into_iter().min_by_key(|(x, y)| x + y);
        let ways = [farthest.map(|(x, y)| (x + y, x, y)), nearest.map(|(x, y)| (n + m - x - y, x, y))];
        let (_, x, y) = ways.into_iter().flatten().max_by_key(|(way, ..)| *way).unwrap_or((0, 0, 0));
        (x as usize, y as usize)
    }
}

/// Adds a diagonal at each end while the bounds allow it, and drops one otherwise. `set_outside` sets the entry beyond a new
/// diagonal so that no path comes from there.
fn grow(from: &mut isize, to: &mut isize, least: isize, most: isize, mut set_outside: impl FnMut(isize)) {
    if *from > least {
        *from -= 1;
        set_outside(*from - 1);
    } else {
        *from += 1;
    }
    if *to < most {
        *to += 1;
        set_outside(*to + 1);
    } else {
        *to -= 1;
    }
}

/// Moves groups of changes down as far as equal items allow, as git does: an added paragraph then ends with its own last line
/// rather than with that of the paragraph above. A group stays where the other side has a group too. `moves` is how many items
/// the groups may still be moved along.
fn move_down(items: &[u32], changed: &mut [bool], other: &[bool], moves: &mut usize) {
    // For each unchanged item of the other side, in order, and for the end: whether a change directly precedes it.
    let mut meets_changes = Vec::new();
    let mut is_after_change = false;
    for &is_changed in other {
        if !is_changed {
            meets_changes.push(is_after_change);
        }
        is_after_change = is_changed;
    }
    meets_changes.push(is_after_change);
    let mut end = items.len();
    let mut unchanged_before = changed.iter().filter(|&&is_changed| !is_changed).count();
    while end > 0 {
        if !changed[end - 1] {
            (end, unchanged_before) = (end - 1, unchanged_before - 1);
            continue;
        }
        let start = changed[..end].iter().rposition(|&is_changed| !is_changed).map_or(0, |at| at + 1);
        let (mut first, mut after, mut unchanged) = (start, end, unchanged_before);
        while !meets_changes[unchanged] && after < items.len() && items[first] == items[after] && *moves > 0 {
            (changed[first], changed[after]) = (false, true);
            (first, after, unchanged, *moves) = (first + 1, after + 1, unchanged + 1, *moves - 1);
            while after < items.len() && changed[after] {
                after += 1;
            }
        }
        end = start;
    }
}

fn stretches(removed: &[bool], added: &[bool]) -> Vec<Stretch> {
    let mut all = Vec::new();
    let (mut old, mut new) = (0, 0);
    let changed = |side: &[bool], from: usize| from + side[from..].iter().take_while(|&&changed| changed).count();
    while old < removed.len() || new < added.len() {
        let (old_end, new_end) = (changed(removed, old), changed(added, new));
        if old_end > old || new_end > new {
            all.push(Stretch { old: old..old_end, new: new..new_end, is_same: false });
        }
        // Both sides have the same number of unchanged items here.
        let both = removed[old_end..].iter().zip(&added[new_end..]);
        let length = both.take_while(|(removed, added)| !**removed && !**added).count();
        (old, new) = (old_end + length, new_end + length);
        if length > 0 {
            all.push(Stretch { old: old_end..old, new: new_end..new, is_same: true });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The items in one string, with a sign before and after each group that was removed (`-`) or added (`+`).
    fn script(old: &str, new: &str) -> String {
        let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
        let mut out = String::new();
        for stretch in align(&old, &new) {
            if stretch.is_same {
                out.extend(&old[stretch.old]);
            } else {
                let part = |items: &[char], range: Range<usize>, sign: char| match range.is_empty() {
                    true => String::new(),
                    false => format!("{sign}{}{sign}", items[range].iter().collect::<String>()),
                };
                out += &part(&old, stretch.old, '-');
                out += &part(&new, stretch.new, '+');
            }
        }
        out
    }

    #[test]
    fn the_shortest_change_is_found() {
        assert_eq!(script("abcabba", "cbabac"), "-ab-c-a-b+a+ba+c+");
        assert_eq!(script("", "abc"), "+abc+");
        assert_eq!(script("abc", ""), "-abc-");
        assert_eq!(script("abc", "abc"), "abc");
        assert_eq!(script("abc", "axc"), "a-b-+x+c");
        assert_eq!(script("", ""), "");
    }

    #[test]
    fn a_group_ends_with_its_own_last_item() {
        assert_eq!(script("{a}", "{a}{b}"), "{a}+{b}+");
        assert_eq!(script("xaaay", "xaaaay"), "xaaa+a+y");
        assert_eq!(script("1v2v3v", "1v3v"), "1v-2v-3v");
    }

    #[test]
    fn a_group_stays_next_to_a_group_of_the_other_side() {
        assert_eq!(script("abb", "xbb"), "-a-+x+bb");
    }

    /// Counts steps rather than seconds, so that slow machines pass too.
    fn steps_per_item(old: &[usize], new: &[usize], limit: usize) -> usize {
        let (stretches, steps) = aligned(old, new, limit);
        let kept = |stretch: &&Stretch| stretch.is_same;
        for stretch in stretches.iter().filter(kept) {
            assert_eq!(old[stretch.old.clone()], new[stretch.new.clone()]);
        }
        steps / (old.len() + new.len())
    }

    #[test]
    fn the_work_grows_in_proportion_to_the_length() {
        let scattered = |seed: usize, kinds: usize, length: usize| -> Vec<usize> {
            let mut state = seed;
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % kinds
            };
            (0..length).map(|_| next()).collect()
        };
        let (length, limit) = (20_000, 1 << 20);
        let numbers: Vec<usize> = (0..length).collect();
        let backwards: Vec<usize> = (0..length).rev().collect();
        let most = 8 * MIN_REACH;
        for (name, old, new) in [
            ("nothing in common", numbers.clone(), (length..2 * length).collect()),
            ("the other way round", numbers.clone(), backwards),
            ("all the same, of other lengths", vec![1; length], vec![1; length / 2]),
            (
                "every other item changed",
                numbers.clone(),
                numbers.iter().map(|at| if at % 2 == 0 { *at } else { 9 }).collect(),
            ),
            (
                "two items in turns, and once more",
                (0..length).map(|at| at % 2).collect(),
                (0..length).map(|at| at / 2 % 2).collect(),
            ),
            ("two items at random", scattered(1, 2, length), scattered(2, 2, length)),
            ("a hundred items at random", scattered(1, 100, length), scattered(2, 100, length)),
            ("as many items as places at random", scattered(1, length, length), scattered(2, length, length)),
        ] {
            let steps = steps_per_item(&old, &new, limit);
            assert!(steps <= most, "{name}: {steps} steps an item");
        }
    }

    proptest! {
        #[test]
        fn stretches_cover_both_sides_and_are_correct(old in "[a-d]{0,40}", new in "[a-d]{0,40}") {
            let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
            let (mut at, mut previous) = ((0, 0), None);
            for stretch in align(&old, &new) {
                prop_assert_eq!((stretch.old.start, stretch.new.start), at);
                prop_assert!(previous != Some(stretch.is_same));
                if stretch.is_same {
                    prop_assert_eq!(&old[stretch.old.clone()], &new[stretch.new.clone()]);
                }
                previous = Some(stretch.is_same);
                at = (stretch.old.end, stretch.new.end);
            }
            prop_assert_eq!(at, (old.len(), new.len()));
        }

        #[test]
        fn the_alignment_keeps_as_many_items_as_possible(old in "[a-d]{0,30}", new in "[a-d]{0,30}") {
            let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
            let kept: usize = align(&old, &new).iter().filter(|stretch| stretch.is_same).map(|s| s.old.len()).sum();
            let mut longest = vec![vec![0; new.len() + 1]; old.len() + 1];
            for i in 0..old.len() {
                for j in 0..new.len() {
                    longest[i + 1][j + 1] = if old[i] == new[j] {
                        longest[i][j] + 1
                    } else {
                        longest[i][j + 1].max(longest[i + 1][j])
                    };
                }
            }
            prop_assert_eq!(kept, longest[old.len()][new.len()]);
        }
    }
}
