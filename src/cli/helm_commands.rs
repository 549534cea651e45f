//! Advice for users who type one of Helm's commands that install, fetch or ask a cluster.

use std::ffi::OsString;

use clap::{Arg, ArgAction, Command};

use crate::diagnostic::nearest;
use crate::secrets::names_a_secret;

/// A command of Helm v4.2.4 that mim-chart does not have: its names, and advice on what to use instead.
struct HelmCommand {
    names: &'static [&'static str],
    instead: fn(&HelmInvocation) -> Vec<String>,
}

/// All such commands, in the order of Helm's help.
const COMMANDS: &[HelmCommand] = &[
    HelmCommand { names: &["env"], instead: |_| env() },
    HelmCommand { names: &["get"], instead: get },
    HelmCommand { names: &["history", "hist"], instead: |invocation| vec![rollout("history", invocation)] },
    HelmCommand { names: &["install"], instead: |invocation| apply(invocation, "") },
    HelmCommand { names: &["list", "ls"], instead: list },
    HelmCommand { names: &["plugin"], instead: |_| plugin() },
    HelmCommand { names: &["pull", "fetch"], instead: pull },
    HelmCommand { names: &["push"], instead: push },
    HelmCommand { names: &["registry"], instead: |invocation| network("registry", invocation) },
    HelmCommand { names: &["repo"], instead: |invocation| network("repo", invocation) },
    HelmCommand { names: &["rollback"], instead: rollback },
    HelmCommand { names: &["search"], instead: |invocation| network("search", invocation) },
    HelmCommand { names: &["status"], instead: status },
    HelmCommand { names: &["test"], instead: test },
    HelmCommand { names: &["uninstall", "del", "delete", "un"], instead: uninstall },
    HelmCommand { names: &["upgrade"], instead: |invocation| apply(invocation, " --is-upgrade") },
    HelmCommand { names: &["verify"], instead: verify },
];

/// Returns advice for users who type Helm's command `name`: sentences or command lines, with the names and flags from
/// `arguments`, the whole command line. `None` if Helm has no such command either.
pub(super) fn advise(name: &str, arguments: &[OsString], command_line: fn() -> Command) -> Option<Vec<String>> {
    let found = COMMANDS.iter().find(|command| command.names.contains(&name))?;
    Some((found.instead)(&HelmInvocation::parse(name, arguments, command_line())?))
}

/// Returns the Helm command that a mistyped name is closest to, if none of mim-chart's own is closer.
pub(super) fn meant_by(name: &str, arguments: &[OsString], command_line: fn() -> Command) -> Option<&'static str> {
    let command = command_line();
    let mut all: Vec<&str> = names().collect();
    all.extend(command.get_subcommands().flat_map(Command::get_name_and_visible_aliases));
    let found = nearest(name, all)?.to_owned();
    HelmInvocation::parse(name, arguments, command_line())?;
    names().find(|helms| *helms == found)
}

fn names() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().flat_map(|command| command.names.iter().copied())
}

/// What the user typed after Helm's command.
#[derive(Debug, Default)]
struct HelmInvocation {
    /// The arguments that are not flags.
    words: Vec<String>,
    /// The flags that `mim-chart template` has too, quoted for a shell.
    flags: Vec<String>,
    /// `-n`
    namespace: Option<String>,
    /// `-A` of `list`
    all_namespaces: bool,
    /// `--dry-run`
    dry_run: bool,
}

/// Flags with an argument that some command of Helm has, but not `template`.
const OTHER_FLAGS_WITH_VALUES: &[&str] = &[
    "--cascade",
    "--filter",
    "--history-max",
    "--max",
    "--offset",
    "--output",
    "--revision",
    "--selector",
    "-m",
    "-o",
];

impl HelmInvocation {
    /// Parses the arguments after the command `name`; `None` if another command comes before it.
    fn parse(name: &str, arguments: &[OsString], mut command_line: Command) -> Option<HelmInvocation> {
        command_line.build();
        let template = command_line.find_subcommand("template");
        let flags: Vec<&Arg> = template.into_iter().flat_map(Command::get_arguments).collect();
        let mut invocation = HelmInvocation::default();
        let mut words = arguments.iter().skip(1).map(|argument| argument.to_string_lossy().into_owned());
        let mut is_past_command = false;
        while let Some(word) = words.next() {
            if word == "--" || !word.starts_with('-') || word == "-" {
                if is_past_command {
                    invocation.words.extend(Some(word).filter(|word| word != "--"));
                } else if word == name {
                    is_past_command = true;
                } else if word != "help" {
                    return None;
                }
                continue;
            }
            let (flag_name, attached) = split(&word);
            let known = flags.iter().find(|flag| is_named(flag, flag_name));
            let takes_next = known.map_or(OTHER_FLAGS_WITH_VALUES.contains(&flag_name), |flag| {
                flag.get_action().takes_values() && !flag.is_require_equals_set()
            });
            let value = match attached {
                Some(value) => Some(value.to_owned()),
                None if takes_next => words.next(),
                None => None,
            };
            match known {
                Some(flag) if flag.get_id() == "namespace" => invocation.namespace = value,
                Some(flag) if flag.get_id() == "dry-run" => {
                    invocation.dry_run = value.is_none_or(|mode| mode != "none")
                }
                Some(flag) if matches!(flag.get_action(), ArgAction::Help | ArgAction::Version) => {}
                Some(_) if takes_next && value.is_none() => {}
                Some(flag) if !flag.is_hide_set() => {
                    let written = flag.get_long().map_or_else(|| flag_name.to_owned(), |long| format!("--{long}"));
                    let value =
                        value.map(|value| if written.starts_with("--set") { without_secrets(&value) } else { value });
                    invocation.flags.push(match (value, takes_next) {
                        (None, _) => written,
                        (Some(value), true) => format!("{written} {}", quoted(&value)),
                        (Some(value), false) => format!("{written}={}", quoted(&value)),
                    });
                }
                _ => invocation.all_namespaces |= ["-A", "--all-namespaces"].contains(&flag_name),
            }
        }
        Some(invocation)
    }

    /// Returns the argument at `index`, quoted, or `otherwise` if there is none.
    fn word(&self, index: usize, otherwise: &str) -> String {
        self.words.get(index).map_or_else(|| otherwise.to_owned(), |word| quoted(word))
    }

    /// Returns all arguments, quoted, each after a space.
    fn all_words(&self) -> String {
        self.words.iter().map(|word| format!(" {}", quoted(word))).collect()
    }

    /// Returns ` -n NAMESPACE`, if a namespace was given.
    fn in_namespace(&self) -> String {
        self.namespace.as_ref().map_or_else(String::new, |name| format!(" -n {}", quoted(name)))
    }

    /// Returns a `mim-chart template` command line with the user's arguments and flags.
    fn template(&self, more: &str) -> String {
        let words = match &self.words[..] {
            [] => " NAME CHART".to_owned(),
            _ => self.all_words(),
        };
        let flags: String = self.flags.iter().map(|flag| format!(" {flag}")).collect();
        format!("mim-chart template{words}{more}{flags}{}", self.in_namespace())
    }

    /// Returns a `mim-chart template` command line for a release of which only the name is known.
    fn template_of_release(&self) -> String {
        format!("mim-chart template {} CHART{}", self.word(0, "NAME"), self.in_namespace())
    }

    /// Returns kubectl's flags that select the objects of a release.
    fn selector(&self) -> String {
        format!("-l app.kubernetes.io/instance={}{}", self.word(0, "NAME"), self.in_namespace())
    }
}

/// Splits a flag into its name as typed and the value attached to it.
fn split(word: &str) -> (&str, Option<&str>) {
    if let Some((name, value)) = word.split_once('=').filter(|(name, _)| name.starts_with("--") || name.len() == 2) {
        return (name, Some(value));
    }
    match word.char_indices().nth(2) {
        Some((end, _)) if !word.starts_with("--") => (&word[..end], Some(&word[end..])),
        _ => (word, None),
    }
}

fn is_named(flag: &Arg, name: &str) -> bool {
    match name.strip_prefix("--") {
        Some(long) => flag.get_long() == Some(long),
        None => name.chars().nth(1) == flag.get_short() && flag.get_short().is_some(),
    }
}

/// Cuts an argument of the `--set` family after the first key that names a secret, since advice ends up in logs.
fn without_secrets(argument: &str) -> String {
    let mut equals = argument.match_indices(['=', ':']).map(|(at, _)| at);
    let key_ends_at =
        |&at: &usize| argument[..at].rsplit(|c| ".,{[ ".contains(c)).next().map(|key| key.trim_matches('"'));
    match equals.find(|at| key_ends_at(at).is_some_and(names_a_secret)) {
        Some(at) => format!("{}...", &argument[..=at]),
        None => argument.to_owned(),
    }
}

/// Quotes an argument for a shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn apply(invocation: &HelmInvocation, more: &str) -> Vec<String> {
    let template = invocation.template(more);
    if invocation.dry_run {
        return vec![format!("to see what would be applied: {template}")];
    }
    vec![
        format!("{template} | kubectl apply{} -f -", invocation.in_namespace()),
        "to see the changes first, use `kubectl diff` instead of `kubectl apply`".to_owned(),
    ]
}

fn uninstall(invocation: &HelmInvocation) -> Vec<String> {
    vec![
        format!("{} | kubectl delete{} -f -", invocation.template_of_release(), invocation.in_namespace()),
        "use the chart and the values that were installed".to_owned(),
    ]
}

fn list(invocation: &HelmInvocation) -> Vec<String> {
    let place = if invocation.all_namespaces { " -A".to_owned() } else { invocation.in_namespace() };
    vec![format!("kubectl get statefulsets,deployments,daemonsets{place} -L app.kubernetes.io/instance,helm.sh/chart")]
}

fn status(invocation: &HelmInvocation) -> Vec<String> {
    vec![format!("kubectl get all {}", invocation.selector())]
}

fn rollout(verb: &str, invocation: &HelmInvocation) -> String {
    format!("kubectl rollout {verb} statefulset {}", invocation.selector())
}

fn rollback(invocation: &HelmInvocation) -> Vec<String> {
    vec![
        format!("only the pods: {}", rollout("undo", invocation)),
        format!(
            "everything: check out the earlier chart and values, then run {} | kubectl apply{} -f -",
            invocation.template_of_release(),
            invocation.in_namespace()
        ),
    ]
}

fn get(invocation: &HelmInvocation) -> Vec<String> {
    let release =
        HelmInvocation { words: invocation.words.iter().skip(1).cloned().collect(), ..HelmInvocation::default() };
    let release = HelmInvocation { namespace: invocation.namespace.clone(), ..release };
    match invocation.words.first().map(String::as_str) {
        Some("values") => vec!["mim-chart values CHART -f values.yaml --origins".to_owned()],
        Some("manifest" | "hooks") => vec![
            format!("manifests of the chart: {}", release.template_of_release()),
            format!("objects in the cluster: kubectl get all,configmap {} -o yaml", release.selector()),
        ],
        _ => vec![format!("kubectl get all,configmap {} -o yaml", release.selector())],
    }
}

fn test(invocation: &HelmInvocation) -> Vec<String> {
    vec![format!(
        "{} --show-only 'templates/tests/*' | kubectl apply{} -f -",
        invocation.template_of_release(),
        invocation.in_namespace()
    )]
}

fn pull(invocation: &HelmInvocation) -> Vec<String> {
    let words = if invocation.words.is_empty() { " REPO/CHART".to_owned() } else { invocation.all_words() };
    vec![
        "mim-chart never accesses the network".to_owned(),
        format!("`helm pull{words} --untar` fetches the chart, `mim-chart template NAME ./CHART` renders it"),
    ]
}

fn push(invocation: &HelmInvocation) -> Vec<String> {
    let words =
        if invocation.words.is_empty() { " CHART.tgz oci://REGISTRY".to_owned() } else { invocation.all_words() };
    vec![
        "mim-chart never accesses the network".to_owned(),
        format!("`mim-chart package CHART` creates the archive, `helm push{words}` uploads it"),
    ]
}

fn network(name: &str, invocation: &HelmInvocation) -> Vec<String> {
    vec![
        "mim-chart never accesses the network and has no list of repositories".to_owned(),
        format!("use `helm {name}{}`; `helm pull REPO/CHART --untar` fetches a chart", invocation.all_words()),
    ]
}

fn plugin() -> Vec<String> {
    vec![
        "mim-chart does not install plugins; it runs installed post-renderers:".to_owned(),
        "mim-chart template NAME CHART --post-renderer PLUGIN | kubectl apply -f -".to_owned(),
    ]
}

fn env() -> Vec<String> {
    vec!["mim-chart has no settings other than its flags and HELM_NAMESPACE: printenv HELM_NAMESPACE".to_owned()]
}

fn verify(invocation: &HelmInvocation) -> Vec<String> {
    let archive = invocation.word(0, "CHART.tgz");
    vec![
        "mim-chart does not verify signatures".to_owned(),
        format!(
            "`gpg --verify {archive}.prov` checks the signature, `sha256sum {archive}` prints the checksum to compare"
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{command, command_with_helm_flags};

    /// Returns the advice for a command line.
    fn advice(line: &str) -> Vec<String> {
        let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let name =
            COMMANDS.iter().flat_map(|command| command.names).find(|name| line.split(' ').any(|word| word == **name));
        advise(name.expect("a command of Helm's"), &arguments, command_with_helm_flags).expect("advice")
    }

    #[test]
    fn every_other_command_of_helm_has_advice() {
        // Helm v4.2.4's commands and aliases.
        const HELMS: &str = "completion create dependency dep dependencies env get help history hist install lint list ls package \
            plugin pull fetch push registry repo rollback search show inspect status template test uninstall del delete un upgrade \
            verify version";
        for name in HELMS.split_whitespace() {
            let is_own = command().find_subcommand(name).is_some() || name == "help";
            assert!(is_own != advise(name, &[], command_with_helm_flags).is_some(), "{name}");
        }
    }

    #[test]
    fn advice_repeats_the_users_names_and_flags() {
        assert_eq!(
            advice("mim-chart install mim ./chart -f a.yaml --set replicaCount=3 --wait --timeout 5m -n chat")[0],
            "mim-chart template mim ./chart --values a.yaml --set replicaCount=3 -n chat | kubectl apply -n chat -f -"
        );
        assert_eq!(
            advice("mim-chart -nchat upgrade -i mim ./chart --history-max 3 --atomic --version=1.x")[0],
            "mim-chart template mim ./chart --is-upgrade --version 1.x -n chat | kubectl apply -n chat -f -"
        );
        assert_eq!(
            advice("mim-chart install mim ./chart --dry-run=server")[0],
            "to see what would be applied: mim-chart template mim ./chart"
        );
        assert_eq!(
            advice("mim-chart get manifest mim -n chat")[1],
            "objects in the cluster: kubectl get all,configmap -l app.kubernetes.io/instance=mim -n chat -o yaml"
        );
    }

    #[test]
    fn secrets_are_not_repeated() {
        for (argument, shown) in [
            ("a=1,rdbms.password=x\\,y,b=2", "a=1,rdbms.password=..."),
            ("{\"rdbms\": {\"password\": \"x\"}}", "{\"rdbms\": {\"password\":..."),
            ("tokens[0].token=x", "tokens[0].token=..."),
            ("image.tag=a:b=c", "image.tag=a:b=c"),
        ] {
            assert_eq!(without_secrets(argument), shown);
        }
        let line = "mim-chart install mim ./c --set nodeCookie=x --set replicaCount=3";
        assert!(advice(line)[0].starts_with("mim-chart template mim ./c --set nodeCookie=... --set replicaCount=3 |"));
    }

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(quoted("a b'c"), r"'a b'\''c'");
        assert_eq!(quoted("$(x)"), "'$(x)'");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("größe=1"), "größe=1");
    }

    #[test]
    fn a_mistyped_helm_command_is_recognized() {
        assert_eq!(meant_by("instal", &[], command_with_helm_flags), Some("install"));
        assert_eq!(meant_by("upgarde", &[], command_with_helm_flags), Some("upgrade"));
        assert_eq!(meant_by("templat", &[], command_with_helm_flags), None);
        assert_eq!(meant_by("valuess", &[], command_with_helm_flags), None);
    }
}
