//! Functions on versions.

use semver::Version;
use tera::value::Key;
use tera::{Map, Value};

use super::call::{Answer, Call, Failure, Function};
use crate::version::{Constraints, parse_version};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "semver",
        &["version"],
        "A map of the version's parts: Major, Minor, Patch, Prerelease, Metadata, Original.",
        semver_parts,
    ),
    Function::new(
        "semverCompare",
        &["version", "constraint"],
        "Whether the version meets the constraint: `>=1.2.0 <2`, `^1.2`, `~1.2`, `1.x`, `1.2 - 1.4`, `<1 || >2`, ...",
        |call| {
            let constraints = Constraints::parse(call.text("constraint")?).map_err(Failure::call)?;
            Ok(Value::from(constraints.are_met_by(&version(call)?)))
        },
    ),
];

fn version(call: &Call<'_>) -> Result<Version, Failure> {
    parse_version(call.text("version")?).map_err(Failure::call)
}

fn semver_parts(call: &Call<'_>) -> Answer {
    let version = version(call)?;
    let parts = [
        ("Major", Value::from(version.major)),
        ("Minor", Value::from(version.minor)),
        ("Patch", Value::from(version.patch)),
        ("Prerelease", Value::from(version.pre.as_str())),
        ("Metadata", Value::from(version.build.as_str())),
        ("Original", Value::from(call.text("version")?)),
    ];
    Ok(Value::from(parts.into_iter().map(|(key, value)| (Key::Str(key), value)).collect::<Map>()))
}
