//! The order of an authorize link's parameters.
//!
//! In: the names as they are in the link, the platform. Out: what is wrong with their order, and the
//! link as it has to be. The official page of web authorization on mp says that WeChat matches the
//! link with a pattern, and that it does not open if the parameters are in another order; people see
//! 该链接无法访问 or an empty page. What is put between them is only odd: the pattern is not public.
//! WeCom's page asks for no order.

use crate::lang::Lang;
use crate::say;

/// In the order of the official page.
const ORDER: [&str; 5] = ["appid", "redirect_uri", "response_type", "scope", "state"];

/// What the order of the parameters does to the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// As the official page has it.
    Kept,
    /// Another parameter is before or between them.
    Mixed,
    /// They are in another order.
    Broken,
}

/// Judges the order of the names; each counts once, where it is first.
pub(super) fn judge(names: &[String]) -> Order {
    let places: Vec<usize> =
        ORDER.iter().filter_map(|name| names.iter().position(|own| own == name)).collect();
    if !places.is_sorted() {
        return Order::Broken;
    }
    match places.last() {
        Some(last) if *last + 1 > places.len() => Order::Mixed,
        _ => Order::Kept,
    }
}

/// What is wrong.
pub(super) fn message(order: Order, lang: Lang) -> Option<String> {
    let list = ORDER.join(lang.pick("、", ", "));
    match order {
        Order::Kept => None,
        Order::Mixed => Some(say!(
            lang,
            "{list} 之间夹着别的参数：微信按固定顺序匹配授权链接",
            "other parameters are between {list}: WeChat matches the link in a fixed order"
        )),
        Order::Broken => Some(say!(
            lang,
            "参数不是按 {list} 的顺序：微信按固定顺序匹配授权链接，顺序不对就打不开",
            "the parameters are not in the order {list}: WeChat matches the link in a fixed order and does not open it otherwise"
        )),
    }
}

/// What to do: the link in its order.
pub(super) fn fix(lang: Lang) -> String {
    say!(
        lang,
        "按这个顺序重新拼：?appid=…&redirect_uri=…&response_type=code&scope=…&state=…（其他参数放在后面）#wechat_redirect",
        "put them in this order: ?appid=…&redirect_uri=…&response_type=code&scope=…&state=… (others behind these) #wechat_redirect"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_official_page_is_kept_mixed_or_broken() {
        for (names, wanted) in [
            ("appid redirect_uri response_type scope state", Order::Kept),
            ("appid redirect_uri response_type scope state component_appid", Order::Kept),
            ("appid redirect_uri response_type scope", Order::Kept),
            ("", Order::Kept),
            ("appid redirect_uri response_type scope forcePopup state", Order::Mixed),
            ("lang appid redirect_uri response_type scope state", Order::Mixed),
            ("response_type scope appid state redirect_uri", Order::Broken),
            ("appid response_type redirect_uri scope state", Order::Broken),
        ] {
            let names: Vec<String> = names.split_whitespace().map(str::to_owned).collect();
            assert_eq!(judge(&names), wanted, "{names:?}");
        }
    }
}
