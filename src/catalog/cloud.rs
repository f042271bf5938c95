//! Errors of cloud development (`wx.cloud`), which are inside each other: the call failed because the
//! function failed because its database call failed.
//!
//! In: a text. Out: the codes it holds, the innermost first, since that is the reason.

use super::found::known;
use super::scan;

/// The numbers that cloud development uses.
const RANGE: std::ops::RangeInclusive<i64> = -699_999..=-400_000;

/// All codes of a text that holds one of cloud development's, the last first; else nothing.
pub(super) fn codes(text: &str) -> Vec<(usize, i64)> {
    let mut found: Vec<(usize, i64)> =
        text.match_indices('-').filter_map(|(at, _)| number(text, at)).collect();
    if found.is_empty() {
        return found;
    }
    found.extend(scan::codes_in(text).into_iter().filter(|(_, code)| !RANGE.contains(code) && known(*code)));
    found.retain(|(_, code)| !matches!(code, -1 | 0));
    found.sort_unstable_by_key(|(at, _)| std::cmp::Reverse(*at));
    let mut seen = Vec::new();
    found.retain(|(_, code)| {
        let first = !seen.contains(code);
        seen.push(*code);
        first
    });
    found
}

/// The code at this dash, if it is one of them.
fn number(text: &str, at: usize) -> Option<(usize, i64)> {
    let digits = text[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
    let before = text[..at].chars().next_back();
    if digits != 6 || before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-') {
        return None;
    }
    let end = at + 1 + digits;
    if text[end..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-') {
        return None;
    }
    let code = text[at..end].parse().ok()?;
    (RANGE.contains(&code) && known(code)).then_some((at, code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<i64> {
        codes(text).into_iter().map(|(_, code)| code).collect()
    }

    #[test]
    fn the_innermost_code_leads() {
        let nested = "errCode: -404011 cloud function execution error | errMsg: cloud.callFunction:fail, cloud function \
                      service error code -504002, error message Error: collection.update:fail -502005 database \
                      collection not exists";
        assert_eq!(numbers(nested), [-502_005, -504_002, -404_011]);
        assert_eq!(numbers("errCode: -504002 functions execute fail, errcode: 40003"), [40_003, -504_002]);
    }

    #[test]
    fn a_date_or_an_id_is_none() {
        for text in ["2024-501007", "a1b2-501007-c3", "-5010071", "-123456", "errcode 40001", ""] {
            assert!(numbers(text).is_empty(), "{text}");
        }
    }
}
