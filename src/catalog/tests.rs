use super::*;

#[test]
fn a_number_means_what_its_platform_says() {
    assert_eq!(lookup(40164, Platform::Mp).expect("known").name.en, "invalid ip, not in whitelist");
    assert_eq!(lookup(40164, Platform::Work), None);
    assert_eq!(lookup(-1, Platform::Work).expect("known").name.zh, "系统繁忙");
    assert_eq!(lookup(-1000, Platform::Mp).expect("the first row").code, -1000);
    assert_eq!(lookup(4016, Platform::Mp), None);
}

#[test]
fn every_code_finds_its_own_row_and_an_explanation_in_both_languages() {
    for platform in Platform::ALL {
        for code in codes(platform) {
            assert_eq!(lookup(code.code, platform), Some(code));
            let explanation = explain(code.code, platform).expect("explained");
            let advice = &explanation.advice;
            assert!(!advice.meaning.zh.is_empty() && !advice.meaning.en.is_empty(), "{code:?}");
            // A code without an entry borrows nothing.
            let lends = !advice.fixes.is_empty() || !advice.causes.is_empty();
            assert!(explanation.own || !lends, "{platform} {}", code.code);
            assert!(
                !explanation.own || code.code == 0 || !advice.fixes.is_empty(),
                "{platform} {} has no step",
                code.code
            );
        }
    }
}

#[test]
fn every_table_of_the_files_is_reached_and_parses() {
    for platform in Platform::ALL {
        for (name, lines) in tables(entries(platform)) {
            toml::from_str::<Advice>(lines).unwrap_or_else(|error| panic!("{platform} {name}: {error}"));
            let code = name.parse().expect("a number");
            assert!(explain(code, platform).expect("it has a label").own, "{platform} {name}");
        }
    }
    for (name, lines) in tables(FAMILIES) {
        toml::from_str::<Family>(lines).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn a_family_holds_numbers_that_are_not_known() {
    let unknown = (40001..41000).find(|code| lookup(*code, Platform::Mp).is_none()).expect("a gap");
    assert!(family(unknown, Platform::Mp).is_some(), "{unknown}");
    assert!(family(-500, Platform::Mp).is_some());
    assert_eq!(family(i64::MAX, Platform::Work), None);
}

#[test]
fn the_nearest_hold_both_neighbours_and_swapped_digits() {
    let near: Vec<i64> = nearest(40614, &[Platform::Mp]).iter().map(|code| code.code).collect();
    assert!(near.contains(&40164), "{near:?}");
    let known: Vec<i64> = codes(Platform::Mp).map(|code| code.code).collect();
    let below = known.iter().rev().find(|code| **code < 40614).expect("one");
    let above = known.iter().find(|code| **code > 40614).expect("one");
    assert!(near.contains(below) && near.contains(above), "{below} {above} {near:?}");
    assert_eq!(nearest(i64::MIN, &Platform::ALL).len(), 6);
}
