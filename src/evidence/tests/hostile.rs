//! Text that no one pastes: nothing panics, nothing takes long.

use proptest::prelude::*;

use super::*;

/// Realistic texts, to be cut and mixed.
const SAMPLES: [&str; 6] = [
    "wx.config({\n  appId: 'wx1', // x\n  timestamp: 1,\n  nonceStr: \"n\\\"\", signature: `s${x}`, jsApiList: ['a',] });",
    r#"{"data":{"cardExt":"{\"timestamp\":\"1\",\"signature\":\"s\"}","url":"https:\/\/a.b\/\u0026"}}"#,
    "jsapi_ticket=T&noncestr=N×tamp=1&url=http://a.b/?x=1#c\n签名：“s”\n时间戳：1",
    "?jsapi_ticket=T%3D&url=https%3A%2F%2Fa.b%2F&timestamp=1\n[nonceStr] => abc\n[\"url\"]=>\nstring(1) \"x\"",
    r#"{"log":{"entries":[{"request":{"url":"https://a.b/?url=c://d","headers":[]},"response":{"content":{"text":"{\"signature\":\"s\",\"nonce\":1}"}}}]}}"#,
    "<?php $url = \"$a\"; ?> <%= x %> {{ y }} /* url: z */ ww.register({ getConfigSignature() { return {timestamp: 1} } , ...q }) “",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in ".{0,400}") {
        extract(&text);
    }

    #[test]
    fn no_mixture_of_marks_panics(
        marks in proptest::collection::vec(prop_oneof![
            Just("{"), Just("}"), Just("\""), Just("'"), Just("`"), Just("\\"), Just("("), Just(")"), Just("["),
            Just("]"), Just("//"), Just("/*"), Just("*/"), Just("<!--"), Just("<?"), Just("?>"), Just("${"), Just("\n"),
            Just(":"), Just("="), Just("=>"), Just("&"), Just("?"), Just("×"), Just("：“"), Just("”"), Just("签名"),
            Just("wx.config"), Just("url"), Just("ticket="), Just("&noncestr="), Just("timestamp"), Just("cardExt"),
            Just("1"), Just(","), Just("..."), Just("\u{3000}"), Just("string("), Just("%E4"), Just("https://"), Just(" "),
        ], 0..60)
    ) {
        extract(&marks.concat());
    }

    #[test]
    fn no_damaged_sample_panics(
        first in 0..SAMPLES.len(), second in 0..SAMPLES.len(), cut in any::<prop::sample::Index>(), put in any::<prop::sample::Index>(),
        extra in ".{0,3}",
    ) {
        let (first, second) = (SAMPLES[first], SAMPLES[second]);
        let cut = first.floor_char_boundary(cut.index(first.len()));
        let put = second.floor_char_boundary(put.index(second.len()));
        extract(&format!("{}{extra}{}", &first[..cut], &second[put..]));
    }

    /// Whatever the values are, JSON gives them back byte for byte.
    #[test]
    fn json_gives_back_any_values(ticket in "\\PC{0,40}", nonce in "\\PC{0,40}", url in "https?://\\PC{0,60}", more in "[a-z\n\t\"\\\\]{0,9}") {
        let nonce = format!("{nonce}{more}");
        // A template that opens in one value and closes in another is taken for one.
        prop_assume!(!["<%", "<?", "{{"].iter().any(|mark| nonce.contains(mark) || ticket.contains(mark)));
        let json = serde_json::json!({ "data": { "nonceStr": &nonce, "jsapi_ticket": &ticket, "url": &url } });
        for text in [json.to_string(), format!("{json:#}\n"), format!("12:00 INFO {json}")] {
            let found = extract(&text);
            for (field, wanted) in [(Field::Nonce, &nonce), (Field::Ticket, &ticket), (Field::Url, &url)] {
                let value = found.all(field).next().map(|value| &value.text);
                // What looks like a template is named instead.
                if value != Some(wanted) {
                    prop_assert!(value.is_none() && literal::is_unfilled(wanted), "{} {:?}", text, found);
                }
            }
        }
    }

    /// A string1 alone comes out verbatim, and its values are what was put in.
    #[test]
    fn any_string1_is_verbatim(
        ticket in "[A-Za-z0-9_-]{0,86}", nonce in "[!-%'-~]{0,30}", timestamp in "[0-9]{0,13}", url in "https?://[!-~]{0,60}[!-~ #&]{0,5}[!-~]",
    ) {
        let string1 = format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}");
        let found = extract(&string1);
        if string1::parse(&string1).is_some() && found.all(Field::Signature).next().is_none() && lines::before_signature(&string1) == string1.len() {
            prop_assert_eq!(found.string1.as_deref(), Some(string1.as_str()));
            let urls: Vec<&str> = found.all(Field::Url).map(|value| value.text.as_str()).collect();
            prop_assert_eq!(urls, [url.as_str()]);
        }
    }
}

/// How long this thread computed; a loaded machine does not count, where the system tells.
fn computed() -> std::time::Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    let elapsed = START.get_or_init(std::time::Instant::now).elapsed();
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|stat| Some(std::time::Duration::from_nanos(stat.split(' ').next()?.parse().ok()?)))
        .unwrap_or(elapsed)
}

/// Texts that would take hours if anything in them were searched again and again.
#[test]
fn hostile_text_takes_no_longer_than_any_other() {
    let whole = ["{", "\"", "wx.config({"];
    let part = [
        "'",
        "`",
        "\\\"",
        "[",
        "(",
        "wx.config(",
        "ticket=",
        "jsapi_ticket=&",
        "url=",
        "url: ",
        "?url=",
        "a=b&",
        "url=http://&",
        "/*",
        "//",
        "<!--",
        "${",
        "{{",
        "\"{{",
        "<?",
        "\"<?",
        " ",
        "url:\n",
        "“",
        "a.",
        "a-",
        "\n",
        "×tamp=",
        "cardExt:'",
        "签名",
        "[url]=>",
        "{\"a\":",
        "}{",
        ")(",
        "'+'",
        "...",
        "url: , ",
        "url:a(",
        "{url=a",
        ": \"",
        "& ",
        "\"{{\",",
        "[ticket=&noncestr=&url= sign=",
        "config:ok",
        "wx.config({...",
        "url=//",
        "location.href=",
        "<a>",
        "<tr>",
        "<tr>'",
        "<dl></tr>",
        ": string ",
        "\\",
        "“”",
        "\"\\",
        "'\\",
        "a:b(",
        "/* url: */",
    ];
    let mut slow = Vec::new();
    // A square of the part's size would take seconds, whatever is done for each byte.
    for (units, size, limit) in [(&whole[..], 8 << 20, 2000), (&part[..], 1 << 18, 700)] {
        for unit in units {
            let text = unit.repeat(size / unit.len());
            let start = computed();
            extract(&text);
            let took = computed().saturating_sub(start);
            if took.as_millis() > limit {
                slow.push(format!("{unit:?} {took:?}"));
            }
        }
    }
    assert!(slow.is_empty(), "{slow:#?}");
}
