//! The forms in which an echostr comes back, plain and encrypted.

use super::*;

const PLAIN: &str = "6058207018001857403";

/// The findings of an answer made of what was sent, encrypted when the kind is WeCom's.
fn echoed(kind: Receiver, expected: &str, body: impl Fn(&str) -> Vec<u8>) -> Vec<Finding> {
    let key = AesKey::read(&Secret::new(KEY)).unwrap();
    let with = Credentials { token: &Secret::new("t"), key: Some(&key), receive_id: "ww1", agent_id: None };
    let stamp = Stamp { timestamp: "1".into(), nonce: "2".into(), random: [0; 16] };
    let call = verification(kind, &with, &stamp, expected, false).unwrap();
    let encrypted = call.encrypted.as_deref();
    let sent = Verification { kind, place: PLACE, expected, encrypted, key: Some(&key) };
    judge_verification(&sent, &answer(200, "text/plain", body(encrypted.unwrap_or(expected))))
}

fn id_of(kind: Receiver, expected: &str, body: impl Fn(&str) -> Vec<u8>) -> &'static str {
    let found = echoed(kind, expected, body);
    assert_eq!(found.len(), 1);
    for lang in [Lang::Zh, Lang::En] {
        assert!(!found[0].cause(lang).contains("{start}") && !found[0].fix(lang).contains("{start}"));
    }
    found[0].fault.id
}

#[test]
fn utf_16_is_recognized_in_both_orders_with_and_without_a_mark() {
    let units = || PLAIN.encode_utf16();
    let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
    let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
    for (body, charset) in [
        (big.clone(), "UTF-16BE"),
        ([vec![0xfe, 0xff], big].concat(), "UTF-16BE"),
        (little.clone(), "UTF-16LE"),
        ([vec![0xff, 0xfe], little].concat(), "UTF-16LE"),
    ] {
        let found = echoed(Receiver::Mp, PLAIN, |_| body.clone());
        assert_eq!(found[0].fault.id, "echo-charset", "{body:?}");
        assert!(found[0].cause(Lang::En).contains(charset), "{body:?}");
    }
    let other: Vec<u8> = "12".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(id_of(Receiver::Mp, PLAIN, |_| other.clone()), "echo-wrong");
}

#[test]
fn a_ciphertext_that_comes_back_is_recognized_in_each_form() {
    let text = |body: String| body.into_bytes();
    let encoded = |sent: &str| sent.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    // The message makes a ciphertext with a `+`.
    let expected = (0..1_000).map(|number| number.to_string()).find(|message| {
        let key = AesKey::read(&Secret::new(KEY)).unwrap();
        key.encrypt([0; 16], message, "ww1").is_some_and(|sent| sent.contains('+'))
    });
    let expected = expected.unwrap();
    let work = |body: &dyn Fn(&str) -> String| id_of(Receiver::Work, &expected, |sent| text(body(sent)));
    assert_eq!(work(&|sent| sent.to_owned()), "echo-ciphertext");
    assert_eq!(work(&|sent| format!("\"{sent}\"\n")), "echo-ciphertext");
    assert_eq!(work(&encoded), "echo-ciphertext");
    assert_eq!(work(&|sent| sent.replace('+', " ")), "echo-ciphertext");
    assert_eq!(work(&|sent| format!("{{\"echostr\":\"{sent}\"}}")), "echo-json");
    assert_eq!(work(&|sent| format!("<p>{sent}</p>")), "echo-html");
    assert_eq!(work(&|sent| format!("x {sent}")), "echo-extra-output");
    assert_eq!(work(&|sent| sent[..sent.len() - 4].to_owned()), "echo-wrong");
}

#[test]
fn an_echostr_that_was_encrypted_or_escaped_on_the_way_back_is_recognized() {
    let key = AesKey::read(&Secret::new(KEY)).unwrap();
    let encrypted = |message: &str| key.encrypt([1; 16], message, "ww1").unwrap();
    let mp = |expected: &str, body: &str| id_of(Receiver::Mp, expected, |_| body.as_bytes().to_vec());
    assert_eq!(mp(PLAIN, &encrypted(PLAIN)), "echo-encrypted");
    assert_eq!(mp(PLAIN, &encrypted("another")), "echo-wrong");
    for (expected, body, id) in [
        ("a+b=", "a%2Bb%3D", "echo-escaped"),
        ("a+b=", "a&#43;b&#61;", "echo-escaped"),
        ("a+b=", "a&#x2B;b&#x3D;", "echo-escaped"),
        ("a&b", "a&amp;b", "echo-escaped"),
        ("a+b=", "a b=", "echo-wrong"),
        ("a+b=", "`a+b=`", "echo-quotes"),
        ("a+b=", "“ a+b= ”", "echo-quotes"),
        (PLAIN, "[1,2]", "echo-json"),
        (PLAIN, "{\"error\":1}", "echo-error-text"),
        (PLAIN, "<xml></xml>", "echo-constant"),
        (PLAIN, "OK\n", "echo-constant"),
        (PLAIN, "hello world", "echo-constant"),
        (PLAIN, "签名不对", "echo-error-text"),
        (PLAIN, "\u{feff}", "echo-empty"),
        (PLAIN, " \n", "echo-empty"),
    ] {
        assert_eq!(mp(expected, body), id, "{body}");
    }
}

#[test]
fn what_came_is_shown_by_its_beginning_and_its_size() {
    let cause = |body: &str| echoed(Receiver::Mp, PLAIN, |_| body.as_bytes().to_vec())[0].cause(Lang::En);
    assert!(cause("汉字").contains("has 6 bytes and starts with `汉字`"));
    assert!(cause("pong").contains("is `pong` instead of"));
    assert!(cause(&format!("x{PLAIN}")).contains(&format!("starts with `x{PLAIN}`")));
    assert!(cause("").contains("status 200 with an empty body"));
}

#[test]
fn a_page_around_the_echostr_is_a_fault_of_the_output_only_with_status_200() {
    let page = format!("<html><body>{PLAIN}</body></html>");
    for (status, id) in [(200, "echo-html"), (404, "answer-not-found"), (500, "answer-server-error")] {
        assert_eq!(echo_ids(Receiver::Mp, &answer(status, "text/html", &page)), [id]);
    }
}
