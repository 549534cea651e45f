//! The built-in chart: what it renders, read by an independent reader of YAML and TOML.
//!
//! | file | what it holds |
//! |---|---|
//! | `rendering` | running the command, finding things in what it printed |
//! | `defaults` | the objects, names and ports of a run without flags |
//! | `values_table`, `configuration_table` | what each value renders: flags, place, expectation |
//! | `every_value` | a change of any value shows; schema and values.yaml say the same |
//! | `combinations`, `invariants` | values in combination, and what holds for each of them |
//! | `reference` | the keys of mongooseim.toml that MongooseIM 6.8.0 knows |
//! | `databases` | modules and listeners on each choice of databases |
//! | `written_once` | no key is written twice, and empty sections stay |
//! | `files` | files of the user, byte for byte |
//! | `secrets` | what must not be seen, and the script that fills secrets in |
//! | `join_probe` | nodes are not ready before they have joined |
//! | `readme` | what the chart's README shows works |
//! | `refusals` | values that don't go together |
//! | `stock` | the stock templates in a chart of somebody else's |
//! | `takeover` | what an installation of the public chart needs to stay the same |

mod combinations;
mod configuration_table;
mod databases;
mod defaults;
mod every_value;
mod files;
mod invariants;
mod join_probe;
mod readme;
mod reference;
mod refusals;
mod rendering;
mod secrets;
mod stock;
mod takeover;
mod values_table;
mod written_once;
