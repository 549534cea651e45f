//! What templates take from the world around them.

use std::collections::HashMap;

use super::errors::FnError;
use super::value::Text;
use crate::engine::environment::Environment;
use crate::engine::scope::Release;
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
    /// The functions whose results no seed makes reproducible.
    called: Vec<&'static str>,
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
            called: Vec::new(),
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
        if self.environment.seed.is_none() && !self.called.contains(&function) {
            self.called.push(function);
        }
    }

    /// The random functions that were called since this was asked last, each once; none under a seed.
    pub fn take_called(&mut self) -> Vec<&'static str> {
        std::mem::take(&mut self.called)
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
