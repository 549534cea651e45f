//! Suggests a member to set when a scalar is given where an object is expected.

use super::evaluate::Evaluation;
use super::instance::View;
use super::path::Path;
use super::types::Types;
use super::wording::{quote, quote_all};
use crate::yaml::Node;

/// The maximum number of members that are suggested; with more, it is unclear which is meant.
const MAX_NAMED: usize = 6;

/// The maximum number of members of an object that is searched.
const MAX_SEARCHED: usize = 100;

impl Evaluation<'_, '_, '_> {
    /// Returns advice about a scalar where the schema expects an object, if the schema allows a guess.
    pub(super) fn suggest_member(&self, types: Types, place: &[String]) -> Option<String> {
        if matches!(self.instance.view, View::Null | View::Map(_) | View::List(_)) {
            return None;
        }
        let place = || quote(&Path::pointer(place));
        if types != Types::named("object")? {
            return None;
        }
        match &self.wanted_members()[..] {
            [] => None,
            [name] => Some(format!("{} is an object: did you mean its key {}?", place(), quote(name))),
            names if names.len() > MAX_NAMED => None,
            [names @ .., last] => {
                let names = quote_all(names.iter().copied());
                Some(format!("{} is an object: set one of its keys {names} or {}", place(), quote(last)))
            }
        }
    }

    /// Returns the only required member of the object, or else the members that accept the instance.
    fn wanted_members(&self) -> Vec<&str> {
        if let Some([name]) = self.keywords.required.and_then(|names| names.value.as_list()) {
            return name.value.as_str().into_iter().collect();
        }
        let properties = self.keywords.properties.and_then(|properties| properties.value.as_map());
        let Some(properties) = properties.filter(|properties| properties.len() <= MAX_SEARCHED) else {
            return Vec::new();
        };
        properties.iter().filter(|(_, schema)| self.accepts(schema)).map(|(name, _)| name).collect()
    }

    fn accepts(&self, schema: &Node) -> bool {
        let Some(keywords) = schema.value.as_map() else { return schema.value.as_bool() != Some(false) };
        let types = keywords.get("type").and_then(Types::of_keyword);
        let choices = keywords.get("enum").and_then(|choices| choices.value.as_list());
        let text = match self.instance.view {
            View::Text(text) => Some(text),
            _ => None,
        };
        types.is_none_or(|types| types.contain(self.instance))
            && choices.is_none_or(|choices| choices.iter().any(|choice| choice.value.as_str() == text))
    }
}
