//! The tests of the built program and of the library's public side, in one binary, so that they link once.
//!
//! | file or folder | what it shows |
//! |---|---|
//! | `cli_cases` | every folder of `cases/cli`: what the user types, what is printed, the exit code |
//! | `chart/` | what the built-in chart renders |
//! | `set_flags`, `yaml_values`, `json_schema_*` | values, against recorded answers of Helm and the JSON Schema test suite |
//! | `trees`, `lint`, `show`, `package`, `dependency` | a command's output, against recorded answers of Helm |
//! | `go_templates` | charts in Helm's own language, against recorded answers of Helm |
//! | `create`, `diff`, `lint_mongooseim` | one command each |
//! | `api_server` | `validate` and `diff`, against recorded answers of a real API server |
//! | `secrets` | secrets, in every spelling and every form of output |
//! | `hostile` | names and texts that are to deceive, in every form of output |
//! | `chart_trees` | charts that multiply when they are read |
//! | `standard_output` | output that cannot be written |
//! | `limits`, `go_template_limits` | hostile input under limits of memory and disk |
//! | `terminal` | colours, pagers and progress, which only terminals get |
//! | `pages` | pages for browsers |
//! | `prose` | the language of sources and documents |
//! | `parity_table`, `pipelines` | what the documents claim |
//! | `support/` | running the program, reading recorded cases, packing archives |
//!
//! `tests/readme.rs` and `tests/imports.rs` stay apart: they rewrite or read the project's own files.

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
mod revisions;
mod schema_limits;
mod secrets;
mod set_flags;
mod show;
mod standard_output;
mod terminal;
mod traces;
mod transitions;
mod trees;
mod updates;
mod yaml_values;
