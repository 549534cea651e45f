//! Finds the command, flags and arguments before the cursor.

use clap::{Arg, ArgAction, Command};

/// What the words before the cursor mean to pflag.
pub(super) struct Position<'c> {
    /// The innermost command.
    pub(super) command: &'c Command,
    /// The positional arguments of that command.
    pub(super) arguments: Vec<String>,
    /// The ids of the flags, with their values.
    flags: Vec<(&'c str, String)>,
    /// The flag whose value the next word is, even if it starts with a dash.
    pub(super) open_flag: Option<&'c Arg>,
    /// Whether `--` has ended the flags.
    pub(super) flags_ended: bool,
}

impl<'c> Position<'c> {
    /// Reads the words after the program's name. Unknown flags are ignored.
    pub(super) fn after(root: &'c Command, words: &[String]) -> Position<'c> {
        let mut position =
            Position { command: root, arguments: Vec::new(), flags: Vec::new(), open_flag: None, flags_ended: false };
        for word in words {
            position.add(word);
        }
        position
    }

    fn add(&mut self, word: &str) {
        if self.open_flag.take().is_some() {
            if let Some((_, value)) = self.flags.last_mut() {
                word.clone_into(value);
            }
            return;
        }
        match word.strip_prefix('-').filter(|rest| !rest.is_empty() && !self.flags_ended) {
            Some("-") => self.flags_ended = true,
            Some(rest) => match rest.strip_prefix('-') {
                Some(long) => self.add_long(long),
                None => self.add_short(rest),
            },
            None => match self.command.find_subcommand(word).filter(|_| self.arguments.is_empty()) {
                Some(command) => self.command = command,
                None => self.arguments.push(word.to_owned()),
            },
        }
    }

    fn add_long(&mut self, text: &str) {
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        let Some(flag) = self.long(name) else { return };
        self.flags.push((flag.get_id().as_str(), value.unwrap_or_default().to_owned()));
        self.open_flag = Some(flag).filter(|flag| value.is_none() && takes_next_word(flag));
    }

    /// Reads one or more short flags. The first that takes a value has the rest of the word as its value, or the next word.
    fn add_short(&mut self, text: &str) {
        let mut rest = text.chars();
        while let Some(flag) = rest.next().and_then(|name| self.short(name)) {
            self.flags.push((flag.get_id().as_str(), String::new()));
            if takes_next_word(flag) {
                self.open_flag = Some(flag).filter(|_| rest.as_str().is_empty());
                return;
            }
        }
    }

    /// Returns the flag with this long name or alias.
    pub(super) fn long(&self, name: &str) -> Option<&'c Arg> {
        let has_name = |flag: &&Arg| {
            let aliases = flag.get_all_aliases().unwrap_or_default();
            flag.get_long() == Some(name) || aliases.contains(&name)
        };
        self.command.get_arguments().find(has_name)
    }

    /// Returns the flag with this short name.
    pub(super) fn short(&self, name: char) -> Option<&'c Arg> {
        self.command.get_arguments().find(|flag| flag.get_short() == Some(name))
    }

    /// Whether the flag with this id was given.
    pub(super) fn has_flag(&self, id: &str) -> bool {
        self.flags.iter().any(|(given, _)| *given == id)
    }

    /// Returns the last value of the flag with this id, if it was given with a long name or as the next word.
    pub(super) fn value(&self, id: &str) -> Option<&str> {
        self.flags.iter().rev().find(|(given, _)| *given == id).map(|(_, value)| value.as_str())
    }

    /// Returns the visible flags that were not given yet or can be repeated.
    pub(super) fn open_flags(&self) -> impl Iterator<Item = &'c Arg> {
        let can_repeat = |flag: &Arg| matches!(flag.get_action(), ArgAction::Append | ArgAction::Count);
        self.command.get_arguments().filter(move |flag| {
            !flag.is_positional() && !flag.is_hide_set() && (can_repeat(flag) || !self.has_flag(flag.get_id().as_str()))
        })
    }
}

/// Whether the value of a flag can be the next word. Some flags accept a value only after `=`.
pub(super) fn takes_next_word(flag: &Arg) -> bool {
    flag.get_action().takes_values() && !flag.is_require_equals_set()
}
