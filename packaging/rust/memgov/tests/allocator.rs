//! memgov as the global allocator of this very test: alignments, contents, refusals.
#![cfg(feature = "link")]

use std::alloc::{alloc, alloc_zeroed, dealloc, realloc, Layout};

#[global_allocator]
static ALLOCATOR: memgov::Memgov = memgov::Memgov;

const ALIGNMENTS: [usize; 8] = [1, 8, 16, 32, 64, 4096, 1 << 16, 1 << 21];
const SIZES: [usize; 8] = [1, 7, 24, 100, 4095, 70_000, 300_000, 3_000_000];

/// Keeps the compiler from doing without the allocation (std::hint::black_box is of Rust 1.66).
fn escape(bytes: &[u8]) {
    unsafe { std::ptr::read_volatile(bytes.as_ptr()) };
}

fn fill(block: *mut u8, size: usize) {
    // Every 61st byte: a pattern that no other block has at the same place.
    for at in (0..size).step_by(61) {
        unsafe { block.add(at).write((at % 251) as u8) };
    }
}

fn assert_filled(block: *const u8, size: usize) {
    for at in (0..size).step_by(61) {
        assert_eq!(unsafe { block.add(at).read() }, (at % 251) as u8);
    }
}

fn for_all(check: impl Fn(Layout)) {
    for alignment in ALIGNMENTS {
        for size in SIZES {
            check(Layout::from_size_align(size, alignment).unwrap());
        }
    }
}

#[test]
fn blocks_are_aligned_and_zeroed() {
    for_all(|layout| unsafe {
        for allocate in [alloc, alloc_zeroed] {
            let block = allocate(layout);
            assert!(!block.is_null());
            assert_eq!(block as usize % layout.align(), 0, "{layout:?}");
            fill(block, layout.size());
            dealloc(block, layout);
        }
        // On top of what was written just now.
        let block = alloc_zeroed(layout);
        assert!((0..layout.size()).all(|at| block.add(at).read() == 0), "{layout:?}");
        dealloc(block, layout);
    });
}

#[test]
fn reallocation_keeps_contents_and_alignment() {
    for_all(|layout| {
        for new_size in SIZES {
            unsafe {
                let block = alloc(layout);
                fill(block, layout.size());
                let block = realloc(block, layout, new_size);
                assert!(!block.is_null());
                assert_eq!(block as usize % layout.align(), 0, "{layout:?} to {new_size}");
                assert_filled(block, layout.size().min(new_size));
                dealloc(block, Layout::from_size_align(new_size, layout.align()).unwrap());
            }
        }
    });
}

#[test]
fn a_refusal_is_a_null_pointer() {
    let mut bytes = Vec::<u8>::new();
    assert!(bytes.try_reserve(1 << 46).is_err());
    let aligned = Layout::from_size_align(1 << 46, 4096).unwrap();
    let refused = unsafe { alloc(aligned) };
    // Volatile: of a block that nobody uses the compiler may say that it could be had.
    assert!(unsafe { std::ptr::read_volatile(&refused) }.is_null());
    let layout = Layout::from_size_align(1000, 4096).unwrap();
    unsafe {
        let block = alloc(layout);
        fill(block, 1000);
        assert!(realloc(block, layout, 1 << 46).is_null());
        assert_filled(block, 1000);
        dealloc(block, layout);
    }
}

#[test]
fn memgov_serves() {
    assert!(memgov::available());
    let before = memgov::stats().unwrap().allocated_bytes;
    escape(&vec![1; 8 << 20]);
    assert!(memgov::stats().unwrap().allocated_bytes >= before + (8 << 20));
}

/// What C code allocated is freed by Rust's side of the same allocator, and the other way round.
#[test]
fn blocks_cross_to_c() {
    extern "C" {
        fn strdup(text: *const std::os::raw::c_char) -> *mut std::os::raw::c_char;
        fn free(block: *mut std::os::raw::c_void);
    }
    unsafe {
        let copy = strdup(b"memgov\0".as_ptr().cast());
        dealloc(copy.cast(), Layout::from_size_align(7, 1).unwrap());
        free(Box::into_raw(Box::new([0u8; 500])).cast());
    }
}
