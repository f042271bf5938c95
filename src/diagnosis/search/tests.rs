//! What only the inside can show: many signatures in one search, and routes to one text.

use super::*;
use crate::signature::{Fields, Kind};
use wecheck_kernel::Target;

/// Two mistakes at once; `WECHECK_TEST_DEPTH=3` tries a hundred million candidates.
#[expect(clippy::disallowed_methods, reason = "a test has no Env")]
fn depth() -> usize {
    std::env::var("WECHECK_TEST_DEPTH").map_or(2, |text| text.parse().expect("a number of mistakes"))
}

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
        certain: None,
        hide_ticket: false,
        reveal: false,
    }
}

/// One search for a thousand signatures that no one made is a thousand searches: a comparison that is
/// too weak anywhere would find something..
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
    let outcome = search_for(&case(&fields, ""), &readings, &[], depth(), &crew);
    assert!(outcome.explanations.is_empty() && outcome.exhausted, "{outcome:?}");
    assert_eq!(outcome.max_mistakes, depth());
    let least = [170_000, 1_000_000, 100_000_000][depth() - 1];
    assert!(outcome.candidates > least, "{outcome:?}");
}

#[test]
fn every_route_to_a_text_is_given_the_likeliest_first() {
    let fields = Fields { url: "https://m.example.com/a?id=1&x=2".into(), ..fields() };
    let cut = Fields { url: "https://m.example.com/a?id=1".into(), ..fields.clone() };
    let given = crate::signature::sign(Kind::Jsapi, &cut);
    let found = search(&case(&fields, &given), 2, 1, &|| false, &|_| ());
    let ids: Vec<&str> = found.explanations.iter().map(|mistakes| mistakes[0].id).collect();
    assert_eq!(ids, ["url-cut-at-ampersand", "url-param-missing"]);
}

/// Several mistakes make the same text: the one that says what really happened comes first.
#[test]
fn of_several_the_telling_one_is_first() {
    for (given, signed, id) in [
        ("https://m.cn/h5/home?code=021abc&state=S", "https://m.cn/h5/home", "url-oauth-params"),
        ("https://m.cn/a?id=1&code=021abc&state=S", "https://m.cn/a?id=1", "url-oauth-params"),
        ("https://m.cn/a?x=1&code=abc&state=", "https://m.cn/a?x=1&state=", "url-oauth-params"),
        (
            "https://m.cn/a?from=singlemessage&isappinstalled=0&from=timeline",
            "https://m.cn/a?from=singlemessage&isappinstalled=0",
            "url-share-params-missing",
        ),
        ("https://m.cn/ ", "https://m.cn/", "url-whitespace"),
        ("https://m.cn/\n", "https://m.cn/", "url-whitespace"),
        ("https://m.cn/?a=1&c=\n", "https://m.cn/?a=1&c=", "url-whitespace"),
        ("https://m.cn/?x=1&", "https://m.cn/?x=1", "url-dangling-separator"),
        ("https://m.cn/a?", "https://m.cn/a", "url-dangling-separator"),
        ("https://m.cn/&", "https://m.cn/", "url-dangling-separator"),
        ("https://m.cn/app/&", "https://m.cn/app/", "url-dangling-separator"),
        ("https://m.cn/a?code=021abc&state=S", "https://m.cn/a?code=021abc", "url-oauth-params"),
        ("https://m.cn/a?n=%E9%9E%8B", "https://m.cn/a?n=%e9%9e%8b", "url-case"),
    ] {
        let fields = Fields { url: given.into(), ..fields() };
        let signature = crate::signature::sign(Kind::Jsapi, &Fields { url: signed.into(), ..fields.clone() });
        // The phone's own address is known, too.
        let page_urls = [signed.to_owned()];
        for page_urls in [&[][..], &page_urls[..]] {
            let case = Case { page_urls, ..case(&fields, &signature) };
            let found = search(&case, 1, 1, &|| false, &|_| ());
            let ids: Vec<&str> = found.explanations.iter().map(|mistakes| mistakes[0].id).collect();
            assert_eq!(ids.first(), Some(&id), "{given}: {ids:?}");
        }
    }
}

/// Ctrl-C and the end of the time are asked for while lists are made, too.
#[test]
fn making_the_lists_of_two_mistakes_stops_when_asked() {
    let fields = fields();
    let case = case(&fields, "");
    let known = Known::of(&case);
    let mut layers = Layers::new(&case);
    assert!(layers.grow(1, &known, &case, &crew(&|| true, &|_| ())));
    assert!(!layers.grow(2, &known, &case, &crew(&|| true, &|_| ())));
    assert!(layers.layouts[2].take(Tier::All).is_empty() && layers.urls[2].take(Tier::All).is_empty());
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
