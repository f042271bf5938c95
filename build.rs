//! Links the unwinder into the binary where the linker has it as an archive (`libgcc_eh.a`, beside any gcc).
//!
//! The standard library asks for `libgcc_s.so` otherwise: one shared library more to find, map and relocate
//! at every start, and its constructor asks the processor for its features, which is dear in a virtual
//! machine (`benches/sign.py` times a start). In: cargo's variables. Out: one line for the linker, or none,
//! and then the shared library is used as before.

#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script by variables")]

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    let target = env::var("TARGET").unwrap_or_default();
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
