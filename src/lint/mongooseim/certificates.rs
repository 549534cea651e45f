//! Rules for certificate and key files: are they in the pods?

use super::installation::Mounted;
use super::subject::Findings;
use super::subject::Subject;
use crate::lint::report::Rule;

pub(super) const MISSING: Rule = Rule::error("mongooseim-tls-missing");
pub(super) const UNMOUNTED: Rule = Rule::warning("mongooseim-tls-unmounted");

/// The folder that MongooseIM resolves relative paths against.
const ROOT: &str = "/usr/lib/mongooseim/";
/// The files that the image has there (rebar.config, tag 6.8.0).
const OF_IMAGE: [&str; 5] = [
    "priv/ssl/fake_cert.pem",
    "priv/ssl/fake_key.pem",
    "priv/ssl/fake_server.pem",
    "priv/ssl/fake_dh_server.pem",
    "priv/ssl/cacert.pem",
];
/// The folders where every system keeps CA certificates.
const OF_SYSTEM: [&str; 2] = ["/etc/ssl/", "/usr/share/ca-certificates/"];

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(configuration) = subject.configuration else { return };
    let path = &configuration.file.path;
    for found in configuration.texts(&["certfile", "keyfile", "cacertfile", "dhfile"]) {
        let place = configuration.place(found.span);
        let absolute =
            if found.text.starts_with('/') { found.text.to_owned() } else { format!("{ROOT}{}", found.text) };
        match subject.installation.mounted(&absolute) {
            Mounted::Something => {}
            Mounted::WithoutIt(store) => {
                let message =
                    format!("{}: {} has no file for {}; nodes do not start without it", found.path, store, found.text);
                findings.report(&MISSING, path, message, place, "use one of its keys, or add the file");
            }
            Mounted::Nothing => {
                let in_image = absolute.strip_prefix(ROOT).is_some_and(|file| OF_IMAGE.contains(&file));
                if in_image || OF_SYSTEM.iter().any(|folder| absolute.starts_with(folder)) {
                    continue;
                }
                let message = format!(
                    "{}: nothing is mounted at {absolute}; nodes do not start unless the image has that file",
                    found.path
                );
                let help = "set tlsCertSecret to a Secret with the files, or mount a volume there with extraVolumes and extraVolumeMounts";
                findings.report(&UNMOUNTED, path, message, place, help);
            }
        }
    }
}
