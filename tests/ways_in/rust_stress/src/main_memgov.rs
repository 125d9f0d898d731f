//! rust_stress_memgov <rounds>: memgov as the global allocator; every byte has gone through it.

#[global_allocator]
static ALLOCATOR: memgov::Memgov = memgov::Memgov;

fn main() {
    assert!(memgov::available(), "another allocator serves");
    let before = memgov::stats().expect("figures").allocated_bytes;
    let allocated = rust_stress::run();
    let counted = memgov::stats().expect("figures").allocated_bytes - before;
    assert!(counted >= allocated, "memgov counted {counted} bytes of {allocated}");
}
