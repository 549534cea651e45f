//! Reads the system's time zones from where Go looks for them.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::go::time::{Location, Zone, Zones};

/// The folders where systems keep the zoneinfo database.
const FOLDERS: [&str; 4] = ["/usr/share/zoneinfo/", "/usr/share/lib/zoneinfo/", "/usr/lib/locale/TZ/", "/etc/zoneinfo"];

/// The maximum size of a zone file, in bytes. Real ones are much smaller.
const MAX_SIZE: u64 = 10 << 20;

/// The system's time zones, each read when it is first needed.
#[derive(Debug, Default)]
pub struct SystemZones {
    local: OnceLock<Zone>,
    loaded: Mutex<HashMap<String, Option<Zone>>>,
}

impl Zones for SystemZones {
    fn load(&self, name: &str) -> Option<Zone> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.entry(name.to_owned()).or_insert_with(|| read_named(name)).clone()
    }

    fn local(&self) -> Zone {
        self.local.get_or_init(read_local).clone()
    }
}

fn read_named(name: &str) -> Option<Zone> {
    let own = std::env::var_os("ZONEINFO").filter(|folder| !folder.is_empty());
    let own = own.and_then(|folder| read(Path::new(&folder), name));
    own.or_else(|| read_from_system(name)).map(Zone::from)
}

fn read_from_system(name: &str) -> Option<Location> {
    FOLDERS.iter().find_map(|folder| read(Path::new(folder), name))
}

fn read(folder: &Path, name: &str) -> Option<Location> {
    let path = folder.join(name);
    let metadata = fs::metadata(&path).ok()?;
    if !metadata.is_file() || metadata.len() > MAX_SIZE {
        return None;
    }
    Location::parse(name, &fs::read(path).ok()?)
}

/// Returns the zone that TZ names, or that of /etc/localtime if TZ is not set, or else UTC.
fn read_local() -> Zone {
    let Some(named) = std::env::var_os("TZ") else {
        let location = read(Path::new("/etc"), "localtime");
        return location.map_or_else(Zone::local_utc, |location| location.with_name("Local").into_local().into());
    };
    let named = named.to_string_lossy();
    let name = named.strip_prefix(':').unwrap_or(&named);
    let location = match name {
        "" | "UTC" => None,
        path if path.starts_with('/') => {
            let name = if path == "/etc/localtime" { "Local" } else { path };
            read(Path::new("/"), path).map(|location| location.with_name(name))
        }
        name => read_from_system(name),
    };
    location.map_or_else(Zone::local_utc, |location| location.into_local().into())
}
