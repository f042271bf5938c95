//! `wecheck domain-check URL…`: may these pages use the JS-SDK, and would they open at all.
//!
//! In: addresses from the command line or stdin, and the entries of the admin console from flags
//! or the profile. Out: one [`Checked`] an address: the rules' answer and, with `--probe`, what the
//! network showed. With `--write` the verification file is written as well.

use std::borrow::Cow;
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use colored::Colorize;
use serde::Serialize;

use super::Context;
use crate::config::Profile;
use crate::domain::{self, Answer, Purpose, Query, Status, Verdict, VerifyFile, name_fault};
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::{Report, safe};
use crate::platform::Platform;
use crate::say;

/// A list on stdin ends here, in bytes.
const LIST_LIMIT: u64 = 16 * 1024 * 1024;

/// Say whether a page's domain may be used, and with --probe whether the host serves it well
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck domain-check https://m.example.com/ --trusted m.example.com
  wecheck domain-check https://m.example.com/cb --purpose oauth --platform work --trusted m.example.com
  wecheck domain-check https://m.example.com/ --probe --verify-file MP_verify_0123456789abcdef.txt
  wecheck domain-check - --strict < pages.txt")]
pub struct Args {
    /// Pages' addresses or authorize links; - reads a list from stdin, one a line
    #[arg(value_name = "URL", required_unless_present = "write")]
    urls: Vec<String>,
    /// Whose rules hold (default: the profile's, else mp)
    #[arg(long, value_enum)]
    platform: Option<Platform>,
    /// What the address is used for
    #[arg(long, value_enum, default_value_t)]
    purpose: Purpose,
    /// An entry of the admin console, exactly as it stands there (repeatable)
    #[arg(long, value_name = "ENTRY", allow_hyphen_values = true)]
    trusted: Vec<String>,
    /// The account is a test account (测试号): IP addresses, ports and localhost are fine
    #[arg(long)]
    sandbox: bool,
    /// The verification file's name: MP_verify_….txt or WW_verify_….txt
    #[arg(long, value_name = "NAME")]
    verify_file: Option<String>,
    /// Write the verification file into this folder
    #[arg(long, value_name = "DIR", requires = "verify_file")]
    write: Option<PathBuf>,
    /// Ask the network too: DNS, TLS, redirects, the verification file, latency
    #[arg(long)]
    probe: bool,
    /// Exit 1 also where the answer is unknown
    #[arg(long)]
    strict: bool,
    /// Trust these PEM certificates instead of the built-in and the system's roots, as curl --cacert
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Connect to ADDR for HOST:PORT, as curl --resolve (repeatable)
    #[arg(long, value_name = "HOST:PORT:ADDR", value_parser = NonEmptyStringValueParser::new())]
    resolve: Vec<String>,
}

/// One address's answer.
#[derive(Debug, Serialize)]
pub struct Checked {
    /// The rules' answer.
    #[serde(flatten)]
    pub answer: Answer,
    /// What the network showed; empty without `--probe`.
    pub probes: Vec<Finding>,
}

/// The answers for all addresses.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Answers {
    checked: Vec<Checked>,
    #[serde(skip)]
    strict: bool,
}
