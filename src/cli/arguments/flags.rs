//! Groups of flags that several commands share, with Helm's names and meanings.

use std::ffi::OsString;

use clap::{Arg, Args, Command, ValueEnum};

use crate::diagnostic::{Diagnostic, Source};
use crate::io::Links;
use crate::kubernetes::KubeVersion;
use crate::values::{Layer, LayerKind};

/// When to use colors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ColorMode {
    /// Never.
    Never,
    /// On a terminal, unless NO_COLOR is set; with CLICOLOR_FORCE everywhere.
    Auto,
    /// Always.
    Always,
}

impl ColorMode {
    /// Finds `--color` without parsing the arguments: for help, and for errors in the command line itself.
    pub(in crate::cli) fn of_arguments(arguments: &[OsString]) -> ColorMode {
        let mode = value_in(arguments, &["--color", "--colour"]);
        mode.and_then(|mode| ColorMode::from_str(&mode, false).ok()).unwrap_or(ColorMode::Auto)
    }
}

/// Finds the last value of a flag, by any of its names, without parsing the arguments.
fn value_in(arguments: &[OsString], names: &[&str]) -> Option<String> {
    let mut found = None;
    let mut arguments = arguments.iter().map(|argument| argument.to_string_lossy());
    while let Some(argument) = arguments.next().filter(|argument| argument != "--") {
        match argument.split_once('=') {
            Some((name, value)) if names.contains(&name) => found = Some(value.to_owned()),
            None if names.contains(&&*argument) => found = arguments.next().map(Into::into),
            _ => {}
        }
    }
    found
}

/// The format of errors and warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum MessageFormat {
    /// Plain text, with the lines that each message is about.
    Text,
    /// One JSON object per line.
    Json,
}

impl MessageFormat {
    /// Finds `--message-format` without parsing the arguments: for errors in the command line itself.
    pub(in crate::cli) fn of_arguments(arguments: &[OsString]) -> MessageFormat {
        let asks = value_in(arguments, &["--message-format"]).is_some_and(|format| format == "json");
        if asks { MessageFormat::Json } else { MessageFormat::Text }
    }
}

/// Flags that every command accepts.
#[derive(Debug, Args)]
pub(in crate::cli) struct GlobalFlags {
    /// Namespace that templates see as Release.Namespace [env: HELM_NAMESPACE]
    #[arg(short, long, global = true, value_name = "NAMESPACE")]
    pub(in crate::cli) namespace: Option<String>,
    /// Print more details; if rendering fails, print the rendered output on standard error
    #[arg(long, global = true)]
    pub(in crate::cli) debug: bool,
    /// Use colors
    #[arg(long, visible_alias = "colour", global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(in crate::cli) color: ColorMode,
    /// Format of errors and warnings on standard error: text, or one JSON object per line
    #[arg(long, global = true, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(in crate::cli) message_format: MessageFormat,
    /// Follow symbolic links that point outside the chart's directory
    #[arg(long, global = true)]
    pub(in crate::cli) follow_symlinks: bool,
    /// Show secrets: values that a schema marks as writeOnly, the contents of Secrets, and the values of keys such as
    /// `password`
    #[arg(long, global = true)]
    pub(in crate::cli) show_secrets: bool,
}

/// Global flags that have no effect on a command. All commands accept them, as Helm's do.
const IDLE: &[(&str, &[&str])] = &[
    ("diff", &["debug"]),
    ("validate", &["namespace", "debug", "follow_symlinks"]),
    ("validate-config", &["namespace", "debug", "follow_symlinks"]),
    ("values", &["debug"]),
    ("why", &["debug"]),
    ("images", &["debug"]),
    ("show", &["namespace", "debug"]),
    ("create", &["namespace", "debug"]),
    ("package", &["namespace", "debug"]),
    ("dependency", &["namespace", "debug"]),
    ("version", &["namespace", "debug", "follow_symlinks", "show_secrets"]),
    ("completion", &["namespace", "debug", "follow_symlinks", "show_secrets"]),
    ("man", &["namespace", "debug", "follow_symlinks", "show_secrets"]),
];

/// Hides each global flag in the help of the commands that it has no effect on.
pub(in crate::cli) fn hide_idle(command: Command) -> Command {
    let global: Vec<Arg> = command.get_arguments().filter(|flag| flag.is_global_set()).cloned().collect();
    command.mut_subcommands(|below| {
        let idle = IDLE.iter().find(|(name, _)| *name == below.get_name()).map_or(&[][..], |(_, idle)| idle);
        let is_idle = |flag: &&Arg| idle.contains(&flag.get_id().as_str());
        below.args(global.iter().filter(is_idle).map(|flag| flag.clone().hide(true)))
    })
}

impl GlobalFlags {
    /// Returns which symbolic links in charts are followed.
    pub(in crate::cli) fn links(&self) -> Links {
        if self.follow_symlinks { Links::Anywhere } else { Links::Inside }
    }

    /// Returns the namespace: `-n`, HELM_NAMESPACE, or `default`. Empty ones are ignored, and no kubeconfig is read.
    pub(in crate::cli) fn namespace(&self) -> String {
        let given = self.namespace.clone().filter(|name| !name.is_empty());
        let from_environment = || std::env::var("HELM_NAMESPACE").ok().filter(|name| !name.is_empty());
        given.or_else(from_environment).unwrap_or_else(|| "default".to_owned())
    }
}

/// Values given by the user.
#[derive(Debug, Args)]
#[command(next_help_heading = "Values")]
pub(in crate::cli) struct ValuesFlags {
    /// Values in a YAML file, `-` for standard input (repeatable, comma-separated)
    #[arg(short = 'f', long = "values", value_name = "FILE")]
    values: Vec<String>,
    /// Set values (repeatable; key1=val1,key2=val2)
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Set string values
    #[arg(long, value_name = "KEY=VALUE")]
    set_string: Vec<String>,
    /// Set JSON values (key1=json or {"key1":json})
    #[arg(long, value_name = "KEY=JSON")]
    set_json: Vec<String>,
    /// Set values from files, byte for byte (key1=path1)
    #[arg(long, value_name = "KEY=FILE")]
    set_file: Vec<String>,
    /// Set a literal string
    #[arg(long, value_name = "KEY=TEXT")]
    set_literal: Vec<String>,
    /// Do not check values against values.schema.json
    #[arg(long)]
    pub(in crate::cli) skip_schema_validation: bool,
}

impl ValuesFlags {
    /// Whether the flags name files or contain JSON, which may nest deeply.
    pub(in crate::cli) fn reads_deep_input(&self) -> bool {
        !self.values.is_empty() || !self.set_json.is_empty()
    }

    /// Whether any values are given.
    pub(in crate::cli) fn is_any_given(&self) -> bool {
        !self.values.is_empty() || self.sets_any()
    }

    /// Whether any flag of the `--set` family is given.
    pub(in crate::cli) fn sets_any(&self) -> bool {
        let families = [&self.set, &self.set_string, &self.set_json, &self.set_file, &self.set_literal];
        families.into_iter().any(|arguments| !arguments.is_empty())
    }

    /// Returns the layers of the `--set` family, in no particular order: merging sorts them by kind.
    pub(in crate::cli) fn set_layers(&self) -> Vec<Layer> {
        let families = [
            ("--set-json", LayerKind::SetJson, &self.set_json),
            ("--set", LayerKind::Set, &self.set),
            ("--set-string", LayerKind::SetString, &self.set_string),
            ("--set-file", LayerKind::SetFile, &self.set_file),
            ("--set-literal", LayerKind::SetLiteral, &self.set_literal),
        ];
        let layer = |name, kind, argument: &String| Layer { kind, source: Source::flag(name, argument) };
        families
            .into_iter()
            .flat_map(|(name, kind, arguments)| arguments.iter().map(move |argument| layer(name, kind, argument)))
            .collect()
    }

    /// Returns the files of `-f`, each with the source of the flag and the item's text and byte range in it.
    pub(in crate::cli) fn files(&self) -> Result<Vec<(Source, CommaItem)>, Vec<Diagnostic>> {
        comma_items(&self.values, "--values", "-f, --values")
    }
}

/// Parses the version of `--kube-version`; without one, or if it is empty, returns the default version.
///
/// # Errors
/// Helm's message, pointing at the flag.
pub(in crate::cli) fn kube_version(flag: Option<&str>) -> Result<KubeVersion, Diagnostic> {
    let version = flag.unwrap_or_default();
    KubeVersion::parse(version).map_err(|reason| {
        let message = format!("invalid kube version '{version}': {reason}");
        Diagnostic::error("kube-version", message)
            .at(Source::flag("--kube-version", version).whole(), "")
            .help("use at least major and minor, such as 1.36")
    })
}

/// An item of a comma-separated flag, and its place in the flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct CommaItem {
    /// The item without quotes.
    pub(in crate::cli) text: String,
    /// The byte range of the item in the flag's argument, with quotes.
    pub(in crate::cli) range: std::ops::Range<usize>,
}

/// Splits all arguments of a comma-separated flag. Returns each item with the source of its argument, or pflag's message about an
/// argument with a syntax error. `names` are all names of the flag, for messages.
pub(super) fn each_comma_item(
    arguments: &[String],
    flag: &str,
    names: &str,
) -> impl Iterator<Item = Result<(Source, CommaItem), Diagnostic>> {
    arguments.iter().flat_map(move |argument| {
        let source = Source::flag(flag, argument);
        match split_comma_list(argument) {
            Ok(items) => items.into_iter().map(|item| Ok((source.clone(), item))).collect(),
            Err(error) => vec![Err(error.diagnose(names, &source))],
        }
    })
}

/// Returns the items of [`each_comma_item`].
///
/// # Errors
/// All arguments with a syntax error.
pub(super) fn comma_items(
    arguments: &[String],
    flag: &str,
    names: &str,
) -> Result<Vec<(Source, CommaItem)>, Vec<Diagnostic>> {
    let mut found = Vec::new();
    let mut errors = Vec::new();
    for item in each_comma_item(arguments, flag, names) {
        match item {
            Ok(item) => found.push(item),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(found) } else { Err(errors) }
}

/// A syntax error in a comma-separated flag.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::cli) struct CommaError {
    message: String,
    at: usize,
}

impl CommaError {
    /// Returns the error with pflag's message; `flag` is the flag with both its names.
    fn diagnose(&self, flag: &str, source: &Source) -> Diagnostic {
        let message = format!("invalid argument {:?} for {flag:?} flag: {}", source.text(), self.message);
        Diagnostic::error("usage", message).at(source.span(self.at..self.at + 1), "")
    }
}

/// Splits a flag's argument as pflag does, by Go's rules for one record of CSV: items may be quoted with `"`, and a quote
/// inside is doubled. An empty argument has no items.
pub(in crate::cli) fn split_comma_list(argument: &str) -> Result<Vec<CommaItem>, CommaError> {
    let mut items = Vec::new();
    let mut start = 0;
    while !argument.is_empty() && start <= argument.len() {
        let rest = &argument[start..];
        let (text, length) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_item(quoted, start)?,
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                if let Some(quote) = rest[..end].find('"') {
                    return Err(csv_error(start + quote, "bare \" in non-quoted-field"));
                }
                (rest[..end].to_owned(), end)
            }
        };
        items.push(CommaItem { text, range: start..start + length });
        start += length + 1;
    }
    Ok(items)
}

/// Returns the text of a quoted item, and its length including both quotes. `quoted` starts after the opening quote.
fn quoted_item(quoted: &str, start: usize) -> Result<(String, usize), CommaError> {
    let mut text = String::new();
    let mut at = 0;
    loop {
        let Some(quote) = quoted[at..].find('"') else {
            return Err(csv_error(start + quoted.len() + 1, "extraneous or missing \" in quoted-field"));
        };
        text.push_str(&quoted[at..at + quote]);
        at += quote + 1;
        match quoted[at..].chars().next() {
            Some('"') => {
                text.push('"');
                at += 1;
            }
            None | Some(',') => return Ok((text, at + 1)),
            Some(_) => return Err(csv_error(start + at, "extraneous or missing \" in quoted-field")),
        }
    }
}

fn csv_error(at: usize, what: &str) -> CommaError {
    CommaError { message: format!("parse error on line 1, column {}: {what}", at + 1), at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_repeated_flag_the_last_value_counts() {
        let mode = |arguments: &str| {
            let arguments: Vec<OsString> = arguments.split(' ').map(OsString::from).collect();
            ColorMode::of_arguments(&arguments)
        };
        assert_eq!(mode("--color=always --color never"), ColorMode::Never);
        assert_eq!(mode("--color never --colour=always -x"), ColorMode::Always);
        assert_eq!(mode("--color always -- --color=never"), ColorMode::Always);
        assert_eq!(mode("--color"), ColorMode::Auto);
    }

    fn texts(argument: &str) -> Vec<String> {
        split_comma_list(argument).unwrap().into_iter().map(|item| item.text).collect()
    }

    #[test]
    fn files_are_split_at_commas_as_csv_is() {
        assert_eq!(texts("a.yaml"), ["a.yaml"]);
        assert_eq!(texts("a.yaml,b.yaml"), ["a.yaml", "b.yaml"]);
        assert_eq!(texts("a,"), ["a", ""]);
        assert_eq!(texts(""), [""; 0]);
        assert_eq!(texts("\"a,b\",c"), ["a,b", "c"]);
        assert_eq!(texts("\"a\"\"b\""), ["a\"b"]);
    }

    #[test]
    fn an_item_knows_its_place() {
        let items = split_comma_list("a,\"b,c\",d").unwrap();
        assert_eq!(items.iter().map(|item| item.range.clone()).collect::<Vec<_>>(), [0..1, 2..7, 8..9]);
    }

    #[test]
    fn broken_quotes_are_refused_where_they_are() {
        assert_eq!(
            split_comma_list("a\"b").unwrap_err().message,
            "parse error on line 1, column 2: bare \" in non-quoted-field"
        );
        assert_eq!(
            split_comma_list("\"ab").unwrap_err().message,
            "parse error on line 1, column 4: extraneous or missing \" in quoted-field"
        );
    }
}
