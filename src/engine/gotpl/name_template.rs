//! `--name-template`: the name of a release as a Go template.

use std::sync::Arc;

use super::ast::Origin;
use super::errors::ExecError;
use super::exec::{Exec, Library};
use super::functions;
use super::host::Host;
use super::limits::Limits;
use super::loaded::MAX_STACK;
use super::parse::parse;
use super::set::{Definitions, Template, TemplateSet};
use super::value::Value;
use crate::diagnostic::{Diagnostic, Source};
use crate::engine::environment::Environment;
use crate::engine::scope::Release;
use crate::stack;

const LIBRARY: Library =
    Library { function: functions::sprig_function, method: functions::method, names: functions::SPRIG_NAMES };

/// The name that a template of `--name-template` gives. It sees no data, and sprig's functions.
///
/// # Errors
/// Go's text, and the place in the flag.
pub fn render_name(template: &Source, environment: &Environment) -> Result<String, Diagnostic> {
    let parsed = parse(&"name-template".into(), Origin::File(template.clone()), functions::SPRIG_NAMES);
    let parsed = parsed
        .map_err(|error| Diagnostic::error("name-template", error.text()).at(template.span(error.at..error.at), ""))?;
    let run = || {
        let parsed = Arc::new(parsed);
        let mut definitions = Definitions::default();
        definitions.add(&parsed);
        let set = TemplateSet::new(Arc::new(definitions));
        let release = Release { environment: environment.clone(), ..Release::install("", "") };
        let mut exec: Exec = Exec::new(set, LIBRARY, Limits::new(MAX_STACK), Host::new(&release), false);
        let rendered = exec.render_text(Template::main(&parsed), Value::Invalid);
        rendered.map_err(|error| diagnostic(&error))
    };
    let rendered = stack::call(stack::TEMPLATES, run);
    let no_memory = |_| Diagnostic::error("stack", "there is no memory for running templates");
    rendered.map_err(no_memory)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn diagnostic(error: &ExecError) -> Diagnostic {
    let place = error.place.source.as_ref().map(|source| source.span(error.place.start..error.place.end));
    Diagnostic::error("name-template", error.text()).at(place.unwrap_or_default(), "")
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
    fn names_are_made_by_sprigs_functions_from_no_data() {
        assert_eq!(name("mim-{{ \"A\" | lower }}").unwrap(), "mim-a");
        assert_eq!(name("{{ .x }}|{{ . }}|{{ print nil }}").unwrap(), "<no value>|<no value>|<nil>");
        assert_eq!(name("{{ env \"USER\" }}-{{ expandenv \"$USER.${USER}$NONE\" }}").unwrap(), "ann-ann.ann");
        assert_eq!(name("{{ (fromJson \"{\\\"a\\\": 1}\").a }}{{ fromJson \"x\" }}").unwrap(), "1<no value>");
        assert_eq!(name("{{ define \"a\" }}x{{ end }}{{ template \"a\" }}y").unwrap(), "xy");
        assert_eq!(name("r-{{ randAlpha 3 | lower }}").unwrap(), name("r-{{ randAlpha 3 | lower }}").unwrap());
    }

    #[test]
    fn errors_have_gos_text() {
        assert_eq!(name("{{ x }}").unwrap_err(), "template: name-template:1: function \"x\" not defined");
        assert_eq!(name("{{ tpl \"\" . }}").unwrap_err(), "template: name-template:1: function \"tpl\" not defined");
        assert_eq!(
            name("{{ fail \"x\" }}").unwrap_err(),
            "template: name-template:1:3: executing \"name-template\" at <fail \"x\">: error calling fail: x"
        );
    }
}
