//! Why a function failed.

/// Why a function failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The call is invalid: Go would print `error calling NAME: MESSAGE`.
    Call(String),
    /// It is more than the text of a Tera error.
    Kept(Kept),
}

/// A failure that is kept beside the text of a Tera error.
#[derive(Debug)]
pub(super) enum Kept {
    /// `required` or `fail`: the chart refuses to render, with its author's message.
    Refused(String),
    /// A text passed to `tpl` is itself faulty.
    Text { text: String, error: Box<tera::Error> },
}

impl Failure {
    pub(super) fn call(message: impl Into<String>) -> Failure {
        Failure::Call(message.into())
    }
}
