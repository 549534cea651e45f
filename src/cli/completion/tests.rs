//! Tests of what is offered for words of the command line.

use clap::Command;

use super::answer::{Answer, Candidate, Files};
use super::complete::complete;
use super::named_chart;
use crate::cli::{completed_command, shown_command};

/// The answer for the last word of a line, after the program's name. The chart is the built-in one.
fn answer(line: &str) -> Answer {
    let mut root = completed_command();
    root.build();
    let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let (word, before) = words.split_last().expect("a word");
    complete(&root, before, word, &[], &named_chart::read)
}

fn texts(line: &str) -> Vec<String> {
    answer(line).candidates.into_iter().map(|candidate| candidate.text).collect()
}

fn files(line: &str) -> (Files, usize) {
    let answer = answer(line);
    (answer.files, answer.kept)
}

#[test]
fn commands_are_offered_with_their_names_and_aliases() {
    assert_eq!(texts("val"), ["validate", "validate-config", "values"]);
    assert_eq!(texts("de"), ["dependency", "dep"]);
    assert_eq!(texts("dependency "), ["list", "ls", "build", "update", "up", "help"]);
    assert_eq!(texts("dep l"), ["list", "ls"]);
    assert_eq!(texts("dependencies u"), ["update", "up"]);
    assert_eq!(texts("-n x --color never de"), ["dependency", "dep"]);
    assert_eq!(texts("help dependency l"), ["list"]);
    assert_eq!(texts("unknown t"), [""; 0]);
    let about = shown_command().find_subcommand("man").and_then(Command::get_about).map(ToString::to_string);
    assert_eq!(answer("man").candidates, [Candidate::whole("man", &about.expect("a description"))]);
}

#[test]
fn flags_are_offered_until_they_are_given() {
    assert_eq!(texts("template --set-"), ["--set-string", "--set-json", "--set-file", "--set-literal"]);
    assert_eq!(texts("template --set-f a=b --set-f"), ["--set-file"]);
    assert_eq!(texts("template --outp"), ["--output", "--output-dir"]);
    assert_eq!(texts("template --output yaml --outp"), ["--output-dir"]);
    assert_eq!(texts("template --output=yaml --outp"), ["--output-dir"]);
    assert_eq!(texts("--color never template --colo"), [""; 0]);
    assert_eq!(texts("--colo"), ["--color", "--colour"]);
    assert_eq!(texts("package -u --dep"), [""; 0]);
    assert!(texts("template -").contains(&"-f".to_owned()));
    assert_eq!(texts("template -f"), ["-f"]);
    assert_eq!(texts("template -- --outp"), [""; 0]);
}

#[test]
fn what_is_hidden_stays_hidden() {
    // Hidden flags are still understood.
    assert_eq!(texts("template --enable-d"), [""; 0]);
    assert_eq!(texts("template --timeout 5m --output h"), ["html"]);
    assert_eq!(texts("template --wait --output h"), ["html"]);
    assert_eq!(texts("version --name"), [""; 0]);
    assert_eq!(texts("template --name"), ["--name-template", "--namespace"]);
    assert_eq!(texts("version -n x --sh"), ["--short"]);
    assert_eq!(texts("version -c"), [""; 0]);
    assert_eq!(texts("dependency list --deb"), [""; 0]);
}

#[test]
fn values_of_flags_are_offered_however_they_are_written() {
    for (line, kept) in
        [("lint -o j", 0), ("lint --output j", 0), ("lint --output=j", 9), ("lint -oj", 2), ("lint -o=j", 3)]
    {
        assert_eq!(texts(line), ["json", "junit"], "{line}");
        assert_eq!(answer(line).kept, kept, "{line}");
    }
    assert_eq!(texts("package -ud"), ["-ud"]);
    assert_eq!(files("package -udx"), (Files::Directories, 3));
    assert_eq!(texts("template --strict="), ["true", "false"]);
    assert_eq!(texts("template --strict "), texts("template "));
    assert_eq!(texts("diff --color a"), ["auto", "always"]);
    // A value may begin with a dash.
    assert_eq!(texts("lint --output --"), [""; 0]);
    assert_eq!(texts("lint --kube-version -- --quie"), ["--quiet"]);
    assert_eq!(texts("lint --unknown=x --output gi"), ["github"]);
    assert!(!answer("template --layout o").candidates[0].description.is_empty());
}

#[test]
fn files_are_offered_where_they_are_meant() {
    assert_eq!(files("template -f v"), (Files::Any, 0));
    assert_eq!(files("template -fv"), (Files::Any, 2));
    assert_eq!(files("template --values=v"), (Files::Any, 9));
    assert_eq!(files("template --output-dir "), (Files::Directories, 0));
    assert_eq!(files("template --set-file a=./"), (Files::Any, 2));
    assert_eq!(files("template --set-file=a=./"), (Files::Any, 13));
    assert_eq!(files("template --api-versions=@x"), (Files::Any, 16));
    assert_eq!(files("template -f @x"), (Files::Any, 0));
    assert_eq!(files("template --output-dir=@x"), (Files::Directories, 13));
    assert_eq!(files("validate a.yaml "), (Files::Any, 0));
    assert_eq!(files("validate-config "), (Files::Any, 0));
    assert_eq!(files("create ./"), (Files::Directories, 0));
    for line in ["template -n ", "template --kube-version ", "diff --rev ", "template --seed ", "lint -a", "create x "]
    {
        assert_eq!(files(line).0, Files::None, "{line}");
    }
}

#[test]
fn charts_are_offered_as_often_as_a_command_takes_them() {
    for line in [
        "template ",
        "template web ",
        "values ",
        "lint a b ",
        "package ",
        "show values ",
        "dependency build ",
        "why replicaCount ",
        "why Deployment/web spec ",
        "why --line 3 ",
        "diff --from-chart ",
        "create x --starter ",
    ] {
        let answer = answer(line);
        assert_eq!((texts(line), answer.files), (vec!["mongooseim".to_owned()], Files::Charts), "{line}");
    }
    assert_eq!((texts("diff a b "), files("diff a b ").0), (vec!["mongooseim".to_owned()], Files::Any));
    assert_eq!(answer("why Deployment/web "), Answer::default());
    // No argument fits any more: flags do.
    for line in ["template web ./web ", "values ./web ", "version ", "man ", "completion bash "] {
        let texts = texts(line);
        assert!(!texts.is_empty() && texts.iter().all(|text| text.starts_with("--")), "{line}: {texts:?}");
    }
    assert_eq!(texts("completion "), ["bash", "elvish", "fish", "powershell", "zsh"]);
    assert_eq!(texts("show val"), ["values"]);
}

#[test]
fn the_chart_on_the_line_is_asked() {
    assert_eq!(texts("template --set replicaC"), ["replicaCount="]);
    assert_eq!(texts("template --set=replicaC"), ["replicaCount="]);
    assert_eq!(texts("diff --to-set replicaCount=2,replicaC"), ["replicaCount=2,replicaCount="]);
    assert_eq!(texts("why replicaC"), ["replicaCount"]);
    assert_eq!(texts("why --all replicaC"), ["replicaCount"]);
    let templates = texts("template -s ");
    assert!(templates.iter().any(|path| path.starts_with("templates/")), "{templates:?}");
    assert!(!templates.iter().any(|path| path.contains("/_") || path.ends_with("NOTES.txt")), "{templates:?}");
}

#[test]
fn without_a_chart_there_are_no_keys() {
    let mut root = completed_command();
    root.build();
    for (words, word) in [(vec!["why"], ""), (vec!["template", "--set"], "a"), (vec!["template", "-s"], "")] {
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        assert_eq!(complete(&root, &words, word, &[], &|_| None), Answer::default());
    }
}

/// Every visible name of every command, flag and value is an answer to its first letters.
#[test]
fn everything_in_the_help_is_offered() {
    let mut whole = shown_command();
    whole.build();
    let mut root = completed_command();
    root.build();
    let mut open = vec![(Vec::<String>::new(), &whole)];
    let mut count = 0;
    while let Some((words, command)) = open.pop() {
        let mut check = |words: &[String], word: &str, wanted: &str| {
            let answer = complete(&root, words, word, &[], &|_| None);
            assert!(answer.candidates.iter().any(|candidate| candidate.text == wanted), "{words:?} {word}: {wanted}");
            count += 1;
        };
        for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
            for name in below.get_name_and_visible_aliases() {
                check(&words, &name[..1], name);
                open.push(([words.clone(), vec![name.to_owned()]].concat(), below));
            }
        }
        for flag in command.get_arguments().filter(|flag| !flag.is_hide_set()) {
            for name in flag.get_long_and_visible_aliases().unwrap_or_default() {
                check(&words, &format!("--{}", &name[..1]), &format!("--{name}"));
            }
            let Some(name) = flag.get_long() else { continue };
            for value in flag.get_possible_values().iter().filter(|value| !value.is_hide_set()) {
                check(&[words.clone(), vec![format!("--{name}")]].concat(), "", value.get_name());
            }
        }
    }
    assert!(count > 300, "only {count} names");
}

/// Nothing that is typed fails, whatever it is.
#[test]
fn any_words_are_answered() {
    let mut root: Command = completed_command();
    root.build();
    let words =
        ["", "-", "--", "---", "--=", "-=", "-o", "-ß", "--set", "ä=", "=", "a[", "a[9].", "\\", "why", "diff", "help"];
    for first in words {
        for second in words {
            for word in words {
                let before = [first.to_owned(), second.to_owned()];
                let answer = complete(&root, &before, word, &[], &|_| None);
                assert!(answer.kept <= word.chars().count(), "{before:?} {word}");
            }
        }
    }
}
