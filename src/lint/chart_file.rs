//! Rules for Chart.yaml.

use semver::Version;

use super::addresses::{is_email, is_request_url, is_url};
use super::fields::field;
use super::report::{Report, Rule};
use super::subject::Group;
use super::subject::Subject;

use crate::chart::{ChartType, Entry, Metadata};
use crate::diagnostic::{Diagnostic, Source};
use crate::go::strconv::quote_double;
use crate::version::parse_version;
use crate::yaml::{self, Node, Value};

const FILE: &str = "Chart.yaml";

const IS_FILE: Rule = Rule::error("chart-file");
const FORMAT: Rule = Rule::error("chart-file-format");
const STRICT: Rule = Rule::warning("chart-file-strict");
const NAME: Rule = Rule::error("chart-name");
const API_VERSION: Rule = Rule::error("chart-api-version");
const VERSION_TYPE: Rule = Rule::error("chart-version-type");
const VERSION: Rule = Rule::error("chart-version");
const APP_VERSION_TYPE: Rule = Rule::error("chart-app-version-type");
const MAINTAINER: Rule = Rule::error("chart-maintainer");
const SOURCE: Rule = Rule::error("chart-source");
const ICON: Rule = Rule::info("chart-icon");
const ICON_URL: Rule = Rule::error("chart-icon-url");
const TYPE: Rule = Rule::error("chart-type");
const DEPENDENCIES: Rule = Rule::error("chart-dependencies");
const STRICT_VERSION: Rule = Rule::warning("chart-strict-version");

pub(super) const GROUP: Group = Group {
    part: FILE,
    rules: &[&[
        &IS_FILE,
        &FORMAT,
        &STRICT,
        &NAME,
        &API_VERSION,
        &VERSION_TYPE,
        &VERSION,
        &APP_VERSION_TYPE,
        &MAINTAINER,
        &SOURCE,
        &ICON,
        &ICON_URL,
        &TYPE,
        &DEPENDENCIES,
        &STRICT_VERSION,
    ]],
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report) {
    let entry = &subject.folder.metadata;
    if matches!(entry, Entry::Directory) {
        report.add(IS_FILE.broken(FILE, "should be a file, not a directory"));
    }
    let read = entry.text(&format!("{}/{FILE}", subject.folder.path)).and_then(|source| {
        let document = yaml::read_document(&source)?;
        Ok((source, document))
    });
    let (source, document) = match read {
        Ok(read) => read,
        Err(error) => return refuse_format(&error, report),
    };
    let (metadata, errors) = Metadata::examine(&document);
    if let Some(error) = errors.types.first() {
        return refuse_format(error, report);
    }
    check_strictly(&source, errors.unknown.first(), report);
    check_name(&metadata, report);
    check_api_version(&metadata, report);
    check_is_text(&document, "version", &VERSION_TYPE, report);
    check_version(&metadata, report);
    check_is_text(&document, "appVersion", &APP_VERSION_TYPE, report);
    check_maintainers(&document, &metadata, report);
    if let Some(source) = metadata.sources.iter().find(|source| !is_request_url(source)) {
        report.add(SOURCE.broken(FILE, format!("invalid source URL '{source}'")).at(metadata.place("sources")));
    }
    if metadata.icon.is_empty() {
        report.add(ICON.broken(FILE, "icon is recommended"));
    } else if !is_request_url(&metadata.icon) {
        let text = format!("invalid icon URL '{}'", metadata.icon);
        report.add(ICON_URL.broken(FILE, text).at(metadata.place("icon")));
    }
    check_only_in_v2(&document, &metadata, report);
    if Version::parse(&metadata.version).is_err() {
        let text = format!("version '{}' is not a valid SemVerV2", metadata.version);
        report.add(STRICT_VERSION.broken(FILE, text).at(metadata.place("version")));
    }
}

fn refuse_format(error: &Diagnostic, report: &mut Report) {
    let text = format!("unable to parse YAML\n\t{}", error.message);
    report.add(FORMAT.broken(FILE, text).because_of(error));
}

/// Reports duplicate or unknown keys, which Helm's strict parsing rejects.
fn check_strictly(source: &Source, unknown: Option<&Diagnostic>, report: &mut Report) {
    let twice = yaml::read_document_strictly(source).err();
    if let Some(error) = twice.as_ref().or(unknown) {
        let text = format!("failed to strictly parse chart metadata file\n\t{}", error.message);
        report.add(STRICT.broken(FILE, text).because_of(error));
    }
}

fn check_name(metadata: &Metadata, report: &mut Report) {
    let name = &metadata.name;
    let text = if name.is_empty() {
        "name is required".to_owned()
    } else if name.contains('/') && name != "/" {
        format!("chart name {} is invalid", quote_double(name))
    } else {
        return;
    };
    report.add(NAME.broken(FILE, text).at(metadata.place("name")));
}

fn check_api_version(metadata: &Metadata, report: &mut Report) {
    let text = match metadata.api_version.as_str() {
        "v1" | "v2" => return,
        "" => "apiVersion is required. The value must be either \"v1\" or \"v2\"".to_owned(),
        other => format!("apiVersion '{other}' is not valid. The value must be either \"v1\" or \"v2\""),
    };
    report.add(API_VERSION.broken(FILE, text).at(metadata.place("apiVersion")));
}

fn check_is_text(document: &Node, name: &str, rule: &Rule, report: &mut Report) {
    let Some(node) = document.value.as_map().and_then(|map| map.get(name)) else { return };
    let found = match node.value {
        Value::String(_) => return,
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::Float(_) => "float64",
        Value::List(_) => "[]interface {}",
        Value::Map(_) => "map[string]interface {}",
    };
    let text = format!("{name} should be of type string but it's of type {found}");
    report.add(rule.broken(FILE, text).at(node.span.clone()));
}

fn check_version(metadata: &Metadata, report: &mut Report) {
    let version = &metadata.version;
    let text = if version.is_empty() {
        "version is required".to_owned()
    } else {
        match parse_version(version) {
            Err(_) => format!("version '{version}' is not a valid SemVer"),
            // The only valid version that is not greater than the lowest pre-release of all.
            Ok(parsed) if is_the_least(&parsed) => format!("version \"{parsed}\" is less than or equal to \"0.0.0-0\""),
            Ok(_) => return,
        }
    };
    report.add(VERSION.broken(FILE, text).at(metadata.place("version")));
}

fn is_the_least(version: &Version) -> bool {
    Version::parse("0.0.0-0").is_ok_and(|least| version.cmp_precedence(&least).is_le())
}

/// Reports the first invalid maintainer.
fn check_maintainers(document: &Node, metadata: &Metadata, report: &mut Report) {
    let list = document.value.as_map().and_then(|map| field(map, "maintainers"));
    let items = list.and_then(|list| list.value.as_list()).unwrap_or_default();
    let mut read = metadata.maintainers.iter();
    for item in items {
        let error = if item.value.is_null() {
            Some("a maintainer entry is empty".to_owned())
        } else {
            read.next().and_then(|maintainer| {
                let name = &maintainer.name;
                let (email, url) = (&maintainer.email, &maintainer.url);
                if name.is_empty() {
                    Some("each maintainer requires a name".to_owned())
                } else if !email.is_empty() && !is_email(email) {
                    Some(format!("invalid email '{email}' for maintainer '{name}'"))
                } else if !url.is_empty() && !is_url(url) {
                    Some(format!("invalid url '{url}' for maintainer '{name}'"))
                } else {
                    None
                }
            })
        };
        if let Some(error) = error {
            return report.add(MAINTAINER.broken(FILE, error).at(item.span.clone()));
        }
    }
}

fn check_only_in_v2(document: &Node, metadata: &Metadata, report: &mut Report) {
    let version = &metadata.api_version;
    if version == "v2" {
        return;
    }
    if metadata.kind != ChartType::Unspecified {
        let text = format!("chart type is not valid in apiVersion '{version}'. It is valid in apiVersion 'v2'");
        report.add(TYPE.broken(FILE, text).at(metadata.place("type")));
    }
    let dependencies = document.value.as_map().and_then(|map| field(map, "dependencies"));
    if dependencies.and_then(|node| node.value.as_list()).is_some_and(|list| !list.is_empty()) {
        let text = format!(
            "dependencies are not valid in the Chart file with apiVersion '{version}'. They are valid in apiVersion 'v2'"
        );
        report.add(DEPENDENCIES.broken(FILE, text).at(metadata.place("dependencies")));
    }
}
