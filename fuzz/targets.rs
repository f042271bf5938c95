//! What the fuzz targets do with bytes: one function a parser, named as its target and its corpus.
//!
//! The targets call them, and `tests/it/fuzzed.rs` calls them with every file of `fuzz/corpus`, so that what was once found
//! stays found without a nightly compiler. Where a parser takes several texts, a line `%%` is between them.

use std::sync::atomic::{AtomicU32, Ordering};

use wecheck::callback::{AesKey, body, is_encrypted_shape, request};
use wecheck::catalog::{message, query, scan, soter, user_agent};
use wecheck::diagnosis::search::{Case, search};
use wecheck::domain::{Purpose, Query, Relation, Verdict, VerifyFile, check, relation};
use wecheck::evidence::{Evidence, Field, Origin, extract};
use wecheck::lang::Lang;
use wecheck::platform::Platform;
use wecheck::secret::Secret;
use wecheck::signature::{Fields, Kind, sign};

/// A parser, given bytes.
pub type Target = fn(&[u8]);

/// Every target by its name.
pub const ALL: [(&str, Target); 14] = [
    ("callback_body", callback_body),
    ("callback_decrypt", callback_decrypt),
    ("callback_request", callback_request),
    ("certificate", certificate),
    ("config", config),
    ("domain", domain),
    ("errcode_explain", errcode_explain),
    ("errcode_scan", errcode_scan),
    ("evidence", evidence),
    ("har", har),
    ("mcp", mcp),
    ("redis_value", redis_value),
    ("search", signature_search),
    ("soter", soter_result),
];

/// The texts between lines `%%`; what is missing is empty.
fn texts<const N: usize>(data: &[u8]) -> Option<[&str; N]> {
    let text = std::str::from_utf8(data).ok()?;
    let mut parts = text.splitn(N, "\n%%\n");
    Some(std::array::from_fn(|_| parts.next().unwrap_or_default()))
}

/// Any text as evidence: each value is in it, on a line that there is.
pub fn evidence(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    judge_evidence(text, &extract(text));
}

fn judge_evidence(text: &str, evidence: &Evidence) {
    let lines = text.matches('\n').count() + 1;
    for value in &evidence.values {
        assert!((1..=lines).contains(&value.line), "{value:?}");
        // Only strings and queries have escapes to undo.
        assert!(value.origin != Origin::Line || value.text.len() <= text.len(), "{value:?}");
    }
    assert!(evidence.unreadable.iter().all(|item| (1..=lines).contains(&item.line)));
    assert!(evidence.blocks.iter().all(|block| (1..=lines).contains(&block.line)));
}

/// A recorded page: the text of an answer in it, or the file as a whole.
pub fn har(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let quoted = text.escape_default();
    let file = format!(
        "{{\"log\":{{\"version\":\"1.2\",\"entries\":[{{\"request\":{{\"method\":\"GET\",\"url\":\"https://m.example.com/api\"}},\
         \"response\":{{\"status\":200,\"content\":{{\"mimeType\":\"application/json\",\"text\":\"{quoted}\"}}}}}}]}}}}"
    );
    judge_evidence(&file, &extract(&file));
    evidence(data);
}

/// Bodies: nothing grows, for no entity is ever expanded.
pub fn callback_body(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(fields) = body::fields(text) {
        // JSON's own escapes take up to six bytes for one.
        let bytes: usize = fields.iter().map(|(name, value)| name.len() + value.to_string().len()).sum();
        assert!(bytes <= text.len() * 8 + 64, "{bytes} bytes out of {}", text.len());
    }
    let _ = body::read(text);
}

/// Logged requests in every form.
pub fn callback_request(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(request) = request::read(text) {
        assert!(request.body.map_or(0, |body| body.len()) <= text.len());
    }
    if let Some(decoded) = request::percent_decoded(text) {
        assert!(decoded.len() <= text.len());
    }
}

/// Keys and encrypted texts: what is encrypted opens again, what is changed never panics.
pub fn callback_decrypt(data: &[u8]) {
    const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    let Some([text, receive_id]) = texts(data) else { return };
    let key = AesKey::read(&Secret::new(KEY)).expect("a good key");
    let _ = key.decrypt(text);
    let _ = is_encrypted_shape(text);
    if let Ok(odd) = AesKey::read(&Secret::new(receive_id)) {
        let _ = odd.decrypt(text);
    }
    let encrypted = key.encrypt(*b"0123456789abcdef", text, receive_id).expect("short enough");
    let decrypted = key.decrypt(&encrypted).expect("it opens");
    assert_eq!((decrypted.message.as_str(), decrypted.receive_id.as_str()), (text, receive_id));
    let mut changed = encrypted.into_bytes();
    let at = text.len() % changed.len();
    changed[at] = b'A' + u8::try_from(receive_id.len() % 26).expect("below 26");
    let _ = key.decrypt(std::str::from_utf8(&changed).expect("ASCII"));
}

/// Certificates as a server sends them: the bytes as one, and as two.
pub fn certificate(data: &[u8]) {
    wecheck::probe::judge_certificates(&[data], "m.example.com", 1_700_000_000);
    let (first, second) = data.split_at(data.len() / 2);
    wecheck::probe::judge_certificates(&[first, second], "127.0.0.1", 0);
    wecheck::probe::judge_certificates(&[data, data], "", u64::MAX);
}

/// The config file.
pub fn config(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    wecheck::config::is_readable(text);
}

/// A page's address, an entry, a verification file: nothing but the entry's own host passes.
pub fn domain(data: &[u8]) {
    let Some([url, entry, how]) = texts(data) else { return };
    let how = how.trim().parse::<u8>().unwrap_or_default();
    let purposes = [Purpose::Jsapi, Purpose::Agent, Purpose::Oauth, Purpose::Menu, Purpose::Share];
    let entries = [entry.to_owned()];
    let query = Query {
        url,
        platform: Platform::ALL[usize::from(how & 1)],
        purpose: purposes[usize::from(how >> 1) % purposes.len()],
        entries: &entries,
        sandbox: how & 128 != 0,
        app_id: None,
        verify_file: Some(entry),
    };
    let _ = check(&query, Lang::En);
    let below = format!("https://{url}");
    let answer = check(&Query { url: &below, ..query }, Lang::Zh);
    // No one's entry but the host itself, letter case and one dot at the end aside.
    if answer.verdict == Verdict::Pass && answer.compared {
        let host = answer.host.unwrap_or_default();
        let authority = entry.split('/').next().unwrap_or_default().to_ascii_lowercase();
        assert!(
            relation(&host, &authority) == Relation::Same
                || !authority.is_ascii()
                || authority.contains([':', '['])
                || query.sandbox,
            "{below} passed for {entry}"
        );
    }
    if let Some(file) = VerifyFile::parse(entry) {
        let _ = file.fault(url.as_bytes());
    }
}

/// A code, a message, an object, a user agent: whatever a person pastes to have it explained.
pub fn errcode_explain(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = query::understand(text);
    let _ = message::find(text);
    if let Some(api) = message::api_of(text) {
        assert!(text.contains(api), "{api}");
    }
    let _ = user_agent::read(text);
}

/// A log, whole and in two pieces: the same codes either way.
pub fn errcode_scan(data: &[u8]) {
    let whole = {
        let mut scanner = scan::Scanner::default();
        scanner.feed(data);
        scanner.finish()
    };
    let (first, second) = data.split_at(data.len() / 3);
    let mut scanner = scan::Scanner::default();
    scanner.feed(first);
    scanner.feed(second);
    assert_eq!(scanner.finish(), whole);
    if let Ok(text) = std::str::from_utf8(data) {
        assert!(scan::codes_in(text).iter().all(|(at, _)| *at <= text.len()));
    }
}

/// A session of an assistant: one line back for each request, each of them JSON.
pub fn mcp(data: &[u8]) {
    use wecheck::globals::Globals;
    let globals = Globals { offline: true, quiet: true, ..Globals::default() };
    let context = wecheck::context::Context::new(wecheck::env::Env::capture(globals));
    let mut out = Vec::new();
    wecheck::mcp::session(&mut &*data, &mut out, &context).expect("memory can be written");
    for line in out.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        serde_json::from_slice::<serde_json::Value>(line).expect("an answer is JSON");
    }
}

/// What a Redis or a cache file holds.
pub fn redis_value(data: &[u8]) {
    wecheck::cache::is_readable(data);
}

/// Text as values and as a signature: the search neither panics nor runs away.
pub fn signature_search(data: &[u8]) {
    let Some([from, url, value, how]) = texts(data) else { return };
    let how = how.trim().parse::<u8>().unwrap_or_default();
    let evidence = extract(from);
    let all = |field| evidence.all(field).map(|found| found.text.clone()).collect::<Vec<String>>();
    let first = |field, other: &str| all(field).first().cloned().unwrap_or_else(|| other.to_owned());
    let fields = Fields {
        ticket: first(Field::Ticket, value),
        nonce: first(Field::Nonce, value),
        timestamp: first(Field::Timestamp, "1700000000"),
        url: first(Field::Url, url),
        app_id: all(Field::AppId).pop(),
        card_id: all(Field::CardId).pop(),
        code: all(Field::Code).pop(),
        ..Fields::default()
    };
    let kind = Kind::ALL[usize::from(how) % Kind::ALL.len()];
    // Half of them can be explained: the signature of another url.
    let given = if how & 128 == 0 {
        first(Field::Signature, value)
    } else {
        sign(kind, &Fields { url: format!("{}/", fields.url), ..fields.clone() })
    };
    let case = Case {
        kind,
        fields: &fields,
        given: &given,
        page_urls: &evidence.page_urls,
        urls: &all(Field::Url),
        nonces: &all(Field::Nonce),
        timestamps: &all(Field::Timestamp),
        other_tickets: &[],
        app_secret: None,
        certain: None,
        hide_ticket: false,
        reveal: false,
    };
    // A bounded part of the work, so that inputs and not the kernel are what is tried.
    let asked = AtomicU32::new(0);
    let stop = || asked.fetch_add(1, Ordering::Relaxed) > 40;
    let outcome = search(&case, 1, 2, &stop, &|_| ());
    for mistake in outcome.explanations.iter().flatten() {
        assert!(!mistake.message(Lang::En).is_empty() && !mistake.fix(Lang::Zh).is_empty());
    }
}

/// A biometric result.
pub fn soter_result(data: &[u8]) {
    let Some([text, challenge]) = texts(data) else { return };
    if let Some(outcome) = soter::read(text) {
        let _ = soter::challenge_matches(&outcome, challenge);
    }
}
