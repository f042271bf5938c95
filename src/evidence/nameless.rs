//! Signatures without a name: in a comment, an assertion, a line of a log; and all five values without one.
//!
//! In: the hashes in a text, and what the readers found. Out: into [`Found`], the ones that can be nothing
//! but a signature: the very hash of a literal string1, or the only one in a line about a signature when
//! no other is in the text. Every other such number (a commit, a file's checksum) is left alone.

use std::collections::{HashMap, HashSet};

use super::beside::is_unmistakable;
use super::cursor::Lines;
use super::found::{Found, Kept, Place, Trust};
use super::hash::Hash;
use super::key::Key;
use super::{Field, Origin, Value};
use crate::signature::sha1_hex;

/// So many lines from a nonce, a hash without a name is still its signature.
const NEAR: usize = 6;

/// Five values without a name are in a short text, among few words. Bytes and words.
const SHORT: usize = 8 << 10;
const WORDS: usize = 64;

/// Keeps the values of a text that names none, where the one hash in it is made of them: a row of a sheet, five
/// lines.
pub(super) fn row(text: &str, lines: Lines<'_>, found: &mut Found) {
    let [hash] = &found.hashes[..] else { return };
    if text.len() > SHORT || found.values.iter().any(|kept| kept.value.field != Field::Signature) {
        return;
    }
    let hash = hash.text.to_ascii_lowercase();
    let is_mark = |c: char| c.is_whitespace() || "\"'`,;|，；<>()[]{}".contains(c);
    let words: Vec<(usize, &str)> = text
        .split(is_mark)
        .filter(|word| !word.is_empty() && !word.eq_ignore_ascii_case(&hash))
        .map(|word| (word.as_ptr().addr() - text.as_ptr().addr(), word))
        .take(WORDS)
        .collect();
    let is_plain =
        |word: &str| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=+/".contains(&byte));
    let is = |field: Field, word: &str| is_unmistakable(Key::Field(field), word);
    let of =
        |is: &dyn Fn(&str) -> bool| words.iter().filter(|(_, word)| is(word)).take(8).collect::<Vec<_>>();
    let urls = of(&|word| is(Field::Url, word));
    let tickets = of(&|word| word.len() >= 40 && is_plain(word));
    let times = of(&|word| is(Field::Timestamp, word));
    let nonces = of(&|word| (4..40).contains(&word.len()) && is_plain(word) && !is(Field::Timestamp, word));
    let with_url = urls.iter().flat_map(|url| tickets.iter().map(move |ticket| (ticket, url)));
    let with_time = with_url.flat_map(|pair| times.iter().map(move |time| (pair, time)));
    let mut all = with_time
        .flat_map(|((ticket, url), time)| nonces.iter().map(move |nonce| [*ticket, *nonce, *time, *url]));
    // The address as it is: who signed its fragment, too, is to hear so.
    let signed = all.find(|[ticket, nonce, time, url]| {
        let (ticket, nonce, time, url) = (ticket.1, nonce.1, time.1, url.1);
        sha1_hex(&format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={time}&url={url}")) == hash
    });
    let fields = [Field::Ticket, Field::Nonce, Field::Timestamp, Field::Url];
    for (field, (at, word)) in fields.into_iter().zip(signed.into_iter().flatten()) {
        let (text, line) = ((*word).to_owned(), lines.of(*at));
        found.value(Key::Field(field), text, line, Origin::Line, Trust::Plain, Place::default());
    }
}

impl Found {
    /// Keeps the hashes that are signatures.
    pub(super) fn name_signatures(&mut self) {
        let hashes = std::mem::take(&mut self.hashes);
        let mut proved = self.proved(&hashes).into_iter().peekable();
        if proved.peek().is_some() {
            let values = std::mem::take(&mut self.values);
            for (at, value) in values.into_iter().enumerate() {
                while let Some((_, own)) = proved.next_if(|(before, _)| *before == at) {
                    self.values.push(own);
                }
                self.values.push(value);
            }
            self.values.extend(proved.map(|(_, own)| own));
        }
        let is_about_one = self.has(Field::Nonce) || self.has(Field::Timestamp);
        if self.values.iter().any(|kept| is_signature(kept) && !is_heading(kept)) {
            return self.keep_rivals(&hashes);
        }
        if !is_about_one {
            return;
        }
        let heading = self.values.iter().filter(|kept| is_heading(kept)).map(|kept| kept.value.line).min();
        let is_below = |hash: &Hash| heading.is_some_and(|line| line < hash.line);
        // `printf … | sha1sum` and what it printed: in the line of the string, or below it.
        let is_beside = |hash: &Hash| {
            !hash.is_other
                && self.literals.len() == 1
                && self.literals.iter().any(|(literal, _)| {
                    (literal.line..=literal.line + 2).contains(&hash.line)
                        && !literal.text.contains(&hash.text)
                })
        };
        // The only one, with the values around it: `// => da20…` below the code that signs.
        let nonce_lines: Vec<usize> = self.of(Field::Nonce).map(|kept| kept.value.line).collect();
        let is_near = |hash: &Hash| {
            !hash.is_other
                && self.has(Field::Timestamp)
                && hashes.iter().all(|other| other.text == hash.text)
                && nonce_lines.iter().any(|line| {
                    let apart = line.abs_diff(hash.line);
                    hash.is_alone && apart <= NEAR || hash.is_apart && apart == 0
                })
        };
        let is_named =
            |hash: &&Hash| hash.is_called_signature || is_below(hash) || is_beside(hash) || is_near(hash);
        let mut called = hashes.iter().filter(is_named);
        let Some(first) = called.next() else { return };
        if called.all(|hash| hash.text == first.text) {
            self.values.retain(|kept| !is_heading(kept));
            self.values.push(signature(first, Place::default()));
        }
    }

    /// Keeps what somebody got for the values that another signature is given for: a tool's and their own.
    fn keep_rivals(&mut self, hashes: &[Hash]) {
        let given: HashSet<String> = self
            .values
            .iter()
            .filter(|kept| is_signature(kept) && !is_heading(kept))
            .map(|kept| kept.value.text.to_ascii_lowercase())
            .collect();
        let nonces: HashSet<&str> = self.of(Field::Nonce).map(|kept| kept.value.text.as_str()).collect();
        // Of several values it is not known which ones it was made of.
        if given.len() != 1 || nonces.len() != 1 {
            return;
        }
        // What was read as another thing's is not one: the sign of a payment.
        let is_known = |hash: &Hash| {
            self.values.iter().any(|kept| kept.value.text == hash.text && kept.value.origin != Origin::Line)
        };
        let is_rival = |hash: &&Hash| hash.is_made && hash.is_apart && !is_known(hash);
        let mut rivals =
            hashes.iter().filter(is_rival).filter(|hash| !given.contains(&hash.text.to_ascii_lowercase()));
        let Some(first) = rivals.next() else { return };
        if rivals.all(|hash| hash.text == first.text) {
            let place = Place { group: self.group(0, false), ..Place::default() };
            self.values.push(signature(first, place));
        }
    }

    /// The signatures that are the hash of a literal, each with its place behind the literal's values.
    fn proved(&self, hashes: &[Hash]) -> Vec<(usize, Kept)> {
        let of = |field: Field| self.of(field).filter(|kept| !is_heading(kept));
        let signed: HashSet<usize> = of(Field::Signature).map(|kept| kept.place.group).collect();
        // A given signature without a nonce of its own, or with the literal's, is judged by the literal:
        // what somebody computed beside it is not what the client gets.
        let own: Vec<(usize, &str)> = of(Field::Nonce)
            .filter(|kept| kept.value.origin != Origin::String1 && signed.contains(&kept.place.group))
            .map(|kept| (kept.place.group, kept.value.text.as_str()))
            .collect();
        let with_nonce: HashSet<usize> = own.iter().map(|(group, _)| *group).collect();
        let mut known: HashSet<String> =
            of(Field::Signature).map(|kept| kept.value.text.to_ascii_lowercase()).collect();
        let mut proved = Vec::new();
        if hashes.is_empty() || signed.iter().any(|group| !with_nonce.contains(group)) {
            return proved;
        }
        let own: HashSet<&str> = own.into_iter().map(|(_, nonce)| nonce).collect();
        let mut by_text: HashMap<String, &Hash> = HashMap::new();
        for hash in hashes {
            by_text.entry(hash.text.to_ascii_lowercase()).or_insert(hash);
        }
        let of_literals =
            self.values.iter().enumerate().filter(|(_, kept)| kept.value.origin == Origin::String1);
        let last_of: HashMap<(usize, usize), usize> =
            of_literals.map(|(at, kept)| ((kept.value.line, kept.place.group), at)).collect();
        for (literal, place) in &self.literals {
            if literal.value(Field::Nonce).is_some_and(|nonce| own.contains(nonce)) {
                continue;
            }
            let texts = std::iter::once(&literal.text).chain(&literal.readings);
            let hash = texts.map(|text| sha1_hex(text)).find_map(|sha1| by_text.get(&sha1));
            let last = last_of.get(&(literal.line, place.group));
            if let (Some(hash), Some(last)) = (hash, last)
                && known.insert(hash.text.to_ascii_lowercase())
            {
                proved.push((*last + 1, signature(hash, *place)));
            }
        }
        proved.sort_by_key(|(at, _)| *at);
        proved
    }
}

fn is_signature(kept: &Kept) -> bool {
    kept.value.field == Field::Signature && kept.trust < Trust::Dropped
}

/// `签名：` with nothing behind it: an empty signature, or the heading of the lines below.
fn is_heading(kept: &Kept) -> bool {
    is_signature(kept)
        && (kept.trust, kept.value.origin) == (Trust::Weak, Origin::Line)
        && kept.value.text.is_empty()
}

fn signature(hash: &Hash, place: Place) -> Kept {
    let value = Value {
        field: Field::Signature,
        text: hash.text.clone(),
        line: hash.line,
        origin: Origin::Line,
        kind: None,
    };
    Kept { value, trust: Trust::Plain, place }
}
