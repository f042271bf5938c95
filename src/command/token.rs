//! `wecheck token`: the access token of a profile, on stdout.
//!
//! In: a profile, and whether a newer token is wanted. Out: the token and a newline, or with
//! `--json` the token with its life and where it came from.

use super::grant::{Grant, Named};
use crate::cache::{Item, Want};
use crate::context::Context;
use crate::credentials::Access;
use crate::failure::Failure;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck token
  curl \"https://api.weixin.qq.com/cgi-bin/get_api_domain_ip?access_token=$(wecheck token)\"
  wecheck token --if-current \"$FINGERPRINT\"    # after 40001: a new one, unless there is one already")]
#[expect(missing_docs, reason = "told on the variant, where the overview of --help finds it")]
pub struct Args {
    /// Fetch a new one, also where the stored one still lives
    #[arg(long)]
    refresh: bool,
    /// Fetch a new one only if the stored one has this fingerprint (of --json)
    #[arg(long, value_name = "FINGERPRINT")]
    if_current: Option<String>,
}

/// Obtains the token.
pub fn run(args: &Args, context: &Context) -> Result<Grant, Failure> {
    let want = match &args.if_current {
        Some(fingerprint) => {
            let fingerprint = fingerprint.trim().to_ascii_lowercase();
            if fingerprint.len() != 12 || !fingerprint.bytes().all(|b| b.is_ascii_hexdigit()) {
                // It may be the token itself: it is not repeated.
                return Err(Failure::usage(
                    "`--if-current` takes the 12 hex digits of a token's fingerprint",
                )
                .hint("wecheck token --json shows it"));
            }
            Want::Not(fingerprint)
        }
        None if args.refresh => Want::Newer,
        None => Want::Usable,
    };
    let profile = context.profile()?;
    let obtained = Access::new(context, &profile)?.token(want)?;
    Ok(Grant::new(Named::AccessToken, Item::Token.name(), &profile, obtained))
}
