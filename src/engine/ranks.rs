//! Ranks of the values that lines depend on, so that sets of values can be compared and sorted by numbers.

use super::used::{UsedPath, sort_deciding_by};

/// Sorted values; the rank of a value is its index.
#[derive(Debug)]
pub(super) struct Ranks {
    /// The values, without duplicates.
    sorted: Vec<UsedPath>,
    /// For each value, the rank of the first one with the same path.
    first_of_path: Vec<u32>,
}

impl Ranks {
    /// Sorts these values.
    pub(super) fn new(mut values: Vec<UsedPath>) -> Ranks {
        values.sort();
        values.dedup();
        let mut first_of_path: Vec<u32> = Vec::with_capacity(values.len());
        for (index, used) in values.iter().enumerate() {
            let first = match first_of_path.last() {
                Some(first) if values[*first as usize].path == used.path => *first,
                _ => index as u32,
            };
            first_of_path.push(first);
        }
        Ranks { sorted: values, first_of_path }
    }

    /// Returns the rank of a value.
    pub(super) fn rank(&self, value: &UsedPath) -> u32 {
        self.sorted.partition_point(|known| known < value) as u32
    }

    /// Returns the value of a rank.
    pub(super) fn value(&self, rank: u32) -> &UsedPath {
        &self.sorted[rank as usize]
    }

    /// Sorts ranks and removes duplicates.
    pub(super) fn sorted(&self, mut ranks: Vec<u32>) -> Vec<u32> {
        let words = self.sorted.len().div_ceil(64);
        if ranks.len() < words {
            ranks.sort_unstable();
            ranks.dedup();
            return ranks;
        }
        // There are so many that marking each in a list of all ranks takes less time.
        let mut marked = vec![0u64; words];
        ranks.iter().for_each(|rank| marked[*rank as usize / 64] |= 1 << (rank % 64));
        ranks.clear();
        for (at, mut word) in marked.into_iter().enumerate() {
            while word != 0 {
                ranks.push(at as u32 * 64 + word.trailing_zeros());
                word &= word - 1;
            }
        }
        ranks
    }

    /// Sorts values that decided about something that shows the values `shown`, which are sorted, like
    /// [`sort_deciding`](super::used::sort_deciding).
    pub(super) fn sort_deciding(&self, deciding: &mut Vec<u32>, shown: &[u32]) {
        let path = |rank: u32| self.first_of_path[rank as usize];
        sort_deciding_by(deciding, shown, |a, b| path(*a).cmp(&path(*b)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::used::{Aspect, sort_deciding};
    use crate::values::ValuePath;

    #[test]
    fn many_ranks_sort_like_few() {
        let used = |number: usize| UsedPath::whole(ValuePath::default().key(&format!("{number:03}")));
        let ranks = Ranks::new((0..300).map(used).collect());
        for numbers in [vec![], vec![7, 2, 7], (0..300).rev().chain([63, 64, 299]).collect()] {
            let mut expected = numbers.clone();
            expected.sort_unstable();
            expected.dedup();
            assert_eq!(ranks.sorted(numbers), expected);
        }
    }

    #[test]
    fn ranks_sort_like_their_values() {
        let aspects = [Aspect::Whole, Aspect::Keys, Aspect::Emptiness];
        let of_key = |key: &str| aspects.map(|aspect| UsedPath { path: ValuePath::default().key(key), aspect });
        let all: Vec<UsedPath> = ["b", "a", "c"].into_iter().flat_map(of_key).collect();
        let ranks = Ranks::new(all.clone());
        let chosen = |bits: u32| all.iter().enumerate().filter(move |(index, _)| bits >> index & 1 == 1);
        for bits in 0u32..1 << (2 * all.len()) {
            let (of_shown, of_deciding) = (bits & 0x1ff, bits >> all.len());
            if of_shown.count_ones() > 3 || of_deciding.count_ones() > 4 {
                continue;
            }
            let mut shown: Vec<UsedPath> = chosen(of_shown).map(|(_, used)| used.clone()).collect();
            shown.sort();
            let mut deciding: Vec<UsedPath> = chosen(of_deciding).map(|(_, used)| used.clone()).collect();
            let numbers: Vec<u32> = shown.iter().map(|used| ranks.rank(used)).collect();
            let mut deciding_numbers: Vec<u32> = deciding.iter().map(|used| ranks.rank(used)).collect();
            ranks.sort_deciding(&mut deciding_numbers, &numbers);
            sort_deciding(&mut deciding, &shown);
            let named: Vec<&UsedPath> = deciding_numbers.iter().map(|rank| ranks.value(*rank)).collect();
            assert_eq!(named, deciding.iter().collect::<Vec<_>>(), "{shown:?}");
        }
    }
}
