//! Finds installed plugins of Helm 4. Each is a folder with a `plugin.yaml`.

use std::convert::Infallible;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::helm_folders::plugin_folders;
use super::limited::read_at_most;
use crate::diagnostic::{Diagnostic, Source};
use crate::go::expand::expand;
use crate::yaml::{self, Map};

/// The type of post-renderer plugins.
const POST_RENDERER: &str = "postrenderer/v1";
/// The maximum size of a plugin.yaml, in bytes.
const MAX_METADATA_BYTES: u64 = 1 << 20;
/// The number of entries of a plugin folder that are considered.
const MAX_PLUGINS: usize = 10_000;

/// The command of a plugin for this operating system and architecture.
#[derive(Debug)]
pub(super) struct PluginCommand {
    pub(super) folder: PathBuf,
    pub(super) program: String,
    pub(super) arguments: Vec<String>,
}

/// Finds the installed post-renderer plugin of a name. The plugins in a folder are searched in the order of their folder names.
///
/// # Errors
/// The plugin cannot be run: it is not a separate program, or has no command for this system.
pub(super) fn post_renderer(name: &str) -> Result<Option<PluginCommand>, Diagnostic> {
    for folder in plugin_folders() {
        let Ok(entries) = folder.read_dir() else { continue };
        let mut plugins: Vec<PathBuf> = entries.flatten().take(MAX_PLUGINS).map(|entry| entry.path()).collect();
        plugins.sort();
        for plugin in plugins {
            let Some(metadata) = metadata(&plugin) else { continue };
            if metadata.text_at(&["name"]) == Some(name) && metadata.text_at(&["type"]) == Some(POST_RENDERER) {
                return command(name, plugin, &metadata).map(Some);
            }
        }
    }
    Ok(None)
}

/// Reads a plugin.yaml. Returns `None` if there is none, or not one of this form; Helm ignores unreadable ones too.
fn metadata(plugin: &Path) -> Option<Map> {
    let file = plugin.join("plugin.yaml");
    // Opening anything but a file could block.
    if !file.is_file() {
        return None;
    }
    let bytes = read_at_most(File::open(&file).ok()?, MAX_METADATA_BYTES).ok()??;
    let text = String::from_utf8(bytes).ok()?;
    let node = yaml::read_document(&Source::file(file.display().to_string(), text)).ok()?;
    node.value.as_map().filter(|metadata| metadata.text_at(&["apiVersion"]) == Some("v1")).cloned()
}

fn command(name: &str, folder: PathBuf, metadata: &Map) -> Result<PluginCommand, Diagnostic> {
    let refuse = |reason: String| Diagnostic::error("post-renderer", reason);
    let runtime = metadata.text_at(&["runtime"]).unwrap_or_default();
    if runtime != "subprocess" {
        let message = format!(
            "plugin {name:?} needs the runtime {runtime:?}: mim-chart runs only plugins with the runtime \"subprocess\""
        );
        return Err(refuse(message));
    }
    let commands = metadata.maps_at(&["runtimeConfig", "platformCommand"]);
    let fits = |command: &Map, key: &str, here: &str| match command.text_at(&[key]).unwrap_or_default() {
        "" => Some(false),
        wanted => wanted.eq_ignore_ascii_case(here).then_some(true),
    };
    // The most specific command wins: one for this system and architecture, then one for this system, then one for any.
    let rank = |command: &&Map| match (fits(command, "os", OS)?, fits(command, "arch", ARCH)?) {
        (true, true) => Some(2),
        (true, false) => Some(1),
        (false, false) => Some(0),
        (false, true) => None,
    };
    let ranked = commands.filter_map(|command| Some((rank(&command)?, command)));
    // Among equally specific commands, the first one wins.
    let best = ranked.reduce(|best, next| if next.0 > best.0 { next } else { best });
    let expanded = |text: &str| {
        let value = |variable: &[u8]| match variable {
            b"HELM_PLUGIN_NAME" => name.as_bytes().to_vec(),
            b"HELM_PLUGIN_DIR" => folder.display().to_string().into_bytes(),
            other => std::env::var(String::from_utf8_lossy(other).as_ref()).unwrap_or_default().into_bytes(),
        };
        let Ok(expanded) = expand(text.as_bytes(), |name| Ok::<_, Infallible>(value(name)));
        String::from_utf8_lossy(&expanded).into_owned()
    };
    let none = || refuse(format!("plugin {name:?}: no plugin command is applicable"));
    let (_, best) = best.ok_or_else(none)?;
    let mut words = best.text_at(&["command"]).unwrap_or_default().split(' ');
    let program = words.next().filter(|program| !program.is_empty()).map(&expanded).ok_or_else(none)?;
    let arguments = best.list_at(&["args"]).iter().filter_map(yaml::decode::text_of);
    let arguments = words.map(str::to_owned).chain(arguments).map(|argument| expanded(&argument)).collect();
    Ok(PluginCommand { program, arguments, folder })
}

/// Go's name of the operating system.
const OS: &str = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };

/// Go's name of the architecture.
const ARCH: &str = if cfg!(target_arch = "x86_64") {
    "amd64"
} else if cfg!(target_arch = "aarch64") {
    "arm64"
} else if cfg!(target_arch = "x86") {
    "386"
} else {
    std::env::consts::ARCH
};
