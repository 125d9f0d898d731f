//! May this process take on a piece of work?

use std::fmt;

use crate::ffi;

/// Why work was not admitted. Nothing is reserved then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not now: queue the work, and ask again in some milliseconds.
    Defer,
    /// Not soon, or never: answer 503.
    Reject,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Refusal::Defer => "deferred: no memory for it now",
            Refusal::Reject => "rejected: no memory for it",
        })
    }
}

impl std::error::Error for Refusal {}

/// Bytes that are reserved for a piece of work, until this is dropped. May be sent to another thread, and may
/// live across an await.
#[must_use = "dropping it gives the reservation back"]
#[derive(Debug)]
pub struct Admission {
    bytes: usize,
}

impl Admission {
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        ffi::memgov_admit_done(self.bytes);
    }
}

/// Reserves `bytes`, about what the work will need in all (body, parsed form, answer), if they fit below the
/// soft budget together with all that was admitted before, by the other workers of the container too. Well
/// under a microsecond. Admitted where memgov is absent or there is no budget.
pub fn admit(bytes: usize) -> Result<Admission, Refusal> {
    match ffi::memgov_admit(bytes) {
        ffi::ADMITTED => Ok(Admission { bytes }),
        ffi::DEFER => Err(Refusal::Defer),
        _ => Err(Refusal::Reject),
    }
}
