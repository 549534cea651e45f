//! `mim-chart man --dir DIR`: writes the manual pages.

use std::path::PathBuf;

use clap::builder::Resettable;
use clap::{Args, Command};
use clap_mangen::Man as Page;
use clap_mangen::roff::{Roff, roman};

use crate::cli::failure::Failure;
use crate::diagnostic::Diagnostic;
use crate::io;

/// Write the manual pages, one per command
///
/// The same version writes the same pages on every machine; they contain no date.
#[derive(Debug, Args)]
#[command(
    override_usage = "mim-chart man --dir DIR [flags]",
    after_help = "Examples:\n  \
    mim-chart man --dir ~/.local/share/man/man1\n  \
    man mim-chart-template"
)]
pub(super) struct Man {
    /// Directory for the pages (required); created if it is missing
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(&self, command: Command) -> Result<(), Failure> {
        let Some(directory) = self.dir.as_deref().filter(|directory| !directory.as_os_str().is_empty()) else {
            return Err(Diagnostic::error("usage", "required flag(s) \"dir\" not set")
                .help("set the directory of the pages: mim-chart man --dir DIR")
                .into());
        };
        io::write_files(directory, &pages(command)?).map_err(|error| {
            let help = vec!["set --dir to a writable directory".to_owned()];
            Failure::from(Diagnostic { help, ..error })
        })
    }
}

/// Returns the names and texts of all pages.
fn pages(command: Command) -> anyhow::Result<Vec<(String, String)>> {
    let mut command_line = command.disable_help_subcommand(true);
    command_line.build();
    let mut pages = Vec::new();
    add_pages(&command_line, &mut pages)?;
    Ok(pages)
}

/// Adds the pages of a command and its subcommands.
fn add_pages(command: &Command, pages: &mut Vec<(String, String)>) -> anyhow::Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    let without_examples = command.clone().after_help(Resettable::Reset).after_long_help(Resettable::Reset);
    let page = Page::new(without_examples).source(format!("mim-chart {version}")).manual("mim-chart");
    let mut text = Vec::new();
    page.render(&mut text)?;
    let mut text = String::from_utf8(text)?;
    if let Some(examples) = command.get_after_help().map(ToString::to_string) {
        // The long help adds a description of the output formats to the short one.
        let long = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
        if let Some(forms) = long.strip_prefix(&examples).filter(|forms| !forms.trim().is_empty()) {
            text += &verbatim_section("OUTPUT", forms.trim().lines());
        }
        text += &examples_section(&examples);
    }
    pages.push((page.get_filename(), text));
    command.get_subcommands().filter(|below| !below.is_hide_set()).try_for_each(|below| add_pages(below, pages))
}

/// Formats the examples at the end of a command's help, line by line.
fn examples_section(help: &str) -> String {
    verbatim_section("EXAMPLES", help.lines().map(str::trim).filter(|line| !line.is_empty() && *line != "Examples:"))
}

/// Formats a section whose lines are printed verbatim.
fn verbatim_section<'l>(name: &str, lines: impl Iterator<Item = &'l str>) -> String {
    let mut section = Roff::new();
    section.control("SH", [name]).control("nf", []);
    for line in lines {
        section.text([roman(line)]);
    }
    section.control("fi", []).render()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::shown_command;

    #[test]
    fn every_command_has_a_page_with_its_examples() {
        let pages = pages(shown_command()).unwrap();
        let page = |name: &str| {
            let found = pages.iter().find(|(file, _)| file == name);
            found.unwrap_or_else(|| panic!("there is no page {name}")).1.as_str()
        };
        let mut waiting = vec![("mim-chart".to_owned(), shown_command())];
        let mut count = 0;
        while let Some((name, command)) = waiting.pop() {
            count += 1;
            let text = page(&format!("{name}.1"));
            assert!(text.contains(&format!(".TH {name} 1  \"mim-chart ")), "{text}");
            assert_eq!(text.matches(".SH EXAMPLES\n.nf\n").count(), 1, "{name} has no examples");
            assert!(!text.contains("EXTRA") && !text.contains("Examples:"), "{name}");
            waiting
                .extend(command.get_subcommands().map(|below| (format!("{name}-{}", below.get_name()), below.clone())));
        }
        assert_eq!(count, pages.len());
    }

    #[test]
    fn pages_are_reproducible() {
        assert_eq!(pages(shown_command()).unwrap(), pages(shown_command()).unwrap());
    }

    #[test]
    fn each_example_is_on_a_line_of_its_own() {
        let section = examples_section("Examples:\n  a -b\n  .c 'd'\n");
        assert!(section.ends_with(".SH EXAMPLES\n.nf\na \\-b\n\\&.c \\*(Aqd\\*(Aq\n.fi\n"), "{section}");
    }
}
