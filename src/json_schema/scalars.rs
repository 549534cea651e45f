//! Checks the keywords for strings and numbers.

use super::costs::{BYTES_A_STEP, MEMBERS_A_STEP};
use super::evaluate::Evaluation;
use super::number::Number;
use super::number::keyword_as_count;
use super::wording::{count, limit, quote};
use crate::yaml::{Node, Value};

impl Evaluation<'_, '_, '_> {
    pub(super) fn check_string(&mut self, text: &str) {
        let (least, most) = (keyword_as_count(self.keywords.min_length), keyword_as_count(self.keywords.max_length));
        if least.is_some() || most.is_some() {
            self.charge(text.len() / BYTES_A_STEP);
            let length = text.chars().count();
            if let Some(least) = least.filter(|&least| length < least) {
                self.fail(|| format!("minLength: got {}, want {}", count(length), count(least)));
            }
            if let Some(most) = most.filter(|&most| length > most) {
                self.fail(|| format!("maxLength: got {}, want {}", count(length), count(most)));
            }
        }
        if let Some(pattern) = self.keywords.pattern.and_then(|pattern| pattern.value.as_str())
            && !self.matches(pattern, text)
        {
            self.fail(|| format!("{} does not match pattern {}", quote(text), quote(pattern)));
        }
    }

    pub(super) fn check_number(&mut self, value: &Value) {
        let Some(number) = Number::of_value(value) else { return };
        let keywords = &self.keywords;
        let least = Bounds::new(keywords.minimum, keywords.exclusive_minimum);
        let most = Bounds::new(keywords.maximum, keywords.exclusive_maximum);
        let multiple_of = keywords.multiple_of;
        self.check_limit("minimum", number, least.inclusive, |number, limit| number >= limit);
        self.check_limit("maximum", number, most.inclusive, |number, limit| number <= limit);
        self.check_limit("exclusiveMinimum", number, least.exclusive, |number, limit| number > limit);
        self.check_limit("exclusiveMaximum", number, most.exclusive, |number, limit| number < limit);
        self.check_limit("multipleOf", number, multiple_of, |number, unit| number.is_multiple_of(unit));
    }

    fn check_limit(
        &mut self,
        keyword: &str,
        number: Number<'_>,
        wanted: Option<&Node>,
        holds: impl FnOnce(Number<'_>, Number<'_>) -> bool,
    ) {
        let Some(wanted) = wanted.and_then(Number::of_schema) else { return };
        self.charge(number.work(wanted) / MEMBERS_A_STEP);
        if !holds(number, wanted) {
            self.fail(|| format!("{keyword}: got {}, want {}", limit(number.float()), limit(wanted.float())));
        }
    }
}

/// The bounds of a number on one side.
struct Bounds<'s> {
    inclusive: Option<&'s Node>,
    exclusive: Option<&'s Node>,
}

impl<'s> Bounds<'s> {
    /// Returns the bounds that two keywords set. In draft 4 the exclusive one is a boolean that makes the plain one exclusive.
    fn new(plain: Option<&'s Node>, exclusive: Option<&'s Node>) -> Self {
        match exclusive.and_then(|node| node.value.as_bool()) {
            Some(true) => Bounds { inclusive: None, exclusive: plain },
            _ => Bounds { inclusive: plain, exclusive },
        }
    }
}
