//! CEL expressions in webhooks and admission policies (k8s.io/apiserver, `pkg/admission/plugin/cel/compile.go`).

use std::sync::{Arc, OnceLock};

use super::compiled::{Reason, compiled};
use super::place::Place;
use crate::cel::{Field, Kind, ListType, Program, Shape, Variable, Wanted, escaped};
use crate::kubernetes::FieldPath;
use crate::validate::fields::{has, text};
use crate::yaml::Map;

/// The maximum length of the expression of an audit annotation, in bytes.
const MAX_VALUE: usize = 5 * 1024;

/// What an expression can access.
#[derive(Clone, Copy)]
struct Known<'k> {
    has_params: bool,
    has_authorizer: bool,
    /// The preceding variables of the policy.
    variables: Option<&'k Shape>,
    /// Whether the types of all these variables are known.
    is_exact: bool,
}

/// Checks the conditions of a webhook.
pub(super) fn of_conditions(at: &mut Place<'_, '_, '_>) {
    conditions(false, at);
}

/// Checks the expressions of a policy. A variable can use the variables that precede it.
pub(super) fn of_policy(at: &mut Place<'_, '_, '_>) {
    let has_params = at.is_set("paramKind");
    conditions(has_params, at);
    let (mut shape, mut is_exact) = (Shape::new(Kind::Object(Vec::new())), true);
    for (path, variable) in at.items("variables") {
        let known = Known { has_params, has_authorizer: true, variables: Some(&shape), is_exact };
        expression(variable, "expression", &path, known, Wanted::Any, at);
        let kind = kind_of(text(variable, "expression"), known);
        is_exact &= kind.is_some();
        if let (Some(escaped), Kind::Object(fields)) = (escaped(text(variable, "name")), &mut shape.kind) {
            let shape = Arc::new(Shape::new(kind.unwrap_or(Kind::Unknown)));
            fields.push(Field { escaped, name: text(variable, "name").to_owned(), shape });
        }
    }
    let has_variables = has(at.fields, "variables");
    let known = Known { has_params, has_authorizer: true, variables: has_variables.then_some(&shape), is_exact };
    for (path, validation) in at.items("validations") {
        expression(validation, "expression", &path, known, Wanted::Bool, at);
        let known = Known { has_authorizer: false, ..known };
        expression(validation, "messageExpression", &path, known, Wanted::String, at);
        message(validation, &path, at);
    }
    for (path, annotation) in at.items("auditAnnotations") {
        if text(annotation, "valueExpression").trim().len() > MAX_VALUE {
            at.required_at(&path.field("valueExpression"), &format!("must not exceed {MAX_VALUE} bytes in length"));
        } else {
            expression(annotation, "valueExpression", &path, known, Wanted::StringOrNull, at);
        }
    }
}

fn conditions(has_params: bool, at: &mut Place<'_, '_, '_>) {
    let known = Known { has_params, has_authorizer: true, variables: None, is_exact: true };
    for (path, condition) in at.items("matchConditions") {
        expression(condition, "expression", &path, known, Wanted::Bool, at);
    }
}

/// The message of a validation must be a single line.
fn message(validation: &Map, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    let Some(node) = validation.get("message").filter(|_| has(validation, "message")) else { return };
    let trimmed = text(validation, "message").trim();
    if trimmed.is_empty() {
        at.invalid_at(&path.field("message"), node, "must be non-empty if specified");
    } else if trimmed.contains(['\n', '\r']) {
        at.invalid_at(&path.field("message"), node, "must not contain line breaks");
    }
}

fn expression(
    holder: &Map,
    field: &str,
    path: &FieldPath,
    known: Known<'_>,
    wanted: Wanted,
    at: &mut Place<'_, '_, '_>,
) {
    let expression = text(holder, field);
    let Some(node) = holder.get(field).filter(|_| !expression.is_empty()) else { return };
    let path = path.field(field);
    if expression.trim().is_empty() {
        return at.required_at(&path, &format!("{field} is not specified"));
    }
    let message = match compile(expression, known, wanted) {
        Ok(_) => return,
        // If the types of all variables were known, the result might have another type.
        Err(Reason::Result(found)) if found.contains("dyn") && !known.is_exact => return,
        Err(Reason::Compilation(reason)) => format!("compilation failed: {reason}"),
        Err(Reason::InvalidConstant(reason)) => format!("program instantiation failed: {reason}"),
        Err(Reason::Result(found)) => match wanted {
            Wanted::String => format!("must evaluate to string but got {found}"),
            Wanted::StringOrNull => format!("must evaluate to one of [string null_type] but got {found}"),
            _ => format!("must evaluate to bool but got {found}"),
        },
    };
    at.invalid_at(&path, node, &message);
}

fn compile(expression: &str, known: Known<'_>, wanted: Wanted) -> Result<Program, Reason> {
    let (anything, request, namespace) = types();
    let mut names = vec!["object", "oldObject", "request", "namespaceObject"];
    let mut variables =
        vec![Variable::Data(anything), Variable::Data(anything), Variable::Data(request), Variable::Data(namespace)];
    if let Some(shape) = known.variables {
        names.push("variables");
        variables.push(Variable::Data(shape));
    }
    if known.has_params {
        names.push("params");
        variables.push(Variable::Data(anything));
    }
    if known.has_authorizer {
        names.push("authorizer");
        variables.push(Variable::Authorizer);
    }
    compiled(expression, &names, &variables, wanted)
}

/// Returns the type of a variable, if it is a simple one.
fn kind_of(expression: &str, known: Known<'_>) -> Option<Kind> {
    let found = match compile(expression, known, Wanted::Bool) {
        Ok(_) => return Some(Kind::Bool),
        Err(Reason::Result(found)) => found,
        Err(_) => return None,
    };
    Some(match found.as_str() {
        "string" => Kind::String,
        "int" => Kind::Int,
        "double" => Kind::Double,
        "bytes" => Kind::Bytes,
        "duration" => Kind::Duration,
        "timestamp" => Kind::DateTime,
        "dyn" | "kubernetes.authorization.Authorizer" if known.is_exact => Kind::Unknown,
        _ => return None,
    })
}

/// Checks the selectors of devices (k8s.io/dynamic-resource-allocation, `cel/compile.go`).
pub(super) fn of_selector(at: &mut Place<'_, '_, '_>) {
    static DEVICE: OnceLock<Shape> = OnceLock::new();
    let Some(cel) = at.map("cel") else { return };
    let expression = text(cel, "expression");
    let path = at.path.field("cel").field("expression");
    let Some(node) = cel.get("expression").filter(|_| !expression.is_empty()) else { return };
    // Only selectors of devices have bindings and this function on lists, which are not supported here.
    if ["cel.bind", ".includes("].iter().any(|own| expression.contains(own)) {
        return;
    }
    let device = DEVICE.get_or_init(|| {
        let values = || map_of(map_of(Shape::new(Kind::Unknown)));
        object(vec![
            ("driver", Shape::new(Kind::String)),
            ("allowMultipleAllocations", Shape::new(Kind::Bool)),
            ("attributes", values()),
            ("capacity", values()),
        ])
    });
    let message = match compiled(expression, &["device"], &[Variable::Data(device)], Wanted::Bool) {
        Ok(_) => return,
        Err(Reason::Result(found)) if found == "dyn" => return,
        Err(Reason::Result(found)) => format!("must evaluate to bool or the unknown type, not {found}"),
        Err(Reason::Compilation(reason)) => format!("compilation failed: {reason}"),
        Err(Reason::InvalidConstant(reason)) => format!("program instantiation failed: {reason}"),
    };
    at.invalid_at(&path, node, &message);
}

fn object(fields: Vec<(&str, Shape)>) -> Shape {
    let field = |(name, shape): (&str, Shape)| {
        let escaped = escaped(name).unwrap_or_else(|| name.to_owned());
        Field { escaped, name: name.to_owned(), shape: Arc::new(shape) }
    };
    Shape::new(Kind::Object(fields.into_iter().map(field).collect()))
}

fn map_of(shape: Shape) -> Shape {
    Shape::new(Kind::Map(Arc::new(shape)))
}

fn list_of(shape: Shape) -> Shape {
    Shape::new(Kind::List(Arc::new(shape), ListType::Atomic))
}

/// Returns the types of any value, of the request, and of the object's namespace.
fn types() -> (&'static Shape, &'static Shape, &'static Shape) {
    static TYPES: OnceLock<[Shape; 3]> = OnceLock::new();
    let [anything, request, namespace] =
        TYPES.get_or_init(|| [Shape::new(Kind::Unknown), request_type(), namespace_type()]);
    (anything, request, namespace)
}

fn texts<'n>(names: &[&'n str]) -> Vec<(&'n str, Shape)> {
    names.iter().map(|name| (*name, Shape::new(Kind::String))).collect()
}

fn request_type() -> Shape {
    let kind = || object(texts(&["group", "version", "kind"]));
    let resource = || object(texts(&["group", "version", "resource"]));
    let mut user = texts(&["username", "uid"]);
    user.push(("groups", list_of(Shape::new(Kind::String))));
    user.push(("extra", map_of(list_of(Shape::new(Kind::String)))));
    let mut fields = texts(&["subResource", "requestSubResource", "name", "namespace", "operation"]);
    fields.extend([
        ("kind", kind()),
        ("resource", resource()),
        ("requestKind", kind()),
        ("requestResource", resource()),
        ("userInfo", object(user)),
        ("dryRun", Shape::new(Kind::Bool)),
        ("options", Shape::new(Kind::Unknown)),
    ]);
    object(fields)
}

fn namespace_type() -> Shape {
    let instant = || Shape::new(Kind::DateTime);
    let mut condition = texts(&["status", "type", "message", "reason"]);
    condition.push(("lastTransitionTime", instant()));
    let mut metadata = texts(&["name", "generateName", "namespace", "UID", "resourceVersion"]);
    metadata.extend([
        ("labels", map_of(Shape::new(Kind::String))),
        ("annotations", map_of(Shape::new(Kind::String))),
        ("creationTimestamp", instant()),
        ("deletionTimestamp", instant()),
        ("deletionGracePeriodSeconds", Shape::new(Kind::Int)),
        ("generation", Shape::new(Kind::Int)),
        ("finalizers", list_of(Shape::new(Kind::String))),
    ]);
    object(vec![
        ("metadata", object(metadata)),
        ("spec", object(vec![("finalizers", list_of(Shape::new(Kind::String)))])),
        ("status", object(vec![("conditions", list_of(object(condition))), ("phase", Shape::new(Kind::String))])),
    ])
}
