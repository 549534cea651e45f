//! The environment of a render: the time, the time zones, the source of randomness, and the objects of a cluster.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::cluster_objects::ClusterObjects;
use super::sprig::Error;
use super::sprig::crypto::Memory;
use super::sprig::random::{CallSite, Random, SystemSeed};
use super::work::Work;
use crate::go::time::{Time, Zone, Zones};

/// Looks up an environment variable by name.
pub type Variables = dyn Fn(&str) -> Option<String> + Send + Sync;

/// The environment of a render. By default it is fixed, at the year 1970 in UTC, but functions are random.
#[derive(Clone)]
pub struct Environment {
    /// The current time, in seconds and nanoseconds since 1970.
    pub now: (i64, u32),
    /// The system's time zones.
    pub zones: Arc<dyn Zones + Send + Sync>,
    /// The seed that makes random functions reproducible. Each call in a template has its own stream, so one more call
    /// does not change the results of the others.
    pub seed: Option<Arc<str>>,
    /// Whether calls in a file are distinguished only by their function and the key whose value they write, and not by their
    /// position. Two versions of a chart then have the same results, even if a call has moved to another template.
    pub ignores_call_sites: bool,
    /// Whether random calls are noted even under a seed, because the output is compared with manifests that were made without it.
    pub notes_random_calls: bool,
    /// The keys and hashes made under the seed.
    pub memory: Arc<Memory>,
    /// The environment variables. Charts cannot see them, only `--name-template` can.
    pub variables: Option<Arc<Variables>>,
    /// The objects that `lookup` finds. Without them it finds nothing, as in Helm without a cluster.
    pub objects: Option<Arc<ClusterObjects>>,
    /// Records the API versions that templates ask for and the cluster does not serve.
    pub missing_versions: Option<Arc<MissingVersions>>,
    /// How much work the renders did.
    pub work: Arc<Work>,
    /// Whether `--enable-dns` is set. Names are never looked up: a template that needs an address then fails.
    pub needs_dns: bool,
}

/// API versions that templates asked for (`Capabilities.APIVersions.Has`) and that the cluster does not serve.
#[derive(Debug, Default)]
pub struct MissingVersions(Mutex<BTreeSet<String>>);

impl MissingVersions {
    /// How many versions are recorded, and how long each may be, in bytes.
    const MAX: usize = 100;
    const MAX_LENGTH: usize = 256;

    /// Records a version.
    pub fn note(&self, version: &str) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if version.len() <= Self::MAX_LENGTH && noted.len() < Self::MAX {
            noted.insert(version.to_owned());
        }
    }

    /// Returns the versions, in byte order.
    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// The error of `getHostByName` if addresses are wanted.
pub const NO_DNS: &str = "mim-chart does not look up host names, even with --enable-dns: pass the address as a value, or omit the flag for \"\"";

impl Environment {
    /// Returns the current time in the local zone.
    pub fn now(&self) -> Time {
        let (seconds, nanoseconds) = self.now;
        Time::unix(seconds, nanoseconds, self.zones.local())
    }

    /// Returns the source of randomness for a call. Without a seed, `of_system` is the seed.
    ///
    /// # Errors
    /// There is no seed, and the system provides no randomness.
    pub fn random(&self, of_system: &SystemSeed, site: CallSite<'_>) -> Result<Random, Error> {
        let seed = self.seed.as_deref().map_or_else(|| of_system.get(), |seed| Ok(seed.as_bytes()))?;
        Ok(Random::from_seed(seed, site))
    }
}

impl Default for Environment {
    fn default() -> Environment {
        Environment {
            now: (0, 0),
            zones: Arc::new(UtcAlone),
            seed: None,
            ignores_call_sites: false,
            notes_random_calls: false,
            memory: Arc::default(),
            variables: None,
            objects: None,
            missing_versions: None,
            work: Arc::default(),
            needs_dns: false,
        }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("now", &self.now).field("seed", &self.seed).finish_non_exhaustive()
    }
}

impl PartialEq for Environment {
    fn eq(&self, other: &Environment) -> bool {
        self.now == other.now && self.seed == other.seed
    }
}

impl Eq for Environment {}

/// The zones of a system that has only UTC.
struct UtcAlone;

impl Zones for UtcAlone {
    fn load(&self, _: &str) -> Option<Zone> {
        None
    }

    fn local(&self) -> Zone {
        Zone::UTC
    }
}
