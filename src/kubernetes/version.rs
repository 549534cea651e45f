//! Versions of Kubernetes, and the API versions that are available without a cluster.

use crate::go::strconv::quote_double;

/// A version of Kubernetes, as in `--kube-version`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubeVersion {
    /// The version as it was passed, with a `v` in front: `v1.31.0-gke.100`.
    pub version: String,
    /// The major version: `1`.
    pub major: String,
    /// The minor version: `31`.
    pub minor: String,
    /// The version without a suffix: `v1.31.0`.
    pub normal: String,
}

impl KubeVersion {
    /// Parses a version like Kubernetes' `ParseGeneric`, which Helm uses: optional spaces and a `v`, at least two numbers, and an
    /// optional suffix, which [`normal`](Self::normal) omits. An empty string is the default version.
    ///
    /// # Errors
    /// Helm's error, without its prefix `invalid kube version 'TEXT': `.
    ///
    /// ```
    /// use mim_chart::kubernetes::KubeVersion;
    ///
    /// let version = KubeVersion::parse("1.31.0-gke.100").unwrap();
    /// assert_eq!((version.version.as_str(), version.normal.as_str()), ("v1.31.0-gke.100", "v1.31.0"));
    /// assert_eq!(KubeVersion::parse("1").unwrap_err(), r#"illegal version string "1""#);
    /// ```
    pub fn parse(text: &str) -> Result<KubeVersion, String> {
        if text.is_empty() {
            return Ok(KubeVersion::default());
        }
        let shown = quote_double(text);
        let bare = text.trim_start_matches(['\t', '\n', '\x0c', '\r', ' ']);
        let bare = bare.strip_prefix('v').unwrap_or(bare);
        let end = end_of_numbers(bare);
        // Kubernetes' regular expression does not match across a line break.
        if end == 0 || bare[end..].contains('\n') {
            return Err(format!("could not parse {shown} as version"));
        }
        let written: Vec<&str> = bare[..end].split('.').collect();
        if written.len() < 2 {
            return Err(format!("illegal version string {shown}"));
        }
        if written[0].starts_with('0') && written[0] != "0" {
            return Err(format!("illegal zero-prefixed version component {} in {shown}", quote_double(written[0])));
        }
        let number = |digits: &&str| {
            digits.parse::<u64>().map_err(|_| {
                let digits = quote_double(digits);
                let reason = format!("strconv.ParseUint: parsing {digits}: value out of range");
                format!("illegal non-numeric version component {digits} in {shown}: {reason}")
            })
        };
        let numbers: Vec<String> =
            written.iter().map(|digits| number(digits).map(|number| number.to_string())).collect::<Result<_, _>>()?;
        let version = if text.starts_with('v') { text.to_owned() } else { format!("v{text}") };
        Ok(KubeVersion {
            version,
            major: numbers[0].clone(),
            minor: numbers[1].clone(),
            normal: format!("v{}", numbers.join(".")),
        })
    }
}

/// Returns the end of the numbers that are separated by dots.
fn end_of_numbers(text: &str) -> usize {
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut end = digits(0);
    while end > 0 && text[end..].starts_with('.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    end
}

impl Default for KubeVersion {
    fn default() -> Self {
        KubeVersion { version: "v1.36.0".into(), major: "1".into(), minor: "36".into(), normal: "v1.36.0".into() }
    }
}

/// The API versions that Helm v4.2.4 assumes without a cluster: those that its client library knows.
pub const DEFAULT_API_VERSIONS: [&str; 55] = [
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha2",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected results are Helm's.
    #[test]
    fn versions_are_read_as_kubernetes_reads_them() {
        for (text, wanted) in [
            ("1.02.3", Ok(("v1.02.3", "1", "2", "v1.2.3"))),
            ("v1.31", Ok(("v1.31", "1", "31", "v1.31"))),
            ("1.20.", Ok(("v1.20.", "1", "20", "v1.20"))),
            ("1.20foo", Ok(("v1.20foo", "1", "20", "v1.20"))),
            ("1.20_3", Ok(("v1.20_3", "1", "20", "v1.20"))),
            ("1.2.x", Ok(("v1.2.x", "1", "2", "v1.2"))),
            (" 1.20", Ok(("v 1.20", "1", "20", "v1.20"))),
            ("1.20 ", Ok(("v1.20 ", "1", "20", "v1.20"))),
            ("0.1", Ok(("v0.1", "0", "1", "v0.1"))),
            ("01.2", Err("illegal zero-prefixed version component \"01\" in \"01.2\"")),
            ("1", Err("illegal version string \"1\"")),
            ("1.x", Err("illegal version string \"1.x\"")),
            ("1_2", Err("illegal version string \"1_2\"")),
            ("x", Err("could not parse \"x\" as version")),
            ("1.2\n3", Err("could not parse \"1.2\\n3\" as version")),
            (
                "99999999999999999999.1",
                Err("illegal non-numeric version component \"99999999999999999999\" in \"99999999999999999999.1\": \
                     strconv.ParseUint: parsing \"99999999999999999999\": value out of range"),
            ),
        ] {
            let read = KubeVersion::parse(text);
            let read = read
                .as_ref()
                .map(|read| (read.version.as_str(), read.major.as_str(), read.minor.as_str(), read.normal.as_str()));
            assert_eq!(read.map_err(String::as_str), wanted, "{text:?}");
        }
    }
}
