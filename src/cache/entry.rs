//! What is stored: a value with its life, the failure just shared, the forced refreshes, the
//! last tickets. All versioned, all sealed with a checksum.
//!
//! In and out: bytes and structs. Pure. Whatever is half, of another version, of another app or
//! from the future is a [`Flaw`], never a value (product.md 4, rule 8).

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::Key;
use crate::failure::{Failure, Kind};
use crate::secret::Secret;

/// The format's version: it stands in each part's first line.
pub(super) const VERSION: u32 = 1;

/// A part is never larger. Bytes.
pub(super) const LARGEST: usize = 16 * 1024;

/// A clock may be this far behind the one that stored a value. Seconds.
const CLOCK_SLACK: u64 = 60;

/// No value expires later than this from now: two hours, and what clocks differ. Seconds.
const LONGEST_LIFE: u64 = 7_500;

/// Tickets kept besides the current one.
const PREDECESSORS: usize = 4;

/// Forced refreshes of a stable token in a day, and the time between two (WeChat's own limits).
pub const FORCED_A_DAY: usize = 20;
const FORCED_APART: u64 = 30;
const DAY: u64 = 86_400;

/// After a forced refresh that did not help, none is made by itself for this long. Seconds.
const FORCED_IN_VAIN: u64 = 600;

/// Why stored bytes are no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Cut short, changed, or something else altogether.
    Broken,
    /// Written by another version of this program.
    Version,
    /// It belongs to another app, host or kind.
    OtherKey,
    /// It was stored later than now, or would live longer than any value: a clock jumped.
    Future,
    /// No plain file of this user's own.
    NotOwn,
}

/// A stored token or ticket.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// What it is, for whom.
    pub key: Key,
    /// Grows by one with each value stored under the key.
    pub generation: u64,
    /// The token or ticket.
    #[serde(with = "revealed")]
    pub value: Secret,
    /// `group_id`, with a group ticket.
    pub group_id: Option<String>,
    /// When it was stored, Unix seconds.
    pub issued_at: u64,
    /// When it ends, Unix seconds.
    pub expires_at: u64,
}

impl Entry {
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        seal(self)
    }

    /// Reads an entry that must be `key`'s own and not from the future.
    pub(super) fn decode(bytes: &[u8], key: &Key, now: u64) -> Result<Self, Flaw> {
        let entry = Self::decode_any(bytes)?;
        if entry.key != *key {
            return Err(Flaw::OtherKey);
        }
        if entry.issued_at > now.saturating_add(CLOCK_SLACK)
            || entry.expires_at > now.saturating_add(LONGEST_LIFE)
        {
            return Err(Flaw::Future);
        }
        Ok(entry)
    }

    /// Reads an entry whosever it is.
    pub(super) fn decode_any(bytes: &[u8]) -> Result<Self, Flaw> {
        unseal(bytes)
    }

    /// Seconds until it ends; 0 when it has.
    pub fn left(&self, now: u64) -> u64 {
        self.expires_at.saturating_sub(now)
    }
}

/// A failure that those who wait for the same value share.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SharedFailure {
    /// Tells two failures with the same words apart.
    pub id: String,
    /// Digest of the credentials that failed: other ones are not concerned.
    pub credentials: String,
    pub recorded_at: u64,
    pub seconds: u64,
    exit_code: u8,
    message: String,
    fix: Option<String>,
    errcode: Option<i64>,
}

impl SharedFailure {
    pub(super) fn new(failure: &Failure, credentials: String, recorded_at: u64, seconds: u64) -> Self {
        Self {
            id: random_id(),
            credentials,
            recorded_at,
            seconds,
            exit_code: failure.kind.exit_code(),
            message: failure.message.to_string(),
            fix: failure.fix.as_ref().map(ToString::to_string),
            errcode: failure.errcode,
        }
    }

    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        seal(self)
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Flaw> {
        unseal(bytes)
    }

    /// Whether it still speaks for someone who comes now: in whole seconds, and less than one longer
    /// than it says.
    pub(super) fn holds(&self, now: u64) -> bool {
        self.seconds > 0 && now.checked_sub(self.recorded_at).is_some_and(|ago| ago <= self.seconds)
    }

    pub(super) fn failure(&self) -> Failure {
        let kinds = [Kind::Usage, Kind::Config, Kind::Network, Kind::Errcode, Kind::Storage];
        let kind = kinds.into_iter().find(|kind| kind.exit_code() == self.exit_code);
        let mut failure = Failure::new(kind.unwrap_or(Kind::Network), self.message.clone());
        failure.fix = self.fix.clone().map(crate::lang::Both::same);
        failure.errcode = self.errcode;
        failure
    }
}

/// The forced refreshes of one app's token, so that the day's quota outlives a process.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Forced {
    /// When each was sent, oldest first, Unix seconds.
    sent: Vec<u64>,
    /// When one turned out not to help.
    in_vain_at: Option<u64>,
}

impl Forced {
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        seal(self)
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Flaw> {
        unseal(bytes)
    }

    /// Counts one more, or says why it may not be sent. `unasked`: no person asked for it.
    pub(super) fn count(&mut self, now: u64, unasked: bool) -> Result<(), String> {
        // One from the future is of a clock that jumped: it counts, and bars nobody for 30 s.
        self.sent.retain(|sent| now.saturating_sub(*sent) < DAY);
        let since = |at: u64| now.checked_sub(at);
        if let Some(ago) = self.in_vain_at.filter(|_| unasked).and_then(since)
            && ago < FORCED_IN_VAIN
        {
            let wait = FORCED_IN_VAIN - ago;
            return Err(format!(
                "a forced refresh did not help {ago} s ago; the next one is made in {wait} s"
            ));
        }
        if self.sent.len() >= FORCED_A_DAY {
            let wait = self.sent.first().map_or(DAY, |first| DAY.saturating_sub(now.saturating_sub(*first)));
            return Err(format!(
                "this app's {FORCED_A_DAY} forced refreshes of a day are used up; the next one is free in {} min",
                wait.div_ceil(60)
            ));
        }
        if let Some(ago) = self.sent.last().copied().and_then(since)
            && ago < FORCED_APART
        {
            let wait = FORCED_APART - ago;
            return Err(format!(
                "the last forced refresh was {ago} s ago, they must be 30 s apart: wait {wait} s"
            ));
        }
        self.sent.push(now);
        Ok(())
    }

    pub(super) fn mark_in_vain(&mut self, now: u64) {
        self.in_vain_at = Some(now);
    }
}

/// The last tickets of a key, newest first, the current one among them.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct History {
    tickets: Vec<Past>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Past {
    #[serde(with = "revealed")]
    value: Secret,
    at: u64,
}

impl History {
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        seal(self)
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Flaw> {
        unseal(bytes)
    }

    /// Puts a ticket first, once.
    pub(super) fn add(&mut self, value: &Secret, at: u64) {
        if self.tickets.first().is_some_and(|newest| newest.value == *value) {
            return;
        }
        self.tickets.retain(|past| past.value != *value);
        self.tickets.insert(0, Past { value: value.clone(), at });
        self.tickets.truncate(1 + PREDECESSORS);
    }

    /// Each ticket and when it was stored, newest first.
    pub(super) fn tickets(&self) -> impl Iterator<Item = (Secret, u64)> {
        self.tickets.iter().map(|past| (past.value.clone(), past.at))
    }
}

/// The one place where a secret is written: a private file, or the Redis that was named.
mod revealed {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::secret::Secret;

    pub(super) fn serialize<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(secret.reveal())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        String::deserialize(deserializer).map(Secret::new)
    }
}

/// 32 random hex digits.
pub(super) fn random_id() -> String {
    let mut bytes = [0; 16];
    // Without randomness a name may meet another's; the file system then refuses it.
    let _ = getrandom::fill(&mut bytes);
    hex::encode(bytes)
}

/// `wecheck VERSION SHA256\n` and JSON.
fn seal(content: &impl Serialize) -> Zeroizing<Vec<u8>> {
    let json = Zeroizing::new(serde_json::to_vec(content).unwrap_or_default());
    let mut sealed = format!("wecheck {VERSION} {}\n", hex::encode(Sha256::digest(&*json))).into_bytes();
    sealed.reserve_exact(json.len());
    sealed.extend_from_slice(&json);
    Zeroizing::new(sealed)
}

fn unseal<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Result<T, Flaw> {
    if bytes.len() > LARGEST {
        return Err(Flaw::Broken);
    }
    let newline = bytes.iter().take(128).position(|b| *b == b'\n').ok_or(Flaw::Broken)?;
    let head = std::str::from_utf8(&bytes[..newline]).map_err(|_| Flaw::Broken)?;
    let mut words = head.split(' ');
    let (Some("wecheck"), Some(version), Some(checksum), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Flaw::Broken);
    };
    if version != VERSION.to_string() {
        return Err(if version.parse::<u32>().is_ok() { Flaw::Version } else { Flaw::Broken });
    }
    let json = &bytes[newline + 1..];
    if hex::encode(Sha256::digest(json)) != checksum {
        return Err(Flaw::Broken);
    }
    serde_json::from_slice(json).map_err(|_| Flaw::Broken)
}

#[cfg(test)]
mod tests {
    use super::super::{Item, Scope};
    use super::*;
    use crate::platform::Platform;

    fn entry() -> Entry {
        let scope = Scope::new(Platform::Mp, "https://api.weixin.qq.com", "wx0123456789abcdef");
        Entry {
            key: Key { scope, item: Item::Jsapi },
            generation: 3,
            value: Secret::new("T-0123456789"),
            group_id: None,
            issued_at: 1_000_000,
            expires_at: 1_007_200,
        }
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_noticed() {
        let entry = entry();
        let bytes = entry.encode();
        let read = |bytes: &[u8]| Entry::decode(bytes, &entry.key, 1_000_000);
        assert_eq!(read(&bytes).expect("whole").value, entry.value);
        for length in 0..bytes.len() {
            assert!(read(&bytes[..length]).is_err(), "cut at {length}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(read(&changed).is_err(), "bit {bit}");
        }
        let mut longer = bytes.to_vec();
        longer.push(b' ');
        assert!(read(&longer).is_err(), "trailing junk");
        assert!(read(&vec![b'x'; 16 * 1024 * 1024]).is_err(), "16 MiB");
    }

    #[test]
    fn another_version_another_app_and_the_future_are_told_apart() {
        let entry = entry();
        let read = |entry: &Entry, now| Entry::decode(&entry.encode(), &self::entry().key, now).err();
        let text = String::from_utf8(entry.encode().to_vec()).expect("text");
        for version in ["0", "2", "999"] {
            let other = text.replacen("wecheck 1 ", &format!("wecheck {version} "), 1);
            assert_eq!(Entry::decode(other.as_bytes(), &entry.key, 1_000_000).err(), Some(Flaw::Version));
        }
        assert_eq!(read(&entry, 1_000_000 - 61), Some(Flaw::Future));
        assert_eq!(read(&entry, 1_000_000 - 60), None);
        assert_eq!(read(&entry, 0), Some(Flaw::Future));
        assert_eq!(read(&entry, u64::MAX), None, "old is not broken");
        let mut endless = entry.clone();
        endless.expires_at = u64::MAX;
        assert_eq!(read(&endless, 1_000_000), Some(Flaw::Future));
        let mut other = entry.clone();
        other.key.scope.app_id = "wx9".into();
        assert_eq!(read(&other, 1_000_000), Some(Flaw::OtherKey));
    }

    #[test]
    fn the_twenty_first_forced_refresh_of_a_day_is_refused() {
        let mut forced = Forced::default();
        for n in 0..20 {
            forced.count(1_000 + n * 30, false).expect("within the quota");
        }
        assert!(forced.count(1_000 + 20 * 30, false).expect_err("refused").contains("used up"));
        assert!(forced.count(1_000 + DAY, false).is_ok(), "the first is a day ago");
        let mut forced = Forced::default();
        forced.count(1_000, false).expect("the first");
        assert!(forced.count(1_029, false).expect_err("refused").contains("wait 1 s"));
        forced.mark_in_vain(1_030);
        assert!(forced.count(1_100, true).is_err(), "nobody asked, and it did not help");
        assert!(forced.count(1_100, false).is_ok(), "a person asked");
        assert!(forced.count(0, false).is_ok(), "a clock that jumped back bars nobody");
    }

    #[test]
    fn the_last_four_tickets_stay_with_their_times() {
        let mut history = History::default();
        for n in 0..7 {
            history.add(&Secret::new(format!("T{n}")), n);
            history.add(&Secret::new(format!("T{n}")), 100 + n);
        }
        let kept: Vec<(String, u64)> =
            history.tickets().map(|(value, at)| (value.reveal().to_owned(), at)).collect();
        let told: Vec<&str> = kept.iter().map(|(value, _)| value.as_str()).collect();
        assert_eq!(told, ["T6", "T5", "T4", "T3", "T2"]);
        assert_eq!(kept[4].1, 2);
    }
}
