//! memgov for Rust: its allocator as `#[global_allocator]`, and its API.
//!
//! ```no_run
//! # #[cfg(feature = "link")]
//! #[global_allocator]
//! static ALLOCATOR: memgov::Memgov = memgov::Memgov;
//!
//! fn serve(body_bytes: usize) -> u16 {
//!     let _admission = match memgov::admit(6 * body_bytes) {
//!         Ok(admission) => admission,               // given back when it is dropped
//!         Err(memgov::Refusal::Defer) => return 503, // or queue, and ask again in some milliseconds
//!         Err(memgov::Refusal::Reject) => return 503,
//!     };
//!     200
//! }
//! # fn main() { serve(1000); }
//! ```
//!
//! Features: none, nothing is linked: the API finds memgov where it is preloaded, and answers "absent"
//! elsewhere (each function says how). `link`: `Memgov` exists, and the program links `libmemgov.so`;
//! `static`: it links `libmemgov.a`.
//!
//! Safety: every function may be called from any thread, but not from a signal handler. Each says what it
//! costs, where that is more than a call. Bytes are bytes, times nanoseconds.
//! Live bytes are sampled, one block per 512 KiB allocated on average: of L live bytes in small blocks the
//! standard error is sqrt(L x 512 KiB).
//!
//! A budget can make an allocation of 64 KiB or more fail, and a Rust program aborts where a `Vec` or `String`
//! gets no memory. So ask first ([`admit`]), and see docs/rust.md about `MEMGOV_ON_HARD`.

mod admission;
#[cfg(feature = "link")]
mod allocator;
mod budget;
mod ffi;
mod pool;
mod stats;

pub use admission::{admit, Admission, Refusal};
#[cfg(feature = "link")]
pub use allocator::Memgov;
pub use budget::{budget, clear_budget, set_budget, Budget, BudgetRefused, Rung};
pub use pool::{bind_thread, PoolScope};
pub use stats::{available, release, stats, version, Stats};
