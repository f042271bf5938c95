//! What is stored: a value with its lifetime, the failure just shared, the forced refreshes, the
//! last tickets. All versioned, all with a checksum.
//!
//! In and out: bytes and structs. Pure. Whatever is half, of another version, of another app or
//! from the future is an [`EntryError`], never a value. The checksum tells damage and not intent:
//! what it fits is checked like an answer from the network.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::key::Key;
use crate::both;
use crate::failure::{Facts, Failure, Kind};
use crate::lang::Both;
use crate::secret::{Secret, value_flaw};

/// The format's version: it is in each part's first line.
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

/// After a new token that was refused too, none is fetched automatically for this long. Seconds.
const IN_VAIN: u64 = 600;

/// Why a stored entry cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryError {
    /// Cut short, changed, or something else altogether.
    Malformed,
    /// Written by another version of this program.
    Version,
    /// It belongs to another app, host or kind.
    OtherKey,
    /// It was stored later than now, or would live longer than any value: a clock jumped.
    Future,
    /// Not a plain file of this user's own.
    NotOwn,
    /// Other users could write to it.
    Exposed,
}

/// A token or ticket as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stored {
    /// What it is, and which app it belongs to.
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

impl Stored {
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        encode(self)
    }

    /// Reads an entry that must be `key`'s own and not from the future.
    pub(super) fn decode(bytes: &[u8], key: &Key, now: u64) -> Result<Self, EntryError> {
        let entry = Self::decode_any(bytes)?;
        if entry.key != *key {
            return Err(EntryError::OtherKey);
        }
        if entry.issued_at > now.saturating_add(CLOCK_SLACK)
            || entry.expires_at > now.saturating_add(LONGEST_LIFE)
        {
            return Err(EntryError::Future);
        }
        Ok(entry)
    }

    /// Reads an entry of any app. One whose value no server would have been believed is malformed.
    pub(super) fn decode_any(bytes: &[u8]) -> Result<Self, EntryError> {
        let stored: Self = decode(bytes)?;
        let group_id = stored.group_id.as_deref().unwrap_or("-");
        let believable = value_flaw(stored.value.reveal()).is_none()
            && value_flaw(group_id).is_none()
            && stored.issued_at <= stored.expires_at;
        if believable { Ok(stored) } else { Err(EntryError::Malformed) }
    }

    /// Seconds until it ends; 0 when it has.
    pub fn left(&self, now: u64) -> u64 {
        self.expires_at.saturating_sub(now)
    }
}

/// A failure that all who wait for the same value share.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SharedFailure {
    /// Distinguishes two failures with the same words.
    pub id: String,
    /// Digest of the credentials that failed: others are not concerned.
    pub credentials: String,
    pub recorded_at: u64,
    pub seconds: u64,
    kind: Kind,
    message: Words,
    fix: Option<Words>,
    errcode: Option<i64>,
    facts: Option<Facts>,
}

/// A text in both languages, as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Words {
    zh: String,
    en: String,
}

impl From<&Both> for Words {
    fn from(Both { zh, en }: &Both) -> Self {
        Self { zh: zh.clone(), en: en.clone() }
    }
}

impl From<&Words> for Both {
    fn from(Words { zh, en }: &Words) -> Self {
        Self { zh: zh.clone(), en: en.clone() }
    }
}

impl SharedFailure {
    pub(super) fn new(failure: &Failure, credentials: String, recorded_at: u64, seconds: u64) -> Self {
        Self {
            id: random_id(),
            credentials,
            recorded_at,
            seconds,
            kind: failure.kind,
            message: (&failure.message).into(),
            fix: failure.fix.as_ref().map(Words::from),
            errcode: failure.errcode,
            facts: failure.facts.clone(),
        }
    }

    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        encode(self)
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        decode(bytes)
    }

    /// Whether it still holds for someone who comes now: in whole seconds, and less than one longer
    /// than it says.
    pub(super) fn holds(&self, now: u64) -> bool {
        self.seconds > 0 && now.checked_sub(self.recorded_at).is_some_and(|ago| ago <= self.seconds)
    }

    pub(super) fn failure(&self) -> Failure {
        let mut failure = Failure::new(self.kind, Both::from(&self.message));
        failure.fix = self.fix.as_ref().map(Both::from);
        failure.errcode = self.errcode;
        failure.facts.clone_from(&self.facts);
        failure
    }
}

/// The forced refreshes of one app's token, so that the day's quota outlives a process.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Forced {
    /// When each was sent, oldest first, Unix seconds.
    sent: Vec<u64>,
    /// When a new token turned out not to help, in any mode.
    in_vain_at: Option<u64>,
}

impl Forced {
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        encode(self)
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        decode(bytes)
    }

    /// Why no automatic refresh is made now: the last one did not help.
    pub(super) fn still_in_vain(&self, now: u64) -> Option<Both> {
        let ago = self.in_vain_at.and_then(|at| now.checked_sub(at)).filter(|ago| *ago < IN_VAIN)?;
        let wait = IN_VAIN - ago;
        Some(both!(
            "{ago} 秒前换过一个新的也没有用，{wait} 秒后才会再自动换",
            "a new one did not help {ago} s ago; the next one is fetched in {wait} s"
        ))
    }

    /// Counts one more, or says why it may not be sent.
    pub(super) fn count(&mut self, now: u64) -> Result<(), Both> {
        // One from the future is of a clock that jumped: it counts, and bars no one for 30 s.
        self.sent.retain(|sent| now.saturating_sub(*sent) < DAY);
        if self.sent.len() >= FORCED_A_DAY {
            let wait = self.sent.first().map_or(DAY, |first| DAY.saturating_sub(now.saturating_sub(*first)));
            let minutes = wait.div_ceil(60);
            return Err(both!(
                "这个应用一天 {FORCED_A_DAY} 次的强制刷新已经用完，{minutes} 分钟后才有下一次",
                "this app's {FORCED_A_DAY} forced refreshes of a day are used up; the next one is free in {minutes} min"
            ));
        }
        if let Some(ago) =
            self.sent.last().and_then(|last| now.checked_sub(*last)).filter(|ago| *ago < FORCED_APART)
        {
            let wait = FORCED_APART - ago;
            return Err(both!(
                "上一次强制刷新在 {ago} 秒前，两次至少要隔 30 秒：再等 {wait} 秒",
                "the last forced refresh was {ago} s ago, they must be 30 s apart: wait {wait} s"
            ));
        }
        self.sent.push(now);
        Ok(())
    }

    /// Takes back the last one: it never reached the server.
    pub(super) fn uncount(&mut self) {
        self.sent.pop();
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
        encode(self)
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        decode(bytes)
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
fn encode(content: &impl Serialize) -> Zeroizing<Vec<u8>> {
    let json = Zeroizing::new(serde_json::to_vec(content).unwrap_or_default());
    let mut encoded = format!("wecheck {VERSION} {}\n", hex::encode(Sha256::digest(&*json))).into_bytes();
    encoded.reserve_exact(json.len());
    encoded.extend_from_slice(&json);
    Zeroizing::new(encoded)
}

fn decode<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Result<T, EntryError> {
    if bytes.len() > LARGEST {
        return Err(EntryError::Malformed);
    }
    let newline = bytes.iter().take(128).position(|b| *b == b'\n').ok_or(EntryError::Malformed)?;
    let head = std::str::from_utf8(&bytes[..newline]).map_err(|_| EntryError::Malformed)?;
    let mut words = head.split(' ');
    let (Some("wecheck"), Some(version), Some(checksum), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(EntryError::Malformed);
    };
    if version != VERSION.to_string() {
        return Err(if version.parse::<u32>().is_ok() { EntryError::Version } else { EntryError::Malformed });
    }
    let json = &bytes[newline + 1..];
    if hex::encode(Sha256::digest(json)) != checksum {
        return Err(EntryError::Malformed);
    }
    serde_json::from_slice(json).map_err(|_| EntryError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::super::key::{Item, Scope};
    use super::*;
    use crate::platform::Platform;

    fn entry() -> Stored {
        let scope = Scope::new(Platform::Mp, "https://api.weixin.qq.com", "wx0123456789abcdef");
        Stored {
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
        let read = |bytes: &[u8]| Stored::decode(bytes, &entry.key, 1_000_000);
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
    fn a_fitting_checksum_does_not_make_a_value() {
        for value in ["", "a b", "\u{1b}]8;;http://evil\u{7}", "undefined", &"x".repeat(1_025)] {
            let entry = Stored { value: Secret::new(value), ..entry() };
            assert_eq!(Stored::decode_any(&entry.encode()).err(), Some(EntryError::Malformed), "{value:?}");
        }
        let group = Stored { group_id: Some("a\nb".into()), ..entry() };
        assert!(Stored::decode_any(&group.encode()).is_err());
        let backwards = Stored { issued_at: 2, expires_at: 1, ..entry() };
        assert!(Stored::decode_any(&backwards.encode()).is_err());
    }

    #[test]
    fn a_shared_failure_keeps_its_languages_and_what_the_server_said() {
        let facts = Facts { errmsg: "invalid ip".into(), ip: Some("203.0.113.7".into()), ..Facts::default() };
        let failure =
            Failure { facts: Some(facts.clone()), ..Failure::errcode(40_164, both!("中文", "English")) };
        let shared = SharedFailure::new(&failure, "digest".into(), 1, 30);
        let read = SharedFailure::decode(&shared.encode()).expect("it is read").failure();
        assert_eq!((read.message, read.fix), (failure.message, failure.fix));
        assert_eq!((read.kind, read.errcode, read.facts), (Kind::Errcode, Some(40_164), Some(facts)));
    }

    #[test]
    fn another_version_another_app_and_the_future_are_distinguished() {
        let entry = entry();
        let read = |entry: &Stored, now| Stored::decode(&entry.encode(), &self::entry().key, now).err();
        let text = String::from_utf8(entry.encode().to_vec()).expect("text");
        for version in ["0", "2", "999"] {
            let other = text.replacen("wecheck 1 ", &format!("wecheck {version} "), 1);
            assert_eq!(
                Stored::decode(other.as_bytes(), &entry.key, 1_000_000).err(),
                Some(EntryError::Version)
            );
        }
        assert_eq!(read(&entry, 1_000_000 - 61), Some(EntryError::Future));
        assert_eq!(read(&entry, 1_000_000 - 60), None);
        assert_eq!(read(&entry, 0), Some(EntryError::Future));
        assert_eq!(read(&entry, u64::MAX), None, "old is not broken");
        let mut endless = entry.clone();
        endless.expires_at = u64::MAX;
        assert_eq!(read(&endless, 1_000_000), Some(EntryError::Future));
        let mut other = entry.clone();
        other.key.scope.app_id = "wx9".into();
        assert_eq!(read(&other, 1_000_000), Some(EntryError::OtherKey));
    }

    #[test]
    fn the_twenty_first_forced_refresh_of_a_day_is_refused() {
        let mut forced = Forced::default();
        for n in 0..20 {
            forced.count(1_000 + n * 30).expect("within the quota");
        }
        assert!(forced.count(1_000 + 20 * 30).expect_err("refused").en.contains("used up"));
        assert!(forced.count(1_000 + DAY).is_ok(), "the first is a day ago");
        let mut forced = Forced::default();
        forced.count(1_000).expect("the first");
        assert!(forced.count(1_029).expect_err("refused").en.contains("wait 1 s"));
        forced.mark_in_vain(1_030);
        assert!(forced.still_in_vain(1_629).is_some(), "no person asked, and it did not help");
        assert!(forced.still_in_vain(1_630).is_none());
        assert!(forced.still_in_vain(0).is_none(), "a clock that jumped back bars no one");
        assert!(forced.count(1_100).is_ok(), "a person asked");
        forced.uncount();
        assert!(forced.count(1_100).is_ok(), "the one that was not sent is not counted");
        assert!(forced.count(0).is_ok(), "a clock that jumped back bars no one");
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
        let values: Vec<&str> = kept.iter().map(|(value, _)| value.as_str()).collect();
        assert_eq!(values, ["T6", "T5", "T4", "T3", "T2"]);
        assert_eq!(kept[4].1, 2);
    }
}
