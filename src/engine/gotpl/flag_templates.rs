//! Go templates that are given as flags: `--name-template`, and `--template` of `version`.

use std::rc::Rc;
use std::sync::Arc;

use super::ast::Origin;
use super::errors::ExecError;
use super::exec::{Exec, Library};
use super::functions;
use super::host::Host;
use super::limits::Limits;
use super::loaded::MAX_STACK;
use super::objects::HelmVersion;
use super::parse::{Functions, parse};
use super::set::{Definitions, Template, TemplateSet};
use super::value::Value;
use crate::diagnostic::{Diagnostic, Source};
use crate::engine::build_info::BuildInfo;
use crate::engine::environment::Environment;
use crate::engine::scope::Release;
use crate::stack;

/// A template and the settings that it is run with.
struct FlagTemplate<'a> {
    source: &'a Source,
    /// Its name in Go's messages.
    name: &'static str,
    /// The code of its diagnostics.
    code: &'static str,
    names: Functions,
    library: Library,
    environment: &'a Environment,
}

/// Renders the release name from the template of `--name-template`, which sees no data and can call sprig's functions.
///
/// # Errors
/// Go's text, with the place in the flag.
pub fn render_name(template: &Source, environment: &Environment) -> Result<String, Diagnostic> {
    let names = functions::SPRIG_NAMES;
    let library = Library { function: functions::sprig_function, method: functions::method, names };
    let name = "name-template";
    FlagTemplate { source: template, name, code: "name-template", names, library, environment }
        .render(|| Value::Invalid)
}

/// Renders the template of `version --template`, which sees the fields of a build and can only call Go's built-in functions.
///
/// # Errors
/// Go's text, with the place in the flag.
pub fn render_version(template: &Source, build: &BuildInfo) -> Result<String, Diagnostic> {
    let names = functions::GO_NAMES;
    let library = Library { function: functions::go_function, method: functions::method, names };
    let environment = &Environment::default();
    FlagTemplate { source: template, name: "_", code: "usage", names, library, environment }
        .render(|| Value::Object(Rc::new(HelmVersion(build.clone()))))
}

impl FlagTemplate<'_> {
    fn render(&self, dot: impl FnOnce() -> Value + Send) -> Result<String, Diagnostic> {
        let origin = Origin::File(self.source.clone());
        let parsed = parse(&self.name.into(), origin, self.names)
            .map_err(|error| Diagnostic::error(self.code, error.text()).at(self.source.span(error.at..error.at), ""))?;
        let run = || {
            let parsed = Arc::new(parsed);
            let mut definitions = Definitions::default();
            definitions.add(&parsed);
            let set = TemplateSet::new(Arc::new(definitions));
            let release = Release { environment: self.environment.clone(), ..Release::install("", "") };
            let host = Host::new(&release, Arc::default());
            let mut exec: Exec = Exec::new(set, self.library, Limits::new(MAX_STACK), host, false);
            exec.render_text(Template::main(&parsed), dot()).map_err(|error| self.diagnostic(&error))
        };
        let rendered = stack::call(stack::TEMPLATES, run);
        let no_memory = |_| Diagnostic::error("stack", "there is not enough memory to run templates");
        rendered.map_err(no_memory)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    fn diagnostic(&self, error: &ExecError) -> Diagnostic {
        let place = error.place.source.as_ref().map(|source| source.span(error.place.start..error.place.end));
        Diagnostic::error(self.code, error.text()).at(place.unwrap_or_default(), "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(template: &str) -> Result<String, String> {
        let environment = Environment {
            seed: Some("test".into()),
            variables: Some(Arc::new(|name| (name == "USER").then(|| "ann".to_owned()))),
            ..Environment::default()
        };
        render_name(&Source::flag("--name-template", template), &environment).map_err(|error| error.message)
    }

    #[test]
    fn name_templates_have_sprig_functions_but_no_data() {
        assert_eq!(name("mim-{{ \"A\" | lower }}").unwrap(), "mim-a");
        assert_eq!(name("{{ .x }}|{{ . }}|{{ print nil }}").unwrap(), "<no value>|<no value>|<nil>");
        assert_eq!(name("{{ env \"USER\" }}-{{ expandenv \"$USER.${USER}$NONE\" }}").unwrap(), "ann-ann.ann");
        assert_eq!(name("{{ (fromJson \"{\\\"a\\\": 1}\").a }}{{ fromJson \"x\" }}").unwrap(), "1<no value>");
        assert_eq!(name("{{ define \"a\" }}x{{ end }}{{ template \"a\" }}y").unwrap(), "xy");
        assert_eq!(name("r-{{ randAlpha 3 | lower }}").unwrap(), name("r-{{ randAlpha 3 | lower }}").unwrap());
    }

    #[test]
    fn versions_are_fields_of_a_build() {
        let version = |template: &str, build: &BuildInfo| {
            render_version(&Source::flag("--template", template), build).map_err(|error| error.message)
        };
        assert_eq!(
            version("{{ .Version }}+g{{ .GitCommit | printf \"%.7s\" }}", &BuildInfo::HELM).unwrap(),
            "v4.2.4+g3900f43"
        );
        let old = BuildInfo::of_version("v3.19.0");
        assert_eq!(version("{{ . }}", &old).unwrap(), "{v3.19.0   }");
        assert_eq!(
            version("{{ .KubeClientVersion }}", &old).unwrap_err(),
            "template: _:1:3: executing \"_\" at <.KubeClientVersion>: can't evaluate field KubeClientVersion in type version.BuildInfo"
        );
        assert_eq!(version("{{ upper .Version }}", &old).unwrap_err(), "template: _:1: function \"upper\" not defined");
        assert_eq!(version("{{", &old).unwrap_err(), "template: _:1: unclosed action");
    }

    #[test]
    fn errors_are_worded_as_in_go() {
        assert_eq!(name("{{ x }}").unwrap_err(), "template: name-template:1: function \"x\" not defined");
        assert_eq!(name("{{ tpl \"\" . }}").unwrap_err(), "template: name-template:1: function \"tpl\" not defined");
        assert_eq!(
            name("{{ fail \"x\" }}").unwrap_err(),
            "template: name-template:1:3: executing \"name-template\" at <fail \"x\">: error calling fail: x"
        );
    }
}
