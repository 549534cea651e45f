//! Finds the repository and the commit for `--rev`. If there is none, explains why: the kind of clone, and what to do.

use std::path::{Path, PathBuf};

use super::process::{Answer, Git};
use crate::diagnostic::{Diagnostic, Source};
use crate::go::os_error;

/// The number of bytes of git's answers that are read. Answers are a few lines long.
const MAX_ANSWER_BYTES: u64 = 1 << 20;

/// The kind of clone: what the repository may lack.
#[derive(Debug)]
pub(super) struct State {
    is_shallow: bool,
    pub(super) is_partial: bool,
}

fn refuse(revision: &str, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("revision", message).at(Source::flag("--rev", revision).whole(), "")
}

fn ask(git: &Git, revision: &str, arguments: &[&str]) -> Result<Answer, Diagnostic> {
    git.ask(arguments, MAX_ANSWER_BYTES).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => refuse(revision, "--rev needs git, which is not installed")
            .help("install git, or put it on the PATH; --from compares with manifests and does not need git"),
        _ => refuse(revision, format!("git cannot be run: {}", os_error(&error)))
            .help("--from compares with manifests and does not need git"),
    })
}

/// Returns the root of the work tree that contains `folder`.
pub(super) fn work_tree(folder: &Path, revision: &str) -> Result<(PathBuf, State), Diagnostic> {
    let git = Git::new(folder);
    let facts = ask(&git, revision, &["rev-parse", "--is-inside-work-tree", "--is-shallow-repository"])?;
    let is_bare = facts.stderr.contains("cannot use bare repository");
    if !facts.ok && !is_bare {
        return Err(no_repository(folder, revision, &facts));
    }
    let lines = facts.lines();
    let is = |number: usize| lines.get(number).is_some_and(|line| line == "true");
    let shown = folder.display();
    if !is(0) {
        let real = folder.canonicalize().unwrap_or_default();
        let what = match real.components().any(|part| part.as_os_str() == ".git") {
            true => "in the .git directory of a repository",
            false => "in a bare git repository",
        };
        return Err(refuse(revision, format!("{shown} is {what}, which has no files to compare with"))
            .help("run mim-chart in a work tree: `git clone` or `git worktree add` creates one"));
    }
    let top = ask(&git, revision, &["rev-parse", "--show-toplevel"])?;
    let Some(line) = top.lines().into_iter().next().filter(|_| top.ok) else {
        return Err(unusable(folder, revision, &top.reason()));
    };
    let partial =
        ask(&git, revision, &["config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$"])?;
    Ok((PathBuf::from(line), State { is_shallow: is(1), is_partial: partial.ok }))
}

fn no_repository(folder: &Path, revision: &str, answer: &Answer) -> Diagnostic {
    let reason = answer.reason();
    let repository = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let repository = repository.ancestors().find(|above| above.join(".git").symlink_metadata().is_ok());
    if answer.stderr.contains("dubious ownership") || answer.stderr.contains("unsafe repository") {
        let path = repository.unwrap_or(folder).display();
        return refuse(revision, format!("the git repository {path} belongs to another user, so git does not read it"))
            .help(format!("if you trust it, run git config --global --add safe.directory {path}"))
            .help("in a CI container, run this command before mim-chart");
    }
    match repository {
        None if reason.starts_with("not a git repository") => {
            refuse(revision, format!("{} is not in a git repository", folder.display())).help(
                "--rev compares with an earlier state of a repository; --from compares with manifests from anywhere",
            )
        }
        Some(repository) if reason.starts_with("not a git repository") => {
            refuse(revision, format!("{} is not a git repository, or is broken", repository.join(".git").display()))
                .help("a linked work tree or a submodule needs the repository that it belongs to, in a container too")
        }
        _ => unusable(folder, revision, &reason),
    }
}

fn unusable(folder: &Path, revision: &str, reason: &str) -> Diagnostic {
    let folder = folder.display();
    refuse(revision, format!("git cannot use the repository of {folder}: {reason}"))
        .help(format!("`git -C {folder} status` must work first"))
}

/// Returns the hash of the commit that `revision` names.
pub(super) fn commit(git: &Git, revision: &str, state: &State) -> Result<String, Diagnostic> {
    let verify = |name: &str| ask(git, revision, &["rev-parse", "--verify", "--end-of-options", name]);
    let answer = verify(&format!("{revision}^{{commit}}"))?;
    let is_ambiguous = answer.stderr.contains(" is ambiguous");
    if let Some(commit) = answer.lines().pop().filter(|_| answer.ok && !is_ambiguous) {
        return Ok(commit);
    }
    if is_ambiguous {
        return Err(ambiguous(git, revision)?);
    }
    let object = verify(revision)?;
    if let Some(name) = object.lines().pop().filter(|_| object.ok) {
        let kind = ask(git, revision, &["cat-file", "-t", &name])?;
        let is = match kind.lines().pop().filter(|_| kind.ok).as_deref() {
            Some("blob") => "a file, not a commit",
            Some("tree") => "a directory, not a commit",
            Some("tag") => "a tag of something that is not a commit",
            _ => return Err(missing_commit(revision, &name, state)),
        };
        return Err(refuse(revision, format!("{revision:?} is {is}"))
            .help("--rev takes a commit: the chart and its values files are looked up in it by their paths"));
    }
    unknown(git, revision, state)
}

/// Creates the error for two refs of one name, or for a prefix of several hashes.
fn ambiguous(git: &Git, revision: &str) -> Result<Diagnostic, Diagnostic> {
    let refs = refs_called(git, revision, &["refs/heads/", "refs/tags/", "refs/remotes/", "refs/"])?;
    Ok(match refs.as_slice() {
        [] => refuse(revision, format!("{revision:?} is ambiguous: several objects have hashes that start with it"))
            .help("use more digits of the commit hash"),
        refs => refuse(revision, format!("{revision:?} is ambiguous: {}", refs.join(" and ")))
            .help(format!("use the full name: --rev {}", refs[0])),
    })
}

/// Returns the refs of this name under any of the prefixes.
fn refs_called(git: &Git, revision: &str, prefixes: &[&str]) -> Result<Vec<String>, Diagnostic> {
    // An expression such as HEAD~1 is not a ref name, and might contain pattern characters.
    if revision.is_empty() || revision.contains(['*', '?', '[', '\\', '^', '~', ':', ' ']) {
        return Ok(Vec::new());
    }
    let patterns: Vec<String> = prefixes.iter().map(|prefix| format!("{prefix}{revision}")).collect();
    let mut arguments = vec!["for-each-ref", "--count=5", "--format=%(refname)"];
    arguments.extend(patterns.iter().map(String::as_str));
    let answer = ask(git, revision, &arguments)?;
    // A pattern also matches whole directories of refs.
    Ok(answer.lines().into_iter().filter(|name| name.ends_with(&format!("/{revision}"))).collect())
}

fn missing_commit(revision: &str, name: &str, state: &State) -> Diagnostic {
    if state.is_shallow {
        return shallow(
            revision,
            format!("commit {name} is not in this shallow clone, which has only the newest commits"),
        );
    }
    refuse(revision, format!("commit {name} is missing from the repository"))
        .help("fetch it from where the repository was cloned: git fetch origin")
}

fn shallow(revision: &str, message: String) -> Diagnostic {
    let mut error = refuse(revision, message)
        .help("fetch the whole history: git fetch --unshallow")
        .help("in GitHub Actions, set `fetch-depth: 0` for actions/checkout; in GitLab CI, set GIT_DEPTH to 0");
    if let Some(branch) = revision.strip_prefix("origin/").filter(|branch| !branch.contains(['~', '^', '@', ':'])) {
        error = error.help(format!("fetch this branch: git fetch origin {branch}:refs/remotes/origin/{branch}"));
    }
    error
}

fn unknown(git: &Git, revision: &str, state: &State) -> Result<String, Diagnostic> {
    let any = ask(git, revision, &["for-each-ref", "--count=1", "--format=%(refname)"])?;
    let head = ask(git, revision, &["rev-parse", "--verify", "--quiet", "HEAD"])?;
    if any.stdout.is_empty() && !head.ok {
        return Err(refuse(revision, "the git repository has no commits yet: there is nothing to compare with")
            .help("commit the chart first; --from compares with manifests from anywhere"));
    }
    if state.is_shallow {
        let message =
            format!("unknown git revision {revision:?} in this shallow clone, which has only the newest commits");
        return Err(shallow(revision, message));
    }
    let error = refuse(revision, format!("unknown git revision {revision:?}"));
    Err(
        match refs_called(git, revision, &["refs/remotes/*/"])?
            .first()
            .and_then(|name| name.strip_prefix("refs/remotes/"))
        {
            Some(remote) => error.help(format!("the branch was fetched as {remote}: use --rev {remote}")),
            None => error.help("use a branch, a tag or a commit: main, v1.2, HEAD~1"),
        },
    )
}
