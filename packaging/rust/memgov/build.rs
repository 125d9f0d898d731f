//! Finds the library for the features `link` and `static`: in MEMGOV_LIBRARY_DIR, else where pkg-config says.
//! Dependents find the folder in DEP_MEMGOV_LIBRARY_DIR, for an rpath of their own.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{exit, Command};

fn folder_by_pkg_config() -> Option<PathBuf> {
    let found = Command::new("pkg-config").args(["--variable=libdir", "memgov"]).output().ok()?;
    let folder = String::from_utf8(found.stdout).ok()?;
    (found.status.success() && !folder.trim().is_empty()).then(|| PathBuf::from(folder.trim()))
}

fn fail(reason: &str) -> ! {
    eprintln!("memgov: {reason}");
    exit(1);
}

fn find_folder(file: &str) -> PathBuf {
    println!("cargo:rerun-if-env-changed=MEMGOV_LIBRARY_DIR");
    let (folder, source) = match env::var_os("MEMGOV_LIBRARY_DIR") {
        Some(folder) => (PathBuf::from(folder), "MEMGOV_LIBRARY_DIR"),
        None => match folder_by_pkg_config() {
            Some(folder) => (folder, "pkg-config memgov"),
            None => fail(&format!(
                "no {file}: set MEMGOV_LIBRARY_DIR to its folder, or install memgov where pkg-config finds it"
            )),
        },
    };
    if !Path::new(&folder).join(file).is_file() {
        fail(&format!("{source} is '{}', where there is no {file}", folder.display()));
    }
    folder
}

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_LINK").is_none() {
        return;
    }
    let is_static = env::var_os("CARGO_FEATURE_STATIC").is_some();
    let file = if is_static { "libmemgov.a" } else { "libmemgov.so" };
    let folder = find_folder(file);
    if is_static {
        println!("cargo:rerun-if-changed={}", folder.join(file).display());
    }
    println!("cargo:rustc-link-search=native={}", folder.display());
    println!("cargo:lib_dir={}", folder.display());
    // Not bundled into the rlib: the archive is one object, which the program's link takes as a whole.
    println!("cargo:rustc-link-lib={}", if is_static { "static:-bundle=memgov" } else { "dylib=memgov" });
}
