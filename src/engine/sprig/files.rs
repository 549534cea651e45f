//! The methods of `.Files`, on pairs of path and content.

use super::encoding;
use super::error::Error;
use super::glob::{Fault, Glob};
use super::limits::Limits;
use crate::go::utf8;
use crate::yaml;

/// A pattern for paths (`Files.Glob`). As in Helm, a malformed pattern matches every path.
#[derive(Debug)]
pub struct PathPattern {
    glob: Option<Glob>,
    length: usize,
}

impl PathPattern {
    /// Parses a pattern: `*` and `?` within a folder, `**` across folders, `[ab]`, `[a-z]`, `{a,b}`.
    ///
    /// # Errors
    /// Its alternatives nest too deeply.
    pub fn parse(pattern: &str) -> Result<PathPattern, Error> {
        let glob = match Glob::parse(pattern) {
            Ok(glob) => Some(glob),
            Err(Fault::Malformed) => None,
            Err(Fault::TooDeep) => {
                return Err(Error::Limit("the alternatives of the pattern nest too deeply".to_owned()));
            }
        };
        Ok(PathPattern { glob, length: pattern.len() })
    }

    /// Whether the whole path matches.
    ///
    /// # Errors
    /// A limit is reached.
    pub fn matches(&self, path: &str, limits: &mut impl Limits) -> Result<bool, Error> {
        limits.spend_work(self.length.saturating_mul(path.len()) / 64)?;
        Ok(self.glob.as_ref().is_none_or(|glob| glob.matches(path)))
    }
}

/// Splits a file into lines (`Files.Lines`), without an empty one at the end.
///
/// # Errors
/// There are too many lines.
pub fn lines<'c>(content: &'c [u8], limits: &mut impl Limits) -> Result<Vec<&'c [u8]>, Error> {
    if content.is_empty() {
        return Ok(Vec::new());
    }
    let text = content.strip_suffix(b"\n").unwrap_or(content);
    limits.spend_items(memchr::memchr_iter(b'\n', text).count())?;
    Ok(text.split(|&byte| byte == b'\n').collect())
}

/// Returns YAML for the `data` of a ConfigMap (`Files.AsConfig`): contents by base name. If several files have the same
/// base name, the last one wins.
///
/// # Errors
/// A content can't be written as YAML.
pub fn as_config<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Result<String, Error> {
    by_base_name(files, |content| utf8::to_text(content).into_owned())
}

/// Returns YAML for the `data` of a Secret (`Files.AsSecrets`): contents in base64, by base name.
///
/// # Errors
/// The same as for [`as_config`].
pub fn as_secrets<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Result<String, Error> {
    by_base_name(files, encoding::base64)
}

fn by_base_name<'f>(
    files: impl IntoIterator<Item = (&'f str, &'f [u8])>,
    text: impl Fn(&[u8]) -> String,
) -> Result<String, Error> {
    let mut data = yaml::Map::new();
    for (path, content) in files {
        let name = path.rsplit('/').next().unwrap_or(path);
        data.insert(name, Default::default(), yaml::Node::generated(yaml::Value::String(text(content))));
    }
    yaml::write(&yaml::Value::Map(data)).map_err(|error| Error::Call(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Unlimited;
    use super::*;

    #[test]
    fn files_become_data() {
        let files: [(&str, &[u8]); 2] = [("conf/a.txt", b"x\n"), ("logo.png", b"\xff\x00")];
        assert_eq!(as_config(files).unwrap(), "a.txt: |\n  x\nlogo.png: \"\u{fffd}\\0\"");
        assert_eq!(as_secrets(files).unwrap(), "a.txt: eAo=\nlogo.png: /wA=");
    }

    #[test]
    fn lines_of_files_are_bytes() {
        assert_eq!(lines(b"a\n\xff\n", &mut Unlimited).unwrap(), [&b"a"[..], b"\xff"]);
        assert_eq!(lines(b"\n\n", &mut Unlimited).unwrap(), [&b""[..], b""]);
        assert!(lines(b"", &mut Unlimited).unwrap().is_empty());
    }
}
