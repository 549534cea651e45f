//! The keywords of a schema object that apply in its dialect.

use super::draft::{Dialect, Draft, Vocabularies};
use crate::yaml::{Map, Node};

macro_rules! keywords {
    ($($field:ident $name:literal $since:ident to $until:ident, $vocabulary:ident;)*) => {
        /// The values of the keywords that constrain an instance.
        #[derive(Debug, Default)]
        pub(super) struct Keywords<'s> {
            $(pub(super) $field: Option<&'s Node>,)*
        }

        impl<'s> Keywords<'s> {
            /// Collects the keywords that the dialect has; all others are ignored.
            pub(super) fn collect(schema: &'s Map, dialect: Dialect) -> Self {
                let mut keywords = Self::default();
                for (name, value) in schema.iter() {
                    match name {
                        // Nearly all schemas have these, and names are compared one by one.
                        "description" | "default" | "title" => {}
                        $($name if dialect.knows(Draft::$since, Draft::$until, Vocabularies::$vocabulary) => {
                            keywords.$field = Some(value);
                        })*
                        _ => {}
                    }
                }
                keywords
            }
        }
    };
}

keywords! {
    types "type" Draft4 to Draft2020, VALIDATION;
    properties "properties" Draft4 to Draft2020, APPLICATOR;
    required "required" Draft4 to Draft2020, VALIDATION;
    items "items" Draft4 to Draft2020, APPLICATOR;
    reference "$ref" Draft4 to Draft2020, CORE;
    enumeration "enum" Draft4 to Draft2020, VALIDATION;
    constant "const" Draft6 to Draft2020, VALIDATION;
    format "format" Draft4 to Draft2020, CORE;
    pattern "pattern" Draft4 to Draft2020, VALIDATION;
    minimum "minimum" Draft4 to Draft2020, VALIDATION;
    maximum "maximum" Draft4 to Draft2020, VALIDATION;
    exclusive_minimum "exclusiveMinimum" Draft4 to Draft2020, VALIDATION;
    exclusive_maximum "exclusiveMaximum" Draft4 to Draft2020, VALIDATION;
    multiple_of "multipleOf" Draft4 to Draft2020, VALIDATION;
    min_length "minLength" Draft4 to Draft2020, VALIDATION;
    max_length "maxLength" Draft4 to Draft2020, VALIDATION;
    min_items "minItems" Draft4 to Draft2020, VALIDATION;
    max_items "maxItems" Draft4 to Draft2020, VALIDATION;
    unique_items "uniqueItems" Draft4 to Draft2020, VALIDATION;
    min_properties "minProperties" Draft4 to Draft2020, VALIDATION;
    max_properties "maxProperties" Draft4 to Draft2020, VALIDATION;
    additional_properties "additionalProperties" Draft4 to Draft2020, APPLICATOR;
    pattern_properties "patternProperties" Draft4 to Draft2020, APPLICATOR;
    property_names "propertyNames" Draft6 to Draft2020, APPLICATOR;
    dependencies "dependencies" Draft4 to Draft2020, APPLICATOR;
    dependent_schemas "dependentSchemas" Draft2019 to Draft2020, APPLICATOR;
    dependent_required "dependentRequired" Draft2019 to Draft2020, VALIDATION;
    additional_items "additionalItems" Draft4 to Draft2019, APPLICATOR;
    prefix_items "prefixItems" Draft2020 to Draft2020, APPLICATOR;
    contains "contains" Draft6 to Draft2020, APPLICATOR;
    min_contains "minContains" Draft2019 to Draft2020, VALIDATION;
    max_contains "maxContains" Draft2019 to Draft2020, VALIDATION;
    negation "not" Draft4 to Draft2020, APPLICATOR;
    all_of "allOf" Draft4 to Draft2020, APPLICATOR;
    any_of "anyOf" Draft4 to Draft2020, APPLICATOR;
    one_of "oneOf" Draft4 to Draft2020, APPLICATOR;
    condition "if" Draft7 to Draft2020, APPLICATOR;
    consequence "then" Draft7 to Draft2020, APPLICATOR;
    alternative "else" Draft7 to Draft2020, APPLICATOR;
    recursive_reference "$recursiveRef" Draft2019 to Draft2020, CORE;
    dynamic_reference "$dynamicRef" Draft2020 to Draft2020, CORE;
    unevaluated_properties "unevaluatedProperties" Draft2019 to Draft2020, UNEVALUATED;
    unevaluated_items "unevaluatedItems" Draft2019 to Draft2020, UNEVALUATED;
}
