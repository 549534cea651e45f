//! Kubernetes' functions on authorization. They are declared, but always fail here: in rules, no value has their types.

use super::function::{Function, member, no_overload};

#[rustfmt::skip]
pub(super) const TABLE: &[Function] = &[
    member("path", &["kubernetes.authorization.Authorizer, string -> kubernetes.authorization.PathCheck"], |_, _| no_overload()),
    member("group", &["kubernetes.authorization.Authorizer, string -> kubernetes.authorization.GroupCheck"], |_, _| no_overload()),
    member("serviceAccount", &["kubernetes.authorization.Authorizer, string, string -> kubernetes.authorization.Authorizer"], |_, _| no_overload()),
    member("resource", &["kubernetes.authorization.GroupCheck, string -> kubernetes.authorization.ResourceCheck"], |_, _| no_overload()),
    member("subresource", &["kubernetes.authorization.ResourceCheck, string -> kubernetes.authorization.ResourceCheck"], |_, _| no_overload()),
    member("namespace", &["kubernetes.authorization.ResourceCheck, string -> kubernetes.authorization.ResourceCheck"], |_, _| no_overload()),
    member("name", &["kubernetes.authorization.ResourceCheck, string -> kubernetes.authorization.ResourceCheck"], |_, _| no_overload()),
    member("fieldSelector", &["kubernetes.authorization.ResourceCheck, string -> kubernetes.authorization.ResourceCheck"], |_, _| no_overload()),
    member("labelSelector", &["kubernetes.authorization.ResourceCheck, string -> kubernetes.authorization.ResourceCheck"], |_, _| no_overload()),
    member("check", &[
        "kubernetes.authorization.PathCheck, string -> kubernetes.authorization.Decision",
        "kubernetes.authorization.ResourceCheck, string -> kubernetes.authorization.Decision",
    ], |_, _| no_overload()),
    member("errored", &["kubernetes.authorization.Decision -> bool"], |_, _| no_overload()),
    member("error", &["kubernetes.authorization.Decision -> string"], |_, _| no_overload()),
    member("allowed", &["kubernetes.authorization.Decision -> bool"], |_, _| no_overload()),
    member("reason", &["kubernetes.authorization.Decision -> string"], |_, _| no_overload()),
];
