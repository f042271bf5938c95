//! What the profile knows of the account that a page belongs to.
//!
//! In: the context, its profile, a ticket given by hand. Out: an [`Account`]. The tickets of the kinds that
//! a page usually needs are fetched if the cache lacks them; where that fails, a note, and the page is
//! opened without.

use super::{Account, Ticket};
use crate::config::Profile;
use crate::context::Context;
use crate::credentials::{Relation, known_tickets, ticket_for};
use crate::failure::Failure;
use crate::platform::Platform;
use crate::secret::Secret;
use crate::signature::Kind;

/// The account of a run.
pub fn account(context: &Context, given: Option<&str>) -> Result<(Account, Option<Profile>), Failure> {
    let profile = context.profile_if_any()?;
    let mut account = Account::default();
    if let Some(ticket) = given {
        account.tickets.push(Ticket {
            value: Secret::new(ticket),
            kind: None,
            given: true,
            from_cache: false,
            expires_at: None,
        });
    }
    let Some(own) = &profile else { return Ok((account, None)) };
    account.app_id.clone_from(&own.app_id);
    account.trusted_domains.clone_from(&own.trusted_domains);
    account.sandbox = own.sandbox;
    let usual: &[Kind] = match own.platform() {
        Platform::Mp => &[Kind::Jsapi],
        Platform::Work => &[Kind::Jsapi, Kind::Agent],
    };
    let can_fetch = own.secret.is_some() || own.access_token.is_some() || own.ticket.is_some();
    for kind in [Kind::Jsapi, Kind::Agent, Kind::Card] {
        let known = known_tickets(context, own, kind);
        let of = |relation: Relation| known.iter().filter(move |known| known.relation == relation);
        let ticket = |value: &Secret, kind, expires_at| Ticket {
            value: value.clone(),
            kind,
            given: false,
            from_cache: true,
            expires_at,
        };
        let current =
            of(Relation::Current).find(|known| known.expires_at.is_none_or(|end| end > context.env.now()));
        match current {
            Some(known) => account.tickets.push(ticket(&known.value, Some(kind), known.expires_at)),
            None if given.is_none() && can_fetch && usual.contains(&kind) => {
                match ticket_for(context, own, kind) {
                    Ok(obtained) => {
                        account.tickets.push(ticket(&obtained.value, Some(kind), obtained.expires_at));
                    }
                    Err(failure) => context.out.note(failure.message.clone()),
                }
            }
            None => {}
        }
        for known in of(Relation::Previous) {
            account.tickets.push(ticket(&known.value, Some(kind), known.expires_at));
        }
    }
    // By now a token is there, too, if one was fetched for the tickets.
    for known in known_tickets(context, own, Kind::Jsapi) {
        if known.relation == Relation::Token {
            account.tickets.push(Ticket {
                value: known.value,
                kind: None,
                given: false,
                from_cache: true,
                expires_at: known.expires_at,
            });
        }
    }
    Ok((account, profile))
}
