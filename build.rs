//! Says in the version which commit and target it is, and links the unwinder into the binary where the linker has it as an archive (`libgcc_eh.a`, beside any gcc).
//!
//! The standard library asks for `libgcc_s.so` otherwise: one shared library more to find, map and relocate
//! at every start, and its constructor asks the processor for its features, which is dear in a virtual
//! machine (`benches/sign.py` times a start). In: cargo's variables. Out: one line for the linker, or none,
//! and then the shared library is used as before.

#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script by variables")]

use std::env;
use std::path::Path;
use std::process::Command;

/// `0.1.0 (2224ff6bbb83 x86_64-unknown-linux-gnu)`. The release build passes the commit; asking git here would
/// build everything again after each commit.
fn version(target: &str) {
    println!("cargo::rerun-if-env-changed=WECHECK_BUILD_COMMIT");
    let commit = env::var("WECHECK_BUILD_COMMIT").unwrap_or_default();
    let place = format!("{commit} {target}");
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    println!("cargo::rustc-env=WECHECK_VERSION={version} ({})", place.trim());
}

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    let target = env::var("TARGET").unwrap_or_default();
    version(&target);
    if !target.ends_with("-linux-gnu") || env::var("HOST").is_ok_and(|host| host != target) {
        return;
    }
    let linker = env::var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_owned());
    let Ok(told) = Command::new(linker).arg("-print-file-name=libgcc_eh.a").output() else { return };
    let file = String::from_utf8_lossy(&told.stdout).trim().to_owned();
    // A linker that has none prints the bare name.
    if let Some(folder) =
        Path::new(&file).parent().filter(|folder| folder.is_absolute() && Path::new(&file).is_file())
    {
        println!("cargo::rustc-link-search=native={}", folder.display());
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
}
