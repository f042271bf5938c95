//! Any text as evidence, as values and as a signature: the search neither panics nor runs away, and
//! what it explains hashes to what was given.
#![no_main]

use std::sync::atomic::{AtomicU32, Ordering};

use libfuzzer_sys::fuzz_target;
use wecheck::diagnosis::search::{Case, search};
use wecheck::evidence::{Field, extract};
use wecheck::lang::Lang;
use wecheck::signature::{Fields, Kind, sign};

fuzz_target!(|texts: (&str, &str, &str, u8)| {
    let (from, url, value, how) = texts;
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
});
