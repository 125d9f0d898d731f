//! The same gateway with memgov as its global allocator: it asks before it takes on a request, tags the phases of
//! its work as pools, and shows its memory at /memory.

use serde_json::json;
use tokio_gateway::gate::{Busy, Gate};
use tokio_gateway::gateway;

#[global_allocator]
static ALLOCATOR: memgov::Memgov = memgov::Memgov;

struct Governed;

/// A request's memory at its peak, in bodies: the body in pieces and as a whole, and the parsed document. serde_json
/// takes about 700 bytes for an object of two fields, whatever they hold: 12 bodies for messages of 60 bytes, 2 for
/// messages of 1,000. Too little said here is memory that no budget knows of until it is used.
const BODIES: usize = 16;

impl Gate for Governed {
    /// What many connections read ahead adds up, and no admission counts it.
    const READ_AHEAD_BYTES: Option<usize> = Some(32 << 10);
    type Pass = memgov::Admission;
    type Scope = memgov::PoolScope;

    fn admit(body_bytes: usize) -> Result<memgov::Admission, Busy> {
        memgov::admit(body_bytes.saturating_mul(BODIES)).map_err(|refusal| match refusal {
            memgov::Refusal::Defer => Busy::Now,
            memgov::Refusal::Reject => Busy::ForLong,
        })
    }

    fn scope(phase: &'static str) -> memgov::PoolScope {
        memgov::PoolScope::enter(phase)
    }

    fn figures() -> Option<String> {
        let (stats, budget) = (memgov::stats()?, memgov::budget()?);
        let figures = json!({
            "version": memgov::version(),
            "live_bytes": stats.live_bytes,
            "held_bytes": stats.held_bytes,
            "allocated_bytes": stats.allocated_bytes,
            "charged_bytes": budget.charged_bytes,
            "hard_bytes": budget.hard_bytes,
            "admitted_bytes": budget.admitted_bytes,
            "rung": format!("{:?}", budget.rung),
        });
        Some(format!("{figures}\n"))
    }
}

fn main() {
    if !memgov::available() {
        eprintln!("tokio_gateway_memgov: another allocator serves this process: everything is admitted");
    }
    gateway::run::<Governed>();
}
