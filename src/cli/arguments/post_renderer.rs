//! `--post-renderer`: a program that rewrites the manifests before they are printed.

use clap::Args;

use crate::cli::failure::Failure;
use crate::diagnostic::{Diagnostic, Source};
use crate::io::{PostRenderer, PostRendererKind};
use crate::manifest::{self, Manifests};

/// A program that rewrites the manifests.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(in crate::cli) struct PostRendererFlags {
    /// Pass the manifests through this program: an executable that reads them from standard input and prints the result, as in
    /// Helm 3, or the name of an installed Helm 4 plugin of the type postrenderer/v1
    #[arg(long, value_name = "PROGRAM")]
    post_renderer: Vec<String>,
    /// An argument for the program (repeatable)
    #[arg(long, value_name = "ARGUMENT")]
    post_renderer_args: Vec<String>,
}

/// The output of a post-renderer.
pub(in crate::cli) enum Rewritten {
    /// Manifests and hooks, each by its template.
    Manifests(Manifests),
    /// Text that replaces all manifests except the hooks.
    Text(Source),
}

impl PostRendererFlags {
    /// Whether there is a post-renderer, whose output may nest deeply.
    pub(in crate::cli) fn is_given(&self) -> bool {
        self.post_renderer.iter().any(|name| !name.is_empty())
    }

    /// Finds the post-renderer; `None` without the flag.
    ///
    /// # Errors
    /// The flag is given twice, or there is no program with this name.
    pub(in crate::cli) fn program(&self) -> Result<Option<PostRenderer>, Diagnostic> {
        let mut names = self.post_renderer.iter().filter(|name| !name.is_empty());
        let Some(name) = names.next() else { return Ok(None) };
        let flag = Source::flag("--post-renderer", name);
        if names.next().is_some() {
            let message = "cannot specify --post-renderer flag more than once";
            return Err(Diagnostic::error("usage", message).at(flag.whole(), ""));
        }
        PostRenderer::find(&flag, &self.post_renderer_args).map(Some)
    }
}

/// Runs the post-renderer on manifests. `crds` (pairs of path and text) are passed to an executable together with them.
///
/// # Errors
/// The program fails, or its output is not manifests.
pub(in crate::cli) fn rewrite(
    program: &PostRenderer,
    manifests: &Manifests,
    crds: &[(String, String)],
) -> Result<Rewritten, Failure> {
    match program.kind() {
        PostRendererKind::Plugin => {
            let stream = program.run(manifest::to_post_renderer(manifests)?)?;
            let rewritten = manifest::from_post_renderer(&Source::rendered("post-renderer", stream));
            let rewritten =
                rewritten.map_err(|errors| errors.into_iter().map(|error| error.diagnostic).collect::<Vec<_>>())?;
            Ok(Rewritten::Manifests(rewritten))
        }
        PostRendererKind::Executable => {
            let without_hooks = Manifests { manifests: manifests.manifests.clone(), ..Manifests::default() };
            let text = program.run(manifest::write(&without_hooks, crds))?;
            Ok(Rewritten::Text(Source::rendered("post-renderer", text)))
        }
    }
}
