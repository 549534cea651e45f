//! Tests of the built program and of the library's public interface, in one binary, so that they are linked only once.
//!
//! | file or folder | what it tests |
//! |---|---|
//! | `cli_cases` | every folder of `cases/cli`: command line, output, exit code |
//! | `chart/` | the output of the built-in chart |
//! | `set_flags`, `yaml_values`, `json_schema_*` | values, compared with recorded answers of Helm and the JSON Schema suite |
//! | `trees`, `lint`, `show`, `package`, `dependency` | commands, compared with recorded answers of Helm |
//! | `go_templates` | charts of Go templates, compared with recorded answers of Helm |
//! | `create`, `diff`, `lint_mongooseim` | one command each |
//! | `api_server` | `validate` and `diff`, compared with recorded answers of a real API server |
//! | `secrets` | secrets, in every spelling and every output format |
//! | `hostile` | deceptive names and texts, in every output format |
//! | `chart_trees` | charts that multiply when they are read |
//! | `standard_output` | output that cannot be written |
//! | `limits`, `go_template_limits` | hostile input under limits of memory and disk |
//! | `terminal` | colors, pagers and progress, which only appear on terminals |
//! | `pages` | pages for browsers |
//! | `prose` | the language of sources and documents |
//! | `traces`, `traced_charts` | where lines of the output come from, in test charts and in any others |
//! | `parity_table`, `pipelines` | the claims of documents |
//! | `support/` | runs the program, reads recorded cases, packs archives |
//!
//! `tests/readme.rs` and `tests/imports.rs` are separate, because they rewrite or read the project's own files.

mod support;

mod api_server;
mod chart;
mod chart_trees;
mod cli_cases;
mod completion;
mod create;
mod dependency;
mod diff;
mod expressions;
mod go_calls;
mod go_template_limits;
mod go_templates;
mod hostile;
mod json_schema_messages;
mod json_schema_suite;
mod limits;
mod lint;
mod lint_mongooseim;
mod lock_files;
mod mongooseim_mutations;
mod package;
mod pages;
mod parity_table;
mod pipelines;
mod prose;
mod random_values;
mod revisions;
mod schema_limits;
mod secrets;
mod set_flags;
mod show;
mod standard_output;
mod terminal;
mod traced_charts;
mod traces;
mod transitions;
mod trees;
mod updates;
mod yaml_values;
