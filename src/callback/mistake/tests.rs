//! One line a mistake: the signature made with it is explained by it.

use super::*;
use crate::signature::sha1_hex;

const TOKEN: &str = "hk7ZqPwx3NvT";
const STAMP: &str = "1583940690";
const NONCE: &str = "1584392382";
const ENCRYPT: &str =
    "6KmUQuPVu7UhjyVqRdbo5SfcRqaHvbUlKSHFvBV2ZuR6TIlKsygcfeSd1GDplg1C5KSKr6UPHCaC/nIX3ZNt+w==";

fn signed(encrypt: Option<&str>) -> Signed {
    Signed { timestamp: STAMP.into(), nonce: NONCE.into(), encrypt: encrypt.map(Into::into) }
}

/// Sorted, joined, hashed.
fn sign(values: &[&str]) -> String {
    let mut values = values.to_vec();
    values.sort_unstable();
    sha1_hex(&values.concat())
}

fn explained_with(token: &str, signed: &Signed, left_out: Option<&str>, given: &str) -> Explanation {
    let other_tokens = [("shop".to_owned(), Secret::new("shopToken99"))];
    let other_values = [("EncodingAESKey", Secret::new("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"))];
    let known = Known {
        token: &Secret::new(token),
        signed,
        encrypted_name: "encrypt",
        encoded: None,
        left_out,
        body: Some("<xml><Encrypt>e</Encrypt></xml>"),
        other_holds: false,
        other_tokens: &other_tokens,
        other_values: &other_values,
    };
    let zh = explain(&known, given, Lang::Zh, &|| false);
    let en = explain(&known, given, Lang::En, &|| false);
    for (a, b) in zh.mistakes.iter().zip(&en.mistakes) {
        assert_eq!((a.id, a.field), (b.id, b.field));
        assert_ne!(a.message, b.message);
        for text in [&a.message, &a.fix, &b.message, &b.fix] {
            assert!(!text.contains('{'), "a hole is left in `{text}`");
            assert!(
                !text.contains(token.trim()) || token.trim().is_empty(),
                "the token is shown in `{text}`"
            );
        }
        assert!(!a.message.contains("请") || a.message.contains("请求"));
    }
    en
}

fn ids(explanation: &Explanation) -> Vec<&'static str> {
    assert!(explanation.proved, "{:?}", explanation.mistakes);
    explanation.mistakes.iter().map(|mistake| mistake.id).collect()
}

fn explained(token: &str, given: &str) -> Vec<&'static str> {
    ids(&explained_with(token, &signed(Some(ENCRYPT)), None, given))
}

#[test]
fn each_token_mistake_is_found() {
    let right = sign(&[TOKEN, STAMP, NONCE, ENCRYPT]);
    let with = |token: &str| sign(&[token, STAMP, NONCE, ENCRYPT]);
    for sample in SAMPLE_TOKENS {
        assert_eq!(explained(TOKEN, &with(sample)), ["token-sample"], "{sample}");
    }
    for (ours, id) in [
        ("hk7ZqPwx3NvT ", "token-whitespace"),
        ("hk7ZqPwx3NvT\r\n", "token-whitespace"),
        (" hk7ZqPwx3NvT", "token-whitespace"),
        ("hk7Zq Pwx3NvT", "token-whitespace"),
        ("\u{feff}hk7ZqPwx3NvT", "token-whitespace"),
        ("\"hk7ZqPwx3NvT\"", "token-quoted"),
        ("'hk7ZqPwx3NvT'", "token-quoted"),
        ("hk7ZqPwx3NvTx", "token-extra-character"),
        ("hk7ZqqPwx3NvT", "token-extra-character"),
        ("hk7ZqPwx3Nv", "token-missing-character"),
        ("k7ZqPwx3NvT", "token-missing-character"),
        ("hk7ZqPwx3NvI", "token-wrong-character"),
    ] {
        assert_eq!(explained(ours, &right), [id], "{ours:?}");
    }
    for (theirs, id) in [
        ("hk7ZqPwx3NvT\n", "token-whitespace"),
        ("\"hk7ZqPwx3NvT\"", "token-quoted"),
        ("HK7ZQPWX3NVT", "token-case"),
        ("shopToken99", "token-other-profile"),
        ("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "token-other-value"),
        ("", "string-missing-value"),
    ] {
        assert_eq!(explained(TOKEN, &with(theirs)), [id], "{theirs:?}");
    }
}

#[test]
fn a_token_is_described_and_never_shown() {
    let right = sign(&[TOKEN, STAMP, NONCE, ENCRYPT]);
    let found = explained_with(&format!("{TOKEN} "), &signed(Some(ENCRYPT)), None, &right);
    let mistake = &found.mistakes[0];
    assert_eq!(mistake.signed.as_deref(), Some("12 characters"));
    assert_eq!(mistake.actual.as_deref(), Some("13 characters, 1 whitespace at its end"));
    let extra = explained_with("hk7ZqqPwx3NvT", &signed(Some(ENCRYPT)), None, &right);
    assert!(
        extra.mistakes[0].message.contains("character 5")
            || extra.mistakes[0].message.contains("character 6")
    );
}

#[test]
fn each_mistake_of_the_encrypted_value_is_found() {
    let with = |encrypted: &str| sign(&[TOKEN, STAMP, NONCE, encrypted]);
    for (encrypted, id) in [
        (ENCRYPT.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"), "encrypt-percent-encoded"),
        (ENCRYPT.replace('+', "%2b").replace('/', "%2f").replace('=', "%3d"), "encrypt-percent-encoded"),
        (ENCRYPT.replace('+', "%2B").replace('=', "%3D"), "encrypt-percent-encoded"),
        (
            ENCRYPT.replace('+', "%252B").replace('/', "%252F").replace('=', "%253D"),
            "encrypt-percent-encoded",
        ),
        (ENCRYPT.replace('+', " "), "encrypt-plus-space"),
        (format!("{ENCRYPT}\n"), "encrypt-whitespace"),
        (format!("<![CDATA[{ENCRYPT}]]>"), "encrypt-cdata"),
        (ENCRYPT.trim_end_matches('=').to_owned(), "encrypt-cut-at-equals"),
        (ENCRYPT.replace('/', "\\/"), "encrypt-json-escaped"),
        ("<xml><Encrypt>e</Encrypt></xml>".to_owned(), "encrypt-whole-body"),
    ] {
        assert_eq!(explained(TOKEN, &with(&encrypted)), [id], "{encrypted}");
    }
    assert_eq!(explained(TOKEN, &sign(&[TOKEN, STAMP, NONCE])), ["encrypt-left-out"]);
    let added = explained_with(TOKEN, &signed(None), Some(ENCRYPT), &with(ENCRYPT));
    assert_eq!(ids(&added), ["encrypt-added"]);
    let lost = ENCRYPT.replace('+', " ");
    let pasted = explained_with(TOKEN, &signed(Some(&lost)), None, &with(ENCRYPT));
    assert_eq!(ids(&pasted), ["encrypt-plus-space"]);
}

#[test]
fn each_mistake_of_string_time_and_hash_is_found() {
    let right = sign(&[TOKEN, STAMP, NONCE, ENCRYPT]);
    let mut sorted = [TOKEN, STAMP, NONCE, ENCRYPT];
    sorted.sort_unstable();
    let pairs = format!("encrypt={ENCRYPT}&nonce={NONCE}&timestamp={STAMP}&token={TOKEN}");
    for (given, id) in [
        (sha1_hex(&[TOKEN, STAMP, NONCE, ENCRYPT].concat()), "string-order"),
        (sha1_hex(&[NONCE, ENCRYPT, TOKEN, STAMP].concat()), "string-order"),
        (sha1_hex(&sorted.join("&")), "string-separator"),
        (sha1_hex(&sorted.join("\n")), "string-separator"),
        (sha1_hex(&pairs), "string-separator"),
        (sign(&[TOKEN, NONCE, ENCRYPT]), "string-missing-value"),
        (sign(&[TOKEN, STAMP, ENCRYPT]), "string-missing-value"),
        (sign(&[TOKEN, &format!("{STAMP}000"), NONCE, ENCRYPT]), "timestamp-milliseconds"),
        (sign(&[TOKEN, "1583940693", NONCE, ENCRYPT]), "timestamp-drift"),
        (right.to_uppercase(), "hash-hex-case"),
        (format!(" {right}\n"), "signature-whitespace"),
        (right[..36].to_owned(), "hash-truncated"),
        (hex::encode(Md5::digest(sorted.concat())), "hash-algorithm"),
        (hex::encode(Sha256::digest(sorted.concat())), "hash-algorithm"),
    ] {
        assert_eq!(explained(TOKEN, &given), [id], "{given}");
    }
    let mut padded = signed(Some(ENCRYPT));
    padded.timestamp.push(' ');
    assert_eq!(ids(&explained_with(TOKEN, &padded, None, &right)), ["timestamp-whitespace"]);
    padded = signed(Some(ENCRYPT));
    padded.nonce = format!("\"{NONCE}\"");
    assert_eq!(ids(&explained_with(TOKEN, &padded, None, &right)), ["nonce-whitespace"]);
}

#[test]
fn two_mistakes_at_once_are_found() {
    let encoded = ENCRYPT.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let given = sign(&[TOKEN, STAMP, NONCE, &encoded]);
    assert_eq!(explained(&format!("{TOKEN}\n"), &given), ["token-whitespace", "encrypt-percent-encoded"]);
    let upper = sign(&["weixin", STAMP, NONCE, ENCRYPT]).to_uppercase();
    assert_eq!(explained(TOKEN, &upper), ["token-sample", "hash-hex-case"]);
    let unsorted = sha1_hex(&[TOKEN, STAMP, NONCE, &encoded].concat());
    assert_eq!(explained(TOKEN, &unsorted), ["encrypt-percent-encoded", "string-order"]);
    let wide = sign(&[TOKEN, STAMP, NONCE]);
    assert_eq!(explained(&format!("{TOKEN}7"), &wide), ["encrypt-left-out", "token-extra-character"]);
}

#[test]
fn what_nothing_explains_is_said_to_be_so() {
    let right = sign(&[TOKEN, STAMP, NONCE]);
    let unexplained = |given: &str| {
        // The narrow mistakes only: what takes long is cut off.
        let known = Known {
            token: &Secret::new(TOKEN),
            signed: &signed(None),
            encrypted_name: "encrypt",
            encoded: None,
            left_out: None,
            body: None,
            other_holds: false,
            other_tokens: &[],
            other_values: &[],
        };
        let found = explain(&known, given, Lang::En, &|| true);
        (found.mistakes[0].id, found.proved)
    };
    assert_eq!(unexplained(&sign(&["quite another one", STAMP, NONCE])), ("token-differs", false));
    let flipped = if right.ends_with('0') { "1" } else { "0" };
    assert_eq!(unexplained(&format!("{}{flipped}", &right[..39])), ("signature-mistyped", true));
    assert_eq!(unexplained(""), ("signature-shape", false));
    assert_eq!(unexplained("汉字"), ("signature-shape", false));
}

#[test]
fn another_signature_that_holds_proves_the_token() {
    for (encrypt, id) in [(Some(ENCRYPT), "encrypt-differs"), (None, "signature-differs")] {
        for lang in [Lang::Zh, Lang::En] {
            let known = Known {
                token: &Secret::new(TOKEN),
                signed: &signed(encrypt),
                encrypted_name: "encrypt",
                encoded: None,
                left_out: None,
                body: None,
                other_holds: true,
                other_tokens: &[],
                other_values: &[],
            };
            let found = explain(&known, &"0".repeat(40), lang, &|| false);
            assert_eq!((found.mistakes[0].id, found.mistakes.len(), found.proved), (id, 1, false));
        }
    }
}

#[test]
fn a_value_that_was_empty_has_no_second_mistake() {
    for token in ["x", "0"] {
        let given = sign(&[token, STAMP, NONCE]);
        let found = explained_with(TOKEN, &signed(None), None, &given);
        let ids: Vec<&str> = found.mistakes.iter().map(|mistake| mistake.id).collect();
        assert_eq!((ids.as_slice(), found.proved), (["token-differs"].as_slice(), false), "{token}");
    }
    let given = sign(&["", STAMP, NONCE]);
    assert_eq!(ids(&explained_with(TOKEN, &signed(None), None, &given)), ["string-missing-value"]);
}

#[test]
fn the_search_stops_when_asked_and_ids_are_unique() {
    let asked = std::cell::Cell::new(0);
    let known = Known {
        token: &Secret::new(TOKEN),
        signed: &signed(Some(ENCRYPT)),
        encrypted_name: "encrypt",
        encoded: None,
        left_out: None,
        body: None,
        other_holds: false,
        other_tokens: &[],
        other_values: &[],
    };
    let stop = || {
        asked.set(asked.get() + 1);
        asked.get() > 3
    };
    let found = explain(&known, &"0".repeat(40), Lang::En, &stop);
    assert!(!found.exhausted && found.candidates < 300, "{}", found.candidates);
    let mut ids: Vec<&str> = TABLE.iter().map(|entry| entry.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), TABLE.len());
}

#[test]
fn the_registry_lists_the_table_and_the_general_words() {
    let entries: Vec<finding::Entry> = entries().collect();
    assert_eq!(entries.len(), TABLE.len() + text::GENERAL.len());
    let often = entries.iter().filter(|entry| entry.likelihood == finding::Likelihood::Often);
    let often: Vec<&str> = often.map(|entry| entry.id).collect();
    assert_eq!(
        often,
        [
            "token-sample",
            "token-whitespace",
            "token-quoted",
            "token-other-profile",
            "token-other-value",
            "token-case",
            "encrypt-left-out",
            "encrypt-added",
            "encrypt-percent-encoded",
        ]
    );
    for (id, field) in [
        ("token-case", "token"),
        ("timestamp-drift", "timestamp"),
        ("nonce-whitespace", "nonce"),
        ("encrypt-cdata", "encrypt"),
        ("string-order", "string"),
        ("signature-whitespace", "signature"),
        ("key-wrong", "encoding_aes_key"),
    ] {
        let entry = entries.iter().find(|entry| entry.id == id).unwrap();
        assert_eq!(entry.field, field, "{id}");
        assert!(entry.title.en.is_ascii() && entry.title.zh != entry.title.en, "{id}");
    }
}

#[test]
fn a_mistake_names_its_value_what_was_signed_and_what_came() {
    let right = sign(&[TOKEN, STAMP, NONCE, ENCRYPT]);
    let (late, early) = ("1583940693", "1583940660");
    for (given, field, signed_value, actual, said) in [
        (
            sign(&[TOKEN, late, NONCE, ENCRYPT]),
            "timestamp",
            Some(late),
            Some(STAMP),
            "+3 s from the 1583940690",
        ),
        (sign(&[TOKEN, early, NONCE, ENCRYPT]), "timestamp", Some(early), Some(STAMP), "-30 s from the"),
        (right.to_uppercase(), "signature", Some(&*right.to_uppercase()), Some(&*right), ""),
        (sign(&["weixin", STAMP, NONCE, ENCRYPT]), "token", Some("6 characters"), Some("12 characters"), ""),
        (sha1_hex(&[TOKEN, STAMP, NONCE, ENCRYPT].concat()), "string", None, None, ""),
        (sign(&[TOKEN, STAMP, NONCE]), "encrypt", None, Some(ENCRYPT), ""),
    ] {
        let found = explained_with(TOKEN, &signed(Some(ENCRYPT)), None, &given);
        let mistake = &found.mistakes[0];
        assert_eq!((mistake.field, found.mistakes.len()), (field, 1), "{mistake:?}");
        assert_eq!((mistake.signed.as_deref(), mistake.actual.as_deref()), (signed_value, actual));
        assert!(mistake.message.contains(said), "{}", mistake.message);
    }
    let padded = Signed { nonce: format!("{NONCE} "), ..signed(Some(ENCRYPT)) };
    let mistake = &explained_with(TOKEN, &padded, None, &right).mistakes[0];
    assert_eq!((mistake.field, mistake.signed.as_deref()), ("nonce", Some(NONCE)));
    assert_eq!(mistake.actual.as_ref(), Some(&padded.nonce));
}

/// A search that is stopped the `stops`th time it asks.
fn stopped(token: &str, encrypt: &str, given: &str, stops: usize) -> Explanation {
    let asked = std::cell::Cell::new(0);
    let known = Known {
        token: &Secret::new(token),
        signed: &signed(Some(encrypt)),
        encrypted_name: "encrypt",
        encoded: None,
        left_out: None,
        body: None,
        other_holds: false,
        other_tokens: &[],
        other_values: &[],
    };
    explain(&known, given, Lang::En, &|| {
        asked.set(asked.get() + 1);
        asked.get() >= stops
    })
}

#[test]
fn a_wrong_character_of_a_token_is_named_by_its_place() {
    let right = sign(&[TOKEN, STAMP, NONCE, ENCRYPT]);
    for (ours, said) in [
        ("xhk7ZqPwx3NvT", "(character 1)"),
        ("hk7ZqPwx3NvTx", "(character 13)"),
        ("k7ZqPwx3NvT", "(at place 1)"),
        ("hk7ZqPwx3Nv", "(at place 12)"),
        ("Ok7ZqPwx3NvT", "(character 1)"),
        ("hk7ZqPwx3NvI", "(character 12)"),
    ] {
        let found = explained_with(ours, &signed(Some(ENCRYPT)), None, &right);
        assert!(found.mistakes[0].message.contains(said), "{}", found.mistakes[0].message);
    }
    // So long a token is still searched for one character, and a longer one is not.
    let long = "hk7ZqPwx3NvT".repeat(6);
    for (ours, theirs, id) in [
        (&long[..64], &long[..63], "token-extra-character"),
        (&long[..64], &*format!("{}x", &long[..63]), "token-wrong-character"),
        (&long[..64], &*format!("{}x", &long[..64]), "token-missing-character"),
        (&long[..65], &long[..63], "token-differs"),
        (&long[..65], &*format!("{}x", &long[..64]), "token-differs"),
    ] {
        let found = stopped(ours, ENCRYPT, &sign(&[theirs, STAMP, NONCE, ENCRYPT]), 150);
        assert_eq!(found.mistakes[0].id, id, "{} {}", ours.len(), theirs.len());
    }
}

#[test]
fn the_search_asks_now_and_then_and_at_once_for_a_large_value() {
    for (length, candidates) in [(88, 63), (16 * 1024, 63), (16 * 1024 + 1, 0)] {
        let found = stopped(TOKEN, &"A".repeat(length), &"0".repeat(40), 1);
        assert_eq!((found.candidates, found.exhausted, found.proved), (candidates, false, false), "{length}");
    }
}

#[test]
fn two_mistakes_of_one_value_are_not_put_together() {
    let given = sign(&["HK7ZQPWX3NVT", STAMP, NONCE, ENCRYPT]);
    let found = stopped("hk7ZqPwx3NvT\n", ENCRYPT, &given, 150);
    assert_eq!((found.mistakes[0].id, found.proved), ("token-differs", false));
}
