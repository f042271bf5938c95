//! The mistakes that the evidence shows, whether or not the hash fits: no search is needed for them.
//!
//! In: nothing. Out: the entries. `ops::verify` compares the values and says which of them apply;
//! `config-differs` and `url-scheme-missing` can be proved either way and are entries of the url.

use super::{Entry, Field, Likelihood};
use crate::lang::Text;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "page-url-differs",
        field: Field::Url,
        seen: Likelihood::Often,
        order: 0,
        changes: &[],
        title: Text {
            zh: "签名的地址不是页面的地址", en: "the signed url is not the page's address"
        },
        cause: Text {
            zh: "微信用页面真正的地址来校验，它与签名用的地址不同：{detail}",
            en: "WeChat checks the address that the page really has, and it is not the signed one: {detail}",
        },
        fix: Text {
            zh: "每次打开页面时取 location.href.split('#')[0]，用 encodeURIComponent 传给签名接口，按原样签名",
            en: "on every opening take location.href.split('#')[0], send it with encodeURIComponent and sign it unchanged",
        },
    },
    Entry {
        id: "app-id-differs",
        field: Field::Config,
        seen: Likelihood::Sometimes,
        order: 0,
        changes: &[],
        title: Text {
            zh: "appId 不是这个 ticket 的账号",
            en: "the appId belongs to another account than the ticket",
        },
        cause: Text {
            zh: "页面里的 appId 与 ticket 所属的账号不同（{detail}）：哪怕哈希相符，微信也会拒绝",
            en: "the page's appId is not the account of the ticket ({detail}): WeChat refuses even where the hash fits",
        },
        fix: Text {
            zh: "wx.config 的 appId（企业微信是 corpid）要与取 ticket 用的是同一个，测试号与正式号分开配置",
            en: "pass the appId (work: corpid) that the ticket was fetched with, and keep test and live accounts apart",
        },
    },
    Entry {
        id: "ticket-expired",
        field: Field::Ticket,
        seen: Likelihood::Often,
        order: 0,
        changes: &[],
        title: Text { zh: "ticket 已经过期", en: "the ticket has expired" },
        cause: Text {
            zh: "这个 ticket 在 {detail} 到期：用它算出的签名，微信不再接受",
            en: "this ticket expired {detail}: WeChat no longer accepts a signature made with it",
        },
        fix: Text {
            zh: "取新的 ticket 再签名，并在到期前刷新缓存：wecheck ticket --refresh",
            en: "fetch a new ticket, sign again, and renew the cache before it expires: wecheck ticket --refresh",
        },
    },
    Entry {
        id: "timestamp-not-seconds",
        field: Field::Timestamp,
        seen: Likelihood::Sometimes,
        order: 0,
        changes: &[],
        title: Text { zh: "timestamp 不是整数秒", en: "the timestamp is not a whole number of seconds" },
        cause: Text {
            zh: "签名用的 timestamp 是 {detail}，而它应当是整数的 Unix 秒：这样的值传给页面，微信不认",
            en: "{detail} was signed as the timestamp, which has to be whole Unix seconds: WeChat takes no other from a page",
        },
        fix: Text {
            zh: "取整数秒后再签名和传给页面：int(time.time())、Math.floor(Date.now() / 1000)、time()",
            en: "take whole seconds, then sign and pass on that value: int(time.time()), Math.floor(Date.now() / 1000), time()",
        },
    },
    Entry {
        id: "value-undefined",
        field: Field::Config,
        seen: Likelihood::Sometimes,
        order: 0,
        changes: &[],
        title: Text { zh: "值是空的，或是 undefined", en: "a value is empty or undefined" },
        cause: Text {
            zh: "{detail}：变量没有取到值，请求还没返回就用了，或字段名写错",
            en: "{detail}: the variable never got a value, was used before the request returned, or has a misspelled name",
        },
        fix: Text {
            zh: "在签名接口返回之后再调用，先打印这个值；接口的字段名与代码里的核对一遍",
            en: "call it after the signing API has answered, print the value first, and compare the field names on both sides",
        },
    },
];
