//! What templates take from the world around them.

use std::collections::HashMap;

use super::errors::FnError;
use super::value::Text;
use crate::engine::environment::Environment;
use crate::engine::scope::{RandomCalls, Release};
use crate::engine::sprig::random::{CallSite, Random};

/// The environment of a render, and how often random functions were called.
pub struct Host {
    environment: Environment,
    release: String,
    namespace: String,
    /// The random function that is called: its template, and where the call is there.
    site: (Text, u64),
    /// How often each was called for the file that is rendered.
    calls: HashMap<(Text, u64), u64, ahash::RandomState>,
    file: Text,
    /// The calls whose results no seed makes reproducible.
    called: RandomCalls,
}

impl Host {
    /// The world around a release.
    pub fn new(release: &Release) -> Host {
        Host {
            environment: release.environment.clone(),
            release: release.name.clone(),
            namespace: release.namespace.clone(),
            site: (Text::default(), 0),
            calls: HashMap::default(),
            file: Text::default(),
            called: RandomCalls::default(),
        }
    }

    /// The time and the zones.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// A file is rendered next: what random functions give in it does not depend on the files before.
    pub fn begin_file(&mut self, file: &Text) {
        self.file = file.clone();
        self.calls.clear();
    }

    /// A random function is called.
    pub fn called_at(&mut self, function: &'static str, template: &Text, position: usize) {
        self.site = if self.environment.is_blind_to_places {
            (Text::from(function.as_bytes()), 0)
        } else {
            (template.clone(), position as u64)
        };
    }

    /// Whether calls of random functions are noted: no seed makes their results the same in each run.
    pub fn notes_calls(&self) -> bool {
        self.environment.seed.is_none()
    }

    /// Notes a call of a random function, in the file itself or in another one that it includes.
    pub fn note_call(&mut self, function: &'static str, included: Option<&Text>) {
        self.called.count += 1;
        let file = included.unwrap_or(&self.file).lossy();
        if !self.called.files.iter().any(|known| *known == file) {
            self.called.files.push(file.into_owned());
        }
        if !self.called.functions.contains(&function) {
            self.called.functions.push(function);
        }
    }

    /// The calls of random functions since this was asked last; none under a seed.
    pub fn take_called(&mut self) -> RandomCalls {
        std::mem::take(&mut self.called)
    }

    /// How many calls of random functions there were since then.
    pub fn called(&self) -> usize {
        self.called.count
    }

    /// Randomness for the call.
    ///
    /// # Errors
    /// The system has none.
    pub fn random(&mut self) -> Result<Random, FnError> {
        let count = self.calls.entry(self.site.clone()).or_default();
        let call = *count;
        *count += 1;
        let (template, position) = &self.site;
        let (release, namespace, file) = (&self.release, &self.namespace, &self.file);
        let site = CallSite { release, namespace, file, template, position: *position, call };
        Ok(self.environment.random(site)?)
    }
}
