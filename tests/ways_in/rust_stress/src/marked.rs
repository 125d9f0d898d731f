//! Buffers that tell whether they are whole.

/// xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled" (2016).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e3779b97f4a7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545f4914f6cdd1d)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 33) as usize % limit
    }

    pub fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }
}

/// Many small ones, few of up to 512 KiB.
fn some_size(random: &mut Random) -> usize {
    let doublings = if random.one_in(16) { 16 } else { 9 };
    let most = 16 << random.below(doublings);
    1 + random.below(most)
}

/// A cache line, for a wider alignment than malloc's own.
#[repr(align(128))]
#[derive(Clone)]
struct Line([u8; 128]);

pub struct Buffer {
    mark: u8,
    bytes: Vec<u8>,
    lines: Vec<Line>,
}

impl Buffer {
    pub fn new(random: &mut Random) -> Buffer {
        let mark = random.next() as u8;
        let size = some_size(random);
        // Zeroed by the allocator, at times in memory that was used before.
        let mut bytes = vec![0; size];
        assert!(bytes.iter().all(|byte| *byte == 0), "not zeroed");
        bytes.fill(mark);
        let lines = vec![Line([mark; 128]); random.below(4)];
        Buffer { mark, bytes, lines }
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Grows or shrinks, in place or not; lines too, whose allocation copies.
    pub fn resize(&mut self, random: &mut Random) {
        self.bytes.resize(some_size(random), self.mark);
        self.bytes.shrink_to_fit();
        self.lines.resize(random.below(8), Line([self.mark; 128]));
        self.lines.shrink_to_fit();
    }

    pub fn check(&self) {
        assert!(self.bytes.iter().all(|byte| *byte == self.mark), "a buffer of {} bytes changed", self.len());
        for line in &self.lines {
            assert_eq!(line as *const Line as usize % 128, 0);
            assert!(line.0.iter().all(|byte| *byte == self.mark), "a line changed");
        }
    }
}
