//! Helm's flags that do not apply here: accepted with a note, or refused with the reason.
//!
//! They cost nothing unless they are used: the command line is parsed with them only if parsing without them fails on an
//! unknown flag.

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::flags::split_comma_list;
use crate::diagnostic::Diagnostic;

/// A flag of Helm.
struct HelmFlag {
    name: &'static str,
    short: Option<char>,
    takes: Takes,
    effect: Effect,
}

/// The kind of argument that a flag accepts.
enum Takes {
    /// None, but `=true` and `=false` are allowed.
    Nothing,
    /// An argument, with a check that returns Go's message if it is invalid.
    Value(fn(&str) -> Result<(), String>),
    /// An argument after `=` only. Without it, the flag means the given argument.
    Optional(&'static str, fn(&str) -> Result<(), String>),
}

/// What happens if a flag is given.
enum Effect {
    /// It has no effect, for this reason.
    Nothing(&'static str),
    /// The flag is deprecated, with pflag's advice; it has no effect either.
    Deprecated(&'static str),
    /// The flag is refused, as it asks for something that mim-chart never does.
    Refused(&'static str),
}

const fn inert(name: &'static str, takes: Takes) -> HelmFlag {
    HelmFlag { name, short: None, takes, effect: Effect::Nothing(NO_INSTALLATION) }
}

/// A flag about downloading charts. Helm ignores it too if the chart is local.
const fn of_downloads(name: &'static str, takes: Takes) -> HelmFlag {
    HelmFlag { name, short: None, takes, effect: Effect::Nothing(NO_DOWNLOAD) }
}

/// A flag about signing, which Helm only does with `--sign`.
const fn of_signing(name: &'static str) -> HelmFlag {
    HelmFlag { name, short: None, takes: Takes::Value(anything), effect: Effect::Nothing(NO_SIGNING) }
}

const fn deprecated(name: &'static str, instead: &'static str) -> HelmFlag {
    HelmFlag { name, short: None, takes: Takes::Nothing, effect: Effect::Deprecated(instead) }
}

const fn refused(name: &'static str, takes: Takes, why: &'static str) -> HelmFlag {
    HelmFlag { name, short: None, takes, effect: Effect::Refused(why) }
}

const NO_INSTALLATION: &str = "nothing is installed here";
const NO_DOWNLOAD: &str = "nothing is downloaded here";
const NO_SIGNING: &str = "nothing is signed here";
const NETWORK: &str = "mim-chart never accesses the network: fetch the chart first, and pass its directory or archive";
const CLUSTER: &str =
    "mim-chart never connects to a cluster: pipe the manifests into `kubectl apply --dry-run=server -f -`";
const SIGNING: &str = "mim-chart does not sign archives: sign the archive with `gpg --detach-sign`, or package with `helm package --sign`";
const GONE: &str = "this flag has no effect for 'helm template' and will be removed in Helm 5";

/// Helm's flags for every command.
const EVERYWHERE: &[HelmFlag] = &[
    inert("burst-limit", Takes::Value(whole_number)),
    inert("content-cache", Takes::Value(anything)),
    inert("kube-apiserver", Takes::Value(anything)),
    inert("kube-as-group", Takes::Value(anything)),
    inert("kube-as-user", Takes::Value(anything)),
    inert("kube-ca-file", Takes::Value(anything)),
    inert("kube-context", Takes::Value(anything)),
    inert("kube-insecure-skip-tls-verify", Takes::Nothing),
    inert("kube-tls-server-name", Takes::Value(anything)),
    inert("kube-token", Takes::Value(anything)),
    inert("kubeconfig", Takes::Value(anything)),
    inert("qps", Takes::Value(number)),
    inert("registry-config", Takes::Value(anything)),
    inert("repository-cache", Takes::Value(anything)),
    inert("repository-config", Takes::Value(anything)),
];

/// Helm's flags for `template`.
const TEMPLATE: &[HelmFlag] = &[
    inert("create-namespace", Takes::Nothing),
    of_downloads("dependency-update", Takes::Nothing),
    inert("description", Takes::Value(anything)),
    of_downloads("devel", Takes::Nothing),
    inert("disable-openapi-validation", Takes::Nothing),
    inert("dry-run", Takes::Optional("client", dry_run)),
    inert("force-conflicts", Takes::Nothing),
    inert("force-replace", Takes::Nothing),
    HelmFlag {
        name: "generate-name",
        short: Some('g'),
        takes: Takes::Nothing,
        effect: Effect::Nothing(NO_INSTALLATION),
    },
    of_downloads("keyring", Takes::Value(anything)),
    HelmFlag {
        name: "labels",
        short: Some('l'),
        takes: Takes::Value(labels),
        effect: Effect::Nothing(NO_INSTALLATION),
    },
    inert("replace", Takes::Nothing),
    inert("rollback-on-failure", Takes::Nothing),
    inert("server-side", Takes::Nothing),
    inert("skip-crds", Takes::Nothing),
    inert("take-ownership", Takes::Nothing),
    inert("timeout", Takes::Value(duration)),
    inert("wait", Takes::Optional("watcher", wait)),
    inert("wait-for-jobs", Takes::Nothing),
    deprecated("atomic", "use --rollback-on-failure instead"),
    deprecated("force", "use --force-replace instead"),
    deprecated("hide-notes", GONE),
    deprecated("render-subchart-notes", GONE),
    of_downloads("ca-file", Takes::Value(anything)),
    of_downloads("cert-file", Takes::Value(anything)),
    of_downloads("insecure-skip-tls-verify", Takes::Nothing),
    of_downloads("key-file", Takes::Value(anything)),
    of_downloads("pass-credentials", Takes::Nothing),
    of_downloads("password", Takes::Value(anything)),
    of_downloads("plain-http", Takes::Nothing),
    refused("repo", Takes::Value(anything), NETWORK),
    of_downloads("username", Takes::Value(anything)),
    refused("verify", Takes::Nothing, "mim-chart does not verify signatures: use `helm verify`"),
];

/// Helm's flags for `package`.
const PACKAGE: &[HelmFlag] = &[
    refused("ca-file", Takes::Value(anything), NETWORK),
    refused("cert-file", Takes::Value(anything), NETWORK),
    refused("insecure-skip-tls-verify", Takes::Nothing, NETWORK),
    of_signing("key"),
    refused("key-file", Takes::Value(anything), NETWORK),
    of_signing("keyring"),
    of_signing("passphrase-file"),
    refused("password", Takes::Value(anything), NETWORK),
    refused("plain-http", Takes::Nothing, NETWORK),
    refused("sign", Takes::Nothing, SIGNING),
    refused("username", Takes::Value(anything), NETWORK),
];

/// Helm's flags for `dependency build` and `dependency update`.
const DEPENDENCY: &[HelmFlag] = &[
    of_downloads("ca-file", Takes::Value(anything)),
    of_downloads("cert-file", Takes::Value(anything)),
    of_downloads("insecure-skip-tls-verify", Takes::Nothing),
    of_downloads("key-file", Takes::Value(anything)),
    of_downloads("keyring", Takes::Value(anything)),
    of_downloads("password", Takes::Value(anything)),
    of_downloads("plain-http", Takes::Nothing),
    of_downloads("skip-refresh", Takes::Nothing),
    of_downloads("username", Takes::Value(anything)),
    refused("verify", Takes::Nothing, "mim-chart does not verify signatures: use `helm verify`"),
];

/// Helm's flags for `show`.
const SHOW: &[HelmFlag] = &[
    of_downloads("ca-file", Takes::Value(anything)),
    of_downloads("cert-file", Takes::Value(anything)),
    of_downloads("devel", Takes::Nothing),
    of_downloads("insecure-skip-tls-verify", Takes::Nothing),
    of_downloads("key-file", Takes::Value(anything)),
    of_downloads("keyring", Takes::Value(anything)),
    of_downloads("pass-credentials", Takes::Nothing),
    of_downloads("password", Takes::Value(anything)),
    of_downloads("plain-http", Takes::Nothing),
    refused("repo", Takes::Value(anything), NETWORK),
    of_downloads("username", Takes::Value(anything)),
    refused("verify", Takes::Nothing, "mim-chart does not verify signatures: use `helm verify`"),
    of_downloads("version", Takes::Value(anything)),
];

/// Pairs of flags that exclude each other.
const EXCLUSIVE: [[&str; 2]; 2] = [["force", "force-conflicts"], ["force-replace", "force-conflicts"]];

/// Returns Helm's error if both flags of a pair are given.
fn exclusion(group: &[&str; 2], given: &[&HelmFlag]) -> Option<Diagnostic> {
    let all_given = group.iter().all(|name| given.iter().any(|flag| flag.name == *name));
    let mut sorted = *group;
    sorted.sort_unstable();
    let message = format!(
        "if any flags in the group [{}] are set none of the others can be; [{}] were all set",
        group.join(" "),
        sorted.join(" ")
    );
    all_given.then(|| Diagnostic::error("usage", message))
}

/// Returns Helm's flags for a subcommand.
fn of_command(name: &str) -> &'static [HelmFlag] {
    match name {
        "template" => TEMPLATE,
        "package" => PACKAGE,
        "build" | "update" => DEPENDENCY,
        "show" => SHOW,
        _ => &[],
    }
}

/// Adds the flags to the command and to its subcommands.
pub(in crate::cli) fn add_to(command: Command) -> Command {
    let everywhere = EVERYWHERE.iter().map(|flag| flag.argument().global(true));
    with_own(command.args(everywhere))
}

fn with_own(command: Command) -> Command {
    let own = of_command(command.get_name());
    command.args(own.iter().map(HelmFlag::argument)).mut_subcommands(with_own)
}

/// Returns notes on the given flags of Helm.
///
/// # Errors
/// All given flags that mim-chart refuses or that exclude each other.
pub(in crate::cli) fn examine(matches: &ArgMatches) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let (mut command, mut leaf) = ("", matches);
    while let Some((name, below)) = leaf.subcommand() {
        (command, leaf) = (name, below);
    }
    let is_given = |flag: &&HelmFlag| {
        leaf.try_contains_id(flag.name).unwrap_or(false)
            && leaf.value_source(flag.name) == Some(ValueSource::CommandLine)
    };
    let of_template = command == "template";
    let known = EVERYWHERE.iter().chain(of_command(command));
    let given: Vec<&HelmFlag> = known.filter(is_given).collect();
    // `--flag=false` asks for nothing, so it is not refused.
    let asks = |flag: &&&HelmFlag| leaf.try_get_one::<bool>(flag.name).ok().flatten() != Some(&false);
    let mut errors: Vec<Diagnostic> = given.iter().filter(asks).filter_map(|flag| flag.refusal()).collect();
    let words = |name: &str| if of_template { leaf.get_many::<String>(name).map_or(0, Iterator::count) } else { 0 };
    if given.iter().any(|flag| flag.name == "generate-name") && words("arguments") > 1 {
        errors.push(Diagnostic::error("usage", "cannot set --generate-name and also specify a name"));
    }
    errors.extend(EXCLUSIVE.iter().filter_map(|group| exclusion(group, &given)));
    if leaf.try_get_one::<String>("dry-run").ok().flatten().is_some_and(|value| value == "server") {
        errors.push(Diagnostic::error("usage", "--dry-run=server needs the API server").help(CLUSTER));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut reported: Vec<Diagnostic> = given.iter().filter_map(|flag| flag.deprecation()).collect();
    for reason in [NO_INSTALLATION, NO_DOWNLOAD, NO_SIGNING] {
        let is_inert = |flag: &&&HelmFlag| matches!(flag.effect, Effect::Nothing(why) if why == reason);
        let inert: Vec<String> = given.iter().filter(is_inert).map(|flag| format!("--{}", flag.name)).collect();
        if !inert.is_empty() {
            let verb = if inert.len() == 1 { "has" } else { "have" };
            let message = format!("{} {verb} no effect: {reason}", inert.join(", "));
            reported.push(Diagnostic::warning("inert-flag", message));
        }
    }
    Ok(reported)
}

impl HelmFlag {
    fn argument(&self) -> Arg {
        let argument = Arg::new(self.name).long(self.name).hide(true);
        let argument = match self.short {
            Some(short) => argument.short(short),
            None => argument,
        };
        let checked =
            |check: fn(&str) -> Result<(), String>| move |value: &str| check(value).map(|()| value.to_owned());
        match self.takes {
            Takes::Nothing => argument.action(ArgAction::SetTrue),
            Takes::Value(check) => argument.action(ArgAction::Append).value_parser(checked(check)),
            Takes::Optional(alone, check) => argument
                .action(ArgAction::Set)
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value(alone)
                .value_parser(checked(check)),
        }
    }

    fn refusal(&self) -> Option<Diagnostic> {
        let Effect::Refused(why) = self.effect else { return None };
        Some(Diagnostic::error("usage", format!("--{} can't be used here", self.name)).help(why))
    }

    fn deprecation(&self) -> Option<Diagnostic> {
        let Effect::Deprecated(instead) = self.effect else { return None };
        Some(Diagnostic::warning("deprecated-flag", format!("Flag --{} has been deprecated, {instead}", self.name)))
    }
}

fn anything(_: &str) -> Result<(), String> {
    Ok(())
}

fn whole_number(value: &str) -> Result<(), String> {
    let syntax = || format!("strconv.ParseInt: parsing {value:?}: invalid syntax");
    value.parse::<i64>().map(drop).map_err(|_| syntax())
}

fn number(value: &str) -> Result<(), String> {
    let syntax = || format!("strconv.ParseFloat: parsing {value:?}: invalid syntax");
    value.parse::<f64>().map(drop).map_err(|_| syntax())
}

fn wait(value: &str) -> Result<(), String> {
    match value {
        "watcher" | "hookOnly" | "legacy" | "true" | "false" => Ok(()),
        _ => Err(format!("invalid wait input {value:?}. Valid inputs are watcher, hookOnly, and legacy")),
    }
}

fn dry_run(value: &str) -> Result<(), String> {
    match value {
        "client" | "server" | "true" | "1" | "t" | "T" | "TRUE" | "True" => Ok(()),
        "none" | "false" | "0" | "f" | "F" | "FALSE" | "False" => {
            Err(format!("invalid dry-run value ({value:?}). Must be \"server\" or \"client\""))
        }
        _ => Err(format!("invalid dry-run value ({value:?}). Must be \"none\", \"server\", or \"client\"")),
    }
}

/// Checks labels of the release. It is not stored anywhere, so only their form matters.
fn labels(value: &str) -> Result<(), String> {
    const RESERVED: [&str; 6] = ["name", "owner", "status", "version", "createdAt", "modifiedAt"];
    let unformed = |text: &str| format!("{text} must be formatted as key=value");
    // A comma separates labels only if there are several `=`.
    let items = match value.matches('=').count() {
        0 => return Err(unformed(value)),
        1 => vec![value.trim_matches('"').to_owned()],
        _ => {
            let items = split_comma_list(value).map_err(|_| unformed(value))?;
            items.into_iter().map(|item| item.text).collect()
        }
    };
    for item in items {
        let Some((key, _)) = item.split_once('=') else { return Err(unformed(&item)) };
        if RESERVED.contains(&key) {
            let reserved = RESERVED.join(" ");
            return Err(format!(
                "user supplied labels contains system reserved label name. System labels: [{reserved}]"
            ));
        }
    }
    Ok(())
}

/// Checks a duration as Go's `time.ParseDuration` does: `5m0s`, `1.5h`, `300ms`.
fn duration(value: &str) -> Result<(), String> {
    let is_duration = || {
        let mut rest = value.strip_prefix(['-', '+']).unwrap_or(value);
        if rest == "0" {
            return Some(());
        }
        if rest.is_empty() {
            return None;
        }
        while !rest.is_empty() {
            let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|&end| end > 0)?;
            let (digits, unit_and_more) = rest.split_at(number);
            if digits.matches('.').count() > 1 || digits == "." {
                return None;
            }
            let unit = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"]
                .into_iter()
                .filter(|unit| unit_and_more.starts_with(unit))
                .max_by_key(|unit| unit.len())?;
            rest = &unit_and_more[unit.len()..];
        }
        Some(())
    };
    is_duration().ok_or_else(|| format!("time: invalid duration {value:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_parsed_as_in_go() {
        for sound in ["5m0s", "0", "1.5h", "-300ms", "1h2m3s", "10ns"] {
            assert_eq!(duration(sound), Ok(()), "{sound}");
        }
        for broken in ["", "zz", "5", "5m3", "1..2s", ".s", "m"] {
            assert!(duration(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn labels_need_keys_and_must_not_be_helms_own() {
        assert_eq!(labels("a=b,c=d"), Ok(()));
        for text in ["a,b=c", "a=b,c", ",a=b", "a=b,"] {
            assert_eq!(labels(text), Ok(()), "{text}");
        }
        for (text, broken) in [("a", "a"), ("", ""), ("a=b,c=d,e", "e")] {
            assert_eq!(labels(text), Err(format!("{broken} must be formatted as key=value")));
        }
        assert!(labels("a=b,owner=x").unwrap_err().contains("system reserved label name"));
    }

    #[test]
    fn flag_names_are_unique() {
        for command in ["template", "package", "build", "show"] {
            let mut names: Vec<_> = EVERYWHERE.iter().chain(of_command(command)).map(|flag| flag.name).collect();
            names.sort_unstable();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
            add_to(Command::new("x").subcommand(Command::new(command))).debug_assert();
        }
    }
}
