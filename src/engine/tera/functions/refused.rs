//! Helm's functions whose results differ from run to run. Each is refused, with advice on what to do instead.

use super::call::{Answer, Call, Failure, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    refused("now", CLOCK),
    refused("ago", CLOCK),
    refused("date", CLOCK),
    refused("dateInZone", CLOCK),
    refused("date_in_zone", CLOCK),
    refused("dateModify", CLOCK),
    refused("date_modify", CLOCK),
    refused("mustDateModify", CLOCK),
    refused("must_date_modify", CLOCK),
    refused("htmlDate", CLOCK),
    refused("htmlDateInZone", CLOCK),
    refused("toDate", CLOCK),
    refused("mustToDate", CLOCK),
    refused("unixEpoch", CLOCK),
    refused("durationRound", CLOCK),
    refused("randAlpha", RANDOM),
    refused("randAlphaNum", RANDOM),
    refused("randAscii", RANDOM),
    refused("randBytes", RANDOM),
    refused("randInt", RANDOM),
    refused("randNumeric", RANDOM),
    refused("shuffle", RANDOM),
    refused("uuidv4", RANDOM),
    refused("bcrypt", RANDOM),
    refused("htpasswd", RANDOM),
    refused("encryptAES", RANDOM),
    refused("decryptAES", KEYS),
    refused("derivePassword", KEYS),
    refused("genPrivateKey", KEYS),
    refused("genCA", KEYS),
    refused("genCAWithKey", KEYS),
    refused("genSelfSignedCert", KEYS),
    refused("genSelfSignedCertWithKey", KEYS),
    refused("genSignedCert", KEYS),
    refused("genSignedCertWithKey", KEYS),
    refused("buildCustomCert", KEYS),
];

const CLOCK: &str = "the same values must produce the same manifests at any time. Set the date as a value.";
const RANDOM: &str =
    "the same values must produce the same manifests in every run. Set the text as a value, or use an existing Secret.";
const KEYS: &str = "keys and certificates generated in every run would replace the ones in use. Use an existing Secret, or let cert-manager create it.";

const fn refused(name: &'static str, why: &'static str) -> Function {
    Function::refused(name, why, refuse)
}

fn refuse(call: &Call<'_>) -> Answer {
    Err(Failure::call(format!("this function is not available: {}", call.function.meaning)))
}
