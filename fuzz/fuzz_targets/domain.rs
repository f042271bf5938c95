//! Any text as a page's address, as an entry and as a verification file: it is answered, and nothing
//! but the entry's own host passes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wecheck::domain::{Purpose, Query, Relation, VerifyFile, check, relation};
use wecheck::lang::Lang;
use wecheck::platform::Platform;

fuzz_target!(|data: (&str, &str, u8)| {
    let (url, entry, how) = data;
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
    if answer.verdict == wecheck::domain::Verdict::Pass && answer.compared {
        let host = answer.host.unwrap_or_default();
        let authority = entry.split('/').next().unwrap_or_default().to_ascii_lowercase();
        assert!(
            relation(&host, &authority) == Relation::Same || !authority.is_ascii() || authority.contains([':', '['])
                || query.sandbox,
            "{below} passed for {entry}"
        );
    }
    if let Some(file) = VerifyFile::parse(entry) {
        let _ = file.fault(url.as_bytes());
    }
});
