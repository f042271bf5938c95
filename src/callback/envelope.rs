//! The encrypted part of a callback: AES-256-CBC as the platforms use it.
//!
//! In: an EncodingAESKey of 43 characters and a base64 text, or a message to encrypt. Out: the message
//! and its receive id, or the base64 text. Inside are 16 random bytes, the message's length in
//! bytes (4, big-endian), the message, the receive id, and PKCS#7 padding to 32 bytes; the IV is
//! the key's first 16 bytes.

use aes::Aes256;
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeLess};
use zeroize::Zeroizing;

use crate::lang::plural_s;
use crate::secret::Secret;

/// Characters of an EncodingAESKey: base64 of 32 bytes without its `=`.
const KEY_LENGTH: usize = 43;

/// Padding fills up to a multiple of this, in bytes, though an AES block has 16.
const PAD_BLOCK: usize = 32;

/// Random bytes before the length.
const RANDOM: usize = 16;

/// Most keys end in bits that are not part of any byte and are not zero: the strict engine refuses them.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A decoded EncodingAESKey.
pub struct AesKey(Zeroizing<[u8; 32]>);

/// What is wrong with an EncodingAESKey. Names positions and lengths, never the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A character that base64 does not have; its position counts from 1.
    #[error("the EncodingAESKey has {length} character{s}, and character {position} is `{shown}`: {what}", s = plural_s(*.length), what = .what.1)]
    Character {
        /// All its characters.
        length: usize,
        /// Which one, from 1.
        position: usize,
        /// The character, made visible.
        shown: String,
        /// What that usually means, in Chinese and English.
        what: (&'static str, &'static str),
    },
    /// Only base64 characters, but not 43 of them.
    #[error("the EncodingAESKey has {0} character{s} instead of 43", s = plural_s(*.0))]
    Length(usize),
}

/// Why an encrypted text could not be decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecryptError {
    /// It is not base64; the position counts characters from 1. Anyone can see that without the key.
    #[error("the encrypted value is not base64: character {0} does not belong there")]
    Base64(usize),
    /// It is base64 of a length that an encrypted message never has (bytes). Visible without the key too.
    #[error(
        "the encrypted value holds {0} bytes: an encrypted message has a multiple of 16, and at least 32; it is cut short or is not the Encrypt value"
    )]
    Length(usize),
    /// Padding, length field or text are wrong: one answer for all, so that nothing
    /// outside can tell them apart.
    #[error("the encrypted value does not decrypt with this EncodingAESKey")]
    Wrong,
}

/// A decrypted message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decrypted {
    /// The message.
    pub message: String,
    /// The receive id: an appid, a corpid, a suite id.
    pub receive_id: String,
}

impl KeyError {
    /// The error in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Character { length, position, shown, what: (zh, _) } => {
                format!("EncodingAESKey 有 {length} 个字符，第 {position} 个是 `{shown}`：{zh}")
            }
            Self::Length(length) => format!("EncodingAESKey 有 {length} 个字符，应为 43 个"),
        }
    }
}

impl DecryptError {
    /// The error in Chinese.
    pub fn zh(self) -> String {
        match self {
            Self::Base64(at) => format!("密文不是 base64：第 {at} 个字符不该出现"),
            Self::Length(bytes) => format!(
                "密文有 {bytes} 字节：加密消息的长度是 16 的倍数且至少 32；它被截断了，或者不是 Encrypt 的值"
            ),
            Self::Wrong => "用这个 EncodingAESKey 解不开密文".to_owned(),
        }
    }
}

impl AesKey {
    /// Reads an EncodingAESKey. Non-zero trailing bits are fine: real keys have them.
    pub fn read(key: &Secret) -> Result<Self, KeyError> {
        let text = key.reveal();
        let length = text.chars().count();
        let odd = text.chars().enumerate().find(|(_, c)| !is_base64(*c));
        if let Some((index, c)) = odd {
            return Err(KeyError::Character {
                length,
                position: index + 1,
                shown: if c.is_ascii_graphic() { c.to_string() } else { c.escape_unicode().collect() },
                what: meaning(c),
            });
        }
        let mut bytes = Zeroizing::new([0; 32]);
        match BASE64.decode_slice(text, &mut bytes[..]) {
            Ok(32) if length == KEY_LENGTH => Ok(Self(bytes)),
            _ => Err(KeyError::Length(length)),
        }
    }

    /// Decrypts. Spaces and line breaks inside the text are not part of base64 and are skipped.
    pub fn decrypt(&self, encrypted: &str) -> Result<Decrypted, DecryptError> {
        let mut bytes = Zeroizing::new(decode(encrypted)?);
        let cipher = cbc::Decryptor::<Aes256>::new((&*self.0).into(), &self.iv().into());
        let plain = cipher.decrypt_padded::<NoPadding>(&mut bytes).map_err(|_| DecryptError::Wrong)?;
        let padding = padding(plain).ok_or(DecryptError::Wrong)?;
        read_envelope(&plain[..plain.len() - padding]).ok_or(DecryptError::Wrong)
    }

    /// Encrypts a message for a receive id. `random` has to be new for each message.
    pub fn encrypt(&self, random: [u8; RANDOM], message: &str, receive_id: &str) -> Option<String> {
        let length = u32::try_from(message.len()).ok()?;
        let mut plain = Zeroizing::new(Vec::with_capacity(message.len() + receive_id.len() + 64));
        plain.extend_from_slice(&random);
        plain.extend_from_slice(&length.to_be_bytes());
        plain.extend_from_slice(message.as_bytes());
        plain.extend_from_slice(receive_id.as_bytes());
        let padding = PAD_BLOCK - plain.len() % PAD_BLOCK;
        let end = plain.len() + padding;
        plain.resize(end, u8::try_from(padding).ok()?);
        let cipher = cbc::Encryptor::<Aes256>::new((&*self.0).into(), &self.iv().into());
        let encrypted = cipher.encrypt_padded::<NoPadding>(&mut plain, end).ok()?;
        Some(BASE64.encode(encrypted))
    }

    fn iv(&self) -> [u8; 16] {
        std::array::from_fn(|index| self.0[index])
    }
}

/// Whether a text could be an encrypted message by its looks: base64 of whole blocks. The random number
/// that mp sends as echostr in plain mode never is.
pub fn is_encrypted_shape(text: &str) -> bool {
    decode(text).is_ok()
}

fn decode(encrypted: &str) -> Result<Vec<u8>, DecryptError> {
    let text: String = encrypted.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = BASE64.decode(&text).map_err(|_| {
        let body = text.trim_end_matches('=');
        let bad = body.chars().position(|c| !is_base64(c));
        bad.map_or(DecryptError::Length(text.len() / 4 * 3), |at| DecryptError::Base64(at + 1))
    })?;
    if bytes.len() < 2 * RANDOM || bytes.len() % 16 != 0 {
        return Err(DecryptError::Length(bytes.len()));
    }
    Ok(bytes)
}

/// The number of padding bytes, looked at without a branch that depends on them.
fn padding(plain: &[u8]) -> Option<usize> {
    let last = *plain.last()?;
    let mut wrong = last.ct_eq(&0) | !last.ct_lt(&33);
    for (distance, byte) in (1u8..=32).zip(plain.iter().rev()) {
        let inside = !last.ct_lt(&distance);
        let expected = u8::conditional_select(byte, &last, inside);
        wrong |= !byte.ct_eq(&expected);
    }
    let right: Choice = !wrong;
    bool::from(right).then_some(usize::from(last))
}

fn read_envelope(plain: &[u8]) -> Option<Decrypted> {
    let (length, rest) = plain.get(RANDOM..)?.split_first_chunk::<4>()?;
    let (message, receive_id) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    Some(Decrypted {
        message: std::str::from_utf8(message).ok()?.to_owned(),
        receive_id: std::str::from_utf8(receive_id).ok()?.to_owned(),
    })
}

fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '+' || c == '/'
}

fn meaning(c: char) -> (&'static str, &'static str) {
    match c {
        '=' => ("去掉 base64 的填充符", "drop the base64 padding"),
        '"' | '\'' | '“' | '”' | '‘' | '’' => {
            ("引号不是 key 的一部分", "a quote is not part of the key")
        }
        '-' | '_' => {
            ("key 用的是普通 base64，不是 URL 安全的那种", "the key is plain base64, not the url-safe kind")
        }
        c if c.is_whitespace() => ("空白不是 key 的一部分", "whitespace is not part of the key"),
        _ => ("key 里只有字母和数字", "a key has only letters and digits"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

    fn key() -> AesKey {
        AesKey::read(&Secret::new(KEY)).unwrap()
    }

    /// What is encrypted by hand, with any padding and any length field.
    fn encrypted_raw(plain: &[u8]) -> String {
        let key = key();
        let mut bytes = plain.to_vec();
        let end = bytes.len();
        let cipher = cbc::Encryptor::<Aes256>::new((&*key.0).into(), &key.iv().into());
        BASE64.encode(cipher.encrypt_padded::<NoPadding>(&mut bytes, end).unwrap())
    }

    #[test]
    fn a_message_of_any_length_comes_back() {
        let key = key();
        for length in 0..=1000 {
            for id in ["wxb11529c136998cb6", "", "ww1"] {
                let message: String = ('a'..='z').cycle().take(length).collect();
                let encrypted = key.encrypt(*b"0123456789abcdef", &message, id).unwrap();
                // Whole 32-byte blocks, at least one byte of padding.
                let bytes = BASE64.decode(&encrypted).unwrap().len();
                assert_eq!(bytes, (20 + length + id.len()) / 32 * 32 + 32, "length {length}");
                let decrypted = key.decrypt(&encrypted).unwrap();
                assert_eq!(
                    (decrypted.message, decrypted.receive_id.as_str()),
                    (message, id),
                    "length {length}"
                );
            }
        }
    }

    #[test]
    fn the_length_counts_bytes() {
        let encrypted = key().encrypt(*b"aaaabbbbccccdddd", "我是中文abcd123", "wxb11529c136998cb6").unwrap();
        assert_eq!(
            encrypted,
            "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
        );
        assert_eq!(key().decrypt(&encrypted).unwrap().message, "我是中文abcd123");
    }

    #[test]
    fn every_failure_inside_looks_the_same() {
        let envelope = |length: u32, text: &[u8], padding: &[u8]| {
            [&b"0123456789abcdef"[..], &length.to_be_bytes(), text, padding].concat()
        };
        let whole = envelope(6, b"abcdef", &[6; 6]);
        assert_eq!(key().decrypt(&encrypted_raw(&whole)).unwrap().message, "abcdef");
        for (what, plain) in [
            ("padding 0", envelope(6, b"abcdef", &[0; 6])),
            ("padding 33", envelope(6, b"abcdef", &[33; 6])),
            ("padding 255", envelope(6, b"abcdef", &[255; 6])),
            ("last right, the rest not", envelope(6, b"abcdef", &[1, 6, 6, 6, 6, 6])),
            ("middle wrong", envelope(6, b"abcdef", &[6, 6, 6, 7, 6, 6])),
            ("length past the end", envelope(7, b"abcdef", &[6; 6])),
            ("length huge", envelope(u32::MAX, b"abcdef", &[6; 6])),
            ("padding over everything", vec![32; 32]),
            ("padding into the length", [&[0u8; 17][..], &[15; 15]].concat()),
            ("no UTF-8 in the message", envelope(6, b"abcde\xff", &[6; 6])),
            ("no UTF-8 in the receive id", envelope(2, b"abcde\xff", &[6; 6])),
        ] {
            assert_eq!(key().decrypt(&encrypted_raw(&plain)), Err(DecryptError::Wrong), "{what}");
        }
        let other = AesKey::read(&Secret::new("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")).unwrap();
        assert_eq!(other.decrypt(&encrypted_raw(&whole)), Err(DecryptError::Wrong));
    }

    #[test]
    fn padding_of_sixteen_is_read_too() {
        let plain = [&b"0123456789abcdef"[..], &[0, 0, 0, 12], b"abcdefghijkl", &[16; 16]].concat();
        assert_eq!(key().decrypt(&encrypted_raw(&plain)).unwrap().message, "abcdefghijkl");
    }

    #[test]
    fn what_cannot_be_encrypted_is_refused_without_the_key() {
        assert_eq!(key().decrypt(""), Err(DecryptError::Length(0)));
        assert_eq!(key().decrypt("AAAA"), Err(DecryptError::Length(3)));
        assert_eq!(key().decrypt("AA*A"), Err(DecryptError::Base64(3)));
        assert_eq!(key().decrypt("AA汉A"), Err(DecryptError::Base64(3)));
        assert!(matches!(key().decrypt("A"), Err(DecryptError::Length(_))));
        assert!(!is_encrypted_shape("6058207018001857403"));
        assert!(!is_encrypted_shape("12345678901234567890"));
    }

    #[test]
    fn a_bad_key_is_reported_by_position() {
        let error = |key: &str| AesKey::read(&Secret::new(key)).err().unwrap().to_string();
        assert_eq!(error(&KEY[..42]), "the EncodingAESKey has 42 characters instead of 43");
        assert_eq!(error(&format!("{KEY}H")), "the EncodingAESKey has 44 characters instead of 43");
        assert_eq!(
            error(&format!("{KEY}=")),
            "the EncodingAESKey has 44 characters, and character 44 is `=`: drop the base64 padding"
        );
        assert_eq!(
            error(&format!("{}\u{a0}", &KEY[..42])),
            "the EncodingAESKey has 43 characters, and character 43 is `\\u{a0}`: whitespace is not part of the key"
        );
        assert_eq!(
            error("汉"),
            "the EncodingAESKey has 1 character, and character 1 is `\\u{6c49}`: a key has only letters and digits"
        );
        assert_eq!(error(""), "the EncodingAESKey has 0 characters instead of 43");
    }

    #[test]
    fn a_character_says_what_it_usually_means() {
        for (c, zh, en) in [
            ('=', "填充符", "padding"),
            ('"', "引号", "a quote"),
            ('\'', "引号", "a quote"),
            ('“', "引号", "a quote"),
            ('’', "引号", "a quote"),
            ('-', "URL 安全", "url-safe"),
            ('_', "URL 安全", "url-safe"),
            ('\t', "空白", "whitespace"),
            ('*', "字母和数字", "letters and digits"),
        ] {
            let error = AesKey::read(&Secret::new(format!("{}{c}", &KEY[..42]))).err().unwrap();
            assert!(error.to_string().contains(en), "{error}");
            assert!(error.zh().contains(zh) && error.zh().contains("第 43 个"), "{}", error.zh());
        }
        assert_eq!(KeyError::Length(42).zh(), "EncodingAESKey 有 42 个字符，应为 43 个");
        assert!(AesKey::read(&Secret::new(format!("+/{}", &KEY[2..]))).is_ok());
        // 32 bytes also when its padding is left on, and still not a key of 43 characters.
        assert!(AesKey::read(&Secret::new(&KEY[..40])).is_err());
    }

    #[test]
    fn a_value_that_cannot_be_decrypted_says_its_place_or_its_size() {
        for (text, error, zh) in [
            ("AA*A", DecryptError::Base64(3), "第 3 个字符"),
            ("A A\r\nA-", DecryptError::Base64(4), "第 4 个字符"),
            ("A\"AA", DecryptError::Base64(2), "第 2 个字符"),
            ("A", DecryptError::Length(0), "有 0 字节"),
            ("AAAAAAAAA", DecryptError::Length(6), "有 6 字节"),
            ("AAAAAAAA", DecryptError::Length(6), "有 6 字节"),
        ] {
            let found = key().decrypt(text).unwrap_err();
            assert_eq!(found, error, "{text}");
            assert!(found.zh().contains(zh), "{}", found.zh());
            assert_ne!(found.zh(), found.to_string());
        }
        assert!(DecryptError::Wrong.zh().contains("解不开"));
        let of = |bytes: usize| key().decrypt(&BASE64.encode(vec![0; bytes]));
        assert_eq!(of(16), Err(DecryptError::Length(16)));
        assert_eq!(of(31), Err(DecryptError::Length(31)));
        assert_eq!(of(33), Err(DecryptError::Length(33)));
        assert_eq!(of(32), Err(DecryptError::Wrong));
        assert_eq!(of(48), Err(DecryptError::Wrong));
    }

    #[test]
    fn what_is_encrypted_has_the_shape_and_its_halves_have_not() {
        let encrypted = key().encrypt([0; 16], "605", "ww1").unwrap();
        assert!(is_encrypted_shape(&encrypted));
        assert!(is_encrypted_shape(&format!("{}\n{}", &encrypted[..8], &encrypted[8..])));
        assert!(!is_encrypted_shape(&encrypted[..=encrypted.len() / 2]));
        assert!(!is_encrypted_shape(&encrypted.replace('=', "-")));
    }
}
