//! Shows text page by page in the pager that the user's environment names, as git does.

use std::ffi::OsString;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The characters that make git run a command through a shell: those with a meaning for shells.
const SHELL_CHARACTERS: &[char] =
    &['|', '&', ';', '<', '>', '(', ')', '$', '`', '\\', '"', '\'', ' ', '\t', '\n', '*', '?', '[', '#', '~', '=', '%'];

/// The environment variables for `less` and `lv`, unless the user has set them: quit if everything fits on the screen, show
/// colors, and leave the text on the screen.
const DEFAULTS: [(&str, &str); 2] = [("LESS", "FRX"), ("LV", "-c")];

/// A program that shows text page by page.
#[derive(Debug, PartialEq, Eq)]
pub struct Pager {
    command: String,
}

impl Pager {
    /// Returns the pager that MIM_CHART_PAGER or else PAGER names, or `less`; `None` if the name is empty or `cat`.
    pub fn of_environment() -> Option<Pager> {
        Pager::named(["MIM_CHART_PAGER", "PAGER"].map(std::env::var_os))
    }

    fn named(candidates: [Option<OsString>; 2]) -> Option<Pager> {
        let named = candidates.into_iter().flatten().next().map(|name| name.to_string_lossy().trim().to_owned());
        let command = named.unwrap_or_else(|| "less".to_owned());
        (!command.is_empty() && command != "cat").then_some(Pager { command })
    }

    /// Shows a text and waits until the user leaves the pager. Returns false if there is no such program, so that nothing was
    /// shown. The pager's exit status is ignored, and the user need not read to the end.
    pub fn show(&self, text: &str) -> bool {
        let mut command = self.command();
        for (name, value) in DEFAULTS {
            if std::env::var_os(name).is_none() {
                command.env(name, value);
            }
        }
        let has_ended = Arc::default();
        ignore_interrupts_until(&has_ended);
        let child = command.stdin(Stdio::piped()).spawn();
        let is_shown = child.is_ok_and(|child| is_shown_by(child, text));
        has_ended.store(true, Ordering::Relaxed);
        is_shown
    }

    fn command(&self) -> Command {
        if cfg!(unix) && self.command.contains(SHELL_CHARACTERS) {
            let mut shell = Command::new("sh");
            shell.args(["-c", &self.command]);
            return shell;
        }
        let mut words = self.command.split_whitespace();
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words);
        command
    }
}

/// Sends a running pager its text and waits for it. Returns false if only a shell ran, which did not find the pager.
fn is_shown_by(mut child: Child, text: &str) -> bool {
    /// The exit codes of a shell that cannot run a program, or does not find it.
    const NOT_RUN: [Option<i32>; 2] = [Some(126), Some(127)];
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(text.as_bytes());
    }
    child.wait().is_ok_and(|status| !NOT_RUN.contains(&status.code()))
}

/// Leaves Ctrl-C to the pager until it ends; it may stop a search, for example. If mim-chart exited then, the shell and the pager
/// would both read the keys.
fn ignore_interrupts_until(has_ended: &Arc<AtomicBool>) {
    #[cfg(unix)]
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGQUIT] {
        // If no handler can be installed, Ctrl-C ends both.
        let _ = signal_hook::flag::register_conditional_default(signal, has_ended.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(own: Option<&str>, general: Option<&str>) -> Option<String> {
        Pager::named([own, general].map(|name| name.map(OsString::from))).map(|pager| pager.command)
    }

    #[test]
    fn the_first_variable_that_is_set_names_the_pager() {
        assert_eq!(named(None, None).as_deref(), Some("less"));
        assert_eq!(named(None, Some("more")).as_deref(), Some("more"));
        assert_eq!(named(Some("bat -p"), Some("more")).as_deref(), Some("bat -p"));
        for none in ["", " ", "cat"] {
            assert_eq!(named(Some(none), Some("more")), None);
            assert_eq!(named(None, Some(none)), None);
        }
    }
}
