//! The mistakes of the digest: another function, other bytes for the same text, and the ways a digest
//! is written.
//!
//! In: the signature as given. Out: the SHA-1 digests it may stand for ([`readings`]), the digests of
//! other functions ([`expected_digests`]), and the byte encodings of a text. So the search hashes each
//! candidate once and compares it with a small set, whatever the signature looks like. A cut signature
//! counts from 32 hex digits on: fewer prove nothing.

use base64::Engine;
use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use encoding_rs::GBK;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::{Digest, Sha1};
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};

use super::{Change, Entry, Field, Likelihood};
use crate::lang::Text;
use wecheck_kernel::Target;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "hash-algorithm",
        field: Field::Hash,
        seen: Likelihood::Rarely,
        order: 0,
        changes: &[Change::Digest],
        title: Text { zh: "用了别的哈希算法", en: "another hash function was used" },
        cause: Text {
            zh: "用了别的哈希算法：{detail}，应为 SHA-1",
            en: "another hash function was used: {detail} in place of SHA-1",
        },
        fix: Text {
            zh: "对 string1 的 UTF-8 字节计算 SHA-1，不加密钥",
            en: "take the SHA-1 of string1's UTF-8 bytes, without any key",
        },
    },
    Entry {
        id: "hash-hex-case",
        field: Field::Hash,
        seen: Likelihood::Rarely,
        order: -2,
        changes: &[Change::Digest],
        title: Text { zh: "签名是大写十六进制", en: "the signature is in upper-case hex" },
        cause: Text {
            zh: "签名里的十六进制字母是大写，应为小写",
            en: "the signature's hex digits are in upper case; they have to be lower case",
        },
        fix: Text {
            zh: "输出小写十六进制：C# 用 \"x2\"，Java 用 %02x，或整体转小写",
            en: "write lower-case hex: \"x2\" in C#, %02x in Java, or lower the whole text",
        },
    },
    Entry {
        id: "hash-separators",
        field: Field::Hash,
        seen: Likelihood::Rarely,
        order: -2,
        changes: &[Change::Digest],
        title: Text {
            zh: "签名的字节之间有分隔符", en: "the signature has separators between its bytes"
        },
        cause: Text {
            zh: "签名的字节之间有分隔符，如 BitConverter.ToString 的 `-`",
            en: "the signature has separators between its bytes, such as the `-` of BitConverter.ToString",
        },
        fix: Text {
            zh: "去掉分隔符，再转小写：Convert.ToHexString(hash).ToLowerInvariant()",
            en: "drop them and lower the case: Convert.ToHexString(hash).ToLowerInvariant()",
        },
    },
    Entry {
        id: "hash-base64",
        field: Field::Hash,
        seen: Likelihood::Rarely,
        order: 0,
        changes: &[Change::Digest],
        title: Text { zh: "签名是 base64", en: "the signature is base64" },
        cause: Text {
            zh: "签名是 base64，应为十六进制", en: "the signature is base64; it has to be hex"
        },
        fix: Text {
            zh: "把摘要输出成 40 位小写十六进制，例如 digest('hex')",
            en: "write the digest as 40 lower-case hex digits, such as digest('hex')",
        },
    },
    Entry {
        id: "hash-leading-zeros",
        field: Field::Hash,
        seen: Likelihood::Rarely,
        order: 0,
        changes: &[Change::Digest],
        title: Text { zh: "签名丢了前导零", en: "the signature lost leading zeros" },
        cause: Text {
            zh: "十六进制的前导零丢了，签名不足 40 位：逐字节用 %x 输出，或经过了大整数",
            en: "leading zeros of the hex are lost and the signature is shorter than 40: bytes printed with %x, or a big integer in between",
        },
        fix: Text { zh: "每个字节固定输出两位：%02x", en: "write every byte as two digits: %02x" },
    },
    Entry {
        id: "hash-truncated",
        field: Field::Hash,
        seen: Likelihood::Rarely,
        order: 2,
        changes: &[Change::Digest],
        title: Text { zh: "签名不完整", en: "the signature is truncated" },
        cause: Text {
            zh: "签名不完整：缺了几位，多半是复制不全或字段长度不够",
            en: "the signature is not complete: digits are missing, from copying or from a column too short",
        },
        fix: Text {
            zh: "签名是 40 位十六进制，数据库字段至少留 40 位",
            en: "a signature has 40 hex digits; give a database column room for them",
        },
    },
    Entry {
        id: "hash-extra-characters",
        field: Field::Hash,
        seen: Likelihood::Rarely,
        order: 0,
        changes: &[Change::Digest],
        title: Text { zh: "签名里多了字符", en: "the signature has extra characters" },
        cause: Text {
            zh: "签名前后（或中间）多了字符：空格、换行、引号、前缀等",
            en: "there are characters around (or inside) the signature: whitespace, line breaks, quotes, a prefix",
        },
        fix: Text {
            zh: "只把 40 位十六进制交给页面，去掉首尾空白和引号",
            en: "pass the page the 40 hex digits alone: strip whitespace and quotes",
        },
    },
    Entry {
        id: "hash-utf16",
        field: Field::Hash,
        seen: Likelihood::Rarely,
        order: 0,
        changes: &[Change::Encoding(UTF16)],
        title: Text { zh: "计算的是 UTF-16 字节", en: "the UTF-16 bytes were hashed" },
        cause: Text {
            zh: "计算的是 string1 的 UTF-16 字节（{detail}），应为 UTF-8",
            en: "the UTF-16 bytes of string1 were hashed ({detail}); they have to be UTF-8",
        },
        fix: Text {
            zh: "用 Encoding.UTF8.GetBytes 取字节，不要用 Encoding.Unicode",
            en: "take the bytes with Encoding.UTF8.GetBytes, not Encoding.Unicode",
        },
    },
    Entry {
        id: "hash-gbk",
        field: Field::Hash,
        seen: Likelihood::Sometimes,
        order: 4,
        changes: &[Change::Encoding(CHARSETS)],
        title: Text { zh: "计算的不是 UTF-8 字节", en: "other bytes than UTF-8 were hashed" },
        cause: Text {
            zh: "计算的不是 string1 的 UTF-8 字节，而是 {detail}：地址里有中文时签名就变了",
            en: "string1 was hashed as {detail}, not as UTF-8: with Chinese in the address that is another signature",
        },
        fix: Text {
            zh: "取字节时写明 UTF-8：getBytes(StandardCharsets.UTF_8)、Encoding.UTF8，不用系统默认编码",
            en: "name UTF-8 when taking bytes: getBytes(StandardCharsets.UTF_8), Encoding.UTF8, never the system default",
        },
    },
];

/// The bytes of a text in some encoding.
pub(crate) struct Encoding {
    /// Its name.
    pub(crate) name: &'static str,
    /// What is before the first byte.
    pub(crate) lead: &'static [u8],
    /// Appends the bytes of a part of the text.
    pub(crate) encode: fn(&str, &mut Vec<u8>),
    /// Whether ASCII keeps its bytes, so that a number can be searched for inside.
    pub(crate) keeps_ascii: bool,
}

const UTF16: &[Encoding] = &[
    Encoding { name: "UTF-16LE", lead: b"", encode: utf16_le, keeps_ascii: false },
    Encoding { name: "UTF-16BE", lead: b"", encode: utf16_be, keeps_ascii: false },
    Encoding { name: "UTF-16LE, BOM", lead: b"\xff\xfe", encode: utf16_le, keeps_ascii: false },
    Encoding { name: "UTF-16BE, BOM", lead: b"\xfe\xff", encode: utf16_be, keeps_ascii: false },
];

const CHARSETS: &[Encoding] = &[
    Encoding {
        name: "GBK",
        lead: b"",
        encode: |text, out| out.extend_from_slice(&GBK.encode(text).0),
        keeps_ascii: true,
    },
    Encoding { name: "ASCII (?)", lead: b"", encode: |text, out| narrow(text, 0x80, out), keeps_ascii: true },
    Encoding {
        name: "ISO-8859-1 (?)",
        lead: b"",
        encode: |text, out| narrow(text, 0x100, out),
        keeps_ascii: true,
    },
    Encoding { name: "UTF-8, twice", lead: b"", encode: utf8_twice, keeps_ascii: true },
];

fn utf16_le(text: &str, out: &mut Vec<u8>) {
    out.reserve(2 * text.len());
    if text.is_ascii() {
        text.bytes().for_each(|byte| out.extend_from_slice(&[byte, 0]));
    } else {
        text.encode_utf16().for_each(|unit| out.extend_from_slice(&unit.to_le_bytes()));
    }
}

fn utf16_be(text: &str, out: &mut Vec<u8>) {
    out.reserve(2 * text.len());
    if text.is_ascii() {
        text.bytes().for_each(|byte| out.extend_from_slice(&[0, byte]));
    } else {
        text.encode_utf16().for_each(|unit| out.extend_from_slice(&unit.to_be_bytes()));
    }
}

/// Characters below a limit as one byte each, the rest as `?`.
fn narrow(text: &str, limit: u32, out: &mut Vec<u8>) {
    if text.is_ascii() {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    let byte = |c: char| u8::try_from(u32::from(c)).ok().filter(|byte| u32::from(*byte) < limit);
    out.extend(text.chars().map(|c| byte(c).unwrap_or(b'?')));
}

/// UTF-8 taken for Latin-1 and encoded again.
fn utf8_twice(text: &str, out: &mut Vec<u8>) {
    let mut buffer = [0; 2];
    for byte in text.bytes() {
        out.extend_from_slice(char::from(byte).encode_utf8(&mut buffer).as_bytes());
    }
}

/// A hash function that was used in place of SHA-1.
pub(crate) struct Algorithm {
    /// Its name, with what it was keyed with.
    pub(crate) name: &'static str,
    /// Bytes of its digest.
    pub(crate) length: usize,
    /// What it is keyed with.
    pub(crate) key: Key,
    /// Key and text to digest.
    pub(crate) digest: fn(&[u8], &[u8]) -> Vec<u8>,
}

/// The key of an HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// There is none.
    None,
    /// The ticket.
    Ticket,
    /// The nonce.
    Nonce,
    /// The app secret.
    Secret,
}

fn plain<D: Digest>(_: &[u8], text: &[u8]) -> Vec<u8> {
    D::digest(text).to_vec()
}

macro_rules! keyed {
    ($name:literal, $length:literal, $digest:ty) => {
        [
            keyed!($name, " (key: ticket)", Ticket, $length, $digest),
            keyed!($name, " (key: appsecret)", Secret, $length, $digest),
            keyed!($name, " (key: noncestr)", Nonce, $length, $digest),
        ]
    };
    ($name:literal, $of:literal, $key:ident, $length:literal, $digest:ty) => {
        Algorithm {
            name: concat!($name, $of),
            length: $length,
            key: Key::$key,
            digest: |key, text| {
                // HMAC takes a key of any length.
                Hmac::<$digest>::new_from_slice(key).map_or_else(
                    |_| Vec::new(),
                    |mac| mac.chain_update(text).finalize().into_bytes().to_vec(),
                )
            },
        }
    };
}

impl Algorithm {
    /// The functions, likeliest first.
    pub(crate) const PLAIN: [Self; 8] = [
        Self { name: "MD5", length: 16, key: Key::None, digest: plain::<Md5> },
        Self { name: "SHA-256", length: 32, key: Key::None, digest: plain::<Sha256> },
        Self { name: "SHA-512", length: 64, key: Key::None, digest: plain::<Sha512> },
        Self { name: "SHA-224", length: 28, key: Key::None, digest: plain::<Sha224> },
        Self { name: "SHA-384", length: 48, key: Key::None, digest: plain::<Sha384> },
        Self { name: "SHA-512/256", length: 32, key: Key::None, digest: plain::<Sha512_256> },
        Self { name: "SHA-512/224", length: 28, key: Key::None, digest: plain::<Sha512_224> },
        Self {
            name: "SHA-1 (SHA-1)",
            length: 20,
            key: Key::None,
            digest: |_, text| Sha1::digest(hex::encode(Sha1::digest(text))).to_vec(),
        },
    ];

    /// The keyed ones.
    pub(crate) const KEYED: [[Self; 3]; 4] = [
        keyed!("HMAC-SHA1", 20, Sha1),
        keyed!("HMAC-SHA256", 32, Sha256),
        keyed!("HMAC-MD5", 16, Md5),
        keyed!("HMAC-SHA512", 64, Sha512),
    ];
}

/// A digest that the given signature may stand for, and the mistakes in how it is written.
pub(crate) struct Reading {
    /// What to search for.
    pub(crate) target: Target,
    /// Ids of entries, with the rank of the form; empty where the signature is written as it should be.
    pub(crate) mistakes: Vec<(&'static str, u16)>,
}

/// The digest of another function, as the given signature writes it.
pub(crate) struct Expected {
    /// The digest.
    pub(crate) digest: Vec<u8>,
    /// As in [`Reading`].
    pub(crate) mistakes: Vec<(&'static str, u16)>,
}

/// A signature is no longer than this; text around it may be.
const LONGEST: usize = 512;
/// Digests that lost zeros in more ways than this are not looked for.
const MOST_TARGETS: usize = 20_000;

/// Every SHA-1 digest that the given signature may stand for: as it should be, with one mistake, and
/// with letter case or spaces besides.
pub(crate) fn readings(given: &str) -> Vec<Reading> {
    let mut found = Vec::new();
    if given.len() > LONGEST {
        return found;
    }
    if is_lower_hex(given) {
        found.extend(
            Target::from_hex(given)
                .filter(|_| given.len() == 40)
                .map(|target| Reading { target, mistakes: Vec::new() }),
        );
    }
    single_readings(given, &[], &mut found);
    let trimmed = given.trim();
    if trimmed != given {
        single_readings(trimmed, &[("hash-extra-characters", 0)], &mut found);
    }
    let lower = trimmed.to_ascii_lowercase();
    if lower != trimmed {
        let mut besides = vec![("hash-hex-case", 0)];
        if trimmed != given {
            besides.push(("hash-extra-characters", 0));
        }
        single_readings(&lower, &besides, &mut found);
    }
    found
}

fn single_readings(given: &str, besides: &[(&'static str, u16)], found: &mut Vec<Reading>) {
    let mut add = |id, rank, target: Option<Target>| {
        if let Some(target) = target {
            let mistakes =
                besides.iter().copied().filter(|(other, _)| *other != id).chain([(id, rank)]).collect();
            found.push(Reading { target, mistakes });
        }
    };
    if !besides.is_empty() && given.len() == 40 && is_lower_hex(given) {
        // What is besides explains it alone.
        let mut mistakes = besides.to_vec();
        let last = mistakes.pop();
        if let (Some((id, rank)), Some(target)) = (last, Target::from_hex(given)) {
            mistakes.push((id, rank));
            found.push(Reading { target, mistakes });
        }
        return;
    }
    let is_hex = given.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex && given.len() == 40 && given.bytes().any(|byte| byte.is_ascii_uppercase()) {
        add("hash-hex-case", 0, Target::from_hex(given));
    }
    let separators = [' ', '-', ':', ',', '.', '_', '|', '\n', '\r', '\t'];
    let inner = given.trim_matches(|c: char| !c.is_ascii_hexdigit());
    let digits: String = given.chars().filter(|c| !separators.contains(c)).collect();
    if digits.len() == 40 && inner.len() > 40 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        add("hash-separators", 0, Target::from_hex(&digits));
    }
    for digest in base64_digests(given) {
        add("hash-base64", 0, Target::from_hex(&hex::encode(digest)));
    }
    if is_lower_hex(given) && (20..40).contains(&given.len()) {
        for text in with_zeros(given) {
            add("hash-leading-zeros", 0, Target::from_hex(&text));
        }
        if given.len() >= 32 {
            add("hash-truncated", 0, Target::from_hex(given));
        }
        let missing = 40 - given.len();
        // Cut at the front: every beginning it may have had.
        if missing <= 3 {
            for start in 0..16_u32.pow(u32::try_from(missing).unwrap_or(0)) {
                add("hash-truncated", 2, Target::from_hex(&format!("{start:0missing$x}{given}")));
            }
        }
        // A digit lost in the middle.
        if missing == 1 {
            for at in 1..given.len() {
                for digit in 0..16_u32 {
                    let (before, after) = given.split_at(at);
                    add("hash-truncated", 4, Target::from_hex(&format!("{before}{digit:x}{after}")));
                }
            }
        }
    }
    if given.len() > 40 {
        let bytes = given.as_bytes();
        for (at, window) in bytes.windows(40).enumerate() {
            if window.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
                let whole = at == 0 || at + 40 == bytes.len();
                add("hash-extra-characters", u16::from(!whole), Target::from_hex(&given[at..at + 40]));
            }
        }
        if bytes.len() == 41 && is_lower_hex(given) {
            for at in 1..40 {
                add(
                    "hash-extra-characters",
                    3,
                    Target::from_hex(&format!("{}{}", &given[..at], &given[at + 1..])),
                );
            }
        }
        let digits: String = given.chars().filter(char::is_ascii_hexdigit).collect();
        if digits.len() == 40 && is_lower_hex(&digits) {
            add("hash-extra-characters", 2, Target::from_hex(&digits));
        }
    }
}

fn is_lower_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The 20 bytes that a base64 text holds, as bytes or as 40 hex digits.
fn base64_digests(given: &str) -> Vec<[u8; 20]> {
    let given = given.trim();
    let mut found = Vec::new();
    for bytes in base64_bytes(given) {
        if let Ok(digest) = <[u8; 20]>::try_from(bytes.as_slice()) {
            found.push(digest);
        } else if bytes.len() >= 40 {
            let mut digest = [0; 20];
            let text = bytes.trim_ascii();
            if text.len() == 40 && hex::decode_to_slice(text, &mut digest).is_ok() {
                found.push(digest);
            }
        }
    }
    found
}

/// A text read as base64 of either alphabet, with or without padding, `%3D` and its kind decoded.
fn base64_bytes(text: &str) -> Vec<Vec<u8>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let text = text.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=").replace(' ', "+");
    let decode = |alphabet: &Alphabet| GeneralPurpose::new(alphabet, config).decode(&text).ok();
    let mut found: Vec<Vec<u8>> = [&STANDARD, &URL_SAFE].into_iter().filter_map(decode).collect();
    found.dedup();
    found
}

/// The digests that become this text when each byte, or each word of 32 bits, or the whole is printed
/// without leading zeros.
fn with_zeros(given: &str) -> Vec<String> {
    let mut found = vec![format!("{given:0>40}")];
    for width in [2, 8] {
        let mut whole = String::with_capacity(40);
        fill_zeros(given, width, &mut whole, &mut found);
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn fill_zeros(rest: &str, width: usize, whole: &mut String, found: &mut Vec<String>) {
    let left = 40 - whole.len();
    if left == 0 {
        if rest.is_empty() {
            found.push(whole.clone());
        }
        return;
    }
    // Each part prints as at least one digit and at most its width.
    if rest.len() > left || rest.len() < left / width || found.len() >= MOST_TARGETS {
        return;
    }
    for digits in 1..=width.min(rest.len()) {
        let part = &rest[..digits];
        if digits > 1 && part.starts_with('0') {
            break;
        }
        let before = whole.len();
        whole.extend(std::iter::repeat_n('0', width - digits));
        whole.push_str(part);
        fill_zeros(&rest[digits..], width, whole, found);
        whole.truncate(before);
    }
}

/// The digests of other functions that the given signature may stand for.
pub(crate) fn expected_digests(given: &str) -> Vec<Expected> {
    let mut found = Vec::new();
    if given.len() > LONGEST {
        return found;
    }
    let lengths = [16, 20, 28, 32, 48, 64];
    let mut add = |digest: Vec<u8>, mistakes: &[(&'static str, u16)]| {
        if lengths.contains(&digest.len()) {
            found.push(Expected { digest, mistakes: mistakes.to_vec() });
        }
    };
    let trimmed = given.trim();
    let upper = trimmed.bytes().any(|byte| byte.is_ascii_uppercase());
    if let Ok(digest) = hex::decode(trimmed) {
        let mut mistakes = Vec::new();
        if upper {
            mistakes.push(("hash-hex-case", 0));
        }
        if trimmed != given {
            mistakes.push(("hash-extra-characters", 0));
        }
        add(digest, &mistakes);
        return found;
    }
    let digits: String = trimmed.chars().filter(|c| !matches!(c, ' ' | '-' | ':')).collect();
    if let Ok(digest) = hex::decode(&digits) {
        add(digest, &[("hash-separators", 0)]);
    }
    for digest in base64_bytes(trimmed) {
        add(digest, &[("hash-base64", 0)]);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "0f9de62fce790f9a083d5c99e95740ceb90c27ed";

    fn ids(given: &str) -> Vec<Vec<&'static str>> {
        let target = Target::from_hex(DIGEST).unwrap();
        let found = readings(given).into_iter().filter(|reading| reading.target == target);
        found.map(|reading| reading.mistakes.into_iter().map(|(id, _)| id).collect()).collect()
    }

    #[test]
    fn a_signature_is_read_the_ways_it_is_written() {
        assert_eq!(ids(DIGEST), [Vec::<&str>::new()]);
        assert_eq!(ids(&DIGEST.to_uppercase()), [["hash-hex-case"], ["hash-hex-case"]]);
        assert_eq!(ids(&format!("{DIGEST}\n"))[0], ["hash-extra-characters"]);
        assert_eq!(
            ids("0F-9D-E6-2F-CE-79-0F-9A-08-3D-5C-99-E9-57-40-CE-B9-0C-27-ED")[0],
            ["hash-separators"]
        );
        assert_eq!(ids("D53mL855D5oIPVyZ6VdAzrkMJ+0=")[0], ["hash-base64"]);
        assert_eq!(ids("D53mL855D5oIPVyZ6VdAzrkMJ-0")[0], ["hash-base64"]);
        assert_eq!(ids("f9de62fce79f9a83d5c99e95740ceb9c27ed")[0], ["hash-leading-zeros"]);
        assert_eq!(ids("f9de62fce790f9a083d5c99e95740ceb90c27ed")[0], ["hash-leading-zeros"]);
        assert_eq!(ids("sha1:0f9de62fce790f9a083d5c99e95740ceb90c27ed")[0], ["hash-extra-characters"]);
    }

    #[test]
    fn a_cut_signature_counts_from_32_digits_on() {
        let is_cut =
            |given: &str| readings(given).iter().any(|reading| reading.mistakes == [("hash-truncated", 0)]);
        assert!(is_cut(&DIGEST[..32]));
        assert!(!is_cut(&DIGEST[..31]));
        assert!(readings(&DIGEST[..19]).is_empty());
    }

    #[test]
    fn hostile_signatures_are_bounded() {
        for given in ["0".repeat(39), "1".repeat(30), "1".repeat(512), "\u{feff}".repeat(100), String::new()]
        {
            assert!(readings(&given).len() <= 2 * MOST_TARGETS + 5000, "{given}");
            let _ = expected_digests(&given);
        }
    }

    #[test]
    fn encodings_write_the_bytes_they_are_named_for() {
        let made = |encode: &dyn Fn(&mut Vec<u8>)| {
            let mut out = Vec::new();
            encode(&mut out);
            out
        };
        assert_eq!(made(&|out| utf16_le("a中", out)), [0x61, 0, 0x2d, 0x4e]);
        assert_eq!(made(&|out| utf16_be("a中", out)), [0, 0x61, 0x4e, 0x2d]);
        assert_eq!(made(&|out| narrow("a中é", 0x80, out)), b"a??");
        assert_eq!(made(&|out| narrow("a中é", 0x100, out)), b"a?\xe9");
        assert_eq!(made(&|out| utf16_le("ab", out)), b"a\0b\0");
        assert_eq!(made(&|out| utf16_be("ab", out)), b"\0a\0b");
        assert_eq!(made(&|out| utf8_twice("é", out)), "\u{c3}\u{a9}".as_bytes());
        assert_eq!(made(&|out| (CHARSETS[0].encode)("中", out)), b"\xd6\xd0");
    }
}
