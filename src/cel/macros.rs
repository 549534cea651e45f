//! Macros: they look like calls, but decide themselves which arguments to evaluate, and how often (the CEL specification,
//! "Macros", and the macros of Kubernetes' libraries).

use super::ast::MacroKind;

/// Returns the macro of a name, and the least and greatest number of arguments after its variables.
pub(super) fn of_name(name: &str, is_double: bool) -> Option<(MacroKind, [usize; 2])> {
    Some(match (name, is_double) {
        ("all", _) => (MacroKind::All, [1, 1]),
        ("exists", _) => (MacroKind::Exists, [1, 1]),
        ("exists_one", false) => (MacroKind::ExistsOne, [1, 1]),
        ("existsOne", true) => (MacroKind::ExistsOne, [1, 1]),
        ("map", false) => (MacroKind::Map, [1, 2]),
        ("filter", false) => (MacroKind::Filter, [1, 1]),
        ("transformList", true) => (MacroKind::Map, [1, 2]),
        ("transformMap", true) => (MacroKind::TransformMap, [1, 2]),
        ("transformMapEntry", true) => (MacroKind::TransformMapEntry, [1, 2]),
        ("sortBy", false) => (MacroKind::SortBy, [1, 1]),
        ("optMap", false) => (MacroKind::OptionalMap, [1, 1]),
        ("optFlatMap", false) => (MacroKind::OptionalFlatMap, [1, 1]),
        _ => return None,
    })
}
