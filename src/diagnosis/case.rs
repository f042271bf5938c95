//! One signature that differs, and everything around it that may have been signed instead.
//!
//! In: the values a person gave, what their evidence shows besides, the tickets and the secret that
//! are at hand. Out: nothing; the search reads it.

use crate::secret::Secret;
use crate::signature::{Fields, Kind};

/// A signature to be explained.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// What was signed.
    pub kind: Kind,
    /// The right values; the url with its fragment, where it has one.
    pub fields: &'a Fields,
    /// The signature as given, in any shape.
    pub given: &'a str,
    /// Addresses that the page really had.
    pub page_urls: &'a [String],
    /// Other urls in the evidence.
    pub urls: &'a [String],
    /// Other nonces in the evidence.
    pub nonces: &'a [String],
    /// Other timestamps in the evidence.
    pub timestamps: &'a [String],
    /// Tickets and tokens that may have been signed instead.
    pub other_tickets: &'a [OtherTicket],
    /// The app secret of the profile; shown nowhere.
    pub app_secret: Option<&'a Secret>,
    /// The text that was hashed for certain, where the evidence shows it: nothing else is tried.
    pub certain: Option<&'a str>,
    /// The ticket came from the cache: it is shown masked only.
    pub hide_ticket: bool,
    /// Tickets out of the cache may be shown whole (`--reveal`); access tokens never.
    pub reveal: bool,
}

/// A value longer than this is tried with one mistake at a time. Bytes.
pub(super) const LONGEST_COMBINED: usize = 8 << 10;
/// A value longer than this is tried as it is only. Bytes.
const LONGEST_VARIED: usize = 64 << 10;

impl Case<'_> {
    fn longest(&self) -> usize {
        let Fields { ticket, nonce, timestamp, url, .. } = self.fields;
        [ticket, nonce, timestamp, url].into_iter().map(String::len).max().unwrap_or_default()
    }

    /// Whether a value is so long that mistakes are not combined.
    pub fn is_long(&self) -> bool {
        self.longest() > LONGEST_COMBINED
    }

    /// The most mistakes at once for which candidates can be built in bounded memory and time.
    pub fn most_mistakes(&self) -> usize {
        let longest = self.longest();
        if longest <= LONGEST_COMBINED { usize::MAX } else { usize::from(longest <= LONGEST_VARIED) }
    }

    /// The bytes of a candidate, about.
    pub fn candidate_bytes(&self) -> usize {
        let Fields { ticket, nonce, timestamp, url, .. } = self.fields;
        ticket.len() + nonce.len() + timestamp.len() + url.len()
    }
}

/// A value that may have been signed in the ticket's place.
#[derive(Clone, Debug)]
pub struct OtherTicket {
    /// The value.
    pub value: Secret,
    /// What it is.
    pub role: TicketRole,
}

/// What another ticket is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TicketRole {
    /// The ticket of another kind of signature.
    OtherKind(Kind),
    /// The ticket of another profile.
    OtherProfile(String),
    /// An earlier ticket of the same kind, and when it was fetched (Unix seconds).
    Previous {
        /// Unix seconds, where known.
        at: Option<u64>,
    },
    /// An access token.
    AccessToken,
    /// Given by hand (`--other-ticket`): its shape tells what it may be, and it may be shown.
    Unknown,
}
