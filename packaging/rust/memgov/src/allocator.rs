//! memgov's malloc family as Rust's global allocator.

use std::alloc::{GlobalAlloc, Layout};
use std::os::raw::{c_int, c_void};
use std::ptr::null_mut;

extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn calloc(count: usize, size: usize) -> *mut c_void;
    fn realloc(block: *mut c_void, size: usize) -> *mut c_void;
    fn free(block: *mut c_void);
    fn posix_memalign(out: *mut *mut c_void, alignment: usize, size: usize) -> c_int;
}

/// The global allocator. The program links memgov, whose malloc then serves Rust, C and C++ code of the process
/// alike; a block may be freed by any of them.
///
/// ```no_run
/// #[global_allocator]
/// static ALLOCATOR: memgov::Memgov = memgov::Memgov;
/// ```
///
/// Costs what malloc costs: nothing is kept on the Rust side. Alignments up to 16 are malloc's own; larger ones
/// go through posix_memalign, and a reallocation of such a block copies. A request that a budget refuses is a
/// null pointer, as GlobalAlloc has it: `Vec` and `String` then end the program, `Vec::try_reserve` reports it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memgov;

/// What malloc promises on the 64-bit platforms of glibc (max_align_t).
const MALLOC_ALIGNMENT: usize = 16;

/// Blocks smaller than their alignment are not left to malloc: an allocator that is preloaded before memgov may
/// align small blocks by their size only (jemalloc does).
fn malloc_aligns(size: usize, alignment: usize) -> bool {
    alignment <= MALLOC_ALIGNMENT && alignment <= size
}

/// # Safety
/// The layout's size is not zero, as GlobalAlloc's callers promise.
unsafe fn allocate_aligned(layout: Layout) -> *mut u8 {
    // posix_memalign takes powers of two that a pointer's size divides; a Layout's is a power of two already.
    let alignment = layout.align().max(std::mem::size_of::<usize>());
    let mut block = null_mut();
    match posix_memalign(&mut block, alignment, layout.size()) {
        0 => block.cast(),
        _ => null_mut(),
    }
}

// SAFETY: the C library's contract for these functions is GlobalAlloc's: blocks are disjoint, aligned as asked
// for, live until freed, and a null pointer says that there is none; nothing here unwinds. All of them take and
// give blocks of one allocator, so `free` and `realloc` fit every block that is handed out here.
unsafe impl GlobalAlloc for Memgov {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if malloc_aligns(layout.size(), layout.align()) {
            malloc(layout.size()).cast()
        } else {
            allocate_aligned(layout)
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if malloc_aligns(layout.size(), layout.align()) {
            // calloc knows which pages are clean already.
            return calloc(layout.size(), 1).cast();
        }
        let block = allocate_aligned(layout);
        if !block.is_null() {
            block.write_bytes(0, layout.size());
        }
        block
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _layout: Layout) {
        free(block.cast());
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if malloc_aligns(new_size, layout.align()) {
            // Right also for a small block of posix_memalign's: realloc's result has malloc's alignment.
            return realloc(block.cast(), new_size).cast();
        }
        // SAFETY: GlobalAlloc's callers promise that new_size, rounded up to the alignment, fits an isize.
        let moved = allocate_aligned(Layout::from_size_align_unchecked(new_size, layout.align()));
        if !moved.is_null() {
            // SAFETY: both blocks hold that many bytes, and the new one is nobody else's.
            block.copy_to_nonoverlapping(moved, layout.size().min(new_size));
            free(block.cast());
        }
        moved
    }
}
