//! The stock templates from the top-level folder `templates`, which are built into the binary.

/// The names and texts of the stock templates, sorted by name.
pub(super) const STOCK: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/stock_templates.rs"));

/// Returns the text of a stock template, named as templates refer to it: `stock/statefulset.yaml`.
pub(super) fn stock_template(name: &str) -> Option<&'static str> {
    let name = name.strip_prefix("stock/")?;
    STOCK.iter().find(|(stock, _)| *stock == name).map(|(_, text)| *text)
}

/// Returns the names, as templates refer to them, and the texts of all stock templates.
pub(in crate::engine) fn stock_templates() -> Vec<(String, &'static str)> {
    STOCK.iter().map(|(name, text)| (format!("stock/{name}"), *text)).collect()
}
