//! Evaluates the steps of a template over values.

use super::compare::compare;
use super::item::Item;
use super::step::{Filter, Slice, Step};
use crate::json;
use crate::yaml::{Map, Value};

/// The output of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The text; empty if the evaluation failed, as in Helm.
    pub text: String,
    /// Why the evaluation failed, as in Kubernetes' message: `b is not found`.
    pub stopped: Option<String>,
}

/// The maximum number of items that all steps of a template may produce together. Steps can multiply their input.
const MAX_ITEMS: usize = 10_000_000;

/// Why a step failed, and what it had found until then. As in Kubernetes, a filter without a comparison ignores the failure
/// and checks only whether something was found.
struct Stop<'a> {
    reason: String,
    found: Vec<Item<'a>>,
}

type Found<'a> = Result<Vec<Item<'a>>, Stop<'a>>;

/// Evaluates `blocks` over `values` and prints their results, with spaces between the items of a block.
pub(super) fn print(blocks: &[Step], values: &Map) -> Printed {
    let whole = Value::Map(values.clone());
    let mut evaluation = Evaluation { blocks, ranges: Ranges::default(), made: 0 };
    match evaluation.blocks_from(0, Item::Value(&whole)) {
        Ok(results) => {
            let block = |items: &Vec<Item<'_>>| items.iter().map(|item| item.print()).collect::<Vec<_>>().join(" ");
            Printed { text: results.iter().map(block).collect(), stopped: None }
        }
        Err(reason) => Printed { text: String::new(), stopped: Some(reason) },
    }
}

struct Evaluation<'a> {
    blocks: &'a [Step],
    ranges: Ranges,
    /// The number of items that all steps have produced so far.
    made: usize,
}

/// The state of the `range` loops.
#[derive(Default)]
struct Ranges {
    /// Loops begun in the current block.
    begun: usize,
    /// Loops whose body is being evaluated.
    inside: usize,
    /// Loops ended in the current block.
    ended: usize,
    /// The index of the block with the last `end`.
    last_end: Option<usize>,
}

impl<'a> Evaluation<'a> {
    /// Evaluates the blocks from `start` on, up to the `end` of the surrounding loop.
    fn blocks_from(&mut self, start: usize, item: Item<'a>) -> Result<Vec<Vec<Item<'a>>>, String> {
        let blocks = self.blocks;
        let mut results = Vec::new();
        let mut at = start;
        while let Some(block) = blocks.get(at) {
            let found = self.step(block, vec![item]).map_err(|stop| stop.reason)?;
            if self.ranges.ended > 0 && self.ranges.ended <= self.ranges.inside {
                self.ranges.ended -= 1;
                self.ranges.last_end = Some(at);
                break;
            }
            if self.ranges.begun > 0 {
                self.ranges.begun -= 1;
                self.ranges.inside += 1;
                for &each in &found {
                    let each = if each.is_null() { Item::Nothing } else { each };
                    results.append(&mut self.blocks_from(at + 1, each)?);
                }
                if found.is_empty() {
                    // The body is evaluated anyway, to find its end.
                    self.blocks_from(at + 1, Item::Nothing)?;
                }
                self.ranges.inside -= 1;
                at = self.ranges.last_end.filter(|&end| end > at).unwrap_or(at);
            } else {
                results.push(found);
            }
            at += 1;
        }
        Ok(results)
    }

    fn chain(&mut self, steps: &'a [Step], items: Vec<Item<'a>>) -> Found<'a> {
        steps.iter().try_fold(items, |items, step| self.step(step, items))
    }

    fn step(&mut self, step: &'a Step, items: Vec<Item<'a>>) -> Found<'a> {
        let found = match step {
            Step::Chain(steps) => return self.chain(steps, items),
            Step::Text(text) => vec![Item::Text(text)],
            Step::Literal(literal) => vec![*literal; items.len()],
            Step::Field(name) => field(name, &items)?,
            Step::Wildcard => items.into_iter().flat_map(Item::parts).collect(),
            Step::Recursive => descendants(items),
            Step::Slice(slice) => slice_all(*slice, items)?,
            Step::Union(members) => self.union(members, &items)?,
            Step::Filter(filter) => self.filter(filter, items)?,
            Step::Word(word) => self.word(word, items)?,
        };
        self.made += found.len();
        if self.made > MAX_ITEMS {
            return Err(Stop { reason: format!("more than {MAX_ITEMS} items"), found: Vec::new() });
        }
        Ok(found)
    }

    fn union(&mut self, members: &'a [Vec<Step>], items: &[Item<'a>]) -> Found<'a> {
        let mut found = Vec::new();
        for member in members {
            let member = self.chain(member, items.to_vec());
            found.append(&mut member.map_err(|stop| Stop { found: items.to_vec(), ..stop })?);
        }
        Ok(found)
    }

    fn filter(&mut self, filter: &'a Filter, items: Vec<Item<'a>>) -> Found<'a> {
        let mut found = Vec::new();
        for &item in &items {
            let Item::Value(Value::List(members)) = item else {
                let shown = if let Item::Value(value) = item { json::write(value) } else { item.print().into_owned() };
                let reason = format!("{shown} is not array or slice and cannot be filtered");
                return Err(Stop { reason, found: items });
            };
            for member in members.iter().map(|member| Item::Value(&member.value)) {
                match self.passes(filter, member) {
                    Ok(true) => found.push(member),
                    Ok(false) => {}
                    Err(reason) => return Err(Stop { reason, found: items }),
                }
            }
        }
        Ok(found)
    }

    fn passes(&mut self, filter: &'a Filter, member: Item<'a>) -> Result<bool, String> {
        let left = self.chain(&filter.left, vec![member]);
        let Some((operator, right)) = &filter.comparison else {
            return Ok(!left.unwrap_or_else(|stop| stop.found).is_empty());
        };
        let Some(left) = only(left)? else { return Ok(false) };
        let Some(right) = only(self.chain(right, vec![member]))? else { return Ok(false) };
        compare(left, operator, right)
    }

    fn word(&mut self, word: &str, items: Vec<Item<'a>>) -> Found<'a> {
        match word {
            "range" => {
                self.ranges.begun += 1;
                Ok(items)
            }
            "end" if self.ranges.inside > 0 => {
                self.ranges.ended += 1;
                Ok(Vec::new())
            }
            "end" => Err(Stop { reason: "not in range, nothing to end".to_owned(), found: Vec::new() }),
            _ => Err(Stop { reason: format!("unrecognized identifier {word}"), found: items }),
        }
    }
}

/// Returns the only item, which is to be compared, or `None` if there is none.
fn only<'a>(found: Found<'a>) -> Result<Option<Item<'a>>, String> {
    match found.map_err(|stop| stop.reason)?.as_slice() {
        [] => Ok(None),
        [item] => Ok(Some(*item)),
        _ => Err("can only compare one element at a time".to_owned()),
    }
}

/// Returns the values of a key in all items. It is an error if none of the items has the key, unless there are no items.
fn field<'a>(name: &str, items: &[Item<'a>]) -> Found<'a> {
    let value = |item: &Item<'a>| match item {
        Item::Value(Value::Map(map)) => map.get(name).map(|node| Item::Value(&node.value)),
        _ => None,
    };
    let found: Vec<_> = items.iter().filter_map(value).collect();
    if found.is_empty() && !items.is_empty() {
        return Err(Stop { reason: format!("{name} is not found"), found });
    }
    Ok(found)
}

/// Returns all items with parts, recursively, each in front of its descendants.
fn descendants(items: Vec<Item<'_>>) -> Vec<Item<'_>> {
    let mut found = Vec::new();
    for item in items {
        let parts = item.parts();
        if !parts.is_empty() {
            found.push(item);
            found.append(&mut descendants(parts));
        }
    }
    found
}

fn slice_all(slice: Slice, items: Vec<Item<'_>>) -> Found<'_> {
    let mut found = Vec::new();
    for &item in &items {
        let members = match item {
            Item::Value(Value::List(members)) => members,
            item if item.is_null() => continue,
            item => {
                let reason = format!("{} is not array or slice", item.type_name());
                return Err(Stop { reason, found: items });
            }
        };
        match slice.bounds(members.len()) {
            Ok(Some((from, to, step))) => {
                found.extend(members[from..to].iter().step_by(step).map(|member| Item::Value(&member.value)));
            }
            // The slice is empty; Kubernetes then ignores the remaining lists too.
            Ok(None) => return Ok(found),
            Err(reason) => return Err(Stop { reason, found: items }),
        }
    }
    Ok(found)
}

impl Slice {
    /// Returns the start, end and step of a slice in a list of `length` items; `None` if the slice is empty.
    fn bounds(self, length: usize) -> Result<Option<(usize, usize, usize)>, String> {
        let whole = length as i64;
        let from = self.from.unwrap_or(0);
        let to = if self.single { from.wrapping_add(1) } else { self.to.unwrap_or(whole) };
        let from = if from < 0 { from + whole } else { from };
        let to = if to < 0 || (to == 0 && self.single) { to + whole } else { to };
        if from == to {
            return Ok(None);
        }
        let outside = |index: i64| Err(format!("array index out of bounds: index {index}, length {length}"));
        if from >= whole || from < 0 {
            return outside(from);
        }
        if to > whole || to < 0 {
            return outside(to.wrapping_sub(1));
        }
        if from > to {
            return Err(format!("starting index {from} is greater than ending index {to}"));
        }
        match self.step {
            Some(..=0) => Err("step must be > 0".to_owned()),
            step => Ok(Some((from as usize, to as usize, step.unwrap_or(1) as usize))),
        }
    }
}
