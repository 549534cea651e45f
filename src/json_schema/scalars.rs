//! The keywords for strings and numbers.

use super::evaluate::{BYTES_A_STEP, Evaluation, MEMBERS_A_STEP};
use super::number::Number;
use super::number::whole;
use super::wording::{count, limit, quote};
use crate::yaml::{Node, Value};

impl Evaluation<'_, '_, '_> {
    pub(super) fn check_string(&mut self, text: &str) {
        let (least, most) = (whole(self.keywords.min_length), whole(self.keywords.max_length));
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
        // In draft 4 the exclusive keywords are booleans that sharpen the plain ones.
        let bound = |plain: Option<&Node>, exclusive: Option<&Node>| {
            let limit = |node: Option<&Node>| node.and_then(|node| Number::of_value(&node.value)).is_some();
            match exclusive {
                Some(sharpened) if sharpened.value.as_bool() == Some(true) => (false, limit(plain)),
                _ => (limit(plain), limit(exclusive)),
            }
        };
        let of = |node: Option<&'_ Node>| node.is_some_and(|node| node.value.as_bool() == Some(true));
        let keywords = &self.keywords;
        let minimum = (keywords.minimum, keywords.exclusive_minimum);
        let maximum = (keywords.maximum, keywords.exclusive_maximum);
        let multiple_of = keywords.multiple_of;
        let (least, above) = bound(minimum.0, minimum.1);
        let (most, below) = bound(maximum.0, maximum.1);
        let above = above.then_some(if of(minimum.1) { minimum.0 } else { minimum.1 }).flatten();
        let below = below.then_some(if of(maximum.1) { maximum.0 } else { maximum.1 }).flatten();
        self.check_limit("minimum", number, minimum.0.filter(|_| least), |number, limit| number >= limit);
        self.check_limit("maximum", number, maximum.0.filter(|_| most), |number, limit| number <= limit);
        self.check_limit("exclusiveMinimum", number, above, |number, limit| number > limit);
        self.check_limit("exclusiveMaximum", number, below, |number, limit| number < limit);
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
