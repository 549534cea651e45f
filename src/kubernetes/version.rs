//! Versions of Kubernetes, and the API versions that are served without a cluster.

/// The version of Kubernetes, as `--kube-version` gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubeVersion {
    /// The version as given, with a `v` in front: `v1.31.0-gke.100`.
    pub version: String,
    /// The first number: `1`.
    pub major: String,
    /// The second number: `31`.
    pub minor: String,
    /// The version without any suffix: `v1.31.0`.
    pub normal: String,
}

impl KubeVersion {
    /// Reads a version as Helm does: at least `MAJOR.MINOR`, an optional `v`, any suffix is left out of
    /// [`normal`](Self::normal). The empty text is the default version.
    ///
    /// # Errors
    /// Helm's message for what is wrong, without its frame `invalid kube version 'TEXT': `.
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
        let bare = text.strip_prefix('v').unwrap_or(text);
        let number_end = bare.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(bare.len());
        let numbers: Vec<&str> = bare[..number_end].split('.').collect();
        let suffix_begins_well = bare[number_end..].is_empty() || bare[number_end..].starts_with(['-', '+']);
        if !suffix_begins_well || numbers.iter().any(|number| number.is_empty()) {
            return Err(format!("could not parse {text:?} as version"));
        }
        let (Some(major), Some(minor)) = (numbers.first(), numbers.get(1)) else {
            return Err(format!("illegal version string {text:?}"));
        };
        Ok(KubeVersion {
            version: format!("v{bare}"),
            major: (*major).to_owned(),
            minor: (*minor).to_owned(),
            normal: format!("v{}", &bare[..number_end]),
        })
    }
}

impl Default for KubeVersion {
    fn default() -> Self {
        KubeVersion { version: "v1.36.0".into(), major: "1".into(), minor: "36".into(), normal: "v1.36.0".into() }
    }
}

/// The API versions that Helm v4.2.4 takes for served without a cluster: those its client library knows.
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
