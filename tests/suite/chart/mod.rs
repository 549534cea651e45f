//! Tests of the built-in chart's output, with independent parsers for YAML and TOML.
//!
//! | file | what it holds |
//! |---|---|
//! | `rendering` | runs the command and finds things in its output |
//! | `defaults` | the objects, names and ports of a run without flags |
//! | `values_table`, `configuration_table` | the output that each value is expected to change |
//! | `every_value` | a change of any value has an effect; schema and values.yaml agree |
//! | `combinations`, `invariants` | combinations of values, and checks that hold for all of them |
//! | `reference` | the keys of mongooseim.toml that MongooseIM 6.8.0 knows |
//! | `databases` | modules and listeners with each choice of databases |
//! | `written_once` | no key is written twice, and empty sections are kept |
//! | `files` | users' files, byte for byte |
//! | `secrets` | secrets stay in Secrets; the script that fills them in |
//! | `join_probe` | nodes are not ready before they have joined |
//! | `readme` | the examples in the chart's README work |
//! | `refusals` | invalid and contradictory values |
//! | `stock` | the stock templates in another chart |
//! | `takeover` | upgrading from an installation of the public chart |

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
