//! Warnings about the call that configures the client library.
//!
//! In: the calls as they are written. Out: keys, API names and menu items that the client does not
//! take.

use super::{Entry, Subject};
use crate::both;
use crate::catalog::js_api::{Known, known};
use crate::evidence::{Block, Call};
use crate::lang::{Both, Text};
use crate::nearest::nearest;
use crate::platform::Platform;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "config-key-case",
        field: "config",
        title: Text {
            zh: "wx.config 的键大小写不对", en: "a key of the config has the wrong letter case"
        },
        cause: Text {
            zh: "{name} 里写的是 `{written}`，客户端只认 `{key}`（第 {line} 行起）",
            en: "{name} says `{written}`, the client knows only `{key}` (call at line {line})",
        },
        fix: Text {
            zh: "改成 `{key}`；小写的 noncestr、timestamp 只用在 string1 里",
            en: "write `{key}`; the lower-case noncestr and timestamp belong in string1 only",
        },
        find: |subject, out| {
            for block in subject.blocks {
                let (name, line) = (call_name(block.call), block.line.to_string());
                for (written, key) in misspelled_keys(block) {
                    out.add(&[("name", name), ("written", written), ("key", key), ("line", &line)]);
                }
            }
        },
    },
    Entry {
        id: "config-incomplete",
        field: "config",
        title: Text { zh: "wx.config 缺少字段", en: "the config lacks a field" },
        cause: Text {
            zh: "{name} 少了 {list}（第 {line} 行起）：少一个就是 config:fail",
            en: "{name} lacks {list} (call at line {line}): one missing makes config:fail",
        },
        fix: Text { zh: "补上 {list}", en: "add {list}" },
        find: |subject, out| {
            for block in subject.blocks.iter().filter(|block| !block.hides_keys) {
                let missing = missing_keys(block);
                if !missing.is_empty() {
                    let (name, line) = (call_name(block.call), block.line.to_string());
                    out.add(&[("name", name), ("list", &missing.join(", ")), ("line", &line)]);
                }
            }
        },
    },
    Entry {
        id: "config-key-unknown",
        field: "config",
        title: Text { zh: "wx.config 里有不认识的键", en: "the config has an unknown key" },
        cause: Text {
            zh: "{name} 里的 `{written}` 不是客户端认识的键（第 {line} 行起），会被忽略",
            en: "{name} has `{written}`, which the client does not know and ignores (call at line {line})",
        },
        fix: Text { zh: "是不是 `{near}`？", en: "did you mean `{near}`?" },
        find: |subject, out| {
            for block in subject.blocks {
                let (name, line) = (call_name(block.call), block.line);
                for (written, near) in unknown_keys(block) {
                    match near {
                        Some(near) => out.add(&[
                            ("name", name),
                            ("written", written),
                            ("near", near),
                            ("line", &line.to_string()),
                        ]),
                        None => out.say(
                            both!(
                                "{name} 里的 `{written}` 不是客户端认识的键（第 {line} 行起），会被忽略",
                                "{name} has `{written}`, which the client does not know and ignores (call at line {line})"
                            ),
                            both!("去掉它，或核对文档里的写法", "remove it, or compare its spelling with the documents"),
                        ),
                    }
                }
            }
        },
    },
    Entry {
        id: "api-list-empty",
        field: "jsApiList",
        title: Text { zh: "jsApiList 是空的", en: "jsApiList is empty" },
        cause: Text {
            zh: "jsApiList 是空的：config 会成功，之后每个接口都会被拒绝",
            en: "jsApiList is empty: config succeeds, and then every API is refused",
        },
        fix: Text { zh: "列出页面要用的接口", en: "list the APIs that the page calls" },
        find: |subject, out| {
            if lists(subject).any(|(_, list)| list.is_empty()) {
                out.add(&[]);
            }
        },
    },
    Entry {
        id: "api-unknown",
        field: "jsApiList",
        title: Text { zh: "jsApiList 里有不认识的接口名", en: "jsApiList has an unknown API name" },
        cause: Text { zh: "`{name}` 不在已知的接口名里", en: "`{name}` is not a known API name" },
        fix: Text {
            zh: "核对官方文档里的接口名和大小写",
            en: "compare the name and its letter case with the official documents",
        },
        find: |subject, out| {
            for (block, list) in lists(subject) {
                let platform = platform_of(subject, block);
                for name in list {
                    if let Some((message, fix)) = complaint(name, platform) {
                        out.say(message, fix);
                    }
                }
            }
        },
    },
    Entry {
        id: "api-called-not-listed",
        field: "jsApiList",
        title: Text {
            zh: "调用的接口不在 jsApiList 里", en: "an API is called that jsApiList lacks"
        },
        cause: Text {
            zh: "页面调用了 wx.{name}（第 {line} 行），jsApiList 里没有它：客户端会拒绝",
            en: "the page calls wx.{name} (line {line}), which jsApiList does not have: the client refuses it",
        },
        fix: Text { zh: "把 `{name}` 加进 jsApiList", en: "add `{name}` to jsApiList" },
        find: |subject, out| {
            if !subject.says_all {
                return;
            }
            let readable = |block: &&Block| !needed_keys(block.call).is_empty();
            let blocks: Vec<&Block> = subject.evidence.blocks.iter().filter(readable).collect();
            let lists: Option<Vec<&[String]>> =
                blocks.iter().map(|block| block.js_api_list.as_deref()).collect();
            let Some(lists) = lists.filter(|lists| lists.iter().any(|list| !list.is_empty())) else { return };
            let listed = |name: &str| lists.iter().any(|list| list.iter().any(|own| own == name));
            for call in &subject.evidence.api_calls {
                let known = matches!(known(&call.name, subject.platform), Known::Yes | Known::Legacy);
                if known && !listed(&call.name) {
                    out.add(&[("name", &call.name), ("line", &call.line.to_string())]);
                }
            }
        },
    },
    Entry {
        id: "menu-item-unknown",
        field: "menuList",
        title: Text { zh: "menuList 里有不认识的菜单项", en: "menuList has an unknown menu item" },
        cause: Text { zh: "`{name}` 不是已知的菜单项", en: "`{name}` is not a known menu item" },
        fix: Text {
            zh: "菜单项写成 menuItem:share:appMessage 这样的全名",
            en: "write menu items by their full name, such as menuItem:share:appMessage",
        },
        find: |subject, out| {
            if !subject.says_all {
                return;
            }
            for name in &subject.evidence.menu_items {
                match known(name, subject.platform) {
                    Known::NotAnApi if name.starts_with("menuItem:") => {}
                    Known::No(near) => match near.filter(|near| near.starts_with("menuItem:")) {
                        Some(near) => out.say(
                            both!("`{name}` 不是已知的菜单项", "`{name}` is not a known menu item"),
                            both!("是不是 `{near}`？", "did you mean `{near}`?"),
                        ),
                        None => out.add(&[("name", name)]),
                    },
                    _ => out.add(&[("name", name)]),
                }
            }
        },
    },
];

/// The readable jsApiLists.
fn lists<'a>(subject: &Subject<'a>) -> impl Iterator<Item = (&'a Block, &'a [String])> {
    let blocks = subject.blocks.iter().copied();
    let configs = blocks.filter(|block| !needed_keys(block.call).is_empty());
    configs.filter_map(|block| Some((block, block.js_api_list.as_deref()?)))
}

fn platform_of(subject: &Subject<'_>, block: &Block) -> Option<Platform> {
    match block.call {
        Call::AgentConfig | Call::Register => Some(Platform::Work),
        _ => subject.platform,
    }
}

/// The keys that a call needs, as the client library spells them.
fn needed_keys(call: Call) -> &'static [&'static str] {
    match call {
        Call::Config => &["appId", "timestamp", "nonceStr", "signature", "jsApiList"],
        Call::AgentConfig => &["corpid", "agentid", "timestamp", "nonceStr", "signature", "jsApiList"],
        Call::Register => &["corpId", "jsApiList"],
        Call::AddCard | Call::ChooseCard | Call::ChooseInvoice | Call::OpenContact => &[],
    }
}

fn call_name(call: Call) -> &'static str {
    match call {
        Call::Config => "wx.config",
        Call::AgentConfig => "wx.agentConfig",
        Call::Register => "ww.register",
        Call::AddCard => "wx.addCard",
        Call::ChooseCard => "wx.chooseCard",
        Call::ChooseInvoice => "chooseInvoice",
        Call::OpenContact => "openEnterpriseContact",
    }
}

/// Keys that a call takes besides those it needs.
fn other_keys(call: Call) -> &'static [&'static str] {
    match call {
        Call::Config | Call::AgentConfig => &["debug", "beta", "openTagList", "success", "fail", "complete"],
        Call::Register => &[
            "agentId",
            "suiteId",
            "openTagList",
            "getConfigSignature",
            "getAgentConfigSignature",
            "getSuiteConfigSignature",
            "onConfigSuccess",
            "onConfigFail",
            "onConfigComplete",
            "onAgentConfigSuccess",
            "onAgentConfigFail",
            "onAgentConfigComplete",
            "onSuiteConfigSuccess",
            "onSuiteConfigFail",
            "onSuiteConfigComplete",
        ],
        Call::AddCard | Call::ChooseCard | Call::ChooseInvoice | Call::OpenContact => &[],
    }
}

fn same_but_for_case(written: &str, key: &str) -> bool {
    written.eq_ignore_ascii_case(key) || written.replace('_', "").eq_ignore_ascii_case(key)
}

fn has_key(block: &Block, key: &str) -> bool {
    block.keys.iter().any(|written| written == key)
}

/// Keys that differ from a needed one only in letter case: as written, and as the client spells them.
fn misspelled_keys(block: &Block) -> Vec<(&str, &'static str)> {
    let needed = needed_keys(block.call).iter().filter(|key| !has_key(block, key));
    needed
        .filter_map(|key| {
            let written = block.keys.iter().find(|written| same_but_for_case(written, key))?;
            Some((written.as_str(), *key))
        })
        .collect()
}

fn missing_keys(block: &Block) -> Vec<&'static str> {
    let is_there = |key: &str| block.keys.iter().any(|written| same_but_for_case(written, key));
    let mut missing: Vec<&'static str> =
        needed_keys(block.call).iter().copied().filter(|key| !is_there(key)).collect();
    // ww.register takes agentId only together with its signature.
    if block.call == Call::Register {
        if !has_key(block, "getConfigSignature") && !has_key(block, "getAgentConfigSignature") {
            missing.push("getConfigSignature");
        }
        if has_key(block, "getAgentConfigSignature")
            && !has_key(block, "agentId")
            && !has_key(block, "suiteId")
        {
            missing.push("agentId");
        }
    }
    missing
}

/// Keys that the client does not know, each with the nearest one that it does.
fn unknown_keys(block: &Block) -> Vec<(&str, Option<&'static str>)> {
    let needed = needed_keys(block.call);
    if needed.is_empty() {
        return Vec::new();
    }
    let known = || needed.iter().chain(other_keys(block.call)).copied();
    let unknown = block.keys.iter().filter(|written| {
        !known().any(|key| written.as_str() == key)
            && !needed.iter().any(|key| same_but_for_case(written, key))
    });
    unknown.map(|written| (written.as_str(), nearest(written, known()))).collect()
}

/// What is wrong with a name in jsApiList: message and fix. `None` for a name that is known; the
/// old 企业号 names pass.
pub fn api_complaint(
    name: &str,
    platform: Option<Platform>,
    lang: crate::lang::Lang,
) -> Option<(String, String)> {
    let (message, fix) = complaint(name, platform)?;
    Some((message.get(lang).to_owned(), fix.get(lang).to_owned()))
}

fn complaint(name: &str, platform: Option<Platform>) -> Option<(Both, Both)> {
    match known(name, platform) {
        Known::Yes | Known::Legacy => None,
        Known::OtherPlatform(other) => Some((
            both!(
                "`{name}` 是 {other} 的接口，这个平台没有",
                "`{name}` is an API of {other}; this platform does not have it"
            ),
            both!(
                "从 jsApiList 里去掉，或换成本平台的接口",
                "remove it from jsApiList, or take this platform's API"
            ),
        )),
        Known::NotAnApi => Some((
            both!(
                "`{name}` 是菜单项或开放标签，不是接口名",
                "`{name}` is a menu item or an open tag, not the name of an API"
            ),
            both!(
                "菜单项放进 hideMenuItems 的 menuList，开放标签放进 openTagList",
                "menu items go into hideMenuItems' menuList, open tags into openTagList"
            ),
        )),
        Known::No(near) => Some((
            both!("`{name}` 不在已知的接口名里", "`{name}` is not a known API name"),
            match near {
                Some(near) => both!("是不是 `{near}`？", "did you mean `{near}`?"),
                None => both!(
                    "核对官方文档里的接口名和大小写",
                    "compare the name and its letter case with the official documents"
                ),
            },
        )),
    }
}
