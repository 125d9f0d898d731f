//! What is there, and giving memory back.

use std::ffi::CStr;
use std::mem::size_of;

use crate::ffi::{self, RawStats};

/// Figures of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// RSS, read now.
    pub resident_bytes: u64,
    /// Asked for and not yet freed; sampled.
    pub live_bytes: u64,
    /// Taken from the kernel by the engine and not given back, live included.
    pub held_bytes: u64,
    /// Asked for since the start, by all threads that exist or existed.
    pub allocated_bytes: u64,
    /// Passes that tried to give memory back, whatever started them.
    pub releases: u64,
    /// What those passes took off the RSS.
    pub released_bytes: u64,
    /// No other thread was kept waiting by a release for longer than this.
    pub longest_stall_ns: u64,
    pub threads: u32,
    pub governor_running: bool,
}

/// Is memgov the allocator of this process? False where it is absent, or another allocator serves.
pub fn available() -> bool {
    ffi::memgov_available() != 0
}

/// "0.1.0 arena": number and engine. `None` where memgov is absent.
pub fn version() -> Option<&'static str> {
    let text = ffi::memgov_version();
    if text.is_null() {
        return None;
    }
    // SAFETY: memgov.h: NUL-terminated, of static storage; memgov is never unloaded.
    unsafe { CStr::from_ptr(text) }.to_str().ok()
}

/// Microseconds; on a large heap of the system engine milliseconds, while glibc locks one arena after the other.
/// `None` where memgov is absent.
pub fn stats() -> Option<Stats> {
    let mut raw = RawStats { size: size_of::<RawStats>(), ..RawStats::default() };
    if ffi::memgov_stats(&mut raw) != 0 {
        return None;
    }
    Some(Stats {
        resident_bytes: raw.resident_bytes,
        live_bytes: raw.live_bytes,
        held_bytes: raw.held_bytes,
        allocated_bytes: raw.allocated_bytes,
        releases: raw.releases,
        released_bytes: raw.released_bytes,
        longest_stall_ns: raw.longest_stall_ns,
        threads: raw.threads,
        governor_running: raw.governor_running != 0,
    })
}

/// Gives memory back to the kernel: at least `bytes` if that much is to be had (`usize::MAX`: all). The bytes that
/// the RSS really lost; 0 where memgov is absent. Runs on the calling thread: milliseconds on a large heap.
pub fn release(bytes: usize) -> usize {
    ffi::memgov_release(bytes)
}
