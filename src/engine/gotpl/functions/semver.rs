//! sprig's functions on versions, which follow the library Masterminds/semver.

use std::any::Any;

use semver::{BuildMetadata, Prerelease, Version};

use crate::engine::gotpl::call::{Args, Function, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::times::{as_object, object};
use crate::engine::gotpl::value::{Kind, Object, Value};
use crate::version::{Constraints, parse_version};

const POINTER: &str = "*semver.Version";
const OTHER: &[Param] = &[Param::Object(POINTER)];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("semver", &[Param::Str], |_, args| {
        let version = parse_version(&args.str(0))?;
        Ok(object(VersionObject { version, original: args.str(0).into_owned(), is_pointer: true }))
    }),
    Function::new("semverCompare", &[Param::Str, Param::Str], |_, args| {
        let constraints = Constraints::parse(args.bytes(0))?;
        let version = parse_version(&args.str(1))?;
        Ok(Value::Bool(constraints.are_met_by(&version)))
    }),
];

/// The methods that `*semver.Version` and `semver.Version` share.
pub(super) const METHODS: &[Function] = &[
    Function::new("Major", &[], |_, args| Ok(Value::Uint64(version(args, 0)?.version.major))),
    Function::new("Minor", &[], |_, args| Ok(Value::Uint64(version(args, 0)?.version.minor))),
    Function::new("Patch", &[], |_, args| Ok(Value::Uint64(version(args, 0)?.version.patch))),
    Function::new("Prerelease", &[], |_, args| Ok(Value::str(version(args, 0)?.version.pre.as_str()))),
    Function::new("Metadata", &[], |_, args| Ok(Value::str(version(args, 0)?.version.build.as_str()))),
    Function::new("String", &[], |_, args| Ok(Value::str(version(args, 0)?.version.to_string()))),
    Function::new("IncPatch", &[], |_, args| {
        // A pre-release precedes its version, so removing it is the increment.
        changed(args, |version| if version.pre.is_empty() { increase(&mut version.patch, "patch") } else { Ok(()) })
    }),
    Function::new("IncMinor", &[], |_, args| {
        changed(args, |version| {
            version.patch = 0;
            increase(&mut version.minor, "minor")
        })
    }),
    Function::new("IncMajor", &[], |_, args| {
        changed(args, |version| {
            (version.minor, version.patch) = (0, 0);
            increase(&mut version.major, "major")
        })
    }),
    Function::new("SetPrerelease", &[Param::Str], |_, args| {
        let text = args.str(1);
        let pre = Prerelease::new(&text).map_err(|_| {
            let has_zero =
                |part: &str| part.len() > 1 && part.starts_with('0') && part.bytes().all(|b| b.is_ascii_digit());
            let is_first =
                text.split('.').find(|part| has_zero(part) || Prerelease::new(part).is_err() || part.is_empty());
            FnError::from(match is_first.is_some_and(has_zero) {
                true => "version segment starts with 0",
                false => "invalid prerelease string",
            })
        })?;
        let VersionObject { mut version, original, .. } = version(args, 0)?.clone();
        version.pre = pre;
        Ok(derived(version, &original))
    }),
    Function::new("SetMetadata", &[Param::Str], |_, args| {
        let build = BuildMetadata::new(&args.str(1)).map_err(|_| FnError::from("invalid metadata string"))?;
        let VersionObject { mut version, original, .. } = version(args, 0)?.clone();
        version.build = build;
        Ok(derived(version, &original))
    }),
];

/// The methods that only `*semver.Version` has.
pub(super) const POINTER_METHODS: &[Function] = &[
    Function::new("Original", &[], |_, args| Ok(Value::str(version(args, 0)?.original.as_str()))),
    Function::new("Compare", OTHER, |_, args| Ok(Value::Int(order(args)? as i64))),
    Function::new("Equal", OTHER, |_, args| Ok(Value::Bool(order(args)?.is_eq()))),
    Function::new("LessThan", OTHER, |_, args| Ok(Value::Bool(order(args)?.is_lt()))),
    Function::new("LessThanEqual", OTHER, |_, args| Ok(Value::Bool(order(args)?.is_le()))),
    Function::new("GreaterThan", OTHER, |_, args| Ok(Value::Bool(order(args)?.is_gt()))),
    Function::new("GreaterThanEqual", OTHER, |_, args| Ok(Value::Bool(order(args)?.is_ge()))),
];

/// A `*semver.Version`, or a `semver.Version` that a method returned.
#[derive(Debug, Clone)]
struct VersionObject {
    version: Version,
    original: String,
    is_pointer: bool,
}

impl Object for VersionObject {
    fn go_type(&self) -> &'static str {
        if self.is_pointer { POINTER } else { "semver.Version" }
    }

    fn kind(&self) -> Kind {
        if self.is_pointer { Kind::Pointer } else { Kind::Struct }
    }

    fn string(&self) -> Option<String> {
        Some(self.version.to_string())
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        let Version { major, minor, patch, pre, build } = &self.version;
        vec![
            ("major", Value::Uint64(*major)),
            ("minor", Value::Uint64(*minor)),
            ("patch", Value::Uint64(*patch)),
            ("pre", Value::str(pre.as_str())),
            ("metadata", Value::str(build.as_str())),
            ("original", Value::str(self.original.as_str())),
        ]
    }

    fn field(&self, _: &[u8]) -> Option<Value> {
        // The type has no exported fields.
        None
    }

    fn marshaled(&self) -> Value {
        Value::str(self.version.to_string())
    }

    fn deep_copy(&self) -> Option<Value> {
        let version = Version::new(0, 0, 0);
        Some(object(VersionObject { version, original: String::new(), is_pointer: self.is_pointer }))
    }

    fn deep_equals(&self, other: &dyn Object) -> bool {
        let other = other.as_any().downcast_ref::<VersionObject>();
        other.is_some_and(|other| self.version == other.version && self.original == other.original)
    }

    fn equals(&self, other: &dyn Object) -> bool {
        let other = other.as_any().downcast_ref::<VersionObject>();
        other.is_some_and(|other| match self.is_pointer {
            true => std::ptr::eq(self, other),
            false => self.version == other.version && self.original == other.original,
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn version(args: Args<'_>, index: usize) -> Result<&VersionObject, FnError> {
    let none = || FnError::from("runtime error: invalid memory address or nil pointer dereference");
    as_object::<VersionObject>(args.get(index)).ok_or_else(none)
}

fn order(args: Args<'_>) -> Result<std::cmp::Ordering, FnError> {
    Ok(version(args, 0)?.version.cmp_precedence(&version(args, 1)?.version))
}

/// Returns a changed version, without pre-release and metadata.
fn changed(args: Args<'_>, change: impl FnOnce(&mut Version) -> Result<(), FnError>) -> Result<Value, FnError> {
    let VersionObject { mut version, original, .. } = version(args, 0)?.clone();
    change(&mut version)?;
    version.pre = Prerelease::EMPTY;
    version.build = BuildMetadata::EMPTY;
    Ok(derived(version, &original))
}

fn increase(number: &mut u64, part: &str) -> Result<(), FnError> {
    let overflow = || FnError::Message(format!("{part} version increment would overflow uint64"));
    *number = number.checked_add(1).ok_or_else(overflow)?;
    Ok(())
}

/// Wraps a version derived from another one. A leading `v` in `original` is kept.
fn derived(version: Version, original: &str) -> Value {
    let original = format!("{}{version}", if original.starts_with('v') { "v" } else { "" });
    object(VersionObject { version, original, is_pointer: false })
}
