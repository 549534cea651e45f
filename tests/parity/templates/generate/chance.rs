//! Random choices that are the same for a seed on every machine.

/// A generator of random numbers (xorshift64*).
pub struct Chance(u64);

impl Chance {
    /// Creates a generator for one case of a seed.
    pub fn new(seed: u64, case: u64) -> Chance {
        let mut chance =
            Chance((seed ^ case.wrapping_mul(0xD6E8_FEB8_6659_FD93)).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        // The first numbers of similar states are similar.
        for _ in 0..4 {
            chance.next();
        }
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Returns a number below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        ((self.next() >> 33) % count.max(1) as u64) as usize
    }

    /// Returns true once in `count` times on average.
    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    /// Picks one of the texts.
    pub fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.below(from.len())]
    }
}
