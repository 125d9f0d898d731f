//! The command line.

use std::time::Duration;

pub const USAGE: &str = "usage: tokio_gateway [--port N] [--pause-ms N] [--workers N] [--blocking-threads N]";

#[derive(Clone, Copy)]
pub struct Options {
    pub port: u16,
    pub pause: Duration,
    pub workers: usize,
    pub blocking_threads: usize,
}

impl Options {
    /// 148 threads, as in the front end whose memory set memgov off: 2 runtime threads and a full blocking pool.
    const DEFAULT: Options =
        Options { port: 0, pause: Duration::from_millis(50), workers: 2, blocking_threads: 146 };

    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Options, String> {
        let mut options = Options::DEFAULT;
        while let Some(name) = words.next() {
            let word = words.next().ok_or_else(|| format!("{name}: a number is missing"))?;
            let number: u16 =
                word.parse().map_err(|_| format!("{name}: '{word}' is not a number from 0 to 65535"))?;
            match name.as_str() {
                "--port" => options.port = number,
                "--pause-ms" => options.pause = Duration::from_millis(number.into()),
                "--workers" => options.workers = usize::from(number).max(1),
                "--blocking-threads" => options.blocking_threads = usize::from(number).max(1),
                _ => return Err(format!("unknown option '{name}'")),
            }
        }
        Ok(options)
    }
}
