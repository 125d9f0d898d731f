//! A gateway that knows nothing of memgov: tokio, hyper and serde_json as they come, the system's allocator.
//! What memory it needs is the allocator's business and the load's.

use tokio_gateway::{gate::Open, gateway};

fn main() {
    gateway::run::<Open>();
}
