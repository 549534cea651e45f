//! The outside world of templates: time, time zones, randomness.

use std::collections::HashMap;
use std::sync::Arc;

use super::errors::FnError;
use super::value::Text;
use crate::engine::environment::Environment;
use crate::engine::scope::{RandomCalls, Release};
use crate::engine::sprig::random::{CallSite, Random, SystemSeed};

/// The environment of a render, and the calls of random functions so far.
pub struct Host {
    environment: Environment,
    /// The seed if the environment has none.
    system_seed: Arc<SystemSeed>,
    release: String,
    namespace: String,
    /// The site of the current random call: its template and its position there, or only the name of the function.
    site: (Text, u64),
    /// The number of calls from each site for the current file.
    calls: HashMap<(Text, u64), u64, ahash::RandomState>,
    file: Text,
    /// The noted calls, whose results are different in each run.
    random_calls: RandomCalls,
}

impl Host {
    /// Creates the host for a release. Hosts with the same seed of the system give the same random results.
    pub fn new(release: &Release, system_seed: Arc<SystemSeed>) -> Host {
        Host {
            environment: release.environment.clone(),
            system_seed,
            release: release.name.clone(),
            namespace: release.namespace.clone(),
            site: (Text::default(), 0),
            calls: HashMap::default(),
            file: Text::default(),
            random_calls: RandomCalls::default(),
        }
    }

    /// The time and the time zones.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Begins a file. Random results in it do not depend on the files before it.
    pub fn begin_file(&mut self, file: &Text) {
        self.file = file.clone();
        self.calls.clear();
    }

    /// Sets the site of the random call that follows.
    pub fn set_call_site(&mut self, function: &'static str, template: &Text, position: usize) {
        self.site = if self.environment.ignores_call_sites {
            (Text::from(function.as_bytes()), 0)
        } else {
            (template.clone(), position as u64)
        };
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
        let count = self.calls.entry(self.site.clone()).or_default();
        let call = *count;
        *count += 1;
        let (template, position) = &self.site;
        let (release, namespace, file) = (&self.release, &self.namespace, &self.file);
        let site = CallSite { release, namespace, file, template, position: *position, call };
        Ok(self.environment.random(&self.system_seed, site)?)
    }
}
