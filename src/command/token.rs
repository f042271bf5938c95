//! `wecheck token` and `wecheck ticket`: a credential of the profile, on stdout.
//!
//! In: whether a newer one is wanted, and a ticket's kind. Out: the value and a newline, or with
//! `--json` the value with its lifetime and where it came from.

use std::io::{self, Write};

use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::ops::token::{self, Grant, TicketRequest, TokenRequest};
use crate::output::Report;
use crate::secret::Secret;
use crate::signature::Kind;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck token
  wecheck token --json --profile shop
  wecheck token --if-current FINGERPRINT  # after 40001: a new one")]
pub struct TokenArgs {
    /// Fetch a new one, also when the stored one is still valid
    #[arg(long)]
    refresh: bool,
    /// Fetch a new one only if the stored one has this fingerprint (of --json)
    #[arg(long, value_name = "FINGERPRINT")]
    if_current: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck ticket
  wecheck ticket --kind card
  wecheck ticket --kind agent --json")]
pub struct TicketArgs {
    /// What it signs; card and invoice are one ticket
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
    /// Fetch a new one, also when the stored one is still valid
    #[arg(long)]
    refresh: bool,
}

pub fn run_token(args: TokenArgs, context: &Context) -> Result<bool, Failure> {
    let request = TokenRequest { refresh: args.refresh, if_current: args.if_current };
    context.out.show(&token::token(&request, context)?)
}

pub fn run_ticket(args: &TicketArgs, context: &Context) -> Result<bool, Failure> {
    let request = TicketRequest { kind: args.kind, refresh: args.refresh };
    context.out.show(&token::ticket(&request, context)?)
}

impl Report for Grant {
    fn human(&self, out: &mut dyn Write, _: Lang) -> io::Result<()> {
        let value = self.access_token.as_ref().or(self.ticket.as_ref());
        writeln!(out, "{}", value.map_or("", Secret::reveal))
    }
}
