//! Makes clap parse flags like pflag, which Helm's users are used to.

use clap::{Arg, ArgAction, Command};

/// Adjusts a command, and all its subcommands, to parse flags like pflag:
/// - the last value of a repeated scalar flag wins;
/// - a value may start with a dash (`--set --foo=1`);
/// - a boolean flag accepts a value only after `=`, in the forms that Go accepts.
pub(in crate::cli) fn as_pflag(command: Command) -> Command {
    command.args_override_self(true).mut_args(argument_as_pflag).mut_subcommands(as_pflag)
}

fn argument_as_pflag(argument: Arg) -> Arg {
    match argument.get_action() {
        _ if argument.is_positional() => argument,
        ArgAction::SetTrue => argument
            .action(ArgAction::Set)
            .num_args(0..=1)
            .require_equals(true)
            .default_value("false")
            .default_missing_value("true")
            .hide_default_value(true)
            .value_name("BOOL")
            .value_parser(parse_bool),
        ArgAction::Set | ArgAction::Append => argument.allow_hyphen_values(true),
        _ => argument,
    }
}

/// Parses the value of a boolean flag like Go's `strconv.ParseBool`.
fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(format!("strconv.ParseBool: parsing {text:?}: invalid syntax")),
    }
}

#[cfg(test)]
mod tests {
    use clap::{Arg, ArgMatches};

    use super::*;

    fn parse(arguments: &[&str]) -> Result<ArgMatches, clap::Error> {
        let command = Command::new("x")
            .arg(Arg::new("crds").long("include-crds").action(ArgAction::SetTrue))
            .arg(Arg::new("set").long("set").short('s').action(ArgAction::Append))
            .arg(Arg::new("namespace").long("namespace").short('n').action(ArgAction::Set))
            .arg(Arg::new("rest").num_args(0..));
        as_pflag(command).try_get_matches_from(std::iter::once(&"x").chain(arguments))
    }

    #[test]
    fn booleans_take_a_value_only_with_an_equals_sign() {
        let matches = parse(&["--include-crds", "false"]).unwrap();
        assert!(matches.get_flag("crds"));
        assert_eq!(matches.get_one::<String>("rest").unwrap(), "false");
        assert!(!parse(&["--include-crds=false"]).unwrap().get_flag("crds"));
        assert!(!parse(&["--include-crds", "--include-crds=F"]).unwrap().get_flag("crds"));
        assert!(parse(&["--include-crds=yes"]).is_err());
    }

    #[test]
    fn a_value_may_begin_with_dashes_and_the_last_scalar_wins() {
        let matches = parse(&["--set", "--foo=1", "-n", "a", "-nb", "--namespace=", "-s-x"]).unwrap();
        assert_eq!(matches.get_many::<String>("set").unwrap().collect::<Vec<_>>(), ["--foo=1", "-x"]);
        assert_eq!(matches.get_one::<String>("namespace").unwrap(), "");
    }
}
