//! The outside world of templates: time, time zones, randomness.

use std::collections::HashMap;
use std::sync::Arc;

use super::errors::FnError;
use super::value::Text;
use crate::engine::environment::Environment;
use crate::engine::scope::{RandomCalls, Release};
use crate::engine::sprig::crypto::Memory;
use crate::engine::sprig::random::{CallSite, Random, SystemSeed};

/// The environment of a render, and the calls of random functions so far.
pub struct Host {
    environment: Environment,
    unseeded: Arc<Unseeded>,
    release: String,
    namespace: String,
    /// The site of the current random call.
    site: Site,
    /// The position of the current call in its template.
    position: usize,
    /// For each open call of a template, a digest of its position, of the iterations that it is made in, and of the calls
    /// around it.
    callers: Vec<u64>,
    /// The number of calls from each site for each file.
    calls: HashMap<(Text, Site), u64, ahash::RandomState>,
    file: Text,
    /// The noted calls, whose results are different in each run.
    random_calls: RandomCalls,
}

/// What distinguishes a random call from the others of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Site {
    /// The file: the rendered one, or one that it includes.
    file: Text,
    /// The template with a digest of the calls and iterations that led to it, or what the call is for.
    template: Text,
    /// The position in the template.
    position: u64,
}

/// What the runs of the same templates share if the environment has no seed, so that a run that traces the output of
/// another one has the same random results.
#[derive(Debug, Default)]
pub struct Unseeded {
    seed: SystemSeed,
    memory: Arc<Memory>,
}

impl Host {
    /// Creates the host for a release.
    pub fn new(release: &Release, unseeded: Arc<Unseeded>) -> Host {
        Host {
            environment: release.environment.clone(),
            unseeded,
            release: release.name.clone(),
            namespace: release.namespace.clone(),
            site: Site::default(),
            position: 0,
            callers: Vec::new(),
            calls: HashMap::default(),
            file: Text::default(),
            random_calls: RandomCalls::default(),
        }
    }

    /// The time and the time zones.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The keys and hashes made so far.
    pub fn memory(&self) -> Arc<Memory> {
        let memory = if self.environment.seed.is_some() { &self.environment.memory } else { &self.unseeded.memory };
        Arc::clone(memory)
    }

    /// Begins a file. Random results in it do not depend on the files before it.
    pub fn begin_file(&mut self, file: &Text) {
        self.file = file.clone();
        // A file that failed has not left the templates that it called.
        self.callers.clear();
    }

    /// Whether calls are distinguished by what they write, see [`set_written_place`](Self::set_written_place).
    pub fn ignores_call_sites(&self) -> bool {
        self.environment.ignores_call_sites
    }

    /// Sets the site of the random call that follows. `iterations` is a digest of the open loops of the running template.
    pub fn set_call_site(&mut self, template: &Text, position: usize, iterations: u64) {
        // A template that is included twice has two streams, of which one does not change if the other is not needed. So has
        // a loop with two iterations.
        let around = mix(self.callers.last().copied().unwrap_or_default(), iterations);
        let template = match around {
            0 => template.clone(),
            around => Text::from(&[template, &around.to_be_bytes()[..]].concat()[..]),
        };
        self.site = Site { file: self.file.clone(), template, position: position as u64 };
    }

    /// Sets the site of the random call that follows to one that is the same in two versions of a chart, in which templates
    /// have other names and other calls: the function, the file, and the key whose value is being written. `iterations` is a
    /// digest of all open loops.
    pub fn set_written_place(&mut self, function: &str, included: Option<Text>, key: &[u8], iterations: u64) {
        let template = Text::from(&[function.as_bytes(), b" ", key].concat()[..]);
        // An included file keeps its values, whichever file includes it first.
        self.site = Site { file: included.unwrap_or_else(|| self.file.clone()), template, position: iterations };
    }

    /// Sets the position of the call that follows, of a function or a template.
    pub fn set_position(&mut self, position: usize) {
        self.position = position;
    }

    /// Enters a template that the current call runs, in these iterations of the running template's loops.
    pub fn enter_call(&mut self, iterations: u64) {
        let outer = mix(self.callers.last().copied().unwrap_or_default(), iterations);
        self.callers.push(mix(outer, self.position as u64 + 1));
    }

    /// Leaves the template that was entered last.
    pub fn leave_call(&mut self) {
        self.callers.pop();
    }

    /// Whether random calls are noted: without a seed, their results are different in each run.
    pub fn notes_calls(&self) -> bool {
        self.environment.seed.is_none() || self.environment.notes_random_calls
    }

    /// Notes a random call, made in the current file or in a file that it includes.
    pub fn note_call(&mut self, function: &'static str, included: Option<&Text>) {
        self.random_calls.count += 1;
        let file = included.unwrap_or(&self.file).lossy();
        if !self.random_calls.files.iter().any(|known| *known == file) {
            self.random_calls.files.push(file.into_owned());
        }
        if !self.random_calls.functions.contains(&function) {
            self.random_calls.functions.push(function);
        }
    }

    /// Returns the random calls noted since the last time.
    pub fn take_random_calls(&mut self) -> RandomCalls {
        std::mem::take(&mut self.random_calls)
    }

    /// The number of random calls noted since [`take_random_calls`](Self::take_random_calls).
    pub fn random_call_count(&self) -> usize {
        self.random_calls.count
    }

    /// Returns the source of randomness for the current call.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn random(&mut self) -> Result<Random, FnError> {
        // Two charts of the same name have files of the same path, so counts of an earlier file go on.
        let count = self.calls.entry((self.file.clone(), self.site.clone())).or_default();
        let call = *count;
        *count += 1;
        let (release, namespace) = (&self.release, &self.namespace);
        let Site { file, template, position } = &self.site;
        let site = CallSite { release, namespace, file, template, position: *position, call };
        Ok(self.environment.random(&self.unseeded.seed, site)?)
    }
}

/// Adds a number to a digest; 0 and 0 remain 0. Equal digests do no harm: calls of one site are counted.
pub fn mix(digest: u64, number: u64) -> u64 {
    /// The prime of the 64-bit FNV hash.
    const PRIME: u64 = 0x0100_0000_01b3;
    digest.wrapping_mul(PRIME) ^ number
}
