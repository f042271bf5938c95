//! `wecheck callback verify|decrypt|encrypt|echo|probe|send|listen|history|replay`: what WeChat sends to a developer's server.
//!
//! In: the values of a request, or the whole request as logged; token and key from the profile or
//! the environment only. Out: whether it is signed with our token and which mistake was made, the
//! decrypted message, an encrypted body to send to one's own server, or the answer to a URL verification.

mod decrypt;
mod echo;
mod encrypt;
mod history;
mod human;
mod listen;
mod party;
mod probe;
mod send;
mod source;
mod verify;

use crate::context::Context;
use crate::failure::Failure;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck callback verify --request request.log
  wecheck callback probe http://localhost:8080/wx
  wecheck callback listen --forward http://localhost:8080/wx")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
#[command(disable_help_subcommand = true)]
enum Action {
    Verify(verify::Args),
    Decrypt(decrypt::Args),
    Encrypt(encrypt::Args),
    Echo(echo::Args),
    Probe(probe::Args),
    Send(send::Args),
    Listen(listen::Args),
    History(history::Args),
    Replay(history::ReplayArgs),
}

/// Runs the subcommand.
pub fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    match &args.action {
        Action::Verify(args) => verify::run(args, context),
        Action::Decrypt(args) => decrypt::run(args, context),
        Action::Encrypt(args) => encrypt::run(args, context),
        Action::Echo(args) => echo::run(args, context),
        Action::Probe(args) => probe::run(args, context),
        Action::Send(args) => send::run(args, context),
        Action::Listen(args) => listen::run(args, context),
        Action::History(args) => history::run(args, context),
        Action::Replay(args) => history::replay(args, context),
    }
}
