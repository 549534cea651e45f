//! `mim-chart validate-config FILE...`: checks configuration files of MongooseIM.

use clap::Args;
use semver::Version;

use crate::cli::failure::Failure;
use crate::cli::output::console::Console;
use crate::cli::output::findings_format::FindingsOutput;
use crate::diagnostic::{Diagnostic, Source, counted};
use crate::io;
use crate::lint;
use crate::report::{self, Finding};
use crate::secrets::Gathering;
use crate::version::parse_version;
use crate::yaml::{Map, Node, Value};

/// Check MongooseIM configuration files as MongooseIM would
///
/// FILE is a mongooseim.toml, or `-` for standard input. Checks sections, keys, types, choices and ranges against MongooseIM's
/// configuration reference, and whether the names that are used are defined. The exit code is 1 if there are errors.
#[derive(Debug, Args)]
#[command(
    override_usage = "mim-chart validate-config FILE... [flags]",
    after_help = "Examples:\n  \
        mim-chart validate-config mongooseim.toml\n  \
        mim-chart validate-config *.toml --mongooseim-version 6.6.0 --strict\n  \
        mim-chart validate-config mongooseim.toml --output github"
)]
pub(super) struct ValidateConfig {
    /// Configuration files, or `-`
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// MongooseIM version that the files are for
    #[arg(long, value_name = "VERSION", default_value = "6.8.1")]
    mongooseim_version: String,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    form: FindingsOutput,
}

impl ValidateConfig {
    pub(super) fn run(&self, console: &mut Console) -> Result<(), Failure> {
        let version = self.version()?;
        let inputs = io::Inputs::new();
        let mut findings = Vec::new();
        let mut texts = Map::new();
        let ordinals = report::ordinals(self.files.iter().map(String::as_str));
        for (file, nth) in self.files.iter().zip(ordinals) {
            let flag = Source::flag("FILE", file.as_str());
            let source = inputs.read_text(file, &flag.whole(), "a mongooseim.toml, or `-` for standard input")?;
            texts.insert(
                file.clone(),
                flag.whole(),
                Node::new(Value::String(source.text().to_owned()), source.whole()),
            );
            for finding in lint::check_configuration(&source, &version) {
                let diagnostic = finding.diagnostic;
                findings.push(Finding {
                    object: file.clone(),
                    nth,
                    path: String::new(),
                    diagnostic,
                    file: Some(file.clone()),
                });
            }
        }
        if !findings.is_empty() {
            console.set_secrets(|| {
                let mut gathering = Gathering::default();
                gathering.values(&texts, &[]);
                gathering.finish()
            });
            console.secrets().hide(findings.iter_mut().map(|finding| &mut finding.diagnostic));
        }
        let checked = format!("{} checked for MongooseIM {version}", counted(self.files.len(), "file"));
        self.form.conclude("validate-config", &self.files, &findings, &checked, self.strict, console)
    }

    fn version(&self) -> Result<Version, Diagnostic> {
        let written = self.mongooseim_version.as_str();
        let refuse = || {
            let flag = Source::flag("--mongooseim-version", written);
            Diagnostic::error("usage", format!("invalid version of MongooseIM {written:?}"))
                .at(flag.whole(), "")
                .help("use 6.5.0 or a later version of MongooseIM 6, such as 6.8.1")
        };
        let version = parse_version(written).map_err(|_| refuse())?;
        if lint::has_reference(&version) { Ok(version) } else { Err(refuse()) }
    }
}
