//! What only the inside can show: many signatures in one search, and routes to one text.

use super::*;
use crate::diagnosis::kernel::Target;
use crate::signature::{Fields, Kind};

const DEPTH: usize = if cfg!(debug_assertions) { 1 } else { 3 };

fn crew<'a>(stop: &'a (dyn Fn() -> bool + Sync), progress: &'a (dyn Fn(u64) + Sync)) -> Crew<'a> {
    Crew { threads: 2, stop, progress, candidates: AtomicU64::new(0) }
}

fn fields() -> Fields {
    Fields {
        ticket: "kgt8ON7yVITDhtdwci0qedV5qlnWY_iGUTxOIEkCiK8xL3rbeNa1i7Brc2rd4MS9GfuTMe6fjqJQHqioan2h8Q"
            .into(),
        nonce: "0sy66jqxhzjmj9k".into(),
        timestamp: "1474186439".into(),
        url: "https://m.example.com/shop/item?id=42&name=%E5%BC%A0".into(),
        ..Fields::default()
    }
}

fn case<'a>(fields: &'a Fields, given: &'a str) -> Case<'a> {
    Case {
        kind: Kind::Jsapi,
        fields,
        given,
        page_urls: &[],
        urls: &[],
        nonces: &[],
        timestamps: &[],
        other_tickets: &[],
        app_secret: None,
        hide_ticket: false,
        reveal: false,
    }
}

/// One search for a thousand signatures that nobody made is a thousand searches: a comparison that is
/// too weak anywhere would find something. Three mistakes at once in an optimised build.
#[test]
fn a_thousand_random_signatures_at_once_find_nothing() {
    let fields = fields();
    let mut state = 20_u64;
    let readings: Vec<Reading> = (0..1000)
        .map(|_| {
            let digest = std::array::from_fn(|_| {
                state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
                state.to_be_bytes()[0]
            });
            Reading { target: Target::new(digest), mistakes: Vec::new() }
        })
        .collect();
    let crew = crew(&|| false, &|_| ());
    let outcome = search_for(&case(&fields, ""), &readings, &[], DEPTH, &crew);
    assert!(outcome.explanations.is_empty() && outcome.exhausted, "{outcome:?}");
    assert_eq!(outcome.max_mistakes, DEPTH);
    let least = if DEPTH == 1 { 170_000 } else { 100_000_000 };
    assert!(outcome.candidates > least, "{outcome:?}");
}

#[test]
fn every_route_to_a_text_is_told_the_likeliest_first() {
    let fields = Fields { url: "https://m.example.com/a?id=1&x=2".into(), ..fields() };
    let cut = Fields { url: "https://m.example.com/a?id=1".into(), ..fields.clone() };
    let given = crate::signature::sign(Kind::Jsapi, &cut);
    let found = search(&case(&fields, &given), 2, 1, &|| false, &|_| ());
    let ids: Vec<&str> = found.explanations.iter().map(|mistakes| mistakes[0].id).collect();
    assert_eq!(ids, ["url-cut-at-ampersand", "url-param-missing"]);
}

#[test]
fn the_plan_puts_fewer_mistakes_first() {
    let products: Vec<usize> = PLAN
        .iter()
        .chain(DEEP)
        .filter(|(_, stage)| *stage == Stage::Products)
        .map(|(size, _)| *size)
        .collect();
    assert_eq!(products, [0, 1, 2, 3, 4]);
}
