//! Why a function gave no value.

/// Why a function gave no value.
#[derive(Debug)]
pub(super) enum Failure {
    /// The call is wrong: Go would say `error calling NAME: MESSAGE`.
    Call(String),
    /// `required` and `fail`: the chart refuses to render, and this is the sentence of its author.
    Refused(String),
    /// A text given to `tpl` is wrong, in itself.
    Text { text: String, error: Box<tera::Error> },
}

impl Failure {
    pub(super) fn call(message: impl Into<String>) -> Failure {
        Failure::Call(message.into())
    }
}
