//! The C API (include/memgov/memgov.h): linked, or looked up once at run time.

use std::os::raw::{c_char, c_int};

/// memgov_stats_t
#[repr(C)]
#[derive(Default)]
pub struct RawStats {
    pub size: usize,
    pub resident_bytes: u64,
    pub live_bytes: u64,
    pub held_bytes: u64,
    pub allocated_bytes: u64,
    pub releases: u64,
    pub released_bytes: u64,
    pub longest_stall_ns: u64,
    pub threads: u32,
    pub governor_running: u32,
}

/// memgov_budget_t
#[repr(C)]
#[derive(Default)]
pub struct RawBudget {
    pub size: usize,
    pub charged_bytes: u64,
    pub soft_bytes: u64,
    pub hard_bytes: u64,
    pub limit_bytes: u64,
    pub headroom_bytes: u64,
    pub admitted_bytes: u64,
    pub rung: u32,
}

pub const UNLIMITED: u64 = u64::MAX;
pub const ADMITTED: c_int = 0;
pub const DEFER: c_int = 1;

/// One line a call: name, parameters, result, and what it answers where memgov is absent.
macro_rules! calls {
    ($(fn $name:ident($($argument:ident: $kind:ty),*) -> $result:ty = $absent:expr;)*) => {
        #[cfg(feature = "link")]
        mod linked {
            use super::*;
            extern "C" {
                $(pub fn $name($($argument: $kind),*) -> $result;)*
            }
        }
        $(
            #[cfg(feature = "link")]
            pub fn $name($($argument: $kind),*) -> $result {
                // SAFETY: the declaration is that of memgov.h. What pointers point to is the caller's, in
                // this crate: structs that live on the stack, with their size, and NUL-terminated names.
                unsafe { linked::$name($($argument),*) }
            }

            #[cfg(not(feature = "link"))]
            pub fn $name($($argument: $kind),*) -> $result {
                static FOUND: look_up::Symbol = look_up::Symbol::new(concat!(stringify!($name), "\0"));
                match FOUND.address() {
                    None => $absent,
                    Some(address) => {
                        // SAFETY: the object that exports this name is memgov, whose ABI for it never changes
                        // (tests/frame pins it); pointers are as above.
                        unsafe {
                            let call: unsafe extern "C" fn($($kind),*) -> $result =
                                std::mem::transmute(address);
                            call($($argument),*)
                        }
                    }
                }
            }
        )*
    };
}

calls! {
    fn memgov_version() -> *const c_char = std::ptr::null();
    fn memgov_available() -> c_int = 0;
    fn memgov_stats(out: *mut RawStats) -> c_int = -1;
    fn memgov_pool_enter(name: *const c_char) -> u32 = 0;
    fn memgov_pool_leave(token: u32) -> c_int = 0;
    fn memgov_pool_bind(name: *const c_char) -> c_int = -1;
    fn memgov_release(bytes: usize) -> usize = 0;
    fn memgov_budget(out: *mut RawBudget) -> c_int = -1;
    fn memgov_budget_set(soft_bytes: u64, hard_bytes: u64) -> c_int = -1;
    fn memgov_admit(bytes: usize) -> c_int = ADMITTED;
    fn memgov_admit_done(bytes: usize) -> c_int = 0;
}

#[cfg(not(feature = "link"))]
mod look_up {
    use std::os::raw::{c_char, c_void};
    use std::ptr::{null_mut, NonNull};
    use std::sync::atomic::{AtomicPtr, Ordering};

    extern "C" {
        fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    }

    /// glibc's and musl's RTLD_DEFAULT.
    const DEFAULT: *mut c_void = null_mut();

    /// A function by name; the first look-up's result is kept, found or not.
    pub struct Symbol {
        name: &'static str,
        found: AtomicPtr<c_void>,
    }

    /// No function's address: not looked up yet.
    const UNKNOWN: *mut c_void = usize::MAX as *mut c_void;

    impl Symbol {
        /// `name` ends with a NUL.
        pub const fn new(name: &'static str) -> Symbol {
            Symbol { name, found: AtomicPtr::new(UNKNOWN) }
        }

        pub fn address(&self) -> Option<NonNull<c_void>> {
            // Relaxed: the address is all there is, and every thread finds the same one.
            let mut address = self.found.load(Ordering::Relaxed);
            if address == UNKNOWN {
                // SAFETY: the name is NUL-terminated, and lives for ever.
                address = unsafe { dlsym(DEFAULT, self.name.as_ptr().cast()) };
                self.found.store(address, Ordering::Relaxed);
            }
            NonNull::new(address)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::size_of;

    /// As tests/frame/abi.golden has them.
    #[test]
    fn structs_have_the_size_of_the_c_ones() {
        assert_eq!(size_of::<RawStats>(), 72);
        assert_eq!(size_of::<RawBudget>(), 64);
    }
}
