//! Threads that exchange buffers of many sizes, threads that come and go, forks and commands meanwhile. Every buffer
//! is marked, and looked at by whoever gets it.

mod children;
mod marked;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Mutex;
use std::thread;

use marked::{Buffer, Random};

const THREADS: u64 = 8;
const SLOTS: usize = 256;

/// What the threads have in common: a place where each finds what another has left.
struct Exchange {
    slots: Vec<Mutex<Option<Buffer>>>,
    allocated_bytes: AtomicU64,
    is_over: AtomicBool,
}

impl Exchange {
    fn new() -> Exchange {
        Exchange {
            slots: (0..SLOTS).map(|_| Mutex::new(None)).collect(),
            allocated_bytes: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
        }
    }

    /// Leaves a buffer and takes what was there: made by any thread, checked and freed by this one.
    fn trade(&self, random: &mut Random) {
        let mut buffer = Buffer::new(random);
        self.allocated_bytes.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        if random.one_in(4) {
            buffer.resize(random);
        }
        let slot = &self.slots[random.below(SLOTS)];
        let found = slot.lock().unwrap().replace(buffer);
        if let Some(found) = found {
            found.check();
        }
    }
}

fn work(exchange: &Exchange, seed: u64, rounds: u64) {
    let mut random = Random::new(seed);
    for _ in 0..rounds {
        exchange.trade(&mut random);
    }
}

/// Threads of a few rounds each; what they leave outlives them.
fn come_and_go(exchange: &Exchange) {
    for seed in 0.. {
        if exchange.is_over.load(Ordering::Relaxed) {
            return;
        }
        thread::scope(|scope| {
            for lane in 0..4 {
                scope.spawn(move || work(exchange, 1_000_000 + 4 * seed + lane, 20));
            }
        });
    }
}

fn start_children(exchange: &Exchange) {
    let mut random = Random::new(7);
    while !exchange.is_over.load(Ordering::Relaxed) {
        children::fork_and_allocate(&mut random);
        children::run_command();
    }
}

/// For as many rounds as the command line says. The bytes that were asked for, at least.
pub fn run() -> u64 {
    assert_object_is_loaded();
    let rounds = std::env::args().nth(1).and_then(|word| word.parse().ok()).expect("usage: rust_stress ROUNDS");
    let exchange = Exchange::new();
    thread::scope(|scope| {
        scope.spawn(|| come_and_go(&exchange));
        scope.spawn(|| start_children(&exchange));
        thread::scope(|workers| {
            for seed in 0..THREADS {
                let exchange = &exchange;
                workers.spawn(move || work(exchange, seed, rounds));
            }
        });
        exchange.is_over.store(true, Ordering::Relaxed);
    });
    for slot in exchange.slots {
        if let Some(buffer) = slot.into_inner().unwrap() {
            buffer.check();
        }
    }
    println!("{} bytes", exchange.allocated_bytes.load(Ordering::Relaxed));
    exchange.allocated_bytes.into_inner()
}

/// The test's own check: a preload that did not take would pass everything.
fn assert_object_is_loaded() {
    if let Ok(object) = std::env::var("LD_PRELOAD") {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        assert!(maps.contains(&object), "{object} is not loaded");
    }
}
