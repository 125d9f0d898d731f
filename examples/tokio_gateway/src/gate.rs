//! What a gateway asks before it takes on a request. The gateway itself is the same with and without memgov.

/// Why a request is not taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// Ask again in some milliseconds.
    Now,
    /// Answer 503.
    ForLong,
}

pub trait Gate: Send + Sync + 'static {
    /// The most that a connection reads ahead of its admission; None: hyper's own choice, about 400 KB.
    const READ_AHEAD_BYTES: Option<usize>;
    /// Kept for as long as the request is worked on.
    type Pass: Send;
    /// Kept while a thread works on a phase of a request; never across an await.
    type Scope;

    fn admit(body_bytes: usize) -> Result<Self::Pass, Busy>;
    fn scope(phase: &'static str) -> Self::Scope;
    /// A document about the process's memory, where there is one.
    fn figures() -> Option<String>;
}

/// Takes on everything.
pub struct Open;

impl Gate for Open {
    const READ_AHEAD_BYTES: Option<usize> = None;
    type Pass = ();
    type Scope = ();

    fn admit(_body_bytes: usize) -> Result<(), Busy> {
        Ok(())
    }

    fn scope(_phase: &'static str) {}

    fn figures() -> Option<String> {
        None
    }
}
