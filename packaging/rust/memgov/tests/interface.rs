//! The API where memgov serves, linked or preloaded. One test: budgets and admissions are the whole process's.

use memgov::{Refusal, Rung};

#[cfg(feature = "link")]
#[global_allocator]
static ALLOCATOR: memgov::Memgov = memgov::Memgov;

const MEBIBYTE: usize = 1 << 20;

/// Keeps the compiler from doing without the allocation (std::hint::black_box is of Rust 1.66).
fn escape(bytes: &[u8]) {
    unsafe { std::ptr::read_volatile(bytes.as_ptr()) };
}

fn admissions_count_until_they_are_dropped() {
    let admitted = || memgov::budget().unwrap().admitted_bytes;
    memgov::set_budget(Some(400 << 20), Some(500 << 20)).unwrap();
    assert_eq!(memgov::admit(usize::MAX).unwrap_err(), Refusal::Reject);
    let first = memgov::admit(100 * MEBIBYTE).unwrap();
    let second = memgov::admit(200 * MEBIBYTE).unwrap();
    assert_eq!(admitted(), 300 << 20);
    assert_eq!(memgov::admit(300 * MEBIBYTE).unwrap_err(), Refusal::Defer);
    std::thread::spawn(move || drop(first)).join().unwrap();
    assert_eq!(admitted(), 200 << 20);
    assert_eq!(second.bytes(), 200 * MEBIBYTE);
    drop(second);
    assert_eq!(admitted(), 0);
}

fn budgets_are_set_and_refused() {
    let budget = memgov::budget().unwrap();
    assert_eq!((budget.soft_bytes, budget.hard_bytes), (Some(400 << 20), Some(500 << 20)));
    assert_eq!(budget.rung, Rung::Normal);
    for (soft, hard) in [(Some(2 << 20), Some(1 << 20)), (Some(0), Some(0)), (None, Some(1 << 20))] {
        assert!(memgov::set_budget(soft, hard).is_err(), "{soft:?} {hard:?}");
    }
    assert_eq!(memgov::budget().unwrap().hard_bytes, Some(500 << 20));
    memgov::set_budget(None, None).unwrap();
    assert_eq!(memgov::budget().unwrap().hard_bytes, None);
    memgov::clear_budget().unwrap();
}

fn release_gives_back() {
    let blocks: Vec<Vec<u8>> = (0..64).map(|_| vec![1; MEBIBYTE]).collect();
    let full = memgov::stats().unwrap();
    blocks.iter().for_each(|block| escape(block));
    drop(blocks);
    memgov::release(usize::MAX);
    let after = memgov::stats().unwrap();
    assert!(after.resident_bytes < full.resident_bytes - (48 << 20), "{full:?} {after:?}");
    assert!(after.threads >= 1);
}

/// Their bytes are tests/ways_in's to see, from outside.
fn scopes_nest() {
    let _outer = memgov::PoolScope::enter("outer");
    {
        let _inner = memgov::PoolScope::enter("inner");
        escape(&vec![0; MEBIBYTE]);
    }
    let _empty = memgov::PoolScope::enter("");
    assert!(std::thread::spawn(|| memgov::bind_thread("bound")).join().unwrap());
    assert!(!memgov::bind_thread(""));
}

#[test]
fn interface() {
    let expected = cfg!(feature = "link") || std::env::var_os("LD_PRELOAD").is_some();
    assert_eq!(memgov::available(), expected);
    if !expected {
        return; // tests/absent.rs
    }
    assert!(memgov::version().unwrap().starts_with(env!("CARGO_PKG_VERSION")));
    admissions_count_until_they_are_dropped();
    budgets_are_set_and_refused();
    release_gives_back();
    scopes_nest();
}
