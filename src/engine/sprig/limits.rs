//! Limits on the resources that functions use.

use super::error::Error;

/// Limits on the resources that functions use. A function asks before it makes something much larger than its
/// arguments.
pub trait Limits {
    /// Checks the size of a text before it is made.
    ///
    /// # Errors
    /// It is too large.
    fn check_size(&mut self, bytes: usize) -> Result<(), Error>;

    /// Counts items of lists before they are made.
    ///
    /// # Errors
    /// There are too many.
    fn spend_items(&mut self, count: usize) -> Result<(), Error>;

    /// Counts steps of work that make nothing, each of which costs much less than an item.
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
