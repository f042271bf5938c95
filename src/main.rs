//! The `wecheck` binary: installs the panic hook and passes to [`wecheck::cli`].

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(wecheck::cli::report_bug));
    wecheck::cli::run(std::env::args_os())
}
