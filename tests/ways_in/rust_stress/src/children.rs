//! Processes that are started while all other threads allocate.

use std::os::raw::c_int;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use crate::marked::{Buffer, Random};

extern "C" {
    fn fork() -> c_int;
    fn waitpid(pid: c_int, status: *mut c_int, options: c_int) -> c_int;
    fn _exit(status: c_int) -> !;
    fn alarm(seconds: u32) -> u32;
}

/// A child that allocates: POSIX promises it nothing, glibc and memgov do.
pub fn fork_and_allocate(random: &mut Random) {
    let pid = unsafe { fork() };
    assert!(pid >= 0);
    if pid == 0 {
        // A lock that nobody holds any more would be waited for without end.
        unsafe { alarm(30) };
        for _ in 0..50 {
            let mut buffer = Buffer::new(random);
            buffer.resize(random);
            buffer.check();
        }
        unsafe { _exit(0) };
    }
    let mut status = -1;
    assert_eq!(unsafe { waitpid(pid, &mut status, 0) }, pid);
    assert_eq!(status, 0, "the child's status");
}

/// By fork and exec: pre_exec keeps the library from posix_spawn.
pub fn run_command() {
    let mut command = Command::new("/bin/true");
    command.stdin(Stdio::null());
    unsafe { command.pre_exec(|| Ok(())) };
    assert!(command.status().unwrap().success());
    assert!(Command::new("/bin/true").status().unwrap().success());
}
