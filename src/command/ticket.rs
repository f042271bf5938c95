//! `wecheck ticket`: a ticket of a profile, on stdout.
//!
//! In: a profile and a kind. Out: the ticket and a newline, or with `--json` the ticket with its
//! life, where it came from and, for a group ticket, its group_id.

use super::grant::{Grant, Named};
use crate::cache::{Item, Want};
use crate::context::Context;
use crate::credentials::Access;
use crate::failure::Failure;
use crate::signature::Kind;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck ticket
  wecheck ticket --kind agent --json")]
#[expect(missing_docs, reason = "told on the variant, where the overview of --help finds it")]
pub struct Args {
    /// What it signs; card and invoice are one ticket
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
    /// Fetch a new one, also where the stored one still lives
    #[arg(long)]
    refresh: bool,
}

/// Obtains the ticket.
pub fn run(args: &Args, context: &Context) -> Result<Grant, Failure> {
    let want = if args.refresh { Want::Newer } else { Want::Usable };
    let profile = context.profile()?;
    let obtained = Access::new(context, &profile)?.ticket(Item::of_kind(args.kind), want)?;
    Ok(Grant::new(Named::Ticket, args.kind.name(), &profile, obtained))
}
