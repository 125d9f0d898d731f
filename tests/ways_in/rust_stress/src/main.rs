//! rust_stress <rounds>: the system's allocator, whatever is preloaded.

fn main() {
    rust_stress::run();
}
