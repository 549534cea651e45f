//! What functions may use up.

use super::error::Error;

/// What functions may use up. They ask before they make something that is much larger than what they are given.
pub trait Limits {
    /// Checks the size of a text that is about to be made.
    ///
    /// # Errors
    /// It is too large.
    fn check_size(&mut self, bytes: usize) -> Result<(), Error>;

    /// Counts items of lists that are about to be made.
    ///
    /// # Errors
    /// There are too many.
    fn spend_items(&mut self, count: usize) -> Result<(), Error>;

    /// Counts steps of work that makes nothing, each of which costs much less than an item.
    ///
    /// # Errors
    /// There are too many.
    fn spend_work(&mut self, steps: usize) -> Result<(), Error>;
}

#[cfg(test)]
pub(crate) mod testing {
    use super::Limits;
    use crate::engine::sprig::error::Error;

    /// Limits that are never reached.
    pub(crate) struct Unlimited;

    impl Limits for Unlimited {
        fn check_size(&mut self, _: usize) -> Result<(), Error> {
            Ok(())
        }

        fn spend_items(&mut self, _: usize) -> Result<(), Error> {
            Ok(())
        }

        fn spend_work(&mut self, _: usize) -> Result<(), Error> {
            Ok(())
        }
    }
}
