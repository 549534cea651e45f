//! `--post-renderer`: a program of the user's rewrites the manifests. Besides git and the pager, it is the
//! only program that is ever run.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::helm_plugins;
use super::manifest_files::MAX_MANIFEST_BYTES;
use super::process::{self, Answer};
use crate::diagnostic::{Diagnostic, Source};
use crate::go::os_error;

/// The kind of a post-renderer, which decides what it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An executable, as in Helm 3: it reads the manifests that would be printed, without hooks.
    Executable,
    /// A plugin of Helm 4: it reads all documents, each annotated with the path of its template.
    Plugin,
}

/// A program that rewrites manifests.
#[derive(Debug)]
pub struct PostRenderer {
    kind: Kind,
    /// The name of the plugin, or the path of the executable.
    name: String,
    program: OsString,
    arguments: Vec<String>,
    environment: Vec<(&'static str, OsString)>,
}

impl PostRenderer {
    /// Finds the post-renderer that `flag` names: a path, else a plugin of this name, else a program in PATH. `arguments` follow
    /// the plugin's own arguments.
    ///
    /// # Errors
    /// There is no such program (Helm's message), or the plugin cannot be run.
    pub fn find(flag: &Source, arguments: &[String]) -> Result<PostRenderer, Diagnostic> {
        let name = flag.text();
        let at_flag = |error: Diagnostic| error.at(flag.whole(), "");
        if !name.contains('/')
            && let Some(plugin) = helm_plugins::post_renderer(name).map_err(at_flag)?
        {
            return Ok(PostRenderer {
                kind: Kind::Plugin,
                name: name.to_owned(),
                program: plugin.program.into(),
                arguments: plugin.arguments.iter().chain(arguments).cloned().collect(),
                environment: vec![
                    ("HELM_PLUGIN_NAME", name.into()),
                    ("HELM_PLUGIN_DIR", plugin.folder.into_os_string()),
                ],
            });
        }
        let path = executable(name).map_err(|reason| at_flag(not_found(name, &reason)))?;
        Ok(PostRenderer {
            kind: Kind::Executable,
            name: path.display().to_string(),
            program: path.into_os_string(),
            arguments: arguments.to_vec(),
            environment: Vec::new(),
        })
    }

    /// Returns the kind of the post-renderer.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Runs the program on manifests and returns its output. As in Helm, there is no time limit.
    ///
    /// # Errors
    /// Helm's message: the program cannot be run, fails, or prints nothing, too much, or text that is not UTF-8.
    pub fn run(&self, manifests: String) -> Result<String, Diagnostic> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let answer = process::run(command, Some(manifests), MAX_MANIFEST_BYTES);
        let answer = answer.map_err(|error| self.failed(&format!("exec: {}", os_error(&error))))?;
        let text = self.output(answer).map_err(|(reason, stderr)| {
            let message = stderr.trim();
            let error = self.failed(&reason);
            if message.is_empty() { error } else { error.help(format!("its standard error: {message}")) }
        })?;
        if text.trim().is_empty() {
            return Err(failed(&format!("post-renderer {:?} produced empty output", self.name)));
        }
        Ok(text)
    }

    fn output(&self, answer: Answer) -> Result<String, (String, String)> {
        let Answer { status, stdout, stderr } = answer;
        if stdout.len() as u64 > MAX_MANIFEST_BYTES {
            let limit = MAX_MANIFEST_BYTES >> 20;
            return Err((format!("it prints more than {limit} MiB, the maximum size of manifests"), stderr));
        }
        if !status.success() {
            let reason = match self.kind {
                Kind::Plugin => format!("plugin {:?} exited with error: {status}", self.name),
                Kind::Executable => status.to_string(),
            };
            return Err((reason, stderr));
        }
        String::from_utf8(stdout).map_err(|_| ("it prints text that is not UTF-8".to_owned(), stderr))
    }

    fn failed(&self, reason: &str) -> Diagnostic {
        let step = match self.kind {
            Kind::Plugin => format!("failed to invoke post-renderer plugin {:?}", self.name),
            Kind::Executable => format!("error while running command {}", self.name),
        };
        failed(&format!("{step}: {reason}"))
    }
}

fn failed(reason: &str) -> Diagnostic {
    Diagnostic::error("post-renderer", format!("error while running post render on files: {reason}"))
}

fn not_found(name: &str, reason: &str) -> Diagnostic {
    let message = format!(
        "invalid argument {name:?} for \"--post-renderer\" flag: plugin: {{Name:{name} Type:postrenderer/v1}} not found"
    );
    Diagnostic::error("post-renderer", message).help(format!("unable to find binary at {name}: {reason}")).help(
        "pass an executable (and its arguments with --post-renderer-args), or the name of an installed Helm 4 plugin",
    )
}

/// Finds an executable in PATH, as a shell does. The current directory is only used for names with a `/`.
fn executable(name: &str) -> Result<PathBuf, String> {
    if name.contains('/') {
        let path = Path::new(name);
        let metadata = path.metadata().map_err(|error| os_error(&error))?;
        return match is_executable(&metadata) {
            true => std::path::absolute(path).map_err(|error| os_error(&error)),
            false => Err("permission denied".to_owned()),
        };
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let candidates =
        std::env::split_paths(&folders).filter(|folder| folder.is_absolute()).map(|folder| folder.join(name));
    let mut found = candidates.filter(|path| path.metadata().is_ok_and(|metadata| is_executable(&metadata)));
    found.next().ok_or_else(|| "executable file not found in $PATH".to_owned())
}

#[cfg(unix)]
fn is_executable(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.is_file() && metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(metadata: &std::fs::Metadata) -> bool {
    metadata.is_file()
}
