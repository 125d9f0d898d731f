//! Pools: whose memory is it?

use std::marker::PhantomData;
use std::os::raw::c_char;

use crate::ffi;

/// MEMGOV_NAME_BYTES, the terminating NUL included.
const NAME_BYTES: usize = 32;

/// The name as C has it: cut at its first NUL, and to 31 bytes at a character's end. On the stack: a scope must
/// not allocate for its own sake.
fn terminated(name: &str) -> [u8; NAME_BYTES] {
    let name = name.split('\0').next().unwrap_or("");
    let mut length = name.len().min(NAME_BYTES - 1);
    while !name.is_char_boundary(length) {
        length -= 1;
    }
    let mut bytes = [0; NAME_BYTES];
    bytes[..length].copy_from_slice(&name.as_bytes()[..length]);
    bytes
}

fn as_c(name: &[u8; NAME_BYTES]) -> *const c_char {
    name.as_ptr().cast()
}

/// While it lives, what this thread allocates counts for the named pool. Scopes nest, and are dropped in reverse
/// order. One belongs to its thread and cannot be sent to another; in async code it must not live across an
/// await, and cannot in a task that a runtime moves between threads. Tens of nanoseconds. At most 64 pools exist:
/// beyond them, for an empty name, and where memgov is absent it does nothing.
///
/// ```compile_fail
/// let scope = memgov::PoolScope::enter("parse");
/// std::thread::spawn(move || drop(scope));
/// ```
#[must_use = "the scope ends when it is dropped"]
#[derive(Debug)]
pub struct PoolScope {
    token: u32,
    not_send: PhantomData<*const ()>,
}

impl PoolScope {
    /// Names longer than 31 bytes are cut.
    pub fn enter(name: &str) -> PoolScope {
        PoolScope { token: ffi::memgov_pool_enter(as_c(&terminated(name))), not_send: PhantomData }
    }
}

impl Drop for PoolScope {
    fn drop(&mut self) {
        ffi::memgov_pool_leave(self.token);
    }
}

/// Binds this thread to a pool for good, whatever its name; say, from a runtime's `on_thread_start`. False where
/// there are no more pools, the name is empty, or memgov is absent.
pub fn bind_thread(pool: &str) -> bool {
    ffi::memgov_pool_bind(as_c(&terminated(pool))) == 0
}

#[cfg(test)]
mod tests {
    use super::terminated;

    fn text(name: &str) -> Vec<u8> {
        terminated(name).split(|byte| *byte == 0).next().unwrap().to_vec()
    }

    #[test]
    fn names_are_cut_at_characters_and_at_nul() {
        assert_eq!(text("parse"), b"parse");
        assert_eq!(text(""), b"");
        assert_eq!(text("par\0se"), b"par");
        assert_eq!(text(&"x".repeat(40)).len(), 31);
        assert_eq!(text(&"ä".repeat(40)), "ä".repeat(15).as_bytes());
    }
}
