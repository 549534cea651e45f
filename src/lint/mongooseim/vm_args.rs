//! Reads vm.args, the flags of Erlang's virtual machine.

use std::ops::Range;

use super::installation::{File, Installation};
use crate::diagnostic::Span;

/// The flags that concern the cluster.
pub(super) struct VmArgs {
    pub(super) file: File,
    /// Whether a line begins with `-name` or `-sname`. The start script writes the node's name there.
    pub(super) has_name_line: bool,
    /// The cookie and its byte offset in the text.
    pub(super) cookie: Option<(String, usize)>,
    /// The ports that Erlang distribution may listen on, with the byte offset for reports; `None` if they are not fixed.
    pub(super) distribution: Option<(Range<i64>, usize)>,
    /// The module that resolves node names.
    pub(super) epmd_module: Option<String>,
}

impl VmArgs {
    /// Reads the flags in vm.args, and the port range also from the image's other files (vm.dist.args, app.config).
    pub(super) fn read(file: &File, installation: &Installation) -> VmArgs {
        let others = ["vm.dist.args", "app.config"].iter().filter_map(|name| installation.file(name));
        VmArgs::parse(file, others)
    }

    fn parse<'f>(file: &File, others: impl Iterator<Item = &'f File>) -> VmArgs {
        let words = words(&file.text);
        let value = |flag: &str| {
            let found = words.iter().rposition(|(word, _)| *word == flag)?;
            words.get(found + 1).map(|(word, at)| ((*word).trim_matches(['\'', '"']).to_owned(), *at))
        };
        let mut distribution = pinned(&without_comments(&file.text, "#"));
        for other in others {
            if distribution.is_none() {
                // An offset into this file cannot point to another file.
                distribution = pinned(&without_comments(&other.text, "%")).map(|(ports, _)| (ports, 0));
            }
        }
        VmArgs {
            has_name_line: file.text.lines().any(|line| line.starts_with("-name") || line.starts_with("-sname")),
            cookie: value("-setcookie"),
            distribution,
            epmd_module: value("-epmd_module").map(|(module, _)| module),
            file: file.clone(),
        }
    }

    /// Returns the place of a byte of the text.
    pub(super) fn place(&self, offset: usize) -> Span {
        self.file.place(offset)
    }
}

/// Returns the words of the text with their byte offsets, without `#` comments.
fn words(text: &str) -> Vec<(&str, usize)> {
    let mut words = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let code = line.split('#').next().unwrap_or_default();
        for word in code.split_whitespace() {
            let at = start + (word.as_ptr() as usize - line.as_ptr() as usize);
            words.push((word, at));
        }
        start += line.len();
    }
    words
}

/// Replaces comments by blanks, so that offsets stay the same.
fn without_comments(text: &str, mark: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let code = line.find(mark).map_or(line, |at| &line[..at]);
        out.push_str(code);
        out.extend(std::iter::repeat_n(' ', line.len() - code.len()));
    }
    out
}

/// Returns the ports between `inet_dist_listen_min` and `inet_dist_listen_max`, which may be flags or Erlang terms.
fn pinned(text: &str) -> Option<(Range<i64>, usize)> {
    let number = |name: &str| {
        let at = text.rfind(name)?;
        let rest = &text[at + name.len()..];
        let rest = rest.trim_start_matches([' ', '\t', ',', '\'', '"']);
        let digits = rest.find(|c: char| !c.is_ascii_digit()).map_or(rest, |end| &rest[..end]);
        Some((digits.parse::<i64>().ok()?, at))
    };
    let (min, at) = number("inet_dist_listen_min")?;
    // Without a maximum, Erlang uses the minimum.
    let max = number("inet_dist_listen_max").map_or(min, |(max, _)| max);
    (min <= max).then(|| (min..max.saturating_add(1), at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> VmArgs {
        VmArgs::parse(&File::of_text("vm.args", text), std::iter::empty())
    }

    #[test]
    fn flags_are_read_anywhere_in_a_line() {
        let args = read(
            "-name a@b\n-setcookie  'secret' # not this\n-kernel inet_dist_listen_min 9100 inet_dist_listen_max 9105\n",
        );
        assert!(args.has_name_line);
        assert_eq!(args.cookie, Some(("secret".to_owned(), 22)));
        assert_eq!(args.distribution.unwrap().0, 9100..9106);
    }

    #[test]
    fn comments_are_not_flags() {
        let args = read("# -name a\n## -setcookie x\n+P 5\n#-kernel inet_dist_listen_min 9100\n");
        assert!(!args.has_name_line && args.cookie.is_none() && args.distribution.is_none());
    }

    #[test]
    fn ports_may_be_pinned_in_app_config() {
        let config =
            File::of_text("app.config", "[{kernel, [{inet_dist_listen_min, 9100}, {inet_dist_listen_max, 9100}]}].");
        let args = VmArgs::parse(&File::of_text("vm.args", "-name x\n"), [&config].into_iter());
        assert_eq!(args.distribution.unwrap().0, 9100..9101);
    }
}
