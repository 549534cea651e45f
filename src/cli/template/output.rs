//! Prints or writes the output of `template`.

use std::path::{Path, PathBuf};

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::page;
use crate::chart::Chart;
use crate::cli::arguments::rendering::leave_out_hooks;
use crate::cli::arguments::secrets;
use crate::cli::failure::Failure;
use crate::cli::output::console::Console;
use crate::diagnostic::{Diagnostic, Severity, Source, listed, printable};
use crate::explain::line_map;
use crate::io::{self, PostRenderer, PostRendererKind};
use crate::manifest::{self, Files, Layout, Manifests};
use crate::render::Render;

/// Which manifests stand in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FileLayout {
    /// One file per template, with the template's path
    Template,
    /// One file per object: kind-name.yaml
    Object,
    /// One manifest.yaml, as written by Argo CD's source hydrator
    Hydrator,
}

/// The form of what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    /// Manifests
    Yaml,
    /// A web page that shows where each line comes from
    Html,
}

impl From<FileLayout> for Layout {
    fn from(layout: FileLayout) -> Layout {
        match layout {
            FileLayout::Template => Layout::Template,
            FileLayout::Object => Layout::Object,
            FileLayout::Hydrator => Layout::Hydrator,
        }
    }
}

/// What is printed, and where to.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputFlags {
    /// Print only the output of these templates (repeatable; templates/x.yaml, with * ? [..])
    #[arg(short, long, value_name = "TEMPLATE")]
    show_only: Vec<String>,
    /// Format of the output
    #[arg(long, value_enum, default_value = "yaml", value_name = "FORMAT")]
    output: OutputFormat,
    /// Write the manifests to files in this directory instead of printing them
    #[arg(long, value_name = "DIR", value_parser = OsStringValueParser::new().map(PathBuf::from))]
    output_dir: Option<PathBuf>,
    /// With --output-dir: how manifests are split into files
    #[arg(long, value_name = "LAYOUT", default_value = "template")]
    layout: FileLayout,
    /// With --output-dir: add the name of the release in front of the path
    #[arg(long)]
    release_name: bool,
    /// With --output-dir: remove files that an earlier run wrote for this chart and that it no longer renders
    #[arg(long)]
    prune_output: bool,
    /// Also print the chart's CustomResourceDefinitions
    #[arg(long)]
    include_crds: bool,
    /// Write the origin of each line of the output to this file, as JSON: template, calls and values
    ///
    /// The object has `version` (2), `documents` (`apiVersion`, `kind`, `name`, `namespace`, `source`, `lines`) and the lists
    /// `calls`, `sets` and `values`. A line has `line` (its number in the output), `template` (`file`, `line`, `column`; or
    /// `tpl`, the line number in a text that `tpl` ran), `call` (the index in `calls` of the innermost call around it), `shown`
    /// (the index in `sets` of the values that it prints) and `deciding` (the index in `sets` of the values that decide about
    /// it); empty fields are omitted. A call has its place like a template, `name` (without it, the call is of `tpl`), and
    /// `outer`, the call around it. A set is a list of indexes in `values`. A value has `key`, `place` (who set it), and `only`
    /// (`keys` or `emptiness`) if only the keys of a map or list matter, or only whether it is empty. All indexes start at 0.
    #[arg(long, value_name = "FILE")]
    line_map: Option<PathBuf>,
    /// Do not print hooks
    #[arg(long)]
    no_hooks: bool,
    /// Do not print test hooks
    #[arg(long)]
    skip_tests: bool,
}

impl OutputFlags {
    /// Writes the rendered manifests; `rewritten` replaces all of them except the hooks.
    pub(super) fn write(
        &self,
        render: Render,
        rewritten: Option<&Source>,
        release: &str,
        strict: bool,
        sources: &secrets::Sources<'_>,
        console: &mut Console,
    ) -> Result<(), Failure> {
        if self.line_map.is_some() {
            return self.write_with_line_map(render, strict, sources, console);
        }
        if self.output == OutputFormat::Html {
            return self.write_page(render, release, strict, sources, console);
        }
        let Render { chart, mut manifests, mut warnings, values, .. } = render;
        // The process ends soon: freeing values and files piece by piece would only take time.
        std::mem::forget(values);
        let chart = std::mem::ManuallyDrop::new(chart);
        leave_out_hooks(&mut manifests, self.no_hooks, self.skip_tests);
        sources.collect_if_needed(console, &warnings);
        warnings.extend(hooks_note(&manifests));
        let name = &chart.metadata.name;
        if let Some(rewritten) = rewritten {
            let text = manifest::with_hooks(rewritten.text(), &manifests);
            let text = if self.show_only.is_empty() {
                text
            } else {
                manifest::select_documents(&text, name, &self.patterns())?
            };
            console.warn(&warnings, strict)?;
            return Ok(console.print_document(&text)?);
        }
        let mut crds = self.crds(&chart);
        if let Some(directory) = self.output_directory() {
            if !self.show_only.is_empty() {
                manifest::retain_selected(&mut manifests, &mut crds, name, &self.patterns())?;
            }
            console.warn(&warnings, strict)?;
            return self.write_files(directory, &manifests, &crds, release, name, console);
        }
        let selected = match self.show_only.is_empty() {
            true => None,
            false => Some(manifest::write_selected(&manifests, &crds, name, &self.patterns())?),
        };
        console.warn(&warnings, strict)?;
        match selected {
            None => console.print_parts(&manifest::written_parts(&manifests, &crds))?,
            Some(text) => console.print_document(&text)?,
        }
        Ok(())
    }

    fn output_directory(&self) -> Option<&Path> {
        self.output_dir.as_deref().filter(|directory| !directory.as_os_str().is_empty())
    }

    /// Prints all manifests, and writes the line map: the origin of each line.
    fn write_with_line_map(
        &self,
        mut render: Render,
        strict: bool,
        sources: &secrets::Sources<'_>,
        console: &mut Console,
    ) -> Result<(), Failure> {
        leave_out_hooks(&mut render.manifests, self.no_hooks, self.skip_tests);
        render.warnings.extend(hooks_note(&render.manifests));
        sources.collect(console);
        let crds = self.crds(&render.chart);
        let map = line_map(&render, &crds, console.secrets())?;
        console.warn(&render.warnings, strict)?;
        if let Some(path) = &self.line_map {
            io::write_file(path, &map, "--line-map")?;
        }
        Ok(console.print_parts(&manifest::written_parts(&render.manifests, &crds))?)
    }

    /// Prints all manifests as an HTML page.
    fn write_page(
        &self,
        mut render: Render,
        release: &str,
        strict: bool,
        sources: &secrets::Sources<'_>,
        console: &mut Console,
    ) -> Result<(), Failure> {
        leave_out_hooks(&mut render.manifests, self.no_hooks, self.skip_tests);
        render.warnings.extend(hooks_note(&render.manifests));
        sources.collect(console);
        let mut crds = self.crds(&render.chart);
        if !self.show_only.is_empty() {
            let name = render.chart.metadata.name.clone();
            manifest::retain_selected(&mut render.manifests, &mut crds, &name, &self.patterns())?;
        }
        let page = page::page(&render, &crds, release, console.secrets());
        console.warn(&render.warnings, strict)?;
        Ok(console.print_document(&page)?)
    }

    /// Whether the output says where each line comes from.
    pub(super) fn needs_trace(&self) -> bool {
        self.line_map.is_some() || self.output == OutputFormat::Html
    }

    /// Returns the chart's CustomResourceDefinitions (pairs of path and text) if they are to be printed.
    pub(super) fn crds(&self, chart: &Chart) -> Vec<(String, String)> {
        let crds = if self.include_crds { chart.all_crds() } else { Vec::new() };
        crds.into_iter().map(|(path, file)| (path, String::from_utf8_lossy(&file.bytes).into_owned())).collect()
    }

    /// Checks that the flags can be combined, also with the post-renderer.
    ///
    /// # Errors
    /// A combination that is not supported.
    pub(super) fn check(&self, program: Option<&PostRenderer>) -> Result<(), Failure> {
        let refuse = |message: &str, help: &[&str]| {
            Err(help.iter().fold(Diagnostic::error("usage", message), |error, help| error.help(*help)).into())
        };
        // The line numbers are those of the whole output.
        if self.line_map.is_some() && (self.output_dir.is_some() || !self.show_only.is_empty()) {
            return refuse(
                "--line-map can't be used with --output-dir or --show-only: it covers the whole output",
                &[],
            );
        }
        if self.line_map.as_deref().is_some_and(|path| path == Path::new("-")) {
            return refuse(
                "--line-map needs a file: standard output has the manifests",
                &["--line-map ./- writes a file named -"],
            );
        }
        if self.line_map.is_some() && program.is_some() {
            return refuse("--line-map can't be used with --post-renderer: it covers what templates print", &[]);
        }
        if self.output == OutputFormat::Html {
            let other = [
                ("--output-dir", self.output_dir.is_some()),
                ("--line-map", self.line_map.is_some()),
                ("--post-renderer", program.is_some()),
            ];
            if let Some((flag, _)) = other.into_iter().find(|(_, is_given)| *is_given) {
                return refuse(&format!("--output html can't be used with {flag}"), &[]);
            }
        }
        if self.output_directory().is_some()
            && program.is_some_and(|program| program.kind() == PostRendererKind::Executable)
        {
            return refuse(
                "--output-dir can't be used with an executable as --post-renderer: its output does not say which template it is from",
                &[
                    "write it to a file: mim-chart template ... --post-renderer PROGRAM > manifests.yaml",
                    "a Helm 4 plugin gets the template of each document, and can be used with --output-dir",
                ],
            );
        }
        if self.layout != FileLayout::Template && self.output_directory().is_none() {
            return refuse("--layout needs --output-dir", &[]);
        }
        self.check_pruning()
    }

    /// Checks `--prune-output`, which makes sense only if all files are written.
    fn check_pruning(&self) -> Result<(), Failure> {
        if !self.prune_output {
            return Ok(());
        }
        let refuse = |message: &str| Err(Diagnostic::error("usage", message).into());
        if self.output_directory().is_none() {
            return refuse("--prune-output needs --output-dir");
        }
        if self.layout == FileLayout::Hydrator {
            return refuse("--prune-output can't be used with --layout hydrator, which writes a single file");
        }
        if !self.show_only.is_empty() {
            return refuse(
                "--prune-output can't be used with --show-only: all files that are not shown would be removed",
            );
        }
        Ok(())
    }

    /// Returns the patterns of `--show-only`.
    fn patterns(&self) -> Vec<Source> {
        self.show_only.iter().map(|text| Source::flag("--show-only", text)).collect()
    }

    /// Writes the files below `directory`, and prints a line for every document in them, as Helm does.
    fn write_files(
        &self,
        directory: &Path,
        manifests: &Manifests,
        crds: &[(String, String)],
        release: &str,
        chart: &str,
        console: &mut Console,
    ) -> Result<(), Failure> {
        let Files { mut files, mut documents } = manifest::files(manifests, crds, self.layout.into());
        if self.release_name {
            // Helm doesn't put the release's name in front of CustomResourceDefinitions.
            let stays = |path: &str| self.layout == FileLayout::Template && crds.iter().any(|(known, _)| known == path);
            let below = |path: &mut String| {
                if !stays(path) {
                    *path = format!("{release}/{path}");
                }
            };
            files.iter_mut().map(|(path, _)| path).for_each(below);
            documents.iter_mut().for_each(below);
        }
        io::write_files(directory, &files).map_err(|error| vec![error])?;
        let line = |verb: &str, path: &String| {
            let path = format!("{}/{path}", directory.display());
            format!("{verb} {}\n", printable(&path))
        };
        let mut reported: String = documents.iter().map(|path| line("wrote", path)).collect();
        if self.prune_output {
            let prefix = if self.release_name { release } else { "" };
            let mut pruned = match self.layout {
                FileLayout::Object => {
                    let is_ours = |name: &str, text: &str| manifest::is_object_file(name, text, chart);
                    io::prune_object_files(directory, prefix, &is_ours, &files)?
                }
                _ => io::prune_files(directory, prefix, chart, &files)?,
            };
            // All releases share these files, so a run without them does not touch them.
            if self.release_name && self.include_crds && self.layout == FileLayout::Template {
                pruned.extend(io::prune_crd_files(directory, chart, &files)?);
            }
            reported.extend(pruned.iter().map(|path| line("removed", path)));
        }
        Ok(console.print(&reported)?)
    }
}

/// Returns a note on hooks: Helm runs them at their time, but kubectl applies them together with everything else.
fn hooks_note(manifests: &Manifests) -> Option<Diagnostic> {
    const SHOWN: usize = 5;
    let shown: Vec<String> = manifests
        .hooks
        .iter()
        .filter_map(|manifest| Some(format!("{} ({})", manifest.path, manifest.hook.as_ref()?.events.join(", "))))
        .collect();
    if shown.is_empty() {
        return None;
    }
    let message = format!(
        "the manifests include hooks, which kubectl would apply like any other object: {}",
        listed(shown.into_iter(), SHOWN)
    );
    let note = Diagnostic::new(Severity::Info, "hooks", message);
    Some(note.help("use --no-hooks to skip all hooks, --skip-tests to skip those that only `helm test` runs"))
}
