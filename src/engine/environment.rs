//! What a render takes from the world around it: the time, the time zones, and a seed instead of randomness.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::cluster_objects::ClusterObjects;
use super::sprig::Error;
use super::sprig::crypto::Memory;
use super::sprig::random::{CallSite, Random};
use crate::go::time::{Time, Zone, Zones};

/// Variables by name.
pub type Variables = dyn Fn(&str) -> Option<String> + Send + Sync;

/// The world around a render. By default it is a fixed one: the year 1970 in UTC; but functions are random.
#[derive(Clone)]
pub struct Environment {
    /// The time, in seconds and nanoseconds since 1970.
    pub now: (i64, u32),
    /// The time zones of the system.
    pub zones: Arc<dyn Zones + Send + Sync>,
    /// What makes random functions reproducible: each call of a template has its own stream, so that another call more does not
    /// change the rest.
    pub seed: Option<Arc<str>>,
    /// Under a seed, the function alone distinguishes calls in a file, not the places of these: two versions of a chart give the same,
    /// also where a call moved to another template.
    pub is_blind_to_places: bool,
    /// Keys that were made under the seed.
    pub memory: Arc<Memory>,
    /// Variables of the environment. Charts see none of them, only `--name-template` does.
    pub variables: Option<Arc<Variables>>,
    /// What `lookup` finds; without it nothing, as in Helm where there is no cluster.
    pub objects: Option<Arc<ClusterObjects>>,
    /// Where API versions are noted that templates ask for and the cluster does not serve, if anywhere.
    pub missing_versions: Option<Arc<MissingVersions>>,
    /// Whether `--enable-dns` asks for what is never done: looking up names. A template that needs one fails then.
    pub needs_dns: bool,
}

/// API versions that templates asked for (`Capabilities.APIVersions.Has`) and that the cluster does not serve.
#[derive(Debug, Default)]
pub struct MissingVersions(Mutex<BTreeSet<String>>);

impl MissingVersions {
    /// How many are noted, and how long they may be, in bytes.
    const MOST: usize = 100;
    const LONGEST: usize = 256;

    /// Notes a version.
    pub fn note(&self, version: &str) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if version.len() <= Self::LONGEST && noted.len() < Self::MOST {
            noted.insert(version.to_owned());
        }
    }

    /// The versions, in the order of their bytes.
    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// Why `getHostByName` fails where the addresses of hosts are wanted.
pub const NO_DNS: &str =
    "mim-chart looks up no names, also with --enable-dns: give the address as a value, or leave the flag out for \"\"";

impl Environment {
    /// The time in the local zone.
    pub fn now(&self) -> Time {
        let (seconds, nanoseconds) = self.now;
        Time::unix(seconds, nanoseconds, self.zones.local())
    }

    /// Randomness for a call.
    ///
    /// # Errors
    /// There is no seed, and the system has no randomness.
    pub fn random(&self, site: CallSite<'_>) -> Result<Random, Error> {
        match &self.seed {
            Some(seed) => Ok(Random::from_seed(seed, site)),
            None => Random::from_system(),
        }
    }
}

impl Default for Environment {
    fn default() -> Environment {
        Environment {
            now: (0, 0),
            zones: Arc::new(UtcAlone),
            seed: None,
            is_blind_to_places: false,
            memory: Arc::default(),
            variables: None,
            objects: None,
            missing_versions: None,
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

/// No zones but UTC.
struct UtcAlone;

impl Zones for UtcAlone {
    fn load(&self, _: &str) -> Option<Zone> {
        None
    }

    fn local(&self) -> Zone {
        Zone::UTC
    }
}
